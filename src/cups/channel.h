/* What the gateways of an update channel might get, read from the stores. */
#ifndef GH_CUPS_CHANNEL_H
#define GH_CUPS_CHANNEL_H

#include "cups/cache.h"

/* Reads a channel by its name; what is merely not there is no error. The states of its
 * roll-outs go to an arena of their own. E_IO, E_CORRUPT, E_VERSION, E_NOMEM. */
int channel_set_read(struct store_txn *registry, struct store_txn *ledger,
    const char *name, struct arena *arena, struct arena *states,
    struct channel_set *set);

/* Reads the states of its roll-outs again. */
int channel_set_states(
    struct store_txn *ledger, struct arena *states, struct channel_set *set);

/* One roll-out by itself, whatever its channel and state; *there: is there one? */
int channel_item_read(struct store_txn *registry, struct store_txn *ledger,
    uint64_t rollout, struct arena *arena, struct channel_item *item, bool *there);

#endif
