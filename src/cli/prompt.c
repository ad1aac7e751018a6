#include "cli/prompt.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "crypto/password.h"

/* One line; what is longer is cut off behind what no password may have. */
static size_t
read_line(int tty, char *line, size_t size)
{
	size_t n = 0;
	char c;

	while (read(tty, &c, 1) == 1 && c != '\n' && c != '\r')
		if (n + 1 < size)
			line[n++] = c;
	line[n] = '\0';
	return n;
}

static int
ask(int tty, const char *question, char *line, size_t size)
{
	struct termios usual, quiet;
	sigset_t stops, before;
	int err = E_OK;

	if (tcgetattr(tty, &usual) != 0)
		return E_IO;
	quiet = usual;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK);
	/* Nobody may be left with a terminal that shows nothing. */
	sigemptyset(&stops);
	sigaddset(&stops, SIGINT);
	sigaddset(&stops, SIGTERM);
	sigaddset(&stops, SIGTSTP);
	sigprocmask(SIG_BLOCK, &stops, &before);
	if (tcsetattr(tty, TCSAFLUSH, &quiet) != 0 ||
	    write(tty, question, strlen(question)) < 0)
		err = E_IO;
	else
		read_line(tty, line, size);
	tcsetattr(tty, TCSAFLUSH, &usual);
	if (write(tty, "\n", 1) < 0)
		err = E_IO;
	sigprocmask(SIG_SETMASK, &before, NULL);
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
	copy = err == E_OK ? arena_strdup(&cli->arena, one) : NULL;
	*password = span_str(copy);
	explicit_bzero(one, sizeof one);
	explicit_bzero(two, sizeof two);
	return err == E_OK && copy == NULL ? cli_fail(cli, E_NOMEM) : err;
}
