#include "admin/page_rollouts.h"

#include "admin/chart.h"
#include "firmware/rollout.h"

/* ---- what all of these pages show ---------------------------------------------------------- */

bool
rollout_is_blind(const struct rollout_look *look)
{
	return look->firmware.family == FIRMWARE_KICKSTARTER;
}

void
rollout_badge(struct visit *v, const struct rollout_state *state)
{
	static const enum mood moods[] = {[ROLLOUT_DRAFT] = MOOD_QUIET,
	    [ROLLOUT_RUNNING] = MOOD_GOOD,
	    [ROLLOUT_PAUSED] = MOOD_WARN,
	    [ROLLOUT_ABORTED] = MOOD_BAD,
	    [ROLLOUT_FINISHED] = MOOD_QUIET};

	badge(v, moods[state->status], rollout_status_name(state->status));
}

void
rollout_bar(struct visit *v, const struct rollout_look *look)
{
	const struct rollout_state *s = &look->state;
	uint64_t offered = rollout_ever_offered(s);

	if (rollout_is_blind(look)) {
		html_number(&v->html, offered);
		html_raw(&v->html, " offered <span class=\"quiet\">(what became of "
				   "them cannot be seen)</span>");
		return;
	}
	if (offered == 0) {
		html_raw(
		    &v->html, "<span class=\"quiet\">nobody was offered it yet</span>");
		return;
	}
	chart_progress(v,
	    arena_printf(v->arena, "Updated by %s", look->rollout.rollout_id),
	    s->updated, offered);
	html_raw(&v->html, " updated");
	if (s->failed + s->silent == 0)
		return;
	html_raw(&v->html, ", ");
	html_number(&v->html, s->failed + s->silent);
	html_raw(&v->html, " failed or silent");
}

static void
put_cells(struct visit *v, const struct rollout_look *look)
{
	const struct rollout_state *s = &look->state;

	table_cell(v);
	html_user(&v->html, look->release.release_id);
	table_cell(v);
	html_user(&v->html, look->channel.channel_id);
	table_cell(v);
	rollout_badge(v, s);
	table_cell(v);
	html_printf(&v->html, "%g %%", s->percentage);
	table_cell(v);
	if (s->status != ROLLOUT_DRAFT)
		rollout_bar(v, look);
	table_cell(v);
	if (s->status == ROLLOUT_PAUSED || s->status == ROLLOUT_ABORTED) {
		html_user(&v->html, s->why != NULL ? s->why : "");
	} else if (look->next_step != 0) {
		html_raw(&v->html, "next step ");
		page_time(v, look->next_step);
	}
}

/* ---- tables of some ---------------------------------------------------------------------------- */

struct some {
	struct visit *v;
	const char *ids[PAGE_ROWS];
	uint64_t serials[PAGE_ROWS];
	size_t count;
	bool more;
	struct store_txn *ledger; /* take only those under way; NULL: all */
};

static bool
is_under_way(struct some *s, const struct rollout *r, struct arena *arena)
{
	struct rollout_state state;

	return s->ledger == NULL ||
	       (rollout_state_get(s->ledger, r->serial, arena, &state) == E_OK &&
		   (state.status == ROLLOUT_RUNNING || state.status == ROLLOUT_PAUSED));
}

static int
take(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct rollout *r = record;
	struct some *s = arg;

	(void)txn;
	if (!is_under_way(s, r, m->arena))
		return E_OK;
	if (s->count == PAGE_ROWS) {
		s->more = true;
		return E_AGAIN;
	}
	s->serials[s->count] = r->serial;
	s->ids[s->count] = arena_strdup(s->v->arena, r->rollout_id);
	return s->ids[s->count++] != NULL ? E_OK : E_NOMEM;
}

static int
find_under_way(struct visit *v, struct some *s)
{
	int err = store_read_begin(v->admin->data.ledger, &s->ledger);

	if (err != E_OK)
		return manage_failed(&v->m, err);
	err = manage_list(&v->m, &rollout_kind, 0, 0, take, s);
	store_read_end(s->ledger);
	s->ledger = NULL;
	return err;
}

static int
put_table(struct visit *v, const char *caption, const struct some *s)
{
	static const char *const titles[] = {"Roll-out", "Release", "Channel", "State",
	    "Share", "Progress", "What next, or why", NULL};
	struct rollout_look look;
	int err = E_OK;

	table_begin(v, caption, titles);
	for (size_t i = 0; err == E_OK && i < s->count; i++) {
		table_row(v);
		table_cell(v);
		page_link(v, s->ids[i], "/rollouts/{}", s->ids[i], NULL);
		err = manage_rollout_look(&v->m, s->ids[i], &look);
		if (err == E_OK) {
			put_cells(v, &look);
		} else if (err != E_NOMEM) {
			/* One that is damaged does not hide the others. */
			table_cell(v);
			html_user(&v->html, visit_fault(v, err));
			v->m.fault = (struct fault){0};
			err = E_OK;
		}
	}
	table_end(v);
	return err;
}

static int
put_section(struct visit *v, const struct some *s)
{
	int err = E_OK;

	page_section(v, "rollouts", "Roll-outs under way");
	if (s->count == 0)
		page_text(v, "No roll-out is under way.");
	else
		err = put_table(v, "Roll-outs under way", s);
	page_section_end(v);
	return err;
}

int
overview_rollouts(struct visit *v)
{
	struct some *s = arena_zalloc(v->arena, 1, sizeof *s);
	int err = E_NOMEM;

	if (s == NULL)
		return err;
	s->v = v;
	err = find_under_way(v, s);
	return err == E_OK ? put_section(v, s) : err;
}

int
page_rollouts(struct visit *v)
{
	struct some *s = arena_zalloc(v->arena, 1, sizeof *s);
	struct some *under_way = arena_zalloc(v->arena, 1, sizeof *under_way);
	uint64_t after = pager_after(v);
	int err = E_NOMEM;

	if (s == NULL || under_way == NULL)
		return err;
	s->v = under_way->v = v;
	err = manage_list(&v->m, &rollout_kind, after, 0, take, s);
	if (err == E_OK && after == 0)
		err = find_under_way(v, under_way);
	if (err != E_OK)
		return err;
	page_begin(v, "Roll-outs");
	page_text(v,
	    "A roll-out brings a release to a growing part of a channel's "
	    "gateways, watches what becomes of them, and pauses by itself when "
	    "too many fail or fall silent.");
	page_buttons(v);
	if (visit_may(v, PAGE_OPERATOR))
		page_button(v, "New roll-out", "/rollouts/new", NULL, NULL);
	page_button(v, "Releases", "/releases", NULL, NULL);
	page_button(v, "Channels", "/channels", NULL, NULL);
	page_buttons_end(v);
	/* Where there are no others, once is enough. */
	if (under_way->count > 0 && (under_way->count < s->count || s->more))
		err = put_section(v, under_way);
	if (err != E_OK)
		return err;
	page_section(v, "all", "All of them");
	err = put_table(v, "Roll-outs", s);
	if (s->count == 0)
		page_note(v, MOOD_QUIET, "There are none.");
	page_section_end(v);
	pager(v, s->more ? s->serials[s->count - 1] : 0);
	return err == E_OK ? page_end(v) : err;
}
