/* Percent-escapes, and the pairs of a query string or a form. */
#ifndef GH_WEB_URLENCODED_H
#define GH_WEB_URLENCODED_H

#include "base/arena.h"
#include "base/err.h"

struct pair {
	struct span name, value; /* decoded; a NUL byte follows, none is inside */
};

/* Undoes %HH (and + for a blank when `plus`) into `out`, which has room for in.len bytes.
 * False for an escape that is cut or no hex, and for NUL. */
bool percent_decode(struct span in, bool plus, char *out, size_t *len);

/* E_INVALID for a bad escape, E_TOOBIG for more than `max` pairs. Allocates nothing. */
int urlencoded_check(struct span text, size_t max);

/*
 * Splits "a=1&b=two%20words" into the arena; empty pieces are left out. E_INVALID for a bad
 * escape, E_TOOBIG for more than `max` pairs, E_NOMEM.
 */
int urlencoded_parse(struct arena *arena, struct span text, size_t max,
    struct pair **pairs, size_t *count);

#endif
