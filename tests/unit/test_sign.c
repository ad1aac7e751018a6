/* Signatures of firmware: points, strict DER, verifying, and private keys in files. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crc.h"
#include "base/hex.h"
#include "crypto/sign.h"
#include "crypto/sign_client.h"
#include "tests/lib/crypto_fixture.h"

static struct arena arena;
static struct fault fault;

static int
begin(void **state)
{
	(void)state;
	arena_init(&arena, 8 << 20);
	memset(&fault, 0, sizeof fault);
	folder_make();
	return 0;
}

static int
end(void **state)
{
	(void)state;
	folder_remove();
	arena_clear(&arena);
	return 0;
}

/* ---- what OpenSSL made --------------------------------------------------------------------- */

/* `openssl pkey -in key-p256-sec1.pem -pubout`, its last 64 bytes. */
#define POINT                                                              \
	"241d3277cf1edf8ef6033868050a17b149e0218ac3dbc0477d62b8e11f1866dc" \
	"96169d5f70cb841121b64fa529c510eabe9b361b2ea403e9b39405dee1434602"

/* `openssl dgst -sha512` of the text "firmware of a gateway" and a line end. */
#define FIRMWARE "firmware of a gateway\n"
#define DIGEST                                                             \
	"b6ec02bbe0c0b9ee0086cf91a3bf01c26a7e96e3ed53331a6187cf519a979307" \
	"4f409b314935e3b1a31250c08faf0169cd77f74229e3c253838fd7a10a0fb39a"

/* The numbers of one signature by `openssl dgst -sha512 -sign`, both with their highest bit
 * set, and the whole of another one that is short. */
#define R "8efc5487902cbc2f7e6e8df0bf163f2bca06e4296ce06b6fd0158674382205ea"
#define S "b5c2c45de33cf4d14fa57cb5e5135bc19600ecb7afc7c9fcd9cca482e1fac8ab"
#define SHORT                                                                  \
	"3043022017c15a06267314798ff6c2e98c798a89ca947e9d3abb411b9cd64ca4937f" \
	"a83a021f65a0d153a755ca6d77be4ee29c688b622e4ee6e5d416f337ace3de33b79317"

/* The order of the curve, and it less one. */
#define ORDER "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"
#define ORDER_1 "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"

static struct span
from_hex(const char *text)
{
	size_t n = strlen(text) / 2;
	uint8_t *bytes = arena_alloc(&arena, n + 1);

	assert_non_null(bytes);
	if (!hex_decode(span_of(text, 2 * n), bytes, n))
		fail_msg("not hex: %s", text);
	return span_of(bytes, n);
}

static const uint8_t *
point(void)
{
	return from_hex(POINT).data;
}

static const uint8_t *
digest(void)
{
	return from_hex(DIGEST).data;
}

static void
digest_is_that_of_openssl(void **state)
{
	uint8_t own[SHA512_SIZE];

	(void)state;
	assert_int_equal(sha512(BYTES(FIRMWARE), own), E_OK);
	assert_memory_equal(own, digest(), SHA512_SIZE);
}

static void
both_digests_in_one_pass(void **state)
{
	/* Of nothing, by sha256sum and sha512sum. */
	struct span none256 = from_hex("e3b0c44298fc1c149afbf4c8996fb924"
				       "27ae41e4649b934ca495991b7852b855"),
		    none512 = from_hex("cf83e1357eefb8bdf1542850d66d8007"
				       "d620e4050b5715dc83f4a921d36ce9ce"
				       "47d0d13c5d85f2b0ff8318d2877eec2f"
				       "63b931bd47417a81a538327af927da3e");
	uint8_t want[SHA256_SIZE];
	struct digests_state *s;
	struct digests d;

	(void)state;
	assert_int_equal(digests_begin(&s), E_OK);
	digests_end(s, &d);
	assert_memory_equal(d.sha256, none256.data, SHA256_SIZE);
	assert_memory_equal(d.sha512, none512.data, SHA512_SIZE);
	assert_int_equal(d.size, 0);

	assert_int_equal(digests_begin(&s), E_OK);
	for (const char *at = FIRMWARE; *at != '\0'; at++) {
		assert_int_equal(digests_add(s, span_of(at, 1)), E_OK);
		assert_int_equal(digests_add(s, span_of(NULL, 0)), E_OK);
	}
	digests_end(s, &d);
	assert_int_equal(sha256(BYTES(FIRMWARE), want), E_OK);
	assert_memory_equal(d.sha256, want, SHA256_SIZE);
	assert_memory_equal(d.sha512, digest(), SHA512_SIZE);
	assert_int_equal(d.size, strlen(FIRMWARE));

	assert_int_equal(digests_begin(&s), E_OK);
	digests_end(s, NULL);
}

