/* The use cases on records: changes with their audit entries, deleting, lists. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>

#include "registry/audit.h"
#include "registry/sighting.h"
#include "registry/template.h"

/* ---- reading the audit log ---------------------------------------------------------------- */

struct entries {
	struct arena *arena;
	struct audit list[16];
	size_t count;
};

static int
keep_entry(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	struct entries *e = arg;

	(void)m;
	(void)txn;
	assert_true(e->count < COUNT(e->list));
	return record_copy(&audit_kind, record, e->arena, &e->list[e->count++]);
}

/* As they came, while the log gives the newest first. */
static struct entries
history(struct fixture *f, uint64_t serial)
{
	struct audit_filter filter = {
	    .record = serial, .limit = COUNT(((struct entries *)0)->list)};
	struct entries e = {.arena = &f->arena}, turned = {0};
	uint64_t next;

	done(f, manage_audit(worker(f), &filter, keep_entry, &e, &next));
	assert_int_equal(next, 0);
	for (turned.count = 0; turned.count < e.count; turned.count++)
		turned.list[turned.count] = e.list[e.count - 1 - turned.count];
	return turned;
}

/* ---- changes -------------------------------------------------------------------------------- */

static void
each_change_has_its_entry(void **state)
{
	struct fixture *f = *state;
	uint64_t serial = add_gateway(f, "gw-1", "58A0CBFFFE800001");
	struct edit edits[] = {{"name", span_str("North \"1\"")},
	    {"groups", span_str("a-1,b-2")}, {"auto_update", span_str("true")}};
	struct entries e;

	f->manage.now = NOW + 60;
	done(f, manage_set(worker(f), &gateway_kind, "gw-1", edits, 3));
	f->manage.actor = "key:abc";
	done(f, set_field(f, &gateway_kind, "58-a0-cb-ff-fe-80-00-01", "name", ""));
	e = history(f, serial);
	assert_int_equal(e.count, 3);
	assert_string_equal(e.list[0].action, "add");
	assert_string_equal(e.list[0].actor, "shell:test");
	assert_string_equal(e.list[0].kind, "gateway");
	assert_string_equal(e.list[0].id, "gw-1");
	assert_string_equal(e.list[0].before, "");
	assert_string_equal(e.list[0].after,
	    "{\"ids.gateway_id\":\"gw-1\",\"ids.eui\":\"58A0CBFFFE800001\","
	    "\"created_at\":\"2030-01-01T00:00:00Z\","
	    "\"updated_at\":\"2030-01-01T00:00:00Z\"}");
	assert_int_equal(e.list[0].at, NOW);
	assert_string_equal(e.list[1].action, "set");
	assert_string_equal(
	    e.list[1].before, "{\"updated_at\":\"2030-01-01T00:00:00Z\"}");
	assert_string_equal(e.list[1].after,
	    "{\"name\":\"North \\\"1\\\"\",\"auto_update\":\"true\","
	    "\"groups\":\"a-1,b-2\",\"updated_at\":\"2030-01-01T00:01:00Z\"}");
	assert_string_equal(e.list[2].before, "{\"name\":\"North \\\"1\\\"\"}");
	assert_string_equal(e.list[2].after, "{}");
	assert_string_equal(e.list[2].actor, "key:abc");
}

