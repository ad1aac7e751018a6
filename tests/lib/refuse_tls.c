#include "tests/lib/refuse.h"

#include <gnutls/abstract.h>
#include <gnutls/crypto.h>

/* WRAP_TLS(function, its parameters, their names) */
#define WRAP_TLS(fn, parameters, names)                                           \
	int __real_##fn parameters;                                               \
	int __wrap_##fn parameters;                                               \
	int __wrap_##fn parameters                                                \
	{                                                                         \
		return refuse_this() ? GNUTLS_E_MEMORY_ERROR : __real_##fn names; \
	}

/* clang-format off */
WRAP_TLS(gnutls_x509_crt_init, (gnutls_x509_crt_t *p), (p))
WRAP_TLS(gnutls_x509_privkey_init, (gnutls_x509_privkey_t *p), (p))
WRAP_TLS(gnutls_privkey_init, (gnutls_privkey_t *p), (p))
WRAP_TLS(gnutls_pubkey_init, (gnutls_pubkey_t *p), (p))
WRAP_TLS(gnutls_x509_trust_list_init, (gnutls_x509_trust_list_t *p, unsigned n), (p, n))
WRAP_TLS(gnutls_hash_init, (gnutls_hash_hd_t *p, gnutls_digest_algorithm_t a), (p, a))
WRAP_TLS(gnutls_aead_cipher_init, (gnutls_aead_cipher_hd_t *p,
    gnutls_cipher_algorithm_t a, const gnutls_datum_t *key), (p, a, key))
WRAP_TLS(gnutls_base64_encode2, (const gnutls_datum_t *in, gnutls_datum_t *out), (in, out))
WRAP_TLS(gnutls_base64_decode2, (const gnutls_datum_t *in, gnutls_datum_t *out), (in, out))
WRAP_TLS(gnutls_x509_crt_export2, (gnutls_x509_crt_t crt, gnutls_x509_crt_fmt_t form,
    gnutls_datum_t *out), (crt, form, out))
/* clang-format on */
