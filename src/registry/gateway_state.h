/* The ledger's row of a gateway: what was sent to it and what it has confirmed. Written
 * when that changes, never by an idle poll. */
#ifndef GH_REGISTRY_GATEWAY_STATE_H
#define GH_REGISTRY_GATEWAY_STATE_H

#include "registry/record.h"
#include "store/store.h"

enum push_part {
	PUSH_CUPS_URI,
	PUSH_CUPS_CREDENTIALS,
	PUSH_LNS_URI,
	PUSH_LNS_CREDENTIALS,
	PUSH_FIRMWARE /* in sightings alone; its offers are counted below */
};
enum push_reason { PUSH_DIFFERS, PUSH_WRONG_CREDENTIAL };

/* One thing that was sent, and how often without having been confirmed. */
struct push {
	uint64_t part, reason;
	uint64_t what; /* CRC-32 of the blob or of the URI */
	uint64_t count;
	int64_t last_at;
};

#define PUSHES_MAX 8

struct gateway_state {
	uint64_t serial;
	struct span unknown;
	struct record_rows pushes;     /* of struct push, at most PUSHES_MAX */
	uint64_t confirmed_generation; /* newest CUPS key that it came with */
	uint64_t first_generation; /* first one that it came with: may be in its backup
				      set for ever */
	int64_t confirmed_at;
	int64_t provisioned_until; /* the window whose one answer has been given */
	/* The firmware that it was offered last. */
	uint64_t firmware_release; /* 0: none */
	uint64_t firmware_rollout; /* by which roll-out; 0: by its channel */
	uint64_t firmware_offers;  /* of this release */
	int64_t firmware_offered_at;
	const char *firmware_version; /* what it reports when it has taken it… */
	uint64_t firmware_shown_by;   /* …and where: enum release_shown_by */
	uint64_t firmware_outcome;    /* enum rollout_outcome */
	int64_t firmware_outcome_at;
	/* The Things Kickstarter Gateway. */
	uint64_t activated_window; /* whose one activation was given, plus 1; 0: none */
	int64_t activated_at;
	uint64_t activated_key; /* the API key that was handed out; 0: its LNS key */
	const char *kickstarter_fault; /* why it gets no configuration; "": nothing */
	int64_t kickstarter_fault_at;
};

extern const struct record_kind gateway_state_kind;

/* Reads the row; a gateway without one has the zero state. E_CORRUPT, E_NOMEM, E_IO. */
int gateway_state_get(struct store_txn *ledger, uint64_t gateway, struct arena *arena,
    struct gateway_state *state);

/* Writes it, inside an update of the ledger. */
int gateway_state_put(struct store_txn *ledger, const struct gateway_state *state);

/* Are the two the same, as stored bytes? The precondition of every change. */
bool gateway_state_equal(const struct gateway_state *a, const struct gateway_state *b);

/* How often this was sent without confirmation. */
uint64_t gateway_state_pushes(const struct gateway_state *state, enum push_part part,
    enum push_reason reason, uint32_t what);

/* Counts one more; the oldest row makes room. The rows are in the arena. E_NOMEM. */
int gateway_state_push(struct gateway_state *state, enum push_part part,
    enum push_reason reason, uint32_t what, int64_t now, struct arena *arena);

/* Forgets the rows of a part (it was confirmed). True when there were any. */
bool gateway_state_confirm(
    struct gateway_state *state, enum push_part part, struct arena *arena);

#endif
