bin_PROGRAMS += gatehouse
gatehouse_SOURCES = \
	src/cli/gatehouse.c \
	src/cli/account.c \
	src/cli/activation.c \
	src/cli/audit.c \
	src/cli/bundle.c \
	src/cli/ca.c \
	src/cli/care.c \
	src/cli/cert.c \
	src/cli/cli.c src/cli/cli.h \
	src/cli/command.h \
	src/cli/concentrator.c \
	src/cli/config.c \
	src/cli/config_file.c \
	src/cli/explain.c \
	src/cli/firmware.c \
	src/cli/gateway.c src/cli/gateway.h src/cli/gateway_bulk.c \
	src/cli/gateway_choice.c src/cli/gateway_list.c src/cli/gateway_set.c src/cli/gateway_show.c \
	src/cli/help.c src/cli/help.h \
	src/cli/import.c src/cli/import.h \
	src/cli/kickstarter.h \
	src/cli/key.c src/cli/key.h src/cli/key_list.c \
	src/cli/lns.c \
	src/cli/move.c \
	src/cli/overview.c \
	src/cli/options.c src/cli/options.h \
	src/cli/probe.c src/cli/probe.h \
	src/cli/probe_answer.c src/cli/probe_kickstarter.c src/cli/probe_request.c \
	src/cli/probe_show.c \
	src/cli/plan.c \
	src/cli/progress.c src/cli/progress.h \
	src/cli/prompt.c src/cli/prompt.h \
	src/cli/record.c src/cli/record.h \
	src/cli/release.c \
	src/cli/rollout.c src/cli/rollout.h src/cli/rollout_show.c \
	src/cli/seal.c \
	src/cli/signing_key.c \
	src/cli/template.c \
	src/cli/trust.c \
	src/cli/unknown.c \
	src/cli/writer.c src/cli/writer.h
gatehouse_LDADD = $(APP_LIBS) $(MANAGE_LIBS) $(CUPS_LIBS) $(AUTH_LIBS) $(REGISTRY_LIBS) \
	$(STORE_LIBS) $(CRYPTO_LIBS) $(WEB_LIBS) $(GH_JSON_LIBS) $(BASE_LIBS)

# The only program that touches a key which signs firmware: no database, no network.
bin_PROGRAMS += gatehouse-sign
gatehouse_sign_SOURCES = \
	src/cli/gatehouse-sign.c \
	src/cli/sign_confine.c src/cli/sign_confine.h \
	src/cli/sign_service.c src/cli/sign_service.h
gatehouse_sign_LDADD = $(CRYPTO_LIBS) $(BASE_LIBS)
