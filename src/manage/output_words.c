/* Times as people say them. */
#include <stdio.h>
#include <time.h>

#include "base/clock.h"
#include "manage/output.h"

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
	char age[CLOCK_AGE], local[OUT_TIME];

	if (t == 0)
		return "";
	snprintf(buf, OUT_TIME, "%.44s, %s", out_clock_text(t, local),
	    clock_age(t, now, age));
	return buf;
}
