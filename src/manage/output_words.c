/* Times as people say them. */
#include <stdio.h>
#include <time.h>

#include "manage/output.h"

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

/* At least two of a unit, so that 40 days are not "1 month". */
const char *
out_span_text(int64_t seconds, char buf[OUT_TIME])
{
	size_t i = 0, last = sizeof units / sizeof units[0] - 1;
	int64_t n;

	while (i < last && seconds < 2 * units[i].seconds)
		i++;
	n = seconds / units[i].seconds;
	snprintf(buf, OUT_TIME, "%lld %s", (long long)n,
	    n == 1 ? units[i].one : units[i].many);
	return buf;
}

const char *
out_age_text(int64_t t, int64_t now, char buf[OUT_TIME])
{
	char span[OUT_TIME];

	if (t == 0)
		return "";
	if (t == now)
		return "now";
	if (t < now)
		snprintf(buf, OUT_TIME, "%.40s ago", out_span_text(now - t, span));
	else
		snprintf(buf, OUT_TIME, "in %.40s", out_span_text(t - now, span));
	return buf;
}

const char *
out_clock_text(int64_t t, char buf[OUT_TIME])
{
	time_t seconds = (time_t)t;
	struct tm tm;

	if (t == 0)
		return "";
	if (localtime_r(&seconds, &tm) == NULL ||
	    strftime(buf, OUT_TIME, "%Y-%m-%d %H:%M:%S %Z", &tm) == 0)
		snprintf(buf, OUT_TIME, "%lld", (long long)t);
	return buf;
}

const char *
out_time_text(int64_t t, int64_t now, char buf[OUT_TIME])
{
	char age[OUT_TIME], local[OUT_TIME];

	if (t == 0)
		return "";
	snprintf(buf, OUT_TIME, "%.44s, %.44s", out_clock_text(t, local),
	    out_age_text(t, now, age));
	return buf;
}
