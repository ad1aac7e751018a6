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
	*j = (struct json_out){.to = to,
	    .indent = indent,
	    .indent_len = indent != NULL ? strlen(indent) : 0};
}

/* The caller opened, closed or named something where that is not possible. */
static void
misused(struct json_out *j)
{
	if (j->to->err == E_OK)
		j->to->err = E_INTERNAL;
}

/* A line end and the indentation of the present depth, where there are lines. */
static char *
new_line(const struct json_out *j, char *p)
{
	if (j->indent == NULL)
		return p;
	*p++ = '\n';
	if (j->indent_len == 1) {
		memset(p, j->indent[0], j->depth);
		return p + j->depth;
	}
	for (unsigned i = 0; i < j->depth; i++, p += j->indent_len)
		memcpy(p, j->indent, j->indent_len);
	return p;
}

static size_t
new_line_len(const struct json_out *j)
{
	return j->indent != NULL ? 1 + j->depth * j->indent_len : 0;
}

/* Writes what has to stand before a value, or before a name, and gives room for n bytes
 * behind it: one growth of the buffer for both. NULL when there is none. */
static char *
begin(struct json_out *j, size_t n)
{
	bool comma = j->has[j->depth];
	char *p;

	if (j->after_key) {
		j->after_key = false;
		return strbuf_extend(j->to, n);
	}
	j->has[j->depth] = true;
	if (j->depth == 0) {
		if (comma)
			misused(j);
		return strbuf_extend(j->to, n);
	}
	if ((p = strbuf_extend(j->to, comma + new_line_len(j) + n)) == NULL)
		return NULL;
	if (comma)
		*p++ = ',';
	return new_line(j, p);
}

/* The same with the bytes. */
static void
put(struct json_out *j, const char *bytes, size_t n)
{
	char *p = begin(j, n);

	if (p != NULL && n > 0)
		memcpy(p, bytes, n);
}

static void
open_bracket(struct json_out *j, char bracket)
{
	put(j, &bracket, 1);
	if (j->depth == JSON_DEPTH)
		misused(j);
	else
		j->has[++j->depth] = false;
}

static void
close_bracket(struct json_out *j, char bracket)
{
	bool lines = j->has[j->depth];
	char *p;

	if (j->depth == 0 || j->after_key) {
		misused(j);
		return;
	}
	j->depth--;
	p = strbuf_extend(j->to, (lines ? new_line_len(j) : 0) + 1);
	if (p != NULL)
		*(lines ? new_line(j, p) : p) = bracket;
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

static bool
is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

#define EACH(byte) (0x0101010101010101u * (byte))

/* Of eight bytes at once: unless all are plain, the highest bit of one is left standing
 * in one of these terms. */
static bool
all_plain(uint64_t w)
{
	uint64_t quote = w ^ EACH('"'), backslash = w ^ EACH('\\');

	return ((w | (w - EACH(' ')) | (quote - EACH(1)) | (backslash - EACH(1))) &
		   EACH(0x80)) == 0;
}

/* Copies up to the first byte that is not plain; gives how many. Strings of eight bytes
 * and more in words, the last one overlapping that before it; of four to seven in two
 * overlapping halves of one. */
static size_t
copy_plain(char *p, struct span s)
{
	uint32_t head, tail;
	uint64_t w;
	size_t n = 0;

	for (; s.len >= 8; n = n + 16 <= s.len ? n + 8 : s.len - 8) {
		memcpy(&w, s.data + n, 8);
		if (!all_plain(w))
			break;
		memcpy(p + n, &w, 8);
		if (n + 8 == s.len)
			return s.len;
	}
	if (s.len >= 4 && s.len < 8) {
		memcpy(&head, s.data, 4);
		memcpy(&tail, s.data + s.len - 4, 4);
		if (all_plain((uint64_t)head << 32 | tail)) {
			memcpy(p, &head, 4);
			memcpy(p + s.len - 4, &tail, 4);
			return s.len;
		}
	}
	for (; n < s.len && is_plain(s.data[n]); n++)
		p[n] = (char)s.data[n];
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

/* One character of a string, or one bad byte; gives how many bytes that was. */
static size_t
put_character(struct strbuf *b, struct span s)
{
	size_t n = utf8_length(s);

	if (n == 0)
		strbuf_put(b, "\xef\xbf\xbd", 3);
	else if (n > 1 || is_plain(s.data[0]))
		strbuf_put(b, s.data, n);
	else
		put_escape(b, s.data[0]);
	return n != 0 ? n : 1;
}

/* The rest of a string from its first special byte at p, to which the buffer is cut; gives
 * room for the closing quote and n bytes, or NULL. */
static char *
put_rest(struct strbuf *b, char *p, struct span s, size_t n)
{
	*p = '\0';
	b->len = (size_t)(p - b->data);
	while (s.len > 0)
		s = span_from(s, put_character(b, s));
	return strbuf_extend(b, 1 + n);
}

/* A string in quotes and `tail` behind it. Written as if all of it were plain. */
static void
put_quoted(struct json_out *j, struct span s, const char *tail, size_t tail_len)
{
	char *p = begin(j, s.len + 2 + tail_len);
	size_t n;

	if (p == NULL)
		return;
	*p++ = '"';
	n = copy_plain(p, s);
	p += n;
	if (n < s.len && (p = put_rest(j->to, p, span_from(s, n), tail_len)) == NULL)
		return;
	*p++ = '"';
	for (size_t i = 0; i < tail_len; i++)
		*p++ = tail[i];
}

void
json_key(struct json_out *j, const char *key)
{
	if (j->depth == 0 || j->after_key)
		misused(j);
	put_quoted(j, span_str(key), ": ", j->indent != NULL ? 2 : 1);
	j->after_key = true;
}

void
json_text(struct json_out *j, struct span s)
{
	put_quoted(j, s, "", 0);
}

void
json_str(struct json_out *j, const char *s)
{
	json_text(j, span_str(s));
}

static void
put_integer(struct json_out *j, bool minus, uint64_t v)
{
	char text[21], *p = text + sizeof text;

	do
		*--p = (char)('0' + v % 10);
	while ((v /= 10) != 0);
	if (minus)
		*--p = '-';
	put(j, p, (size_t)(text + sizeof text - p));
}

void
json_uint(struct json_out *j, uint64_t v)
{
	put_integer(j, false, v);
}

void
json_int(struct json_out *j, int64_t v)
{
	put_integer(j, v < 0, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

/*
 * Decimals with at most six places and fifteen digits, which is what configurations have:
 * numerator and denominator are exact, so the division is rounded as reading the text is,
 * and when it gives v again the text stands for v. False for all others.
 */
static bool
put_decimal(struct json_out *j, double v)
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
	put(j, p, (size_t)(text + sizeof text - p));
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
	if (put_decimal(j, v))
		return;
	do
		snprintf(text, sizeof text, "%.*g", digits, v);
	while (strtod(text, NULL) != v && ++digits <= 17);
	put(j, text, strlen(text));
}

void
json_bool(struct json_out *j, bool v)
{
	put(j, v ? "true" : "false", v ? 4 : 5);
}

void
json_null(struct json_out *j)
{
	put(j, "null", 4);
}

void
json_raw(struct json_out *j, struct span json)
{
	put(j, (const char *)json.data, json.len);
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
