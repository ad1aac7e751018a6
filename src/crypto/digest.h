/* Digests and comparing them. */
#ifndef GH_CRYPTO_DIGEST_H
#define GH_CRYPTO_DIGEST_H

#include "base/span.h"

#define SHA256_SIZE 32
#define SHA512_SIZE 64

/* E_CRYPTO only when the library fails its self-test. */
int sha256(struct span bytes, uint8_t out[SHA256_SIZE]);
int sha512(struct span bytes, uint8_t out[SHA512_SIZE]);

/* Of something that comes in pieces. */
struct sha256_state;
int sha256_begin(struct sha256_state **state);
int sha256_add(struct sha256_state *state, struct span bytes);
/* Frees the state. */
void sha256_end(struct sha256_state *state, uint8_t out[SHA256_SIZE]);

/* Both at once, in one pass over something large. */
struct digests {
	uint8_t sha256[SHA256_SIZE], sha512[SHA512_SIZE];
	uint64_t size; /* bytes that went in */
};
struct digests_state;
int digests_begin(struct digests_state **state);
int digests_add(struct digests_state *state, struct span bytes);
/* Frees the state; `out` may be NULL. */
void digests_end(struct digests_state *state, struct digests *out);

/* In a time that does not depend on where they differ. Lengths are no secret. */
bool equal_secret(struct span a, struct span b);

#endif
