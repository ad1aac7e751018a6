/*
 * The LMDB engine's parts, for each other:
 *   lmdb.c         reading, cursors, puts and dels
 *   lmdb_open.c    opening, closing, tables
 *   lmdb_file.c    is this file whole?
 *   lmdb_update.c  changes: run again when the map is full or was grown by others
 *   lmdb_care.c    copy, inspect
 * and writer.c, which waits for the write lock.
 */
#ifndef GH_STORE_LMDB_ENGINE_H
#define GH_STORE_LMDB_ENGINE_H

#include <lmdb.h>

#include "base/strbuf.h"
#include "store/engine.h"
#include "store/writer.h"

#define LMDB_LOCK_SIZE 69632	/* what these and the locks need at most */
#define LMDB_READERS 1022	/* slots of the lock file: 64 bytes each */
#define LMDB_OWN_TABLE "_store" /* beside the tables of the options: our own notes */
#define LMDB_OPEN_WAIT_MS 5000	/* for the write lock while opening */

struct lmdb {
	struct store base;
	char *folder, *data; /* absolute paths, of data.mdb too */
	const char *const *tables;
	size_t map_initial, map_max;
	bool allow_remote;
	pid_t pid;
	bool making; /* lmdb_up() writes after all: tables are missing */

	/* What lmdb_up() makes and lmdb_down() ends. */
	MDB_env *env;
	struct writer *writer;
	MDB_dbi dbi[STORE_TABLES_MAX], own;
	bool own_open;	   /* `own` is valid */
	dev_t dev;	   /* of the data file, to notice when it is exchanged */
	ino_t ino;	   /* likewise */
	off_t size;	   /* the largest that was seen: it never shrinks */
	MDB_txn *reader;   /* the one reader, between reads at rest */
	size_t last_txnid; /* of the last read, whose schema we know */
	uint64_t opened;   /* how often; LMDB's numbers may begin anew each time */
	bool broken;	   /* to be opened anew before it is used again */
	bool opening;	   /* lmdb_up() is under way */

	MDB_txn *txn;	       /* the one that is going on, `reader` or a writing one */
	int rc;		       /* the first error of LMDB in it */
	unsigned updates;      /* counts, to look for stale readers now and then */
	struct strbuf scratch; /* what is being put */
};

static inline struct lmdb *
lmdb_of(struct store *store)
{
	return (struct lmdb *)store;
}

static inline MDB_val
lmdb_val(struct span s)
{
	return (MDB_val){s.len, (void *)(uintptr_t)s.data};
}

static inline struct span
lmdb_span(MDB_val v)
{
	return span_of(v.mv_data, v.mv_size);
}

extern const struct store_engine lmdb_engine;

/* ---- lmdb.c ---- */

/* LMDB's and the system's codes to ours. */
int lmdb_err(int rc);

/* Begins or renews the reader: l->txn. Copes with a map that others have grown and with
 * a full table of readers. */
int lmdb_read_begin(struct store *store);
void lmdb_read_end(struct store *store);

/* Reads the schema's number in l->txn into base.schema. E_NOTFOUND: not a store of
 * ours. E_VERSION: newer than this program. */
int lmdb_read_schema(struct lmdb *l);

/* Takes over a map size: 0, what others have made it. E_BUSY while that would be
 * unsafe. */
int lmdb_remap(struct lmdb *l, size_t size);

/* Removes the slots of readers that are dead; says in the log how many. */
int lmdb_reap(struct lmdb *l);

/* ---- lmdb_open.c ---- */

/* Opens the environment in l->folder; what was begun is undone on failure. */
int lmdb_up(struct lmdb *l, bool create, struct fault *fault);
void lmdb_down(struct lmdb *l);

/* Opens anew when the last use broke the environment, or the files were exchanged (a
 * restored backup) or cut short. To be called before each transaction. */
int lmdb_refresh(struct lmdb *l);

void lmdb_close(struct store *store);

/* ---- lmdb_file.c ---- */

enum lmdb_shape {
	LMDB_ABSENT, /* no file, or nothing in it */
	LMDB_WHOLE,
	LMDB_SHORT /* ends before its last page; may be right, see lmdb_check_tail() */
};

/* Looks at the head of the data file before LMDB trusts it. E_CORRUPT, E_VERSION,
 * E_IO. */
int lmdb_check_file(const char *path, enum lmdb_shape *shape, struct fault *fault);

/* Finds out whether an open LMDB_SHORT file lost data, and makes it whole otherwise. */
int lmdb_check_tail(struct lmdb *l, struct fault *fault);

/*
 * Takes the lock file's room on the disk before LMDB writes to it through a mapping,
 * which would kill us (SIGBUS) on a full disk. Only while this process has not opened
 * the store: closing the file gives LMDB's locks away. E_FULL, E_PERM, E_IO.
 */
int lmdb_reserve_lock(const char *path, struct fault *fault);

/* Counts the pages that are free; of them those with a number >= first in `beyond`. */
int lmdb_count_free(struct lmdb *l, size_t first, size_t *all, size_t *beyond);

/* ---- lmdb_update.c, lmdb_care.c ---- */

int lmdb_update(struct store *store, int wait_ms, store_update_fn *fn, void *arg);
int lmdb_copy(struct store *store, const char *path, struct fault *fault);
int lmdb_inspect(struct store *store, struct store_info *info);

#endif
