/* The certificate that a gateway must trust to reach certain addresses: exactly one. Kept
 * with its CRC and length, so that a change of it is right for every gateway at its next
 * poll without touching their records. */
#ifndef GH_REGISTRY_TRUST_H
#define GH_REGISTRY_TRUST_H

#include "registry/record.h"

struct trust {
	uint64_t serial;
	struct span unknown;
	const char *trust_id;
	struct span der;
	uint64_t crc;		    /* of der */
	struct text_list addresses; /* host:port, each with one trust only */
	const char *subject, *sha256;
	int64_t not_after;	  /* of this certificate */
	int64_t chain_not_after;  /* of the server's chain when it was fetched */
	const char *fetched_from; /* URI; "" when it was imported */
	int64_t fetched_at;
	int64_t created_at, updated_at;
};

extern const struct record_kind trust_kind;

enum trust_field { TRUST_ID = 1, TRUST_ADDRESSES = 4 };

#endif
