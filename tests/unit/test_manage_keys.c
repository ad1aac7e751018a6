/* The use cases on keys: made, brought in, wanted, revoked, listed. */
#include "tests/lib/data_fixture.h"

#include "auth/principal.h"

static struct principal
who(struct fixture *f, const char *key)
{
	struct store_txn *txn;
	struct principal p;

	assert_int_equal(store_read_begin(f->data.registry, &txn), E_OK);
	assert_int_equal(
	    principal_by_key(txn, span_str(key), f->manage.now, &f->arena, &p), E_OK);
	store_read_end(txn);
	return p;
}

static void
a_new_key(void **state)
{
	struct fixture *f = *state;
	struct key_request request = {
	    .gateway = "gw-1", .name = "mine", .expires_at = NOW + DAY};
	struct key_made made;
	struct principal p;
	struct gateway g;

	add_gateway(f, "gw-1", "58A0CBFFFE800001");
	done(f, manage_key_create(worker(f), &request, &made));
	assert_int_equal(strlen(made.plain), 6 + 39 + 1 + 52);
	assert_memory_equal(made.plain, "NNSXS.", 6);
	assert_int_equal(made.plain[6 + 39], '.');
	assert_memory_equal(made.plain + 6, made.key.key_id, 39);
	assert_int_equal(strlen(made.key.key_id), 39);
	assert_int_equal(
	    strspn(made.key.key_id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), 39);
	p = who(f, made.plain);
	assert_int_equal(p.err, E_OK);
	assert_string_equal(p.key.name, "mine");
	assert_int_equal(p.key.rights, RIGHTS_CUPS);
	assert_int_equal(p.key.generation, 0);
	assert_int_equal(p.key.value.sealed.len, 0);
	/* An ordinary key is not what the gateway should have. */
	done(f, manage_get(worker(f), &gateway_kind, "gw-1", &g));
	assert_int_equal(g.target_cups_key, 0);
	f->manage.now = NOW + DAY;
	p = who(f, made.plain);
	assert_int_equal(p.err, E_DENIED);
	assert_non_null(strstr(p.why.text, "expired"));
}

static void
generations(void **state)
{
	struct fixture *f = *state;
	struct key_request request = {.gateway = "gw-1", .cups = true};
	struct key_made first, second;
	struct gateway g;
	struct span plain;

	add_gateway(f, "gw-1", "58A0CBFFFE800001");
	done(f, manage_key_create(worker(f), &request, &first));
	done(f, manage_key_rotate(worker(f), "gw-1", &second));
	assert_int_equal(first.key.generation, 1);
	assert_int_equal(first.key.origin, KEY_BY_HAND);
	assert_int_equal(second.key.generation, 2);
	assert_int_equal(second.key.origin, KEY_PUSHED);
	done(f, manage_get(worker(f), &gateway_kind, "gw-1", &g));
	assert_int_equal(g.target_cups_key, second.key.serial);
	done(f, manage_open(worker(f), &key_kind, second.key.serial, "value",
		    &second.key.value, &plain));
	assert_text(plain, span_str(second.plain));
	assert_int_equal(who(f, first.plain).err, E_OK);
	refused(f, manage_key_rotate(worker(f), "gw-9", &second), E_NOTFOUND, "gw-9");
	request.gateway = NULL;
	refused(f, manage_key_create(worker(f), &request, &second), E_INVALID,
	    "gateway: is required");
}

/* A gateway that was given such a key would be refused with it. */
static void
the_wanted_key(void **state)
{
	struct fixture *f = *state;
	struct key_request request = {
	    .gateway = "gw-1", .cups = true, .rights = RIGHT_INFO};
	struct key_made mine, other;

	add_gateway(f, "gw-1", "58A0CBFFFE800001");
	add_gateway(f, "gw-2", "58A0CBFFFE800002");
	refused(f, manage_key_create(worker(f), &request, &mine), E_INVALID,
	    "READ_SECRETS");
	request.rights = RIGHT_ALL;
	done(f, manage_key_create(worker(f), &request, &mine));
	request.gateway = "gw-2";
	done(f, manage_key_create(worker(f), &request, &other));
	refused(f,
	    set_field(f, &gateway_kind, "gw-1", "target_cups_key", other.key.key_id),
	    E_INVALID, "opens another gateway");
	request = (struct key_request){.gateway = "gw-1"};
	done(f, manage_key_create(worker(f), &request, &other));
	refused(f,
	    set_field(f, &gateway_kind, "gw-1", "target_cups_key", other.key.key_id),
	    E_INVALID, "only the digest");
	done(
	    f, set_field(f, &gateway_kind, "gw-1", "target_cups_key", mine.key.key_id));
	done(f, set_field(f, &gateway_kind, "gw-1", "target_cups_key", ""));
}

