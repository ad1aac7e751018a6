/* A network server (LNS) that many gateways share: a fleet moves by one change. */
#ifndef GH_REGISTRY_LNS_H
#define GH_REGISTRY_LNS_H

#include "registry/record.h"

enum lns_credentials { LNS_TOKEN, LNS_CERTIFICATE, LNS_SERVER_ONLY };

/* What goes before a bare key in the token line (cups.md: the bytes decide the CRC, hence
 * whether a migrated fleet is pushed again). */
enum token_form { TOKEN_BEARER, TOKEN_BARE };

struct lns {
	uint64_t serial;
	struct span unknown;
	const char *lns_id, *name;
	const char
	    *uri; /* wss://host:port or ws://host:port; "" with udp_address alone */
	const char *udp_address;  /* host[:port]; "" */
	const char *mqtt_address; /* see registry/mqtt.h; "" */
	uint64_t
	    trust; /* its trust certificate; 0: the one registered for its address */
	int credentials; /* enum lns_credentials */
	int token_form;	 /* enum token_form */
	int64_t created_at, updated_at;
};

extern const struct record_kind lns_kind;

enum lns_field { LNS_ID = 1, LNS_TRUST = 4 };

#endif
