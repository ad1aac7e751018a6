/*
 * Large things are files, each named by the digest of its bytes (64 hex digits, made by the
 * caller): blobs/ab/abcdef…. What is there is whole: it was written to a temporary file,
 * synced with its folder, and renamed. Nothing is ever changed in place.
 *
 *	blobs/lock	taken (flock) while something is added or collected
 *	blobs/new/	what is being written; rests of dead processes are collected
 */
#ifndef GH_STORE_BLOB_H
#define GH_STORE_BLOB_H

#include "base/err.h"
#include "base/span.h"

#define BLOB_NAME 64

struct blobs {
	char path[1024];
};

/* Uses the folder; with `create` makes it (not its parents). From here on the process
 * ignores SIGXFSZ. E_NOTFOUND, E_PERM, E_REMOTEFS, E_INVALID (path too long), E_IO. */
int blobs_open(const char *path, bool create, struct blobs *blobs, struct fault *fault);

/* One that is being added: a file in new/ that its writer has locked (what dies with the
 * process leaves nothing that anybody would serve, and a free lock). E_FULL, E_IO, E_BUSY. */
struct blob_writer;
int blob_begin(struct blobs *blobs, struct blob_writer **writer, struct fault *fault);
/* Errors stick, and errno tells the same: E_FULL (disk, limit), E_IO. */
int blob_write(struct blob_writer *writer, struct span bytes);
/*
 * Ends it under this name. When there is one already, this takes its place: it may have been
 * damaged, and who is reading it goes on with the old file. fn (may be NULL) runs while the
 * lock is held: it makes the record that names the blob, so that nobody collects it in
 * between; when it fails the blob stays for the collector. Frees the writer on every way.
 * E_FULL, E_IO, E_BUSY (the lock), E_INVALID (no such name), what fn returns.
 */
typedef int blob_named_fn(void *arg);
int blob_commit(struct blob_writer *writer, const char name[BLOB_NAME + 1],
    blob_named_fn *fn, void *arg, struct fault *fault);
void blob_abandon(struct blob_writer *writer);

/* What stays the same as long as nobody touched the file. */
struct blob_mark {
	uint64_t device, inode, size;
	int64_t modified_s, modified_ns, changed_s, changed_ns;
};

/* Opens it for reading (O_NOFOLLOW, a regular file). E_NOTFOUND, E_PERM, E_IO. */
int blob_open(struct blobs *blobs, const char name[BLOB_NAME + 1], int *fd,
    struct blob_mark *mark, struct fault *fault);

/* Removes what `keep` does not want and nobody touched since `before`, and rests in new/.
 * Takes the lock, and `keep` is asked under it: what it knows from earlier does not count.
 * E_BUSY, E_PERM, E_IO. */
typedef bool blob_keep_fn(void *arg, const char name[BLOB_NAME + 1]);
struct blob_collected {
	uint64_t removed, bytes, kept;
};
int blobs_collect(struct blobs *blobs, int64_t before, blob_keep_fn *keep, void *arg,
    struct blob_collected *done, struct fault *fault);

/* Sets its age to now: no record names it any more, and the collector shall wait. */
int blob_touch(
    struct blobs *blobs, const char name[BLOB_NAME + 1], struct fault *fault);

/* Calls fn with each name that is there, in no order, until it returns something else than
 * E_OK, which is then returned. */
typedef int blob_fn(void *arg, const char name[BLOB_NAME + 1], uint64_t size);
int blobs_each(struct blobs *blobs, blob_fn *fn, void *arg);

#endif
