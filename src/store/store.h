/*
 * An ordered, transactional key-value store: tables of byte keys (1 to 500 bytes,
 * sorted as bytes) and byte values. One engine keeps it in LMDB, one in memory for
 * tests; both pass the same tests. No name of LMDB is to be seen here.
 *
 * Lifetimes. Bytes that a read gives are borrowed: valid until store_read_end(); inside
 * an update until its next store_put(), store_del() or its end (they may be put
 * themselves). A store is opened once in a process, after any fork, and used by one
 * thread. In a child that inherited it, store_close() does nothing and everything else
 * gives E_STATE.
 *
 * E_STATE is given for what the rules below forbid: two transactions at a time, a
 * change inside a read, a step of a cursor that stands nowhere. E_INVALID: no such
 * table.
 */
#ifndef GH_STORE_STORE_H
#define GH_STORE_STORE_H

#include <sys/types.h>

#include "base/err.h"
#include "base/span.h"

#define STORE_KEY_MAX 500
#define STORE_VALUE_MAX (1 << 20) /* what is larger belongs into a file */
#define STORE_TABLES_MAX 24

struct store;
struct store_txn;

struct store_options {
	/* Names, NULL at the end; created when missing; valid as long as the store. */
	const char *const *tables;
	uint32_t schema; /* the layout of the values; see store_open() */
	bool create;	 /* make the folder's files when there are none */
	bool read_only; /* the system keeps us from changing data: updates are E_PERM */
	size_t map_initial; /* bytes; 0: 1 MiB */
	size_t map_max;	    /* growth stops here with E_FULL; 0: 64 GiB */
	bool allow_remote;  /* tests only: do not look at the file system's kind */
};

/*
 * Opens the LMDB store in folder `path`, which must exist. Refuses: E_NOTFOUND (no
 * store and not `create`), E_PERM (`fault` says whose file it is and who we are),
 * E_REMOTEFS (NFS, SMB, anything in FUSE…, named), E_VERSION (its schema is newer than
 * `schema`), E_CORRUPT (cut off, not LMDB's, not ours), E_BUSY (open in this process
 * already, or locked while a table had to be made), E_FULL, E_IO. Files are made with
 * mode 0660, and belong to the folder's owner when root makes them. Readers of dead
 * processes are removed. From here on the process ignores SIGXFSZ, so that a limit is
 * E_FULL.
 */
int store_open(const char *path, const struct store_options *options,
    struct store **store, struct fault *fault);

/*
 * The engine that forgets, for tests: an empty store in memory with the same behaviour.
 * Where LMDB may be kind it is not: fn of an update always runs twice, and borrowed
 * bytes are wiped as soon as they are no longer promised.
 */
int store_open_memory(const struct store_options *options, struct store **store);

/* Ends it; NULL is allowed. To be called on every way out of a process. */
void store_close(struct store *store);

/*
 * The schema number that the store was made with or last upgraded to. When it is below
 * store_options.schema, the caller upgrades: one update that rewrites the values and
 * calls store_set_schema(). Programs that only know the old one then get E_VERSION from
 * each store_read_begin() and store_update().
 */
uint32_t store_schema(const struct store *store);

/* ---- reading -------------------------------------------------------------------- */

/*
 * Begins to read a snapshot (renewing the process's one reader: cheap). Only one read
 * at a time in a process, and no store_update() of the same store before
 * store_read_end(). Opens the store anew when its files were exchanged (a restored
 * backup). E_BUSY when the reader table is full even after stale ones were removed (or,
 * rarely, when a program that is not ours holds LMDB's lock and others have grown the
 * map); E_VERSION, E_CORRUPT, E_IO.
 */
int store_read_begin(struct store *store, struct store_txn **txn);
void store_read_end(struct store_txn *txn);

/*
 * The number of the snapshot that is being read, for what a process remembers: as long
 * as it is the same, nothing has been changed by anybody. Never 0. It says nothing in
 * another process, nor inside an update.
 */
uint64_t store_version(struct store_txn *txn);

/* `table` is the index in store_options.tables. E_NOTFOUND, E_IO, E_CORRUPT. */
int store_get(
    struct store_txn *txn, unsigned table, struct span key, struct span *value);

/* Number of entries in a table. */
int store_count(struct store_txn *txn, unsigned table, uint64_t *count);

struct store_cursor;

/* A cursor must be closed before its transaction ends. After E_NOTFOUND, and after a
 * change by the same transaction, it has to be placed again by one of the seeks. */
int store_cursor_open(
    struct store_txn *txn, unsigned table, struct store_cursor **cursor);
void store_cursor_close(struct store_cursor *cursor);

/* To the first entry with a key >= `key` (an empty key: the very first one), to the
 * last entry with a key < `key` (an empty key: the very last one), or one step.
 * E_NOTFOUND at the end. */
int store_cursor_seek(
    struct store_cursor *c, struct span key, struct span *k, struct span *v);
int store_cursor_seek_before(
    struct store_cursor *c, struct span key, struct span *k, struct span *v);
int store_cursor_next(struct store_cursor *c, struct span *k, struct span *v);
int store_cursor_prev(struct store_cursor *c, struct span *k, struct span *v);

/* ---- changing ------------------------------------------------------------------- */

/*
 * One change: runs fn(txn, arg) under the store's write lock and commits when it
 * returns E_OK; otherwise nothing is changed and its error is returned. **fn may run
 * more than once** (the map was full or grown by another process): it starts from
 * nothing each time and has no other effect than through txn. fn may get, put, del and
 * use cursors. It runs in the caller's thread. The first put, del or set_schema that
 * fails with anything but E_NOTFOUND or E_INVALID fails the whole update, whatever fn
 * returns; what fn does after it gives the same error.
 *
 * Waits for the lock at most `wait_ms` milliseconds (but 20 at least) whoever holds it,
 * then E_BUSY. When it returns E_OK the change survives a power cut. E_FULL (disk or
 * map_max), E_TOOBIG (too much for one change), E_VERSION, E_CORRUPT, E_IO, E_NOMEM.
 */
typedef int store_update_fn(struct store_txn *txn, void *arg);
int store_update(struct store *store, int wait_ms, store_update_fn *fn, void *arg);

/* Inserts or replaces. E_INVALID for a key that is empty or too long; E_FULL: return
 * it. */
int store_put(
    struct store_txn *txn, unsigned table, struct span key, struct span value);
/* E_NOTFOUND when there is none. */
int store_del(struct store_txn *txn, unsigned table, struct span key);

/* See store_schema(). E_INVALID when it is above store_options.schema. */
int store_set_schema(struct store_txn *txn, uint32_t schema);

/* ---- care ------------------------------------------------------------------------ */

/* Writes a consistent, compacted copy into the folder `path` (which must exist and hold
 * no store, and may be on any file system) while others read and write. On an error
 * nothing is left there. E_EXISTS, E_NOTFOUND, E_PERM, E_FULL, E_CORRUPT, E_IO; E_STATE
 * in memory. */
int store_copy(struct store *store, const char *path, struct fault *fault);

struct store_info {
	uint64_t used, map, map_max;   /* bytes; `used` without free pages */
	unsigned readers, readers_max; /* we are one of them */
	unsigned stale; /* readers of dead processes that were just removed */
};

/* Figures for `check` and the log; removes stale readers on the way. */
int store_inspect(struct store *store, struct store_info *info);

#endif
