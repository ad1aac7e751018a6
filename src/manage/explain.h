/* What a gateway would get now from CUPS, and why: the endpoint's own decision. Writes
 * nothing. */
#ifndef GH_MANAGE_EXPLAIN_H
#define GH_MANAGE_EXPLAIN_H

#include "manage/manage.h"
#include "registry/sighting.h"

struct explaining {
	const char *gateway; /* identifier or EUI; NULL: the body names it */
	struct span
	    body; /* a request; empty: made of the last sighting, or for a gateway
				that was never seen as from a factory (no URIs, no files) */
	struct span key; /* who asks: a key as presented, without its scheme… */
	struct span certificate; /* …or a client certificate (PEM or DER) */
	bool nothing; /* …or nobody; by default the credential of the last sighting,
				    or the one that the gateway should have */
};

enum explain_source { EXPLAIN_REQUEST, EXPLAIN_SIGHTING, EXPLAIN_FACTORY };

/* What the times of its polls tell (cups.md, "What the pattern of polls tells"). */
enum poll_pattern {
	POLLS_NEVER,  /* was never seen */
	POLLS_FEW,    /* too few to tell */
	POLLS_FINE,   /* once a day: connected to its network server */
	POLLS_MINUTE, /* every minute without a change: its network server rejects it */
	POLLS_APPLYING, /* every minute, and the last answers changed something */
	POLLS_STOPPED,	/* what it should get was sent too often in vain */
	POLLS_REFUSED,	/* is refused here: a three-minute rhythm through its sets */
	POLLS_SILENT,	/* was seen, but not for more than 25 hours */
	POLLS_COUNT
};

struct explanation {
	enum explain_source source;
	struct cups_exchange x; /* request, principal, records, decision */
	const char *assumed; /* about the credential, in words; "" when it was given */
	bool seen;	     /* there is a sighting: */
	struct sighting sighting;
	enum poll_pattern pattern;
	/* Could the answer be built (sealed values open, sizes fit)? Else `fault` says why. */
	int answer_err;
	struct fault answer_fault;
	uint64_t
	    answer_length; /* bytes, with answer_err E_OK and x.decision.err E_OK */
};

/*
 * Considers the request as the endpoint would, with m->policy. A gateway that is not
 * registered is explained too (decision.err E_NOTFOUND) when a body or an EUI was given.
 * The answer is E_OK when there is something to show; E_INVALID (the body, in words),
 * E_NOTFOUND (no such gateway), E_NOMEM, E_IO.
 */
int manage_explain(
    struct manage *m, const struct explaining *what, struct explanation *e);

/* Does the reason call for somebody who does something? */
bool explain_is_problem(enum cups_why why);

/* The outcome in one sentence. In the arena. */
const char *explain_verdict(const struct explanation *e, struct arena *arena);

/* The HTTP status that the gateway would see. */
int explain_status(const struct explanation *e);

/* A word for machines; static storage. */
const char *explain_source_name(enum explain_source s);
/* A short word ("fine", "minute", …) and a sentence for people. */
const char *poll_pattern_name(enum poll_pattern p);
const char *poll_pattern_text(enum poll_pattern p);
enum poll_pattern poll_pattern_of(const struct sighting *s, int64_t now);

#endif
