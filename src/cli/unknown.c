/* Gateways that nobody registered. */
#include "base/clock.h"
#include "base/eui.h"
#include "base/hex.h"
#include "cli/record.h"
#include "manage/adopt.h"

static const char *const titles[] = {
    "EUI", "LAST", "TIMES", "FROM", "SHOWED", "DIGEST", "STATION", "MODEL"};

/* What it presented; in full in JSON, since `adopt --digest` wants it. */
static void
show_seen(struct out *o, const struct unknown_sighting *u)
{
	char eui[EUI_TEXT], digest[65] = "";

	eui_format(u->eui, eui);
	if (u->credential != CREDENTIAL_NONE)
		hex_encode(u->digest, sizeof u->digest, digest);
	out_object(o, NULL, NULL);
	out_str(o, "eui", eui);
	out_time(o, "first_at", u->first_at);
	out_time(o, "last_at", u->last_at);
	out_uint(o, "count", u->count);
	out_str(o, "address", u->address);
	out_str(o, "credential", credential_name(u->credential));
	out_str(o, "digest", digest);
	out_str(o, "cups_uri", u->cups_uri);
	out_str(o, "station", u->station);
	out_str(o, "model", u->model);
	out_object_end(o);
}

static int
list_one(struct manage *m, const struct unknown_sighting *u, void *arg)
{
	struct out *o = arg;
	char eui[EUI_TEXT], digest[17] = "", age[CLOCK_AGE];

	(void)m;
	if (o->json) {
		show_seen(o, u);
		return E_OK;
	}
	eui_format(u->eui, eui);
	if (u->credential != CREDENTIAL_NONE)
		hex_encode(u->digest, 8, digest);
	out_cell(o, eui);
	out_cell(o, clock_age(u->last_at, o->now, age));
	out_cell_uint(o, u->count);
	out_cell(o, u->address);
	out_cell(o, credential_name(u->credential));
	out_cell(o, digest);
	out_cell(o, u->station);
	out_cell(o, u->model);
	return E_OK;
}

static int
list(struct cli *cli)
{
	int err = cli_open(cli);

	if (err != E_OK)
		return err;
	out_table(&cli->out, NULL, titles, COUNT(titles));
	if ((err = manage_unknowns(&cli->m, list_one, &cli->out)) != E_OK)
		return cli_fail(cli, err);
	out_table_end(&cli->out);
	return E_OK;
}

static int
read_eui(struct cli *cli, uint64_t *eui)
{
	const char *text = cli_word(cli, 0);

	if (eui_parse(span_str(text), eui) && *eui != 0)
		return E_OK;
	return fault_set(
	    &cli->m.fault, E_INVALID, NULL, "%.40s is no EUI (16 hex digits)", text);
}

static void
show_adopted(struct cli *cli, const struct adopted *done)
{
	struct out *o = &cli->out;

	if (o->json) {
		out_object(o, NULL, NULL);
		out_str(o, "gateway", done->gateway_id);
		out_bool(o, "seen", done->seen);
		out_str(o, "bound", credential_name(done->bound));
		out_str(o, "key", done->key_id != NULL ? done->key_id : "");
		out_object_end(o);
		return;
	}
	out_line(o, "adopted as %s", done->gateway_id);
	if (done->bound == CREDENTIAL_KEY)
		out_line(o, "It is let in with the key that it presented (%s).",
		    done->key_id);
	else if (done->bound == CREDENTIAL_CERTIFICATE)
		out_line(o,
		    "It presented a certificate, which is let in when a registered "
		    "CA issued it.");
	else
		out_line(o,
		    "It presented nothing: `gatehouse bundle %s --out FOLDER` "
		    "makes files to put on it.",
		    done->gateway_id);
}

static int
adopt(struct cli *cli)
{
	struct adoption a = {.template_id = cli_value(cli, "template"),
	    .gateway_id = cli_value(cli, "id"),
	    .name = cli_value(cli, "name"),
	    .digest = cli_value(cli, "digest"),
	    .unbound = cli_has(cli, "unbound")};
	struct adopted done = {0};
	int err = read_eui(cli, &a.eui);

	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = manage_adopt(&cli->m, &a, &done);
	if (err != E_OK)
		return cli_fail(cli, err);
	show_adopted(cli, &done);
	return E_OK;
}

/* Does something with the EUI that the first word is. */
static int
run(struct cli *cli, int (*fn)(struct manage *m, uint64_t eui))
{
	uint64_t eui = 0;
	int err = read_eui(cli, &eui);

	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = fn(&cli->m, eui);
	return cli_fail(cli, err);
}

static int
forget(struct cli *cli)
{
	int err = run(cli, manage_unknown_forget);

	if (err != E_OK)
		return err;
	out_done(
	    &cli->out, "forgotten", cli_word(cli, 0), "forgotten until it comes again");
	return E_OK;
}

static int
ignore(struct cli *cli)
{
	uint64_t eui = 0;
	char text[EUI_TEXT];
	int err = read_eui(cli, &eui);

	if (err == E_OK)
		err = cli_open(cli);
	if (err == E_OK)
		err = manage_unknown_ignore(&cli->m, eui, cli_value(cli, "note"));
	if (err != E_OK)
		return cli_fail(cli, err);
	eui_format(eui, text);
	return record_done(cli, "ignored", &ignored_kind, text);
}

static int
notice(struct cli *cli)
{
	int err = run(cli, manage_unknown_notice);

	if (err != E_OK)
		return err;
	out_done(&cli->out, "noticed", cli_word(cli, 0), "no longer ignored");
	return E_OK;
}

static int
list_ignored(struct cli *cli)
{
	static const struct record_column columns[] = {
	    {"eui", "EUI"}, {"created_at", "SINCE"}, {"note", "NOTE"}, {NULL, NULL}};

	return record_list(cli, &(struct record_table){&ignored_kind, columns});
}

static const struct option ignore_options[] = {
    OPTION("note", "TEXT", "why, for people"),
    OPTION_END,
};
static const struct option adopt_options[] = {
    OPTION("template", "ID", "copy the settings of a template"),
    OPTION("id", "ID", "its identifier instead of eui-..."),
    OPTION("name", "NAME", "a name for people"),
    OPTION("digest", "HEX",
	"which of several credentials counts: the beginning of its digest"),
    SWITCH("unbound", "do not let it in with what it presented"),
    OPTION_END,
};

const struct command unknown_commands[] = {
    {"list", "", 0, 0, NULL, NULL, list, "who came, and what they presented", NULL},
    {"adopt", "EUI", 1, 1, adopt_options, NULL, adopt,
	"register one with what it presented",
	"Look at `gatehouse unknown list` first: whoever came in its name first may be "
	"somebody else. It need not have come."},
    {"forget", "EUI", 1, 1, NULL, NULL, forget,
	"drop it from the list, until it comes again", NULL},
    {"ignore", "EUI", 1, 1, ignore_options, NULL, ignore,
	"leave it out of the list and adopt it by no template", NULL},
    {"notice", "EUI", 1, 1, NULL, NULL, notice, "ignore it no longer", NULL},
    {"ignored", "", 0, 0, NULL, NULL, list_ignored, "those that are ignored", NULL},
    {.verb = NULL},
};
