/* One gateway: its settings, what was seen of it, and what is done with it. */
#include "admin/page_gateway.h"

#include "admin/input.h"
#include "admin/widget.h"
#include "kickstarter/activation.h"
#include "manage/activation.h"
#include "manage/explain.h"
#include "registry/audit.h"

/* ---- its fields ------------------------------------------------------------------------------- */

static const struct record_section sections[] = {
    {"about", "About it",
	(const char *const[]){"ids.gateway_id", "ids.eui", "name", "description",
	    "groups", "attributes", NULL},
	false},
    {"server", "Network server",
	(const char *const[]){"lns", "gateway_server_address", "lbs_lns_secret.value",
	    "lbs_lns_secret.key_id", "lns_certificate.der",
	    "require_authenticated_connection", NULL},
	false},
    {"radio", "Radio",
	(const char *const[]){"frequency_plan_ids", "concentrator", "class_b_beacons",
	    "udp_address", "overrides", NULL},
	false},
    {"cups", "How it comes here",
	(const char *const[]){"cups_credentials", "target_cups_key", "target_cups_uri",
	    "cups_certificate.der", "allow_unauthenticated", "provisioning_until",
	    NULL},
	true},
    {"kickstarter", "The Things Kickstarter Gateway",
	(const char *const[]){"kickstarter", "activation_closed", "activation_from",
	    "activation_until", NULL},
	true},
    {"firmware", "Firmware",
	(const char *const[]){"auto_update", "update_channel", "version_ids.brand_id",
	    "version_ids.model_id", "version_ids.hardware_version",
	    "version_ids.firmware_version", "version_ids.runtime_version", NULL},
	true},
    {"place", "Antennas and what is public",
	(const char *const[]){"antennas", "status_public", "location_public", NULL},
	true},
    {.title = NULL},
};

const struct record_pages gateway_pages = {
    .shape = {.kind = &gateway_kind, .sections = sections},
    .base = "/gateways",
    .one = "gateway",
    .many = "Gateways",
    .delete_text =
	"It gets nothing any more. It can be restored until it is purged; its ID "
	"and EUI stay taken until then.",
};

int
gateway_read(struct visit *v, struct gateway *g)
{
	return manage_get(&v->m, &gateway_kind, visit_capture(v, "id"), g);
}

/* ---- the head of its pages ----------------------------------------------------------------------- */

static void
tab(struct visit *v, const char *text, const char *here, const char *pattern,
    const char *id)
{
	html_raw(&v->html, "<li><a");
	html_href(&v->html, pattern, id);
	if (strcmp(text, here) == 0)
		html_raw(&v->html, " aria-current=\"page\"");
	html_raw(&v->html, ">");
	html_text(&v->html, text);
	html_raw(&v->html, "</a></li>\n");
}

void
gateway_begin(struct visit *v, const struct gateway *g, const char *here)
{
	const char *id = g->gateway_id;

	page_crumb(v, "Gateways", "/gateways", NULL);
	page_begin_bare(v, id);
	html_raw(&v->html, "<h1>");
	html_user(&v->html, id);
	html_raw(&v->html, " ");
	gateway_badge(v, g);
	html_raw(&v->html, "</h1>\n");
	if (g->name[0] != '\0') {
		html_raw(&v->html, "<p>");
		html_user(&v->html, g->name);
		html_raw(&v->html, "</p>\n");
	}
	html_raw(&v->html, "<nav class=\"tabs\" aria-label=\"Gateway\"><ul>\n");
	tab(v, "Settings", here, "/gateways/{}", id);
	tab(v, "What it gets, and why", here, "/gateways/{}/explain", id);
	tab(v, "Keys and files", here, "/gateways/{}/keys", id);
	tab(v, "Certificates", here, "/gateways/{}/certificates", id);
	tab(v, "History", here, "/gateways/{}/history", id);
	html_raw(&v->html, "</ul></nav>\n");
}

/* ---- what was seen ---------------------------------------------------------------------------------- */

static void
facts_refused(struct visit *v, uint64_t times, int64_t last)
{
	if (times == 0)
		return;
	facts_row(v, "Refused");
	html_number(&v->html, times);
	html_raw(&v->html, " times, last ");
	page_time(v, last);
}

static void
put_sighting(struct visit *v, const struct sighting *s)
{
	page_section(v, "seen", "Its visits");
	page_text(v, poll_pattern_text(poll_pattern_of(s, v->now)));
	facts_begin(v);
	facts_time(v, "Last visit", s->seen_at[0]);
	facts_text(v, "From", s->address);
	facts_text(v, "Station", s->station);
	facts_text(v, "Model", s->model);
	facts_text(v, "Package", s->package);
	facts_text(v, "Its CUPS", s->cups_uri);
	facts_text(v, "Its network server", s->lns_uri);
	facts_text(v, "It showed",
	    s->credential == CREDENTIAL_NONE ? ""
					     : credential_name((int)s->credential));
	facts_refused(v, s->refused, s->refused_at);
	facts_end(v);
	page_section_end(v);
}

