/* What cron or a timer runs now and then. */
#ifndef GH_MANAGE_TICK_H
#define GH_MANAGE_TICK_H

#include "manage/manage.h"

struct ticking {
	int64_t
	    keep_audit; /* seconds that entries of the audit log are kept; 0: for ever */
};

struct ticked {
	uint64_t audit_trimmed;
	unsigned stale_readers; /* of dead processes, removed from both stores */
	uint64_t keys_expired, keys_revoked; /* that are still kept: only told */
	uint64_t gateways_deleted;	     /* that could be purged: only told */
};

/* Does what is due, in small transactions; may be stopped and run again. */
int manage_tick(struct manage *m, const struct ticking *how, struct ticked *done);

#endif
