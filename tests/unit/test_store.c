/* What every engine does alike: each test runs on LMDB and in memory. */
#include "tests/fault/store_tools.h"

#include <stdio.h>

/* ---- single entries ---- */

static void
put_get_del(void **state)
{
	struct store *s = tools_store(state);

	assert_null(tools_get(s, T_A, "k"));
	assert_int_equal(tools_put(s, T_A, "k", "one"), E_OK);
	assert_string_equal(tools_get(s, T_A, "k"), "one");
	assert_null(tools_get(s, T_B, "k"));
	assert_int_equal(tools_put(s, T_A, "k", "another, longer value"), E_OK);
	assert_string_equal(tools_get(s, T_A, "k"), "another, longer value");
	assert_int_equal(tools_count(s, T_A), 1);
	assert_int_equal(tools_put(s, T_A, "k", ""), E_OK);
	assert_string_equal(tools_get(s, T_A, "k"), "");
	assert_int_equal(tools_del(s, T_A, "k"), E_OK);
	assert_null(tools_get(s, T_A, "k"));
	assert_int_equal(tools_del(s, T_A, "k"), E_NOTFOUND);
	assert_int_equal(tools_count(s, T_A), 0);
}

static int
wrong_keys_fn(struct store_txn *txn, void *arg)
{
	const uint8_t *long_key = arg;
	struct span v, value = span_str("v");

	assert_int_equal(store_put(txn, T_A, span_of("", 0), value), E_INVALID);
	assert_int_equal(
	    store_put(txn, T_A, span_of(long_key, STORE_KEY_MAX + 1), value),
	    E_INVALID);
	assert_int_equal(store_put(txn, 3, span_str("k"), value), E_INVALID);
	assert_int_equal(
	    store_put(txn, T_A, span_str("k"), span_of(long_key, STORE_VALUE_MAX + 1)),
	    E_INVALID);
	assert_int_equal(store_del(txn, T_A, span_of("", 0)), E_NOTFOUND);
	assert_int_equal(store_del(txn, 3, span_str("k")), E_INVALID);
	assert_int_equal(
	    store_get(txn, T_A, span_of(long_key, STORE_KEY_MAX + 1), &v), E_NOTFOUND);
	assert_int_equal(store_get(txn, T_A, span_of("", 0), &v), E_NOTFOUND);
	assert_int_equal(store_get(txn, 3, span_str("k"), &v), E_INVALID);
	/* None of these spoils the update. */
	return store_put(txn, T_A, span_of(long_key, STORE_KEY_MAX), value);
}

static void
wrong_keys(void **state)
{
	struct store *s = tools_store(state);
	uint8_t key[600];

	memset(key, 'k', sizeof key);
	assert_int_equal(store_update(s, 1000, wrong_keys_fn, key), E_OK);
	assert_int_equal(tools_count(s, T_A), 1);
}

static int
large_fn(struct store_txn *txn, void *arg)
{
	return store_put(txn, T_A, span_str("large"), *(struct span *)arg);
}

static void
large_values(void **state)
{
	struct store *s = tools_store(state);
	static uint8_t bytes[300000];
	struct span value = span_of(bytes, sizeof bytes), got;
	struct store_txn *txn;

	for (size_t i = 0; i < sizeof bytes; i++)
		bytes[i] = (uint8_t)(i * 7 + i / 251);
	assert_int_equal(store_update(s, 1000, large_fn, &value), E_OK);
	assert_int_equal(store_read_begin(s, &txn), E_OK);
	assert_int_equal(store_get(txn, T_A, span_str("large"), &got), E_OK);
	assert_true(span_eq(got, value));
	store_read_end(txn);
}

/* ---- updates ---- */

