# The command line, in real stores; tests/cli/lib.sh is what the scripts are written in.
check_PROGRAMS += tests/cli/answer tests/cli/ask_signer tests/cli/hold
tests_cli_answer_SOURCES = tests/cli/answer.c
tests_cli_answer_CPPFLAGS = $(AM_CPPFLAGS) $(GNUTLS_CFLAGS)
tests_cli_answer_LDADD = $(GNUTLS_LIBS)
tests_cli_hold_SOURCES = tests/cli/hold.c
tests_cli_hold_CPPFLAGS = $(AM_CPPFLAGS) $(LMDB_CFLAGS)
tests_cli_hold_LDADD = $(REGISTRY_LIBS) $(STORE_LIBS) $(CRYPTO_LIBS) $(GH_JSON_LIBS) \
	$(BASE_LIBS)
tests_cli_ask_signer_SOURCES = tests/cli/ask_signer.c
tests_cli_ask_signer_LDADD = $(CRYPTO_LIBS) $(BASE_LIBS)
EXTRA_DIST += tests/cli/lib.sh tests/cli/sign_lib.sh tests/cli/typist.py
cli_tests = \
	tests/cli/accounts.sh \
	tests/cli/bulk.sh \
	tests/cli/care.sh \
	tests/cli/explain.sh \
	tests/cli/firmware.sh \
	tests/cli/gateways.sh \
	tests/cli/keys.sh \
	tests/cli/kickstarter.sh \
	tests/cli/plans.sh \
	tests/cli/probe.sh \
	tests/cli/needed.sh \
	tests/cli/records.sh \
	tests/cli/sign.sh \
	tests/cli/sign-service.sh \
	tests/cli/terminal.sh \
	tests/cli/trust.sh \
	tests/cli/usage.sh \
	tests/cli/visits.sh
dist_check_SCRIPTS += $(cli_tests)
TESTS += $(cli_tests)
