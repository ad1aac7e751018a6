/*
 * A connection as a LoRa Basics Station makes it: TCP, or TLS 1.0 to 1.2 with SNI, host
 * name and dates checked, against one trusted certificate, with a client certificate if it
 * has one; or as The Things Kickstarter Gateway does: TLS 1.2 alone, without SNI and without
 * a look at the host name. Dials out: for the command line only.
 */
#ifndef GH_CRYPTO_STREAM_H
#define GH_CRYPTO_STREAM_H

#include "base/arena.h"
#include "base/err.h"

struct stream;

struct stream_options {
	const char *host;
	uint16_t port;
	bool tls;
	bool kickstarter;	      /* as that gateway, in what is different */
	struct span trust;	      /* PEM or DER; empty: the system's roots */
	struct span certificate, key; /* of the client, PEM or DER; empty: none */
	int64_t now;		      /* seconds, for the dates of certificates */
	int64_t until; /* of everything with this stream, in clock_ticks_ms() */
};

/* What TLS told; all "" and 0 without TLS. In the arena. */
struct stream_peer {
	const char *version; /* "TLS1.2" */
	const char *subject, *root_subject;
	int64_t chain_expires;	/* the earliest end of any certificate in the chain */
	bool wants_certificate; /* the server asked for one */
};

/* E_NET with the reason in words (does not resolve, refused, unknown issuer, expired, wrong
 * host name, time is up…); E_INVALID (trust, certificate or key). */
int stream_open(
    const struct stream_options *options, struct stream **stream, struct fault *fault);

/* As one piece, in one TLS record where it fits. E_NET. */
int stream_write(struct stream *s, struct span bytes, struct fault *fault);

/* Waits for bytes; *got is 0 when the other end has closed, with or without a notice. */
int stream_read(
    struct stream *s, void *buf, size_t size, size_t *got, struct fault *fault);

/* Did the other end close by a reset? */
bool stream_was_reset(const struct stream *s);

/* E_NOMEM. */
int stream_peer(struct stream *s, struct arena *arena, struct stream_peer *peer);

/* Closes without a notice, as stations do. NULL is allowed. */
void stream_close(struct stream *s);

#endif
