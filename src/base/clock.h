/* The only place where time enters, so that tests can set it. */
#ifndef GH_BASE_CLOCK_H
#define GH_BASE_CLOCK_H

#include "base/span.h"

#define CLOCK_TEXT 21 /* "2026-11-22T13:05:00Z" and a NUL */

/* Seconds since 1970 UTC. */
int64_t clock_now(void);

/* Milliseconds that never go backwards, for deadlines; unaffected by clock_set(). */
int64_t clock_ticks_ms(void);

/* From now on clock_now() gives this; -1 gives the real time again. For tests. */
void clock_set(int64_t now);

/* RFC 3339 in UTC, whole seconds. 0 and what lies beyond the year 9999 give "". */
void clock_format(int64_t t, char out[CLOCK_TEXT]);

/* "3 days ago", "in 5 hours", "now"; "" for 0. */
#define CLOCK_AGE 40
const char *clock_age(int64_t t, int64_t now, char buf[CLOCK_AGE]);

/*
 * Reads RFC 3339 ("2026-11-22T13:05:00Z", with fraction and numeric offset allowed; the
 * fraction is cut) or a date alone. Years 1970 to 9999. False when it is anything else.
 */
bool clock_parse(struct span text, int64_t *t);

/* The same, or `+` and a duration ("+7d", see number.h) from `now` on. */
bool clock_parse_from(struct span text, int64_t now, int64_t *t);

#endif
