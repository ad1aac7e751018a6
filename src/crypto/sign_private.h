/* What the files about signatures share. Only for this folder. */
#ifndef GH_CRYPTO_SIGN_PRIVATE_H
#define GH_CRYPTO_SIGN_PRIVATE_H

#include <gnutls/abstract.h>

#include "base/strbuf.h"
#include "crypto/sign.h"
#include "crypto/x509.h"

#define SIGN_PIN_MAX 256

struct sign_key {
	gnutls_privkey_t private;
	uint8_t point[SIGN_POINT];
	char pin[SIGN_PIN_MAX]; /* of its token; "": none is known */
	const char *pin_fault;	/* why the token was not given a PIN; NULL */
};

/* The point of an object; E_INVALID when it is not of P-256. */
int sign_export(gnutls_pubkey_t key, uint8_t point[SIGN_POINT], struct fault *fault);

/* A file that is for its owner alone, who is us or root, and no symbolic link. */
int sign_read_private(const char *path, struct strbuf *out, struct fault *fault);

/* Opens a key in a token: fills `private` and `point`. */
int sign_token_open(const char *uri, const struct sign_token *token,
    struct sign_key *key, struct fault *fault);

#endif
