#include "tests/fault/refused_use.h"

#include <stdio.h>

#include "base/wire.h"
#include "registry/audit.h"
#include "registry/tables.h"
#include "tests/lib/refuse.h"

unsigned long refused_turn;

const char *
refused_fresh(const char *what)
{
	static char name[64];

	snprintf(name, sizeof name, "%s-%lu", what, refused_turn);
	return name;
}

static uint64_t
count(struct fixture *f, unsigned table)
{
	struct store_txn *txn;
	uint64_t n = 0;

	assert_int_equal(store_read_begin(f->data.registry, &txn), E_OK);
	assert_int_equal(store_count(txn, table, &n), E_OK);
	store_read_end(txn);
	return n;
}

/* The last entry of the audit log has what changed, when it is about a record. */
static bool
is_told(struct fixture *f)
{
	struct store_cursor *c;
	struct store_txn *txn;
	struct audit last = {0};
	struct span k, v;

	assert_int_equal(store_read_begin(f->data.registry, &txn), E_OK);
	assert_int_equal(store_cursor_open(txn, TABLE_AUDIT, &c), E_OK);
	if (store_cursor_seek_before(c, BYTES("\xff"), &k, &v) != E_OK) {
		store_cursor_close(c);
		store_read_end(txn);
		return true; /* nothing has happened yet */
	}
	assert_int_equal(
	    registry_get(txn, &audit_kind, wire_unkey64(k.data), &f->arena, &last),
	    E_OK);
	store_cursor_close(c);
	store_read_end(txn);
	return last.record == 0 || last.before[0] == '{' || last.after[0] == '{';
}

static void
runs_out(struct fixture *f, const struct refused_use *u)
{
	unsigned done_without = 0; /* the audit log tells more or less then */
	bool was_refused = true;
	struct manage *m;
	uint64_t entries;
	int err;

	for (refused_turn = 1; was_refused; refused_turn++) {
		if (u->before != NULL)
			u->before(f);
		arena_reset(&f->arena);
		m = worker(f);
		entries = count(f, TABLE_AUDIT);
		refuse_at(refused_turn, false);
		err = u->fn(m, f);
		was_refused = refuse_end();
		if (err == E_OK && was_refused && u->traces != THAT_IT_BEGAN &&
		    count(f, TABLE_AUDIT) != entries && ++done_without > 100)
			fail_msg("%s, request %lu: is done without memory", u->name,
			    refused_turn);
		if (err == E_OK && !is_told(f))
			fail_msg("%s, request %lu: the audit log does not tell what",
			    u->name, refused_turn);
		if (err == E_OK)
			continue;
		if (err != E_NOMEM || !was_refused)
			fail_msg("%s, request %lu: %s (%s: %s)", u->name, refused_turn,
			    err_text(err), m->fault.field, m->fault.text);
		if (u->traces == NOTHING && count(f, TABLE_AUDIT) != entries)
			fail_msg("%s, request %lu: changed something all the same",
			    u->name, refused_turn);
		assert_true(refused_turn < 5000);
	}
	/* The last time nothing was refused. */
	if (refused_turn - 2 < u->least)
		fail_msg(
		    "%s: only %lu requests were refused", u->name, refused_turn - 2);
}

void
uses_run_out(struct fixture *f, const struct refused_use *uses, size_t count_of)
{
	for (size_t i = 0; i < count_of; i++)
		runs_out(f, &uses[i]);
}
