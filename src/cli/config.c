/* The configuration as it is in effect. */
#include "cli/cli.h"

static int
show(struct cli *cli)
{
	struct config_line *lines;
	struct out *o = &cli->out;
	size_t count;
	int err = cli_configure(cli);

	if (err != E_OK)
		return err;
	if ((lines = config_lines(&cli->config, &cli->arena, &count)) == NULL)
		return cli_fail(cli, E_NOMEM);
	out_object(o, NULL, NULL);
	out_str(o, "file", cli->config.path);
	out_list(o, "keys");
	for (size_t i = 0; i < count; i++) {
		out_line(o, "%s%s = %s", lines[i].set ? "" : "# ", lines[i].name,
		    lines[i].value);
		if (!o->json)
			continue;
		out_object(o, NULL, NULL);
		out_str(o, "name", lines[i].name);
		out_str(o, "value", lines[i].value);
		out_bool(o, "set", lines[i].set);
		out_object_end(o);
	}
	out_list_end(o);
	out_object_end(o);
	return E_OK;
}

const struct command config_commands[] = {
    {"", "", 0, 0, NULL, NULL, show,
	"the configuration as it is in effect; what is the default stands behind a #",
	NULL},
    {.verb = NULL},
};
