/* A key that others present to us: kept as a digest and found by it. A gateway's CUPS key
 * is a generation: its value is sealed as well, so that it can be pushed to the gateway. */
#ifndef GH_REGISTRY_KEY_H
#define GH_REGISTRY_KEY_H

#include "registry/gateway.h"

/* What a key may do; names and meaning as in The Things Stack. Bit i is word i. */
enum right {
	RIGHT_INFO = 1 << 0,
	RIGHT_SETTINGS_BASIC = 1 << 1,
	RIGHT_SETTINGS_API_KEYS = 1 << 2,
	RIGHT_DELETE = 1 << 3,
	RIGHT_LINK = 1 << 4,
	RIGHT_READ_SECRETS = 1 << 5,
	RIGHT_WRITE_SECRETS = 1 << 6,
	RIGHT_ALL = 1 << 7
};

/* What CUPS needs (things-stack-compat.md: identifiers). */
#define RIGHTS_CUPS (RIGHT_INFO | RIGHT_SETTINGS_BASIC | RIGHT_READ_SECRETS)

/* What the key of a Kickstarter has: the same, so that every key that a gateway should have
 * is one wherever keys are looked at, and LINK, as it is its password there too. */
#define RIGHTS_DEVICE (RIGHTS_CUPS | RIGHT_LINK)

/* How a gateway got the key. What was put on it by hand may be in its backup set, which
 * is never refreshed, so it stays valid until an operator ends it; what was only pushed
 * ends when a later generation is confirmed. */
enum key_origin { KEY_BY_HAND, KEY_PUSHED };

struct key {
	uint64_t serial;
	struct span unknown;
	const char *key_id, *name;
	struct span digest; /* SHA-256 of the whole key as it is presented */
	uint64_t rights;    /* enum right */
	uint64_t gateway;   /* the one it opens; 0: all */
	uint64_t
	    generation; /* of a gateway's CUPS key, from 1; 0: an ordinary API key */
	int origin;	/* enum key_origin */
	struct secret value; /* sealed when it may have to be pushed */
	int token_form;	     /* enum token_form: its line as it is pushed */
	int64_t created_at, updated_at, expires_at, revoked_at;
};

extern const struct record_kind key_kind;

enum key_field { KEY_ID = 1, KEY_DIGEST = 3, KEY_GATEWAY = 5 };

#endif
