#include "web/urlencoded.h"

#include "base/hex.h"

bool
percent_decode(struct span in, bool plus, char *out, size_t *len)
{
	size_t n = 0;

	for (size_t i = 0; i < in.len; i++) {
		int c = in.data[i], hi, lo;

		if (c == '%') {
			if (in.len - i < 3 || (hi = hex_digit(in.data[i + 1])) < 0 ||
			    (lo = hex_digit(in.data[i + 2])) < 0)
				return false;
			c = hi << 4 | lo;
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if (c == '\0')
			return false;
		out[n++] = (char)c;
	}
	*len = n;
	return true;
}

static int
decode(struct arena *arena, struct span in, struct span *out)
{
	char *p = arena_alloc(arena, in.len + 1);
	size_t n;

	if (p == NULL)
		return E_NOMEM;
	if (!percent_decode(in, true, p, &n))
		return E_INVALID;
	p[n] = '\0';
	*out = span_of(p, n);
	return E_OK;
}

static size_t
index_of(struct span text, int c)
{
	const uint8_t *p = text.len > 0 ? memchr(text.data, c, text.len) : NULL;

	return p != NULL ? (size_t)(p - text.data) : text.len;
}

static int
parse_one(struct arena *arena, struct span piece, struct pair *pair)
{
	size_t eq = index_of(piece, '=');
	int err;

	if ((err = decode(arena, span_of(piece.data, eq), &pair->name)) != E_OK)
		return err;
	return decode(arena, span_from(piece, eq + 1), &pair->value);
}

static size_t
count_pieces(struct span text)
{
	size_t n = text.len > 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.data[i] == '&';
	return n;
}

int
urlencoded_check(struct span text, size_t max)
{
	if (count_pieces(text) > max)
		return E_TOOBIG;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\0')
			return E_INVALID;
		if (text.data[i] != '%')
			continue;
		if (text.len - i < 3 || hex_digit(text.data[i + 1]) < 0 ||
		    hex_digit(text.data[i + 2]) < 0 ||
		    (text.data[i + 1] == '0' && text.data[i + 2] == '0'))
			return E_INVALID;
	}
	return E_OK;
}

int
urlencoded_parse(struct arena *arena, struct span text, size_t max, struct pair **pairs,
    size_t *count)
{
	size_t n = count_pieces(text);
	int err;

	*count = 0;
	*pairs = NULL;
	if (n > max)
		return E_TOOBIG;
	if (n > 0 && (*pairs = arena_zalloc(arena, n, sizeof **pairs)) == NULL)
		return E_NOMEM;
	while (text.len > 0) {
		struct span piece = span_of(text.data, index_of(text, '&'));

		if (piece.len > 0) {
			err = parse_one(arena, piece, &(*pairs)[*count]);
			if (err != E_OK)
				return err;
			(*count)++;
		}
		text = span_from(text, piece.len + 1);
	}
	return E_OK;
}
