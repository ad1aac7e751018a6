/*
 * The overview costs the same however large the fleet is: gateways are counted at most once a
 * minute, large fleets by `gatehouse tick` alone (manage/overview.h); what is listed is cut.
 */
#include "admin/page_overview.h"

#include "admin/page_rollouts.h"
#include "admin/chart.h"
#include "admin/part.h"
#include "admin/widget.h"
#include "base/eui.h"
#include "manage/adopt.h"
#include "manage/overview.h"
#include "registry/ca.h"
#include "registry/trust.h"
#include "registry/trust_job.h"

#define SHOWN 8

/* ---- gateways ------------------------------------------------------------------------------ */

static void
put_seen(struct visit *v, const struct overview *o)
{
	static const enum mood moods[] = {[SEEN_MINUTES] = MOOD_GOOD,
	    [SEEN_HOUR] = MOOD_GOOD,
	    [SEEN_DAY] = MOOD_GOOD,
	    [SEEN_OLDER] = MOOD_WARN,
	    [SEEN_NEVER] = MOOD_QUIET};
	struct bar bars[SEEN_COUNT];

	for (int i = 0; i < SEEN_COUNT; i++)
		bars[i] = (struct bar){.label = seen_when_text((enum seen_when)i),
		    .value = o->seen[i],
		    .mood = moods[i]};
	page_section(v, "seen", "Gateways by when they came last");
	chart_bars(v, "Gateways by when they came last", "Gateways", bars, SEEN_COUNT);
	html_raw(&v->html, "<p class=\"quiet\">");
	html_number(&v->html, o->gateways);
	html_raw(&v->html, " gateways, counted ");
	page_time(v, o->at);
	html_raw(&v->html,
	    ". A gateway that is connected to its network server comes once "
	    "a day.</p>\n");
	page_section_end(v);
}

static void
put_versions(struct visit *v, const struct overview *o)
{
	struct bar bars[OVERVIEW_VERSIONS + 2];
	size_t n = 0;

	while (n < OVERVIEW_VERSIONS && o->versions[n].count > 0) {
		bars[n] = (struct bar){
		    .label = o->versions[n].name, .value = o->versions[n].count};
		n++;
	}
	if (o->other_versions > 0)
		bars[n++] = (struct bar){.label = "others", .value = o->other_versions};
	if (o->no_version > 0)
		bars[n++] = (struct bar){.label = "told none", .value = o->no_version};
	page_section(v, "versions", "Versions in the field");
	if (n > 0)
		chart_bars(v, "Gateways by model and version", "Gateways", bars, n);
	else
		page_text(v, "No gateway has told its version yet.");
	page_section_end(v);
}

/* The names of some, as links. */
static int
put_named(struct visit *v, const uint64_t serials[OVERVIEW_NAMED], uint64_t all)
{
	struct store_txn *txn;
	size_t shown = 0;
	struct gateway g;
	int err = store_read_begin(v->admin->data.registry, &txn);

	if (err != E_OK)
		return err;
	for (size_t i = 0; i < OVERVIEW_NAMED && serials[i] != 0; i++) {
		if (registry_get(txn, &gateway_kind, serials[i], v->arena, &g) !=
			E_OK ||
		    g.deleted_at != 0)
			continue;
		if (shown++ > 0)
			html_raw(&v->html, ", ");
		page_link(v, g.gateway_id, "/gateways/{}", g.gateway_id, NULL);
	}
	store_read_end(txn);
	if (all > OVERVIEW_NAMED)
		html_printf(&v->html, " and %llu more",
		    (unsigned long long)(all - OVERVIEW_NAMED));
	return E_OK;
}

static int
put_troubles(struct visit *v, const struct overview *o)
{
	static const char *const titles[] = {
	    "Trouble", "Gateways", "What that means", "Which", NULL};
	static const enum mood moods[] = {[TROUBLE_REFUSED] = MOOD_BAD,
	    [TROUBLE_REJECTED] = MOOD_WARN,
	    [TROUBLE_LOOPING] = MOOD_WARN,
	    [TROUBLE_STOPPED] = MOOD_BAD,
	    [TROUBLE_SILENT] = MOOD_WARN};
	bool any = false;
	int err = E_OK;

	page_section(v, "troubles", "Troubles");
	for (int i = 0; i < TROUBLE_COUNT; i++)
		any |= o->troubles[i] > 0;
	if (!any) {
		page_text(v, "None that their polls tell of.");
		page_section_end(v);
		return E_OK;
	}
	table_begin(v, "Gateways in trouble", titles);
	for (int i = 0; err == E_OK && i < TROUBLE_COUNT; i++) {
		enum trouble t = (enum trouble)i;

		if (o->troubles[i] == 0)
			continue;
		table_row(v);
		table_cell(v);
		badge(v, moods[i], trouble_name(t));
		table_cell(v);
		html_number(&v->html, o->troubles[i]);
		table_cell(v);
		html_text(&v->html, trouble_text(t));
		table_cell(v);
		err = put_named(v, o->troubled[i], o->troubles[i]);
	}
	table_end(v);
	page_section_end(v);
	return err;
}