static void
put_file_sighting(struct visit *v, const struct file_sighting *s)
{
	page_section(v, "files-seen", "Its polls for configuration files");
	facts_begin(v);
	facts_time(v, "Last poll", s->seen_at[0]);
	facts_text(v, "File", s->path);
	facts_time(v, "Last change", s->changed_at);
	facts_text(v, "From", s->address);
	facts_text(v, "Program", s->agent);
	facts_refused(v, s->refused, s->refused_at);
	facts_end(v);
	page_section_end(v);
}

/* ---- what is done with it ----------------------------------------------------------------------------- */

static void
one_button(struct visit *v, const char *text, const char *pattern, const char *id)
{
	page_form(v, pattern, id, NULL);
	html_raw(&v->html, "<button>");
	html_text(&v->html, text);
	html_raw(&v->html, "</button>\n");
	page_form_end(v);
}

static void
put_actions(struct visit *v, const struct gateway *g)
{
	const char *id = g->gateway_id;

	if (!visit_may(v, PAGE_OPERATOR))
		return;
	page_buttons(v);
	if (g->deleted_at != 0) {
		one_button(v, "Restore", "/gateways/{}/restore", id);
		if (visit_may(v, PAGE_ADMIN))
			page_button(v, "Purge…", "/gateways/{}/purge", id, NULL);
	} else {
		page_button(v, "Edit", "/gateways/{}/edit", id, NULL);
		page_button(v, "How to set it up", "/gateways/{}/start", id, NULL);
		page_button(v, "Delete…", "/gateways/{}/delete", id, NULL);
	}
	page_buttons_end(v);
}

static void
window_form(struct visit *v, const char *id, const char *what, const char *text)
{
	page_form(v, "/gateways/{}/window", id, NULL);
	input_hidden(v, "what", what);
	html_raw(&v->html, "<button>");
	html_text(&v->html, text);
	html_raw(&v->html, "</button>\n");
	page_form_end(v);
}

static void
put_windows(struct visit *v, const struct gateway *g)
{
	const char *id = g->gateway_id;

	if (!visit_may(v, PAGE_OPERATOR) || g->deleted_at != 0)
		return;
	page_section(v, "windows", "When it is stuck");
	page_text(v, "What was sent too often without having been confirmed is not "
		     "sent again until "
		     "it is allowed to. A gateway without any key can be given its "
		     "credentials once, "
		     "while a provisioning window is open.");
	page_buttons(v);
	one_button(v, "Send everything again", "/gateways/{}/retry", id);
	if (g->provisioning_until > v->now)
		window_form(v, id, "close", "Close the provisioning window");
	else
		window_form(v, id, "open", "Open a provisioning window for an hour");
	if (g->kickstarter) {
		window_form(
		    v, id, "activation-day", "Let it be activated again within a day");
		window_form(v, id, "activation-open",
		    "Let it be activated again whenever it comes");
		window_form(v, id, "activation-close", "Let it be activated no more");
	}
	page_buttons_end(v);
	page_section_end(v);
}

int
page_gateway(struct visit *v)
{
	struct file_sighting file;
	struct sighting s;
	struct store_txn *txn;
	void *record;
	struct gateway *g;
	int err = record_open(v, &gateway_kind, visit_capture(v, "id"), &record, &txn);

	if (err != E_OK)
		return err;
	g = record;
	gateway_begin(v, g, "Settings");
	put_actions(v, g);
	if (sighting_get(v->admin->data.sightings, g->serial, &s))
		put_sighting(v, &s);
	if (file_sighting_get(v->admin->data.files, g->serial, &file) &&
	    (file.polls > 0 || file.refused > 0))
		put_file_sighting(v, &file);
	page_section(v, "settings", "Settings");
	record_facts(v, txn, &gateway_pages.shape, g);
	page_section_end(v);
	store_read_end(txn);
	put_windows(v, g);
	return page_end(v);
}

/* ---- forms ------------------------------------------------------------------------------------------------ */

static int
back(struct visit *v, int err, const char *done)
{
	const char *id = visit_capture(v, "id");

	if (err == E_OK)
		return visit_done(v, done, "/gateways/{}", id);
	if (err == E_STATE || err == E_STALE || err == E_INVALID || err == E_EXISTS)
		return visit_failed(v, err, "/gateways/{}", id);
	return err;
}

int
page_gateway_delete(struct visit *v)
{
	v->m.expected = visit_field(v, "version");
	return back(v, manage_delete(&v->m, &gateway_kind, visit_capture(v, "id")),
	    "It is deleted: it gets nothing any more. It can be restored until it is "
	    "purged.");
}

int
page_gateway_restore(struct visit *v)
{
	return back(v, manage_gateway_restore(&v->m, visit_capture(v, "id")),
	    "It is restored.");
}

int
page_gateway_ask_purge(struct visit *v)
{
	struct gateway g;
	int err = gateway_read(v, &g);

	if (err != E_OK)
		return err;
	page_crumb(v, "Gateways", "/gateways", NULL);
	page_crumb(v, g.gateway_id, "/gateways/{}", g.gateway_id);
	return page_question(v, &(struct question){.title = arena_printf(v->arena,
						       "Purge %s?", g.gateway_id),
				    .text = "Its record and its keys go for good; ID "
					    "and EUI are free then. This "
					    "cannot be undone.",
				    .button = "Purge it for good",
				    .pattern = "/gateways/{}/purge",
				    .one = g.gateway_id,
				    .back = "/gateways/{}",
				    .back_one = g.gateway_id});
}

