/* Whether text is JSON, before json-c sees it. */
#ifndef GH_JSON_CHECK_H
#define GH_JSON_CHECK_H

#include "base/err.h"
#include "base/span.h"

#define JSON_CHECK_DEPTH 32

/*
 * One value of RFC 8259's grammar with blanks around it and nothing else: E_OK, or
 * E_INVALID with "line L, byte B: …" in `fault` (both counted from 1, the byte within its
 * line). Limits beyond the grammar: JSON_CHECK_DEPTH arrays and objects inside each other,
 * whole numbers within int64 and uint64, others within double and 63 characters, no
 * \u0000 in names.
 */
int json_check(struct span text, struct fault *fault);

#endif
