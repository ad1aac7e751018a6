/*
 * What the store must know about the folder that it is given: on which kind of file
 * system it is, whose it is, and whether there is room.
 */
#ifndef GH_STORE_FILESYSTEM_H
#define GH_STORE_FILESYSTEM_H

#include <sys/types.h>

#include "base/err.h"
#include "base/span.h"

/*
 * The name of a file system that may not be local, by statfs(2)'s f_type; NULL for any
 * other. FUSE is among them: sshfs and a virtual machine's shared folder look the same
 * as a local one, and on the former neither locks nor mapped files work between
 * machines.
 */
const char *filesystem_remote(uint64_t type);

/* E_REMOTEFS, with the kind's name, when the file system of `path` may not be local. */
int filesystem_check_local(const char *path, struct fault *fault);

/* E_PERM when we may not use `path` as `access` (R_OK | W_OK | X_OK) says: whose it is
 * and who we are stands in `fault`. E_NOTFOUND when there is none. */
int filesystem_check_access(const char *path, int access, struct fault *fault);

/* When we are root and the folder `path` belongs to somebody else, gives him the file
 * that was just made there. */
void filesystem_give_away(const char *folder, const char *file);

/* Whether a failed write to this open file had no room: full disk or size limit. */
bool filesystem_full(int fd);

/* Lets writes beyond the limit of file sizes fail instead of killing the process. */
void filesystem_ignore_size_signal(void);

/* Makes new entries of this folder survive a power cut. 0, or -1 with errno. */
int filesystem_sync_folder(const char *path);

#endif
