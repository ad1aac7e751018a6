/* Changes of records of any kind, each with its audit entry. */
#include <stdarg.h>
#include <stdio.h>

#include "base/eui.h"
#include "base/hex.h"
#include "base/wire.h"
#include "crypto/digest.h"
#include "manage/account.h"
#include "manage/activation.h"
#include "manage/audit.h"
#include "manage/release.h"
#include "manage/overrides.h"
#include "registry/record_text.h"

struct record_view
manage_view(struct manage *m, struct store_txn *txn, bool secrets)
{
	return (struct record_view){.txn = txn,
	    .arena = m->arena,
	    .now = m->now,
	    .open_secret = secrets ? manage_open_field : NULL,
	    .set_secret = manage_set_secret,
	    .arg = m};
}

int
manage_failed(struct manage *m, int err)
{
	if (err != E_OK && (m->fault.err != err || m->fault.text[0] == '\0'))
		fault_set(&m->fault, err, NULL, "%s", err_text(err));
	return err;
}

void
manage_say(struct manage *m, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	if (m->say == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	m->say(m->say_arg, text);
}

void
manage_say_later(struct manage *m, const char *fmt, ...)
{
	struct manage_later *row, *last = NULL;
	char text[512], *copy = NULL;
	size_t alike = 0;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	for (row = m->later; row < m->later + m->later_count; row++) {
		if (strcmp(row->text, text) == 0)
			return;
		if (row->kind == fmt) {
			last = row;
			alike++;
		}
	}
	if (alike < MANAGE_LATER_ALIKE && m->later_count < MANAGE_LATER)
		copy = arena_strdup(m->arena, text);
	if (copy != NULL)
		m->later[m->later_count++] =
		    (struct manage_later){.kind = fmt, .text = copy};
	else if (last != NULL)
		last->more++;
	else
		m->later_left++;
}

static void
say_what_was_kept(struct manage *m)
{
	for (const struct manage_later *row = m->later; row < m->later + m->later_count;
	     row++) {
		manage_say(m, "%s", row->text);
		if (row->more > 0)
			manage_say(m, "and %zu more of the same kind", row->more);
	}
	if (m->later_left > 0)
		manage_say(m, "and %zu more of other kinds", m->later_left);
}

/* ---- transactions ----------------------------------------------------------------------- */

struct update {
	struct manage *m;
	manage_update_fn *fn;
	void *arg;
};

static int
run_update(struct store_txn *txn, void *arg)
{
	struct update *u = arg;

	u->m->fault = (struct fault){0};
	u->m->later_count = u->m->later_left = 0;
	return u->fn(u->m, txn, u->arg);
}

int
manage_update(struct manage *m, manage_update_fn *fn, void *arg)
{
	struct update u = {m, fn, arg};
	int err = store_update(m->data->registry, m->wait_ms, run_update, &u);

	manage_failed(m, err);
	if (err == E_OK)
		say_what_was_kept(m);
	m->later_count = m->later_left = 0;
	return err;
}

int
manage_find_in(struct manage *m, struct store_txn *txn, const struct record_kind *kind,
    const char *id, void *record)
{
	int err = registry_find_id(txn, kind, id, m->arena, record);
	uint8_t key[8];
	uint64_t eui;

	if (err == E_NOTFOUND && kind == &gateway_kind &&
	    eui_parse(span_str(id), &eui)) {
		wire_key64(key, eui);
		err = registry_find(
		    txn, kind, GATEWAY_EUI, span_of(key, 8), m->arena, record);
	}
	if (err == E_NOTFOUND)
		return fault_set(
		    &m->fault, err, NULL, "there is no %s %.64s", kind->name, id);
	return err;
}

int
manage_version(
    const struct record_kind *kind, const void *record, char out[MANAGE_VERSION])
{
	uint8_t digest[SHA256_SIZE];
	struct strbuf bytes;
	int err;

	strbuf_init(&bytes, STORE_VALUE_MAX);
	record_encode(kind, record, &bytes);
	err = bytes.err;
	if (err == E_OK)
		err = sha256(strbuf_span(&bytes), digest);
	strbuf_clear(&bytes);
	if (err == E_OK)
		hex_encode(digest, (MANAGE_VERSION - 1) / 2, out);
	return err;
}

int
manage_check_version(
    struct manage *m, const struct record_kind *kind, const void *record)
{
	char version[MANAGE_VERSION];
	int err;

	if (m->expected == NULL)
		return E_OK;
	if ((err = manage_version(kind, record, version)) != E_OK)
		return err;
	if (strcmp(version, m->expected) == 0)
		return E_OK;
	return fault_set(
	    &m->fault, E_STALE, NULL, "somebody else has changed it meanwhile");
}

/* ---- storing ------------------------------------------------------------------------------ */

static void
stamp(const struct record_kind *kind, const char *name, void *record, int64_t now)
{
	const struct field *f = field_by_name(kind, name);

	if (f != NULL && f->type == FIELD_TIME)
		*(int64_t *)field_at(f, record) = now;
}

int
manage_put_in(struct manage *m, struct store_txn *txn, const struct record_kind *kind,
    const void *before, void *after, const char *action)
{
	int err;

	if (before == NULL)
		stamp(kind, "created_at", after, m->now);
	stamp(kind, "updated_at", after, m->now);
	if (kind == &gateway_kind && before != NULL &&
	    ((const struct gateway *)after)->deleted_at != 0 &&
	    (err = manage_alive(m, before)) != E_OK)
		return err;
	if (kind == &gateway_kind && (err = gateway_taken(m, txn, after)) != E_OK)
		return err;
	if (kind == &gateway_kind &&
	    ((err = activation_gateway_entered(m, txn, before, after)) != E_OK ||
		(err = overrides_entered(m, txn, before, after)) != E_OK))
		return err;
	if (kind == &account_kind &&
	    (err = account_entered(m, txn, before, after)) != E_OK)
		return err;
	if ((err = release_entered(m, txn, kind, before, after)) != E_OK ||
	    (err = registry_put(txn, kind, after, m->arena, &m->fault)) != E_OK ||
	    (err = audit_change(m, txn, kind, before, after, action)) != E_OK)
		return err;
	return kind == &key_kind ? activation_key_changed(m, txn, before, after) : E_OK;
}

int
manage_remove_in(struct manage *m, struct store_txn *txn,
    const struct record_kind *kind, const void *record, const char *action)
{
	int err = E_OK;

	if (kind == &account_kind)
		err = account_entered(m, txn, record, NULL);
	if (err == E_OK)
		err = registry_remove(txn, kind, *(const uint64_t *)record, m->arena);
	if (err != E_OK ||
	    (err = audit_change(m, txn, kind, record, NULL, action)) != E_OK)
		return err;
	return kind == &key_kind ? activation_key_changed(m, txn, record, NULL) : E_OK;
}

struct change {
	const struct record_kind *kind;
	const char *id, *action;
	manage_edit_fn *fn;
	void *arg;
	uint64_t serial;
};

static int
change_in(struct manage *m, struct store_txn *txn, void *arg)
{
	struct change *c = arg;
	void *before = arena_alloc(m->arena, c->kind->size);
	void *after = arena_alloc(m->arena, c->kind->size);
	int err;

	if (before == NULL || after == NULL)
		return E_NOMEM;
	if (c->id != NULL) {
		err = manage_find_in(m, txn, c->kind, c->id, before);
		if (err == E_OK)
			err = manage_check_version(m, c->kind, before);
		if (err == E_OK)
			memcpy(after, before, c->kind->size);
	} else {
		before = NULL;
		record_init(c->kind, after);
		err = registry_next_serial(txn, after);
	}
	if (err == E_OK)
		err = c->fn(m, txn, after, c->arg);
	if (err != E_OK)
		return err;
	c->serial = *(uint64_t *)after;
	return manage_put_in(m, txn, c->kind, before, after, c->action);
}

int
manage_change(struct manage *m, const struct record_kind *kind, const char *id,
    const char *action, manage_edit_fn *fn, void *arg, uint64_t *serial)
{
	struct change c = {kind, id, action, fn, arg, 0};
	int err = manage_update(m, change_in, &c);

	if (err == E_OK && serial != NULL)
		*serial = c.serial;
	return err;
}

/* ---- edits -------------------------------------------------------------------------------- */

struct edits {
	const struct record_kind *kind;
	const struct edit *list;
	size_t count;
};

/* A gateway must not be given the key of another one. */
static int
check_wanted_key(struct manage *m, struct store_txn *txn, const struct gateway *g)
{
	struct key key;
	int err;

	if (g->target_cups_key == 0)
		return E_OK;
	err = registry_get(txn, &key_kind, g->target_cups_key, m->arena, &key);
	if (err == E_OK && key.gateway != 0 && key.gateway != g->serial)
		return fault_set(&m->fault, E_INVALID, "target_cups_key",
		    "the key %s opens another gateway", key.key_id);
	if (err == E_OK && key.value.sealed.len == 0)
		return fault_set(&m->fault, E_INVALID, "target_cups_key",
		    "of the key %s only the digest is kept here, so it cannot be sent; "
		    "see `gatehouse key import`",
		    key.key_id);
	return err == E_NOTFOUND ? E_OK : err;
}

static int
apply_edits(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	const struct edits *e = arg;
	struct record_view view = manage_view(m, txn, false);
	bool key = false;
	int err = E_OK;

	for (size_t i = 0; err == E_OK && i < e->count; i++) {
		const struct field *f = field_by_name(e->kind, e->list[i].field);

		if (f == NULL || f->flags & FIELD_INTERNAL)
			return fault_set(&m->fault, E_INVALID, e->list[i].field,
			    "a %s has no such field", e->kind->name);
		if (f->flags & FIELD_READONLY)
			return fault_set(
			    &m->fault, E_INVALID, f->name, "is set by Gatehouse alone");
		err = record_field_from_text(
		    e->kind, f, e->list[i].text, &view, record, &m->fault);
		key |= e->kind == &gateway_kind && f->of == &key_kind;
	}
	return err == E_OK && key ? check_wanted_key(m, txn, record) : err;
}

int
manage_edit_in(struct manage *m, struct store_txn *txn, const struct record_kind *kind,
    void *record, const struct edit *edits, size_t count)
{
	struct edits e = {kind, edits, count};

	return apply_edits(m, txn, record, &e);
}

int
manage_add(struct manage *m, const struct record_kind *kind, const struct edit *edits,
    size_t count, uint64_t *serial)
{
	struct edits e = {kind, edits, count};

	return manage_change(m, kind, NULL, "add", apply_edits, &e, serial);
}

int
manage_set(struct manage *m, const struct record_kind *kind, const char *id,
    const struct edit *edits, size_t count)
{
	struct edits e = {kind, edits, count};

	return manage_change(m, kind, id, "set", apply_edits, &e, NULL);
}

int
manage_get(
    struct manage *m, const struct record_kind *kind, const char *id, void *record)
{
	struct store_txn *txn;
	int err = store_read_begin(m->data->registry, &txn);

	if (err != E_OK)
		return manage_failed(m, err);
	err = manage_find_in(m, txn, kind, id, record);
	store_read_end(txn);
	return manage_failed(m, err);
}
