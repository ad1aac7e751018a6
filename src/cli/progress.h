/* How far a large file is, on the terminal; nothing where standard error is none. */
#ifndef GH_CLI_PROGRESS_H
#define GH_CLI_PROGRESS_H

#include <stdint.h>

/* For image_progress_fn: `arg` is what is done ("reading", a static text). The line is
 * wiped at the end. */
void progress_show(void *arg, uint64_t done, uint64_t total);

#endif
