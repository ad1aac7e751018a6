#include "crypto/dial.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

/*
 * getaddrinfo() knows no deadline. So it runs in a thread of its own, and whoever ends
 * last, the thread or the one who waits for it, frees what they share.
 */
struct lookup {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int users;
	bool done;
	int rc;
	struct addrinfo *found;
	char port[6];
	char host[];
};

static int
resolve(const char *host, const char *port, int flags, struct addrinfo **found)
{
	struct addrinfo hints = {.ai_flags = AI_NUMERICSERV | flags,
	    .ai_family = AF_UNSPEC,
	    .ai_socktype = SOCK_STREAM};

	*found = NULL;
	return getaddrinfo(host, port, &hints, found);
}

static void
lookup_leave(struct lookup *l)
{
	bool last;

	pthread_mutex_lock(&l->lock);
	last = --l->users == 0;
	pthread_mutex_unlock(&l->lock);
	if (!last)
		return;
	if (l->found != NULL)
		freeaddrinfo(l->found);
	pthread_cond_destroy(&l->changed);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

static void *
lookup_main(void *arg)
{
	struct lookup *l = arg;
	struct addrinfo *found;
	int rc = resolve(l->host, l->port, 0, &found);

	pthread_mutex_lock(&l->lock);
	l->rc = rc;
	l->found = rc == 0 ? found : NULL;
	l->done = true;
	pthread_cond_signal(&l->changed);
	pthread_mutex_unlock(&l->lock);
	lookup_leave(l);
	return NULL;
}

/* Detached, and deaf to signals, which are for the thread that waits. */
static bool
lookup_start(struct lookup *l)
{
	pthread_condattr_t clock;
	pthread_attr_t detached;
	pthread_t thread;
	sigset_t all, before;
	int rc;

	pthread_mutex_init(&l->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&l->changed, &clock);
	pthread_condattr_destroy(&clock);
	l->users = 2;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	rc = pthread_create(&thread, &detached, lookup_main, l);
	pthread_attr_destroy(&detached);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc != 0)
		l->users = 1;
	return rc == 0;
}

/* The addresses, or NULL and *rc with EAI_AGAIN for "too late". */
static struct addrinfo *
lookup_wait(struct lookup *l, int64_t until, int *rc)
{
	struct timespec at = {.tv_sec = (time_t)(until / 1000),
	    .tv_nsec = (long)(until % 1000) * 1000000};
	struct addrinfo *found = NULL;

	*rc = EAI_AGAIN;
	pthread_mutex_lock(&l->lock);
	while (
	    !l->done && pthread_cond_timedwait(&l->changed, &l->lock, &at) != ETIMEDOUT)
		;
	if (l->done) {
		found = l->found;
		*rc = l->rc;
		l->found = NULL;
	}
	pthread_mutex_unlock(&l->lock);
	return found;
}

static int
find_addresses(const char *host, const char *port, int64_t until,
    struct addrinfo **found, struct fault *fault)
{
	struct lookup *l;
	size_t len = strlen(host);
	bool started;
	int rc = 0;

	if (resolve(host, port, AI_NUMERICHOST, found) == 0)
		return E_OK;
	if ((l = calloc(1, sizeof *l + len + 1)) == NULL)
		return fault_set(fault, E_NOMEM, NULL, "out of memory");
	memcpy(l->host, host, len + 1);
	snprintf(l->port, sizeof l->port, "%s", port);
	if ((started = lookup_start(l)))
		*found = lookup_wait(l, until, &rc);
	lookup_leave(l);
	if (!started)
		return fault_set(fault, E_IO, NULL, "cannot start a thread");
	if (*found != NULL)
		return E_OK;
	if (clock_ticks_ms() >= until)
		return fault_set(fault, E_NET, NULL,
		    "the name server did not answer in time for %.100s", host);
	return fault_set(fault, E_NET, NULL, "%.100s does not resolve: %s", host,
	    rc == EAI_SYSTEM ? "system error" : gai_strerror(rc));
}

bool
dial_wait(int fd, short events, int64_t until)
{
	struct pollfd p = {.fd = fd, .events = events};
	int64_t left;

	while ((left = until - clock_ticks_ms()) > 0) {
		int n = poll(&p, 1, left < 60000 ? (int)left : 60000);

		if (n > 0 || (n < 0 && errno != EINTR))
			return true;
	}
	return false;
}

/* 0 and *fd, or errno. */
static int
try_address(const struct addrinfo *a, int64_t until, int *fd)
{
	socklen_t size = sizeof(int);
	int s, why = 0;

	s = socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    a->ai_protocol);
	if (s < 0)
		return errno;
	if (connect(s, a->ai_addr, a->ai_addrlen) != 0) {
		why = errno;
		if (why == EINPROGRESS || why == EINTR) {
			if (!dial_wait(s, POLLOUT, until))
				why = ETIMEDOUT;
			else if (getsockopt(s, SOL_SOCKET, SO_ERROR, &why, &size) != 0)
				why = errno;
		}
	}
	if (why != 0)
		close(s);
	else
		*fd = s;
	return why;
}

/* Each address gets its share of the time that is left, so that a dead one does not use
 * up that of the others. */
int
dial(const char *host, uint16_t port, int64_t until, int *fd, struct fault *fault)
{
	struct addrinfo *found = NULL, *a;
	char port_text[6];
	int err, left = 0, why = EADDRNOTAVAIL;

	*fd = -1;
	snprintf(port_text, sizeof port_text, "%u", (unsigned)port);
	if ((err = find_addresses(host, port_text, until, &found, fault)) != E_OK)
		return err;
	for (a = found; a != NULL; a = a->ai_next)
		left++;
	for (a = found; a != NULL && *fd < 0; a = a->ai_next, left--) {
		int64_t now = clock_ticks_ms();

		why = try_address(a, now + (until - now) / left, fd);
	}
	freeaddrinfo(found);
	if (*fd >= 0)
		return E_OK;
	return fault_set(fault, E_NET, NULL, "cannot connect to %.100s port %s: %s",
	    host, port_text, strerror(why));
}
