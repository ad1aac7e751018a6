/*
 * The configuration of a gateway, decided without input or output: a function of who asks,
 * the records, the ledger's row, the operator's defaults and the time. The endpoint,
 * `gatehouse explain` and the admin all call it; there is no second one.
 */
#ifndef GH_KICKSTARTER_DECISION_H
#define GH_KICKSTARTER_DECISION_H

#include "kickstarter/activation.h"
#include "kickstarter/address.h"
#include "kickstarter/caller.h"
#include "kickstarter/firmware.h"
#include "registry/lns.h"

/* A plan that the gateway's record names, and what became of it. */
struct kick_plan {
	const char *id;
	int err; /* E_OK: the device can take it; E_NOTFOUND; E_INVALID: it cannot */
	struct fault why;
	const char *card; /* with E_OK for the device: see kick_plan_card() */
};

/* Everything that the decision depends on; all borrowed. */
struct kick_inputs {
	bool device; /* it is the Kickstarter that asks (User-Agent: TTNGateway) */
	const struct kick_caller *caller;
	const struct gateway *gateway; /* NULL: unknown or deleted */
	const struct gateway_state *state;
	const struct kick_policy *policy;
	const char *origin;    /* see kick_origin(); "" when it is not known */
	const struct lns *lns; /* that the gateway's record names; NULL: none */
	const struct kick_plan *plans;
	size_t plan_count;
	const struct kick_images *images; /* NULL: there are none */
	int64_t now;
};

enum kick_part { KICK_REQUEST, KICK_PLAN, KICK_FIRMWARE, KICK_BROKER, KICK_PARTS };

enum kick_why {
	KICK_OK,	 /* the request is answered */
	KICK_REFUSED,	 /* see fault */
	KICK_NO_GATEWAY, /* there is none with this ID */
	KICK_PUBLIC,	 /* no key: only what is public */
	KICK_UNMARKED, /* it is not marked as a Kickstarter: values were not checked */
	KICK_FIRST,    /* the first of its plans */
	KICK_LATER, /* a later one of its plans, as the device cannot take the first */
	KICK_FROM_GATEWAY,
	KICK_FROM_LNS,
	KICK_FROM_CHANNEL, /* a channel that is a whole URL */
	KICK_FROM_DEFAULT, /* the configuration */
	KICK_FROM_US,	   /* our own address */
	KICK_FROM_RELEASE, /* the release of its channel */
	KICK_FROM_ROLLOUT, /* a roll-out of its channel */
	KICK_ALWAYS_ASKS,  /* auto_update is off, and another server has its firmware */
	KICK_KEEPS,	   /* no firmware for it: it keeps what it has */
	KICK_MISSING,	   /* nothing is set for it */
	KICK_UNFIT,	   /* what is set cannot be sent: see fault */
	KICK_PRIVATE,	   /* not shown to this client */
	KICK_WHYS
};

struct kick_reason {
	enum kick_part part;
	enum kick_why why;
	const char *text; /* more about it, borrowed; "" */
};

#define KICK_REASONS_MAX 8

struct kick_decision {
	int err; /* E_OK: 200; E_NOAUTH 401; E_DENIED 403; E_NOTFOUND 404; else 503 */
	struct fault fault;	    /* the words for it */
	const char *frequency_plan; /* ID; "" */
	const char *mqtt_address;   /* "" */
	const char *router_id;
	char plan_url[KICK_URL_MAX + 1], firmware_url[KICK_URL_MAX + 1]; /* "" */
	char mqtt[MQTT_ADDRESS_MAX + 1];
	struct kick_choice firmware;
	char firmware_text[600]; /* about it, for people */
	bool authenticated;
	bool show_router, show_location; /* to other clients */
	/* The mark on the gateway: what keeps the device from its configuration. "" none. */
	const char *mark;
	char mark_text[330];
	struct kick_reason reasons[KICK_REASONS_MAX];
	size_t reason_count;
};

/* Decides; whether the request is refused stands in d->err. `d` holds what it points to, or
 * borrows it from the inputs. */
void kick_decide(const struct kick_inputs *in, struct kick_decision *d);

/* A short word for logs and JSON, and a sentence for people. */
const char *kick_part_name(enum kick_part part);
const char *kick_why_name(enum kick_why why);
const char *kick_why_text(enum kick_why why);

/* Does the reason call for somebody who does something? */
bool kick_is_problem(enum kick_why why);

#endif
