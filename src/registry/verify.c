/* Do the records and their index entries agree? Both ways: every entry that a record should
 * have is there, and every entry that is there belongs to a record. */
#include <stdio.h>

#include "base/wire.h"
#include "registry/index.h"
#include "registry/registry.h"

#define NAMED_MAX \
	100 /* damaged records that are named: each costs a walk over the index */

struct verify {
	struct store_txn *txn;
	const struct record_kind *kind;
	registry_report_fn *report;
	void *arg;
	uint64_t serial, found, named;
	const struct index_key *wanted; /* when looking for one entry */
	bool seen;
};

static void
report(struct verify *v, const char *what, const char *field)
{
	char text[200];

	v->found++;
	snprintf(text, sizeof text, "%s %llu: %s%s%s", v->kind->name,
	    (unsigned long long)v->serial, what, field[0] != '\0' ? " " : "", field);
	v->report(v->arg, text);
}

static int
entry_present(
    void *arg, enum index_sort sort, const struct field *f, const struct index_key *key)
{
	struct verify *v = arg;
	struct span value;
	int err = store_get(v->txn, sort == INDEX_UNIQUE ? TABLE_UNIQUE : TABLE_LISTING,
	    span_of(key->bytes, key->len), &value);

	if (err == E_NOTFOUND)
		report(v, "index entry is missing for", f->name);
	else if (err != E_OK)
		return err;
	else if (sort == INDEX_UNIQUE &&
		 (value.len != 8 || wire_unkey64(value.data) != v->serial))
		report(v, "index entry points elsewhere for", f->name);
	return E_OK;
}

static int
entry_wanted(
    void *arg, enum index_sort sort, const struct field *f, const struct index_key *key)
{
	struct verify *v = arg;

	(void)sort;
	(void)f;
	if (key->len == v->wanted->len &&
	    memcmp(key->bytes, v->wanted->bytes, key->len) == 0)
		v->seen = true;
	return E_OK;
}

/* What a record that cannot be read is called: its entry among the unique values knows it. */
static const char *
name_by_index(struct verify *v, uint64_t serial, struct arena *arena)
{
	const struct field *f = &v->kind->fields[0];
	const char *name = "";
	struct store_cursor *cursor;
	struct index_key from;
	struct span key, value;
	int err;

	if (f->type != FIELD_TEXT || v->named == NAMED_MAX ||
	    store_cursor_open(v->txn, TABLE_UNIQUE, &cursor) != E_OK)
		return name;
	v->named++;
	index_key_set(&from, v->kind, f->number, span_of(NULL, 0));
	err = store_cursor_seek(cursor, span_of(from.bytes, from.len), &key, &value);
	while (err == E_OK && key.len >= 2 && memcmp(key.data, from.bytes, 2) == 0) {
		if (value.len == 8 && wire_unkey64(value.data) == serial) {
			name = arena_printf(arena, "(%.*s)", (int)(key.len - 2),
			    (const char *)key.data + 2);
			break;
		}
		err = store_cursor_next(cursor, &key, &value);
	}
	store_cursor_close(cursor);
	return name != NULL ? name : "";
}

static int
verify_record(void *arg, uint64_t serial)
{
	struct verify *v = arg;
	struct arena work;
	void *record;
	int err;

	arena_init(&work, 4 << 20);
	v->serial = serial;
	if ((record = arena_alloc(&work, v->kind->size)) == NULL)
		return E_NOMEM;
	err = registry_get(v->txn, v->kind, serial, &work, record);
	if (err == E_CORRUPT || err == E_VERSION) {
		report(v, err_text(err), name_by_index(v, serial, &work));
		err = E_OK;
	} else if (err == E_OK) {
		err = index_each(v->kind, record, entry_present, v);
	}
	arena_clear(&work);
	return err;
}

/* An entry of an index: does its record exist and have this value? */
static int
verify_entry(struct verify *v, struct span key, uint64_t serial)
{
	struct index_key wanted;
	struct arena work;
	void *record;
	int err;

	memcpy(wanted.bytes, key.data, key.len);
	wanted.len = key.len;
	v->wanted = &wanted;
	v->seen = false;
	v->serial = serial;
	arena_init(&work, 4 << 20);
	if ((record = arena_alloc(&work, v->kind->size)) == NULL)
		return E_NOMEM;
	err = registry_get(v->txn, v->kind, serial, &work, record);
	if (err == E_OK)
		err = index_each(v->kind, record, entry_wanted, v);
	if (err == E_NOTFOUND)
		report(v, "index entry of a record that is not there", "");
	else if (err == E_OK && !v->seen)
		report(v, "index entry of a value that the record has not", "");
	arena_clear(&work);
	/* A record that cannot be read has been told of already. */
	return err == E_NOTFOUND || err == E_CORRUPT || err == E_VERSION ? E_OK : err;
}

static int
verify_table(struct verify *v, unsigned table)
{
	uint8_t prefix = (uint8_t)v->kind->table;
	struct store_cursor *cursor;
	struct span key, value;
	int err = store_cursor_open(v->txn, table, &cursor);

	if (err != E_OK)
		return err;
	err = store_cursor_seek(cursor, span_of(&prefix, 1), &key, &value);
	while (err == E_OK && key.data[0] == prefix) {
		struct span serial = table == TABLE_UNIQUE || key.len < 11
					 ? value
					 : span_of(key.data + key.len - 8, 8);

		if (serial.len != 8 || key.len > STORE_KEY_MAX)
			report(v, "malformed index entry", "");
		else
			err = verify_entry(v, key, wire_unkey64(serial.data));
		if (err == E_OK)
			err = store_cursor_next(cursor, &key, &value);
	}
	store_cursor_close(cursor);
	return err == E_NOTFOUND ? E_OK : err;
}

int
registry_verify(struct store_txn *txn, const struct record_kind *kind,
    registry_report_fn *fn, void *arg, uint64_t *found)
{
	struct verify v = {.txn = txn, .kind = kind, .report = fn, .arg = arg};
	int err = registry_list(txn, kind, 0, verify_record, &v);

	if (err == E_OK)
		err = verify_table(&v, TABLE_UNIQUE);
	if (err == E_OK)
		err = verify_table(&v, TABLE_LISTING);
	*found = v.found;
	return err;
}
