/*
 * Stored records of every kind. The first byte chooses the kind; what follows is taken as
 * it is, which the checksum mostly refuses, and as the fields behind a right checksum. What
 * is read comes back the same when it is written and read again, and can be checked,
 * indexed, and shown as text and as JSON.
 */
#include "fuzz.h"

#include "base/crc.h"
#include "base/wire.h"
#include "json/check.h"
#include "registry/audit.h"
#include "registry/ca.h"
#include "registry/gateway_state.h"
#include "registry/index.h"
#include "registry/key.h"
#include "registry/lns.h"
#include "registry/record_text.h"
#include "registry/signing_key.h"
#include "registry/template.h"
#include "registry/trust.h"

#define SERIAL 5
#define MEMORY (8 << 20)

static const struct record_kind *const kinds[] = {&gateway_kind, &lns_kind, &trust_kind,
    &ca_kind, &key_kind, &template_kind, &audit_kind, &signing_key_kind,
    &gateway_state_kind};

static void
with_envelope(struct span fields, struct strbuf *out)
{
	uint8_t key[8];

	wire_key64(key, SERIAL);
	wire_put_u8(out, RECORD_VERSION);
	wire_put_u32le(out, crc32_more(crc32_of(span_of(key, 8)), fields));
	strbuf_put(out, fields.data, fields.len);
}

static int
entry(
    void *arg, enum index_sort sort, const struct field *f, const struct index_key *key)
{
	(void)arg;
	(void)sort;
	(void)f;
	must(key->len > 2 && key->len <= sizeof key->bytes);
	return E_OK;
}

static void
show(const struct record_kind *kind, const void *record, struct arena *arena)
{
	struct record_view view = {.arena = arena};
	struct fault fault = {0};
	struct strbuf text;
	struct json_out j;

	strbuf_init(&text, MEMORY);
	json_init(&j, &text, NULL);
	record_to_json(kind, record, &view, NULL, &j);
	must(text.err == E_TOOBIG || text.err == E_NOMEM ||
	     (text.err == E_OK && json_check(strbuf_span(&text), &fault) == E_OK));
	for (const struct field *f = kind->fields; f->number != 0; f++) {
		strbuf_reset(&text);
		record_field_to_text(f, record, &view, &text);
	}
	strbuf_clear(&text);
}

/* Written and read again it is the same, and written again the very bytes. */
static void
there_and_back(const struct record_kind *kind, const void *record, struct arena *arena)
{
	void *back = arena_alloc(arena, kind->size);
	struct strbuf first, second;
	int err;

	strbuf_init(&first, MEMORY);
	strbuf_init(&second, MEMORY);
	record_encode(kind, record, &first);
	err = first.err != E_OK || back == NULL
		  ? E_NOMEM
		  : record_decode(kind, SERIAL, strbuf_span(&first), arena, back);
	must(err == E_OK || err == E_NOMEM);
	for (const struct field *f = kind->fields; err == E_OK && f->number != 0; f++)
		must(field_equal(f, record, back));
	if (err == E_OK)
		record_encode(kind, back, &second);
	must(err != E_OK || span_eq(strbuf_span(&first), strbuf_span(&second)));
	strbuf_clear(&first);
	strbuf_clear(&second);
}

static void
read_one(const struct record_kind *kind, struct span stored)
{
	struct fault fault = {0};
	struct arena arena;
	void *record;
	int err;

	arena_init(&arena, MEMORY);
	record = arena_alloc(&arena, kind->size);
	must(record != NULL);
	err = record_decode(kind, SERIAL, stored, &arena, record);
	must(err == E_OK || err == E_CORRUPT || err == E_VERSION || err == E_NOMEM);
	if (err == E_OK) {
		must(*(uint64_t *)record == SERIAL);
		there_and_back(kind, record, &arena);
		show(kind, record, &arena);
		err = record_check(kind, record, &fault);
		must(err == E_OK || err == E_INVALID);
		must(err == E_OK || fault.text[0] != '\0');
		/* Only what passes the check is ever stored, so only that is indexed. */
		if (err == E_OK && kind != &gateway_state_kind)
			must(index_each(kind, record, entry, NULL) == E_OK);
	}
	arena_clear(&arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct record_kind *kind;
	struct span rest;
	struct strbuf whole;

	if (size == 0)
		return 0;
	kind = kinds[data[0] % (sizeof kinds / sizeof kinds[0])];
	rest = span_of(data + 1, size - 1);
	read_one(kind, rest);
	strbuf_init(&whole, MEMORY);
	with_envelope(rest, &whole);
	if (whole.err == E_OK)
		read_one(kind, strbuf_span(&whole));
	strbuf_clear(&whole);
	return 0;
}
