#include "manage/gateway_import.h"

#include <stdlib.h>

#include "base/eui.h"
#include "manage/bulk_read.h"

#define BATCH 500
#define BATCH_TEXT (4u << 20)
#define BATCH_MEMORY ((size_t)256 << 20)

const char *const bulk_format_words[] = {"guess", "csv", "json", NULL};
const char *const bulk_existing_words[] = {"update", "skip", "refuse", NULL};
const char *const bulk_outcome_words[] = {
    "created", "updated", "unchanged", "skipped", "refused", NULL};

struct importing {
	struct manage *m;
	const struct bulk_import *in;
	struct bulk_result *result;
	struct bulk_reader reader;
	struct arena work; /* of one attempt */
	struct bulk_item items[BATCH];
	size_t count;
	/* The attempt: these items, and where it broke off. */
	size_t from, to, failed;
	bool dirty, done;
};

static void
read_batch(struct importing *b)
{
	b->count = b->reader.bytes = 0;
	while (!b->reader.end && b->count < BATCH && b->reader.bytes < BATCH_TEXT)
		if (bulk_read(&b->reader, &b->items[b->count]) == E_OK)
			b->count++;
}

/* ---- one gateway ---------------------------------------------------------------------------- */

static int
find(struct importing *b, struct store_txn *txn, struct bulk_item *item,
    struct gateway *g)
{
	struct manage *m = b->m;
	char id[40];
	uint64_t eui;
	int err = E_NOTFOUND;

	if (item->id.len > 0) {
		const char *text = arena_dup(m->arena, item->id);

		if (text == NULL)
			return E_NOMEM;
		return registry_find_id(txn, &gateway_kind, text, m->arena, g);
	}
	if (item->eui.len == 0)
		return fault_set(
		    &m->fault, E_INVALID, "ids.gateway_id", "is required, or an EUI");
	if (!eui_parse(item->eui, &eui) || eui == 0)
		return fault_set(&m->fault, E_INVALID, "ids.eui",
		    "must be an EUI-64 of 16 hex digits that is not zero");
	eui_format(eui, id);
	err = manage_find_in(m, txn, &gateway_kind, id, g);
	if (err == E_NOTFOUND)
		m->fault = (struct fault){0};
	return err;
}

/* A new one without an ID is called as those that register themselves. */
static int
make(struct importing *b, struct store_txn *txn, struct bulk_item *item,
    struct gateway *g)
{
	char text[EUI_TEXT];
	uint64_t eui;
	int err;

	record_init(&gateway_kind, g);
	if ((err = registry_next_serial(txn, &g->serial)) != E_OK)
		return err;
	if (item->id.len == 0 && eui_parse(item->eui, &eui)) {
		eui_format_lower(eui, text);
		g->gateway_id = arena_printf(b->m->arena, "eui-%s", text);
		if (g->gateway_id == NULL)
			return E_NOMEM;
	}
	return E_OK;
}

static const char *
kept(struct importing *b, const char *text)
{
	const char *copy = text[0] != '\0' ? arena_strdup(&b->reader.batch, text) : "";

	return copy != NULL ? copy : "";
}

static const char *
changed_fields(
    struct importing *b, const struct gateway *before, const struct gateway *after)
{
	struct strbuf names;
	const char *copy;

	strbuf_init(&names, 8192);
	for (const struct field *f = gateway_kind.fields; f->number != 0; f++) {
		bool secret = f->type == FIELD_SEALED;

		if ((f->flags & FIELD_INTERNAL && !secret) ||
		    f->flags & FIELD_READONLY || field_equal(f, before, after))
			continue;
		strbuf_printf(&names, "%s%s", names.len > 0 ? ", " : "", f->name);
	}
	copy = kept(b, strbuf_str(&names));
	strbuf_clear(&names);
	return copy;
}

/* Without its value a key that is not here can only be left out, and that is said. */
static void
drop_key(struct importing *b, struct gateway_json *v, struct bulk_item *item)
{
	struct key key;

	if (v->key_id == NULL || v->key_id[0] == '\0' || v->key_value.len > 0 ||
	    registry_find_id(v->txn, &key_kind, v->key_id, b->m->arena, &key) !=
		E_NOTFOUND)
		return;
	v->key_id = NULL;
	item->told.note = "target_cups_key was left out: there is no such key, and its "
			  "value is not given";
}

static int
apply(struct importing *b, struct gateway_json *v, struct bulk_item *item,
    struct gateway *g)
{
	struct strbuf unknown;
	int err;

	strbuf_init(&unknown, 65536);
	v->unknown = &unknown;
	if (item->gateway != NULL)
		err = gateway_from_json(v, item->gateway, g);
	else
		err = gateway_columns_apply(
		    b->reader.columns, &item->row, b->in->clear, v, g);
	if (err == E_OK)
		err = unknown.err;
	item->told.ignored = kept(b, strbuf_str(&unknown));
	if (err == E_OK && b->in->strict &&
	    (unknown.len > 0 || (item->gateway == NULL && b->result->ignored[0] != 0)))
		err = fault_set(&b->m->fault, E_INVALID, NULL,
		    "has fields that are not known: %.150s",
		    unknown.len > 0 ? strbuf_str(&unknown) : b->result->ignored);
	strbuf_clear(&unknown);
	v->unknown = NULL;
	return err;
}

static int
judge_existing(struct importing *b, struct bulk_item *item, const struct gateway *g)
{
	if (g->deleted_at != 0)
		return fault_set(&b->m->fault, E_EXISTS, "ids.gateway_id",
		    "is a deleted gateway: restore it, or purge it to free its ID and "
		    "EUI");
	if (b->in->existing == BULK_REFUSE_THEM)
		return fault_set(
		    &b->m->fault, E_EXISTS, "ids.gateway_id", "is registered already");
	item->told.outcome =
	    b->in->existing == BULK_SKIP_THEM ? BULK_SKIPPED : BULK_UPDATED;
	return E_OK;
}

