#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/wire.h"
#include "store/lmdb_engine.h"

#define READ_TRIES 8  /* of a reader that finds the map grown or the table full */
#define LOOK_TRIES 10 /* of a look at the newest change's number, 1 ms each */

struct lmdb_cursor {
	struct store_cursor base;
	MDB_cursor *mc;
};

int
lmdb_err(int rc)
{
	switch (rc) {
	case 0:
		return E_OK;
	case MDB_NOTFOUND:
		return E_NOTFOUND;
	case MDB_MAP_FULL:
	case ENOSPC:
	case EDQUOT:
	case EFBIG:
		return E_FULL;
	case MDB_TXN_FULL:
		return E_TOOBIG;
	case MDB_BAD_VALSIZE:
		return E_INVALID;
	case MDB_READERS_FULL:
	case WRITER_TIMEOUT:
	case EAGAIN:
	case EBUSY:
		return E_BUSY;
	case MDB_PAGE_NOTFOUND:
	case MDB_CORRUPTED:
	case MDB_INVALID:
	case MDB_INCOMPATIBLE:
	case MDB_CURSOR_FULL:
	case MDB_PAGE_FULL:
		return E_CORRUPT;
	case MDB_VERSION_MISMATCH:
		return E_VERSION;
	case ENOMEM:
		return E_NOMEM;
	case EACCES:
	case EPERM:
	case EROFS:
		return E_PERM;
	default:
		return E_IO;
	}
}

/* ---- beginning and ending to read ---- */

int
lmdb_remap(struct lmdb *l, size_t size)
{
	int rc;

	if (writer_stuck(l->writer))
		return E_BUSY;
	rc = mdb_env_set_mapsize(l->env, size);
	/* The old map is gone already when there is no memory for the new one. */
	if (rc != 0)
		l->broken = true;
	return lmdb_err(rc);
}

int
lmdb_reap(struct lmdb *l)
{
	int dead = 0;

	mdb_reader_check(l->env, &dead);
	if (dead > 0)
		log_line(LOG_DETAIL, "%s: removed %d readers of dead processes",
		    l->folder, dead);
	return dead;
}

static int
renew_once(struct lmdb *l)
{
	if (l->reader != NULL)
		return mdb_txn_renew(l->reader);
	return mdb_txn_begin(l->env, NULL, MDB_RDONLY, &l->reader);
}

static int
renew(struct lmdb *l)
{
	int rc = 0, err;

	for (int tries = 0; tries < READ_TRIES; tries++) {
		rc = renew_once(l);
		if (rc == MDB_MAP_RESIZED) {
			if ((err = lmdb_remap(l, 0)) != E_OK)
				return err;
		} else if (rc == MDB_READERS_FULL) {
			if (lmdb_reap(l) == 0)
				return E_BUSY;
		} else {
			break;
		}
	}
	/* Somebody took our slot, or LMDB has given up on this environment. */
	if (rc == MDB_BAD_RSLOT || rc == MDB_PANIC) {
		if (rc == MDB_BAD_RSLOT)
			l->reader = NULL; /* to end it would free the slot of others */
		l->broken = true;
		return E_AGAIN;
	}
	if (rc == EAGAIN)
		log_line(LOG_ERROR,
		    "%s: a process with our number, of another container perhaps, "
		    "has this store open",
		    l->folder);
	return lmdb_err(rc);
}

/*
 * The lock file says which change is the newest, the data file has it: if not, somebody
 * has put another data file in the place of ours.
 */
static int
check_newest(struct lmdb *l, size_t id)
{
	MDB_envinfo info;

	for (int tries = 0; tries < LOOK_TRIES; tries++) {
		if (mdb_env_info(l->env, &info) == 0 && info.me_last_txnid >= id)
			return E_OK;
		usleep(1000);
	}
	log_line(LOG_ERROR,
	    "%s: does not belong to its lock file: stop all programs, then remove "
	    "lock.mdb",
	    l->data);
	return E_CORRUPT;
}

int
lmdb_read_schema(struct lmdb *l)
{
	MDB_val key = lmdb_val(span_str("schema")), value;
	struct wire_in in;
	uint32_t schema;
	int rc;

	if ((rc = mdb_get(l->txn, l->own, &key, &value)) != 0)
		return lmdb_err(rc);
	wire_in_init(&in, lmdb_span(value));
	schema = wire_get_u32le(&in);
	if (in.err != E_OK)
		return E_CORRUPT;
	l->base.schema = schema;
	return schema > l->base.newest ? E_VERSION : E_OK;
}

/* Another program may have changed the schema since we last looked. */
static int
check_schema(struct lmdb *l, size_t id)
{
	int err;

	if (!l->own_open || id == l->last_txnid)
		return E_OK;
	if ((err = lmdb_read_schema(l)) == E_OK)
		l->last_txnid = id;
	return err == E_NOTFOUND ? E_CORRUPT : err;
}

int
lmdb_read_begin(struct store *store)
{
	struct lmdb *l = lmdb_of(store);
	int err = E_AGAIN;

	for (int tries = 0; tries < READ_TRIES && err == E_AGAIN; tries++)
		if ((err = lmdb_refresh(l)) == E_OK)
			err = renew(l);
	if (err != E_OK)
		return err == E_AGAIN ? E_IO : err;
	l->txn = l->reader;
	l->rc = 0;
	if ((err = check_newest(l, mdb_txn_id(l->txn))) == E_OK)
		err = check_schema(l, mdb_txn_id(l->txn));
	if (err != E_OK)
		lmdb_read_end(store);
	return err;
}

