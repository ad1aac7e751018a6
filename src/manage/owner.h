/* Whose a data folder is, and acting as them; internal to src/manage. */
#ifndef GH_MANAGE_OWNER_H
#define GH_MANAGE_OWNER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/err.h"

struct owner {
	uid_t uid;
	gid_t gid;
	bool act; /* we are root: what we make must be given to them */
};

/*
 * Whose the folder is or shall be: of `user` and `group` when they are given, else of whom
 * it is already, else ours. E_INVALID (no such user or group), E_PERM (only root can make it
 * another user's).
 */
int owner_find(const char *path, const char *user, const char *group,
    struct owner *owner, struct fault *fault);

/* Gives them a file or folder and sets its mode. */
int owner_give(
    const char *path, mode_t mode, const struct owner *owner, struct fault *fault);

/* Makes a folder of theirs, mode 02770; *made is false when it was there. */
int owner_folder(
    const char *path, const struct owner *owner, bool *made, struct fault *fault);

/* As root: acts as them from now on. Sets the umask to 007. */
int owner_become(const struct owner *owner, struct fault *fault);

/* Is there anything in the folder? A folder that is not there is empty. */
int owner_folder_empty(const char *path, bool *empty, struct fault *fault);

#endif
