#include "registry/record_json.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/eui.h"
#include "crypto/encode.h"
#include "registry/record_text.h"

/* Does `name` equal `path` or stand below it? */
static bool
covers(const char *path, const char *name)
{
	size_t n = strlen(path);

	return strncmp(path, name, n) == 0 && (name[n] == '\0' || name[n] == '.');
}

bool
record_mask_has(const struct text_list *mask, const char *name)
{
	for (size_t i = 0; mask != NULL && i < mask->count; i++)
		if (covers(mask->items[i], name))
			return true;
	return mask == NULL;
}

int
record_mask_check(
    const struct record_kind *kind, const struct text_list *mask, struct fault *fault)
{
	for (size_t i = 0; mask != NULL && i < mask->count; i++) {
		const struct field *f = kind->fields;

		while (f->number != 0 &&
		       (f->flags & FIELD_INTERNAL || !covers(mask->items[i], f->name)))
			f++;
		if (f->number == 0)
			return fault_set(fault, E_INVALID, "field_mask",
			    "a %s has no field %.64s", kind->name, mask->items[i]);
	}
	return E_OK;
}

/* ---- to JSON ------------------------------------------------------------------------ */

static void
bytes_to_json(struct span bytes, struct json_out *j)
{
	struct strbuf text;

	strbuf_init(&text, 1 << 20);
	base64_encode(bytes, &text);
	json_str(j, strbuf_str(&text));
	strbuf_clear(&text);
}

void
json_key_base64(struct json_out *j, const char *key, struct span bytes)
{
	json_key(j, key);
	bytes_to_json(bytes, j);
}

static void
several_to_json(const struct field *f, const void *at, const struct record_view *view,
    struct json_out *j)
{
	const struct text_list *list = at;
	const struct text_map *map = at;
	const struct record_rows *rows = at;

	if (f->type == FIELD_MAP) {
		json_object(j);
		for (size_t i = 0; i < map->count; i++)
			json_key_str(j, map->pairs[i].key, map->pairs[i].value);
		json_object_end(j);
		return;
	}
	json_array(j);
	for (size_t i = 0; f->type == FIELD_LIST && i < list->count; i++)
		json_str(j, list->items[i]);
	for (size_t i = 0; f->type == FIELD_FLAGS && f->words[i] != NULL; i++)
		if (*(const uint64_t *)at >> i & 1)
			json_str(j, f->words[i]);
	for (size_t i = 0; f->type == FIELD_ROWS && i < rows->count; i++)
		record_to_json(
		    f->of, (const char *)rows->rows + i * f->of->size, view, NULL, j);
	json_array_end(j);
}

static void
field_to_json(const struct field *f, const void *record, const struct record_view *view,
    struct json_out *j)
{
	const void *at = field_at(f, record);
	char buf[CLOCK_TEXT];

	switch (f->type) {
	case FIELD_TEXT:
		json_str(j, *(const char *const *)at);
		return;
	case FIELD_BYTES:
		bytes_to_json(*(const struct span *)at, j);
		return;
	case FIELD_BOOL:
		json_bool(j, *(const bool *)at);
		return;
	case FIELD_UINT:
		json_uint(j, *(const uint64_t *)at);
		return;
	case FIELD_INT:
		json_int(j, *(const int64_t *)at);
		return;
	case FIELD_DOUBLE:
		json_double(j, *(const double *)at);
		return;
	case FIELD_TIME:
		clock_format(*(const int64_t *)at, buf);
		json_str(j, buf);
		return;
	case FIELD_EUI:
		eui_format(*(const uint64_t *)at, buf);
		json_str(j, buf);
		return;
	case FIELD_REF:
		json_str(j, record_ref_name(f, *(const uint64_t *)at, view));
		return;
	case FIELD_ENUM:
		json_str(j, f->words[*(const int *)at]);
		return;
	default:
		several_to_json(f, at, view, j);
	}
}

