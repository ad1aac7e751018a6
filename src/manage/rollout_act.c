/* What is done with a roll-out: started, stepped, paused, resumed, aborted, finished. */
#include "manage/rollout.h"

#include <stdio.h>

#include "manage/firmware.h"
#include "manage/release.h"

/* ---- what an action makes of the state ----------------------------------------------------- */

struct acting {
	struct manage *m;
	const struct rollout_act *act;
	struct rollout rollout;
	struct release release;
	struct firmware firmware;
	struct rollout_state state; /* after it */
};

static int
impossible(struct acting *x, const struct rollout_state *s)
{
	static const char *const hints[] = {[ROLLOUT_DRAFT] = "was never started",
	    [ROLLOUT_RUNNING] = "is running already",
	    [ROLLOUT_PAUSED] = "is paused; `gatehouse rollout resume` goes on with it",
	    [ROLLOUT_ABORTED] = "was aborted, which is for good: make another one",
	    [ROLLOUT_FINISHED] = "is finished: its channel names the release"};

	return fault_set(&x->m->fault, E_STATE, NULL, "roll-out %s %s",
	    x->rollout.rollout_id, hints[s->status]);
}

static int
decide_start(struct acting *x, struct rollout_state *s)
{
	if (s->status != ROLLOUT_DRAFT)
		return impossible(x, s);
	if (x->act->percentage <= 0 && x->rollout.steps.count == 0)
		return fault_set(&x->m->fault, E_INVALID, "percentage",
		    "is required, since it has no timetable: say 1%% for a begin");
	s->status = ROLLOUT_RUNNING;
	s->percentage = x->act->percentage;
	s->started_at = s->changed_at = x->m->now;
	return E_OK;
}

/* Those of the timetable that are reached by it are over. */
static void
skip_steps(const struct acting *x, struct rollout_state *s)
{
	const struct rollout_step *steps = x->rollout.steps.rows;

	s->step_at = x->m->now;
	s->step = 0;
	while (s->step < x->rollout.steps.count &&
	       steps[s->step].percentage <= s->percentage)
		s->step++;
}

static int
decide_step(struct acting *x, struct rollout_state *s)
{
	const struct rollout_step *steps = x->rollout.steps.rows;
	size_t next = rollout_step_at(&x->rollout, s);
	double wanted = x->act->percentage;

	if (s->status != ROLLOUT_RUNNING && s->status != ROLLOUT_PAUSED)
		return impossible(x, s);
	if (wanted <= 0 && next >= x->rollout.steps.count)
		return fault_set(&x->m->fault, E_STATE, "percentage",
		    "is required: the timetable has no further step");
	if (wanted <= 0)
		wanted = steps[next].percentage;
	if (wanted == s->percentage)
		return fault_set(&x->m->fault, E_STATE, NULL,
		    "roll-out %s is at %g %% already", x->rollout.rollout_id,
		    s->percentage);
	if (wanted < s->percentage && !x->act->force)
		return fault_set(&x->m->fault, E_STATE, NULL,
		    "roll-out %s has reached %g %%: less would stop it for gateways "
		    "that wait for it, and take it from none that has it; pause or "
		    "abort it, or say --force",
		    x->rollout.rollout_id, s->percentage);
	s->percentage = wanted;
	skip_steps(x, s);
	return E_OK;
}

static int
decide_end(struct acting *x, struct rollout_state *s, int status)
{
	const char *why = x->act->why;

	if (s->status == ROLLOUT_ABORTED || s->status == ROLLOUT_FINISHED)
		return impossible(x, s);
	if (status == ROLLOUT_PAUSED && s->status == ROLLOUT_PAUSED)
		return fault_set(&x->m->fault, E_STATE, NULL,
		    "roll-out %s is paused already: %.180s", x->rollout.rollout_id,
		    s->why);
	if (status == ROLLOUT_PAUSED && s->status == ROLLOUT_DRAFT)
		return impossible(x, s);
	if (why == NULL || why[0] == '\0')
		why = arena_printf(
		    x->m->arena, "%s by %s", rollout_status_name(status), x->m->actor);
	s->status = status;
	s->why = why != NULL ? why : "";
	s->changed_at = x->m->now;
	return E_OK;
}

/* What went wrong so far is accepted; only what comes now counts for the limit. */
static int
decide_resume(struct acting *x, struct rollout_state *s)
{
	if (s->status != ROLLOUT_PAUSED)
		return impossible(x, s);
	s->status = ROLLOUT_RUNNING;
	s->why = "";
	s->changed_at = x->m->now;
	rollout_forgive(s);
	return E_OK;
}

/* All gateways of the channel get the release at once, and nothing stops that by itself:
 * what there is to know of it has to be known before. */
