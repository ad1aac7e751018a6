#include "cli/sign_service.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/log.h"
#include "crypto/sign_client.h"

#define PEERS_MAX 16
#define LATER_MS 100 /* after accept() failed */

/* One connection. */
struct peer {
	int fd; /* -1: none */
	uid_t uid;
	int64_t deadline;
	size_t got;
	uint8_t bytes[SIGN_ORDER_SIZE + 1]; /* one more, to notice that there is more */
};

/* ---- the socket ------------------------------------------------------------------------ */

/* Removes a socket on which nobody listens. */
static int
remove_stale(const char *path, const struct sockaddr_un *address, struct fault *fault)
{
	struct stat st;
	int fd, rc;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? E_OK : file_fault(fault, path, "look at");
	if (!S_ISSOCK(st.st_mode))
		return fault_set(
		    fault, E_EXISTS, NULL, "%.150s: is there and no socket", path);
	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
		return file_fault(fault, path, "make a socket for");
	rc = connect(fd, (const struct sockaddr *)address, sizeof *address);
	rc = rc == 0 ? 0 : errno;
	close(fd);
	if (rc != ECONNREFUSED)
		return fault_set(fault, E_EXISTS, NULL,
		    "%.150s: another service listens there", path);
	return unlink(path) == 0 ? E_OK : file_fault(fault, path, "remove");
}

int
sign_service_listen(const char *path, int *fd, struct fault *fault)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	mode_t mask;
	int err, rc;

	*fd = -1;
	if (strlen(path) >= sizeof address.sun_path)
		return fault_set(fault, E_INVALID, "--socket",
		    "must have less than %zu bytes", sizeof address.sun_path);
	memcpy(address.sun_path, path, strlen(path) + 1);
	if ((err = remove_stale(path, &address, fault)) != E_OK)
		return err;
	*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return file_fault(fault, path, "make a socket for");
	mask = umask(0117);
	rc = bind(*fd, (const struct sockaddr *)&address, sizeof address);
	umask(mask);
	if (rc == 0)
		rc = listen(*fd, PEERS_MAX);
	if (rc == 0)
		return E_OK;
	err = file_fault(fault, path, "listen on");
	close(*fd);
	*fd = -1;
	return err;
}

int
sign_service_socket(int fd, bool *listening, struct fault *fault)
{
	socklen_t size = sizeof(int);
	int domain = 0, type = 0, on = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &on, &size) != 0 ||
	    domain != AF_UNIX || type != SOCK_STREAM)
		return fault_set(fault, E_INVALID, NULL,
		    "what was handed over is no UNIX stream socket");
	*listening = on != 0;
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0)
		return fault_set(fault, E_IO, NULL, "the socket cannot be set");
	return E_OK;
}

/* ---- orders ---------------------------------------------------------------------------- */

static void
answer(const struct peer *p, enum sign_status status, struct span bytes)
{
	uint8_t out[SIGN_ANSWER_MAX];
	size_t n = sign_answer_write(status, bytes, out);

	/* It always fits into the buffer of a fresh connection. */
	if (send(p->fd, out, n, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)n)
		log_line(
		    LOG_WARN, "uid %u has gone before the answer", (unsigned)p->uid);
}

static void
refuse(const struct peer *p, enum sign_status status, const char *words)
{
	log_line(LOG_WARN, "refused uid %u: %s", (unsigned)p->uid, words);
	answer(p, status, span_str(words));
}

static struct sign_key *
find_key(const struct sign_service *s, const struct sign_request *r)
{
	if (r->order == SIGN_ORDER_POINT && r->crc == 0)
		return s->key_count == 1 ? s->keys[0] : NULL;
	for (size_t i = 0; i < s->key_count; i++)
		if (sign_key_crc(s->keys[i]) == r->crc)
			return s->keys[i];
	return NULL;
}

static void
carry_out(
    const struct sign_service *s, const struct peer *p, const struct sign_request *r)
{
	struct sign_key *key = find_key(s, r);
	char digest[2 * SHA512_SIZE + 1];
	struct fault why = {0};
	struct sign_der der;

	if (key == NULL) {
		refuse(p, SIGN_NO_KEY,
		    r->crc == 0 ? "several keys are served: name one by its CRC"
				: "no key with this CRC is served");
	} else if (r->order == SIGN_ORDER_POINT) {
		answer(p, SIGN_DONE, span_of(sign_key_point(key), SIGN_POINT));
	} else if (sign_digest(key, r->digest, &der, &why) != E_OK) {
		refuse(p, SIGN_FAILED, why.text);
	} else {
		hex_encode(r->digest, SHA512_SIZE, digest);
		log_line(LOG_NOTE, "signed for uid %u: key %08x, SHA-512 %s",
		    (unsigned)p->uid, (unsigned)r->crc, digest);
		answer(p, SIGN_DONE, span_of(der.bytes, der.len));
	}
}

/* ---- peers ----------------------------------------------------------------------------- */

static void
hang_up(struct peer *p)
{
	close(p->fd);
	p->fd = -1;
}