/* Closes and opens objects until those that are open stand for the parents of `name`. */
static void
open_parents(struct json_out *j, const char **open, const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t parents = dot != NULL ? (size_t)(dot - name) : 0;
	size_t same = 0, had = 0;

	if (*open != NULL) {
		dot = strrchr(*open, '.');
		had = dot != NULL ? (size_t)(dot - *open) : 0;
	}
	/* The longest run of whole parts that both have. */
	for (size_t i = 0; i <= had && i <= parents; i++) {
		bool end_had = i == had || (*open)[i] == '.';
		bool end_new = i == parents || name[i] == '.';

		if (end_had && end_new)
			same = i;
		if (i == had || i == parents || (*open)[i] != name[i])
			break;
	}
	for (size_t i = had; i > same; i--)
		if (i == had || (*open)[i] == '.')
			json_object_end(j);
	for (size_t i = same; i < parents;) {
		size_t from = i == 0 ? 0 : i + 1, to = from;
		char part[64];

		while (to < parents && name[to] != '.')
			to++;
		snprintf(part, sizeof part, "%.*s", (int)(to - from), name + from);
		json_key_object(j, part);
		i = to;
	}
	*open = name;
}

void
record_to_json(const struct record_kind *kind, const void *record,
    const struct record_view *view, const struct text_list *mask, struct json_out *j)
{
	const char *open = NULL;

	json_object(j);
	for (const struct field *f = kind->fields; f->number != 0; f++) {
		struct span plain = {0};
		const char *dot = strrchr(f->name, '.');

		if (f->flags & FIELD_INTERNAL || field_is_zero(f, record) ||
		    !record_mask_has(mask, f->name))
			continue;
		if (f->type == FIELD_SEALED &&
		    (view->open_secret == NULL ||
			view->open_secret(view->arg, kind, record, f, &plain) != E_OK))
			continue;
		open_parents(j, &open, f->name);
		if (view->give != NULL && view->give(view->arg, kind, record, f, j))
			continue;
		json_key(j, dot != NULL ? dot + 1 : f->name);
		if (f->type == FIELD_SEALED)
			bytes_to_json(plain, j);
		else
			field_to_json(f, record, view, j);
	}
	open_parents(j, &open, "");
	json_object_end(j);
}

/* ---- from JSON ---------------------------------------------------------------------- */

struct reading {
	const struct record_kind *kind;
	const struct record_view *view;
	const struct text_list *mask;
	void *record;
	struct fault *fault;
	char path[128]; /* of the object that is being read, with its dot */
};

static int
wrong_type(const struct field *f, const struct json *v, struct fault *fault)
{
	return fault_set(fault, E_INVALID, f->name, "cannot be a JSON %s",
	    json_type_name(json_type(v)));
}

static int
list_from_json(struct reading *r, const struct field *f, const struct json *v)
{
	struct arena *arena = r->view->arena;
	size_t n = json_count(v);
	const char **items = arena_alloc(arena, n * sizeof *items);
	struct span text;

	if (json_type(v) != JSON_ARRAY)
		return wrong_type(f, v, r->fault);
	for (size_t i = 0; items != NULL && i < n; i++) {
		if (!json_as_text(json_at(v, i), &text) ||
		    memchr(text.data, '\0', text.len) != NULL)
			return fault_set(
			    r->fault, E_INVALID, f->name, "must be a list of texts");
		if ((items[i] = arena_dup(arena, text)) == NULL)
			return E_NOMEM;
	}
	if (items == NULL)
		return E_NOMEM;
	*(struct text_list *)field_at(f, r->record) = (struct text_list){items, n};
	return E_OK;
}

struct map_reading {
	struct reading *r;
	const struct field *f;
	struct text_pair *pairs;
	size_t n;
};

