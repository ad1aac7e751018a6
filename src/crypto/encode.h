/* Base64 (RFC 4648 with padding), through GnuTLS. */
#ifndef GH_CRYPTO_ENCODE_H
#define GH_CRYPTO_ENCODE_H

#include "base/arena.h"
#include "base/strbuf.h"

/* Appends the base64 text; errors stick in `out`. */
void base64_encode(struct span bytes, struct strbuf *out);

/* Decodes into the arena; white space is not allowed, padding is required. E_INVALID,
 * E_NOMEM. */
int base64_decode(struct span text, struct arena *arena, struct span *bytes);

#endif
