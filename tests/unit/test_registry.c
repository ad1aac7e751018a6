/* Records in a store, found by their indexes; each test on LMDB and in memory. */
#include "tests/unit/registry_scene.h"

#include <stdio.h>

#include "base/wire.h"
#include "registry/trust.h"

static int
drop_gateway(struct fixture *f, struct store_txn *txn, void *arg)
{
	return registry_remove(txn, &gateway_kind, *(uint64_t *)arg, &f->arena);
}

/* ---- reading ------------------------------------------------------------------------------- */

static int
find_eui(struct fixture *f, uint64_t eui, struct gateway *g)
{
	struct store_txn *txn = begin_read(f);
	uint8_t key[8];
	int err;

	wire_key64(key, eui);
	err = registry_find(
	    txn, &gateway_kind, GATEWAY_EUI, span_of(key, 8), &f->arena, g);
	store_read_end(txn);
	return err;
}

static int
find_id(struct fixture *f, const char *id, struct gateway *g)
{
	struct store_txn *txn = begin_read(f);
	int err = registry_find_id(txn, &gateway_kind, id, &f->arena, g);

	store_read_end(txn);
	return err;
}

struct seen {
	uint64_t serials[16];
	size_t count, stop_at;
};

static int
see(void *arg, uint64_t serial)
{
	struct seen *s = arg;

	assert_true(s->count < COUNT(s->serials));
	s->serials[s->count++] = serial;
	return s->count == s->stop_at ? E_AGAIN : E_OK;
}

/* "1 3 5" */
static const char *
listed(const struct seen *s)
{
	static char text[400];
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < s->count; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%s%llu",
		    i > 0 ? " " : "", (unsigned long long)s->serials[i]);
	return text;
}

