/* Gateways: the table of commands, and the short ones. */
#include "cli/gateway.h"
#include "manage/explain_kickstarter.h"

#include <stdio.h>

/* ---- adding -------------------------------------------------------------------------------- */

/* `ID [EUI] FIELD=VALUE...` */
static int
add(struct cli *cli)
{
	const char *id = cli_word(cli, 0), *second = cli_word(cli, 1);
	bool eui = second != NULL && strchr(second, '=') == NULL;
	struct edits edits = {0};
	int err = record_edit_add(cli, "ids.gateway_id", id, &edits);

	if (err == E_OK && eui)
		err = record_edit_add(cli, "ids.eui", second, &edits);
	if (err == E_OK)
		err = record_edits(cli, &gateway_kind, eui ? 2 : 1, &edits);
	if (err == E_OK)
		err = record_run_add(cli, &gateway_kind, &edits);
	if (err == E_OK && manage_is_kickstarter(&cli->m, id))
		out_line(&cli->out,
		    "next: `gatehouse explain %s` tells what it still lacks, "
		    "`gatehouse gateway activation show %s` which key it will be given",
		    id, id);
	else if (err == E_OK)
		out_line(&cli->out,
		    "next: `gatehouse bundle %s --out FOLDER` makes its files, "
		    "`gatehouse key import %s` takes the key that it has",
		    id, id);
	return err;
}

/* ---- one word, one call ------------------------------------------------------------------------ */

static int
run(struct cli *cli, int (*fn)(struct manage *m, const char *id), const char *done)
{
	const char *id = cli_word(cli, 0);
	int err = cli_open(cli);

	if (err == E_OK)
		err = fn(&cli->m, id);
	if (err != E_OK)
		return err;
	out_done(&cli->out, done, id, "%s gateway %s", done, id);
	return E_OK;
}

static int delete (struct cli *cli)
{
	int err = record_run_delete(cli);

	if (err == E_OK)
		out_line(&cli->out,
		    "it is refused from now on; `gatehouse gateway restore %s` takes "
		    "that back, `gatehouse gateway purge %s` frees its ID and EUI",
		    cli_word(cli, 0), cli_word(cli, 0));
	return err;
}

static int
restore(struct cli *cli)
{
	return run(cli, manage_gateway_restore, "restored");
}

static int
purge(struct cli *cli)
{
	int err = cli_open(cli);

	if (err == E_OK)
		err = cli_confirm(cli,
		    "Gateway %.64s, its keys and secrets and what it has confirmed go "
		    "for good.",
		    cli_word(cli, 0));
	return err == E_OK ? run(cli, manage_gateway_purge, "purged") : err;
}

static int
retry(struct cli *cli)
{
	return run(cli, manage_gateway_retry, "retried");
}

/* ---- the table ---------------------------------------------------------------------------------- */

static const struct option edit_options[] = {OPTION_SECRET, OPTION_END};
static const struct option show_options[] = {OPTION_SHOW_SECRETS, OPTION_END};
static const struct option activation_options[] = {
    OPTION("until", "TIME", "open: until then at the latest, e.g. +1d"),
    OPTION_SHOW_SECRETS, OPTION_END};
static const struct option purge_options[] = {OPTION_YES, OPTION_END};
static const struct option set_options[] = {
    OPTION_SECRET,
    OPTIONS_GATEWAY_CHOICE,
    SWITCH("all", "all gateways"),
    SWITCH("dry-run", "check, show what would change, and change nothing"),
    OPTION_END,
};
static const struct option list_options[] = {
    OPTIONS_GATEWAY_CHOICE,
    SWITCH("deleted", "the deleted ones instead of the others"),
    OPTION("after", "ID", "go on after this gateway"),
    OPTION("limit", "N", "at most so many"),
    OPTION("columns", "FIELD,...",
	"these fields; also seen, address, station, model and package"),
    SWITCH("sightings", "with --json: objects with gateway and sighting"),
    OPTION_END,
};
static const struct option import_options[] = {
    OPTION("format", "csv|json", "instead of what it looks like"),
    OPTION("on-existing", "update|skip|refuse",
	"what to do with gateways that are registered already (update)"),
    SWITCH("dry-run", "say for each line what would be done, and do nothing"),
    SWITCH("verbose", "say for each line what was done"),
    SWITCH("strict", "refuse gateways with fields that are not known"),
    SWITCH("clear-empty", "empty cells of a table clear the field"),
    OPTION_END,
};
static const struct option export_options[] = {
    OPTION("format", "jsonl|csv|json", "instead of what the file's name says (jsonl)"),
    OPTION("word", "WORDS", "words that begin some of the ID, name or description"),
    OPTION("group", "GROUP", "those of a group"),
    OPTION("lns", "LNS", "those of a network server"),
    OPTION("plan", "PLAN", "those with a frequency plan"),
    SWITCH("deleted", "the deleted ones instead of the others"),
    SWITCH("secrets", "with the keys, in plain text"),
    SWITCH("without-damaged",
	"leave out what cannot be read, say how much that is, and end with 7"),
    OPTION_END,
};

