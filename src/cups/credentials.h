/*
 * The credentials blob of a gateway: trust ‖ client certificate ‖ key or token.
 *
 *	trust		one DER certificate
 *	certificate	one DER certificate, or 4 zero bytes
 *	key		DER private key; 4 zero bytes; or text to the end: one header line
 *			`Name: value\r\n`
 *
 * Three forms are sent: token (trust, 0000, line), client certificate (trust, certificate,
 * key) and server authentication only (trust, 0000, 0000).
 */
#ifndef GH_CUPS_CREDENTIALS_H
#define GH_CUPS_CREDENTIALS_H

#include "base/arena.h"
#include "base/err.h"
#include "registry/gateway.h"
#include "registry/lns.h"
#include "registry/trust.h"

/* CRC-32 that a gateway reports for a set of no files at all: that of 12 zero bytes. */
#define CREDENTIALS_NONE_CRC 2077607535u

enum credentials_kind {
	CREDENTIALS_NONE, /* none are wanted (no TLS, or the gateway keeps what it has) */
	CREDENTIALS_TOKEN,
	CREDENTIALS_CERTIFICATE,
	CREDENTIALS_SERVER_ONLY
};

/* A blob that is wanted, by its parts; nothing is opened yet. The parts are borrowed. */
struct credentials {
	enum credentials_kind kind;
	const struct trust *trust;
	const struct secret *secret; /* the token, or the private key */
	int token_form;		     /* enum token_form, for a bare token */
	struct span certificate;
	uint64_t certificate_crc;
};

/* CRC-32 of the blob as it would be sent, from the CRCs of its parts. */
uint32_t credentials_crc(const struct credentials *c);

/* What goes before the secret in the line: "", "Authorization: " or more. */
const char *credentials_prefix(const struct secret *secret, int token_form);

/*
 * Builds the blob in the arena from the parts and the opened secret, then takes it apart
 * again as the reference client does. E_INVALID with the reason when that fails: such a
 * blob must not be sent.
 */
int credentials_build(const struct credentials *c, struct span opened,
    struct arena *arena, struct span *blob, struct fault *fault);

struct credentials_parts {
	struct span trust, certificate, key; /* the last two empty when absent */
	bool token;			     /* the key is text */
};

/*
 * Splits a blob as the reference client does: by ASN.1 lengths in the short form or as
 * `82 hh ll`. E_INVALID with what is wrong where that client would reject, misread or
 * crash.
 */
int credentials_split(
    struct span blob, struct credentials_parts *parts, struct fault *fault);

/*
 * Looks at a secret as somebody entered it and fills its form, CRC and length (not
 * `sealed`). A private key must be DER already (crypto/certificate.h makes it so).
 * E_INVALID when it is empty, too long, or has characters that no header line may have.
 */
int secret_describe(
    struct span plain, bool private_key, struct secret *secret, struct fault *fault);

#endif
