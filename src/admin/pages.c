/*
 * The table of pages: everything that the admin answers. A page is a row here and its handler
 * in a page_X.c. The first row that fits wins, so "/gateways/new" stands before
 * "/gateways/{id}". The navigation shows the rows with a name for it, in this order.
 */
#include "admin/page_accounts.h"
#include "admin/page_audit.h"
#include "admin/page_ca.h"
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
#include "admin/page_signing_key.h"
#include "admin/page_template.h"
#include "admin/page_trust.h"
#include "admin/page_unknown.h"
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
    RECORD_PAGES("/lns", &lns_pages, "Network servers"),
    TRUST_PAGES,
    CA_PAGES,
    PLAN_PAGES,
    RECORD_PAGES("/templates", &template_pages, "Templates"),
    FIRMWARE_PAGES,
    SIGNING_KEY_PAGES,
    RECORD_PAGES_IN("/releases", &release_pages, "Releases", NULL),
    RECORD_PAGES_IN("/channels", &channel_pages, "Channels", NULL),
    ROLLOUT_PAGES,
    KEY_PAGES,
    IMPORT_PAGES,
    ACCOUNT_PAGES,
    {METHOD_GET, "/audit", PAGE_VIEWER, 0, page_audit, NULL, "Audit log", NULL},
    {METHOD_GET, "/settings", PAGE_ADMIN, 0, page_settings, NULL, "Settings", NULL},
};

const size_t admin_page_count = COUNT(admin_pages);
