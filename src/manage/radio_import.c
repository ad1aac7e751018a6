#include "manage/radio_import.h"

#include "registry/template.h"

static void
set_time(const struct record_kind *kind, const char *name, void *record, int64_t t)
{
	*(int64_t *)field_at(field_by_name(kind, name), record) = t;
}

static int *
source_of(const struct record_kind *kind, void *record)
{
	return field_at(field_by_name(kind, "source"), record);
}

/* Is there anything new in it? */
static bool
is_same(const struct record_kind *kind, const void *old, const void *new)
{
	for (const struct field *f = kind->fields; f->number != 0; f++)
		if (f->type != FIELD_TIME && strcmp(f->name, "origin") != 0 &&
		    !field_equal(f, old, new))
			return false;
	return true;
}

static int
put(struct manage *m, struct store_txn *txn, const struct import_batch *b,
    const void *old, void *new)
{
	int err;

	if (!b->shipped)
		return manage_put_in(m, txn, b->kind, old, new, "import");
	/* What comes with Gatehouse leaves one entry for all in the audit log. */
	set_time(b->kind, "updated_at", new, m->now);
	if (old == NULL)
		set_time(b->kind, "created_at", new, m->now);
	err = registry_put(txn, b->kind, new, m->arena, &m->fault);
	return err;
}

static int
store_one(struct manage *m, struct store_txn *txn, const struct import_batch *b,
    void *record, enum import_outcome *outcome)
{
	const struct record_kind *kind = b->kind;
	const struct field *created = field_by_name(kind, "created_at");
	void *old = arena_alloc(m->arena, kind->size);
	int err;

	if (old == NULL)
		return E_NOMEM;
	*source_of(kind, record) = b->shipped ? SOURCE_SHIPPED : SOURCE_IMPORTED;
	err = registry_find_id(txn, kind, record_id(kind, record), m->arena, old);
	if (err == E_NOTFOUND) {
		*outcome = IMPORT_ADDED;
		err = registry_next_serial(txn, record);
		return err == E_OK ? put(m, txn, b, NULL, record) : err;
	}
	if (err != E_OK)
		return err;
	if (b->shipped && !b->replace && *source_of(kind, old) == SOURCE_IMPORTED) {
		*outcome = IMPORT_KEPT;
		return E_OK;
	}
	*(uint64_t *)record = *(const uint64_t *)old;
	*(int64_t *)field_at(created, record) = *(int64_t *)field_at(created, old);
	if (is_same(kind, old, record)) {
		*outcome = IMPORT_SAME;
		return E_OK;
	}
	*outcome = IMPORT_CHANGED;
	return put(m, txn, b, old, record);
}

/* What was done with what came with Gatehouse, as JSON for the audit log. */
static int
note_shipped(struct manage *m, struct store_txn *txn, const struct import_batch *b)
{
	struct strbuf text;
	struct json_out j;
	const char *copy;

	if (b->counts[IMPORT_ADDED] + b->counts[IMPORT_CHANGED] == 0)
		return E_OK;
	strbuf_init(&text, 256);
	json_init(&j, &text, NULL);
	json_object(&j);
	json_key_uint(&j, "added", b->counts[IMPORT_ADDED]);
	json_key_uint(&j, "changed", b->counts[IMPORT_CHANGED]);
	json_object_end(&j);
	copy = strbuf_keep_text(&text, m->arena);
	if (copy == NULL)
		return E_NOMEM;
	return manage_note_in(m, txn, "import-shipped", b->kind->name, "", copy);
}

/* May run more than once. */
static int
store_all(struct manage *m, struct store_txn *txn, void *arg)
{
	struct import_batch *b = arg;
	int err = E_OK;

	memset(b->counts, 0, (IMPORT_REFUSED + 1) * sizeof *b->counts);
	for (size_t i = 0; err == E_OK && i < b->count; i++) {
		b->outcomes[i] = IMPORT_REFUSED;
		if (b->records[i] != NULL)
			err = store_one(m, txn, b, b->records[i], &b->outcomes[i]);
		b->counts[b->outcomes[i]]++;
	}
	return err == E_OK && b->shipped ? note_shipped(m, txn, b) : err;
}

int
import_begin(struct manage *m, const struct radio_kind *radio, size_t count,
    const struct plan_importing *how, struct import_batch *batch,
    struct import_result *result)
{
	*result = (struct import_result){
	    .outcomes = arena_zalloc(m->arena, count, sizeof *result->outcomes)};
	*batch = (struct import_batch){.kind = radio->kind,
	    .records = arena_zalloc(m->arena, count, sizeof *batch->records),
	    .count = count,
	    .shipped = how->shipped,
	    .replace = how->replace,
	    .outcomes = result->outcomes,
	    .counts = result->counts};
	return batch->records != NULL && batch->outcomes != NULL ? E_OK : E_NOMEM;
}

