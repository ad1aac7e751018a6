#include "manage/gateway_csv.h"

#include <stdio.h>

#include "crypto/encode.h"
#include "registry/record_text.h"

#define ANTENNAS_MAX 8

static const struct field *
antennas_field(void)
{
	return field_by_name(&gateway_kind, "antennas");
}

/* ---- the header --------------------------------------------------------------------------- */

static const struct {
	const char *name, *stands_for;
} aliases[] = {
    {"id", "ids.gateway_id"},
    {"gateway_id", "ids.gateway_id"},
    {"eui", "ids.eui"},
    {"gateway_eui", "ids.eui"},
    {"brand_id", "version_ids.brand_id"},
    {"model_id", "version_ids.model_id"},
    {"hardware_version", "version_ids.hardware_version"},
    {"firmware_version", "version_ids.firmware_version"},
    {"runtime_version", "version_ids.runtime_version"},
    {"latitude", "antennas.0.location.latitude"},
    {"longitude", "antennas.0.location.longitude"},
    {"altitude", "antennas.0.location.altitude"},
    {"location.latitude", "antennas.0.location.latitude"},
    {"location.longitude", "antennas.0.location.longitude"},
    {"location.altitude", "antennas.0.location.altitude"},
    {"gain", "antennas.0.gain"},
    {"antenna_gain", "antennas.0.gain"},
    {"placement", "antennas.0.placement"},
    {"target_cups_key", "target_cups_key.key_id"},
};

/* In lower case, `-` as `_`, `antennas[0].gain` as `antennas.0.gain`. */
static char *
normal_name(struct arena *arena, struct span cell)
{
	struct span text = span_trim(cell);
	char *name = arena_alloc(arena, text.len + 1);
	size_t n = 0;

	if (name == NULL)
		return NULL;
	for (size_t i = 0; i < text.len; i++) {
		char c = (char)text.data[i];

		if (c >= 'A' && c <= 'Z')
			c |= 32;
		if (c == ']' || c == '\0')
			continue;
		name[n++] = (char)(c == '-' ? '_' : c == '[' ? '.' : c);
	}
	name[n] = '\0';
	for (size_t i = 0; i < COUNT(aliases); i++)
		if (strcmp(name, aliases[i].name) == 0)
			return arena_strdup(arena, aliases[i].stands_for);
	return name;
}

static bool
read_antenna(struct gateway_column *c)
{
	const char *rest = c->name + strlen("antennas.");

	if (strncmp(c->name, "antennas.", 9) != 0 || rest[0] < '0' ||
	    rest[0] >= '0' + ANTENNAS_MAX || rest[1] != '.')
		return false;
	c->index = (size_t)(rest[0] - '0');
	c->field = field_by_name(antennas_field()->of, rest + 2);
	c->sort = c->field != NULL ? COLUMN_ANTENNA : COLUMN_UNKNOWN;
	return true;
}

static void
sort_column(struct gateway_column *c, struct span cell, struct arena *arena)
{
	const struct field *f = field_by_name(&gateway_kind, c->name);

	c->sort = COLUMN_UNKNOWN;
	if (strcmp(c->name, "frequency_plan_id") == 0)
		c->sort = COLUMN_PLAN;
	else if (strcmp(c->name, "target_cups_key.key_id") == 0)
		c->sort = COLUMN_KEY_ID;
	else if (strcmp(c->name, "target_cups_key.value") == 0)
		c->sort = COLUMN_KEY_VALUE;
	else if (strncmp(c->name, "attributes.", 11) == 0) {
		/* The key of an attribute is taken as it was written. */
		c->name = arena_dup(arena, span_trim(cell));
		c->sort = c->name != NULL ? COLUMN_ATTRIBUTE : COLUMN_UNKNOWN;
	} else if (f != NULL && !(f->flags & FIELD_INTERNAL)) {
		c->sort = f->flags & FIELD_READONLY ? COLUMN_READONLY : COLUMN_FIELD;
		c->field = f;
	} else {
		read_antenna(c);
	}
}

