/* Whole files, safely. */
#ifndef GH_BASE_FILE_H
#define GH_BASE_FILE_H

#include <sys/types.h>

#include "base/err.h"
#include "base/strbuf.h"

/*
 * Appends the content of a regular file (or standard input for "-") to `out`, at most
 * out->max bytes: E_NOTFOUND, E_PERM, E_TOOBIG, E_IO, E_NOMEM, E_INVALID (a folder, a
 * device), with the path in `fault`.
 */
int file_read(const char *path, struct strbuf *out, struct fault *fault);

/*
 * Replaces the file by these bytes all at once: a temporary file beside it with `mode`,
 * fsync, rename, fsync of the folder. On any error the old file is as it was, but for the
 * last step: then the new one is there and may be gone after a power cut.
 * E_PERM, E_FULL, E_IO, E_NOTFOUND (no such folder).
 */
int file_replace(const char *path, mode_t mode, struct span bytes, struct fault *fault);

/* E_PERM with words when somebody else than the owner (and, if `group`, the group) may
 * read the file. E_NOTFOUND when there is none. */
int file_check_private(const char *path, int group, struct fault *fault);

/* Turns errno into an enum err, with the path and the system's words in `fault`. */
int file_fault(struct fault *fault, const char *path, const char *doing);

#endif
