/* A gateway's client certificates: for CUPS and for its network server. */
#ifndef GH_MANAGE_CERT_H
#define GH_MANAGE_CERT_H

#include "crypto/certificate.h"
#include "manage/manage.h"

#define CERT_LASTS (730 * INT64_C(86400)) /* seconds, unless asked otherwise */

enum cert_use { CERT_CUPS, CERT_LNS };

struct cert_made {
	struct span der;
	struct certificate_info info;
	uint64_t ca; /* the registered CA that issued it; 0: none of them */
};

/*
 * Issues a certificate (CN: the EUI in 16 upper-case hex digits, clientAuth) with a new key
 * by a CA whose key is here, and gives it to the gateway, which gets both at its next poll.
 * E_STATE when the gateway has no EUI or the CA no key here; E_DENIED when the CA may not
 * speak for the EUI. It never lasts longer than its CA.
 */
int manage_cert_issue(struct manage *m, enum cert_use use, const char *gateway,
    const char *ca, int64_t not_after, struct cert_made *made);

/*
 * Gives the gateway a certificate and its private key (each PEM or DER). For CUPS the CN
 * must be the EUI; for a network server another one is only told to m->say. E_INVALID when
 * gateways cannot take the key's kind or the two do not belong together.
 */
int manage_cert_import(struct manage *m, enum cert_use use, const char *gateway,
    struct span certificate, struct span key, struct cert_made *made);

/* Takes it away; the gateway keeps what it has until it is given something else. E_NOTFOUND
 * when there is none. */
int manage_cert_remove(struct manage *m, enum cert_use use, const char *gateway);

#endif
