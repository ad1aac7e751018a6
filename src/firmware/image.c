#include "firmware/image.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"
#include "crypto/digest.h"
#include "firmware/hex_check.h"

#define PIECE 65536
#define PROGRESS_EVERY (1 << 20) /* bytes */
#define CACHED 16

/* Tells of it at the begin, after each so many bytes, and at the end. */
struct progress {
	image_progress_fn *fn;
	void *arg;
	uint64_t total, next;
};

static void
progress_tell(struct progress *p, uint64_t done, bool end)
{
	if (p->fn == NULL || (done < p->next && !end))
		return;
	p->fn(p->arg, done, p->total);
	p->next = done + PROGRESS_EVERY;
}

/* Reads a piece; 0 at the end, or -1 with errno. */
static ssize_t
read_piece(int fd, uint8_t *piece)
{
	ssize_t n;

	while ((n = read(fd, piece, PIECE)) < 0 && errno == EINTR)
		;
	return n;
}

/* ---- adding ---- */

struct adding {
	struct blob_writer *writer;
	struct digests_state *state;
	struct hex_check hex;
	enum firmware_family family;
	struct progress progress;
	struct image_digests *digests;
	struct fault *fault;
	int (*fn)(void *arg, const struct image_digests *digests);
	void *arg;
};

static int
too_large(const struct adding *a)
{
	if (a->family == FIRMWARE_KICKSTARTER)
		return fault_set(a->fault, E_INVALID, NULL,
		    "is larger than the %d bytes that a Kickstarter gateway takes",
		    FIRMWARE_HEX_MAX);
	return fault_set(a->fault, E_INVALID, NULL,
	    "is larger than the %d bytes that fit into an answer", FIRMWARE_SIZE_MAX);
}

static uint64_t
size_max(const struct adding *a)
{
	return a->family == FIRMWARE_KICKSTARTER ? FIRMWARE_HEX_MAX : FIRMWARE_SIZE_MAX;
}

static int
take_piece(struct adding *a, struct span piece)
{
	int err = E_OK;

	a->digests->size += piece.len;
	if (a->digests->size > size_max(a))
		return too_large(a);
	if (a->family == FIRMWARE_KICKSTARTER)
		err = hex_check_add(&a->hex, piece, a->fault);
	if (err == E_OK)
		err = digests_add(a->state, piece);
	if (err == E_OK && (err = blob_write(a->writer, piece)) != E_OK)
		return file_fault(a->fault, "the image", "store");
	progress_tell(&a->progress, a->digests->size, false);
	return err;
}

static int
take_all(struct adding *a, int fd, uint8_t *piece)
{
	ssize_t n;
	int err;

	progress_tell(&a->progress, 0, false);
	while ((n = read_piece(fd, piece)) > 0)
		if ((err = take_piece(a, span_of(piece, (size_t)n))) != E_OK)
			return err;
	if (n < 0)
		return file_fault(a->fault, "the image", "read");
	if (a->digests->size == 0)
		return fault_set(a->fault, E_INVALID, NULL, "is empty");
	progress_tell(&a->progress, a->digests->size, true);
	return a->family == FIRMWARE_KICKSTARTER ? hex_check_end(&a->hex, a->fault)
						 : E_OK;
}

/* Refused before a byte is copied when it can be seen from outside. */
static int
look_at(struct adding *a, int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return file_fault(a->fault, "the image", "look at");
	if (S_ISDIR(st.st_mode))
		return fault_set(a->fault, E_INVALID, NULL, "is a folder");
	if (!S_ISREG(st.st_mode))
		return E_OK;
	if ((uint64_t)st.st_size > size_max(a))
		return too_large(a);
	a->progress.total = (uint64_t)st.st_size;
	return E_OK;
}

static int
begin(struct adding *a, struct blobs *blobs)
{
	int err;

	hex_check_begin(&a->hex);
	if ((err = blob_begin(blobs, &a->writer, a->fault)) != E_OK)
		return err;
	if ((err = digests_begin(&a->state)) != E_OK)
		return fault_set(a->fault, err, NULL, "the digest: %s", err_text(err));
	return E_OK;
}

/* Ends the digests, which frees them on every way. */
static void
end_digests(struct adding *a)
{
	struct digests both;

	if (a->state == NULL)
		return;
	digests_end(a->state, &both);
	memcpy(a->digests->sha256, both.sha256, sizeof both.sha256);
	memcpy(a->digests->sha512, both.sha512, sizeof both.sha512);
	hex_encode(both.sha256, sizeof both.sha256, a->digests->name);
}

static int
call_back(void *arg)
{
	struct adding *a = arg;

	return a->fn(a->arg, a->digests);
}

int
image_add(struct blobs *blobs, int fd, enum firmware_family family,
    image_progress_fn *progress, void *progress_arg, struct image_digests *digests,
    int (*fn)(void *arg, const struct image_digests *digests), void *arg,
    struct fault *fault)
{
	struct adding a = {.family = family,
	    .progress = {.fn = progress, .arg = progress_arg},
	    .digests = digests,
	    .fault = fault,
	    .fn = fn,
	    .arg = arg};
	uint8_t *piece;
	int err;

	*digests = (struct image_digests){0};
	if ((piece = malloc(PIECE)) == NULL)
		return fault_set(fault, E_NOMEM, NULL, "out of memory");
	if ((err = look_at(&a, fd)) == E_OK && (err = begin(&a, blobs)) == E_OK)
		err = take_all(&a, fd, piece);
	free(piece);
	end_digests(&a);
	if (err == E_OK)
		return blob_commit(
		    a.writer, digests->name, fn != NULL ? call_back : NULL, &a, fault);
	blob_abandon(a.writer);
	return err;
}

