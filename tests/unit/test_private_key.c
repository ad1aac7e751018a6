#include "unit.h"

#include <stdlib.h>

#include "base/hex.h"
#include "crypto/certificate.h"
#include "tests/lib/crypto_fixture.h"

static struct arena arena;
static struct fault fault;

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 22);
	fault = (struct fault){0};
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_clear(&arena);
	return 0;
}

static struct span
unhex(const char *hex)
{
	size_t n = strlen(hex) / 2;
	uint8_t *bytes = arena_alloc(&arena, n);

	assert_true(hex_decode(span_str(hex), bytes, n));
	return span_of(bytes, n);
}

static struct span
converted(struct span key)
{
	struct span der;

	if (private_key_for_station(key, &arena, &der, &fault) != E_OK)
		fail_msg("%s", fault.text);
	return der;
}

/*
 * P-256 keys whose numbers are 1 (whose public half is the base point of the curve, so
 * that it can be looked up), the largest one, and ones with a public half that begins
 * with zeros.
 */
static const struct {
	const char *k, *x, *y;
} points[] = {
    {"0000000000000000000000000000000000000000000000000000000000000001",
	"6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
	"4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"},
    {"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550",
	"6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
	"b01cbd1c01e58065711814b583f061e9d431cca994cea1313449bf97c840ae0a"},
    {"000000000000000000000000000000000000000000000000000000000000017b",
	"005543894af3d00ed7d740abdbd75c96b06877b787db5f70eea78b90a8d7c00a",
	"bb4c85a3d8ea29efaafa24406912dd84d5b14dc32bf656ef6c6bd58a5d943f92"},
    {"000000000000000000000000000000000000000000000000000000000000002b",
	"986ae2506f1ff104d04230861d8f4b498f4bc4c6d009b30f7544dc129b82d28d",
	"003cccc0a6460e0ae328a4d97d3c7b61d86fc6289c189f2525110c441bb07e97"},
};

/* SEC1 (RFC 5915) and PKCS#8 (RFC 5958) around it. */
static void
p256_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(points); i++) {
		struct span sec1 = unhex(arena_printf(&arena,
		    "30770201010420%sa00a06082a8648ce3d030107a14403420004%s%s",
		    points[i].k, points[i].x, points[i].y));
		struct span pkcs8 = unhex(arena_printf(&arena,
		    "308187020100301306072a8648ce3d020106082a8648ce3d030107"
		    "046d306b0201010420%sa14403420004%s%s",
		    points[i].k, points[i].x, points[i].y));

		assert_int_equal(sec1.len, 121);
		assert_true(span_eq(converted(sec1), sec1));
		assert_true(span_eq(converted(pkcs8), sec1));
	}
}

/* GnuTLS does not compute the public half; the words say who does. */
static void
without_public_half(void **state)
{
	struct span alone = unhex(arena_printf(&arena,
			"3041020100301306072a8648ce3d020106082a8648ce3d030107"
			"042730250201010420%s",
			points[2].k)),
		    der;

	(void)state;
	refused(private_key_for_station(alone, &arena, &der, &fault), E_INVALID, &fault,
	    "public half, say: openssl ec");
}