static const char *
by(struct fixture *f, unsigned field, struct span value, uint64_t after)
{
	struct store_txn *txn = begin_read(f);
	struct seen s = {.count = 0};

	assert_int_equal(
	    registry_list_by(txn, &gateway_kind, field, value, after, see, &s), E_OK);
	store_read_end(txn);
	return listed(&s);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void
serial_numbers_are_never_given_twice(void **state)
{
	struct fixture *f = *state;
	struct gateway a = gateway("gw-a", 1), b = gateway("gw-b", 2), c;

	assert_int_equal(put_gateway(f, &a), E_OK);
	assert_int_equal(put_gateway(f, &b), E_OK);
	assert_int_equal(a.serial, 1);
	assert_int_equal(b.serial, 2);
	assert_int_equal(update(f, drop_gateway, &b.serial), E_OK);
	c = gateway("gw-b", 2);
	assert_int_equal(put_gateway(f, &c), E_OK);
	assert_int_equal(c.serial, 3);
}

static void
found_by_what_is_unique(void **state)
{
	struct fixture *f = *state;
	struct gateway a = gateway("gw-a", 0x58a0cbfffe800001), g;

	assert_int_equal(find_id(f, "gw-a", &g), E_NOTFOUND);
	assert_int_equal(put_gateway(f, &a), E_OK);
	assert_int_equal(find_id(f, "gw-a", &g), E_OK);
	assert_true(g.eui == 0x58a0cbfffe800001);
	assert_int_equal(find_eui(f, 0x58a0cbfffe800001, &g), E_OK);
	assert_string_equal(g.gateway_id, "gw-a");
	assert_int_equal(find_eui(f, 0x58a0cbfffe800002, &g), E_NOTFOUND);
	/* A change of the value takes the old one out of the index. */
	a.eui = 0x58a0cbfffe800002;
	assert_int_equal(put_gateway(f, &a), E_OK);
	assert_int_equal(find_eui(f, 0x58a0cbfffe800001, &g), E_NOTFOUND);
	assert_int_equal(find_eui(f, 0x58a0cbfffe800002, &g), E_OK);
	/* Without one it is not in the index at all. */
	a.eui = 0;
	assert_int_equal(put_gateway(f, &a), E_OK);
	assert_int_equal(find_eui(f, 0x58a0cbfffe800002, &g), E_NOTFOUND);
	assert_int_equal(find_eui(f, 0, &g), E_NOTFOUND);
	assert_int_equal(wrong(f, &gateway_kind, not_expected, NULL), 0);
}

static void
a_taken_value_names_its_holder(void **state)
{
	struct fixture *f = *state;
	struct gateway a = gateway("gw-a", 1), b = gateway("gw-b", 1), g;

	assert_int_equal(put_gateway(f, &a), E_OK);
	refused(f, put_gateway(f, &b), E_EXISTS,
	    "ids.eui: is already used by gateway gw-a");
	assert_int_equal(find_id(f, "gw-b", &g), E_NOTFOUND);
	b.serial = 0;
	b.eui = 2;
	b.gateway_id = "gw-a";
	refused(f, put_gateway(f, &b), E_EXISTS,
	    "ids.gateway_id: is already used by gateway gw-a");
	/* One that is invalid is not stored, and says why. */
	b.gateway_id = "x";
	refused(f, put_gateway(f, &b), E_INVALID, "ids.gateway_id: must be");
	/* Gateways without an EUI do not disturb each other. */
	b = gateway("gw-b", 0);
	assert_int_equal(put_gateway(f, &b), E_OK);
	b = gateway("gw-c", 0);
	assert_int_equal(put_gateway(f, &b), E_OK);
	assert_int_equal(wrong(f, &gateway_kind, not_expected, NULL), 0);
}

static void
listed_by_a_value(void **state)
{
	static const char *const ab[] = {"aaa", "bbb"}, *const a[] = {"aaa"};
	struct fixture *f = *state;
	struct gateway g;

	for (unsigned i = 1; i <= 6; i++) {
		char id[8];

		snprintf(id, sizeof id, "gw-%u", i);
		g = gateway(id, i);
		g.lns = i % 2 ? 700 : 7 << 8; /* bytes that begin alike */
		g.groups = i == 4 ? (struct text_list){NULL, 0}
				  : (struct text_list){i % 3 ? ab : a, i % 3 ? 2 : 1};
		assert_int_equal(put_gateway(f, &g), E_OK);
	}
	assert_string_equal(by(f, GATEWAY_GROUPS, BYTES("aaa"), 0), "1 2 3 5 6");
	assert_string_equal(by(f, GATEWAY_GROUPS, BYTES("bbb"), 0), "1 2 5");
	assert_string_equal(by(f, GATEWAY_GROUPS, BYTES("aaa"), 2), "3 5 6");
	assert_string_equal(by(f, GATEWAY_GROUPS, BYTES("aaa"), 6), "");
	/* Not those whose value only begins so. */
	assert_string_equal(by(f, GATEWAY_GROUPS, BYTES("aa"), 0), "");
	assert_string_equal(by(f, GATEWAY_GROUPS, BYTES("aaaa"), 0), "");
	assert_string_equal(
	    by(f, GATEWAY_LNS, BYTES("\0\0\0\0\0\0\x02\xbc"), 0), "1 3 5");
	assert_string_equal(
	    by(f, GATEWAY_LNS, BYTES("\0\0\0\0\0\0\x07\x00"), 0), "2 4 6");
	assert_int_equal(wrong(f, &gateway_kind, not_expected, NULL), 0);
}

/* Values in which zero bytes and the ends of others could be mistaken for the serial. */
static void
listed_values_of_awkward_bytes(void **state)
{
	struct fixture *f = *state;
	struct gateway a = gateway("gw-a", 1), b = gateway("gw-b", 2);

	a.lns = 1;
	b.lns = UINT64_C(1) << 56;
	assert_int_equal(put_gateway(f, &a), E_OK);
	assert_int_equal(put_gateway(f, &b), E_OK);
	assert_string_equal(by(f, GATEWAY_LNS, BYTES("\0\0\0\0\0\0\0\x01"), 0), "1");
	assert_string_equal(by(f, GATEWAY_LNS, BYTES("\x01\0\0\0\0\0\0\0"), 0), "2");
	assert_string_equal(by(f, GATEWAY_LNS, BYTES("\0\0\0\0\0\0\0\0"), 0), "");
	assert_string_equal(
	    by(f, GATEWAY_LNS, BYTES("\0\0\0\0\0\0\0\x01"), UINT64_MAX - 1), "");
}

static void
found_by_the_beginnings_of_words(void **state)
{
	struct fixture *f = *state;
	struct gateway a = gateway("gw-roof", 1), b = gateway("gw-cellar", 2);

	a.name = "North Tower, north side";
	b.name = "Northern cellar";
	b.description = "under the M\xc3\xbchle\nroof";
	assert_int_equal(put_gateway(f, &a), E_OK);
	assert_int_equal(put_gateway(f, &b), E_OK);
	/* "north" stands twice in a, and is listed once. */
	assert_string_equal(by(f, GATEWAY_NAME, BYTES("north"), 0), "1 2");
	assert_string_equal(by(f, GATEWAY_NAME, BYTES("northe"), 0), "2");
	assert_string_equal(by(f, GATEWAY_NAME, BYTES("tow"), 0), "1");
	assert_string_equal(by(f, GATEWAY_NAME, BYTES("ower"), 0), "");
	assert_string_equal(by(f, GATEWAY_DESCRIPTION, BYTES("m\xc3\xbch"), 0), "2");
	assert_string_equal(by(f, GATEWAY_ID, BYTES("roof"), 0), "1");
	a.name = "South";
	assert_int_equal(put_gateway(f, &a), E_OK);
	assert_string_equal(by(f, GATEWAY_NAME, BYTES("north"), 0), "2");
	assert_int_equal(wrong(f, &gateway_kind, not_expected, NULL), 0);
}

static void
all_of_a_kind(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn;
	struct seen s = {.stop_at = 2};

	for (unsigned i = 1; i <= 4; i++) {
		char id[8];
		struct gateway g;

		snprintf(id, sizeof id, "gw-%u", i);
		g = gateway(id, i);
		assert_int_equal(put_gateway(f, &g), E_OK);
	}
	txn = begin_read(f);
	assert_int_equal(registry_list(txn, &gateway_kind, 1, see, &s), E_AGAIN);
	assert_string_equal(listed(&s), "2 3");
	s = (struct seen){.count = 0};
	assert_int_equal(registry_list(txn, &gateway_kind, 3, see, &s), E_OK);
	assert_string_equal(listed(&s), "4");
	s = (struct seen){.count = 0};
	assert_int_equal(registry_list(txn, &lns_kind, 0, see, &s), E_OK);
	assert_string_equal(listed(&s), "");
	assert_true(registry_has(txn, &gateway_kind, GATEWAY_LNS,
			BYTES("\0\0\0\0\0\0\0\0")) == false);
	store_read_end(txn);
}

static void
removing_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	struct gateway a = gateway("gw-a", 1), g;
	struct store_txn *txn;
	uint64_t entries = 9, none = 44;

	a.name = "one two";
	a.lns = 5;
	assert_int_equal(put_gateway(f, &a), E_OK);
	assert_int_equal(update(f, drop_gateway, &a.serial), E_OK);
	assert_int_equal(update(f, drop_gateway, &none), E_NOTFOUND);
	assert_int_equal(find_id(f, "gw-a", &g), E_NOTFOUND);
	txn = begin_read(f);
	assert_int_equal(store_count(txn, TABLE_LISTING, &entries), E_OK);
	assert_int_equal(entries, 0);
	assert_int_equal(store_count(txn, TABLE_UNIQUE, &entries), E_OK);
	assert_int_equal(entries, 0);
	store_read_end(txn);
}

