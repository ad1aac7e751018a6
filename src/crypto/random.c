#include "crypto/random.h"

#include <gnutls/crypto.h>

#include "base/err.h"

int
random_bytes(void *out, size_t n)
{
	return gnutls_rnd(GNUTLS_RND_KEY, out, n) == 0 ? E_OK : E_CRYPTO;
}
