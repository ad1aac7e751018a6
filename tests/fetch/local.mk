# The script for gateways, against a real lighttpd; see share/gateway.
FETCH_TESTS = tests/fetch/checks.sh tests/fetch/options.sh tests/fetch/answers.sh \
	tests/fetch/behaviour.sh tests/fetch/killed.sh tests/fetch/tls.sh
TESTS += $(FETCH_TESTS)
dist_check_SCRIPTS += $(FETCH_TESTS) tests/fetch/server.cgi
dist_noinst_DATA += tests/fetch/lib.sh
