/* A roll-out's gateways: what became of each, and what would become of it. */
#include "admin/page_rollouts.h"
#include "admin/widget.h"
#include "base/number.h"
#include "registry/sighting.h"

/* What is shown of a gateway; the rest of the record is not kept. */
struct row {
	uint64_t serial;
	const char *id, *version;
	unsigned what; /* place or reason */
	uint64_t offers;
	int64_t offered_at, outcome_at;
};

struct rows {
	struct visit *v;
	int wanted; /* place or reason; -1: any */
	uint64_t after;
	struct row list[PAGE_ROWS];
	size_t count;
	bool more;
};

static struct rows *
rows_new(struct visit *v)
{
	struct rows *r = arena_zalloc(v->arena, 1, sizeof *r);

	if (r == NULL)
		return NULL;
	r->v = v;
	r->wanted = -1;
	r->after = pager_after(v);
	return r;
}

/* The next row to be filled; NULL when it is not one of this page. */
static struct row *
rows_take(struct rows *r, const struct gateway *g, unsigned what)
{
	struct row *row;

	if (g->serial <= r->after || (r->wanted >= 0 && what != (unsigned)r->wanted))
		return NULL;
	if (r->count == PAGE_ROWS) {
		r->more = true;
		return NULL;
	}
	row = &r->list[r->count];
	*row = (struct row){.serial = g->serial,
	    .what = what,
	    .id = arena_strdup(r->v->arena, g->gateway_id),
	    .version = ""};
	r->count += row->id != NULL;
	return row->id != NULL ? row : NULL;
}

static void
rows_pager(struct visit *v, const struct rows *r)
{
	if (r->count == 0)
		page_note(v, MOOD_QUIET, "There are none.");
	pager(v, r->more ? r->list[r->count - 1].serial : 0);
}

static void
put_count(struct visit *v, const char *text, uint64_t n, const char *filter)
{
	table_row(v);
	table_cell(v);
	if (filter != NULL) {
		html_raw(&v->html, "<a");
		html_attr(&v->html, "href", filter);
		html_raw(&v->html, ">");
	}
	html_text(&v->html, text);
	if (filter != NULL)
		html_raw(&v->html, "</a>");
	table_cell(v);
	html_number(&v->html, n);
}

/* ---- what became of them ------------------------------------------------------------------- */

static const struct {
	const char *text;
	enum mood mood;
} places[PLACES] = {
    [PLACE_UPDATED] = {"has come back with the new version", MOOD_GOOD},
    [PLACE_OFFERED] = {"was offered it and has not come back yet", MOOD_QUIET},
    [PLACE_FAILED] = {"came back with another version", MOOD_BAD},
    [PLACE_SILENT] = {"did not come back within two days", MOOD_BAD},
    [PLACE_CURRENT] = {"has the version without this roll-out", MOOD_GOOD},
    [PLACE_WAITING] = {"is in, and has not been offered it yet", MOOD_QUIET},
    [PLACE_LATER] = {"is not in at this share", MOOD_QUIET},
};

static int
take_gateway(void *arg, const struct gateway *g, enum rollout_place place,
    const struct rollout_offer *offer)
{
	struct row *row = rows_take(arg, g, place);

	if (row == NULL)
		return E_OK;
	row->offers = offer->offers;
	row->offered_at = offer->offered_at;
	row->outcome_at = offer->outcome_at;
	return E_OK;
}

static void
put_sums(struct visit *v, const struct rollout_look *look)
{
	static const char *const titles[] = {"Where they stand", "Gateways", NULL};

	page_section(v, "sums", "In all");
	table_begin(v, "Gateways by where they stand", titles);
	for (int i = 0; i < PLACES; i++)
		put_count(v, places[i].text, look->places[i],
		    arena_printf(v->arena, "%s?place=%s", visit_here(v),
			rollout_place_name((enum rollout_place)i)));
	put_count(v, "the whole audience", look->audience, visit_here(v));
	table_end(v);
	html_raw(&v->html, "<p>");
	html_number(&v->html, look->in);
	html_printf(&v->html, " of the audience are within the share of %g %%.",
	    look->state.percentage);
	if (look->left > 0) {
		html_raw(&v->html, " ");
		html_number(&v->html, look->left);
		html_raw(
		    &v->html, " were offered it and are no longer of the audience.");
	}
	html_raw(&v->html, "</p>\n");
	page_section_end(v);
}

static void
put_gateways(struct visit *v, const struct rows *rows)
{
	static const char *const titles[] = {
	    "Gateway", "State", "Offers", "Offered", "Outcome", NULL};

	table_begin(v, "Gateways", titles);
	for (size_t i = 0; i < rows->count; i++) {
		const struct row *r = &rows->list[i];

		table_row(v);
		table_cell(v);
		page_link(v, r->id, "/gateways/{}", r->id, NULL);
		table_cell(v);
		badge(v, places[r->what].mood,
		    rollout_place_name((enum rollout_place)r->what));
		table_cell(v);
		html_number(&v->html, r->offers);
		table_cell(v);
		if (r->offered_at != 0)
			page_time(v, r->offered_at);
		table_cell(v);
		if (r->outcome_at != 0)
			page_time(v, r->outcome_at);
	}
	table_end(v);
	rows_pager(v, rows);
}

