/*
 * Files that somebody has brought and that wait for an answer: an import between its dry run
 * and "do it". They stay here, so nothing has to be believed of what the browser sends the
 * second time; the token that names one is of use only to its owner.
 *
 *	uploads/ (2770)  <SHA-256 of owner and token, hex> (0600)
 */
#ifndef GH_MANAGE_UPLOAD_H
#define GH_MANAGE_UPLOAD_H

#include "manage/manage.h"

#define UPLOAD_TOKEN 33	 /* 32 hex digits and a NUL */
#define UPLOAD_KEPT 3600 /* seconds */

/*
 * Copies what is in `fd`, from its beginning; the token is good for an hour, and for this
 * owner (some secret bytes, as the digest of a session). What is older goes meanwhile.
 * E_FULL, E_IO, E_CRYPTO; nothing is left then.
 */
int manage_upload_keep(
    struct manage *m, struct span owner, int fd, char token[UPLOAD_TOKEN]);

/* Opens it for reading. E_NOTFOUND: there is none, it is another one's, or too old. */
int manage_upload_open(struct manage *m, struct span owner, const char *token, int *fd);

/* Removes it; fine when there is none. */
void manage_upload_drop(struct manage *m, struct span owner, const char *token);

/* Removes all that are older than an hour; their number in *removed. Also by `gatehouse
 * tick`. E_IO. */
int manage_uploads_collect(struct manage *m, uint64_t *removed);

#endif
