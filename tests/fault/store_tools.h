/* What tests of the store share: a fresh folder, short puts and gets, child
 * processes. */
#ifndef GH_TESTS_STORE_TOOLS_H
#define GH_TESTS_STORE_TOOLS_H

#include <sys/types.h>

#include "store/store.h"
#include "tests/unit/unit.h"

/* The tables of every store here. */
extern const char *const tools_tables[];
enum { T_A, T_B, T_C };

/* A new folder below $TMPDIR or /tmp; static storage, one per call, never reused. */
const char *tools_folder(void);
/* Removes it with everything in it. */
void tools_remove(const char *folder);
/* "folder/name", in one of a few static buffers. */
const char *tools_path(const char *folder, const char *name);

/* Opens with tools_tables and schema 1; fails the test when that does not work. */
struct store *tools_open(const char *folder, size_t map_initial, size_t map_max);
int tools_try_open(const char *folder, bool create, struct store **s, struct fault *f);

/* For tests that run on each engine: their store, of 1 MiB at most. */
struct store *tools_store(void **state);
int tools_setup_lmdb(void **state);
int tools_setup_memory(void **state);
int tools_teardown(void **state);
/* clang-format off */
#define TOOLS_BOTH(fn) \
	{"lmdb: " #fn, fn, tools_setup_lmdb, tools_teardown, NULL}, \
	{"memory: " #fn, fn, tools_setup_memory, tools_teardown, NULL}
/* clang-format on */

/* Milliseconds that a change waits which only has to come at some time: others have the
 * machine, too. What must come soon takes less than half of that. */
#define TOOLS_WAIT 60000
#define TOOLS_SOON 30000

/* One key and value, as C strings, in an update or a read of their own. */
int tools_put(struct store *s, unsigned table, const char *key, const char *value);
int tools_del(struct store *s, unsigned table, const char *key);
/* The value's text, static storage; NULL when there is none. Fails on other errors. */
const char *tools_get(struct store *s, unsigned table, const char *key);
uint64_t tools_count(struct store *s, unsigned table);

/* `count` keys "PREFIX000000".. with values of `size` bytes in one update. */
struct tools_fill {
	const char *prefix;
	unsigned table, count;
	size_t size;
	bool remove; /* and take them away again, in the same update */
};
int tools_fill_fn(struct store_txn *txn, void *arg);
int tools_fill(
    struct store *s, unsigned table, const char *prefix, unsigned count, size_t size);

/* In the test: assert_true(). In a child, where cmocka's jumps lead astray: ends it. */
#define MUST(ok) tools_must((ok), #ok, __FILE__, __LINE__)
void tools_must(bool ok, const char *what, const char *file, int line);

/* Runs fn(arg) in a child that ends with fn's result as its status and cleans up
 * nothing; where an assertion of cmocka's fails, it aborts. */
pid_t tools_spawn(int (*fn)(void *arg), void *arg);
/* Waits; the exit status, or 1000 + the signal. */
int tools_wait(pid_t pid);

/* One byte through a pipe: "I am there", "go on". */
void tools_tell(int fd);
void tools_hear(int fd);

/* Milliseconds from a clock that never goes back. */
int64_t tools_ms(void);

#endif
