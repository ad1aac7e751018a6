noinst_LIBRARIES += src/manage/libmanage.a
src_manage_libmanage_a_SOURCES = \
	src/manage/change.c \
	src/manage/gateway.c \
	src/manage/key.c \
	src/manage/manage.h \
	src/manage/secret.c
MANAGE_LIBS = src/manage/libmanage.a
