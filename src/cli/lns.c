/* Network servers. */
#include "cli/record.h"
#include "registry/lns.h"

static const struct record_column columns[] = {
    {"lns_id", "ID"},
    {"uri", "URI"},
    {"credentials", "CREDENTIALS"},
    {"trust", "TRUST"},
    {"udp_address", "UDP"},
    {"name", "NAME"},
};

static int
add(struct cli *cli)
{
	const char *uri = cli_word(cli, 1);
	struct edits edits = {0};
	int err = record_edit_add(cli, "lns_id", cli_word(cli, 0), &edits);
	/* A server for UDP alone has none. */
	bool has_uri = uri != NULL && strchr(uri, '=') == NULL;

	if (err == E_OK && has_uri)
		err = record_edit_add(cli, "uri", uri, &edits);
	if (err == E_OK)
		err = record_edits(cli, &lns_kind, has_uri ? 2 : 1, &edits);
	return err == E_OK ? record_run_add(cli, &lns_kind, &edits) : err;
}

static int
set(struct cli *cli)
{
	return record_run_set(cli, &lns_kind);
}

static int
show(struct cli *cli)
{
	int err = cli_open(cli);

	return err == E_OK ? record_get_show(cli, &lns_kind, cli_word(cli, 0)) : err;
}

static int
list(struct cli *cli)
{
	int err = cli_open(cli);

	return err == E_OK ? record_list(cli, &lns_kind, columns,
				 sizeof columns / sizeof columns[0])
			   : err;
}

static int delete (struct cli *cli)
{
	return record_run_delete(cli, &lns_kind);
}

const struct command lns_commands[] = {
    {"add", "ID [URI] [FIELD=VALUE...]", 1, ARGUMENTS_MANY, NULL, &lns_kind, add,
	"register a network server",
	"The URI is stored by gateways as it is: wss://host:port and nothing else. "
	"Gateways "
	"are given it by `gatehouse gateway set ID lns=ID`."},
    {"set", "ID FIELD=VALUE...", 1, ARGUMENTS_MANY, NULL, &lns_kind, set,
	"change it; all its gateways are told at their next poll", NULL},
    {"show", "ID", 1, 1, NULL, NULL, show, "all of one", NULL},
    {"list", "", 0, 0, NULL, NULL, list, "all of them", NULL},
    {"delete", "ID", 1, 1, NULL, NULL, delete, "remove one that no gateway uses", NULL},
    {.verb = NULL},
};
