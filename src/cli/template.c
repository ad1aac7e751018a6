/* Templates of adopted gateways. */
#include "cli/record.h"
#include "registry/template.h"

static const struct record_column columns[] = {
    {"template_id", "ID"},
    {"eui_prefixes", "PREFIXES"},
    {"window_until", "WINDOW"},
    {"lns", "LNS"},
    {"groups", "GROUPS"},
    {"name", "NAME"},
};

static const struct option edit_options[] = {OPTION_SECRET, OPTION_END};
static const struct option show_options[] = {OPTION_SHOW_SECRETS, OPTION_END};

static int
add(struct cli *cli)
{
	struct edits edits = {0};
	int err = record_edit_add(cli, "template_id", cli_word(cli, 0), &edits);

	if (err == E_OK)
		err = record_edits(cli, &template_kind, 1, &edits);
	return err == E_OK ? record_run_add(cli, &template_kind, &edits) : err;
}

static int
set(struct cli *cli)
{
	return record_run_set(cli, &template_kind);
}

static int
show(struct cli *cli)
{
	int err = cli_open(cli);

	return err == E_OK ? record_get_show(cli, &template_kind, cli_word(cli, 0))
			   : err;
}

static int
list(struct cli *cli)
{
	int err = cli_open(cli);

	return err == E_OK ? record_list(cli, &template_kind, columns,
				 sizeof columns / sizeof columns[0])
			   : err;
}

static int delete (struct cli *cli)
{
	return record_run_delete(cli, &template_kind);
}

const struct command template_commands[] = {
    {"add", "ID [FIELD=VALUE...]", 1, ARGUMENTS_MANY, edit_options, &template_kind, add,
	"make a template",
	"What it names is copied to a gateway when that is adopted; later changes of "
	"the "
	"template do not reach it. With eui_prefixes and `unknown_gateways = adopt` in "
	"the "
	"configuration, gateways with such EUIs are adopted by themselves."},
    {"set", "ID FIELD=VALUE...", 1, ARGUMENTS_MANY, edit_options, &template_kind, set,
	"change it", NULL},
    {"show", "ID", 1, 1, show_options, NULL, show, "all of one", NULL},
    {"list", "", 0, 0, NULL, NULL, list, "all of them", NULL},
    {"delete", "ID", 1, 1, NULL, NULL, delete, "remove it", NULL},
    {.verb = NULL},
};
