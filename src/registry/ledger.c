#include "registry/ledger.h"

#include "base/wire.h"

#define ROW_MAX 65536

int
ledger_get(struct store_txn *ledger, const struct record_kind *kind, uint64_t serial,
    struct arena *arena, void *row)
{
	struct span stored;
	uint8_t key[8];
	int err;

	wire_key64(key, serial);
	err = store_get(ledger, kind->table, span_of(key, 8), &stored);
	if (err == E_OK)
		return record_decode(kind, serial, stored, arena, row);
	record_init(kind, row);
	*(uint64_t *)row = serial;
	return err == E_NOTFOUND ? E_OK : err;
}

int
ledger_put(struct store_txn *ledger, const struct record_kind *kind, const void *row)
{
	struct strbuf bytes;
	uint8_t key[8];
	int err;

	wire_key64(key, *(const uint64_t *)row);
	strbuf_init(&bytes, ROW_MAX);
	record_encode(kind, row, &bytes);
	if ((err = bytes.err) == E_OK)
		err = store_put(
		    ledger, kind->table, span_of(key, 8), strbuf_span(&bytes));
	strbuf_clear(&bytes);
	return err;
}

bool
ledger_equal(const struct record_kind *kind, const void *a, const void *b)
{
	for (const struct field *f = kind->fields; f->number != 0; f++)
		if (!field_equal(f, a, b))
			return false;
	return *(const uint64_t *)a == *(const uint64_t *)b;
}
