/* The Things Kickstarter Gateway on the command line. */
#ifndef GH_CLI_KICKSTARTER_H
#define GH_CLI_KICKSTARTER_H

#include "cli/cli.h"

/* `probe --kickstarter` */
int kickstarter_probe(struct cli *cli);

#endif
