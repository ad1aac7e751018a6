/* One value of the configuration from its text to its member. */
#include <inttypes.h>

#include "app/config_key.h"
#include "base/number.h"

static int
bad(struct fault *fault, const char *text)
{
	return fault_set(fault, E_CONFIG, NULL, "%s", text);
}

static void *
member(struct config *c, const struct config_key *key)
{
	return (char *)c + key->offset;
}

static int
set_string(struct config *c, const struct config_key *key, struct span value)
{
	const char *copy = arena_dup(&c->arena, value);

	if (copy == NULL)
		return E_NOMEM;
	*(const char **)member(c, key) = copy;
	return E_OK;
}

static int
set_path(struct config *c, const struct config_key *key, struct span value)
{
	while (value.len > 1 && value.data[value.len - 1] == '/')
		value.len--;
	return set_string(c, key, value);
}

static int
set_url(struct config *c, const struct config_key *key, struct span value,
    struct fault *fault)
{
	size_t scheme = span_begins_nocase(value, "https://")  ? 8
			: span_begins_nocase(value, "http://") ? 7
							       : 0;

	if (value.len == 0)
		return set_string(c, key, value);
	if (scheme == 0 || value.len == scheme || value.data[scheme] == '/')
		return bad(fault, "a URL begins with http://HOST or https://HOST");
	for (size_t i = 0; i < value.len; i++)
		if (value.data[i] <= ' ' || value.data[i] > 126 ||
		    strchr("?#%\"<>\\", value.data[i]) != NULL)
			return bad(fault,
			    "a blank or one of ?#%\"<>\\ is not possible in this URL");
	while (value.len > scheme && value.data[value.len - 1] == '/')
		value.len--;
	return set_string(c, key, value);
}

/* RFC 9110's token without what nobody uses. */
static bool
is_header(struct span name)
{
	for (size_t i = 0; i < name.len; i++) {
		unsigned char c = name.data[i];

		if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') &&
		    (c < '0' || c > '9') && c != '-' && c != '_')
			return false;
	}
	return name.len > 0 && name.len <= 64;
}

static int
set_name(struct config *c, const struct config_key *key, struct span value,
    struct fault *fault)
{
	if (value.len > 0 && !is_header(value))
		return bad(fault, "this is not the name of a header");
	return set_string(c, key, value);
}

static int
set_number(struct config *c, const struct config_key *key, struct span value,
    struct fault *fault)
{
	uint64_t n = 0;
	bool ok = key->type == CONFIG_SIZE ? number_size(value, &n)
					   : number_u64(value, 0, UINT64_MAX, &n);

	if (!ok || n < key->min || n > key->max)
		return fault_set(fault, E_CONFIG, NULL,
		    "expected a number from %" PRIu64 " to %" PRIu64, key->min,
		    key->max);
	*(uint64_t *)member(c, key) = n;
	return E_OK;
}

static int
set_choice(struct config *c, const struct config_key *key, struct span value,
    struct fault *fault)
{
	struct span words = span_str(key->words);

	for (int i = 0; words.len > 0; i++) {
		const uint8_t *bar = memchr(words.data, '|', words.len);
		size_t n = bar != NULL ? (size_t)(bar - words.data) : words.len;

		if (span_eq(span_of(words.data, n), value)) {
			*(int *)member(c, key) = i;
			return E_OK;
		}
		words = span_from(words, n + 1);
	}
	return fault_set(fault, E_CONFIG, NULL, "expected one of %s", key->words);
}

/* The next word of a list that is separated by blanks or commas. */
static bool
next_word(struct span *list, struct span *word)
{
	size_t n = 0;

	while (list->len > 0 && strchr(" \t,", list->data[0]) != NULL)
		*list = span_from(*list, 1);
	while (n < list->len && strchr(" \t,", list->data[n]) == NULL)
		n++;
	*word = span_of(list->data, n);
	*list = span_from(*list, n);
	return n > 0;
}

static size_t
count_words(struct span list)
{
	struct span word;
	size_t n = 0;

	while (next_word(&list, &word))
		n++;
	return n;
}

static int
bad_word(struct fault *fault, struct span word, const char *what)
{
	return fault_set(fault, E_CONFIG, NULL, "\"%.*s\" is not %s",
	    (int)(word.len < 60 ? word.len : 60), (const char *)word.data, what);
}

static int
set_networks(struct config *c, const struct config_key *key, struct span value,
    struct fault *fault)
{
	size_t n = count_words(value), i = 0;
	struct network *items = arena_zalloc(&c->arena, n + 1, sizeof *items);
	struct span word;

	if (items == NULL)
		return E_NOMEM;
	while (next_word(&value, &word))
		if (!network_parse(word, &items[i++]))
			return bad_word(fault, word, "an address or network");
	*(struct config_networks *)member(c, key) = (struct config_networks){items, n};
	return E_OK;
}

static int
set_names(struct config *c, const struct config_key *key, struct span value,
    struct fault *fault)
{
	size_t n = count_words(value), i = 0;
	const char **items = arena_zalloc(&c->arena, n + 1, sizeof *items);
	struct span word;

	if (items == NULL)
		return E_NOMEM;
	while (next_word(&value, &word)) {
		if (!is_header(word))
			return bad_word(fault, word, "the name of a header");
		if ((items[i++] = arena_dup(&c->arena, word)) == NULL)
			return E_NOMEM;
	}
	*(struct config_names *)member(c, key) = (struct config_names){items, n};
	return E_OK;
}

int
config_set(struct config *c, const struct config_key *key, struct span value,
    struct fault *fault)
{
	switch (key->type) {
	case CONFIG_TEXT:
		return set_string(c, key, value);
	case CONFIG_PATH:
		return set_path(c, key, value);
	case CONFIG_URL:
		return set_url(c, key, value, fault);
	case CONFIG_NAME:
		return set_name(c, key, value, fault);
	case CONFIG_BOOL:
		return number_bool(value, member(c, key))
			   ? E_OK
			   : bad(fault, "expected on or off");
	case CONFIG_NUMBER:
	case CONFIG_SIZE:
		return set_number(c, key, value, fault);
	case CONFIG_CHOICE:
		return set_choice(c, key, value, fault);
	case CONFIG_NETWORKS:
		return set_networks(c, key, value, fault);
	case CONFIG_NAMES:
		return set_names(c, key, value, fault);
	}
	return E_INTERNAL;
}
