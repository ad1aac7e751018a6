/* Private keys: any usual form in, the two that gateways read out. */
#include "crypto/certificate.h"

#include <stdio.h>

#include <gnutls/crypto.h>

#include "crypto/pem.h"
#include "crypto/x509.h"

#define MAKE_ONE "openssl ecparam -name prime256v1 -genkey -noout"
#define RSA_MIN 2048
#define RSA_MAX 16384 /* larger ones only cost time */
#define KEY_ID 32     /* SHA-256 of the public half */

/* What to do with a key in a PEM block that cannot be taken. */
static int
refuse_block(const struct pem_block *block, struct fault *fault)
{
	if (block->encrypted)
		return fault_set(fault, E_INVALID, NULL,
		    "the private key is encrypted; take the password off: openssl pkey "
		    "-in FILE");
	if (span_begins(block->label, span_str("OPENSSH ")))
		return fault_set(fault, E_INVALID, NULL,
		    "a key of OpenSSH, not of TLS; make one: " MAKE_ONE);
	return fault_set(fault, E_INVALID, NULL,
	    "a private key of an unknown kind (%.*s); make one: " MAKE_ONE,
	    (int)block->label.len, (const char *)block->label.data);
}

static bool
is_private_key(struct span label)
{
	static const char end[] = "PRIVATE KEY";
	size_t n = strlen(end);

	return label.len >= n && memcmp(label.data + label.len - n, end, n) == 0;
}

/* The first private key of a PEM text; other blocks (certificates, curve) are passed. */
static int
from_pem(struct span text, struct arena *arena, struct span *der, struct fault *fault)
{
	struct pem_block block;
	int err;

	while (pem_next(&text, &block)) {
		if (!is_private_key(block.label))
			continue;
		if (block.encrypted || (!span_is(block.label, "PRIVATE KEY") &&
					   !span_is(block.label, "RSA PRIVATE KEY") &&
					   !span_is(block.label, "EC PRIVATE KEY")))
			return refuse_block(&block, fault);
		if ((err = pem_decode(&block, arena, der)) == E_INVALID)
			return fault_set(fault, err, NULL, "the PEM text is damaged");
		return err != E_OK ? fault_set(fault, err, NULL, "out of memory")
				   : E_OK;
	}
	return fault_set(fault, E_INVALID, NULL,
	    "there is no private key in it; give the file that begins with -----BEGIN "
	    "PRIVATE KEY-----");
}

int
x509_read_key(struct span pem_or_der, struct arena *arena, gnutls_x509_privkey_t *key,
    struct fault *fault)
{
	struct span der = pem_or_der;
	gnutls_datum_t in;
	int err, rc;

	*key = NULL;
	if (pem_or_der.len > DER_MAX)
		return fault_set(fault, E_INVALID, NULL, "too large for a private key");
	if (pem_is(pem_or_der) &&
	    (err = from_pem(pem_or_der, arena, &der, fault)) != E_OK)
		return err;
	if (der.len == 0)
		return fault_set(fault, E_INVALID, NULL, "there is no private key");
	in = x509_datum(der);
	if ((rc = gnutls_x509_privkey_init(key)) == 0)
		rc = gnutls_x509_privkey_import2(
		    *key, &in, GNUTLS_X509_FMT_DER, NULL, 0);
	if (rc == 0)
		return E_OK;
	gnutls_x509_privkey_deinit(*key);
	*key = NULL;
	if (rc == GNUTLS_E_MEMORY_ERROR)
		return fault_set(fault, E_NOMEM, NULL, "out of memory");
	if (rc == GNUTLS_E_DECRYPTION_FAILED)
		return refuse_block(&(struct pem_block){.encrypted = true}, fault);
	return fault_set(fault, E_INVALID, NULL,
	    "not a private key that can be read (PKCS#1, SEC1 or PKCS#8, PEM or DER); "
	    "for an EC key without the name of its curve or its public half, say: "
	    "openssl ec -in FILE -param_enc named_curve");
}

