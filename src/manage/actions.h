/*
 * Everything that can be done, once: what each action is called, who may do it with a key or
 * with an account, and from where it can be done. The routes of the API and of the pages and
 * the commands of the shell name these rows; a test compares all of them.
 */
#ifndef GH_MANAGE_ACTIONS_H
#define GH_MANAGE_ACTIONS_H

#include "registry/key.h"

enum action {
	ACTION_GATEWAY_LIST,
	ACTION_GATEWAY_SHOW,
	ACTION_GATEWAY_CREATE,
	ACTION_GATEWAY_SET,
	ACTION_GATEWAY_SET_MANY,
	ACTION_GATEWAY_MOVE,
	ACTION_GATEWAY_LEFT,
	ACTION_GATEWAY_DELETE,
	ACTION_GATEWAY_RESTORE,
	ACTION_GATEWAY_PURGE,
	ACTION_GATEWAY_IMPORT,
	ACTION_GATEWAY_EXPORT,
	ACTION_GATEWAY_EXPORT_SECRETS,
	ACTION_GATEWAY_RETRY,
	ACTION_GATEWAY_PROVISION,
	ACTION_GATEWAY_EXPLAIN,
	ACTION_GATEWAY_BUNDLE,
	ACTION_GATEWAY_FILE,
	ACTION_GATEWAY_HISTORY,
	ACTION_ACTIVATION_SHOW,
	ACTION_ACTIVATION_OPEN,
	ACTION_ACTIVATION_CLOSE,
	ACTION_CERT_SHOW,
	ACTION_CERT_ISSUE,
	ACTION_CERT_IMPORT,
	ACTION_CERT_REMOVE,
	ACTION_KEY_LIST,
	ACTION_KEY_SHOW,
	ACTION_KEY_CREATE,
	ACTION_KEY_IMPORT,
	ACTION_KEY_SET,
	ACTION_KEY_REVOKE,
	ACTION_KEY_ROTATE,
	ACTION_FLEET_KEY_CREATE,
	ACTION_FLEET_KEY_LIST,
	ACTION_FLEET_KEY_CHANGE,
	ACTION_UNKNOWN_LIST,
	ACTION_UNKNOWN_ADOPT,
	ACTION_UNKNOWN_FORGET,
	ACTION_UNKNOWN_IGNORE,
	ACTION_LNS_SEE,
	ACTION_LNS_CHANGE,
	ACTION_TEMPLATE_SEE,
	ACTION_TEMPLATE_CHANGE,
	ACTION_TRUST_SEE,
	ACTION_TRUST_CHANGE,
	ACTION_TRUST_FETCH,
	ACTION_TRUST_QUEUE,
	ACTION_CA_SEE,
	ACTION_CA_CHANGE,
	ACTION_PLAN_SEE,
	ACTION_PLAN_IMPORT,
	ACTION_PLAN_CHECK,
	ACTION_PLAN_REMOVE,
	ACTION_CONCENTRATOR_SEE,
	ACTION_CONCENTRATOR_IMPORT,
	ACTION_CONCENTRATOR_REMOVE,
	ACTION_FIRMWARE_SEE,
	ACTION_FIRMWARE_CHANGE,
	ACTION_FIRMWARE_SIGN,
	ACTION_FIRMWARE_FILE,
	ACTION_RELEASE_SEE,
	ACTION_RELEASE_CHANGE,
	ACTION_CHANNEL_SEE,
	ACTION_CHANNEL_CHANGE,
	ACTION_ROLLOUT_SEE,
	ACTION_ROLLOUT_PLAN,
	ACTION_ROLLOUT_CHANGE,
	ACTION_SIGNING_KEY_SEE,
	ACTION_SIGNING_KEY_CHANGE,
	ACTION_SIGNING_KEY_MAKE,
	ACTION_AUDIT_SEE,
	ACTION_ACCOUNT_SEE,
	ACTION_ACCOUNT_CHANGE,
	ACTION_ACCOUNT_FIRST,
	ACTION_RIGHTS_SEE,
	ACTION_OVERVIEW_SEE,
	ACTION_SETTINGS_SEE,
	/* of the shell alone */
	ACTION_INIT,
	ACTION_PROBE,
	ACTION_SEAL_SEE,
	ACTION_SEAL_ROTATE,
	ACTION_BACKUP,
	ACTION_RESTORE,
	ACTION_CHECK,
	ACTION_TICK,
	ACTION_HELP,
	ACTION_COUNT
};

enum action_front { FRONT_SHELL = 1, FRONT_API = 2, FRONT_PAGES = 4 };

/* With what role of an account: each includes those before it. */
enum action_role { ACTION_BY_VIEWER, ACTION_BY_OPERATOR, ACTION_BY_ADMIN };

/* What a key must be to be let in. */
enum action_scope {
	SCOPE_ANY,     /* any valid key */
	SCOPE_GATEWAY, /* of the gateway that is named, or for all gateways */
	SCOPE_LIST,    /* the same, and shows only what the key is for */
	SCOPE_FLEET    /* for all gateways */
};

struct action_row {
	const char *name; /* "gateway.create" */
	unsigned fronts;  /* enum action_front: from where it can be done */
	uint64_t rights;  /* enum right: a key must have all of them */
	enum action_scope scope;
	enum action_role role;
	const char *commands; /* of the shell, ", " between; "" */
	const char *why;      /* it is not done from everywhere; NULL where it is */
	/* ", " between: "POST /move", or "/move" for all methods; NULL: none */
	const char *pages;
};

extern const struct action_row action_table[ACTION_COUNT];

#endif
