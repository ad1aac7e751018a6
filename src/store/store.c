#include "store/engine.h"

/* ---- for the engines ---- */

int
store_init(struct store *store, const struct store_engine *engine,
    const struct store_options *options)
{
	unsigned n = 0;

	while (options->tables != NULL && options->tables[n] != NULL)
		if (++n > STORE_TABLES_MAX)
			return E_INVALID;
	store->engine = engine;
	store->tables = n;
	store->newest = options->schema;
	store->schema = options->schema;
	store->read_only = options->read_only;
	store->txn.store = store;
	return E_OK;
}

static void
txn_begin(struct store *store, bool writing)
{
	store->busy = true;
	store->txn.writing = writing;
	store->txn.err = E_OK;
	store->txn.changes = 0;
	store->txn.cursors = NULL;
}

/* Cursors that were left open would dangle in the engine. */
static void
txn_end(struct store *store)
{
	while (store->txn.cursors != NULL)
		store_cursor_close(store->txn.cursors);
	store->busy = false;
}

int
store_run(struct store *store, store_update_fn *fn, void *arg)
{
	int err;

	txn_begin(store, true);
	err = fn(&store->txn, arg);
	txn_end(store);
	return store->txn.err != E_OK ? store->txn.err : err;
}

/* ---- the store ---- */

void
store_close(struct store *store)
{
	if (store != NULL)
		store->engine->close(store);
}

uint32_t
store_schema(const struct store *store)
{
	return store->schema;
}

int
store_read_begin(struct store *store, struct store_txn **txn)
{
	int err;

	if (store->busy)
		return E_STATE;
	if ((err = store->engine->read_begin(store)) != E_OK)
		return err;
	txn_begin(store, false);
	*txn = &store->txn;
	return E_OK;
}

void
store_read_end(struct store_txn *txn)
{
	if (txn == NULL || !txn->store->busy || txn->writing)
		return;
	txn_end(txn->store);
	txn->store->engine->read_end(txn->store);
}

uint64_t
store_version(struct store_txn *txn)
{
	return txn->store->engine->version(txn->store);
}

int
store_update(struct store *store, int wait_ms, store_update_fn *fn, void *arg)
{
	if (store->busy)
		return E_STATE;
	if (store->read_only)
		return E_PERM;
	return store->engine->update(store, wait_ms > 0 ? wait_ms : 0, fn, arg);
}

int
store_copy(struct store *store, const char *path, struct fault *fault)
{
	if (store->busy)
		return fault_set(
		    fault, E_STATE, NULL, "%s: a transaction is going on", path);
	return store->engine->copy(store, path, fault);
}

int
store_inspect(struct store *store, struct store_info *info)
{
	memset(info, 0, sizeof *info);
	return store->busy ? E_STATE : store->engine->inspect(store, info);
}

/* ---- inside a transaction ---- */

static int
txn_check(const struct store_txn *txn, unsigned table)
{
	if (!txn->store->busy)
		return E_STATE;
	if (txn->err != E_OK)
		return txn->err;
	return table < txn->store->tables ? E_OK : E_INVALID;
}

static int
change_check(const struct store_txn *txn)
{
	if (!txn->store->busy || !txn->writing)
		return E_STATE;
	return txn->err;
}

int
store_get(struct store_txn *txn, unsigned table, struct span key, struct span *value)
{
	int err = txn_check(txn, table);

	*value = span_of(NULL, 0);
	if (err != E_OK)
		return err;
	if (key.len == 0 || key.len > STORE_KEY_MAX)
		return E_NOTFOUND;
	return txn->store->engine->get(txn->store, table, key, value);
}

int
store_count(struct store_txn *txn, unsigned table, uint64_t *count)
{
	int err = txn_check(txn, table);

	*count = 0;
	return err != E_OK ? err : txn->store->engine->count(txn->store, table, count);
}

/* Remembers the error of a change that was begun and failed. */
static int
changed(struct store_txn *txn, int err)
{
	txn->changes++;
	if (err != E_OK && err != E_NOTFOUND && err != E_INVALID)
		txn->err = err;
	return err;
}

