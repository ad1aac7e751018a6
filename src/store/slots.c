#include "store/slots.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/filesystem.h"

/*
 * The file, in the byte order of the machine:
 *
 * 	header	magic u64, version u32, size u32, kind 40 bytes, checksum u32, 0 u32
 * 	slot	checksum u32, 0 u32, data, zeros up to a multiple of 8
 * 	slot	...
 *
 * A slot of zeros is empty: a hole of a sparse file is one. The checksum of any other
 * is not 0 and depends on the slot's number and the header.
 */
#define MAGIC UINT64_C(0x31544f4c53484721) /* "!GHSLOT1" where it is little-endian */
#define FORMAT 1
#define KIND_SIZE 40
#define SIZE_MAX_SLOT 1000
#define SLOT_HEAD 8
#define STRIDE_MAX (SLOT_HEAD + SIZE_MAX_SLOT)
#define SCAN_SLOTS 64  /* that are read at once */
#define READS 3	       /* of a slot that somebody may be writing just now */
#define ATTACHES 10    /* to a file that others exchange at the same time */
#define LOCK_WAITS 100 /* for somebody who is making the file; 10 ms each */

struct header {
	uint64_t magic;
	uint32_t version, size;
	char kind[KIND_SIZE];
	uint32_t checksum, zero;
};

struct slots {
	int fd;
	size_t size, stride;
	uint64_t max;
	struct header header; /* as it must be */
	char path[];
};

/* ---- checksum ---- */

/*
 * Good enough to tell whole from torn, and a quarter of a CRC-32's price: eight bytes
 * at a time are mixed in by a multiplication. `len` is a multiple of 8.
 */
static uint32_t
mix(uint64_t seed, const uint8_t *data, size_t len)
{
	const uint64_t odd = UINT64_C(0x9fb21c651e98df25);
	uint64_t h = (seed + len) * odd, word;

	for (size_t i = 0; i < len; i += sizeof word) {
		memcpy(&word, data + i, sizeof word);
		h = (h ^ word) * odd;
		h ^= h >> 32;
	}
	h = (h ^ h >> 29) * odd;
	return (uint32_t)(h >> 32) != 0 ? (uint32_t)(h >> 32) : 1;
}

static uint32_t
slot_checksum(const struct slots *s, uint64_t i, const uint8_t *slot)
{
	uint64_t seed = (uint64_t)s->header.checksum << 32 ^ i;

	return mix(seed, slot + SLOT_HEAD, s->stride - SLOT_HEAD);
}

static bool
all_zero(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (data[i] != 0)
			return false;
	return true;
}

static bool
slot_good(const struct slots *s, uint64_t i, const uint8_t *slot)
{
	uint32_t head[2];

	memcpy(head, slot, sizeof head);
	return head[0] != 0 && head[1] == 0 && head[0] == slot_checksum(s, i, slot);
}

/* ---- the file ---- */

static void
header_make(struct header *h, const char *kind, size_t size)
{
	memset(h, 0, sizeof *h);
	h->magic = MAGIC;
	h->version = FORMAT;
	h->size = (uint32_t)size;
	snprintf(h->kind, sizeof h->kind, "%s", kind);
	h->checksum = mix(0, (const uint8_t *)h, offsetof(struct header, checksum));
}

static bool
header_good(const struct slots *s, int fd)
{
	struct header h;

	return pread(fd, &h, sizeof h, 0) == (ssize_t)sizeof h &&
	       memcmp(&h, &s->header, sizeof h) == 0;
}

/* 0, or -1 with errno: ENOSPC when only a part could be written. */
static int
write_at(int fd, const void *data, size_t len, off_t at)
{
	ssize_t n;

	while ((n = pwrite(fd, data, len, at)) < 0 && errno == EINTR)
		;
	if (n >= 0 && (size_t)n < len)
		errno = ENOSPC;
	return n == (ssize_t)len ? 0 : -1;
}

static int
lock(int fd)
{
	for (int i = 0; i < LOCK_WAITS; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0)
			return 0;
		if (errno != EWOULDBLOCK && errno != EINTR)
			return -1;
		usleep(10000);
	}
	return -1;
}

/* Puts an empty file in the place of one that is not ours. Who has that open
 * notices. */
