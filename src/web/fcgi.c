/*
 * FastCGI through libfcgi, whose names appear in this file only. Two things are done here
 * instead of by the library:
 *
 * - accept(). libfcgi polls after it and takes a signal for a dead peer, so that SIGTERM
 *   would drop a request which has been accepted; and the poll costs a system call. The
 *   connection is handed over as libfcgi knows it from a kept one.
 * - ending. Signals are blocked but while waiting, so what is being served is finished
 *   (reads with a time limit are not restarted after a signal). The handler puts /dev/null
 *   in the place of the listening socket: an accept() that has not begun yet fails at once,
 *   so there is no moment in which a signal is lost.
 */
#include "web/transport.h"

#include <errno.h>
#include <fcgiapp.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "web/address.h"

#define LISTENER 0
#define DRAIN_MAX (1 << 30) /* bytes of a refused body that are read and thrown away */

static FCGX_Request request;
static volatile sig_atomic_t stopping;
static volatile sig_atomic_t null_fd = -1;
static sigset_t stops; /* the signals that end the process */
static int patience = 60;
static const char *peers; /* FCGI_WEB_SERVER_ADDRS: who may connect by TCP; NULL: all */

static void
on_stop(int sig)
{
	int saved = errno;

	(void)sig;
	stopping = 1;
	dup2(null_fd, LISTENER);
	errno = saved;
}

