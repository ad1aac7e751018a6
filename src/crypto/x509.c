#include "crypto/x509.h"

#include <stdio.h>

#include <gnutls/crypto.h>

#include "base/clock.h"

/* How GnuTLS writes 99991231235959Z, the date that stands for "never". */
#define GNUTLS_NEVER ((int64_t)GNUTLS_X509_NO_WELL_DEFINED_EXPIRATION)
#define NEVER INT64_C(253402300799)

int
x509_keep(gnutls_datum_t *datum, struct arena *arena, struct span *out)
{
	const char *kept = arena_dup(arena, span_of(datum->data, datum->size));

	*out = span_of(kept, kept != NULL ? datum->size : 0);
	if (datum->data != NULL)
		gnutls_memset(datum->data, 0, datum->size);
	gnutls_free(datum->data);
	return kept != NULL ? E_OK : E_NOMEM;
}

int
x509_read(struct span der, gnutls_x509_crt_t *crt, struct fault *fault)
{
	gnutls_datum_t in = x509_datum(der);
	int rc;

	*crt = NULL;
	if (der.len == 0)
		return fault_set(fault, E_INVALID, NULL, "there is no certificate");
	if ((rc = gnutls_x509_crt_init(crt)) == 0)
		rc = gnutls_x509_crt_import(*crt, &in, GNUTLS_X509_FMT_DER);
	if (rc == 0)
		return E_OK;
	gnutls_x509_crt_deinit(*crt);
	*crt = NULL;
	if (rc == GNUTLS_E_MEMORY_ERROR)
		return fault_set(fault, E_NOMEM, NULL, "out of memory");
	return fault_set(fault, E_INVALID, NULL,
	    "not a certificate that can be read (%s)", gnutls_strerror(rc));
}

static const char *
curve_name(gnutls_ecc_curve_t curve)
{
	switch (curve) {
	case GNUTLS_ECC_CURVE_SECP256R1:
		return "P-256";
	case GNUTLS_ECC_CURVE_SECP384R1:
		return "P-384";
	case GNUTLS_ECC_CURVE_SECP521R1:
		return "P-521";
	default:
		return gnutls_ecc_curve_get_name(curve);
	}
}

const char *
x509_kind(int algorithm, unsigned bits, gnutls_ecc_curve_t curve, char out[X509_KIND])
{
	const char *name;

	switch (algorithm) {
	case GNUTLS_PK_ECDSA:
		name = curve_name(curve);
		snprintf(
		    out, X509_KIND, "ECDSA %s", name != NULL ? name : "unknown curve");
		break;
	case GNUTLS_PK_EDDSA_ED25519:
		snprintf(out, X509_KIND, "Ed25519");
		break;
	case GNUTLS_PK_RSA:
	case GNUTLS_PK_RSA_PSS:
	case GNUTLS_PK_DSA:
		snprintf(out, X509_KIND, "%s %u", gnutls_pk_get_name(algorithm), bits);
		break;
	default:
		name = algorithm > 0 ? gnutls_pk_get_name(algorithm) : NULL;
		snprintf(out, X509_KIND, "%s", name != NULL ? name : "unknown");
	}
	return out;
}

bool
x509_dates(gnutls_x509_crt_t crt, int64_t *not_before, int64_t *not_after)
{
	*not_before = (int64_t)gnutls_x509_crt_get_activation_time(crt);
	*not_after = (int64_t)gnutls_x509_crt_get_expiration_time(crt);
	if (*not_after == GNUTLS_NEVER)
		*not_after = NEVER;
	return *not_before != -1 && *not_after != -1;
}

int
x509_check_dates(
    gnutls_x509_crt_t crt, const char *what, int64_t now, int err, struct fault *fault)
{
	int64_t not_before, not_after;
	char date[CLOCK_TEXT];

	if (!x509_dates(crt, &not_before, &not_after))
		return fault_set(
		    fault, E_INVALID, NULL, "%s has dates that make no sense", what);
	if (now < not_before) {
		clock_format(not_before, date);
		return fault_set(
		    fault, err, NULL, "%s is not valid before %s", what, date);
	}
	if (now > not_after) {
		clock_format(not_after, date);
		return fault_set(fault, err, NULL, "%s expired on %s", what, date);
	}
	return E_OK;
}

