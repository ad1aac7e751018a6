#include "registry/record_text.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/eui.h"
#include "base/number.h"
#include "crypto/encode.h"
#include "registry/registry.h"

const char *
record_ref_name(const struct field *f, uint64_t serial, const struct record_view *view)
{
	const char *name = NULL;
	char *other;

	if (serial == 0)
		return "";
	if (view->txn != NULL &&
	    (other = arena_alloc(view->arena, f->of->size)) != NULL &&
	    registry_get(view->txn, f->of, serial, view->arena, other) == E_OK)
		return record_id(f->of, other);
	name = arena_printf(view->arena, "#%llu", (unsigned long long)serial);
	return name != NULL ? name : "";
}

/* The serial of the record with this identifier. E_NOTFOUND with the field's name. */
static int
record_ref_find(const struct field *f, struct span id, const struct record_view *view,
    uint64_t *serial, struct fault *fault)
{
	int err;

	*serial = 0;
	if (id.len == 0)
		return E_OK;
	if (view->txn == NULL)
		return E_INTERNAL;
	err =
	    registry_find_serial(view->txn, f->of, f->of->fields[0].number, id, serial);
	if (err == E_NOTFOUND)
		return fault_set(fault, E_NOTFOUND, f->name, "there is no %s %.*s",
		    f->of->name, (int)(id.len < 64 ? id.len : 64),
		    (const char *)id.data);
	return err;
}

/* ---- from text --------------------------------------------------------------------- */

static int
bad(const struct field *f, const char *expected, struct fault *fault)
{
	return fault_set(fault, E_INVALID, f->name, "must be %s", expected);
}

static size_t
count_items(struct span text)
{
	size_t n = text.len > 0;

	for (size_t i = 0; i < text.len; i++)
		n += text.data[i] == ',';
	return n;
}

static struct span
next_item(struct span *text)
{
	const uint8_t *comma =
	    text->len > 0 ? memchr(text->data, ',', text->len) : NULL;
	size_t n = comma != NULL ? (size_t)(comma - text->data) : text->len;
	struct span item = span_of(text->data, n);

	*text = span_from(*text, n + 1);
	return span_trim(item);
}

/* Empty items are passed over: a comma too many must not become an EUI prefix that fits
 * every gateway. */
static int
list_from_text(struct span text, struct arena *arena, struct text_list *list)
{
	size_t n = count_items(text), kept = 0;
	const char **items = arena_alloc(arena, n * sizeof *items);

	if (items == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		struct span item = next_item(&text);

		if (item.len == 0)
			continue;
		if ((items[kept++] = arena_dup(arena, item)) == NULL)
			return E_NOMEM;
	}
	*list = (struct text_list){items, kept};
	return E_OK;
}

static int
map_from_text(const struct field *f, struct span text, struct arena *arena,
    struct text_map *map, struct fault *fault)
{
	size_t n = count_items(text);
	struct text_pair *pairs = arena_alloc(arena, n * sizeof *pairs);

	if (pairs == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		struct span item = next_item(&text);
		const uint8_t *eq =
		    item.len > 0 ? memchr(item.data, '=', item.len) : NULL;
		size_t at = eq != NULL ? (size_t)(eq - item.data) : 0;

		if (eq == NULL)
			return bad(f, "key=value, with commas between", fault);
		pairs[i].key = arena_dup(arena, span_of(item.data, at));
		pairs[i].value = arena_dup(arena, span_from(item, at + 1));
		if (pairs[i].key == NULL || pairs[i].value == NULL)
			return E_NOMEM;
	}
	*map = (struct text_map){pairs, n};
	return E_OK;
}

static int
word_index(const struct field *f, struct span word)
{
	for (int i = 0; f->words[i] != NULL; i++)
		if (word.len == strlen(f->words[i]) &&
		    span_begins_nocase(word, f->words[i]))
			return i;
	return -1;
}

static int
bad_word(const struct field *f, struct fault *fault)
{
	char all[200];
	size_t n = 0;

	for (int i = 0; f->words[i] != NULL && n < sizeof all; i++)
		n += (size_t)snprintf(
		    all + n, sizeof all - n, "%s%s", i > 0 ? ", " : "", f->words[i]);
	return bad(f, all, fault);
}

