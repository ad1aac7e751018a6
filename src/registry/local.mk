noinst_LIBRARIES += src/registry/libregistry.a
src_registry_libregistry_a_SOURCES = \
	src/registry/account.c src/registry/account.h \
	src/registry/audit.c src/registry/audit.h \
	src/registry/board.c src/registry/board.h \
	src/registry/ca.c src/registry/ca.h \
	src/registry/checks.c src/registry/checks.h \
	src/registry/data.c src/registry/data.h \
	src/registry/firmware.c src/registry/firmware.h \
	src/registry/gateway.c src/registry/gateway.h \
	src/registry/gateway_state.c src/registry/gateway_state.h \
	src/registry/ignored.c src/registry/ignored.h \
	src/registry/index.c src/registry/index.h \
	src/registry/key.c src/registry/key.h \
	src/registry/ledger.c src/registry/ledger.h \
	src/registry/lns.c src/registry/lns.h \
	src/registry/mqtt.c src/registry/mqtt.h \
	src/registry/order.c \
	src/registry/plan.c src/registry/plan.h \
	src/registry/record.c src/registry/record.h src/registry/record_check.c \
	src/registry/record_json.c src/registry/record_json.h \
	src/registry/record_text.c src/registry/record_text.h \
	src/registry/registry.c src/registry/registry.h \
	src/registry/rollout.c src/registry/rollout.h src/registry/rollout_ledger.c \
	src/registry/session.c src/registry/session.h \
	src/registry/sighting.c src/registry/sighting.h \
	src/registry/signing_key.c src/registry/signing_key.h \
	src/registry/tables.h \
	src/registry/template.c src/registry/template.h \
	src/registry/throttle.c src/registry/throttle.h \
	src/registry/trust.c src/registry/trust.h \
	src/registry/trust_job.c src/registry/trust_job.h \
	src/registry/verify.c
REGISTRY_LIBS = src/registry/libregistry.a