int
gateway_columns_read(struct arena *arena, const struct csv_row *header,
    struct gateway_columns *columns, struct fault *fault)
{
	columns->count = header->count;
	columns->id = columns->eui = header->count;
	for (size_t i = 0; i < header->count; i++) {
		struct gateway_column *c = &columns->list[i];

		*c = (struct gateway_column){
		    .name = normal_name(arena, header->fields[i])};
		if (c->name == NULL)
			return E_NOMEM;
		sort_column(c, header->fields[i], arena);
		if (c->name == NULL)
			return E_NOMEM;
		for (size_t k = 0; k < i && c->name[0] != '\0'; k++)
			if (strcmp(columns->list[k].name, c->name) == 0)
				return fault_set(fault, E_INVALID, NULL,
				    "the column %.60s is there twice", c->name);
		if (c->field != NULL && c->sort == COLUMN_FIELD) {
			if (c->field->number == GATEWAY_ID)
				columns->id = i;
			if (c->field->number == GATEWAY_EUI)
				columns->eui = i;
		}
	}
	if (columns->id == columns->count && columns->eui == columns->count)
		return fault_set(fault, E_INVALID, NULL,
		    "has neither a column ids.gateway_id nor ids.eui; the first line "
		    "must name the columns");
	return E_OK;
}

/* ---- cells ---------------------------------------------------------------------------------- */

struct applying {
	const struct gateway_columns *columns;
	struct gateway_json *v;
	struct gateway *g;
	struct record_view view;
};

static int
from_json(struct applying *a, const struct field *f, struct span cell)
{
	struct fault *fault = &a->v->m->fault;
	struct strbuf text;
	struct json *root = NULL;
	struct fault why;
	int err;

	strbuf_init(&text, 1 << 20);
	strbuf_printf(&text, "{\"%s\":", f->name);
	strbuf_put(&text, cell.data, cell.len);
	strbuf_putc(&text, '}');
	err = text.err != E_OK ? text.err : json_parse(strbuf_span(&text), &root, &why);
	if (err == E_INVALID || (err == E_OK && json_count(root) != 1))
		err = fault_set(
		    fault, E_INVALID, f->name, "begins like JSON, but is none");
	if (err == E_OK)
		err =
		    record_from_json(&gateway_kind, root, &a->view, NULL, a->g, fault);
	json_free(root);
	strbuf_clear(&text);
	return err;
}

/* "2,5" of a spreadsheet whose numbers have a decimal comma. */
static struct span
decimal_point(const struct applying *a, const struct field *f, struct span cell)
{
	const uint8_t *comma = cell.len > 0 ? memchr(cell.data, ',', cell.len) : NULL;
	char *copy;

	if (f->type != FIELD_DOUBLE || a->columns->separator != ';' || comma == NULL ||
	    (copy = arena_dup(a->view.arena, cell)) == NULL)
		return cell;
	copy[comma - cell.data] = '.';
	return span_of(copy, cell.len);
}

static int
set_field(struct applying *a, const struct record_kind *kind, const struct field *f,
    struct span cell, void *record)
{
	if (f->type != FIELD_TEXT || f->number == GATEWAY_ID)
		cell = span_trim(cell);
	if ((f->type == FIELD_LIST && span_begins(cell, span_str("["))) ||
	    (f->type == FIELD_MAP && span_begins(cell, span_str("{"))))
		return from_json(a, f, cell);
	return record_field_from_text(
	    kind, f, decimal_point(a, f, cell), &a->view, record, &a->v->m->fault);
}

static int
set_antenna(struct applying *a, const struct gateway_column *c, struct span cell)
{
	const struct field *f = antennas_field();
	struct record_rows *rows = &a->g->antennas;
	size_t count = rows->count > c->index ? rows->count : c->index + 1;
	char *copy;

	if (cell.len == 0 && rows->count <= c->index)
		return E_OK;
	copy = arena_alloc(a->view.arena, count * f->of->size);
	if (copy == NULL)
		return E_NOMEM;
	if (rows->count > 0)
		memcpy(copy, rows->rows, rows->count * f->of->size);
	for (size_t i = rows->count; i < count; i++)
		record_init(f->of, copy + i * f->of->size);
	*rows = (struct record_rows){copy, count};
	return set_field(a, f->of, c->field, cell, copy + c->index * f->of->size);
}

static int
set_attribute(struct applying *a, const char *key, struct span cell)
{
	const struct text_map *had = &a->g->attributes;
	struct arena *arena = a->view.arena;
	struct text_pair *pairs = arena_alloc(arena, (had->count + 1) * sizeof *pairs);
	size_t n = 0;

	if (pairs == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < had->count; i++)
		if (strcmp(had->pairs[i].key, key) != 0)
			pairs[n++] = had->pairs[i];
	if (cell.len > 0) {
		pairs[n] = (struct text_pair){key, arena_dup(arena, cell)};
		if (pairs[n++].value == NULL)
			return E_NOMEM;
	}
	a->g->attributes = (struct text_map){pairs, n};
	return E_OK;
}