static int
pair_from_json(void *arg, const char *key, const struct json *v)
{
	struct map_reading *m = arg;
	struct arena *arena = m->r->view->arena;
	struct span text;

	if (!json_as_text(v, &text) || memchr(text.data, '\0', text.len) != NULL)
		return fault_set(
		    m->r->fault, E_INVALID, m->f->name, "values must be texts");
	m->pairs[m->n].key = arena_strdup(arena, key);
	m->pairs[m->n].value = arena_dup(arena, text);
	if (m->pairs[m->n].key == NULL || m->pairs[m->n].value == NULL)
		return E_NOMEM;
	m->n++;
	return E_OK;
}

static int
map_from_json(struct reading *r, const struct field *f, const struct json *v)
{
	struct map_reading m = {r, f, NULL, 0};
	int err;

	if (json_type(v) != JSON_OBJECT)
		return wrong_type(f, v, r->fault);
	m.pairs = arena_alloc(r->view->arena, json_count(v) * sizeof *m.pairs);
	if (m.pairs == NULL)
		return E_NOMEM;
	if ((err = json_each(v, pair_from_json, &m)) != E_OK)
		return err;
	*(struct text_map *)field_at(f, r->record) = (struct text_map){m.pairs, m.n};
	return E_OK;
}

static int
rows_from_json(struct reading *r, const struct field *f, const struct json *v)
{
	size_t n = json_count(v);
	char *rows = arena_alloc(r->view->arena, n * f->of->size);
	int err = E_OK;

	if (json_type(v) != JSON_ARRAY)
		return wrong_type(f, v, r->fault);
	if (rows == NULL)
		return E_NOMEM;
	for (size_t i = 0; err == E_OK && i < n; i++) {
		if (json_type(json_at(v, i)) != JSON_OBJECT)
			return fault_set(
			    r->fault, E_INVALID, f->name, "must be a list of objects");
		record_init(f->of, rows + i * f->of->size);
		err = record_from_json(f->of, json_at(v, i), r->view, NULL,
		    rows + i * f->of->size, r->fault);
	}
	if (err == E_OK)
		*(struct record_rows *)field_at(f, r->record) =
		    (struct record_rows){rows, n};
	return err;
}

static int
flags_from_json(struct reading *r, const struct field *f, const struct json *v)
{
	struct strbuf all;
	int err = E_OK;

	if (json_type(v) != JSON_ARRAY)
		return wrong_type(f, v, r->fault);
	strbuf_init(&all, 4096);
	for (size_t i = 0; err == E_OK && i < json_count(v); i++) {
		struct span text;

		if (!json_as_text(json_at(v, i), &text))
			err = fault_set(
			    r->fault, E_INVALID, f->name, "must be a list of texts");
		else
			strbuf_printf(&all, "%s%.*s", i > 0 ? "," : "",
			    (int)(text.len < 200 ? text.len : 200),
			    (const char *)text.data);
	}
	if (err == E_OK)
		err = record_field_from_text(
		    r->kind, f, strbuf_span(&all), r->view, r->record, r->fault);
	strbuf_clear(&all);
	return err;
}

/* A sealed value comes as base64, like all bytes in The Things Stack's JSON. */
static int
secret_from_json(struct reading *r, const struct field *f, const struct json *v)
{
	struct span text, plain;

	if (!json_as_text(v, &text))
		return wrong_type(f, v, r->fault);
	if (text.len > 0 && base64_decode(text, r->view->arena, &plain) != E_OK)
		return fault_set(r->fault, E_INVALID, f->name, "must be base64");
	if (text.len == 0)
		plain = text;
	return record_field_from_text(r->kind, f, plain, r->view, r->record, r->fault);
}

