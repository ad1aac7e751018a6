#include "admin/page_audit.h"

#include "admin/page_gateway.h"
#include "admin/widget.h"
#include "base/wire.h"
#include "registry/audit.h"

/* ---- from the newest backwards ------------------------------------------------------------- */

struct filter {
	const char *kind, *id, *actor; /* "": any */
};

static bool
fits(const struct filter *f, const struct audit *a)
{
	return (f->kind[0] == '\0' || strcmp(a->kind, f->kind) == 0) &&
	       (f->id[0] == '\0' || strcmp(a->id, f->id) == 0) &&
	       (f->actor[0] == '\0' || strstr(a->actor, f->actor) != NULL);
}

/* So many entries are looked at for one page at most. */
#define LOOK_MAX 20000

static int
put_entries(struct visit *v, struct store_txn *txn, const struct filter *f,
    uint64_t before, uint64_t *next)
{
	struct store_cursor *cursor;
	struct span key, value;
	uint8_t bytes[8];
	size_t shown = 0, looked = 0;
	struct arena work;
	struct audit a;
	int err = store_cursor_open(txn, TABLE_AUDIT, &cursor);

	if (err != E_OK)
		return err;
	wire_key64(bytes, before);
	arena_init(&work, 4 << 20);
	err = store_cursor_seek_before(
	    cursor, before != 0 ? span_of(bytes, 8) : span_of(NULL, 0), &key, &value);
	while (err == E_OK && shown < PAGE_ROWS && looked++ < LOOK_MAX) {
		uint64_t serial = wire_unkey64(key.data);

		arena_reset(&work);
		if (record_decode(&audit_kind, serial, value, &work, &a) == E_OK &&
		    fits(f, &a)) {
			audit_row(&v->m, txn, &a, v);
			shown++;
		}
		*next = serial;
		err = store_cursor_prev(cursor, &key, &value);
	}
	if (err == E_NOTFOUND)
		*next = 0;
	arena_clear(&work);
	store_cursor_close(cursor);
	return err == E_NOTFOUND ? E_OK : err;
}

int
page_audit(struct visit *v)
{
	struct filter f = {
	    visit_query(v, "kind"), visit_query(v, "id"), visit_query(v, "actor")};
	struct store_txn *txn;
	uint64_t next = 0;
	int err;

	page_begin(v, "Audit log");
	filter_begin(v);
	filter_text(v, "actor", "Who");
	filter_text(v, "kind", "Kind");
	filter_text(v, "id", "ID");
	filter_end(v);
	table_begin(v, "Changes, newest first", audit_titles);
	if ((err = store_read_begin(v->admin->data.registry, &txn)) != E_OK)
		return err;
	err = put_entries(v, txn, &f, pager_after(v), &next);
	store_read_end(txn);
	table_end(v);
	if (err != E_OK)
		return err;
	pager(v, next);
	return page_end(v);
}
