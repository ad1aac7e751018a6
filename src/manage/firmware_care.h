/* What `gatehouse tick` and `gatehouse check` do about firmware; internal to src/manage. */
#ifndef GH_MANAGE_FIRMWARE_CARE_H
#define GH_MANAGE_FIRMWARE_CARE_H

#include "manage/firmware.h"
#include "manage/report.h"
#include "manage/tick.h"

#define FIRMWARE_KEPT 86400 /* seconds that an image's file stays unnamed */

/* Steps and pauses of roll-outs that are due, gateways that fell silent, rows of roll-outs
 * that are gone, and files that no record names for a day. */
int firmware_tick(struct manage *m, struct ticked *done);

/* Does a record name the file of this name? What is no digest is not ours: true. */
bool firmware_is_named(struct store_txn *txn, const char *name);

/* Every image's file and signatures, and the ledger's rows of roll-outs. */
int firmware_check(struct manage *m, const struct check_options *options,
    const struct report *report, struct store_txn *registry, struct store_txn *ledger);

#endif
