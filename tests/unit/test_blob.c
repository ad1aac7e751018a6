#include "tests/fault/store_tools.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/blob.h"

#define NAME "ab00000000000000000000000000000000000000000000000000000000000001"
#define OTHER "ab00000000000000000000000000000000000000000000000000000000000002"
#define FAR "ff00000000000000000000000000000000000000000000000000000000000003"
#define NOBODY 65534

static const char *folder;
static struct blobs blobs;

static int
setup(void **state)
{
	(void)state;
	folder = tools_folder();
	return blobs_open(tools_path(folder, "blobs"), true, &blobs, NULL);
}

static int
teardown(void **state)
{
	(void)state;
	tools_remove(folder);
	return 0;
}

static const char *
place(const char *name)
{
	char path[120];

	snprintf(path, sizeof path, "blobs/%.2s/%s", name, name);
	return tools_path(folder, path);
}

static int
add(const char *name, const char *text)
{
	struct blob_writer *w;
	struct fault fault = {0};

	assert_int_equal(blob_begin(&blobs, &w, &fault), E_OK);
	assert_int_equal(blob_write(w, span_str(text)), E_OK);
	return blob_commit(w, name, NULL, NULL, &fault);
}

/* Its text, or NULL when there is none. */
static const char *
content(const char *name)
{
	static char text[100];
	struct blob_mark mark;
	ssize_t n;
	int fd;

	if (blob_open(&blobs, name, &fd, &mark, NULL) != E_OK)
		return NULL;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	assert_true(n >= 0);
	assert_int_equal(mark.size, n);
	text[n] = '\0';
	return text;
}

static unsigned
entries(const char *name)
{
	char command[600];
	unsigned n = 0;
	FILE *pipe;

	snprintf(command, sizeof command, "ls -A %s | wc -l", tools_path(folder, name));
	assert_non_null(pipe = popen(command, "r"));
	assert_int_equal(fscanf(pipe, "%u", &n), 1);
	pclose(pipe);
	return n;
}

/* ---- adding and reading ---- */