static void
secrets_are_masked_in_entries(void **state)
{
	struct fixture *f = *state;
	struct key_request request = {.gateway = "gw-1", .cups = true};
	uint64_t serial = add_gateway(f, "gw-1", "58A0CBFFFE800001");
	struct key_made made;
	struct entries e;

	done(f,
	    set_field(f, &gateway_kind, "gw-1", "lbs_lns_secret.value", "topsecret"));
	done(f, set_field(f, &gateway_kind, "gw-1", "lbs_lns_secret.value", "other1"));
	done(f, set_field(f, &gateway_kind, "gw-1", "lbs_lns_secret.value", ""));
	done(f, manage_key_create(worker(f), &request, &made));
	e = history(f, serial);
	assert_int_equal(e.count, 5);
	assert_non_null(
	    strstr(e.list[1].after, "\"lbs_lns_secret.value\":\"(secret)\""));
	assert_non_null(
	    strstr(e.list[2].before, "\"lbs_lns_secret.value\":\"(secret)\""));
	assert_non_null(
	    strstr(e.list[2].after, "\"lbs_lns_secret.value\":\"(secret)\""));
	assert_null(strstr(e.list[3].after, "lbs_lns_secret"));
	for (size_t i = 0; i < e.count; i++) {
		assert_null(strstr(e.list[i].after, "topsecret"));
		assert_null(strstr(e.list[i].before, "topsecret"));
		/* Nothing that tells of it either. */
		assert_null(strstr(e.list[i].after, "crc"));
		assert_null(strstr(e.list[i].after, "length"));
	}
	assert_string_equal(e.list[4].action, "key");
	e = history(f, made.key.serial);
	assert_int_equal(e.count, 1);
	assert_non_null(strstr(e.list[0].after, "\"value\":\"(secret)\""));
	assert_null(strstr(e.list[0].after, made.plain));
	assert_null(strstr(e.list[0].after, "digest"));
}

static void
all_or_nothing(void **state)
{
	struct fixture *f = *state;
	struct edit edits[] = {
	    {"name", span_str("new")}, {"ids.eui", span_str("nonsense")}};
	struct gateway g;
	unsigned entries;

	add_gateway(f, "gw-1", "58A0CBFFFE800001");
	entries = count_of(f, &audit_kind);
	refused(f, manage_set(worker(f), &gateway_kind, "gw-1", edits, 2), E_INVALID,
	    "ids.eui: must be");
	done(f, manage_get(worker(f), &gateway_kind, "gw-1", &g));
	assert_string_equal(g.name, "");
	assert_int_equal(count_of(f, &audit_kind), entries);
}

static void
what_cannot_be_set(void **state)
{
	struct fixture *f = *state;
	char long_name[52];

	add_gateway(f, "gw-1", "58A0CBFFFE800001");
	memset(long_name, 'x', sizeof long_name);
	long_name[51] = '\0';
	refused(f, set_field(f, &gateway_kind, "gw-1", "colour", "red"), E_INVALID,
	    "colour: a gateway has no such field");
	refused(f, set_field(f, &gateway_kind, "gw-1", "lbs_lns_secret.crc", "1"),
	    E_INVALID, "lbs_lns_secret.crc: a gateway has no such field");
	refused(f, set_field(f, &gateway_kind, "gw-1", "created_at", "2000-01-01"),
	    E_INVALID, "created_at: is set by Gatehouse alone");
	refused(f, set_field(f, &gateway_kind, "gw-1", "name", long_name), E_INVALID,
	    "name: longer than 50");
	refused(f, set_field(f, &gateway_kind, "gw-2", "name", "x"), E_NOTFOUND,
	    "there is no gateway gw-2");
	refused(f, set_field(f, &gateway_kind, "gw-1", "lns", "nowhere"), E_NOTFOUND,
	    "lns: there is no lns nowhere");
	refused(f,
	    set_field(f, &gateway_kind, "gw-1", "target_cups_uri",
		"https://cups.example.com/path:443"),
	    E_INVALID, "target_cups_uri");
	refused(f,
	    set_field(f, &gateway_kind, "gw-1", "target_cups_uri", "https://[::1]:443"),
	    E_INVALID, "target_cups_uri");
}

/* ---- deleting --------------------------------------------------------------------------------- */

