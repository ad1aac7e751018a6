/* A map that others grow, a disk that is full, a disk that fails, a copy meanwhile. */
#include "tests/fault/store_tools.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "store/slots.h"

static const char *folder;
static int pipes[2];

static int
setup(void **state)
{
	(void)state;
	folder = tools_folder();
	return pipe(pipes);
}

static int
teardown(void **state)
{
	(void)state;
	close(pipes[0]);
	close(pipes[1]);
	tools_remove(folder);
	return 0;
}

/* ---- growing ---- */

static int
fill_much(void *arg)
{
	struct store *s = tools_open(folder, 65536, 0);
	char prefix[32];

	for (int i = 0; i < 30; i++) {
		snprintf(prefix, sizeof prefix, "%d-%d-", *(int *)arg, i);
		MUST(tools_fill(s, T_A, prefix, 50, 1500) == E_OK);
		/* One's own are there, in whatever map. */
		MUST(tools_get(s, T_A, "never") == NULL);
		MUST(tools_count(s, T_A) >= (uint64_t)(i + 1) * 50);
	}
	store_close(s);
	return 0;
}

/* Two grow the map at once; a third that was there before sees all of it. */
static void
grows_for_all(void **state)
{
	struct store *s = tools_open(folder, 65536, 0);
	int numbers[] = {1, 2};
	struct store_info info;
	uint64_t n = 0, before = 0;
	pid_t pids[2];
	int status;

	(void)state;
	assert_int_equal(tools_count(s, T_A), 0);
	for (int i = 0; i < 2; i++)
		pids[i] = tools_spawn(fill_much, &numbers[i]);
	for (int ended = 0; ended < 2;) {
		n = tools_count(s, T_A);
		assert_true(n >= before && n % 50 == 0);
		before = n;
		if (waitpid(pids[ended], &status, WNOHANG) == 0)
			continue;
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 0);
		ended++;
	}
	assert_int_equal(tools_count(s, T_A), 3000);
	assert_non_null(tools_get(s, T_A, "2-29-000049"));
	assert_int_equal(store_inspect(s, &info), E_OK);
	assert_in_range(info.map, 8 << 20, 16 << 20);
	assert_int_equal(tools_put(s, T_A, "k", "v"), E_OK);
	store_close(s);
}

/* ---- a full disk ---- */

/* Fills until nothing more fits; what was acknowledged is there, the rest is not. */
static int
fill_up(struct store *s, const char *name)
{
	char prefix[32];
	int n = 0, err;

	for (err = E_OK; err == E_OK && n < 10000; n++) {
		snprintf(prefix, sizeof prefix, "%s%04d-", name, n);
		err = tools_fill(s, T_A, prefix, 10, 500);
	}
	MUST(err == E_FULL);
	snprintf(prefix, sizeof prefix, "%s%04d-000000", name, n - 1);
	MUST(tools_get(s, T_A, prefix) == NULL);
	if (n > 1) {
		snprintf(prefix, sizeof prefix, "%s%04d-000009", name, n - 2);
		MUST(tools_get(s, T_A, prefix) != NULL);
	}
	return n - 1;
}