static void
catch_signals(void)
{
	static const int numbers[] = {SIGTERM, SIGINT, SIGUSR1};
	struct sigaction action = {.sa_handler = on_stop};

	sigemptyset(&stops);
	for (size_t i = 0; i < COUNT(numbers); i++)
		sigaddset(&stops, numbers[i]);
	sigprocmask(SIG_BLOCK, &stops, NULL);
	action.sa_mask = stops;
	for (size_t i = 0; i < COUNT(numbers); i++)
		sigaction(numbers[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* The FastCGI specification's list of addresses, separated by commas. */
static bool
peer_is_welcome(const struct sockaddr_storage *from)
{
	struct span list = span_str(peers), one;
	struct address peer = {0}, listed;

	if (peers == NULL)
		return true;
	if (from->ss_family == AF_INET) {
		peer.family = 4;
		memcpy(peer.bytes, &((const struct sockaddr_in *)from)->sin_addr, 4);
	} else if (from->ss_family == AF_INET6) {
		char text[ADDRESS_TEXT];

		peer.family = 6;
		memcpy(peer.bytes, &((const struct sockaddr_in6 *)from)->sin6_addr, 16);
		address_format(&peer, text);
		address_parse(span_str(text), &peer); /* may be IPv4 in disguise */
	} else {
		return true;
	}
	while (list.len > 0) {
		const uint8_t *comma = memchr(list.data, ',', list.len);

		one = comma != NULL ? span_of(list.data, (size_t)(comma - list.data))
				    : list;
		list = span_from(list, one.len + 1);
		if (address_parse(span_trim(one), &listed) &&
		    memcmp(&listed, &peer, sizeof peer) == 0)
			return true;
	}
	return false;
}

static void
prepare(int fd, const struct sockaddr_storage *from)
{
	struct timeval limit = {.tv_sec = patience};
	int on = 1;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
	if (from->ss_family != AF_UNIX)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/* Out of descriptors or memory: others may give some back. */
static bool
passes(int error)
{
	static const struct timespec moment = {.tv_nsec = 100000000};

	switch (error) {
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		log_line(LOG_WARN, "cannot accept a connection: %s", strerror(error));
		nanosleep(&moment, NULL);
		return true;
	case EINTR:
	case ECONNABORTED:
	case ECONNRESET:
	case EPROTO:
	case EPERM:
	case ETIMEDOUT:
	case ENETDOWN:
	case ENETUNREACH:
	case EHOSTDOWN:
	case EHOSTUNREACH:
		return true;
	default:
		return false;
	}
}

/* E_OK with a descriptor, E_NOTFOUND when told to stop. */
static int
accept_one(int *fd)
{
	struct sockaddr_storage from;

	for (;;) {
		socklen_t len = sizeof from;

		from.ss_family = AF_UNIX;
		*fd = accept4(LISTENER, (struct sockaddr *)&from, &len, SOCK_CLOEXEC);
		if (*fd >= 0 && peer_is_welcome(&from)) {
			prepare(*fd, &from);
			return E_OK;
		}
		if (*fd >= 0) {
			close(*fd);
			continue;
		}
		if (stopping)
			return E_NOTFOUND;
		if (!passes(errno)) {
			log_line(LOG_ERROR, "cannot accept connections: %s",
			    strerror(errno));
			return E_IO;
		}
	}
}

static int
wait_for_connection(void)
{
	int fd, err;

	sigprocmask(SIG_UNBLOCK, &stops, NULL);
	err = accept_one(&fd);
	sigprocmask(SIG_BLOCK, &stops, NULL);
	if (err != E_OK)
		return err;
	request.ipcFd = fd;
	request.keepConnection = 1;
	return E_OK;
}

/* True when another request begins on the connection that the web server kept. */
static bool
kept_goes_on(void)
{
	struct pollfd kept = {.fd = request.ipcFd, .events = POLLIN};
	sigset_t open;
	int n;

	sigprocmask(SIG_BLOCK, NULL, &open);
	sigdelset(&open, SIGTERM);
	sigdelset(&open, SIGINT);
	sigdelset(&open, SIGUSR1);
	do {
		n = ppoll(&kept, 1, NULL, &open);
	} while (n < 0 && errno == EINTR && !stopping);
	if (n == 1 && (kept.revents & POLLIN) != 0)
		return true;
	FCGX_Detach(&request);
	FCGX_Free(&request, 1);
	return false;
}

static int
fcgi_next(char ***variables)
{
	int err;

	do {
		if (request.ipcFd < 0 || !kept_goes_on()) {
			if (stopping)
				return E_NOTFOUND;
			if ((err = wait_for_connection()) != E_OK)
				return err;
		}
		FCGX_Detach(&request);
		/* Fails when the connection breaks off before the body: on to the next. */
	} while (FCGX_Accept_r(&request) != 0);
	*variables = request.envp;
	return E_OK;
}

static int
fcgi_read(void *buf, size_t n, size_t *got)
{
	char *to = buf;

	*got = 0;
	while (n > 0) {
		int want = n > INT32_MAX ? INT32_MAX : (int)n;
		int m = FCGX_GetStr(to, want, request.in);

		to += m;
		*got += (size_t)m;
		n -= (size_t)m;
		if (m < want)
			break;
	}
	return n > 0 && FCGX_GetError(request.in) != 0 ? E_IO : E_OK;
}

static int
fcgi_write(const struct span *parts, size_t count)
{
	for (; count > 0; parts++, count--) {
		struct span left = *parts;

		while (left.len > 0) {
			size_t n = left.len > INT32_MAX ? INT32_MAX : left.len;

			if (FCGX_PutStr((const char *)left.data, (int)n, request.out) <
			    0)
				return E_IO;
			left = span_from(left, n);
		}
	}
	return E_OK;
}

/* Bytes that nobody read would make closing a reset, and a kept connection useless. */
static bool
drain(void)
{
	char trash[4096];
	size_t total = 0;
	int n;

	do {
		n = FCGX_GetStr(trash, sizeof trash, request.in);
		total += (size_t)n;
	} while (n == (int)sizeof trash && total < DRAIN_MAX);
	return n < (int)sizeof trash && FCGX_GetError(request.in) == 0;
}

static void
fcgi_finish(bool whole)
{
	FCGX_Detach(&request);
	if (!whole) {
		/* No end record, so that the web server sees a broken answer. */
		FCGX_Free(&request, 1);
		return;
	}
	/* Lingering halves a worker's throughput and helps only against unread bytes. */
	if (FCGX_HasSeenEOF(request.in) == 0 && !drain())
		FCGX_Attach(&request);
	FCGX_Finish_r(&request);
}

const struct transport *
fcgi_open(void)
{
	static const struct transport fcgi = {
	    .name = "FastCGI",
	    .framed = true,
	    .next = fcgi_next,
	    .read = fcgi_read,
	    .write = fcgi_write,
	    .finish = fcgi_finish,
	};
	int listening = 0;
	socklen_t len = sizeof listening;

	if (getsockopt(LISTENER, SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) != 0 ||
	    !listening)
		return NULL;
	/* No listening socket for libfcgi, or it would wait for a connection by itself. */
	if (FCGX_Init() != 0 || FCGX_InitRequest(&request, -1, 0) != 0 ||
	    (null_fd = open("/dev/null", O_RDWR | O_CLOEXEC)) < 0)
		return NULL;
	peers = secure_getenv("FCGI_WEB_SERVER_ADDRS");
	catch_signals();
	return &fcgi;
}

void
fcgi_patience(int seconds)
{
	patience = seconds;
}