int
import_store(struct manage *m, struct import_batch *batch)
{
	return manage_update(m, store_all, batch);
}

int
import_warnings(
    const struct findings *findings, struct arena *arena, struct text_list *list)
{
	const char **items = arena_zalloc(arena, findings->warnings + 1, sizeof *items);
	struct strbuf line;
	size_t n = 0;

	if (items == NULL)
		return E_NOMEM;
	strbuf_init(&line, 8192);
	for (const struct finding *f = findings->first; f != NULL; f = f->next) {
		if (f->error || n == FINDINGS_MAX)
			continue;
		strbuf_reset(&line);
		finding_print(f, &line);
		items[n] = arena_dup(arena, span_trim(strbuf_span(&line)));
		if (items[n++] == NULL) {
			strbuf_clear(&line);
			return E_NOMEM;
		}
	}
	strbuf_clear(&line);
	*list = (struct text_list){items, n};
	return E_OK;
}

const char *
import_outcome_name(enum import_outcome o)
{
	static const char *const names[] = {
	    "added", "changed", "same", "kept", "refused"};

	return names[o];
}

/* ---- in use ---------------------------------------------------------------------------- */

struct search {
	struct manage *m;
	struct store_txn *txn;
	const struct radio_kind *radio;
	const char *id;
};

static int
refuse_gateway(void *arg, uint64_t serial)
{
	struct search *s = arg;
	struct gateway g;
	int err = registry_get(s->txn, &gateway_kind, serial, s->m->arena, &g);

	if (err != E_OK)
		return err;
	return fault_set(&s->m->fault, E_STATE, NULL,
	    "%.64s is used by the gateway %s%s", s->id, g.gateway_id,
	    g.deleted_at != 0 ? " (which is deleted)" : "");
}

static bool
names(const struct search *s, const void *record)
{
	const char *at = (const char *)record + s->radio->template_offset;
	const struct text_list *list = (const struct text_list *)at;

	return s->radio->template_list ? text_list_has(list, s->id)
				       : strcmp(*(const char *const *)at, s->id) == 0;
}

static int
refuse_template(void *arg, uint64_t serial)
{
	struct search *s = arg;
	struct gateway_template t;
	int err = registry_get(s->txn, &template_kind, serial, s->m->arena, &t);

	if (err != E_OK || !names(s, &t))
		return err;
	return fault_set(&s->m->fault, E_STATE, NULL,
	    "%.64s is used by the template %s", s->id, t.template_id);
}

static int
remove_in(struct manage *m, struct store_txn *txn, void *arg)
{
	struct search *s = arg;
	const struct record_kind *kind = s->radio->kind;
	void *record = arena_alloc(m->arena, kind->size);
	int err;

	s->txn = txn;
	if (record == NULL)
		return E_NOMEM;
	if ((err = manage_find_in(m, txn, kind, s->id, record)) != E_OK ||
	    (err = manage_check_version(m, kind, record)) != E_OK ||
	    (err = registry_list_by(txn, &gateway_kind, s->radio->gateway_field,
		 span_str(s->id), 0, refuse_gateway, s)) != E_OK ||
	    (err = registry_list(txn, &template_kind, 0, refuse_template, s)) != E_OK)
		return err;
	return manage_remove_in(m, txn, kind, record, "delete");
}

int
import_remove(struct manage *m, const struct radio_kind *radio, const char *id)
{
	struct search s = {.m = m, .radio = radio, .id = id};

	return manage_update(m, remove_in, &s);
}

static int
count_one(void *arg, uint64_t serial)
{
	(void)serial;
	++*(uint64_t *)arg;
	return E_OK;
}

int
import_uses(
    struct manage *m, const struct radio_kind *radio, const char *id, uint64_t *count)
{
	struct store_txn *txn;
	int err = store_read_begin(m->data->registry, &txn);

	*count = 0;
	if (err == E_OK) {
		err = registry_list_by(txn, &gateway_kind, radio->gateway_field,
		    span_str(id), 0, count_one, count);
		store_read_end(txn);
	}
	return manage_failed(m, err);
}

/* ---- one of them ------------------------------------------------------------------------ */

int
import_decoded(
    struct manage *m, const struct radio_kind *radio, const char *id, int err)
{
	return err == E_OK ? E_OK
			   : fault_set(&m->fault, err, NULL, "the %s %.64s: %s",
				 radio->what, id, err_text(err));
}