static void
delete_restore_purge(void **state)
{
	struct fixture *f = *state;
	uint64_t serial = add_gateway(f, "gw-1", "58A0CBFFFE800001");
	struct key_request request = {.gateway = "gw-1", .cups = true};
	struct sighting seen = {.serial = serial};
	struct key_made made;
	struct gateway g;

	done(f, manage_key_create(worker(f), &request, &made));
	refused(
	    f, manage_gateway_restore(worker(f), "gw-1"), E_STATE, "is not deleted");
	refused(f, manage_gateway_purge(worker(f), "gw-1"), E_STATE, "delete it first");
	done(f, manage_delete(worker(f), &gateway_kind, "gw-1"));
	refused(f, manage_delete(worker(f), &gateway_kind, "gw-1"), E_STATE,
	    "is deleted already");
	done(f, manage_get(worker(f), &gateway_kind, "gw-1", &g));
	assert_int_equal(g.deleted_at, NOW);
	assert_int_equal(
	    poll_with(f, "58a0:cbff:fe80:1", made.plain, NULL), E_NOTFOUND);
	done(f, manage_gateway_restore(worker(f), "gw-1"));
	done(f, manage_get(worker(f), &gateway_kind, "gw-1", &g));
	assert_int_equal(g.deleted_at, 0);
	assert_int_equal(poll_with(f, "58a0:cbff:fe80:1", made.plain, NULL), E_OK);

	/* Purged, nothing of it stays, and its names are free. */
	assert_int_equal(slots_put(f->data.sightings, serial, &seen), E_OK);
	done(f, manage_delete(worker(f), &gateway_kind, "gw-1"));
	done(f, manage_gateway_purge(worker(f), "gw-1"));
	refused(f, manage_get(worker(f), &gateway_kind, "gw-1", &g), E_NOTFOUND,
	    "there is no gateway gw-1");
	assert_int_equal(count_of(f, &key_kind), 0);
	assert_false(slots_get(f->data.sightings, serial, &seen));
	assert_true(add_gateway(f, "gw-1", "58A0CBFFFE800001") > serial);
	assert_int_equal(poll_with(f, "58a0:cbff:fe80:1", made.plain, NULL), E_DENIED);
}

/* Its row in the ledger goes with it. */
static void
purge_takes_the_ledger_row(void **state)
{
	struct fixture *f = *state;
	struct store_txn *txn;
	struct gateway g;
	struct gateway_state gs;
	char key[128];
	uint64_t rows = 9;

	add_whole_gateway(f, "gw-1", "58A0CBFFFE800001", key);
	assert_int_equal(poll_with(f, "58a0:cbff:fe80:1", key, NULL), E_OK);
	done(f, manage_get(worker(f), &gateway_kind, "gw-1", &g));
	done(f, manage_gateway_state(worker(f), &g, &gs));
	assert_true(gs.pushes.count > 0);
	done(f, manage_delete(worker(f), &gateway_kind, "gw-1"));
	done(f, manage_gateway_purge(worker(f), "gw-1"));
	assert_int_equal(store_read_begin(f->data.ledger, &txn), E_OK);
	assert_int_equal(store_count(txn, LEDGER_GATEWAY, &rows), E_OK);
	store_read_end(txn);
	assert_int_equal(rows, 0);
}

