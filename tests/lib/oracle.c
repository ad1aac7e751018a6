#include "tests/lib/oracle.h"

#include <errno.h>
#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define DEPTH_MAX 32
#define NUMBER_MAX 63 /* characters of one that is not whole */

/* ---- words that json-c should not have taken ------------------------------------------- */

/* Length of the character of UTF-8 at the beginning, 0: none (Unicode 15, table 3-7). */
static size_t
character(const uint8_t *p, size_t left)
{
	static const struct {
		uint8_t from, to, second_from, second_to, more;
	} rows[] = {{0xc2, 0xdf, 0x80, 0xbf, 0}, {0xe0, 0xe0, 0xa0, 0xbf, 1},
	    {0xe1, 0xec, 0x80, 0xbf, 1}, {0xed, 0xed, 0x80, 0x9f, 1},
	    {0xee, 0xef, 0x80, 0xbf, 1}, {0xf0, 0xf0, 0x90, 0xbf, 2},
	    {0xf1, 0xf3, 0x80, 0xbf, 2}, {0xf4, 0xf4, 0x80, 0x8f, 2}};

	if (p[0] < 0x80)
		return 1;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t n = 2u + rows[i].more;

		if (p[0] < rows[i].from || p[0] > rows[i].to)
			continue;
		if (left < n || p[1] < rows[i].second_from || p[1] > rows[i].second_to)
			return 0;
		for (size_t k = 2; k < n; k++)
			if (p[k] < 0x80 || p[k] > 0xbf)
				return 0;
		return n;
	}
	return 0;
}

/* A string, from its quote; *has_nul: there is a \u0000 in it. Its length, 0: refused. */
static size_t
string(const uint8_t *p, size_t left, bool *has_nul)
{
	size_t at = 1, n;

	*has_nul = false;
	while (at < left && p[at] != '"') {
		if (p[at] == '\\') {
			if (left - at >= 6 && memcmp(p + at, "\\u0000", 6) == 0)
				*has_nul = true;
			at += 2;
			continue;
		}
		if (p[at] < 0x20 || (n = character(p + at, left - at)) == 0)
			return 0;
		at += n;
	}
	return at < left ? at + 1 : 0;
}

/* -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)? and within what C can hold. */
static bool
number(const char *text)
{
	const char *digits = "0123456789", *p = text + (*text == '-');
	size_t n = strspn(p, digits);
	bool whole = true;
	char *end;

	if (n == 0 || (p[0] == '0' && n > 1))
		return false;
	p += n;
	if (*p == '.') {
		whole = false;
		if ((n = strspn(++p, digits)) == 0)
			return false;
		p += n;
	}
	if (*p == 'e' || *p == 'E') {
		whole = false;
		p++;
		p += *p == '+' || *p == '-';
		if ((n = strspn(p, digits)) == 0)
			return false;
		p += n;
	}
	if (*p != '\0')
		return false;
	if (!whole)
		return strlen(text) <= NUMBER_MAX && isfinite(strtod(text, &end));
	errno = 0;
	if (*text == '-')
		strtoll(text, &end, 10);
	else
		strtoull(text, &end, 10);
	return errno == 0;
}

/* A word outside strings: a number or one of three names. */
static size_t
word(const uint8_t *p, size_t left)
{
	char text[1000];
	size_t n = 0;

	while (n < left && strchr(" \t\r\n,:[]{}\"", p[n]) == NULL)
		n++;
	if (n == 0 || n >= sizeof text)
		return 0;
	memcpy(text, p, n);
	text[n] = '\0';
	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0 ||
	    strcmp(text, "null") == 0 || number(text))
		return n;
	return 0;
}

/* Of a text that json-c has taken, so that its structure is right. */
static bool
words_are_right(struct span s)
{
	size_t at = 0, n, depth = 0;
	bool has_nul;

	if (memchr(s.data, 0, s.len) != NULL)
		return false;
	while (at < s.len) {
		uint8_t c = s.data[at];

		if (strchr(" \t\r\n,:", c) != NULL) {
			at++;
		} else if (c == '{' || c == '[') {
			if (++depth > DEPTH_MAX)
				return false;
			at++;
		} else if (c == '}' || c == ']') {
			depth--;
			at++;
		} else if (c != '"') {
			if ((n = word(s.data + at, s.len - at)) == 0)
				return false;
			at += n;
		} else {
			if ((n = string(s.data + at, s.len - at, &has_nul)) == 0)
				return false;
			for (at += n; at < s.len && strchr(" \t\r\n", s.data[at]);)
				at++;
			if (has_nul && at < s.len && s.data[at] == ':')
				return false; /* in a name */
		}
	}
	return true;
}

static struct json_object *
parse_with(int flags, const void *text, size_t len)
{
	struct json_tokener *tok = json_tokener_new_ex(5000);
	struct json_object *root = NULL;

	json_tokener_set_flags(tok, flags);
	if (len > 0)
		root = json_tokener_parse_ex(tok, text, (int)len);
	if (root != NULL && json_tokener_get_error(tok) != json_tokener_success) {
		json_object_put(root);
		root = NULL;
	}
	json_tokener_free(tok);
	return root;
}

/* In json-c 0.18 the strict way takes no letter beyond ASCII: it is shown another one. */
static bool
strict(struct span s)
{
	struct json_object *root;
	char *plain = malloc(s.len + 1);

	for (size_t i = 0; plain != NULL && i < s.len; i++)
		plain[i] = (char)(s.data[i] < 0x80 ? s.data[i] : 'x');
	root = plain != NULL ? parse_with(JSON_TOKENER_STRICT, plain, s.len) : NULL;
	free(plain);
	return root != NULL && json_object_put(root) == 1;
}

