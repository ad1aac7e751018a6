/*
 * Forwarders refuse a file with a byte order mark, or with the same key twice in one
 * object, which no parsed tree shows any more.
 */
#include "gateway-files/file_check.h"

#define KEYS_MAX 600 /* in all objects that are open at once */
#define DEPTH_MAX 32

struct scanner {
	const struct file_checker *c;
	struct span keys[KEYS_MAX];
	size_t count;
	size_t first[DEPTH_MAX]; /* of each open object */
	unsigned depth;
	bool fine;
};

static void
refuse(struct scanner *s, const char *text, struct span key)
{
	if (s->fine)
		check_error(s->c, "key", "\"%.*s\" %s",
		    (int)(key.len > 60 ? 60 : key.len), (const char *)key.data, text);
	s->fine = false;
}

static void
add_key(struct scanner *s, struct span key)
{
	if (s->depth == 0 || s->count == KEYS_MAX) {
		refuse(s, "is one key too many", key);
		return;
	}
	if (key.len > 0 && memchr(key.data, '\\', key.len) != NULL)
		refuse(s, "is a key with escapes", key);
	for (size_t i = s->first[s->depth - 1]; i < s->count; i++)
		if (span_eq(s->keys[i], key))
			refuse(s, "is there twice", key);
	s->keys[s->count++] = key;
}

/* The index after the string that begins at i. */
static size_t
string_end(struct span text, size_t i)
{
	for (i++; i < text.len && text.data[i] != '"'; i++)
		if (text.data[i] == '\\')
			i++;
	return i + 1;
}

static bool
is_key(struct span text, size_t end)
{
	struct span rest = span_trim(span_from(text, end));

	return rest.len > 0 && rest.data[0] == ':';
}

static void
open_object(struct scanner *s)
{
	if (s->depth < DEPTH_MAX)
		s->first[s->depth++] = s->count;
}

bool
check_keys(const struct file_checker *c, struct span text)
{
	struct scanner s = {.c = c, .fine = true};

	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '{') {
			open_object(&s);
		} else if (text.data[i] == '}' && s.depth > 0) {
			s.count = s.first[--s.depth];
		} else if (text.data[i] == '"') {
			size_t end = string_end(text, i);

			if (is_key(text, end))
				add_key(&s, span_of(text.data + i + 1, end - i - 2));
			i = end - 1;
		}
	}
	return s.fine;
}
