#include "radio/value.h"

#include <math.h>

#include "base/hex.h"
#include "base/number.h"

#define DIGITS_MAX 40
#define WHOLE_MAX 9007199254740992.0 /* 2^53: above, doubles skip whole numbers */

/* The text of a plain node without `_` between digits; false when it is too long. */
static bool
digits(const struct node *n, char out[DIGITS_MAX + 1], struct span *text)
{
	size_t len = 0;

	if (n->kind != NODE_TEXT || !n->plain || n->text.len > DIGITS_MAX)
		return false;
	for (size_t i = 0; i < n->text.len; i++) {
		uint8_t c = n->text.data[i];

		if (c == '_' && i > 0 && i + 1 < n->text.len)
			continue;
		out[len++] = (char)c;
	}
	out[len] = '\0';
	*text = span_of(out, len);
	return true;
}

static bool
hexadecimal(struct span text, double *out)
{
	uint64_t v = 0;

	if (text.len < 3 || text.len > 14)
		return false;
	for (size_t i = 2; i < text.len; i++) {
		int d = hex_digit(text.data[i]);

		if (d < 0)
			return false;
		v = v << 4 | (uint64_t)d;
	}
	*out = (double)v;
	return true;
}

/* 017 is fifteen in YAML 1.1 and seventeen in 1.2: neither here. */
static bool
ambiguous(struct span text)
{
	if (text.len > 0 && text.data[0] == '-')
		text = span_from(text, 1);
	return text.len > 1 && text.data[0] == '0' && text.data[1] >= '0' &&
	       text.data[1] <= '9';
}

bool
value_real(const struct node *n, double *out)
{
	char buf[DIGITS_MAX + 1];
	struct span text;

	if (!digits(n, buf, &text) || ambiguous(text))
		return false;
	if (span_begins(text, span_str("0x")))
		return hexadecimal(text, out);
	return number_double(text, out);
}

bool
value_whole(const struct node *n, double *out)
{
	return value_real(n, out) && *out == floor(*out) && fabs(*out) <= WHOLE_MAX;
}

bool
value_bool(const struct node *n, bool *out)
{
	if (n->kind != NODE_TEXT || !n->plain || n->text.len < 2)
		return false;
	return number_bool(n->text, out);
}

static const struct unit {
	const char *name;
	double ns;
} units[] = {{"ns", 1}, {"us", 1e3}, {"\xc2\xb5s", 1e3}, {"ms", 1e6}, {"s", 1e9},
    {"m", 60e9}, {"h", 3600e9}};

static bool
unit_find(struct span name, double *ns)
{
	for (size_t i = 0; i < COUNT(units); i++) {
		if (span_is(name, units[i].name)) {
			*ns = units[i].ns;
			return true;
		}
	}
	return false;
}

static size_t
run(struct span text, bool numeric)
{
	size_t n = 0;

	while (
	    n < text.len && numeric == ((text.data[n] >= '0' && text.data[n] <= '9') ||
					   text.data[n] == '.'))
		n++;
	return n;
}

/* "1m30s": numbers and units in turn. */
static bool
with_units(struct span text, double *sum)
{
	double v, ns;

	*sum = 0;
	while (text.len > 0) {
		size_t n = run(text, true), m;

		if (n == 0 || !number_double(span_of(text.data, n), &v))
			return false;
		text = span_from(text, n);
		m = run(text, false);
		if (!unit_find(span_of(text.data, m), &ns))
			return false;
		text = span_from(text, m);
		*sum += v * ns;
	}
	return true;
}

bool
value_nano(const struct node *n, uint64_t *out)
{
	double v;

	if (n->kind != NODE_TEXT || n->text.len == 0)
		return false;
	if (!value_whole(n, &v) && !with_units(n->text, &v))
		return false;
	if (v < 0 || v > WHOLE_MAX)
		return false;
	*out = (uint64_t)(v + 0.5);
	return true;
}
