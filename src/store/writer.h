/*
 * Waiting for LMDB's write lock with a deadline. LMDB cannot: it waits for ever when
 * another program holds its lock. So the two steps that must happen in the thread which
 * holds the lock, beginning and ending a write transaction, are done by a thread of our
 * own, started with the first change and kept. A caller whose deadline passes goes
 * away; the thread, once it has the lock, sees that nobody wants it, and gives it back.
 * It touches nothing else of the caller's. Between the two steps the transaction is
 * used in the caller's thread while this one sleeps: LMDB keeps nothing else by thread.
 *
 * Gatehouse's own programs queue before that, at a flock() on data.mdb, so that LMDB's
 * own lock is free for whoever holds ours. Both locks end with the process that has
 * them.
 */
#ifndef GH_STORE_WRITER_H
#define GH_STORE_WRITER_H

#include <lmdb.h>

#include "base/span.h"

struct writer;

/* What writer_begin() gives when the deadline passed; no code of LMDB is like it. */
#define WRITER_TIMEOUT (-1)

/* For an open environment, which it closes in the end: then it calls closed(arg).
 * Starts no thread yet. NULL when out of memory or descriptors. */
struct writer *writer_new(MDB_env *env, void (*closed)(void *arg), void *arg);

/*
 * Begins a write transaction, waiting until `deadline` (clock_ticks_ms()) at most.
 * Gives 0, WRITER_TIMEOUT, or an error of LMDB or the system. To be ended by
 * writer_end().
 */
int writer_begin(struct writer *w, int64_t deadline, MDB_txn **txn);

/* Commits or aborts. The queue's lock is kept, so that one may begin again at once. */
int writer_end(struct writer *w, bool commit);

/* Lets the next one in the queue go on. To be called after the last writer_end(), or
 * when writer_begin() failed. */
void writer_leave(struct writer *w);

/* Whether the thread may be inside LMDB although nobody waits for it: then the
 * environment must be neither remapped nor closed. */
bool writer_stuck(struct writer *w);

/* Ends the thread and closes the environment. When the thread is stuck, it does both
 * itself as soon as it is free, if ever. */
void writer_close(struct writer *w);

#endif
