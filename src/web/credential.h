/* What the client shows to prove who it is, as text; src/auth judges it. */
#ifndef GH_WEB_CREDENTIAL_H
#define GH_WEB_CREDENTIAL_H

#include "web/request.h"

#define CREDENTIAL_CERTIFICATE_MAX 16384

/*
 * The key: `Bearer KEY`, `Key KEY` or `KEY` in Authorization or in one of the configured
 * headers, any case of the scheme. Without blanks at its ends, never empty. E_NOAUTH when
 * there is none (Basic and other schemes are none).
 */
int request_key(const struct request *req, struct span *key);

/*
 * The client's certificate as PEM with line ends, exactly one: from the variable
 * SSL_CLIENT_CERT, or from the configured header if and only if the peer is a trusted
 * proxy. Percent-escapes (nginx) and blanks or tabs for line ends (Apache, nginx) are
 * undone. Nothing is verified. E_NOTFOUND when there is none, E_INVALID when it is no PEM
 * certificate or the header is there twice, E_NOMEM.
 */
int request_client_certificate(struct request *req, struct span *pem);

#endif
