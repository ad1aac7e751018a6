#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/confine.h"
#include "tests/lib/kernel.h"

static char top[] = "/tmp/gatehouse-confine.XXXXXX";

static const char *
at(const char *name)
{
	static char path[200];

	snprintf(path, sizeof path, "%s/%s", top, name);
	return path;
}

/* What a confined program tries; 0 when it is as it should be. */
typedef int try_fn(void);

static struct confined done;
static bool has_files, has_calls; /* what the kernel offers */

/* Each in a process of its own: there is no way back. */
static int
confined(try_fn *try)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		char data[200], keys[220];
		struct confinement all = {.data = data,
		    .seal_keys = keys,
		    .share = "",
		    .reach = {.rest = true}};

		snprintf(data, sizeof data, "%s", at("parent/data"));
		snprintf(keys, sizeof keys, "%s/seal.keys", data);
		done = confine(&all);
		_exit(try());
	}
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static int
make(void **state)
{
	(void)state;
	has_files = kernel_confines_files();
	has_calls = kernel_filters_calls();
	return mkdtemp(top) == NULL || mkdir(at("parent"), 0700) != 0 ||
	       mkdir(at("parent/data"), 0700) != 0 || mkdir(at("other"), 0700) != 0;
}

static int
unmake(void **state)
{
	(void)state;
	unlink(at("parent/data/file"));
	rmdir(at("parent/data"));
	rmdir(at("parent"));
	rmdir(at("other"));
	return rmdir(top);
}

static int
may_write(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	if (fd >= 0)
		close(fd);
	return fd < 0;
}

static int
try_own_files(void)
{
	return may_write(at("parent/data/file")) + (open("/etc/passwd", O_RDONLY) < 0);
}

static int
try_told(void)
{
	return !done.privileges || done.files != has_files || done.calls != has_calls;
}

/* As an image gets its place: from one folder to another. */
static int
try_rename(void)
{
	char from[200];

	snprintf(from, sizeof from, "%s", at("parent/data/new"));
	return mkdir(at("parent/data/in"), 0700) != 0 || may_write(from) ||
	       rename(from, at("parent/data/in/place")) != 0 ||
	       unlink(at("parent/data/in/place")) != 0 ||
	       rmdir(at("parent/data/in")) != 0;
}

static int
try_other_files(void)
{
	return !(may_write(at("other/file")) && errno == EACCES &&
		 may_write(at("parent/beside")) && errno == EACCES &&
		 open("/etc/hosts", O_RDONLY) < 0 && errno == EACCES);
}

static int
try_program(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return !(errno == EPERM || errno == EACCES);
}

static int
try_network(void)
{
	int local = socket(AF_UNIX, SOCK_STREAM, 0);

	return local < 0 || socket(AF_INET, SOCK_STREAM, 0) >= 0 || errno != EPERM ||
	       socket(AF_INET6, SOCK_DGRAM, 0) >= 0 || errno != EPERM ||
	       socket(AF_NETLINK, SOCK_RAW, 0) >= 0 || errno != EPERM;
}

static int
try_rights(void)
{
	return setuid(getuid()) == 0 || errno != EPERM;
}

static int
may_call(long call, long first)
{
	errno = 0;
	return syscall(call, first, 0, 0, 0, 0) >= 0 || errno != EPERM;
}

/* Ways around the rest: files opened by the kernel's own queues, root in a namespace. */
static int
try_detours(void)
{
	return may_call(SYS_unshare, CLONE_NEWUSER) ||
	       may_call(SYS_clone, CLONE_NEWUSER | SIGCHLD) ||
#ifdef SYS_io_uring_setup
	       may_call(SYS_io_uring_setup, 1) ||
#endif
	       may_call(SYS_setns, 0);
}

/* None of them is of use to a program that serves. */
static int
try_special_files(void)
{
	return !(mkfifo(at("parent/data/pipe"), 0600) < 0 && errno == EACCES &&
		 symlink("/etc", at("parent/data/link")) < 0 && errno == EACCES);
}

/* LMDB's updates run in a thread. */
static void *
answer(void *arg)
{
	return arg;
}

static int
try_process(void)
{
	pid_t pid = fork();
	pthread_t thread;
	void *got = NULL;
	int status;

	if (pid == 0)
		_exit(7);
	if (pid < 0 || waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != 7)
		return 1;
	return pthread_create(&thread, NULL, answer, top) != 0 ||
	       pthread_join(thread, &got) != 0 || got != top;
}

static void
test_what_it_may(void **state)
{
	(void)state;
	assert_int_equal(confined(try_own_files), 0);
	assert_int_equal(confined(try_rename), 0);
	assert_int_equal(confined(try_process), 0);
}

/* All that the kernel offers is taken, and told. */
static void
test_what_is_told(void **state)
{
	(void)state;
	assert_int_equal(confined(try_told), 0);
}

static void
test_files_it_may_not(void **state)
{
	(void)state;
	if (!has_files) {
		printf("# files: this kernel has no Landlock, or an old one\n");
		skip();
	}
	assert_int_equal(confined(try_other_files), 0);
	assert_int_equal(confined(try_special_files), 0);
}

static void
test_calls_it_may_not(void **state)
{
	(void)state;
	if (!has_calls) {
		printf("# calls: this kernel filters none, or not on this machine\n");
		skip();
	}
	assert_int_equal(confined(try_program), 0);
	assert_int_equal(confined(try_network), 0);
	assert_int_equal(confined(try_rights), 0);
	assert_int_equal(confined(try_detours), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_it_may),
	    cmocka_unit_test(test_what_is_told),
	    cmocka_unit_test(test_files_it_may_not),
	    cmocka_unit_test(test_calls_it_may_not),
	};

	return cmocka_run_group_tests_name("confine", tests, make, unmake);
}
