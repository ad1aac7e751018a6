/* How far roll-outs are, and who would get one. */
#include "cli/rollout.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/eui.h"
#include "cli/gateway.h"

/* ---- status ------------------------------------------------------------------------------ */

struct showing {
	struct cli *cli;
	const char *only; /* NULL: all states */
};

static int
see_gateway(void *arg, const struct gateway *g, enum rollout_place place,
    const struct rollout_offer *offer)
{
	const char *state = rollout_place_name(place);
	struct showing *s = arg;
	struct out *o = &s->cli->out;
	char eui[EUI_TEXT] = "", offers[24] = "", buf[CLOCK_AGE];

	if (s->only != NULL && strcmp(s->only, state) != 0)
		return E_OK;
	if (g->eui != 0)
		eui_format(g->eui, eui);
	if (o->json) {
		out_object(o, NULL, NULL);
		out_str(o, "gateway_id", g->gateway_id);
		out_str(o, "eui", eui);
		out_str(o, "state", state);
		out_uint(o, "offers", offer->offers);
		out_time(o, "offered_at", offer->offered_at);
		out_time(o, "outcome_at", offer->outcome_at);
		out_object_end(o);
		return o->text.err;
	}
	snprintf(offers, sizeof offers, "%llu", (unsigned long long)offer->offers);
	out_cell(o, g->gateway_id);
	out_cell(o, eui);
	out_cell(o, state);
	out_cell(o, offer->outcome != OUTCOME_NONE ? offers : "");
	out_cell(o, clock_age(offer->offered_at, s->cli->m.now, buf));
	out_cell(o, clock_age(offer->outcome_at, s->cli->m.now, buf));
	return E_OK;
}

static void
show_percentage(struct out *o, double percentage)
{
	if (o->json)
		json_key_double(&o->j, "percentage", percentage);
	else
		out_note(o, "percentage", "%g %%", percentage);
}

static void
show_head(struct cli *cli, const struct rollout_look *look)
{
	const struct rollout_state *s = &look->state;
	struct out *o = &cli->out;

	out_str(o, "rollout_id", look->rollout.rollout_id);
	out_str(o, "status", rollout_status_name(s->status));
	out_str(o, "why", s->why != NULL ? s->why : "");
	out_str(o, "release", look->release.release_id);
	out_str(o, "version", look->release.version);
	out_str(o, "firmware", look->firmware.firmware_id);
	out_str(o, "channel", look->channel.channel_id);
	show_percentage(o, s->percentage);
	if (o->json || look->rollout.steps.count > 0) {
		out_uint(o, "step", s->step);
		out_uint(o, "steps", look->rollout.steps.count);
	}
	out_time(o, "started_at", s->started_at);
	out_time(o, "changed_at", s->changed_at);
	out_time(o, "next_step", look->next_step);
	out_time(o, "not_before", look->rollout.not_before);
}

static void
show_numbers(struct out *o, const struct rollout_look *look)
{
	out_object(o, "numbers", "Gateways");
	out_uint(o, "audience", look->audience);
	out_uint(o, "in_percentage", look->in);
	for (int i = 0; i < PLACES; i++)
		out_uint(o, rollout_place_name((enum rollout_place)i), look->places[i]);
	out_uint(o, "left_audience", look->left);
	out_uint(o, "downloading", look->downloads);
	out_object_end(o);
}

static int
status_one(struct cli *cli, const char *id)
{
	static const char *const titles[] = {
	    "ID", "EUI", "STATE", "OFFERS", "OFFERED", "SINCE"};
	struct showing s = {.cli = cli, .only = cli_value(cli, "only")};
	bool each = cli_has(cli, "gateways") || s.only != NULL;
	struct rollout_look look;
	struct out *o = &cli->out;
	int err;

	out_object(o, NULL, NULL);
	o->hold = true;
	if (each)
		out_table(o, "gateways", titles, COUNT(titles));
	err = manage_rollout_status(&cli->m, id, each ? see_gateway : NULL, &s, &look);
	o->hold = false;
	if (err != E_OK)
		return cli_fail(cli, err);
	if (each) {
		out_table_end(o);
		out_line(o, "%s", "");
	}
	show_head(cli, &look);
	show_numbers(o, &look);
	out_object_end(o);
	return E_OK;
}

/* All in short, from what the ledger counts; goes through no gateways. */
static int
see_rollout(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct rollout *r = record;
	struct cli *cli = arg;
	struct out *o = &cli->out;
	struct store_txn *ledger;
	struct rollout_state s;
	char percentage[24];
	int err = store_read_begin(cli->data.ledger, &ledger);

	(void)txn;
	if (err != E_OK)
		return err;
	err = rollout_state_get(ledger, r->serial, m->arena, &s);
	store_read_end(ledger);
	if (err != E_OK)
		return err;
	if (o->json) {
		out_object(o, NULL, NULL);
		out_str(o, "rollout_id", r->rollout_id);
		out_str(o, "status", rollout_status_name(s.status));
		out_str(o, "why", s.why != NULL ? s.why : "");
		json_key_double(&o->j, "percentage", s.percentage);
		out_uint(o, "offered", s.offered);
		out_uint(o, "updated", s.updated);
		out_uint(o, "failed", s.failed);
		out_uint(o, "silent", s.silent);
		out_object_end(o);
		return E_OK;
	}
	out_cell(o, r->rollout_id);
	out_cell(o, rollout_status_name(s.status));
	snprintf(percentage, sizeof percentage, "%g %%", s.percentage);
	out_cell(o, percentage);
	out_cell_uint(o, s.offered);
	out_cell_uint(o, s.updated);
	out_cell_uint(o, s.failed + s.silent);
	out_cell(o, s.why != NULL ? s.why : "");
	return E_OK;
}

