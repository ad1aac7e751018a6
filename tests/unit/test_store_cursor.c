/* Cursors; each test runs on LMDB and in memory. */
#include "tests/fault/store_tools.h"

/* Bytes sort as unsigned numbers, and a shorter key before those that begin with it. */
static const struct span sorted[] = {
    {(const uint8_t *)"\0", 1},
    {(const uint8_t *)"\0\0", 2},
    {(const uint8_t *)"A", 1},
    {(const uint8_t *)"a", 1},
    {(const uint8_t *)"a\0", 2},
    {(const uint8_t *)"aa", 2},
    {(const uint8_t *)"ab", 2},
    {(const uint8_t *)"b", 1},
    {(const uint8_t *)"\x7f", 1},
    {(const uint8_t *)"\x80", 1},
    {(const uint8_t *)"\xff", 1},
    {(const uint8_t *)"\xff\xff", 2},
};
#define SORTED (sizeof sorted / sizeof sorted[0])

static int
put_sorted_fn(struct store_txn *txn, void *arg)
{
	int err = E_OK;

	(void)arg;
	/* In another order than theirs. */
	for (size_t i = 0; i < SORTED && err == E_OK; i++)
		err =
		    store_put(txn, T_B, sorted[i * 5 % SORTED], sorted[i * 5 % SORTED]);
	return err;
}

static void
cursor_walks(void **state)
{
	struct store *s = tools_store(state);
	const struct span none = span_of("", 0);
	struct store_txn *txn;
	struct store_cursor *c;
	struct span k, v;
	size_t i = 0;

	assert_int_equal(store_update(s, 1000, put_sorted_fn, NULL), E_OK);
	assert_int_equal(store_read_begin(s, &txn), E_OK);
	assert_int_equal(store_cursor_open(txn, T_B, &c), E_OK);
	for (int err = store_cursor_seek(c, none, &k, &v); err == E_OK;
	     err = store_cursor_next(c, &k, &v), i++) {
		assert_true(span_eq(k, sorted[i]));
		assert_true(span_eq(v, sorted[i]));
	}
	assert_int_equal(i, SORTED);
	/* It fell off the end, and stands nowhere now. */
	assert_int_equal(store_cursor_prev(c, &k, &v), E_STATE);
	assert_int_equal(k.len, 0);
	for (int err = store_cursor_seek_before(c, none, &k, &v); err == E_OK;
	     err = store_cursor_prev(c, &k, &v))
		assert_true(span_eq(k, sorted[--i]));
	assert_int_equal(i, 0);
	assert_int_equal(store_cursor_next(c, &k, &v), E_STATE);
	store_cursor_close(c);
	store_read_end(txn);
}

/* What the seeks find for a key: the place in `sorted`, -1 for E_NOTFOUND. */
static const struct seek_row {
	const char *key;
	size_t len;
	int at, before;
} seeks[] = {
    {"", 0, 0, 11},
    {"\0", 1, 0, -1},
    {"\0\0", 2, 1, 0},
    {"\0\0\0", 3, 2, 1},
    {"a", 1, 3, 2},
    {"a\0", 2, 4, 3},
    {"a\0\0", 3, 5, 4},
    {"aaa", 3, 6, 5},
    {"ac", 2, 7, 6},
    {"c", 1, 8, 7},
    {"\x80", 1, 9, 8},
    {"\xfe\xff", 2, 10, 9},
    {"\xff\xff", 2, 11, 10},
    {"\xff\xff\0", 3, -1, 11},
};

static void
expect_at(int err, struct span k, int at)
{
	assert_int_equal(err, at >= 0 ? E_OK : E_NOTFOUND);
	assert_true(span_eq(k, at >= 0 ? sorted[at] : span_of("", 0)));
}

static void
cursor_seeks(void **state)
{
	struct store *s = tools_store(state);
	struct store_txn *txn;
	struct store_cursor *c;
	struct span k, v;

	assert_int_equal(store_update(s, 1000, put_sorted_fn, NULL), E_OK);
	assert_int_equal(store_read_begin(s, &txn), E_OK);
	assert_int_equal(store_cursor_open(txn, T_B, &c), E_OK);
	for (size_t i = 0; i < sizeof seeks / sizeof seeks[0]; i++) {
		const struct seek_row *r = &seeks[i];
		struct span key = span_of(r->key, r->len);
		int err;

		expect_at(store_cursor_seek(c, key, &k, &v), k, r->at);
		if (r->at > 0)
			expect_at(store_cursor_prev(c, &k, &v), k, r->at - 1);
		err = store_cursor_seek_before(c, key, &k, &v);
		expect_at(err, k, r->before);
		if (err == E_OK && r->before + 1 < (int)SORTED)
			expect_at(store_cursor_next(c, &k, &v), k, r->before + 1);
	}
	store_cursor_close(c);
	store_read_end(txn);
}

