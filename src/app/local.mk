noinst_LIBRARIES += src/app/libapp.a
src_app_libapp_a_SOURCES = \
	src/app/config.c src/app/config.h \
	src/app/confine.c src/app/confine.h \
	src/app/confine_files.c \
	src/app/config_key.h \
	src/app/config_keys.c \
	src/app/config_text.c \
	src/app/config_value.c \
	src/app/file_policy.c src/app/file_policy.h \
	src/app/policy.c src/app/policy.h \
	src/app/request_log.c src/app/request_log.h \
	src/app/service.c src/app/service.h \
	src/app/test_clock.c src/app/test_clock.h \
	src/app/web_root.c src/app/web_root.h
APP_LIBS = src/app/libapp.a

# The texts that are made from the table of keys.
EXTRA_PROGRAMS += src/app/config-text
src_app_config_text_SOURCES = src/app/config_text_main.c
src_app_config_text_LDADD = $(APP_LIBS) $(WEB_LIBS) $(BASE_LIBS)
CLEANFILES += src/app/config-text$(EXEEXT)
.PHONY: update-conf
update-conf: src/app/config-text$(EXEEXT)
	src/app/config-text sample >$(top_srcdir)/etc/gatehouse.conf
	{ cat $(top_srcdir)/man/gatehouse.conf.head && src/app/config-text manual && \
	    cat $(top_srcdir)/man/gatehouse.conf.tail; } >$(top_srcdir)/man/gatehouse.conf.5
