/* What has become of a roll-out's gateways, and what would become of them. */
#include "cups/firmware.h"
#include "kickstarter/load.h"
#include "manage/release.h"
#include "manage/rollout.h"
#include "registry/sighting.h"

const char *
rollout_place_name(enum rollout_place place)
{
	static const char *const names[PLACES] = {[PLACE_UPDATED] = "updated",
	    [PLACE_OFFERED] = "offered",
	    [PLACE_FAILED] = "failed",
	    [PLACE_SILENT] = "silent",
	    [PLACE_CURRENT] = "current",
	    [PLACE_WAITING] = "waiting",
	    [PLACE_LATER] = "later"};

	return names[place];
}

const char *
rollout_plan_name(unsigned why)
{
	if (why == PLAN_UNSEEN)
		return "unseen";
	return why == PLAN_OTHER ? "other" : firmware_why_name((enum firmware_why)why);
}

const char *
rollout_plan_text(unsigned why)
{
	if (why == PLAN_UNSEEN)
		return "the gateway was never seen, so what it runs is not known";
	if (why == PLAN_OTHER)
		return "a later roll-out of this channel takes it in first";
	if (why == FIRMWARE_SENT)
		return "would get it";
	return firmware_why_text((enum firmware_why)why);
}

/* ---- reading it ------------------------------------------------------------------------ */

static int
load_in(
    struct manage *m, struct store_txn *txn, const char *id, struct rollout_look *look)
{
	int err = manage_find_in(m, txn, &rollout_kind, id, &look->rollout);

	if (err == E_OK)
		err = registry_get(txn, &release_kind, look->rollout.release, m->arena,
		    &look->release);
	if (err == E_OK)
		err = registry_get(txn, &channel_kind, look->rollout.channel, m->arena,
		    &look->channel);
	return err == E_OK ? release_firmware(m, txn, &look->release, &look->firmware)
			   : err;
}

static int
load(struct manage *m, const char *id, struct rollout_look *look)
{
	struct store_txn *txn;
	int err = store_read_begin(m->data->registry, &txn);

	*look = (struct rollout_look){0};
	if (err == E_OK) {
		err = load_in(m, txn, id, look);
		store_read_end(txn);
	}
	return err;
}

static int
load_state(struct manage *m, struct store_txn *ledger, struct rollout_look *look)
{
	struct lease_count leases = {0};
	int err =
	    rollout_state_get(ledger, look->rollout.serial, m->arena, &look->state);

	if (err == E_OK)
		err = lease_count(ledger, 0, look->rollout.serial, m->now, &leases);
	if (err != E_OK)
		return err;
	rollout_guard(&look->rollout, m->now, m->arena, &look->state);
	rollout_advance(&look->rollout, m->now, &look->state);
	look->next_step = rollout_next_step(&look->rollout, &look->state);
	look->downloads = leases.of_rollout;
	return E_OK;
}

int
manage_rollout_look(struct manage *m, const char *id, struct rollout_look *look)
{
	struct store_txn *ledger;
	int err = load(m, id, look);

	if (err != E_OK || (err = store_read_begin(m->data->ledger, &ledger)) != E_OK)
		return manage_failed(m, err);
	err = load_state(m, ledger, look);
	store_read_end(ledger);
	return manage_failed(m, err);
}

/* As the endpoints see it: those that name no channel are in the default one. */
static const char *
channel_of(const struct manage *m, const struct gateway *g)
{
	static const struct kick_policy none = {.update_channel = ""};

	if (!g->kickstarter)
		return cups_channel_of(g, m->policy);
	return kick_channel_of(g, m->kick_policy != NULL ? m->kick_policy : &none);
}

/* Whose gateways come here at all: by channel and by what they are. */
static bool
of_channel(
    const struct manage *m, const struct rollout_look *look, const struct gateway *g)
{
	return g->deleted_at == 0 &&
	       g->kickstarter == (look->firmware.family == FIRMWARE_KICKSTARTER) &&
	       strcmp(channel_of(m, g), look->channel.channel_id) == 0;
}

