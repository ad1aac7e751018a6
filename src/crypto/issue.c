/* Issuing certificates: a local CA, the servers and gateways under it. */
#include "crypto/certificate.h"

#include <arpa/inet.h>

#include "crypto/random.h"
#include "crypto/x509.h"

#define NAME_MAX_LEN 64 /* ub-common-name of RFC 5280 */
#define KEY_ID 20

struct issuing {
	const struct certificate_request *request;
	gnutls_x509_crt_t crt, ca;	   /* ca is crt when it signs itself */
	gnutls_x509_privkey_t key, ca_key; /* ca_key is key then */
};

static int
check_request(const struct certificate_request *r, struct fault *fault)
{
	size_t len = r->common_name != NULL ? strlen(r->common_name) : 0;

	if (len == 0 || len > NAME_MAX_LEN)
		return fault_set(fault, E_INVALID, "common_name",
		    "must have 1 to %d bytes", NAME_MAX_LEN);
	if (r->not_before < 0 || r->not_after <= r->not_before)
		return fault_set(
		    fault, E_INVALID, "not_after", "must be after not_before");
	if (!r->ca && !r->server && !r->client)
		return fault_set(fault, E_INVALID, NULL,
		    "say what the certificate is for: a CA, a server or a client");
	return E_OK;
}

static int
read_ca(struct issuing *job, struct span ca_der, struct span ca_key_der,
    struct arena *arena, struct fault *fault)
{
	unsigned is_ca = 0;
	int err;

	if (ca_der.len == 0) {
		job->ca = job->crt;
		job->ca_key = job->key;
		return E_OK;
	}
	if ((err = x509_read(ca_der, &job->ca, fault)) != E_OK ||
	    (err = x509_read_key(ca_key_der, arena, &job->ca_key, fault)) != E_OK)
		return err;
	if (gnutls_x509_crt_get_basic_constraints(job->ca, NULL, &is_ca, NULL) < 0 ||
	    !is_ca)
		return fault_set(fault, E_INVALID, NULL,
		    "the issuer's certificate is not that of a CA");
	return private_key_matches(ca_key_der, ca_der, fault);
}

static int
put_ip(gnutls_x509_crt_t crt, const char *text)
{
	unsigned char bytes[16];
	unsigned size = 4;

	if (inet_pton(AF_INET, text, bytes) != 1) {
		size = 16;
		if (inet_pton(AF_INET6, text, bytes) != 1)
			return GNUTLS_E_INVALID_REQUEST;
	}
	return gnutls_x509_crt_set_subject_alt_name(
	    crt, GNUTLS_SAN_IPADDRESS, bytes, size, GNUTLS_FSAN_APPEND);
}

static int
put_names(const struct issuing *job, struct fault *fault)
{
	const struct certificate_request *r = job->request;
	const char *const *name;

	if (gnutls_x509_crt_set_dn_by_oid(job->crt, GNUTLS_OID_X520_COMMON_NAME, 0,
		r->common_name, (unsigned)strlen(r->common_name)) < 0)
		return fault_set(fault, E_INVALID, "common_name",
		    "cannot be put into a certificate");
	for (name = r->dns_names; name != NULL && *name != NULL; name++)
		if (gnutls_x509_crt_set_subject_alt_name(job->crt, GNUTLS_SAN_DNSNAME,
			*name, (unsigned)strlen(*name), GNUTLS_FSAN_APPEND) < 0)
			return fault_set(fault, E_INVALID, "dns_names",
			    "\"%s\" is not a host name", *name);
	for (name = r->ip_addresses; name != NULL && *name != NULL; name++)
		if (put_ip(job->crt, *name) < 0)
			return fault_set(fault, E_INVALID, "ip_addresses",
			    "\"%s\" is not an IP address", *name);
	return E_OK;
}

/* What it may be used for. */
static int
put_uses(const struct issuing *job)
{
	const struct certificate_request *r = job->request;
	unsigned usage = 0;
	int rc;

	if (r->ca)
		usage |= GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN;
	if (r->server || r->client)
		usage |= GNUTLS_KEY_DIGITAL_SIGNATURE;
	if (r->server &&
	    gnutls_x509_privkey_get_pk_algorithm(job->key) == GNUTLS_PK_RSA)
		usage |= GNUTLS_KEY_KEY_ENCIPHERMENT;
	rc = gnutls_x509_crt_set_basic_constraints(job->crt, r->ca, -1);
	if (rc >= 0)
		rc = gnutls_x509_crt_set_key_usage(job->crt, usage);
	if (rc >= 0 && r->server)
		rc = gnutls_x509_crt_set_key_purpose_oid(
		    job->crt, GNUTLS_KP_TLS_WWW_SERVER, 0);
	if (rc >= 0 && r->client)
		rc = gnutls_x509_crt_set_key_purpose_oid(
		    job->crt, GNUTLS_KP_TLS_WWW_CLIENT, 0);
	return rc;
}

