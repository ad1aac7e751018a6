/* Moving a fleet to another CUPS, and who is left. */
#include "admin/page_trust.h"
#include "admin/chart.h"
#include "admin/part.h"
#include "admin/widget.h"
#include "base/eui.h"
#include "manage/move.h"

/* Looked at for one page: for a trust each takes some 20 microseconds and more. */
#define LOOK_URI 20000
#define LOOK_TRUST 1000

/* ---- who is left ------------------------------------------------------------------------------ */

static int
put_left(struct manage *m, const struct left_gateway *g, void *arg)
{
	struct visit *v = arg;
	char eui[EUI_TEXT] = "";

	(void)m;
	if (g->gateway->eui != 0)
		eui_format(g->gateway->eui, eui);
	table_row(v);
	table_cell(v);
	page_link(
	    v, g->gateway->gateway_id, "/gateways/{}", g->gateway->gateway_id, NULL);
	table_cell(v);
	html_text(&v->html, eui);
	table_cell(v);
	page_time(v, g->sighting->seen_at[0]);
	table_cell(v);
	html_user(&v->html, g->sighting->cups_uri);
	table_cell(v);
	badge(v, g->why == LEFT_REFUSED ? MOOD_BAD : MOOD_WARN, left_why_name(g->why));
	html_raw(&v->html, " ");
	html_text(&v->html, left_why_text(g->why));
	return E_OK;
}

static void
put_figures(struct visit *v, const struct left *left)
{
	html_raw(&v->html, "<p>");
	if (left->concerned == 0) {
		html_raw(
		    &v->html, "None of the gateways that were looked at is concerned.");
	} else {
		chart_progress(v, "Gateways that have it", left->concerned - left->left,
		    left->concerned);
		html_raw(&v->html, " have it.");
	}
	html_raw(&v->html, "</p>\n");
	if (left->next != 0 || left->looked_at == 0)
		return;
	html_raw(&v->html, "<p class=\"quiet\">That was the end of the list.</p>\n");
}

int
left_table(struct visit *v, const struct leaving *how)
{
	static const char *const titles[] = {
	    "Gateway", "EUI", "Last seen", "At the address", "Why", NULL};
	struct leaving leaving = *how;
	struct left left;
	int err;

	leaving.after = pager_after(v);
	leaving.limit = PAGE_ROWS;
	leaving.look = how->trust != NULL ? LOOK_TRUST : LOOK_URI;
	table_begin(v, "Gateways that are left", titles);
	err = manage_left(&v->m, &leaving, put_left, v, &left);
	table_end(v);
	if (err != E_OK)
		return err;
	put_figures(v, &left);
	if (left.next != 0)
		page_text(v, arena_printf(v->arena,
				 "%llu gateways were looked at for this page.",
				 (unsigned long long)left.looked_at));
	pager(v, left.next);
	return page_end(v);
}

int
page_move_left(struct visit *v)
{
	const char *uri = visit_query(v, "uri");
	struct leaving how = {.uri = uri};

	page_crumb(v, "Trust certificates", "/trust", NULL);
	page_begin(v, "Gateways that have not come there yet");
	html_raw(&v->html, "<p>Those that are to move to ");
	html_user(&v->html, uri);
	html_raw(&v->html, " and reported another address at their last poll.</p>\n");
	return left_table(v, &how);
}

/* ---- moving -------------------------------------------------------------------------------------- */

static const char *
or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static const char *
given(struct visit *v, const char *name)
{
	return v->req->method == METHOD_POST ? visit_field(v, name)
					     : visit_query(v, name);
}

static struct gateway_filter
filter_of(struct visit *v)
{
	return (struct gateway_filter){.group = or_null(given(v, "group")),
	    .lns = or_null(given(v, "lns")),
	    .plan = or_null(given(v, "plan")),
	    .word = or_null(given(v, "word"))};
}

static bool
is_everybody(const struct gateway_filter *f)
{
	return f->group == NULL && f->lns == NULL && f->plan == NULL && f->word == NULL;
}

static int
count_one(struct manage *m, struct store_txn *txn, const struct gateway *g, void *arg)
{
	(void)m;
	(void)txn;
	(void)g;
	++*(uint64_t *)arg;
	return E_OK;
}

static void
put_choice(struct visit *v)
{
	filter_begin(v);
	filter_text(v, "uri", "New address (https://host:port)");
	filter_text(v, "group", "Gateways of the group");
	filter_text(v, "lns", "of the network server");
	filter_text(v, "plan", "with the frequency plan");
	filter_text(v, "word", "with the words");
	html_raw(&v->html, "<button>Look</button>\n</form>\n");
}