static int
set_plan(struct applying *a, struct span cell)
{
	const char **items = arena_alloc(a->view.arena, sizeof *items);

	cell = span_trim(cell);
	if (items == NULL || (items[0] = arena_dup(a->view.arena, cell)) == NULL)
		return E_NOMEM;
	a->g->frequency_plan_ids = (struct text_list){items, cell.len > 0};
	return E_OK;
}

/* Base64, or the plain text where that cannot be taken for it. */
static int
secret_bytes(struct applying *a, const char *name, struct span cell, struct span *bytes)
{
	static const char *const plain[] = {"NNSXS.", "Bearer ", "Authorization:"};

	*bytes = cell = span_trim(cell);
	for (size_t i = 0; i < COUNT(plain); i++)
		if (span_begins_nocase(cell, plain[i]))
			return E_OK;
	if (cell.len > 0 && base64_decode(cell, a->view.arena, bytes) != E_OK)
		return fault_set(&a->v->m->fault, E_INVALID, name, "must be base64");
	return E_OK;
}

static int
set_cell(struct applying *a, const struct gateway_column *c, struct span cell)
{
	struct span bytes;
	int err;

	switch (c->sort) {
	case COLUMN_ANTENNA:
		return set_antenna(a, c, span_trim(cell));
	case COLUMN_ATTRIBUTE:
		return set_attribute(a, c->name + strlen("attributes."), cell);
	case COLUMN_PLAN:
		return a->v->plans_came ? E_OK : set_plan(a, cell);
	case COLUMN_KEY_ID:
		a->v->key_id = arena_dup(a->view.arena, span_trim(cell));
		a->v->key_cleared |= cell.len == 0;
		return a->v->key_id != NULL ? E_OK : E_NOMEM;
	case COLUMN_KEY_VALUE:
		return secret_bytes(a, c->name, cell, &a->v->key_value);
	case COLUMN_FIELD:
		break;
	default:
		return E_OK;
	}
	if (c->field->type == FIELD_SEALED) {
		err = secret_bytes(a, c->name, cell, &bytes);
		return err == E_OK
			   ? gateway_set_secret(a->v, a->g, bytes, &a->v->m->fault)
			   : err;
	}
	a->v->plans_came |= c->field->number == GATEWAY_PLANS && cell.len > 0;
	return set_field(a, &gateway_kind, c->field, cell, a->g);
}

/* Whole lists of antennas and plans go before single ones. */
static bool
is_detail(const struct gateway_column *c)
{
	return c->sort == COLUMN_ANTENNA || c->sort == COLUMN_ATTRIBUTE ||
	       c->sort == COLUMN_PLAN;
}

int
gateway_columns_apply(const struct gateway_columns *columns, const struct csv_row *row,
    bool clear, struct gateway_json *v, struct gateway *g)
{
	struct applying a = {columns, v, g, manage_view(v->m, v->txn, false)};
	int err = E_OK;

	v->key_id = NULL;
	v->key_value = span_of(NULL, 0);
	v->key_cleared = v->plans_came = false;
	v->had = g->lns_secret;
	for (int detail = 0; detail < 2; detail++)
		for (size_t i = 0; err == E_OK && i < columns->count; i++) {
			const struct gateway_column *c = &columns->list[i];

			if (is_detail(c) != (detail == 1) ||
			    (row->fields[i].len == 0 && !clear))
				continue;
			err = set_cell(&a, c, row->fields[i]);
			if (err != E_OK && v->m->fault.err == err &&
			    c->sort == COLUMN_ANTENNA)
				snprintf(v->m->fault.field, sizeof v->m->fault.field,
				    "%s", c->name);
		}
	return err;
}

/* ---- writing -------------------------------------------------------------------------------- */

/* Whether a field has a column of its own, and which it is in a row of one antenna. */
static bool
has_column(const struct field *f, bool secrets)
{
	return !(f->flags & (FIELD_INTERNAL | FIELD_READONLY)) &&
	       (f->type != FIELD_SEALED || secrets);
}

void
gateway_csv_header(bool secrets, struct strbuf *out)
{
	const struct field *antennas = antennas_field();

	for (const struct field *f = gateway_kind.fields; f->number != 0; f++) {
		bool key = strcmp(f->name, "target_cups_key") == 0;

		if (!has_column(f, secrets))
			continue;
		strbuf_printf(out, "%s%s%s", f->number == GATEWAY_ID ? "" : ",",
		    f->name, key ? ".key_id" : "");
		if (key && secrets)
			strbuf_printf(out, ",%s.value", f->name);
		for (const struct field *r = antennas->of->fields;
		     f == antennas && r->number != 0; r++)
			strbuf_printf(out, ",antennas.0.%s", r->name);
	}
	strbuf_puts(out, "\r\n");
}