int
page_gateway_purge(struct visit *v)
{
	const char *id = visit_capture(v, "id");
	int err = manage_gateway_purge(&v->m, id);

	if (err != E_OK)
		return back(v, err, "");
	return visit_done(
	    v, arena_printf(v->arena, "Gateway %s is purged.", id), "/gateways");
}

int
page_gateway_retry(struct visit *v)
{
	return back(v, manage_gateway_retry(&v->m, visit_capture(v, "id")),
	    "Everything is sent again at its next visit.");
}

int
page_gateway_window(struct visit *v)
{
	const char *id = visit_capture(v, "id"), *what = visit_field(v, "what");
	bool open = strcmp(what, "open") == 0;

	if (strcmp(what, "activation-day") == 0)
		return back(v, activation_open(&v->m, id, v->now + 86400),
		    "It may be activated once within a day; restart it when it waits.");
	if (strcmp(what, "activation-open") == 0)
		return back(v, activation_open(&v->m, id, 0),
		    "It may be activated once; restart it when it waits.");
	if (strcmp(what, "activation-close") == 0)
		return back(v, activation_close(&v->m, id),
		    "It may not be activated any more.");
	if (!open && strcmp(what, "close") != 0)
		return fault_set(
		    &v->m.fault, E_INVALID, NULL, "Say which window is meant");
	return back(v, manage_provisioning(&v->m, id, open ? v->now + 3600 : 0),
	    open ? "For an hour one answer without a key may carry its credentials."
		 : "The window is closed.");
}

/* ---- history ------------------------------------------------------------------------------------------------ */

const char *const audit_titles[] = {"When", "Who", "What", "Record", "Change", NULL};

struct changes {
	struct visit *v;
	const struct json *before; /* NULL: after has all that is to be shown */
};

static void
put_value(struct html *h, const struct json *value)
{
	struct span text;
	int64_t number;

	if (json_as_text(value, &text))
		html_user_span(h, text);
	else if (json_as_int(value, &number))
		html_printf(h, "%lld", (long long)number);
	else
		html_raw(h, "…");
}

static int
put_change(void *arg, const char *key, const struct json *value)
{
	struct changes *c = arg;
	struct html *h = &c->v->html;

	/* It is said beside it already. */
	if (strcmp(key, "updated_at") == 0 || strcmp(key, "created_at") == 0)
		return E_OK;
	html_raw(h, "<li><span class=\"quiet\">");
	html_user(h, key);
	html_raw(h, "</span> ");
	if (json_has(c->before, key)) {
		html_raw(h, "<del>");
		put_value(h, json_get(c->before, key));
		html_raw(h, "</del> ");
	}
	if (value != NULL)
		put_value(h, value);
	html_raw(h, "</li>\n");
	return E_OK;
}

struct lost {
	struct changes *c;
	const struct json *after;
};

/* What is not there any more. */
static int
put_lost(void *arg, const char *key, const struct json *value)
{
	struct lost *l = arg;

	(void)value;
	return json_has(l->after, key) ? E_OK : put_change(l->c, key, NULL);
}

/* The fields that differ, before and after. */
static void
put_changes(struct visit *v, const struct audit *a)
{
	struct json *before = NULL, *after = NULL;
	struct changes c = {.v = v};
	struct lost l = {&c, NULL};

	if (a->before[0] != '\0')
		json_parse(span_str(a->before), &before, NULL);
	if (a->after[0] != '\0')
		json_parse(span_str(a->after), &after, NULL);
	c.before = before;
	l.after = after;
	html_raw(&v->html, "<ul class=\"changes\">\n");
	json_each(after, put_change, &c);
	json_each(before, put_lost, &l);
	html_raw(&v->html, "</ul>\n");
	json_free(before);
	json_free(after);
}

int
audit_row(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct audit *a = record;
	struct visit *v = arg;

	(void)m;
	(void)txn;
	table_row(v);
	table_cell(v);
	page_time(v, a->at);
	table_cell(v);
	html_user(&v->html, a->actor);
	table_cell(v);
	html_user(&v->html, a->action);
	table_cell(v);
	html_user(&v->html, a->kind);
	html_raw(&v->html, " ");
	html_user(&v->html, a->id);
	table_cell(v);
	put_changes(v, a);
	return E_OK;
}

int
page_gateway_history(struct visit *v)
{
	struct audit_filter f = {.before = pager_after(v), .limit = PAGE_ROWS};
	struct gateway g;
	uint64_t next;
	int err = gateway_read(v, &g);

	if (err != E_OK)
		return err;
	f.record = g.serial;
	gateway_begin(v, &g, "History");
	table_begin(v, "Changes, newest first", audit_titles);
	err = manage_audit(&v->m, &f, audit_row, v, &next);
	table_end(v);
	if (err != E_OK)
		return err;
	pager(v, next);
	return page_end(v);
}
