#include "firmware/rollout.h"

/* A step that began later than now plus this began before the clock was set back. */
#define CLOCK_SLACK 3600

/* ---- who is in ----------------------------------------------------------------------------- */

struct span
rollout_model(const struct gateway *gateway, struct span reported)
{
	return reported.len > 0 ? reported : span_str(gateway->model_id);
}

static bool
in_groups(const struct rollout *rollout, const struct gateway *gateway)
{
	for (size_t i = 0; i < rollout->groups.count; i++)
		if (text_list_has(&gateway->groups, rollout->groups.items[i]))
			return true;
	return rollout->groups.count == 0;
}

static bool
has_attribute(const struct gateway *gateway, const struct text_pair *wanted)
{
	for (size_t i = 0; i < gateway->attributes.count; i++) {
		const struct text_pair *pair = &gateway->attributes.pairs[i];

		if (strcmp(pair->key, wanted->key) == 0)
			return strcmp(pair->value, wanted->value) == 0;
	}
	return false;
}

bool
rollout_list_has(const struct text_list *list, struct span text)
{
	for (size_t i = 0; i < list->count; i++)
		if (span_is(text, list->items[i]))
			return true;
	return list->count == 0;
}

bool
rollout_audience(
    const struct rollout *rollout, const struct gateway *gateway, struct span model)
{
	if (!in_groups(rollout, gateway) || !rollout_list_has(&rollout->models, model))
		return false;
	for (size_t i = 0; i < rollout->attributes.count; i++)
		if (!has_attribute(gateway, &rollout->attributes.pairs[i]))
			return false;
	return true;
}

