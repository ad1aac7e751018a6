/* A gateway's overrides, as they are entered. */
#ifndef GH_MANAGE_OVERRIDES_H
#define GH_MANAGE_OVERRIDES_H

#include "manage/manage.h"

/*
 * A gateway's record is about to be stored: where its overrides, or what they are laid
 * over, change, its files are tried with them. E_INVALID in m->fault when no file is left
 * that its forwarder could use; what works in one file but not in another, and what a
 * forwarder ignores, is told. `before` is NULL for a new one.
 */
int overrides_entered(struct manage *m, struct store_txn *txn,
    const struct gateway *before, const struct gateway *after);

#endif