static struct firmware_report
report_of(const struct sighting *s)
{
	return (struct firmware_report){.package = span_str(s->package),
	    .station = span_str(s->station),
	    .model = span_str(s->model),
	    .keys = s->keys,
	    .key_count = s->key_count < 4 ? s->key_count : 4};
}

/* ---- status ------------------------------------------------------------------------------- */

struct counting {
	struct rollout_look *look;
	struct store_txn *ledger;
	rollout_gateway_fn *fn;
	void *arg;
	uint64_t rows, matched; /* offers in the ledger; those of the audience */
};

static enum rollout_place
place_of(const struct rollout_look *look, const struct firmware_report *report,
    const struct rollout_offer *offer, bool in)
{
	switch (offer->outcome) {
	case OUTCOME_OFFERED:
		return PLACE_OFFERED;
	case OUTCOME_UPDATED:
		return PLACE_UPDATED;
	case OUTCOME_FAILED:
		return PLACE_FAILED;
	case OUTCOME_SILENT:
		return PLACE_SILENT;
	default:
		break;
	}
	if (look->firmware.family == FIRMWARE_STATION &&
	    firmware_runs(&look->release, report))
		return PLACE_CURRENT;
	return in ? PLACE_WAITING : PLACE_LATER;
}

static int
count_gateway(
    struct manage *m, struct store_txn *txn, const struct gateway *g, void *arg)
{
	struct counting *c = arg;
	struct rollout_look *look = c->look;
	struct firmware_report report;
	struct rollout_offer offer;
	enum rollout_place place;
	struct sighting s;
	bool in;
	int err;

	(void)txn;
	if (!of_channel(m, look, g) || !g->auto_update)
		return E_OK;
	sighting_came(m->data->sightings, g->serial, &s);
	report = report_of(&s);
	if (!rollout_audience(&look->rollout, g, rollout_model(g, report.model)))
		return E_OK;
	err = rollout_offer_get(c->ledger, look->rollout.serial, g->serial, &offer);
	if (err != E_OK)
		return err;
	in = rollout_place(g, &look->rollout) < look->state.percentage;
	place = place_of(look, &report, &offer, in);
	look->audience++;
	look->in += in;
	look->places[place]++;
	c->matched += offer.outcome != OUTCOME_NONE;
	return c->fn != NULL ? c->fn(c->arg, g, place, &offer) : E_OK;
}

static int
count_row(void *arg, const struct rollout_offer *offer)
{
	((struct counting *)arg)->rows += offer->outcome != OUTCOME_NONE;
	return E_OK;
}

static void
say_damaged(struct manage *m, uint64_t n)
{
	if (n > 0)
		manage_say(m,
		    "%llu %s damaged and not counted: `gatehouse check` names what is "
		    "damaged and says what to do",
		    (unsigned long long)n, n == 1 ? "gateway is" : "gateways are");
}

int
manage_rollout_status(struct manage *m, const char *id, rollout_gateway_fn *fn,
    void *arg, struct rollout_look *look)
{
	uint64_t damaged = 0;
	struct gateway_filter all = {.damaged = &damaged};
	struct counting c = {.look = look, .fn = fn, .arg = arg};
	int err = load(m, id, look);

	if (err != E_OK || (err = store_read_begin(m->data->ledger, &c.ledger)) != E_OK)
		return manage_failed(m, err);
	err = load_state(m, c.ledger, look);
	if (err == E_OK)
		err = rollout_offers(c.ledger, look->rollout.serial, 0, count_row, &c);
	if (err == E_OK)
		err = manage_gateways(m, &all, 0, 0, count_gateway, &c);
	store_read_end(c.ledger);
	look->left = c.rows > c.matched ? c.rows - c.matched : 0;
	say_damaged(m, damaged);
	return manage_failed(m, err);
}

