# Gateways in virtual time.
if HAVE_CMOCKA
sim_tests = \
	tests/sim/test_kick_anything \
	tests/sim/test_kick_firmware \
	tests/sim/test_kick_life \
	tests/sim/test_life \
	tests/sim/test_life_firmware \
	tests/sim/test_rollout
check_PROGRAMS += $(sim_tests)
TESTS += $(sim_tests)
endif
LIFE = tests/sim/life.c tests/sim/life.h tests/sim/station.c tests/sim/station.h
tests_sim_test_life_SOURCES = tests/sim/test_life.c $(LIFE)
tests_sim_test_life_LDADD = $(MANAGE_LIBS) $(CUPS_TEST_LIBS)
tests_sim_test_life_firmware_SOURCES = tests/sim/test_life_firmware.c $(LIFE)
tests_sim_test_life_firmware_LDADD = $(MANAGE_LIBS) $(CUPS_TEST_LIBS)
KICK_STAGE = tests/sim/kick_stage.c tests/sim/kick_stage.h tests/sim/kickstarter.c \
	tests/sim/kickstarter.h $(DATA_FIXTURE)
tests_sim_test_kick_anything_SOURCES = tests/sim/test_kick_anything.c $(KICK_STAGE)
tests_sim_test_kick_anything_LDADD = $(DATA_TEST_LIBS)
tests_sim_test_kick_life_SOURCES = tests/sim/test_kick_life.c $(KICK_STAGE)
tests_sim_test_kick_life_LDADD = $(DATA_TEST_LIBS)
tests_sim_test_rollout_SOURCES = tests/sim/test_rollout.c tests/sim/rollout_world.c \
	tests/sim/rollout_world.h $(store_tools)
tests_sim_test_rollout_LDADD = $(MANAGE_LIBS) $(CUPS_TEST_LIBS) -lm
tests_sim_test_kick_firmware_SOURCES = tests/sim/test_kick_firmware.c \
	tests/sim/kickstarter.c tests/sim/kickstarter.h $(KICK_IMAGES)
tests_sim_test_kick_firmware_LDADD = $(DATA_TEST_LIBS)
