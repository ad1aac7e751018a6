/* Going through the records of a kind. */
#include "base/wire.h"
#include "manage/manage.h"
#include "registry/audit.h"

/* One record may be as large as a store's value; a million of them must not stay. */
#define RECORD_MEMORY (4 << 20)

struct listing {
	struct manage *m;
	struct store_txn *txn;
	const struct record_kind *kind;
	uint64_t limit, shown;
	manage_record_fn *fn;
	void *arg;
};

static int
list_one(void *arg, uint64_t serial)
{
	struct listing *l = arg;
	struct arena work, *kept = l->m->arena;
	void *record;
	int err;

	arena_init(&work, RECORD_MEMORY);
	if ((record = arena_alloc(&work, l->kind->size)) == NULL)
		return E_NOMEM;
	err = registry_get(l->txn, l->kind, serial, &work, record);
	if (err == E_OK) {
		l->m->arena = &work;
		err = l->fn(l->m, l->txn, record, l->arg);
		l->m->arena = kept;
	}
	if (err == E_OK && ++l->shown == l->limit)
		err = E_AGAIN; /* enough */
	arena_clear(&work);
	return err;
}

int
manage_list(struct manage *m, const struct record_kind *kind, uint64_t after,
    uint64_t limit, manage_record_fn *fn, void *arg)
{
	struct listing l = {m, NULL, kind, limit, 0, fn, arg};
	int err = store_read_begin(m->data->registry, &l.txn);

	if (err == E_OK) {
		err = registry_list(l.txn, kind, after, list_one, &l);
		store_read_end(l.txn);
	}
	if (err == E_OK || err == E_AGAIN)
		return E_OK;
	return manage_failed(m, err);
}

/* ---- the audit log, newest first --------------------------------------------------------- */

#define LOOK_MAX 20000

struct looking {
	struct listing l;
	const struct audit_filter *filter;
	uint64_t looked, *next;
};

static bool
is_any(const char *text)
{
	return text == NULL || text[0] == '\0';
}

static bool
entry_fits(const struct audit_filter *f, const struct audit *e)
{
	return (is_any(f->kind) || strcmp(e->kind, f->kind) == 0) &&
	       (is_any(f->id) || strcmp(e->id, f->id) == 0) &&
	       (is_any(f->action) || strstr(e->action, f->action) != NULL) &&
	       (is_any(f->by) || strstr(e->actor, f->by) != NULL);
}

static int
pass_entry(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	struct looking *k = arg;

	if (!entry_fits(k->filter, record))
		return E_OK;
	k->l.shown++;
	return k->l.fn(m, txn, record, k->l.arg);
}

static int
look_at_entry(void *arg, uint64_t serial)
{
	struct looking *k = arg;
	struct listing one = {k->l.m, k->l.txn, &audit_kind, 0, 0, pass_entry, k};
	int err = list_one(&one, serial);

	/* `check` tells of a damaged one; the others are still what was done. */
	if (err == E_CORRUPT || err == E_VERSION)
		err = E_OK;
	*k->next = serial;
	if (err == E_OK && (k->l.shown == k->filter->limit || ++k->looked == LOOK_MAX))
		err = E_AGAIN;
	return err;
}

int
manage_audit(struct manage *m, const struct audit_filter *filter, manage_record_fn *fn,
    void *arg, uint64_t *next)
{
	struct looking k = {
	    {m, NULL, &audit_kind, filter->limit, 0, fn, arg}, filter, 0, next};
	uint8_t key[8];
	int err = store_read_begin(m->data->registry, &k.l.txn);

	*next = 0;
	if (err != E_OK)
		return manage_failed(m, err);
	wire_key64(key, filter->record);
	err = registry_list_back(k.l.txn, &audit_kind,
	    filter->record != 0 ? AUDIT_RECORD : 0, span_of(key, sizeof key),
	    filter->before, look_at_entry, &k);
	store_read_end(k.l.txn);
	if (err == E_OK)
		*next = 0;
	return err == E_AGAIN ? E_OK : manage_failed(m, err);
}
