#include "base/utf8.h"

/* How long a character is that begins with this byte; 0 when none does. */
static size_t
expected(uint8_t first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc2 || first > 0xf4)
		return 0;
	return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
}

size_t
utf8_length(struct span text)
{
	size_t n = text.len > 0 ? expected(text.data[0]) : 0;
	uint8_t low = 0x80, high = 0xbf;

	if (n < 2)
		return n;
	if (text.len < n)
		return 0;
	/* The second byte has a narrower range after these four. */
	if (text.data[0] == 0xe0)
		low = 0xa0;
	else if (text.data[0] == 0xed)
		high = 0x9f;
	else if (text.data[0] == 0xf0)
		low = 0x90;
	else if (text.data[0] == 0xf4)
		high = 0x8f;
	if (text.data[1] < low || text.data[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((text.data[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

bool
utf8_valid(struct span text)
{
	size_t n;

	while (text.len > 0) {
		if ((n = utf8_length(text)) == 0)
			return false;
		text = span_from(text, n);
	}
	return true;
}