static struct json_object *
parse(struct span s)
{
	if (!strict(s) || !words_are_right(s))
		return NULL;
	return parse_with(JSON_TOKENER_VALIDATE_UTF8, s.data, s.len);
}

/* ---- the members --------------------------------------------------------------------------- */

static int
hex(char c)
{
	const char *digits = "0123456789abcdef", *at;

	at = c != '\0' ? strchr(digits, c >= 'A' && c <= 'F' ? c | 32 : c) : NULL;
	return at != NULL ? (int)(at - digits) : -1;
}

/* `aa-bb-…` or `aa:bb:…` without its separators; any other text as it is. */
static void
join_pairs(const char *text, char *out, size_t size)
{
	char separator = text[2];
	size_t n = 0;

	snprintf(out, size, "%s", text);
	if (strlen(text) != 23 || (separator != '-' && separator != ':'))
		return;
	for (size_t i = 2; i < 23; i += 3)
		if (text[i] != separator)
			return;
	for (size_t i = 0; i < 23; i++)
		if (i % 3 != 2)
			out[n++] = text[i];
	out[n] = '\0';
}

static bool
sixteen(const char *text, uint64_t *eui)
{
	*eui = 0;
	if (strlen(text) != 16)
		return false;
	for (; *text != '\0'; text++) {
		if (hex(*text) < 0)
			return false;
		*eui = *eui << 4 | (uint64_t)hex(*text);
	}
	return true;
}

/* Groups with a `:` between, from the text's `from` to its `to`; -1: not so. */
static int
groups(const char *from, const char *to, unsigned *out)
{
	int n = 0;

	while (from < to) {
		int digits = 0;

		if (n == 4)
			return -1;
		for (out[n] = 0; from < to && hex(*from) >= 0; from++, digits++)
			out[n] = out[n] << 4 | (unsigned)hex(*from);
		if (digits < 1 || digits > 4)
			return -1;
		n++;
		if (from < to && (*from++ != ':' || from == to))
			return -1;
	}
	return n;
}

static bool
id6(const char *text, uint64_t *eui)
{
	const char *gap = strstr(text, "::"), *end = text + strlen(text);
	unsigned before[4], after[4], all[4] = {0};
	int b = groups(text, gap != NULL ? gap : end, before);
	int a = gap != NULL ? groups(gap + 2, end, after) : 0;

	if (a < 0 || b < 0 || (gap != NULL ? a + b > 3 : b != 4))
		return false;
	memcpy(all, before, (size_t)b * sizeof *all);
	for (int i = 0; i < a; i++)
		all[4 - a + i] = after[i];
	*eui = (uint64_t)all[0] << 48 | (uint64_t)all[1] << 32 |
	       (uint64_t)all[2] << 16 | all[3];
	return true;
}

static struct json_object *
member(struct json_object *root, const char *name)
{
	struct json_object *v;

	return json_object_object_get_ex(root, name, &v) ? v : NULL;
}

/* A whole number, not negative. */
static bool
whole(struct json_object *v, uint64_t *n)
{
	if (!json_object_is_type(v, json_type_int) || json_object_get_int64(v) < 0)
		return false;
	*n = json_object_get_uint64(v);
	return true;
}

static bool
router(struct json_object *root, uint64_t *eui)
{
	struct json_object *v = member(root, "router");
	char plain[64];
	const char *text;

	if (v == NULL)
		return false;
	if (!json_object_is_type(v, json_type_string))
		return whole(v, eui) && *eui != 0;
	text = json_object_get_string(v);
	if (strlen(text) != (size_t)json_object_get_string_len(v) || strlen(text) < 2 ||
	    strlen(text) > 23)
		return false;
	join_pairs(text, plain, sizeof plain);
	return (sixteen(plain, eui) || id6(text, eui)) && *eui != 0;
}

static bool
text_or_nothing(struct json_object *root, const char *name)
{
	struct json_object *v = member(root, name);

	return v == NULL || json_object_is_type(v, json_type_string);
}

/* A number below 2^32 or nothing. */
static bool
crc(struct json_object *v, bool *has, uint32_t *out)
{
	uint64_t n = 0;

	*has = v != NULL;
	if (v != NULL && (!whole(v, &n) || n > UINT32_MAX))
		return false;
	*out = (uint32_t)n;
	return true;
}

static bool
keys(struct json_object *root)
{
	struct json_object *list = member(root, "keys");
	uint32_t n;
	bool has;

	if (list == NULL)
		return true;
	if (!json_object_is_type(list, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(list); i++)
		if (!crc(json_object_array_get_idx(list, i), &has, &n) || !has)
			return false;
	return true;
}

static bool
read_members(struct json_object *root, struct oracle_request *r)
{
	static const char *const texts[] = {
	    "cupsUri", "tcUri", "station", "model", "package"};
	struct json_object *uri = member(root, "tcUri");
	uint32_t n;
	bool has;

	if (!json_object_is_type(root, json_type_object) || !router(root, &r->eui) ||
	    !keys(root) || !crc(member(root, "cupsCredCrc"), &has, &n) ||
	    !crc(member(root, "tcCredCrc"), &r->has_lns_crc, &r->lns_crc))
		return false;
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (!text_or_nothing(root, texts[i]))
			return false;
	r->lns_uri_len = uri != NULL ? (size_t)json_object_get_string_len(uri) : 0;
	if (uri != NULL)
		memcpy(r->lns_uri, json_object_get_string(uri), r->lns_uri_len);
	return true;
}

bool
oracle_read(struct span body, struct oracle_request *r)
{
	struct json_object *root = parse(body);
	bool fine = root != NULL && read_members(root, r);

	json_object_put(root);
	return fine;
}
