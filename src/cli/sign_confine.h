/* gatehouse-sign gives up what it does not need. */
#ifndef GH_CLI_SIGN_CONFINE_H
#define GH_CLI_SIGN_CONFINE_H

#include <stdbool.h>

#include "base/err.h"

/*
 * At the very start: E_PERM when run set-uid. Opens standard input and output where they
 * are missing, closes every file above them but `keep` (-1: none), allows no core file, no
 * tracing, no new privileges; files that are made are for their owner alone.
 */
int confine_begin(int keep, struct fault *fault);

/*
 * When all keys and sockets are open: no file can grow (unless output goes to one), and
 * without tokens, whose modules need more, no capability is left and the system takes only
 * the calls for reading, writing, answering connections and memory; others fail.
 */
void confine_end(bool tokens);

#endif