static int
value_from_json(struct reading *r, const struct field *f, const struct json *v)
{
	void *at = field_at(f, r->record);
	struct span text;

	if (v == NULL)
		return record_field_from_text(
		    r->kind, f, span_of(NULL, 0), r->view, r->record, r->fault);
	switch (f->type) {
	case FIELD_LIST:
		return list_from_json(r, f, v);
	case FIELD_MAP:
		return map_from_json(r, f, v);
	case FIELD_ROWS:
		return rows_from_json(r, f, v);
	case FIELD_FLAGS:
		return flags_from_json(r, f, v);
	case FIELD_SEALED:
		return secret_from_json(r, f, v);
	case FIELD_BOOL:
		return json_as_bool(v, at) ? E_OK : wrong_type(f, v, r->fault);
	case FIELD_DOUBLE:
		return json_as_double(v, at) ? E_OK : wrong_type(f, v, r->fault);
	case FIELD_INT:
		return json_as_int(v, at) ? E_OK : wrong_type(f, v, r->fault);
	case FIELD_UINT:
		return json_as_uint(v, at) ? E_OK : wrong_type(f, v, r->fault);
	default:
		if (!json_as_text(v, &text))
			return wrong_type(f, v, r->fault);
		return record_field_from_text(
		    r->kind, f, text, r->view, r->record, r->fault);
	}
}

static int
unknown_field(struct reading *r, const char *path)
{
	struct strbuf *names = r->view->unknown;

	if (names == NULL)
		return fault_set(
		    r->fault, E_INVALID, path, "a %s has no such field", r->kind->name);
	strbuf_printf(names, "%s%.100s", names->len > 0 ? ", " : "", path);
	return E_OK;
}

/* `null` for a name that stands above fields: all of them become zero. */
static int
null_below(struct reading *r, const char *name, bool *any)
{
	int err = E_OK;

	*any = false;
	for (const struct field *f = r->kind->fields; err == E_OK && f->number != 0;
	     f++) {
		if (f->flags & FIELD_INTERNAL || !covers(name, f->name))
			continue;
		*any = true;
		if (!(f->flags & FIELD_READONLY) && record_mask_has(r->mask, f->name))
			err = value_from_json(r, f, NULL);
	}
	return err;
}

static int
member_from_json(void *arg, const char *key, const struct json *v)
{
	struct reading *r = arg;
	size_t base = strlen(r->path);
	char full[sizeof r->path + 66];
	const struct field *f;
	bool any = false;
	int err;

	snprintf(full, sizeof full, "%s%.64s", r->path, key);
	if (r->view->take != NULL && ((err = r->view->take(r->view->arg, r->kind, full,
					   v, r->record, r->fault, &any)) != E_OK ||
					 any))
		return err;
	f = field_by_name(r->kind, full);
	if (f != NULL && !(f->flags & FIELD_INTERNAL)) {
		if (f->flags & FIELD_READONLY || !record_mask_has(r->mask, full))
			return E_OK;
		return value_from_json(r, f, v);
	}
	if (v == NULL && ((err = null_below(r, full, &any)) != E_OK || any))
		return err;
	if (json_type(v) != JSON_OBJECT || strlen(full) + 2 > sizeof r->path)
		return unknown_field(r, full);
	memcpy(r->path, full, strlen(full));
	r->path[strlen(full)] = '.';
	r->path[strlen(full) + 1] = '\0';
	err = json_each(v, member_from_json, r);
	r->path[base] = '\0';
	return err;
}

int
record_from_json(const struct record_kind *kind, const struct json *object,
    const struct record_view *view, const struct text_list *mask, void *record,
    struct fault *fault)
{
	struct reading r = {kind, view, mask, record, fault, ""};
	int err = E_OK;

	if (json_type(object) != JSON_OBJECT)
		return fault_set(fault, E_INVALID, kind->name, "must be a JSON object");
	/* What the mask names and the object has not becomes zero. */
	for (const struct field *f = kind->fields;
	     err == E_OK && mask != NULL && f->number != 0; f++)
		if (!(f->flags & (FIELD_INTERNAL | FIELD_READONLY)) &&
		    record_mask_has(mask, f->name))
			err = record_field_from_text(
			    kind, f, span_of(NULL, 0), view, record, fault);
	return err != E_OK ? err : json_each(object, member_from_json, &r);
}
