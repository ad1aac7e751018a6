/*
 * Signatures and public keys from outside. DER that is taken is the only way to write its
 * two numbers, and nothing but the one signature that is known verifies.
 */
#include "fuzz.h"

#include "base/hex.h"
#include "crypto/sign.h"

/* By OpenSSL, over the SHA-512 of "firmware of a gateway" and a line end. */
static const char point_hex[] =
    "241d3277cf1edf8ef6033868050a17b149e0218ac3dbc0477d62b8e11f1866dc"
    "96169d5f70cb841121b64fa529c510eabe9b361b2ea403e9b39405dee1434602";
static const char digest_hex[] =
    "b6ec02bbe0c0b9ee0086cf91a3bf01c26a7e96e3ed53331a6187cf519a979307"
    "4f409b314935e3b1a31250c08faf0169cd77f74229e3c253838fd7a10a0fb39a";
static const char *const good_hex[] = {
    "30460221008efc5487902cbc2f7e6e8df0bf163f2bca06e4296ce06b6fd0158674382205ea"
    "022100b5c2c45de33cf4d14fa57cb5e5135bc19600ecb7afc7c9fcd9cca482e1fac8ab",
    "3043022017c15a06267314798ff6c2e98c798a89ca947e9d3abb411b9cd64ca4937fa83a"
    "021f65a0d153a755ca6d77be4ee29c688b622e4ee6e5d416f337ace3de33b79317"};

static bool
known(struct span der)
{
	uint8_t good[SIGN_DER_MAX];

	for (size_t i = 0; i < sizeof good_hex / sizeof good_hex[0]; i++) {
		size_t n = strlen(good_hex[i]) / 2;

		must(hex_decode(span_str(good_hex[i]), good, n));
		/* The other square root of a signature verifies as well. */
		if (span_eq(der, span_of(good, n)) ||
		    (der.len > 36 && memcmp(der.data + 2, good + 2, 34) == 0))
			return true;
	}
	return false;
}

/* Written once more, from its two numbers. */
static void
canonical(struct span der)
{
	uint8_t again[SIGN_DER_MAX];
	size_t r = der.data[3], s = der.data[5 + r], n = 0;

	must(der.len == 6 + r + s);
	again[n++] = 0x30;
	again[n++] = (uint8_t)(4 + r + s);
	again[n++] = 0x02;
	again[n++] = (uint8_t)r;
	memcpy(again + n, der.data + 4, r);
	n += r;
	again[n++] = 0x02;
	again[n++] = (uint8_t)s;
	memcpy(again + n, der.data + 6 + r, s);
	must(span_eq(der, span_of(again, n + s)));
}

static void
points(struct span input)
{
	uint8_t point[SIGN_POINT], again[SIGN_POINT];
	struct fault fault = {0};
	struct arena arena;
	struct span pem;

	if (sign_point_read(input, point, &fault) != E_OK) {
		must(fault.text[0] != '\0');
		return;
	}
	arena_init(&arena, 1 << 20);
	must(sign_point_check(point, NULL) == E_OK);
	must(sign_point_pem(point, &arena, &pem) == E_OK);
	must(sign_point_read(pem, again, NULL) == E_OK);
	must(memcmp(point, again, sizeof point) == 0);
	arena_clear(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t point[SIGN_POINT], digest[SHA512_SIZE];
	struct span input = span_of(data, size);
	struct fault fault = {0};
	int err;

	must(hex_decode(span_str(point_hex), point, sizeof point));
	must(hex_decode(span_str(digest_hex), digest, sizeof digest));
	if (sign_der_check(input, &fault) == E_OK)
		canonical(input);
	else
		must(fault.text[0] != '\0');
	err = sign_verify(point, digest, input, &fault);
	must(err == E_OK || err == E_DENIED || err == E_INVALID);
	must(err != E_OK || known(input));
	points(input);
	return 0;
}
