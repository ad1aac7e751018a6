#include "json/check.h"

#include "base/hex.h"
#include "base/number.h"
#include "base/utf8.h"

struct check {
	const uint8_t *at, *end;
	unsigned depth;
	const char *wrong; /* what is wrong at `at`; NULL so far */
};

static bool value(struct check *c);

static bool
fail(struct check *c, const char *wrong)
{
	c->wrong = c->at == c->end ? "unexpected end" : wrong;
	return false;
}

/* The byte at hand; 0 at the end, where no rule takes it. */
static uint8_t
peek(const struct check *c)
{
	return c->at < c->end ? *c->at : 0;
}

static bool
take(struct check *c, uint8_t byte)
{
	if (c->at == c->end || *c->at != byte)
		return false;
	c->at++;
	return true;
}

static void
blanks(struct check *c)
{
	while (peek(c) == ' ' || peek(c) == '\n' || peek(c) == '\r' || peek(c) == '\t')
		c->at++;
}

static bool
escape(struct check *c, bool is_name)
{
	static const char letters[] = "\"\\/bfnrt";
	unsigned code = 0;

	if (peek(c) != 'u') {
		if (peek(c) == 0 || strchr(letters, *c->at) == NULL)
			return fail(c, "unknown escape in a string");
		c->at++;
		return true;
	}
	c->at++;
	for (int i = 0; i < 4; i++, c->at++) {
		if (hex_digit(peek(c)) < 0)
			return fail(c, "\\u needs four hexadecimal digits");
		code = code << 4 | (unsigned)hex_digit(*c->at);
	}
	return code != 0 || !is_name || fail(c, "NUL in a name");
}

/* From the opening quote to behind the closing one. */
static bool
string(struct check *c, bool is_name)
{
	size_t n;

	c->at++;
	while (!take(c, '"')) {
		if (take(c, '\\')) {
			if (!escape(c, is_name))
				return false;
			continue;
		}
		if (peek(c) < 0x20)
			return fail(c, "control character in a string");
		n = utf8_length(span_of(c->at, (size_t)(c->end - c->at)));
		if (n == 0)
			return fail(c, "not UTF-8");
		c->at += n;
	}
	return true;
}

static bool
digits(struct check *c)
{
	const uint8_t *from = c->at;

	while (peek(c) >= '0' && peek(c) <= '9')
		c->at++;
	return c->at > from;
}

static bool
in_range(struct span text, bool whole)
{
	uint64_t u;
	int64_t i;
	double d;

	if (!whole)
		return number_double(text, &d);
	return number_i64(text, INT64_MIN, INT64_MAX, &i) ||
	       number_u64(text, 0, UINT64_MAX, &u);
}

static bool
number(struct check *c)
{
	const uint8_t *from = c->at;
	bool whole = true;

	take(c, '-');
	if (take(c, '0')) {
		if (peek(c) >= '0' && peek(c) <= '9')
			return fail(c, "number with a leading zero");
	} else if (!digits(c)) {
		return fail(c, "digit expected");
	}
	if (take(c, '.')) {
		whole = false;
		if (!digits(c))
			return fail(c, "digit expected");
	}
	if (take(c, 'e') || take(c, 'E')) {
		whole = false;
		if (!take(c, '+'))
			take(c, '-');
		if (!digits(c))
			return fail(c, "digit expected");
	}
	if (in_range(span_of(from, (size_t)(c->at - from)), whole))
		return true;
	c->at = from;
	return fail(c, "number out of range");
}

static bool
literal(struct check *c, const char *word)
{
	const uint8_t *from = c->at;

	for (const char *w = word; *w != '\0'; w++)
		if (!take(c, (uint8_t)*w)) {
			if (c->at < c->end)
				c->at = from;
			return fail(c, "value expected");
		}
	return true;
}

static bool
member(struct check *c)
{
	if (peek(c) != '"')
		return fail(c, "name in quotes expected");
	if (!string(c, true))
		return false;
	blanks(c);
	return take(c, ':') ? value(c) : fail(c, "`:` expected");
}

/* An array or object, from behind the opening bracket to behind the closing one. */
static bool
members(struct check *c, uint8_t close)
{
	bool object = close == '}';

	blanks(c);
	if (take(c, close))
		return true;
	for (;;) {
		if (!(object ? member(c) : value(c)))
			return false;
		if (take(c, close))
			return true;
		if (!take(c, ','))
			return fail(
			    c, object ? "`,` or `}` expected" : "`,` or `]` expected");
		blanks(c);
	}
}

static bool
nested(struct check *c, uint8_t close)
{
	bool good;

	if (c->depth == JSON_CHECK_DEPTH)
		return fail(c, "nested too deep");
	c->at++;
	c->depth++;
	good = members(c, close);
	c->depth--;
	return good;
}

/* Recursion is bounded by JSON_CHECK_DEPTH. */
static bool
value(struct check *c)
{
	bool good;

	blanks(c);
	switch (peek(c)) {
	case '{':
		good = nested(c, '}');
		break;
	case '[':
		good = nested(c, ']');
		break;
	case '"':
		good = string(c, false);
		break;
	case 't':
		good = literal(c, "true");
		break;
	case 'f':
		good = literal(c, "false");
		break;
	case 'n':
		good = literal(c, "null");
		break;
	default:
		if (peek(c) != '-' && (peek(c) < '0' || peek(c) > '9'))
			return fail(c, "value expected");
		good = number(c);
	}
	if (good)
		blanks(c);
	return good;
}

int
json_check(struct span text, struct fault *fault)
{
	struct check c = {.at = text.data, .end = text.data};
	unsigned long line = 1, byte = 1;

	if (text.len > 0)
		c.end += text.len;
	if (value(&c)) {
		if (c.at == c.end)
			return E_OK;
		fail(&c, "nothing may follow the value");
	}
	for (const uint8_t *p = text.data; p < c.at; p++, byte++)
		if (*p == '\n') {
			line++;
			byte = 0;
		}
	return fault_set(
	    fault, E_INVALID, NULL, "line %lu, byte %lu: %s", line, byte, c.wrong);
}