/* What OpenSSL wrote in all the ways that there are. */
static void
from_openssl(void **state)
{
	static const char *const files[][2] = {
	    {"key-p256-sec1.der", "key-p256-sec1.der"},
	    {"key-p256-sec1.pem", "key-p256-sec1.der"},
	    {"key-p256-pkcs8.der", "key-p256-sec1.der"},
	    {"key-p256-pkcs8.pem", "key-p256-sec1.der"},
	    {"bundle.pem", "key-p256-sec1.der"},
	    {"key-rsa2048-pkcs1.der", "key-rsa2048-pkcs1.der"},
	    {"key-rsa2048-pkcs1.pem", "key-rsa2048-pkcs1.der"},
	    {"key-rsa2048-pkcs8.der", "key-rsa2048-pkcs1.der"},
	    {"key-rsa2048-pkcs8.pem", "key-rsa2048-pkcs1.der"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++)
		if (!span_eq(converted(data_file(files[i][0], &arena)),
			data_file(files[i][1], &arena)))
			fail_msg("%s is not %s", files[i][0], files[i][1]);
}

static void
outer_length(void **state)
{
	struct span der = converted(data_file("key-rsa2048-pkcs8.pem", &arena));

	(void)state;
	assert_int_equal(der.data[0], 0x30);
	assert_int_equal(der.data[1], 0x82);
	assert_int_equal(der.data[2] << 8 | der.data[3], der.len - 4);
	der = converted(data_file("key-p256-pkcs8.pem", &arena));
	assert_memory_equal(der.data, "\x30\x77", 2);
	assert_int_equal(der.len, 2 + 0x77);
}

/* Each says what to do instead. */
static void
refuses(void **state)
{
	static const char *const files[][2] = {
	    {"key-p384.pem", "ECDSA P-384; use ECDSA P-256 (or RSA 2048): openssl"},
	    {"key-p521.pem", "ECDSA P-521; use ECDSA P-256"},
	    {"key-ed25519.pem", "Ed25519; use ECDSA P-256"},
	    {"key-pss.pem", "RSA-PSS"},
	    {"key-dsa.pem", "DSA"},
	    {"key-rsa1024.pem", "an RSA 1024 key is too weak; use 2048 bits"},
	    {"key-encrypted.pem", "encrypted; take the password off: openssl pkey"},
	    {"key-encrypted.der", "encrypted; take the password off: openssl pkey"},
	    {"key-encrypted-old.pem", "encrypted; take the password off"},
	    {"key-explicit.pem", "openssl ec -in FILE -param_enc named_curve"},
	    {"client.pem", "no private key in it"},
	    {"client.der", "can be read"},
	    {"request.pem", "no private key in it"},
	    {"make.sh", "can be read"},
	};
	struct span der;
	int err;

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		err = private_key_for_station(
		    data_file(files[i][0], &arena), &arena, &der, &fault);
		refused(err, E_INVALID, &fault, files[i][1]);
		assert_int_equal(der.len, 0);
	}
}

