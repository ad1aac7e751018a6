/*
 * Who is at the other end. Headers that speak for somebody else (X-Forwarded-…) count only
 * when the peer is a proxy that the configuration trusts.
 */
#ifndef GH_WEB_CLIENT_H
#define GH_WEB_CLIENT_H

#include "web/request.h"

/*
 * The address that the client speaks from: the peer, or when that is a trusted proxy the
 * rightmost address in X-Forwarded-For that is not one (the leftmost when all are). An
 * entry that is no address ends the search at the proxy that wrote it. family 0: unknown.
 */
const struct address *client_address(struct request *req);

/* The same as text, "-" when it is unknown; in `out` or in the request. */
const char *client_address_text(struct request *req, char out[ADDRESS_TEXT]);

/* Whether REMOTE_ADDR is one of the trusted proxies. */
bool client_peer_is_proxy(struct request *req);

/* Whether the client came by https: HTTPS or REQUEST_SCHEME, X-Forwarded-Proto of a proxy. */
bool client_is_https(struct request *req);

/* The host, with the port if any, that the client asked for; "" when it is unknown or has
 * characters that no host has. X-Forwarded-Host of a proxy goes before Host. */
struct span client_host(struct request *req);

#endif