/* Every bit of the result depends on every bit of n (the finalizer of SplitMix64). */
static uint64_t
scatter(uint64_t n)
{
	n += UINT64_C(0x9e3779b97f4a7c15);
	n = (n ^ n >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	n = (n ^ n >> 27) * UINT64_C(0x94d049bb133111eb);
	return n ^ n >> 31;
}

double
rollout_place(const struct gateway *gateway, const struct rollout *rollout)
{
	uint64_t who = gateway->eui != 0 ? gateway->eui : gateway->serial;
	uint64_t n = scatter(scatter(rollout->serial) ^ who);

	/* 53 bits are what a double holds without rounding up to 1. */
	return (double)(n >> 11) / (double)(UINT64_C(1) << 53) * 100;
}

/* ---- how far it is --------------------------------------------------------------------------- */

/* When the time of the next step began to run: with the last step, but not while it was
 * paused, and not before it begins at all. */
static int64_t
step_base(const struct rollout *rollout, const struct rollout_state *state)
{
	int64_t base = state->step > 0 ? state->step_at : state->started_at;

	if (base < state->changed_at)
		base = state->changed_at;
	return state->step == 0 && base < rollout->not_before ? rollout->not_before
							      : base;
}

size_t
rollout_step_at(const struct rollout *rollout, const struct rollout_state *state)
{
	const struct rollout_step *steps = rollout->steps.rows;
	size_t at = rollout->steps.count;

	if (state->step < at)
		at = (size_t)state->step;
	while (at > 0 && steps[at - 1].percentage > state->percentage)
		at--;
	return at;
}

static const struct rollout_step *
next_step(const struct rollout *rollout, const struct rollout_state *state)
{
	const struct rollout_step *steps = rollout->steps.rows;
	size_t at = rollout_step_at(rollout, state);

	return state->status == ROLLOUT_RUNNING && at < rollout->steps.count
		   ? &steps[at]
		   : NULL;
}

int64_t
rollout_next_step(const struct rollout *rollout, const struct rollout_state *state)
{
	const struct rollout_step *step = next_step(rollout, state);
	int64_t base = step_base(rollout, state);

	if (step == NULL)
		return 0;
	return step->after < (uint64_t)(INT64_MAX - base) ? base + (int64_t)step->after
							  : INT64_MAX;
}

/* The clock was set back: what is left of a step is not known, so that it begins anew. */
static bool
mend_times(int64_t now, struct rollout_state *state)
{
	bool mended = false;

	if (state->step_at > now + CLOCK_SLACK) {
		state->step_at = now;
		mended = true;
	}
	if (state->changed_at > now + CLOCK_SLACK) {
		state->changed_at = now;
		mended = true;
	}
	if (state->started_at > now + CLOCK_SLACK) {
		state->started_at = now;
		mended = true;
	}
	return mended;
}

bool
rollout_advance(const struct rollout *rollout, int64_t now, struct rollout_state *state)
{
	const struct rollout_step *step = next_step(rollout, state);
	bool mended;

	if (step == NULL)
		return false;
	mended = mend_times(now, state);
	if (rollout_next_step(rollout, state) > now)
		return mended;
	/* From now on, not from when it was due: each step is to last as long as it is said,
	 * even when nobody looked for weeks. So this never begins two at once, but for those
	 * that last no time at all. */
	do {
		step = next_step(rollout, state);
		state->step = rollout_step_at(rollout, state) + 1;
		if (step->percentage > state->percentage)
			state->percentage = step->percentage;
		state->step_at = now;
	} while (next_step(rollout, state) != NULL &&
		 rollout_next_step(rollout, state) <= now);
	return true;
}

static uint64_t *
counter(struct rollout_state *state, enum rollout_outcome outcome)
{
	switch (outcome) {
	case OUTCOME_OFFERED:
		return &state->offered;
	case OUTCOME_UPDATED:
		return &state->updated;
	case OUTCOME_FAILED:
		return &state->failed;
	case OUTCOME_SILENT:
		return &state->silent;
	default:
		return NULL;
	}
}

void
rollout_count(struct rollout_state *state, enum rollout_outcome before,
    enum rollout_outcome after)
{
	uint64_t *from = counter(state, before), *to = counter(state, after);

	if (before == after)
		return;
	if (from != NULL && *from > 0)
		--*from;
	if (to != NULL)
		++*to;
	/* A failure that was accepted and is mended must not make up for a new one. */
	if (state->forgiven > state->failed + state->silent)
		state->forgiven = state->failed + state->silent;
}

uint64_t
rollout_ever_offered(const struct rollout_state *state)
{
	return state->offered + state->updated + state->failed + state->silent;
}

static uint64_t
less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

bool
rollout_guard(const struct rollout *rollout, int64_t now, struct arena *arena,
    struct rollout_state *state)
{
	uint64_t offered = less(rollout_ever_offered(state), state->forgiven_offered);
	uint64_t bad = less(state->failed + state->silent, state->forgiven);
	const char *why;

	if (state->status != ROLLOUT_RUNNING || bad == 0 ||
	    offered < rollout->failure_least ||
	    !((double)bad * 100 > rollout->failure_limit * (double)offered))
		return false;
	state->status = ROLLOUT_PAUSED;
	state->changed_at = now;
	why = arena_printf(arena,
	    "paused itself: %llu of %llu gateways that were offered it came back "
	    "without it or not at all (%.1f %%, the limit is %g %%)",
	    (unsigned long long)bad, (unsigned long long)offered,
	    (double)bad * 100 / (double)(offered > 0 ? offered : 1),
	    rollout->failure_limit);
	state->why = why != NULL ? why : "too many failures";
	return true;
}

void
rollout_forgive(struct rollout_state *state)
{
	state->forgiven = state->failed + state->silent;
	state->forgiven_offered = state->forgiven + state->updated;
}

int64_t
rollout_lease_until(
    const struct rollout *rollout, uint64_t size, int64_t now, uint64_t rate)
{
	if (rollout != NULL)
		rate = rollout->minimum_rate;
	if (rate == 0)
		rate = ROLLOUT_MINIMUM_RATE;
	return now + (int64_t)(size / rate) + 1;
}