static int
replace(const struct slots *s, struct fault *fault)
{
	return file_replace(
	    s->path, 0660, span_of(&s->header, sizeof s->header), fault);
}

/*
 * With the lock held on what was just opened: E_OK when it is right now, E_AGAIN when
 * it is no longer (or was not) the one to use.
 */
static int
make_right(struct slots *s, int fd, struct fault *fault)
{
	struct stat ours, there;
	char folder[PATH_MAX];
	int err;

	if (fstat(fd, &ours) != 0)
		return file_fault(fault, s->path, "look at");
	if (stat(s->path, &there) != 0 || there.st_ino != ours.st_ino ||
	    there.st_dev != ours.st_dev)
		return E_AGAIN;
	if (header_good(s, fd))
		return E_OK;
	if (ours.st_size != 0) {
		if ((err = replace(s, fault)) != E_OK)
			return err;
	} else if (write_at(fd, &s->header, sizeof s->header, 0) != 0) {
		return file_fault(fault, s->path, "write");
	} else if (ours.st_uid == geteuid() && fchmod(fd, 0660) != 0) {
		return file_fault(fault, s->path, "set the mode of");
	}
	snprintf(folder, sizeof folder, "%s", s->path);
	filesystem_give_away(dirname(folder), s->path);
	return ours.st_size != 0 ? E_AGAIN : E_OK;
}

/* Opens what is there, or makes it. With `keep`, a good file of another kind stays. */
static int
attach_once(struct slots *s, bool keep, struct fault *fault)
{
	int fd = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOCTTY, 0660),
	    err = E_OK;
	struct header h;

	if (fd < 0)
		return file_fault(fault, s->path, "open");
	if (!header_good(s, fd)) {
		if (keep && pread(fd, &h, sizeof h, 0) == (ssize_t)sizeof h &&
		    h.magic == MAGIC)
			err = fault_set(fault, E_VERSION, NULL,
			    "%s: was exchanged by another version", s->path);
		else if (lock(fd) != 0)
			err = fault_set(fault, E_IO, NULL, "%s: is locked", s->path);
		else
			err = make_right(s, fd, fault);
		flock(fd, LOCK_UN);
	}
	if (err != E_OK) {
		close(fd);
		return err;
	}
	if (s->fd >= 0)
		close(s->fd);
	s->fd = fd;
	return E_OK;
}

static int
attach(struct slots *s, bool keep, struct fault *fault)
{
	int err = E_AGAIN;

	for (int i = 0; i < ATTACHES && err == E_AGAIN; i++)
		err = attach_once(s, keep, fault);
	if (err == E_AGAIN)
		return fault_set(
		    fault, E_IO, NULL, "%s: others keep exchanging it", s->path);
	return err;
}

/* Before each use: goes on in a new file when ours was removed or cut to nothing. */
static int
refresh(struct slots *s, uint64_t *room)
{
	struct stat st;
	int err;

	if (fstat(s->fd, &st) != 0)
		return E_IO;
	if (st.st_nlink == 0 || st.st_size < (off_t)sizeof s->header) {
		if ((err = attach(s, true, NULL)) != E_OK)
			return err;
		if (fstat(s->fd, &st) != 0)
			return E_IO;
	}
	*room = ((uint64_t)st.st_size - sizeof s->header) / s->stride;
	if (*room > s->max)
		*room = s->max;
	return E_OK;
}

static off_t
place(const struct slots *s, uint64_t i)
{
	return (off_t)(sizeof s->header + i * s->stride);
}

/* ---- use ---- */

static int
check_before(const char *path, struct fault *fault)
{
	char folder[PATH_MAX];
	int err;

	snprintf(folder, sizeof folder, "%s", path);
	if ((err = filesystem_check_local(dirname(folder), fault)) != E_OK)
		return err;
	if (access(path, F_OK) == 0)
		return filesystem_check_access(path, R_OK | W_OK, fault);
	return filesystem_check_access(folder, W_OK | X_OK, fault);
}

int
slots_open(const char *path, const char *kind, size_t size, uint64_t max,
    struct slots **slots, struct fault *fault)
{
	struct slots *s;
	int err;

