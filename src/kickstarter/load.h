/* Reading the records that decisions depend on. */
#ifndef GH_KICKSTARTER_LOAD_H
#define GH_KICKSTARTER_LOAD_H

#include "kickstarter/exchange.h"
#include "kickstarter/plan.h"

/* Fills x->records and x->inputs (but for caller and plans) from the two stores. E_IO,
 * E_CORRUPT, E_NOMEM; what is merely not there is NULL in the inputs. */
int kick_load(struct store_txn *registry, struct store_txn *ledger,
    const struct kick_policy *policy, int64_t now, struct arena *arena,
    struct kick_exchange *x);

/* The gateway's plans; for the device each is judged, up to the first one that it takes. */
int kick_load_plans(
    struct store_txn *registry, struct arena *arena, struct kick_exchange *x);

/* The images that the gateway might get. Damaged records make them unusable, which is no
 * error here: E_NOMEM, E_IO. */
int kick_load_images(struct store_txn *registry, struct store_txn *ledger,
    struct arena *arena, struct kick_exchange *x);

/* The channel that a gateway is in: its own, else the default; "" when that is a URL. */
const char *kick_channel_of(
    const struct gateway *gateway, const struct kick_policy *policy);

/* A frequency plan by its ID. E_NOTFOUND; E_CORRUPT, E_VERSION, E_NOMEM, E_IO. */
int kick_load_plan(struct store_txn *registry, const char *id, struct arena *arena,
    struct plan **plan);

/* Is there such a plan, and can the device take it? The verdict is in *judged; the answer is
 * an error of the store alone. */
int kick_judge_plan(struct store_txn *registry, const char *id, struct arena *arena,
    struct kick_plan *judged);

#endif
