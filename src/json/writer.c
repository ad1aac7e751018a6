#include "json/writer.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/utf8.h"

void
json_init(struct json_out *j, struct strbuf *to, const char *indent)
{
	*j = (struct json_out){.to = to, .indent = indent};
}

/* The caller opened, closed or named something where that is not possible. */
static void
misused(struct json_out *j)
{
	if (j->to->err == E_OK)
		j->to->err = E_INTERNAL;
}

/* A comma if wanted and the beginning of a new line, in one piece. */
static void
separate(struct json_out *j, bool comma)
{
	size_t one = j->indent != NULL ? strlen(j->indent) : 0;
	size_t n = comma + (j->indent != NULL ? 1 + j->depth * one : 0);
	char *p;

	if (n == 0 || (p = strbuf_extend(j->to, n)) == NULL)
		return;
	if (comma)
		*p++ = ',';
	if (j->indent == NULL)
		return;
	*p++ = '\n';
	for (unsigned i = 0; i < j->depth; i++)
		for (size_t k = 0; k < one; k++)
			*p++ = j->indent[k];
}

/* What has to stand before a value, or before a name. */
static void
begin(struct json_out *j)
{
	if (j->after_key) {
		j->after_key = false;
		return;
	}
	if (j->depth > 0)
		separate(j, j->has[j->depth]);
	else if (j->has[0])
		misused(j);
	j->has[j->depth] = true;
}

static void
open_bracket(struct json_out *j, char bracket)
{
	begin(j);
	strbuf_putc(j->to, bracket);
	if (j->depth == JSON_DEPTH)
		misused(j);
	else
		j->has[++j->depth] = false;
}

static void
close_bracket(struct json_out *j, char bracket)
{
	if (j->depth == 0 || j->after_key) {
		misused(j);
		return;
	}
	if (j->has[j->depth--])
		separate(j, false);
	strbuf_putc(j->to, bracket);
}

void
json_object(struct json_out *j)
{
	open_bracket(j, '{');
}

void
json_object_end(struct json_out *j)
{
	close_bracket(j, '}');
}

void
json_array(struct json_out *j)
{
	open_bracket(j, '[');
}

void
json_array_end(struct json_out *j)
{
	close_bracket(j, ']');
}

/* How many bytes from the beginning need no escape and are ASCII. */
static size_t
plain_run(struct span s)
{
	size_t n = 0;

	while (n < s.len && s.data[n] >= 0x20 && s.data[n] < 0x80 && s.data[n] != '"' &&
	       s.data[n] != '\\')
		n++;
	return n;
}

static void
put_escape(struct strbuf *b, uint8_t c)
{
	static const char digits[] = "0123456789abcdef";
	static const char letters[] = "\b\f\n\r\t\"\\", names[] = "bfnrt\"\\";
	const char *letter = c != 0 ? strchr(letters, c) : NULL;
	char text[6] = {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};

	if (letter != NULL)
		text[1] = names[letter - letters];
	strbuf_put(b, text, letter != NULL ? 2 : 6);
}

/* The bytes of a string where plain_run() ended: one character, or one bad byte. */
static size_t
put_special(struct strbuf *b, struct span s)
{
	size_t n;

	if (s.data[0] < 0x80) {
		put_escape(b, s.data[0]);
		return 1;
	}
	if ((n = utf8_length(s)) == 0) {
		strbuf_put(b, "\xef\xbf\xbd", 3);
		return 1;
	}
	strbuf_put(b, s.data, n);
	return n;
}

/* A string in quotes and `tail` behind it; usually in one piece. */
static void
put_quoted(struct strbuf *b, struct span s, const char *tail, size_t tail_len)
{
	size_t n = plain_run(s);
	char *p;

	if (n == s.len && n < SIZE_MAX - 8) {
		if ((p = strbuf_extend(b, n + 2 + tail_len)) == NULL)
			return;
		*p++ = '"';
		if (n > 0)
			memcpy(p, s.data, n);
		p[n] = '"';
		memcpy(p + n + 1, tail, tail_len);
		return;
	}
	strbuf_putc(b, '"');
	for (;; n = plain_run(s)) {
		strbuf_put(b, s.data, n);
		s = span_from(s, n);
		if (s.len == 0)
			break;
		s = span_from(s, put_special(b, s));
	}
	strbuf_putc(b, '"');
	strbuf_put(b, tail, tail_len);
}

