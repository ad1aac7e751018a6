/* Finding the one root certificate that a gateway must trust. Dials out: command line
 * and `gatehouse tick` only, never a web-facing program. */
#ifndef GH_CRYPTO_TRUST_H
#define GH_CRYPTO_TRUST_H

#include "base/arena.h"
#include "base/err.h"

struct trust_found {
	struct span root;      /* DER of the root (or anchor) of the verified chain */
	int64_t chain_expires; /* the earliest end of any certificate in the chain */
	int64_t root_expires;
	unsigned chain_length; /* the root counts */
	const char *root_subject, *server_subject;
};

/*
 * Connects to host:port (a name or an IP address) by TLS (SNI, host name check, TLS 1.2 and 1.3), verifies the chain
 * against `anchors` (PEM; empty: the system's) and gives the root of the verified chain, in
 * the arena. Waits at most `wait_ms` in all. E_NET with the reason in words (does not
 * resolve, refused, times out, expired, host name, unknown issuer); E_INVALID for `anchors`
 * or `host`. A server that wants a client certificate need not get one. Dates are compared
 * with `now`. A name that resolves slowly is looked up in a thread that may outlive the call.
 */
int trust_fetch(const char *host, uint16_t port, struct span anchors, int64_t now,
    int wait_ms, struct arena *arena, struct trust_found *found, struct fault *fault);

#endif
