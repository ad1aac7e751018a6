/* The list of gateways. */
#include <stdio.h>

#include "admin/page_gateway.h"
#include "admin/widget.h"
#include "base/eui.h"
#include "manage/explain.h"
#include "registry/lns.h"

static void
polls_badge(struct visit *v, const struct sighting *s)
{
	static const struct {
		enum mood mood;
		const char *text;
	} rows[POLLS_COUNT] = {
	    [POLLS_NEVER] = {MOOD_QUIET, "never seen"},
	    [POLLS_FEW] = {MOOD_QUIET, "new"},
	    [POLLS_FINE] = {MOOD_GOOD, "fine"},
	    [POLLS_MINUTE] = {MOOD_WARN, "rejected by its network server"},
	    [POLLS_APPLYING] = {MOOD_QUIET, "applying changes"},
	    [POLLS_STOPPED] = {MOOD_BAD, "stopped: sent in vain"},
	    [POLLS_REFUSED] = {MOOD_BAD, "refused here"},
	    [POLLS_SILENT] = {MOOD_WARN, "silent"},
	};
	enum poll_pattern p = poll_pattern_of(s, v->now);

	badge(v, rows[p].mood, rows[p].text);
}

void
gateway_badge(struct visit *v, const struct gateway *g)
{
	struct file_sighting file;
	struct sighting s;

	if (g->deleted_at != 0)
		badge(v, MOOD_BAD, "deleted");
	else if (sighting_get(v->admin->data.sightings, g->serial, &s))
		polls_badge(v, &s);
	else if (file_sighting_get(v->admin->data.files, g->serial, &file) &&
		 file.seen_at[0] != 0)
		badge(v, v->now - file.seen_at[0] > 2 * 86400 ? MOOD_WARN : MOOD_GOOD,
		    "asks for files");
	else
		badge(v, MOOD_QUIET, "never seen");
}

/* ---- rows ------------------------------------------------------------------------------------ */

struct listing {
	struct visit *v;
	uint64_t shown, last;
	bool more;
};

static int
put_row(struct manage *m, struct store_txn *txn, const struct gateway *g, void *arg)
{
	static const char *const columns[] = {"lns", "frequency_plan_ids"};
	struct listing *l = arg;
	struct visit *v = l->v;
	char eui[EUI_TEXT] = "";

	(void)m;
	if (l->shown == PAGE_ROWS) {
		l->more = true;
		return E_AGAIN;
	}
	l->shown++;
	l->last = g->serial;
	table_row(v);
	table_cell(v);
	page_link(v, g->gateway_id, "/gateways/{}", g->gateway_id, NULL);
	table_cell(v);
	html_user(&v->html, g->name);
	table_cell(v);
	if (g->eui != 0)
		eui_format(g->eui, eui);
	html_raw(&v->html, "<code>");
	html_text(&v->html, eui);
	html_raw(&v->html, "</code>");
	for (size_t i = 0; i < COUNT(columns); i++)
		record_cell(v, txn, &gateway_kind, columns[i], g);
	table_cell(v);
	page_time(v,
	    sighting_last(v->admin->data.sightings, v->admin->data.files, g->serial));
	table_cell(v);
	gateway_badge(v, g);
	return E_OK;
}

/* ---- the filter --------------------------------------------------------------------------------- */

struct servers {
	struct visit *v;
	const char *ids[102];
	size_t count;
};

static int
add_server(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	struct servers *s = arg;
	const char *copy;

	(void)m;
	(void)txn;
	copy = arena_strdup(s->v->arena, ((const struct lns *)record)->lns_id);
	if (copy != NULL)
		s->ids[s->count++] = copy;
	return E_OK;
}

static const char *
chosen(struct visit *v, const char *name)
{
	const char *value = visit_query(v, name);

	return value[0] != '\0' ? value : NULL;
}

static int
put_filter(struct visit *v)
{
	static const char *const values[] = {"", "deleted", NULL};
	static const char *const labels[] = {"in use", "deleted", NULL};
	struct servers s = {.v = v, .ids = {""}, .count = 1};
	const char *names[102];
	int err = manage_list(&v->m, &lns_kind, 0, 100, add_server, &s);

	if (err != E_OK)
		return err;
	memcpy(names, s.ids, sizeof names);
	names[0] = "(all)";
	filter_begin(v);
	filter_text(v, "word", "Words");
	filter_text(v, "group", "Group");
	filter_text(v, "plan", "Frequency plan");
	filter_choice(v, "lns", "Network server", s.ids, names);
	filter_choice(v, "state", "Gateways", values, labels);
	filter_end(v);
	return E_OK;
}

int
page_gateways(struct visit *v)
{
	static const char *const titles[] = {"ID", "Name", "EUI", "Network server",
	    "Frequency plans", "Last seen", "State", NULL};
	struct gateway_filter filter = {.word = chosen(v, "word"),
	    .group = chosen(v, "group"),
	    .lns = chosen(v, "lns"),
	    .plan = chosen(v, "plan"),
	    .deleted = chosen(v, "state") != NULL};
	struct listing l = {.v = v};
	uint64_t damaged = 0;
	int err;

	filter.damaged = &damaged;
	page_begin(v, "Gateways");
	if (visit_may(v, PAGE_OPERATOR)) {
		page_buttons(v);
		page_button(v, "New gateway", "/gateways/new", NULL, NULL);
		page_buttons_end(v);
	}
	if ((err = put_filter(v)) != E_OK)
		return err;
	table_begin(v, "Gateways", titles);
	err = manage_gateways(&v->m, &filter, pager_after(v), 0, put_row, &l);
	table_end(v);
	if (err != E_OK && err != E_NOTFOUND)
		return err;
	if (l.shown == 0)
		page_note(v, MOOD_QUIET, "There are none.");
	if (damaged > 0)
		page_note(v, MOOD_BAD,
		    arena_printf(v->arena,
			"The records of %llu gateways are damaged; they are missing "
			"here. `gatehouse check` names them and says what to do.",
			(unsigned long long)damaged));
	pager(v, l.more ? l.last : 0);
	return page_end(v);
}
