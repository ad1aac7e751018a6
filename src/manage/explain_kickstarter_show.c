/* What a Kickstarter would get now, and why. */
#include <stdarg.h>
#include <stdio.h>

#include "kickstarter/answer.h"
#include "manage/explain_kickstarter.h"
#include "manage/explain_show.h"

/* ---- verdict and advice ---------------------------------------------------------------------- */

static int
status_of(const struct kick_explanation *e)
{
	struct strbuf scratch;
	int status = 200;

	strbuf_init(&scratch, 1024);
	if (e->x.decision.err != E_OK)
		status = kick_error_write(&scratch, e->x.decision.err, NULL);
	else if (e->answer_err != E_OK)
		status = 503;
	strbuf_clear(&scratch);
	return status;
}

static const char *
effect_of(int status)
{
	switch (status) {
	case 200:
		return "It gets its configuration.";
	case 401:
		return "It is refused (401): it drops its key and activates anew.";
	case 404:
		return "It is refused (404): it drops its ID and key and waits for a "
		       "human.";
	default:
		return "It is put off (503, code 50) and tries again every 10 seconds, "
		       "since its configuration would not be complete:";
	}
}

static const char *
verdict(struct explainer *ex, const struct kick_explanation *e)
{
	const struct fault *f =
	    e->x.decision.err != E_OK ? &e->x.decision.fault : &e->answer_fault;
	int status = status_of(e);
	char text[400];
	const char *whole;

	if (status != 503)
		return effect_of(status);
	whole = arena_printf(ex->m->arena, "%s %s.", effect_of(status),
	    fault_text(f, text, sizeof text));
	return whole != NULL ? whole : "";
}

struct advising {
	struct explainer *ex;
	const struct kick_explanation *e;
	const char *id;
	advice_fn *fn;
	void *arg;
};

static void __attribute__((format(printf, 2, 3)))
advise(struct advising *a, const char *fmt, ...)
{
	char text[500];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	a->fn(a->arg, text);
}

static void
about_reasons(struct advising *a)
{
	const struct kick_decision *d = &a->e->x.decision;

	for (size_t i = 0; i < d->reason_count; i++) {
		const struct kick_reason *r = &d->reasons[i];

		if (!kick_is_problem(r->why))
			continue;
		if (r->part == KICK_PLAN)
			advise(a,
			    "Give it a frequency plan that the device can take: "
			    "`gatehouse gateway set %s frequency_plan_ids=PLAN` "
			    "(`gatehouse plan list`).",
			    a->id);
		else if (r->part == KICK_BROKER)
			advise(a,
			    "Name its network server: `gatehouse lns set LNS "
			    "mqtt_address=mqtts://HOST:PORT` and `gatehouse gateway "
			    "set %s lns=LNS`, or gateway_server_address=HOST:PORT.",
			    a->id);
		else if (r->part == KICK_FIRMWARE)
			advise(a,
			    "Mend update_channel of the gateway, or firmware_url, "
			    "update_channel or public_url in the configuration.");
	}
}

static void
about_activation(struct advising *a)
{
	const struct kick_explanation *e = a->e;
	const struct kick_activation *w = &e->x.activation;
	const struct sighting *s = &e->sighting;
	int64_t at = e->x.records.state.activated_at;

	if (e->key_err != E_OK)
		advise(a, "The key that it would be handed cannot be: %s: %s.",
		    e->key_fault.field[0] != '\0' ? e->key_fault.field : "key",
		    e->key_fault.text);
	if (w->window == WINDOW_USED && (!e->seen || s->seen_at[0] < at))
		advise(a,
		    "It was given a key and has not come with it since. When the "
		    "answer got lost it waits for a human: `gatehouse gateway "
		    "activation open %s`, then restart it.",
		    a->id);
	if (w->source != KICK_GIVES_LNS_KEY)
		advise(a,
		    "It has no LNS key, so activation gives it an API key, which its "
		    "network server must know: `gatehouse gateway activation show %s "
		    "--show-secrets`; or enter the key of the network server: "
		    "`gatehouse gateway set %s --secret lbs_lns_secret.value=FILE`.",
		    a->id, a->id);
	else if (e->x.records.state.activated_key != 0)
		advise(a,
		    "It was activated with an API key, and an LNS key was entered "
		    "since. To give it that one, end the other: `gatehouse key list "
		    "%s`, `gatehouse key revoke KEY`.",
		    a->id);
	if (e->seen && s->refused_at > s->seen_at[0] && s->refused_status != 503)
		advise(a,
		    "Somebody came in its name and was refused (%u), %u times by now.",
		    s->refused_status, (unsigned)s->refused);
}

void
explain_kickstarter_advice(
    struct explainer *ex, const struct kick_explanation *e, advice_fn *fn, void *arg)
{
	struct advising a = {.ex = ex,
	    .e = e,
	    .id = e->x.records.gateway.gateway_id,
	    .fn = fn,
	    .arg = arg};

	about_reasons(&a);
	about_activation(&a);
}

static void
show_advice(struct explainer *ex, const struct kick_explanation *e, const char *name)
{
	struct advice_list list = {.ex = ex};

	out_list(ex->out, name);
	explain_kickstarter_advice(ex, e, explain_advice_list, &list);
	out_list_end(ex->out);
}

/* ---- the parts ---------------------------------------------------------------------------------- */

