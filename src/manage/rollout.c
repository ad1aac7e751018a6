#include "manage/rollout.h"

#include <stdio.h>

#include "base/number.h"
#include "manage/firmware.h"
#include "manage/release.h"

/* A day until all gateways have come, and two until those that it has silenced are noticed:
 * shorter, and the next step would begin without knowing of them. */
#define STEP_LASTS (86400 + ROLLOUT_SILENT_AFTER)

const char *
rollout_status_name(int status)
{
	static const char *const names[] = {
	    "draft", "running", "paused", "aborted", "finished"};

	return status >= 0 && status <= ROLLOUT_FINISHED ? names[status] : "?";
}

const char *
rollout_outcome_name(int outcome)
{
	static const char *const names[] = {
	    "none", "offered", "updated", "failed", "silent"};

	return outcome >= 0 && outcome <= OUTCOME_SILENT ? names[outcome] : "?";
}

/* ---- timetables ------------------------------------------------------------------------ */

static int
read_step(struct span item, bool first, struct rollout_step *step)
{
	const uint8_t *at = memchr(item.data, '@', item.len);
	size_t n = at != NULL ? (size_t)(at - item.data) : item.len;
	struct span percentage = span_trim(span_of(item.data, n));
	int64_t after = first ? 0 : STEP_LASTS;

	if (percentage.len > 0 && percentage.data[percentage.len - 1] == '%')
		percentage.len--;
	if (at != NULL &&
	    (!number_duration(span_trim(span_from(item, n + 1)), &after) || after < 0))
		return E_INVALID;
	step->after = (uint64_t)after;
	return number_double(percentage, &step->percentage) ? E_OK : E_INVALID;
}

int
rollout_steps_read(struct arena *arena, struct span text, struct record_rows *steps,
    struct fault *fault)
{
	struct rollout_step *rows =
	    arena_zalloc(arena, ROLLOUT_STEPS_MAX, sizeof *rows);
	size_t count = 0;

	if (rows == NULL)
		return fault_set(fault, E_NOMEM, NULL, "%s", err_text(E_NOMEM));
	while (text.len > 0) {
		const uint8_t *comma = memchr(text.data, ',', text.len);
		size_t n = comma != NULL ? (size_t)(comma - text.data) : text.len;

		if (count == ROLLOUT_STEPS_MAX)
			return fault_set(fault, E_INVALID, "steps", "at most %d steps",
			    ROLLOUT_STEPS_MAX);
		if (read_step(span_of(text.data, n), count == 0, &rows[count]) != E_OK)
			return fault_set(fault, E_INVALID, "steps",
			    "must be like 1,10@48h,50@3d,100");
		text = span_from(text, n + 1);
		count++;
	}
	*steps = (struct record_rows){rows, count};
	return E_OK;
}

int
rollout_steps_json(
    struct arena *arena, struct span text, const char **json, struct fault *fault)
{
	struct record_rows steps;
	const struct rollout_step *rows;
	struct strbuf out;
	struct json_out j;
	int err = rollout_steps_read(arena, text, &steps, fault);

	if (err != E_OK)
		return err;
	rows = steps.rows;
	strbuf_init(&out, 4096);
	json_init(&j, &out, NULL);
	json_array(&j);
	for (size_t i = 0; i < steps.count; i++) {
		json_object(&j);
		json_key_double(&j, "percentage", rows[i].percentage);
		json_key_uint(&j, "after", rows[i].after);
		json_object_end(&j);
	}
	json_array_end(&j);
	*json = strbuf_keep_text(&out, arena);
	return *json != NULL ? E_OK : E_NOMEM;
}

/* ---- making ------------------------------------------------------------------------------ */

struct creating {
	const struct edit *edits;
	size_t count;
};

static int
create_edit(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	const struct creating *c = arg;
	struct rollout *r = record;

	r->attempts = ROLLOUT_ATTEMPTS;
	r->downloads = ROLLOUT_DOWNLOADS;
	r->minimum_rate = ROLLOUT_MINIMUM_RATE;
	r->failure_limit = ROLLOUT_FAILURE_LIMIT;
	r->failure_least = ROLLOUT_FAILURE_LEAST;
	return manage_edit_in(m, txn, &rollout_kind, r, c->edits, c->count);
}

int
manage_rollout_create(struct manage *m, const struct edit *edits, size_t count)
{
	struct creating c = {edits, count};

	return manage_change(m, &rollout_kind, NULL, "add", create_edit, &c, NULL);
}

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

/* ---- removing ------------------------------------------------------------------------------------ */

struct forgetting {
	uint64_t rollout;
	bool more;
};

static int
forget_in(struct store_txn *ledger, void *arg)
{
	struct forgetting *f = arg;

	return rollout_forget(ledger, f->rollout, ROLLOUT_FORGET, &f->more);
}

int
rollout_forget_all(struct manage *m, uint64_t rollout)
{
	struct forgetting f = {rollout, true};
	int err = E_OK;

	while (err == E_OK && f.more)
		err = store_update(m->data->ledger, m->wait_ms, forget_in, &f);
	return manage_failed(m, err);
}

int
manage_rollout_remove(struct manage *m, const char *id)
{
	struct rollout r;
	int err = manage_get(m, &rollout_kind, id, &r);

	if (err == E_OK)
		err = manage_delete(m, &rollout_kind, id);
	/* What a crash leaves here is cleared away by `gatehouse tick`. */
	return err == E_OK ? rollout_forget_all(m, r.serial) : err;
}
