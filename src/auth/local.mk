noinst_LIBRARIES += src/auth/libauth.a
src_auth_libauth_a_SOURCES = \
	src/auth/principal.c src/auth/principal.h \
	src/auth/session.c src/auth/session.h \
	src/auth/sign_in.c src/auth/sign_in.h
AUTH_LIBS = src/auth/libauth.a
