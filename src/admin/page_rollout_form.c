/* The form of a roll-out: its record, and its timetable as one line of text. */
#include "admin/page_rollouts.h"
#include "admin/widget.h"

static const char *const what[] = {
    "rollout_id", "release", "channel", "description", NULL};
static const char *const whom[] = {"groups", "models", "attributes", NULL};
static const char *const when[] = {"not_before", NULL};
static const char *const limits[] = {
    "failure_limit", "failure_least", "attempts", "downloads", "minimum_rate", NULL};
static const struct record_section sections[] = {
    {"what", "What it is", what, false},
    {"whom", "Whom it is for", whom, false},
    {"when", "When", when, false},
    {"limits", "Limits", limits, false},
    {0},
};
static const char *const hidden[] = {"steps", NULL};
static const struct record_shape shape = {
    .kind = &rollout_kind, .sections = sections, .hidden = hidden};

const struct record_pages rollout_pages = {
    .shape = {.kind = &rollout_kind, .sections = sections, .hidden = hidden},
    .base = "/rollouts",
    .one = "roll-out",
    .many = "Roll-outs",
    .remove = manage_rollout_remove,
};

static void
put_steps_input(struct visit *v, const struct rollout *r, bool typed)
{
	const char *now = rollout_steps_text(v, &r->steps);
	const char *value = typed ? visit_field(v, "steps") : now;
	const char *was = typed ? visit_field(v, "was.steps") : now;

	/* What was not touched follows what somebody else has made of it. */
	if (strcmp(value, was) == 0)
		value = now;
	html_raw(&v->html, "<fieldset><legend>Timetable</legend>\n");
	input_text(v,
	    &(struct input){.name = "steps",
		.label = "Steps",
		.help = "Percentages with commas, each with @ and how long after the "
			"one before: 1,10@48h,50@7d,100. Without, three days. Empty: "
			"each step is made by hand.",
		.value = value,
		.theirs = strcmp(now, was) != 0 ? now : NULL,
		.max = 300,
		.mono = true});
	input_hidden(v, "was.steps", now);
	html_raw(&v->html, "</fieldset>\n");
}

static void
set_defaults(struct rollout *r)
{
	record_init(&rollout_kind, r);
	r->attempts = ROLLOUT_ATTEMPTS;
	r->downloads = ROLLOUT_DOWNLOADS;
	r->minimum_rate = ROLLOUT_MINIMUM_RATE;
	r->failure_limit = ROLLOUT_FAILURE_LIMIT;
	r->failure_least = ROLLOUT_FAILURE_LEAST;
}

/* The record with this name, or (NULL) a new one, and the registry's snapshot. */
static int
open_one(struct visit *v, const char *id, void **record, struct store_txn **txn)
{
	int err;

	if (id != NULL)
		return record_open(v, &rollout_kind, id, record, txn);
	if ((*record = arena_alloc(v->arena, sizeof(struct rollout))) == NULL)
		return E_NOMEM;
	set_defaults(*record);
	err = store_read_begin(v->admin->data.registry, txn);
	return manage_failed(&v->m, err);
}

static int
put_form(struct visit *v, const char *id, int problem)
{
	struct fault fault = v->m.fault;
	bool typed = v->req->method == METHOD_POST;
	struct store_txn *txn;
	void *record;
	int err = open_one(v, id, &record, &txn);

	if (err != E_OK)
		return err;
	v->m.fault = fault;
	if (problem != E_OK)
		v->res->status = problem == E_STALE ? 409 : err_http(problem);
	page_crumb(v, "Roll-outs", "/rollouts", NULL);
	if (id != NULL)
		page_crumb(v, id, "/rollouts/{}", id);
	page_begin(
	    v, id != NULL ? arena_printf(v->arena, "Edit %s", id) : "New roll-out");
	input_problem(v, problem);
	page_form(v, id != NULL ? "/rollouts/{}/edit" : "/rollouts/new", id, NULL);
	record_inputs(v, txn, &shape, record, typed);
	put_steps_input(v, record, typed);
	input_submit(v, id != NULL ? "Save" : "Create");
	page_form_end(v);
	store_read_end(txn);
	return page_end(v);
}

int
page_rollout_new(struct visit *v)
{
	return put_form(v, NULL, E_OK);
}

int
page_rollout_edit(struct visit *v)
{
	return put_form(v, visit_capture(v, "id"), E_OK);
}

/* What was typed, with the timetable as the field's own JSON. */
static int
read_form(struct visit *v, const void *record, struct edit **edits, size_t *count)
{
	const char *steps = visit_field(v, "steps"), *json;
	struct edit *more;
	int err = record_edits_of(v, &shape, record, edits, count);

	if (err != E_OK || strcmp(steps, visit_field(v, "was.steps")) == 0)
		return err;
	err = rollout_steps_json(v->arena, span_str(steps), &json, &v->m.fault);
	if (err != E_OK)
		return err;
	if ((more = arena_zalloc(v->arena, *count + 1, sizeof *more)) == NULL)
		return E_NOMEM;
	if (*count > 0)
		memcpy(more, *edits, *count * sizeof *more);
	more[*count] = (struct edit){"steps", span_str(json)};
	*edits = more;
	++*count;
	return E_OK;
}

/* The name that it has from now on. */
static const char *
name_of(const struct edit *edits, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(edits[i].field, "rollout_id") == 0)
			return (const char *)edits[i].text.data;
	return id;
}

int
page_rollout_add(struct visit *v)
{
	struct rollout empty;
	struct edit *edits;
	size_t count;
	const char *id;
	int err;

	set_defaults(&empty);
	err = read_form(v, &empty, &edits, &count);
	if (err == E_OK)
		err = manage_rollout_create(&v->m, edits, count);
	if (err != E_OK)
		return input_is_correctable(err) ? put_form(v, NULL, err) : err;
	id = name_of(edits, count, "");
	return visit_done(v,
	    arena_printf(v->arena,
		"Roll-out %s is there; nothing happens before it "
		"is started.",
		id),
	    "/rollouts/{}", id);
}

int
page_rollout_save(struct visit *v)
{
	const char *id = visit_capture(v, "id");
	struct store_txn *txn;
	struct edit *edits;
	size_t count = 0;
	void *record;
	int err = record_open(v, &rollout_kind, id, &record, &txn);

	if (err != E_OK)
		return err;
	err = read_form(v, record, &edits, &count);
	store_read_end(txn);
	v->m.expected = visit_field(v, "version");
	if (err == E_OK && count > 0)
		err = manage_set(&v->m, &rollout_kind, id, edits, count);
	if (err != E_OK)
		return input_is_correctable(err) ? put_form(v, id, err) : err;
	return visit_done(v,
	    count > 0 ? "The changes are stored." : "Nothing was changed.",
	    "/rollouts/{}", name_of(edits, count, id));
}
