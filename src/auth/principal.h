/* Who is asking, shown by which credential, and what they may do. */
#ifndef GH_AUTH_PRINCIPAL_H
#define GH_AUTH_PRINCIPAL_H

#include "registry/gateway_state.h"
#include "registry/key.h"

enum credential { CREDENTIAL_NONE, CREDENTIAL_KEY, CREDENTIAL_CERTIFICATE };

struct principal {
	enum credential credential; /* what was shown; NONE: nothing */
	int err;		    /* E_OK: it is right; E_DENIED: it is not */
	struct fault why;	    /* for the log and `explain`: why it is not */
	struct key key;		    /* CREDENTIAL_KEY and E_OK */
	struct span certificate;    /* CREDENTIAL_CERTIFICATE: DER */
	uint64_t ca;		    /* that issued it */
	uint64_t certificate_eui;   /* whom it names */
	uint8_t digest[32];	    /* SHA-256 of the key or certificate as shown */
	bool has_digest;
};

/*
 * Looks up a key as it was presented (already without its scheme, see web/request.h). Sets
 * principal->err: E_OK, or E_DENIED when it is unknown, revoked or expired. The returned
 * error is of the store alone (E_IO, E_CORRUPT, E_NOMEM). An empty key: CREDENTIAL_NONE.
 */
int principal_by_key(struct store_txn *registry, struct span presented, int64_t now,
    struct arena *arena, struct principal *p);

/* The same of a key that is known by its record, not by what was presented (for `explain`):
 * p->has_digest is false. E_NOTFOUND when there is no such record. */
int principal_by_key_serial(struct store_txn *registry, uint64_t serial, int64_t now,
    struct arena *arena, struct principal *p);

/*
 * Verifies a client certificate (PEM or DER) again, whatever the web server said: issued by a
 * registered CA that may speak for the EUI that its CN names, valid now, clientAuth, not
 * revoked. As principal_by_key().
 */
int principal_by_certificate(struct store_txn *registry, struct span pem, int64_t now,
    struct arena *arena, struct principal *p);

/*
 * May the principal do all of `rights` (enum right) with this gateway? E_OK; E_NOAUTH when
 * nothing was shown; E_DENIED with the reason. A certificate has the rights of CUPS on the
 * gateway that it names. `state` ends generations of keys that were pushed and replaced
 * (NULL: none is ended).
 */
int principal_may(const struct principal *p, const struct gateway *gateway,
    const struct gateway_state *state, uint64_t rights, struct fault *fault);

/* Has this generation of a gateway's CUPS key ended, since a later one was confirmed? Keys
 * that were put on the gateway by hand, and the first one that it came with, may be in its
 * backup set and do not end so (cups.md: "The backup-set trap"); nor does the one that
 * it should have, which may be an older one again. */
bool key_has_ended(const struct key *key, const struct gateway *gateway,
    const struct gateway_state *state);

/* "none", "key" or "certificate". */
const char *credential_name(enum credential c);

#endif
