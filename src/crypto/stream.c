#include "crypto/stream.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/certificate.h"
#include "crypto/dial.h"
#include "crypto/handshake.h"
#include "crypto/pem.h"

/* What the mbed TLS in stations offers: nothing above 1.2, no Edwards curves. */
#define STATION_PRIORITY                                                               \
	"NORMAL:-VERS-ALL:+VERS-TLS1.2:+VERS-TLS1.1:+VERS-TLS1.0:-SIGN-EDDSA-ED25519:" \
	"-SIGN-EDDSA-ED448"

#define KICKSTARTER_PRIORITY                                                   \
	"NORMAL:-VERS-ALL:+VERS-TLS1.2:-SIGN-EDDSA-ED25519:-SIGN-EDDSA-ED448:" \
	"-GROUP-X25519:-GROUP-X448"

#define CLIENT_CHAIN 8

struct stream {
	int fd;
	bool tls, closed, reset;
	int64_t until;
	struct handshake h;
	gnutls_x509_crt_t chain[CLIENT_CHAIN];
	unsigned chain_count;
	gnutls_x509_privkey_t key;
	struct arena arena;
	struct fault fault;
};

static int
no_memory(struct fault *fault)
{
	return fault_set(fault, E_NOMEM, NULL, "out of memory");
}

/* ---- opening -------------------------------------------------------------------------------- */

static int
load_trust(struct stream *s, struct span trust, struct fault *fault)
{
	struct span der, pem = trust;
	int err;

	if (trust.len > 0 && !pem_is(trust)) {
		err = certificate_der(trust, &s->arena, &der, NULL, fault);
		if (err == E_OK && certificate_pem(der, &s->arena, &pem) != E_OK)
			err = no_memory(fault);
		if (err != E_OK)
			return err;
	}
	return anchors_load(pem, &s->h.anchors, fault);
}

static int
load_client(
    struct stream *s, struct span certificate, struct span key, struct fault *fault)
{
	struct span ders[CLIENT_CHAIN];
	size_t count = 1;
	int err;

	if (certificate.len == 0)
		return E_OK;
	if (pem_is(certificate))
		err = certificate_list(
		    certificate, &s->arena, ders, CLIENT_CHAIN, &count, fault);
	else
		err = certificate_der(certificate, &s->arena, &ders[0], NULL, fault);
	for (size_t i = 0; err == E_OK && i < count && i < CLIENT_CHAIN; i++) {
		err = x509_read(ders[i], &s->chain[i], fault);
		s->chain_count += err == E_OK;
	}
	if (err == E_OK)
		err = x509_read_key(key, &s->arena, &s->key, fault);
	if (err != E_OK)
		return err;
	if (gnutls_certificate_set_x509_key(
		s->h.credentials, s->chain, (int)s->chain_count, s->key) != 0)
		return fault_set(fault, E_INVALID, NULL,
		    "the client certificate and its private key do not belong "
		    "together");
	return E_OK;
}

static int
open_tls(struct stream *s, const struct stream_options *o, struct fault *fault)
{
	int err;

	s->h.priority = o->kickstarter ? KICKSTARTER_PRIORITY : STATION_PRIORITY;
	s->h.nameless = o->kickstarter;
	s->h.now = o->now;
	s->h.until = o->until;
	s->h.fault = fault;
	if ((err = load_trust(s, o->trust, fault)) != E_OK ||
	    (err = handshake_begin(&s->h, s->fd)) != E_OK ||
	    (err = load_client(s, o->certificate, o->key, fault)) != E_OK)
		return err;
	return handshake_run(&s->h, s->fd);
}

int
stream_open(const struct stream_options *o, struct stream **stream, struct fault *fault)
{
	struct stream *s = calloc(1, sizeof *s);
	int err;

	*stream = NULL;
	if (s == NULL)
		return no_memory(fault);
	s->fd = -1;
	s->tls = o->tls;
	s->until = o->until;
	s->h.fault = fault;
	arena_init(&s->arena, 8 << 20);
	err = handshake_host(&s->h, o->host);
	if (err == E_OK)
		err = dial(s->h.host, o->port, o->until, &s->fd, fault);
	if (err == E_OK && o->tls)
		err = open_tls(s, o, fault);
	if (err != E_OK) {
		stream_close(s);
		return err;
	}
	*stream = s;
	return E_OK;
}

