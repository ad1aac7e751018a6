#include "firmware/selection.h"

struct selecting {
	const struct firmware_inputs *in;
	struct arena *arena;
	struct firmware_choice *choice;
	struct gateway_state *next;
	struct span model;
	bool changed;
};

static void
say(struct selecting *x, enum firmware_why why, const struct firmware_candidate *c,
    uint64_t number)
{
	struct firmware_choice *choice = x->choice;

	if (choice->reason_count < FIRMWARE_REASONS_MAX)
		choice->reasons[choice->reason_count++] =
		    (struct firmware_reason){why, c != NULL ? c->release : NULL,
			c != NULL ? c->rollout : NULL, number};
}

/* ---- what it reports ------------------------------------------------------------------------ */

/* What it reports where the release shows itself. */
static struct span
firmware_shown(int shown_by, const struct firmware_report *report)
{
	return shown_by == RELEASE_STATION ? report->station : report->package;
}

bool
firmware_runs(const struct release *release, const struct firmware_report *report)
{
	return span_is(firmware_shown(release->shown_by, report), release->version);
}

enum rollout_outcome
firmware_outcome(
    const struct gateway_state *state, const struct firmware_report *report)
{
	int shown_by = (int)state->firmware_shown_by;

	if (state->firmware_release == 0 || state->firmware_outcome == OUTCOME_UPDATED)
		return (enum rollout_outcome)state->firmware_outcome;
	return span_is(firmware_shown(shown_by, report), state->firmware_version)
		   ? OUTCOME_UPDATED
		   : OUTCOME_FAILED;
}

/* ---- the outcome of the last offer ----------------------------------------------------------- */

static struct firmware_candidate *
of_rollout(const struct firmware_inputs *in, uint64_t rollout)
{
	for (size_t i = 0; i < in->candidate_count; i++)
		if (in->candidates[i].rollout != NULL &&
		    in->candidates[i].rollout->serial == rollout)
			return &in->candidates[i];
	return NULL;
}

/* Has the row of the offer its own outcome: another one is counted in the roll-out, which
 * may pause itself by it. */
static void
count_outcome(
    struct selecting *x, struct firmware_candidate *c, enum rollout_outcome outcome)
{
	struct rollout_offer *offer = &c->next_offer;

	if (offer->outcome == OUTCOME_NONE || offer->outcome == (int)outcome)
		return;
	rollout_count(&c->next_state, (enum rollout_outcome)offer->outcome, outcome);
	offer->outcome = outcome;
	offer->outcome_at = x->in->now;
	rollout_guard(c->rollout, x->in->now, x->arena, &c->next_state);
	x->changed = true;
}

static void
settle(struct selecting *x)
{
	struct gateway_state *next = x->next;
	enum rollout_outcome outcome = firmware_outcome(next, x->in->report);
	struct firmware_candidate *c;

	if (next->firmware_release == 0 || outcome == next->firmware_outcome)
		return;
	next->firmware_outcome = outcome;
	next->firmware_outcome_at = x->in->now;
	x->changed = true;
	c = next->firmware_rollout != 0 ? of_rollout(x->in, next->firmware_rollout)
					: NULL;
	if (c != NULL)
		count_outcome(x, c, outcome);
	say(x, outcome == OUTCOME_UPDATED ? FIRMWARE_UPDATED : FIRMWARE_FAILED, c,
	    next->firmware_offers);
}

/* ---- the candidates --------------------------------------------------------------------------- */

/* What is to be done with a candidate, in the order in which things are looked at. */
enum verdict {
	PASS, /* not for this gateway: the next one */
	STAY, /* this is the wanted one, but not now, or it has it */
	TAKE
};

static enum verdict
no(struct selecting *x, const struct firmware_candidate *c, enum firmware_why why,
    enum verdict verdict)
{
	say(x, why, c, 0);
	return verdict;
}

