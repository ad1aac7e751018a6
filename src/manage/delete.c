/* Deleting records of any kind: refused while another one names or needs them. */
#include "base/wire.h"
#include "manage/needed.h"
#include "manage/release.h"

static int
take_first(void *arg, uint64_t serial)
{
	*(uint64_t *)arg = serial;
	return E_AGAIN;
}

/* The words name one of those that use it. */
static int
used_by(struct manage *m, struct store_txn *txn, const struct record_kind *user,
    const struct field *f, struct span key)
{
	void *record = arena_alloc(m->arena, user->size);
	uint64_t serial = 0;
	const char *id = "";

	registry_list_by(txn, user, f->number, key, 0, take_first, &serial);
	if (record != NULL && registry_get(txn, user, serial, m->arena, record) == E_OK)
		id = record_id(user, record);
	return fault_set(&m->fault, E_STATE, NULL,
	    "is used by the field %s of a %s%s%.64s%s", f->name, user->name,
	    id[0] != '\0' ? " (" : "", id, id[0] != '\0' ? ")" : "");
}

/* Refuses while an indexed reference of some kind names the record. */
static int
refuse_in_use(struct manage *m, struct store_txn *txn, const struct record_kind *kind,
    uint64_t serial)
{
	uint8_t key[8];

	wire_key64(key, serial);
	for (size_t i = 0; registry_kinds[i] != NULL; i++) {
		const struct record_kind *user = registry_kinds[i];

		for (const struct field *f = user->fields; f->number != 0; f++)
			if (f->type == FIELD_REF && f->of == kind &&
			    f->flags & FIELD_INDEXED &&
			    registry_has(txn, user, f->number, span_of(key, 8)))
				return used_by(m, txn, user, f, span_of(key, 8));
	}
	return E_OK;
}

struct deletion {
	const struct record_kind *kind;
	const char *id;
};

static int
delete_in(struct manage *m, struct store_txn *txn, void *arg)
{
	struct deletion *d = arg;
	void *record = arena_alloc(m->arena, d->kind->size);
	void *after = arena_alloc(m->arena, d->kind->size);
	int err;

	if (record == NULL || after == NULL)
		return E_NOMEM;
	if ((err = manage_find_in(m, txn, d->kind, d->id, record)) != E_OK ||
	    (err = manage_check_version(m, d->kind, record)) != E_OK)
		return err;
	if (d->kind != &gateway_kind) {
		err = refuse_in_use(m, txn, d->kind, *(uint64_t *)record);
		if (err == E_OK)
			err = needed_refuse_in(m, txn, d->kind, record);
		if (err == E_OK)
			err = release_leaving(m, txn, d->kind, record);
		return err != E_OK
			   ? err
			   : manage_remove_in(m, txn, d->kind, record, "delete");
	}
	if (((struct gateway *)record)->deleted_at != 0)
		return fault_set(
		    &m->fault, E_STATE, NULL, "%.64s is deleted already", d->id);
	memcpy(after, record, d->kind->size);
	((struct gateway *)after)->deleted_at = m->now;
	return manage_put_in(m, txn, d->kind, record, after, "delete");
}

int
manage_delete(struct manage *m, const struct record_kind *kind, const char *id)
{
	struct deletion d = {kind, id};
	int err = needed_refuse(m, kind, id);

	return err == E_OK ? manage_update(m, delete_in, &d) : err;
}
