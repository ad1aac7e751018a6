#include "manage/signer.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/helper.h"

#define WAIT_MS 15000
#define NAME "gatehouse-sign"

extern char **environ;

static int helper = -1; /* our end of the socket to the process that stayed root */

/* ---- jobs ------------------------------------------------------------------------------ */

static bool
keep(char to[SIGNER_TEXT], const char *from)
{
	size_t n = from != NULL ? strlen(from) : 0;

	if (n >= SIGNER_TEXT)
		return false;
	if (n > 0)
		memcpy(to, from, n);
	to[n] = '\0';
	return true;
}

/* Beside the program that runs, else where it was installed. */
static void
find_program(char path[SIGNER_TEXT])
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (n > 0) {
		self[n] = '\0';
		n = snprintf(path, SIGNER_TEXT, "%s/" NAME, dirname(self));
	}
	if (n <= 0 || n >= SIGNER_TEXT || access(path, X_OK) != 0)
		snprintf(path, SIGNER_TEXT, "%s/" NAME, GH_BINDIR);
}

int
signer_job_init(struct signer_job *job, enum signer_order order, const char *key,
    const struct signing_options *options, struct fault *fault)
{
	static const struct signing_options usual;

	if (options == NULL)
		options = &usual;
	memset(job, 0, sizeof *job);
	job->order = order;
	job->wait_ms = options->wait_ms > 0 ? options->wait_ms : WAIT_MS;
	if (!keep(job->key, key) || !keep(job->pin_file, options->pin_file) ||
	    !keep(job->module, options->module) ||
	    !keep(job->program, options->program))
		return fault_set(
		    fault, E_TOOBIG, NULL, "a name for " NAME " is too long");
	return E_OK;
}

/* ---- running the program --------------------------------------------------------------- */

/* The child and our ends of its pipes. */
struct child {
	pid_t pid;
	int out, err;
	char words[SIGNER_TEXT]; /* what it says on standard error */
	size_t word_count;
};

static size_t
arguments(const struct signer_job *job, const char *argv[10])
{
	size_t n = 0;

	argv[n++] = NAME;
	argv[n++] = job->order == SIGNER_CREATE ? "--create" : "--key";
	argv[n++] = job->key;
	if (job->order != SIGNER_SIGN)
		argv[n++] = "--public";
	if (job->pin_file[0] != '\0') {
		argv[n++] = "--pin-file";
		argv[n++] = job->pin_file;
	}
	if (job->module[0] != '\0') {
		argv[n++] = "--module";
		argv[n++] = job->module;
	}
	argv[n] = NULL;
	return n;
}

/* The digest fits into the pipe, so nobody waits; our end to read from keeps the write from
 * a signal. */
static int
fill_input(const struct signer_job *job, int *fd)
{
	int ends[2];
	bool good;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return E_IO;
	good = job->order != SIGNER_SIGN ||
	       write(ends[1], job->digest, SHA512_SIZE) == SHA512_SIZE;
	close(ends[1]);
	*fd = ends[0];
	if (!good)
		close(ends[0]);
	return good ? E_OK : E_IO;
}

static int
spawn(const struct signer_job *job, int in, int out, int err, pid_t *pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	const char *argv[10];
	sigset_t none, all;
	int rc;

	arguments(job, argv);
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
	posix_spawnattr_init(&how);
	posix_spawnattr_setsigmask(&how, &none);
	posix_spawnattr_setsigdefault(&how, &all);
	posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	rc = posix_spawn(
	    pid, job->program, &files, &how, (char *const *)(uintptr_t)argv, environ);
	posix_spawnattr_destroy(&how);
	posix_spawn_file_actions_destroy(&files);
	return rc;
}

static void
shut(int fd)
{
	if (fd >= 0)
		close(fd);
}

static int
start(const struct signer_job *job, struct child *c, struct fault *fault)
{
	int out[2] = {-1, -1}, err[2] = {-1, -1}, in = -1, rc = 0;

	c->out = c->err = -1;
	if (fill_input(job, &in) != E_OK || pipe2(out, O_CLOEXEC | O_NONBLOCK) != 0 ||
	    pipe2(err, O_CLOEXEC | O_NONBLOCK) != 0)
		rc = errno;
	/* Only our ends shall not wait. */
	if (rc == 0 && (fcntl(out[1], F_SETFL, 0) < 0 || fcntl(err[1], F_SETFL, 0) < 0))
		rc = errno;
	if (rc == 0 && (rc = spawn(job, in, out[1], err[1], &c->pid)) == 0) {
		c->out = out[0];
		c->err = err[0];
		out[0] = err[0] = -1;
	}
	shut(in);
	shut(out[0]);
	shut(out[1]);
	shut(err[0]);
	shut(err[1]);
	if (rc == ENOENT)
		return fault_set(fault, E_NOTFOUND, NULL, "there is no program %.150s",
		    job->program);
	return rc == 0 ? E_OK
		       : fault_set(fault, E_IO, NULL, "cannot run %.150s: %s",
			     job->program, strerror(rc));
}

