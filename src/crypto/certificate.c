/* Reading certificates: from PEM or DER to one DER certificate, and what it says. */
#include "crypto/certificate.h"

#include <stdio.h>

#include "base/hex.h"
#include "crypto/digest.h"
#include "crypto/pem.h"
#include "crypto/x509.h"

#define SERIAL_MAX 64

/*
 * The LoRa Basics Station finds the end of a certificate by `30 82 hh ll` (cups.md). What
 * is shorter than 256 bytes or longer than 65,535 has another form.
 */
static int
check_form(struct span der, struct fault *fault)
{
	size_t len;

	if (der.len < 4 || der.data[0] != 0x30)
		return fault_set(
		    fault, E_INVALID, NULL, "neither a PEM nor a DER certificate");
	if (der.data[1] != 0x82)
		return fault_set(fault, E_INVALID, NULL,
		    "not a certificate, or one that is shorter than 256 or longer than "
		    "65535 bytes, which gateways cannot read");
	len = 4 + ((size_t)der.data[2] << 8 | der.data[3]);
	if (der.len < len)
		return fault_set(fault, E_INVALID, NULL,
		    "the certificate is cut off: %zu of %zu bytes are there", der.len,
		    len);
	if (der.len > len)
		return fault_set(fault, E_INVALID, NULL,
		    "%zu bytes too many follow the DER certificate", der.len - len);
	return E_OK;
}

/* Names what was found instead. */
static int
no_certificate(struct span label, struct fault *fault)
{
	char text[81];

	snprintf(text, sizeof text, "%.*s", (int)label.len,
	    label.len > 0 ? (const char *)label.data : "");
	if (strstr(text, "PRIVATE KEY") != NULL)
		return fault_set(
		    fault, E_INVALID, NULL, "this is a private key, not a certificate");
	if (strstr(text, "CERTIFICATE REQUEST") != NULL)
		return fault_set(fault, E_INVALID, NULL,
		    "this is a request for a certificate; a CA must sign it first");
	if (strcmp(text, "TRUSTED CERTIFICATE") == 0)
		return fault_set(fault, E_INVALID, NULL,
		    "a certificate in OpenSSL's own form; say: openssl x509 -in FILE");
	if (text[0] != '\0')
		return fault_set(fault, E_INVALID, NULL,
		    "the PEM text holds no certificate but \"%s\"", text);
	return fault_set(fault, E_INVALID, NULL,
	    "the PEM text is damaged: no block begins and ends as it should");
}

/* The first certificate of a PEM text, and how many more there are. */
static int
from_pem(struct span text, struct arena *arena, struct span *der, unsigned *more,
    struct fault *fault)
{
	struct pem_block block, first = {0};
	struct span other = {0};
	unsigned count = 0;
	int err;

	while (pem_next(&text, &block)) {
		if (!pem_is_certificate(&block))
			other = block.label;
		else if (count++ == 0)
			first = block;
	}
	if (count == 0)
		return no_certificate(other, fault);
	*more = count - 1;
	if ((err = pem_decode(&first, arena, der)) == E_INVALID)
		return fault_set(fault, err, NULL, "the PEM text is damaged");
	return err != E_OK ? fault_set(fault, err, NULL, "out of memory") : E_OK;
}

int
certificate_der(struct span pem_or_der, struct arena *arena, struct span *der,
    unsigned *more, struct fault *fault)
{
	gnutls_x509_crt_t crt;
	unsigned following = 0;
	int err = E_OK;

	*der = span_of(NULL, 0);
	if (pem_or_der.len > PEM_MAX)
		return fault_set(fault, E_INVALID, NULL, "too large for a certificate");
	if (pem_is(pem_or_der)) {
		err = from_pem(pem_or_der, arena, der, &following, fault);
	} else if ((err = check_form(pem_or_der, fault)) == E_OK) {
		*der = span_of(arena_dup(arena, pem_or_der), pem_or_der.len);
		if (der->data == NULL)
			err = fault_set(fault, E_NOMEM, NULL, "out of memory");
	}
	if (err != E_OK || (err = check_form(*der, fault)) != E_OK ||
	    (err = x509_read(*der, &crt, fault)) != E_OK)
		return err;
	gnutls_x509_crt_deinit(crt);
	if (more != NULL)
		*more = following;
	return E_OK;
}

int
certificate_list(struct span pem, struct arena *arena, struct span *ders, size_t max,
    size_t *count, struct fault *fault)
{
	struct pem_block block;
	struct fault why = {0};
	size_t n = 0;
	int err;

	*count = 0;
	if (pem.len > PEM_MAX)
		return fault_set(fault, E_INVALID, NULL, "too large for certificates");
	while (pem_next(&pem, &block)) {
		if (!pem_is_certificate(&block))
			continue;
		if (n == max)
			return fault_set(
			    fault, E_TOOBIG, NULL, "more than %zu certificates", max);
		err = certificate_der(block.whole, arena, &ders[n], NULL, &why);
		if (err != E_OK)
			return fault_set(
			    fault, err, NULL, "certificate %zu: %s", n + 1, why.text);
		n++;
	}
	*count = n;
	if (n == 0)
		return fault_set(
		    fault, E_INVALID, NULL, "there is no PEM certificate in it");
	return E_OK;
}

/* The only common name; "" when there is none, or several, of which none speaks for the
 * certificate more than the others. */
