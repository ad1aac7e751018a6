#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "crypto/certificate.h"
#include "crypto/digest.h"
#include "tests/lib/crypto_fixture.h"

#define EUI UINT64_C(0x58A0CBFFFE800001)

static struct arena arena;
static struct fault fault;

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 24);
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

static void
der_of_pem_and_der(void **state)
{
	struct span der;
	unsigned more = 9;

	(void)state;
	assert_int_equal(
	    certificate_der(data_file("ca.pem", &arena), &arena, &der, &more, &fault),
	    E_OK);
	assert_true(span_eq(der, data_file("ca.der", &arena)));
	assert_int_equal(more, 0);
	more = 9;
	assert_int_equal(
	    certificate_der(data_file("ca.der", &arena), &arena, &der, &more, &fault),
	    E_OK);
	assert_true(span_eq(der, data_file("ca.der", &arena)));
	assert_int_equal(more, 0);
}

/* Words before it, CRLF in the second one, a key at the end. */
static void
der_of_a_bundle(void **state)
{
	struct span bundle = data_file("bundle.pem", &arena), der, ders[3];
	unsigned more = 9;
	size_t count;

	(void)state;
	assert_int_equal(certificate_der(bundle, &arena, &der, &more, &fault), E_OK);
	assert_true(span_eq(der, data_file("client.der", &arena)));
	assert_int_equal(more, 1);
	assert_int_equal(
	    certificate_list(bundle, &arena, ders, 3, &count, &fault), E_OK);
	assert_int_equal(count, 2);
	assert_true(span_eq(ders[0], data_file("client.der", &arena)));
	assert_true(span_eq(ders[1], data_file("ca.der", &arena)));
	refused(certificate_list(bundle, &arena, ders, 1, &count, &fault), E_TOOBIG,
	    &fault, "more than 1");
}

static void
list_refuses(void **state)
{
	struct span ders[3], ca = data_file("ca.pem", &arena), text;
	size_t count = 9;

	(void)state;
	refused(certificate_list(
		    data_file("key-p384.pem", &arena), &arena, ders, 3, &count, &fault),
	    E_INVALID, &fault, "no PEM certificate");
	assert_int_equal(count, 0);
	text = span_str(arena_printf(&arena,
	    "%.*s-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
	    (int)ca.len, (const char *)ca.data));
	refused(certificate_list(text, &arena, ders, 3, &count, &fault), E_INVALID,
	    &fault, "certificate 2: ");
	assert_int_equal(count, 0);
}

static void
der_refuses_files(void **state)
{
	static const char *const files[][2] = {
	    {"key-p256-pkcs8.pem", "a private key, not a certificate"},
	    {"key-p256-sec1.der", "not a certificate"},
	    {"request.pem", "a request for a certificate; a CA must sign it"},
	    {"trusted.pem", "openssl x509 -in FILE"},
	    {"small.der", "shorter than 256"},
	    {"make.sh", "neither a PEM nor a DER certificate"},
	    {"key-rsa2048-pkcs1.der", "not a certificate that can be read"},
	};
	struct span der;

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++)
		refused(certificate_der(
			    data_file(files[i][0], &arena), &arena, &der, NULL, &fault),
		    E_INVALID, &fault, files[i][1]);
}

static void
der_refuses_bytes(void **state)
{
	static const char *const texts[][2] = {
	    {"", "neither"},
	    {"-----BEGIN CERTIFICATE-----\nMIIB\n", "no block begins and ends"},
	    {"-----BEGIN CERTIFICATE-----\n****\n-----END CERTIFICATE-----\n",
		"damaged"},
	    {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		"neither"},
	    {"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICAT-----\n",
		"no block begins and ends"},
	    {"-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n", "but \"PKCS7\""},
	};
	struct span good = data_file("ca.der", &arena), der;
	uint8_t *bytes = (uint8_t *)arena_dup(&arena, good);

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		refused(
		    certificate_der(span_str(texts[i][0]), &arena, &der, NULL, &fault),
		    E_INVALID, &fault, texts[i][1]);
	for (size_t len = 4; len < good.len; len++)
		refused(
		    certificate_der(span_of(bytes, len), &arena, &der, NULL, &fault),
		    E_INVALID, &fault, "is cut off");
	refused(
	    certificate_der(span_of(bytes, good.len + 1), &arena, &der, NULL, &fault),
	    E_INVALID, &fault, "1 bytes too many");
	assert_int_equal(
	    certificate_der(span_of(bytes, good.len), &arena, &der, NULL, &fault),
	    E_OK);
}

