/* Programs that are killed in the middle: no change that was acknowledged is lost, none
 * is there by half, and what the dead left in the lock file does not hinder the
 * living. */
#include "tests/fault/store_tools.h"

#include <lmdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"

#define KILLS 100

static const char *folder;
static uint32_t seed = 12345;

static int
setup(void **state)
{
	(void)state;
	folder = tools_folder();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tools_remove(folder);
	return 0;
}

static uint32_t
chance(uint32_t below)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % below;
}

static void
kill_now(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(tools_wait(pid), 1000 + SIGKILL);
}

/* ---- writers ---- */

/* Change number n: an entry in A and one in B, the number itself, and some churn. */
static int
change_fn(struct store_txn *txn, void *arg)
{
	uint32_t n = *(uint32_t *)arg;
	char key[16], value[400];
	int err;

	memset(value, 'x', sizeof value);
	snprintf(key, sizeof key, "%08u", n);
	if ((err = store_put(txn, T_A, span_str(key), span_of(value, n % 400))) !=
		E_OK ||
	    (err = store_put(txn, T_B, span_str(key), span_str(key))) != E_OK)
		return err;
	snprintf(key, sizeof key, "churn%u", n % 50);
	err = store_put(txn, T_C, span_str(key), span_of(value, (n * 37) % 400));
	return err != E_OK ? err : store_put(txn, T_C, span_str("n"), span_of(&n, 4));
}

static uint32_t
changes_so_far(struct store *s)
{
	struct store_txn *txn;
	struct span v;
	uint32_t n = 0;

	MUST(store_read_begin(s, &txn) == E_OK);
	if (store_get(txn, T_C, span_str("n"), &v) == E_OK)
		memcpy(&n, v.data, sizeof n);
	store_read_end(txn);
	return n;
}

static int
change_for_ever(void *arg)
{
	int ack = *(int *)arg;
	struct store *s = tools_open(folder, 65536, 0);
	uint32_t n = changes_so_far(s) + 1;

	for (;; n++) {
		MUST(store_update(s, TOOLS_WAIT, change_fn, &n) == E_OK);
		MUST(write(ack, &n, sizeof n) == sizeof n);
	}
	return 0;
}

/* Every change up to n is there, as a whole; nothing else is. */
static void
expect_changes(struct store *s, uint32_t n)
{
	struct store_txn *txn;
	struct span v;
	char key[16];
	uint64_t count;

	assert_int_equal(store_read_begin(s, &txn), E_OK);
	for (unsigned table = T_A; table <= T_B; table++) {
		assert_int_equal(store_count(txn, table, &count), E_OK);
		assert_int_equal(count, n);
	}
	for (uint32_t i = 1; i <= n; i++) {
		snprintf(key, sizeof key, "%08u", i);
		assert_int_equal(store_get(txn, T_A, span_str(key), &v), E_OK);
		assert_int_equal(v.len, i % 400);
		assert_int_equal(store_get(txn, T_B, span_str(key), &v), E_OK);
		assert_true(span_is(v, key));
	}
	store_read_end(txn);
}

static void
loses_nothing_when_writers_are_killed(void **state)
{
	struct store *s = tools_open(folder, 65536, 0);
	uint32_t n, acked = 0, wanted;
	int ack[2];

	(void)state;
	for (int round = 0; round < KILLS; round++) {
		pid_t pid;

		assert_int_equal(pipe(ack), 0);
		pid = tools_spawn(change_for_ever, &ack[1]);
		close(ack[1]);
		/* Some changes later, at any moment of the next. */
		wanted = 1 + chance(4);
		while (wanted > 0 && read(ack[0], &n, sizeof n) == sizeof n)
			wanted--, acked = n;
		usleep(chance(800));
		kill_now(pid);
		while (read(ack[0], &n, sizeof n) == sizeof n)
			acked = n;
		close(ack[0]);
		/* The one that was under way may be there, or not. */
		n = changes_so_far(s);
		assert_in_range(n, acked, acked + 1);
		if (round % 20 == 0)
			expect_changes(s, n);
		if (round % 2 == 0) {
			acked = n + 1;
			assert_int_equal(
			    store_update(s, TOOLS_WAIT, change_fn, &acked), E_OK);
		}
	}
	expect_changes(s, changes_so_far(s));
	assert_true(acked >= KILLS);
	store_close(s);
	s = tools_open(folder, 0, 0);
	expect_changes(s, changes_so_far(s));
	store_close(s);
}

/* ---- readers ---- */

static int
read_for_ever(void *arg)
{
	struct store *s = tools_open(folder, 0, 0);
	struct store_txn *txn;

	MUST(store_read_begin(s, &txn) == E_OK);
	tools_tell(*(int *)arg);
	for (;;)
		pause();
	return 0;
}