int
rollout_run_status(struct cli *cli)
{
	static const char *const titles[] = {
	    "ID", "STATUS", "AT", "OFFERED", "UPDATED", "FAILED", "WHY"};
	const char *id = cli_word(cli, 0), *only = cli_value(cli, "only");
	bool known = only == NULL;
	int err;

	for (int i = 0; i < PLACES; i++)
		known |= only != NULL &&
			 strcmp(only, rollout_place_name((enum rollout_place)i)) == 0;
	if (!known)
		return fault_set(&cli->m.fault, E_INVALID, "--only",
		    "must be updated, offered, failed, silent, current, waiting or "
		    "later");
	if ((err = cli_open(cli)) != E_OK)
		return err;
	if (id != NULL)
		return status_one(cli, id);
	out_table(&cli->out, NULL, titles, COUNT(titles));
	err = manage_list(&cli->m, &rollout_kind, 0, 0, see_rollout, cli);
	if (err == E_OK)
		out_table_end(&cli->out);
	return cli_fail(cli, err);
}

/* ---- plan ---------------------------------------------------------------------------------- */

static int
see_planned(
    void *arg, const struct gateway *g, unsigned why, const struct sighting *seen)
{
	struct cli *cli = arg;
	struct out *o = &cli->out;
	char eui[EUI_TEXT] = "";

	if (g->eui != 0)
		eui_format(g->eui, eui);
	if (o->json) {
		out_object(o, NULL, NULL);
		out_str(o, "gateway_id", g->gateway_id);
		out_str(o, "eui", eui);
		out_bool(o, "gets_it", why == FIRMWARE_SENT);
		out_str(o, "why", rollout_plan_name(why));
		out_str(o, "package", seen->package);
		out_str(o, "station", seen->station);
		out_str(o, "model", seen->model);
		out_object_end(o);
		return o->text.err;
	}
	out_cell(o, g->gateway_id);
	out_cell(o, eui);
	out_cell(o, why == FIRMWARE_SENT ? "yes" : "no");
	out_cell(o, seen->package);
	out_cell(o, seen->model);
	out_cell(o, rollout_plan_text(why));
	return E_OK;
}

static void
show_counts(struct out *o, const struct rollout_plan *plan)
{
	char name[48];

	out_list(o, "reasons");
	for (unsigned i = 0; i < PLAN_WHYS; i++) {
		if (plan->counts[i] == 0)
			continue;
		if (!o->json) {
			snprintf(name, sizeof name, "%8llu  ",
			    (unsigned long long)plan->counts[i]);
			out_hanging(o, name, rollout_plan_text(i));
			continue;
		}
		out_object(o, NULL, NULL);
		out_str(o, "why", rollout_plan_name(i));
		out_str(o, "text", rollout_plan_text(i));
		out_uint(o, "gateways", plan->counts[i]);
		out_object_end(o);
	}
	out_list_end(o);
}

int
rollout_run_plan(struct cli *cli)
{
	static const char *const titles[] = {
	    "ID", "EUI", "GETS IT", "PACKAGE", "MODEL", "WHY"};
	bool each = cli_has(cli, "all");
	struct out *o = &cli->out;
	struct rollout_plan plan;
	double percentage = 0;
	int err = rollout_percentage(cli, cli_value(cli, "percentage"), &percentage);

	if (err != E_OK || (err = cli_open(cli)) != E_OK)
		return err;
	out_object(o, NULL, NULL);
	o->hold = true;
	if (each)
		out_table(o, "gateways", titles, COUNT(titles));
	err = manage_rollout_plan(&cli->m, cli_word(cli, 0), percentage,
	    each ? see_planned : NULL, cli, &plan);
	o->hold = false;
	if (err != E_OK)
		return cli_fail(cli, err);
	if (each) {
		out_table_end(o);
		out_line(o, "%s", "");
	}
	out_str(o, "rollout_id", plan.look.rollout.rollout_id);
	out_str(o, "status", rollout_status_name(plan.look.state.status));
	show_percentage(o, plan.look.state.percentage);
	out_time(o, "not_before", plan.look.rollout.not_before);
	out_uint(o, "channel_gateways", plan.gateways);
	out_uint(o, "would_get_it", plan.counts[FIRMWARE_SENT]);
	out_line(o, "%s", "");
	show_counts(o, &plan);
	out_object_end(o);
	return E_OK;
}
