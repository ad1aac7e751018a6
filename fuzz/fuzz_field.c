/*
 * Fields of records as somebody enters them. The first byte chooses the kind of record, the
 * second the field; the rest is its value as text, and the whole record as JSON. What is
 * taken is written and read again, and is the same; what a record's checks let through can
 * be stored.
 */
#include "registry.h"

#include "firmware/selection.h"
#include "manage/rollout.h"
#include "registry/record_text.h"

#define SERIAL 5
#define NOW 1893456000
#define MEMORY (8 << 20)

static const struct record_kind *
choose_kind(uint8_t n)
{
	size_t count = 0;

	while (registry_kinds[count] != NULL)
		count++;
	return registry_kinds[n % count];
}

static const struct field *
choose_field(const struct record_kind *kind, uint8_t n)
{
	size_t count = 0;

	while (kind->fields[count].number != 0)
		count++;
	return &kind->fields[n % count];
}

static void *
new_record(const struct record_kind *kind, struct arena *arena)
{
	void *record = arena_zalloc(arena, 1, kind->size);

	must(record != NULL);
	record_init(kind, record);
	*(uint64_t *)record = SERIAL;
	return record;
}

/* ---- text -------------------------------------------------------------------------------- */

static void
text(const struct record_kind *kind, const struct field *f, struct span value,
    const struct record_view *view)
{
	void *record = new_record(kind, view->arena);
	void *again = new_record(kind, view->arena);
	struct fault fault = {0};
	struct strbuf out;
	int err = record_field_from_text(kind, f, value, view, record, &fault);

	if (err != E_OK) {
		must(fault.text[0] != '\0' || err == E_NOMEM);
		return;
	}
	strbuf_init(&out, MEMORY);
	record_field_to_text(f, record, view, &out);
	must(out.err == E_OK);
	/* One row that is all zero is written as a list, and is nothing to lose. */
	must(record_field_from_text(kind, f, strbuf_span(&out), view, again, &fault) ==
	     E_OK);
	must(field_equal(f, record, again));
	if (record_check(kind, record, &fault) != E_OK)
		must(fault.text[0] != '\0');
	strbuf_clear(&out);
}

/* ---- JSON --------------------------------------------------------------------------------- */

static void
stored(const struct record_kind *kind, const void *record, struct arena *arena)
{
	void *back = new_record(kind, arena);
	struct strbuf bytes;

	strbuf_init(&bytes, MEMORY);
	record_encode(kind, record, &bytes);
	must(bytes.err == E_OK);
	must(record_decode(kind, SERIAL, strbuf_span(&bytes), arena, back) == E_OK);
	for (const struct field *f = kind->fields; f->number != 0; f++)
		must(field_equal(f, record, back));
	strbuf_clear(&bytes);
}

static void
shown(
    const struct record_kind *kind, const void *record, const struct record_view *view)
{
	void *back = new_record(kind, view->arena);
	struct fault fault = {0};
	struct strbuf out;
	struct json_out j;
	struct json *root;

	strbuf_init(&out, MEMORY);
	json_init(&j, &out, NULL);
	record_to_json(kind, record, view, NULL, &j);
	must(out.err == E_OK);
	must(json_parse(strbuf_span(&out), &root, &fault) == E_OK);
	must(record_from_json(kind, root, view, NULL, back, &fault) == E_OK);
	for (const struct field *f = kind->fields; f->number != 0; f++)
		if (!(f->flags & (FIELD_READONLY | FIELD_INTERNAL)) &&
		    f->type != FIELD_SEALED)
			must(field_equal(f, record, back));
	json_free(root);
	strbuf_clear(&out);
}

static void
json(const struct record_kind *kind, const struct field *f, struct span value,
    const struct record_view *view)
{
	struct text_list mask = {&f->name, 1};
	void *record = new_record(kind, view->arena);
	struct fault fault = {0};
	struct json *root;
	int err;

	if (json_parse(value, &root, NULL) != E_OK)
		return;
	if (record_mask_check(kind, &mask, &fault) == E_OK) {
		record_from_json(kind, root, view, &mask, record, &fault);
		for (const struct field *g = kind->fields; g->number != 0; g++)
			must(record_mask_has(&mask, g->name) ||
			     field_is_zero(g, record));
	} else {
		must((f->flags & FIELD_INTERNAL) != 0);
	}
	record = new_record(kind, view->arena);
	fault = (struct fault){0};
	err = record_from_json(kind, root, view, NULL, record, &fault);
	must(err == E_OK || err == E_NOMEM || fault.text[0] != '\0');
	if (err == E_OK && record_check(kind, record, &fault) == E_OK) {
		stored(kind, record, view->arena);
		shown(kind, record, view);
	}
	json_free(root);
}

/* ---- words that become fields ---------------------------------------------------------------- */

/* A timetable is the same as rows and as the JSON that an edit has. */
static void
timetable(struct span value, const struct record_view *view)
{
	const struct field *f = field_by_name(&rollout_kind, "steps");
	struct rollout *record = new_record(&rollout_kind, view->arena);
	struct rollout *again = new_record(&rollout_kind, view->arena);
	struct fault fault = {0};
	const char *json;

	if (rollout_steps_read(view->arena, value, &record->steps, &fault) != E_OK) {
		must(fault.text[0] != '\0');
		return;
	}
	must(rollout_steps_json(view->arena, value, &json, &fault) == E_OK);
	must(record_field_from_text(
		 &rollout_kind, f, span_str(json), view, again, &fault) == E_OK);
	must(field_equal(f, record, again));
}

/* Cuts a line off. */
static struct span
line(struct span *rest)
{
	const uint8_t *end = rest->len > 0 ? memchr(rest->data, '\n', rest->len) : NULL;
	struct span one = *rest;

	if (end != NULL)
		one.len = (size_t)(end - rest->data);
	*rest = span_from(*rest, one.len + 1);
	return one;
}

/* Versions have one order, whatever they are. */
static void
versions(struct span text)
{
	struct span a = line(&text), b = line(&text), c = line(&text);
	int ab = version_compare(a, b), bc = version_compare(b, c),
	    ac = version_compare(a, c);

	must(version_compare(a, a) == 0);
	must((ab > 0) == (version_compare(b, a) < 0));
	must((ab == 0) == (version_compare(b, a) == 0));
	if (ab <= 0 && bc <= 0)
		must(ac <= 0 && (ac == 0) == (ab == 0 && bc == 0));
	if (ab >= 0 && bc >= 0)
		must(ac >= 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct record_kind *kind;
	const struct field *f;
	struct record_view view = {.now = NOW};
	struct arena arena;

	if (size < 2 || size > 100000)
		return 0;
	arena_init(&arena, MEMORY);
	view.arena = &arena;
	must(store_read_begin(memory_registry(), &view.txn) == E_OK);
	kind = choose_kind(data[0]);
	f = choose_field(kind, data[1]);
	text(kind, f, span_of(data + 2, size - 2), &view);
	json(kind, f, span_of(data + 2, size - 2), &view);
	timetable(span_of(data + 2, size - 2), &view);
	versions(span_of(data + 2, size - 2));
	store_read_end(view.txn);
	arena_clear(&arena);
	return 0;
}
