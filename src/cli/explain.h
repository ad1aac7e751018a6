/* Explanations in words, for `explain` and the hints of `gateway show`. */
#ifndef GH_CLI_EXPLAIN_H
#define GH_CLI_EXPLAIN_H

#include "cli/cli.h"
#include "manage/explain.h"

/*
 * What to do about what an explanation shows, one sentence each with the command where there
 * is one; the most pressing first. Calls fn for each; the texts are in the arena.
 */
typedef void advice_fn(void *arg, const char *text);
void explain_advice(
    struct cli *cli, const struct explanation *e, advice_fn *fn, void *arg);

/* Of firmware: the reasons as further rows of the list, and an object with what it would get,
 * how often it was offered it and what comes next. */
void explain_firmware_reasons(struct cli *cli, const struct explanation *e);
void explain_firmware_show(struct cli *cli, const struct explanation *e);

#endif
