/* Which handler answers: a table of methods and patterns. */
#ifndef GH_WEB_ROUTE_H
#define GH_WEB_ROUTE_H

#include "web/request.h"
#include "web/response.h"

/*
 * Answers one request. E_OK: `res` is the answer. An error becomes response_error() without
 * a text. `state` is what the program's open() made.
 */
typedef int route_handler(struct request *req, struct response *res, void *state);

enum route_flags {
	ROUTE_READS = 1 << 0, /* the handler reads the body by body_read() */
	/* From here on a program's own, for its gate. */
	ROUTE_PROGRAM = 1 << 8,
};

/*
 * `pattern` is a path whose segments stand for themselves or, as {name}, for one segment
 * that is not empty. The first row that fits wins: put `/gateways/new` before
 * `/gateways/{id}`. A row with METHOD_GET answers HEAD too.
 */
struct route {
	unsigned methods; /* bits of enum method */
	const char *pattern;
	route_handler *handler;
	uint64_t max_body; /* 0: a body is refused */
	unsigned flags;
};

/*
 * The row for a path and method, with what the {name}s stood for in `captures`
 * (REQUEST_CAPTURES of them). E_NOTFOUND: no pattern fits. E_METHOD: some do, and `allow`
 * has all their methods; this is also the case for OPTIONS.
 */
int route_find(const struct route *routes, size_t count, enum method method,
    struct span path, const struct route **found, struct span *captures,
    unsigned *allow);

/*
 * The same for a request, in each of the views of its address (request_view()): the first
 * in which a pattern fits is taken. Sets req->route, path, prefix and captures.
 */
int route_request(
    struct request *req, const struct route *routes, size_t count, unsigned *allow);

/* "GET, HEAD, PUT, OPTIONS" for the Allow header; `out` has ROUTE_ALLOW bytes. */
#define ROUTE_ALLOW 64
const char *route_allow(unsigned methods, char out[ROUTE_ALLOW]);

/* True when the pattern's names and number of captures are well-formed; for tests. */
bool route_pattern_ok(const char *pattern);

#endif
