/* The list of a backup's files, and work on whole folders; internal to src/manage. */
#ifndef GH_MANAGE_MANIFEST_H
#define GH_MANAGE_MANIFEST_H

#include "manage/backup.h"
#include "manage/owner.h"

#define MANIFEST_NAME "manifest.json"

/* Adds every regular file below `folder`/`below` (with its size and SHA-256) to the backup's
 * list. A folder that is not there has none. */
int manifest_add(const char *folder, const char *below, struct arena *arena,
    struct backup *b, struct fault *fault);

/* Writes manifest.json into the folder, once everything else is on disk. */
int manifest_write(const char *folder, const struct backup *b, struct fault *fault);

/* Reads it. E_NOTFOUND (no backup, or an unfinished one), E_CORRUPT, E_VERSION. */
int manifest_read(
    const char *folder, struct arena *arena, struct backup *b, struct fault *fault);

/* Reads every file that is listed and compares: E_CORRUPT with the first that differs. */
int manifest_verify(const char *folder, const struct backup *b, struct fault *fault);

/* Copies a file with its folders and syncs it; what is made belongs to the owner, files with
 * `mode`. E_EXISTS when there is one. */
int tree_copy(const char *from, const char *to, mode_t mode, const struct owner *owner,
    struct fault *fault);

/* Removes a folder and what is in it, as far as that is possible. */
void tree_remove(const char *path);

#endif
