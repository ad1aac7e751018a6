#include "base/eui.h"

#include <stdio.h>

#include "base/hex.h"

/* Sixteen digits, bare or in pairs with one and the same separator between them. */
static bool
parse_digits(struct span text, uint64_t *eui)
{
	size_t step = text.len == 16 ? 2 : 3;
	uint64_t v = 0;

	if (text.len != 16 && text.len != 23)
		return false;
	for (size_t i = 0; i < text.len; i += step) {
		int hi = hex_digit(text.data[i]), lo = hex_digit(text.data[i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		if (step == 3 && i + 2 < text.len &&
		    ((text.data[i + 2] != '-' && text.data[i + 2] != ':') ||
			text.data[i + 2] != text.data[2]))
			return false;
		v = v << 8 | (uint64_t)(hi << 4 | lo);
	}
	*eui = v;
	return true;
}

/* One group of an ID6: 1 to 4 digits. Advances `at`. */
static bool
parse_group(struct span text, size_t *at, uint16_t *group)
{
	unsigned v = 0, digits = 0;

	while (*at < text.len && hex_digit(text.data[*at]) >= 0) {
		if (++digits > 4)
			return false;
		v = v << 4 | (unsigned)hex_digit(text.data[(*at)++]);
	}
	*group = (uint16_t)v;
	return digits > 0;
}

/* Up to four groups with `:`, at most one `::` that stands for the missing ones. */
static bool
parse_id6(struct span text, uint64_t *eui)
{
	uint16_t groups[4];
	unsigned n = 0, gap = 4;
	size_t at = 0;
	uint64_t v = 0;
	bool gapped = false;

	if (text.len == 0 || text.len > 19)
		return false;
	if (text.len >= 2 && text.data[0] == ':' && text.data[1] == ':') {
		gapped = true;
		gap = 0;
		at = 2;
	}
	while (at < text.len) {
		if (n == 4 || !parse_group(text, &at, &groups[n]))
			return false;
		n++;
		if (at == text.len)
			break;
		if (text.data[at++] != ':')
			return false;
		if (at < text.len && text.data[at] == ':') {
			if (gapped)
				return false;
			gapped = true;
			gap = n;
			at++;
		} else if (at == text.len) {
			return false;
		}
	}
	if (gapped ? n > 3 : n != 4)
		return false;
	for (unsigned i = 0; i < 4; i++) {
		unsigned missing = 4 - n;

		if (i < gap)
			v = v << 16 | groups[i];
		else
			v = v << 16 | (i < gap + missing ? 0 : groups[i - missing]);
	}
	*eui = v;
	return true;
}

bool
eui_parse(struct span text, uint64_t *eui)
{
	return parse_digits(text, eui) || parse_id6(text, eui);
}

static void
format(uint64_t eui, const char *digits, char out[EUI_TEXT])
{
	for (int i = 15; i >= 0; i--, eui >>= 4)
		out[i] = digits[eui & 15];
	out[16] = '\0';
}

void
eui_format(uint64_t eui, char out[EUI_TEXT])
{
	format(eui, "0123456789ABCDEF", out);
}

void
eui_format_lower(uint64_t eui, char out[EUI_TEXT])
{
	format(eui, "0123456789abcdef", out);
}

/*
 * The station's own rules, from its vectors: leading zero groups become `::` when two or
 * more are zero, trailing ones likewise, and the middle pair when both are zero.
 */
void
eui_format_id6(uint64_t eui, char out[EUI_ID6])
{
	unsigned g0 = eui >> 48 & 0xffff, g1 = eui >> 32 & 0xffff;
	unsigned g2 = eui >> 16 & 0xffff, g3 = eui & 0xffff;

	if (g0 == 0 && g1 == 0 && g2 == 0)
		snprintf(out, EUI_ID6, "::%x", g3);
	else if (g0 == 0 && g1 == 0)
		snprintf(out, EUI_ID6, "::%x:%x", g2, g3);
	else if (g1 == 0 && g2 == 0 && g3 == 0)
		snprintf(out, EUI_ID6, "%x::", g0);
	else if (g2 == 0 && g3 == 0)
		snprintf(out, EUI_ID6, "%x:%x::", g0, g1);
	else if (g1 == 0 && g2 == 0)
		snprintf(out, EUI_ID6, "%x::%x", g0, g3);
	else
		snprintf(out, EUI_ID6, "%x:%x:%x:%x", g0, g1, g2, g3);
}