static int
twenty_fn(struct store_txn *txn, void *arg)
{
	char key[16], value[200];
	int err = E_OK;

	memset(value, *(int *)arg & 0xff, sizeof value);
	for (int i = 0; i < 20 && err == E_OK; i++) {
		snprintf(key, sizeof key, "%d", i);
		err = store_put(txn, T_A, span_str(key), span_of(value, sizeof value));
	}
	return err;
}

/* Each dead reader pins the pages of its snapshot; in 256 KiB that is over soon. */
static void
is_not_filled_by_dead_readers(void **state)
{
	struct store *s = tools_open(folder, 1 << 18, 1 << 18);
	struct store_info info;
	int pipes[2];
	pid_t living;

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	for (int n = 0; n < 3000; n++) {
		if (n % 150 == 0) {
			pid_t pid = tools_spawn(read_for_ever, &pipes[1]);

			tools_hear(pipes[0]);
			kill_now(pid);
		}
		assert_int_equal(store_update(s, TOOLS_WAIT, twenty_fn, &n), E_OK);
	}
	assert_int_equal(store_inspect(s, &info), E_OK);
	assert_int_equal(info.map, 1 << 18);
	assert_int_equal(info.readers, 1);
	/* A living one does fill it, and is respected. */
	living = tools_spawn(read_for_ever, &pipes[1]);
	tools_hear(pipes[0]);
	for (int n = 0, err = E_OK; err == E_OK; n++) {
		assert_true(n < 3000);
		err = store_update(s, TOOLS_WAIT, twenty_fn, &n);
		assert_true(err == E_OK || err == E_FULL);
	}
	assert_int_equal(store_inspect(s, &info), E_OK);
	assert_int_equal(info.stale, 0);
	assert_int_equal(info.readers, 2);
	kill_now(living);
	assert_int_equal(store_update(s, TOOLS_WAIT, twenty_fn, &pipes[0]), E_OK);
	close(pipes[0]);
	close(pipes[1]);
	store_close(s);
}

/* ---- the table of readers ---- */

static int
hold_lock_file(void *arg)
{
	int *pipes = arg;
	MDB_env *env;

	MUST(mdb_env_create(&env) == 0);
	/* With the 126 slots that LMDB makes when it is not asked. */
	MUST(mdb_env_open(env, folder, 0, 0660) == 0);
	tools_tell(pipes[1]);
	for (;;)
		pause();
	return 0;
}

static int
read_and_die(void *arg)
{
	int *pipes = arg;
	struct store *s = tools_open(folder, 0, 0);
	struct store_txn *txn;
	int err;

	tools_tell(pipes[1]);
	tools_hear(pipes[2]);
	/* Whoever comes while others clear the table is told to come again. */
	for (int i = 0; (err = store_read_begin(s, &txn)) == E_BUSY && i < 1000; i++)
		usleep(10000);
	return err;
}

static void
one_ends(pid_t holder)
{
	int status;

	assert_int_not_equal(waitpid(-1, &status, 0), holder);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* 130 programs read and end without closing, in a table for 126; not all at the same time,
 * which may be too many for it where there are as many processors. */
static void
makes_room_for_readers(void **state)
{
	enum { N = 130, AT_ONCE = 60 };
	struct store_info info;
	struct store *s;
	pid_t holder;
	int pipes[4];

	(void)state;
	store_close(tools_open(folder, 0, 0));
	unlink(tools_path(folder, "lock.mdb"));
	assert_int_equal(pipe(pipes) | pipe(pipes + 2), 0);
	holder = tools_spawn(hold_lock_file, pipes);
	tools_hear(pipes[0]);
	for (int i = 0; i < N; i++)
		tools_spawn(read_and_die, pipes);
	for (int i = 0; i < N; i++)
		tools_hear(pipes[0]);
	for (int i = 0; i < N; i++) {
		if (i >= AT_ONCE)
			one_ends(holder);
		tools_tell(pipes[3]);
	}
	for (int i = 0; i < AT_ONCE; i++)
		one_ends(holder);
	s = tools_open(folder, 0, 0);
	assert_int_equal(store_inspect(s, &info), E_OK);
	assert_int_equal(info.readers_max, 126);
	assert_int_equal(info.readers, 1);
	kill_now(holder);
	store_close(s);
	/* The next one alone makes it as large as we like it. */
	s = tools_open(folder, 0, 0);
	assert_int_equal(store_inspect(s, &info), E_OK);
	assert_true(info.readers_max >= 1022);
	store_close(s);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(loses_nothing_when_writers_are_killed),
	    T(is_not_filled_by_dead_readers),
	    T(makes_room_for_readers),
	};

	log_open("test_store_kills", LOG_NOWHERE, LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
