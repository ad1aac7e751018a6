/* What an adopted gateway gets: its network server, credentials and settings. */
#ifndef GH_REGISTRY_TEMPLATE_H
#define GH_REGISTRY_TEMPLATE_H

#include "registry/gateway.h"

struct gateway_template {
	uint64_t serial;
	struct span unknown;
	const char *template_id, *name;
	/* Automatic adoption: gateways whose EUI begins so, that show a certificate of a
	 * registered CA, or anything until `window_until`. */
	struct text_list eui_prefixes;
	int64_t window_until;
	/* What is copied. */
	uint64_t lns;
	const char *gateway_server_address;
	struct text_list frequency_plan_ids;
	const char *target_cups_uri, *update_channel, *concentrator;
	bool auto_update;
	struct text_list groups;
	struct secret lns_secret; /* one for all of them */
	int64_t created_at, updated_at;
};

extern const struct record_kind template_kind;

enum template_field { TEMPLATE_ID = 1, TEMPLATE_LNS = 5 };

#endif
