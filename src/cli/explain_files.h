/* What a gateway would get of configuration files, for `explain`. */
#ifndef GH_CLI_EXPLAIN_FILES_H
#define GH_CLI_EXPLAIN_FILES_H

#include "cli/cli.h"

/* The section of a gateway that is registered, within the object that is open. */
int explain_files_show(struct cli *cli, const char *gateway);

#endif
