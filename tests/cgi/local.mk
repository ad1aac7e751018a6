# Black-box tests: programs as a web server starts and asks them. tests/lib/tap.sh is what
# the scripts are written in.
check_PROGRAMS += tests/lib/listen tests/cgi/echo
tests_lib_listen_SOURCES = tests/lib/listen.c
tests_cgi_echo_SOURCES = tests/cgi/echo.c
tests_cgi_echo_LDADD = $(APP_LIBS) $(WEB_LIBS) $(BASE_LIBS)
EXTRA_DIST += tests/lib/tap.sh
cgi_tests = \
	tests/cgi/process.sh \
	tests/cgi/request.sh
dist_check_SCRIPTS += $(cgi_tests)
TESTS += $(cgi_tests)
