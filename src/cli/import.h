/* What `plan` and `concentrator` have in common: what became of the things that were read. */
#ifndef GH_CLI_IMPORT_H
#define GH_CLI_IMPORT_H

#include "cli/cli.h"
#include "manage/plan.h"

/* Errors and warnings, each on a line of its own, for people. */
void import_findings(struct cli *cli, const struct findings *findings);

/* One thing that was read: its line, or its object in a list. NULL outcome: it was only
 * checked. */
void import_item(struct cli *cli, const char *id, const enum import_outcome *outcome,
    const struct findings *findings);

/* The figures; E_INVALID with words when something was refused, so that scripts notice. */
int import_end(struct cli *cli, const char *things, const struct import_result *result);

#endif
