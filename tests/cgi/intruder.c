/*
 * To be loaded before a web-facing program (LD_PRELOAD): on SIGUSR2 it does what code of a
 * stranger might do there, and says on standard error what became of it.
 *
 * INTRUDER names files, with blanks between. For each a line "intruder: FILE " and letters:
 * r it can be read, w written, t cut to its length, c a file made beside it. A last line says
 * which of these it can do: execute a program, dial a TCP address, look into another process.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static int
can_open(const char *path, int how)
{
	int fd = open(path, how | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static int
can_make_beside(const char *path)
{
	char copy[PATH_MAX], made[PATH_MAX + 16];

	snprintf(copy, sizeof copy, "%s", path);
	snprintf(made, sizeof made, "%s/intruder", dirname(copy));
	if (!can_open(made, O_WRONLY | O_CREAT | O_EXCL))
		return 0;
	unlink(made);
	return 1;
}

static void
say(const char *what, const char *letters)
{
	char line[PATH_MAX + 64];
	int n = snprintf(line, sizeof line, "intruder: %s %s\n", what,
	    letters[0] != '\0' ? letters : "-");

	if (write(STDERR_FILENO, line, (size_t)n) != n)
		_exit(3);
}

static void
try_file(const char *path)
{
	char letters[8];
	struct stat st;
	int length = stat(path, &st) == 0;

	snprintf(letters, sizeof letters, "%s%s%s%s",
	    can_open(path, O_RDONLY) ? "r" : "", can_open(path, O_WRONLY) ? "w" : "",
	    length && truncate(path, st.st_size) == 0 ? "t" : "",
	    can_make_beside(path) ? "c" : "");
	say(path, letters);
}

static int
can_execute(void)
{
	int status = 1;
	pid_t child = fork();

	if (child == 0) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(1);
	}
	return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

static void
on_signal(int sig)
{
	static char list[65536];
	const char *names = getenv("INTRUDER");
	char letters[8], *rest;
	int fd;

	(void)sig;
	snprintf(list, sizeof list, "%s", names != NULL ? names : "");
	for (char *path = strtok_r(list, " ", &rest); path != NULL;
	     path = strtok_r(NULL, " ", &rest))
		try_file(path);
	if ((fd = socket(AF_INET, SOCK_STREAM, 0)) >= 0)
		close(fd);
	snprintf(letters, sizeof letters, "%s%s%s", can_execute() ? "x" : "",
	    fd >= 0 ? "d" : "",
	    ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0 ? "p" : "");
	say("does", letters);
}

__attribute__((constructor)) static void
prepare(void)
{
	struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};

	sigaction(SIGUSR2, &action, NULL);
}
