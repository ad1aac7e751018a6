noinst_LIBRARIES += src/gateway-files/libgatewayfiles.a
src_gateway_files_libgatewayfiles_a_SOURCES = \
	src/gateway-files/answer.c src/gateway-files/answer.h \
	src/gateway-files/cache.c \
	src/gateway-files/check_channels.c \
	src/gateway-files/check_keys.c \
	src/gateway-files/check_members.c \
	src/gateway-files/check_sx1301.c \
	src/gateway-files/check_sx1302.c \
	src/gateway-files/exchange.c src/gateway-files/exchange.h \
	src/gateway-files/file.c src/gateway-files/file.h \
	src/gateway-files/file_check.c src/gateway-files/file_check.h \
	src/gateway-files/format.h src/gateway-files/formats.c \
	src/gateway-files/json_file.h \
	src/gateway-files/kerlink_cpf.c \
	src/gateway-files/memo.c src/gateway-files/memo.h \
	src/gateway-files/merge_patch.c src/gateway-files/merge_patch.h \
	src/gateway-files/overrides.c src/gateway-files/overrides.h \
	src/gateway-files/records.c src/gateway-files/records.h \
	src/gateway-files/semtech_file.c \
	src/gateway-files/semtech_sx1301.c \
	src/gateway-files/semtech_sx1302.c \
	src/gateway-files/server.c src/gateway-files/server.h
# Link it before RADIO_LIBS, AUTH_LIBS, REGISTRY_LIBS and what those need.
GATEWAY_FILES_LIBS = src/gateway-files/libgatewayfiles.a
