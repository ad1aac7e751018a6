# One program a module; `unit(name, libraries)` by hand, since automake has no loops.
UNIT_LIBS = $(CMOCKA_LIBS)
