noinst_LIBRARIES += src/json/libjson.a
src_json_libjson_a_CPPFLAGS = $(AM_CPPFLAGS) $(JSON_CFLAGS)
src_json_libjson_a_SOURCES = \
	src/json/check.c src/json/check.h \
	src/json/reader.c src/json/reader.h \
	src/json/writer.c src/json/writer.h
# JSON_LIBS is json-c's own (from configure); link this one before BASE_LIBS.
GH_JSON_LIBS = src/json/libjson.a $(JSON_LIBS)
