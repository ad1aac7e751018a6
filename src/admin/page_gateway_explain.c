/* What a gateway would get now, and why: by CUPS, as configuration files, as a Kickstarter;
 * and the files themselves. */
#include <stdio.h>

#include "admin/page_gateway.h"
#include "admin/part.h"
#include "admin/widget.h"
#include "kickstarter/answer.h"
#include "manage/explain.h"
#include "manage/explain_kickstarter.h"
#include "manage/explain_show.h"
#include "manage/file.h"

static const char *const reason_titles[] = {"Part", "Why", NULL};

static void
reason_begin(struct visit *v, bool problem, const char *part)
{
	table_row(v);
	table_cell(v);
	html_user(&v->html, part);
	table_cell(v);
	if (problem) {
		badge(v, MOOD_WARN, "look here");
		html_raw(&v->html, " ");
	}
}

static void
reason(struct visit *v, bool problem, const char *part, const char *text)
{
	reason_begin(v, problem, part);
	html_user(&v->html, text);
}

/* A sentence of ours, with commands in it. */
static void
known_reason(struct visit *v, bool problem, const char *part, const char *text)
{
	reason_begin(v, problem, part);
	text_with_code(v, text);
}

/* ---- CUPS -------------------------------------------------------------------------------------- */

static void
put_cups_reasons(struct visit *v, const struct cups_decision *d)
{
	table_begin(v, "Reasons", reason_titles);
	for (size_t i = 0; i < d->reason_count; i++) {
		const struct cups_reason *r = &d->reasons[i];
		bool refused = r->why == WHY_REFUSED || r->why == WHY_UNKNOWN;

		if (refused)
			reason(v, explain_is_problem(r->why), cups_part_name(r->part),
			    d->fault.text);
		else
			known_reason(v, explain_is_problem(r->why),
			    cups_part_name(r->part), cups_why_text(r->why));
	}
	for (size_t i = 0; i < d->firmware.reason_count; i++) {
		const struct firmware_reason *r = &d->firmware.reasons[i];

		known_reason(v, firmware_why_is_problem(r->why), "firmware",
		    firmware_why_text(r->why));
	}
	table_end(v);
}

static void
put_cups(struct visit *v, const struct explanation *e)
{
	const struct cups_decision *d = &e->x.decision;
	bool fine = d->err == E_OK && e->answer_err == E_OK;

	for (size_t i = 0; i < d->reason_count; i++)
		fine = fine && !explain_is_problem(d->reasons[i].why);
	page_note(v, fine ? MOOD_GOOD : MOOD_WARN, explain_verdict(e, v->arena));
	put_cups_reasons(v, d);
	facts_begin(v);
	facts_text(v, "Considered", explain_source_name(e->source));
	facts_text(v, "Credential", e->assumed);
	facts_text(v, "CUPS to send", d->cups_uri);
	facts_text(v, "Network server to send", d->lns_uri);
	if (d->firmware.send)
		facts_text(v, "Update to send", d->firmware.wanted->release->version);
	facts_row(v, "Credentials for CUPS");
	html_text(&v->html, d->send_cups ? "would be sent" : "would not be sent");
	facts_row(v, "Credentials for its network server");
	html_text(&v->html, d->send_lns ? "would be sent" : "would not be sent");
	facts_end(v);
}

/* ---- what to do ---------------------------------------------------------------------------------- */

struct advice {
	struct visit *v;
	bool begun;
};

static void
put_advice(void *arg, const char *text)
{
	struct advice *a = arg;

	if (!a->begun)
		html_raw(&a->v->html, "<h3>What to do</h3>\n<ul>\n");
	a->begun = true;
	html_raw(&a->v->html, "<li>");
	text_with_code(a->v, text);
	html_raw(&a->v->html, "</li>\n");
}

static void
end_advice(const struct advice *a)
{
	if (a->begun)
		html_raw(&a->v->html, "</ul>\n");
}

static struct explainer
explainer(struct visit *v)
{
	return (struct explainer){.m = &v->m,
	    .seal_path =
		visit_may(v, PAGE_ADMIN) ? v->admin->settings.seal_path : "seal.keys"};
}