static int
fail_fn(struct store_txn *txn, void *arg)
{
	int *err = arg;

	assert_int_equal(store_put(txn, T_A, span_str("k"), span_str("new")), E_OK);
	assert_int_equal(store_put(txn, T_A, span_str("l"), span_str("new")), E_OK);
	assert_int_equal(store_del(txn, T_A, span_str("m")), E_OK);
	assert_int_equal(store_del(txn, T_A, span_str("k")), E_OK);
	assert_int_equal(store_put(txn, T_A, span_str("m"), span_str("new")), E_OK);
	assert_int_equal(store_put(txn, T_B, span_str("x"), span_str("new")), E_OK);
	return *err;
}

static void
failed_update_changes_nothing(void **state)
{
	struct store *s = tools_store(state);
	int errs[] = {E_STALE, E_NOTFOUND, E_INVALID, E_AGAIN, E_FULL, E_OK};

	assert_int_equal(tools_put(s, T_A, "k", "old"), E_OK);
	assert_int_equal(tools_put(s, T_A, "m", "old"), E_OK);
	for (int i = 0; errs[i] != E_OK; i++) {
		assert_int_equal(store_update(s, 1000, fail_fn, &errs[i]), errs[i]);
		assert_string_equal(tools_get(s, T_A, "k"), "old");
		assert_string_equal(tools_get(s, T_A, "m"), "old");
		assert_null(tools_get(s, T_A, "l"));
		assert_null(tools_get(s, T_B, "x"));
		assert_int_equal(tools_count(s, T_A), 2);
		assert_int_equal(tools_count(s, T_B), 0);
	}
	assert_int_equal(store_update(s, 1000, fail_fn, &errs[5]), E_OK);
	assert_null(tools_get(s, T_A, "k"));
	assert_string_equal(tools_get(s, T_A, "m"), "new");
}

/* An update sees its own changes, and what it reads may be put. */
static int
own_changes_fn(struct store_txn *txn, void *arg)
{
	struct span v;
	uint64_t n;

	(void)arg;
	assert_int_equal(store_put(txn, T_A, span_str("b"), span_str("1")), E_OK);
	assert_int_equal(store_count(txn, T_A, &n), E_OK);
	assert_int_equal(n, 2);
	for (int i = 0; i < 300; i++) {
		char key[16];

		snprintf(key, sizeof key, "c%d", i);
		assert_int_equal(store_get(txn, T_A, span_str("a"), &v), E_OK);
		assert_int_equal(store_put(txn, T_A, span_str(key), v), E_OK);
	}
	assert_int_equal(store_get(txn, T_A, span_str("a"), &v), E_OK);
	assert_int_equal(store_put(txn, T_A, span_str("a"), span_from(v, 4)), E_OK);
	return store_del(txn, T_A, span_str("b"));
}

static void
update_sees_its_own_changes(void **state)
{
	struct store *s = tools_store(state);

	assert_int_equal(tools_put(s, T_A, "a", "the value of a"), E_OK);
	assert_int_equal(store_update(s, 1000, own_changes_fn, NULL), E_OK);
	assert_string_equal(tools_get(s, T_A, "a"), "value of a");
	assert_string_equal(tools_get(s, T_A, "c0"), "the value of a");
	assert_string_equal(tools_get(s, T_A, "c299"), "the value of a");
	assert_int_equal(tools_count(s, T_A), 301);
}

/* An fn that is deaf to errors does not get half of its changes committed. */
static int
deaf_fn(struct store_txn *txn, void *arg)
{
	static uint8_t bytes[100000];
	struct span v;
	char key[16];
	int i, err = E_OK;

	(void)arg;
	for (i = 0; i < 100 && err == E_OK; i++) {
		snprintf(key, sizeof key, "%d", i);
		err = store_put(txn, T_A, span_str(key), span_of(bytes, sizeof bytes));
	}
	assert_int_equal(err, E_FULL);
	assert_int_equal(store_put(txn, T_A, span_str("x"), span_str("")), E_FULL);
	assert_int_equal(store_del(txn, T_A, span_str("0")), E_FULL);
	assert_int_equal(store_get(txn, T_A, span_str("0"), &v), E_FULL);
	return E_OK;
}