/* P-256 and RSA of a fair size; says why not. */
static int
check_kind(gnutls_x509_privkey_t key, struct fault *fault)
{
	gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
	unsigned bits = 0;
	int algorithm = gnutls_x509_privkey_get_pk_algorithm2(key, &bits);
	char kind[X509_KIND];

	if (algorithm == GNUTLS_PK_ECDSA)
		gnutls_x509_privkey_export_ecc_raw(key, &curve, NULL, NULL, NULL);
	x509_kind(algorithm, bits, curve, kind);
	if (algorithm == GNUTLS_PK_RSA && bits < RSA_MIN)
		return fault_set(fault, E_INVALID, NULL,
		    "an %s key is too weak; use 2048 bits or ECDSA P-256: " MAKE_ONE,
		    kind);
	if (algorithm == GNUTLS_PK_RSA && bits > RSA_MAX)
		return fault_set(fault, E_INVALID, NULL,
		    "an %s key is too large; use 2048 to 4096 bits", kind);
	if (algorithm != GNUTLS_PK_RSA && curve != GNUTLS_ECC_CURVE_SECP256R1)
		return fault_set(fault, E_INVALID, NULL,
		    "gateways cannot read keys of the kind %s; use ECDSA P-256 (or RSA "
		    "2048): " MAKE_ONE,
		    kind);
	if (gnutls_x509_privkey_verify_params(key) != 0)
		return fault_set(fault, E_INVALID, NULL,
		    "the private key is damaged: its numbers do not fit together");
	return E_OK;
}

bool
x509_put_number(uint8_t out[32], const gnutls_datum_t *number)
{
	const uint8_t *from = number->data;
	size_t n = number->size;

	while (n > 0 && *from == 0) {
		from++;
		n--;
	}
	if (n > 32)
		return false;
	memset(out, 0, 32 - n);
	memcpy(out + 32 - n, from, n);
	return true;
}

static void
wipe(gnutls_datum_t *number)
{
	if (number->data != NULL)
		gnutls_memset(number->data, 0, number->size);
	gnutls_free(number->data);
}

/*
 * ECPrivateKey of RFC 5915, always 121 bytes: version 1, private key in 32 bytes,
 * [0] named curve, [1] public key. Written by hand, since GnuTLS leaves the curve out of a
 * key that came as PKCS#8, and the gateway then does not know it.
 */
static int
put_sec1(gnutls_x509_privkey_t key, struct arena *arena, struct span *der)
{
	static const uint8_t head[] = {0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20},
			     middle[] = {0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce,
				 0x3d, 0x03, 0x01, 0x07, 0xa1, 0x44, 0x03, 0x42, 0x00,
				 0x04};
	const size_t size = sizeof head + 32 + sizeof middle + 64;
	gnutls_datum_t x = {0}, y = {0}, k = {0};
	gnutls_ecc_curve_t curve;
	uint8_t *out = arena_alloc(arena, size), *at = out;
	int err = E_OK;

	if (out == NULL)
		return E_NOMEM;
	if (gnutls_x509_privkey_export_ecc_raw(key, &curve, &x, &y, &k) != 0)
		return E_CRYPTO;
	memcpy(at, head, sizeof head);
	at += sizeof head;
	memcpy(at + 32, middle, sizeof middle);
	if (!x509_put_number(at, &k) || !x509_put_number(at + 32 + sizeof middle, &x) ||
	    !x509_put_number(at + 64 + sizeof middle, &y))
		err = E_CRYPTO;
	wipe(&k);
	wipe(&x);
	wipe(&y);
	*der = span_of(out, size);
	return err;
}

/* RSAPrivateKey of RFC 8017: what GnuTLS writes by itself, whatever form came in. */
static int
put_pkcs1(gnutls_x509_privkey_t key, struct arena *arena, struct span *der)
{
	gnutls_datum_t out;

	if (gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_DER, &out) != 0)
		return E_CRYPTO;
	return x509_keep(&out, arena, der);
}

