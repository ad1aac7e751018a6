#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "store/lmdb_engine.h"

/*
 * The head of a data file as LMDB 0.9 writes it (its data version 1), in the byte order
 * and word size of the machine: two pages like this one, of which the one with the
 * higher number of a change is valid. LMDB checks flags, magic and version, and trusts
 * the rest.
 */
struct tree {
	uint32_t page_size; /* in the first of the two trees */
	uint16_t flags, depth;
	size_t branch, leaf, overflow, entries, root;
};

struct meta {
	size_t number;
	uint16_t unused, flags, lower, upper;
	uint32_t magic, version;
	size_t address, map_size;
	struct tree trees[2];
	size_t last_page, change;
};

#define META_FLAG 0x08
#define META_MAGIC 0xbeefc0de
#define META_VERSION 1
#define MAP_LIMIT ((size_t)1 << (sizeof(size_t) == 8 ? 46 : 31))
#define DEPTH_MAX 32
#define LOOKS \
	200 /* at a file that looks unfinished: others may be writing; 1 ms each */

static int
damaged(const char *path, struct fault *fault, const char *what)
{
	return fault_set(fault, E_CORRUPT, NULL,
	    "%s: damaged: %s; restore a backup (LMDB cannot repair it)", path, what);
}

static bool
tree_ok(const struct tree *t, size_t last_page)
{
	return t->depth <= DEPTH_MAX && (t->root == SIZE_MAX || t->root <= last_page);
}

static bool
meta_ok(const struct meta *m)
{
	size_t page = m->trees[0].page_size;

	return (m->flags & META_FLAG) != 0 && m->magic == META_MAGIC && page >= 512 &&
	       page <= 65536 && (page & (page - 1)) == 0 && m->map_size <= MAP_LIMIT &&
	       m->last_page >= 1 && m->last_page < m->map_size / page &&
	       tree_ok(&m->trees[0], m->last_page) &&
	       tree_ok(&m->trees[1], m->last_page);
}

/* One look at both pages and, after that, at the file's length. */
static int
look(int fd, const char *path, enum lmdb_shape *shape, struct fault *fault)
{
	struct meta a, b, *newest;
	struct stat st;
	size_t page;

	if (pread(fd, &a, sizeof a, 0) != (ssize_t)sizeof a)
		return damaged(path, fault, "it is cut off in its first page");
	if (a.magic == META_MAGIC && a.version != META_VERSION)
		return fault_set(fault, E_VERSION, NULL,
		    "%s: written by another version of LMDB", path);
	if (!meta_ok(&a))
		return damaged(path, fault, "its first page makes no sense");
	page = a.trees[0].page_size;
	if (pread(fd, &b, sizeof b, (off_t)page) != (ssize_t)sizeof b)
		return damaged(path, fault, "it is cut off in its second page");
	if (!meta_ok(&b) || b.trees[0].page_size != page)
		return damaged(path, fault, "its second page makes no sense");
	newest = a.change < b.change ? &b : &a;
	if (fstat(fd, &st) != 0)
		return file_fault(fault, path, "look at");
	if ((size_t)st.st_size < 2 * page)
		return damaged(path, fault, "it is cut off in its second page");
	*shape =
	    (size_t)st.st_size / page > newest->last_page ? LMDB_WHOLE : LMDB_SHORT;
	return E_OK;
}

/* Whether the file is empty still, given others a moment to fill what they just
 * made. */
static bool
stays_empty(int fd)
{
	struct stat st = {.st_size = 0};

	for (int i = 0; i < LOOKS; i++) {
		if (fstat(fd, &st) != 0 || st.st_size > 0)
			return false;
		usleep(1000);
	}
	return true;
}

int
lmdb_check_file(const char *path, enum lmdb_shape *shape, struct fault *fault)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), err;
	struct stat st;

	*shape = LMDB_ABSENT;
	if (fd < 0 && errno == ENOENT)
		return E_OK;
	if (fd < 0)
		return file_fault(fault, path, "open");
	if (fstat(fd, &st) != 0) {
		err = file_fault(fault, path, "look at");
	} else if (!S_ISREG(st.st_mode)) {
		err = damaged(path, fault, "it is no regular file");
	} else if (st.st_size == 0 && stays_empty(fd)) {
		err = E_OK;
	} else {
		/* A page that is being written may look torn, once. */
		for (int i = 0; i < 3; i++)
			if ((err = look(fd, path, shape, fault)) == E_OK &&
			    *shape == LMDB_WHOLE)
				break;
	}
	close(fd);
	return err;
}

