/* The TLS handshake with a server whose chain is verified at once. Only for this folder. */
#ifndef GH_CRYPTO_HANDSHAKE_H
#define GH_CRYPTO_HANDSHAKE_H

#include "crypto/chain.h"

#define HANDSHAKE_HOST 254

struct handshake {
	/* To fill in, beside handshake_host() and anchors_load(). */
	const char *priority; /* of GnuTLS */
	int64_t now;	      /* seconds, for the dates of certificates */
	int64_t until;	      /* clock_ticks_ms() */
	struct fault *fault;
	/* A server that wants a client certificate refuses us after it has shown its chain:
	 * is that enough? */
	bool chain_alone;
	bool nameless; /* say and check no host name */
	/* Filled in. */
	char host[HANDSHAKE_HOST]; /* without brackets and final point */
	struct anchors anchors;
	gnutls_session_t session;
	gnutls_certificate_credentials_t credentials;
	struct chain chain;
	int verdict; /* on the chain; E_AGAIN until the server has shown it */
};

/* Takes the host's name or address as people write it: "[::1]", "example.com.". E_INVALID. */
int handshake_host(struct handshake *h, const char *host);

/* Makes the session over the socket, which does not block; a client certificate may be
 * put into h->credentials then. E_CRYPTO. */
int handshake_begin(struct handshake *h, int fd);

/* Shakes hands. E_NET with the reason. */
int handshake_run(struct handshake *h, int fd);

/* Frees everything; safe on a zeroed struct. Does not close the socket. */
void handshake_end(struct handshake *h);

#endif
