noinst_LIBRARIES += src/store/libstore.a
src_store_libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(LMDB_CFLAGS)
src_store_libstore_a_SOURCES = \
	src/store/blob.c src/store/blob.h \
	src/store/engine.h \
	src/store/filesystem.c src/store/filesystem.h \
	src/store/lmdb.c src/store/lmdb_engine.h \
	src/store/lmdb_care.c \
	src/store/lmdb_file.c \
	src/store/lmdb_open.c \
	src/store/lmdb_update.c \
	src/store/memory.c \
	src/store/slots.c src/store/slots.h \
	src/store/store.c src/store/store.h \
	src/store/writer.c src/store/writer.h
STORE_LIBS = src/store/libstore.a $(LMDB_LIBS)
