/* Everything about one gateway. */
#include <stdio.h>

#include "base/clock.h"
#include "cli/gateway.h"
#include "cli/key.h"
#include "cli/kickstarter.h"
#include "manage/rollout.h"
#include "registry/gateway_state.h"

/* ---- the ledger ------------------------------------------------------------------------------ */

static const char *const push_parts[] = {
    "cups-uri", "cups-credentials", "lns-uri", "lns-credentials"};

static void
show_push(struct out *o, const struct push *p)
{
	const char *part = p->part < 4 ? push_parts[p->part] : "?";
	char buf[CLOCK_AGE], what[9], times[32] = "once";

	snprintf(what, sizeof what, "%08llx", (unsigned long long)p->what);
	if (p->count != 1)
		snprintf(
		    times, sizeof times, "%llu times", (unsigned long long)p->count);
	if (!o->json) {
		out_note(o, "sent, not confirmed", "%s, %s, last %s%s", part, times,
		    clock_age(p->last_at, o->now, buf),
		    p->reason == PUSH_WRONG_CREDENTIAL
			? ", because it came with another credential"
			: "");
		return;
	}
	out_object(o, NULL, NULL);
	out_str(o, "part", part);
	out_str(o, "reason",
	    p->reason == PUSH_WRONG_CREDENTIAL ? "wrong-credential" : "differs");
	out_str(o, "crc", what);
	out_uint(o, "count", p->count);
	out_time(o, "last_at", p->last_at);
	out_object_end(o);
}

/* The serial's identifier, in the command's arena; "" when it is gone. */
static const char *
name_of(struct cli *cli, struct store_txn *txn, const struct record_kind *kind,
    uint64_t serial)
{
	void *record = arena_alloc(&cli->arena, kind->size);

	if (serial == 0 || record == NULL ||
	    registry_get(txn, kind, serial, &cli->arena, record) != E_OK)
		return "";
	return record_id(kind, record);
}

static int
show_firmware(struct cli *cli, const struct gateway_state *s)
{
	static const char *const places[] = {"package", "station"};
	struct out *o = &cli->out;
	struct store_txn *txn;
	int err = store_read_begin(cli->data.registry, &txn);

	if (err != E_OK)
		return cli_fail(cli, err);
	out_object(o, "firmware", "The firmware that it was offered last");
	out_str(o, "release", name_of(cli, txn, &release_kind, s->firmware_release));
	out_str(o, "rollout", name_of(cli, txn, &rollout_kind, s->firmware_rollout));
	out_str(o, "version", s->firmware_version);
	out_str(o, "shown_by", places[s->firmware_shown_by == RELEASE_STATION]);
	out_uint(o, "offers", s->firmware_offers);
	out_time(o, "offered_at", s->firmware_offered_at);
	out_str(o, "outcome", rollout_outcome_name((int)s->firmware_outcome));
	out_time(o, "outcome_at", s->firmware_outcome_at);
	out_object_end(o);
	store_read_end(txn);
	return E_OK;
}

static int
show_state(struct cli *cli, const struct gateway *g)
{
	struct out *o = &cli->out;
	struct gateway_state state;
	const struct push *pushes;
	int err = manage_gateway_state(&cli->m, g, &state);

	if (err != E_OK)
		return err;
	pushes = state.pushes.rows;
	out_object(o, "ledger",
	    state.pushes.count > 0 || state.confirmed_at != 0
		? "What it was sent and confirmed"
		: NULL);
	if (o->json || state.confirmed_generation != 0) {
		out_uint(o, "confirmed_generation", state.confirmed_generation);
		out_uint(o, "first_generation", state.first_generation);
	}
	out_time(o, "confirmed_at", state.confirmed_at);
	out_time(o, "provisioned_until", state.provisioned_until);
	out_list(o, "pushes");
	for (size_t i = 0; i < state.pushes.count; i++)
		show_push(o, &pushes[i]);
	out_list_end(o);
	out_object_end(o);
	/* The device asks, and gets its mark, also when nobody calls it a Kickstarter. */
	if ((!g->kickstarter || g->deleted_at != 0) &&
	    state.kickstarter_fault[0] != '\0')
		explain_kickstarter_mark(&cli->out, &state);
	return state.firmware_release != 0 ? show_firmware(cli, &state) : E_OK;
}

