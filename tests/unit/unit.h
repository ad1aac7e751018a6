/* What every unit test includes: cmocka with the headers that it needs before it. */
#ifndef GH_TESTS_UNIT_H
#define GH_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/span.h"

/* The bytes of a string literal, NULs inside it too. */
#define BYTES(literal) span_of(literal, sizeof(literal) - 1)

/* Ends the test with both texts when they differ. */
#define assert_text(got, want)                                                  \
	do {                                                                    \
		struct span got_ = (got), want_ = (want);                       \
		if (!span_eq(got_, want_))                                      \
			fail_msg("got  \"%.*s\"\nwant \"%.*s\"", (int)got_.len, \
			    (const char *)got_.data, (int)want_.len,            \
			    (const char *)want_.data);                          \
	} while (0)

#endif
