/* Keys: made, imported, rotated, ended. */
#include "cli/key.h"

#include "cli/record.h"
#include "cli/writer.h"
#include "manage/explain_kickstarter.h"

static const char *const token_forms[] = {"bearer", "bare", NULL};

/* ---- making --------------------------------------------------------------------------------- */

/* Rights are read as their field is, with or without RIGHT_GATEWAY_ before them. */
static int
read_rights(struct cli *cli, uint64_t *rights)
{
	const struct field *f = field_by_name(&key_kind, "rights");
	struct text_list list;
	int err = cli_list(cli, "rights", &list);

	for (size_t i = 0; err == E_OK && i < list.count; i++) {
		const char *word = list.items[i];
		size_t bit = 0;

		while (f->words[bit] != NULL && strcasecmp(f->words[bit], word) != 0 &&
		       strcasecmp(f->words[bit] + strlen("RIGHT_GATEWAY_"), word) != 0)
			bit++;
		if (f->words[bit] == NULL)
			return fault_set(&cli->m.fault, E_INVALID, "--rights",
			    "must be some of INFO, SETTINGS_BASIC, SETTINGS_API_KEYS, "
			    "DELETE, LINK, READ_SECRETS, WRITE_SECRETS, ALL");
		*rights |= (uint64_t)1 << bit;
	}
	return err;
}

/* For one gateway a key is that of its CUPS unless --api says otherwise. */
static int
read_request(struct cli *cli, struct key_request *r)
{
	int err;

	r->gateway = cli_word(cli, 0);
	r->name = cli_value(cli, "name");
	r->cups = r->gateway != NULL && !cli_has(cli, "api");
	if ((r->gateway != NULL) == cli_has(cli, "all-gateways"))
		return fault_set(&cli->m.fault, E_INVALID, NULL,
		    "name the gateway that the key is for, or say --all-gateways");
	err = cli_choice(cli, "token-form", token_forms, &r->token_form);
	if (err == E_OK)
		err = cli_time(cli, "expires", &r->expires_at);
	return err == E_OK ? read_rights(cli, &r->rights) : err;
}

/* Nothing is sent to a Kickstarter: it asks, when it has none. */
static bool
is_kickstarter(struct cli *cli)
{
	const char *id = cli_word(cli, 0);

	return id != NULL && manage_is_kickstarter(&cli->m, id);
}

static void
show_made(struct cli *cli, const struct key_made *made, const char *plain)
{
	struct out *o = &cli->out;

	if (o->json) {
		out_object(o, NULL, NULL);
		out_str(o, "id", made->key.key_id);
		out_str(o, "gateway", cli_word(cli, 0) != NULL ? cli_word(cli, 0) : "");
		out_uint(o, "generation", made->key.generation);
		if (plain != NULL)
			out_str(o, "key", plain);
		out_object_end(o);
		return;
	}
	out_line(o, "key %s", made->key.key_id);
	if (plain == NULL)
		return;
	out_line(o, "%s", "");
	out_line(o, "  %s", plain);
	out_line(o, "%s", "");
	if (is_kickstarter(cli)) {
		out_line(o, "Enter it where it is to be used. A Kickstarter that has "
			    "an LNS key is given that one when it activates, else the "
			    "newest API key, which its network server must know.");
		return;
	}
	out_line(o, "This is shown only now. %s:",
	    made->key.generation > 0 ? "On the gateway it is the line of cups.key"
				     : "Who asks with it sends the header");
	out_line(o, "  Authorization: %s%s",
	    made->key.token_form == TOKEN_BEARER ? "Bearer " : "", plain);
}

