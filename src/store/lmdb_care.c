#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/filesystem.h"
#include "store/lmdb_engine.h"

#define COPY_TRIES 4

/* ---- copy ---- */

/* LMDB begins a reader of its own for that, which may meet what ours meets, too. */
static int
copy_to(struct lmdb *l, int fd)
{
	int rc = 0;

	for (int tries = 0; tries < COPY_TRIES; tries++) {
		rc = mdb_env_copyfd2(l->env, fd, MDB_CP_COMPACT);
		if (rc == MDB_MAP_RESIZED) {
			if (lmdb_remap(l, 0) != E_OK)
				return EBUSY;
		} else if (rc != MDB_READERS_FULL || lmdb_reap(l) == 0) {
			break;
		}
		if (ftruncate(fd, 0) != 0 || lseek(fd, 0, SEEK_SET) != 0)
			return errno;
	}
	return rc;
}

static int
copy_file(struct lmdb *l, const char *file, struct fault *fault)
{
	int fd = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0660), rc, err;

	if (fd < 0 && errno == EEXIST)
		return fault_set(fault, E_EXISTS, NULL, "%s: exists already", file);
	if (fd < 0)
		return file_fault(fault, file, "create");
	if ((rc = copy_to(l, fd)) == 0 && (fchmod(fd, 0660) != 0 || fsync(fd) != 0))
		rc = errno;
	err = rc == EIO && filesystem_full(fd) ? E_FULL : lmdb_err(rc);
	if (close(fd) != 0 && err == E_OK)
		err = lmdb_err(rc = errno);
	if (err == E_OK)
		return E_OK;
	unlink(file);
	if (err == E_CORRUPT)
		return fault_set(fault, err, NULL,
		    "%s: damaged: some pages are neither used nor free", l->data);
	return fault_set(
	    fault, err, NULL, "%s: cannot be copied to: %s", file, mdb_strerror(rc));
}

int
lmdb_copy(struct store *store, const char *path, struct fault *fault)
{
	struct lmdb *l = lmdb_of(store);
	char file[PATH_MAX];
	int err;

	if ((err = lmdb_refresh(l)) != E_OK)
		return fault_set(fault, err, NULL, "%s: cannot be used", l->folder);
	if (snprintf(file, sizeof file, "%s/data.mdb", path) >= (int)sizeof file)
		return fault_set(fault, E_INVALID, NULL, "%s: path too long", path);
	if ((err = copy_file(l, file, fault)) != E_OK)
		return err;
	if (filesystem_sync_folder(path) != 0) {
		err = file_fault(fault, path, "sync");
		unlink(file);
		return err;
	}
	filesystem_give_away(path, file);
	return E_OK;
}

/* ---- inspect ---- */

static int
count_line(const char *line, void *arg)
{
	(void)line;
	++*(unsigned *)arg;
	return 0;
}

/* A list of readers has a heading; with none it is a single line as well. */
static unsigned
count_readers(struct lmdb *l)
{
	unsigned lines = 0;

	mdb_reader_list(l->env, count_line, &lines);
	return lines > 0 ? lines - 1 : 0;
}

int
lmdb_inspect(struct store *store, struct store_info *info)
{
	struct lmdb *l = lmdb_of(store);
	size_t free_pages, beyond;
	MDB_envinfo env;
	MDB_stat stat;
	int err;

	if ((err = lmdb_refresh(l)) != E_OK)
		return err;
	info->stale = (unsigned)lmdb_reap(l);
	if ((err = lmdb_read_begin(store)) != E_OK)
		return err;
	err = lmdb_count_free(l, 0, &free_pages, &beyond);
	mdb_env_info(l->env, &env);
	mdb_env_stat(l->env, &stat);
	info->readers = count_readers(l);
	info->readers_max = env.me_maxreaders;
	info->map = env.me_mapsize;
	info->map_max = l->map_max;
	info->used = (uint64_t)(env.me_last_pgno + 1 - free_pages) * stat.ms_psize;
	lmdb_read_end(store);
	return err;
}
