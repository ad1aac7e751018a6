/* What `plan` and `concentrator` have in common: what became of the things that were read. */
#ifndef GH_CLI_IMPORT_H
#define GH_CLI_IMPORT_H

#include "cli/cli.h"
#include "manage/plan.h"

/* One thing that was read: its line, or its object in a list. NULL outcome: it was only
 * checked. */
void import_item(struct cli *cli, const char *id, const enum import_outcome *outcome,
    const struct findings *findings);

/* The figures; E_INVALID with words when something was refused, so that scripts notice. */
int import_end(struct cli *cli, const char *things, const struct import_result *result);

/* Removes those that the words name; `thing`: "plan". */
int import_remove_all(struct cli *cli, const char *thing,
    int (*remove)(struct manage *m, const char *id));

#endif
