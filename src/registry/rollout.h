/*
 * A roll-out: a release for a growing part of a channel's gateways. What the operator wants
 * of it is a record of the registry; how far it is stands in the ledger (see below), so that
 * endpoints can pause it.
 */
#ifndef GH_REGISTRY_ROLLOUT_H
#define GH_REGISTRY_ROLLOUT_H

#include "registry/record.h"
#include "store/store.h"

/* From `after` seconds behind the begin of the step before (the first: of the start). */
struct rollout_step {
	double percentage;
	uint64_t after;
};

#define ROLLOUT_STEPS_MAX 16

struct rollout {
	uint64_t serial;
	struct span unknown;
	const char *rollout_id, *description;
	uint64_t release, channel;
	struct text_list groups;    /* audience: any of these; none: all */
	struct text_list models;    /* and any of these */
	struct text_map attributes; /* and all of these */
	struct record_rows steps;   /* of struct rollout_step; none: steps by hand */
	int64_t not_before;
	uint64_t attempts;	/* offers to one gateway */
	uint64_t downloads;	/* at a time */
	uint64_t minimum_rate;	/* bytes a second, for the length of a lease */
	double failure_limit;	/* per cent of those offered */
	uint64_t failure_least; /* offered, before the limit counts */
	int64_t created_at, updated_at;
};

extern const struct record_kind rollout_kind;

enum rollout_field { ROLLOUT_ID = 1, ROLLOUT_RELEASE = 3, ROLLOUT_CHANNEL = 4 };

/* What a new one has where nothing is said. */
#define ROLLOUT_ATTEMPTS 3
#define ROLLOUT_DOWNLOADS 20
#define ROLLOUT_MINIMUM_RATE 10240
#define ROLLOUT_FAILURE_LIMIT 5.0
#define ROLLOUT_FAILURE_LEAST 10

/* ---- the ledger ------------------------------------------------------------------------- */

enum rollout_status {
	ROLLOUT_DRAFT, /* was never started */
	ROLLOUT_RUNNING,
	ROLLOUT_PAUSED,	 /* by an operator or by itself: see `why` */
	ROLLOUT_ABORTED, /* for good: nobody gets it any more */
	ROLLOUT_FINISHED /* the channel names its release now */
};

struct rollout_state {
	uint64_t serial; /* of the roll-out */
	struct span unknown;
	int status;	   /* enum rollout_status */
	const char *why;   /* it is paused or aborted; "" */
	double percentage; /* of the audience that may get it */
	uint64_t step;	   /* how many steps of the timetable have begun */
	int64_t step_at;   /* when the last one began */
	int64_t started_at, changed_at;
	/* Gateways by their outcome, which add up to those that were ever offered. */
	uint64_t offered, updated, failed, silent;
	/* Since it was started or resumed last: what the limit is counted from. */
	uint64_t forgiven;	   /* failed and silent that a resume has accepted */
	uint64_t forgiven_offered; /* all whose outcome was known then */
	/* What the audit log has of it: endpoints, which cannot write there, step and pause
	 * it too. */
	int noted_status;
	double noted_percentage;
};

extern const struct record_kind rollout_state_kind;

/* Reads it; one that was never started has the zero state. E_CORRUPT, E_NOMEM, E_IO. */
int rollout_state_get(struct store_txn *ledger, uint64_t rollout, struct arena *arena,
    struct rollout_state *state);
int rollout_state_put(struct store_txn *ledger, const struct rollout_state *state);
bool rollout_state_equal(const struct rollout_state *a, const struct rollout_state *b);

/* The roll-outs of a channel that are neither finished nor aborted: their serials, the latest
 * first, at most `max` (up to ROLLOUTS_MAX); their number in *count. */
#define ROLLOUTS_MAX 16
int rollouts_under_way(struct store_txn *registry, struct store_txn *ledger,
    uint64_t channel, struct arena *arena, uint64_t *serials, size_t max,
    size_t *count);

/* What became of one gateway in one roll-out. */
enum rollout_outcome {
	OUTCOME_NONE,
	OUTCOME_OFFERED, /* was sent, has not come back yet */
	OUTCOME_UPDATED, /* has come back with the new version */
	OUTCOME_FAILED,	 /* has come back with another one, even if it was sent again */
	OUTCOME_SILENT	 /* has not come back within two days */
};

struct rollout_offer {
	uint64_t serial; /* of the gateway */
	int outcome;	 /* enum rollout_outcome */
	uint64_t offers;
	int64_t offered_at, outcome_at;
};

/*
 * Rows of LEDGER_OFFER: roll-out u64be, gateway u64be → record. One whose outcome is
 * OUTCOME_OFFERED has a row in LEDGER_WAITING too: roll-out u64be, offered_at u64be, gateway
 * u64be → nothing; put keeps both.
 */
/* One that there is not has OUTCOME_NONE. E_CORRUPT, E_VERSION, E_IO. */
int rollout_offer_get(struct store_txn *ledger, uint64_t rollout, uint64_t gateway,
    struct rollout_offer *offer);
int rollout_offer_put(
    struct store_txn *ledger, uint64_t rollout, const struct rollout_offer *offer);

/* Calls fn for each row of a roll-out after this gateway's until it returns something else
 * than E_OK, which is then returned. */
typedef int rollout_offer_fn(void *arg, const struct rollout_offer *offer);
int rollout_offers(struct store_txn *ledger, uint64_t rollout, uint64_t after,
    rollout_offer_fn *fn, void *arg);

/* The gateways that were offered it before `before` and have not come back, oldest first, at
 * most `max`; their number in *count. */
int rollout_waiting(struct store_txn *ledger, uint64_t rollout, int64_t before,
    uint64_t *gateways, size_t max, size_t *count);

/* Forgets a roll-out's state and offers (it is removed), at most `max` rows at a time; *more
 * tells whether there are others. Leases end by themselves. */
int rollout_forget(struct store_txn *ledger, uint64_t rollout, size_t max, bool *more);

/*
 * Leases of downloads: LEDGER_LEASE: until u64be, gateway u64be → roll-out u64be (0: none),
 * taken at u64be. Counted are those of others; taking one removes what has ended and the
 * gateway's own old one. One that was taken in the future, before the clock was set back,
 * counts as ended.
 */
struct lease_count {
	uint64_t all, of_rollout;
};
int lease_count(struct store_txn *ledger, uint64_t gateway, uint64_t rollout,
    int64_t now, struct lease_count *count);
int lease_take(struct store_txn *ledger, uint64_t gateway, uint64_t rollout,
    int64_t until, int64_t now);

#endif
