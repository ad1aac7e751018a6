/* The ledger's row of somebody who has signed in, found by the digest of the session's token.
 * Written at sign-in, with the outcome of a form, and every few minutes of use. */
#ifndef GH_REGISTRY_SESSION_H
#define GH_REGISTRY_SESSION_H

#include "registry/record.h"
#include "store/store.h"

#define SESSION_SECRET 16

struct session {
	uint64_t serial; /* of the account */
	struct span unknown;
	uint64_t epoch; /* of the account when it was begun */
	int64_t created_at, seen_at;
	int64_t ends_at;  /* at the latest, however much it is used */
	struct span csrf; /* SESSION_SECRET bytes: what its forms are signed with */
	bool remote;	  /* by the web server's REMOTE_USER */
	const char *address, *agent; /* who began it; the agent cut */
	/* What the last form has come to, for the page that follows. */
	uint64_t flash; /* counts; 0: none */
	bool flash_bad;
	const char *flash_text;
};

extern const struct record_kind session_kind;

/* Of a transaction of the ledger; `digest` has 32 bytes. E_NOTFOUND, E_CORRUPT, E_NOMEM,
 * E_IO. */
int session_get(struct store_txn *ledger, struct span digest, struct arena *arena,
    struct session *s);
int session_put(struct store_txn *ledger, struct span digest, const struct session *s);

/* Calls fn for each row until it returns something else than E_OK. Damaged rows are passed
 * as NULL. The digest is valid during the call; nothing may be changed meanwhile. */
typedef int session_fn(void *arg, struct span digest, const struct session *s);
int session_each(
    struct store_txn *ledger, struct arena *arena, session_fn *fn, void *arg);

#endif
