/*
 *	within SECONDS COMMAND [ARGUMENT...]
 *
 * Runs a test and ends with its status. One that takes longer is ended, with all that it has
 * started, and has failed; what a test leaves behind when it ends by itself is ended too. The
 * process group and the terminal are those of the caller: Ctrl-C ends the tests as ever.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES_MAX 65536
#define GRACE_SECONDS 20
#define TOO_LONG 124

/* ---- what was started ------------------------------------------------------------------ */

struct process {
	pid_t pid, parent;
	int ours;
};

static struct process processes[PROCESSES_MAX];

/* A name in /proc, if it is that of a process. */
static int
look_at(const char *name, struct process *p)
{
	char path[300], line[1024], *end;
	FILE *file;
	size_t n;
	int parent;

	*p = (struct process){.pid = (pid_t)strtol(name, &end, 10)};
	if (*end != '\0' || p->pid <= 0)
		return 0;
	snprintf(path, sizeof path, "/proc/%s/stat", name);
	if ((file = fopen(path, "r")) == NULL)
		return 0;
	n = fread(line, 1, sizeof line - 1, file);
	fclose(file);
	line[n] = '\0';
	/* The name of its program is in brackets, and may have some itself. */
	if ((end = strrchr(line, ')')) == NULL || sscanf(end, ") %*c %d", &parent) != 1)
		return 0;
	p->parent = (pid_t)parent;
	return 1;
}

static size_t
list_processes(void)
{
	DIR *folder = opendir("/proc");
	struct dirent *entry;
	size_t count = 0;

	if (folder == NULL)
		return 0;
	while (count < PROCESSES_MAX && (entry = readdir(folder)) != NULL)
		if (look_at(entry->d_name, &processes[count]))
			count++;
	closedir(folder);
	return count;
}

static int
is_ours(pid_t pid, size_t count)
{
	if (pid == getpid())
		return 1;
	for (size_t i = 0; i < count; i++)
		if (processes[i].pid == pid)
			return processes[i].ours;
	return 0;
}

/* To all that descends from here; orphans do, too. How many there were. */
static unsigned
signal_all(int number)
{
	size_t count = list_processes();
	unsigned found = 0, before;

	do {
		before = found;
		for (size_t i = 0; i < count; i++) {
			struct process *p = &processes[i];

			if (p->ours || !is_ours(p->parent, count))
				continue;
			p->ours = 1;
			found++;
		}
	} while (found > before);
	for (size_t i = 0; i < count; i++)
		if (processes[i].ours)
			kill(processes[i].pid, number);
	return found;
}

/* ---- the test -------------------------------------------------------------------------- */

static pid_t child;
static int status;

static void
pass_on(int number)
{
	int saved = errno;

	if (child > 0)
		kill(child, number);
	errno = saved;
}

/* Those that are ignored stay so, for the test too. */
static void
pass_signals_on(void)
{
	static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
	struct sigaction passing = {.sa_handler = pass_on}, before;

	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		if (sigaction(numbers[i], NULL, &before) == 0 &&
		    before.sa_handler != SIG_IGN)
			sigaction(numbers[i], &passing, NULL);
}

/* Has it ended? Waits for that, at most so long. SIGCHLD is blocked. */
static int
has_ended(time_t seconds)
{
	struct timespec now, left = {0};
	time_t until;
	sigset_t children;

	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	clock_gettime(CLOCK_MONOTONIC, &now);
	until = now.tv_sec + seconds;
	for (;;) {
		pid_t pid = waitpid(-1, &status, WNOHANG);

		if (pid == child || (pid < 0 && errno == ECHILD))
			return 1;
		if (pid > 0) /* an orphan */
			continue;
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec >= until)
			return 0;
		left.tv_sec = until - now.tv_sec;
		(void)sigtimedwait(&children, NULL, &left);
	}
}

static void
end_the_rest(void)
{
	for (int i = 0; i < 100 && signal_all(SIGKILL) > 0; i++) {
		struct timespec pause = {.tv_nsec = 10000000};

		nanosleep(&pause, NULL);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
}

static int
run(char **command, time_t seconds)
{
	sigset_t children, before;
	int late;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pass_signals_on();
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	sigprocmask(SIG_BLOCK, &children, &before);
	if ((child = fork()) == 0) {
		prctl(PR_SET_PDEATHSIG, SIGTERM);
		sigprocmask(SIG_SETMASK, &before, NULL);
		execvp(command[0], command);
		perror(command[0]);
		_exit(127);
	}
	if (child < 0)
		return 127;
	if ((late = !has_ended(seconds))) {
		printf("\nBail out! it still runs after %ld seconds\n", (long)seconds);
		fflush(stdout);
		/* First its own way to clean up, for which what it waits for has to end. */
		signal_all(SIGTERM);
		if (!has_ended(GRACE_SECONDS))
			kill(child, SIGKILL);
	}
	end_the_rest();
	if (late)
		return TOO_LONG;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int
main(int argc, char **argv)
{
	if (argc < 3) {
		fprintf(stderr, "usage: within SECONDS COMMAND [ARGUMENT...]\n");
		return 2;
	}
	return run(argv + 2, (time_t)strtol(argv[1], NULL, 10));
}