static void
refuses_text(void **state)
{
	static const char *const texts[][2] = {
	    {"", "there is no private key"},
	    {"0", "can be read"},
	    {"-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaA==\n"
	     "-----END OPENSSH PRIVATE KEY-----\n",
		"a key of OpenSSH, not of TLS; make one"},
	    {"-----BEGIN SECRET PRIVATE KEY-----\nb3BlbnNzaA==\n"
	     "-----END SECRET PRIVATE KEY-----\n",
		"unknown kind (SECRET PRIVATE KEY)"},
	    {"-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n",
		"damaged"},
	    {"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		"can be read"},
	    {"-----BEGIN PRIVATE KEY-----\nAAAA\n", "no private key in it"},
	    {"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
		"no private key in it"},
	};
	struct span der;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		refused(private_key_for_station(
			    span_str(texts[i][0]), &arena, &der, &fault),
		    E_INVALID, &fault, texts[i][1]);
}

/* A public half that is not on the curve, or that belongs to another number; a modulus
 * that is not the product; bytes that follow. */
static void
refuses_damage(void **state)
{
	struct span good = data_file("key-p256-sec1.der", &arena), der;
	uint8_t *bad = (uint8_t *)arena_dup(&arena, good);

	(void)state;
	bad[100] ^= 1;
	refused(private_key_for_station(span_of(bad, good.len), &arena, &der, &fault),
	    E_INVALID, &fault, "private key");
	bad[100] ^= 1;
	bad[20] ^= 1;
	refused(private_key_for_station(span_of(bad, good.len), &arena, &der, &fault),
	    E_INVALID, &fault, "do not fit together");
	bad[20] ^= 1;
	assert_true(span_eq(converted(span_of(bad, good.len)), good));
	/* With the NUL byte that arena_dup() puts behind. */
	refused(
	    private_key_for_station(span_of(bad, good.len + 1), &arena, &der, &fault),
	    E_INVALID, &fault, "private key");
	good = data_file("key-rsa2048-pkcs1.der", &arena);
	bad = (uint8_t *)arena_dup(&arena, good);
	bad[100] ^= 1;
	refused(private_key_for_station(span_of(bad, good.len), &arena, &der, &fault),
	    E_INVALID, &fault, "private key");
}

static void
no_memory(void **state)
{
	struct arena none;
	struct span der;

	(void)state;
	arena_init(&none, 0);
	assert_int_equal(private_key_for_station(data_file("key-p256-sec1.der", &arena),
			     &none, &der, &fault),
	    E_NOMEM);
	assert_int_equal(private_key_for_station(data_file("key-p256-sec1.pem", &arena),
			     &none, &der, &fault),
	    E_NOMEM);
}

static void
matches(void **state)
{
	struct span crt = data_certificate("client.pem", &arena);

	(void)state;
	assert_int_equal(
	    private_key_matches(data_file("key-p256-sec1.der", &arena), crt, &fault),
	    E_OK);
	assert_int_equal(
	    private_key_matches(data_file("key-p256-pkcs8.pem", &arena), crt, &fault),
	    E_OK);
	refused(private_key_matches(
		    data_file("key-rsa2048-pkcs1.der", &arena), crt, &fault),
	    E_DENIED, &fault, "does not belong");
	refused(private_key_matches(data_file("key-p256-sec1.der", &arena),
		    data_certificate("ca.pem", &arena), &fault),
	    E_DENIED, &fault, "does not belong");
	refused(private_key_matches(span_str("x"), crt, &fault), E_INVALID, &fault,
	    "can be read");
	refused(private_key_matches(
		    data_file("key-p256-sec1.der", &arena), span_str("x"), &fault),
	    E_INVALID, &fault, "certificate");
}

static void
makes_new_ones(void **state)
{
	struct span first, second;

	(void)state;
	assert_int_equal(private_key_new(&arena, &first), E_OK);
	assert_int_equal(private_key_new(&arena, &second), E_OK);
	assert_false(span_eq(first, second));
	assert_true(span_eq(converted(first), first));
	assert_int_equal(first.len, 121);
}

static void
pem_text(void **state)
{
	static const char *const files[][2] = {
	    {"key-p256-sec1.der", "key-p256-sec1.pem"},
	    {"key-p256-pkcs8.der", "key-p256-pkcs8.pem"},
	    {"key-rsa2048-pkcs1.der", "key-rsa2048-pkcs1.pem"},
	    {"key-rsa2048-pkcs8.der", "key-rsa2048-pkcs8.pem"},
	};
	struct span pem;

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		assert_int_equal(
		    private_key_pem(data_file(files[i][0], &arena), &arena, &pem),
		    E_OK);
		if (!span_eq(pem, data_file(files[i][1], &arena)))
			fail_msg("%s is not %s", files[i][0], files[i][1]);
	}
	assert_int_equal(
	    private_key_pem(data_file("client.der", &arena), &arena, &pem), E_INVALID);
	assert_int_equal(private_key_pem(span_of(NULL, 0), &arena, &pem), E_INVALID);
	assert_int_equal(
	    private_key_pem(span_of("\x30\x80", 2), &arena, &pem), E_INVALID);
	assert_int_equal(
	    private_key_pem(span_of("\x30\xff\x02\x01\x00\x30", 6), &arena, &pem),
	    E_INVALID);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(p256_bytes),
	    T(without_public_half),
	    T(from_openssl),
	    T(outer_length),
	    T(refuses),
	    T(refuses_text),
	    T(refuses_damage),
	    T(no_memory),
	    T(matches),
	    T(makes_new_ones),
	    T(pem_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