/* ---- verifying ------------------------------------------------------------------------------ */

static void
signatures_of_openssl_verify(void **state)
{
	(void)state;
	assert_int_equal(
	    sign_verify(point(), digest(), from_hex("3046022100" R "022100" S), &fault),
	    E_OK);
	assert_int_equal(sign_verify(point(), digest(), from_hex(SHORT), &fault), E_OK);
}

static void
others_do_not(void **state)
{
	struct span der = from_hex(SHORT);
	uint8_t changed[SHA512_SIZE], other[SIGN_POINT],
	    *bad = arena_alloc(&arena, der.len);

	(void)state;
	/* Every bit of the digest counts that P-256 looks at: its first 256. */
	for (size_t i = 0; i < 32; i++) {
		memcpy(changed, digest(), sizeof changed);
		changed[i] ^= (uint8_t)(1u << i % 8);
		refused(sign_verify(point(), changed, der, &fault), E_DENIED, &fault,
		    "not a signature of this digest");
	}
	/* Any change of a byte: another number, or no DER any more. */
	for (size_t i = 0; i < der.len; i++) {
		int err;

		memcpy(bad, der.data, der.len);
		bad[i] ^= 1;
		err = sign_verify(point(), digest(), span_of(bad, der.len), NULL);
		assert_true(err == E_DENIED || err == E_INVALID);
	}
	/* Another key. */
	assert_int_equal(sign_key_create(folder_path("new"), other, &fault), E_OK);
	refused(
	    sign_verify(other, digest(), der, &fault), E_DENIED, &fault, "this key");
}

/* ---- DER -------------------------------------------------------------------------------------- */

#define R31 "17c15a06267314798ff6c2e98c798a89ca947e9d3abb411b9cd64ca4937fa8"

static const struct {
	const char *der, *words; /* NULL: it is fine */
} ders[] = {
    {"3046022100" R "022100" S, NULL},
    {SHORT, NULL},
    {"3006020101020101", NULL},
    {"300602017f020101", NULL},
    {"300802020080020200ff", NULL},
    {"3026022100" ORDER_1 "020101", NULL},
    /* the outside */
    {"", "too short"},
    {"30", "too short"},
    {"3000", "too short"},
    {"30060201010201", "too short"},
    {"3106020101020101", "not DER"},
    {"2006020101020101", "not DER"},
    {"3005020101020101", "another length"},
    {"3007020101020101", "another length"},
    {"300602010102010100", "another length"},
    {"3007020101020101ff", "behind"},
    {"300902010102010102010a", "behind"},
    {"308106020101020101", "longer form"},
    {"30820006020101020101", "longer form"},
    {"3080020101020101000000", "longer form"},
    {"3048022100" R "022200" S "00", "longer than 72"},
    {"304702220000" R "022100" S, "longer than 72"},
    {"308146022100" R "022100" S, "longer than 72"},
    /* the numbers' heads */
    {"3006030101020101", "two numbers"},
    {"3006020101030101", "two numbers"},
    {"3006820101020101", "two numbers"},
    {"300702810101020101", "longer form"},
    {"300702010102810101", "longer form"},
    {"3006020401020101", "two numbers"},
    {"3006020501020101", "too early"},
    {"3006020101020201", "too early"},
    {"3006020101020001", "wrong length"},
    {"3006020001020101", "wrong length"},
    /* the numbers */
    {"3006020100020101", "zero"},
    {"3006020101020100", "zero"},
    {"300702020000020101", "needless"},
    {"300702020001020101", "needless"},
    {"300702010102020001", "needless"},
    {"30070202007f020101", "needless"},
    {"3006020180020101", "below zero"},
    {"3006020101020180", "below zero"},
    {"30060201ff020101", "below zero"},
    {"30450220" R "022100" S, "below zero"},
    {"3045022100" R "0220" S, "below zero"},
    {"3026022100" ORDER "020101", "beyond"},
    {"3026020101022100" ORDER, "beyond"},
    {"3026022100ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552"
     "020101",
	"beyond"},
    {"3026022100ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
     "020101",
	"beyond"},
    {"302602217f" R "020101", "beyond"},
    {"302702220100" R "020101", "wrong length"},
    {"3045021f" R31 "022100" S "00", "behind"},
};