/* What was stopped is begun again where one sees that it was. */
static void
put_retry(struct visit *v, const struct gateway *g, const struct cups_decision *d)
{
	if (!cups_is_stopped(d) || g->deleted_at != 0 || !visit_may(v, PAGE_OPERATOR))
		return;
	page_buttons(v);
	page_action(
	    v, "Send everything again", "/gateways/{}/retry", g->gateway_id, NULL);
	page_buttons_end(v);
}

static int
explain_cups(struct visit *v, const struct gateway *g)
{
	struct explaining what = {.gateway = g->gateway_id};
	struct explanation *e = arena_zalloc(v->arena, 1, sizeof *e);
	struct explainer ex = explainer(v);
	struct advice advice = {.v = v};
	int err = e != NULL ? manage_explain(&v->m, &what, e) : E_NOMEM;

	page_section(v, "cups", "By CUPS (LoRa Basics Station)");
	if (err == E_OK) {
		put_cups(v, e);
		explain_advice(&ex, e, put_advice, &advice);
		end_advice(&advice);
		put_retry(v, g, &e->x.decision);
	} else if (err == E_STATE)
		page_note(v, MOOD_QUIET, "It has no EUI, so CUPS cannot know it.");
	else
		page_note(v, MOOD_BAD, visit_fault(v, err));
	page_section_end(v);
	v->m.fault = (struct fault){0};
	return err == E_NOMEM ? err : E_OK;
}

/* ---- a Kickstarter --------------------------------------------------------------------------------- */

static void
put_kickstarter(struct visit *v, const struct kick_explanation *e)
{
	const struct kick_decision *d = &e->x.decision;
	bool fine = d->err == E_OK && e->answer_err == E_OK;

	if (fine)
		page_note(v, MOOD_GOOD, "It gets its configuration.");
	else
		page_note(v, MOOD_WARN,
		    d->err != E_OK ? d->fault.text : e->answer_fault.text);
	table_begin(v, "Reasons", reason_titles);
	for (size_t i = 0; i < d->reason_count; i++)
		reason(v, kick_is_problem(d->reasons[i].why),
		    kick_part_name(d->reasons[i].part),
		    arena_printf(v->arena, "%s %s", kick_why_text(d->reasons[i].why),
			d->reasons[i].text));
	table_end(v);
	facts_begin(v);
	facts_text(v, "Activation", kick_window_text(e->x.activation.window));
	facts_text(v, "Frequency plan", d->plan_url);
	facts_text(v, "Firmware", d->firmware_url);
	facts_text(v, "Network server", d->mqtt);
	facts_text(v, "Key", e->assumed);
	facts_end(v);
}

static int
explain_kickstarter(struct visit *v, const struct gateway *g)
{
	struct kick_explaining what = {.gateway = g->gateway_id};
	struct kick_explanation *e = arena_zalloc(v->arena, 1, sizeof *e);
	struct explainer ex = explainer(v);
	struct advice advice = {.v = v};
	int err = e != NULL ? manage_explain_kickstarter(&v->m, &what, e) : E_NOMEM;

	page_section(v, "kickstarter", "As The Things Kickstarter Gateway");
	if (err == E_OK) {
		put_kickstarter(v, e);
		explain_kickstarter_advice(&ex, e, put_advice, &advice);
		end_advice(&advice);
	} else
		page_note(v, MOOD_BAD, visit_fault(v, err));
	page_section_end(v);
	v->m.fault = (struct fault){0};
	return err == E_NOMEM ? err : E_OK;
}

/* ---- files -------------------------------------------------------------------------------------------- */

static const char *
plan_text(struct visit *v, const struct plan_told *p)
{
	const struct finding *first = p->findings.first;

	switch (p->verdict) {
	case PLAN_CHOSEN:
		return "taken: the first that fits the concentrator";
	case PLAN_SPARE:
		return "fits, but one before it is taken";
	case PLAN_MISSING:
		return "is not registered; nothing is answered while the gateway names "
		       "it";
	default:
		while (first != NULL && !first->error)
			first = first->next;
		return first != NULL
			   ? arena_printf(v->arena, "does not fit: %s", first->text)
			   : "does not fit";
	}
}