/* Reads what there is; closes at the end, or when there is too much. */
static void
take(int *fd, void *to, size_t *got, size_t size)
{
	ssize_t n = *got < size ? read(*fd, (char *)to + *got, size - *got) : 0;

	if (n > 0) {
		*got += (size_t)n;
	} else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
		close(*fd);
		*fd = -1;
	}
}

/* Until it has said all; false at the deadline. */
static bool
listen_to(struct child *c, struct signer_result *result, int64_t deadline)
{
	while (c->out >= 0 || c->err >= 0) {
		struct pollfd fds[2] = {
		    {.fd = c->out, .events = POLLIN}, {.fd = c->err, .events = POLLIN}};
		int64_t left = deadline - clock_ticks_ms();

		if (left <= 0)
			return false;
		if (poll(fds, 2, (int)left) <= 0)
			continue;
		if (fds[0].revents != 0)
			take(
			    &c->out, result->bytes, &result->len, sizeof result->bytes);
		if (fds[1].revents != 0)
			take(&c->err, c->words, &c->word_count, sizeof c->words);
	}
	return true;
}

/* The first line without the name of the program. */
static void
put_words(const struct child *c, struct signer_result *result, int err)
{
	static const char prefix[] = NAME ": error: ";
	struct span text = span_of(c->words, c->word_count);
	const uint8_t *end;

	if (span_begins(text, span_str(prefix)))
		text = span_from(text, strlen(prefix));
	if (text.len > 0 && (end = memchr(text.data, '\n', text.len)) != NULL)
		text.len = (size_t)(end - text.data);
	if (text.len == 0)
		text = span_str("it says nothing");
	fault_set(&result->fault, err, NULL, NAME ": %.*s", (int)text.len,
	    (const char *)text.data);
}

/* What its exit status means (base/err.h: err_exit()). */
static int
status_error(int status)
{
	static const int errs[] = {E_OK, E_CRYPTO, E_INVALID, E_NOTFOUND, E_EXISTS,
	    E_DENIED, E_BUSY, E_CRYPTO};
	size_t n = COUNT(errs);

	if (!WIFEXITED(status) || (size_t)WEXITSTATUS(status) >= n)
		return E_CRYPTO;
	return errs[WEXITSTATUS(status)];
}

static int
run_here(struct signer_job *job, struct signer_result *result)
{
	struct child c = {0};
	int err, status = 0;
	bool late;

	memset(result, 0, sizeof *result);
	/* Here, where a folder closed to the owner of the data is open to root. */
	if (job->program[0] == '\0')
		find_program(job->program);
	if ((err = start(job, &c, &result->fault)) != E_OK)
		return err;
	late = !listen_to(&c, result, clock_ticks_ms() + job->wait_ms);
	if (late)
		kill(c.pid, SIGKILL);
	shut(c.out);
	shut(c.err);
	while (waitpid(c.pid, &status, 0) < 0 && errno == EINTR)
		;
	if (late)
		return fault_set(&result->fault, E_BUSY, NULL,
		    NAME " takes longer than %d seconds", job->wait_ms / 1000);
	if ((err = status_error(status)) != E_OK)
		put_words(&c, result, err);
	return err;
}

/* ---- the process that stays root -------------------------------------------------------- */

static void
serve(int fd)
{
	static struct signer_result result;
	static struct signer_job job;

	while (helper_read(fd, &job, sizeof job)) {
		result.fault.err = run_here(&job, &result);
		if (!helper_write(fd, &result, sizeof result))
			break;
	}
}

int
manage_signer_start(struct fault *fault)
{
	return helper_start(serve, &helper, fault);
}

int
signer_run(struct signer_job *job, struct signer_result *result)
{
	if (helper < 0)
		return run_here(job, result);
	memset(result, 0, sizeof *result);
	if (!helper_write(helper, job, sizeof *job) ||
	    !helper_read(helper, result, sizeof *result))
		return fault_set(&result->fault, E_IO, NULL,
		    "the helper process for " NAME " is gone");
	return result->fault.err;
}
