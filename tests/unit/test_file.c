#include "unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

#define NOBODY 65534

static char folder[] = "/tmp/gatehouse-file-XXXXXX";

static const char *
in_folder(const char *name)
{
	static char path[8][200];
	static unsigned next;
	char *p = path[next++ % 8];

	snprintf(p, sizeof path[0], "%s/%s", folder, name);
	return p;
}

static int
make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/gatehouse-file-XXXXXX");
	return mkdtemp(folder) == NULL;
}

static int
remove_folder(void **state)
{
	char command[300];

	(void)state;
	snprintf(
	    command, sizeof command, "chmod -R u+rwx %s && rm -rf %s", folder, folder);
	return system(command);
}

/* So that modes count even when the tests are run by root. */
static void
drop_root(void)
{
	if (geteuid() == 0) {
		assert_int_equal(chown(folder, NOBODY, (gid_t)-1), 0);
		assert_int_equal(seteuid(NOBODY), 0);
	}
}

static void
back_to_root(void)
{
	if (getuid() == 0)
		assert_int_equal(seteuid(0), 0);
}

static unsigned
entries(void)
{
	struct dirent *e;
	unsigned n = 0;
	DIR *d = opendir(folder);

	assert_non_null(d);
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static void
put(const char *path, const char *text)
{
	struct fault fault;

	assert_int_equal(file_replace(path, 0644, span_str(text), &fault), E_OK);
}

/* The whole file is `text`. */
static void
assert_file(const char *path, const char *text)
{
	struct strbuf b;

	strbuf_init(&b, 100000);
	assert_int_equal(file_read(path, &b, NULL), E_OK);
	assert_text(strbuf_span(&b), span_str(text));
	strbuf_clear(&b);
}

static void
assert_read_fails(const char *path, size_t max, int err, const char *words)
{
	struct fault fault = {0};
	struct strbuf b;

	strbuf_init(&b, max);
	assert_int_equal(file_read(path, &b, &fault), err);
	assert_int_equal(fault.err, err);
	if (strstr(fault.text, words) == NULL)
		fail_msg("%s", fault.text);
	strbuf_clear(&b);
}

static void
test_read(void **state)
{
	const char *path = in_folder("a");
	struct strbuf b;

	(void)state;
	put(path, "12345");
	strbuf_init(&b, 8);
	strbuf_puts(&b, ">> ");
	assert_int_equal(file_read(path, &b, NULL), E_OK); /* exactly full */
	assert_string_equal(strbuf_str(&b), ">> 12345");
	strbuf_clear(&b);
	put(path, "");
	assert_file(path, "");
}

static void
test_read_limits(void **state)
{
	const char *path = in_folder("big");
	static char text[50001];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	put(path, text);
	assert_file(path, text);
	assert_read_fails(path, 49999, E_TOOBIG, path);
	assert_read_fails(path, 49999, E_TOOBIG, "49999 bytes");
	assert_read_fails(path, 0, E_TOOBIG, path);
}

static void
test_read_errors(void **state)
{
	const char *file = in_folder("file"), *pipe_path = in_folder("pipe");

	(void)state;
	put(file, "secret");
	assert_read_fails(in_folder("none"), 10, E_NOTFOUND, in_folder("none"));
	assert_read_fails(in_folder("file/below"), 10, E_NOTFOUND, "file/below");
	assert_read_fails(folder, 10, E_INVALID, "folder");
	assert_int_equal(mkfifo(pipe_path, 0600), 0);
	assert_read_fails(pipe_path, 10, E_INVALID, "regular");
	assert_read_fails("/dev/zero", 10, E_INVALID, "regular");
	assert_int_equal(chmod(file, 0), 0);
	drop_root();
	assert_read_fails(file, 10, E_PERM, file);
	back_to_root();
}

static void
test_read_standard_input(void **state)
{
	int ends[2], saved = dup(STDIN_FILENO);
	struct strbuf b;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "piped", 5), 5);
	close(ends[1]);
	dup2(ends[0], STDIN_FILENO);
	strbuf_init(&b, 100);
	assert_int_equal(file_read("-", &b, NULL), E_OK);
	assert_string_equal(strbuf_str(&b), "piped");
	strbuf_clear(&b);
	dup2(saved, STDIN_FILENO);
	close(saved);
	close(ends[0]);
}