/* Keys to seek may be longer than any key there is. */
static void
cursor_seeks_long(void **state)
{
	struct store *s = tools_store(state);
	char key[601];
	struct store_txn *txn;
	struct store_cursor *c;
	struct span k, v;

	memset(key, 'k', sizeof key - 1);
	key[STORE_KEY_MAX] = '\0';
	assert_int_equal(tools_put(s, T_A, key, "longest"), E_OK);
	assert_int_equal(tools_put(s, T_A, "l", "after"), E_OK);
	memset(key, 'k', sizeof key);
	assert_int_equal(store_read_begin(s, &txn), E_OK);
	assert_int_equal(store_cursor_open(txn, T_A, &c), E_OK);
	assert_int_equal(store_cursor_seek(c, span_of(key, 600), &k, &v), E_OK);
	assert_true(span_is(v, "after"));
	assert_int_equal(store_cursor_seek_before(c, span_of(key, 600), &k, &v), E_OK);
	assert_true(span_is(v, "longest"));
	store_cursor_close(c);
	store_read_end(txn);
}

static void
cursor_of_nothing(void **state)
{
	struct store *s = tools_store(state);
	struct store_txn *txn;
	struct store_cursor *c;
	struct span k, v;

	assert_int_equal(store_read_begin(s, &txn), E_OK);
	assert_int_equal(store_cursor_open(txn, 3, &c), E_INVALID);
	assert_null(c);
	assert_int_equal(store_cursor_open(txn, T_C, &c), E_OK);
	assert_int_equal(store_cursor_next(c, &k, &v), E_STATE);
	assert_int_equal(store_cursor_seek(c, span_of("", 0), &k, &v), E_NOTFOUND);
	assert_int_equal(store_cursor_seek(c, span_str("x"), &k, &v), E_NOTFOUND);
	assert_int_equal(
	    store_cursor_seek_before(c, span_of("", 0), &k, &v), E_NOTFOUND);
	assert_int_equal(
	    store_cursor_seek_before(c, span_str("x"), &k, &v), E_NOTFOUND);
	store_cursor_close(c);
	store_read_end(txn);
}

static int
cursor_delete_fn(struct store_txn *txn, void *arg)
{
	struct store_cursor *c;
	struct span k, v;
	int err, *left = arg;

	*left = 0;
	assert_int_equal(store_cursor_open(txn, T_A, &c), E_OK);
	assert_int_equal(store_cursor_seek(c, span_str("p"), &k, &v), E_OK);
	assert_int_equal(store_del(txn, T_A, k), E_OK);
	/* After a change it has to be placed again. */
	assert_int_equal(store_cursor_next(c, &k, &v), E_STATE);
	while ((err = store_cursor_seek(c, span_str("p"), &k, &v)) == E_OK &&
	       span_begins(k, span_str("p")))
		assert_int_equal(store_del(txn, T_A, k), E_OK);
	assert_int_equal(err, E_OK);
	assert_true(span_is(k, "q"));
	while (err == E_OK && ++*left)
		err = store_cursor_next(c, &k, &v);
	/* Left open: the end of the update closes it. */
	return err == E_NOTFOUND ? E_OK : err;
}

static void
cursor_deletes_a_range(void **state)
{
	struct store *s = tools_store(state);
	int left;

	assert_int_equal(tools_fill(s, T_A, "p", 500, 20), E_OK);
	assert_int_equal(tools_put(s, T_A, "o", ""), E_OK);
	assert_int_equal(tools_put(s, T_A, "q", ""), E_OK);
	assert_int_equal(tools_put(s, T_A, "r", ""), E_OK);
	assert_int_equal(store_update(s, 1000, cursor_delete_fn, &left), E_OK);
	assert_int_equal(left, 2);
	assert_int_equal(tools_count(s, T_A), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TOOLS_BOTH(cursor_walks),
	    TOOLS_BOTH(cursor_seeks),
	    TOOLS_BOTH(cursor_seeks_long),
	    TOOLS_BOTH(cursor_of_nothing),
	    TOOLS_BOTH(cursor_deletes_a_range),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