static int
flags_from_text(
    const struct field *f, struct span text, uint64_t *flags, struct fault *fault)
{
	*flags = 0;
	for (size_t n = count_items(text); n > 0; n--) {
		int i = word_index(f, next_item(&text));

		if (i < 0)
			return bad_word(f, fault);
		*flags |= (uint64_t)1 << i;
	}
	return E_OK;
}

static int
time_from_text(const struct field *f, struct span text, const struct record_view *view,
    int64_t *t, struct fault *fault)
{
	return clock_parse_from(text, view->now, t)
		   ? E_OK
		   : bad(f, "a time like 2026-11-22T13:05:00Z or +7d", fault);
}

static int
rows_from_text(const struct record_kind *kind, const struct field *f, struct span text,
    const struct record_view *view, void *record, struct fault *fault)
{
	struct fault why = {0};
	struct strbuf wrapped;
	struct json *root = NULL;
	int err;

	strbuf_init(&wrapped, 1 << 20);
	strbuf_printf(&wrapped, "{\"%s\":", f->name);
	strbuf_put(&wrapped, text.data, text.len);
	strbuf_putc(&wrapped, '}');
	err = wrapped.err != E_OK ? wrapped.err
				  : json_parse(strbuf_span(&wrapped), &root, &why);
	/* The text must not end the array and bring fields of its own. */
	if (err == E_INVALID || (err == E_OK && json_count(root) != 1))
		err = bad(f, "a JSON array of objects", fault);
	if (err == E_OK)
		err = record_from_json(kind, root, view, NULL, record, fault);
	json_free(root);
	strbuf_clear(&wrapped);
	return err;
}

static int
number_from_text(const struct field *f, struct span text,
    const struct record_view *view, void *at, struct fault *fault)
{
	int word;

	switch (f->type) {
	case FIELD_BOOL:
		return number_bool(text, at) ? E_OK : bad(f, "true or false", fault);
	case FIELD_UINT:
		return number_u64(text, 0, UINT64_MAX, at) ? E_OK
							   : bad(f, "a number", fault);
	case FIELD_INT:
		return number_i64(text, INT64_MIN, INT64_MAX, at)
			   ? E_OK
			   : bad(f, "a whole number", fault);
	case FIELD_DOUBLE:
		return number_double(text, at) ? E_OK : bad(f, "a number", fault);
	case FIELD_TIME:
		return time_from_text(f, text, view, at, fault);
	case FIELD_EUI:
		return eui_parse(text, at) && *(uint64_t *)at != 0
			   ? E_OK
			   : bad(f, "an EUI-64 of 16 hex digits that is not zero",
				 fault);
	case FIELD_REF:
		return record_ref_find(f, text, view, at, fault);
	case FIELD_FLAGS:
		return flags_from_text(f, text, at, fault);
	default:
		if ((word = word_index(f, text)) < 0)
			return bad_word(f, fault);
		*(int *)at = word;
		return E_OK;
	}
}

static void
set_zero(const struct field *f, void *record)
{
	static const size_t sizes[] = {[FIELD_BYTES] = sizeof(struct span),
	    [FIELD_SEALED] = sizeof(struct span),
	    [FIELD_BOOL] = sizeof(bool),
	    [FIELD_UINT] = 8,
	    [FIELD_INT] = 8,
	    [FIELD_DOUBLE] = sizeof(double),
	    [FIELD_TIME] = 8,
	    [FIELD_EUI] = 8,
	    [FIELD_REF] = 8,
	    [FIELD_ENUM] = sizeof(int),
	    [FIELD_FLAGS] = 8,
	    [FIELD_LIST] = sizeof(struct text_list),
	    [FIELD_MAP] = sizeof(struct text_map),
	    [FIELD_ROWS] = sizeof(struct record_rows)};

	if (f->type == FIELD_TEXT)
		*(const char **)field_at(f, record) = "";
	else
		memset(field_at(f, record), 0, sizes[f->type]);
}

int
record_field_from_text(const struct record_kind *kind, const struct field *f,
    struct span text, const struct record_view *view, void *record, struct fault *fault)
{
	void *at = field_at(f, record);
	char *copy;