/* Into a file that only its owner can read. */
static int
write_key(struct cli *cli, const char *path, const struct key_made *made)
{
	struct strbuf line;
	int err;

	strbuf_init(&line, 4096);
	strbuf_printf(&line, "%s%s\r\n",
	    made->key.token_form == TOKEN_BEARER ? "Authorization: Bearer "
						 : "Authorization: ",
	    made->plain);
	err = line.err != E_OK
		  ? line.err
		  : writer_file(path, 0600, strbuf_span(&line), &cli->m.fault);
	strbuf_clear(&line);
	if (err != E_OK)
		cli_warn(cli, "key %s was made but could not be written; revoke it",
		    made->key.key_id);
	return err;
}

static int
create(struct cli *cli)
{
	const char *path = cli_value(cli, "out");
	struct key_request request = {0};
	struct key_made made = {0};
	int err = read_request(cli, &request);

	if (err == E_OK && path != NULL)
		err = writer_start(&cli->m.fault);
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = manage_key_create(&cli->m, &request, &made);
	if (err == E_OK && path != NULL)
		err = write_key(cli, path, &made);
	if (err != E_OK)
		return cli_fail(cli, err);
	show_made(cli, &made, path == NULL ? made.plain : NULL);
	if (request.cups && !is_kickstarter(cli))
		out_line(&cli->out,
		    "A gateway that comes with an older key is sent this one.");
	return E_OK;
}

static int
import(struct cli *cli)
{
	const char *path = cli_value(cli, "file");
	struct key_request request = {0};
	struct key_made made = {0};
	int err = read_request(cli, &request);

	if (err == E_OK)
		err = cli_read_secret(cli, path != NULL ? path : "-", &request.value);
	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = manage_key_create(&cli->m, &request, &made);
	if (err != E_OK)
		return cli_fail(cli, err);
	show_made(cli, &made, NULL);
	return E_OK;
}

static int
rotate(struct cli *cli)
{
	struct key_made made = {0};
	int err = cli_open(cli);

	if (err == E_OK)
		err = manage_key_rotate(&cli->m, cli_word(cli, 0), &made);
	if (err != E_OK)
		return cli_fail(cli, err);
	show_made(cli, &made, cli_has(cli, "show-secrets") ? made.plain : NULL);
	if (!is_kickstarter(cli))
		out_line(&cli->out,
		    "It is sent at the gateway's next poll; older keys stay valid "
		    "until the gateway has come with it.");
	return E_OK;
}

/* ---- the others -------------------------------------------------------------------------------- */

static int
list(struct cli *cli)
{
	struct gateway g;
	const char *id = cli_word(cli, 0);
	int err = cli_open(cli);

	if (err == E_OK && id != NULL)
		err = manage_get(&cli->m, &gateway_kind, id, &g);
	return err == E_OK ? key_list_show(cli, NULL, id != NULL ? &g : NULL) : err;
}

struct others {
	const struct key *except;
	const struct gateway *gateway;
	const struct gateway_state *state;
	int64_t now;
	size_t valid;
};

/* One that was pushed at most may not have reached the gateway yet. */
static int
count_valid(struct manage *m, struct store_txn *txn, const struct key *key, void *arg)
{
	struct others *o = arg;
	bool reached = key->origin == KEY_BY_HAND ||
		       key->generation == o->state->first_generation ||
		       key->generation == o->state->confirmed_generation;

	(void)m;
	(void)txn;
	if (key->serial != o->except->serial && key->gateway == o->except->gateway &&
	    (key->rights & RIGHT_ALL || (key->rights & RIGHTS_CUPS) == RIGHTS_CUPS) &&
	    reached &&
	    strcmp(key_status(key, o->gateway, o->state, o->now), "valid") == 0)
		o->valid++;
	return E_OK;
}

