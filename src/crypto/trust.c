#include "crypto/trust.h"

#include <arpa/inet.h>
#include <poll.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/chain.h"
#include "crypto/dial.h"

#define HOST_MAX 254
#define PRIORITY "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct talk {
	char host[HOST_MAX]; /* without brackets and final point */
	struct anchors anchors;
	int64_t now, until;
	gnutls_session_t session;
	gnutls_certificate_credentials_t credentials;
	struct chain chain;
	int verdict; /* E_AGAIN until the server has shown its chain */
	struct fault *fault;
};

/* "[::1]" and "example.com." are what people write. */
static int
take_host(const char *host, struct talk *talk)
{
	struct span h = span_str(host);

	if (h.len > 2 && h.data[0] == '[' && h.data[h.len - 1] == ']')
		h = span_of(h.data + 1, h.len - 2);
	else if (h.len > 1 && h.data[h.len - 1] == '.')
		h.len--;
	if (h.len == 0 || h.len >= HOST_MAX)
		return fault_set(
		    talk->fault, E_INVALID, "host", "must have 1 to 253 characters");
	memcpy(talk->host, h.data, h.len);
	talk->host[h.len] = '\0';
	return E_OK;
}

static bool
is_address(const char *host)
{
	unsigned char bytes[16];

	return inet_pton(AF_INET, host, bytes) == 1 ||
	       inet_pton(AF_INET6, host, bytes) == 1;
}

/* GnuTLS calls this as soon as the server's certificates are there. */
static int
on_certificates(gnutls_session_t session)
{
	struct talk *talk = gnutls_session_get_ptr(session);
	const gnutls_datum_t *ders;
	unsigned count = 0;

	ders = gnutls_certificate_get_peers(session, &count);
	chain_clear(&talk->chain);
	talk->verdict =
	    chain_init(&talk->chain, ders, ders != NULL ? count : 0, talk->fault);
	if (talk->verdict == E_OK)
		talk->verdict = chain_verify(
		    &talk->chain, &talk->anchors, talk->host, talk->now, talk->fault);
	return talk->verdict == E_OK ? 0 : GNUTLS_E_CERTIFICATE_ERROR;
}

static int
begin_session(struct talk *talk, int fd)
{
	int rc;

	if ((rc = gnutls_init(&talk->session,
		 GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL)) != 0 ||
	    (rc = gnutls_certificate_allocate_credentials(&talk->credentials)) != 0 ||
	    (rc = gnutls_priority_set_direct(talk->session, PRIORITY, NULL)) != 0 ||
	    (rc = gnutls_credentials_set(
		 talk->session, GNUTLS_CRD_CERTIFICATE, talk->credentials)) != 0)
		goto out;
	if (!is_address(talk->host))
		rc = gnutls_server_name_set(
		    talk->session, GNUTLS_NAME_DNS, talk->host, strlen(talk->host));
	gnutls_session_set_ptr(talk->session, talk);
	gnutls_session_set_verify_function(talk->session, on_certificates);
	gnutls_transport_set_int(talk->session, fd);
out:
	if (rc == 0)
		return E_OK;
	return fault_set(talk->fault, E_CRYPTO, NULL, "cannot begin a TLS session (%s)",
	    gnutls_strerror(rc));
}

static void
end_session(struct talk *talk)
{
	if (talk->session != NULL)
		gnutls_deinit(talk->session);
	if (talk->credentials != NULL)
		gnutls_certificate_free_credentials(talk->credentials);
}

/* Why the handshake failed, when it was not for the certificates. */
static int
handshake_fault(const struct talk *talk, int rc)
{
	const char *alert;

	switch (rc) {
	case GNUTLS_E_FATAL_ALERT_RECEIVED:
		alert = gnutls_alert_get_name(gnutls_alert_get(talk->session));
		return fault_set(talk->fault, E_NET, NULL,
		    "%.100s refuses the TLS handshake: %s", talk->host,
		    alert != NULL ? alert : "unknown alert");
	case GNUTLS_E_UNEXPECTED_PACKET_LENGTH:
	case GNUTLS_E_UNEXPECTED_PACKET:
	case GNUTLS_E_RECORD_OVERFLOW:
	case GNUTLS_E_UNSUPPORTED_VERSION_PACKET:
		return fault_set(talk->fault, E_NET, NULL,
		    "%.100s does not speak TLS 1.2 or 1.3 there", talk->host);
	case GNUTLS_E_PREMATURE_TERMINATION:
	case GNUTLS_E_PULL_ERROR:
	case GNUTLS_E_PUSH_ERROR:
		return fault_set(talk->fault, E_NET, NULL,
		    "%.100s closed the connection during the TLS handshake",
		    talk->host);
	default:
		return fault_set(talk->fault, E_NET, NULL,
		    "the TLS handshake with %.100s failed: %s", talk->host,
		    gnutls_strerror(rc));
	}
}