/* A list of unique values: each belongs to one record. */
static void
lists_of_unique_values(void **state)
{
	struct fixture *f = *state;
	struct trust t;

	add_trust(f, "root-1", "a.example:443", NULL);
	add_trust(f, "root-2", "b.example:443", NULL);
	refused(f,
	    set_field(
		f, &trust_kind, "root-2", "addresses", "b.example:443, a.example:443"),
	    E_EXISTS, "addresses: is already used by trust root-1");
	done(f, set_field(
		    f, &trust_kind, "root-2", "addresses", "c.example:1, d.example:2"));
	done(f, set_field(f, &trust_kind, "root-1", "addresses", "b.example:443"));
	done(f, manage_get(worker(f), &trust_kind, "root-2", &t));
	assert_int_equal(t.addresses.count, 2);
	assert_int_equal(wrong(f, &trust_kind, not_expected, NULL), 0);
}

static int
rewrite(struct fixture *f, struct store_txn *txn, void *arg)
{
	(void)f;
	return registry_rewrite(txn, &gateway_kind, arg);
}

static void
rewriting_changes_the_record_alone(void **state)
{
	struct fixture *f = *state;
	struct gateway a = gateway("gw-a", 1), g;

	assert_int_equal(put_gateway(f, &a), E_OK);
	a.lns_secret.sealed = BYTES("other");
	assert_int_equal(update(f, rewrite, &a), E_OK);
	assert_int_equal(find_id(f, "gw-a", &g), E_OK);
	assert_text(g.lns_secret.sealed, BYTES("other"));
	assert_int_equal(wrong(f, &gateway_kind, not_expected, NULL), 0);
}

