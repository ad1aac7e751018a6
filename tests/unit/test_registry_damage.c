/* Damage that is planted in the indexes is found; on LMDB and in memory. */
#include "tests/unit/registry_scene.h"

struct raw {
	unsigned table;
	struct span key, value;
	bool remove;
};

static int
plant(struct fixture *f, struct store_txn *txn, void *arg)
{
	const struct raw *r = arg;

	(void)f;
	return r->remove ? store_del(txn, r->table, r->key)
			 : store_put(txn, r->table, r->key, r->value);
}

static int
wipe_table(struct store_txn *txn, unsigned table)
{
	struct store_cursor *cursor;
	struct span k, v;
	int err = E_OK;

	while (err == E_OK) {
		assert_int_equal(store_cursor_open(txn, table, &cursor), E_OK);
		err = store_cursor_seek(cursor, span_of(NULL, 0), &k, &v);
		store_cursor_close(cursor);
		if (err == E_OK)
			err = store_del(txn, table, k);
	}
	return err == E_NOTFOUND ? E_OK : err;
}

static int
wipe(struct fixture *f, struct store_txn *txn, void *arg)
{
	int err = E_OK;

	(void)f;
	(void)arg;
	for (unsigned t = TABLE_UNIQUE; err == E_OK && t <= TABLE_GATEWAY; t++)
		err = wipe_table(txn, t);
	return err;
}

static void
keep_text(void *arg, const char *text)
{
	strbuf_printf(arg, "%s\n", text);
}

static void
planted_damage_is_found(void **state)
{
#define GW "\x03" /* the table of gateways */
#define SERIAL1 "\0\0\0\0\0\0\0\x01"
	const struct {
		struct raw raw;
		const char *words;
	} cases[] = {
	    {{TABLE_UNIQUE,
		 BYTES(GW "\x01"
			  "gw-a"),
		 BYTES(""), true},
		"gateway 1: index entry is missing for ids.gateway_id\n"},
	    {{TABLE_UNIQUE,
		 BYTES(GW "\x01"
			  "gw-a"),
		 BYTES("\0\0\0\0\0\0\0\x02"), false},
		"gateway 1: index entry points elsewhere for ids.gateway_id\n"
		"gateway 2: index entry of a value that the record has not\n"},
	    {{TABLE_UNIQUE,
		 BYTES(GW "\x01"
			  "gw-z"),
		 BYTES(SERIAL1), false},
		"gateway 1: index entry of a value that the record has not\n"},
	    {{TABLE_UNIQUE,
		 BYTES(GW "\x01"
			  "gw-z"),
		 BYTES("\0\0\0\0\0\0\0\x63"), false},
		"gateway 99: index entry of a record that is not there\n"},
	    {{TABLE_UNIQUE,
		 BYTES(GW "\x01"
			  "gw-z"),
		 BYTES("\x01"), false},
		"malformed index entry\n"},
	    {{TABLE_LISTING, BYTES(GW "\x0c\0\0\0\0\0\0\0\x05\0" SERIAL1), BYTES(""),
		 true},
		"gateway 1: index entry is missing for lns\n"},
	    {{TABLE_LISTING, BYTES(GW "\x0c\0\0\0\0\0\0\0\x06\0" SERIAL1), BYTES(""),
		 false},
		"gateway 1: index entry of a value that the record has not\n"},
	    {{TABLE_LISTING, BYTES(GW "\x0c\0"), BYTES(""), false},
		"malformed index entry\n"},
	    {{TABLE_GATEWAY, BYTES(SERIAL1), BYTES("\x01\0\0\0\0"), false},
		"gateway 1: "},
	    {{TABLE_GATEWAY, BYTES(SERIAL1), BYTES("\x02\0\0\0\0"), false},
		"gateway 1: "},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct gateway a = gateway("gw-a", 1), b = gateway("gw-b", 2);
		struct raw raw = cases[i].raw;
		struct strbuf told;

		a.serial = 1;
		b.serial = 2;
		a.lns = 5;
		assert_int_equal(put_gateway(f, &a), E_OK);
		assert_int_equal(put_gateway(f, &b), E_OK);
		assert_int_equal(wrong(f, &gateway_kind, not_expected, NULL), 0);
		assert_int_equal(update(f, plant, &raw), E_OK);
		strbuf_init(&told, 4096);
		if (wrong(f, &gateway_kind, keep_text, &told) == 0 ||
		    strstr(strbuf_str(&told), cases[i].words) == NULL)
			fail_msg("case %zu: %s", i, strbuf_str(&told));
		strbuf_clear(&told);
		assert_int_equal(update(f, wipe, NULL), E_OK);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    BOTH(planted_damage_is_found),
	};

	return cmocka_run_group_tests_name("registry damage", tests, NULL, NULL);
}
