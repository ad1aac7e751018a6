/* Files that come with a form, and answers that are files too large to be held in memory. */
#ifndef GH_ADMIN_TRANSFER_H
#define GH_ADMIN_TRANSFER_H

#include "admin/admin.h"

/* The file of the input "file". E_INVALID, about that input: none was chosen, or an empty
 * one. */
int transfer_file(struct visit *v, const struct form_file **file);

/* All of a short file, in the arena. E_TOOBIG, about the input "file"; E_IO. */
int transfer_read(
    struct visit *v, const struct form_file *file, size_t max, struct span *bytes);

/* Bytes for an answer that is built piece by piece: a file without a name in the data
 * folder, which is gone with its descriptor. E_FULL, E_IO, E_PERM. */
int transfer_begin(struct visit *v, int *fd);
int transfer_put(struct visit *v, int fd, struct span bytes);

/* Answers with all of it, to be saved under this name (a literal of ours). Takes the
 * descriptor over. */
int transfer_send(struct visit *v, const char *type, const char *name, int fd);

/* "64 MiB", which is 64M in the configuration, "312 bytes"; in the arena. */
const char *transfer_size(struct visit *v, uint64_t bytes);

#endif
