/* The public half of signatures: points of P-256, strict DER, verifying. */
#include "crypto/sign.h"

#include "base/crc.h"
#include "crypto/pem.h"
#include "crypto/sign_private.h"

#define HALF (SIGN_POINT / 2)

/* The order of P-256 (SEC 2, 2.4.2). */
static const uint8_t order[HALF] = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
    0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};

uint32_t
sign_point_crc(const uint8_t point[SIGN_POINT])
{
	return crc32_of(span_of(point, SIGN_POINT));
}

/* ---- points --------------------------------------------------------------------------- */

/* A public key object, which the caller deinits. E_INVALID: no point of the curve. */
static int
sign_import(const uint8_t point[SIGN_POINT], gnutls_pubkey_t *key, struct fault *fault)
{
	gnutls_datum_t x = x509_datum(span_of(point, HALF)),
		       y = x509_datum(span_of(point + HALF, HALF));
	int rc;

	if (gnutls_pubkey_init(key) != 0)
		return fault_set(fault, E_NOMEM, NULL, "out of memory");
	rc = gnutls_pubkey_import_ecc_raw(*key, GNUTLS_ECC_CURVE_SECP256R1, &x, &y);
	if (rc == 0)
		rc = gnutls_pubkey_verify_params(*key);
	if (rc == 0)
		return E_OK;
	gnutls_pubkey_deinit(*key);
	*key = NULL;
	if (rc == GNUTLS_E_MEMORY_ERROR)
		return fault_set(fault, E_NOMEM, NULL, "out of memory");
	return fault_set(
	    fault, E_INVALID, NULL, "the 64 bytes are no point of the curve P-256");
}

int
sign_export(gnutls_pubkey_t key, uint8_t point[SIGN_POINT], struct fault *fault)
{
	gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
	gnutls_datum_t x = {0}, y = {0};
	unsigned bits = 0;
	int algorithm = gnutls_pubkey_get_pk_algorithm(key, &bits), err = E_OK;
	char kind[X509_KIND];

	if (algorithm == GNUTLS_PK_ECDSA &&
	    gnutls_pubkey_export_ecc_raw(key, &curve, &x, &y) != 0)
		curve = GNUTLS_ECC_CURVE_INVALID;
	if (curve != GNUTLS_ECC_CURVE_SECP256R1)
		err = fault_set(fault, E_INVALID, NULL,
		    "gateways verify with ECDSA P-256 alone; this is %s",
		    x509_kind(algorithm, bits, curve, kind));
	else if (!x509_put_number(point, &x) || !x509_put_number(point + HALF, &y))
		err = fault_set(
		    fault, E_CRYPTO, NULL, "the public key cannot be taken apart");
	gnutls_free(x.data);
	gnutls_free(y.data);
	return err;
}

int
sign_point_check(const uint8_t point[SIGN_POINT], struct fault *fault)
{
	gnutls_pubkey_t key;
	int err = sign_import(point, &key, fault);

	if (err == E_OK)
		gnutls_pubkey_deinit(key);
	return err;
}

int
sign_point_pem(const uint8_t point[SIGN_POINT], struct arena *arena, struct span *pem)
{
	gnutls_pubkey_t key;
	gnutls_datum_t text;
	int err = sign_import(point, &key, NULL);

	if (err != E_OK)
		return err;
	if (gnutls_pubkey_export2(key, GNUTLS_X509_FMT_PEM, &text) != 0)
		err = E_CRYPTO;
	else
		err = x509_keep(&text, arena, pem);
	gnutls_pubkey_deinit(key);
	return err;
}

/* ---- public keys as somebody brings them ---------------------------------------------- */

static int
import_certificate(gnutls_pubkey_t key, const gnutls_datum_t *der)
{
	gnutls_x509_crt_t crt;
	int rc = gnutls_x509_crt_init(&crt);

	if (rc != 0)
		return rc;
	if ((rc = gnutls_x509_crt_import(crt, der, GNUTLS_X509_FMT_DER)) == 0)
		rc = gnutls_pubkey_import_x509(key, crt, 0);
	gnutls_x509_crt_deinit(crt);
	return rc;
}

/* The public half of a private key, PEM or DER. */
static int
import_private(gnutls_pubkey_t key, struct span bytes, struct fault *fault)
{
	gnutls_x509_privkey_t x509 = NULL;
	gnutls_privkey_t private = NULL;
	struct arena arena;
	int err;

	arena_init(&arena, 4 * DER_MAX);
	err = x509_read_key(bytes, &arena, &x509, fault);
	if (err == E_OK && gnutls_privkey_init(&private) != 0)
		err = fault_set(fault, E_NOMEM, NULL, "out of memory");
	if (err == E_OK && (gnutls_privkey_import_x509(private, x509, 0) != 0 ||
			       gnutls_pubkey_import_privkey(key, private, 0, 0) != 0))
		err = fault_set(
		    fault, E_INVALID, NULL, "the private key has no public half");
	gnutls_privkey_deinit(private);
	gnutls_x509_privkey_deinit(x509);
	arena_clear(&arena);
	return err;
}

static int
import_der(gnutls_pubkey_t key, struct span bytes, struct fault *fault)
{
	gnutls_datum_t der = x509_datum(bytes);
	int err = E_INVALID, rc;

	if (bytes.len > 0) {
		if (gnutls_pubkey_import(key, &der, GNUTLS_X509_FMT_DER) == 0 ||
		    (rc = import_certificate(key, &der)) == 0)
			return E_OK;
		err = rc == GNUTLS_E_MEMORY_ERROR ? E_NOMEM
						  : import_private(key, bytes, NULL);
	}
	if (err == E_OK)
		return E_OK;
	if (err == E_NOMEM)
		return fault_set(fault, err, NULL, "out of memory");
	return fault_set(fault, E_INVALID, NULL,
	    "neither the 64 bytes of a sig-N.key nor a public key in PEM or DER");
}