/* Ending the only key of a gateway locks it out. */
static int
confirm_revoke(struct cli *cli, const struct key *key)
{
	struct others others = {.except = key, .now = cli->m.now};
	struct gateway_state state = {0};
	struct gateway g = {.serial = key->gateway};
	struct store_txn *txn;
	int err;

	if (key->gateway == 0 || key->revoked_at != 0)
		return E_OK;
	if ((err = store_read_begin(cli->data.registry, &txn)) != E_OK)
		return cli_fail(cli, err);
	err = registry_get(txn, &gateway_kind, key->gateway, &cli->arena, &g);
	store_read_end(txn);
	if (err == E_NOTFOUND)
		return E_OK;
	if (err != E_OK || (err = manage_gateway_state(&cli->m, &g, &state)) != E_OK)
		return cli_fail(cli, err);
	others.state = &state;
	others.gateway = &g;
	err = manage_keys(&cli->m, g.gateway_id, count_valid, &others);
	if (err != E_OK || others.valid > 0)
		return cli_fail(cli, err);
	return cli_confirm(cli,
	    "This is the only valid key that gateway %s is known to have; it will be "
	    "refused without it.",
	    g.gateway_id);
}

static int
revoke(struct cli *cli)
{
	const char *id = cli_word(cli, 0);
	struct key key;
	int err = cli_open(cli);

	if (err == E_OK)
		err = manage_get(&cli->m, &key_kind, id, &key);
	if (err == E_OK)
		err = confirm_revoke(cli, &key);
	if (err == E_OK)
		err = manage_key_revoke(&cli->m, id);
	return err == E_OK ? record_done(cli, "revoked", &key_kind, id) : err;
}

/* ---- the table ---------------------------------------------------------------------------------- */

#define OPTIONS_MAKING                                                                \
	SWITCH("all-gateways", "for all gateways instead of one"),                    \
	    SWITCH("api", "for programs: not the key that the gateway should have"),  \
	    OPTION("name", "NAME", "what it is for"),                                 \
	    OPTION("expires", "TIME", "when it ends by itself, e.g. +365d"),          \
	    OPTION_MANY("rights", "RIGHT,...",                                        \
		"INFO, SETTINGS_BASIC, READ_SECRETS (what CUPS needs, the default), " \
		"LINK, WRITE_SECRETS, ALL..."),                                       \
	    OPTION("token-form", "FORM", "bearer (Authorization: Bearer KEY) or bare")

static const struct option create_options[] = {
    OPTIONS_MAKING,
    OPTION("out", "FILE", "write it there as cups.key instead of showing it"),
    OPTION_END,
};
static const struct option import_options[] = {
    OPTIONS_MAKING,
    OPTION("file", "FILE",
	"where it is, e.g. the cups.key of the gateway (standard input)"),
    OPTION_END,
};
static const struct option rotate_options[] = {OPTION_SHOW_SECRETS, OPTION_END};
static const struct option revoke_options[] = {OPTION_YES, OPTION_END};

const struct record_table key_records = {&key_kind, NULL};
const struct command key_commands[] = {
    {"create", "GATEWAY | --all-gateways", 0, 1, create_options, NULL, create,
	"make a key, shown once",
	"For a gateway it becomes the one that the gateway should have for CUPS; put "
	"it on the gateway, or let the gateway come with its present key and it is "
	"sent this one."},
    {"import", "GATEWAY | --all-gateways", 0, 1, import_options, NULL, import,
	"register a key that is in use already",
	"The key is read from a file or standard input, bare or as a whole header "
	"line, as it is in cups.key. The gateway then comes as it is."},
    {"list", "[GATEWAY]", 0, 1, NULL, NULL, list, "the keys of a gateway, or all",
	NULL},
    {"show", "KEY", 1, 1, NULL, NULL, record_run_show, "all of one", NULL},
    {"set", "KEY FIELD=VALUE...", 1, ARGUMENTS_MANY, NULL, &key_kind, record_run_set,
	"change its name, rights or end", NULL},
    {"revoke", "KEY", 1, 1, revoke_options, NULL, revoke, "end a key now", NULL},
    {"rotate", "GATEWAY", 1, 1, rotate_options, NULL, rotate,
	"make a new key and send it at the next poll", NULL},
    {.verb = NULL},
};