/* ---- plan ------------------------------------------------------------------------------------ */

struct contender {
	struct rollout rollout;
	struct rollout_state state;
	struct release release;
	struct firmware firmware;
};

struct planning {
	struct rollout_plan *plan;
	struct store_txn *ledger;
	struct contender contenders[ROLLOUTS_MAX]; /* the last one is asked for */
	size_t count;
	struct arena *arena; /* of the whole plan */
	rollout_plan_fn *fn;
	void *arg;
};

/* As if it were running, without the surprises of time. */
static void
suppose(struct planning *p, double percentage)
{
	struct contender *c = &p->contenders[p->count++];
	const struct rollout_look *look = &p->plan->look;
	const struct rollout_step *steps = look->rollout.steps.rows;

	*c = (struct contender){
	    look->rollout, look->state, look->release, look->firmware};
	if (percentage <= 0)
		percentage = c->state.percentage;
	if (percentage <= 0)
		percentage = c->rollout.steps.count > 0 ? steps[0].percentage : 100;
	c->state.status = ROLLOUT_RUNNING;
	c->state.percentage = percentage;
	c->rollout.steps.count = 0;
	c->rollout.not_before = 0;
	c->rollout.failure_limit = 100;
	p->plan->look.state.percentage = percentage;
}

/* Later roll-outs of the channel go first. */
static int
see_rival(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	struct planning *p = arg;
	struct contender *c = &p->contenders[p->count];
	const struct rollout *r = record;
	int err;

	(void)m;
	if (r->serial <= p->plan->look.rollout.serial ||
	    r->channel != p->plan->look.channel.serial || p->count == ROLLOUTS_MAX - 1)
		return E_OK;
	err = rollout_state_get(p->ledger, r->serial, p->arena, &c->state);
	if (err != E_OK ||
	    (c->state.status != ROLLOUT_RUNNING && c->state.status != ROLLOUT_PAUSED))
		return err;
	err = record_copy(&rollout_kind, r, p->arena, &c->rollout);
	if (err == E_OK)
		err =
		    registry_get(txn, &release_kind, r->release, p->arena, &c->release);
	if (err == E_OK)
		err = registry_get(
		    txn, &firmware_kind, c->release.firmware, p->arena, &c->firmware);
	if (err == E_OK)
		p->count++;
	return err;
}

/* They came in the order of their serial numbers; the latest is the first to be asked. */
static void
turn_round(struct planning *p)
{
	for (size_t i = 0, j = p->count; i + 1 < j; i++) {
		struct contender other = p->contenders[--j];

		p->contenders[j] = p->contenders[i];
		p->contenders[i] = other;
	}
}

static unsigned
kickstarter_why(const struct planning *p, const struct gateway *g)
{
	const struct contender *c = &p->contenders[p->count - 1];

	if (!g->auto_update)
		return FIRMWARE_NOT_AUTO;
	if (!rollout_audience(&c->rollout, g, span_str(g->model_id)))
		return FIRMWARE_AUDIENCE;
	return rollout_place(g, &c->rollout) < c->state.percentage
		   ? FIRMWARE_SENT
		   : FIRMWARE_PERCENTAGE;
}

/* The last thing that was said of this roll-out, apart from what came of earlier offers and
 * from what follows when nobody takes the gateway in. */
static unsigned
last_reason(const struct firmware_choice *choice, const struct rollout *rollout)
{
	for (size_t i = choice->reason_count; i > 0; i--) {
		const struct firmware_reason *r = &choice->reasons[i - 1];

		if (r->why != FIRMWARE_UPDATED && r->why != FIRMWARE_FAILED &&
		    r->why != FIRMWARE_NO_RELEASE &&
		    (r->rollout == NULL || r->rollout == rollout))
			return r->why;
	}
	return PLAN_OTHER;
}

