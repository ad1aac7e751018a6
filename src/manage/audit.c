#include "manage/audit.h"

#include "registry/audit.h"
#include "registry/record_text.h"

#define VALUE_MAX 65536 /* a longer one is told as that */

/* The fields that differ, as JSON; a secret shows only that there is one. NULL when there is
 * no memory: nothing may change without it. */
static const char *
diff_json(struct manage *m, struct store_txn *txn, const struct record_kind *kind,
    const void *record, const void *other)
{
	struct record_view view = manage_view(m, txn, false);
	struct strbuf text, value;
	struct json_out j;
	const char *copy;
	int err;

	strbuf_init(&text, 4 * VALUE_MAX);
	strbuf_init(&value, VALUE_MAX);
	json_init(&j, &text, NULL);
	json_object(&j);
	for (const struct field *f = kind->fields; f->number != 0; f++) {
		bool secret = f->type == FIELD_SEALED;

		if (field_is_zero(f, record) ||
		    (f->flags & FIELD_INTERNAL && !secret) ||
		    (other != NULL && field_equal(f, record, other)))
			continue;
		strbuf_reset(&value);
		record_field_to_text(f, record, &view, &value);
		if (value.err == E_NOMEM)
			text.err = E_NOMEM;
		json_key_str(&j, f->name,
		    secret		? "(secret)"
		    : value.err == E_OK ? strbuf_str(&value)
					: "(too long)");
	}
	json_object_end(&j);
	err = text.err;
	copy = strbuf_keep_text(&text, m->arena);
	strbuf_clear(&value);
	return err == E_OK ? copy : err == E_NOMEM ? NULL : "";
}

static int
enter(struct manage *m, struct store_txn *txn, struct audit *a)
{
	int err = registry_next_serial(txn, &a->serial);

	a->at = m->now;
	a->actor = m->actor;
	return err == E_OK ? registry_put(txn, &audit_kind, a, m->arena, &m->fault)
			   : err;
}

int
manage_note_in(struct manage *m, struct store_txn *txn, const char *action,
    const char *kind, const char *id, const char *text)
{
	struct audit a = {
	    .action = action, .kind = kind, .id = id, .before = "", .after = text};

	return enter(m, txn, &a);
}

int
manage_note_of_in(struct manage *m, struct store_txn *txn, const char *action,
    const struct record_kind *kind, const void *record, const char *text)
{
	struct audit a = {.action = action,
	    .kind = kind->name,
	    .record = *(const uint64_t *)record,
	    .id = record_id(kind, record),
	    .before = "",
	    .after = text};

	return enter(m, txn, &a);
}

int
audit_change(struct manage *m, struct store_txn *txn, const struct record_kind *kind,
    const void *before, const void *after, const char *action)
{
	/* One of them is there. */
	const void *record = after != NULL ? after : before;
	struct audit a = {.action = action,
	    .kind = kind->name,
	    /* cppcheck-suppress nullPointerRedundantCheck */
	    .record = *(const uint64_t *)record,
	    .id = record_id(kind, record),
	    .before = before != NULL ? diff_json(m, txn, kind, before, after) : "",
	    .after = after != NULL ? diff_json(m, txn, kind, after, before) : ""};

	if (a.before == NULL || a.after == NULL)
		return E_NOMEM;
	return enter(m, txn, &a);
}
