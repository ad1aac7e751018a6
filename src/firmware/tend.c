#include "firmware/tend.h"

static int
mark_silent(struct store_txn *ledger, uint64_t rollout, uint64_t gateway, int64_t now,
    struct rollout_state *state)
{
	struct rollout_offer offer;
	int err = rollout_offer_get(ledger, rollout, gateway, &offer);

	if (err != E_OK || offer.outcome != OUTCOME_OFFERED)
		return err;
	rollout_count(state, OUTCOME_OFFERED, OUTCOME_SILENT);
	offer.outcome = OUTCOME_SILENT;
	offer.outcome_at = now;
	return rollout_offer_put(ledger, rollout, &offer);
}

int
rollout_tend(struct store_txn *ledger, const struct rollout *rollout, int64_t now,
    struct arena *arena, struct rollout_state *state, bool *changed, bool *more)
{
	uint64_t gateways[ROLLOUT_TEND_MAX];
	size_t count = 0;
	int err = E_OK;

	*changed = false;
	if (more != NULL)
		*more = false;
	if (state->status == ROLLOUT_DRAFT)
		return E_OK;
	err = rollout_waiting(ledger, rollout->serial, now - ROLLOUT_SILENT_AFTER,
	    gateways, ROLLOUT_TEND_MAX, &count);
	for (size_t i = 0; i < count && err == E_OK; i++)
		err = mark_silent(ledger, rollout->serial, gateways[i], now, state);
	if (err != E_OK)
		return err;
	if (more != NULL)
		*more = count == ROLLOUT_TEND_MAX;
	*changed = count > 0;
	*changed |= rollout_guard(rollout, now, arena, state);
	*changed |= rollout_advance(rollout, now, state);
	return *changed ? rollout_state_put(ledger, state) : E_OK;
}
