#include "manage/tick.h"

#include "manage/firmware_care.h"
#include "manage/upload.h"
#include "registry/audit.h"

#define BATCH 500
#define WORK_MEMORY (4 << 20)

/* ---- the audit log ------------------------------------------------------------------------ */

struct trimming {
	int64_t before; /* entries that are older go */
	uint64_t serials[BATCH];
	size_t count;
	struct store_txn *txn;
	struct arena work;
};

/* Serial numbers rise with time, so the first one that is young enough is the last to be
 * looked at. */
static int
collect(void *arg, uint64_t serial)
{
	struct trimming *t = arg;
	struct audit a;
	int err;

	if (t->count == BATCH)
		return E_AGAIN;
	err = registry_get(t->txn, &audit_kind, serial, &t->work, &a);
	arena_reset(&t->work);
	if (err != E_OK && err != E_CORRUPT && err != E_VERSION)
		return err;
	if (err != E_OK)
		return E_OK; /* damaged: `check` speaks of it */
	if (a.at >= t->before)
		return E_AGAIN;
	t->serials[t->count++] = serial;
	return E_OK;
}

static int
trim_in(struct manage *m, struct store_txn *txn, void *arg)
{
	struct trimming *t = arg;
	int err;

	(void)m;
	t->count = 0;
	t->txn = txn;
	err = registry_list(txn, &audit_kind, 0, collect, t);
	if (err == E_AGAIN)
		err = E_OK;
	for (size_t i = 0; err == E_OK && i < t->count; i++) {
		err = registry_remove(txn, &audit_kind, t->serials[i], &t->work);
		arena_reset(&t->work);
	}
	return err;
}

static int
trim_audit(struct manage *m, int64_t keep, uint64_t *trimmed)
{
	struct trimming *t = arena_zalloc(m->arena, 1, sizeof *t);
	int err;

	if (t == NULL)
		return E_NOMEM;
	t->before = m->now - keep;
	do {
		arena_init(&t->work, WORK_MEMORY);
		err = manage_update(m, trim_in, t);
		arena_clear(&t->work);
		if (err == E_OK)
			*trimmed += t->count;
	} while (err == E_OK && t->count == BATCH);
	return err;
}

/* ---- what is only told --------------------------------------------------------------------- */

static int
see_key(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct key *key = record;
	struct ticked *done = arg;

	(void)txn;
	if (key->revoked_at != 0)
		done->keys_revoked++;
	else if (key->expires_at != 0 && key->expires_at <= m->now)
		done->keys_expired++;
	return E_OK;
}

static int
clear_readers(struct store *store, unsigned *stale)
{
	struct store_info info;
	int err = store_inspect(store, &info);

	if (err == E_OK)
		*stale += info.stale;
	return err;
}

int
manage_tick(struct manage *m, const struct ticking *how, struct ticked *done)
{
	int err, keys = E_OK;

	memset(done, 0, sizeof *done);
	err = clear_readers(m->data->registry, &done->stale_readers);
	if (err == E_OK)
		err = clear_readers(m->data->ledger, &done->stale_readers);
	if (err == E_OK)
		err = firmware_tick(m, done);
	if (err == E_OK)
		err = manage_uploads_collect(m, &done->uploads_removed);
	if (err == E_OK && how->keep_audit > 0)
		err = trim_audit(m, how->keep_audit, &done->audit_trimmed);
	/* A damaged one must not keep the rest from being done. */
	if (err == E_OK)
		keys = manage_list(m, &key_kind, 0, 0, see_key, done);
	if (err == E_OK)
		err = manage_overview_count(m, &done->overview);
	done->gateways_deleted = done->overview.deleted;
	/* Last, since servers may let us wait. */
	if (err == E_OK)
		err = manage_trust_work(m, &how->trust, NULL, NULL, &done->trusts);
	if (err == E_OK && keys != E_OK)
		return fault_set(&m->fault, keys, NULL,
		    "all is done, but the keys could not be looked through: `gatehouse "
		    "check` says why");
	return manage_failed(m, err);
}
