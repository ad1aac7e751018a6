# `make soak`: minutes at full speed; not part of `make check`. SOAK_SECONDS says how many.
EXTRA_DIST += tests/soak/soak.sh
.PHONY: soak
soak: all bench/fleet bench/fcgi_load tests/lib/issue tests/lib/listen tests/lib/publish
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/tests/soak/soak.sh
