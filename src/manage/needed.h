/* Who needs a record that is to be deleted, though no field of theirs names it. */
#ifndef GH_MANAGE_NEEDED_H
#define GH_MANAGE_NEEDED_H

#include "manage/manage.h"

/*
 * E_STATE, with who it is, for a trust that network servers or our own CUPS have by their
 * address, and for a signing key that has signed an image; E_OK for other kinds.
 */
int needed_refuse_in(struct manage *m, struct store_txn *txn,
    const struct record_kind *kind, const void *record);

/*
 * Before the change, since it reads every gateway: E_STATE, with how many, for an authority
 * that lets in certificates that gateways were given here; E_OK for other kinds. Gateways
 * that came to theirs in another way are not known.
 */
int needed_refuse(struct manage *m, const struct record_kind *kind, const char *id);

#endif
