noinst_LIBRARIES += src/auth/libauth.a
src_auth_libauth_a_SOURCES = src/auth/principal.c src/auth/principal.h
AUTH_LIBS = src/auth/libauth.a
