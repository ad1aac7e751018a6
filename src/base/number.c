#include "base/number.h"

#include <math.h>
#include <stdlib.h>

bool
number_u64(struct span text, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (text.len == 0)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		unsigned d = text.data[i] - (unsigned)'0';

		if (d > 9 || v > (UINT64_MAX - d) / 10)
			return false;
		v = v * 10 + d;
	}
	if (v < min || v > max)
		return false;
	*out = v;
	return true;
}

bool
number_i64(struct span text, int64_t min, int64_t max, int64_t *out)
{
	bool minus = text.len > 0 && text.data[0] == '-';
	uint64_t u;
	int64_t v;

	if (!number_u64(span_from(text, minus), 0, (uint64_t)INT64_MAX + minus, &u))
		return false;
	v = minus ? (int64_t)(0 - u) : (int64_t)u;
	if (v < min || v > max)
		return false;
	*out = v;
	return true;
}

static size_t
skip_digits(struct span text, size_t at)
{
	while (at < text.len && text.data[at] >= '0' && text.data[at] <= '9')
		at++;
	return at;
}

/* [-] digits [. digits] [e [+-] digits], no zero before other digits */
static bool
looks_decimal(struct span text)
{
	size_t at = text.len > 0 && text.data[0] == '-', from = at;

	if ((at = skip_digits(text, at)) == from ||
	    (text.data[from] == '0' && at > from + 1))
		return false;
	if (at < text.len && text.data[at] == '.') {
		from = ++at;
		if ((at = skip_digits(text, at)) == from)
			return false;
	}
	if (at < text.len && (text.data[at] | 32) == 'e') {
		at++;
		if (at < text.len && (text.data[at] == '+' || text.data[at] == '-'))
			at++;
		from = at;
		if ((at = skip_digits(text, at)) == from)
			return false;
	}
	return at == text.len;
}

bool
number_double(struct span text, double *out)
{
	char buf[64], *end;

	if (text.len >= sizeof buf || !looks_decimal(text))
		return false;
	memcpy(buf, text.data, text.len);
	buf[text.len] = '\0';
	/* No program here calls setlocale(), so strtod() reads the C locale's point. */
	*out = strtod(buf, &end);
	if (*out == 0)
		*out = 0; /* of -0 too, which is no other number to people */
	return *end == '\0' && isfinite(*out);
}

bool
number_bool(struct span text, bool *out)
{
	static const char *const words[][2] = {
	    {"on", "off"}, {"true", "false"}, {"yes", "no"}, {"1", "0"}};

	for (size_t i = 0; i < COUNT(words); i++)
		for (int no = 0; no < 2; no++)
			if (text.len == strlen(words[i][no]) &&
			    span_begins_nocase(text, words[i][no])) {
				*out = !no;
				return true;
			}
	return false;
}

/* A number whose last letter is one of `letters`, each worth factors[i]. */
static bool
with_unit(struct span text, const char *letters, const uint64_t *factors, uint64_t *out)
{
	uint64_t factor = 1, v;
	const char *unit;

	if (text.len == 0)
		return false;
	unit = strchr(letters, text.data[text.len - 1]);
	if (text.data[text.len - 1] != '\0' && unit != NULL) {
		factor = factors[unit - letters];
		text.len--;
	}
	if (!number_u64(text, 0, (uint64_t)INT64_MAX / factor, &v))
		return false;
	*out = v * factor;
	return true;
}

bool
number_duration(struct span text, int64_t *seconds)
{
	static const uint64_t factors[] = {1, 60, 3600, 86400, 604800};
	uint64_t v;

	if (!with_unit(text, "smhdw", factors, &v))
		return false;
	*seconds = (int64_t)v;
	return true;
}

bool
number_size(struct span text, uint64_t *bytes)
{
	static const uint64_t factors[] = {
	    1 << 10, 1 << 10, 1 << 20, 1 << 20, 1 << 30, 1ULL << 40};

	return with_unit(text, "kKmMGT", factors, bytes);
}
