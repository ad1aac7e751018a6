# Programs that are killed, locked out or without room. They end within seconds.
fault_tests = \
	tests/fault/test_blob_faults \
	tests/fault/test_store_kills \
	tests/fault/test_store_locks \
	tests/fault/test_store_room
if HAVE_CMOCKA
check_PROGRAMS += $(fault_tests)
TESTS += $(fault_tests)
endif
tests_fault_test_blob_faults_SOURCES = tests/fault/test_blob_faults.c $(store_tools)
tests_fault_test_blob_faults_LDADD = $(STORE_LIBS) $(BASE_LIBS) $(UNIT_LIBS)
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
