# Programs that are killed, locked out or without room. They end within seconds.
fault_tests = \
	tests/fault/test_blob_faults \
	tests/fault/test_refused \
	tests/fault/test_refused_crypto \
	tests/fault/test_refused_tell \
	tests/fault/test_refused_use \
	tests/fault/test_store_kills \
	tests/fault/test_store_locks \
	tests/fault/test_store_room
if HAVE_CMOCKA
check_PROGRAMS += $(fault_tests)
TESTS += $(fault_tests)
endif
tests_fault_test_blob_faults_SOURCES = tests/fault/test_blob_faults.c $(store_tools)
tests_fault_test_blob_faults_LDADD = $(STORE_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
# What may be refused: see tests/lib/refuse.h.
refuse_flags = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc \
	-Wl,--wrap=arena_alloc,--wrap=arena_zalloc,--wrap=arena_dup \
	-Wl,--wrap=arena_strdup,--wrap=arena_printf \
	-Wl,--wrap=open,--wrap=read,--wrap=write,--wrap=pread,--wrap=pwrite \
	-Wl,--wrap=fsync,--wrap=fstat,--wrap=fstatat,--wrap=fchmod,--wrap=flock \
	-Wl,--wrap=ftruncate,--wrap=futimens,--wrap=mkdir,--wrap=mkstemp,--wrap=mkostemp \
	-Wl,--wrap=rename,--wrap=opendir,--wrap=fdopendir
refuse_tls_flags = -Wl,--wrap=gnutls_x509_crt_init,--wrap=gnutls_x509_privkey_init \
	-Wl,--wrap=gnutls_privkey_init,--wrap=gnutls_pubkey_init \
	-Wl,--wrap=gnutls_x509_trust_list_init,--wrap=gnutls_hash_init \
	-Wl,--wrap=gnutls_aead_cipher_init,--wrap=gnutls_base64_encode2 \
	-Wl,--wrap=gnutls_base64_decode2,--wrap=gnutls_x509_crt_export2
refuse_sources = tests/lib/refuse.c tests/lib/refuse.h
refuse_tls_sources = tests/lib/refuse_tls.c
deed_sources = tests/fault/deed.c tests/fault/deed.h $(refuse_sources) $(store_tools)
tests_fault_test_refused_SOURCES = tests/fault/test_refused.c $(deed_sources)
tests_fault_test_refused_LDFLAGS = $(refuse_flags)
tests_fault_test_refused_LDADD = $(STORE_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
tests_fault_test_refused_crypto_SOURCES = tests/fault/test_refused_crypto.c \
	$(deed_sources) $(refuse_tls_sources) $(CRYPTO_FIXTURE)
tests_fault_test_refused_crypto_CPPFLAGS = $(AM_CPPFLAGS) $(GNUTLS_CFLAGS)
tests_fault_test_refused_crypto_LDFLAGS = $(refuse_flags) $(refuse_tls_flags)
tests_fault_test_refused_crypto_LDADD = $(STORE_LIBS) $(CRYPTO_LIBS) $(BASE_LIBS) \
	$(UNIT_LIBS)
refused_use_sources = tests/fault/refused_use.c tests/fault/refused_use.h \
	$(refuse_sources) $(refuse_tls_sources) $(DATA_FIXTURE)
tests_fault_test_refused_tell_SOURCES = tests/fault/test_refused_tell.c \
	$(refused_use_sources)
tests_fault_test_refused_tell_CPPFLAGS = $(AM_CPPFLAGS) $(GNUTLS_CFLAGS)
tests_fault_test_refused_tell_LDFLAGS = $(refuse_flags) $(refuse_tls_flags)
tests_fault_test_refused_tell_LDADD = $(DATA_TEST_LIBS)
tests_fault_test_refused_use_SOURCES = tests/fault/test_refused_use.c \
	$(refused_use_sources)
tests_fault_test_refused_use_CPPFLAGS = $(AM_CPPFLAGS) $(GNUTLS_CFLAGS)
tests_fault_test_refused_use_LDFLAGS = $(refuse_flags) $(refuse_tls_flags)
tests_fault_test_refused_use_LDADD = $(DATA_TEST_LIBS)
tests_fault_test_store_kills_SOURCES = tests/fault/test_store_kills.c $(store_tools)
tests_fault_test_store_kills_CPPFLAGS = $(AM_CPPFLAGS) $(LMDB_CFLAGS)
tests_fault_test_store_kills_LDADD = $(STORE_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
tests_fault_test_store_locks_SOURCES = tests/fault/test_store_locks.c $(store_tools)
tests_fault_test_store_locks_CPPFLAGS = $(AM_CPPFLAGS) $(LMDB_CFLAGS)
tests_fault_test_store_locks_LDADD = $(STORE_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
tests_fault_test_store_room_SOURCES = tests/fault/test_store_room.c $(store_tools)
tests_fault_test_store_room_LDADD = $(STORE_LIBS) $(BASE_LIBS) $(UNIT_LIBS)

# Power cuts: a recorder that is loaded before the programs.
check_DATA += tests/fault/powercut.so
CLEANFILES += tests/fault/powercut.so
EXTRA_DIST += tests/fault/powercut.c tests/fault/powercut.py
tests/fault/powercut.so: tests/fault/powercut.c
	$(AM_V_CC)mkdir -p tests/fault && $(CC) $(CFLAGS) -shared -fPIC -o $@ \
		$(top_srcdir)/tests/fault/powercut.c
fault_scripts = tests/fault/clock.sh tests/fault/data-faults.sh tests/fault/powercut.sh \
	tests/fault/traffic.sh
dist_check_SCRIPTS += $(fault_scripts)
TESTS += $(fault_scripts)
EXTRA_DIST += tests/fault/README tests/fault/guess.py tests/fault/slow.py \
	tests/fault/traffic_lib.sh
