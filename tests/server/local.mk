# Behind real web servers on loopback, with the example configurations as they are in etc/.
check_PROGRAMS += tests/server/http_raw
tests_server_http_raw_SOURCES = tests/server/http_raw.c
EXTRA_DIST += tests/server/lib.sh
server_tests = \
	tests/server/kickstarter.sh \
	tests/server/lighttpd.sh
dist_check_SCRIPTS += $(server_tests)
TESTS += $(server_tests)
