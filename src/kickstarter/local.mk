noinst_LIBRARIES += src/kickstarter/libkickstarter.a
src_kickstarter_libkickstarter_a_SOURCES = \
	src/kickstarter/activation.c src/kickstarter/activation.h \
	src/kickstarter/address.c src/kickstarter/address.h \
	src/kickstarter/answer.c src/kickstarter/answer.h \
	src/kickstarter/caller.c src/kickstarter/caller.h \
	src/kickstarter/decision.c src/kickstarter/decision.h \
	src/kickstarter/device.c src/kickstarter/device.h \
	src/kickstarter/device_image.c \
	src/kickstarter/device_json.c src/kickstarter/device_plan.c \
	src/kickstarter/device_request.c \
	src/kickstarter/exchange.c src/kickstarter/exchange.h \
	src/kickstarter/firmware.c src/kickstarter/firmware.h \
	src/kickstarter/image.c src/kickstarter/image.h \
	src/kickstarter/limits.c src/kickstarter/limits.h \
	src/kickstarter/load.c src/kickstarter/load.h src/kickstarter/load_firmware.c \
	src/kickstarter/offer.c src/kickstarter/offer.h \
	src/kickstarter/plan.c src/kickstarter/plan.h \
	src/kickstarter/reasons.c
KICKSTARTER_LIBS = src/kickstarter/libkickstarter.a $(FIRMWARE_LIBS)
