/* Going through many records in an order, without decoding them. */
#include "base/wire.h"
#include "registry/index.h"
#include "registry/registry.h"

int
registry_stored(struct store_txn *txn, const struct record_kind *kind, uint64_t serial,
    struct span *stored)
{
	uint8_t key[8];

	wire_key64(key, serial);
	return store_get(txn, kind->table, span_of(key, 8), stored);
}

static int
step(struct store_cursor *c, bool descending, struct span *k, struct span *v)
{
	return descending ? store_cursor_prev(c, k, v) : store_cursor_next(c, k, v);
}

int
registry_list_stored(struct store_txn *txn, const struct record_kind *kind,
    bool descending, registry_stored_fn *fn, void *arg)
{
	struct span none = {0}, k, v;
	struct store_cursor *cursor;
	int err = store_cursor_open(txn, kind->table, &cursor);

	if (err != E_OK)
		return err;
	err = descending ? store_cursor_seek_before(cursor, none, &k, &v)
			 : store_cursor_seek(cursor, none, &k, &v);
	while (err == E_OK) {
		if (k.len != 8)
			err = E_CORRUPT;
		else if ((err = fn(arg, wire_unkey64(k.data), v)) == E_OK)
			err = step(cursor, descending, &k, &v);
	}
	store_cursor_close(cursor);
	return err == E_NOTFOUND ? E_OK : err;
}

int
registry_list_ordered(struct store_txn *txn, const struct record_kind *kind,
    unsigned field, bool descending, registry_fn *fn, void *arg)
{
	struct index_key from, end;
	struct store_cursor *cursor;
	struct span prefix, k, v;
	int err = store_cursor_open(txn, TABLE_UNIQUE, &cursor);

	if (err != E_OK)
		return err;
	index_key_set(&from, kind, field, span_of(NULL, 0));
	prefix = span_of(from.bytes, from.len);
	/* Field numbers are far below 255. */
	index_key_set(&end, kind, field + 1, span_of(NULL, 0));
	err = descending ? store_cursor_seek_before(
			       cursor, span_of(end.bytes, end.len), &k, &v)
			 : store_cursor_seek(cursor, prefix, &k, &v);
	while (err == E_OK && span_begins(k, prefix)) {
		if (v.len != 8)
			err = E_CORRUPT;
		else if ((err = fn(arg, wire_unkey64(v.data))) == E_OK)
			err = step(cursor, descending, &k, &v);
	}
	store_cursor_close(cursor);
	return err == E_NOTFOUND ? E_OK : err;
}

int
registry_list_back(struct store_txn *txn, const struct record_kind *kind,
    unsigned field, struct span value, uint64_t before, registry_fn *fn, void *arg)
{
	struct index_key prefix = {.len = 0}, from;
	size_t tail = field != 0 ? 9 : 8;
	struct store_cursor *cursor;
	struct span k, v;
	int err;

	if (before == 0)
		before = UINT64_MAX;
	if (field != 0) {
		index_key_set(&prefix, kind, field, value);
		from = prefix;
		index_key_add_serial(&from, before);
	} else {
		wire_key64(from.bytes, before);
		from.len = 8;
	}
	err = store_cursor_open(txn, field != 0 ? TABLE_LISTING : kind->table, &cursor);
	if (err != E_OK)
		return err;
	err = store_cursor_seek_before(cursor, span_of(from.bytes, from.len), &k, &v);
	while (err == E_OK && k.len >= prefix.len + tail &&
	       span_begins(k, span_of(prefix.bytes, prefix.len))) {
		if (k.len == prefix.len + tail)
			err = fn(arg, wire_unkey64(k.data + k.len - 8));
		if (err == E_OK)
			err = store_cursor_prev(cursor, &k, &v);
	}
	store_cursor_close(cursor);
	return err == E_NOTFOUND ? E_OK : err;
}
