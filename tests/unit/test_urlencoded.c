#include "unit.h"

#include "web/path.h"
#include "web/urlencoded.h"

static const struct {
	const char *in;
	bool plus;
	const char *out; /* NULL: refused */
} escapes[] = {
    {"plain", false, "plain"},
    {"", false, ""},
    {"%41%62%2d", false, "Ab-"},
    {"%2F%2f", false, "//"},
    {"a+b", false, "a+b"},
    {"a+b", true, "a b"},
    {"a%2Bb", true, "a+b"},
    {"%c3%a9", false, "\xc3\xa9"},
    {"%25%32%35", false, "%25"},
    {"%", false, NULL},
    {"%4", false, NULL},
    {"a%", false, NULL},
    {"%zz", false, NULL},
    {"%4g", false, NULL},
    {"%%41", false, NULL},
    {"%00", false, NULL},
    {"%u0041", false, NULL},
};

static void
test_escapes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(escapes); i++) {
		char out[64];
		size_t n = 99;
		bool ok =
		    percent_decode(span_str(escapes[i].in), escapes[i].plus, out, &n);

		assert_int_equal(ok, escapes[i].out != NULL);
		assert_int_equal(urlencoded_check(span_str(escapes[i].in), 1),
		    ok ? E_OK : E_INVALID);
		if (ok)
			assert_text(span_of(out, n), span_str(escapes[i].out));
	}
}

static void
assert_pair(const struct pair *pair, const char *name, const char *value)
{
	assert_text(pair->name, span_str(name));
	assert_text(pair->value, span_str(value));
	assert_int_equal(pair->value.data[pair->value.len], 0);
}

static void
test_pairs(void **state)
{
	struct arena arena;
	struct pair *pairs;
	size_t n;

	(void)state;
	arena_init(&arena, 65536);
	assert_int_equal(urlencoded_parse(&arena,
			     span_str("a=1&&b=two+words%21&c&=d&a==2&"), 9, &pairs, &n),
	    E_OK);
	assert_int_equal(n, 5);
	assert_pair(&pairs[0], "a", "1");
	assert_pair(&pairs[1], "b", "two words!");
	assert_pair(&pairs[2], "c", "");
	assert_pair(&pairs[3], "", "d");
	assert_pair(&pairs[4], "a", "=2");
	assert_int_equal(urlencoded_parse(&arena, span_str(""), 9, &pairs, &n), E_OK);
	assert_int_equal(n, 0);
	assert_int_equal(
	    urlencoded_parse(&arena, span_str("a=%"), 9, &pairs, &n), E_INVALID);
	assert_int_equal(
	    urlencoded_parse(&arena, span_str("%=a"), 9, &pairs, &n), E_INVALID);
	assert_int_equal(
	    urlencoded_parse(&arena, span_str("a&b&c"), 2, &pairs, &n), E_TOOBIG);
	assert_int_equal(urlencoded_check(span_str("a&b&c"), 2), E_TOOBIG);
	arena_clear(&arena);
	arena_init(&arena, 0);
	assert_int_equal(
	    urlencoded_parse(&arena, span_str("a"), 9, &pairs, &n), E_NOMEM);
	arena_clear(&arena);
}

static const struct {
	const char *raw, *path; /* NULL: refused */
} paths[] = {
    {"/", "/"},
    {"/a/b", "/a/b"},
    {"/a%20b", "/a b"},
    {"/%61", "/a"},
    {"/%252f", "/%2f"},
    {"/...", "/..."},
    {"/.well-known", "/.well-known"},
    {"/a..b", "/a..b"},
    {"//", "//"},
    {"/\xc3\xa9", "/\xc3\xa9"},
    {"", NULL},
    {"a", NULL},
    {"*", NULL},
    {"/.", NULL},
    {"/..", NULL},
    {"/./a", NULL},
    {"/a/../b", NULL},
    {"/a/..", NULL},
    {"/%2e%2E/a", NULL},
    {"/a%2fb", NULL},
    {"/a%2Fb", NULL},
    {"/a%00", NULL},
    {"/a%0d%0a", NULL},
    {"/a\x7f", NULL},
    {"/a\tb", NULL},
    {"/a%", NULL},
    {"/a%2", NULL},
};

static void
test_paths(void **state)
{
	struct arena arena;

	(void)state;
	arena_init(&arena, 65536);
	for (size_t i = 0; i < COUNT(paths); i++) {
		struct fault fault = {0};
		struct span out;
		int err = path_decode(&arena, span_str(paths[i].raw), &out, &fault);

		assert_int_equal(err, paths[i].path != NULL ? E_OK : E_INVALID);
		if (err == E_OK)
			assert_text(out, span_str(paths[i].path));
		else
			assert_true(fault.text[0] != '\0');
	}
	arena_clear(&arena);
}

static void
test_path_without(void **state)
{
	(void)state;
	assert_text(path_without(span_str("/a/b"), span_str("/b")), span_str("/a"));
	assert_text(path_without(span_str("/b"), span_str("/b")), span_str(""));
	assert_text(path_without(span_str("/a/c"), span_str("/b")), span_str(""));
	assert_text(path_without(span_str("/b"), span_str("/a/b")), span_str(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_escapes),
	    cmocka_unit_test(test_pairs),
	    cmocka_unit_test(test_paths),
	    cmocka_unit_test(test_path_without),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