static void
der_is_strict(void **state)
{
	unsigned bad = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(ders); i++) {
		struct fault why = {0};
		int err = sign_der_check(from_hex(ders[i].der), &why);

		if (ders[i].words == NULL
			? err != E_OK
			: err != E_INVALID || strstr(why.text, ders[i].words) == NULL)
			fail_msg("case %zu, %s: %s", i, ders[i].der, why.text);
		/* Nothing that is not canonical is ever verified, either. */
		if (ders[i].words != NULL) {
			err =
			    sign_verify(point(), digest(), from_hex(ders[i].der), NULL);
			assert_int_equal(err, E_INVALID);
			bad++;
		}
	}
	assert_true(bad >= 30);
}

/* ---- points ------------------------------------------------------------------------------------ */

static void
points_in_any_form(void **state)
{
	static const char *const files[] = {"key-p256-sec1.pem", "key-p256-sec1.der",
	    "key-p256-pkcs8.pem", "key-p256-pkcs8.der", "client.pem", "client.der"};
	uint8_t got[SIGN_POINT];
	struct span pem;

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		memset(got, 0, sizeof got);
		if (sign_point_read(data_file(files[i], &arena), got, &fault) != E_OK)
			fail_msg("%s: %s", files[i], fault.text);
		assert_memory_equal(got, point(), SIGN_POINT);
	}
	assert_int_equal(
	    sign_point_read(span_of(point(), SIGN_POINT), got, &fault), E_OK);
	assert_memory_equal(got, point(), SIGN_POINT);
	assert_int_equal(sign_point_pem(point(), &arena, &pem), E_OK);
	assert_true(span_begins(pem, BYTES("-----BEGIN PUBLIC KEY-----\n")));
	memset(got, 0, sizeof got);
	assert_int_equal(sign_point_read(pem, got, &fault), E_OK);
	assert_memory_equal(got, point(), SIGN_POINT);
	assert_int_equal(
	    sign_point_crc(point()), crc32_of(span_of(point(), SIGN_POINT)));
}

static void
what_is_no_point_of_the_curve(void **state)
{
	static const struct {
		const char *file, *words;
	} files[] = {{"key-p384.pem", "P-384"}, {"key-p521.pem", "P-521"},
	    {"key-rsa2048-pkcs8.pem", "RSA 2048"}, {"key-ed25519.pem", ""},
	    {"key-pss.pem", ""}, {"key-dsa.pem", ""},
	    {"key-encrypted.pem", "is encrypted"}, {"request.pem", ""}};
	uint8_t got[SIGN_POINT], bad[SIGN_POINT];

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++)
		refused(sign_point_read(data_file(files[i].file, &arena), got, &fault),
		    E_INVALID, &fault, files[i].words);
	memcpy(bad, point(), sizeof bad);
	bad[63] ^= 1;
	refused(sign_point_check(bad, &fault), E_INVALID, &fault, "no point");
	refused(sign_point_read(span_of(bad, 64), got, &fault), E_INVALID, &fault,
	    "no point");
	refused(sign_verify(bad, digest(), from_hex(SHORT), &fault), E_INVALID, &fault,
	    "no point");
	memset(bad, 0, sizeof bad);
	refused(sign_point_check(bad, &fault), E_INVALID, &fault, "no point");
	memset(bad, 0xff, sizeof bad);
	refused(sign_point_check(bad, &fault), E_INVALID, &fault, "no point");
	refused(sign_point_read(span_of(point(), 63), got, &fault), E_INVALID, &fault,
	    "neither");
	refused(sign_point_read(span_of(NULL, 0), got, &fault), E_INVALID, &fault,
	    "neither");
	refused(sign_point_read(BYTES("-----BEGIN PUBLIC KEY-----\nAAAA\n"
				      "-----END PUBLIC KEY-----\n"),
		    got, &fault),
	    E_INVALID, &fault, "neither");
}

