#include "manage/actions.h"

#define ALL_FRONTS (FRONT_SHELL | FRONT_API | FRONT_PAGES)
#define BASIC RIGHT_SETTINGS_BASIC
#define KEYS RIGHT_SETTINGS_API_KEYS

#define ROW(n, f, r, s, o, c, p)                                                      \
	{                                                                             \
		.name = (n), .fronts = (f), .rights = (r), .scope = (s), .role = (o), \
		.commands = (c), .pages = (p)                                         \
	}
/* Not from everywhere, and why. */
#define SOME(n, f, r, s, o, c, w, p)                                                  \
	{                                                                             \
		.name = (n), .fronts = (f), .rights = (r), .scope = (s), .role = (o), \
		.commands = (c), .why = (w), .pages = (p)                             \
	}
#define SHELL(n, c, w)                                                          \
	{                                                                       \
		.name = (n), .fronts = FRONT_SHELL, .rights = RIGHT_ALL,        \
		.scope = SCOPE_FLEET, .role = ACTION_BY_ADMIN, .commands = (c), \
		.why = (w)                                                      \
	}

/* Of firmware: programs look, people decide. */
#define STAGED(n, c, p)                                                                \
	{                                                                              \
		.name = (n), .fronts = FRONT_SHELL | FRONT_PAGES, .rights = RIGHT_ALL, \
		.scope = SCOPE_FLEET, .role = ACTION_BY_OPERATOR, .commands = (c),     \
		.why = staged, .pages = (p)                                            \
	}

#define VIEWER ACTION_BY_VIEWER
#define OPERATOR ACTION_BY_OPERATOR
#define ADMIN ACTION_BY_ADMIN

static const char disk[] =
    "needs the folder, and runs while nobody serves or beside them";
static const char dials[] = "dials out, which web-facing programs never do: the admin "
			    "queues it for `gatehouse tick`";

static const char staged[] = "is decided by people, who see what it would do first";
static const char people[] =
    "is about people, who sign in to the pages; programs have keys";

/* What the whole fleet hangs on needs RIGHT_GATEWAY_ALL: a key for all gateways with no more
 * than CUPS needs is on every gateway. */
