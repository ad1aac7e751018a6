#include "manage/rollout.h"

#include "base/number.h"
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