static void
put_files(struct visit *v, const struct file_explanation *e)
{
	static const char *const titles[] = {"File", "What", "Bytes", NULL};
	char text[400];

	table_begin(v, "Files", titles);
	for (size_t i = 0; i < e->file_count; i++) {
		const struct file_told *f = &e->files[i];

		table_row(v);
		table_cell(v);
		if (f->err == E_OK)
			page_link(v, f->path, "/gateways/{}/file?path={}",
			    e->gateway.gateway_id, f->path);
		else
			html_user(&v->html, f->path);
		table_cell(v);
		if (f->err == E_OK) {
			html_text(&v->html, f->answer.format->what);
		} else {
			badge(v, MOOD_WARN, "none");
			html_raw(&v->html, " ");
			html_user(&v->html, fault_text(&f->fault, text, sizeof text));
		}
		table_cell(v);
		if (f->err == E_OK)
			html_number(&v->html, f->length);
	}
	table_end(v);
}

static void
put_servers(struct visit *v, const struct file_sources *s)
{
	facts_begin(v);
	facts_row(v, "Servers");
	if (s->server_count == 0)
		html_raw(&v->html, "<span class=\"quiet\">none</span>");
	for (size_t i = 0; i < s->server_count; i++) {
		if (i > 0)
			html_raw(&v->html, ", ");
		html_user_span(&v->html, s->servers[i]);
	}
	facts_text(v, "They come from", servers_from_name(s->from));
	facts_end(v);
}

static int
explain_files(struct visit *v, const struct gateway *g)
{
	struct file_explanation *e = arena_zalloc(v->arena, 1, sizeof *e);
	int err = e != NULL ? manage_explain_files(
				  &v->m, &v->admin->settings.files, g->gateway_id, e)
			    : E_NOMEM;

	page_section(v, "files", "Configuration files (UDP packet forwarders)");
	if (err != E_OK) {
		page_note(v, MOOD_BAD, visit_fault(v, err));
	} else {
		put_files(v, e);
		if (e->plan_count == 0)
			page_note(v, MOOD_WARN, "It names no frequency plan.");
		table_begin(v, "Frequency plans", reason_titles);
		for (size_t i = 0; i < e->plan_count; i++)
			reason(v,
			    e->plans[i].verdict == PLAN_UNFIT ||
				e->plans[i].verdict == PLAN_MISSING,
			    e->plans[i].id, plan_text(v, &e->plans[i]));
		table_end(v);
		put_servers(v, &e->sources);
	}
	page_section_end(v);
	v->m.fault = (struct fault){0};
	return err == E_NOMEM ? err : E_OK;
}

int
page_gateway_explain(struct visit *v)
{
	struct gateway g;
	int err = gateway_read(v, &g);

	if (err != E_OK)
		return err;
	gateway_begin(v, &g, "What it gets, and why");
	page_text(v,
	    "The endpoints' own decisions, as they would be now. Nothing is sent or "
	    "written by looking.");
	err = g.kickstarter ? explain_kickstarter(v, &g) : explain_cups(v, &g);
	if (err == E_OK)
		err = explain_files(v, &g);
	return err == E_OK ? page_end(v) : err;
}

int
page_gateway_file(struct visit *v)
{
	const char *path = visit_query(v, "path"), *name = strrchr(path, '/');
	struct file_query query = {.path = span_str(path)};
	struct file_made *made = arena_zalloc(v->arena, 1, sizeof *made);
	struct strbuf content;
	int err;

	if (made == NULL)
		return E_NOMEM;
	strbuf_init(&content, RESPONSE_BODY_MAX);
	err = manage_file(&v->m, &v->admin->settings.files, visit_capture(v, "id"),
	    &query, &content, made);
	if (err == E_OK)
		err = visit_download(v, made->answer.format->content_type,
		    name != NULL ? name + 1 : path, strbuf_span(&content));
	strbuf_clear(&content);
	return err;
}
