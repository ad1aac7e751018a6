noinst_LIBRARIES += src/cups/libcups.a
src_cups_libcups_a_SOURCES = \
	src/cups/cache.c src/cups/cache.h \
	src/cups/channel.c src/cups/channel.h \
	src/cups/credentials.c src/cups/credentials.h \
	src/cups/decision.c src/cups/decision.h src/cups/reasons.c \
	src/cups/decide_cups.c src/cups/deciding.h \
	src/cups/exchange.c src/cups/exchange.h \
	src/cups/firmware.c src/cups/firmware.h \
	src/cups/handover.c src/cups/handover.h \
	src/cups/load.c src/cups/load.h \
	src/cups/streams.c src/cups/streams.h \
	src/cups/update_info.c src/cups/update_info.h src/cups/scan.c
CUPS_LIBS = src/cups/libcups.a $(FIRMWARE_LIBS)