/* ---- the lock file ---- */

/* Whether some process has the store open: LMDB keeps its first byte locked then. */
static bool
in_use(int fd)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_len = 1};

	return fcntl(fd, F_GETLK, &l) != 0 || l.l_type != F_UNLCK;
}

int
lmdb_reserve_lock(const char *path, struct fault *fault)
{
	mode_t mask = umask(0);
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0660), err = E_OK;
	struct stat st;
	off_t size;

	umask(mask);
	if (fd < 0 || fstat(fd, &st) != 0) {
		err = file_fault(fault, path, "open");
	} else {
		/* Those who use it have mapped it: it must not become longer. */
		size = in_use(fd) || st.st_size > LMDB_LOCK_SIZE ? st.st_size
								 : LMDB_LOCK_SIZE;
		if (size > 0 && fallocate(fd, 0, 0, size) != 0 && errno != EOPNOTSUPP)
			err = file_fault(fault, path, "get room for");
	}
	if (fd >= 0)
		close(fd);
	return err;
}

/* ---- free pages ---- */

int
lmdb_count_free(struct lmdb *l, size_t first, size_t *all, size_t *beyond)
{
	MDB_val key, value;
	MDB_cursor *c;
	size_t n, page;
	int rc;

	*all = *beyond = 0;
	/* Table 0 of LMDB: for each change a count and the numbers of pages. */
	if ((rc = mdb_cursor_open(l->txn, 0, &c)) != 0)
		return lmdb_err(rc);
	while ((rc = mdb_cursor_get(c, &key, &value, MDB_NEXT)) == 0) {
		const uint8_t *at = value.mv_data;

		if (value.mv_size < sizeof n)
			break;
		memcpy(&n, at, sizeof n);
		if (n > value.mv_size / sizeof n - 1)
			break;
		*all += n;
		for (size_t i = 1; i <= n; i++) {
			memcpy(&page, at + i * sizeof page, sizeof page);
			*beyond += page >= first;
		}
	}
	mdb_cursor_close(c);
	if (rc == 0)
		return E_CORRUPT;
	return rc == MDB_NOTFOUND ? E_OK : lmdb_err(rc);
}

/* With the write lock held: whether all pages beyond the end are free ones. */
static int
tail_is_free(struct lmdb *l, size_t first, size_t end)
{
	size_t all, beyond;
	int err;

	if ((err = lmdb_read_begin(&l->base)) != E_OK)
		return err;
	if ((err = lmdb_count_free(l, first, &all, &beyond)) == E_OK &&
	    beyond != end - first)
		err = E_CORRUPT;
	lmdb_read_end(&l->base);
	return err;
}

/* The same, with the file made as long as it should be: missing pages read as zeros
 * instead of killing us. Undone when they are missed. */
static int
extend(struct lmdb *l, int fd, size_t page, size_t end)
{
	struct stat st;
	int err;

	if (fstat(fd, &st) != 0)
		return lmdb_err(errno);
	if ((size_t)st.st_size / page >= end)
		return E_OK;
	if (ftruncate(fd, (off_t)(end * page)) != 0)
		return lmdb_err(errno);
	err = tail_is_free(l, (size_t)st.st_size / page, end);
	if (err != E_OK && ftruncate(fd, st.st_size) != 0)
		log_line(LOG_WARN, "%s: was made longer", l->data);
	return err;
}

/*
 * LMDB does not write pages that a change took and gave back, so that a file may
 * rightly end before its last page: then all that is beyond the end is free.
 */
int
lmdb_check_tail(struct lmdb *l, struct fault *fault)
{
	MDB_envinfo info;
	MDB_stat stat;
	MDB_txn *txn;
	int fd, rc, err;

	rc = writer_begin(l->writer, clock_ticks_ms() + LMDB_OPEN_WAIT_MS, &txn);
	if (rc != 0) {
		writer_leave(l->writer);
		return fault_set(fault, lmdb_err(rc), NULL,
		    "%s: cannot lock it to look at its end", l->data);
	}
	mdb_env_get_fd(l->env, &fd);
	mdb_env_info(l->env, &info);
	mdb_env_stat(l->env, &stat);
	err = extend(l, fd, stat.ms_psize, info.me_last_pgno + 1);
	writer_end(l->writer, false);
	writer_leave(l->writer);
	if (err == E_CORRUPT)
		return damaged(l->data, fault, "its end is missing");
	return err == E_OK
		   ? E_OK
		   : fault_set(fault, err, NULL, "%s: cannot look at its end", l->data);
}
