/* Adding a large file while the program is killed, the disk is full, or others collect. */
#include "tests/fault/store_tools.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "store/blob.h"

#define NAME "ab00000000000000000000000000000000000000000000000000000000000001"

static const char *folder;
static struct blobs blobs;
static int kill_at; /* the so manieth call of those below; 0: never */

static int
setup(void **state)
{
	(void)state;
	folder = tools_folder();
	kill_at = 0;
	return blobs_open(tools_path(folder, "blobs"), true, &blobs, NULL);
}

static int
teardown(void **state)
{
	(void)state;
	tools_remove(folder);
	return 0;
}

/* ---- killed ---- */

static void
step(void)
{
	if (kill_at > 0 && --kill_at == 0)
		raise(SIGKILL);
}

/* In the place of the system's: all that changes what is on the disk. */
ssize_t
write(int fd, const void *data, size_t len)
{
	step();
	return syscall(SYS_write, fd, data, len);
}

int
fsync(int fd)
{
	step();
	return (int)syscall(SYS_fsync, fd);
}

int
rename(const char *from, const char *to)
{
	step();
	return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
}

static bool named;

static int
name_it(void *arg)
{
	(void)arg;
	step();
	named = true;
	step();
	return E_OK;
}

static int
add_one(void *arg)
{
	struct blob_writer *w;

	kill_at = *(int *)arg;
	MUST(blob_begin(&blobs, &w, NULL) == E_OK);
	for (int i = 0; i < 4; i++)
		MUST(blob_write(w, span_str("1234567890")) == E_OK);
	MUST(blob_commit(w, NAME, name_it, NULL, NULL) == E_OK);
	return 0;
}

static bool
keep_nothing(void *arg, const char name[BLOB_NAME + 1])
{
	(void)arg;
	(void)name;
	return false;
}

static uint64_t
rests(void)
{
	struct blob_collected done;

	assert_int_equal(
	    blobs_collect(&blobs, 0, keep_nothing, NULL, &done, NULL), E_OK);
	return done.removed;
}

/* At whatever moment: it is there whole, or not at all; the rest is collected, and the
 * lock is free. */
static void
is_whole_or_not_there(void **state)
{
	int at = 0, status, whole = 0, nothing = 0;
	struct blob_mark mark;
	char text[50];
	int fd;

	(void)state;
	do {
		at++;
		status = tools_wait(tools_spawn(add_one, &at));
		assert_true(status == 0 || status == 1000 + SIGKILL);
		if (blob_open(&blobs, NAME, &fd, &mark, NULL) == E_OK) {
			assert_int_equal(read(fd, text, sizeof text), 40);
			assert_int_equal(rests(), 0);
			close(fd);
			whole++;
		} else {
			nothing++;
			/* The first sync is that of the new folder. */
			assert_int_equal(rests(), at > 1);
		}
		tools_remove(tools_path(folder, "blobs/ab"));
	} while (status != 0);
	assert_in_range(whole, 2, 6);
	assert_in_range(nothing, 5, 12);
}

/* ---- full ---- */

static int
fill(void *arg)
{
	struct fault fault = {0};
	struct blob_writer *w;
	static char much[4096];
	int err = E_OK;

	(void)arg;
	MUST(blob_begin(&blobs, &w, &fault) == E_OK);
	for (int i = 0; i < 1000 && err == E_OK; i++)
		err = blob_write(w, span_of(much, sizeof much));
	MUST(err == E_FULL && errno != 0);
	MUST(blob_write(w, span_str("more")) == E_FULL);
	MUST(blob_commit(w, NAME, name_it, NULL, &fault) == E_FULL);
	MUST(strstr(fault.text, "cannot write") != NULL);
	MUST(!named);
	MUST(rests() == 0);
	return 0;
}

static int
fill_to_the_limit(void *arg)
{
	struct rlimit limit = {300000, 300000};

	MUST(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	return fill(arg);
}

static int
fill_the_disk(void *arg)
{
	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", blobs.path, "tmpfs", 0, "size=200k") != 0)
		return 0; /* not allowed here: the limit of files has to do */
	MUST(fill(arg) == 0);
	/* And again: what was written is gone. */
	return fill(arg);
}

static void
is_refused_when_full(void **state)
{
	(void)state;
	assert_int_equal(tools_wait(tools_spawn(fill_to_the_limit, NULL)), 0);
	assert_int_equal(tools_wait(tools_spawn(fill_the_disk, NULL)), 0);
}

/* ---- collector against adder ---- */

static bool
keep_the_named(void *arg, const char name[BLOB_NAME + 1])
{
	(void)arg;
	(void)name;
	return access(tools_path(folder, "record"), F_OK) == 0;
}

static int
make_record(void *arg)
{
	(void)arg;
	usleep(2000); /* time enough for a collector without manners */
	MUST(close(open(tools_path(folder, "record"), O_CREAT | O_WRONLY, 0600)) == 0);
	return E_OK;
}

/* Time and again: an unnamed file of old, added and named again. */
static int
add_again(void *arg)
{
	struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	struct blob_writer *w;
	struct blob_mark mark;
	int fd;

	(void)arg;
	for (int i = 0; i < 60; i++) {
		MUST(blob_begin(&blobs, &w, NULL) == E_OK);
		MUST(blob_write(w, span_str("x")) == E_OK);
		MUST(blob_commit(w, NAME, make_record, NULL, NULL) == E_OK);
		MUST(blob_open(&blobs, NAME, &fd, &mark, NULL) == E_OK);
		close(fd);
		/* From here on old but named, then old and not named. */
		utimensat(AT_FDCWD, tools_path(folder, "blobs/ab/" NAME), old, 0);
		usleep(1000);
		MUST(blob_open(&blobs, NAME, &fd, &mark, NULL) == E_OK);
		close(fd);
		unlink(tools_path(folder, "record"));
	}
	return 0;
}

static int
collect_for_ever(void *arg)
{
	struct blob_collected done;
	pid_t parent = *(pid_t *)arg;
	uint64_t removed = 0;
	bool last;

	do {
		/* The last time comes after the adder's end, which leaves something. */
		last = access(tools_path(folder, "end"), F_OK) == 0;
		/* Everything counts as old: only the lock protects what is new. */
		MUST(blobs_collect(&blobs, time(NULL) + 1000, keep_the_named, NULL,
			 &done, NULL) == E_OK);
		removed += done.removed;
		/* Who waits for the lock looks only now and then whether it is free. */
		usleep(500);
	} while (!last && getppid() == parent);
	return removed > 0 ? 0 : 1;
}

static void
is_not_collected_while_added(void **state)
{
	pid_t adder, collector, us = getpid();

	(void)state;
	collector = tools_spawn(collect_for_ever, &us);
	adder = tools_spawn(add_again, NULL);
	assert_int_equal(tools_wait(adder), 0);
	close(open(tools_path(folder, "end"), O_CREAT | O_WRONLY, 0600));
	assert_int_equal(tools_wait(collector), 0);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(is_whole_or_not_there),
	    TEST(is_refused_when_full),
	    TEST(is_not_collected_while_added),
	};

	return cmocka_run_group_tests_name("blob faults", tests, NULL, NULL);
}