/* ---- private keys in files ---------------------------------------------------------------------- */

static void
signs_with_a_file(void **state)
{
	static const char *const files[] = {"key-p256-sec1.pem", "key-p256-pkcs8.pem"};
	struct sign_key *key;
	struct sign_der der;

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		folder_write("key", data_file(files[i], &arena), 0600);
		assert_int_equal(
		    sign_key_open(folder_path("key"), NULL, &key, &fault), E_OK);
		assert_memory_equal(sign_key_point(key), point(), SIGN_POINT);
		assert_int_equal(sign_key_crc(key), sign_point_crc(point()));
		for (int k = 0; k < 50; k++) {
			assert_int_equal(
			    sign_digest(key, digest(), &der, &fault), E_OK);
			assert_int_equal(sign_verify(point(), digest(),
					     span_of(der.bytes, der.len), &fault),
			    E_OK);
		}
		sign_key_close(key);
	}
	sign_key_close(NULL);
}

static void
opens_refused(const char *name, int err, const char *words)
{
	struct sign_key *key = (struct sign_key *)&arena;

	refused(
	    sign_key_open(folder_path(name), NULL, &key, &fault), err, &fault, words);
	assert_null(key);
}

static void
files_that_others_can_read(void **state)
{
	static const unsigned modes[] = {
	    0640, 0604, 0620, 0602, 0610, 0700, 0644, 0666};
	struct sign_key *key;

	(void)state;
	folder_write("key", data_file("key-p256-sec1.pem", &arena), 0600);
	for (size_t i = 0; i < COUNT(modes); i++) {
		assert_int_equal(chmod(folder_path("key"), modes[i]), 0);
		opens_refused("key", E_PERM, "lets others at it");
	}
	assert_int_equal(chmod(folder_path("key"), 0400), 0);
	assert_int_equal(sign_key_open(folder_path("key"), NULL, &key, &fault), E_OK);
	sign_key_close(key);
}

static void
files_of_another_sort(void **state)
{
	char target[128];

	(void)state;
	folder_write("key", data_file("key-p256-sec1.pem", &arena), 0600);
	snprintf(target, sizeof target, "%s", folder_path("key"));
	assert_int_equal(symlink(target, folder_path("link")), 0);
	opens_refused("link", E_PERM, "symbolic link");
	assert_int_equal(mkdir(folder_path("folder"), 0700), 0);
	opens_refused("folder", E_INVALID, "not a regular file");
	assert_int_equal(mkfifo(folder_path("pipe"), 0600), 0);
	opens_refused("pipe", E_INVALID, "not a regular file");
	opens_refused("nothing", E_NOTFOUND, "cannot open");
	if (geteuid() == 0) {
		assert_int_equal(chown(folder_path("key"), 65534, 65534), 0);
		opens_refused("key", E_PERM, "somebody else");
	}
	assert_int_equal(rmdir(folder_path("folder")), 0);
}

