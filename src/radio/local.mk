noinst_LIBRARIES += src/radio/libradio.a
src_radio_libradio_a_CPPFLAGS = $(AM_CPPFLAGS) $(YAML_CFLAGS)
src_radio_libradio_a_SOURCES = \
	src/radio/band.c src/radio/band.h \
	src/radio/board_check.c \
	src/radio/check.c src/radio/check.h \
	src/radio/concentrator.c src/radio/concentrator.h \
	src/radio/finding.c src/radio/finding.h \
	src/radio/limits.h \
	src/radio/picture.c src/radio/picture.h \
	src/radio/plan.c src/radio/plan.h \
	src/radio/plan_check.c \
	src/radio/plan_set.c src/radio/plan_set.h \
	src/radio/schema.c src/radio/schema.h \
	src/radio/schema_table.h src/radio/schema_wire.c \
	src/radio/settings.c src/radio/settings.h \
	src/radio/sx1301.c src/radio/sx1301.h \
	src/radio/tree.h src/radio/yaml.c \
	src/radio/value.c src/radio/value.h
RADIO_LIBS = src/radio/libradio.a $(YAML_LIBS) -lm
