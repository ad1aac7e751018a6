/* X.509 certificates and private keys: what the operator brings, what gateways take. */
#ifndef GH_CRYPTO_CERTIFICATE_H
#define GH_CRYPTO_CERTIFICATE_H

#include "base/arena.h"
#include "base/err.h"

struct certificate_info {
	const char *subject, *issuer; /* RFC 4514 text */
	const char *common_name;      /* "" when none or several */
	const char *serial;   /* lower-case hex, as `openssl x509 -serial` has it */
	const char *key_kind; /* e.g. "ECDSA P-256", "RSA 2048" */
	int64_t not_before, not_after;
	bool is_ca, self_signed;
	bool
	    client_auth; /* extended key usage names clientAuth itself (absent: false) */
	char sha256[65]; /* of the DER, hex */
};

/* Makes exactly one DER certificate of PEM or DER bytes; a chain gives its first one and
 * *more (NULL allowed) tells how many follow. In the arena. E_INVALID with the reason; also
 * when it is shorter than 256 or longer than 65,535 bytes, since the LoRa Basics Station
 * finds its end by `30 82 hh ll` alone. */
int certificate_der(struct span pem_or_der, struct arena *arena, struct span *der,
    unsigned *more, struct fault *fault);

/* All certificates of a PEM file, in its order; other blocks are passed over. E_INVALID
 * when one is damaged or there is none, E_TOOBIG when there are more than `max`. */
int certificate_list(struct span pem, struct arena *arena, struct span *ders,
    size_t max, size_t *count, struct fault *fault);

/* What stands in it; its texts are in the arena. E_INVALID, E_NOMEM. */
int certificate_inspect(struct span der, struct arena *arena,
    struct certificate_info *info, struct fault *fault);

/* PEM text of a DER certificate, in the arena. */
int certificate_pem(struct span der, struct arena *arena, struct span *pem);

/*
 * Is `der` a client certificate that the CA `ca_der` issued and that is valid at `now`:
 * chain (the CA itself signed it; whether that is a root does not matter), dates of both,
 * basic constraints, key usage of the CA, clientAuth ("any usage" does not count), no
 * SHA-1, MD5 or RSA below 2048 bits? E_DENIED with the reason in `fault`; E_INVALID when
 * it cannot be read.
 */
int certificate_verify_client(
    struct span der, struct span ca_der, int64_t now, struct fault *fault);

/*
 * The EUI-64 that a gateway's certificate names: CN of exactly 16 hex digits, either case
 * (cups.md: authentication by certificate). False otherwise.
 */
bool certificate_eui(const struct certificate_info *info, uint64_t *eui);

/*
 * A private key (PEM or DER, PKCS#1, SEC1 or PKCS#8, not encrypted) in the form that the
 * LoRa Basics Station splits rightly: RSA as PKCS#1 (2048 bits and more), P-256 as SEC1.
 * Its outer length must be in the short form or `82 hh ll`; P-384 SEC1 and PKCS#8 P-256
 * use `81 xx` and do not work. E_INVALID for everything else, with the reason and what to
 * do instead.
 */
int private_key_for_station(
    struct span pem_or_der, struct arena *arena, struct span *der, struct fault *fault);

/* Does this private key belong to this certificate? E_DENIED if not. */
int private_key_matches(struct span key_der, struct span cert_der, struct fault *fault);

/* ---- issuing (a local CA for tests and small fleets) ------------------------------- */

/* A new P-256 key as SEC1 DER. From GnuTLS's own random numbers, which no seed for tests
 * makes repeatable. */
int private_key_new(struct arena *arena, struct span *key_der);
int private_key_pem(struct span key_der, struct arena *arena, struct span *pem);

struct certificate_request {
	const char *common_name;
	const char *const
	    *dns_names; /* NULL at the end; may be NULL (server certificate) */
	const char *const *ip_addresses;
	int64_t not_before, not_after;
	bool ca, server, client; /* what it may be used for */
};

/* Issues a certificate for the public half of `key_der`, signed by the CA, or by itself
 * when `ca_der` is empty. 128-bit random serial number, subject and authority key ids.
 * E_INVALID with the field that is wrong, E_DENIED when `ca_key_der` is not the CA's. */
int certificate_issue(const struct certificate_request *request, struct span key_der,
    struct span ca_der, struct span ca_key_der, struct arena *arena, struct span *der,
    struct fault *fault);

#endif
