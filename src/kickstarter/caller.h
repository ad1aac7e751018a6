/* Whose request it is: a gateway's keys, old and new. */
#ifndef GH_KICKSTARTER_CALLER_H
#define GH_KICKSTARTER_CALLER_H

#include "auth/principal.h"
#include "registry/data.h"

enum kick_shown {
	KICK_NOTHING,
	KICK_API_KEY,
	KICK_LNS_KEY, /* the key of its network server, which is its password there too */
	KICK_OLD_KEY,	 /* the gateway's attribute `key` */
	KICK_UNKNOWN_KEY /* none of these */
};

struct kick_caller {
	enum kick_shown shown;
	/* E_OK: a right key; E_NOAUTH: nothing; E_DENIED: a wrong one; anything else: it
	 * could not be judged, which passes. */
	int err;
	struct fault why;
	bool known;   /* with E_DENIED: a valid API key, but not for this */
	uint64_t key; /* serial of the API key, with E_OK */
};

/*
 * Judges a key, as presented without its scheme, for what this gateway asks. API keys that
 * are registered need RIGHT_GATEWAY_INFO for it; the LNS key that an operator entered is
 * accepted as well; a key that is not shaped like an API key may be the attribute `key`.
 * The answer is an error of the store alone (E_IO, E_CORRUPT, E_NOMEM).
 */
int kick_identify(struct data *data, struct store_txn *registry,
    const struct gateway *g, const struct gateway_state *state, struct span key,
    int64_t now, struct arena *arena, struct kick_caller *caller);

/* `NNSXS.<id>.<secret>` */
bool kick_is_api_key(struct span key);

/* The gateway's LNS key without header name and scheme, into the arena. Errors as
 * data_open_sealed(). */
int kick_open_lns_key(struct data *data, const struct gateway *g, struct arena *arena,
    struct span *key, struct fault *fault);

/* The same of an API key that was kept so that it can be handed out. */
int kick_open_api_key(struct data *data, const struct key *k, struct arena *arena,
    struct span *key, struct fault *fault);

/* An attribute of the gateway's record, "" when it has none of this name. */
const char *kick_attribute(const struct gateway *g, const char *name);

/* A short word for logs and JSON: "none", "api-key", … */
const char *kick_shown_name(enum kick_shown shown);

#endif
