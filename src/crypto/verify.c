/* Whose certificate a client presented, and whether it may be believed. */
#include "crypto/certificate.h"

#include "crypto/x509.h"

static bool
is_ca(gnutls_x509_crt_t crt)
{
	unsigned ca = 0;

	return gnutls_x509_crt_get_basic_constraints(crt, NULL, &ca, NULL) >= 0 &&
	       ca != 0;
}

/* A CA without a key usage may do all that a CA does (RFC 5280, 4.2.1.3). */
static bool
may_sign(gnutls_x509_crt_t ca)
{
	unsigned usage = 0;
	int rc = gnutls_x509_crt_get_key_usage(ca, &usage, NULL);

	return rc == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE ||
	       (rc >= 0 && (usage & GNUTLS_KEY_KEY_CERT_SIGN) != 0);
}

static int
check_ca(gnutls_x509_crt_t ca, int64_t now, struct fault *fault)
{
	if (!is_ca(ca))
		return fault_set(fault, E_DENIED, NULL,
		    "the CA's certificate is not that of a CA (basic constraints)");
	if (!may_sign(ca))
		return fault_set(fault, E_DENIED, NULL,
		    "the CA's certificate may not sign certificates (key usage)");
	if (!x509_purpose(ca, GNUTLS_KP_TLS_WWW_CLIENT, true, true))
		return fault_set(fault, E_DENIED, NULL,
		    "the CA may not issue client certificates (extended key usage)");
	return x509_check_dates(ca, "the CA's certificate", now, E_DENIED, fault);
}

/* What stands in the client's certificate itself. */
static int
check_client(gnutls_x509_crt_t crt, int64_t now, struct fault *fault)
{
	int sign = gnutls_x509_crt_get_signature_algorithm(crt);

	if (is_ca(crt))
		return fault_set(fault, E_DENIED, NULL,
		    "the certificate is that of a CA, not of a client");
	if (sign < 0 || !gnutls_sign_is_secure2((gnutls_sign_algorithm_t)sign,
			    GNUTLS_SIGN_FLAG_SECURE_FOR_CERTS))
		return fault_set(fault, E_DENIED, NULL,
		    "the certificate is signed with %s, which is too weak",
		    sign > 0 ? gnutls_sign_get_name((gnutls_sign_algorithm_t)sign)
			     : "an unknown algorithm");
	if (!x509_purpose(crt, GNUTLS_KP_TLS_WWW_CLIENT, false, false))
		return fault_set(fault, E_DENIED, NULL,
		    "the certificate is not made for clients (extended key usage "
		    "clientAuth)");
	return x509_check_dates(crt, "the certificate", now, E_DENIED, fault);
}

/* Most clients come with a certificate of another CA than this one: that costs nothing. */
static int
check_issuer(gnutls_x509_crt_t crt, gnutls_x509_crt_t ca, struct fault *fault)
{
	char issuer[X509_NAME];

	if (gnutls_x509_crt_check_issuer(crt, ca) != 0)
		return E_OK;
	return fault_set(fault, E_DENIED, NULL,
	    "the certificate was issued by %s, not by this CA",
	    x509_issuer(crt, issuer));
}

int
certificate_verify_client(
    struct span der, struct span ca_der, int64_t now, struct fault *fault)
{
	gnutls_x509_crt_t crt = NULL, ca = NULL;
	struct x509_chain chain = {.certs = &crt, .count = 1};
	int err;

	if ((err = x509_read(der, &crt, fault)) != E_OK)
		return err;
	if ((err = x509_read(ca_der, &ca, fault)) == E_OK) {
		chain.anchor = ca;
		if ((err = check_issuer(crt, ca, fault)) == E_OK &&
		    (err = check_ca(ca, now, fault)) == E_OK &&
		    (err = check_client(crt, now, fault)) == E_OK)
			err = x509_verify(&chain, E_DENIED, fault);
	}
	gnutls_x509_crt_deinit(crt);
	gnutls_x509_crt_deinit(ca);
	return err;
}