struct explainer
cli_explainer(struct cli *cli)
{
	return (struct explainer){.m = &cli->m,
	    .out = &cli->out,
	    .require_auth = cli->config.require_auth,
	    .seal_path = cli->config.seal_keys};
}

/* ---- hints -------------------------------------------------------------------------------------- */

static void
hint(void *arg, const char *text)
{
	struct out *o = arg;

	if (o->json)
		json_str(&o->j, text);
	else
		out_hanging(o, "  * ", text);
}

/* The same as `explain` would say. */
static int
show_hints(struct cli *cli, const struct gateway *g)
{
	struct explanation *e = arena_zalloc(&cli->arena, 1, sizeof *e);
	struct explainer ex = cli_explainer(cli);
	struct explaining what = {.gateway = g->gateway_id};
	struct out *o = &cli->out;
	int err = E_NOMEM;

	if (g->kickstarter && g->deleted_at == 0)
		return explain_kickstarter_hints(&ex, g);
	if (g->eui == 0 || g->deleted_at != 0) {
		out_list(o, "hints");
		hint(o, g->deleted_at != 0 ? "It is deleted, so it is refused."
					   : "It has no EUI, so CUPS cannot know it.");
		out_list_end(o);
		return E_OK;
	}
	if (e != NULL)
		err = manage_explain(&cli->m, &what, e);
	if (err != E_OK)
		return cli_fail(cli, err);
	if (o->json) {
		out_str(o, "verdict", explain_verdict(e, &cli->arena));
	} else {
		out_line(o, "%s", "");
		out_line(o, "If it came now");
		out_paragraph(o, 2, explain_verdict(e, &cli->arena));
	}
	out_list(o, "hints");
	explain_advice(&ex, e, hint, o);
	out_list_end(o);
	return E_OK;
}

/* ---- all ------------------------------------------------------------------------------------------ */

/* The names of the secrets that it has, since JSON does not show them otherwise. */
static void
show_secret_names(struct cli *cli, const struct gateway *g)
{
	if (!cli->out.json)
		return;
	out_list(&cli->out, "secrets");
	for (const struct field *f = gateway_kind.fields; f->number != 0; f++)
		if (f->type == FIELD_SEALED && !field_is_zero(f, g))
			json_str(&cli->out.j, f->name);
	out_list_end(&cli->out);
}

static int
show_record(struct cli *cli, const char *id, struct gateway *g)
{
	struct store_txn *txn;
	int err = store_read_begin(cli->data.registry, &txn);

	if (err != E_OK)
		return cli_fail(cli, err);
	err = manage_find_in(&cli->m, txn, &gateway_kind, id, g);
	if (err == E_OK) {
		if (cli->out.json)
			json_key(&cli->out.j, "gateway");
		record_show(cli, txn, &gateway_kind, g);
	}
	store_read_end(txn);
	return cli_fail(cli, err);
}

int
gateway_show(struct cli *cli)
{
	struct gateway *g = arena_alloc(&cli->arena, sizeof *g);
	struct file_sighting file;
	struct sighting s;
	int err = g != NULL ? cli_open(cli) : cli_fail(cli, E_NOMEM);

	if (err != E_OK)
		return err;
	out_object(&cli->out, NULL, NULL);
	if ((err = show_record(cli, cli_word(cli, 0), g)) != E_OK ||
	    (err = show_state(cli, g)) != E_OK)
		return err;
	show_secret_names(cli, g);
	if (sighting_get(cli->data.sightings, g->serial, &s)) {
		sighting_show(&cli->out, "sighting", &s);
	} else if (cli->out.json) {
		json_key(&cli->out.j, "sighting");
		json_null(&cli->out.j);
	}
	if (file_sighting_get(cli->data.files, g->serial, &file))
		file_sighting_show(&cli->out, "file_sighting", &file);
	if ((err = key_list_show(cli, "keys", g)) != E_OK ||
	    (err = show_hints(cli, g)) != E_OK)
		return err;
	out_object_end(&cli->out);
	return E_OK;
}