static void
retry_forgets_the_counts(void **state)
{
	struct fixture *f = *state;
	struct gateway g;
	struct gateway_state gs;
	struct span first, fourth;
	char key[128];

	add_whole_gateway(f, "gw-1", "58A0CBFFFE800001", key);
	assert_int_equal(poll_with(f, "58a0:cbff:fe80:1", key, &first), E_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(poll_with(f, "58a0:cbff:fe80:1", key, &fourth), E_OK);
	assert_true(first.len > 100);
	assert_int_equal(fourth.len, 14);
	done(f, manage_gateway_retry(worker(f), "gw-1"));
	done(f, manage_get(worker(f), &gateway_kind, "gw-1", &g));
	done(f, manage_gateway_state(worker(f), &g, &gs));
	assert_int_equal(gs.pushes.count, 0);
	assert_int_equal(poll_with(f, "58a0:cbff:fe80:1", key, &fourth), E_OK);
	assert_true(span_eq(first, fourth));
}

static void
what_is_in_use_stays(void **state)
{
	struct fixture *f = *state;
	struct lns l;

	add_trust(f, "root-1", "l.example:8887", NULL);
	add_lns(f, "lns-1", "wss://l.example:8887");
	add_gateway(f, "gw-1", "58A0CBFFFE800001");
	add_template(f, "tpl", "");
	done(f, set_field(f, &gateway_kind, "gw-1", "lns", "lns-1"));
	done(f, set_field(f, &lns_kind, "lns-1", "trust", "root-1"));
	refused(f, manage_delete(worker(f), &lns_kind, "lns-1"), E_STATE,
	    "is used by the field lns of a gateway");
	refused(f, manage_delete(worker(f), &trust_kind, "root-1"), E_STATE,
	    "is used by the field trust of a lns");
	/* A deleted gateway may be restored, so it still uses it. */
	done(f, manage_delete(worker(f), &gateway_kind, "gw-1"));
	refused(f, manage_delete(worker(f), &lns_kind, "lns-1"), E_STATE, "gateway");
	done(f, manage_gateway_purge(worker(f), "gw-1"));
	done(f, set_field(f, &template_kind, "tpl", "lns", "lns-1"));
	refused(f, manage_delete(worker(f), &lns_kind, "lns-1"), E_STATE, "template");
	done(f, manage_delete(worker(f), &template_kind, "tpl"));
	done(f, manage_delete(worker(f), &lns_kind, "lns-1"));
	refused(f, manage_get(worker(f), &lns_kind, "lns-1", &l), E_NOTFOUND,
	    "there is no lns lns-1");
	done(f, manage_delete(worker(f), &trust_kind, "root-1"));
}

/* ---- lists ----------------------------------------------------------------------------------------- */

static int
name_gateway(
    struct manage *m, struct store_txn *txn, const struct gateway *g, void *arg)
{
	(void)m;
	(void)txn;
	strbuf_printf(arg, "%s ", g->gateway_id);
	return E_OK;
}

static const char *
gateways(
    struct fixture *f, struct gateway_filter filter, uint64_t after, uint64_t limit)
{
	static char text[400];
	struct strbuf out;

	strbuf_init(&out, 400);
	done(f, manage_gateways(worker(f), &filter, after, limit, name_gateway, &out));
	snprintf(text, sizeof text, "%s", strbuf_str(&out));
	strbuf_clear(&out);
	return text;
}

static void
gateways_are_listed(void **state)
{
	struct fixture *f = *state;

	add_lns(f, "lns-1", "wss://l.example:8887");
	add_gateway(f, "gw-1", "1111111111111111");
	add_gateway(f, "gw-2", "2222222222222222");
	add_gateway(f, "gw-3", "3333333333333333");
	done(f, set_field(f, &gateway_kind, "gw-1", "lns", "lns-1"));
	done(f, set_field(f, &gateway_kind, "gw-3", "lns", "lns-1"));
	done(f, set_field(f, &gateway_kind, "gw-3", "groups", "roof,east"));
	done(f, set_field(f, &gateway_kind, "gw-2", "frequency_plan_ids", "EU"));
	done(f, set_field(f, &gateway_kind, "gw-2", "name", "North tower"));
	assert_string_equal(
	    gateways(f, (struct gateway_filter){0}, 0, 0), "gw-1 gw-2 gw-3 ");
	assert_string_equal(
	    gateways(f, (struct gateway_filter){0}, 0, 2), "gw-1 gw-2 ");
	assert_string_equal(
	    gateways(f, (struct gateway_filter){.lns = "lns-1"}, 0, 0), "gw-1 gw-3 ");
	assert_string_equal(
	    gateways(f, (struct gateway_filter){.group = "roof"}, 0, 0), "gw-3 ");
	assert_string_equal(
	    gateways(f, (struct gateway_filter){.plan = "EU"}, 0, 0), "gw-2 ");
	assert_string_equal(
	    gateways(f, (struct gateway_filter){.word = "north"}, 0, 0), "gw-2 ");
	assert_string_equal(
	    gateways(f, (struct gateway_filter){.word = "North"}, 0, 0), "gw-2 ");
	done(f, manage_delete(worker(f), &gateway_kind, "gw-1"));
	assert_string_equal(
	    gateways(f, (struct gateway_filter){0}, 0, 0), "gw-2 gw-3 ");
	assert_string_equal(
	    gateways(f, (struct gateway_filter){.deleted = true}, 0, 0), "gw-1 ");
}

/* What a word finds is told once and in the order of serial numbers, so that pages work. */
static void
words_page_like_the_rest(void **state)
{
	struct fixture *f = *state;
	uint64_t first = add_gateway(f, "zz-roof", "1111111111111111");
	uint64_t second = add_gateway(f, "roof-2", "2222222222222222");

	add_gateway(f, "aa-roof", "3333333333333333");
	done(f, set_field(f, &gateway_kind, "roof-2", "name", "roofing roof"));
	assert_string_equal(gateways(f, (struct gateway_filter){.word = "roof"}, 0, 0),
	    "zz-roof roof-2 aa-roof ");
	assert_string_equal(gateways(f, (struct gateway_filter){.word = "roof"}, 0, 2),
	    "zz-roof roof-2 ");
	assert_string_equal(
	    gateways(f, (struct gateway_filter){.word = "roof"}, second, 2),
	    "aa-roof ");
	/* Every word must be there; what separates them does not matter. */
	assert_string_equal(
	    gateways(f, (struct gateway_filter){.word = "roof-2"}, 0, 0), "roof-2 ");
	assert_string_equal(
	    gateways(f, (struct gateway_filter){.word = "AA ROO"}, 0, 0), "aa-roof ");
	assert_string_equal(
	    gateways(f, (struct gateway_filter){.word = "roof x"}, 0, 0), "");
	assert_string_equal(
	    gateways(f, (struct gateway_filter){.word = " - "}, first, 0),
	    "roof-2 aa-roof ");
}

#define CROWD 20000 /* more than one walk over the index of words collects */

/* Their words sort in another order than their serial numbers. */
static int
add_crowd(struct store_txn *txn, void *arg)
{
	struct fixture *f = arg;
	char id[16], words[16];
	struct gateway g;
	int err = E_OK;

	for (unsigned i = 0; err == E_OK && i < CROWD; i++) {
		arena_reset(&f->arena);
		record_init(&gateway_kind, &g);
		snprintf(id, sizeof id, "gw-%05u", i);
		snprintf(words, sizeof words, "Roof%05u", i * 7919 % CROWD);
		g.gateway_id = id;
		g.name = words;
		if ((err = registry_next_serial(txn, &g.serial)) == E_OK)
			err = registry_put(
			    txn, &gateway_kind, &g, &f->arena, &f->manage.fault);
	}
	return err;
}

struct seen_crowd {
	uint64_t last;
	unsigned count;
};

static int
see_one(struct manage *m, struct store_txn *txn, const struct gateway *g, void *arg)
{
	struct seen_crowd *seen = arg;

	(void)m;
	(void)txn;
	if (g->serial <= seen->last)
		return E_INTERNAL;
	seen->last = g->serial;
	seen->count++;
	return E_OK;
}

static void
a_word_that_very_many_have(void **state)
{
	struct gateway_filter filter = {.word = "roof"};
	struct seen_crowd seen = {0};
	struct fixture *f = *state;

	done(f, store_update(f->data.registry, 5000, add_crowd, f));
	done(f, manage_gateways(worker(f), &filter, 0, 0, see_one, &seen));
	assert_int_equal(seen.count, CROWD);
	/* From the middle on, as a page has it. */
	seen.count = 0;
	seen.last -= 17000;
	done(f, manage_gateways(worker(f), &filter, seen.last, 0, see_one, &seen));
	assert_int_equal(seen.count, 17000);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_memory, fixture_end)
	const struct CMUnitTest tests[] = {
	    TEST(each_change_has_its_entry),
	    TEST(secrets_are_masked_in_entries),
	    TEST(all_or_nothing),
	    TEST(what_cannot_be_set),
	    TEST(delete_restore_purge),
	    TEST(purge_takes_the_ledger_row),
	    TEST(retry_forgets_the_counts),
	    TEST(what_is_in_use_stays),
	    TEST(gateways_are_listed),
	    TEST(words_page_like_the_rest),
	    cmocka_unit_test_setup_teardown(
		a_word_that_very_many_have, fixture_disk, fixture_end),
	};

	return cmocka_run_group_tests_name("manage", tests, NULL, NULL);
}
