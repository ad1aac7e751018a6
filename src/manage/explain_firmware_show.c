/* What a gateway gets of firmware, and why not. */
#include <stdio.h>

#include "manage/explain_show.h"

static const char *const status_words[] = {
    "draft", "running", "paused", "aborted", "finished"};
static const char *const outcome_words[] = {
    "none", "offered", "updated", "failed", "silent"};

/* ---- reasons -------------------------------------------------------------------------------- */

static const struct firmware_candidate *
candidate_of(const struct explanation *e, const struct firmware_reason *r)
{
	const struct cups_firmware *f = &e->x.records.firmware;

	for (size_t i = 0; i < f->in.candidate_count; i++)
		if (f->candidates[i].rollout == r->rollout &&
		    f->candidates[i].release == r->release)
			return &f->candidates[i];
	return NULL;
}

static void
put_place(struct strbuf *b, const struct explainer *ex, const struct explanation *e,
    const struct firmware_candidate *c)
{
	int64_t next = rollout_next_step(c->rollout, &c->next_state);
	char buf[OUT_TIME];

	strbuf_printf(b, " (its place is %.2f of 100, the roll-out is at %g %%%s%s)",
	    rollout_place(&e->x.records.gateway, c->rollout), c->next_state.percentage,
	    next != 0 ? ", its next step begins " : "",
	    out_time_text(next, ex->m->now, buf));
}

/* What the sentence of a reason does not say: whose it is, and the figures. */
static void
put_figures(struct strbuf *b, const struct explainer *ex, const struct explanation *e,
    const struct firmware_reason *r)
{
	const struct firmware_candidate *c = candidate_of(e, r);
	char buf[OUT_TIME];

	if (r->why == FIRMWARE_PERCENTAGE && c != NULL)
		put_place(b, ex, e, c);
	else if (r->why == FIRMWARE_NOT_RUNNING && c != NULL)
		strbuf_printf(b, " (%s%s%s)", status_words[c->next_state.status],
		    c->next_state.why[0] != '\0' ? ": " : "", c->next_state.why);
	else if (r->why == FIRMWARE_NOT_BEFORE)
		strbuf_printf(
		    b, " (%s)", out_time_text(r->rollout->not_before, ex->m->now, buf));
	else if (r->why == FIRMWARE_ATTEMPTS || r->why == FIRMWARE_DOWNLOADS)
		strbuf_printf(b, " (%llu)", (unsigned long long)r->number);
	else if (r->why == FIRMWARE_SENT)
		strbuf_printf(b, " (offer %llu)", (unsigned long long)r->number);
	else if (r->why == FIRMWARE_UNREADABLE)
		strbuf_printf(b, " (%s)", e->x.update.fault.text);
}

static const char *
sentence(
    struct explainer *ex, const struct explanation *e, const struct firmware_reason *r)
{
	struct strbuf b;
	const char *copy;

	strbuf_init(&b, 4096);
	if (r->rollout != NULL)
		strbuf_printf(&b, "roll-out %s: ", r->rollout->rollout_id);
	else if (r->release != NULL)
		strbuf_printf(&b, "release %s: ", r->release->release_id);
	strbuf_puts(&b, firmware_why_text(r->why));
	put_figures(&b, ex, e, r);
	copy = strbuf_keep_text(&b, ex->m->arena);
	return copy != NULL ? copy : firmware_why_text(r->why);
}

void
explain_firmware_reasons(struct explainer *ex, const struct explanation *e)
{
	const struct firmware_choice *choice = &e->x.decision.firmware;
	struct out *o = ex->out;
	char first[40];

	for (size_t i = 0; i < choice->reason_count; i++) {
		const struct firmware_reason *r = &choice->reasons[i];
		const char *text = sentence(ex, e, r);
		bool problem = firmware_why_is_problem(r->why);

		snprintf(
		    first, sizeof first, "%c %-17s  ", problem ? '!' : ' ', "firmware");
		out_hanging(o, first, text);
		if (!o->json)
			continue;
		out_object(o, NULL, NULL);
		out_str(o, "part", "firmware");
		out_str(o, "why", firmware_why_name(r->why));
		out_bool(o, "problem", problem);
		out_uint(o, "number", r->number);
		out_str(o, "release", r->release != NULL ? r->release->release_id : "");
		out_str(o, "rollout", r->rollout != NULL ? r->rollout->rollout_id : "");
		out_str(o, "text", text);
		out_object_end(o);
	}
}

