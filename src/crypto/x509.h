/* What the files about certificates share: GnuTLS's objects in and out. Only for this
 * folder. */
#ifndef GH_CRYPTO_X509_H
#define GH_CRYPTO_X509_H

#include <gnutls/x509.h>

#include "base/arena.h"
#include "base/err.h"

static inline gnutls_datum_t
x509_datum(struct span s)
{
	return (gnutls_datum_t){(unsigned char *)s.data, (unsigned)s.len};
}

/* Copies into the arena, with a NUL byte after it, and wipes and frees what GnuTLS gave.
 * E_NOMEM. */
int x509_keep(gnutls_datum_t *datum, struct arena *arena, struct span *out);

/* Makes an object that the caller deinits; E_INVALID with the reason, E_NOMEM. */
int x509_read(struct span der, gnutls_x509_crt_t *crt, struct fault *fault);

/* The same for a private key, PEM or DER; see private_key_for_station(). */
int x509_read_key(struct span pem_or_der, struct arena *arena,
    gnutls_x509_privkey_t *key, struct fault *fault);

/* A number in exactly 32 bytes: GnuTLS may give it with a zero in front, or shorter. False
 * when it is larger. */
bool x509_put_number(uint8_t out[32], const gnutls_datum_t *number);

/* "ECDSA P-256", "RSA 2048", … */
#define X509_KIND 48
const char *x509_kind(
    int algorithm, unsigned bits, gnutls_ecc_curve_t curve, char out[X509_KIND]);

/* The beginning and end of its time; false when it has none that can be read. */
bool x509_dates(gnutls_x509_crt_t crt, int64_t *not_before, int64_t *not_after);

/* "expired on …" or "is not valid before …"; E_OK within its time. */
int x509_check_dates(
    gnutls_x509_crt_t crt, const char *what, int64_t now, int err, struct fault *fault);

struct x509_chain {
	gnutls_x509_crt_t *certs; /* the end entity first */
	unsigned count;
	gnutls_x509_crt_t anchor;
};

/* Signatures, constraints and strength from the first one up to the anchor, without the
 * dates. `err` with the reason when something is wrong. */
int x509_verify(const struct x509_chain *chain, int err, struct fault *fault);

/* Does the extended key usage name this purpose? `absent` is the answer when there is no
 * such extension. "Any purpose" counts for nothing but `any`. */
bool x509_purpose(gnutls_x509_crt_t crt, const char *oid, bool absent, bool any);

/* RFC 4514 text of the subject or issuer, cut to fit; for messages. */
#define X509_NAME 128
const char *x509_subject(gnutls_x509_crt_t crt, char out[X509_NAME]);
const char *x509_issuer(gnutls_x509_crt_t crt, char out[X509_NAME]);

#endif
