# Fuzz targets. `./configure CC=clang --enable-fuzzer --enable-sanitizers` builds them
# with libFuzzer, to be run by `make fuzz FUZZ_SECONDS=60`; any other build links the same
# sources with replay.c, and `make check` runs them over fuzz/corpus/X.
#
# To add one: write fuzz/fuzz_X.c with LLVMFuzzerTestOneInput (see fuzz.h) and a few small
# inputs by hand into fuzz/corpus/X/, then add fuzz/fuzz_X to this list and below it a line
#	fuzz_fuzz_X_LDADD = $(FUZZ_MAIN) … $(BASE_LIBS)
# with the libraries of src/ that it calls.
fuzz_targets = \
	fuzz/fuzz_address \
	fuzz/fuzz_answer \
	fuzz/fuzz_certificate \
	fuzz/fuzz_config \
	fuzz/fuzz_credentials \
	fuzz/fuzz_eui \
	fuzz/fuzz_field \
	fuzz/fuzz_hex \
	fuzz/fuzz_form \
	fuzz/fuzz_gateway_csv \
	fuzz/fuzz_gateway_json \
	fuzz/fuzz_json \
	fuzz/fuzz_number \
	fuzz/fuzz_overrides \
	fuzz/fuzz_plan \
	fuzz/fuzz_record \
	fuzz/fuzz_request \
	fuzz/fuzz_sign_order \
	fuzz/fuzz_signature \
	fuzz/fuzz_stored \
	fuzz/fuzz_update_info
fuzz_fuzz_address_LDADD = $(FUZZ_MAIN) $(APP_LIBS) $(ADMIN_LIBS) $(WEB_LIBS) \
	$(GATEWAY_LIBS)
fuzz_fuzz_answer_SOURCES = fuzz/fuzz_answer.c src/cli/probe_answer.c
fuzz_fuzz_answer_LDADD = $(FUZZ_MAIN) $(KICKSTARTER_LIBS) $(CUPS_LIBS) $(REGISTRY_LIBS) \
	$(CRYPTO_LIBS) $(GH_JSON_LIBS) $(BASE_LIBS)
fuzz_fuzz_certificate_LDADD = $(FUZZ_MAIN) $(CRYPTO_LIBS) $(BASE_LIBS)
fuzz_fuzz_config_LDADD = $(FUZZ_MAIN) $(APP_LIBS) $(WEB_LIBS) $(BASE_LIBS)
fuzz_fuzz_credentials_LDADD = $(FUZZ_MAIN) $(CUPS_FUZZ_LIBS)
fuzz_fuzz_eui_LDADD = $(FUZZ_MAIN) $(BASE_LIBS)
fuzz_fuzz_field_LDADD = $(FUZZ_MAIN) $(GATEWAY_LIBS)
fuzz_fuzz_hex_LDADD = $(FUZZ_MAIN) $(FIRMWARE_LIBS) $(BASE_LIBS)
fuzz_fuzz_form_LDADD = $(FUZZ_MAIN) $(WEB_LIBS) $(BASE_LIBS)
fuzz_fuzz_gateway_csv_LDADD = $(FUZZ_MAIN) $(GATEWAY_LIBS)
fuzz_fuzz_gateway_json_LDADD = $(FUZZ_MAIN) $(GATEWAY_LIBS)
fuzz_fuzz_json_LDADD = $(FUZZ_MAIN) $(GH_JSON_LIBS) $(BASE_LIBS)
fuzz_fuzz_number_LDADD = $(FUZZ_MAIN) $(GH_JSON_LIBS) $(BASE_LIBS)
fuzz_fuzz_overrides_LDADD = $(FUZZ_MAIN) $(GATEWAY_LIBS)
fuzz_fuzz_plan_LDADD = $(FUZZ_MAIN) $(RADIO_LIBS) $(GH_JSON_LIBS) $(BASE_LIBS)
fuzz_fuzz_record_LDADD = $(FUZZ_MAIN) $(REGISTRY_LIBS) $(STORE_LIBS) $(CRYPTO_LIBS) \
	$(GH_JSON_LIBS) $(BASE_LIBS)
fuzz_fuzz_request_LDADD = $(FUZZ_MAIN) $(WEB_LIBS) $(BASE_LIBS)
fuzz_fuzz_sign_order_LDADD = $(FUZZ_MAIN) $(CRYPTO_LIBS) $(BASE_LIBS)
fuzz_fuzz_signature_LDADD = $(FUZZ_MAIN) $(CRYPTO_LIBS) $(BASE_LIBS)
fuzz_fuzz_stored_CPPFLAGS = $(AM_CPPFLAGS) $(LMDB_CFLAGS)
fuzz_fuzz_stored_LDADD = $(FUZZ_MAIN) $(GATEWAY_LIBS)
fuzz_fuzz_update_info_LDADD = $(FUZZ_MAIN) $(CUPS_FUZZ_LIBS)
GATEWAY_LIBS = $(MANAGE_LIBS) $(CUPS_LIBS) $(AUTH_LIBS) $(REGISTRY_LIBS) $(STORE_LIBS) \
	$(CRYPTO_LIBS) $(GH_JSON_LIBS) $(BASE_LIBS)
CUPS_FUZZ_LIBS = $(CUPS_LIBS) $(REGISTRY_LIBS) $(GH_JSON_LIBS) $(BASE_LIBS)

check_PROGRAMS += $(fuzz_targets)
if FUZZER
FUZZ_MAIN = $(FUZZ_ENGINE)
else
FUZZ_MAIN = fuzz/libreplay.a
check_LIBRARIES += fuzz/libreplay.a
TESTS += $(fuzz_targets)
endif
fuzz_libreplay_a_SOURCES = fuzz/replay.c fuzz/fuzz.h fuzz/registry.h
EXTRA_DIST += fuzz/corpus fuzz/run.sh
