/* From the certificates that a server sent to the root that it is trusted by. Only for
 * this folder. */
#ifndef GH_CRYPTO_CHAIN_H
#define GH_CRYPTO_CHAIN_H

#include "crypto/x509.h"

#define CHAIN_MAX 16

struct anchors {
	gnutls_x509_crt_t *certs;
	unsigned count;
};

/* All of a PEM text, or the system's when it is empty. E_INVALID, E_NET (the system has
 * none), E_NOMEM. */
int anchors_load(struct span pem, struct anchors *anchors, struct fault *fault);
void anchors_clear(struct anchors *anchors);

struct chain {
	gnutls_x509_crt_t sent[CHAIN_MAX]; /* as the server sent them; owned */
	unsigned sent_count;
	gnutls_x509_crt_t certs[CHAIN_MAX]; /* the server's own, then who signed it… */
	unsigned count;
	gnutls_x509_crt_t anchor; /* …up to one that the anchor signed, or that it is */
};

/* What the server sent. E_NET when it is nothing that can be read. */
int chain_init(struct chain *chain, const gnutls_datum_t *ders, unsigned count,
    struct fault *fault);
void chain_clear(struct chain *chain);

/*
 * Finds the way to an anchor, and verifies it: signatures, what each may be used for,
 * dates, and that the first one is for `host` (NULL: any). E_NET with the reason.
 */
int chain_verify(struct chain *chain, const struct anchors *anchors, const char *host,
    int64_t now, struct fault *fault);

/* The certificates in the chain, the anchor among them. */
unsigned chain_length(const struct chain *chain);

#endif
