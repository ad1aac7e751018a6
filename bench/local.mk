# What requests cost, against the least that a FastCGI program can do.
bench_programs = bench/floor bench/fcgi_load
check_PROGRAMS += $(bench_programs)
bench_floor_SOURCES = bench/floor.c
bench_floor_CPPFLAGS = $(AM_CPPFLAGS) $(FCGI_CFLAGS)
bench_floor_LDADD = $(FCGI_LIBS)
bench_fcgi_load_SOURCES = bench/fcgi_load.c
EXTRA_DIST += bench/admin.sh bench/instructions.sh bench/throughput.sh

.PHONY: bench-instructions bench bench-admin
bench-instructions: $(bench_programs) bench/fleet gatehouse cgi-bin/cups.fcgi \
		cgi-bin/udp-config.fcgi tests/cgi/echo tests/lib/listen
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/bench/instructions.sh

bench-admin: $(bench_programs) bench/fleet gatehouse cgi-bin/admin.fcgi tests/lib/listen
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/bench/admin.sh

bench: $(bench_programs) bench/fleet cgi-bin/cups.fcgi tests/lib/listen
	@$(AM_TESTS_ENVIRONMENT) $(SHELL) $(top_srcdir)/bench/throughput.sh

bench_fcgi_load_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE

# A data folder with many gateways.
check_PROGRAMS += bench/fleet
bench_fleet_SOURCES = bench/fleet.c
bench_fleet_LDADD = $(MANAGE_LIBS) $(CUPS_TEST_LIBS)
