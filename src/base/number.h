/* The one place where text becomes a number. */
#ifndef GH_BASE_NUMBER_H
#define GH_BASE_NUMBER_H

#include "base/span.h"

/* Decimal digits alone, within min…max. False for everything else. */
bool number_u64(struct span text, uint64_t min, uint64_t max, uint64_t *out);

/* The same with an optional minus sign. */
bool number_i64(struct span text, int64_t min, int64_t max, int64_t *out);

/* A decimal number as in JSON (no inf, nan, hex; the C locale's point). -0 is read as 0. */
bool number_double(struct span text, double *out);

/* "on/off", "true/false", "yes/no", "1/0", any case. */
bool number_bool(struct span text, bool *out);

/* A number and a unit s, m, h, d or w, or a bare number of seconds: "90", "15m", "7d". */
bool number_duration(struct span text, int64_t *seconds);

/* A number and k, M, G or T (× 1024), or a bare number of bytes. */
bool number_size(struct span text, uint64_t *bytes);

#endif
