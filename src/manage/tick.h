/* What cron or a timer runs now and then. */
#ifndef GH_MANAGE_TICK_H
#define GH_MANAGE_TICK_H

#include "manage/overview.h"
#include "manage/trust_queue.h"

struct ticking {
	int64_t
	    keep_audit; /* seconds that entries of the audit log are kept; 0: for ever */
	struct trust_fetching trust; /* how servers are asked that the queue names */
};

struct ticked {
	uint64_t audit_trimmed;
	unsigned stale_readers; /* of dead processes, removed from both stores */
	uint64_t keys_expired, keys_revoked;	 /* that are still kept: only told */
	uint64_t gateways_deleted;		 /* that could be purged: only told */
	uint64_t rollout_steps, rollouts_paused; /* of timetables; by themselves */
	uint64_t gateways_silent;  /* that have not come back since an offer */
	uint64_t rollouts_cleared; /* gone ones, from the ledger */
	uint64_t images_removed, image_bytes; /* files that no record named */
	struct trust_worked trusts;	      /* that waited to be fetched */
	struct overview overview;	      /* was counted */
	uint64_t uploads_removed; /* that nobody said anything about for an hour */
};

/* Does what is due, in small transactions; may be stopped and run again. */
int manage_tick(struct manage *m, const struct ticking *how, struct ticked *done);

#endif