static void
show_reasons(struct explainer *ex, const struct kick_decision *d)
{
	struct out *o = ex->out;
	char first[40];

	if (!o->json) {
		out_line(o, "%s", "");
		out_line(o, "Why");
	}
	out_list(o, "reasons");
	for (size_t i = 0; i < d->reason_count; i++) {
		const struct kick_reason *r = &d->reasons[i];
		const char *text = arena_printf(ex->m->arena, "%s%s%s",
		    kick_why_text(r->why), r->text[0] != '\0' ? ": " : "", r->text);

		snprintf(first, sizeof first, "%c %-15s ",
		    kick_is_problem(r->why) ? '!' : ' ', kick_part_name(r->part));
		out_hanging(o, first, text != NULL ? text : "");
		if (!o->json)
			continue;
		out_object(o, NULL, NULL);
		out_str(o, "part", kick_part_name(r->part));
		out_str(o, "why", kick_why_name(r->why));
		out_bool(o, "problem", kick_is_problem(r->why));
		out_str(o, "text", text != NULL ? text : "");
		out_object_end(o);
	}
	out_list_end(o);
}

/* The radio card that the plan is for: nobody but the operator knows which one it has. */
static const char *
card_of(const struct kick_explanation *e)
{
	const struct kick_inputs *in = &e->x.inputs;

	for (size_t i = 0; i < in->plan_count; i++)
		if (in->plans[i].err == E_OK && in->plans[i].card != NULL)
			return in->plans[i].card;
	return "";
}

static void
show_answer(struct explainer *ex, const struct kick_explanation *e)
{
	const struct kick_decision *d = &e->x.decision;
	struct out *o = ex->out;

	out_object(o, "answer", "The configuration");
	out_uint(o, "status", (uint64_t)status_of(e));
	if (status_of(e) == 200) {
		out_uint(o, "bytes", e->answer_length);
		out_str(o, "frequency_plan", d->frequency_plan);
		out_str(o, "card_mhz", card_of(e));
		out_str(o, "frequency_plan_url", d->plan_url);
		out_str(o, "firmware_url", d->firmware_url);
		out_str(o, "mqtt_address", d->mqtt_address);
	}
	out_str(o, "shown", kick_shown_name(e->x.caller.shown));
	out_str(o, "assumed", e->assumed);
	if (!e->origin_known)
		out_note(
		    o, "host", "where it reaches this server (public_url is not set)");
	out_object_end(o);
}

void
explain_kickstarter_mark(struct out *o, const struct gateway_state *s)
{
	char buf[OUT_TIME];

	if (o->json) {
		out_str(o, "mark", s->kickstarter_fault);
		out_time(o, "marked_at", s->kickstarter_fault_at);
	} else if (s->kickstarter_fault[0] != '\0') {
		out_line(o, "%s", "");
		out_line(o, "At its last request, %s",
		    out_time_text(s->kickstarter_fault_at, o->now, buf));
		out_paragraph(o, 2, s->kickstarter_fault);
	}
}

static void
show_activation(struct explainer *ex, const struct kick_explanation *e)
{
	const struct kick_activation *a = &e->x.activation;
	const struct gateway_state *s = &e->x.records.state;
	struct out *o = ex->out;

	out_object(o, "activation", "Its activation");
	out_uint(o, "status", a->err == E_OK ? 201 : a->err == E_DENIED ? 403 : 404);
	out_str(o, "window", kick_window_name(a->window));
	out_note(o, "that is", "%s", kick_window_text(a->window));
	out_time(o, "activated_at", s->activated_at);
	out_object_end(o);
	explain_kickstarter_mark(ex->out, s);
}

static int
consider(struct explainer *ex, const struct kick_explaining *what,
    struct kick_explanation **out)
{
	struct kick_explanation *e = arena_zalloc(ex->m->arena, 1, sizeof *e);
	int err = E_NOMEM;

	if (e != NULL)
		err = manage_explain_kickstarter(ex->m, what, e);
	*out = e;
	return err;
}

int
explain_kickstarter_show(struct explainer *ex, const struct explaining *asked)
{
	struct kick_explaining what = {
	    .gateway = asked->gateway, .key = asked->key, .nothing = asked->nothing};
	struct out *o = ex->out;
	struct kick_explanation *e;
	int err = consider(ex, &what, &e);

	if (err != E_OK)
		return err;
	out_object(o, NULL, NULL);
	if (o->json) {
		out_str(o, "gateway", e->x.records.gateway.gateway_id);
		out_str(o, "protocol", "kickstarter");
		out_str(o, "verdict", verdict(ex, e));
	} else {
		out_line(o, "%s (The Things Kickstarter Gateway)",
		    e->x.records.gateway.gateway_id);
		out_paragraph(o, 0, verdict(ex, e));
	}
	show_reasons(ex, &e->x.decision);
	show_advice(ex, e, "advice");
	show_answer(ex, e);
	explain_kickstarter_firmware(ex, e);
	show_activation(ex, e);
	if (e->seen)
		sighting_show(ex->out, "sighting", &e->sighting);
	out_object_end(o);
	return E_OK;
}

int
explain_kickstarter_hints(struct explainer *ex, const struct gateway *g)
{
	struct kick_explaining what = {.gateway = g->gateway_id};
	struct out *o = ex->out;
	struct kick_explanation *e;
	int err = consider(ex, &what, &e);

	if (err != E_OK)
		return err;
	if (o->json) {
		out_str(o, "verdict", verdict(ex, e));
	} else {
		out_line(o, "%s", "");
		out_line(o, "If it came now");
		out_paragraph(o, 2, verdict(ex, e));
	}
	explain_kickstarter_firmware(ex, e);
	show_activation(ex, e);
	show_advice(ex, e, "hints");
	return E_OK;
}
