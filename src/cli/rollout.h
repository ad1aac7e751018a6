/* Roll-outs on the command line. */
#ifndef GH_CLI_ROLLOUT_H
#define GH_CLI_ROLLOUT_H

#include "cli/record.h"
#include "manage/rollout.h"

/* "10%" or "10"; NULL keeps *percentage. E_INVALID. */
int rollout_percentage(struct cli *cli, const char *text, double *percentage);

/* The commands of rollout_show.c. */
int rollout_run_status(struct cli *cli);
int rollout_run_plan(struct cli *cli);

#endif
