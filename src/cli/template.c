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
    {NULL, NULL},
};
const struct record_table template_records = {&template_kind, columns};

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

const struct command template_commands[] = {
    {"add", "ID [FIELD=VALUE...]", 1, ARGUMENTS_MANY, edit_options, &template_kind, add,
	"make a template",
	"What it names is copied to a gateway when that is adopted; later changes of "
	"the template do not reach it. With eui_prefixes and `unknown_gateways = "
	"adopt` in the configuration, gateways with such EUIs are adopted by "
	"themselves."},
    {"set", "ID FIELD=VALUE...", 1, ARGUMENTS_MANY, edit_options, &template_kind,
	record_run_set, "change it", NULL},
    {"show", "ID", 1, 1, show_options, NULL, record_run_show, "all of one", NULL},
    {"list", "", 0, 0, NULL, NULL, record_run_list, "all of them", NULL},
    {"delete", "ID", 1, 1, NULL, NULL, record_run_delete, "remove it", NULL},
    {.verb = NULL},
};