static int
put_fleet(struct visit *v)
{
	struct overview o;
	int err = manage_overview(&v->m, &o);

	if (err != E_OK)
		return err;
	if (o.at == 0) {
		page_note(v, MOOD_QUIET,
		    "So many gateways are counted by `gatehouse tick`, which has not "
		    "run yet.");
		return E_OK;
	}
	if (v->now - o.at > 3600)
		page_note(v, MOOD_WARN,
		    "`gatehouse tick` has not run for an hour: the figures are old, "
		    "and nothing is fetched.");
	if (o.damaged > 0)
		page_note(v, MOOD_BAD,
		    arena_printf(v->arena,
			"The records of %llu gateways are damaged. `gatehouse check` "
			"names them and says what to do.",
			(unsigned long long)o.damaged));
	html_raw(&v->html, "<div class=\"columns\">\n");
	put_seen(v, &o);
	put_versions(v, &o);
	html_raw(&v->html, "</div>\n");
	return put_troubles(v, &o);
}

/* ---- unknown ones ------------------------------------------------------------------------------ */

struct unknowns {
	struct visit *v;
	uint64_t count, last;
};

static int
put_unknown(struct manage *m, const struct unknown_sighting *u, void *arg)
{
	struct unknowns *all = arg;
	struct visit *v = all->v;
	char eui[EUI_TEXT];

	(void)m;
	/* Entries of one EUI stand beside each other when they came together. */
	if (u->eui == all->last)
		return E_OK;
	all->last = u->eui;
	if (all->count++ >= SHOWN)
		return E_OK;
	if (all->count == 1)
		html_raw(&v->html, "<ul>\n");
	html_raw(&v->html, "<li>");
	eui_format(u->eui, eui);
	page_link(v, eui, "/unknown/{}", eui, NULL);
	html_raw(&v->html, ", ");
	page_time(v, u->last_at);
	html_raw(&v->html, ", from ");
	html_user(&v->html, u->address);
	html_raw(&v->html, "</li>\n");
	return E_OK;
}

static int
put_unknowns(struct visit *v)
{
	struct unknowns all = {.v = v};
	int err;

	page_section(v, "unknown", "Unknown gateways");
	err = manage_unknowns(&v->m, put_unknown, &all);
	if (all.count > 0)
		html_raw(&v->html, "</ul>\n");
	if (err == E_NOTFOUND)
		page_text(v, "The list cannot be opened.");
	else if (all.count == 0)
		page_text(v, "None has come.");
	if (all.count > SHOWN)
		page_link(v,
		    arena_printf(v->arena, "and %llu more",
			(unsigned long long)(all.count - SHOWN)),
		    "/unknown", NULL, NULL);
	page_section_end(v);
	return err == E_NOTFOUND ? E_OK : err;
}

/* ---- certificates --------------------------------------------------------------------------------- */

struct ending {
	struct visit *v;
	size_t count;
};

static void
put_ending(
    struct ending *e, const char *what, const char *id, const char *path, int64_t t)
{
	struct visit *v = e->v;

	if (t == 0 || t - v->now >= ENDS_SOON || e->count++ >= SHOWN)
		return;
	if (e->count == 1)
		html_raw(&v->html, "<ul>\n");
	html_raw(&v->html, "<li>");
	html_text(&v->html, what);
	html_raw(&v->html, " ");
	page_link(v, id, path, id, NULL);
	html_raw(&v->html, ", ");
	page_ends(v, t);
	html_raw(&v->html, "</li>\n");
}

static int
see_trust(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct trust *t = record;

	(void)m;
	(void)txn;
	put_ending(arg, "trust", t->trust_id, "/trust/{}", t->not_after);
	put_ending(
	    arg, "the server's chain of", t->trust_id, "/trust/{}", t->chain_not_after);
	return E_OK;
}

static int
see_ca(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct ca *ca = record;

	(void)m;
	(void)txn;
	put_ending(arg, "CA", ca->ca_id, "/cas/{}", ca->not_after);
	return E_OK;
}

struct jobs {
	uint64_t waiting, wrong;
};

static int
see_job(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct trust_job *job = record;
	struct jobs *jobs = arg;

	(void)m;
	(void)txn;
	jobs->waiting += job->state == JOB_WAITING;
	jobs->wrong += job->state == JOB_FAILED || job->state == JOB_CHANGED;
	return E_OK;
}

#define LOOKED_AT 2000 /* records of a kind: operators have some, not thousands */

static int
put_certificates(struct visit *v)
{
	struct ending e = {.v = v};
	struct jobs jobs = {0};
	int err;

	page_section(v, "certificates", "Certificates that end within 30 days");
	err = manage_list(&v->m, &trust_kind, 0, LOOKED_AT, see_trust, &e);
	if (err == E_OK)
		err = manage_list(&v->m, &ca_kind, 0, LOOKED_AT, see_ca, &e);
	if (e.count > 0)
		html_raw(&v->html, "</ul>\n");
	else
		page_text(v, "None.");
	if (e.count > SHOWN)
		page_text(v, arena_printf(v->arena, "and %zu more", e.count - SHOWN));
	if (err == E_OK)
		err = manage_list(&v->m, &trust_job_kind, 0, LOOKED_AT, see_job, &jobs);
	if (jobs.wrong > 0)
		page_link(v,
		    arena_printf(v->arena, "%llu that were to be fetched were not",
			(unsigned long long)jobs.wrong),
		    "/trust", NULL, NULL);
	page_section_end(v);
	return err;
}

int
page_overview(struct visit *v)
{
	int err;

	page_begin(v, "Overview");
	if ((err = put_fleet(v)) != E_OK || (err = overview_rollouts(v)) != E_OK)
		return err;
	html_raw(&v->html, "<div class=\"columns\">\n");
	if ((err = put_unknowns(v)) != E_OK || (err = put_certificates(v)) != E_OK)
		return err;
	html_raw(&v->html, "</div>\n");
	return page_end(v);
}