/* Does the roll-out take the gateway in? */
static enum verdict
taken_in(struct selecting *x, struct firmware_candidate *c)
{
	const struct firmware_inputs *in = x->in;
	const struct rollout *r = c->rollout;
	struct rollout_state *state = &c->next_state;
	bool offered = c->next_offer.outcome != OUTCOME_NONE;

	x->changed |= rollout_advance(r, in->now, state);
	x->changed |= rollout_guard(r, in->now, x->arena, state);
	if (state->status == ROLLOUT_DRAFT || state->status == ROLLOUT_ABORTED ||
	    state->status == ROLLOUT_FINISHED)
		return no(x, c, FIRMWARE_NOT_RUNNING, PASS);
	if (!rollout_audience(r, in->gateway, x->model))
		return no(x, c, FIRMWARE_AUDIENCE, PASS);
	if (c->release != NULL && firmware_runs(c->release, in->report))
		return no(x, c, FIRMWARE_RUNS, STAY);
	if (state->status == ROLLOUT_PAUSED)
		return no(x, c, FIRMWARE_NOT_RUNNING, offered ? STAY : PASS);
	if (r->not_before > in->now)
		return no(x, c, FIRMWARE_NOT_BEFORE, PASS);
	if (!offered && !(rollout_place(in->gateway, r) < state->percentage))
		return no(x, c, FIRMWARE_PERCENTAGE, PASS);
	return TAKE;
}

/* Any rest after a `*` at the end. */
static bool
version_in(const struct text_list *list, struct span version)
{
	for (size_t i = 0; i < list->count; i++) {
		struct span item = span_str(list->items[i]);

		if (item.len > 0 && item.data[item.len - 1] == '*') {
			item.len--;
			if (span_begins(version, item))
				return true;
		} else if (span_eq(item, version)) {
			return true;
		}
	}
	return false;
}

/* Does the release fit the gateway? */
static enum verdict
fits(struct selecting *x, const struct firmware_candidate *c)
{
	const struct firmware_report *report = x->in->report;
	const struct release *r = c->release;
	struct span version, wanted;

	if (r == NULL || c->firmware == NULL || c->firmware->family != FIRMWARE_STATION)
		return no(x, c, FIRMWARE_NO_IMAGE, PASS);
	if (firmware_runs(r, report))
		return no(x, c, FIRMWARE_RUNS, STAY);
	version = firmware_shown(r->shown_by, report);
	wanted = span_str(r->version);
	if (!rollout_list_has(&r->models, x->model))
		return no(x, c, FIRMWARE_MODEL, PASS);
	if (version.len == 0 && !version_in(&r->from, version))
		return no(x, c, FIRMWARE_NO_VERSION, PASS);
	if (r->from.count > 0 && !version_in(&r->from, version))
		return no(x, c, FIRMWARE_FROM, PASS);
	if (!r->downgrade && version_compare(version, wanted) > 0)
		return no(x, c, FIRMWARE_OLDER, PASS);
	return TAKE;
}

static enum verdict
is_signed(struct selecting *x, const struct firmware_candidate *c)
{
	const struct firmware_report *report = x->in->report;

	x->choice->signature =
	    firmware_signature_by(c->firmware, report->keys, report->key_count);
	if (x->choice->signature != NULL ||
	    (report->key_count == 0 && c->release->unsigned_ok))
		return TAKE;
	return no(x, c,
	    report->key_count > 0 ? FIRMWARE_NO_SIGNATURE : FIRMWARE_UNSIGNED, PASS);
}

/* Of this release, by whichever way. */
static uint64_t
offers_so_far(const struct selecting *x, const struct firmware_candidate *c)
{
	uint64_t n = x->next->firmware_release == c->release->serial
			 ? x->next->firmware_offers
			 : 0;

	return n > c->next_offer.offers ? n : c->next_offer.offers;
}

/* It could have it. Now? */
static enum verdict
possible_now(struct selecting *x, const struct firmware_candidate *c)
{
	const struct firmware_inputs *in = x->in;
	uint64_t offers = offers_so_far(x, c);
	uint64_t attempts =
	    c->rollout != NULL ? c->rollout->attempts : in->policy->attempts;
	uint64_t leases = in->leases >= in->policy->downloads ? in->leases : c->leases;

	if (offers >= attempts) {
		say(x, FIRMWARE_ATTEMPTS, c, offers);
		return STAY;
	}
	if (c->unreadable)
		return no(x, c, FIRMWARE_UNREADABLE, STAY);
	if (in->leases >= in->policy->downloads ||
	    (c->rollout != NULL && c->leases >= c->rollout->downloads)) {
		say(x, FIRMWARE_DOWNLOADS, c, leases);
		return STAY;
	}
	return in->streams_busy ? no(x, c, FIRMWARE_STREAMS, STAY) : TAKE;
}

static enum verdict
consider(struct selecting *x, struct firmware_candidate *c)
{
	enum verdict verdict = TAKE;

	/* One that is here for the sake of an outcome alone. */
	if (c->rollout != NULL &&
	    (x->in->channel == NULL || c->rollout->channel != x->in->channel->serial))
		return PASS;
	if (c->rollout != NULL)
		verdict = taken_in(x, c);
	if (verdict == TAKE)
		verdict = fits(x, c);
	if (verdict == TAKE)
		verdict = is_signed(x, c);
	return verdict == TAKE ? possible_now(x, c) : verdict;
}

