#include "crypto/digest.h"

#include <stdlib.h>

#include <gnutls/crypto.h>

#include "base/err.h"

struct sha256_state {
	gnutls_hash_hd_t hash;
};

int
sha256(struct span bytes, uint8_t out[SHA256_SIZE])
{
	int rc = gnutls_hash_fast(GNUTLS_DIG_SHA256, bytes.data, bytes.len, out);

	return rc == 0 ? E_OK : E_CRYPTO;
}

int
sha512(struct span bytes, uint8_t out[SHA512_SIZE])
{
	int rc = gnutls_hash_fast(GNUTLS_DIG_SHA512, bytes.data, bytes.len, out);

	return rc == 0 ? E_OK : E_CRYPTO;
}

int
sha256_begin(struct sha256_state **state)
{
	int rc;

	if ((*state = malloc(sizeof **state)) == NULL)
		return E_NOMEM;
	if ((rc = gnutls_hash_init(&(*state)->hash, GNUTLS_DIG_SHA256)) == 0)
		return E_OK;
	free(*state);
	*state = NULL;
	return rc == GNUTLS_E_MEMORY_ERROR ? E_NOMEM : E_CRYPTO;
}

int
sha256_add(struct sha256_state *state, struct span bytes)
{
	if (bytes.len == 0)
		return E_OK;
	return gnutls_hash(state->hash, bytes.data, bytes.len) == 0 ? E_OK : E_CRYPTO;
}

void
sha256_end(struct sha256_state *state, uint8_t out[SHA256_SIZE])
{
	gnutls_hash_deinit(state->hash, out);
	free(state);
}

/* ---- both ---------------------------------------------------------------------------- */

struct digests_state {
	gnutls_hash_hd_t sha256, sha512;
	uint64_t size;
};

int
digests_begin(struct digests_state **state)
{
	struct digests_state *s = calloc(1, sizeof *s);
	int rc;

	*state = NULL;
	if (s == NULL)
		return E_NOMEM;
	if ((rc = gnutls_hash_init(&s->sha256, GNUTLS_DIG_SHA256)) == 0 &&
	    (rc = gnutls_hash_init(&s->sha512, GNUTLS_DIG_SHA512)) != 0)
		gnutls_hash_deinit(s->sha256, NULL);
	if (rc == 0)
		*state = s;
	else
		free(s);
	if (rc == 0)
		return E_OK;
	return rc == GNUTLS_E_MEMORY_ERROR ? E_NOMEM : E_CRYPTO;
}

int
digests_add(struct digests_state *state, struct span bytes)
{
	if (bytes.len == 0)
		return E_OK;
	state->size += bytes.len;
	if (gnutls_hash(state->sha256, bytes.data, bytes.len) != 0 ||
	    gnutls_hash(state->sha512, bytes.data, bytes.len) != 0)
		return E_CRYPTO;
	return E_OK;
}

void
digests_end(struct digests_state *state, struct digests *out)
{
	if (out != NULL)
		out->size = state->size;
	gnutls_hash_deinit(state->sha256, out != NULL ? out->sha256 : NULL);
	gnutls_hash_deinit(state->sha512, out != NULL ? out->sha512 : NULL);
	free(state);
}

bool
equal_secret(struct span a, struct span b)
{
	return a.len == b.len &&
	       (a.len == 0 || gnutls_memcmp(a.data, b.data, a.len) == 0);
}