static void
keys_that_gateways_do_not_verify(void **state)
{
	static const struct {
		const char *file, *words;
	} files[] = {{"key-p384.pem", "P-384"}, {"key-p521.pem", "P-521"},
	    {"key-rsa2048-pkcs8.pem", "RSA 2048"},
	    {"key-rsa2048-pkcs1.pem", "RSA 2048"}, {"key-ed25519.pem", "P-256"},
	    {"key-encrypted.pem", "is encrypted"},
	    {"key-encrypted-old.pem", "is encrypted"}, {"ca.pem", "no private key"}};

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		folder_write("key", data_file(files[i].file, &arena), 0600);
		opens_refused("key", E_INVALID, files[i].words);
	}
	folder_write("key", BYTES(""), 0600);
	opens_refused("key", E_INVALID, "no private key");
	folder_write("key", BYTES("-----BEGIN EC PRIVATE KEY-----\nAAAA"), 0600);
	opens_refused("key", E_INVALID, "private key");
	folder_write("key", span_of(arena_zalloc(&arena, 1, 70000), 70000), 0600);
	opens_refused("key", E_TOOBIG, "too large");
}

static void
makes_a_key(void **state)
{
	uint8_t made[SIGN_POINT], again[SIGN_POINT];
	struct sign_key *key;
	struct stat st;

	(void)state;
	umask(0);
	assert_int_equal(sign_key_create(folder_path("new"), made, &fault), E_OK);
	assert_int_equal(stat(folder_path("new"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(sign_key_open(folder_path("new"), NULL, &key, &fault), E_OK);
	assert_memory_equal(sign_key_point(key), made, SIGN_POINT);
	sign_key_close(key);
	refused(sign_key_create(folder_path("new"), again, &fault), E_EXISTS, &fault,
	    "exists");
	assert_int_equal(symlink("elsewhere", folder_path("dangling")), 0);
	refused(sign_key_create(folder_path("dangling"), again, &fault), E_EXISTS,
	    &fault, "exists");
	refused(sign_key_create("/nowhere/at/all", again, &fault), E_NOTFOUND, &fault,
	    "cannot create");
	assert_int_equal(sign_key_create(folder_path("two"), again, &fault), E_OK);
	assert_memory_not_equal(made, again, SIGN_POINT);
	/* Tokens: what is wrong with the name alone. */
	refused(sign_key_open("pkcs11:object=x?pin-value=1234", NULL, &key, &fault),
	    E_INVALID, &fault, "for all to see");
	refused(sign_key_open("pkcs11:object=x;pin-source=/p", NULL, &key, &fault),
	    E_INVALID, &fault, "behind a question mark");
	refused(sign_key_open("pkcs11:object=x?module-path=%0", NULL, &key, &fault),
	    E_INVALID, &fault, "damaged");
	refused(sign_key_open("pkcs11:object=x?module-path=/%00", NULL, &key, &fault),
	    E_INVALID, &fault, "damaged");
	refused(sign_key_open("pkcs11:object=x?colour=blue", NULL, &key, &fault),
	    E_INVALID, &fault, "only module-path");
	refused(
	    sign_key_open("pkcs11:object=x?module-path=/no.so&pin-source=file:/no/pin",
		NULL, &key, &fault),
	    E_NOTFOUND, &fault, "/no/pin");
	refused(sign_key_open("pkcs11:object=x?module-path=/no.so", NULL, &key, &fault),
	    E_NOTFOUND, &fault, "/no.so");
}

/* ---- what the service and its clients say ----------------------------------------------------------- */

static void
orders_as_bytes(void **state)
{
	struct sign_request r = {SIGN_ORDER_SIGN, 0x1a2b3c4d, {0}}, back;
	uint8_t out[SIGN_ORDER_SIZE + 1];

	(void)state;
	memcpy(r.digest, digest(), SHA512_SIZE);
	sign_request_write(&r, out);
	assert_text(span_of(out, SIGN_ORDER_SIZE), from_hex("0101"
							    "4d3c2b1a" DIGEST));
	for (size_t n = 0; n < SIGN_ORDER_SIZE; n++)
		assert_int_equal(sign_request_read(span_of(out, n), &back), E_AGAIN);
	assert_int_equal(sign_request_read(span_of(out, SIGN_ORDER_SIZE), &back), E_OK);
	assert_int_equal(back.crc, r.crc);
	assert_int_equal(back.order, SIGN_ORDER_SIGN);
	assert_memory_equal(back.digest, r.digest, SHA512_SIZE);
	out[SIGN_ORDER_SIZE] = 0;
	assert_int_equal(sign_request_read(span_of(out, sizeof out), &back), E_INVALID);
	out[1] = 2;
	assert_int_equal(
	    sign_request_read(span_of(out, SIGN_ORDER_SIZE), &back), E_INVALID);
	out[1] = 3;
	assert_int_equal(sign_request_read(span_of(out, 2), &back), E_INVALID);
	out[0] = 2;
	assert_int_equal(sign_request_read(span_of(out, 1), &back), E_INVALID);
	r.order = SIGN_ORDER_POINT;
	sign_request_write(&r, out);
	for (size_t i = 6; i < SIGN_ORDER_SIZE; i++)
		assert_int_equal(out[i], 0);
	assert_int_equal(sign_request_read(span_of(out, SIGN_ORDER_SIZE), &back), E_OK);
}

static void
answers_as_bytes(void **state)
{
	uint8_t out[SIGN_ANSWER_MAX + 1], *words = arena_zalloc(&arena, 1, 300);
	struct sign_answer back;
	size_t n;

	(void)state;
	n = sign_answer_write(SIGN_NO_KEY, BYTES("no key"), out);
	assert_text(span_of(out, n), BYTES("\x01\x03\x06\x00no key"));
	for (size_t i = 0; i < n; i++)
		assert_int_equal(sign_answer_read(span_of(out, i), &back), E_AGAIN);
	assert_int_equal(sign_answer_read(span_of(out, n), &back), E_OK);
	assert_int_equal(back.status, SIGN_NO_KEY);
	assert_text(back.bytes, BYTES("no key"));
	assert_int_equal(sign_answer_read(span_of(out, n + 1), &back), E_INVALID);
	n = sign_answer_write(SIGN_FAILED, span_of(words, 300), out);
	assert_int_equal(n, SIGN_ANSWER_MAX);
	assert_int_equal(sign_answer_read(span_of(out, n), &back), E_OK);
	out[2] = 201;
	assert_int_equal(sign_answer_read(span_of(out, 4), &back), E_INVALID);
	out[2] = out[3] = 0;
	assert_int_equal(sign_answer_read(span_of(out, 4), &back), E_OK);
	out[1] = SIGN_STATUSES;
	assert_int_equal(sign_answer_read(span_of(out, 2), &back), E_INVALID);
	out[0] = 0;
	assert_int_equal(sign_answer_read(span_of(out, 1), &back), E_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(digest_is_that_of_openssl, begin, end),
	    cmocka_unit_test_setup_teardown(both_digests_in_one_pass, begin, end),
	    cmocka_unit_test_setup_teardown(signatures_of_openssl_verify, begin, end),
	    cmocka_unit_test_setup_teardown(others_do_not, begin, end),
	    cmocka_unit_test_setup_teardown(der_is_strict, begin, end),
	    cmocka_unit_test_setup_teardown(points_in_any_form, begin, end),
	    cmocka_unit_test_setup_teardown(what_is_no_point_of_the_curve, begin, end),
	    cmocka_unit_test_setup_teardown(signs_with_a_file, begin, end),
	    cmocka_unit_test_setup_teardown(files_that_others_can_read, begin, end),
	    cmocka_unit_test_setup_teardown(files_of_another_sort, begin, end),
	    cmocka_unit_test_setup_teardown(
		keys_that_gateways_do_not_verify, begin, end),
	    cmocka_unit_test_setup_teardown(makes_a_key, begin, end),
	    cmocka_unit_test_setup_teardown(orders_as_bytes, begin, end),
	    cmocka_unit_test_setup_teardown(answers_as_bytes, begin, end),
	};

	return cmocka_run_group_tests_name("sign", tests, NULL, NULL);
}