/* ---- the offer -------------------------------------------------------------------------------- */

/* A failure stays one until the gateway has the version: that it is tried again is no reason
 * to count it among those that nobody knows of. */
static enum rollout_outcome
offered_again(int before)
{
	return before == OUTCOME_FAILED || before == OUTCOME_SILENT ? OUTCOME_FAILED
								    : OUTCOME_OFFERED;
}

static void
offer(struct selecting *x, struct firmware_candidate *c)
{
	const struct firmware_inputs *in = x->in;
	const struct release *r = c->release;
	struct gateway_state *next = x->next;
	struct rollout_offer *row = &c->next_offer;
	uint64_t offers = offers_so_far(x, c) + 1;
	bool again = next->firmware_release == r->serial;

	next->firmware_outcome =
	    again ? offered_again((int)next->firmware_outcome) : OUTCOME_OFFERED;
	next->firmware_release = r->serial;
	next->firmware_rollout = c->rollout != NULL ? c->rollout->serial : 0;
	next->firmware_offers = offers;
	next->firmware_offered_at = in->now;
	next->firmware_version = r->version;
	next->firmware_shown_by = (uint64_t)r->shown_by;
	x->changed = true;
	if (c->rollout != NULL) {
		enum rollout_outcome outcome = offered_again(row->outcome);

		rollout_count(
		    &c->next_state, (enum rollout_outcome)row->outcome, outcome);
		*row = (struct rollout_offer){.serial = in->gateway->serial,
		    .outcome = outcome,
		    .offers = offers,
		    .offered_at = in->now,
		    .outcome_at = row->outcome_at};
	}
	x->choice->send = true;
	x->choice->lease_until = rollout_lease_until(
	    c->rollout, c->firmware->size, in->now, in->policy->minimum_rate);
	say(x, FIRMWARE_SENT, c, offers);
}

/* ---- all --------------------------------------------------------------------------------------- */

void
firmware_choice_init(struct firmware_choice *choice)
{
	choice->send = false;
	choice->wanted = NULL;
	choice->signature = NULL;
	choice->lease_until = 0;
	choice->reason_count = 0;
}

static void
begin(struct selecting *x, struct firmware_choice *choice)
{
	const struct firmware_inputs *in = x->in;

	firmware_choice_init(choice);
	for (size_t i = 0; i < in->candidate_count; i++) {
		struct firmware_candidate *c = &in->candidates[i];

		if (c->rollout == NULL)
			memset(&c->next_state, 0, sizeof c->next_state);
		else
			c->next_state = *c->state;
		c->next_offer = c->offer;
	}
}

/* Is there anything that it could get? */
static bool
has_choice(struct selecting *x)
{
	const struct firmware_inputs *in = x->in;

	if (!in->gateway->auto_update)
		say(x, FIRMWARE_NOT_AUTO, NULL, 0);
	else if (in->channel == NULL)
		say(x, FIRMWARE_NO_CHANNEL, NULL, 0);
	else if (in->blocked != FIRMWARE_SENT)
		say(x, in->blocked, NULL, 0);
	else
		return true;
	return false;
}

bool
firmware_select(const struct firmware_inputs *in, struct arena *arena,
    struct firmware_choice *choice, struct gateway_state *next)
{
	struct selecting x = {.in = in, .arena = arena, .choice = choice, .next = next};
	enum verdict verdict = PASS;
	bool own = false;

	begin(&x, choice);
	/* Whoever shows nothing could say anything. */
	if (in->blocked != FIRMWARE_UNAUTHENTICATED)
		settle(&x);
	if (!has_choice(&x))
		return x.changed;
	x.model = rollout_model(in->gateway, in->report->model);
	for (size_t i = 0; i < in->candidate_count && verdict == PASS; i++) {
		struct firmware_candidate *c = &in->candidates[i];

		own |= c->rollout == NULL;
		verdict = consider(&x, c);
		if (verdict != PASS)
			choice->wanted = c;
		if (verdict == TAKE)
			offer(&x, c);
	}
	if (verdict != TAKE)
		choice->signature = NULL;
	if (verdict == PASS && !own)
		say(&x, FIRMWARE_NO_RELEASE, NULL, 0);
	return x.changed;
}
