noinst_LIBRARIES += src/web/libweb.a
src_web_libweb_a_CPPFLAGS = $(AM_CPPFLAGS) $(FCGI_CFLAGS)
src_web_libweb_a_SOURCES = \
	src/web/address.c src/web/address.h \
	src/web/body.c src/web/body.h \
	src/web/cgi.c \
	src/web/client.c src/web/client.h \
	src/web/conditional.c src/web/conditional.h \
	src/web/cookie.c src/web/cookie.h \
	src/web/credential.c src/web/credential.h \
	src/web/fcgi.c \
	src/web/form.c src/web/form.h src/web/multipart.c \
	src/web/html.c src/web/html.h \
	src/web/path.c src/web/path.h \
	src/web/request.c src/web/request.h \
	src/web/response.c src/web/response.h \
	src/web/route.c src/web/route.h \
	src/web/transport.c src/web/transport.h \
	src/web/urlencoded.c src/web/urlencoded.h
WEB_LIBS = src/web/libweb.a $(FCGI_LIBS)