static int
too_early(struct acting *x, const struct rollout_state *s)
{
	const struct rollout *r = &x->rollout;
	struct fault *fault = &x->m->fault;
	uint64_t offered = rollout_ever_offered(s);

	if (s->percentage < 100)
		return fault_set(fault, E_STATE, NULL,
		    "roll-out %s is at %g %%: all gateways of the channel, also those "
		    "that it is not for, would get the release at once; step it to "
		    "100%% first, or say --force",
		    r->rollout_id, s->percentage);
	if (s->status == ROLLOUT_PAUSED)
		return fault_set(fault, E_STATE, NULL,
		    "roll-out %s is paused (%.150s): all gateways of the channel would "
		    "get the release at once; resume it first, or say --force",
		    r->rollout_id, s->why);
	if (r->groups.count > 0 || r->models.count > 0 || r->attributes.count > 0)
		return fault_set(fault, E_STATE, NULL,
		    "roll-out %s is for a part of the channel: all its gateways, also "
		    "the others, would get the release at once; make a roll-out for "
		    "those, or say --force",
		    r->rollout_id);
	/* Kickstarters never say what became of it. */
	if (x->firmware.family == FIRMWARE_KICKSTARTER)
		return E_OK;
	if (offered == 0)
		return fault_set(fault, E_STATE, NULL,
		    "no gateway was offered roll-out %s yet, so that nobody knows what "
		    "becomes of it: wait for some, or say --force",
		    r->rollout_id);
	if ((double)(offered - s->updated) * 100 <= r->failure_limit * (double)offered)
		return E_OK;
	return fault_set(fault, E_STATE, NULL,
	    "of %llu gateways that were offered roll-out %s, %llu came back without it "
	    "or not at all, and %llu have not come back yet: see `gatehouse rollout "
	    "status`, or say --force",
	    (unsigned long long)offered, r->rollout_id,
	    (unsigned long long)(s->failed + s->silent),
	    (unsigned long long)s->offered);
}

static int
decide_finish(struct acting *x, struct rollout_state *s)
{
	int err = E_OK;

	if (s->status != ROLLOUT_RUNNING && s->status != ROLLOUT_PAUSED)
		return impossible(x, s);
	if (!x->act->force && (err = too_early(x, s)) != E_OK)
		return err;
	s->status = ROLLOUT_FINISHED;
	s->changed_at = x->m->now;
	return E_OK;
}

static int
decide(struct acting *x, struct rollout_state *s)
{
	double before = s->percentage;
	int err = E_INVALID;

	if (!(x->act->percentage >= 0 && x->act->percentage <= 100))
		return fault_set(
		    &x->m->fault, E_INVALID, "percentage", "must be above 0, to 100");
	rollout_advance(&x->rollout, x->m->now, s);
	/* The next step was due, and nobody had looked: that is the one that is meant. */
	if (x->act->action == ROLLOUT_STEP && x->act->percentage <= 0 &&
	    s->percentage > before)
		return E_OK;
	switch (x->act->action) {
	case ROLLOUT_START:
		err = decide_start(x, s);
		break;
	case ROLLOUT_STEP:
		err = decide_step(x, s);
		break;
	case ROLLOUT_PAUSE:
		err = decide_end(x, s, ROLLOUT_PAUSED);
		break;
	case ROLLOUT_RESUME:
		err = decide_resume(x, s);
		break;
	case ROLLOUT_ABORT:
		err = decide_end(x, s, ROLLOUT_ABORTED);
		break;
	case ROLLOUT_FINISH:
		err = decide_finish(x, s);
	}
	if (err == E_OK)
		rollout_advance(&x->rollout, x->m->now, s);
	return err;
}

/* ---- before the start ------------------------------------------------------------------------ */

struct rivals {
	const struct acting *x;
	struct store_txn *ledger;
};

static int
tell_rival(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct rollout *r = record;
	const struct rivals *v = arg;
	struct rollout_state state;
	int err;

	(void)txn;
	if (r->serial == v->x->rollout.serial || r->channel != v->x->rollout.channel)
		return E_OK;
	err = rollout_state_get(v->ledger, r->serial, m->arena, &state);
	if (err == E_OK && state.status == ROLLOUT_RUNNING)
		manage_say(m,
		    "roll-out %s is running in this channel too: the later one goes "
		    "first where both take a gateway in",
		    r->rollout_id);
	return err;
}

static int
tell_rivals(struct acting *x)
{
	struct rivals v = {.x = x};
	int err = store_read_begin(x->m->data->ledger, &v.ledger);

	if (err != E_OK)
		return manage_failed(x->m, err);
	err = manage_list(x->m, &rollout_kind, 0, 0, tell_rival, &v);
	store_read_end(v.ledger);
	return err;
}

