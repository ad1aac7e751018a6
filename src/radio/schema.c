#include "radio/schema.h"

#include <math.h>

#include "radio/value.h"

static void *
member_at(void *structure, const struct member *m)
{
	return (char *)structure + m->at;
}

static void
store_pointer(void *at, const void *p)
{
	memcpy(at, &p, sizeof p);
}

/* ---- from YAML ------------------------------------------------------------- */

static const struct member *
member_named(const struct schema *s, struct span key)
{
	for (size_t i = 0; i < s->count; i++)
		if (s->members[i].key != NULL && span_is(key, s->members[i].key))
			return &s->members[i];
	return NULL;
}

static struct place
place_of(const struct schema_reader *r, const struct node *n)
{
	return (struct place){r->file, n->line};
}

/* Names the value in messages; long ones are cut. */
#define SHOWN(n) \
	(int)((n)->text.len > 40 ? 40 : (n)->text.len), (const char *)(n)->text.data

static bool
wrong_type(const struct schema_reader *r, const struct member *m, const struct node *n,
    const char *wanted)
{
	if (n->kind != NODE_TEXT)
		finding_error(r->findings, "type", place_of(r, n), "%s is a %s, not %s",
		    m->key, n->kind == NODE_LIST ? "list" : "map", wanted);
	else if (!n->plain)
		finding_error(r->findings, "type", place_of(r, n),
		    "%s is a text in quotes, not %s", m->key, wanted);
	else
		finding_error(r->findings, "type", place_of(r, n), "%s is %.*s, not %s",
		    m->key, SHOWN(n), wanted);
	return false;
}

static bool
no_memory(const struct schema_reader *r, const struct node *n)
{
	finding_error(r->findings, "memory", place_of(r, n), "out of memory");
	return false;
}

static void
natural_range(const struct member *m, double *min, double *max)
{
	*min = m->type == MEMBER_I32 ? INT32_MIN : 0;
	*max = m->type == MEMBER_U8    ? UINT8_MAX
	       : m->type == MEMBER_I32 ? INT32_MAX
				       : UINT32_MAX;
	if (m->type == MEMBER_REAL) {
		*min = -1e12;
		*max = 1e12;
	}
	if (m->min != 0 || m->max != 0) {
		*min = m->min;
		*max = m->max;
	}
}

static bool
read_number(const struct schema_reader *r, const struct member *m, const struct node *n,
    void *at)
{
	double v, min, max;

	if (m->type == MEMBER_REAL ? !value_real(n, &v) : !value_whole(n, &v))
		return wrong_type(
		    r, m, n, m->type == MEMBER_REAL ? "a number" : "a whole number");
	natural_range(m, &min, &max);
	if (v < min || v > max) {
		finding_error(r->findings, "range", place_of(r, n),
		    "%s is %.*s, not %.15g to %.15g", m->key, SHOWN(n), min, max);
		return false;
	}
	switch (m->type) {
	case MEMBER_U8:
		*(uint8_t *)at = (uint8_t)v;
		break;
	case MEMBER_U32:
		*(uint32_t *)at = (uint32_t)v;
		break;
	case MEMBER_I32:
		*(int32_t *)at = (int32_t)v;
		break;
	default:
		*(double *)at = v;
	}
	return true;
}

static bool
read_text(const struct schema_reader *r, const struct member *m, const struct node *n,
    void *at)
{
	const char *copy;

	if (n->kind != NODE_TEXT)
		return wrong_type(r, m, n, "a text");
	if (n->text.len == 0)
		return false;
	if (memchr(n->text.data, '\0', n->text.len) != NULL)
		return wrong_type(r, m, n, "a text without NUL");
	if (m->max != 0 && (double)n->text.len > m->max) {
		finding_error(r->findings, "range", place_of(r, n),
		    "%s is longer than %.0f bytes", m->key, m->max);
		return false;
	}
	if ((copy = arena_dup(r->arena, n->text)) == NULL)
		return no_memory(r, n);
	store_pointer(at, copy);
	return true;
}

static bool
read_choice(const struct schema_reader *r, const struct member *m, const struct node *n,
    void *at)
{
	struct strbuf all;

	for (unsigned i = 0; n->kind == NODE_TEXT && m->names[i] != NULL; i++) {
		if (span_is(n->text, m->names[i])) {
			*(uint8_t *)at = (uint8_t)i;
			return true;
		}
	}
	strbuf_init(&all, 256);
	strbuf_puts(&all, "one of");
	for (unsigned i = 0; m->names[i] != NULL; i++) {
		strbuf_puts(&all, i > 0 ? ", " : " ");
		strbuf_puts(&all, m->names[i]);
	}
	wrong_type(r, m, n, strbuf_str(&all));
	strbuf_clear(&all);
	return false;
}

/* False when there is nothing to read: not a list, empty, or longer than it may be. */
static bool
list_fits(const struct schema_reader *r, const struct member *m, const struct node *n)
{
	if (n->kind != NODE_LIST)
		return wrong_type(r, m, n, "a list");
	if (m->max != 0 && (double)n->count > m->max) {
		finding_error(r->findings, "list-length", place_of(r, n),
		    "%s has %zu entries, more than %.0f", m->key, n->count, m->max);
		return false;
	}
	return n->count > 0;
}

static bool
read_texts(const struct schema_reader *r, const struct member *m, const struct node *n,
    void *at, uint32_t *count)
{
	const struct member one = {.key = m->key};
	const char **texts;

	if (!list_fits(r, m, n))
		return false;
	if ((texts = arena_zalloc(r->arena, n->count, sizeof *texts)) == NULL)
		return no_memory(r, n);
	*count = 0;
	for (const struct link *l = n->first; l != NULL; l = l->next) {
		if (node_is_null(l->value))
			wrong_type(r, m, l->value, "a text");
		else if (read_text(r, &one, l->value, &texts[*count]))
			++*count;
	}
	store_pointer(at, texts);
	return true;
}