static void
test_replace_sets_mode_and_leaves_nothing(void **state)
{
	const char *path = in_folder("a");
	mode_t before = umask(0077);
	struct stat st;

	(void)state;
	assert_int_equal(file_replace(path, 0640, BYTES("one\0two"), NULL), E_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_size, 7);
	umask(0);
	assert_int_equal(file_replace(path, 0600, span_str("three"), NULL), E_OK);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_file(path, "three");
	assert_int_equal(entries(), 1);
	umask(before);
}

static void
test_replace_errors_keep_the_old_file(void **state)
{
	struct rlimit limit, small = {4, RLIM_INFINITY};
	const char *path = in_folder("a");
	struct fault fault = {0};

	(void)state;
	put(path, "old");
	assert_int_equal(mkdir(in_folder("dir"), 0755), 0);
	assert_int_equal(file_replace(in_folder("dir"), 0600, BYTES("x"), NULL), E_IO);
	assert_int_equal(
	    file_replace(in_folder("no/a"), 0600, BYTES("x"), &fault), E_NOTFOUND);
	assert_non_null(strstr(fault.text, "no/a"));

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	small.rlim_max = limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(file_replace(path, 0600, BYTES("too long"), &fault), E_FULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);

	drop_root();
	assert_int_equal(chmod(folder, 0555), 0);
	assert_int_equal(file_replace(path, 0600, BYTES("x"), &fault), E_PERM);
	assert_int_equal(chmod(folder, 0755), 0);
	back_to_root();
	assert_file(path, "old");
	assert_int_equal(entries(), 2);
}

static void
test_replace_path_too_long(void **state)
{
	static char path[PATH_MAX + 10];

	(void)state;
	memset(path, 'x', sizeof path - 1);
	assert_int_equal(file_replace(path, 0600, BYTES("x"), NULL), E_INVALID);
}

/* Somebody who reads all the while sees the old or the new text, never a part. */
static void
test_replace_is_atomic(void **state)
{
	static char texts[2][30001];
	const char *path = in_folder("a");
	int status;
	pid_t writer;

	(void)state;
	memset(texts[0], '0', 30000);
	memset(texts[1], '1', 20000);
	put(path, texts[0]);
	if ((writer = fork()) == 0) {
		for (int i = 1; i <= 60; i++)
			if (file_replace(path, 0600, span_str(texts[i % 2]), NULL))
				_exit(1);
		_exit(0);
	}
	while (waitpid(writer, &status, WNOHANG) == 0) {
		struct strbuf b;

		strbuf_init(&b, 100000);
		assert_int_equal(file_read(path, &b, NULL), E_OK);
		assert_text(strbuf_span(&b), span_str(texts[strbuf_str(&b)[0] == '1']));
		strbuf_clear(&b);
	}
	assert_int_equal(status, 0);
}

static void
test_check_private(void **state)
{
	static const struct {
		mode_t mode;
		int alone, group;
	} rows[] = {{0600, E_OK, E_OK}, {0400, E_OK, E_OK}, {0700, E_OK, E_OK},
	    {0640, E_PERM, E_OK}, {0660, E_PERM, E_OK}, {0604, E_PERM, E_PERM},
	    {0644, E_PERM, E_PERM}, {0602, E_PERM, E_PERM}, {0601, E_PERM, E_PERM}};
	const char *path = in_folder("key");
	struct fault fault = {0};

	(void)state;
	put(path, "secret");
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(chmod(path, rows[i].mode), 0);
		assert_int_equal(file_check_private(path, 0, &fault), rows[i].alone);
		assert_int_equal(file_check_private(path, 1, &fault), rows[i].group);
	}
	assert_non_null(strstr(fault.text, "0601"));
	assert_non_null(strstr(fault.text, "chmod o= "));
	assert_int_equal(file_check_private(in_folder("no"), 0, &fault), E_NOTFOUND);
}

#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_FOLDER(test_read),
	    IN_FOLDER(test_read_limits),
	    IN_FOLDER(test_read_errors),
	    IN_FOLDER(test_read_standard_input),
	    IN_FOLDER(test_replace_sets_mode_and_leaves_nothing),
	    IN_FOLDER(test_replace_errors_keep_the_old_file),
	    IN_FOLDER(test_replace_path_too_long),
	    IN_FOLDER(test_replace_is_atomic),
	    IN_FOLDER(test_check_private),
	};

	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