void
json_key(struct json_out *j, const char *key)
{
	if (j->depth == 0 || j->after_key)
		misused(j);
	begin(j);
	put_quoted(j->to, span_str(key), ": ", j->indent != NULL ? 2 : 1);
	j->after_key = true;
}

void
json_text(struct json_out *j, struct span s)
{
	begin(j);
	put_quoted(j->to, s, "", 0);
}

void
json_str(struct json_out *j, const char *s)
{
	json_text(j, span_str(s));
}

void
json_uint(struct json_out *j, uint64_t v)
{
	begin(j);
	strbuf_putu(j->to, v);
}

void
json_int(struct json_out *j, int64_t v)
{
	begin(j);
	if (v < 0)
		strbuf_putc(j->to, '-');
	strbuf_putu(j->to, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

/*
 * Decimals with at most six places and fifteen digits, which is what configurations have:
 * numerator and denominator are exact, so the division is rounded as reading the text is,
 * and when it gives v again the text stands for v. False for all others.
 */
static bool
put_decimal(struct strbuf *b, double v)
{
	char text[32], *p = text + sizeof text;
	double scale = 1, size = fabs(v);
	uint64_t n = 0;
	int places;

	for (places = 0; places <= 6; places++, scale *= 10) {
		if (size * scale >= 1e15)
			return false;
		n = (uint64_t)(size * scale + 0.5);
		if ((double)n / scale == size)
			break;
	}
	if (places > 6)
		return false;
	for (int i = 0; i < places; i++, n /= 10)
		*--p = (char)('0' + n % 10);
	if (places > 0)
		*--p = '.';
	do
		*--p = (char)('0' + n % 10);
	while ((n /= 10) != 0);
	if (v < 0)
		*--p = '-';
	strbuf_put(b, p, (size_t)(text + sizeof text - p));
	return true;
}

void
json_double(struct json_out *j, double v)
{
	char text[32];
	/* Below DBL_MIN fewer digits than 15 may do; above, %g drops the needless ones. */
	int digits = fabs(v) < DBL_MIN ? 1 : 15;

	if (!isfinite(v)) {
		json_null(j);
		return;
	}
	begin(j);
	if (put_decimal(j->to, v))
		return;
	do
		snprintf(text, sizeof text, "%.*g", digits, v);
	while (strtod(text, NULL) != v && ++digits <= 17);
	strbuf_puts(j->to, text);
}

void
json_bool(struct json_out *j, bool v)
{
	begin(j);
	strbuf_put(j->to, v ? "true" : "false", v ? 4 : 5);
}

void
json_null(struct json_out *j)
{
	begin(j);
	strbuf_put(j->to, "null", 4);
}

void
json_raw(struct json_out *j, struct span json)
{
	begin(j);
	strbuf_put(j->to, json.data, json.len);
}

void
json_key_str(struct json_out *j, const char *key, const char *s)
{
	json_key(j, key);
	json_str(j, s);
}

void
json_key_int(struct json_out *j, const char *key, int64_t v)
{
	json_key(j, key);
	json_int(j, v);
}

void
json_key_uint(struct json_out *j, const char *key, uint64_t v)
{
	json_key(j, key);
	json_uint(j, v);
}

void
json_key_double(struct json_out *j, const char *key, double v)
{
	json_key(j, key);
	json_double(j, v);
}

void
json_key_bool(struct json_out *j, const char *key, bool v)
{
	json_key(j, key);
	json_bool(j, v);
}

void
json_key_object(struct json_out *j, const char *key)
{
	json_key(j, key);
	json_object(j);
}

void
json_key_array(struct json_out *j, const char *key)
{
	json_key(j, key);
	json_array(j);
}