	*slots = NULL;
	if (size == 0 || size > SIZE_MAX_SLOT || strlen(kind) >= KIND_SIZE ||
	    strlen(path) >= PATH_MAX || max > INT64_MAX / STRIDE_MAX - 1)
		return fault_set(fault, E_INVALID, NULL, "%s: bad size or kind", path);
	if ((err = check_before(path, fault)) != E_OK)
		return err;
	if ((s = malloc(sizeof *s + strlen(path) + 1)) == NULL)
		return fault_set(fault, E_NOMEM, NULL, "%s: out of memory", path);
	filesystem_ignore_size_signal();
	memcpy(s->path, path, strlen(path) + 1);
	s->fd = -1;
	s->size = size;
	s->stride = SLOT_HEAD + (size + 7) / 8 * 8;
	s->max = max;
	header_make(&s->header, kind, size);
	if ((err = attach(s, false, fault)) != E_OK) {
		free(s);
		return err;
	}
	*slots = s;
	return E_OK;
}

void
slots_close(struct slots *s)
{
	if (s == NULL)
		return;
	close(s->fd);
	free(s);
}

bool
slots_get(struct slots *s, uint64_t i, void *data)
{
	uint8_t slot[STRIDE_MAX];
	uint64_t room;

	if (refresh(s, &room) == E_OK && i < room) {
		for (int reads = 0; reads < READS; reads++) {
			if (pread(s->fd, slot, s->stride, place(s, i)) !=
			    (ssize_t)s->stride)
				break;
			if (slot_good(s, i, slot)) {
				memcpy(data, slot + SLOT_HEAD, s->size);
				return true;
			}
			if (all_zero(slot, s->stride))
				break;
		}
	}
	memset(data, 0, s->size);
	return false;
}

static int
write_slot(struct slots *s, uint64_t i, const uint8_t *slot)
{
	if (write_at(s->fd, slot, s->stride, place(s, i)) == 0)
		return E_OK;
	return errno == ENOSPC || errno == EDQUOT || errno == EFBIG ? E_FULL : E_IO;
}

int
slots_put(struct slots *s, uint64_t i, const void *data)
{
	uint8_t slot[STRIDE_MAX];
	uint32_t head[2] = {0, 0};
	uint64_t room;
	int err;

	if (i >= s->max)
		return E_INVALID;
	if ((err = refresh(s, &room)) != E_OK)
		return err;
	memset(slot + s->stride - 8, 0, 8);
	memcpy(slot + SLOT_HEAD, data, s->size);
	head[0] = slot_checksum(s, i, slot);
	memcpy(slot, head, sizeof head);
	return write_slot(s, i, slot);
}

int
slots_erase(struct slots *s, uint64_t i)
{
	static const uint8_t zeros[STRIDE_MAX];
	uint64_t room;
	int err;

	if (i >= s->max)
		return E_INVALID;
	if ((err = refresh(s, &room)) != E_OK || i >= room)
		return err;
	return write_slot(s, i, zeros);
}

uint64_t
slots_count(struct slots *s)
{
	uint64_t room;

	return refresh(s, &room) == E_OK ? room : 0;
}

/* Counts in a run of slots that was read; `first` is the number of the first. */
static uint64_t
damaged_in(const struct slots *s, uint64_t first, const uint8_t *run, size_t len)
{
	uint64_t n = 0;

	for (size_t at = 0; at + s->stride <= len; at += s->stride, first++)
		n += !all_zero(run + at, s->stride) && !slot_good(s, first, run + at);
	return n;
}

uint64_t
slots_damaged(struct slots *s)
{
	size_t size = s->stride * SCAN_SLOTS;
	uint8_t *run = malloc(size);
	uint64_t i = 0, n = 0, room;
	ssize_t got;
	off_t data;

	if (run == NULL || refresh(s, &room) != E_OK)
		room = 0;
	while (i < room) {
		/* Holes are skipped. */
		if ((data = lseek(s->fd, place(s, i), SEEK_DATA)) < 0)
			break;
		i = ((uint64_t)data - sizeof s->header) / s->stride;
		/* What lies beyond the last one is never read, nor counted. */
		if (i >= room)
			break;
		if (room - i < SCAN_SLOTS)
			size = s->stride * (size_t)(room - i);
		if ((got = pread(s->fd, run, size, place(s, i))) < (ssize_t)s->stride)
			break;
		n += damaged_in(s, i, run, (size_t)got);
		i += (uint64_t)got / s->stride;
	}
	free(run);
	return n;
}
