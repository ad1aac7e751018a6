/* Entries of the audit log; internal to src/manage. Those of other things than changes of
 * records are made by manage_note_in(). */
#ifndef GH_MANAGE_AUDIT_H
#define GH_MANAGE_AUDIT_H

#include "manage/manage.h"

/* What a change made of a record; NULL before: it is new, NULL after: it is gone. */
int audit_change(struct manage *m, struct store_txn *txn,
    const struct record_kind *kind, const void *before, const void *after,
    const char *action);

#endif