/* ---- opening ---- */

struct image_cache {
	struct cached {
		char name[BLOB_NAME + 1];
		struct blob_mark mark;
	} entries[CACHED];
	size_t next;
};

struct image_cache *
image_cache_new(void)
{
	return calloc(1, sizeof(struct image_cache));
}

void
image_cache_free(struct image_cache *cache)
{
	free(cache);
}

static bool
mark_equal(const struct blob_mark *a, const struct blob_mark *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->modified_s == b->modified_s && a->modified_ns == b->modified_ns &&
	       a->changed_s == b->changed_s && a->changed_ns == b->changed_ns;
}

static bool
is_cached(
    const struct image_cache *cache, const char *name, const struct blob_mark *mark)
{
	for (size_t i = 0; cache != NULL && i < CACHED; i++)
		if (strcmp(cache->entries[i].name, name) == 0 &&
		    mark_equal(&cache->entries[i].mark, mark))
			return true;
	return false;
}

/* In the place of what is known of it from before, or of the oldest. */
static void
keep_cached(struct image_cache *cache, const char *name, const struct blob_mark *mark)
{
	struct cached *entry = NULL;

	if (cache == NULL)
		return;
	for (size_t i = 0; entry == NULL && i < CACHED; i++)
		if (strcmp(cache->entries[i].name, name) == 0)
			entry = &cache->entries[i];
	if (entry == NULL)
		entry = &cache->entries[cache->next++ % CACHED];
	memcpy(entry->name, name, sizeof entry->name);
	entry->mark = *mark;
}

static int
damaged(const struct firmware *firmware, struct fault *fault, const char *what)
{
	return fault_set(fault, E_CORRUPT, NULL,
	    "the file of image %s %s; add the same file again: gatehouse firmware "
	    "add %s FILE",
	    firmware->firmware_id, what, firmware->firmware_id);
}

static int
digest_file(int fd, struct progress *progress, uint8_t out[SHA256_SIZE], uint64_t *size,
    struct fault *fault)
{
	struct sha256_state *state;
	uint8_t *piece = malloc(PIECE);
	ssize_t n = 0;
	int err;

	if (piece == NULL || sha256_begin(&state) != E_OK) {
		free(piece);
		return fault_set(fault, E_NOMEM, NULL, "out of memory");
	}
	for (err = E_OK; err == E_OK && (n = read_piece(fd, piece)) > 0;) {
		err = sha256_add(state, span_of(piece, (size_t)n));
		progress_tell(progress, *size += (uint64_t)n, false);
	}
	if (n < 0)
		err = file_fault(fault, "an image's file", "read");
	sha256_end(state, out);
	free(piece);
	return err;
}

/* Reads the whole file from its begin, and leaves it there. */
static int
verify(int fd, const struct firmware *firmware, const struct blob_mark *mark,
    struct progress *progress, struct fault *fault)
{
	uint8_t sha256[SHA256_SIZE];
	uint64_t size = 0;
	int err;

	if (mark->size != firmware->size)
		return damaged(firmware, fault, "has another size than it had");
	progress->total = firmware->size;
	if ((err = digest_file(fd, progress, sha256, &size, fault)) != E_OK)
		return err;
	progress_tell(progress, size, true);
	if (size != firmware->size ||
	    !span_eq(span_of(sha256, sizeof sha256), firmware->sha256))
		return damaged(firmware, fault, "is damaged: its bytes are others");
	if (lseek(fd, 0, SEEK_SET) != 0)
		return file_fault(fault, firmware->firmware_id, "rewind");
	return E_OK;
}

static int
open_blob(struct blobs *blobs, const struct firmware *firmware,
    char name[BLOB_NAME + 1], int *fd, struct blob_mark *mark, struct fault *fault)
{
	int err;

	*fd = -1;
	if (firmware->sha256.len * 2 != BLOB_NAME)
		return fault_set(fault, E_CORRUPT, NULL,
		    "the record of image %s names no file", firmware->firmware_id);
	hex_encode(firmware->sha256.data, firmware->sha256.len, name);
	if ((err = blob_open(blobs, name, fd, mark, fault)) != E_NOTFOUND)
		return err;
	damaged(firmware, fault, "is missing");
	return fault != NULL ? (fault->err = E_NOTFOUND) : E_NOTFOUND;
}

int
image_open(struct blobs *blobs, struct image_cache *cache,
    const struct firmware *firmware, int *fd, struct fault *fault)
{
	struct progress none = {0};
	char name[BLOB_NAME + 1];
	struct blob_mark mark;
	int err;

	if ((err = open_blob(blobs, firmware, name, fd, &mark, fault)) != E_OK)
		return err;
	if (mark.size == firmware->size && is_cached(cache, name, &mark))
		return E_OK;
	if ((err = verify(*fd, firmware, &mark, &none, fault)) == E_OK) {
		keep_cached(cache, name, &mark);
		return E_OK;
	}
	close(*fd);
	*fd = -1;
	return err;
}

int
image_verify(struct blobs *blobs, const struct firmware *firmware,
    image_progress_fn *progress, void *arg, struct fault *fault)
{
	struct progress p = {.fn = progress, .arg = arg};
	char name[BLOB_NAME + 1];
	struct blob_mark mark;
	int fd, err;

	if ((err = open_blob(blobs, firmware, name, &fd, &mark, fault)) != E_OK)
		return err;
	err = verify(fd, firmware, &mark, &p, fault);
	close(fd);
	return err;
}
