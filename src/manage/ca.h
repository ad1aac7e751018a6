/* Certificate authorities for gateways' client certificates. */
#ifndef GH_MANAGE_CA_H
#define GH_MANAGE_CA_H

#include "manage/manage.h"
#include "registry/ca.h"

#define CA_LASTS \
	(7300 * INT64_C(86400)) /* seconds, of one made here, unless asked otherwise */

struct ca_request {
	const char *id, *name; /* name may be NULL */
	struct text_list
	    eui_prefixes; /* hex digits; none: it speaks for no gateway yet */
};

/* Registers somebody's CA certificate (PEM or DER, exactly one). E_INVALID when it is none
 * of a CA or has expired, E_EXISTS. */
int manage_ca_import(struct manage *m, const struct ca_request *request,
    struct span pem_or_der, struct ca *stored);

/* Makes a CA of our own (P-256) that lasts until `not_after`; its key is sealed. E_STATE
 * without sealing keys. */
int manage_ca_create(struct manage *m, const struct ca_request *request,
    int64_t not_after, struct ca *stored);

/* Ends one client certificate by its serial number (hex, colons and either case allowed).
 * E_EXISTS when it is revoked already, E_FULL above 1,000. */
int manage_ca_revoke(struct manage *m, const char *id, const char *serial);

#endif
