# One program a module; `unit(name, libraries)` by hand, since automake has no loops.
AM_CPPFLAGS += $(CMOCKA_CFLAGS)
UNIT_LIBS = $(CMOCKA_LIBS)
EXTRA_DIST += tests/unit/judge.h tests/unit/unit.h

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
	tests/unit/test_wire \
	tests/unit/test_zip
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
tests_unit_test_zip_LDADD = $(BASE_LIBS) $(UNIT_LIBS)

# src/cups
cups_tests = \
	tests/unit/test_cups_decision \
	tests/unit/test_cups_messages \
	tests/unit/test_cups_rotation
if HAVE_CMOCKA
check_PROGRAMS += $(cups_tests)
TESTS += $(cups_tests)
endif
CUPS_TEST_LIBS = $(CUPS_LIBS) $(AUTH_LIBS) $(REGISTRY_LIBS) $(STORE_LIBS) $(CRYPTO_LIBS) \
	$(GH_JSON_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
DECISION_SCENE = tests/unit/decision_scene.c tests/unit/decision_scene.h
tests_unit_test_cups_decision_SOURCES = tests/unit/test_cups_decision.c $(DECISION_SCENE)
tests_unit_test_cups_decision_LDADD = $(CUPS_TEST_LIBS)
tests_unit_test_cups_messages_LDADD = $(CUPS_TEST_LIBS)
tests_unit_test_cups_rotation_SOURCES = tests/unit/test_cups_rotation.c $(DECISION_SCENE)
tests_unit_test_cups_rotation_LDADD = $(CUPS_TEST_LIBS)

# src/crypto
crypto_tests = \
	tests/unit/test_certificate \
	tests/unit/test_digest \
	tests/unit/test_issue \
	tests/unit/test_password \
	tests/unit/test_private_key \
	tests/unit/test_seal \
	tests/unit/test_sign \
	tests/unit/test_sign_token \
	tests/unit/test_stream \
	tests/unit/test_trust \
	tests/unit/test_trust_chain
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
tests_unit_test_password_LDADD = $(CRYPTO_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_private_key_SOURCES = tests/unit/test_private_key.c $(CRYPTO_FIXTURE)
tests_unit_test_private_key_LDADD = $(CRYPTO_TEST_LIBS)
tests_unit_test_seal_SOURCES = tests/unit/test_seal.c $(CRYPTO_FIXTURE)
tests_unit_test_seal_LDADD = $(CRYPTO_TEST_LIBS)
tests_unit_test_sign_SOURCES = tests/unit/test_sign.c $(CRYPTO_FIXTURE)
tests_unit_test_sign_LDADD = $(CRYPTO_TEST_LIBS)
tests_unit_test_sign_token_SOURCES = tests/unit/test_sign_token.c $(CRYPTO_FIXTURE)
tests_unit_test_sign_token_CPPFLAGS = $(AM_CPPFLAGS) $(GNUTLS_CFLAGS)
tests_unit_test_sign_token_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=gnutls_pkcs11_init \
	-Wl,--wrap=gnutls_pkcs11_add_provider -Wl,--wrap=gnutls_privkey_import_url \
	-Wl,--wrap=gnutls_privkey_set_pin_function -Wl,--wrap=gnutls_pubkey_import_privkey \
	-Wl,--wrap=gnutls_pubkey_import_url
tests_unit_test_sign_token_LDADD = $(CRYPTO_TEST_LIBS)
tests_unit_test_stream_SOURCES = tests/unit/test_stream.c $(CRYPTO_FIXTURE) \
	tests/lib/tls_server.c tests/lib/tls_server.h $(refuse_sources) \
	$(refuse_tls_sources)
tests_unit_test_stream_LDFLAGS = $(refuse_flags) $(refuse_tls_flags)
tests_unit_test_stream_CPPFLAGS = $(AM_CPPFLAGS) $(GNUTLS_CFLAGS)
tests_unit_test_stream_LDADD = $(CRYPTO_TEST_LIBS)
TRUST_SCENE = tests/unit/trust_scene.c tests/unit/trust_scene.h $(CRYPTO_FIXTURE) \
	tests/lib/tls_server.c tests/lib/tls_server.h
tests_unit_test_trust_SOURCES = tests/unit/test_trust.c $(TRUST_SCENE)
tests_unit_test_trust_CPPFLAGS = $(AM_CPPFLAGS) $(GNUTLS_CFLAGS)
tests_unit_test_trust_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=getaddrinfo
tests_unit_test_trust_LDADD = $(CRYPTO_TEST_LIBS)
tests_unit_test_trust_chain_SOURCES = tests/unit/test_trust_chain.c $(TRUST_SCENE)
tests_unit_test_trust_chain_CPPFLAGS = $(AM_CPPFLAGS) $(GNUTLS_CFLAGS)
tests_unit_test_trust_chain_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=getaddrinfo
tests_unit_test_trust_chain_LDADD = $(CRYPTO_TEST_LIBS)

# src/registry and src/manage
data_tests = \
	tests/unit/test_account \
	tests/unit/test_adopt \
	tests/unit/test_backup \
	tests/unit/test_bundle \
	tests/unit/test_check \
	tests/unit/test_cups_exchange \
	tests/unit/test_checks \
	tests/unit/test_csv \
	tests/unit/test_explain \
	tests/unit/test_init \
	tests/unit/test_manage \
	tests/unit/test_overview \
	tests/unit/test_manage_certificates \
	tests/unit/test_manage_firmware \
	tests/unit/test_manage_keys \
	tests/unit/test_manage_rollout \
	tests/unit/test_manage_say \
	tests/unit/test_manage_trust \
	tests/unit/test_file_exchange \
	tests/unit/test_gateway_bulk \
	tests/unit/test_plan_import \
	tests/unit/test_record \
	tests/unit/test_record_json \
	tests/unit/test_registry \
	tests/unit/test_registry_damage \
	tests/unit/test_rollout_ledger \
	tests/unit/test_seal_rotate \
	tests/unit/test_signing_key
if HAVE_CMOCKA
check_PROGRAMS += $(data_tests)
TESTS += $(data_tests)
endif
DATA_FIXTURE = tests/lib/data_fixture.c tests/lib/data_fixture.h
DATA_TEST_LIBS = $(MANAGE_LIBS) $(CUPS_LIBS) $(AUTH_LIBS) $(REGISTRY_LIBS) \
	$(STORE_LIBS) $(CRYPTO_LIBS) $(GH_JSON_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_account_SOURCES = tests/unit/test_account.c $(DATA_FIXTURE)
tests_unit_test_account_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_checks_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_csv_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_file_exchange_SOURCES = tests/unit/test_file_exchange.c $(DATA_FIXTURE)
tests_unit_test_file_exchange_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_gateway_bulk_SOURCES = tests/unit/test_gateway_bulk.c $(DATA_FIXTURE)
tests_unit_test_gateway_bulk_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_plan_import_SOURCES = tests/unit/test_plan_import.c $(DATA_FIXTURE)
tests_unit_test_plan_import_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_record_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_record_json_SOURCES = tests/unit/test_record_json.c $(DATA_FIXTURE)
tests_unit_test_record_json_LDADD = $(DATA_TEST_LIBS)
REGISTRY_SCENE = tests/unit/registry_scene.c tests/unit/registry_scene.h $(DATA_FIXTURE)
tests_unit_test_registry_SOURCES = tests/unit/test_registry.c $(REGISTRY_SCENE)
tests_unit_test_registry_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_registry_damage_SOURCES = tests/unit/test_registry_damage.c \
	$(REGISTRY_SCENE)
tests_unit_test_registry_damage_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_rollout_ledger_SOURCES = tests/unit/test_rollout_ledger.c $(DATA_FIXTURE)
tests_unit_test_rollout_ledger_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_init_SOURCES = tests/unit/test_init.c $(DATA_FIXTURE)
tests_unit_test_init_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_manage_certificates_SOURCES = tests/unit/test_manage_certificates.c \
	$(DATA_FIXTURE)
tests_unit_test_manage_certificates_LDADD = $(DATA_TEST_LIBS)
FIRMWARE_SCENE = tests/unit/firmware_scene.c tests/unit/firmware_scene.h $(DATA_FIXTURE)
tests_unit_test_manage_firmware_SOURCES = tests/unit/test_manage_firmware.c \
	$(FIRMWARE_SCENE)
tests_unit_test_manage_firmware_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_manage_rollout_SOURCES = tests/unit/test_manage_rollout.c \
	$(FIRMWARE_SCENE)
tests_unit_test_manage_rollout_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_manage_keys_SOURCES = tests/unit/test_manage_keys.c $(DATA_FIXTURE)
tests_unit_test_manage_keys_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_manage_say_SOURCES = tests/unit/test_manage_say.c $(DATA_FIXTURE)
tests_unit_test_manage_say_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_manage_trust_SOURCES = tests/unit/test_manage_trust.c $(DATA_FIXTURE) \
	tests/lib/tls_server.c tests/lib/tls_server.h
tests_unit_test_manage_trust_CPPFLAGS = $(AM_CPPFLAGS) $(GNUTLS_CFLAGS)
tests_unit_test_manage_trust_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_bundle_SOURCES = tests/unit/test_bundle.c $(DATA_FIXTURE)
tests_unit_test_bundle_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_explain_SOURCES = tests/unit/test_explain.c $(DATA_FIXTURE)
tests_unit_test_explain_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_check_SOURCES = tests/unit/test_check.c $(DATA_FIXTURE)
tests_unit_test_check_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_backup_SOURCES = tests/unit/test_backup.c $(DATA_FIXTURE)
tests_unit_test_backup_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_seal_rotate_SOURCES = tests/unit/test_seal_rotate.c $(DATA_FIXTURE)
tests_unit_test_seal_rotate_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_signing_key_SOURCES = tests/unit/test_signing_key.c $(DATA_FIXTURE)
tests_unit_test_signing_key_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_adopt_SOURCES = tests/unit/test_adopt.c $(DATA_FIXTURE)
tests_unit_test_adopt_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_cups_exchange_SOURCES = tests/unit/test_cups_exchange.c $(DATA_FIXTURE)
tests_unit_test_cups_exchange_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_manage_SOURCES = tests/unit/test_manage.c $(DATA_FIXTURE)
tests_unit_test_manage_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_overview_SOURCES = tests/unit/test_overview.c $(DATA_FIXTURE)
tests_unit_test_overview_LDADD = $(DATA_TEST_LIBS)

# src/web and src/app
web_tests = \
	tests/unit/test_address \
	tests/unit/test_conditional \
	tests/unit/test_config \
	tests/unit/test_confine \
	tests/unit/test_form \
	tests/unit/test_html \
	tests/unit/test_request \
	tests/unit/test_response \
	tests/unit/test_route \
	tests/unit/test_urlencoded \
	tests/unit/test_web_root
if HAVE_CMOCKA
check_PROGRAMS += $(web_tests)
TESTS += $(web_tests)
endif
WEB_TEST_LIBS = $(APP_LIBS) $(WEB_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_address_LDADD = $(WEB_TEST_LIBS)
tests_unit_test_conditional_LDADD = $(WEB_TEST_LIBS)
tests_unit_test_config_LDADD = $(WEB_TEST_LIBS)
tests_unit_test_confine_LDADD = $(WEB_TEST_LIBS)
tests_unit_test_form_LDADD = $(WEB_TEST_LIBS)
tests_unit_test_html_LDADD = $(WEB_TEST_LIBS)
tests_unit_test_request_LDADD = $(WEB_TEST_LIBS)
tests_unit_test_response_LDADD = $(WEB_TEST_LIBS)
tests_unit_test_route_LDADD = $(WEB_TEST_LIBS)
tests_unit_test_urlencoded_LDADD = $(WEB_TEST_LIBS)
tests_unit_test_web_root_LDADD = $(WEB_TEST_LIBS)

# src/admin
admin_tests = \
	tests/unit/test_gate
if HAVE_CMOCKA
check_PROGRAMS += $(admin_tests)
TESTS += $(admin_tests)
endif
tests_unit_test_gate_LDADD = $(ADMIN_LIBS) $(MANAGE_LIBS) $(CUPS_LIBS) $(AUTH_LIBS) \
	$(REGISTRY_LIBS) $(STORE_LIBS) $(CRYPTO_LIBS) $(WEB_LIBS) $(GH_JSON_LIBS) \
	$(BASE_LIBS) $(UNIT_LIBS)

# src/store; those with several processes are in tests/fault
store_tests = \
	tests/unit/test_blob \
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
tests_unit_test_blob_SOURCES = tests/unit/test_blob.c $(store_tools)
tests_unit_test_blob_LDADD = $(STORE_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
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

# src/radio and src/gateway-files
radio_tests = \
	tests/unit/test_band \
	tests/unit/test_concentrator \
	tests/unit/test_file_check \
	tests/unit/test_gateway_files \
	tests/unit/test_gateway_files_set \
	tests/unit/test_gateway_files_stored \
	tests/unit/test_picture \
	tests/unit/test_plan \
	tests/unit/test_plan_refused \
	tests/unit/test_plan_set \
	tests/unit/test_server \
	tests/unit/test_settings
if HAVE_CMOCKA
check_PROGRAMS += $(radio_tests)
TESTS += $(radio_tests)
endif
EXTRA_DIST += tests/data/radio
RADIO_FIXTURE = tests/lib/radio_data.c tests/lib/radio_data.h
RADIO_TEST_LIBS = $(GATEWAY_FILES_LIBS) $(RADIO_LIBS) $(GH_JSON_LIBS) $(BASE_LIBS)
tests_unit_test_band_LDADD = $(RADIO_TEST_LIBS) $(UNIT_LIBS)
tests_unit_test_concentrator_SOURCES = tests/unit/test_concentrator.c $(RADIO_FIXTURE)
tests_unit_test_concentrator_LDADD = $(RADIO_TEST_LIBS) $(UNIT_LIBS)
tests_unit_test_file_check_SOURCES = tests/unit/test_file_check.c $(RADIO_FIXTURE)
tests_unit_test_file_check_LDADD = $(RADIO_TEST_LIBS) $(UNIT_LIBS)
FILES_SCENE = tests/unit/files_scene.c tests/unit/files_scene.h $(RADIO_FIXTURE)
tests_unit_test_gateway_files_SOURCES = tests/unit/test_gateway_files.c $(FILES_SCENE)
tests_unit_test_gateway_files_LDADD = $(RADIO_TEST_LIBS) $(UNIT_LIBS)
tests_unit_test_gateway_files_set_SOURCES = tests/unit/test_gateway_files_set.c $(FILES_SCENE)
tests_unit_test_gateway_files_set_LDADD = $(RADIO_TEST_LIBS) $(UNIT_LIBS)
tests_unit_test_gateway_files_stored_SOURCES = tests/unit/test_gateway_files_stored.c \
	$(FILES_SCENE)
tests_unit_test_gateway_files_stored_LDADD = $(RADIO_TEST_LIBS) $(UNIT_LIBS)
tests_unit_test_picture_SOURCES = tests/unit/test_picture.c $(RADIO_FIXTURE)
tests_unit_test_picture_LDADD = $(RADIO_TEST_LIBS) $(UNIT_LIBS)
tests_unit_test_plan_LDADD = $(RADIO_TEST_LIBS) $(UNIT_LIBS)
tests_unit_test_plan_refused_LDADD = $(RADIO_TEST_LIBS) $(UNIT_LIBS)
tests_unit_test_plan_set_LDADD = $(RADIO_TEST_LIBS) $(UNIT_LIBS)
tests_unit_test_server_LDADD = $(RADIO_TEST_LIBS) $(UNIT_LIBS)
tests_unit_test_settings_SOURCES = tests/unit/test_settings.c $(RADIO_FIXTURE)
tests_unit_test_settings_LDADD = $(RADIO_TEST_LIBS) $(UNIT_LIBS)
# Speaks TAP by itself, without cmocka.
check_PROGRAMS += tests/unit/test_plan_public
TESTS += tests/unit/test_plan_public
tests_unit_test_plan_public_SOURCES = tests/unit/test_plan_public.c $(RADIO_FIXTURE)
tests_unit_test_plan_public_LDADD = $(RADIO_TEST_LIBS)

# src/kickstarter
kickstarter_tests = \
	tests/unit/test_kick_activation \
	tests/unit/test_kick_device \
	tests/unit/test_kick_device_image \
	tests/unit/test_kick_device_limits \
	tests/unit/test_kick_exchange \
	tests/unit/test_kick_firmware \
	tests/unit/test_kick_images \
	tests/unit/test_kick_limits
if HAVE_CMOCKA
check_PROGRAMS += $(kickstarter_tests)
TESTS += $(kickstarter_tests)
endif
DEVICE_SCENE = tests/unit/device_scene.c tests/unit/device_scene.h
tests_unit_test_kick_device_SOURCES = tests/unit/test_kick_device.c $(DEVICE_SCENE)
tests_unit_test_kick_device_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_kick_device_limits_SOURCES = tests/unit/test_kick_device_limits.c \
	$(DEVICE_SCENE)
tests_unit_test_kick_device_limits_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_kick_limits_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_kick_device_image_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_kick_firmware_LDADD = $(DATA_TEST_LIBS)
KICK_IMAGES = tests/lib/kick_images.c tests/lib/kick_images.h $(DATA_FIXTURE)
tests_unit_test_kick_images_SOURCES = tests/unit/test_kick_images.c $(KICK_IMAGES)
tests_unit_test_kick_images_LDADD = $(DATA_TEST_LIBS)
KICK_SCENE = tests/unit/kick_scene.c tests/unit/kick_scene.h $(KICK_IMAGES)
tests_unit_test_kick_activation_SOURCES = tests/unit/test_kick_activation.c $(KICK_SCENE)
tests_unit_test_kick_activation_LDADD = $(DATA_TEST_LIBS)
tests_unit_test_kick_exchange_SOURCES = tests/unit/test_kick_exchange.c $(KICK_SCENE)
tests_unit_test_kick_exchange_LDADD = $(DATA_TEST_LIBS)
# Skips what needs files that may not be at hand, which cmocka cannot.
check_PROGRAMS += tests/unit/test_kick_plans
TESTS += tests/unit/test_kick_plans
tests_unit_test_kick_plans_SOURCES = tests/unit/test_kick_plans.c $(RADIO_FIXTURE)
tests_unit_test_kick_plans_LDADD = $(KICKSTARTER_LIBS) $(RADIO_LIBS) $(AUTH_LIBS) $(REGISTRY_LIBS) \
	$(STORE_LIBS) $(CRYPTO_LIBS) $(GH_JSON_LIBS) $(BASE_LIBS)

# src/firmware
firmware_tests = \
	tests/unit/test_hex_check \
	tests/unit/test_image \
	tests/unit/test_rollout \
	tests/unit/test_selection \
	tests/unit/test_selection_outcomes
if HAVE_CMOCKA
check_PROGRAMS += $(firmware_tests)
TESTS += $(firmware_tests)
endif
FIRMWARE_TEST_LIBS = $(FIRMWARE_LIBS) $(REGISTRY_LIBS) $(STORE_LIBS) $(CRYPTO_LIBS) \
	$(GH_JSON_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
tests_unit_test_hex_check_LDADD = $(FIRMWARE_TEST_LIBS)
tests_unit_test_image_SOURCES = tests/unit/test_image.c $(store_tools)
tests_unit_test_image_LDADD = $(FIRMWARE_TEST_LIBS)
tests_unit_test_rollout_LDADD = $(FIRMWARE_TEST_LIBS) -lm
SELECTION_SCENE = tests/unit/selection_scene.c tests/unit/selection_scene.h
tests_unit_test_selection_SOURCES = tests/unit/test_selection.c $(SELECTION_SCENE)
tests_unit_test_selection_LDADD = $(FIRMWARE_TEST_LIBS)
tests_unit_test_selection_outcomes_SOURCES = tests/unit/test_selection_outcomes.c \
	$(SELECTION_SCENE)
tests_unit_test_selection_outcomes_LDADD = $(FIRMWARE_TEST_LIBS)