void
lmdb_read_end(struct store *store)
{
	struct lmdb *l = lmdb_of(store);

	mdb_txn_reset(l->reader);
	l->txn = NULL;
}

/* Changes are numbered from 1 in a data file, and a file may be exchanged for an older
 * one. */
static uint64_t
lmdb_version(struct store *store)
{
	struct lmdb *l = lmdb_of(store);

	return l->opened << 48 | (uint64_t)mdb_txn_id(l->txn);
}

/* ---- inside a transaction ---- */

static int
lmdb_get(struct store *store, unsigned table, struct span key, struct span *value)
{
	struct lmdb *l = lmdb_of(store);
	MDB_val k = lmdb_val(key), v;
	int rc = mdb_get(l->txn, l->dbi[table], &k, &v);

	if (rc == 0)
		*value = lmdb_span(v);
	return lmdb_err(rc);
}

static int
lmdb_count(struct store *store, unsigned table, uint64_t *count)
{
	struct lmdb *l = lmdb_of(store);
	MDB_stat stat;
	int rc = mdb_stat(l->txn, l->dbi[table], &stat);

	if (rc == 0)
		*count = stat.ms_entries;
	return lmdb_err(rc);
}

/* Keeps LMDB's own code of the first change that failed: lmdb_update() decides by
 * it. */
static int
changed(struct lmdb *l, int rc)
{
	if (rc != 0 && rc != MDB_NOTFOUND && l->rc == 0)
		l->rc = rc;
	return lmdb_err(rc);
}

static int
put(struct lmdb *l, MDB_dbi dbi, struct span key, struct span value)
{
	MDB_val k, v;

	/* What is put may lie in a page of this transaction, which LMDB moves about. */
	strbuf_reset(&l->scratch);
	strbuf_put(&l->scratch, key.data, key.len);
	strbuf_put(&l->scratch, value.data, value.len);
	if (l->scratch.err != E_OK)
		return E_NOMEM;
	k = (MDB_val){key.len, l->scratch.data};
	v = (MDB_val){value.len, l->scratch.data + key.len};
	return changed(l, mdb_put(l->txn, dbi, &k, &v, 0));
}

static int
lmdb_put(struct store *store, unsigned table, struct span key, struct span value)
{
	struct lmdb *l = lmdb_of(store);

	return put(l, l->dbi[table], key, value);
}

static int
lmdb_del(struct store *store, unsigned table, struct span key)
{
	struct lmdb *l = lmdb_of(store);
	uint8_t copy[STORE_KEY_MAX];
	MDB_val k = {key.len, copy};

	memcpy(copy, key.data, key.len);
	return changed(l, mdb_del(l->txn, l->dbi[table], &k, NULL));
}

static int
lmdb_set_schema(struct store *store, uint32_t schema)
{
	struct lmdb *l = lmdb_of(store);
	const uint8_t bytes[4] = {(uint8_t)schema, (uint8_t)(schema >> 8),
	    (uint8_t)(schema >> 16), (uint8_t)(schema >> 24)};
	int err = put(l, l->own, span_str("schema"), span_of(bytes, sizeof bytes));

	if (err == E_OK)
		store->schema = schema;
	return err;
}

/* ---- cursors ---- */

static int
lmdb_cursor_open(struct store *store, unsigned table, struct store_cursor **cursor)
{
	struct lmdb *l = lmdb_of(store);
	struct lmdb_cursor *c = calloc(1, sizeof *c);
	int rc;

	if (c == NULL)
		return E_NOMEM;
	if ((rc = mdb_cursor_open(l->txn, l->dbi[table], &c->mc)) != 0) {
		free(c);
		return lmdb_err(rc);
	}
	*cursor = &c->base;
	return E_OK;
}

static void
lmdb_cursor_close(struct store_cursor *cursor)
{
	struct lmdb_cursor *c = (struct lmdb_cursor *)cursor;

	mdb_cursor_close(c->mc);
	free(c);
}

static int
lmdb_cursor_move(struct store_cursor *cursor, enum store_move move, struct span key,
    struct span *k, struct span *v)
{
	static const MDB_cursor_op ops[] = {
	    [STORE_FIRST] = MDB_FIRST,
	    [STORE_LAST] = MDB_LAST,
	    [STORE_RANGE] = MDB_SET_RANGE,
	    [STORE_NEXT] = MDB_NEXT,
	    [STORE_PREV] = MDB_PREV,
	};
	struct lmdb_cursor *c = (struct lmdb_cursor *)cursor;
	MDB_val mk = lmdb_val(key), mv = {0, NULL};
	int rc = mdb_cursor_get(c->mc, &mk, &mv, ops[move]);

	if (rc == 0) {
		*k = lmdb_span(mk);
		*v = lmdb_span(mv);
	}
	return lmdb_err(rc);
}

const struct store_engine lmdb_engine = {
    .close = lmdb_close,
    .read_begin = lmdb_read_begin,
    .read_end = lmdb_read_end,
    .version = lmdb_version,
    .update = lmdb_update,
    .get = lmdb_get,
    .count = lmdb_count,
    .put = lmdb_put,
    .del = lmdb_del,
    .set_schema = lmdb_set_schema,
    .cursor_open = lmdb_cursor_open,
    .cursor_close = lmdb_cursor_close,
    .cursor_move = lmdb_cursor_move,
    .copy = lmdb_copy,
    .inspect = lmdb_inspect,
};