	if (text.len == 0) {
		set_zero(f, record);
		/* What stands beside a secret, its CRC and length, goes with it. */
		return f->type == FIELD_SEALED && view->set_secret != NULL
			   ? view->set_secret(view->arg, kind, record, f, text, fault)
			   : E_OK;
	}
	if (f->type != FIELD_SEALED && memchr(text.data, '\0', text.len) != NULL)
		return bad(f, "text without NUL bytes", fault);
	switch (f->type) {
	case FIELD_TEXT:
		if ((copy = arena_dup(view->arena, text)) == NULL)
			return E_NOMEM;
		*(const char **)at = copy;
		return E_OK;
	case FIELD_BYTES:
		if (base64_decode(text, view->arena, at) != E_OK)
			return bad(f, "base64", fault);
		return E_OK;
	case FIELD_SEALED:
		if (view->set_secret == NULL)
			return fault_set(
			    fault, E_DENIED, f->name, "may not be set in this way");
		return view->set_secret(view->arg, kind, record, f, text, fault);
	case FIELD_LIST:
		return list_from_text(text, view->arena, at);
	case FIELD_MAP:
		return map_from_text(f, text, view->arena, at, fault);
	case FIELD_ROWS:
		return rows_from_text(kind, f, text, view, record, fault);
	default:
		return number_from_text(f, text, view, at, fault);
	}
}

/* ---- to text ------------------------------------------------------------------------ */

static void
comma(struct strbuf *out, size_t start)
{
	if (out->len > start)
		strbuf_putc(out, ',');
}

static void
several_to_text(const struct field *f, const void *at, struct strbuf *out)
{
	const struct text_list *list = at;
	const struct text_map *map = at;
	size_t start = out->len;

	for (size_t i = 0; f->type == FIELD_LIST && i < list->count; i++) {
		comma(out, start);
		strbuf_puts(out, list->items[i]);
	}
	for (size_t i = 0; f->type == FIELD_MAP && i < map->count; i++) {
		comma(out, start);
		strbuf_printf(out, "%s=%s", map->pairs[i].key, map->pairs[i].value);
	}
	for (size_t i = 0; f->type == FIELD_FLAGS && f->words[i] != NULL; i++) {
		if ((*(const uint64_t *)at >> i & 1) == 0)
			continue;
		comma(out, start);
		strbuf_puts(out, f->words[i]);
	}
}

static void
rows_to_text(const struct field *f, const struct record_rows *rows,
    const struct record_view *view, struct strbuf *out)
{
	struct json_out j;

	json_init(&j, out, NULL);
	json_array(&j);
	for (size_t i = 0; i < rows->count; i++)
		record_to_json(
		    f->of, (char *)rows->rows + i * f->of->size, view, NULL, &j);
	json_array_end(&j);
}

void
record_field_to_text(const struct field *f, const void *record,
    const struct record_view *view, struct strbuf *out)
{
	const void *at = field_at(f, record);
	char buf[CLOCK_TEXT];
	struct json_out j;

	switch (f->type) {
	case FIELD_SEALED:
		return;
	case FIELD_TEXT:
		strbuf_puts(out, *(const char *const *)at);
		return;
	case FIELD_BYTES:
		base64_encode(*(const struct span *)at, out);
		return;
	case FIELD_BOOL:
		strbuf_puts(out, *(const bool *)at ? "true" : "false");
		return;
	case FIELD_UINT:
		strbuf_putu(out, *(const uint64_t *)at);
		return;
	case FIELD_INT:
		strbuf_printf(out, "%lld", (long long)*(const int64_t *)at);
		return;
	case FIELD_DOUBLE:
		json_init(&j, out, NULL);
		json_double(&j, *(const double *)at);
		return;
	case FIELD_TIME:
		clock_format(*(const int64_t *)at, buf);
		strbuf_puts(out, buf);
		return;
	case FIELD_EUI:
		if (*(const uint64_t *)at != 0) {
			eui_format(*(const uint64_t *)at, buf);
			strbuf_puts(out, buf);
		}
		return;
	case FIELD_REF:
		strbuf_puts(out, record_ref_name(f, *(const uint64_t *)at, view));
		return;
	case FIELD_ENUM:
		strbuf_puts(out, f->words[*(const int *)at]);
		return;
	case FIELD_ROWS:
		if (((const struct record_rows *)at)->count > 0)
			rows_to_text(f, at, view, out);
		return;
	default:
		several_to_text(f, at, out);
	}
}
