/* Somebody else has the store's lock: updates give up in time, reads do not notice. */
#include "tests/fault/store_tools.h"

#include <fcntl.h>
#include <lmdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"

static const char *folder;
static int to[2], from[2]; /* the one who holds the lock */
static int rest[2];	   /* ends with the test */

static int
setup(void **state)
{
	(void)state;
	folder = tools_folder();
	return pipe(to) | pipe(from) | pipe2(rest, O_CLOEXEC);
}

static int
teardown(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		close(to[i]);
		close(from[i]);
		close(rest[i]);
	}
	tools_remove(folder);
	return 0;
}

/* ---- those who hold it ---- */

/* Until told; whoever waits for that gets it much too late, but does get it. */
static void
hold(void)
{
	struct pollfd word = {.fd = to[0], .events = POLLIN};

	tools_tell(from[1]);
	if (poll(&word, 1, TOOLS_WAIT) > 0)
		tools_hear(to[0]);
}

static int
hold_fn(struct store_txn *txn, void *arg)
{
	(void)arg;
	hold();
	return store_put(txn, T_B, span_str("holder"), span_str("was here"));
}

/* One of our own programs; it lets the map grow before. */
static int
hold_ours(void *arg)
{
	struct store *s = tools_open(folder, 0, 0);

	(void)arg;
	MUST(tools_fill(s, T_A, "big", 3000, 1000) == E_OK);
	MUST(store_update(s, TOOLS_WAIT, hold_fn, NULL) == E_OK);
	store_close(s);
	return 0;
}

/* Another program, which knows nothing of ours: LMDB alone. */
static int
hold_raw(void *arg)
{
	MDB_val key = {0, NULL}, value = {1000, (char[1000]){0}};
	char name[32];
	MDB_env *env;
	MDB_txn *txn;
	MDB_dbi dbi;

	(void)arg;
	MUST(mdb_env_create(&env) == 0 && mdb_env_set_maxdbs(env, 8) == 0);
	MUST(mdb_env_set_mapsize(env, 16 << 20) == 0);
	MUST(mdb_env_open(env, folder, 0, 0660) == 0);
	MUST(mdb_txn_begin(env, NULL, 0, &txn) == 0);
	MUST(mdb_dbi_open(txn, "a", 0, &dbi) == 0);
	for (int i = 0; i < 3000; i++) {
		snprintf(name, sizeof name, "big%06d", i);
		key = (MDB_val){strlen(name), name};
		MUST(mdb_put(txn, dbi, &key, &value, 0) == 0);
	}
	MUST(mdb_txn_commit(txn) == 0);
	MUST(mdb_txn_begin(env, NULL, 0, &txn) == 0);
	hold();
	mdb_txn_abort(txn);
	mdb_env_close(env);
	return 0;
}

/* ---- tests ---- */

static void
expect_busy(struct store *s, int wait_ms)
{
	int64_t begin = tools_ms();
	struct tools_fill f = {.prefix = "x", .table = T_B, .count = 1, .size = 1};
	int64_t took;

	assert_int_equal(store_update(s, wait_ms, tools_fill_fn, &f), E_BUSY);
	took = tools_ms() - begin;
	assert_in_range(took, wait_ms < 20 ? 10 : wait_ms - 10, TOOLS_SOON);
}

/* It does not wait for anything that would last. */
static void
expect_soon(struct store *s)
{
	int64_t begin = tools_ms();

	assert_int_equal(tools_put(s, T_B, "k", "v"), E_OK);
	assert_in_range(tools_ms() - begin, 0, TOOLS_SOON);
}

