# Programs that the black-box tests run, and the scripts.
check_PROGRAMS += tests/lib/listen tests/cgi/echo
tests_lib_listen_SOURCES = tests/lib/listen.c
tests_cgi_echo_SOURCES = tests/cgi/echo.c
tests_cgi_echo_LDADD = $(APP_LIBS) $(WEB_LIBS) $(BASE_LIBS)