const struct action_row action_table[ACTION_COUNT] = {
    [ACTION_GATEWAY_LIST] = ROW("gateway.list", ALL_FRONTS, RIGHT_INFO, SCOPE_LIST,
	VIEWER, "gateway list", "/gateways"),
    [ACTION_GATEWAY_SHOW] = ROW("gateway.show", ALL_FRONTS, RIGHT_INFO, SCOPE_GATEWAY,
	VIEWER, "gateway show", "/gateways/{id}"),
    [ACTION_GATEWAY_CREATE] = ROW("gateway.create", ALL_FRONTS, RIGHT_ALL, SCOPE_FLEET,
	OPERATOR, "gateway add", "/gateways/new, /gateways/{id}/start"),
    [ACTION_GATEWAY_SET] = ROW("gateway.set", ALL_FRONTS, BASIC, SCOPE_GATEWAY,
	OPERATOR, "gateway set", "/gateways/{id}/edit"),
    [ACTION_GATEWAY_SET_MANY] = SOME("gateway.set-many", FRONT_SHELL, RIGHT_ALL,
	SCOPE_FLEET, OPERATOR, "gateway set",
	"a program changes one gateway after the other, people import a table", NULL),
    [ACTION_GATEWAY_MOVE] = SOME("gateway.move", FRONT_SHELL | FRONT_PAGES, RIGHT_ALL,
	SCOPE_FLEET, OPERATOR, "gateway move",
	"a program changes one gateway after the other", "/move"),
    [ACTION_GATEWAY_LEFT] = SOME("gateway.left", FRONT_SHELL | FRONT_PAGES, RIGHT_ALL,
	SCOPE_FLEET, VIEWER, "gateway left", "is looked at by those who move a fleet",
	"/move/left, /trust/{id}/left"),
    [ACTION_GATEWAY_DELETE] = ROW("gateway.delete", ALL_FRONTS, RIGHT_DELETE,
	SCOPE_GATEWAY, OPERATOR, "gateway delete", "/gateways/{id}/delete"),
    [ACTION_GATEWAY_RESTORE] = ROW("gateway.restore", ALL_FRONTS, RIGHT_DELETE,
	SCOPE_FLEET, OPERATOR, "gateway restore", "/gateways/{id}/restore"),
    [ACTION_GATEWAY_PURGE] = ROW("gateway.purge", ALL_FRONTS, RIGHT_ALL, SCOPE_FLEET,
	ADMIN, "gateway purge", "/gateways/{id}/purge"),
    [ACTION_GATEWAY_IMPORT] = ROW("gateway.import", ALL_FRONTS, RIGHT_ALL, SCOPE_FLEET,
	OPERATOR, "gateway import", "/import, /import/{token}, /import/{token}/drop"),
    [ACTION_GATEWAY_EXPORT] = ROW("gateway.export", ALL_FRONTS, RIGHT_INFO, SCOPE_FLEET,
	OPERATOR, "gateway export", "/export, /export/gateways"),
    [ACTION_GATEWAY_EXPORT_SECRETS] = SOME("gateway.export-secrets",
	FRONT_SHELL | FRONT_PAGES, RIGHT_ALL, SCOPE_FLEET, ADMIN, "gateway export",
	"the API has it as gateway.export with secrets, for keys that may read these",
	"/export/secrets"),
    [ACTION_GATEWAY_RETRY] = ROW("gateway.retry", ALL_FRONTS, BASIC, SCOPE_GATEWAY,
	OPERATOR, "gateway retry", "/gateways/{id}/retry"),
    [ACTION_GATEWAY_PROVISION] = ROW("gateway.provision", ALL_FRONTS, BASIC,
	SCOPE_GATEWAY, OPERATOR, "gateway set", "/gateways/{id}/window"),
    [ACTION_GATEWAY_EXPLAIN] = ROW("gateway.explain", ALL_FRONTS, RIGHT_INFO,
	SCOPE_GATEWAY, VIEWER, "explain", "/gateways/{id}/explain"),
    [ACTION_GATEWAY_BUNDLE] =
	ROW("gateway.bundle", ALL_FRONTS, RIGHT_INFO | RIGHT_READ_SECRETS,
	    SCOPE_GATEWAY, OPERATOR, "bundle", "/gateways/{id}/bundle"),
    [ACTION_GATEWAY_FILE] = SOME("gateway.file", FRONT_SHELL | FRONT_PAGES, RIGHT_INFO,
	SCOPE_GATEWAY, VIEWER, "config-file",
	"udp-config.fcgi answers it below /api/v3/gcs", "/gateways/{id}/file"),
    [ACTION_GATEWAY_HISTORY] = ROW("gateway.history", ALL_FRONTS, BASIC, SCOPE_GATEWAY,
	VIEWER, "audit list", "/gateways/{id}/history"),
    [ACTION_ACTIVATION_SHOW] =
	ROW("activation.show", ALL_FRONTS, RIGHT_INFO, SCOPE_GATEWAY, VIEWER,
	    "gateway activation", "/gateways/{id}, /gateways/{id}/explain"),
    [ACTION_ACTIVATION_OPEN] = ROW("activation.open", ALL_FRONTS, BASIC, SCOPE_GATEWAY,
	OPERATOR, "gateway activation", "/gateways/{id}/window"),
    [ACTION_ACTIVATION_CLOSE] = ROW("activation.close", ALL_FRONTS, BASIC,
	SCOPE_GATEWAY, OPERATOR, "gateway activation", "/gateways/{id}/window"),
    [ACTION_CERT_SHOW] = ROW("certificate.show", ALL_FRONTS, RIGHT_INFO, SCOPE_GATEWAY,
	VIEWER, "cert show", "GET /gateways/{id}/certificates"),
    [ACTION_CERT_ISSUE] =
	ROW("certificate.issue", ALL_FRONTS, BASIC | RIGHT_WRITE_SECRETS, SCOPE_GATEWAY,
	    OPERATOR, "cert issue", "/gateways/{id}/certificates/issue"),
    [ACTION_CERT_IMPORT] = ROW("certificate.import", ALL_FRONTS,
	BASIC | RIGHT_WRITE_SECRETS, SCOPE_GATEWAY, OPERATOR, "cert import",
	"/gateways/{id}/certificates/import"),
    [ACTION_CERT_REMOVE] = ROW("certificate.remove", ALL_FRONTS,
	BASIC | RIGHT_WRITE_SECRETS, SCOPE_GATEWAY, OPERATOR, "cert remove",
	"/gateways/{id}/certificates/{use}/remove"),
    [ACTION_KEY_LIST] = ROW("key.list", ALL_FRONTS, KEYS, SCOPE_GATEWAY, VIEWER,
	"key list", "GET /gateways/{id}/keys"),
    [ACTION_KEY_SHOW] = ROW("key.show", ALL_FRONTS, KEYS, SCOPE_GATEWAY, VIEWER,
	"key show", "GET /gateways/{id}/keys"),
    [ACTION_KEY_CREATE] = ROW("key.create", ALL_FRONTS, KEYS, SCOPE_GATEWAY, OPERATOR,
	"key create", "POST /gateways/{id}/keys"),
    [ACTION_KEY_IMPORT] = ROW("key.import", ALL_FRONTS, KEYS | RIGHT_WRITE_SECRETS,
	SCOPE_GATEWAY, OPERATOR, "key import", "POST /gateways/{id}/keys"),
    [ACTION_KEY_SET] = ROW("key.set", ALL_FRONTS, KEYS, SCOPE_GATEWAY, ADMIN, "key set",
	"/keys/{id}/edit"),
    [ACTION_KEY_REVOKE] = ROW("key.revoke", ALL_FRONTS, KEYS, SCOPE_GATEWAY, OPERATOR,
	"key revoke", "/gateways/{id}/keys/{key}/revoke"),
    [ACTION_KEY_ROTATE] = ROW("key.rotate", ALL_FRONTS, KEYS, SCOPE_GATEWAY, OPERATOR,
	"key rotate", "/gateways/{id}/keys/rotate"),
    [ACTION_FLEET_KEY_CREATE] = ROW("fleet-key.create", ALL_FRONTS, RIGHT_ALL,
	SCOPE_FLEET, ADMIN, "key create, key import", "/keys/new"),
    [ACTION_FLEET_KEY_LIST] = ROW("fleet-key.list", ALL_FRONTS, KEYS, SCOPE_FLEET,
	ADMIN, "key list, key show", "/keys, /keys/{id}"),
    [ACTION_FLEET_KEY_CHANGE] = ROW("fleet-key.change", ALL_FRONTS, RIGHT_ALL,
	SCOPE_FLEET, ADMIN, "key set, key revoke",
	"/keys/{id}/edit, /keys/{id}/delete, /keys/{id}/revoke"),
    [ACTION_UNKNOWN_LIST] = ROW("unknown.list", ALL_FRONTS, RIGHT_INFO, SCOPE_FLEET,
	VIEWER, "unknown list", "/unknown, /unknown/{eui}"),
    [ACTION_UNKNOWN_ADOPT] = ROW("unknown.adopt", ALL_FRONTS, RIGHT_ALL, SCOPE_FLEET,
	OPERATOR, "unknown adopt", "/unknown/{eui}/adopt"),
    [ACTION_UNKNOWN_FORGET] = ROW("unknown.forget", ALL_FRONTS, RIGHT_ALL, SCOPE_FLEET,
	OPERATOR, "unknown forget", "/unknown/{eui}/forget"),
    [ACTION_UNKNOWN_IGNORE] =
	SOME("unknown.ignore", FRONT_SHELL | FRONT_PAGES, RIGHT_ALL, SCOPE_FLEET,
	    OPERATOR, "unknown ignore, unknown ignored, unknown notice",
	    "is the choice of somebody who looks at them",
	    "/unknown/{eui}/ignore, /unknown/{eui}/notice"),
    [ACTION_LNS_SEE] = ROW("lns.see", ALL_FRONTS, RIGHT_INFO, SCOPE_FLEET, VIEWER,
	"lns list, lns show", "/lns, /lns/{id}"),
    [ACTION_LNS_CHANGE] = ROW("lns.change", ALL_FRONTS, RIGHT_ALL, SCOPE_FLEET,
	OPERATOR, "lns add, lns set, lns delete",
	"/lns/new, /lns/{id}/edit, /lns/{id}/delete"),
    [ACTION_TEMPLATE_SEE] = ROW("template.see", ALL_FRONTS, RIGHT_INFO, SCOPE_FLEET,
	VIEWER, "template list, template show", "/templates, /templates/{id}"),
    [ACTION_TEMPLATE_CHANGE] = ROW("template.change", ALL_FRONTS, RIGHT_ALL,
	SCOPE_FLEET, OPERATOR, "template add, template set, template delete",
	"/templates/new, /templates/{id}/edit, /templates/{id}/delete"),
    [ACTION_TRUST_SEE] = ROW("trust.see", ALL_FRONTS, RIGHT_INFO, SCOPE_FLEET, VIEWER,
	"trust list, trust show", "/trust, /trust/{id}, /trust/{id}/pem"),
    [ACTION_TRUST_CHANGE] = ROW("trust.change", ALL_FRONTS, RIGHT_ALL, SCOPE_FLEET,
	OPERATOR, "trust import, trust set, trust delete",
	"/trust/new, /trust/{id}/edit, /trust/{id}/delete"),
    [ACTION_TRUST_FETCH] =
	SOME("trust.fetch", FRONT_SHELL | FRONT_PAGES, RIGHT_ALL, SCOPE_FLEET, OPERATOR,
	    "trust fetch, trust refresh", dials, "/trust/fetch, /trust/{id}/refresh"),
    [ACTION_TRUST_QUEUE] =
	SOME("trust.queue", FRONT_SHELL | FRONT_PAGES, RIGHT_ALL, SCOPE_FLEET, OPERATOR,
	    "trust queue, trust unqueue", dials, "/trust/fetch, /trust/unqueue"),
    [ACTION_CA_SEE] = ROW("ca.see", ALL_FRONTS, RIGHT_INFO, SCOPE_FLEET, VIEWER,
	"ca list, ca show", "/cas, /cas/{id}, /cas/{id}/pem"),
    [ACTION_CA_CHANGE] = ROW("ca.change", ALL_FRONTS, RIGHT_ALL, SCOPE_FLEET, ADMIN,
	"ca import, ca create, ca set, ca revoke, ca delete",
	"/cas/new, /cas/create, /cas/{id}/edit, /cas/{id}/delete, /cas/{id}/revoke"),
    [ACTION_PLAN_SEE] = ROW("plan.see", ALL_FRONTS, RIGHT_INFO, SCOPE_FLEET, VIEWER,
	"plan list, plan show, plan export", "/plans, /plans/{id}, /plans/{id}/yaml"),
    [ACTION_PLAN_IMPORT] = ROW("plan.import", ALL_FRONTS, RIGHT_ALL, SCOPE_FLEET,
	OPERATOR, "plan import", "/plans/import"),
    [ACTION_PLAN_CHECK] =
	SOME("plan.check", FRONT_SHELL | FRONT_PAGES, RIGHT_ALL, SCOPE_FLEET, OPERATOR,
	    "plan check", "is for files before they are imported", "/plans/import"),
    [ACTION_PLAN_REMOVE] = ROW("plan.remove", ALL_FRONTS, RIGHT_ALL, SCOPE_FLEET,
	OPERATOR, "plan remove", "/plans/{id}/delete"),
    [ACTION_CONCENTRATOR_SEE] =
	ROW("concentrator.see", ALL_FRONTS, RIGHT_INFO, SCOPE_FLEET, VIEWER,
	    "concentrator list, concentrator show", "/boards, /boards/{id}"),
    [ACTION_CONCENTRATOR_IMPORT] = ROW("concentrator.import", ALL_FRONTS, RIGHT_ALL,
	SCOPE_FLEET, OPERATOR, "concentrator import", "/boards/import"),
    [ACTION_CONCENTRATOR_REMOVE] = ROW("concentrator.remove", ALL_FRONTS, RIGHT_ALL,
	SCOPE_FLEET, OPERATOR, "concentrator remove", "/boards/{id}/delete"),
    [ACTION_FIRMWARE_SEE] = ROW("firmware.see", ALL_FRONTS, RIGHT_INFO, SCOPE_FLEET,
	VIEWER, "firmware list, firmware show", "/firmware, /firmware/{id}"),
    [ACTION_FIRMWARE_CHANGE] =
	STAGED("firmware.change", "firmware add, firmware set, firmware remove",
	    "/firmware/new, /firmware/{id}/edit, /firmware/{id}/delete"),
    [ACTION_FIRMWARE_SIGN] = STAGED("firmware.sign",
	"firmware sign, firmware unsign, firmware import-signature",
	"/firmware/{id}/sign, /firmware/{id}/signature, /firmware/{id}/unsign"),
    [ACTION_FIRMWARE_FILE] = STAGED("firmware.file", "firmware digest, firmware verify",
	"/firmware/{id}/digest, /firmware/{id}/verify"),
    [ACTION_RELEASE_SEE] = ROW("release.see", ALL_FRONTS, RIGHT_INFO, SCOPE_FLEET,
	VIEWER, "release list, release show", "/releases, /releases/{id}"),
    [ACTION_RELEASE_CHANGE] =
	STAGED("release.change", "release add, release set, release remove",
	    "/releases/new, /releases/{id}/edit, /releases/{id}/delete"),
    [ACTION_CHANNEL_SEE] = ROW("channel.see", ALL_FRONTS, RIGHT_INFO, SCOPE_FLEET,
	VIEWER, "channel list, channel show", "/channels, /channels/{id}"),
    [ACTION_CHANNEL_CHANGE] =
	STAGED("channel.change", "channel add, channel set, channel remove",
	    "/channels/new, /channels/{id}/edit, /channels/{id}/delete"),
    [ACTION_ROLLOUT_SEE] = ROW("rollout.see", ALL_FRONTS, RIGHT_INFO, SCOPE_FLEET,
	VIEWER, "rollout list, rollout show",
	"/rollouts, /rollouts/{id}, /rollouts/{id}/gateways"),
    [ACTION_ROLLOUT_PLAN] =
	SOME("rollout.plan", FRONT_SHELL | FRONT_PAGES, RIGHT_ALL, SCOPE_FLEET, VIEWER,
	    "rollout plan, rollout status", staged, "/rollouts/{id}/plan"),
    [ACTION_ROLLOUT_CHANGE] = STAGED("rollout.change",
	"rollout create, rollout set, rollout start, rollout step, rollout pause, "
	"rollout resume, rollout finish, rollout abort, rollout remove",
	"/rollouts/new, /rollouts/{id}/edit, /rollouts/{id}/start, "
	"/rollouts/{id}/step, /rollouts/{id}/pause, /rollouts/{id}/resume, "
	"/rollouts/{id}/finish, /rollouts/{id}/abort, /rollouts/{id}/delete"),
    [ACTION_SIGNING_KEY_SEE] =
	ROW("signing-key.see", ALL_FRONTS, RIGHT_INFO, SCOPE_FLEET, VIEWER,
	    "signing-key list, signing-key show, signing-key export-public",
	    "/signing-keys, /signing-keys/{id}, /signing-keys/{id}/sig-0.key, "
	    "/signing-keys/{id}/public.pem"),
    [ACTION_SIGNING_KEY_CHANGE] =
	ROW("signing-key.change", ALL_FRONTS, RIGHT_ALL, SCOPE_FLEET, ADMIN,
	    "signing-key add, signing-key set, signing-key retire, signing-key remove",
	    "/signing-keys/new, /signing-keys/{id}/edit, /signing-keys/{id}/retire, "
	    "/signing-keys/{id}/delete"),
    [ACTION_SIGNING_KEY_MAKE] = SHELL("signing-key.make", "signing-key create",
	"makes a private key, which no "
	"web-facing program may see"),
    [ACTION_AUDIT_SEE] = ROW("audit.see", ALL_FRONTS, RIGHT_ALL, SCOPE_FLEET, VIEWER,
	"audit list", "/audit"),
    [ACTION_ACCOUNT_SEE] = SOME("account.see", FRONT_SHELL | FRONT_PAGES, RIGHT_ALL,
	SCOPE_FLEET, ADMIN, "account list, account show, account sessions", people,
	"/accounts, /accounts/{id}"),
    [ACTION_ACCOUNT_CHANGE] = SOME("account.change", FRONT_SHELL | FRONT_PAGES,
	RIGHT_ALL, SCOPE_FLEET, ADMIN,
	"account add, account set, account password, account disable, account enable, "
	"account remove, account sessions",
	people,
	"/accounts/new, /accounts/{id}/edit, /accounts/{id}/password, "
	"/accounts/{id}/sessions, /accounts/{id}/delete"),
    [ACTION_ACCOUNT_FIRST] = SOME("account.first", FRONT_SHELL | FRONT_PAGES, RIGHT_ALL,
	SCOPE_FLEET, ADMIN, "account first", people, "/sign-in/first"),
    [ACTION_RIGHTS_SEE] = SOME("rights.see", FRONT_API, 0, SCOPE_ANY, VIEWER, "",
	"a key asks what it may do", NULL),
    [ACTION_OVERVIEW_SEE] = SOME("overview.see", FRONT_SHELL | FRONT_PAGES, RIGHT_ALL,
	SCOPE_FLEET, VIEWER, "overview", "programs have the lists behind it", "/"),
    [ACTION_SETTINGS_SEE] =
	SOME("settings.see", FRONT_SHELL | FRONT_PAGES, RIGHT_ALL, SCOPE_FLEET, ADMIN,
	    "config", "is about the machine that it runs on", "/settings"),
    [ACTION_INIT] = SHELL("init", "init", disk),
    [ACTION_PROBE] = SHELL("probe", "probe", dials),
    [ACTION_SEAL_SEE] = SHELL("seal.see", "seal list", disk),
    [ACTION_SEAL_ROTATE] = SHELL("seal.rotate", "seal rotate", disk),
    [ACTION_BACKUP] = SHELL("backup", "backup", disk),
    [ACTION_RESTORE] = SHELL("restore", "restore", disk),
    [ACTION_CHECK] = SHELL("check", "check", disk),
    [ACTION_TICK] = SHELL("tick", "tick", "is what cron runs"),
    [ACTION_HELP] = SHELL("help", "help, version", "is of the shell"),
};
