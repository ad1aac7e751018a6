/* What a Kickstarter gateway would get now, and why: the endpoint's own decisions. Writes
 * nothing. */
#ifndef GH_MANAGE_EXPLAIN_KICKSTARTER_H
#define GH_MANAGE_EXPLAIN_KICKSTARTER_H

#include "kickstarter/exchange.h"
#include "manage/manage.h"
#include "registry/sighting.h"

struct kick_explaining {
	const char *gateway; /* identifier or EUI */
	struct span key;     /* who asks: a key as presented, without its scheme… */
	bool nothing;	     /* …or nobody; by default a device with the right key */
};

struct kick_explanation {
	struct kick_exchange x; /* caller, records, both decisions */
	const char *assumed;	/* about the key, in words; "" when it was given */
	char origin[KICK_ORIGIN];
	bool origin_known; /* else a host is made up that stands for the one it asks */
	/* Could the answer be built? Else `fault` says why. */
	int answer_err;
	struct fault answer_fault;
	size_t answer_length; /* bytes, with answer_err E_OK and x.decision.err E_OK */
	int key_err;	      /* could the key be handed out that activation gives? */
	struct fault key_fault;
	bool seen; /* there is a sighting: */
	struct sighting sighting;
};

/* Considers the device's requests as the endpoint would, with m->kick_policy. E_OK when there
 * is something to show; E_NOTFOUND (no such gateway), E_NOMEM, E_IO. */
int manage_explain_kickstarter(
    struct manage *m, const struct kick_explaining *what, struct kick_explanation *e);

/* Is it a Kickstarter, so that it is explained so? False also when there is none. */
bool manage_is_kickstarter(struct manage *m, const char *gateway);

#endif
