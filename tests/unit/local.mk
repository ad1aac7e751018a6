# One program a module; `unit(name, libraries)` by hand, since automake has no loops.
AM_CPPFLAGS += $(CMOCKA_CFLAGS)
UNIT_LIBS = $(CMOCKA_LIBS)
EXTRA_DIST += tests/unit/unit.h

# src/base and src/json
base_tests = \
	tests/unit/test_arena \
	tests/unit/test_clock \
	tests/unit/test_eui \
	tests/unit/test_file \
	tests/unit/test_hex \
	tests/unit/test_json_reader \
	tests/unit/test_json_writer \
	tests/unit/test_log \
	tests/unit/test_number \
	tests/unit/test_strbuf \
	tests/unit/test_wire
if HAVE_CMOCKA
check_PROGRAMS += $(base_tests)
TESTS += $(base_tests)
endif
tests_unit_test_arena_LDADD = $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_arena_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc
tests_unit_test_clock_LDADD = $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_eui_LDADD = $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_file_LDADD = $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_hex_LDADD = $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_json_reader_LDADD = $(GH_JSON_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_json_writer_LDADD = $(GH_JSON_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_log_LDADD = $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_number_LDADD = $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_strbuf_LDADD = $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_strbuf_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=malloc
tests_unit_test_wire_LDADD = $(BASE_LIBS) $(UNIT_LIBS)

# src/cups
cups_tests = \
	tests/unit/test_cups_decision \
	tests/unit/test_cups_messages
if HAVE_CMOCKA
check_PROGRAMS += $(cups_tests)
TESTS += $(cups_tests)
endif
CUPS_TEST_LIBS = $(CUPS_LIBS) $(AUTH_LIBS) $(REGISTRY_LIBS) $(STORE_LIBS) $(CRYPTO_LIBS) \
	$(GH_JSON_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_cups_decision_LDADD = $(CUPS_TEST_LIBS)
tests_unit_test_cups_messages_LDADD = $(CUPS_TEST_LIBS)

# src/crypto
crypto_tests = \
	tests/unit/test_certificate \
	tests/unit/test_digest \
	tests/unit/test_issue \
	tests/unit/test_private_key \
	tests/unit/test_seal \
	tests/unit/test_trust
if HAVE_CMOCKA
check_PROGRAMS += $(crypto_tests)
TESTS += $(crypto_tests)
endif
EXTRA_DIST += tests/data/crypto
CRYPTO_FIXTURE = tests/lib/crypto_fixture.c tests/lib/crypto_fixture.h
CRYPTO_TEST_LIBS = $(CRYPTO_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_certificate_SOURCES = tests/unit/test_certificate.c $(CRYPTO_FIXTURE)
tests_unit_test_certificate_LDADD = $(CRYPTO_TEST_LIBS)
tests_unit_test_digest_LDADD = $(CRYPTO_TEST_LIBS)
tests_unit_test_issue_SOURCES = tests/unit/test_issue.c $(CRYPTO_FIXTURE)
tests_unit_test_issue_LDADD = $(CRYPTO_TEST_LIBS)
tests_unit_test_private_key_SOURCES = tests/unit/test_private_key.c $(CRYPTO_FIXTURE)
tests_unit_test_private_key_LDADD = $(CRYPTO_TEST_LIBS)
tests_unit_test_seal_SOURCES = tests/unit/test_seal.c $(CRYPTO_FIXTURE)
tests_unit_test_seal_LDADD = $(CRYPTO_TEST_LIBS)
tests_unit_test_trust_SOURCES = tests/unit/test_trust.c $(CRYPTO_FIXTURE) \
	tests/lib/tls_server.c tests/lib/tls_server.h
tests_unit_test_trust_CPPFLAGS = $(AM_CPPFLAGS) $(GNUTLS_CFLAGS)
tests_unit_test_trust_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=getaddrinfo
tests_unit_test_trust_LDADD = $(CRYPTO_TEST_LIBS)

# src/web and src/app
web_tests = \
	tests/unit/test_address \
	tests/unit/test_config \
	tests/unit/test_request \
	tests/unit/test_response \
	tests/unit/test_route \
	tests/unit/test_urlencoded
if HAVE_CMOCKA
check_PROGRAMS += $(web_tests)
TESTS += $(web_tests)
endif
WEB_TEST_LIBS = $(APP_LIBS) $(WEB_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_address_LDADD = $(WEB_TEST_LIBS)
tests_unit_test_config_LDADD = $(WEB_TEST_LIBS)
tests_unit_test_request_LDADD = $(WEB_TEST_LIBS)
tests_unit_test_response_LDADD = $(WEB_TEST_LIBS)
tests_unit_test_route_LDADD = $(WEB_TEST_LIBS)
tests_unit_test_urlencoded_LDADD = $(WEB_TEST_LIBS)

# src/store; those with several processes are in tests/fault
store_tests = \
	tests/unit/test_slots \
	tests/unit/test_store \
	tests/unit/test_store_cursor \
	tests/unit/test_store_damage \
	tests/unit/test_store_lmdb
if HAVE_CMOCKA
check_PROGRAMS += $(store_tests)
TESTS += $(store_tests)
endif
store_tools = tests/fault/store_tools.c tests/fault/store_tools.h
tests_unit_test_slots_SOURCES = tests/unit/test_slots.c $(store_tools)
tests_unit_test_slots_LDADD = $(STORE_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_store_SOURCES = tests/unit/test_store.c $(store_tools)
tests_unit_test_store_LDADD = $(STORE_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_store_cursor_SOURCES = tests/unit/test_store_cursor.c $(store_tools)
tests_unit_test_store_cursor_LDADD = $(STORE_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_store_damage_SOURCES = tests/unit/test_store_damage.c $(store_tools)
tests_unit_test_store_damage_CPPFLAGS = $(AM_CPPFLAGS) $(LMDB_CFLAGS)
tests_unit_test_store_damage_LDADD = $(STORE_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_store_lmdb_SOURCES = tests/unit/test_store_lmdb.c $(store_tools)
tests_unit_test_store_lmdb_LDADD = $(STORE_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