/* No flipped bit (one in each byte) makes it crash (the sanitizers look on), and none is believed. */
static void
damaged_certificates(void **state)
{
	struct span good = data_file("client.der", &arena), der;
	struct span ca = data_file("ca.der", &arena);
	struct certificate_info info;
	struct arena mine;
	uint8_t bytes[1024];

	(void)state;
	arena_init(&mine, 1 << 20);
	assert_true(good.len <= sizeof bytes);
	for (size_t i = 0; i < good.len; i++) {
		memcpy(bytes, good.data, good.len);
		bytes[i] ^= (uint8_t)(1 << i % 8);
		if (certificate_der(
			span_of(bytes, good.len), &mine, &der, NULL, &fault) == E_OK &&
		    certificate_inspect(der, &mine, &info, &fault) == E_OK)
			assert_int_not_equal(
			    certificate_verify_client(der, ca, NOW, &fault), E_OK);
		arena_reset(&mine);
	}
	arena_clear(&mine);
}

/* PEM that begins and begins: time must not grow with the square. */
static void
endless_pem(void **state)
{
	static const char begin[] = "-----BEGIN X-----\n", odd[] = "-----BEGIN ";
	char *text = arena_zalloc(&arena, 1, (4 << 20) + 1);
	struct span der;
	size_t n;

	(void)state;
	for (n = 0; n + sizeof begin < 1 << 20; n += sizeof begin - 1)
		memcpy(text + n, begin, sizeof begin - 1);
	refused(certificate_der(span_of(text, n), &arena, &der, NULL, &fault),
	    E_INVALID, &fault, "no block");
	for (n = 0; n + sizeof odd < 1 << 20; n += sizeof odd - 1)
		memcpy(text + n, odd, sizeof odd - 1);
	refused(certificate_der(span_of(text, n), &arena, &der, NULL, &fault),
	    E_INVALID, &fault, "no block");
	refused(
	    certificate_der(span_of(text, (4 << 20) + 1), &arena, &der, NULL, &fault),
	    E_INVALID, &fault, "too large");
}

static void
inspects(void **state)
{
	struct certificate_info info;
	struct span der = data_file("client.der", &arena);
	uint8_t digest[SHA256_SIZE];
	char hex[65];
	uint64_t eui = 0;

	(void)state;
	assert_int_equal(certificate_inspect(der, &arena, &info, &fault), E_OK);
	assert_string_equal(info.subject, "CN=58A0CBFFFE800001,O=Example");
	assert_string_equal(info.issuer, "CN=Test ca");
	assert_string_equal(info.common_name, "58A0CBFFFE800001");
	assert_string_equal(info.serial, "1234");
	assert_string_equal(info.key_kind, "ECDSA P-256");
	assert_int_equal(info.not_after - info.not_before, 36500 * DAY);
	assert_true(info.not_before < NOW);
	assert_false(info.is_ca);
	assert_false(info.self_signed);
	assert_true(info.client_auth);
	sha256(der, digest);
	hex_encode(digest, sizeof digest, hex);
	assert_string_equal(info.sha256, hex);
	assert_true(certificate_eui(&info, &eui));
	assert_true(eui == EUI);
}

/* As OpenSSL prints it: DER has a zero byte in front, which is no part of the number. */
static void
serial_with_its_highest_bit(void **state)
{
	struct certificate_info info;

	(void)state;
	assert_int_equal(
	    certificate_inspect(
		data_certificate("client-sha384.pem", &arena), &arena, &info, &fault),
	    E_OK);
	assert_string_equal(info.serial, "f2345678");
}

static void
inspects_others(void **state)
{
	static const struct {
		const char *file, *common_name, *key_kind;
		bool is_ca, self_signed, client_auth;
	} rows[] = {
	    {"ca.pem", "Test ca", "ECDSA P-256", true, true, false},
	    {"ca-weak.pem", "Test ca-weak", "RSA 1024", true, true, false},
	    {"ca-notca.pem", "Test ca-notca", "ECDSA P-256", false, true, false},
	    {"ca-old.pem", "Test ca-old", "ECDSA P-256", false, true, false},
	    {"client-any.pem", "58A0CBFFFE800001", "ECDSA P-256", false, false, false},
	    {"client-nouse.pem", "58A0CBFFFE800001", "ECDSA P-256", false, false,
		false},
	    {"client-sha384.pem", "58A0CBFFFE800001", "ECDSA P-256", false, false,
		true},
	    {"client-isca.pem", "58A0CBFFFE800001", "ECDSA P-256", true, false, true},
	    {"client-two.pem", "", "ECDSA P-256", false, false, true},
	    {"client-nocn.pem", "", "ECDSA P-256", false, false, true},
	};
	struct certificate_info info;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(
		    certificate_inspect(
			data_certificate(rows[i].file, &arena), &arena, &info, &fault),
		    E_OK);
		assert_string_equal(info.common_name, rows[i].common_name);
		assert_string_equal(info.key_kind, rows[i].key_kind);
		assert_int_equal(info.is_ca, rows[i].is_ca);
		assert_int_equal(info.self_signed, rows[i].self_signed);
		assert_int_equal(info.client_auth, rows[i].client_auth);
	}
}

