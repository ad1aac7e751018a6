#include "registry/registry.h"

#include "base/wire.h"
#include "registry/account.h"
#include "registry/audit.h"
#include "registry/board.h"
#include "registry/ca.h"
#include "registry/firmware.h"
#include "registry/gateway.h"
#include "registry/ignored.h"
#include "registry/index.h"
#include "registry/key.h"
#include "registry/lns.h"
#include "registry/plan.h"
#include "registry/rollout.h"
#include "registry/signing_key.h"
#include "registry/template.h"
#include "registry/trust.h"
#include "registry/trust_job.h"

const char *const registry_table_names[] = {[TABLE_META] = "meta",
    [TABLE_UNIQUE] = "unique",
    [TABLE_LISTING] = "listing",
    [TABLE_GATEWAY] = "gateway",
    [TABLE_LNS] = "lns",
    [TABLE_TRUST] = "trust",
    [TABLE_CA] = "ca",
    [TABLE_KEY] = "key",
    [TABLE_TEMPLATE] = "template",
    [TABLE_AUDIT] = "audit",
    [TABLE_PLAN] = "plan",
    [TABLE_BOARD] = "board",
    [TABLE_ACCOUNT] = "account",
    [TABLE_SIGNING_KEY] = "signing_key",
    [TABLE_FIRMWARE] = "firmware",
    [TABLE_RELEASE] = "release",
    [TABLE_CHANNEL] = "channel",
    [TABLE_ROLLOUT] = "rollout",
    [TABLE_IGNORED] = "ignored",
    [TABLE_TRUST_JOB] = "trust_job",
    [REGISTRY_TABLES] = NULL};
const char *const ledger_table_names[] = {[LEDGER_META] = "meta",
    [LEDGER_GATEWAY] = "gateway",
    [LEDGER_ROLLOUT] = "rollout",
    [LEDGER_OFFER] = "offer",
    [LEDGER_WAITING] = "waiting",
    [LEDGER_LEASE] = "lease",
    [LEDGER_SESSION] = "session",
    [LEDGER_TABLES] = NULL};

const struct record_kind *const registry_kinds[] = {&gateway_kind, &lns_kind,
    &trust_kind, &ca_kind, &key_kind, &template_kind, &audit_kind, &plan_kind,
    &board_kind, &account_kind, &signing_key_kind, &firmware_kind, &release_kind,
    &channel_kind, &rollout_kind, &ignored_kind, &trust_job_kind, NULL};

static struct span
serial_key(uint8_t key[8], uint64_t serial)
{
	wire_key64(key, serial);
	return span_of(key, 8);
}

static struct span
key_span(const struct index_key *key)
{
	return span_of(key->bytes, key->len);
}

int
registry_get(struct store_txn *txn, const struct record_kind *kind, uint64_t serial,
    struct arena *arena, void *record)
{
	uint8_t key[8];
	struct span value;
	int err = store_get(txn, kind->table, serial_key(key, serial), &value);

	return err != E_OK ? err : record_decode(kind, serial, value, arena, record);
}

int
registry_find_serial(struct store_txn *txn, const struct record_kind *kind,
    unsigned field, struct span value, uint64_t *serial)
{
	struct index_key key;
	struct span found;
	int err;

	index_key_set(&key, kind, field, value);
	if ((err = store_get(txn, TABLE_UNIQUE, key_span(&key), &found)) != E_OK)
		return err;
	if (found.len != 8)
		return E_CORRUPT;
	*serial = wire_unkey64(found.data);
	return E_OK;
}

int
registry_find(struct store_txn *txn, const struct record_kind *kind, unsigned field,
    struct span value, struct arena *arena, void *record)
{
	uint64_t serial;
	int err = registry_find_serial(txn, kind, field, value, &serial);

	if (err != E_OK)
		return err;
	err = registry_get(txn, kind, serial, arena, record);
	return err == E_NOTFOUND ? E_CORRUPT : err;
}

int
registry_find_id(struct store_txn *txn, const struct record_kind *kind, const char *id,
    struct arena *arena, void *record)
{
	return registry_find(
	    txn, kind, kind->fields[0].number, span_str(id), arena, record);
}

int
registry_next_serial(struct store_txn *txn, uint64_t *serial)
{
	struct span name = span_str("serial"), value;
	uint8_t bytes[8];
	int err = store_get(txn, TABLE_META, name, &value);

	if (err == E_NOTFOUND)
		*serial = 1;
	else if (err != E_OK)
		return err;
	else if (value.len != 8)
		return E_CORRUPT;
	else
		*serial = wire_unkey64(value.data);
	return store_put(txn, TABLE_META, name, serial_key(bytes, *serial + 1));
}

/* ---- changing --------------------------------------------------------------------- */

struct change {
	struct store_txn *txn;
	const struct record_kind *kind;
	uint64_t serial;
	struct arena *arena;
	struct fault *fault;
};

/* The identifier of another record of the kind, for messages. */
static const char *
holder_id(struct change *c, uint64_t serial)
{
	char *other = arena_alloc(c->arena, c->kind->size);

	if (other == NULL ||
	    registry_get(c->txn, c->kind, serial, c->arena, other) != E_OK ||
	    c->kind->fields[0].type != FIELD_TEXT)
		return "another one";
	return record_id(c->kind, other);
}

