# What requests cost, against the least that a FastCGI program can do.
check_PROGRAMS += bench/floor bench/fcgi_load
bench_floor_SOURCES = bench/floor.c
bench_floor_CPPFLAGS = $(AM_CPPFLAGS) $(FCGI_CFLAGS)
bench_floor_LDADD = $(FCGI_LIBS)
bench_fcgi_load_SOURCES = bench/fcgi_load.c
bench_fcgi_load_CPPFLAGS = $(AM_CPPFLAGS) -D_GNU_SOURCE

# A data folder with many gateways.
check_PROGRAMS += bench/fleet
bench_fleet_SOURCES = bench/fleet.c
bench_fleet_LDADD = $(MANAGE_LIBS) $(CUPS_TEST_LIBS)