static int
station_why(struct planning *p, struct manage *m, const struct gateway *g,
    const struct sighting *s, unsigned *why)
{
	static const struct firmware_policy policy = {
	    ROLLOUT_ATTEMPTS, UINT64_MAX, ROLLOUT_MINIMUM_RATE};
	struct firmware_candidate candidates[ROLLOUTS_MAX];
	struct firmware_report report = report_of(s);
	struct gateway_state state, next;
	struct firmware_choice choice;
	struct firmware_inputs in = {.gateway = g,
	    .report = &report,
	    .channel = &p->plan->look.channel,
	    .candidates = candidates,
	    .candidate_count = p->count,
	    .blocked = FIRMWARE_SENT,
	    .policy = &policy,
	    .now = m->now};
	int err = gateway_state_get(p->ledger, g->serial, m->arena, &state);

	for (size_t i = 0; err == E_OK && i < p->count; i++) {
		const struct contender *c = &p->contenders[i];

		candidates[i] = (struct firmware_candidate){.rollout = &c->rollout,
		    .release = &c->release,
		    .firmware = &c->firmware,
		    .state = &c->state};
		err = rollout_offer_get(
		    p->ledger, c->rollout.serial, g->serial, &candidates[i].offer);
	}
	if (err != E_OK)
		return err;
	next = state;
	firmware_select(&in, m->arena, &choice, &next);
	if (choice.wanted != NULL && choice.wanted != &candidates[p->count - 1])
		*why = PLAN_OTHER;
	else if (choice.send)
		*why = FIRMWARE_SENT;
	else
		*why = last_reason(&choice, &p->contenders[p->count - 1].rollout);
	return E_OK;
}

/* Is it said because of what a gateway reports? */
static bool
is_of_report(unsigned why)
{
	return why == FIRMWARE_NO_VERSION || why == FIRMWARE_MODEL ||
	       why == FIRMWARE_FROM || why == FIRMWARE_UNSIGNED;
}

static int
plan_gateway(
    struct manage *m, struct store_txn *txn, const struct gateway *g, void *arg)
{
	struct planning *p = arg;
	struct sighting s;
	bool known;
	unsigned why = 0;
	int err = E_OK;

	(void)txn;
	if (!of_channel(m, &p->plan->look, g))
		return E_OK;
	known = sighting_came(m->data->sightings, g->serial, &s);
	if (g->kickstarter)
		why = kickstarter_why(p, g);
	else
		err = station_why(p, m, g, &s, &why);
	if (err != E_OK)
		return err;
	if (!known && is_of_report(why))
		why = PLAN_UNSEEN;
	p->plan->gateways++;
	p->plan->counts[why]++;
	return p->fn != NULL ? p->fn(p->arg, g, why, &s) : E_OK;
}

int
manage_rollout_plan(struct manage *m, const char *id, double percentage,
    rollout_plan_fn *fn, void *arg, struct rollout_plan *plan)
{
	uint64_t damaged = 0;
	struct gateway_filter all = {.damaged = &damaged};
	struct planning *p = arena_zalloc(m->arena, 1, sizeof *p);
	int err = E_NOMEM;

	*plan = (struct rollout_plan){0};
	if (p == NULL || (err = load(m, id, &plan->look)) != E_OK)
		return manage_failed(m, err);
	p->plan = plan;
	p->arena = m->arena;
	p->fn = fn;
	p->arg = arg;
	if ((err = store_read_begin(m->data->ledger, &p->ledger)) != E_OK)
		return manage_failed(m, err);
	err = load_state(m, p->ledger, &plan->look);
	if (err == E_OK)
		err = manage_list(m, &rollout_kind, 0, 0, see_rival, p);
	if (err == E_OK) {
		turn_round(p);
		suppose(p, percentage);
		err = manage_gateways(m, &all, 0, 0, plan_gateway, p);
	}
	store_read_end(p->ledger);
	say_damaged(m, damaged);
	return manage_failed(m, err);
}
