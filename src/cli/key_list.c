/* Lists of keys. */
#include <stdio.h>

#include "base/clock.h"
#include "cli/gateway.h"
#include "cli/key.h"

static const char *const titles[] = {
    "KEY", "GATEWAY", "GEN", "STATUS", "USE", "EXPIRES", "NAME"};

const char *
key_status(const struct key *key, const struct gateway *gateway,
    const struct gateway_state *state, int64_t now)
{
	if (key->revoked_at != 0 && key->revoked_at <= now)
		return "revoked";
	if (key->expires_at != 0 && key->expires_at <= now)
		return "expired";
	return key_has_ended(key, gateway, state) ? "ended" : "valid";
}

struct key_listing {
	struct cli *cli;
	struct store_txn *ledger;
	const struct gateway *gateway; /* NULL: any */
};

/* What the lists of a gateway and of all say beside the record itself. */
struct key_facts {
	const char *status, *gateway;
	bool wanted; /* the gateway should have it */
	bool in_use; /* the gateway came with it last time */
	int64_t used_at;
};

static void
find_facts(struct key_listing *l, struct store_txn *txn, const struct key *key,
    struct key_facts *facts)
{
	struct cli *cli = l->cli;
	struct gateway_state state = {0};
	struct file_sighting file;
	struct gateway g = {0};
	struct sighting s;

	*facts = (struct key_facts){.gateway = "(all)"};
	if (key->gateway != 0) {
		if (registry_get(txn, &gateway_kind, key->gateway, cli->m.arena, &g) ==
		    E_OK) {
			facts->gateway = g.gateway_id;
			facts->wanted = g.target_cups_key == key->serial;
		} else {
			facts->gateway = "(gone)";
		}
		gateway_state_get(l->ledger, key->gateway, cli->m.arena, &state);
		if (sighting_get(cli->data.sightings, key->gateway, &s) &&
		    s.key_serial == key->serial) {
			facts->in_use = true;
			facts->used_at = s.seen_at[0];
		}
		if (file_sighting_get(cli->data.files, key->gateway, &file) &&
		    file.key_serial == key->serial) {
			facts->in_use = true;
			if (file.seen_at[0] > facts->used_at)
				facts->used_at = file.seen_at[0];
		}
	}
	facts->status = key_status(key, &g, &state, cli->m.now);
}

static void
json_row(struct key_listing *l, struct store_txn *txn, const struct key *key,
    const struct key_facts *facts)
{
	struct cli *cli = l->cli;
	struct record_view view = cli_view(cli, txn);

	out_object(&cli->out, NULL, NULL);
	json_key(&cli->out.j, "key");
	record_to_json(&key_kind, key, &view, NULL, &cli->out.j);
	out_str(&cli->out, "status", facts->status);
	out_bool(&cli->out, "wanted", facts->wanted);
	out_bool(&cli->out, "in_use", facts->in_use);
	out_time(&cli->out, "used_at", facts->used_at);
	out_object_end(&cli->out);
}

static void
text_row(struct out *o, const struct key *key, const struct key_facts *facts)
{
	char generation[32] = "", expires[CLOCK_AGE];

	if (key->generation != 0)
		snprintf(generation, sizeof generation, "%llu%s",
		    (unsigned long long)key->generation,
		    key->origin == KEY_PUSHED ? " pushed" : "");
	out_cell(o, key->key_id);
	out_cell(o, facts->gateway);
	out_cell(o, generation);
	out_cell(o, facts->status);
	out_cell(o, facts->in_use && facts->wanted ? "in use, wanted"
		    : facts->in_use		   ? "in use"
		    : facts->wanted		   ? "wanted"
						   : "");
	out_cell(o, clock_age(key->expires_at, o->now, expires));
	out_cell(o, key->name);
}

static int
list_one(struct manage *m, struct store_txn *txn, const struct key *key, void *arg)
{
	struct key_listing *l = arg;
	struct key_facts facts;

	(void)m;
	find_facts(l, txn, key, &facts);
	if (l->cli->out.json)
		json_row(l, txn, key, &facts);
	else
		text_row(&l->cli->out, key, &facts);
	return E_OK;
}

int
key_list_show(struct cli *cli, const char *name, const struct gateway *g)
{
	struct key_listing l = {.cli = cli, .gateway = g};
	struct out *o = &cli->out;
	int err = store_read_begin(cli->data.ledger, &l.ledger);

	if (err != E_OK)
		return cli_fail(cli, err);
	if (name != NULL && !o->json) {
		out_line(o, "%s", "");
		out_line(o, "Its keys");
	}
	out_table(o, name, titles, COUNT(titles));
	o->hold = true;
	err = manage_keys(&cli->m, g != NULL ? g->gateway_id : NULL, list_one, &l);
	o->hold = false;
	store_read_end(l.ledger);
	if (err != E_OK)
		return cli_fail(cli, err);
	out_table_end(o);
	return E_OK;
}