static int
take(struct importing *b, struct store_txn *txn, struct bulk_item *item)
{
	struct manage *m = b->m;
	struct gateway_json v = {.m = m, .txn = txn, .secrets = true};
	struct gateway before, after;
	bool changed = false, exists;
	int err = find(b, txn, item, &before);

	if (err != E_OK && err != E_NOTFOUND)
		return err;
	exists = err == E_OK;
	item->told.outcome = BULK_CREATED;
	if (exists) {
		if ((err = judge_existing(b, item, &before)) != E_OK ||
		    item->told.outcome == BULK_SKIPPED)
			return err;
		after = before;
	} else if ((err = make(b, txn, item, &after)) != E_OK) {
		return err;
	}
	if ((err = apply(b, &v, item, &after)) != E_OK)
		return err;
	drop_key(b, &v, item);
	b->dirty = true;
	err = gateway_store(&v, exists ? &before : NULL, &after, &changed);
	item->told.gateway_id = kept(b, after.gateway_id);
	if (err == E_OK && exists) {
		item->told.outcome = changed ? BULK_UPDATED : BULK_UNCHANGED;
		item->told.fields = changed ? changed_fields(b, &before, &after) : "";
	}
	return err;
}

/* ---- a batch ---------------------------------------------------------------------------------- */

/* Errors that are of this gateway alone. */
static bool
is_its_own(int err)
{
	return err == E_INVALID || err == E_EXISTS || err == E_NOTFOUND ||
	       err == E_STATE || err == E_DENIED || err == E_TOOBIG;
}

static int
run_items(struct manage *m, struct store_txn *txn, void *arg)
{
	struct importing *b = arg;
	int err = E_OK;

	b->done = false;
	b->failed = b->to;
	for (size_t i = b->from; i < b->to; i++) {
		struct bulk_item *item = &b->items[i];

		if (item->refused)
			continue;
		arena_reset(&b->work);
		m->fault = (struct fault){0};
		b->dirty = false;
		item->told.note = "";
		err = take(b, txn, item);
		if (err == E_OK)
			continue;
		if (!is_its_own(err))
			return err;
		bulk_refuse(item, err, &m->fault);
		/* Something of it may be written already. */
		if (b->dirty) {
			b->failed = i;
			return err;
		}
	}
	m->fault = (struct fault){0};
	b->done = true;
	return b->in->dry_run ? E_STALE : E_OK;
}

/* One that fails half-way takes the transaction with it; so those before it are done again
 * by themselves. */
static int
run_batch(struct importing *b)
{
	struct manage *m = b->m;
	struct arena *arena = m->arena;
	size_t end = b->count;
	int err = E_OK;

	b->from = 0;
	b->to = end;
	m->arena = &b->work;
	while (err == E_OK && b->from < end) {
		err = manage_update(m, run_items, b);
		if (b->done && b->in->dry_run && err == E_STALE)
			err = E_OK;
		if (err == E_OK) {
			b->from = b->to;
			b->to = end;
		} else if (b->failed < b->to) {
			b->to = b->failed > b->from ? b->failed : end;
			b->from += b->failed == b->from;
			err = E_OK;
		}
	}
	m->arena = arena;
	return err;
}

static int
tell_batch(struct importing *b)
{
	int err = E_OK;

	for (size_t i = 0; err == E_OK && i < b->count; i++) {
		const struct bulk_line *told = &b->items[i].told;

		b->result->counts[told->outcome]++;
		bulk_ignore_names(b->result, told->ignored);
		if (b->in->report != NULL)
			err = b->in->report(b->in->report_arg, told);
	}
	return err;
}

static void
forget_batch(struct importing *b)
{
	for (size_t i = 0; i < b->count; i++)
		json_free(b->items[i].root);
	b->count = 0;
	arena_reset(&b->reader.batch);
}

static int
import(struct importing *b)
{
	struct fault why;
	int err = bulk_read_begin(&b->reader);

	while (err == E_OK && !b->reader.end) {
		read_batch(b);
		err = run_batch(b);
		why = b->m->fault;
		if (err != E_OK && b->count > 0)
			fault_set(&b->m->fault, err, why.field,
			    "%.180s (from line %llu on nothing is stored)",
			    why.text[0] != '\0' ? why.text : err_text(err),
			    (unsigned long long)b->items[b->from].told.line);
		if (err == E_OK)
			err = tell_batch(b);
		forget_batch(b);
	}
	if (err == E_OK && b->reader.end_err != E_OK) {
		b->m->fault = b->reader.end_fault;
		err = b->m->fault.err = b->reader.end_err;
	}
	return err;
}

int
manage_gateway_import(
    struct manage *m, const struct bulk_import *in, struct bulk_result *result)
{
	struct importing *b = calloc(1, sizeof *b);
	int err;

	memset(result, 0, sizeof *result);
	m->fault = (struct fault){0};
	if (b == NULL)
		return E_NOMEM;
	b->m = m;
	b->in = in;
	b->result = result;
	b->reader.in = in;
	b->reader.result = result;
	b->reader.fault = &m->fault;
	strbuf_init(&b->reader.text, JSON_STREAM_OBJECT_MAX + 1);
	arena_init(&b->reader.file, 1 << 20);
	arena_init(&b->reader.batch, BATCH_MEMORY);
	arena_init(&b->work, BATCH_MEMORY);
	err = import(b);
	manage_failed(m, err);
	bulk_read_clear(&b->reader);
	arena_clear(&b->work);
	free(b);
	return err;
}
