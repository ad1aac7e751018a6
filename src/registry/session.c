#include "registry/session.h"

#include "base/wire.h"
#include "registry/tables.h"

#define AT(member) .offset = offsetof(struct session, member)

/* The account's serial stands first, before the record's bytes. */
static const struct field fields[] = {
    {1, "epoch", FIELD_UINT, 0, AT(epoch)},
    {2, "created_at", FIELD_TIME, 0, AT(created_at)},
    {3, "seen_at", FIELD_TIME, 0, AT(seen_at)},
    {4, "ends_at", FIELD_TIME, 0, AT(ends_at)},
    {5, "csrf", FIELD_BYTES, FIELD_INTERNAL, AT(csrf), 64},
    {6, "remote", FIELD_BOOL, 0, AT(remote)},
    {7, "address", FIELD_TEXT, 0, AT(address), 64},
    {8, "agent", FIELD_TEXT, 0, AT(agent), 200},
    {9, "flash", FIELD_UINT, FIELD_INTERNAL, AT(flash)},
    {10, "flash_bad", FIELD_BOOL, FIELD_INTERNAL, AT(flash_bad)},
    {11, "flash_text", FIELD_TEXT, FIELD_INTERNAL, AT(flash_text), 1000},
    {0},
};

const struct record_kind session_kind = {.name = "session",
    .table = LEDGER_SESSION,
    .size = sizeof(struct session),
    .fields = fields,
    .unknown = offsetof(struct session, unknown)};

static int
decode(struct span value, struct arena *arena, struct session *s)
{
	struct wire_in in;
	uint64_t account;

	wire_in_init(&in, value);
	account = wire_get_u64be(&in);
	if (in.err != E_OK)
		return E_CORRUPT;
	return record_decode(&session_kind, account, span_from(value, 8), arena, s);
}

int
session_get(struct store_txn *ledger, struct span digest, struct arena *arena,
    struct session *s)
{
	struct span value;
	int err = store_get(ledger, LEDGER_SESSION, digest, &value);

	return err == E_OK ? decode(value, arena, s) : err;
}

int
session_put(struct store_txn *ledger, struct span digest, const struct session *s)
{
	struct strbuf bytes;
	int err;

	strbuf_init(&bytes, 8192);
	wire_put_u64be(&bytes, s->serial);
	record_encode(&session_kind, s, &bytes);
	err = bytes.err != E_OK
		  ? bytes.err
		  : store_put(ledger, LEDGER_SESSION, digest, strbuf_span(&bytes));
	strbuf_clear(&bytes);
	return err;
}

int
session_each(struct store_txn *ledger, struct arena *arena, session_fn *fn, void *arg)
{
	struct store_cursor *cursor;
	struct span key, value;
	struct session s;
	int err = store_cursor_open(ledger, LEDGER_SESSION, &cursor);

	if (err != E_OK)
		return err;
	err = store_cursor_seek(cursor, span_of(NULL, 0), &key, &value);
	while (err == E_OK) {
		err = decode(value, arena, &s);
		if (err == E_NOMEM)
			break;
		err = fn(arg, key, err == E_OK ? &s : NULL);
		if (err == E_OK)
			err = store_cursor_next(cursor, &key, &value);
	}
	store_cursor_close(cursor);
	return err == E_NOTFOUND ? E_OK : err;
}
