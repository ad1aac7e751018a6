# Unit tests in C (cmocka, TAP), black-box tests in POSIX shell; see README.
check_DATA =
check_PROGRAMS += tests/lib/within
tests_lib_within_SOURCES = tests/lib/within.c
include tests/unit/local.mk
include tests/fault/local.mk
include tests/cgi/local.mk
include tests/cli/local.mk
include tests/doc/local.mk
include tests/server/local.mk
include tests/sim/local.mk
include tests/soak/local.mk
include tests/fetch/local.mk
include tests/browser/local.mk

# The rules of the source tree itself.
dist_check_SCRIPTS += tests/layers.sh
TESTS += tests/layers.sh
