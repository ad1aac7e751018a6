/* A password from whoever sits at the terminal. */
#ifndef GH_CLI_PROMPT_H
#define GH_CLI_PROMPT_H

#include "cli/cli.h"

/* Asks without echo, twice, on the terminal whatever standard input is. In the arena.
 * E_STATE without a terminal, E_INVALID when the two differ or are
 * empty. Control-C and what else ends the program does so with the terminal as it was. */
int prompt_new_password(struct cli *cli, struct span *password);

#endif
