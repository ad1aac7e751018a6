/*
 * An ordered, transactional key-value store: tables of byte keys (1 to 500 bytes, sorted
 * as bytes) and byte values. One engine keeps it in LMDB, one in memory for tests; both
 * pass the same tests. No name of LMDB is to be seen here.
 *
 * Lifetimes. Bytes that a read gives are borrowed: valid until store_read_end(); inside an
 * update until its next store_put(), store_del() or its end. A store is opened once in a
 * process, after any fork, and never used across one.
 */
#ifndef GH_STORE_STORE_H
#define GH_STORE_STORE_H

#include <sys/types.h>

#include "base/err.h"
#include "base/span.h"

#define STORE_KEY_MAX 500
#define STORE_TABLES_MAX 24

struct store;
struct store_txn;

struct store_options {
	const char *const *tables; /* names, NULL at the end; created when missing */
	uint32_t schema;	   /* the layout of the values; see store_open() */
	bool create;		   /* make the folder's files when there are none */
	size_t map_initial;	   /* bytes; 0: 1 MiB */
	size_t map_max;		   /* growth stops here with E_FULL; 0: 64 GiB */
	bool allow_remote; /* tests only: do not look at the file system's kind */
};

/*
 * Opens the LMDB store in folder `path`. Refuses: E_NOTFOUND (no store and not `create`),
 * E_PERM (whose files they are is said in `fault`), E_REMOTEFS (NFS, SMB, FUSE network
 * file systems…, named), E_VERSION (schema newer than `schema`), E_CORRUPT, E_FULL, E_IO.
 * Files are made with mode 0660. Stale readers of dead processes are removed.
 */
int store_open(const char *path, const struct store_options *options,
    struct store **store, struct fault *fault);

/* The engine that forgets: an empty store in memory with the same behaviour. */
int store_open_memory(const struct store_options *options, struct store **store);

/* Ends it; NULL is allowed. To be called on every way out of a process. */
void store_close(struct store *store);

/* The schema number that the store was made with or last upgraded to. */
uint32_t store_schema(const struct store *store);

/* ---- reading -------------------------------------------------------------------- */

/*
 * Begins to read a snapshot (renewing the process's one reader: cheap). Only one read at a
 * time in a process, and no store_update() of the same store before store_read_end().
 * E_BUSY when the reader table is full even after stale ones were removed; E_IO.
 */
int store_read_begin(struct store *store, struct store_txn **txn);
void store_read_end(struct store_txn *txn);

/* `table` is the index in store_options.tables. E_NOTFOUND, E_IO, E_CORRUPT. */
int store_get(
    struct store_txn *txn, unsigned table, struct span key, struct span *value);

/* Number of entries in a table. */
int store_count(struct store_txn *txn, unsigned table, uint64_t *count);

struct store_cursor;

/* A cursor must be closed before its transaction ends. After a change by the same
 * transaction the cursor has to be placed again. */
int store_cursor_open(
    struct store_txn *txn, unsigned table, struct store_cursor **cursor);
void store_cursor_close(struct store_cursor *cursor);

/* To the first entry with a key >= `key` (an empty key: the very first one), to the last
 * entry with a key < `key` (an empty key: the very last one), or one step. E_NOTFOUND at
 * the end. */
int store_cursor_seek(
    struct store_cursor *c, struct span key, struct span *k, struct span *v);
int store_cursor_seek_before(
    struct store_cursor *c, struct span key, struct span *k, struct span *v);
int store_cursor_next(struct store_cursor *c, struct span *k, struct span *v);
int store_cursor_prev(struct store_cursor *c, struct span *k, struct span *v);

/* ---- changing ------------------------------------------------------------------- */

/*
 * One change: runs fn(txn, arg) under the store's write lock and commits when it returns
 * E_OK; otherwise nothing is changed and its error is returned. **fn may run more than
 * once** (the map was full or grown by another process): it starts from nothing each time
 * and has no other effect than through txn. fn may get, put, del and use cursors.
 *
 * Waits for the lock at most `wait_ms` milliseconds whoever holds it, then E_BUSY. When it
 * returns E_OK the change survives a power cut. E_FULL (disk or map_max), E_IO, E_NOMEM.
 */
typedef int store_update_fn(struct store_txn *txn, void *arg);
int store_update(struct store *store, int wait_ms, store_update_fn *fn, void *arg);

/* Inserts or replaces. E_INVALID for a key that is empty or too long; E_FULL: return it. */
int store_put(
    struct store_txn *txn, unsigned table, struct span key, struct span value);
/* E_NOTFOUND when there is none. */
int store_del(struct store_txn *txn, unsigned table, struct span key);

/* ---- care ------------------------------------------------------------------------ */

/* Writes a consistent, compacted copy into the folder `path` (which must exist and hold no
 * store) while others read and write. E_EXISTS, E_FULL, E_IO. */
int store_copy(struct store *store, const char *path, struct fault *fault);

struct store_info {
	uint64_t used, map, map_max; /* bytes */
	unsigned readers, readers_max;
	unsigned stale; /* readers of dead processes that were just removed */
};

/* Figures for `check` and the log; removes stale readers on the way. */
int store_inspect(struct store *store, struct store_info *info);

#endif
