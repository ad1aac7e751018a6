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

enum firmware_why {
	FIRMWARE_SENT,
	FIRMWARE_RUNS,	      /* reports the wanted version already */
	FIRMWARE_NOT_AUTO,    /* auto_update is off */
	FIRMWARE_NO_CHANNEL,  /* no channel of that name */
	FIRMWARE_NO_RELEASE,  /* the channel names none and no roll-out takes it in */
	FIRMWARE_NO_IMAGE,    /* the release's image is gone or of another family */
	FIRMWARE_UNREADABLE,  /* the image's file is gone or damaged */
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
	FIRMWARE_UPDATED, /* it came with the version of the last offer */
	FIRMWARE_FAILED, /* it came back with another version than that of the last offer */
	FIRMWARE_WHYS
};

/*
 * One thing that it might get: a roll-out of its channel, later ones first, or the channel's
 * own release as the last one. The roll-out of the gateway's last offer is among them
 * whatever its channel, so that its outcome can be counted.
 */
struct firmware_candidate {
	const struct rollout *rollout; /* NULL: it is the channel's own release */
	const struct release *release; /* NULL: the record is gone */
	const struct firmware *firmware;
	bool unreadable; /* the image's file could not be opened or verified */
	/* As the ledger has it; the offer is that of this gateway. */
	const struct rollout_state *state;
	struct rollout_offer offer;
	uint64_t leases; /* of others in this roll-out */
	/* What becomes of the two: set by the decision. */
	struct rollout_state next_state;
	struct rollout_offer next_offer;
};

/* Roll-outs of one channel that are looked at, the latest ones; and its own release. */
#define FIRMWARE_CANDIDATES_MAX (ROLLOUTS_MAX + 2)

struct firmware_policy {
	uint64_t attempts;     /* offers of a channel's own release */
	uint64_t downloads;    /* at a time, in all */
	uint64_t minimum_rate; /* bytes a second */
};

struct firmware_inputs {
	const struct gateway *gateway;
	const struct firmware_report *report;
	const struct channel *channel; /* NULL: it has none, or there is no such one */
	struct firmware_candidate *candidates;
	size_t candidate_count;
	uint64_t leases; /* of other gateways, in all */
	bool streams_busy;
	enum firmware_why blocked; /* FIRMWARE_SENT: by nothing; else why in any case */
	const struct firmware_policy *policy;
	int64_t now;
};

/* `number`: offers so far, or downloads at present, where it matters. */
struct firmware_reason {
	enum firmware_why why;
	const struct release *release; /* NULL: no certain one */
	const struct rollout *rollout;
	uint64_t number;
};

#define FIRMWARE_REASONS_MAX (FIRMWARE_CANDIDATES_MAX + 2)

struct firmware_choice {
	bool send;
	/* What it gets, or what it would get once nothing is in the way (NULL: nothing). */
	struct firmware_candidate *wanted;
	const struct firmware_signature *signature; /* NULL: unsigned */
	int64_t lease_until;
	size_t reason_count;
	struct firmware_reason reasons[FIRMWARE_REASONS_MAX];
};

/* Nothing is sent, for no reason at all. */
void firmware_choice_init(struct firmware_choice *choice);

/*
 * Chooses, and brings next (which is the ledger's row of the gateway) and the candidates'
 * next_state and next_offer up to date: the outcome of the last offer, the pause that may
 * follow from it, a due step, and the new offer. True when one of them changed; which one is
 * told by comparing. Nothing remains of an earlier call with the same inputs. What they point
 * at is borrowed from the inputs or in the arena.
 *
 * The rules: the first candidate that takes the gateway in is the wanted one. A roll-out
 * passes on those whom it does not take in and those whom its release does not fit (they may
 * need the channel's own release first), but keeps those whom it has offered it, also while
 * it is paused.
 */
bool firmware_select(const struct firmware_inputs *in, struct arena *arena,
    struct firmware_choice *choice, struct gateway_state *next);

/* What a gateway that reports this makes of its last offer; the row's own outcome when that
 * changes nothing. */
enum rollout_outcome firmware_outcome(
    const struct gateway_state *state, const struct firmware_report *report);

/* Does it report the version that this release brings? */
bool firmware_runs(const struct release *release, const struct firmware_report *report);

/* Which of two version texts is later: runs of digits as numbers, the rest as bytes, `~`
 * before the end (as Debian has it). <0, 0, >0. */
int version_compare(struct span a, struct span b);

/* A short word for logs and JSON ("not-auto", …), and a sentence for people. */
const char *firmware_why_name(enum firmware_why why);
const char *firmware_why_text(enum firmware_why why);
/* Is it something that an operator may have to mend? */
bool firmware_why_is_problem(enum firmware_why why);

#endif