static int
entry_put(
    void *arg, enum index_sort sort, const struct field *f, const struct index_key *key)
{
	struct change *c = arg;
	uint8_t bytes[8];
	struct span held;
	int err;

	if (sort == INDEX_LISTING)
		return store_put(
		    c->txn, TABLE_LISTING, key_span(key), span_of(NULL, 0));
	err = store_get(c->txn, TABLE_UNIQUE, key_span(key), &held);
	if (err == E_OK && held.len == 8 && wire_unkey64(held.data) != c->serial)
		return fault_set(c->fault, E_EXISTS, f->name,
		    "is already used by %s %s", c->kind->name,
		    holder_id(c, wire_unkey64(held.data)));
	if (err != E_OK && err != E_NOTFOUND)
		return err;
	return store_put(
	    c->txn, TABLE_UNIQUE, key_span(key), serial_key(bytes, c->serial));
}

/* A word can stand twice in a text, so its entry may be gone already. */
static int
entry_del(
    void *arg, enum index_sort sort, const struct field *f, const struct index_key *key)
{
	struct change *c = arg;
	int err = store_del(
	    c->txn, sort == INDEX_UNIQUE ? TABLE_UNIQUE : TABLE_LISTING, key_span(key));

	(void)f;
	return err == E_NOTFOUND ? E_OK : err;
}

int
registry_rewrite(
    struct store_txn *txn, const struct record_kind *kind, const void *record)
{
	struct strbuf bytes;
	uint8_t key[8];
	int err;

	strbuf_init(&bytes, 1 << 20);
	record_encode(kind, record, &bytes);
	err = bytes.err;
	if (err == E_OK)
		err = store_put(txn, kind->table,
		    serial_key(key, *(const uint64_t *)record), strbuf_span(&bytes));
	strbuf_clear(&bytes);
	return err;
}

int
registry_put(struct store_txn *txn, const struct record_kind *kind, const void *record,
    struct arena *arena, struct fault *fault)
{
	struct change c = {txn, kind, *(const uint64_t *)record, arena, fault};
	void *old = arena_alloc(arena, kind->size);
	int err;

	if (old == NULL)
		return E_NOMEM;
	if ((err = record_check(kind, record, fault)) != E_OK)
		return err;
	err = registry_get(txn, kind, c.serial, arena, old);
	if (err == E_OK)
		err = index_each(kind, old, entry_del, &c);
	else if (err == E_NOTFOUND)
		err = E_OK;
	if (err == E_OK)
		err = index_each(kind, record, entry_put, &c);
	return err == E_OK ? registry_rewrite(txn, kind, record) : err;
}

int
registry_remove(struct store_txn *txn, const struct record_kind *kind, uint64_t serial,
    struct arena *arena)
{
	struct change c = {txn, kind, serial, arena, NULL};
	uint8_t key[8];
	void *old = arena_alloc(arena, kind->size);
	int err;

	if (old == NULL)
		return E_NOMEM;
	if ((err = registry_get(txn, kind, serial, arena, old)) != E_OK)
		return err;
	if ((err = index_each(kind, old, entry_del, &c)) != E_OK)
		return err;
	return store_del(txn, kind->table, serial_key(key, serial));
}

/* ---- listing ---------------------------------------------------------------------- */

int
registry_list_by(struct store_txn *txn, const struct record_kind *kind, unsigned field,
    struct span value, uint64_t after, registry_fn *fn, void *arg)
{
	bool words = (field_by_number(kind, field)->flags & FIELD_WORDS) != 0;
	struct index_key prefix, from;
	struct store_cursor *cursor;
	struct span k, v;
	int err;

	index_key_set(&prefix, kind, field, value);
	from = prefix;
	if (!words)
		index_key_add_serial(&from, after + 1);
	if ((err = store_cursor_open(txn, TABLE_LISTING, &cursor)) != E_OK)
		return err;
	err = store_cursor_seek(cursor, key_span(&from), &k, &v);
	while (err == E_OK && k.len >= prefix.len + 9 &&
	       span_begins(k, key_span(&prefix))) {
		/* Without words the value must end where ours does. */
		if (words || k.len == prefix.len + 9)
			err = fn(arg, wire_unkey64(k.data + k.len - 8));
		if (err == E_OK)
			err = store_cursor_next(cursor, &k, &v);
	}
	store_cursor_close(cursor);
	return err == E_NOTFOUND ? E_OK : err;
}

int
registry_list(struct store_txn *txn, const struct record_kind *kind, uint64_t after,
    registry_fn *fn, void *arg)
{
	struct store_cursor *cursor;
	struct span k, v;
	uint8_t from[8];
	int err = store_cursor_open(txn, kind->table, &cursor);

	if (err != E_OK)
		return err;
	err = store_cursor_seek(cursor, serial_key(from, after + 1), &k, &v);
	while (err == E_OK) {
		if (k.len != 8)
			err = E_CORRUPT;
		else if ((err = fn(arg, wire_unkey64(k.data))) == E_OK)
			err = store_cursor_next(cursor, &k, &v);
	}
	store_cursor_close(cursor);
	return err == E_NOTFOUND ? E_OK : err;
}

static int
stop_at_first(void *arg, uint64_t serial)
{
	(void)arg;
	(void)serial;
	return E_EXISTS;
}

bool
registry_has(struct store_txn *txn, const struct record_kind *kind, unsigned field,
    struct span value)
{
	return registry_list_by(txn, kind, field, value, 0, stop_at_first, NULL) ==
	       E_EXISTS;
}
