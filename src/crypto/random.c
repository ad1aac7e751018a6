#include "crypto/random.h"

#include <stdbool.h>

#include <gnutls/crypto.h>

#include "base/err.h"

static bool seeded;
static uint64_t state;

/* splitmix64: repeatable, and nothing more is asked of it. */
static uint8_t
next_for_tests(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return (uint8_t)(z ^ z >> 31);
}

int
random_bytes(void *out, size_t n)
{
	uint8_t *at = out;

	if (!seeded)
		return gnutls_rnd(GNUTLS_RND_KEY, out, n) == 0 ? E_OK : E_CRYPTO;
	while (n-- > 0)
		*at++ = next_for_tests();
	return E_OK;
}

void
random_seed_for_tests(uint64_t seed)
{
	seeded = seed != 0;
	state = seed;
}
