/* Gateways that nobody registered, and those of them that nobody wants to hear of. */
#include <stdlib.h>

#include "base/eui.h"
#include "manage/adopt.h"

#define LIST_MAX (UNKNOWN_SETS * UNKNOWN_WAYS)

/* ---- the list ---------------------------------------------------------------------------- */

struct unknowns {
	struct unknown_sighting *list;
	size_t count;
};

static int
take(void *arg, uint64_t slot, const struct unknown_sighting *u)
{
	struct unknowns *all = arg;

	(void)slot;
	if (all->count < LIST_MAX)
		all->list[all->count++] = *u;
	return E_OK;
}

static int
newest_first(const void *a, const void *b)
{
	const struct unknown_sighting *x = a, *y = b;

	if (x->last_at != y->last_at)
		return x->last_at < y->last_at ? 1 : -1;
	return (x->eui > y->eui) - (x->eui < y->eui);
}

int
ignored_in(struct store_txn *txn, uint64_t eui, uint64_t *serial)
{
	char text[EUI_TEXT];

	eui_format(eui, text);
	return registry_find_serial(
	    txn, &ignored_kind, IGNORED_EUI, span_str(text), serial);
}

/* Takes those out that are ignored. */
static int
leave_out(struct manage *m, struct unknowns *all)
{
	struct store_txn *txn;
	uint64_t serial;
	size_t kept = 0;
	int err = store_read_begin(m->data->registry, &txn);

	if (err != E_OK)
		return err;
	for (size_t i = 0; i < all->count && (err == E_OK || err == E_NOTFOUND); i++) {
		err = ignored_in(txn, all->list[i].eui, &serial);
		if (err == E_NOTFOUND)
			all->list[kept++] = all->list[i];
	}
	all->count = kept;
	store_read_end(txn);
	return err == E_NOTFOUND ? E_OK : err;
}

static int
each(struct manage *m, bool ignored_too, manage_unknown_fn *fn, void *arg)
{
	struct unknowns all = {0};
	int err;

	if (m->data->unknown == NULL)
		return fault_set(&m->fault, E_NOTFOUND, NULL,
		    "the list of unknown gateways cannot be opened; see `gatehouse "
		    "check`");
	if ((all.list = calloc(LIST_MAX, sizeof *all.list)) == NULL)
		return manage_failed(m, E_NOMEM);
	err = unknown_each(m->data->unknown, take, &all);
	if (err == E_OK && !ignored_too)
		err = leave_out(m, &all);
	qsort(all.list, all.count, sizeof *all.list, newest_first);
	for (size_t i = 0; err == E_OK && i < all.count; i++)
		err = fn(m, &all.list[i], arg);
	free(all.list);
	return err == E_OK || err == E_AGAIN ? E_OK : manage_failed(m, err);
}

int
manage_unknowns(struct manage *m, manage_unknown_fn *fn, void *arg)
{
	return each(m, false, fn, arg);
}

int
manage_unknowns_all(struct manage *m, manage_unknown_fn *fn, void *arg)
{
	return each(m, true, fn, arg);
}

int
manage_unknown_forget(struct manage *m, uint64_t eui)
{
	int err = m->data->unknown != NULL ? unknown_forget(m->data->unknown, eui)
					   : E_NOTFOUND;

	return manage_failed(m, err);
}

/* ---- ignoring -------------------------------------------------------------------------------- */

struct ignoring {
	uint64_t eui;
	const char *note;
};

static int
ignore_in(struct manage *m, struct store_txn *txn, void *arg)
{
	const struct ignoring *i = arg;
	struct ignored before, after;
	char text[EUI_TEXT];
	int err;

	eui_format(i->eui, text);
	err = registry_find_id(txn, &ignored_kind, text, m->arena, &before);
	if (err == E_OK) {
		after = before;
		after.note = i->note;
		return manage_put_in(m, txn, &ignored_kind, &before, &after, "set");
	}
	if (err != E_NOTFOUND)
		return err;
	record_init(&ignored_kind, &after);
	if ((after.eui = arena_strdup(m->arena, text)) == NULL)
		return E_NOMEM;
	after.note = i->note;
	err = registry_next_serial(txn, &after.serial);
	return err == E_OK
		   ? manage_put_in(m, txn, &ignored_kind, NULL, &after, "ignore")
		   : err;
}

int
manage_unknown_ignore(struct manage *m, uint64_t eui, const char *note)
{
	struct ignoring i = {eui, note != NULL ? note : ""};

	if (eui == 0)
		return fault_set(&m->fault, E_INVALID, "eui", "must not be 0");
	return manage_update(m, ignore_in, &i);
}

int
ignored_end_in(struct manage *m, struct store_txn *txn, uint64_t eui)
{
	char text[EUI_TEXT];
	struct ignored record;
	int err;

	eui_format(eui, text);
	err = registry_find_id(txn, &ignored_kind, text, m->arena, &record);
	return err == E_OK ? manage_remove_in(m, txn, &ignored_kind, &record, "notice")
			   : err;
}

static int
notice_in(struct manage *m, struct store_txn *txn, void *arg)
{
	int err = ignored_end_in(m, txn, *(const uint64_t *)arg);

	return err == E_NOTFOUND
		   ? fault_set(&m->fault, err, NULL, "this EUI is not ignored")
		   : err;
}

int
manage_unknown_notice(struct manage *m, uint64_t eui)
{
	return manage_update(m, notice_in, &eui);
}
