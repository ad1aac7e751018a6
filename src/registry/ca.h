/* An operator's certificate authority for gateways' client certificates, and the EUIs that
 * it may speak for. */
#ifndef GH_REGISTRY_CA_H
#define GH_REGISTRY_CA_H

#include "registry/gateway.h"

struct ca {
	uint64_t serial;
	struct span unknown;
	const char *ca_id, *name;
	struct span der;
	struct secret key; /* only when Gatehouse issues certificates with it */
	struct text_list eui_prefixes; /* hex digits; an empty list speaks for none */
	struct text_list revoked;      /* serial numbers of certificates, hex */
	const char *subject, *sha256;
	int64_t not_after;
	int64_t created_at, updated_at;
};

extern const struct record_kind ca_kind;

enum ca_field { CA_ID = 1 };

/* May this CA speak for the gateway? */
bool ca_speaks_for(const struct ca *ca, uint64_t eui);

#endif
