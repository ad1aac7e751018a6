/*
 * The scanner for bodies as stations write them: one object of known members, each at most
 * once, plain ASCII texts without escapes, whole numbers without sign. It is strict so that
 * it never takes what json-c would refuse; what it does not take goes to json-c.
 */
#include "base/eui.h"
#include "cups/update_info.h"

struct scan {
	const uint8_t *at, *end;
};

enum member {
	MEMBER_ROUTER,
	MEMBER_CUPS_URI,
	MEMBER_LNS_URI,
	MEMBER_CUPS_CRC,
	MEMBER_LNS_CRC,
	MEMBER_STATION,
	MEMBER_MODEL,
	MEMBER_PACKAGE,
	MEMBER_KEYS,
	MEMBER_COUNT
};

static const struct {
	const char *name;
	uint8_t length;
} members[MEMBER_COUNT] = {
    [MEMBER_ROUTER] = {"router", 6},
    [MEMBER_CUPS_URI] = {"cupsUri", 7},
    [MEMBER_LNS_URI] = {"tcUri", 5},
    [MEMBER_CUPS_CRC] = {"cupsCredCrc", 11},
    [MEMBER_LNS_CRC] = {"tcCredCrc", 9},
    [MEMBER_STATION] = {"station", 7},
    [MEMBER_MODEL] = {"model", 5},
    [MEMBER_PACKAGE] = {"package", 7},
    [MEMBER_KEYS] = {"keys", 4},
};

static void
blanks(struct scan *s)
{
	while (s->at < s->end &&
	       (*s->at == ' ' || *s->at == '\n' || *s->at == '\r' || *s->at == '\t'))
		s->at++;
}

/* The character after blanks; steps over it. */
static bool
take(struct scan *s, uint8_t c)
{
	blanks(s);
	if (s->at == s->end || *s->at != c)
		return false;
	s->at++;
	return true;
}

/* Visible ASCII and blanks, but for the quote and the backslash: a bit for each byte. */
static bool
plain(uint8_t c)
{
	static const uint32_t bits[8] = {
	    0, 0xfffffffb, 0xefffffff, 0x7fffffff, 0, 0, 0, 0};

	return bits[c >> 5] >> (c & 31) & 1;
}

static bool
text(struct scan *s, struct span *out)
{
	const uint8_t *start, *at;

	if (!take(s, '"'))
		return false;
	for (start = at = s->at; at < s->end && plain(*at); at++)
		;
	if (at == s->end || *at != '"')
		return false;
	*out = span_of(start, (size_t)(at - start));
	s->at = at + 1;
	return true;
}

static bool
null(struct scan *s)
{
	blanks(s);
	if (s->end - s->at < 4 || memcmp(s->at, "null", 4) != 0)
		return false;
	s->at += 4;
	return true;
}

/* Up to ten digits without a leading zero. */
static bool
number(struct scan *s, uint32_t *out)
{
	const uint8_t *start;
	uint64_t v = 0;

	blanks(s);
	for (start = s->at; s->at < s->end && *s->at >= '0' && *s->at <= '9'; s->at++) {
		if (s->at - start == 10)
			return false;
		v = v * 10 + (uint64_t)(*s->at - '0');
	}
	if (s->at == start || (*start == '0' && s->at - start > 1) || v > UINT32_MAX)
		return false;
	*out = (uint32_t)v;
	return true;
}

static bool
numbers(struct scan *s, struct update_info *info)
{
	uint32_t v;

	if (!take(s, '['))
		return false;
	if (take(s, ']'))
		return true;
	do {
		if (!number(s, &v))
			return false;
		if (info->key_count < CUPS_KEYS_MAX)
			info->keys[info->key_count++] = v;
	} while (take(s, ','));
	return take(s, ']');
}

static bool
member_value(struct scan *s, enum member m, struct update_info *info)
{
	struct span *const texts[MEMBER_COUNT] = {[MEMBER_CUPS_URI] = &info->cups_uri,
	    [MEMBER_LNS_URI] = &info->lns_uri,
	    [MEMBER_STATION] = &info->station,
	    [MEMBER_MODEL] = &info->model,
	    [MEMBER_PACKAGE] = &info->package};
	struct span router;

	switch (m) {
	case MEMBER_ROUTER:
		return text(s, &router) && eui_parse(router, &info->eui) &&
		       info->eui != 0;
	case MEMBER_CUPS_CRC:
		return info->has_cups_crc = number(s, &info->cups_crc);
	case MEMBER_LNS_CRC:
		return info->has_lns_crc = number(s, &info->lns_crc);
	case MEMBER_KEYS:
		return numbers(s, info);
	default:
		return null(s) || text(s, texts[m]);
	}
}

static int
member_of(struct span name)
{
	for (int m = 0; m < MEMBER_COUNT; m++)
		if (name.len == members[m].length &&
		    memcmp(name.data, members[m].name, name.len) == 0)
			return m;
	return -1;
}

bool
update_info_scan(struct span body, struct update_info *info)
{
	struct scan s = {body.data, body.len > 0 ? body.data + body.len : body.data};
	unsigned seen = 0;
	struct span name;

	memset(info, 0, sizeof *info);
	if (!take(&s, '{'))
		return false;
	do {
		int m;

		if (!text(&s, &name) || (m = member_of(name)) < 0 || seen >> m & 1 ||
		    !take(&s, ':') || !member_value(&s, (enum member)m, info))
			return false;
		seen |= 1u << m;
	} while (take(&s, ','));
	if (!take(&s, '}') || !(seen & 1u << MEMBER_ROUTER))
		return false;
	blanks(&s);
	return s.at == s.end;
}