void
stream_close(struct stream *s)
{
	if (s == NULL)
		return;
	handshake_end(&s->h);
	for (unsigned i = 0; i < s->chain_count; i++)
		gnutls_x509_crt_deinit(s->chain[i]);
	if (s->key != NULL)
		gnutls_x509_privkey_deinit(s->key);
	if (s->fd >= 0)
		close(s->fd);
	arena_clear(&s->arena);
	free(s);
}

/* ---- talking --------------------------------------------------------------------------------- */

/* Waits when that helps; false when it is an error, or the time is up. */
static bool
again(struct stream *s, ssize_t n, short events)
{
	if (s->tls) {
		if (n != GNUTLS_E_AGAIN && n != GNUTLS_E_INTERRUPTED)
			return gnutls_error_is_fatal((int)n) == 0 &&
			       clock_ticks_ms() < s->until;
		if (gnutls_record_get_direction(s->h.session) != 0)
			events = POLLOUT;
	} else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
		return false;
	}
	return dial_wait(s->fd, events, s->until);
}

static int
talk_fault(struct stream *s, ssize_t n, const char *doing, struct fault *fault)
{
	const char *why = s->tls ? gnutls_strerror((int)n) : strerror(errno);

	if (clock_ticks_ms() >= s->until)
		why = "time is up";
	return fault_set(
	    fault, E_NET, NULL, "cannot %s %.100s: %s", doing, s->h.host, why);
}

int
stream_write(struct stream *s, struct span bytes, struct fault *fault)
{
	while (bytes.len > 0) {
		ssize_t n =
		    s->tls ? gnutls_record_send(s->h.session, bytes.data, bytes.len)
			   : send(s->fd, bytes.data, bytes.len, MSG_NOSIGNAL);

		if (n > 0)
			bytes = span_from(bytes, (size_t)n);
		else if (!again(s, n, POLLOUT))
			return talk_fault(s, n, "write to", fault);
	}
	return E_OK;
}

/* Servers that end without a notice of TLS are usual. */
static bool
is_end(const struct stream *s, ssize_t n)
{
	return n == 0 ||
	       (s->tls ? n == GNUTLS_E_PREMATURE_TERMINATION || n == GNUTLS_E_PULL_ERROR
		       : errno == ECONNRESET);
}

int
stream_read(struct stream *s, void *buf, size_t size, size_t *got, struct fault *fault)
{
	*got = 0;
	while (!s->closed) {
		ssize_t n = s->tls ? gnutls_record_recv(s->h.session, buf, size)
				   : recv(s->fd, buf, size, 0);

		if (n > 0) {
			*got = (size_t)n;
			return E_OK;
		}
		if (is_end(s, n)) {
			s->reset = n < 0 && errno == ECONNRESET;
			s->closed = true;
		}
		if (!s->closed && !again(s, n, POLLIN))
			return talk_fault(s, n, "read from", fault);
	}
	return E_OK;
}

bool
stream_was_reset(const struct stream *s)
{
	return s->reset;
}

int
stream_peer(struct stream *s, struct arena *arena, struct stream_peer *peer)
{
	struct chain *chain = &s->h.chain;
	char name[X509_NAME];
	int64_t begin, end;

	*peer = (struct stream_peer){"", "", "", 0, false};
	if (!s->tls)
		return E_OK;
	peer->version =
	    gnutls_protocol_get_name(gnutls_protocol_get_version(s->h.session));
	peer->subject = arena_strdup(arena, x509_subject(chain->certs[0], name));
	peer->root_subject = arena_strdup(arena, x509_subject(chain->anchor, name));
	peer->wants_certificate =
	    gnutls_certificate_client_get_request_status(s->h.session) != 0;
	if (x509_dates(chain->anchor, &begin, &end))
		peer->chain_expires = end;
	for (unsigned i = 0; i < chain->count; i++)
		if (x509_dates(chain->certs[i], &begin, &end) &&
		    end < peer->chain_expires)
			peer->chain_expires = end;
	return peer->subject != NULL && peer->root_subject != NULL ? E_OK : E_NOMEM;
}