static int
import_pem(gnutls_pubkey_t key, struct span text, struct fault *fault)
{
	struct pem_block block;
	struct arena arena;
	struct span der, rest = text;
	int err;

	while (pem_next(&rest, &block)) {
		if (!span_is(block.label, "PUBLIC KEY") && !pem_is_certificate(&block))
			continue;
		arena_init(&arena, 4 * DER_MAX);
		if ((err = pem_decode(&block, &arena, &der)) != E_OK)
			fault_set(fault, err, NULL, "%s",
			    err == E_NOMEM ? "out of memory"
					   : "the PEM text is damaged");
		else
			err = import_der(key, der, fault);
		arena_clear(&arena);
		return err;
	}
	return import_private(key, text, fault);
}

int
sign_point_read(struct span bytes, uint8_t point[SIGN_POINT], struct fault *fault)
{
	gnutls_pubkey_t key;
	int err;

	if (bytes.len == SIGN_POINT) {
		memcpy(point, bytes.data, SIGN_POINT);
		return sign_point_check(point, fault);
	}
	if (bytes.len > DER_MAX)
		return fault_set(fault, E_INVALID, NULL, "too large for a key");
	if (gnutls_pubkey_init(&key) != 0)
		return fault_set(fault, E_NOMEM, NULL, "out of memory");
	err = pem_is(bytes) ? import_pem(key, bytes, fault)
			    : import_der(key, bytes, fault);
	if (err == E_OK)
		err = sign_export(key, point, fault);
	gnutls_pubkey_deinit(key);
	return err == E_OK ? sign_point_check(point, fault) : err;
}

bool
sign_has_private(struct span bytes)
{
	static const char label[] = "PRIVATE KEY";
	gnutls_pubkey_t key;
	bool has;

	if (bytes.len == SIGN_POINT || bytes.len > DER_MAX)
		return false;
	if (memmem(bytes.data, bytes.len, label, sizeof label - 1) != NULL)
		return true;
	if (gnutls_pubkey_init(&key) != 0)
		return true;
	has = import_private(key, bytes, NULL) == E_OK;
	gnutls_pubkey_deinit(key);
	return has;
}

/* ---- signatures ----------------------------------------------------------------------- */

/*
 * SEQUENCE { INTEGER r, INTEGER s }:
 *	30 n  02 l r…  02 l s…
 * n and l are one byte each, since 72 bytes are the most.
 */
static const char *
number_fault(struct span number)
{
	if (number.len == 0 || number.len > HALF + 1)
		return "has a number of a wrong length";
	if (number.data[0] & 0x80)
		return "has a number below zero";
	if (number.data[0] == 0 && number.len > 1 && !(number.data[1] & 0x80))
		return "has a number with a needless zero in front";
	if (number.data[0] == 0)
		number = span_from(number, 1);
	if (number.len == 0)
		return "has a number that is zero";
	if (number.len > HALF ||
	    (number.len == HALF && memcmp(number.data, order, HALF) >= 0))
		return "has a number beyond the order of the curve";
	return NULL;
}

static const char *
take_number(struct span *rest)
{
	struct span number;

	if (rest->len < 2 || rest->data[0] != 0x02)
		return "is not two numbers";
	if (rest->data[1] & 0x80)
		return "has a length in a longer form than needed";
	if (rest->data[1] > rest->len - 2)
		return "ends too early";
	number = span_of(rest->data + 2, rest->data[1]);
	*rest = span_from(*rest, 2 + number.len);
	return number_fault(number);
}

int
sign_der_check(struct span der, struct fault *fault)
{
	const char *why = NULL;
	struct span rest = span_from(der, 2);

	if (der.len < SIGN_DER_MIN)
		why = "is too short";
	else if (der.len > SIGN_DER_MAX)
		why = "is longer than 72 bytes";
	else if (der.data[0] != 0x30)
		why = "is not DER";
	else if (der.data[1] & 0x80)
		why = "has a length in a longer form than needed";
	else if (der.data[1] != der.len - 2)
		why = "has another length than it says";
	if (why == NULL && (why = take_number(&rest)) == NULL &&
	    (why = take_number(&rest)) == NULL && rest.len > 0)
		why = "has something behind its numbers";
	return why == NULL ? E_OK
			   : fault_set(fault, E_INVALID, NULL, "the signature %s", why);
}

int
sign_verify(const uint8_t point[SIGN_POINT], const uint8_t digest[SHA512_SIZE],
    struct span der, struct fault *fault)
{
	gnutls_datum_t hash = x509_datum(span_of(digest, SHA512_SIZE)),
		       sig = x509_datum(der);
	gnutls_pubkey_t key;
	int err, rc;

	if ((err = sign_der_check(der, fault)) != E_OK ||
	    (err = sign_import(point, &key, fault)) != E_OK)
		return err;
	rc = gnutls_pubkey_verify_hash2(key, GNUTLS_SIGN_ECDSA_SHA512, 0, &hash, &sig);
	gnutls_pubkey_deinit(key);
	if (rc >= 0)
		return E_OK;
	if (rc == GNUTLS_E_MEMORY_ERROR)
		return fault_set(fault, E_NOMEM, NULL, "out of memory");
	return fault_set(
	    fault, E_DENIED, NULL, "it is not a signature of this digest by this key");
}