static void
comes_back(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(add(NAME, "bytes"), E_OK);
	assert_string_equal(content(NAME), "bytes");
	assert_int_equal(stat(place(NAME), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(stat(tools_path(folder, "blobs/ab"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0770);
	assert_int_equal(entries("blobs/new"), 0);
	assert_null(content(OTHER));
	assert_null(content(FAR));
}

static void
is_abandoned(void **state)
{
	struct blob_writer *w;

	(void)state;
	assert_int_equal(blob_begin(&blobs, &w, NULL), E_OK);
	assert_int_equal(blob_write(w, span_str("half")), E_OK);
	assert_int_equal(entries("blobs/new"), 1);
	blob_abandon(w);
	blob_abandon(NULL);
	assert_int_equal(entries("blobs/new"), 0);
}

/* A damaged file is healed by adding it again; who reads it is not disturbed. */
static void
takes_the_place(void **state)
{
	struct blob_mark mark, after;
	char text[10] = "";
	int fd;

	(void)state;
	assert_int_equal(add(NAME, "damaged"), E_OK);
	assert_int_equal(blob_open(&blobs, NAME, &fd, &mark, NULL), E_OK);
	assert_int_equal(add(NAME, "right"), E_OK);
	assert_int_equal(read(fd, text, sizeof text), 7);
	close(fd);
	assert_string_equal(text, "damaged");
	assert_string_equal(content(NAME), "right");
	assert_int_equal(blob_open(&blobs, NAME, &fd, &after, NULL), E_OK);
	close(fd);
	assert_int_not_equal(mark.inode, after.inode);
}

static int
fail_with(void *arg)
{
	assert_non_null(content(NAME)); /* it is there when the record is made */
	return *(int *)arg;
}

static void
tells_what_the_record_says(void **state)
{
	struct blob_writer *w;
	int want = E_EXISTS;

	(void)state;
	assert_int_equal(blob_begin(&blobs, &w, NULL), E_OK);
	assert_int_equal(blob_write(w, span_str("x")), E_OK);
	assert_int_equal(blob_commit(w, NAME, fail_with, &want, NULL), E_EXISTS);
	assert_string_equal(content(NAME), "x"); /* for the collector */
}

static void
takes_no_other_name(void **state)
{
	static const char *const names[] = {"", "ab", "../../../../etc/passwd",
	    "AB00000000000000000000000000000000000000000000000000000000000001",
	    "ab/0000000000000000000000000000000000000000000000000000000000001",
	    "ab0000000000000000000000000000000000000000000000000000000000000g",
	    NAME "0"};
	struct blob_mark mark;
	char buffer[80];
	int fd;

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(buffer, sizeof buffer, "%s", names[i]);
		assert_int_equal(add(buffer, "x"), E_INVALID);
		assert_int_equal(
		    blob_open(&blobs, buffer, &fd, &mark, NULL), E_INVALID);
	}
	assert_int_equal(entries("blobs/new"), 0);
}

/* ---- what is not a file of ours ---- */

static void
follows_no_link(void **state)
{
	struct fault fault = {0};
	struct blob_mark mark;
	int fd;

	(void)state;
	assert_int_equal(add(NAME, "bytes"), E_OK);
	assert_int_equal(rename(place(NAME), tools_path(folder, "away")), 0);
	assert_int_equal(symlink(tools_path(folder, "away"), place(NAME)), 0);
	assert_int_equal(blob_open(&blobs, NAME, &fd, &mark, &fault), E_IO);
	assert_non_null(strstr(fault.text, "symbolic link"));
	/* Nor a folder that is one. */
	assert_int_equal(unlink(place(NAME)), 0);
	assert_int_equal(
	    rename(tools_path(folder, "blobs/ab"), tools_path(folder, "elsewhere")), 0);
	assert_int_equal(
	    symlink(tools_path(folder, "elsewhere"), tools_path(folder, "blobs/ab")),
	    0);
	assert_int_not_equal(blob_open(&blobs, NAME, &fd, &mark, NULL), E_OK);
	assert_int_not_equal(add(NAME, "bytes"), E_OK);
	assert_int_equal(entries("elsewhere"), 0);
	assert_int_equal(entries("blobs/new"), 0);
}

/* A link in the place of the lock is not followed either. */
static void
locks_no_link(void **state)
{
	struct blob_writer *w;

	(void)state;
	unlink(tools_path(folder, "blobs/lock"));
	assert_int_equal(
	    symlink(tools_path(folder, "target"), tools_path(folder, "blobs/lock")), 0);
	assert_int_equal(blob_begin(&blobs, &w, NULL), E_IO);
	assert_int_equal(access(tools_path(folder, "target"), F_OK), -1);
}

static void
opens_no_other_kind(void **state)
{
	struct blob_mark mark;
	int fd;

	(void)state;
	assert_int_equal(add(NAME, "bytes"), E_OK);
	assert_int_equal(unlink(place(NAME)), 0);
	assert_int_equal(mkfifo(place(NAME), 0600), 0);
	assert_int_equal(blob_open(&blobs, NAME, &fd, &mark, NULL), E_IO);
	assert_int_equal(fd, -1);
	assert_int_equal(unlink(place(NAME)), 0);
	assert_int_equal(mkdir(place(NAME), 0700), 0);
	assert_int_equal(blob_open(&blobs, NAME, &fd, &mark, NULL), E_IO);
}

static int
try_as_nobody(void *arg)
{
	struct fault fault = {0};
	struct blob_writer *w;
	struct blob_mark mark;
	struct blobs again;
	int fd;

	(void)arg;
	if (geteuid() == 0)
		MUST(setgroups(0, NULL) == 0 && setgid(NOBODY) == 0 &&
		     setuid(NOBODY) == 0);
	MUST(blob_begin(&blobs, &w, &fault) == E_PERM);
	MUST(strstr(fault.text, "belongs to") != NULL);
	MUST(blob_open(&blobs, NAME, &fd, &mark, &fault) == E_PERM);
	MUST(strstr(fault.text, "belongs to") != NULL);
	MUST(blobs_open(tools_path(folder, "shut"), true, &again, &fault) == E_PERM);
	MUST(strstr(fault.text, "belongs to") != NULL);
	return 0;
}

static void
refuses_the_wrong_owner(void **state)
{
	struct blobs again;

	(void)state;
	assert_int_equal(
	    blobs_open(tools_path(folder, "none"), false, &again, NULL), E_NOTFOUND);
	assert_int_equal(add(NAME, "bytes"), E_OK);
	assert_int_equal(chmod(place(NAME), 0), 0);
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(chmod(tools_path(folder, "blobs"), 0755), 0);
	assert_int_equal(chmod(tools_path(folder, "blobs/ab"), 0755), 0);
	assert_int_equal(chmod(tools_path(folder, "blobs/lock"), 0), 0);
	assert_int_equal(mkdir(tools_path(folder, "shut"), 0), 0);
	assert_int_equal(tools_wait(tools_spawn(try_as_nobody, NULL)), 0);
}

/* What root makes in somebody's folder is his. */
static void
belongs_to_the_folder(void **state)
{
	static const char *const made[] = {"blobs/lock", "blobs/new", "blobs/ab"};
	struct stat st;

	(void)state;
	if (geteuid() == 0)
		assert_int_equal(chown(tools_path(folder, "blobs"), NOBODY, NOBODY), 0);
	assert_int_equal(add(NAME, "bytes"), E_OK);
	for (size_t i = 0; i < COUNT(made); i++) {
		assert_int_equal(stat(tools_path(folder, made[i]), &st), 0);
		assert_int_equal(st.st_uid, geteuid() == 0 ? NOBODY : geteuid());
	}
	assert_int_equal(stat(place(NAME), &st), 0);
	assert_int_equal(st.st_uid, geteuid() == 0 ? NOBODY : geteuid());
}

/* ---- collecting ---- */

static bool
keep_other(void *arg, const char name[BLOB_NAME + 1])
{
	++*(unsigned *)arg;
	return strcmp(name, OTHER) == 0;
}

static void
set_age(const char *name, time_t seconds)
{
	struct timespec times[2] = {
	    {.tv_sec = time(NULL) - seconds}, {.tv_sec = time(NULL) - seconds}};

	assert_int_equal(utimensat(AT_FDCWD, place(name), times, 0), 0);
}

static void
is_collected(void **state)
{
	struct blob_collected done;
	unsigned asked = 0;

	(void)state;
	assert_int_equal(add(NAME, "five5"), E_OK);
	assert_int_equal(add(OTHER, "y"), E_OK);
	assert_int_equal(add(FAR, "young"), E_OK);
	set_age(NAME, 90000);
	set_age(OTHER, 90000);
	assert_int_equal(
	    blobs_collect(&blobs, time(NULL) - 86400, keep_other, &asked, &done, NULL),
	    E_OK);
	assert_int_equal(asked, 2);
	assert_int_equal(done.removed, 1);
	assert_int_equal(done.bytes, 5);
	assert_int_equal(done.kept, 2);
	assert_null(content(NAME));
	assert_non_null(content(OTHER));
	assert_non_null(content(FAR));
}

static void
waits_when_touched(void **state)
{
	struct blob_collected done;
	unsigned asked = 0;

	(void)state;
	assert_int_equal(add(NAME, "x"), E_OK);
	set_age(NAME, 90000);
	assert_int_equal(blob_touch(&blobs, NAME, NULL), E_OK);
	assert_int_equal(blob_touch(&blobs, FAR, NULL), E_NOTFOUND);
	assert_int_equal(
	    blobs_collect(&blobs, time(NULL) - 86400, keep_other, &asked, &done, NULL),
	    E_OK);
	assert_int_equal(done.removed, 0);
	set_age(NAME, 90000);
	assert_int_equal(
	    blobs_collect(&blobs, time(NULL) - 86400, keep_other, &asked, &done, NULL),
	    E_OK);
	assert_int_equal(done.removed, 1);
}

/* What is not ours stays where it is. */
static void
leaves_others_alone(void **state)
{
	struct blob_collected done;
	unsigned asked = 0;

	(void)state;
	assert_int_equal(add(NAME, "x"), E_OK);
	assert_int_equal(creat(tools_path(folder, "blobs/ab/README"), 0600) >= 0, 1);
	assert_int_equal(creat(tools_path(folder, "blobs/" FAR), 0600) >= 0, 1);
	assert_int_equal(
	    blobs_collect(&blobs, time(NULL) + 1000, keep_other, &asked, &done, NULL),
	    E_OK);
	assert_int_equal(done.removed, 1);
	assert_int_equal(access(tools_path(folder, "blobs/ab/README"), F_OK), 0);
	assert_int_equal(access(tools_path(folder, "blobs/" FAR), F_OK), 0);
}

/* A writer's file is not taken for a rest, however old. */
static void
leaves_writers_alone(void **state)
{
	struct blob_collected done;
	struct blob_writer *w;
	unsigned asked = 0;
	int fd = open(tools_path(folder, "blobs/lock"), O_CREAT | O_WRONLY, 0600);

	(void)state;
	close(fd);
	assert_int_equal(blob_begin(&blobs, &w, NULL), E_OK);
	assert_int_equal(blob_write(w, span_str("x")), E_OK);
	fd = open(tools_path(folder, "blobs/new/rest"), O_CREAT | O_WRONLY, 0600);
	assert_int_equal(write(fd, "123", 3), 3);
	close(fd);
	assert_int_equal(
	    blobs_collect(&blobs, time(NULL) + 1000, keep_other, &asked, &done, NULL),
	    E_OK);
	assert_int_equal(done.removed, 1);
	assert_int_equal(done.bytes, 3);
	assert_int_equal(blob_commit(w, NAME, NULL, NULL, NULL), E_OK);
	assert_string_equal(content(NAME), "x");
}

static int
note(void *arg, const char name[BLOB_NAME + 1], uint64_t size)
{
	unsigned *sum = arg;

	assert_int_equal(strlen(name), BLOB_NAME);
	*sum += (unsigned)size;
	return *sum > 100 ? E_STATE : E_OK;
}

static void
are_listed(void **state)
{
	unsigned sum = 0;

	(void)state;
	assert_int_equal(blobs_each(&blobs, note, &sum), E_OK);
	assert_int_equal(sum, 0);
	assert_int_equal(add(NAME, "1"), E_OK);
	assert_int_equal(add(OTHER, "22"), E_OK);
	assert_int_equal(add(FAR, "4444"), E_OK);
	assert_int_equal(blobs_each(&blobs, note, &sum), E_OK);
	assert_int_equal(sum, 7);
	sum = 100;
	assert_int_equal(blobs_each(&blobs, note, &sum), E_STATE);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(comes_back),
	    TEST(is_abandoned),
	    TEST(takes_the_place),
	    TEST(tells_what_the_record_says),
	    TEST(takes_no_other_name),
	    TEST(follows_no_link),
	    TEST(locks_no_link),
	    TEST(opens_no_other_kind),
	    TEST(refuses_the_wrong_owner),
	    TEST(belongs_to_the_folder),
	    TEST(is_collected),
	    TEST(waits_when_touched),
	    TEST(leaves_others_alone),
	    TEST(leaves_writers_alone),
	    TEST(are_listed),
	};

	return cmocka_run_group_tests_name("blob", tests, NULL, NULL);
}
