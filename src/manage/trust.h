/* Trust certificates: imported, fetched from a server, refreshed, bound to addresses.
 * Fetching dials out: for the command line and `gatehouse tick` only. */
#ifndef GH_MANAGE_TRUST_H
#define GH_MANAGE_TRUST_H

#include "manage/manage.h"
#include "registry/trust.h"

/*
 * Registers a certificate (PEM or DER, exactly one) as what gateways must trust at the
 * addresses (`host:port`; upper-case letters become lower-case ones). An existing record
 * with this identifier gets the new certificate and the further addresses: gateways are
 * pushed the new one at their next poll; it must be of m->expected. E_INVALID, E_EXISTS (an
 * address belongs to another trust: named), E_STALE. Warnings (soon expired, no CA) go to
 * m->say.
 */
int manage_trust_import(struct manage *m, const char *id, struct span pem_or_der,
    const struct text_list *addresses, struct trust *stored);

struct trust_fetching {
	const char *uri; /* wss:// or https://host:port */
	const char *id;	 /* NULL: made of the host and port, "lns-example-com-8887" */
	struct span anchors; /* PEM; empty: the system's roots */
	int wait_ms;	     /* for all of one server; 0: 15 s */
	bool accept;	     /* store a root even where it replaces another one… */
	const char
	    *accept_only; /* …or when this is its SHA-256 (hex); NULL, "": none */
};

enum trust_result {
	TRUST_STORED,	 /* a new record */
	TRUST_UNCHANGED, /* the same root as before; times are noted */
	TRUST_CHANGED, /* the server leads to another root: stored only when accepted */
	TRUST_FAILED   /* not reached or not verified: nothing changed; see `fault` */
};

struct trust_report {
	enum trust_result result;
	bool stored; /* the record has the root that was found */
	struct trust
	    trust; /* the record as it is now; of TRUST_FAILED its identifier alone */
	/* What the server showed; "" and 0 when it failed. */
	const char *found_subject, *found_sha256, *server_subject;
	int64_t root_expires, chain_expires;
	struct fault fault;
};

/*
 * Connects to the server, verifies its chain and stores the root for `host:port`. A root
 * that differs from the registered one is a serious thing (gateways that hold the old one
 * may be locked out, or somebody stands in between): it is reported, and stored only with
 * `accept`. The answer is that of the store; E_NET when the server could not be verified
 * (also in report->fault); E_STALE for TRUST_CHANGED that was not accepted.
 */
int manage_trust_fetch(
    struct manage *m, const struct trust_fetching *how, struct trust_report *report);

/* Fetches the one record again (NULL: every one that was fetched, not imported; `uri` and
 * `id` of `how` are not looked at), calling fn after each. Goes on after failures; E_OK even
 * then: count what fn sees. */
typedef int manage_trust_fn(
    struct manage *m, const struct trust_report *report, void *arg);
int manage_trust_refresh(struct manage *m, const char *id,
    const struct trust_fetching *how, manage_trust_fn *fn, void *arg);

/* Adds and removes addresses (either may be NULL), all or nothing. E_NOTFOUND for one to be
 * removed that it has not. */
int manage_trust_addresses(struct manage *m, const char *id,
    const struct text_list *add, const struct text_list *remove);

/* The address of a server with everything that is its default, in `out`. E_INVALID with words
 * about "uri" when it has no TLS or none can be made of it. */
int manage_trust_uri(struct manage *m, const char *uri, char out[128]);

const char *trust_result_name(enum trust_result r); /* "stored", "unchanged", … */

#endif