static int
check_start(struct acting *x)
{
	const struct rollout_act *act = x->act;
	struct manage *m = x->m;
	int err = manage_firmware_verify(
	    m, x->firmware.firmware_id, act->progress, act->progress_arg, &x->firmware);

	if (err != E_OK)
		return err;
	if (x->firmware.family == FIRMWARE_KICKSTARTER)
		manage_say(m,
		    "Kickstarter gateways report no version: what becomes of this "
		    "roll-out cannot be seen here, and it cannot pause itself");
	else if (x->firmware.signatures.count == 0 && !x->release.unsigned_ok)
		return fault_set(&m->fault, E_STATE, NULL,
		    "image %s has no signature and release %s is not marked unsigned: "
		    "no gateway would get it; sign it with `gatehouse firmware sign`",
		    x->firmware.firmware_id, x->release.release_id);
	return tell_rivals(x);
}

/* ---- doing it ---------------------------------------------------------------------------------- */

static int
load(struct acting *x, const char *id)
{
	struct manage *m = x->m;
	struct store_txn *txn;
	int err = store_read_begin(m->data->registry, &txn);

	if (err != E_OK)
		return manage_failed(m, err);
	err = manage_find_in(m, txn, &rollout_kind, id, &x->rollout);
	/* A damaged release shall not keep anybody from stopping it. */
	if (err == E_OK &&
	    (x->act->action == ROLLOUT_START || x->act->action == ROLLOUT_FINISH))
		err = registry_get(
		    txn, &release_kind, x->rollout.release, m->arena, &x->release);
	if (err == E_OK && x->release.serial != 0)
		err = release_firmware(m, txn, &x->release, &x->firmware);
	store_read_end(txn);
	return manage_failed(m, err);
}

const char *
rollout_note(struct manage *m, const struct rollout_state *s)
{
	struct strbuf text;
	struct json_out j;
	char percentage[32];
	const char *copy;

	snprintf(percentage, sizeof percentage, "%g %%", s->percentage);
	strbuf_init(&text, 4096);
	json_init(&j, &text, NULL);
	json_object(&j);
	json_key_str(&j, "status", rollout_status_name(s->status));
	json_key_str(&j, "percentage", percentage);
	if (s->why != NULL && s->why[0] != '\0')
		json_key_str(&j, "why", s->why);
	json_object_end(&j);
	copy = strbuf_keep_text(&text, m->arena);
	return copy != NULL ? copy : "";
}

/* The channel names the release from now on. */
static int
hand_over(struct acting *x, struct store_txn *txn)
{
	bool kickstarter = x->firmware.family == FIRMWARE_KICKSTARTER;
	struct channel before, after;
	uint64_t *named;
	int err =
	    registry_get(txn, &channel_kind, x->rollout.channel, x->m->arena, &before);

	if (err != E_OK)
		return err;
	after = before;
	named = kickstarter ? &after.kickstarter : &after.release;
	if (*named == x->rollout.release)
		return E_OK;
	*named = x->rollout.release;
	return manage_put_in(
	    x->m, txn, &channel_kind, &before, &after, "finish-rollout");
}

static int
note_in(struct manage *m, struct store_txn *txn, void *arg)
{
	static const char *const names[] = {[ROLLOUT_START] = "start",
	    [ROLLOUT_STEP] = "step",
	    [ROLLOUT_PAUSE] = "pause",
	    [ROLLOUT_RESUME] = "resume",
	    [ROLLOUT_ABORT] = "abort",
	    [ROLLOUT_FINISH] = "finish"};
	struct acting *x = arg;
	int err = E_OK;

	if (x->act->action == ROLLOUT_FINISH)
		err = hand_over(x, txn);
	return err == E_OK ? manage_note_of_in(m, txn, names[x->act->action],
				 &rollout_kind, &x->rollout, rollout_note(m, &x->state))
			   : err;
}

static int
act_in(struct store_txn *ledger, void *arg)
{
	struct acting *x = arg;
	int err = rollout_state_get(ledger, x->rollout.serial, x->m->arena, &x->state);

	if (err == E_OK)
		err = decide(x, &x->state);
	x->state.noted_status = x->state.status;
	x->state.noted_percentage = x->state.percentage;
	return err == E_OK ? rollout_state_put(ledger, &x->state) : err;
}

int
manage_rollout_act(struct manage *m, const char *id, const struct rollout_act *act,
    struct rollout_state *after)
{
	struct acting x = {.m = m, .act = act};
	int err = load(&x, id);

	if (err != E_OK ||
	    (err = rollout_progress(m, x.rollout.serial, &x.state)) != E_OK ||
	    (err = decide(&x, &x.state)) != E_OK)
		return manage_failed(m, err);
	if (act->action == ROLLOUT_START && (err = check_start(&x)) != E_OK)
		return err;
	if ((err = manage_update(m, note_in, &x)) != E_OK)
		return err;
	m->fault = (struct fault){0};
	err = store_update(m->data->ledger, m->wait_ms, act_in, &x);
	*after = x.state;
	return manage_failed(m, err);
}
