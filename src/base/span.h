/* A borrowed run of bytes; whoever hands it out says how long it stays valid. */
#ifndef GH_BASE_SPAN_H
#define GH_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

/* How many elements an array has. */
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

struct span {
	const uint8_t *data;
	size_t len;
};

static inline struct span
span_of(const void *data, size_t len)
{
	return (struct span){data, len};
}

/* The bytes of a C string without its NUL; NULL gives the empty span. */
static inline struct span
span_str(const char *s)
{
	return (struct span){(const uint8_t *)s, s != NULL ? strlen(s) : 0};
}

static inline bool
span_eq(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

static inline bool
span_is(struct span a, const char *s)
{
	return span_eq(a, span_str(s));
}

/* As bytes sort: shorter first where one begins with the other. */
static inline int
span_cmp(struct span a, struct span b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int c = n != 0 ? memcmp(a.data, b.data, n) : 0;

	return c != 0 ? c : (a.len > b.len) - (a.len < b.len);
}

static inline bool
span_begins(struct span a, struct span prefix)
{
	return a.len >= prefix.len &&
	       (prefix.len == 0 || memcmp(a.data, prefix.data, prefix.len) == 0);
}

/* The same without regard to the case of ASCII letters. */
static inline bool
span_begins_nocase(struct span a, const char *prefix)
{
	size_t n = strlen(prefix);

	return a.len >= n && strncasecmp((const char *)a.data, prefix, n) == 0;
}

/* What follows the first n bytes. */
static inline struct span
span_from(struct span a, size_t n)
{
	return n < a.len ? span_of(a.data + n, a.len - n) : span_of(NULL, 0);
}

/* Without blanks, tabs, CR and LF at both ends. */
static inline struct span
span_trim(struct span a)
{
	while (a.len > 0 && strchr(" \t\r\n", a.data[0]) != NULL && a.data[0] != '\0')
		a = span_from(a, 1);
	while (a.len > 0 && a.data[a.len - 1] != '\0' &&
	       strchr(" \t\r\n", a.data[a.len - 1]) != NULL)
		a.len--;
	return a;
}

#endif