static int
read_common_name(gnutls_x509_crt_t crt, struct arena *arena, const char **name)
{
	static const char oid[] = GNUTLS_OID_X520_COMMON_NAME;
	size_t size = 0, second = 0;
	char *text;
	int rc;

	*name = "";
	rc = gnutls_x509_crt_get_dn_by_oid(crt, oid, 0, 0, NULL, &size);
	if (rc == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
		return E_OK;
	if (rc != GNUTLS_E_SHORT_MEMORY_BUFFER)
		return E_INVALID;
	rc = gnutls_x509_crt_get_dn_by_oid(crt, oid, 1, 0, NULL, &second);
	if (rc != GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE)
		return E_OK;
	if ((text = arena_zalloc(arena, size + 1, 1)) == NULL)
		return E_NOMEM;
	if (gnutls_x509_crt_get_dn_by_oid(crt, oid, 0, 0, text, &size) != 0 ||
	    strlen(text) != size)
		return E_INVALID;
	*name = text;
	return E_OK;
}

static int
read_names(gnutls_x509_crt_t crt, struct arena *arena, struct certificate_info *info)
{
	gnutls_datum_t dn;
	struct span kept;
	int err;

	if (gnutls_x509_crt_get_dn3(crt, &dn, 0) != 0)
		return E_INVALID;
	if ((err = x509_keep(&dn, arena, &kept)) != E_OK)
		return err;
	info->subject = (const char *)kept.data;
	if (gnutls_x509_crt_get_issuer_dn3(crt, &dn, 0) != 0)
		return E_INVALID;
	if ((err = x509_keep(&dn, arena, &kept)) != E_OK)
		return err;
	info->issuer = (const char *)kept.data;
	return read_common_name(crt, arena, &info->common_name);
}

/* The zero byte that only keeps a number positive in DER is no part of it: others do not
 * print it either. */
static int
read_serial(gnutls_x509_crt_t crt, struct arena *arena, struct certificate_info *info)
{
	unsigned char number[SERIAL_MAX], *bytes = number;
	size_t size = sizeof number;
	char *text;

	if (gnutls_x509_crt_get_serial(crt, bytes, &size) != 0)
		return E_INVALID;
	for (; size > 1 && *bytes == 0; size--)
		bytes++;
	if ((text = arena_alloc(arena, 2 * size + 1)) == NULL)
		return E_NOMEM;
	hex_encode(bytes, size, text);
	info->serial = text;
	return E_OK;
}

static int
read_key_kind(gnutls_x509_crt_t crt, struct arena *arena, struct certificate_info *info)
{
	gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_INVALID;
	gnutls_datum_t x, y;
	unsigned bits = 0;
	int algorithm = gnutls_x509_crt_get_pk_algorithm(crt, &bits);
	char text[X509_KIND];

	if (algorithm == GNUTLS_PK_ECDSA &&
	    gnutls_x509_crt_get_pk_ecc_raw(crt, &curve, &x, &y) == 0) {
		gnutls_free(x.data);
		gnutls_free(y.data);
	}
	info->key_kind = arena_strdup(arena, x509_kind(algorithm, bits, curve, text));
	return info->key_kind != NULL ? E_OK : E_NOMEM;
}

static int
read_rest(gnutls_x509_crt_t crt, struct span der, struct certificate_info *info)
{
	unsigned ca = 0;
	uint8_t digest[SHA256_SIZE];
	int err;

	if (!x509_dates(crt, &info->not_before, &info->not_after))
		return E_INVALID;
	info->is_ca =
	    gnutls_x509_crt_get_basic_constraints(crt, NULL, &ca, NULL) >= 0 && ca != 0;
	info->self_signed = gnutls_x509_crt_check_issuer(crt, crt) != 0;
	info->client_auth = x509_purpose(crt, GNUTLS_KP_TLS_WWW_CLIENT, false, false);
	if ((err = sha256(der, digest)) != E_OK)
		return err;
	hex_encode(digest, sizeof digest, info->sha256);
	return E_OK;
}

int
certificate_inspect(struct span der, struct arena *arena, struct certificate_info *info,
    struct fault *fault)
{
	gnutls_x509_crt_t crt;
	int err;

	*info = (struct certificate_info){0};
	if ((err = x509_read(der, &crt, fault)) != E_OK)
		return err;
	if ((err = read_names(crt, arena, info)) == E_OK &&
	    (err = read_serial(crt, arena, info)) == E_OK &&
	    (err = read_key_kind(crt, arena, info)) == E_OK)
		err = read_rest(crt, der, info);
	gnutls_x509_crt_deinit(crt);
	if (err == E_INVALID)
		return fault_set(fault, err, NULL,
		    "the certificate has a name, number or date that cannot be read");
	return err != E_OK ? fault_set(fault, err, NULL, "%s", err_text(err)) : E_OK;
}

int
certificate_pem(struct span der, struct arena *arena, struct span *pem)
{
	return pem_encode("CERTIFICATE", der, arena, pem);
}

bool
certificate_eui(const struct certificate_info *info, uint64_t *eui)
{
	uint8_t bytes[8];

	if (!hex_decode(span_str(info->common_name), bytes, sizeof bytes))
		return false;
	*eui = 0;
	for (size_t i = 0; i < sizeof bytes; i++)
		*eui = *eui << 8 | bytes[i];
	return true;
}
