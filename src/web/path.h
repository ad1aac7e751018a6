/* The path of a request: decoded once, and strict, so that it means the same to us as to
 * the web server's own rules about it. */
#ifndef GH_WEB_PATH_H
#define GH_WEB_PATH_H

#include "base/arena.h"
#include "base/err.h"

/* Begins with '/', without control characters and without `.` and `..` as a segment:
 * E_INVALID otherwise, with words. `fault` may be NULL. */
int path_check(struct span path, struct fault *fault);

/* Undoes percent-escapes and checks. Escapes that are cut or stand for NUL or a slash are
 * E_INVALID; E_NOMEM. Without escapes `out` is `raw` itself. */
int path_decode(
    struct arena *arena, struct span raw, struct span *out, struct fault *fault);

/* `whole` without `end`; empty when it does not end so. */
struct span path_without(struct span whole, struct span end);

#endif