int
store_put(struct store_txn *txn, unsigned table, struct span key, struct span value)
{
	int err = change_check(txn);

	if (err != E_OK)
		return err;
	if (table >= txn->store->tables || key.len == 0 || key.len > STORE_KEY_MAX ||
	    value.len > STORE_VALUE_MAX)
		return E_INVALID;
	return changed(txn, txn->store->engine->put(txn->store, table, key, value));
}

int
store_del(struct store_txn *txn, unsigned table, struct span key)
{
	int err = change_check(txn);

	if (err != E_OK)
		return err;
	if (table >= txn->store->tables)
		return E_INVALID;
	if (key.len == 0 || key.len > STORE_KEY_MAX)
		return E_NOTFOUND;
	return changed(txn, txn->store->engine->del(txn->store, table, key));
}

int
store_set_schema(struct store_txn *txn, uint32_t schema)
{
	int err = change_check(txn);

	if (err != E_OK)
		return err;
	if (schema > txn->store->newest)
		return E_INVALID;
	return changed(txn, txn->store->engine->set_schema(txn->store, schema));
}

/* ---- cursors ---- */

int
store_cursor_open(struct store_txn *txn, unsigned table, struct store_cursor **cursor)
{
	struct store_cursor *c;
	int err = txn_check(txn, table);

	*cursor = NULL;
	if (err != E_OK)
		return err;
	if ((err = txn->store->engine->cursor_open(txn->store, table, &c)) != E_OK)
		return err;
	c->txn = txn;
	c->table = table;
	c->placed = false;
	c->next = txn->cursors;
	txn->cursors = c;
	*cursor = c;
	return E_OK;
}

void
store_cursor_close(struct store_cursor *cursor)
{
	struct store_cursor **at;

	if (cursor == NULL)
		return;
	for (at = &cursor->txn->cursors; *at != NULL; at = &(*at)->next)
		if (*at == cursor) {
			*at = cursor->next;
			break;
		}
	cursor->txn->store->engine->cursor_close(cursor);
}

/* Moves and remembers whether it stands somewhere now. */
static int
move(struct store_cursor *c, enum store_move to, struct span key, struct span *k,
    struct span *v)
{
	int err = txn_check(c->txn, c->table);

	*k = *v = span_of(NULL, 0);
	if (err == E_OK)
		err = c->txn->store->engine->cursor_move(c, to, key, k, v);
	c->placed = err == E_OK;
	c->changes = c->txn->changes;
	return err;
}

/* No key is longer than STORE_KEY_MAX, so one byte more decides as all of them
 * would. */
static struct span
cut(struct span key)
{
	if (key.len > STORE_KEY_MAX + 1)
		key.len = STORE_KEY_MAX + 1;
	return key;
}

int
store_cursor_seek(
    struct store_cursor *c, struct span key, struct span *k, struct span *v)
{
	return move(c, key.len == 0 ? STORE_FIRST : STORE_RANGE, cut(key), k, v);
}

int
store_cursor_seek_before(
    struct store_cursor *c, struct span key, struct span *k, struct span *v)
{
	int err = E_NOTFOUND;

	if (key.len > 0)
		err = move(c, STORE_RANGE, cut(key), k, v);
	if (err == E_NOTFOUND)
		return move(c, STORE_LAST, key, k, v);
	return err == E_OK ? move(c, STORE_PREV, key, k, v) : err;
}

static int
step(struct store_cursor *c, enum store_move to, struct span *k, struct span *v)
{
	if (!c->placed || c->changes != c->txn->changes) {
		*k = *v = span_of(NULL, 0);
		return c->txn->err != E_OK ? c->txn->err : E_STATE;
	}
	return move(c, to, span_of(NULL, 0), k, v);
}

int
store_cursor_next(struct store_cursor *c, struct span *k, struct span *v)
{
	return step(c, STORE_NEXT, k, v);
}

int
store_cursor_prev(struct store_cursor *c, struct span *k, struct span *v)
{
	return step(c, STORE_PREV, k, v);
}
