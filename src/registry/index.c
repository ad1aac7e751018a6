#include "registry/index.h"

#include "base/wire.h"
#include "registry/registry.h"

void
index_key_set(struct index_key *key, const struct record_kind *kind, unsigned field,
    struct span value)
{
	size_t n = value.len < INDEX_VALUE_MAX ? value.len : INDEX_VALUE_MAX;

	key->bytes[0] = (uint8_t)kind->table;
	key->bytes[1] = (uint8_t)field;
	if (n > 0)
		memcpy(key->bytes + 2, value.data, n);
	key->len = 2 + n;
}

void
index_key_add_serial(struct index_key *key, uint64_t serial)
{
	key->bytes[key->len++] = 0;
	wire_key64(key->bytes + key->len, serial);
	key->len += 8;
}

struct walk {
	const struct record_kind *kind;
	uint64_t serial;
	index_fn *fn;
	void *arg;
};

static int
entry(const struct walk *w, enum index_sort sort, const struct field *f,
    struct span value)
{
	struct index_key key;

	index_key_set(&key, w->kind, f->number, value);
	if (sort == INDEX_LISTING)
		index_key_add_serial(&key, w->serial);
	return w->fn(w->arg, sort, f, &key);
}

size_t
registry_word(const char **text, char word[REGISTRY_WORD_MAX])
{
	size_t n = 0;

	for (;; ++*text) {
		unsigned char c = (unsigned char)**text;
		bool part = (c >= '0' && c <= '9') ||
			    ((c | 32) >= 'a' && (c | 32) <= 'z') || c >= 128;

		if (part && n < REGISTRY_WORD_MAX)
			word[n++] = (char)(c >= 'A' && c <= 'Z' ? c | 32 : c);
		if (!part && (n > 0 || c == '\0'))
			return n;
	}
}

static int
words(const struct walk *w, const struct field *f, const char *text)
{
	char word[REGISTRY_WORD_MAX];
	int err = E_OK;
	size_t n;

	while (err == E_OK && (n = registry_word(&text, word)) > 0)
		err = entry(w, INDEX_LISTING, f, span_of(word, n));
	return err;
}

/* The value(s) of a field that go into an index of the given sort. */
static int
values(const struct walk *w, enum index_sort sort, const struct field *f,
    const void *record)
{
	const void *at = field_at(f, record);
	uint8_t number[8];
	int err = E_OK;

	switch (f->type) {
	case FIELD_TEXT:
		return entry(w, sort, f, span_str(*(const char *const *)at));
	case FIELD_BYTES:
		return entry(w, sort, f, *(const struct span *)at);
	case FIELD_LIST:
		for (size_t i = 0;
		     err == E_OK && i < ((const struct text_list *)at)->count; i++)
			err = entry(w, sort, f,
			    span_str(((const struct text_list *)at)->items[i]));
		return err;
	case FIELD_EUI:
	case FIELD_REF:
	case FIELD_UINT:
		wire_key64(number, *(const uint64_t *)at);
		return entry(w, sort, f, span_of(number, 8));
	default:
		return E_INTERNAL;
	}
}

int
index_each(const struct record_kind *kind, const void *record, index_fn *fn, void *arg)
{
	struct walk w = {kind, *(const uint64_t *)record, fn, arg};
	int err = E_OK;

	for (const struct field *f = kind->fields; err == E_OK && f->number != 0; f++) {
		if (field_is_zero(f, record))
			continue;
		if (f->flags & FIELD_UNIQUE)
			err = values(&w, INDEX_UNIQUE, f, record);
		if (err == E_OK && f->flags & FIELD_INDEXED)
			err = values(&w, INDEX_LISTING, f, record);
		if (err == E_OK && f->flags & FIELD_WORDS)
			err = words(&w, f, *(const char *const *)field_at(f, record));
	}
	return err;
}
