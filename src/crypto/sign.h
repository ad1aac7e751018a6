/*
 * Signatures of firmware as LoRa Basics Station verifies them: ECDSA on NIST P-256 over
 * SHA-512, DER encoded. A public key is the bare point X‖Y, which is the content of the
 * gateway's `sig-N.key`; its CRC-32 is what the gateway lists (spec: firmware over CUPS).
 *
 * Private keys are only for the program gatehouse-sign; everything else makes do with
 * points, digests and signatures.
 */
#ifndef GH_CRYPTO_SIGN_H
#define GH_CRYPTO_SIGN_H

#include "base/arena.h"
#include "base/err.h"
#include "crypto/digest.h"

#define SIGN_POINT 64	/* X and Y, 32 bytes each, big-endian */
#define SIGN_DER_MIN 8	/* two numbers of one byte */
#define SIGN_DER_MAX 72 /* two numbers of 33 bytes */

struct sign_der {
	uint8_t bytes[SIGN_DER_MAX];
	size_t len;
};

/* ---- public: points and signatures -------------------------------------------------- */

/* What the gateway lists for this key in `keys`. */
uint32_t sign_point_crc(const uint8_t point[SIGN_POINT]);

/* Is it a point of the curve? E_INVALID with words. */
int sign_point_check(const uint8_t point[SIGN_POINT], struct fault *fault);

/*
 * The point of a public key as somebody brings it: the 64 bytes of a `sig-N.key`, or a
 * public key, certificate or private key of P-256 (PEM or DER, not encrypted; only the
 * public part is kept). E_INVALID with the reason.
 */
int sign_point_read(struct span bytes, uint8_t point[SIGN_POINT], struct fault *fault);

/* Has it a private key in it, whatever else? */
bool sign_has_private(struct span bytes);

/* The same point as PEM text ("PUBLIC KEY"), in the arena, for `openssl dgst -verify`. */
int sign_point_pem(
    const uint8_t point[SIGN_POINT], struct arena *arena, struct span *pem);

/*
 * Is this exactly the DER of two numbers from 1 to the order of the curve less one: lengths
 * in their shortest form, no number with a needless zero byte or below zero, nothing behind
 * it? E_INVALID with words. What verifiers disagree about never gets to a gateway.
 */
int sign_der_check(struct span der, struct fault *fault);

/* E_OK; E_INVALID (not canonical, see above, or no point); E_DENIED: not a signature of this
 * digest by this key. */
int sign_verify(const uint8_t point[SIGN_POINT], const uint8_t digest[SHA512_SIZE],
    struct span der, struct fault *fault);

/* ---- private keys: for gatehouse-sign ------------------------------------------------- */

struct sign_key;

/*
 * Opens a private key of P-256.
 *
 * A path: a PEM file that is no symbolic link, belongs to us or root, and is for its owner
 * alone (mode 0600 or stricter).
 *
 * `pkcs11:...` (RFC 7512): a key in a token. Its query may name the module
 * (`module-path=/usr/lib/softhsm/libsofthsm2.so`; else those of p11-kit) and the file with
 * the PIN (`pin-source=/path` or `pin-source=file:/path`); `module` and `pin_file` are for
 * the same and go before it, NULL: none. The PIN's file is as private as a key's. A PIN in
 * the URI is refused, since arguments are for all to see; a wrong one is tried once.
 *
 * E_NOTFOUND, E_PERM, E_INVALID (no key, encrypted, another kind), E_DENIED (PIN), E_CRYPTO.
 */
struct sign_token {
	const char *module, *pin_file;
};
int sign_key_open(const char *where, const struct sign_token *token,
    struct sign_key **key, struct fault *fault);

/* Wipes; NULL is allowed. */
void sign_key_close(struct sign_key *key);

/* Borrowed until the key is closed. */
const uint8_t *sign_key_point(const struct sign_key *key);
uint32_t sign_key_crc(const struct sign_key *key);

/* Signs, and verifies what it made before it is given out. E_CRYPTO. */
int sign_digest(struct sign_key *key, const uint8_t digest[SHA512_SIZE],
    struct sign_der *out, struct fault *fault);

/* Makes a key in a new PEM file (mode 0600, on the disk when this returns) and gives its
 * point. E_EXISTS when there is something of this name. */
int sign_key_create(const char *path, uint8_t point[SIGN_POINT], struct fault *fault);

#endif