/* The station reads the short form of the outer length and `82 hh ll`, nothing else. */
static bool
station_reads(struct span der)
{
	if (der.len < 2 || der.data[0] != 0x30)
		return false;
	if (der.data[1] < 0x80)
		return der.len == 2u + der.data[1];
	return der.len >= 4 && der.data[1] == 0x82 &&
	       der.len == 4 + ((size_t)der.data[2] << 8 | der.data[3]);
}

int
private_key_for_station(
    struct span pem_or_der, struct arena *arena, struct span *der, struct fault *fault)
{
	gnutls_x509_privkey_t key;
	int err;

	*der = span_of(NULL, 0);
	if ((err = x509_read_key(pem_or_der, arena, &key, fault)) != E_OK)
		return err;
	if ((err = check_kind(key, fault)) != E_OK)
		goto out;
	if (gnutls_x509_privkey_get_pk_algorithm(key) == GNUTLS_PK_ECDSA)
		err = put_sec1(key, arena, der);
	else
		err = put_pkcs1(key, arena, der);
	if (err == E_OK && !station_reads(*der))
		err = E_CRYPTO;
	if (err != E_OK)
		fault_set(fault, err, NULL, "the private key cannot be converted");
out:
	gnutls_x509_privkey_deinit(key);
	return err;
}

int
private_key_matches(struct span key_der, struct span cert_der, struct fault *fault)
{
	unsigned char of_key[KEY_ID], of_crt[KEY_ID];
	size_t key_size = sizeof of_key, crt_size = sizeof of_crt;
	gnutls_x509_privkey_t key = NULL;
	gnutls_x509_crt_t crt = NULL;
	struct arena arena;
	int err;

	arena_init(&arena, 4 * DER_MAX);
	if ((err = x509_read_key(key_der, &arena, &key, fault)) == E_OK)
		err = x509_read(cert_der, &crt, fault);
	if (err == E_OK && (gnutls_x509_privkey_get_key_id(
				key, GNUTLS_KEYID_USE_SHA256, of_key, &key_size) != 0 ||
			       gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA256,
				   of_crt, &crt_size) != 0))
		err = fault_set(fault, E_INVALID, NULL,
		    "the certificate's public key cannot be read");
	if (err == E_OK &&
	    !span_eq(span_of(of_key, key_size), span_of(of_crt, crt_size)))
		err = fault_set(fault, E_DENIED, NULL,
		    "the private key does not belong to the certificate");
	gnutls_x509_privkey_deinit(key);
	gnutls_x509_crt_deinit(crt);
	arena_clear(&arena);
	return err;
}

int
private_key_new(struct arena *arena, struct span *key_der)
{
	gnutls_x509_privkey_t key;
	int err = E_CRYPTO;

	*key_der = span_of(NULL, 0);
	if (gnutls_x509_privkey_init(&key) != 0)
		return E_NOMEM;
	if (gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
		GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0) == 0)
		err = put_sec1(key, arena, key_der);
	gnutls_x509_privkey_deinit(key);
	return err;
}

/* The label by what follows the version: SEC1 a byte string, PKCS#1 a number, PKCS#8 a
 * sequence. */
int
private_key_pem(struct span key_der, struct arena *arena, struct span *pem)
{
	size_t after = 2;

	if (key_der.len > 1 && key_der.data[1] > 0x80)
		after += key_der.data[1] & 0x7f;
	if (key_der.len < after + 4 || key_der.data[0] != 0x30 ||
	    key_der.data[after] != 0x02 || key_der.data[after + 1] != 1)
		return E_INVALID;
	switch (key_der.data[after + 3]) {
	case 0x02:
		return pem_encode("RSA PRIVATE KEY", key_der, arena, pem);
	case 0x04:
		return pem_encode("EC PRIVATE KEY", key_der, arena, pem);
	case 0x30:
		return pem_encode("PRIVATE KEY", key_der, arena, pem);
	default:
		return E_INVALID;
	}
}