static bool
read_list(const struct schema_reader *r, const struct member *m, const struct node *n,
    void *at, uint32_t *count)
{
	char *items;
	size_t i = 0;

	if (!list_fits(r, m, n))
		return false;
	if ((items = arena_zalloc(r->arena, n->count, m->of->size)) == NULL)
		return no_memory(r, n);
	for (const struct link *l = n->first; l != NULL; l = l->next, i++) {
		if (node_is_null(l->value))
			finding_error(r->findings, "null-entry", place_of(r, l->value),
			    "an entry of %s is empty", m->key);
		else
			schema_read(r, m->of, l->value, items + i * m->of->size);
	}
	store_pointer(at, items);
	*count = (uint32_t)n->count;
	return true;
}

static bool
read_object(const struct schema_reader *r, const struct member *m, const struct node *n,
    void *at)
{
	void *object;

	if (n->kind != NODE_MAP)
		return wrong_type(r, m, n, "a map");
	if ((object = arena_zalloc(r->arena, 1, m->of->size)) == NULL)
		return no_memory(r, n);
	schema_read(r, m->of, n, object);
	store_pointer(at, object);
	return true;
}

static bool
read_member(const struct schema_reader *r, const struct member *m, const struct node *n,
    void *structure)
{
	void *at = member_at(structure, m);
	uint32_t *count = (uint32_t *)(void *)((char *)structure + m->count_at);

	switch (m->type) {
	case MEMBER_BOOL:
		return value_bool(n, at) || wrong_type(r, m, n, "true or false");
	case MEMBER_NANO:
		return value_nano(n, at) || wrong_type(r, m, n, "a duration");
	case MEMBER_TEXT:
		return read_text(r, m, n, at);
	case MEMBER_CHOICE:
		return read_choice(r, m, n, at);
	case MEMBER_TEXTS:
		return read_texts(r, m, n, at, count);
	case MEMBER_OBJECT:
		return read_object(r, m, n, at);
	case MEMBER_LIST:
		return read_list(r, m, n, at, count);
	default:
		return read_number(r, m, n, at);
	}
}

static void
read_link(const struct schema_reader *r, const struct schema *s, const struct link *l,
    void *out)
{
	const struct member *m = member_named(s, l->key->text);
	struct part *part = out;

	if (m == NULL) {
		finding_warning(r->findings, "unknown-key", place_of(r, l->key),
		    "a %s has no %.*s", s->what, SHOWN(l->key));
		return;
	}
	if (part_has(part, m->number))
		finding_warning(r->findings, "repeated-key", place_of(r, l->key),
		    "%s is there twice: the last one counts", m->key);
	part->has &= ~(1u << m->number);
	if (!node_is_null(l->value) && read_member(r, m, l->value, out))
		part->has |= 1u << m->number;
}

void
schema_read(const struct schema_reader *r, const struct schema *s,
    const struct node *map, void *out)
{
	struct part *part = out;
	size_t before = r->findings->errors;

	memset(out, 0, s->size);
	part->at = place_of(r, map);
	if (map->kind != NODE_MAP) {
		finding_error(
		    r->findings, "type", part->at, "a %s is not a map", s->what);
		return;
	}
	for (const struct link *l = map->first; l != NULL; l = l->next)
		read_link(r, s, l, out);
	if (r->findings->errors != before)
		return;
	for (size_t i = 0; i < s->count; i++)
		if (s->members[i].required && !part_has(part, s->members[i].number))
			finding_error(r->findings, "missing", part->at,
			    "a %s has no %s", s->what, s->members[i].key);
}

#define TREE_MEMORY (16 << 20)

int
schema_load(const struct schema *s, struct arena *arena, struct span yaml,
    const char *file, struct findings *findings, void **out)
{
	const struct schema_reader r = {arena, findings, file};
	size_t before = findings->errors;
	struct arena scratch;
	const struct node *root;
	int err;

	*out = NULL;
	arena_init(&scratch, TREE_MEMORY);
	err = tree_load(&scratch, yaml, file, findings, &root);
	if (err == E_OK && !node_is_null(root)) {
		if ((*out = arena_alloc(arena, s->size)) != NULL)
			schema_read(&r, s, root, *out);
		else
			err = E_NOMEM;
	}
	arena_clear(&scratch);
	if (err == E_OK && findings->errors != before)
		err = E_INVALID;
	return err;
}

/* ---- one over another ------------------------------------------------------ */

static size_t
width(const struct member *m)
{
	switch (m->type) {
	case MEMBER_BOOL:
		return sizeof(bool);
	case MEMBER_U8:
	case MEMBER_CHOICE:
		return sizeof(uint8_t);
	case MEMBER_U32:
	case MEMBER_I32:
		return sizeof(uint32_t);
	case MEMBER_REAL:
	case MEMBER_NANO:
		return sizeof(uint64_t);
	default:
		return sizeof(void *);
	}
}

void
schema_merge(const struct schema *s, const void *base, const void *own, void *out)
{
	const struct part *over = own;
	struct part *part = out;

	memcpy(out, base, s->size);
	part->at = over->at;
	part->has |= over->has;
	for (size_t i = 0; i < s->count; i++) {
		const struct member *m = &s->members[i];

		if (!part_has(over, m->number))
			continue;
		memcpy((char *)out + m->at, (const char *)own + m->at, width(m));
		if (m->type == MEMBER_LIST || m->type == MEMBER_TEXTS)
			memcpy((char *)out + m->count_at,
			    (const char *)own + m->count_at, sizeof(uint32_t));
	}
}
