#include "web/conditional.h"

#include <time.h>

#define DATE_LAST 253402300799 /* the last second of the year 9999 */

static void
two(char *out, unsigned v)
{
	out[0] = (char)('0' + v / 10);
	out[1] = (char)('0' + v % 10);
}

/* The calendar by reckoning (years that begin in March): gmtime_r() and strftime() cost
 * more than the rest of an answer's header. */
void
http_date_format(int64_t t, char out[HTTP_DATE])
{
	static const char days[] = "ThuFriSatSunMonTueWed";
	static const char months[] = "MarAprMayJunJulAugSepOctNovDecJanFeb";
	uint64_t day, era, of_era, year, of_year, month, s;

	out[0] = '\0';
	if (t < 0 || t > DATE_LAST)
		return;
	s = (uint64_t)t % 86400;
	day = (uint64_t)t / 86400;
	era = (day + 719468) / 146097;
	of_era = (day + 719468) % 146097;
	year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year = of_era - (365 * year + year / 4 - year / 100);
	month = (5 * of_year + 2) / 153;
	year += era * 400 + (month >= 10);
	memcpy(out, "Xxx, 00 Xxx 0000 00:00:00 GMT", HTTP_DATE);
	memcpy(out, days + day % 7 * 3, 3);
	two(out + 5, (unsigned)(of_year - (153 * month + 2) / 5 + 1));
	memcpy(out + 8, months + month * 3, 3);
	two(out + 12, (unsigned)(year / 100));
	two(out + 14, (unsigned)(year % 100));
	two(out + 17, (unsigned)(s / 3600));
	two(out + 20, (unsigned)(s / 60 % 60));
	two(out + 23, (unsigned)(s % 60));
}

bool
http_date_parse(const char *text, int64_t *t)
{
	static const char *const forms[] = {
	    "%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%c"};

	for (size_t i = 0; i < COUNT(forms); i++) {
		struct tm tm = {0};
		const char *end = strptime(text, forms[i], &tm);

		if (end == NULL || *end != '\0')
			continue;
		*t = (int64_t)timegm(&tm);
		return true;
	}
	return false;
}

/* Is it among the ones that the header lists? Weak ones compare as strong ones here. */
static bool
lists(struct span header, struct span etag)
{
	while (header.len > 0) {
		const uint8_t *comma = memchr(header.data, ',', header.len);
		size_t n = comma != NULL ? (size_t)(comma - header.data) : header.len;
		struct span one = span_trim(span_of(header.data, n));

		if (span_begins(one, span_str("W/")))
			one = span_from(one, 2);
		if (span_eq(one, etag) || span_is(one, "*"))
			return true;
		header = span_from(header, n + 1);
	}
	return false;
}

bool
request_has_current(
    const struct request *req, const char *etag, int64_t modified, int64_t now)
{
	const char *header = request_header(req, "If-None-Match");
	int64_t since;

	if (header != NULL)
		return lists(span_str(header), span_str(etag));
	header = request_header(req, "If-Modified-Since");
	return header != NULL && http_date_parse(header, &since) && since <= now &&
	       modified <= since;
}
