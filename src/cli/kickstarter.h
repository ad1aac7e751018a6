/* The Things Kickstarter Gateway on the command line. */
#ifndef GH_CLI_KICKSTARTER_H
#define GH_CLI_KICKSTARTER_H

#include "cli/cli.h"
#include "manage/explain.h"
#include "manage/explain_kickstarter.h"
#include "registry/gateway.h"

/* `explain` of a gateway that is marked as a Kickstarter. */
int kickstarter_explain(struct cli *cli, const struct explaining *what);

/* The last part of `gateway show`: verdict, activation, hints. */
int kickstarter_show(struct cli *cli, const struct gateway *g);

/* Part of both: which image it gets, from which release or roll-out, and why no other. */
void kickstarter_show_firmware(struct cli *cli, const struct kick_explanation *e);

/* What kept the device from its configuration when it asked last, if anything did. */
void kickstarter_mark_show(struct cli *cli, const struct gateway_state *state);

/* `probe --kickstarter` */
int kickstarter_probe(struct cli *cli);

#endif
