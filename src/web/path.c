#include "web/path.h"

#include "web/urlencoded.h"

/* The segment between two slashes is `.` or `..`. */
static bool
is_dots(const uint8_t *segment, const uint8_t *end)
{
	size_t n = (size_t)(end - segment);

	return (n == 1 && segment[0] == '.') ||
	       (n == 2 && segment[0] == '.' && segment[1] == '.');
}

int
path_check(struct span path, struct fault *fault)
{
	const uint8_t *end, *segment = path.data;

	if (path.len == 0 || path.data[0] != '/')
		return fault_set(
		    fault, E_INVALID, NULL, "the path does not begin with a slash");
	end = path.data + path.len;
	for (const uint8_t *p = path.data;; p++) {
		if (p == end || *p == '/') {
			if (is_dots(segment, p))
				return fault_set(fault, E_INVALID, NULL,
				    "the path has a dot segment");
			if (p == end)
				return E_OK;
			segment = p + 1;
		} else if (*p < ' ' || *p == 127) {
			return fault_set(
			    fault, E_INVALID, NULL, "the path has a control character");
		}
	}
}

/* A slash that was escaped would make two segments out of one. */
static bool
has_escaped_slash(struct span raw)
{
	for (size_t i = 0; i + 2 < raw.len; i++)
		if (raw.data[i] == '%' && raw.data[i + 1] == '2' &&
		    (raw.data[i + 2] | 32) == 'f')
			return true;
	return false;
}

int
path_decode(struct arena *arena, struct span raw, struct span *out, struct fault *fault)
{
	char *p;
	size_t n;

	*out = raw;
	if (raw.len == 0 || memchr(raw.data, '%', raw.len) == NULL)
		return path_check(raw, fault);
	if ((p = arena_alloc(arena, raw.len)) == NULL)
		return fault_set(fault, E_NOMEM, NULL, "the path is too long");
	if (has_escaped_slash(raw) || !percent_decode(raw, false, p, &n))
		return fault_set(fault, E_INVALID, NULL,
		    "the path has a bad percent-escape, or one for a slash or NUL");
	*out = span_of(p, n);
	return path_check(*out, fault);
}

struct span
path_without(struct span whole, struct span end)
{
	if (whole.len < end.len || !span_eq(span_from(whole, whole.len - end.len), end))
		return span_of(NULL, 0);
	return span_of(whole.data, whole.len - end.len);
}
