/* random.h, digest.h, encode.h */
#include "unit.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/hex.h"
#include "crypto/digest.h"
#include "crypto/encode.h"
#include "crypto/random.h"

static void
random_differs(void **state)
{
	uint8_t a[32] = {0}, b[32] = {0}, zero[32] = {0};

	(void)state;
	assert_int_equal(random_bytes(a, sizeof a), E_OK);
	assert_int_equal(random_bytes(b, sizeof b), E_OK);
	assert_memory_not_equal(a, zero, sizeof a);
	assert_memory_not_equal(a, b, sizeof a);
	assert_int_equal(random_bytes(a, 0), E_OK);
}

/* The examples of FIPS 180-4. */
static void
digests(void **state)
{
	uint8_t out[64];
	char hex[129];

	(void)state;
	assert_int_equal(sha256(span_str("abc"), out), E_OK);
	hex_encode(out, SHA256_SIZE, hex);
	assert_string_equal(
	    hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(sha256(span_of(NULL, 0), out), E_OK);
	hex_encode(out, SHA256_SIZE, hex);
	assert_string_equal(
	    hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_int_equal(sha512(span_str("abc"), out), E_OK);
	hex_encode(out, SHA512_SIZE, hex);
	assert_string_equal(hex,
	    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

static void
digest_in_pieces(void **state)
{
	struct sha256_state *pieces;
	uint8_t out[SHA256_SIZE], whole[SHA256_SIZE];

	(void)state;
	assert_int_equal(sha256_begin(&pieces), E_OK);
	assert_int_equal(sha256_add(pieces, span_str("a")), E_OK);
	assert_int_equal(sha256_add(pieces, span_of(NULL, 0)), E_OK);
	assert_int_equal(sha256_add(pieces, span_str("bc")), E_OK);
	sha256_end(pieces, out);
	sha256(span_str("abc"), whole);
	assert_memory_equal(out, whole, sizeof out);
}

static void
secrets_compare(void **state)
{
	(void)state;
	assert_true(equal_secret(span_str("secret"), span_str("secret")));
	assert_false(equal_secret(span_str("secret"), span_str("secreT")));
	assert_false(equal_secret(span_str("Secret"), span_str("secret")));
	assert_false(equal_secret(span_str("secret"), span_str("secre")));
	assert_true(equal_secret(span_of(NULL, 0), span_str("")));
	assert_false(equal_secret(span_of(NULL, 0), span_str("x")));
}

/* RFC 4648, section 10. */
static const char *const vectors[][2] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
    {"\xfb\xff\xfe", "+//+"},
};

static void
base64_both_ways(void **state)
{
	struct arena arena;
	struct strbuf text;
	struct span bytes;

	(void)state;
	arena_init(&arena, 65536);
	strbuf_init(&text, 100);
	for (size_t i = 0; i < COUNT(vectors); i++) {
		strbuf_reset(&text);
		base64_encode(span_str(vectors[i][0]), &text);
		assert_string_equal(strbuf_str(&text), vectors[i][1]);
		assert_int_equal(
		    base64_decode(span_str(vectors[i][1]), &arena, &bytes), E_OK);
		assert_true(span_is(bytes, vectors[i][0]));
	}
	strbuf_clear(&text);
	arena_clear(&arena);
}

static void
base64_refuses(void **state)
{
	static const char *const bad[] = {"Zg", "Zg=", "Zg==\n",
	    " Zg==", "Zg= =", "Z===", "====", "=", "Zh==", "Zm9=", "Zm9v=", "Zm-_",
	    "Zm9vZg==Zg==", "Zg==Zm9v", "Zm\n9v", "Zm9vY", "Zm\xc3\xa9", "Zm9v    ",
	    "Zm\n9\r\nvY", "Zm\t9vYg="};
	struct arena arena;
	struct span bytes;

	(void)state;
	arena_init(&arena, 65536);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (base64_decode(span_str(bad[i]), &arena, &bytes) != E_INVALID)
			fail_msg("took \"%s\"", bad[i]);
	assert_int_equal(base64_decode(span_of("Zm\0v", 4), &arena, &bytes), E_INVALID);
	arena_clear(&arena);
}

static void
base64_limits(void **state)
{
	struct arena arena;
	struct strbuf text;
	struct span bytes;

	(void)state;
	strbuf_init(&text, 7);
	base64_encode(span_str("foob"), &text);
	assert_int_equal(text.err, E_TOOBIG);
	strbuf_clear(&text);
	arena_init(&arena, 0);
	assert_int_equal(base64_decode(span_str("Zm9v"), &arena, &bytes), E_NOMEM);
	assert_int_equal(bytes.len, 0);
	arena_clear(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(random_differs),
	    cmocka_unit_test(digests),
	    cmocka_unit_test(digest_in_pieces),
	    cmocka_unit_test(secrets_compare),
	    cmocka_unit_test(base64_both_ways),
	    cmocka_unit_test(base64_refuses),
	    cmocka_unit_test(base64_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
