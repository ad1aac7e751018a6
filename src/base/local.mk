noinst_LIBRARIES += src/base/libbase.a
src_base_libbase_a_CPPFLAGS = $(AM_CPPFLAGS) $(ZLIB_CFLAGS)
src_base_libbase_a_SOURCES = \
	src/base/arena.c src/base/arena.h \
	src/base/clock.c src/base/clock.h \
	src/base/crc.c src/base/crc.h \
	src/base/err.c src/base/err.h \
	src/base/eui.c src/base/eui.h \
	src/base/file.c src/base/file.h \
	src/base/helper.c src/base/helper.h \
	src/base/hex.c src/base/hex.h \
	src/base/log.c src/base/log.h \
	src/base/number.c src/base/number.h \
	src/base/span.h \
	src/base/strbuf.c src/base/strbuf.h \
	src/base/utf8.c src/base/utf8.h \
	src/base/wire.c src/base/wire.h \
	src/base/zip.c src/base/zip.h
BASE_LIBS = src/base/libbase.a $(ZLIB_LIBS)