/* A list or map as JSON where its plain form could be read as something else. */
static bool
needs_json(const struct field *f, const struct gateway *g)
{
	const struct text_list *list = field_at(f, g);

	if (f->type == FIELD_MAP)
		return true;
	for (size_t i = 0; f->type == FIELD_LIST && i < list->count; i++) {
		const char *item = list->items[i];
		size_t n = strlen(item);

		if (n == 0 || strchr(item, ',') != NULL || item[0] == '[' ||
		    span_trim(span_str(item)).len != n)
			return true;
	}
	return false;
}

static void
several_as_json(const struct field *f, const struct gateway *g, struct strbuf *out)
{
	const struct text_list *list = field_at(f, g);
	const struct text_map *map = field_at(f, g);
	struct json_out j;

	json_init(&j, out, NULL);
	if (f->type == FIELD_MAP) {
		json_object(&j);
		for (size_t i = 0; i < map->count; i++)
			json_key_str(&j, map->pairs[i].key, map->pairs[i].value);
		json_object_end(&j);
		return;
	}
	json_array(&j);
	for (size_t i = 0; i < list->count; i++)
		json_str(&j, list->items[i]);
	json_array_end(&j);
}

static void
secret_text(struct gateway_json *v, const struct gateway *g, const struct field *f,
    struct strbuf *out)
{
	struct span plain;

	if (gateway_secret_read(v, &gateway_kind, g, f, &plain) == E_OK)
		base64_encode(plain, out);
}

static void
put_key(struct gateway_json *v, const struct gateway *g, struct strbuf *out)
{
	struct strbuf value;
	struct span plain;
	struct key key;
	bool there = gateway_key_read(v, g, &key, &plain);

	csv_put(out, false, span_str(there ? key.key_id : ""));
	if (!v->secrets)
		return;
	strbuf_init(&value, 65536);
	base64_encode(plain, &value);
	csv_put(out, false, strbuf_span(&value));
	if (value.err != E_OK && out->err == E_OK)
		out->err = value.err;
	strbuf_clear(&value);
}

static void
field_text(struct gateway_json *v, const struct field *f, const void *record,
    struct strbuf *text)
{
	struct record_view view = manage_view(v->m, v->txn, false);

	strbuf_reset(text);
	if (field_is_zero(f, record))
		return;
	if (f->type == FIELD_SEALED)
		secret_text(v, record, f, text);
	else if (f->type == FIELD_DOUBLE)
		strbuf_printf(text, "%.17g", *(const double *)field_at(f, record));
	else
		record_field_to_text(f, record, &view, text);
}

/* The usual single antenna has columns; several are one cell of JSON. */
static void
put_antennas(struct gateway_json *v, const struct gateway *g, struct strbuf *text,
    struct strbuf *out)
{
	const struct field *f = antennas_field();

	strbuf_reset(text);
	if (g->antennas.count > 0)
		field_text(v, f, g, text);
	/* One whose values are all zero would otherwise be lost. */
	if (g->antennas.count == 1 && strcmp(strbuf_str(text), "[{}]") != 0)
		strbuf_reset(text);
	csv_put(out, false, strbuf_span(text));
	for (const struct field *r = f->of->fields; r->number != 0; r++) {
		strbuf_reset(text);
		if (g->antennas.count == 1)
			field_text(v, r, g->antennas.rows, text);
		csv_put(out, false, strbuf_span(text));
	}
}

void
gateway_csv_row(struct gateway_json *v, const struct gateway *g, struct strbuf *out)
{
	struct strbuf text;

	strbuf_init(&text, 1 << 20);
	for (const struct field *f = gateway_kind.fields; f->number != 0; f++) {
		if (!has_column(f, v->secrets))
			continue;
		if (f->of == &key_kind) {
			put_key(v, g, out);
		} else if (f == antennas_field()) {
			put_antennas(v, g, &text, out);
		} else {
			field_text(v, f, g, &text);
			if (!field_is_zero(f, g) && needs_json(f, g)) {
				strbuf_reset(&text);
				several_as_json(f, g, &text);
			}
			csv_put(out, f->number == GATEWAY_ID, strbuf_span(&text));
		}
	}
	strbuf_puts(out, "\r\n");
	if (text.err != E_OK && out->err == E_OK)
		out->err = text.err;
	strbuf_clear(&text);
}
