# Behind real web servers on loopback, with the example configurations as they are in etc/.
check_PROGRAMS += tests/server/http_raw tests/server/kick_fetch
tests_server_http_raw_SOURCES = tests/server/http_raw.c
tests_server_kick_fetch_SOURCES = tests/server/kick_fetch.c
tests_server_kick_fetch_LDADD = $(KICKSTARTER_LIBS) $(CRYPTO_LIBS) $(BASE_LIBS)
EXTRA_DIST += tests/lib/port.sh tests/server/lib.sh tests/server/servers.sh \
	tests/server/everywhere.sh tests/server/manners.sh tests/server/admin.sh \
	tests/server/kick_lib.sh tests/server/wire.py
server_tests = \
	tests/server/apache-cgi.sh \
	tests/server/apache-fcgid.sh \
	tests/server/apache-proxy.sh \
	tests/server/firmware.sh \
	tests/server/kickstarter.sh \
	tests/server/kickstarter-firmware.sh \
	tests/server/kickstarter-firmware-servers.sh \
	tests/server/lighttpd-cgi.sh \
	tests/server/lighttpd-fastcgi.sh \
	tests/server/lighttpd-sockets.sh \
	tests/server/lighttpd.sh \
	tests/server/nginx.sh \
	tests/server/nginx-spawn-fcgi.sh \
	tests/server/shared-hosting.sh
dist_check_SCRIPTS += $(server_tests)
TESTS += $(server_tests)
