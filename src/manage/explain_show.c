/* What a gateway would get now, and why. */

#include "manage/explain_show.h"

#include <stdio.h>

#include "base/eui.h"
#include "manage/explain_kickstarter.h"

/* ---- the parts -------------------------------------------------------------------------------- */

static void
show_request(struct explainer *ex, const struct explanation *e)
{
	const struct update_info *q = &e->x.request;
	struct out *o = ex->out;

	out_object(o, "request", "The request");
	out_str(o, "source", explain_source_name(e->source));
	out_span(o, "cups_uri", q->cups_uri);
	out_span(o, "lns_uri", q->lns_uri);
	if (q->has_cups_crc)
		out_uint(o, "cups_crc", q->cups_crc);
	if (q->has_lns_crc)
		out_uint(o, "lns_crc", q->lns_crc);
	out_span(o, "station", q->station);
	out_span(o, "model", q->model);
	out_span(o, "package", q->package);
	out_object_end(o);
}

static void
show_credential(struct explainer *ex, const struct explanation *e)
{
	const struct principal *p = &e->x.principal;
	struct out *o = ex->out;
	char eui[EUI_TEXT];

	out_object(o, "credential", "Who asks");
	out_str(o, "kind", credential_name(p->credential));
	if (p->credential == CREDENTIAL_KEY && p->err == E_OK)
		out_str(o, "key", p->key.key_id);
	if (p->credential == CREDENTIAL_CERTIFICATE && p->certificate_eui != 0) {
		eui_format(p->certificate_eui, eui);
		out_str(o, "certificate_eui", eui);
	}
	out_bool(o, "accepted",
	    p->credential != CREDENTIAL_NONE && p->err == E_OK &&
		cups_decision_main(&e->x.decision)->why != WHY_REFUSED);
	out_str(o, "why", p->err != E_OK ? p->why.text : "");
	out_str(o, "assumed", e->assumed);
	out_object_end(o);
}

static void
show_answer(struct explainer *ex, const struct explanation *e)
{
	const struct cups_decision *d = &e->x.decision;
	struct out *o = ex->out;

	out_object(o, "answer", "The answer");
	out_uint(o, "status", (uint64_t)explain_status(e));
	if (explain_status(e) == 200) {
		out_uint(o, "bytes", e->answer_length);
		out_str(o, "cups_uri", d->cups_uri != NULL ? d->cups_uri : "");
		out_bool(o, "cups_credentials", d->send_cups);
		out_str(o, "lns_uri", d->lns_uri != NULL ? d->lns_uri : "");
		out_bool(o, "lns_credentials", d->send_lns);
		out_bool(o, "firmware", d->firmware.send);
	}
	if (d->cups.kind != CREDENTIALS_NONE)
		out_uint(o, "wanted_cups_crc", d->cups_crc);
	if (d->lns.kind != CREDENTIALS_NONE)
		out_uint(o, "wanted_lns_crc", d->lns_crc);
	out_object_end(o);
}

static void
show_reasons(struct explainer *ex, const struct explanation *e)
{
	const struct cups_decision *d = &e->x.decision;
	struct out *o = ex->out;
	char first[40];

	out_list(o, "reasons");
	if (!o->json) {
		out_line(o, "%s", "");
		out_line(o, "Why");
	}
	for (size_t i = 0; i < d->reason_count; i++) {
		const struct cups_reason *r = &d->reasons[i];
		const char *text = r->why == WHY_REFUSED || r->why == WHY_UNKNOWN
				       ? d->fault.text
				       : cups_why_text(r->why);

		if (r->part == PART_FIRMWARE)
			continue;
		snprintf(first, sizeof first, "%c %-17s  ",
		    explain_is_problem(r->why) ? '!' : ' ', cups_part_name(r->part));
		out_hanging(o, first, text);
		if (!o->json)
			continue;
		out_object(o, NULL, NULL);
		out_str(o, "part", cups_part_name(r->part));
		out_str(o, "why", cups_why_name(r->why));
		out_bool(o, "problem", explain_is_problem(r->why));
		out_uint(o, "number", r->number);
		out_str(o, "text", text);
		out_object_end(o);
	}
	explain_firmware_reasons(ex, e);
	out_list_end(o);
}