static const struct option move_options[] = {
    OPTION("word", "WORDS", "words that begin some of the ID, name or description"),
    OPTION("group", "GROUP", "those of a group"),
    OPTION("lns", "LNS", "those of a network server"),
    OPTION("plan", "PLAN", "those with a frequency plan"),
    SWITCH("all", "every gateway"),
    SWITCH("stay", "let them stay where they are, in the place of an address"),
    OPTION_END,
};
static const struct option left_options[] = {
    OPTION("uri", "URI", "those that should be at this CUPS"),
    OPTION("trust", "ID", "those that should have this certificate"),
    OPTION_END,
};

const struct record_table gateway_records = {&gateway_kind, NULL};
const struct command gateway_commands[] = {
    {"add", "ID [EUI] [FIELD=VALUE...]", 1, ARGUMENTS_MANY, edit_options, &gateway_kind,
	add, "register a gateway",
	"The ID has 3 to 36 lower-case letters, digits and single dashes. The EUI may "
	"be written in any usual form. `eui`, `id` and other last parts of field names "
	"will do."},
    {"set", "ID FIELD=VALUE... | --group GROUP FIELD=VALUE...", 0, ARGUMENTS_MANY,
	set_options, &gateway_kind, gateway_set,
	"change fields of one or of many gateways",
	"Many are changed in groups of some hundred, each group at once or not at all; "
	"an error stops and names the gateway. Those that have the values already are "
	"left alone."},
    {"show", "ID", 1, 1, show_options, NULL, gateway_show,
	"a gateway, what it confirmed, when it was seen, its keys, and what is wrong",
	NULL},
    {"list", "", 0, 0, list_options, NULL, gateway_list, "many gateways", NULL},
    {"move", "URI", 0, 1, move_options, NULL, gateway_move,
	"send many gateways to another CUPS",
	"They are told at their next poll, when the configuration allows redirects. A "
	"trust must be registered for the address; `gatehouse gateway left --uri URI` "
	"lists those that have not come there."},
    {"left", "", 0, 0, left_options, NULL, gateway_left,
	"who has not moved yet to another CUPS or certificate", NULL},
    {"delete", "ID", 1, 1, NULL, NULL, delete,
	"refuse it from now on, and keep its data", NULL},
    {"restore", "ID", 1, 1, NULL, NULL, restore, "take back a deletion", NULL},
    {"purge", "ID", 1, 1, purge_options, NULL, purge, "end a deleted gateway for good",
	NULL},
    {"retry", "ID", 1, 1, NULL, NULL, retry,
	"send again what was sent too often without being taken", NULL},
    {"import", "FILE", 1, 1, import_options, NULL, gateway_import,
	"register and change many, from a table or JSON",
	"FILE (or - for standard input) is CSV, JSON lines, or a JSON list, with the "
	"field names of The Things Stack (ids.gateway_id, antennas.0.gain). What "
	"cannot be taken is refused with its line, field and reason; the others are "
	"stored. Unknown fields are named."},
    {"export", "[FILE]", 0, 1, export_options, NULL, gateway_export,
	"write many as a table or JSON, as import takes it",
	"Client certificates and their keys are not part of it: `gatehouse backup` has "
	"everything."},
    {"activation", "open|close|show ID", 2, 2, activation_options, NULL,
	gateway_activation, "when a Kickstarter may be activated, and with which key",
	"A Kickstarter without a key asks for one, once, showing nothing but its ID. "
	"The first time it gets one by itself; afterwards an operator has to open a "
	"window, which also happens when its key ends or changes."},
    {.verb = NULL},
};
