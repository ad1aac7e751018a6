#include "crypto/handshake.h"

#include <arpa/inet.h>
#include <poll.h>

#include "base/clock.h"
#include "crypto/dial.h"

/* "[::1]" and "example.com." are what people write. */
int
handshake_host(struct handshake *h, const char *host)
{
	struct span s = span_str(host);

	if (s.len > 2 && s.data[0] == '[' && s.data[s.len - 1] == ']')
		s = span_of(s.data + 1, s.len - 2);
	else if (s.len > 1 && s.data[s.len - 1] == '.')
		s.len--;
	if (s.len == 0 || s.len >= HANDSHAKE_HOST)
		return fault_set(
		    h->fault, E_INVALID, "host", "must have 1 to 253 characters");
	memcpy(h->host, s.data, s.len);
	h->host[s.len] = '\0';
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
	struct handshake *h = gnutls_session_get_ptr(session);
	const gnutls_datum_t *ders;
	unsigned count = 0;

	ders = gnutls_certificate_get_peers(session, &count);
	chain_clear(&h->chain);
	h->verdict = chain_init(&h->chain, ders, ders != NULL ? count : 0, h->fault);
	if (h->verdict == E_OK)
		h->verdict = chain_verify(&h->chain, &h->anchors,
		    h->nameless ? NULL : h->host, h->now, h->fault);
	return h->verdict == E_OK ? 0 : GNUTLS_E_CERTIFICATE_ERROR;
}

int
handshake_begin(struct handshake *h, int fd)
{
	int rc;

	h->verdict = E_AGAIN;
	if ((rc = gnutls_init(&h->session,
		 GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL)) != 0 ||
	    (rc = gnutls_certificate_allocate_credentials(&h->credentials)) != 0 ||
	    (rc = gnutls_priority_set_direct(h->session, h->priority, NULL)) != 0 ||
	    (rc = gnutls_credentials_set(
		 h->session, GNUTLS_CRD_CERTIFICATE, h->credentials)) != 0)
		goto out;
	if (!h->nameless && !is_address(h->host))
		rc = gnutls_server_name_set(
		    h->session, GNUTLS_NAME_DNS, h->host, strlen(h->host));
	gnutls_session_set_ptr(h->session, h);
	gnutls_session_set_verify_function(h->session, on_certificates);
	gnutls_transport_set_int(h->session, fd);
out:
	if (rc == 0)
		return E_OK;
	return fault_set(h->fault, E_CRYPTO, NULL, "cannot begin a TLS session (%s)",
	    gnutls_strerror(rc));
}

void
handshake_end(struct handshake *h)
{
	if (h->session != NULL)
		gnutls_deinit(h->session);
	if (h->credentials != NULL)
		gnutls_certificate_free_credentials(h->credentials);
	chain_clear(&h->chain);
	anchors_clear(&h->anchors);
}

/* Why the handshake failed, when it was not for the certificates. */
static int
handshake_fault(const struct handshake *h, int rc)
{
	const char *alert;

	switch (rc) {
	case GNUTLS_E_FATAL_ALERT_RECEIVED:
		alert = gnutls_alert_get_name(gnutls_alert_get(h->session));
		return fault_set(h->fault, E_NET, NULL,
		    "%.100s refuses the TLS handshake: %s", h->host,
		    alert != NULL ? alert : "unknown alert");
	case GNUTLS_E_UNEXPECTED_PACKET_LENGTH:
	case GNUTLS_E_UNEXPECTED_PACKET:
	case GNUTLS_E_RECORD_OVERFLOW:
	case GNUTLS_E_UNSUPPORTED_VERSION_PACKET:
		return fault_set(h->fault, E_NET, NULL,
		    "%.100s does not speak a version of TLS that we do", h->host);
	case GNUTLS_E_PREMATURE_TERMINATION:
	case GNUTLS_E_PULL_ERROR:
	case GNUTLS_E_PUSH_ERROR:
		return fault_set(h->fault, E_NET, NULL,
		    "%.100s closed the connection during the TLS handshake", h->host);
	default:
		return fault_set(h->fault, E_NET, NULL,
		    "the TLS handshake with %.100s failed: %s", h->host,
		    gnutls_strerror(rc));
	}
}

int
handshake_run(struct handshake *h, int fd)
{
	int rc;

	for (;;) {
		short events = POLLIN;

		if ((rc = gnutls_handshake(h->session)) == 0)
			break;
		if (gnutls_error_is_fatal(rc) != 0)
			break;
		if (gnutls_record_get_direction(h->session) != 0)
			events = POLLOUT;
		if (clock_ticks_ms() >= h->until ||
		    ((rc == GNUTLS_E_AGAIN || rc == GNUTLS_E_INTERRUPTED) &&
			!dial_wait(fd, events, h->until)))
			return fault_set(h->fault, E_NET, NULL,
			    "%.100s took too long for the TLS handshake", h->host);
	}
	if (h->verdict == E_OK &&
	    (rc == 0 || (h->chain_alone && gnutls_certificate_client_get_request_status(
					       h->session) != 0)))
		return E_OK;
	if (h->verdict != E_OK && h->verdict != E_AGAIN)
		return h->verdict;
	return handshake_fault(h, rc);
}