/* ---- what it is about ---------------------------------------------------------------------- */

/* The first candidate that is looked at, when none is the wanted one. */
static const struct firmware_candidate *
main_candidate(const struct explanation *e)
{
	const struct cups_firmware *f = &e->x.records.firmware;

	if (e->x.decision.firmware.wanted != NULL)
		return e->x.decision.firmware.wanted;
	return f->in.candidate_count > 0 ? &f->candidates[0] : NULL;
}

static void
show_number(struct out *o, const char *name, double number)
{
	char text[40];

	snprintf(text, sizeof text, "%.2f", number);
	out_str(o, name, text);
}

static void
show_rollout(struct explainer *ex, const struct explanation *e,
    const struct firmware_candidate *c)
{
	struct out *o = ex->out;
	/* Who is refused is refused before anybody looks at the roll-outs. */
	const struct rollout_state *state =
	    e->x.decision.firmware.reason_count > 0 ? &c->next_state : c->state;

	out_str(o, "rollout", c->rollout->rollout_id);
	out_str(o, "rollout_status", status_words[state->status]);
	show_number(o, "place", rollout_place(&e->x.records.gateway, c->rollout));
	show_number(o, "percentage", state->percentage);
	out_time(o, "next_step_at", rollout_next_step(c->rollout, state));
}

static void
show_candidate(struct explainer *ex, const struct explanation *e,
    const struct firmware_candidate *c)
{
	const struct cups_firmware *f = &e->x.records.firmware;
	const struct firmware_signature *signature = e->x.decision.firmware.signature;
	struct out *o = ex->out;

	if (c->release != NULL) {
		out_str(o, "release", c->release->release_id);
		out_str(o, "version", c->release->version);
	}
	if (c->firmware != NULL) {
		out_str(o, "image", c->firmware->firmware_id);
		out_uint(o, "size", c->firmware->size);
	}
	if (signature != NULL)
		out_uint(o, "key_crc", signature->crc);
	if (c->rollout != NULL)
		show_rollout(ex, e, c);
	out_uint(o, "attempts",
	    c->rollout != NULL ? c->rollout->attempts : f->in.policy->attempts);
}

/* What was offered to it last, before this. */
static void
show_last(struct explainer *ex, const struct gateway_state *state)
{
	struct out *o = ex->out;

	out_str(o, "last_version", state->firmware_version);
	out_uint(o, "last_offers", state->firmware_offers);
	out_time(o, "last_offered_at", state->firmware_offered_at);
	if (state->firmware_outcome <= OUTCOME_SILENT)
		out_str(o, "last_outcome", outcome_words[state->firmware_outcome]);
	out_time(o, "last_outcome_at", state->firmware_outcome_at);
}

void
explain_firmware_show(struct explainer *ex, const struct explanation *e)
{
	const struct cups_exchange *x = &e->x;
	const struct cups_firmware *f = &x->records.firmware;
	const struct firmware_candidate *c;
	struct out *o = ex->out;

	if (x->inputs.gateway == NULL || x->inputs.firmware == NULL)
		return;
	c = main_candidate(e);
	if (!o->json && c == NULL && x->records.state.firmware_release == 0)
		return;
	out_object(o, "firmware", "Firmware");
	out_bool(o, "auto_update", x->records.gateway.auto_update);
	if (f->in.channel != NULL)
		out_str(o, "channel", f->in.channel->channel_id);
	if (c != NULL)
		show_candidate(ex, e, c);
	if (x->records.state.firmware_release != 0)
		show_last(ex, &x->records.state);
	out_object_end(o);
}
