/* Reading the records that a decision depends on. */
#ifndef GH_CUPS_LOAD_H
#define GH_CUPS_LOAD_H

#include "cups/cache.h"
#include "cups/exchange.h"

/* Fills x->records and x->inputs (but for the principal, which must be in x already) from
 * the two stores; shared ones by way of the cache (NULL is allowed). E_CORRUPT, E_VERSION,
 * E_BUSY (input/output error), E_NOMEM, with words in x->fault; what is merely not there is
 * NULL in the inputs. */
int cups_load(struct store_txn *registry, struct store_txn *ledger,
    struct cups_cache *cache, const struct cups_policy *policy, int64_t now,
    struct arena *arena, struct cups_exchange *x);

/* Sets x->fault: what of the stores cannot be read, and why. An input/output error becomes
 * E_BUSY: it is not the endpoint that failed, and it may be mended soon. */
int cups_unreadable(struct cups_exchange *x, const char *what, int err);

#endif