static bool
may_ask(const struct sign_service *s, uid_t uid)
{
	for (size_t i = 0; i < s->allowed_count; i++)
		if (s->allowed[i] == uid)
			return true;
	return false;
}

/* Hangs up at once on who may not ask. */
static void
welcome(const struct sign_service *s, struct peer *p, int fd)
{
	struct ucred who = {0};
	socklen_t size = sizeof who;

	*p = (struct peer){.fd = fd, .deadline = clock_ticks_ms() + s->peer_ms};
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) {
		hang_up(p);
		return;
	}
	p->uid = who.uid;
	if (may_ask(s, p->uid))
		return;
	refuse(p, SIGN_REFUSED, "this user may not ask for signatures");
	hang_up(p);
}

/* Reads what has come; hangs up when the peer is done with. */
static void
attend(const struct sign_service *s, struct peer *p)
{
	struct sign_request request;
	ssize_t n = recv(p->fd, p->bytes + p->got, sizeof p->bytes - p->got, 0);
	int err;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		hang_up(p);
		return;
	}
	p->got += (size_t)n;
	if ((err = sign_request_read(span_of(p->bytes, p->got), &request)) == E_AGAIN)
		return;
	if (err == E_OK)
		carry_out(s, p, &request);
	else
		refuse(p, SIGN_BAD_ORDER, "that is no order that is known here");
	hang_up(p);
}

static void
dismiss_late(struct peer *p, int64_t now)
{
	if (p->fd < 0 || now < p->deadline)
		return;
	log_line(LOG_WARN, "uid %u was too slow", (unsigned)p->uid);
	hang_up(p);
}

/* ---- the loop -------------------------------------------------------------------------- */

static volatile sig_atomic_t ended;

static void
on_end(int sig)
{
	(void)sig;
	ended = 1;
}

/* They are let in only while the loop waits, so that none is missed. */
void
sign_service_signals(void)
{
	struct sigaction act = {.sa_handler = on_end};
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* Waits for one of the fds until the first deadline. */
static int
wait_for(struct pollfd *fds, size_t count, int64_t deadline)
{
	int64_t left = deadline - clock_ticks_ms();
	struct timespec t = {0};
	sigset_t none;

	if (left > 0)
		t = (struct timespec){left / 1000, left % 1000 * 1000000};
	sigemptyset(&none);
	return ppoll(fds, count, deadline == INT64_MAX ? NULL : &t, &none);
}

struct loop {
	const struct sign_service *service;
	struct peer peers[PEERS_MAX];
	int listener;
	int64_t rest_until; /* no accept() before that */
};

/* The free place for a peer, NULL when all are taken. */
static struct peer *
free_place(struct loop *l)
{
	for (size_t i = 0; i < PEERS_MAX; i++)
		if (l->peers[i].fd < 0)
			return &l->peers[i];
	return NULL;
}

static void
take_in(struct loop *l)
{
	struct peer *p = free_place(l);
	int fd = accept4(l->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0)
		welcome(l->service, p, fd);
	else if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
		l->rest_until = clock_ticks_ms() + LATER_MS;
}

static void
turn(struct loop *l)
{
	struct pollfd fds[PEERS_MAX + 1];
	int64_t deadline = INT64_MAX, now = clock_ticks_ms();
	bool open = free_place(l) != NULL && now >= l->rest_until;

	if (now < l->rest_until)
		deadline = l->rest_until;
	for (size_t i = 0; i < PEERS_MAX; i++) {
		fds[i] = (struct pollfd){.fd = l->peers[i].fd, .events = POLLIN};
		if (l->peers[i].fd >= 0 && l->peers[i].deadline < deadline)
			deadline = l->peers[i].deadline;
	}
	fds[PEERS_MAX] =
	    (struct pollfd){.fd = open ? l->listener : -1, .events = POLLIN};
	if (wait_for(fds, PEERS_MAX + 1, deadline) > 0) {
		for (size_t i = 0; i < PEERS_MAX; i++)
			if (fds[i].revents != 0)
				attend(l->service, &l->peers[i]);
		if (fds[PEERS_MAX].revents != 0)
			take_in(l);
	}
	now = clock_ticks_ms();
	for (size_t i = 0; i < PEERS_MAX; i++)
		dismiss_late(&l->peers[i], now);
}

int
sign_service_run(const struct sign_service *service, int listener)
{
	struct loop l = {.service = service, .listener = listener};

	for (size_t i = 0; i < PEERS_MAX; i++)
		l.peers[i].fd = -1;
	while (!ended)
		turn(&l);
	for (size_t i = 0; i < PEERS_MAX; i++)
		if (l.peers[i].fd >= 0)
			hang_up(&l.peers[i]);
	return E_OK;
}

int
sign_service_once(const struct sign_service *service, int fd)
{
	struct peer p;

	welcome(service, &p, fd);
	while (!ended && p.fd >= 0) {
		struct pollfd one = {.fd = p.fd, .events = POLLIN};

		if (wait_for(&one, 1, p.deadline) > 0)
			attend(service, &p);
		dismiss_late(&p, clock_ticks_ms());
	}
	return E_OK;
}
