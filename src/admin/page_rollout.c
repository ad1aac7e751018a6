/* One roll-out: how far it is, and what can be done with it. */
#include <stdio.h>

#include "admin/page_rollouts.h"
#include "admin/widget.h"
#include "base/clock.h"
#include "base/number.h"
#include "firmware/rollout.h"

/* ---- its timetable ------------------------------------------------------------------------- */

static void
put_duration(struct strbuf *out, uint64_t seconds)
{
	static const struct {
		uint64_t seconds;
		char unit;
	} units[] = {{7 * 86400, 'w'}, {86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
	size_t i = 0;

	while (seconds % units[i].seconds != 0 ||
	       (seconds / units[i].seconds < 3 && units[i].unit == 'd'))
		i++;
	strbuf_printf(out, "%llu%c", (unsigned long long)(seconds / units[i].seconds),
	    units[i].unit);
}

const char *
rollout_steps_text(struct visit *v, const struct record_rows *steps)
{
	const struct rollout_step *rows = steps->rows;
	struct strbuf out;
	const char *copy;

	strbuf_init(&out, 1024);
	for (size_t i = 0; i < steps->count; i++) {
		strbuf_printf(&out, "%s%g", i > 0 ? "," : "", rows[i].percentage);
		if (i == 0 && rows[i].after == 0)
			continue;
		strbuf_putc(&out, '@');
		put_duration(&out, rows[i].after);
	}
	copy = arena_strdup(v->arena, strbuf_str(&out));
	strbuf_clear(&out);
	return copy != NULL ? copy : "";
}

static void
put_steps(struct visit *v, const struct rollout_look *look)
{
	static const char *const titles[] = {"Step", "Share", "Begins", NULL};
	const struct rollout_step *rows = look->rollout.steps.rows;
	const struct rollout_state *s = &look->state;

	page_section(v, "steps", "Timetable");
	if (look->rollout.steps.count == 0) {
		page_text(v, "It has none: each step is made by hand.");
		page_section_end(v);
		return;
	}
	table_begin(v, "Timetable", titles);
	for (size_t i = 0; i < look->rollout.steps.count; i++) {
		char after[40];
		struct strbuf text;

		table_row(v);
		table_cell(v);
		html_number(&v->html, i + 1);
		table_cell(v);
		html_printf(&v->html, "%g %%", rows[i].percentage);
		table_cell(v);
		if (i < s->step) {
			html_raw(&v->html, "has begun");
			continue;
		}
		if (i == s->step && look->next_step != 0) {
			page_time(v, look->next_step);
			continue;
		}
		strbuf_init(&text, sizeof after);
		put_duration(&text, rows[i].after);
		html_printf(&v->html, "%s after the %s", strbuf_str(&text),
		    i == 0 ? "start" : "step before");
		strbuf_clear(&text);
	}
	table_end(v);
	page_section_end(v);
}

/* ---- how far it is -------------------------------------------------------------------------------- */

static void
put_number(struct visit *v, const char *name, uint64_t n)
{
	facts_row(v, name);
	html_number(&v->html, n);
}

static void
put_state(struct visit *v, const struct rollout_look *look)
{
	const struct rollout_state *s = &look->state;

	page_section(v, "progress", "How far it is");
	facts_begin(v);
	facts_row(v, "State");
	rollout_badge(v, s);
	facts_text(v, "Why", s->why != NULL ? s->why : "");
	facts_row(v, "Release");
	page_link(v, look->release.release_id, "/releases/{}", look->release.release_id,
	    NULL);
	html_raw(&v->html, ", version ");
	html_user(&v->html, look->release.version);
	facts_row(v, "Channel");
	page_link(v, look->channel.channel_id, "/channels/{}", look->channel.channel_id,
	    NULL);
	facts_row(v, "Share of the audience");
	html_printf(&v->html, "%g %%", s->percentage);
	facts_time(v, "Started", s->started_at);
	facts_time(v, "Last change", s->changed_at);
	facts_time(v, "Next step", look->next_step);
	put_number(v, "Were ever offered it", rollout_ever_offered(s));
	if (!rollout_is_blind(look)) {
		facts_row(v, "Updated");
		rollout_bar(v, look);
		put_number(v, "Have not come back yet", s->offered);
		put_number(v, "Came back with another version", s->failed);
		put_number(v, "Silent for two days", s->silent);
		put_number(v, "Downloads under way", look->downloads);
	}
	facts_end(v);
	if (rollout_is_blind(look))
		page_note(v, MOOD_WARN,
		    "Kickstarter gateways report no version: its outcome is "
		    "\"offered\" only, and it cannot pause by itself.");
	page_buttons(v);
	page_button(
	    v, "Its gateways", "/rollouts/{}/gateways", look->rollout.rollout_id, NULL);
	page_button(v, "Who would get it now, and why", "/rollouts/{}/plan",
	    look->rollout.rollout_id, NULL);
	page_buttons_end(v);
	page_section_end(v);
}

static void
put_warnings(struct visit *v, const struct rollout_look *look)
{
	const struct rollout_state *s = &look->state;

	if (s->status == ROLLOUT_PAUSED)
		page_note(
		    v, MOOD_WARN, arena_printf(v->arena, "It is paused: %s.", s->why));
	if (s->status != ROLLOUT_DRAFT && s->status != ROLLOUT_RUNNING)
		return;
	if (!rollout_is_blind(look) && look->firmware.signatures.count == 0)
		page_note(v, look->release.unsigned_ok ? MOOD_WARN : MOOD_BAD,
		    look->release.unsigned_ok
			? "The image has no signature: no gateway that lists a key "
			  "will take it."
			: "The image has no signature and the release is not marked "
			  "unsigned: no gateway would get it.");
	if (look->rollout.not_before > v->now) {
		char age[CLOCK_AGE];

		page_note(v, MOOD_QUIET,
		    arena_printf(v->arena, "Nobody gets it before its time, %s.",
			clock_age(look->rollout.not_before, v->now, age)));
	}
}

static void
put_verbs(struct visit *v, const struct rollout_look *look)
{
	const char *id = look->rollout.rollout_id;
	int status = look->state.status;
	bool draft = status == ROLLOUT_DRAFT, paused = status == ROLLOUT_PAUSED;
	bool under_way = paused || status == ROLLOUT_RUNNING;

	if (!visit_may(v, PAGE_OPERATOR))
		return;
	page_buttons(v);
	if (draft)
		page_button(v, "Start…", "/rollouts/{}/start", id, NULL);
	if (paused)
		page_button(v, "Resume…", "/rollouts/{}/resume", id, NULL);
	if (under_way && !paused)
		page_button(v, "Pause…", "/rollouts/{}/pause", id, NULL);
	if (under_way) {
		page_button(v, "Next step…", "/rollouts/{}/step", id, NULL);
		page_button(v, "Finish…", "/rollouts/{}/finish", id, NULL);
	}
	if (under_way || draft)
		page_button(v, "Abort…", "/rollouts/{}/abort", id, NULL);
	page_button(v, "Edit", "/rollouts/{}/edit", id, NULL);
	if (!under_way)
		page_button(v, "Delete…", "/rollouts/{}/delete", id, NULL);
	page_buttons_end(v);
}

static const char *const hidden[] = {"steps", "release", "channel", NULL};
static const struct record_shape shown = {.kind = &rollout_kind, .hidden = hidden};

int
page_rollout(struct visit *v)
{
	const char *id = visit_capture(v, "id");
	struct rollout_look look;
	struct store_txn *txn;
	void *record;
	int err = manage_rollout_look(&v->m, id, &look);

	if (err == E_OK)
		err = record_open(v, &rollout_kind, id, &record, &txn);
	if (err != E_OK)
		return err;
	page_crumb(v, "Roll-outs", "/rollouts", NULL);
	page_begin(v, look.rollout.rollout_id);
	put_verbs(v, &look);
	put_warnings(v, &look);
	put_state(v, &look);
	put_steps(v, &look);
	page_section(v, "settings", "Settings");
	record_facts(v, txn, &shown, record);
	page_section_end(v);
	store_read_end(txn);
	return page_end(v);
}

/* ---- doing something with it -------------------------------------------------------------------------- */

const struct rollout_verb
    rollout_start = {.action = ROLLOUT_START,
	.word = "start",
	.title = "Start %s?",
	.text = "The image is verified first. From then on gateways of the share are "
		"offered it at their next poll.",
	.button = "Start it",
	.done = "is started",
	.percentage = true},
    rollout_step = {.action = ROLLOUT_STEP,
	.word = "step",
	.title = "Next step of %s?",
	.text = "More of the audience may get it from now on.",
	.button = "Make the step",
	.done = "has made a step",
	.percentage = true,
	.force = true},
    rollout_pause = {.action = ROLLOUT_PAUSE,
	.word = "pause",
	.title = "Pause %s?",
	.text = "Nobody is offered it while it is paused. Downloads under way go on.",
	.button = "Pause it",
	.done = "is paused",
	.why = true},
    rollout_resume = {.action = ROLLOUT_RESUME,
	.word = "resume",
	.title = "Resume %s?",
	.text = "What went wrong so far is accepted; only what comes from now on "
		"counts for its limit.",
	.button = "Resume it",
	.done = "goes on"},
    rollout_finish = {.action = ROLLOUT_FINISH,
	.word = "finish",
	.title = "Finish %s?",
	.text = "The channel names the release from then on: all of its gateways with "
		"auto_update get it, also those that the roll-out was not for.",
	.button = "Finish it",
	.done = "is finished",
	.danger = true,
	.force = true},
    rollout_abort = {.action = ROLLOUT_ABORT,
	.word = "abort",
	.title = "Abort %s?",
	.text =
	    "Nobody gets it any more, and that is for good. Stations that have it "
	    "keep it; Kickstarter gateways go back to the release of their channel.",
	.button = "Abort it",
	.done = "is aborted",
	.danger = true,
	.why = true};

static void
put_inputs(struct visit *v, const struct rollout_verb *verb)
{
	if (verb->percentage)
		input_text(v, &(struct input){.name = "percentage",
				  .label = "Share of the audience in per cent",
				  .help = "Empty: as the timetable says.",
				  .value = visit_field(v, "percentage"),
				  .max = 10});
	if (verb->why)
		input_text(v, &(struct input){.name = "why",
				  .label = "Why",
				  .help = "For the people who look at it later.",
				  .value = visit_field(v, "why"),
				  .max = 200});
	if (verb->force)
		input_check(v,
		    &(struct input){.name = "force",
			.label =
			    verb->action == ROLLOUT_STEP
				? "Also when that is less than now"
				: "Although it is too early, paused or for some only"},
		    visit_field(v, "force")[0] != '\0');
}

static int
ask(struct visit *v, int problem)
{
	const struct rollout_verb *verb = v->page->arguments;
	const char *id = visit_capture(v, "id");
	struct fault fault = v->m.fault;
	struct rollout r;
	char title[100];
	int err = manage_get(&v->m, &rollout_kind, id, &r);

	if (err != E_OK)
		return err;
	v->m.fault = fault;
	if (problem != E_OK)
		v->res->status = err_http(problem);
	snprintf(title, sizeof title, "%.*s%.40s%s",
	    (int)(strstr(verb->title, "%s") - verb->title), verb->title, id,
	    strstr(verb->title, "%s") + 2);
	page_crumb(v, "Roll-outs", "/rollouts", NULL);
	page_crumb(v, id, "/rollouts/{}", id);
	page_begin(v, title);
	input_problem(v, problem);
	page_text(v, verb->text);
	page_form(v, arena_printf(v->arena, "/rollouts/{}/%s", verb->word), id, NULL);
	put_inputs(v, verb);
	html_raw(&v->html, "<div class=\"buttons\">");
	if (verb->danger)
		html_raw(&v->html, "<button class=\"danger\">");
	else
		html_raw(&v->html, "<button>");
	html_text(&v->html, verb->button);
	html_raw(&v->html, "</button>\n");
	page_button(v, "No, go back", "/rollouts/{}", id, NULL);
	html_raw(&v->html, "</div>\n");
	page_form_end(v);
	return page_end(v);
}

int
page_rollout_ask(struct visit *v)
{
	return ask(v, E_OK);
}

int
rollout_share(struct visit *v, const char *text, double *share)
{
	struct span typed = span_trim(span_str(text));

	if (typed.len > 0 && typed.data[typed.len - 1] == '%')
		typed.len--;
	typed = span_trim(typed);
	if (typed.len == 0)
		return E_OK;
	if (number_double(typed, share) && *share > 0 && *share <= 100)
		return E_OK;
	return fault_set(
	    &v->m.fault, E_INVALID, "percentage", "must be a number above 0, to 100");
}

static int
read_act(struct visit *v, const struct rollout_verb *verb, struct rollout_act *act)
{
	*act = (struct rollout_act){.action = verb->action,
	    .why = verb->why ? visit_field(v, "why") : NULL,
	    .force = verb->force && visit_field(v, "force")[0] != '\0'};
	return verb->percentage
		   ? rollout_share(v, visit_field(v, "percentage"), &act->percentage)
		   : E_OK;
}

int
page_rollout_act(struct visit *v)
{
	const struct rollout_verb *verb = v->page->arguments;
	const char *id = visit_capture(v, "id");
	struct rollout_state after;
	struct rollout_act act;
	int err = read_act(v, verb, &act);

	if (err == E_OK)
		err = manage_rollout_act(&v->m, id, &act, &after);
	if (err == E_INVALID || err == E_STATE || err == E_CORRUPT)
		return ask(v, err);
	if (err != E_OK)
		return err;
	return visit_done(v,
	    arena_printf(v->arena, "Roll-out %s %s: %s, %g %%.", id, verb->done,
		rollout_status_name(after.status), after.percentage),
	    "/rollouts/{}", id);
}
