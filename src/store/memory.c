/*
 * The engine that forgets: each table an array of entries, sorted. It is meant for
 * tests and is as unkind as the header allows, so that code that passes here holds
 * elsewhere: fn of an update always runs twice (the first time for nothing), and bytes
 * that were given are wiped and freed as soon as they are no longer promised.
 */
#include <stdlib.h>

#include "store/engine.h"

#define MAP_MAX_DEFAULT ((size_t)1 << 36)
#define ENTRY_COST 64 /* what an entry takes beside its bytes, as we count */

struct entry {
	size_t key_len, value_len;
	uint8_t bytes[]; /* key, value */
};

struct table {
	struct entry **entries;
	size_t count, cap;
};

/* One change, to be undone: what stood under this key before, and what stands there now
 * (NULL: nothing). */
struct undo {
	unsigned table;
	struct entry *before, *after;
};

struct lent {
	struct lent *next;
	size_t len;
	uint8_t bytes[];
};

struct memory {
	struct store base;
	struct table tables[STORE_TABLES_MAX];
	size_t used, max;
	struct undo *undo;
	size_t undo_count, undo_cap;
	uint32_t schema_before;
	uint64_t commits;
	struct lent *lent;
};

struct memory_cursor {
	struct store_cursor base;
	size_t at;
};

static struct memory *
memory(struct store *store)
{
	return (struct memory *)store;
}

static struct span
entry_key(const struct entry *e)
{
	return span_of(e->bytes, e->key_len);
}

static struct span
entry_value(const struct entry *e)
{
	return span_of(e->bytes + e->key_len, e->value_len);
}

static size_t
entry_cost(const struct entry *e)
{
	return e != NULL ? ENTRY_COST + e->key_len + e->value_len : 0;
}

static struct entry *
entry_new(struct span key, struct span value)
{
	struct entry *e = malloc(sizeof *e + key.len + value.len);

	if (e == NULL)
		return NULL;
	e->key_len = key.len;
	e->value_len = value.len;
	memcpy(e->bytes, key.data, key.len);
	if (value.len > 0)
		memcpy(e->bytes + key.len, value.data, value.len);
	return e;
}

/* ---- tables ---- */

