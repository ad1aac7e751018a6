/* Help, printed from the table of commands and the tables of fields. */
#ifndef GH_CLI_HELP_H
#define GH_CLI_HELP_H

#include "cli/cli.h"

/* Of what args names: a command, a group, or everything. To standard output. */
void help_show(
    struct cli *cli, const struct command_group *group, const struct command *command);

#endif
