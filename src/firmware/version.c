#include "firmware/selection.h"

static bool
is_digit(struct span s, size_t at)
{
	return at < s.len && s.data[at] >= '0' && s.data[at] <= '9';
}

/* `~` before the end, the end (and a number) before all else. */
static int
weight(struct span s, size_t at)
{
	if (at >= s.len || is_digit(s, at))
		return 0;
	return s.data[at] == '~' ? -1 : s.data[at] + 1;
}

/* The run of digits at *at, without its leading zeros. */
static struct span
number_at(struct span s, size_t *at)
{
	size_t begin;

	while (*at < s.len && s.data[*at] == '0')
		++*at;
	for (begin = *at; is_digit(s, *at);)
		++*at;
	return *at > begin ? span_of(s.data + begin, *at - begin) : span_of(NULL, 0);
}

int
version_compare(struct span a, struct span b)
{
	size_t i = 0, j = 0;

	while (i < a.len || j < b.len) {
		struct span m, n;

		while (
		    (i < a.len && !is_digit(a, i)) || (j < b.len && !is_digit(b, j))) {
			int c = weight(a, i) - weight(b, j);

			if (c != 0)
				return c;
			i++;
			j++;
		}
		m = number_at(a, &i);
		n = number_at(b, &j);
		if (m.len != n.len)
			return m.len > n.len ? 1 : -1;
		if (!span_eq(m, n))
			return span_cmp(m, n);
	}
	return 0;
}
