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
    {NULL, NULL},
};
const struct record_table lns_records = {&lns_kind, columns};

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

const struct command lns_commands[] = {
    {"add", "ID [URI] [FIELD=VALUE...]", 1, ARGUMENTS_MANY, NULL, &lns_kind, add,
	"register a network server",
	"The URI is stored by gateways as it is: wss://host:port and nothing else. "
	"Gateways are given it by `gatehouse gateway set ID lns=ID`."},
    {"set", "ID FIELD=VALUE...", 1, ARGUMENTS_MANY, NULL, &lns_kind, record_run_set,
	"change it; all its gateways are told at their next poll", NULL},
    {"show", "ID", 1, 1, NULL, NULL, record_run_show, "all of one", NULL},
    {"list", "", 0, 0, NULL, NULL, record_run_list, "all of them", NULL},
    {"delete", "ID", 1, 1, NULL, NULL, record_run_delete,
	"remove one that no gateway uses", NULL},
    {.verb = NULL},
};