int
page_rollout_gateways(struct visit *v)
{
	const char *id = visit_capture(v, "id"), *place = visit_query(v, "place");
	struct rows *rows = rows_new(v);
	struct rollout_look look;
	int err = E_NOMEM;

	if (rows == NULL)
		return err;
	for (int i = 0; i < PLACES; i++)
		if (strcmp(rollout_place_name((enum rollout_place)i), place) == 0)
			rows->wanted = i;
	err = manage_rollout_status(&v->m, id, take_gateway, rows, &look);
	if (err != E_OK)
		return err;
	page_crumb(v, "Roll-outs", "/rollouts", NULL);
	page_crumb(v, id, "/rollouts/{}", id);
	page_begin(v, "Its gateways");
	if (rollout_is_blind(&look))
		page_note(v, MOOD_WARN,
		    "Kickstarter gateways report no version: their outcome is "
		    "\"offered\" only.");
	put_sums(v, &look);
	page_section(v, "gateways",
	    rows->wanted >= 0 ? places[rows->wanted].text : "All of them");
	put_gateways(v, rows);
	page_section_end(v);
	return page_end(v);
}

/* ---- what would become of them ------------------------------------------------------------------ */

static int
take_planned(
    void *arg, const struct gateway *g, unsigned why, const struct sighting *seen)
{
	struct rows *rows = arg;
	struct row *row = rows_take(rows, g, why);

	if (row == NULL || seen->serial == 0)
		return E_OK;
	row->version = arena_strdup(
	    rows->v->arena, seen->package[0] != '\0' ? seen->package : seen->station);
	if (row->version == NULL)
		row->version = "";
	return E_OK;
}

static void
put_reasons(struct visit *v, const struct rollout_plan *plan, const char *share)
{
	static const char *const titles[] = {"What and why", "Gateways", NULL};

	page_section(v, "sums", "In all");
	table_begin(v, "Gateways by reason", titles);
	for (unsigned i = 0; i < PLAN_WHYS; i++)
		if (plan->counts[i] > 0 || i == FIRMWARE_SENT)
			put_count(v, rollout_plan_text(i), plan->counts[i],
			    arena_printf(v->arena, "%s?percentage=%s&why=%s",
				visit_here(v), share, rollout_plan_name(i)));
	put_count(v, "all gateways of the channel", plan->gateways,
	    arena_printf(v->arena, "%s?percentage=%s", visit_here(v), share));
	table_end(v);
	page_section_end(v);
}

static void
put_planned(struct visit *v, const struct rows *rows)
{
	static const char *const titles[] = {
	    "Gateway", "Runs now", "Would get it", "Why", NULL};

	table_begin(v, "Gateways", titles);
	for (size_t i = 0; i < rows->count; i++) {
		const struct row *r = &rows->list[i];

		table_row(v);
		table_cell(v);
		page_link(v, r->id, "/gateways/{}", r->id, NULL);
		table_cell(v);
		html_user(&v->html, r->version);
		table_cell(v);
		if (r->what == FIRMWARE_SENT)
			badge(v, MOOD_GOOD, "yes");
		else
			badge(v, MOOD_QUIET, "no");
		table_cell(v);
		if (r->what != FIRMWARE_SENT)
			html_text(&v->html, rollout_plan_text(r->what));
	}
	table_end(v);
	rows_pager(v, rows);
}

int
page_rollout_plan(struct visit *v)
{
	const char *id = visit_capture(v, "id"), *why = visit_query(v, "why");
	struct rows *rows = rows_new(v);
	struct rollout_plan plan;
	const char *share;
	double asked = 0; /* the present one */
	struct fault fault;
	int problem, err;

	if (rows == NULL)
		return E_NOMEM;
	if ((problem = rollout_share(v, visit_query(v, "percentage"), &asked)) != E_OK)
		asked = 0;
	fault = v->m.fault;
	for (unsigned i = 0; i < PLAN_WHYS; i++)
		if (strcmp(rollout_plan_name(i), why) == 0)
			rows->wanted = (int)i;
	err = manage_rollout_plan(&v->m, id, asked, take_planned, rows, &plan);
	if (err != E_OK)
		return err;
	share = arena_printf(v->arena, "%g", plan.look.state.percentage);
	page_crumb(v, "Roll-outs", "/rollouts", NULL);
	page_crumb(v, id, "/rollouts/{}", id);
	if (problem != E_OK)
		v->res->status = err_http(problem);
	page_begin(v, "Who would get it now, and why");
	v->m.fault = fault;
	input_problem(v, problem);
	page_text(v,
	    arena_printf(v->arena,
		"As if it were running for %s %% and every gateway came now just as it "
		"came last. Nothing is changed by looking.",
		share));
	filter_begin(v);
	filter_text(v, "percentage", "Share in per cent");
	filter_end(v);
	put_reasons(v, &plan, share);
	page_section(v, "gateways",
	    rows->wanted >= 0 ? rollout_plan_text((unsigned)rows->wanted)
			      : "All of them");
	put_planned(v, rows);
	page_section_end(v);
	return page_end(v);
}