/*
 * A server that wants a client certificate refuses us after it has shown its own. That is
 * all that is asked of it here: the chain was verified, and its end is the answer.
 */
static int
shake_hands(struct talk *talk, int fd)
{
	int rc;

	for (;;) {
		short events = POLLIN;

		if ((rc = gnutls_handshake(talk->session)) == 0)
			break;
		if (gnutls_error_is_fatal(rc) != 0)
			break;
		if (gnutls_record_get_direction(talk->session) != 0)
			events = POLLOUT;
		if (clock_ticks_ms() >= talk->until ||
		    ((rc == GNUTLS_E_AGAIN || rc == GNUTLS_E_INTERRUPTED) &&
			!dial_wait(fd, events, talk->until)))
			return fault_set(talk->fault, E_NET, NULL,
			    "%.100s took too long for the TLS handshake", talk->host);
	}
	if (talk->verdict == E_OK &&
	    (rc == 0 ||
		gnutls_certificate_client_get_request_status(talk->session) != 0))
		return E_OK;
	if (talk->verdict != E_OK && talk->verdict != E_AGAIN)
		return talk->verdict;
	return handshake_fault(talk, rc);
}

/* The earliest end in the chain, and that of its root. */
static void
put_dates(const struct chain *chain, struct trust_found *found)
{
	int64_t begin, end;

	x509_dates(chain->anchor, &begin, &found->root_expires);
	found->chain_expires = found->root_expires;
	for (unsigned i = 0; i < chain->count; i++)
		if (x509_dates(chain->certs[i], &begin, &end) &&
		    end < found->chain_expires)
			found->chain_expires = end;
}

static int
answer(const struct chain *chain, struct arena *arena, struct trust_found *found)
{
	gnutls_datum_t der;
	char name[X509_NAME];
	int err;

	if (gnutls_x509_crt_export2(chain->anchor, GNUTLS_X509_FMT_DER, &der) != 0)
		return E_NOMEM;
	if ((err = x509_keep(&der, arena, &found->root)) != E_OK)
		return err;
	put_dates(chain, found);
	found->chain_length = chain_length(chain);
	found->root_subject = arena_strdup(arena, x509_subject(chain->anchor, name));
	found->server_subject =
	    arena_strdup(arena, x509_subject(chain->certs[0], name));
	return found->root_subject != NULL && found->server_subject != NULL ? E_OK
									    : E_NOMEM;
}

static int
converse(
    struct talk *talk, uint16_t port, struct arena *arena, struct trust_found *found)
{
	int fd, err;

	if ((err = dial(talk->host, port, talk->until, &fd, talk->fault)) != E_OK)
		return err;
	if ((err = begin_session(talk, fd)) == E_OK &&
	    (err = shake_hands(talk, fd)) == E_OK) {
		gnutls_bye(talk->session, GNUTLS_SHUT_WR);
		if ((err = answer(&talk->chain, arena, found)) != E_OK)
			fault_set(talk->fault, err, NULL, "out of memory");
	}
	end_session(talk);
	close(fd);
	return err;
}

int
trust_fetch(const char *host, uint16_t port, struct span anchors, int64_t now,
    int wait_ms, struct arena *arena, struct trust_found *found, struct fault *fault)
{
	struct talk talk = {.now = now, .verdict = E_AGAIN, .fault = fault};
	int err;

	*found = (struct trust_found){0};
	talk.until = clock_ticks_ms() + wait_ms;
	if ((err = take_host(host, &talk)) != E_OK ||
	    (err = anchors_load(anchors, &talk.anchors, fault)) != E_OK)
		goto out;
	err = converse(&talk, port, arena, found);
out:
	chain_clear(&talk.chain);
	anchors_clear(&talk.anchors);
	return err;
}
