/*
 * What lies between store.c (the rules that hold for every engine: states, key lengths,
 * sticky errors, where a cursor may go) and an engine (LMDB, memory). Only for this
 * folder.
 */
#ifndef GH_STORE_ENGINE_H
#define GH_STORE_ENGINE_H

#include "store/store.h"

enum store_move {
	STORE_FIRST,
	STORE_LAST,
	STORE_RANGE, /* to the first key >= the given one */
	STORE_NEXT,
	STORE_PREV
};

struct store_cursor {
	struct store_txn *txn;
	unsigned table;
	unsigned changes;	   /* txn->changes when it was placed */
	bool placed;		   /* stands on an entry */
	struct store_cursor *next; /* of the same transaction */
};

struct store_txn {
	struct store *store;
	bool writing;
	int err;	  /* the first failed change; nothing works after it */
	unsigned changes; /* counts puts and dels */
	struct store_cursor *cursors;
};

/*
 * The engine's part. Keys that arrive here have a length of 1 to STORE_KEY_MAX (a key
 * to seek: up to one more), tables exist, puts and dels are inside an update.
 */
struct store_engine {
	void (*close)(struct store *store);
	int (*read_begin)(struct store *store);
	void (*read_end)(struct store *store);
	uint64_t (*version)(struct store *store);
	/* Calls store_run() as often as it must and commits or undoes. */
	int (*update)(struct store *store, int wait_ms, store_update_fn *fn, void *arg);

	int (*get)(
	    struct store *store, unsigned table, struct span key, struct span *v);
	int (*count)(struct store *store, unsigned table, uint64_t *count);
	int (*put)(struct store *store, unsigned table, struct span key, struct span v);
	int (*del)(struct store *store, unsigned table, struct span key);
	/* Keeps the number with the data, inside an update. */
	int (*set_schema)(struct store *store, uint32_t schema);

	/* Allocates the engine's own cursor, which begins with a struct
	 * store_cursor. */
	int (*cursor_open)(
	    struct store *store, unsigned table, struct store_cursor **c);
	void (*cursor_close)(struct store_cursor *c);
	int (*cursor_move)(struct store_cursor *c, enum store_move move,
	    struct span key, struct span *k, struct span *v);

	int (*copy)(struct store *store, const char *path, struct fault *fault);
	int (*inspect)(struct store *store, struct store_info *info);
};

/* Each engine's store begins with this. */
struct store {
	const struct store_engine *engine;
	unsigned tables;
	uint32_t newest; /* the newest schema that this program understands */
	uint32_t schema; /* the one of the data; the engine keeps it right */
	bool busy;	 /* a read or an update is going on */
	bool read_only;	 /* opened so */
	struct store_txn txn;
};

/* Checks the options that every engine is given, and fills in what store.c keeps. */
int store_init(struct store *store, const struct store_engine *engine,
    const struct store_options *options);

/* One run of fn in a transaction that the engine has begun. Gives fn's error, or that
 * of the first change that failed, whatever fn made of it. */
int store_run(struct store *store, store_update_fn *fn, void *arg);

#endif