/* The place of the first entry >= key. */
static size_t
table_find(const struct table *t, struct span key)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (span_cmp(entry_key(t->entries[mid]), key) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool
table_has(const struct table *t, size_t at, struct span key)
{
	return at < t->count && span_eq(entry_key(t->entries[at]), key);
}

static int
grow(void **array, size_t *cap, size_t size)
{
	size_t more = *cap != 0 ? *cap * 2 : 64;
	void *bigger = realloc(*array, more * size);

	if (bigger == NULL)
		return E_NOMEM;
	*array = bigger;
	*cap = more;
	return E_OK;
}

/* Makes `e` (NULL: nothing) what stands under its key. Room is there already. */
static void
table_set(struct table *t, struct span key, struct entry *e)
{
	size_t at = table_find(t, key);
	bool there = table_has(t, at, key);
	size_t after = t->count - at;

	if (e != NULL && there) {
		t->entries[at] = e;
	} else if (e != NULL) {
		memmove(t->entries + at + 1, t->entries + at, after * sizeof e);
		t->entries[at] = e;
		t->count++;
	} else if (there) {
		memmove(t->entries + at, t->entries + at + 1, (after - 1) * sizeof e);
		t->count--;
	}
}

/* ---- bytes that were given away ---- */

static void
lent_end(struct memory *m)
{
	while (m->lent != NULL) {
		struct lent *l = m->lent;

		m->lent = l->next;
		memset(l->bytes, 0xdd, l->len);
		free(l);
	}
}

static int
lend(struct memory *m, struct span from, struct span *to)
{
	struct lent *l = malloc(sizeof *l + from.len);

	if (l == NULL)
		return E_NOMEM;
	l->len = from.len;
	if (from.len > 0)
		memcpy(l->bytes, from.data, from.len);
	l->next = m->lent;
	m->lent = l;
	*to = span_of(l->bytes, from.len);
	return E_OK;
}

/* ---- reading ---- */

static int
memory_read_begin(struct store *store)
{
	(void)store;
	return E_OK;
}

static void
memory_read_end(struct store *store)
{
	lent_end(memory(store));
}

static uint64_t
memory_version(struct store *store)
{
	return memory(store)->commits + 1;
}

static int
memory_get(struct store *store, unsigned table, struct span key, struct span *value)
{
	struct table *t = &memory(store)->tables[table];
	size_t at = table_find(t, key);

	if (!table_has(t, at, key))
		return E_NOTFOUND;
	return lend(memory(store), entry_value(t->entries[at]), value);
}

static int
memory_count(struct store *store, unsigned table, uint64_t *count)
{
	*count = memory(store)->tables[table].count;
	return E_OK;
}

static int
memory_cursor_open(struct store *store, unsigned table, struct store_cursor **cursor)
{
	struct memory_cursor *c = calloc(1, sizeof *c);

	(void)store;
	(void)table;
	if (c == NULL)
		return E_NOMEM;
	*cursor = &c->base;
	return E_OK;
}

static void
memory_cursor_close(struct store_cursor *cursor)
{
	free(cursor);
}

static int
memory_cursor_move(struct store_cursor *cursor, enum store_move move, struct span key,
    struct span *k, struct span *v)
{
	struct memory *m = memory(cursor->txn->store);
	struct memory_cursor *c = (struct memory_cursor *)cursor;
	struct table *t = &m->tables[cursor->table];
	size_t at = c->at;
	int err;

	switch (move) {
	case STORE_FIRST:
		at = 0;
		break;
	case STORE_LAST:
		at = t->count - 1; /* beyond the end when there is none */
		break;
	case STORE_RANGE:
		at = table_find(t, key);
		break;
	case STORE_NEXT:
		at++;
		break;
	case STORE_PREV:
		at--;
		break;
	}
	if (at >= t->count)
		return E_NOTFOUND;
	c->at = at;
	if ((err = lend(m, entry_key(t->entries[at]), k)) != E_OK)
		return err;
	return lend(m, entry_value(t->entries[at]), v);
}

/* ---- changing ---- */

/* Room to put one entry and to undo it. */
static int
make_room(struct memory *m, struct table *t)
{
	int err = E_OK;

	if (t->count == t->cap)
		err = grow((void **)&t->entries, &t->cap, sizeof *t->entries);
	if (err == E_OK && m->undo_count == m->undo_cap)
		err = grow((void **)&m->undo, &m->undo_cap, sizeof *m->undo);
	return err;
}

static int
memory_put(struct store *store, unsigned table, struct span key, struct span value)
{
	struct memory *m = memory(store);
	struct table *t = &m->tables[table];
	size_t at = table_find(t, key);
	struct entry *before = table_has(t, at, key) ? t->entries[at] : NULL, *after;

	if (make_room(m, t) != E_OK || (after = entry_new(key, value)) == NULL)
		return E_NOMEM;
	lent_end(m);
	if (m->used - entry_cost(before) + entry_cost(after) > m->max) {
		free(after);
		return E_FULL;
	}
	m->used += entry_cost(after) - entry_cost(before);
	m->undo[m->undo_count++] = (struct undo){table, before, after};
	table_set(t, entry_key(after), after);
	return E_OK;
}

static int
memory_del(struct store *store, unsigned table, struct span key)
{
	struct memory *m = memory(store);
	struct table *t = &m->tables[table];
	size_t at = table_find(t, key);
	struct entry *before;

	if (!table_has(t, at, key))
		return E_NOTFOUND;
	if (make_room(m, t) != E_OK)
		return E_NOMEM;
	before = t->entries[at];
	m->used -= entry_cost(before);
	m->undo[m->undo_count++] = (struct undo){table, before, NULL};
	table_set(t, entry_key(before), NULL);
	lent_end(m);
	return E_OK;
}

static int
memory_set_schema(struct store *store, uint32_t schema)
{
	store->schema = schema;
	return E_OK;
}

static void
undo_all(struct memory *m)
{
	while (m->undo_count > 0) {
		struct undo *u = &m->undo[--m->undo_count];

		table_set(&m->tables[u->table],
		    entry_key(u->after != NULL ? u->after : u->before), u->before);
		m->used += entry_cost(u->before) - entry_cost(u->after);
		free(u->after);
	}
	m->base.schema = m->schema_before;
}

static void
keep_all(struct memory *m)
{
	while (m->undo_count > 0)
		free(m->undo[--m->undo_count].before);
}

static int
run_once(struct memory *m, store_update_fn *fn, void *arg, bool keep)
{
	int err;

	m->schema_before = m->base.schema;
	err = store_run(&m->base, fn, arg);
	lent_end(m);
	if (err == E_OK && keep) {
		keep_all(m);
		m->commits++;
	} else {
		undo_all(m);
	}
	return err;
}

static int
memory_update(struct store *store, int wait_ms, store_update_fn *fn, void *arg)
{
	int err;

	(void)wait_ms;
	if ((err = run_once(memory(store), fn, arg, false)) != E_OK)
		return err;
	return run_once(memory(store), fn, arg, true);
}

/* ---- the store ---- */

static int
memory_copy(struct store *store, const char *path, struct fault *fault)
{
	(void)store;
	return fault_set(
	    fault, E_STATE, NULL, "%s: a store in memory cannot be copied", path);
}

static int
memory_inspect(struct store *store, struct store_info *info)
{
	info->used = memory(store)->used;
	info->map = info->map_max = memory(store)->max;
	return E_OK;
}

static void
memory_close(struct store *store)
{
	struct memory *m = memory(store);

	lent_end(m);
	for (unsigned i = 0; i < store->tables; i++) {
		for (size_t j = 0; j < m->tables[i].count; j++)
			free(m->tables[i].entries[j]);
		free(m->tables[i].entries);
	}
	free(m->undo);
	free(m);
}

static const struct store_engine engine = {
    .close = memory_close,
    .read_begin = memory_read_begin,
    .read_end = memory_read_end,
    .version = memory_version,
    .update = memory_update,
    .get = memory_get,
    .count = memory_count,
    .put = memory_put,
    .del = memory_del,
    .set_schema = memory_set_schema,
    .cursor_open = memory_cursor_open,
    .cursor_close = memory_cursor_close,
    .cursor_move = memory_cursor_move,
    .copy = memory_copy,
    .inspect = memory_inspect,
};

int
store_open_memory(const struct store_options *options, struct store **store)
{
	struct memory *m = calloc(1, sizeof *m);
	int err;

	*store = NULL;
	if (m == NULL)
		return E_NOMEM;
	if ((err = store_init(&m->base, &engine, options)) != E_OK) {
		free(m);
		return err;
	}
	m->max = options->map_max != 0 ? options->map_max : MAP_MAX_DEFAULT;
	*store = &m->base;
	return E_OK;
}