static void
show_polls(struct explainer *ex, const struct explanation *e)
{
	struct out *o = ex->out;

	if (o->json) {
		out_str(o, "pattern", poll_pattern_name(e->pattern));
		out_str(o, "pattern_text", poll_pattern_text(e->pattern));
		if (e->seen)
			sighting_show(ex->out, "sighting", &e->sighting);
		return;
	}
	out_line(o, "%s", "");
	out_line(o, "Its visits");
	out_paragraph(o, 2, poll_pattern_text(e->pattern));
	if (e->seen && e->sighting.seen_at[0] != 0) {
		char buf[OUT_TIME];

		out_line(o, "  the last one %s, from %s",
		    out_time_text(e->sighting.seen_at[0], ex->m->now, buf),
		    e->sighting.address);
	}
}

static void
show_advice(struct explainer *ex, const struct explanation *e)
{
	struct advice_list list = {.ex = ex};

	out_list(ex->out, "advice");
	explain_advice(ex, e, explain_advice_list, &list);
	out_list_end(ex->out);
}

static void
show(struct explainer *ex, const struct explanation *e)
{
	const struct gateway *g = e->x.inputs.gateway;
	struct out *o = ex->out;
	char eui[EUI_TEXT];

	eui_format(e->x.request.eui, eui);
	out_object(o, NULL, NULL);
	if (o->json) {
		out_str(o, "gateway", g != NULL ? g->gateway_id : "");
		out_str(o, "eui", eui);
		out_str(o, "verdict", explain_verdict(e, ex->m->arena));
	} else {
		out_line(
		    o, "%s (%s)", g != NULL ? g->gateway_id : "unknown gateway", eui);
		out_paragraph(o, 0, explain_verdict(e, ex->m->arena));
	}
	show_reasons(ex, e);
	show_advice(ex, e);
	show_credential(ex, e);
	show_request(ex, e);
	show_answer(ex, e);
	explain_firmware_show(ex, e);
	show_polls(ex, e);
}

/* ---- all of it -------------------------------------------------------------------------- */

/* A gateway without an EUI cannot come by CUPS, but ask for its files. */
static void
show_without_eui(struct explainer *ex, const struct explaining *what)
{
	static const char text[] = "It has no EUI, so CUPS cannot know it.";
	struct out *o = ex->out;

	ex->m->fault = (struct fault){0};
	out_object(o, NULL, NULL);
	if (o->json) {
		out_str(o, "gateway", what->gateway);
		out_str(o, "verdict", text);
	} else {
		out_line(o, "%s", what->gateway);
		out_paragraph(o, 0, text);
	}
}

static int
explain_cups(struct explainer *ex, const struct explaining *what, struct explanation *e)
{
	const char *id = what->gateway;
	int err = manage_explain(ex->m, what, e);
	bool no_eui = err == E_STATE && strcmp(ex->m->fault.field, "ids.eui") == 0;

	if (err != E_OK && !no_eui)
		return err;
	if (no_eui)
		show_without_eui(ex, what);
	else
		show(ex, e);
	if (!no_eui)
		id = e->x.inputs.gateway != NULL ? e->x.inputs.gateway->gateway_id
						 : NULL;
	err = id != NULL ? explain_files_show(ex, id) : E_OK;
	out_object_end(ex->out);
	return err;
}

int
explain_show(struct explainer *ex, const struct explaining *what)
{
	struct explanation *e = arena_zalloc(ex->m->arena, 1, sizeof *e);

	if (e == NULL)
		return E_NOMEM;
	if (what->body.len == 0 && what->certificate.len == 0 &&
	    manage_is_kickstarter(ex->m, what->gateway))
		return explain_kickstarter_show(ex, what);
	return explain_cups(ex, what, e);
}
