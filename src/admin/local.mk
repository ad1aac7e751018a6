noinst_LIBRARIES += src/admin/libadmin.a
src_admin_libadmin_a_SOURCES = \
	src/admin/admin.h \
	src/admin/api.c src/admin/api.h \
	src/admin/api_ask.c src/admin/api_ask.h \
	src/admin/api_bulk.c \
	src/admin/api_create.c \
	src/admin/api_gateway.c \
	src/admin/api_key.c \
	src/admin/api_kinds.c \
	src/admin/api_list.c \
	src/admin/api_log.c \
	src/admin/api_tools.c \
	src/admin/chart.c src/admin/chart.h \
	src/admin/gate.c src/admin/gate.h \
	src/admin/input.c src/admin/input.h \
	src/admin/layout.c src/admin/layout.h \
	src/admin/page_accounts.c src/admin/page_accounts.h \
	src/admin/page_audit.c src/admin/page_audit.h \
	src/admin/page_board.c \
	src/admin/page_ca.c src/admin/page_ca.h \
	src/admin/page_gateway.c src/admin/page_gateway.h \
	src/admin/page_gateway_certs.c \
	src/admin/page_gateway_explain.c src/admin/page_gateway_keys.c \
	src/admin/page_gateway_new.c src/admin/page_gateways.c \
	src/admin/page_keys.c src/admin/page_keys.h \
	src/admin/page_export.c \
	src/admin/page_firmware.c src/admin/page_firmware.h src/admin/page_firmware_sign.c \
	src/admin/page_import.c src/admin/page_import.h \
	src/admin/page_lns.c src/admin/page_lns.h \
	src/admin/page_release.c src/admin/page_release.h \
	src/admin/page_rollout.c src/admin/page_rollout_form.c \
	src/admin/page_rollout_gateways.c \
	src/admin/page_rollouts.c src/admin/page_rollouts.h \
	src/admin/page_sign_in.c src/admin/page_sign_in.h \
	src/admin/page_overview.c src/admin/page_overview.h src/admin/page_settings.c \
	src/admin/page_plan.c src/admin/page_plan.h src/admin/page_yaml.c \
	src/admin/page_template.c src/admin/page_template.h \
	src/admin/page_trust.c src/admin/page_trust.h src/admin/page_move.c \
	src/admin/page_unknown.c src/admin/page_unknown.h \
	src/admin/page_signing_key.c src/admin/page_signing_key.h \
	src/admin/pages.c \
	src/admin/part.c src/admin/part.h \
	src/admin/record_field.c src/admin/record_field.h src/admin/record_rows.c \
	src/admin/record_form.c src/admin/record_form.h \
	src/admin/record_page.c src/admin/record_page.h \
	src/admin/spectrum.c src/admin/spectrum.h \
	src/admin/style.c src/admin/style.h \
	src/admin/transfer.c src/admin/transfer.h \
	src/admin/visit.c \
	src/admin/widget.c src/admin/widget.h
ADMIN_LIBS = src/admin/libadmin.a
