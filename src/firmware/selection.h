/*
 * Which firmware a station gets now, decided without input or output; part of the decision
 * of CUPS. Credentials go first: whatever is said here never holds them up.
 */
#ifndef GH_FIRMWARE_SELECTION_H
#define GH_FIRMWARE_SELECTION_H

#include "firmware/rollout.h"
#include "registry/firmware.h"
#include "registry/gateway_state.h"

/* What a station says of itself (cups.md). */
struct firmware_report {
	struct span package, station, model; /* empty: null or nothing */
	const uint32_t *keys;		     /* CRCs of its signing keys */
	size_t key_count;
};

/* One thing that it might get. Rollouts come before the channel's own release, later ones
 * first; only what belongs to its channel is in the list. */
struct firmware_candidate {
	const struct rollout *rollout; /* NULL: it is the channel's own release */
	struct rollout_state *state;   /* of the roll-out; advanced by the decision */
	const struct release *release; /* NULL: the record is gone */
	const struct firmware *firmware;
	struct rollout_offer offer; /* of this gateway in the roll-out */
};

struct firmware_policy {
	uint64_t attempts;     /* offers of a channel's own release */
	uint64_t downloads;    /* at a time, in all */
	uint64_t minimum_rate; /* bytes a second */
};

struct firmware_inputs {
	const struct gateway *gateway;
	const struct gateway_state *state;
	const struct firmware_report *report;
	const struct channel *channel; /* NULL: it has none, or there is no such one */
	const struct firmware_candidate *candidates;
	size_t candidate_count;
	struct lease_count leases; /* of_rollout: see the candidate that is chosen */
	bool stream_free;	   /* a worker may stream now */
	const struct firmware_policy *policy;
	int64_t now;
};

enum firmware_why {
	FIRMWARE_SENT,
	FIRMWARE_RUNS,	      /* reports the wanted version already */
	FIRMWARE_NOT_AUTO,    /* auto_update is off */
	FIRMWARE_NO_CHANNEL,  /* no channel of that name */
	FIRMWARE_NO_RELEASE,  /* the channel names none and no roll-out takes it in */
	FIRMWARE_NO_IMAGE,    /* the release's image is gone or of another family */
	FIRMWARE_NOT_RUNNING, /* the roll-out is no more, or not yet, running */
	FIRMWARE_NOT_BEFORE,  /* the roll-out begins later */
	FIRMWARE_AUDIENCE,    /* not one that the roll-out is for */
	FIRMWARE_PERCENTAGE,  /* not yet among those that get it */
	FIRMWARE_MODEL,	      /* the release is not for its model */
	FIRMWARE_FROM,	      /* the release is not for the version that it runs */
	FIRMWARE_OLDER,	      /* it runs a later version */
	FIRMWARE_NO_VERSION, /* it reports none: whether it has taken it could not be seen */
	FIRMWARE_NO_SIGNATURE, /* no signature by a key that it listed */
	FIRMWARE_UNSIGNED,     /* lists no key, and the release may not go unsigned */
	FIRMWARE_ATTEMPTS,   /* was offered it too often: does not change its version */
	FIRMWARE_DOWNLOADS,  /* too many are downloading */
	FIRMWARE_STREAMS,    /* all but one worker are streaming */
	FIRMWARE_REDIRECTED, /* is sent to another CUPS first */
	FIRMWARE_UNAUTHENTICATED,
	FIRMWARE_WHYS
};

struct firmware_reason {
	enum firmware_why why;
	const struct release *release; /* NULL: no certain one */
	const struct rollout *rollout;
	uint64_t number; /* offers, leases … where it matters */
};

#define FIRMWARE_REASONS_MAX 12

struct firmware_choice {
	bool send;
	const struct release *release; /* the wanted one, when there is one */
	const struct firmware *firmware;
	const struct rollout *rollout;
	const struct firmware_signature *signature; /* NULL: unsigned */
	int64_t lease_until;
	/* A roll-out in which this gateway's outcome changes (its serial; 0: none), which may
	 * be another one than what is chosen now. */
	uint64_t told_rollout;
	enum rollout_outcome told_before, told_after;
	struct firmware_reason reasons[FIRMWARE_REASONS_MAX];
	size_t reason_count;
};

/*
 * Chooses, and brings next (a copy of the ledger's row) up to date: the outcome of the last
 * offer, and the new offer. True when next changed.
 */
bool firmware_select(const struct firmware_inputs *in, struct firmware_choice *choice,
    struct gateway_state *next);

/* Which of two version texts is later: runs of digits as numbers, the rest as bytes, `~`
 * before the end (as Debian has it). <0, 0, >0. */
int version_compare(struct span a, struct span b);

const char *firmware_why_name(enum firmware_why why);
const char *firmware_why_text(enum firmware_why why);

#endif
