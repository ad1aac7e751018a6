/*
 * The body of a request. The service reads it before the handler runs, up to the route's
 * limit; a route that is marked ROUTE_READS reads it by itself, piece by piece.
 */
#ifndef GH_WEB_BODY_H
#define GH_WEB_BODY_H

#include "web/request.h"

/*
 * Reads everything into req->body (in the arena, a NUL byte after it). E_TOOBIG when it is
 * longer than `max` or than the request's memory (it is read and thrown away), E_INVALID
 * when Content-Length is no number, is missing, or is not what came.
 */
int body_read_all(struct request *req, uint64_t max, struct fault *fault);

/* Judges the announced length; afterwards req->body_left is what body_read() will give. */
int body_begin(struct request *req, uint64_t max, struct fault *fault);

/* The next bytes, at most n; *got is 0 only at the end. E_INVALID when it breaks off. */
int body_read(
    struct request *req, void *buf, size_t n, size_t *got, struct fault *fault);

/* Throws away what is left. E_INVALID when more came than was announced. */
int body_end(struct request *req, struct fault *fault);

#endif