/* Words that are found by their beginning need the record's own index, not its neighbour's. */
static void
kinds_do_not_mix(void **state)
{
	struct fixture *f = *state;
	struct gateway g = gateway("same-id", 1);
	struct lns l;

	assert_int_equal(put_gateway(f, &g), E_OK);
	add_lns(f, "same-id", "wss://a.example:1");
	done(f, manage_get(worker(f), &lns_kind, "same-id", &l));
	assert_string_equal(l.uri, "wss://a.example:1");
	assert_true(l.serial != g.serial);
}

static void
reopened(void **state)
{
	struct fixture *f = *state;
	struct gateway a = gateway("gw-a", 1), g;

	assert_int_equal(put_gateway(f, &a), E_OK);
	fixture_reopen(f);
	assert_int_equal(find_id(f, "gw-a", &g), E_OK);
	a = gateway("gw-b", 2);
	assert_int_equal(put_gateway(f, &a), E_OK);
	assert_int_equal(a.serial, 2);
}

/* ---- in order ------------------------------------------------------------------------------ */

struct ordered {
	struct fixture *f;
	bool descending;
	unsigned field; /* 0: as they are stored */
	struct strbuf serials;
	size_t stop; /* after so many; 0: never */
};

static int
see_serial(void *arg, uint64_t serial)
{
	struct ordered *o = arg;

	strbuf_printf(&o->serials, "%llu ", (unsigned long long)serial);
	return o->stop != 0 && --o->stop == 0 ? E_AGAIN : E_OK;
}

static int
see_stored(void *arg, uint64_t serial, struct span stored)
{
	struct ordered *o = arg;
	struct gateway g;

	done(o->f, record_decode(&gateway_kind, serial, stored, &o->f->arena, &g));
	assert_true(g.serial == serial);
	return see_serial(arg, serial);
}

static void
order_is(struct ordered o, const char *expected)
{
	struct store_txn *txn;
	int err;

	strbuf_init(&o.serials, 4096);
	done(o.f, store_read_begin(o.f->data.registry, &txn));
	err = o.field == 0 ? registry_list_stored(
				 txn, &gateway_kind, o.descending, see_stored, &o)
			   : registry_list_ordered(txn, &gateway_kind, o.field,
				 o.descending, see_serial, &o);
	store_read_end(txn);
	assert_true(err == E_OK || err == E_AGAIN);
	assert_string_equal(strbuf_str(&o.serials), expected);
	strbuf_clear(&o.serials);
}

static void
in_order(void **state)
{
	struct fixture *f = *state;

	order_is((struct ordered){.f = f}, "");
	order_is((struct ordered){.f = f, .field = GATEWAY_ID, .descending = true}, "");
	add_lns(f, "zzz", "wss://lns.example.com:8887"); /* 1, and its audit entry */
	add_gateway(f, "m-2", "0000000000000300");
	add_gateway(f, "a-1", "FF00000000000000");
	add_gateway(f, "z-3", NULL);
	order_is((struct ordered){.f = f}, "3 5 7 ");
	order_is((struct ordered){.f = f, .descending = true}, "7 5 3 ");
	order_is((struct ordered){.f = f, .field = GATEWAY_ID}, "5 3 7 ");
	order_is((struct ordered){.f = f, .field = GATEWAY_ID, .descending = true},
	    "7 3 5 ");
	order_is((struct ordered){.f = f, .field = GATEWAY_EUI}, "3 5 ");
	order_is(
	    (struct ordered){.f = f, .field = GATEWAY_EUI, .descending = true}, "5 3 ");
	order_is((struct ordered){.f = f, .field = GATEWAY_ID, .stop = 2}, "5 3 ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    BOTH(serial_numbers_are_never_given_twice),
	    BOTH(found_by_what_is_unique),
	    BOTH(a_taken_value_names_its_holder),
	    BOTH(listed_by_a_value),
	    BOTH(listed_values_of_awkward_bytes),
	    BOTH(found_by_the_beginnings_of_words),
	    BOTH(all_of_a_kind),
	    BOTH(removing_leaves_nothing),
	    BOTH(lists_of_unique_values),
	    BOTH(rewriting_changes_the_record_alone),
	    BOTH(kinds_do_not_mix),
	    BOTH(in_order),
	    cmocka_unit_test_setup_teardown(reopened, fixture_disk, fixture_end),
	};

	return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
