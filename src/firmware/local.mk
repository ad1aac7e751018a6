noinst_LIBRARIES += src/firmware/libfirmware.a
src_firmware_libfirmware_a_SOURCES = \
	src/firmware/hex_check.c src/firmware/hex_check.h \
	src/firmware/image.c src/firmware/image.h \
	src/firmware/rollout.c src/firmware/rollout.h \
	src/firmware/selection.c src/firmware/selection.h src/firmware/reasons.c \
	src/firmware/tend.c src/firmware/tend.h \
	src/firmware/version.c
# Link it before REGISTRY_LIBS, STORE_LIBS and CRYPTO_LIBS.
FIRMWARE_LIBS = src/firmware/libfirmware.a
