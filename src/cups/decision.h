/*
 * What a gateway gets, decided without input or output: a function of the request, who is
 * asking and by which credential, the records, the ledger's row, the policy and the time.
 * The endpoint, `gatehouse explain` and the admin all call it; there is no second one.
 */
#ifndef GH_CUPS_DECISION_H
#define GH_CUPS_DECISION_H

#include "auth/principal.h"
#include "cups/credentials.h"
#include "cups/update_info.h"
#include "firmware/selection.h"

/* The operator's rules, from the configuration. */
struct cups_policy {
	bool allow_redirect;	 /* move gateways to their target_cups_uri */
	bool redirect_with_lns;	 /* and send the LNS in the same answer */
	unsigned push_limit;	 /* of one thing without confirmation */
	int token_form;		 /* enum token_form of bare keys without a named LNS */
	const char *default_lns; /* lns_id for gateways that have none; "" */
	const char *cups_uri;	 /* our own address as gateways know it; "" */
	const char *update_channel; /* of gateways that name none; "" */
	struct firmware_policy firmware;
};

/* The address of CUPS that it should have: its target where that is allowed; our own for one
 * that has none yet (it came with its boot set) and for which we have credentials; else "":
 * it stays where it is. */
const char *cups_wanted_uri(const struct gateway *gateway,
    const struct update_info *request, const struct cups_policy *policy);

/* Everything that the decision depends on; all borrowed. A NULL record is not there. */
struct cups_inputs {
	const struct update_info *request;
	const struct principal *principal;
	const struct gateway *gateway; /* NULL: unknown or deleted */
	const struct gateway_state *state;
	const struct cups_policy *policy;
	int64_t now;
	/* Its network server. `lns_uri` is complete (scheme, host, port); "" when none. */
	const char *lns_uri;
	int lns_credentials; /* enum lns_credentials */
	int lns_token_form;
	const struct trust *lns_trust;
	const char
	    *lns_fault; /* why the address of its network server cannot be used */
	/* Trusts of CUPS: of where it should move to, and of where it is. */
	const struct trust *cups_trust, *here_trust;
	const struct key *cups_key; /* that target_cups_key names */
	/* What it may get of firmware; `blocked` is found out by the decision. NULL: nothing
	 * was read of it. */
	const struct firmware_inputs *firmware;
};

enum cups_part {
	PART_REQUEST,
	PART_CUPS_URI,
	PART_CUPS_CREDENTIALS,
	PART_LNS_URI,
	PART_LNS_CREDENTIALS,
	PART_FIRMWARE, /* the most important reason alone; all are in decision->firmware */
	PART_COUNT
};

enum cups_why {
	WHY_SAME,	       /* the gateway has what is wanted */
	WHY_SENT,	       /* differs, so it is sent */
	WHY_SENT_BACKUP,       /* it came with another credential than the wanted one */
	WHY_SENT_PROVISIONING, /* the one answer of an open provisioning window */
	WHY_NOT_WANTED,	       /* nothing is set for it */
	WHY_LIMIT,	       /* sent too often without confirmation: stopped */
	WHY_REDIRECT_FIRST,    /* the new CUPS will decide */
	WHY_NOT_ALLOWED,       /* redirects are switched off */
	WHY_NO_TLS,	       /* ws:// and http:// have no credentials */
	WHY_NO_TRUST,	       /* no certificate is registered for the address */
	WHY_NO_KEY,	       /* no key that could be sent */
	WHY_NO_CERTIFICATE,    /* no client certificate that could be sent */
	WHY_NO_SECRET,	       /* no LNS secret */
	WHY_NO_LNS,	       /* no network server at all */
	WHY_BAD_URI,	       /* the station could not start with that URI */
	WHY_UNAUTHENTICATED,   /* secrets are not sent to somebody who showed nothing */
	WHY_WITH_CREDENTIALS,  /* the URI waits for credentials that cannot be sent */
	WHY_LOCKS_OUT,	       /* it would show nothing then, and be refused */
	WHY_CONFIRMED,	       /* came with the wanted credential: older keys end */
	WHY_REFUSED,	       /* not authenticated: see fault */
	WHY_UNKNOWN,	       /* no such gateway */
	WHY_COUNT
};

struct cups_reason {
	enum cups_part part;
	enum cups_why why;
	uint32_t number; /* pushes so far, where it matters */
};

#define CUPS_REASONS_MAX 12

struct cups_decision {
	int err;			/* E_OK: answer 200; else refuse with this */
	struct fault fault;		/* the words for it */
	const char *cups_uri, *lns_uri; /* to send; NULL: not */
	bool send_cups, send_lns;	/* credentials to send */
	struct credentials cups, lns;	/* that are wanted (kind NONE: none) */
	uint32_t cups_crc, lns_crc;	/* of them, when wanted */
	struct gateway_state next;	/* the ledger's row afterwards… */
	bool changed;	       /* …which has to be written before the answer leaves */
	bool firmware_changed; /* also rows of roll-outs, which are in the candidates */
	struct cups_reason reasons[CUPS_REASONS_MAX];
	size_t reason_count;
	struct firmware_choice firmware;
};

/*
 * Decides. The answer is E_OK or E_NOMEM; whether the gateway is refused stands in
 * decision->err. The decision borrows from the inputs and the arena.
 */
int cups_decide(
    const struct cups_inputs *in, struct arena *arena, struct cups_decision *decision);

/* A short word for logs and JSON ("same", "sent", …), and a sentence for people. */
const char *cups_part_name(enum cups_part part);
const char *cups_why_name(enum cups_why why);
const char *cups_why_text(enum cups_why why);

/* The reason that matters most, for a log line; WHY_SAME when nothing happened. */
const struct cups_reason *cups_decision_main(const struct cups_decision *d);

/* Is something, firmware included, not sent any more because it was sent too often? */
bool cups_is_stopped(const struct cups_decision *d);

#endif
