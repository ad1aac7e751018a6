noinst_LIBRARIES += src/manage/libmanage.a
src_manage_libmanage_a_SOURCES = \
	src/manage/account.c src/manage/account.h \
	src/manage/actions.c src/manage/actions.h \
	src/manage/activation.c src/manage/activation.h src/manage/activation_check.c \
	src/manage/adopt.c src/manage/adopt.h \
	src/manage/audit.c src/manage/audit.h \
	src/manage/backup.c src/manage/backup.h src/manage/restore.c \
	src/manage/board.c src/manage/board.h \
	src/manage/bulk_read.c src/manage/bulk_read.h \
	src/manage/bulk_seen.c src/manage/bulk_seen.h \
	src/manage/bundle.c src/manage/bundle.h \
	src/manage/ca.c src/manage/ca.h \
	src/manage/cert.c src/manage/cert.h \
	src/manage/change.c \
	src/manage/check.c src/manage/check.h src/manage/check_files.c \
	src/manage/check_record.c src/manage/check_record.h \
	src/manage/csv.c src/manage/csv.h \
	src/manage/delete.c \
	src/manage/explain.c src/manage/explain.h src/manage/explain_words.c \
	src/manage/explain_advice.c src/manage/explain_files_show.c \
	src/manage/explain_firmware_show.c src/manage/explain_images_show.c \
	src/manage/explain_kickstarter.c src/manage/explain_kickstarter.h \
	src/manage/explain_kickstarter_show.c \
	src/manage/explain_show.c src/manage/explain_show.h \
	src/manage/file.c src/manage/file.h \
	src/manage/firmware.c src/manage/firmware.h \
	src/manage/firmware_care.h src/manage/firmware_check.c src/manage/firmware_tick.c \
	src/manage/gateway.c src/manage/gateways.c \
	src/manage/gateway_csv.c src/manage/gateway_csv.h \
	src/manage/gateway_export.c src/manage/gateway_export.h \
	src/manage/gateway_import.c src/manage/gateway_import.h \
	src/manage/gateway_json.c src/manage/gateway_json.h \
	src/manage/gateway_page.c src/manage/gateway_page.h \
	src/manage/ignore.c \
	src/manage/init.c src/manage/init.h \
	src/manage/input.c src/manage/input.h \
	src/manage/json_stream.c src/manage/json_stream.h \
	src/manage/key.c \
	src/manage/list.c \
	src/manage/needed.c src/manage/needed.h \
	src/manage/manage.h \
	src/manage/manifest.c src/manage/manifest.h \
	src/manage/output.c src/manage/output.h src/manage/output_words.c \
	src/manage/move.c src/manage/move.h \
	src/manage/overrides.c src/manage/overrides.h \
	src/manage/overview.c src/manage/overview.h \
	src/manage/owner.c src/manage/owner.h \
	src/manage/plan.c src/manage/plan.h src/manage/plan_read.c \
	src/manage/plan_write.c \
	src/manage/radio_import.c src/manage/radio_import.h \
	src/manage/release.c src/manage/release.h \
	src/manage/report.h \
	src/manage/rollout.c src/manage/rollout.h src/manage/rollout_act.c \
	src/manage/rollout_look.c \
	src/manage/seal.c src/manage/seal.h \
	src/manage/secret.c \
	src/manage/signer.c src/manage/signer.h \
	src/manage/signing_key.c src/manage/signing_key.h \
	src/manage/sighting_show.c \
	src/manage/tick.c src/manage/tick.h \
	src/manage/tree.c \
	src/manage/trust.c src/manage/trust.h \
	src/manage/trust_queue.c src/manage/trust_queue.h \
	src/manage/upload.c src/manage/upload.h
# With what it needs beside the libraries that all programs with it have.
MANAGE_LIBS = src/manage/libmanage.a $(GATEWAY_FILES_LIBS) $(KICKSTARTER_LIBS) $(RADIO_LIBS)
