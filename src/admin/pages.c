/*
 * The table of pages: everything that the admin answers. A page is a row here and its handler
 * in a page_X.c. The first row that fits wins, so "/gateways/new" stands before
 * "/gateways/{id}". The navigation shows the rows with a name for it, in this order.
 */
#include "admin/page_accounts.h"
#include "admin/page_audit.h"
#include "admin/page_ca.h"
#include "admin/page_gateway.h"
#include "admin/page_keys.h"
#include "admin/page_firmware.h"
#include "admin/page_gateway.h"
#include "admin/page_import.h"
#include "admin/page_keys.h"
#include "admin/page_lns.h"
#include "admin/page_overview.h"
#include "admin/page_plan.h"
#include "admin/page_release.h"
#include "admin/page_rollouts.h"
#include "admin/page_sign_in.h"
#include "admin/page_template.h"
#include "admin/page_trust.h"
#include "admin/page_unknown.h"
#include "admin/page_release.h"
#include "admin/page_signing_key.h"
#include "admin/style.h"

const struct page admin_pages[] = {
    {METHOD_GET, "/static/{hash}/admin.css", PAGE_OPEN, 0, page_style, NULL, NULL,
	NULL},

    {METHOD_GET, "/sign-in", PAGE_OPEN, PAGE_SIGN_IN, page_sign_in, NULL, NULL, NULL},
    {METHOD_POST, "/sign-in", PAGE_OPEN, PAGE_SIGN_IN, page_sign_in_send, NULL, NULL,
	NULL},
    {METHOD_POST, "/sign-in/remote", PAGE_OPEN, PAGE_SIGN_IN, page_sign_in_remote, NULL,
	NULL, NULL},
    {METHOD_POST, "/sign-in/first", PAGE_OPEN, PAGE_SIGN_IN, page_first_account, NULL,
	NULL, NULL},
    {METHOD_POST, "/sign-out", PAGE_VIEWER, 0, page_sign_out, NULL, NULL, NULL},
    {METHOD_GET, "/me", PAGE_VIEWER, 0, page_me, NULL, NULL, NULL},
    {METHOD_POST, "/me/password", PAGE_VIEWER, 0, page_me_password, NULL, NULL, NULL},

    {METHOD_GET, "/", PAGE_VIEWER, 0, page_overview, NULL, "Overview", NULL},
    GATEWAY_PAGES,
    UNKNOWN_PAGES,
    {METHOD_GET, "/import", PAGE_VIEWER, 0, page_import, NULL, "Import", NULL},
    {METHOD_POST, "/import", PAGE_OPERATOR, PAGE_FILES, page_import_try, NULL, NULL,
	NULL},
    {METHOD_POST, "/import/{token}", PAGE_OPERATOR, 0, page_import_do, NULL, NULL,
	NULL},
    {METHOD_POST, "/import/{token}/drop", PAGE_OPERATOR, 0, page_import_drop, NULL,
	NULL, NULL},
    {METHOD_GET, "/export", PAGE_VIEWER, 0, page_export, NULL, NULL, NULL},
    {METHOD_GET, "/export/gateways", PAGE_VIEWER, 0, page_export_file, NULL, NULL,
	NULL},
    {METHOD_POST, "/export/secrets", PAGE_ADMIN, 0, page_export_secrets, NULL, NULL,
	NULL},
    {METHOD_GET, "/firmware", PAGE_VIEWER, 0, page_firmwares, NULL, "Firmware", NULL},
    {METHOD_GET, "/firmware/new", PAGE_OPERATOR, 0, page_firmware_new, NULL, NULL,
	NULL},
    {METHOD_POST, "/firmware/new", PAGE_OPERATOR, PAGE_FILES, page_firmware_add, NULL,
	NULL, NULL},
    {METHOD_GET, "/firmware/{id}", PAGE_VIEWER, 0, page_firmware, NULL, NULL, NULL},
    {METHOD_GET, "/firmware/{id}/digest", PAGE_VIEWER, 0, page_firmware_digest, NULL,
	NULL, NULL},
    {METHOD_POST, "/firmware/{id}/verify", PAGE_OPERATOR, 0, page_firmware_verify, NULL,
	NULL, NULL},
    {METHOD_POST, "/firmware/{id}/sign", PAGE_OPERATOR, 0, page_firmware_sign, NULL,
	NULL, NULL},
    {METHOD_POST, "/firmware/{id}/signature", PAGE_OPERATOR, PAGE_FILES,
	page_firmware_signature, NULL, NULL, NULL},
    {METHOD_GET, "/firmware/{id}/unsign", PAGE_OPERATOR, 0, page_firmware_unsign_ask,
	NULL, NULL, NULL},
    {METHOD_POST, "/firmware/{id}/unsign", PAGE_OPERATOR, 0, page_firmware_unsign, NULL,
	NULL, NULL},
    {METHOD_GET, "/firmware/{id}/edit", PAGE_OPERATOR, 0, record_edit, NULL, NULL,
	&firmware_pages},
    {METHOD_POST, "/firmware/{id}/edit", PAGE_OPERATOR, 0, record_save, NULL, NULL,
	&firmware_pages},
    {METHOD_GET, "/firmware/{id}/delete", PAGE_OPERATOR, 0, record_ask_delete, NULL,
	NULL, &firmware_pages},
    {METHOD_POST, "/firmware/{id}/delete", PAGE_OPERATOR, 0, record_delete, NULL, NULL,
	&firmware_pages},
    {METHOD_GET, "/signing-keys", PAGE_VIEWER, 0, page_signing_keys, NULL, NULL, NULL},
    {METHOD_GET, "/signing-keys/new", PAGE_ADMIN, 0, page_signing_key_new, NULL, NULL,
	NULL},
    {METHOD_POST, "/signing-keys/new", PAGE_ADMIN, PAGE_FILES, page_signing_key_add,
	NULL, NULL, NULL},
    {METHOD_GET, "/signing-keys/{id}", PAGE_VIEWER, 0, page_signing_key, NULL, NULL,
	NULL},
    {METHOD_GET, "/signing-keys/{id}/sig-0.key", PAGE_VIEWER, 0, page_signing_key_point,
	NULL, NULL, NULL},
    {METHOD_GET, "/signing-keys/{id}/public.pem", PAGE_VIEWER, 0, page_signing_key_pem,
	NULL, NULL, NULL},
    {METHOD_POST, "/signing-keys/{id}/retire", PAGE_ADMIN, 0, page_signing_key_retire,
	NULL, NULL, NULL},
    {METHOD_GET, "/signing-keys/{id}/edit", PAGE_ADMIN, 0, record_edit, NULL, NULL,
	&signing_key_pages},
    {METHOD_POST, "/signing-keys/{id}/edit", PAGE_ADMIN, 0, record_save, NULL, NULL,
	&signing_key_pages},
    {METHOD_GET, "/signing-keys/{id}/delete", PAGE_ADMIN, 0, record_ask_delete, NULL,
	NULL, &signing_key_pages},
    {METHOD_POST, "/signing-keys/{id}/delete", PAGE_ADMIN, 0, record_delete, NULL, NULL,
	&signing_key_pages},
    RECORD_PAGES_IN("/releases", &release_pages, "Releases", NULL),
    RECORD_PAGES_IN("/channels", &channel_pages, "Channels", NULL),
    {METHOD_GET, "/rollouts", PAGE_VIEWER, 0, page_rollouts, NULL, "Roll-outs", NULL},
    {METHOD_GET, "/rollouts/new", PAGE_OPERATOR, 0, page_rollout_new, NULL, NULL, NULL},
    {METHOD_POST, "/rollouts/new", PAGE_OPERATOR, 0, page_rollout_add, NULL, NULL,
	NULL},
    {METHOD_GET, "/rollouts/{id}", PAGE_VIEWER, 0, page_rollout, NULL, NULL, NULL},
    {METHOD_GET, "/rollouts/{id}/edit", PAGE_OPERATOR, 0, page_rollout_edit, NULL, NULL,
	NULL},
    {METHOD_POST, "/rollouts/{id}/edit", PAGE_OPERATOR, 0, page_rollout_save, NULL,
	NULL, NULL},
    {METHOD_GET, "/rollouts/{id}/gateways", PAGE_VIEWER, 0, page_rollout_gateways, NULL,
	NULL, NULL},
    {METHOD_GET, "/rollouts/{id}/plan", PAGE_VIEWER, 0, page_rollout_plan, NULL, NULL,
	NULL},
    {METHOD_GET, "/rollouts/{id}/delete", PAGE_OPERATOR, 0, record_ask_delete, NULL,
	NULL, &rollout_pages},
    {METHOD_POST, "/rollouts/{id}/delete", PAGE_OPERATOR, 0, record_delete, NULL, NULL,
	&rollout_pages},
    ROLLOUT_VERB("start", &rollout_start),
    ROLLOUT_VERB("step", &rollout_step),
    ROLLOUT_VERB("pause", &rollout_pause),
    ROLLOUT_VERB("resume", &rollout_resume),
    ROLLOUT_VERB("finish", &rollout_finish),
    ROLLOUT_VERB("abort", &rollout_abort),
    RECORD_PAGES("/lns", &lns_pages, "Network servers"),
    TRUST_PAGES,
    CA_PAGES,
    PLAN_PAGES,
    RECORD_PAGES("/templates", &template_pages, "Templates"),
    FIRMWARE_PAGES,
    SIGNING_KEY_PAGES,
    ROLLOUT_PAGES,
    KEY_PAGES,
    IMPORT_PAGES,
    ACCOUNT_PAGES,
    {METHOD_GET, "/audit", PAGE_VIEWER, 0, page_audit, NULL, "Audit log", NULL},
    {METHOD_GET, "/settings", PAGE_VIEWER, 0, page_settings, NULL, "Settings", NULL},
};

const size_t admin_page_count = sizeof admin_pages / sizeof admin_pages[0];
