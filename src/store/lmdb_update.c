#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/filesystem.h"
#include "store/lmdb_engine.h"

#define RUNS 100      /* of fn, at most: the map doubles, readers die */
#define REAP_EVERY 32 /* updates */
#define GRACE_MS 20   /* our own thread's time to come back, whatever the deadline */

/* What to do after one run. */
enum verdict { DONE, AGAIN };

/*
 * With the lock held the data file and the lock file must agree on which change is the
 * newest. (It is one further in the file when a program could not write to the disk and
 * could not take that back.) Otherwise somebody has exchanged the data file, and what
 * we would write would destroy it.
 */
static int
check_newest(struct lmdb *l)
{
	size_t id = mdb_txn_id(l->txn);
	MDB_envinfo info;

	if (mdb_env_info(l->env, &info) == 0 &&
	    (info.me_last_txnid + 1 == id || info.me_last_txnid == id))
		return E_OK;
	log_line(LOG_ERROR,
	    "%s: does not belong to its lock file: stop all programs, then remove "
	    "lock.mdb",
	    l->data);
	return E_CORRUPT;
}

static int
check_schema(struct lmdb *l)
{
	int err = l->own_open ? lmdb_read_schema(l) : E_OK;

	return err == E_NOTFOUND ? E_CORRUPT : err;
}

/* After MDB_MAP_FULL: first the readers that died and pin old pages, then more room. */
static enum verdict
make_room(struct lmdb *l, int *err)
{
	MDB_envinfo info;
	size_t size;

	*err = E_FULL;
	if (lmdb_reap(l) > 0)
		return AGAIN;
	mdb_env_info(l->env, &info);
	if (info.me_mapsize >= l->map_max) {
		log_line(LOG_ERROR, "%s: full: its limit is %zu MiB", l->folder,
		    l->map_max >> 20);
		return DONE;
	}
	size = info.me_mapsize < l->map_max / 2 ? info.me_mapsize * 2 : l->map_max;
	log_line(LOG_DETAIL, "%s: has room for %zu KiB now", l->folder, size >> 10);
	return (*err = lmdb_remap(l, size)) == E_OK ? AGAIN : DONE;
}

/* LMDB says "input/output error" when only a part could be written. */
static int
write_err(struct lmdb *l, int rc)
{
	int fd;

	if (rc == EIO && mdb_env_get_fd(l->env, &fd) == 0 && filesystem_full(fd))
		return E_FULL;
	return lmdb_err(rc);
}

/* So that lmdb_refresh() notices when somebody cuts off what was just written. */
static void
note_size(struct lmdb *l)
{
	struct stat st;
	int fd;

	if (mdb_env_get_fd(l->env, &fd) == 0 && fstat(fd, &st) == 0)
		l->size = st.st_size;
}

/* fn, and the end of the transaction. */
static enum verdict
run(struct lmdb *l, store_update_fn *fn, void *arg, int *err)
{
	uint32_t schema;
	int rc;

	l->rc = 0;
	if ((*err = check_newest(l)) == E_OK)
		*err = check_schema(l);
	schema = l->base.schema;
	if (*err == E_OK)
		*err = store_run(&l->base, fn, arg);
	rc = writer_end(l->writer, *err == E_OK);
	l->txn = NULL;
	if (*err == E_OK && rc != 0) {
		l->rc = rc;
		*err = write_err(l, rc);
	}
	if (*err == E_OK) {
		note_size(l);
		return DONE;
	}
	l->base.schema = schema;
	l->last_txnid = 0;
	return l->rc == MDB_MAP_FULL ? make_room(l, err) : DONE;
}

static enum verdict
attempt(struct lmdb *l, int64_t deadline, store_update_fn *fn, void *arg, int *err)
{
	int rc;

	if ((*err = lmdb_refresh(l)) != E_OK)
		return DONE;
	rc = writer_begin(l->writer, deadline, &l->txn);
	if (rc == 0)
		return run(l, fn, arg, err);
	if (rc == MDB_MAP_RESIZED)
		return (*err = lmdb_remap(l, 0)) == E_OK ? AGAIN : DONE;
	if (rc == MDB_PANIC) {
		/* The last change failed while its end was being written. */
		l->broken = true;
		*err = E_IO;
		return AGAIN;
	}
	*err = lmdb_err(rc);
	return DONE;
}

int
lmdb_update(struct store *store, int wait_ms, store_update_fn *fn, void *arg)
{
	struct lmdb *l = lmdb_of(store);
	int64_t until = clock_ticks_ms() + wait_ms, least;
	int err = E_IO;

	if (l->pid != getpid())
		return E_STATE;
	/* Takes over a map that others have grown while that is safe: as long as our
	 * thread waits for LMDB's lock, it is not, and could not be done by reads. */
	if (!l->opening && lmdb_read_begin(store) == E_OK)
		lmdb_read_end(store);
	if (l->env != NULL && ++l->updates % REAP_EVERY == 0)
		lmdb_reap(l);
	/* After the first run it is still our turn, however long that took. */
	for (int runs = 0; runs < RUNS; runs++) {
		least = clock_ticks_ms() + GRACE_MS;
		if (attempt(l, until > least ? until : least, fn, arg, &err) == DONE)
			break;
	}
	if (l->writer != NULL)
		writer_leave(l->writer);
	return err;
}
