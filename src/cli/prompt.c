#include "cli/prompt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "crypto/password.h"

static volatile sig_atomic_t caught; /* what ends us when the terminal is as before */

static void
catch_signal(int signal)
{
	caught = signal;
}

/* One line; what is longer is cut off behind what no password may have. `during`: the
 * signals that stay blocked while we wait. */
static void
read_line(int tty, const sigset_t *during, char *line, size_t size)
{
	struct pollfd p = {.fd = tty, .events = POLLIN};
	size_t n = 0;
	char c;

	while (caught == 0) {
		if (ppoll(&p, 1, NULL, during) < 0 && errno == EINTR)
			continue;
		if (read(tty, &c, 1) != 1 || c == '\n' || c == '\r')
			break;
		if (n + 1 < size)
			line[n++] = c;
	}
	line[n] = '\0';
}

static int
ask_quietly(
    int tty, const sigset_t *during, const char *question, char *line, size_t size)
{
	struct termios usual, quiet;
	int err = E_OK;

	if (tcgetattr(tty, &usual) != 0)
		return E_IO;
	quiet = usual;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK);
	if (tcsetattr(tty, TCSAFLUSH, &quiet) != 0 ||
	    write(tty, question, strlen(question)) < 0)
		err = E_IO;
	else
		read_line(tty, during, line, size);
	tcsetattr(tty, TCSAFLUSH, &usual);
	if (write(tty, "\n", 1) < 0)
		err = E_IO;
	return err;
}

/* Nobody may be left with a terminal that shows nothing: what would end us is seen while
 * we wait for a key, and only there. */
static int
ask(int tty, const char *question, char *line, size_t size)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGQUIT, SIGHUP};
	struct sigaction ours = {.sa_handler = catch_signal}, before[4];
	sigset_t stops, usual, during;
	int err;

	sigemptyset(&stops);
	sigaddset(&stops, SIGTSTP);
	for (size_t i = 0; i < 4; i++)
		sigaddset(&stops, ends[i]);
	sigprocmask(SIG_BLOCK, &stops, &usual);
	during = usual;
	sigaddset(&during, SIGTSTP);
	for (size_t i = 0; i < 4; i++) {
		sigaction(ends[i], NULL, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			sigaction(ends[i], &ours, NULL);
	}
	caught = 0;
	err = ask_quietly(tty, &during, question, line, size);
	for (size_t i = 0; i < 4; i++)
		sigaction(ends[i], &before[i], NULL);
	if (caught != 0) {
		explicit_bzero(line, size);
		raise(caught);
	}
	sigprocmask(SIG_SETMASK, &usual, NULL);
	return err;
}

int
prompt_new_password(struct cli *cli, struct span *password)
{
	char one[PASSWORD_MAX + 2], two[PASSWORD_MAX + 2];
	int tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC), err;
	const char *copy;

	if (tty < 0)
		return fault_set(&cli->m.fault, E_STATE, NULL,
		    "there is no terminal to ask for the password: give "
		    "--password-file FILE (- for standard input) or --generate");
	err = ask(tty, "New password: ", one, sizeof one);
	if (err == E_OK)
		err = ask(tty, "The same again: ", two, sizeof two);
	close(tty);
	if (err != E_OK)
		fault_set(&cli->m.fault, err, NULL, "the terminal cannot be read");
	else if (strcmp(one, two) != 0)
		err = fault_set(
		    &cli->m.fault, E_INVALID, NULL, "the two are not the same");
	else if (one[0] == '\0') /* which would mean that it has none */
		err =
		    fault_set(&cli->m.fault, E_INVALID, NULL, "no password was typed");
	copy = err == E_OK ? arena_strdup(&cli->arena, one) : NULL;
	*password = span_str(copy);
	explicit_bzero(one, sizeof one);
	explicit_bzero(two, sizeof two);
	return err == E_OK && copy == NULL ? cli_fail(cli, E_NOMEM) : err;
}