static void
full_store_takes_nothing(void **state)
{
	struct store *s = tools_store(state);

	assert_int_equal(tools_put(s, T_A, "k", "v"), E_OK);
	for (int i = 0; i < 3; i++)
		assert_int_equal(store_update(s, 1000, deaf_fn, NULL), E_FULL);
	assert_int_equal(tools_count(s, T_A), 1);
	assert_string_equal(tools_get(s, T_A, "k"), "v");
	assert_int_equal(tools_put(s, T_A, "small", "fits"), E_OK);
}

static int
nested_fn(struct store_txn *txn, void *arg)
{
	struct store *s = arg;
	struct store_txn *other;
	struct store_info info;

	(void)txn;
	assert_int_equal(store_update(s, 1000, nested_fn, arg), E_STATE);
	assert_int_equal(store_read_begin(s, &other), E_STATE);
	assert_int_equal(store_copy(s, "/nowhere", NULL), E_STATE);
	assert_int_equal(store_inspect(s, &info), E_STATE);
	return E_OK;
}

static void
one_transaction_at_a_time(void **state)
{
	struct store *s = tools_store(state);
	struct store_txn *txn, *other;

	assert_int_equal(store_update(s, 1000, nested_fn, s), E_OK);
	assert_int_equal(store_read_begin(s, &txn), E_OK);
	assert_int_equal(store_read_begin(s, &other), E_STATE);
	assert_int_equal(store_update(s, 1000, nested_fn, s), E_STATE);
	assert_int_equal(store_put(txn, T_A, span_str("k"), span_str("v")), E_STATE);
	assert_int_equal(store_del(txn, T_A, span_str("k")), E_STATE);
	assert_int_equal(store_set_schema(txn, 1), E_STATE);
	store_read_end(txn);
	store_read_end(txn);
	assert_int_equal(store_put(txn, T_A, span_str("k"), span_str("v")), E_STATE);
	assert_int_equal(tools_put(s, T_A, "k", "v"), E_OK);
}

/* ---- the snapshot's number ---- */

static uint64_t
version_of(struct store *s)
{
	struct store_txn *txn;
	uint64_t version;

	assert_int_equal(store_read_begin(s, &txn), E_OK);
	version = store_version(txn);
	store_read_end(txn);
	return version;
}

static void
version_tells_of_changes(void **state)
{
	struct store *s = tools_store(state);
	uint64_t first = version_of(s), second;

	assert_true(first != 0);
	assert_int_equal(version_of(s), first);
	assert_int_equal(tools_del(s, T_A, "m"), E_NOTFOUND);
	assert_int_equal(version_of(s), first);
	assert_int_equal(tools_put(s, T_A, "m", "v"), E_OK);
	second = version_of(s);
	assert_true(second != first && second != 0);
	assert_int_equal(store_update(s, 1000, fail_fn, &(int){E_STALE}), E_STALE);
	assert_int_equal(version_of(s), second);
	assert_int_equal(tools_del(s, T_A, "m"), E_OK);
	assert_true(version_of(s) != second && version_of(s) != first);
}

/* ---- the schema's number ---- */

static int
schema_fn(struct store_txn *txn, void *arg)
{
	const uint32_t *n = arg;
	int err = store_set_schema(txn, n[0]);

	return err != E_OK ? err : (int)n[1];
}

static void
schema_changes_with_the_update(void **state)
{
	struct store *s = tools_store(state);

	assert_int_equal(store_schema(s), 1);
	assert_int_equal(
	    store_update(s, 1000, schema_fn, (uint32_t[]){0, E_STALE}), E_STALE);
	assert_int_equal(store_schema(s), 1);
	assert_int_equal(
	    store_update(s, 1000, schema_fn, (uint32_t[]){2, 0}), E_INVALID);
	assert_int_equal(store_schema(s), 1);
	assert_int_equal(store_update(s, 1000, schema_fn, (uint32_t[]){0, 0}), E_OK);
	assert_int_equal(store_schema(s), 0);
	assert_int_equal(store_update(s, 1000, schema_fn, (uint32_t[]){1, 0}), E_OK);
	assert_int_equal(store_schema(s), 1);
}