/* The forms in which keys are found in the field. */
static void
imported_keys(void **state)
{
#define KEY                                              \
	"NNSXS.ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFG." \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFGHIJKLMNOPQRST"
	static const struct {
		const char *value, *presented, *id;
		unsigned form;
	} cases[] = {
	    {KEY, KEY, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFG", SECRET_BARE},
	    {"Bearer " KEY, KEY, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFG",
		SECRET_SCHEME},
	    {"Authorization: Bearer " KEY "\r\n", KEY,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFG", SECRET_HEADER},
	    {"Authorization: " KEY, KEY, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567ABCDEFG",
		SECRET_HEADER},
	    {"authorization: bearer old-style-key", "old-style-key", NULL,
		SECRET_HEADER},
	    {"just-some-password", "just-some-password", NULL, SECRET_BARE},
	};
	struct fixture *f = *state;

	add_gateway(f, "gw-1", "58A0CBFFFE800001");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct key_request request = {
		    .gateway = "gw-1", .cups = true, .value = span_str(cases[i].value)};
		struct key_made made;
		struct principal p;
		struct span plain;

		done(f, manage_key_create(worker(f), &request, &made));
		assert_string_equal(made.plain, cases[i].presented);
		if (cases[i].id != NULL)
			assert_string_equal(made.key.key_id, cases[i].id);
		else
			assert_memory_equal(made.key.key_id, "imported-", 9);
		assert_int_equal(made.key.value.form, cases[i].form);
		assert_int_equal(made.key.generation, 1);
		p = who(f, cases[i].presented);
		assert_int_equal(p.err, E_OK);
		/* It is pushed again as it was brought in. */
		done(f, manage_open(worker(f), &key_kind, made.key.serial, "value",
			    &made.key.value, &plain));
		assert_text(plain, span_trim(span_str(cases[i].value)));
		refused(f, manage_key_create(worker(f), &request, &made), E_EXISTS,
		    "is already used by key");
		/* Out of the way for the next. */
		done(f, manage_delete(worker(f), &key_kind, made.key.key_id));
	}
}

static void
keys_that_are_refused(void **state)
{
	static const struct {
		const char *value, *words;
	} cases[] = {{"short", "at least 8"}, {"Authorization: Bearer x", "at least 8"},
	    {"two\r\nlines-of-it", "must be one line"},
	    {"caf\xc3\xa9-key-long", "must be one line"}};
	struct fixture *f = *state;
	struct key_made made;

	add_gateway(f, "gw-1", "58A0CBFFFE800001");
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct key_request request = {
		    .gateway = "gw-1", .cups = true, .value = span_str(cases[i].value)};

		refused(f, manage_key_create(worker(f), &request, &made), E_INVALID,
		    cases[i].words);
	}
	assert_int_equal(count_of(f, &key_kind), 0);
}

static void
revoked_keys(void **state)
{
	struct fixture *f = *state;
	struct key_request request = {.gateway = "gw-1"};
	struct key_made made;

	add_gateway(f, "gw-1", "58A0CBFFFE800001");
	done(f, manage_key_create(worker(f), &request, &made));
	done(f, manage_key_revoke(worker(f), made.key.key_id));
	assert_int_equal(who(f, made.plain).err, E_DENIED);
	refused(f, manage_key_revoke(worker(f), made.key.key_id), E_STATE,
	    "is revoked already");
	refused(f, manage_key_revoke(worker(f), "no-such"), E_NOTFOUND, "no-such");
}

static int
count_key(struct manage *m, struct store_txn *txn, const struct key *key, void *arg)
{
	(void)m;
	(void)txn;
	assert_true(key->key_id[0] != '\0');
	++*(unsigned *)arg;
	return E_OK;
}

static void
keys_are_listed(void **state)
{
	struct fixture *f = *state;
	struct key_request one = {.gateway = "gw-1"}, two = {.gateway = "gw-2"},
			   all = {0};
	struct key_made made;
	unsigned n = 0;

	add_gateway(f, "gw-1", "1111111111111111");
	add_gateway(f, "gw-2", "2222222222222222");
	done(f, manage_key_create(worker(f), &one, &made));
	done(f, manage_key_create(worker(f), &one, &made));
	done(f, manage_key_create(worker(f), &two, &made));
	done(f, manage_key_create(worker(f), &all, &made));
	done(f, manage_keys(worker(f), "gw-1", count_key, &n));
	assert_int_equal(n, 2);
	n = 0;
	done(f, manage_keys(worker(f), NULL, count_key, &n));
	assert_int_equal(n, 4);
	refused(f, manage_keys(worker(f), "gw-3", count_key, &n), E_NOTFOUND, "gw-3");
	/* One for all gateways opens each of them. */
	assert_int_equal(poll_with(f, "2222:2222:2222:2222", made.plain, NULL), E_OK);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_memory, fixture_end)
	const struct CMUnitTest tests[] = {
	    TEST(a_new_key),
	    TEST(generations),
	    TEST(the_wanted_key),
	    TEST(imported_keys),
	    TEST(keys_that_are_refused),
	    TEST(revoked_keys),
	    TEST(keys_are_listed),
	};

	return cmocka_run_group_tests_name("manage keys", tests, NULL, NULL);
}
