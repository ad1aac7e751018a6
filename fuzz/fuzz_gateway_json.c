/*
 * The JSON of one gateway as the API and imports take it, the first byte saying with which
 * rights and what mask. What is taken and fits is written and read again, and is the same.
 */
#include "registry.h"

#include "manage/gateway_json.h"

#define MEMORY (8 << 20)

static void
same_again(struct gateway_json *v, const struct gateway *g)
{
	struct arena *arena = v->m->arena;
	struct gateway again;
	struct strbuf text;
	struct json_out j;
	struct json *root;

	strbuf_init(&text, MEMORY);
	json_init(&j, &text, NULL);
	v->mask = NULL;
	gateway_to_json(v, g, &j);
	must(text.err == E_OK);
	must(json_parse(strbuf_span(&text), &root, NULL) == E_OK);
	record_init(&gateway_kind, &again);
	again.serial = g->serial;
	must(gateway_from_json(v, root, &again) == E_OK);
	for (const struct field *f = gateway_kind.fields; f->number != 0; f++)
		if (!(f->flags & (FIELD_READONLY | FIELD_INTERNAL)) &&
		    f->type != FIELD_SEALED)
			must(field_equal(f, g, &again));
	json_free(root);
	strbuf_clear(&text);
	(void)arena;
}

static void
take(struct store_txn *txn, struct arena *arena, const struct json *root, uint8_t how)
{
	static const char *const names[] = {"name", "antennas", "ids"};
	struct text_list mask = {names, 3};
	struct data data = {.registry = memory_registry()};
	struct manage m = {
	    .data = &data, .arena = arena, .actor = "fuzz", .now = 1893456000};
	struct strbuf unknown = {0};
	struct gateway_json v = {.m = &m,
	    .txn = txn,
	    .secrets = how & 1,
	    .mask = how & 2 ? &mask : NULL,
	    .unknown = how & 4 ? &unknown : NULL};
	struct gateway g;
	int err;

	strbuf_init(&unknown, 1 << 20);
	record_init(&gateway_kind, &g);
	g.serial = 5;
	err = gateway_from_json(&v, root, &g);
	must(err == E_OK || m.fault.err == err || err == E_NOMEM);
	v.unknown = NULL;
	if (err == E_OK && record_check(&gateway_kind, &g, &m.fault) == E_OK)
		same_again(&v, &g);
	strbuf_clear(&unknown);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store_txn *txn;
	struct arena arena;
	struct json *root;

	if (size < 1 || json_parse(span_of(data + 1, size - 1), &root, NULL) != E_OK)
		return 0;
	arena_init(&arena, MEMORY);
	must(store_read_begin(memory_registry(), &txn) == E_OK);
	take(txn, &arena, root, data[0]);
	store_read_end(txn);
	arena_clear(&arena);
	json_free(root);
	return 0;
}
