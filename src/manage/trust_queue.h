/*
 * Servers whose trust certificates somebody wants to be fetched. The admin must not dial, so
 * it writes down what is wanted and `gatehouse tick` works that off. One row a server; asking
 * again makes it wait again.
 */
#ifndef GH_MANAGE_TRUST_QUEUE_H
#define GH_MANAGE_TRUST_QUEUE_H

#include "manage/trust.h"
#include "registry/trust_job.h"

struct trust_wish {
	const char *uri;    /* wss:// or https://host:port */
	const char *id;	    /* of the record; NULL or "": made of host and port */
	const char *accept; /* SHA-256 of the root that may replace another one; NULL */
};

/* Writes it down. E_INVALID (the URI or identifier), E_FULL (TRUST_JOBS_MAX wait already). */
#define TRUST_JOBS_MAX 1000
int manage_trust_fetch_later(struct manage *m, const struct trust_wish *wish);

/* The same for a record that was fetched: fetch it again. E_STATE when it was imported. */
int manage_trust_refresh_later(struct manage *m, const char *id);

/* Takes it from the list, whatever became of it. E_NOTFOUND. */
int manage_trust_unwish(struct manage *m, const char *uri);

/*
 * Fetches what waits, one after the other, calling fn (may be NULL) after each; writes down
 * what became of it. What has been done for a week is taken from the list. Goes on after
 * failures: E_OK even then. This dials.
 */
struct trust_worked {
	uint64_t done, changed, failed;
};
int manage_trust_work(struct manage *m, const struct trust_fetching *how,
    manage_trust_fn *fn, void *arg, struct trust_worked *worked);

#endif
