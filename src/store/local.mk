noinst_LIBRARIES += src/store/libstore.a
src_store_libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(LMDB_CFLAGS)
src_store_libstore_a_SOURCES = \
	src/store/filesystem.c src/store/filesystem.h \
	src/store/writer.c src/store/writer.h
STORE_LIBS = src/store/libstore.a $(LMDB_LIBS)