static int
meet_the_limit(void *arg)
{
	struct rlimit limit = {300000, RLIM_INFINITY};
	struct store *s = tools_open(folder, 0, 0);

	(void)arg;
	MUST(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	MUST(fill_up(s, "a") > 20);
	/* Deleting still works, and what that frees is used again. */
	MUST(tools_del(s, T_A, "a0000-000000") == E_OK);
	limit.rlim_cur = 600000;
	MUST(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	MUST(fill_up(s, "b") > 20);
	store_close(s);
	return 0;
}

static void
is_full_at_the_limit_of_files(void **state)
{
	struct store *s;

	(void)state;
	assert_int_equal(tools_wait(tools_spawn(meet_the_limit, NULL)), 0);
	s = tools_open(folder, 0, 0);
	assert_true(tools_count(s, T_A) > 400);
	assert_null(tools_get(s, T_A, "a0000-000000"));
	assert_non_null(tools_get(s, T_A, "b0000-000000"));
	store_close(s);
}

/* 0 when we may have a disk of our own, of 400 KiB, in place of the folder. */
static int
small_disk(void)
{
	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0)
		return -1;
	return mount("none", folder, "tmpfs", 0, "size=400k");
}

static int
meet_the_end(void *arg)
{
	struct store_options o = {.tables = tools_tables, .schema = 1, .create = true};
	struct store *s;
	struct slots *slots;
	uint8_t data[1000] = {1};
	int fd, err = E_OK;

	(void)arg;
	if (small_disk() != 0)
		return 0; /* not allowed here: the limit of files has to do */
	s = tools_open(folder, 0, 0);
	MUST(slots_open(tools_path(folder, "slots"), "k", 1000, 10000, &slots, NULL) ==
	     E_OK);
	MUST(slots_put(slots, 0, data) == E_OK);
	MUST(fill_up(s, "a") > 20);
	for (uint64_t i = 1; i < 1000 && err == E_OK; i++)
		err = slots_put(slots, i, data);
	MUST(err == E_FULL);
	MUST(slots_get(slots, 0, data) && data[0] == 1);
	MUST(slots_put(slots, 0, data) == E_OK);
	slots_close(slots);
	store_close(s);
	/* Not even a new store fits. */
	MUST(mkdir(tools_path(folder, "new"), 0700) == 0 || errno == ENOSPC);
	fd = open(tools_path(folder, "rest"), O_WRONLY | O_CREAT, 0600);
	while (fd >= 0 && write(fd, data, sizeof data) > 0)
		;
	err = store_open(tools_path(folder, "new"), &o, &s, NULL);
	MUST(err == E_FULL || err == E_NOTFOUND);
	return 0;
}

static void
is_full_on_a_full_disk(void **state)
{
	(void)state;
	assert_int_equal(tools_wait(tools_spawn(meet_the_end, NULL)), 0);
}

/* ---- a disk that fails ---- */

static bool disk_fails;

/*
 * In the place of the system's, for LMDB, too: the head of a data file cannot be
 * written. LMDB gives up on an environment after that.
 */
ssize_t
pwrite(int fd, const void *data, size_t len, off_t at)
{
	if (disk_fails && at < 8192) {
		errno = EIO;
		return -1;
	}
	return syscall(SYS_pwrite64, fd, data, len, at);
}

static void
recovers_from_a_failed_write(void **state)
{
	struct store *s = tools_open(folder, 0, 0);

	(void)state;
	assert_int_equal(tools_put(s, T_A, "k", "before"), E_OK);
	for (int i = 0; i < 3; i++) {
		disk_fails = true;
		assert_int_equal(tools_put(s, T_A, "k", "lost"), E_IO);
		assert_int_equal(tools_put(s, T_A, "l", "lost"), E_IO);
		if (i == 1)
			assert_string_equal(tools_get(s, T_A, "k"), "before");
		disk_fails = false;
		if (i == 2)
			assert_string_equal(tools_get(s, T_A, "k"), "before");
		assert_int_equal(tools_put(s, T_B, "k", "after"), E_OK);
		assert_string_equal(tools_get(s, T_A, "k"), "before");
		assert_null(tools_get(s, T_A, "l"));
		assert_string_equal(tools_get(s, T_B, "k"), "after");
	}
	store_close(s);
}

/* ---- copying ---- */

/* All fifty entries of A say n, and B has n entries. */
static int
fifty_fn(struct store_txn *txn, void *arg)
{
	char key[16], value[300];
	int err = E_OK;

	memset(value, '.', sizeof value);
	snprintf(value, sizeof value, "%06d", *(int *)arg);
	for (int i = 0; i < 50 && err == E_OK; i++) {
		snprintf(key, sizeof key, "%02d", i);
		err = store_put(txn, T_A, span_str(key), span_of(value, sizeof value));
	}
	return err != E_OK ? err : store_put(txn, T_B, span_str(value), span_str(""));
}

static int
write_fifties(void *arg)
{
	struct store *s = tools_open(folder, 65536, 0);

	(void)arg;
	for (int n = 1;; n++) {
		MUST(store_update(s, TOOLS_WAIT, fifty_fn, &n) == E_OK);
		if (n == 1)
			tools_tell(pipes[1]);
	}
	return 0;
}

/* What the copy has: one moment, not a mixture. Gives its n. */
static int
check_copy(const char *copy)
{
	struct store *s = tools_open(copy, 0, 0);
	int n = (int)tools_count(s, T_B);
	char key[16], want[16];

	snprintf(want, sizeof want, "%06d", n);
	assert_int_equal(tools_count(s, T_A), 50);
	for (int i = 0; i < 50; i++) {
		snprintf(key, sizeof key, "%02d", i);
		assert_string_equal(tools_get(s, T_A, key), want);
	}
	assert_int_equal(store_update(s, TOOLS_WAIT, fifty_fn, &n), E_OK);
	store_close(s);
	return n;
}

/* Until the writer has done more than that. */
static void
wait_for_more(struct store *s, int n)
{
	int64_t end = tools_ms() + TOOLS_WAIT;

	while (tools_count(s, T_B) <= (uint64_t)n) {
		assert_true(tools_ms() < end);
		usleep(1000);
	}
}

static void
copies_one_moment(void **state)
{
	struct store *s = tools_open(folder, 65536, 0);
	pid_t pid = tools_spawn(write_fifties, NULL);
	struct fault fault;
	char name[16];
	int n = 0, now;

	(void)state;
	tools_hear(pipes[0]);
	for (int i = 0; i < 10; i++) {
		const char *copy;

		wait_for_more(s, n);
		snprintf(name, sizeof name, "copy%d", i);
		copy = tools_path(folder, name);
		assert_int_equal(mkdir(copy, 0700), 0);
		assert_int_equal(store_copy(s, copy, &fault), E_OK);
		now = check_copy(copy);
		assert_true(now > n);
		n = now;
	}
	kill(pid, SIGKILL);
	assert_int_equal(tools_wait(pid), 1000 + SIGKILL);
	store_close(s);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(grows_for_all),
	    T(is_full_at_the_limit_of_files),
	    T(is_full_on_a_full_disk),
	    T(recovers_from_a_failed_write),
	    T(copies_one_moment),
	};

	log_open("test_store_room", LOG_NOWHERE, LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
