/* Moving a fleet, and who is left. */
#include "manage/move.h"

#include "base/clock.h"
#include "base/eui.h"
#include "cli/gateway.h"

/* ---- moving ------------------------------------------------------------------------------- */

int
gateway_move(struct cli *cli)
{
	const char *uri = cli_word(cli, 0);
	struct moving how = {.filter = {.word = cli_value(cli, "word"),
				 .group = cli_value(cli, "group"),
				 .lns = cli_value(cli, "lns"),
				 .plan = cli_value(cli, "plan")}};
	bool some = how.filter.word != NULL || how.filter.group != NULL ||
		    how.filter.lns != NULL || how.filter.plan != NULL;
	struct moved done;
	int err = cli_open(cli);

	if (err != E_OK)
		return err;
	if (some == cli_has(cli, "all"))
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "say which gateways: --group, --lns, --plan, --word or --all");
	if ((uri != NULL) == cli_has(cli, "stay"))
		return fault_set(
		    &cli->m.fault, E_INVALID, NULL, "name an address, or say --stay");
	how.uri = uri != NULL ? uri : "";
	if ((err = manage_move(&cli->m, &how, &done)) != E_OK)
		return cli_fail(cli, err);
	out_object(&cli->out, NULL, NULL);
	out_uint(&cli->out, "matched", done.matched);
	out_uint(&cli->out, "changed", done.changed);
	out_object_end(&cli->out);
	return E_OK;
}

/* ---- who is left ---------------------------------------------------------------------------- */

static int
list_one(struct manage *m, const struct left_gateway *g, void *arg)
{
	struct out *o = arg;
	char eui[EUI_TEXT] = "", age[CLOCK_AGE];

	(void)m;
	if (g->gateway->eui != 0)
		eui_format(g->gateway->eui, eui);
	if (o->json) {
		out_object(o, NULL, NULL);
		out_str(o, "gateway", g->gateway->gateway_id);
		out_str(o, "eui", eui);
		out_time(o, "seen_at", g->sighting->seen_at[0]);
		out_str(o, "cups_uri", g->sighting->cups_uri);
		out_str(o, "why", left_why_name(g->why));
		out_str(o, "part", g->part);
		out_str(o, "pattern", poll_pattern_name(g->pattern));
		out_object_end(o);
		return E_OK;
	}
	out_cell(o, g->gateway->gateway_id);
	out_cell(o, eui);
	out_cell(o, clock_age(g->sighting->seen_at[0], o->now, age));
	out_cell(o, g->sighting->cups_uri);
	out_cell(o, left_why_name(g->why));
	out_cell(o, g->part);
	out_cell(o, poll_pattern_name(g->pattern));
	return E_OK;
}

int
gateway_left(struct cli *cli)
{
	static const char *const titles[] = {
	    "ID", "EUI", "SEEN", "AT", "WHY", "PART", "POLLS"};
	struct leaving how = {
	    .uri = cli_value(cli, "uri"), .trust = cli_value(cli, "trust")};
	struct out *o = &cli->out;
	struct left left;
	int err;

	if ((how.uri != NULL) == (how.trust != NULL))
		return fault_set(
		    &cli->m.fault, E_INVALID, NULL, "give --uri or --trust");
	if ((err = cli_open(cli)) != E_OK)
		return err;
	out_object(o, NULL, NULL);
	out_table(o, "left", titles, COUNT(titles));
	if ((err = manage_left(&cli->m, &how, list_one, o, &left)) != E_OK)
		return cli_fail(cli, err);
	out_table_end(o);
	out_uint(o, "concerned", left.concerned);
	out_uint(o, "have_it", left.concerned - left.left);
	out_uint(o, "left_over", left.left);
	out_object_end(o);
	return E_OK;
}
