/*
 * What holds between images, releases, channels and roll-outs beyond each record's own
 * fields. They are made, changed and removed by manage_add(), manage_set() and
 * manage_delete(), which ask here; internal to src/manage.
 */
#ifndef GH_MANAGE_RELEASE_H
#define GH_MANAGE_RELEASE_H

#include "manage/manage.h"
#include "registry/firmware.h"
#include "registry/rollout.h"

/*
 * Before a record is stored (`before` is NULL for a new one): E_INVALID where a release,
 * channel or roll-out would name firmware of the wrong family, E_STATE where a roll-out that
 * was started would become another one. What is allowed but will not work as wished is said
 * by manage_say_later(). Other kinds pass.
 */
int release_entered(struct manage *m, struct store_txn *txn,
    const struct record_kind *kind, const void *before, const void *after);

/* Before a record is removed: E_STATE for a roll-out under way. An image's file is kept for
 * a day from now on. */
int release_leaving(struct manage *m, struct store_txn *txn,
    const struct record_kind *kind, const void *record);

/* The release's image. E_NOTFOUND with words. */
int release_firmware(struct manage *m, struct store_txn *txn,
    const struct release *release, struct firmware *firmware);

/* A roll-out's state as the ledger has it. */
int rollout_progress(struct manage *m, uint64_t rollout, struct rollout_state *state);

/* Forgets the ledger's rows of a roll-out, some at a time. */
#define ROLLOUT_FORGET 1000
int rollout_forget_all(struct manage *m, uint64_t rollout);

/* How far it is, for the audit log; in the arena. */
const char *rollout_note(struct manage *m, const struct rollout_state *state);

#endif
