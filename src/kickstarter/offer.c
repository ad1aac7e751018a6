#include "kickstarter/offer.h"

struct offering {
	const struct kick_exchange *x;
	int64_t now;
	struct arena *arena;
};

static int
offer_in(struct store_txn *ledger, void *arg)
{
	const struct offering *o = arg;
	const struct gateway *g = &o->x->records.gateway;
	const struct rollout *rollout = o->x->decision.firmware.rollout;
	struct rollout_state state;
	struct rollout_offer offer = {0};
	int err = rollout_state_get(ledger, rollout->serial, o->arena, &state);

	if (err == E_OK)
		err = rollout_offer_get(ledger, rollout->serial, g->serial, &offer);
	/* Noted by another worker meanwhile. */
	if (err != E_OK || offer.outcome != OUTCOME_NONE)
		return err;
	if (kick_rollout_why(rollout, &state, g, o->now) != KICK_IMAGE_TAKEN)
		return E_AGAIN;
	rollout_advance(rollout, o->now, &state);
	rollout_count(&state, OUTCOME_NONE, OUTCOME_OFFERED);
	offer = (struct rollout_offer){.serial = g->serial,
	    .outcome = OUTCOME_OFFERED,
	    .offers = 1,
	    .offered_at = o->now,
	    .outcome_at = o->now};
	err = rollout_offer_put(ledger, rollout->serial, &offer);
	return err == E_OK ? rollout_state_put(ledger, &state) : err;
}

int
kick_offer(const struct kick_server *server, const struct kick_exchange *x, int64_t now,
    struct arena *arena)
{
	struct offering offering = {x, now, arena};

	return store_update(
	    server->data->ledger, server->write_wait_ms, offer_in, &offering);
}