static void
gives_up_in_time(int (*holder)(void *arg))
{
	struct store *s = tools_open(folder, 0, 0);
	pid_t pid = tools_spawn(holder, NULL);

	tools_hear(from[0]);
	expect_busy(s, 300);
	/* Reads as always, of a map that was grown meanwhile, too. */
	assert_int_equal(tools_count(s, T_A), 3000);
	assert_non_null(tools_get(s, T_A, "big002999"));
	expect_busy(s, 0);
	expect_busy(s, 200);
	assert_int_equal(tools_count(s, T_A), 3000);
	tools_tell(to[1]);
	expect_soon(s);
	assert_int_equal(tools_wait(pid), 0);
	assert_null(tools_get(s, T_B, "x000000"));
	store_close(s);
}

static void
gives_up_in_time_ours(void **state)
{
	(void)state;
	gives_up_in_time(hold_ours);
}

static void
gives_up_in_time_raw(void **state)
{
	(void)state;
	gives_up_in_time(hold_raw);
}

static int
put_from_outside(void *arg)
{
	struct store *s = tools_open(folder, 0, 0);

	(void)arg;
	MUST(tools_put(s, T_B, "k", "v") == E_OK);
	store_close(s);
	return 0;
}

/* A lock that comes when nobody wants it any longer is given back at once. */
static void
keeps_no_lock_that_came_late(int (*holder)(void *arg))
{
	struct store *s = tools_open(folder, 0, 0);
	pid_t pid = tools_spawn(holder, NULL);

	tools_hear(from[0]);
	expect_busy(s, 50);
	tools_tell(to[1]);
	assert_int_equal(tools_wait(pid), 0);
	assert_int_equal(tools_wait(tools_spawn(put_from_outside, NULL)), 0);
	assert_string_equal(tools_get(s, T_B, "k"), "v");
	assert_int_equal(tools_put(s, T_B, "k", "w"), E_OK);
	store_close(s);
}

static void
keeps_no_lock_that_came_late_ours(void **state)
{
	(void)state;
	keeps_no_lock_that_came_late(hold_ours);
}

static void
keeps_no_lock_that_came_late_raw(void **state)
{
	(void)state;
	keeps_no_lock_that_came_late(hold_raw);
}

/* The holder is killed: the next one goes on at once. */
static void
is_freed_by_death(int (*holder)(void *arg))
{
	struct store *s = tools_open(folder, 0, 0);
	pid_t pid = tools_spawn(holder, NULL);

	tools_hear(from[0]);
	expect_busy(s, 50);
	kill(pid, SIGKILL);
	expect_soon(s);
	assert_int_equal(tools_wait(pid), 1000 + SIGKILL);
	assert_null(tools_get(s, T_B, "holder"));
	store_close(s);
}

static void
is_freed_by_death_ours(void **state)
{
	(void)state;
	is_freed_by_death(hold_ours);
}

static void
is_freed_by_death_raw(void **state)
{
	(void)state;
	is_freed_by_death(hold_raw);
}

static int
start_another_fn(struct store_txn *txn, void *arg)
{
	int runs[2];
	char c;

	(void)txn;
	(void)arg;
	MUST(pipe2(runs, O_CLOEXEC) == 0);
	if (fork() == 0) {
		dup2(rest[0], STDIN_FILENO);
		close(STDOUT_FILENO);
		close(STDERR_FILENO);
		execl("/bin/sh", "sh", "-c", "read end", (char *)NULL);
		MUST(write(runs[1], "?", 1) == 1);
		_exit(1);
	}
	/* Until it runs, it has what we have. */
	close(runs[1]);
	MUST(read(runs[0], &c, 1) == 0);
	hold();
	return E_OK;
}

static int
hold_and_start_another(void *arg)
{
	struct store *s = tools_open(folder, 0, 0);

	(void)arg;
	store_update(s, TOOLS_WAIT, start_another_fn, NULL);
	store_close(s);
	return 0;
}

/* Not even a program that the dead one has started keeps the lock. */
static void
is_not_inherited(void **state)
{
	(void)state;
	is_freed_by_death(hold_and_start_another);
}

