/* Releases of firmware, and the channels that name them. */
#include "cli/record.h"
#include "registry/firmware.h"

static const struct record_column release_columns[] = {
    {"release_id", "ID"},
    {"version", "VERSION"},
    {"firmware", "IMAGE"},
    {"models", "MODELS"},
    {"from", "FROM"},
    {"description", "DESCRIPTION"},
    {NULL, NULL},
};
const struct record_table release_records = {&release_kind, release_columns};
static const struct record_column channel_columns[] = {
    {"channel_id", "ID"},
    {"release", "RELEASE"},
    {"kickstarter", "KICKSTARTER"},
    {"description", "DESCRIPTION"},
    {NULL, NULL},
};
const struct record_table channel_records = {&channel_kind, channel_columns};

/* ---- releases ------------------------------------------------------------------------- */

static int
release_add(struct cli *cli)
{
	struct edits edits = {0};
	int err = record_edit_add(cli, "release_id", cli_word(cli, 0), &edits);

	if (err == E_OK)
		err = record_edit_add(cli, "firmware", cli_word(cli, 1), &edits);
	if (err == E_OK)
		err = record_edit_add(cli, "version", cli_word(cli, 2), &edits);
	if (err == E_OK)
		err = record_edits(cli, &release_kind, 3, &edits);
	return err == E_OK ? record_run_add(cli, &release_kind, &edits) : err;
}

const struct command release_commands[] = {
    {"add", "ID IMAGE VERSION [FIELD=VALUE...]", 3, ARGUMENTS_MANY, NULL, &release_kind,
	release_add, "say which version an image is, and for whom",
	"VERSION is exactly what a gateway reports once it runs it: a LoRa Basics "
	"Station reports the content of version.txt as its package, which the image "
	"has to write. A gateway that reports it gets it no more; one that never does "
	"is offered it a few times and then left alone."},
    {"set", "ID FIELD=VALUE...", 1, ARGUMENTS_MANY, NULL, &release_kind, record_run_set,
	"change it", NULL},
    {"show", "ID", 1, 1, NULL, NULL, record_run_show, "all of one", NULL},
    {"list", "", 0, 0, NULL, NULL, record_run_list, "all of them", NULL},
    {"remove", "ID", 1, 1, NULL, NULL, record_run_delete,
	"remove one that no channel and no roll-out names", NULL},
    {.verb = NULL},
};

/* ---- channels --------------------------------------------------------------------------- */

static int
channel_add(struct cli *cli)
{
	const char *release = cli_word(cli, 1);
	bool given = release != NULL && strchr(release, '=') == NULL;
	struct edits edits = {0};
	int err = record_edit_add(cli, "channel_id", cli_word(cli, 0), &edits);

	if (err == E_OK && given)
		err = record_edit_add(cli, "release", release, &edits);
	if (err == E_OK)
		err = record_edits(cli, &channel_kind, given ? 2 : 1, &edits);
	return err == E_OK ? record_run_add(cli, &channel_kind, &edits) : err;
}

const struct command channel_commands[] = {
    {"add", "ID [RELEASE] [FIELD=VALUE...]", 1, ARGUMENTS_MANY, NULL, &channel_kind,
	channel_add, "make a channel: what its gateways should run",
	"Gateways belong to it by `gatehouse gateway set ID update_channel=CHANNEL "
	"auto_update=true`. A channel may name no release yet: roll-outs bring one to "
	"its gateways step by step. None is there by itself, not even one named "
	"stable."},
    {"set", "ID FIELD=VALUE...", 1, ARGUMENTS_MANY, NULL, &channel_kind, record_run_set,
	"change it: all its gateways get another release at their next visit",
	"A roll-out does the same step by step."},
    {"show", "ID", 1, 1, NULL, NULL, record_run_show, "all of one", NULL},
    {"list", "", 0, 0, NULL, NULL, record_run_list, "all of them", NULL},
    {"remove", "ID", 1, 1, NULL, NULL, record_run_delete,
	"remove one that no roll-out names; its gateways get no updates", NULL},
    {.verb = NULL},
};
