/*
 * One request, the same for FastCGI and plain CGI. Whatever is handed out lives as long as
 * the request: in its arena or in the web server's variables.
 *
 * Where things come from. *Headers* are what the client wrote. *Variables* are what the web
 * server says (REMOTE_ADDR, SSL_CLIENT_CERT…); a header can never be taken for one, since
 * web servers put HTTP_ before the names of headers and request_variable() refuses those.
 *
 * See also client.h (who is there), credential.h (keys, certificates), body.h.
 */
#ifndef GH_WEB_REQUEST_H
#define GH_WEB_REQUEST_H

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"
#include "web/address.h"
#include "web/transport.h"
#include "web/urlencoded.h"

#define REQUEST_CAPTURES 8
#define REQUEST_PAIRS 256 /* most pairs in a query string */

/* Bits, so that a route can name several. */
enum method {
	METHOD_OTHER = 0,
	METHOD_GET = 1 << 0,
	METHOD_HEAD = 1 << 1,
	METHOD_POST = 1 << 2,
	METHOD_PUT = 1 << 3,
	METHOD_PATCH = 1 << 4,
	METHOD_DELETE = 1 << 5,
	METHOD_OPTIONS = 1 << 6,
};

/* Whom to believe; made from the configuration, valid as long as the process serves. */
struct request_rules {
	const struct network *proxies;
	size_t proxy_count;
	const char *certificate_header; /* "" or NULL: none */
	const char *const *key_headers; /* beside Authorization */
	size_t key_header_count;
	struct span
	    prefix; /* path of the public URL without trailing slash; may be "" */
};

struct route;

struct request {
	enum method method;
	const char *method_name; /* as the client wrote it */

	/*
	 * Decoded, begins with '/', without NUL, control characters, `.` and `..`; slashes
	 * only separate. `prefix` is what stands before it in the address and belongs before
	 * every link: "" when the program is at the server's root.
	 */
	struct span path, prefix;

	struct span body; /* whole, unless the route reads it by itself */

	const struct route *route;
	struct span captures[REQUEST_CAPTURES];

	struct arena *arena;

	/* What follows is for src/web alone. */
	const struct request_rules *rules;
	const struct transport *io;
	char **variables;
	struct span raw, full, below, script; /* see request_view() */
	struct span query;
	struct pair *pairs;
	size_t pair_count;
	bool pairs_known, client_known;
	struct address peer, client;
	bool body_announced;
	uint64_t body_left;
	struct strbuf *note;
};

/*
 * Fills `req` from the web server's variables; `note` collects what the handler wants in the
 * log. E_INVALID (with words) for a method, path or query that is not well-formed: even
 * then the request can be answered, logged and its body thrown away.
 */
int request_begin(struct request *req, const struct request_rules *rules,
    const struct transport *io, char **variables, struct arena *arena,
    struct strbuf *note, struct fault *fault);

/* A header ("User-Agent", any case), NULL when there is none. Authorization is also found
 * where Apache puts it after a rewrite. */
const char *request_header(const struct request *req, const char *name);

/* A variable of the web server, NULL when there is none or when the name is a header's. */
const char *request_variable(const struct request *req, const char *name);

/* How often a header's variable is there: web servers may give two that differ only in
 * `-` and `_`, of which one is a forgery. */
unsigned request_header_count(const struct request *req, const char *name);

/* A value of the query string (the first of this name); false when there is none. */
bool request_query(struct request *req, const char *name, struct span *value);

/* All pairs of the query string, in order. */
size_t request_pairs(struct request *req, const struct pair **pairs);

/* The segment that stood at {name} of the route's pattern; empty when there is no such. */
struct span request_capture(const struct request *req, const char *name);

/* The path as it came, still escaped, without query string: for the log. Never empty. */
struct span request_raw_path(const struct request *req);

/* Adds " name=value" to the request's line in the log. No secrets. */
void request_note(struct request *req, const char *name, struct span value);

/*
 * Sets path and prefix to one of the ways to see the address: 0 below the public URL's path,
 * 1 the whole path, 2 PATH_INFO below the script. False when there is no such view.
 * For the router.
 */
#define REQUEST_VIEWS 3
bool request_view(struct request *req, int view);

#endif