/* Closing waits for nobody, although our thread still waits for the lock. */
static void
closes_meanwhile(int (*holder)(void *arg))
{
	struct store *s = tools_open(folder, 0, 0);
	pid_t pid = tools_spawn(holder, NULL);
	int64_t begin;

	tools_hear(from[0]);
	expect_busy(s, 50);
	begin = tools_ms();
	store_close(s);
	assert_in_range(tools_ms() - begin, 0, TOOLS_SOON);
	tools_tell(to[1]);
	/* And one may open again as soon as the thread is gone. */
	s = tools_open(folder, 0, 0);
	assert_int_equal(tools_put(s, T_B, "k", "v"), E_OK);
	assert_int_equal(tools_wait(pid), 0);
	store_close(s);
}

static void
closes_meanwhile_ours(void **state)
{
	(void)state;
	closes_meanwhile(hold_ours);
}

static void
closes_meanwhile_raw(void **state)
{
	(void)state;
	closes_meanwhile(hold_raw);
}

/* So may a process: the thread does not keep it. */
static int
exit_meanwhile(void *arg)
{
	struct store *s = tools_open(folder, 0, 0);
	struct tools_fill f = {.prefix = "x", .table = T_B, .count = 1, .size = 1};

	(void)arg;
	MUST(store_update(s, 50, tools_fill_fn, &f) == E_BUSY);
	store_close(s);
	return 0;
}

static void
exits_meanwhile(void **state)
{
	int64_t begin;
	pid_t holder;

	(void)state;
	store_close(tools_open(folder, 0, 0));
	holder = tools_spawn(hold_raw, NULL);
	tools_hear(from[0]);
	begin = tools_ms();
	assert_int_equal(tools_wait(tools_spawn(exit_meanwhile, NULL)), 0);
	assert_in_range(tools_ms() - begin, 0, TOOLS_SOON);
	tools_tell(to[1]);
	assert_int_equal(tools_wait(holder), 0);
}

/* Writers that never rest do not starve each other: each has its turns while the others go
 * on, until they are killed. */
struct busy_writer {
	char name;
	int told; /* says when it has made its changes */
};

#define CHANGES 150

static int
write_busily(void *arg)
{
	const struct busy_writer *w = arg;
	struct store *s = tools_open(folder, 0, 0);
	int64_t begin, longest = 0;
	char key[32];

	for (int i = 0;; i++) {
		snprintf(key, sizeof key, "%c-%d", w->name, i % CHANGES);
		begin = tools_ms();
		MUST(tools_put(s, T_A, key, "v") == E_OK);
		if (tools_ms() - begin > longest)
			longest = tools_ms() - begin;
		if (i != CHANGES - 1)
			continue;
		MUST(longest < TOOLS_SOON);
		tools_tell(w->told);
	}
	return 0;
}

static void
takes_turns(void **state)
{
	struct store *s = tools_open(folder, 0, 0);
	pid_t pids[3];
	int ends[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		int told[2];

		assert_int_equal(pipe(told), 0);
		pids[i] =
		    tools_spawn(write_busily, &(struct busy_writer){'a' + i, told[1]});
		close(told[1]);
		ends[i] = told[0];
	}
	for (int i = 0; i < 3; i++) {
		tools_hear(ends[i]);
		close(ends[i]);
	}
	for (int i = 0; i < 3; i++) {
		kill(pids[i], SIGKILL);
		assert_int_equal(tools_wait(pids[i]), 1000 + SIGKILL);
	}
	assert_int_equal(tools_count(s, T_A), 3 * CHANGES);
	store_close(s);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(gives_up_in_time_ours),
	    T(gives_up_in_time_raw),
	    T(keeps_no_lock_that_came_late_ours),
	    T(keeps_no_lock_that_came_late_raw),
	    T(is_freed_by_death_ours),
	    T(is_freed_by_death_raw),
	    T(is_not_inherited),
	    T(closes_meanwhile_ours),
	    T(closes_meanwhile_raw),
	    T(exits_meanwhile),
	    T(takes_turns),
	};

	log_open("test_store_locks", LOG_NOWHERE, LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