static void
euis(void **state)
{
	static const struct {
		const char *name;
		bool fine;
	} rows[] = {
	    {"58A0CBFFFE800001", true},
	    {"58a0cbfffe800001", true},
	    {"58a0CBfffe800001", true},
	    {"", false},
	    {"58A0CBFFFE80000", false},
	    {"58A0CBFFFE8000011", false},
	    {"58A0CBFFFE80000G", false},
	    {"58-A0-CB-FF-FE-80-00-01", false},
	    {" 58A0CBFFFE80001", false},
	    {"eui-58A0CBFFFE80", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct certificate_info info = {.common_name = rows[i].name};
		uint64_t eui = 0;

		assert_int_equal(certificate_eui(&info, &eui), rows[i].fine);
		assert_true(eui == (rows[i].fine ? EUI : 0));
	}
}

/* A NUL byte in the name must not hide what follows. */
static void
nul_in_the_name(void **state)
{
	struct span good = data_file("client.der", &arena);
	uint8_t *bytes = (uint8_t *)arena_dup(&arena, good);
	struct certificate_info info;
	uint64_t eui;

	(void)state;
	for (size_t i = 0; i + 16 <= good.len; i++)
		if (memcmp(bytes + i, "58A0CBFFFE800001", 16) == 0)
			bytes[i + 15] = '\0';
	if (certificate_inspect(span_of(bytes, good.len), &arena, &info, &fault) ==
	    E_OK)
		assert_false(certificate_eui(&info, &eui));
}

static void
pem_again(void **state)
{
	struct span pem;

	(void)state;
	assert_int_equal(
	    certificate_pem(data_file("ca.der", &arena), &arena, &pem), E_OK);
	assert_true(span_eq(pem, data_file("ca.pem", &arena)));
}

static void
verifies_clients(void **state)
{
	static const struct {
		const char *client, *ca, *words; /* NULL: believed */
	} rows[] = {
	    {"client.pem", "ca.pem", NULL},
	    {"client-sha384.pem", "ca.pem", NULL},
	    {"client-two.pem", "ca.pem", NULL},
	    {"client-of-plain.pem", "ca-plain.pem", NULL},
	    {"client-of-rsa.pem", "ca-rsa.pem", NULL},
	    {"client.pem", "ca-plain.pem", "issued by CN=Test ca, not by this CA"},
	    {"client-forged.pem", "ca.pem", "signature is wrong"},
	    {"client-impostor.pem", "ca.pem", "not by this CA"},
	    {"client-sha1.pem", "ca.pem", "too weak"},
	    {"client-md5.pem", "ca-rsa.pem", "too weak"},
	    {"client-of-weak.pem", "ca-weak.pem", "too weak"},
	    {"client-any.pem", "ca.pem", "clientAuth"},
	    {"client-server.pem", "ca.pem", "clientAuth"},
	    {"client-nouse.pem", "ca.pem", "clientAuth"},
	    {"client-isca.pem", "ca.pem", "is that of a CA, not of a client"},
	    {"client-critical.pem", "ca.pem", "critical extension"},
	    {"client-of-nosign.pem", "ca-nosign.pem",
		"may not sign certificates (key usage)"},
	    {"client-of-notca.pem", "ca-notca.pem", "not that of a CA"},
	    {"client-of-old.pem", "ca-old.pem", "not that of a CA"},
	    {"client-of-limited.pem", "ca-limited.pem", "may not issue client"},
	    {"ca.pem", "ca.pem", "is that of a CA, not of a client"},
	    {"client.pem", "client.pem", "not by this CA"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int err =
		    certificate_verify_client(data_certificate(rows[i].client, &arena),
			data_certificate(rows[i].ca, &arena), NOW, &fault);

		if (rows[i].words != NULL)
			refused(err, E_DENIED, &fault, rows[i].words);
		else if (err != E_OK)
			fail_msg("%s: %s", rows[i].client, fault.text);
	}
}

static void
verifies_only_what_it_can_read(void **state)
{
	struct span ca = data_certificate("ca.pem", &arena);

	(void)state;
	refused(certificate_verify_client(span_str("x"), ca, NOW, &fault), E_INVALID,
	    &fault, "certificate");
	refused(certificate_verify_client(ca, span_str("x"), NOW, &fault), E_INVALID,
	    &fault, "certificate");
	refused(certificate_verify_client(ca, span_of(NULL, 0), NOW, &fault), E_INVALID,
	    &fault, "certificate");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(der_of_pem_and_der),
	    T(der_of_a_bundle),
	    T(list_refuses),
	    T(der_refuses_files),
	    T(der_refuses_bytes),
	    T(damaged_certificates),
	    T(endless_pem),
	    T(inspects),
	    T(serial_with_its_highest_bit),
	    T(inspects_others),
	    T(euis),
	    T(nul_in_the_name),
	    T(pem_again),
	    T(verifies_clients),
	    T(verifies_only_what_it_can_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
