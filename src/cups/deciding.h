/*
 * A decision of CUPS under way, and the steps that its parts are made of; internal to
 * src/cups. decision.c is the whole and what concerns the network server, decide_cups.c
 * what concerns CUPS itself.
 */
#ifndef GH_CUPS_DECIDING_H
#define GH_CUPS_DECIDING_H

#include "cups/decision.h"

struct deciding {
	const struct cups_inputs *in;
	struct arena *arena;
	struct cups_decision *d;
	bool authenticated; /* by a right key or certificate */
	bool window;	    /* unauthenticated, but a provisioning window is open */
	bool window_used;
	int err;
};

/* One thing that may have to be pushed, and its account in the ledger. */
struct wanted {
	enum cups_part part;
	enum push_part push;
	enum push_reason reason;
	uint32_t what;
};

/* Gives a reason, once; with a number, or 0. */
void cups_say_number(
    struct deciding *x, enum cups_part part, enum cups_why why, uint64_t number);

static inline void
cups_say(struct deciding *x, enum cups_part part, enum cups_why why)
{
	cups_say_number(x, part, why, 0);
}

/* Was it pushed less often than the limit? Else says so. */
bool cups_may_push(struct deciding *x, const struct wanted *w);

/* Takes note of a push that will be made. */
void cups_push(struct deciding *x, const struct wanted *w, enum cups_why why);

/* The gateway has it: what was pushed is forgotten. */
void cups_confirm(struct deciding *x, enum push_part part);

static inline bool
cups_has_secret(const struct credentials *c)
{
	return c->kind == CREDENTIALS_TOKEN || c->kind == CREDENTIALS_CERTIFICATE;
}

/* May these credentials be sent to whoever asks? Else says so. */
bool cups_may_see(struct deciding *x, enum cups_part part, const struct credentials *c);

/* They are sent: a secret in the one answer of a provisioning window uses that up. */
void cups_use_window(struct deciding *x, const struct credentials *c);

/* What concerns CUPS. True when the gateway is sent to another one, which will decide about
 * the rest. */
bool decide_cups(struct deciding *x);

#endif
