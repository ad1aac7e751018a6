/* What time alone does to a roll-out: steps of its timetable, gateways that stay silent, the
 * pause that follows. Done at requests that change it and by `gatehouse tick`. */
#ifndef GH_FIRMWARE_TEND_H
#define GH_FIRMWARE_TEND_H

#include "firmware/rollout.h"

#define ROLLOUT_TEND_MAX 256 /* gateways that fall silent at a time */

/*
 * Inside an update of the ledger: marks at most ROLLOUT_TEND_MAX gateways as silent that have
 * not come back for ROLLOUT_SILENT_AFTER since their offer, begins the steps that are due and
 * looks at the limit. Gateways are waited for whatever became of the roll-out after it was
 * started; the rest is for one that is running. `state` is what the ledger has; it is changed, and written here, when *changed
 * is true. *more (may be NULL): there are others to be marked.
 */
int rollout_tend(struct store_txn *ledger, const struct rollout *rollout, int64_t now,
    struct arena *arena, struct rollout_state *state, bool *changed, bool *more);

#endif