/* Whom it is about, again. */
static void
put_chosen(struct visit *v, const char *uri)
{
	static const char *const names[] = {"group", "lns", "plan", "word"};

	page_form(v, "/move", NULL, NULL);
	input_hidden(v, "uri", uri);
	for (size_t i = 0; i < COUNT(names); i++)
		input_hidden(v, names[i], given(v, names[i]));
}

/* How many it would be, and the button. */
static int
put_question(struct visit *v, const char *uri)
{
	struct gateway_filter filter = filter_of(v);
	struct fault fault = v->m.fault; /* of the form that is shown again */
	uint64_t count = 0;
	int err = manage_gateways(&v->m, &filter, 0, LOOK_URI, count_one, &count);

	if (err != E_OK && err != E_NOTFOUND)
		return err;
	v->m.fault = fault;
	page_section(v, "move", "Move them?");
	html_raw(&v->html, "<p>");
	html_text(&v->html, count == LOOK_URI ? "At least " : "");
	html_number(&v->html, count);
	html_raw(&v->html, " gateways fit. At their next poll they are told to go to ");
	html_user(&v->html, uri);
	html_raw(&v->html, ". The CUPS there must know them and their keys, or they "
			   "come back and forth "
			   "and are of no use to anybody meanwhile.</p>\n");
	put_chosen(v, uri);
	if (is_everybody(&filter))
		input_check(v,
		    &(struct input){
			.name = "all", .label = "I mean every gateway of the fleet"},
		    false);
	html_raw(&v->html, "<div class=\"buttons\"><button class=\"danger\">Move ");
	if (count == LOOK_URI) {
		html_raw(&v->html, "all that fit</button>\n");
	} else {
		html_number(&v->html, count);
		html_raw(&v->html, " gateways</button>\n");
	}
	page_button(v, "Who is left?", "/move/left?uri={}", uri, NULL);
	html_raw(&v->html, "</div>\n");
	page_form_end(v);
	page_section_end(v);
	page_section(v, "stay", "Or let them stay?");
	page_text(v, "Those that are to move there stay where they are.");
	put_chosen(v, uri);
	input_hidden(v, "stay", "yes");
	input_submit(v, "Let them stay");
	page_form_end(v);
	page_section_end(v);
	return E_OK;
}

static int
put_page(struct visit *v, int problem)
{
	const char *uri = given(v, "uri");
	int err;

	if (problem != E_OK)
		v->res->status = err_http(problem);
	page_crumb(v, "Trust certificates", "/trust", NULL);
	page_begin(v, "Move a fleet");
	page_text(v,
	    "Gateways are sent to another CUPS: to a second address of this one, "
	    "say, with another certificate. First register the certificate of "
	    "the new address, move a small group, and see that it comes.");
	if (!v->admin->settings.cups.allow_redirect)
		page_note(v, MOOD_WARN,
		    "The configuration allows no redirects (allow_cups_redirect), so "
		    "no gateway will be told.");
	input_problem(v, problem);
	put_choice(v);
	if (uri[0] != '\0' && (err = put_question(v, uri)) != E_OK)
		return err;
	return page_end(v);
}

int
page_move(struct visit *v)
{
	return put_page(v, E_OK);
}

int
page_move_start(struct visit *v)
{
	const char *uri = visit_field(v, "uri");
	bool stay = visit_field(v, "stay")[0] != '\0';
	struct moving how = {
	    .filter = filter_of(v), .uri = stay ? "" : uri, .from = stay ? uri : NULL};
	struct moved done;
	int err;

	if (uri[0] == '\0')
		err = fault_set(&v->m.fault, E_INVALID, "uri", "say where to");
	else if (!stay && is_everybody(&how.filter) && visit_field(v, "all")[0] == '\0')
		err = fault_set(&v->m.fault, E_INVALID, "all",
		    "nothing is chosen: say that every gateway is meant");
	else
		err = manage_move(&v->m, &how, &done);
	if (err == E_INVALID || err == E_STATE || err == E_NOTFOUND)
		return put_page(v, err);
	if (err != E_OK)
		return err;
	return visit_done(v,
	    arena_printf(v->arena, "%llu of %llu gateways are to %s.",
		(unsigned long long)done.changed, (unsigned long long)done.matched,
		stay ? "stay, which were to move" : "move"),
	    "/move/left?uri={}", uri);
}