bool
x509_purpose(gnutls_x509_crt_t crt, const char *oid, bool absent, bool any)
{
	char found[128];
	size_t size = sizeof found;
	int rc;

	for (unsigned i = 0;; i++, size = sizeof found) {
		rc = gnutls_x509_crt_get_key_purpose_oid(crt, i, found, &size, NULL);
		if (rc == GNUTLS_E_SHORT_MEMORY_BUFFER)
			continue;
		if (rc < 0)
			break;
		if (strcmp(found, oid) == 0 ||
		    (any && strcmp(found, GNUTLS_KP_ANY) == 0))
			return true;
		absent = false;
	}
	return absent && rc == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;
}

/* The sentence for the gravest bit. */
static const char *
status_text(unsigned status)
{
	static const struct {
		unsigned bit;
		const char *text;
	} rows[] = {
	    {GNUTLS_CERT_SIGNER_NOT_FOUND, "it was not issued by this CA"},
	    {GNUTLS_CERT_SIGNATURE_FAILURE, "its signature is wrong"},
	    {GNUTLS_CERT_SIGNER_NOT_CA, "its issuer is not a CA"},
	    {GNUTLS_CERT_SIGNER_CONSTRAINTS_FAILURE, "its issuer may not issue it"},
	    {GNUTLS_CERT_INSECURE_ALGORITHM,
		"a key or signature is too weak (SHA-1, MD5, RSA below 2048 bits)"},
	    {GNUTLS_CERT_PURPOSE_MISMATCH, "it is not made for this use"},
	    {GNUTLS_CERT_UNKNOWN_CRIT_EXTENSIONS,
		"it has a critical extension that is not known"},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		if ((status & rows[i].bit) != 0)
			return rows[i].text;
	return "it does not verify";
}

/*
 * GnuTLS would compare dates with the machine's clock: the callers do that, with theirs.
 * A list of its own for each check, so that nothing but this anchor is trusted.
 */
int
x509_verify(const struct x509_chain *chain, int err, struct fault *fault)
{
	const unsigned flags = GNUTLS_VERIFY_DISABLE_TIME_CHECKS |
			       GNUTLS_VERIFY_DISABLE_TRUSTED_TIME_CHECKS |
			       GNUTLS_VERIFY_DO_NOT_ALLOW_X509_V1_CA_CRT |
			       GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_MEDIUM);
	gnutls_x509_trust_list_t list;
	unsigned status = 0;
	int rc;

	if (gnutls_x509_trust_list_init(&list, 1) != 0)
		return fault_set(fault, E_NOMEM, NULL, "out of memory");
	rc = gnutls_x509_trust_list_add_cas(list, &chain->anchor, 1, 0);
	if (rc >= 0)
		rc = gnutls_x509_trust_list_verify_crt2(
		    list, chain->certs, chain->count, NULL, 0, flags, &status, NULL);
	gnutls_x509_trust_list_deinit(list, 0);
	if (rc < 0)
		return fault_set(fault, err, NULL,
		    "the certificate does not verify (%s)", gnutls_strerror(rc));
	if (status != 0)
		return fault_set(fault, err, NULL,
		    "the certificate does not verify: %s", status_text(status));
	return E_OK;
}

static const char *
name_text(int rc, gnutls_datum_t *dn, char out[X509_NAME])
{
	snprintf(out, X509_NAME, "%s", rc == 0 ? (const char *)dn->data : "?");
	if (rc == 0)
		gnutls_free(dn->data);
	return out;
}

const char *
x509_subject(gnutls_x509_crt_t crt, char out[X509_NAME])
{
	gnutls_datum_t dn;

	return name_text(gnutls_x509_crt_get_dn3(crt, &dn, 0), &dn, out);
}

const char *
x509_issuer(gnutls_x509_crt_t crt, char out[X509_NAME])
{
	gnutls_datum_t dn;

	return name_text(gnutls_x509_crt_get_issuer_dn3(crt, &dn, 0), &dn, out);
}