/* The key ids of subject and issuer; that of the CA is as its certificate has it. */
static int
put_key_ids(const struct issuing *job)
{
	unsigned char own[KEY_ID], ca[64];
	size_t own_size = sizeof own, ca_size = sizeof ca;
	int rc = gnutls_x509_crt_get_key_id(job->crt, 0, own, &own_size);

	if (rc >= 0)
		rc = gnutls_x509_crt_set_subject_key_id(job->crt, own, own_size);
	if (rc < 0)
		return rc;
	rc = gnutls_x509_crt_get_subject_key_id(job->ca, ca, &ca_size, NULL);
	if (rc == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE) {
		ca_size = sizeof ca;
		rc = gnutls_x509_crt_get_key_id(job->ca, 0, ca, &ca_size);
	}
	if (rc >= 0)
		rc = gnutls_x509_crt_set_authority_key_id(job->crt, ca, ca_size);
	return rc;
}

/* 128 random bits behind a byte that keeps the number positive and of one length. */
static int
put_serial(gnutls_x509_crt_t crt)
{
	unsigned char serial[17] = {1};

	if (random_bytes(serial + 1, sizeof serial - 1) != E_OK)
		return GNUTLS_E_RANDOM_FAILED;
	return gnutls_x509_crt_set_serial(crt, serial, sizeof serial);
}

static int
fill_and_sign(const struct issuing *job, struct arena *arena, struct span *der,
    struct fault *fault)
{
	const struct certificate_request *r = job->request;
	gnutls_x509_crt_t crt = job->crt;
	gnutls_datum_t out;
	int err, rc;

	if ((err = put_names(job, fault)) != E_OK)
		return err;
	if ((rc = gnutls_x509_crt_set_version(crt, 3)) < 0 ||
	    (rc = put_serial(crt)) < 0 ||
	    (rc = gnutls_x509_crt_set_activation_time(crt, (time_t)r->not_before)) <
		0 ||
	    (rc = gnutls_x509_crt_set_expiration_time(crt, (time_t)r->not_after)) < 0 ||
	    (rc = gnutls_x509_crt_set_key(crt, job->key)) < 0 ||
	    (rc = put_uses(job)) < 0 || (rc = put_key_ids(job)) < 0 ||
	    (rc = gnutls_x509_crt_sign2(
		 crt, job->ca, job->ca_key, GNUTLS_DIG_SHA256, 0)) < 0 ||
	    (rc = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_DER, &out)) < 0)
		return fault_set(fault,
		    rc == GNUTLS_E_MEMORY_ERROR ? E_NOMEM : E_CRYPTO, NULL,
		    "the certificate cannot be made (%s)", gnutls_strerror(rc));
	if ((err = x509_keep(&out, arena, der)) != E_OK)
		return fault_set(fault, err, NULL, "out of memory");
	return E_OK;
}

int
certificate_issue(const struct certificate_request *request, struct span key_der,
    struct span ca_der, struct span ca_key_der, struct arena *arena, struct span *der,
    struct fault *fault)
{
	struct issuing job = {.request = request};
	int err;

	*der = span_of(NULL, 0);
	if ((err = check_request(request, fault)) != E_OK ||
	    (err = x509_read_key(key_der, arena, &job.key, fault)) != E_OK)
		return err;
	if (gnutls_x509_crt_init(&job.crt) != 0)
		err = fault_set(fault, E_NOMEM, NULL, "out of memory");
	else if ((err = read_ca(&job, ca_der, ca_key_der, arena, fault)) == E_OK)
		err = fill_and_sign(&job, arena, der, fault);
	if (job.ca != job.crt)
		gnutls_x509_crt_deinit(job.ca);
	if (job.ca_key != job.key)
		gnutls_x509_privkey_deinit(job.ca_key);
	gnutls_x509_crt_deinit(job.crt);
	gnutls_x509_privkey_deinit(job.key);
	return err;
}
