/* Plain CGI: one request from the environment, standard input and output. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "web/transport.h"

#define PARTS 4

extern char **environ;

static bool served;

/* The request is finished all the same; stores want to be closed in order. */
static void
on_stop(int sig)
{
	(void)sig;
}

static int
cgi_next(char ***variables)
{
	if (served)
		return E_NOTFOUND;
	served = true;
	*variables = environ;
	return E_OK;
}

static int
cgi_read(void *buf, size_t n, size_t *got)
{
	char *to = buf;

	*got = 0;
	while (*got < n) {
		ssize_t m = read(STDIN_FILENO, to + *got, n - *got);

		if (m < 0 && errno == EINTR)
			continue;
		if (m < 0)
			return E_IO;
		if (m == 0)
			break;
		*got += (size_t)m;
	}
	return E_OK;
}

/* Everything in one system call where it fits: some devices want it in one segment. */
static int
cgi_write(const struct span *parts, size_t count)
{
	struct iovec iov[PARTS], *at = iov;
	int left = 0;

	for (; count > 0 && left < PARTS; parts++, count--)
		if (parts->len > 0) {
			iov[left].iov_base = (void *)(uintptr_t)parts->data;
			iov[left++].iov_len = parts->len;
		}
	while (left > 0) {
		ssize_t n = writev(STDOUT_FILENO, at, left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return E_IO;
		while (left > 0 && (size_t)n >= at->iov_len) {
			n -= (ssize_t)at->iov_len;
			at++;
			left--;
		}
		if (left > 0) {
			at->iov_base = (char *)at->iov_base + n;
			at->iov_len -= (size_t)n;
		}
	}
	return count == 0 ? E_OK : E_INTERNAL;
}

static void
cgi_finish(bool whole)
{
	(void)whole;
}

const struct transport *
cgi_open(void)
{
	static const struct transport cgi = {
	    .name = "CGI",
	    .next = cgi_next,
	    .read = cgi_read,
	    .write = cgi_write,
	    .finish = cgi_finish,
	};
	struct sigaction action = {.sa_handler = on_stop, .sa_flags = SA_RESTART};

	if (getenv("REQUEST_METHOD") == NULL)
		return NULL;
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	signal(SIGPIPE, SIG_IGN);
	return &cgi;
}