/* ---- a long random walk, compared with an array ---- */

#define WALK_KEYS 200

struct walk {
	uint32_t random;
	int model[WALK_KEYS], next[WALK_KEYS]; /* 0: not there, else the value */
};

static uint32_t
walk_random(struct walk *w)
{
	w->random = w->random * 1664525 + 1013904223;
	return w->random >> 8;
}

static int
walk_fn(struct store_txn *txn, void *arg)
{
	struct walk *w = arg;
	uint32_t begin = w->random;
	bool fails;

	memcpy(w->next, w->model, sizeof w->next);
	for (uint32_t n = walk_random(w) % 30; n > 0; n--) {
		uint32_t i = walk_random(w) % WALK_KEYS, v = walk_random(w) % 3;
		char key[8], value[600];

		snprintf(key, sizeof key, "%u", (unsigned)(i * 7919 % 99991));
		memset(value, 'x', sizeof value);
		snprintf(value, sizeof value, "%u", (unsigned)w->random);
		if (v == 0)
			assert_int_equal(store_del(txn, T_C, span_str(key)),
			    w->next[i] != 0 ? E_OK : E_NOTFOUND);
		else
			assert_int_equal(
			    store_put(txn, T_C, span_str(key), span_of(value, v * 290)),
			    E_OK);
		w->next[i] = v != 0 ? (int)w->random : 0;
	}
	fails = walk_random(w) % 4 == 0;
	/* The next run begins as this one did. */
	w->random = begin;
	return fails ? E_STALE : E_OK;
}

static void
random_walk(void **state)
{
	struct store *s = tools_store(state);
	struct walk w = {.random = 42};
	char key[8], value[16];

	for (int round = 0; round < 150; round++) {
		if (store_update(s, 5000, walk_fn, &w) == E_OK)
			memcpy(w.model, w.next, sizeof w.model);
		w.random = w.random * 69069 + 1;
	}
	for (unsigned i = 0; i < WALK_KEYS; i++) {
		const char *got;

		snprintf(key, sizeof key, "%u", i * 7919 % 99991);
		got = tools_get(s, T_C, key);
		assert_int_equal(got != NULL, w.model[i] != 0);
		snprintf(value, sizeof value, "%u", (unsigned)w.model[i]);
		if (got != NULL)
			assert_string_equal(got, value);
	}
}

/* ---- only in memory ---- */

static int
count_fn(struct store_txn *txn, void *arg)
{
	++*(int *)arg;
	return store_put(txn, T_A, span_str("k"), span_str("v"));
}

static void
memory_runs_twice(void **state)
{
	struct store *s = tools_store(state);
	struct fault fault;
	int runs = 0;

	assert_int_equal(store_update(s, 1000, count_fn, &runs), E_OK);
	assert_int_equal(runs, 2);
	assert_int_equal(tools_count(s, T_A), 1);
	assert_int_equal(store_copy(s, "/nowhere", &fault), E_STATE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TOOLS_BOTH(put_get_del),
	    TOOLS_BOTH(wrong_keys),
	    TOOLS_BOTH(large_values),
	    TOOLS_BOTH(failed_update_changes_nothing),
	    TOOLS_BOTH(update_sees_its_own_changes),
	    TOOLS_BOTH(full_store_takes_nothing),
	    TOOLS_BOTH(one_transaction_at_a_time),
	    TOOLS_BOTH(version_tells_of_changes),
	    TOOLS_BOTH(schema_changes_with_the_update),
	    TOOLS_BOTH(random_walk),
	    {"memory: runs twice", memory_runs_twice, tools_setup_memory,
		tools_teardown, NULL},
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
