#include "base/clock.h"

#include <stdio.h>
#include <time.h>

#include "base/number.h"

#define CLOCK_LAST 253402300799 /* the last second of the year 9999 */

static int64_t fixed_now = -1;

int64_t
clock_now(void)
{
	return fixed_now >= 0 ? fixed_now : (int64_t)time(NULL);
}

int64_t
clock_ticks_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
clock_set(int64_t now)
{
	fixed_now = now;
}

void
clock_format(int64_t t, char out[CLOCK_TEXT])
{
	time_t when = (time_t)t;
	struct tm tm;

	/* Where strftime() has too little room the bytes are undefined. */
	if (t == 0 || t > CLOCK_LAST || gmtime_r(&when, &tm) == NULL ||
	    strftime(out, CLOCK_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		out[0] = '\0';
}

const char *
clock_age(int64_t t, int64_t now, char buf[CLOCK_AGE])
{
	static const struct {
		int64_t seconds;
		const char *one, *many;
	} units[] = {
	    {365 * 86400, "year", "years"},
	    {30 * 86400, "month", "months"},
	    {86400, "day", "days"},
	    {3600, "hour", "hours"},
	    {60, "minute", "minutes"},
	    {1, "second", "seconds"},
	};
	int64_t span = t < now ? now - t : t - now, n;
	size_t i = 0, last = COUNT(units) - 1;

	if (t == 0)
		return "";
	if (span == 0)
		return "now";
	/* At least two of a unit, so that 40 days are not "1 month". */
	while (i < last && span < 2 * units[i].seconds)
		i++;
	n = span / units[i].seconds;
	snprintf(buf, CLOCK_AGE, "%s%lld %s%s", t > now ? "in " : "", (long long)n,
	    n == 1 ? units[i].one : units[i].many, t > now ? "" : " ago");
	return buf;
}

/* Exactly n digits at `*at`, at most `max`. */
static bool
digits(struct span text, size_t *at, int n, int min, int max, int *out)
{
	int v = 0;

	for (; n > 0; n--, (*at)++) {
		if (*at >= text.len || text.data[*at] < '0' || text.data[*at] > '9')
			return false;
		v = v * 10 + (text.data[*at] - '0');
	}
	*out = v;
	return v >= min && v <= max;
}

static bool
literal(struct span text, size_t *at, char c)
{
	return *at < text.len && text.data[(*at)++] == (unsigned char)c;
}

/* Nothing, or a point and at least one digit. */
static bool
skip_fraction(struct span text, size_t *at)
{
	size_t from;

	if (*at >= text.len || text.data[*at] != '.')
		return true;
	from = ++*at;
	while (*at < text.len && text.data[*at] >= '0' && text.data[*at] <= '9')
		++*at;
	return *at > from;
}

static bool
parse_zone(struct span text, size_t *at, int *offset)
{
	int hours, minutes;
	unsigned char sign = *at < text.len ? text.data[(*at)++] : 0;

	*offset = 0;
	if (sign == 'Z' || sign == 'z')
		return true;
	if ((sign != '+' && sign != '-') || !digits(text, at, 2, 0, 23, &hours) ||
	    !literal(text, at, ':') || !digits(text, at, 2, 0, 59, &minutes))
		return false;
	*offset = (hours * 60 + minutes) * (sign == '-' ? -60 : 60);
	return true;
}

bool
clock_parse(struct span text, int64_t *t)
{
	static const int month_days[] = {
	    31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	struct tm tm = {0};
	size_t at = 0;
	int year, offset = 0;

	if (!digits(text, &at, 4, 1970, 9999, &year) || !literal(text, &at, '-') ||
	    !digits(text, &at, 2, 1, 12, &tm.tm_mon) || !literal(text, &at, '-') ||
	    !digits(text, &at, 2, 1, 31, &tm.tm_mday))
		return false;
	if (tm.tm_mday > month_days[tm.tm_mon - 1] ||
	    (tm.tm_mon == 2 && tm.tm_mday == 29 &&
		(year % 4 != 0 || (year % 100 == 0 && year % 400 != 0))))
		return false;
	tm.tm_year = year - 1900;
	tm.tm_mon--;
	if (at < text.len) {
		unsigned char t_or_blank = text.data[at++];

		if ((t_or_blank != 'T' && t_or_blank != 't' && t_or_blank != ' ') ||
		    !digits(text, &at, 2, 0, 23, &tm.tm_hour) ||
		    !literal(text, &at, ':') ||
		    !digits(text, &at, 2, 0, 59, &tm.tm_min) ||
		    !literal(text, &at, ':') ||
		    !digits(text, &at, 2, 0, 60, &tm.tm_sec))
			return false;
		if (!skip_fraction(text, &at) || !parse_zone(text, &at, &offset))
			return false;
	}
	*t = (int64_t)timegm(&tm) - offset;
	return at == text.len && *t >= 0 && *t <= CLOCK_LAST;
}

bool
clock_parse_from(struct span text, int64_t now, int64_t *t)
{
	int64_t seconds;

	if (text.len == 0 || text.data[0] != '+')
		return clock_parse(text, t);
	if (!number_duration(span_from(text, 1), &seconds) || now > CLOCK_LAST ||
	    seconds > CLOCK_LAST - now)
		return false;
	*t = now + seconds;
	return true;
}
