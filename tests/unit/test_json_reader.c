#include "unit.h"

#include <math.h>

#include <stdio.h>

#include "base/err.h"
#include "base/strbuf.h"
#include "json/reader.h"

static struct json *
parse(const char *text)
{
	struct fault fault = {0};
	struct json *v;

	if (json_parse(span_str(text), &v, &fault) != E_OK)
		fail_msg("%s: %s", text, fault.text);
	return v;
}

static void
test_types(void **state)
{
	static const struct {
		const char *text;
		enum json_type type;
	} rows[] = {{"null", JSON_NULL}, {"true", JSON_BOOL}, {" false\r\n", JSON_BOOL},
	    {"0", JSON_INT}, {"-0", JSON_INT}, {"-12", JSON_INT}, {"\t12 ", JSON_INT},
	    {"1.0", JSON_DOUBLE}, {"1e2", JSON_DOUBLE}, {"-0.5E-2", JSON_DOUBLE},
	    {"\"\"", JSON_STRING}, {"[]", JSON_ARRAY}, {"{}", JSON_OBJECT},
	    {"[ 1 , 2 ]", JSON_ARRAY}, {"{ \"a\" : 1 }", JSON_OBJECT}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct json *v = parse(rows[i].text);

		assert_int_equal(json_type(v), rows[i].type);
		assert_int_equal(v == NULL, rows[i].type == JSON_NULL);
		json_free(v);
	}
	for (enum json_type type = JSON_NULL; type <= JSON_OBJECT; type++)
		assert_true(strlen(json_type_name(type)) > 3);
	assert_int_equal(json_type(NULL), JSON_NULL);
	json_free(NULL);
}

/* The place of the mistake is part of the contract. */
static const struct {
	const char *text, *fault;
} bad[] = {
    {"", "line 1, byte 1: unexpected end"},
    {"  \n ", "line 2, byte 2: unexpected end"},
    {"nul", "line 1, byte 4: unexpected end"},
    {"nulx", "line 1, byte 1: value expected"},
    {"Null", "line 1, byte 1: value expected"},
    {"TRUE", "line 1, byte 1: value expected"},
    {"NaN", "line 1, byte 1: value expected"},
    {"[NaN]", "line 1, byte 2: value expected"},
    {"Infinity", "line 1, byte 1: value expected"},
    {"-Infinity", "line 1, byte 2: digit expected"},
    {"undefined", "line 1, byte 1: value expected"},
    {"[1,2", "line 1, byte 5: unexpected end"},
    {"[1,]", "line 1, byte 4: value expected"},
    {"[,1]", "line 1, byte 2: value expected"},
    {"[1 2]", "line 1, byte 4: `,` or `]` expected"},
    {"[1}", "line 1, byte 3: `,` or `]` expected"},
    {"]", "line 1, byte 1: value expected"},
    {"{", "line 1, byte 2: unexpected end"},
    {"{\"a\"", "line 1, byte 5: unexpected end"},
    {"{\"a\":", "line 1, byte 6: unexpected end"},
    {"{\"a\":1", "line 1, byte 7: unexpected end"},
    {"{\"a\":1,}", "line 1, byte 8: name in quotes expected"},
    {"{\"a\" 1}", "line 1, byte 6: `:` expected"},
    {"{\"a\":1 \"b\":2}", "line 1, byte 8: `,` or `}` expected"},
    {"{\"a\":1]", "line 1, byte 7: `,` or `}` expected"},
    {"{a:1}", "line 1, byte 2: name in quotes expected"},
    {"{'a':1}", "line 1, byte 2: name in quotes expected"},
    {"{1:1}", "line 1, byte 2: name in quotes expected"},
    {"{,}", "line 1, byte 2: name in quotes expected"},
    {"'a'", "line 1, byte 1: value expected"},
    {"{\n  \"a\": 1,\n  \"b\": x\n}", "line 3, byte 8: value expected"},
    {"[1]\n\n x", "line 3, byte 2: nothing may follow the value"},
    {"1 2", "line 1, byte 3: nothing may follow the value"},
    {"{}{}", "line 1, byte 3: nothing may follow the value"},
    {"truex", "line 1, byte 5: nothing may follow the value"},
    {"/*c*/1", "line 1, byte 1: value expected"},
    {"[1]//", "line 1, byte 4: nothing may follow the value"},
    {"\v1", "line 1, byte 1: value expected"},
    {"\f1", "line 1, byte 1: value expected"},
    {"\xef\xbb\xbf{}", "line 1, byte 1: value expected"},
    {"\xc2\xa0{}", "line 1, byte 1: value expected"},
    {"01", "line 1, byte 2: number with a leading zero"},
    {"[-01]", "line 1, byte 4: number with a leading zero"},
    {"[00]", "line 1, byte 3: number with a leading zero"},
    {"[1.]", "line 1, byte 4: digit expected"},
    {"[1.e5]", "line 1, byte 4: digit expected"},
    {"[.5]", "line 1, byte 2: value expected"},
    {"+1", "line 1, byte 1: value expected"},
    {"-", "line 1, byte 2: unexpected end"},
    {"[-]", "line 1, byte 3: digit expected"},
    {"1e", "line 1, byte 3: unexpected end"},
    {"[1e+]", "line 1, byte 5: digit expected"},
    {"[0x10]", "line 1, byte 3: `,` or `]` expected"},
    {"[1.5.5]", "line 1, byte 5: `,` or `]` expected"},
    {"[18446744073709551616]", "line 1, byte 2: number out of range"},
    {"-9223372036854775809", "line 1, byte 1: number out of range"},
    {"1e999", "line 1, byte 1: number out of range"},
    {"-1e999", "line 1, byte 1: number out of range"},
    {"\"a", "line 1, byte 3: unexpected end"},
    {"\"a\nb\"", "line 1, byte 3: control character in a string"},
    {"\"\t\"", "line 1, byte 2: control character in a string"},
    {"\"\x1f\"", "line 1, byte 2: control character in a string"},
    {"\"\\a\"", "line 1, byte 3: unknown escape in a string"},
    {"\"\\'\"", "line 1, byte 3: unknown escape in a string"},
    {"\"\\U00e9\"", "line 1, byte 3: unknown escape in a string"},
    {"\"\\", "line 1, byte 3: unexpected end"},
    {"\"\\u12\"", "line 1, byte 6: \\u needs four hexadecimal digits"},
    {"\"\\u12G4\"", "line 1, byte 6: \\u needs four hexadecimal digits"},
    {"{\"a\\u0000b\":1}", "line 1, byte 10: NUL in a name"},
    {"\"\xff\"", "line 1, byte 2: not UTF-8"},
    {"\"\xc3\"", "line 1, byte 2: not UTF-8"},
    {"\"a\xc0\x80\"", "line 1, byte 3: not UTF-8"},
    {"\"\xed\xa0\x80\"", "line 1, byte 2: not UTF-8"},
    {"\"\xf4\x90\x80\x80\"", "line 1, byte 2: not UTF-8"},
    {"{\"\xfe\":1}", "line 1, byte 3: not UTF-8"},
};

static void
test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct json *v = (struct json *)&state;
		struct fault fault = {0};

		if (json_parse(span_str(bad[i].text), &v, &fault) != E_INVALID)
			fail_msg("taken: %s", bad[i].text);
		assert_int_equal(fault.err, E_INVALID);
		assert_string_equal(fault.text, bad[i].fault);
		assert_null(v);
	}
}

static void
test_nul_bytes(void **state)
{
	static const struct span texts[] = {{(const uint8_t *)"[1]", 4},
	    {(const uint8_t *)"\0[1]", 4}, {(const uint8_t *)"[\0001]", 4},
	    {(const uint8_t *)"\"a\0b\"", 5}, {(const uint8_t *)"12", 3}};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct json *v;

		assert_int_equal(json_parse(texts[i], &v, NULL), E_INVALID);
	}
	assert_int_equal(
	    json_parse(span_of(NULL, 0), &(struct json *){NULL}, NULL), E_INVALID);
	assert_int_equal(json_parse(span_of("1", (size_t)INT32_MAX + 1),
			     &(struct json *){NULL}, NULL),
	    E_INVALID);
}

/* What follows the span is not looked at. */
static void
test_text_needs_no_nul(void **state)
{
	struct json *v;
	int64_t i;

	(void)state;
	assert_int_equal(json_parse(span_of("123456", 3), &v, NULL), E_OK);
	assert_true(json_as_int(v, &i) && i == 123);
	json_free(v);
	assert_int_equal(json_parse(span_of("nullx", 4), &v, NULL), E_OK);
	assert_int_equal(json_parse(span_of("[1]]", 3), &v, NULL), E_OK);
	json_free(v);
	assert_int_equal(json_parse(span_of("\"abc\"", 4), &v, NULL), E_INVALID);
}

static struct span
nested(struct strbuf *b, int depth, char open, const char *innermost, char end)
{
	strbuf_clear(b);
	strbuf_init(b, 10000);
	for (int i = 0; i < depth; i++) {
		strbuf_putc(b, open);
		if (open == '{')
			strbuf_puts(b, "\"a\":");
	}
	strbuf_puts(b, innermost);
	for (int i = 0; i < depth; i++)
		strbuf_putc(b, end);
	return strbuf_span(b);
}

static void
test_depth(void **state)
{
	struct fault fault = {0};
	struct strbuf b;
	struct json *v;

	(void)state;
	strbuf_init(&b, 0);
	assert_int_equal(json_parse(nested(&b, 32, '[', "1", ']'), &v, NULL), E_OK);
	json_free(v);
	assert_int_equal(json_parse(nested(&b, 32, '{', "\"x\"", '}'), &v, NULL), E_OK);
	json_free(v);
	assert_int_equal(
	    json_parse(nested(&b, 33, '[', "", ']'), &v, &fault), E_INVALID);
	assert_string_equal(fault.text, "line 1, byte 33: nested too deep");
	assert_int_equal(
	    json_parse(nested(&b, 33, '{', "1", '}'), &v, NULL), E_INVALID);
	assert_int_equal(
	    json_parse(nested(&b, 2000, '[', "", ']'), &v, NULL), E_INVALID);
	strbuf_clear(&b);
	/* Beside each other is no depth. */
	v = parse(
	    "[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],"
	    "[],[],[],[],[],[],[],[],[],[],[]]");
	assert_int_equal(json_count(v), 34);
	json_free(v);
}

static void
test_members(void **state)
{
	struct json *v = parse("{\"ids\":{\"eui\":\"58A0CBFFFE800001\",\"n\":null},"
			       "\"list\":[1,null,\"x\"],\"a.b\":5,\"\":6}");
	struct span text;

	(void)state;
	assert_int_equal(json_count(v), 4);
	assert_true(json_as_text(json_get_path(v, "ids.eui"), &text));
	assert_text(text, span_str("58A0CBFFFE800001"));
	assert_ptr_equal(
	    json_get(json_get(v, "ids"), "eui"), json_get_path(v, "ids.eui"));
	assert_null(json_get(v, "no"));
	assert_null(json_get(json_get(v, "list"), "no"));
	assert_null(json_get_path(v, "ids.no.more"));
	assert_null(json_get_path(v, "list.0"));
	assert_null(json_get_path(v, "a.b"));
	assert_null(json_get_path(NULL, "ids"));
	assert_int_equal(json_type(json_get_path(v, "list")), JSON_ARRAY);
	assert_int_equal(json_type(json_get_path(v, "")), JSON_INT);
	assert_true(json_has(json_get(v, "ids"), "n"));
	assert_null(json_get_path(v, "ids.n"));
	assert_false(json_has(json_get(v, "ids"), "no"));
	assert_false(json_has(json_get(v, "list"), "n"));
	assert_false(json_has(NULL, "n"));
	assert_int_equal(json_count(json_get(v, "list")), 3);
	assert_int_equal(json_type(json_at(json_get(v, "list"), 0)), JSON_INT);
	assert_null(json_at(json_get(v, "list"), 1));
	assert_int_equal(json_type(json_at(json_get(v, "list"), 2)), JSON_STRING);
	assert_null(json_at(json_get(v, "list"), 3));
	assert_null(json_at(v, 0));
	assert_int_equal(json_count(json_get_path(v, "ids.eui")), 0);
	assert_int_equal(json_count(NULL), 0);
	json_free(v);
}

static void
test_path_with_long_names(void **state)
{
	char path[129], text[200];
	struct json *v;

	(void)state;
	memset(path, 'x', sizeof path);
	path[127] = '\0';
	snprintf(text, sizeof text, "{\"%s\":1}", path);
	v = parse(text);
	assert_non_null(json_get_path(v, path));
	json_free(v);
	path[127] = 'x';
	path[128] = '\0';
	snprintf(text, sizeof text, "{\"%s\":1}", path);
	v = parse(text);
	assert_non_null(json_get(v, path));
	assert_null(json_get_path(v, path));
	json_free(v);
}

static int
collect(void *arg, const char *key, const struct json *v)
{
	struct strbuf *b = arg;

	strbuf_printf(b, "%s=%s;", key, json_type_name(json_type(v)));
	return strcmp(key, "stop") == 0 ? E_STATE : E_OK;
}

static void
test_each_in_order(void **state)
{
	struct json *v = parse("{\"z\":1,\"a\":null,\"m\":[],\"z\":\"last\"}");
	struct strbuf b;
	struct span text;

	(void)state;
	strbuf_init(&b, 1000);
	assert_int_equal(json_each(v, collect, &b), E_OK);
	assert_string_equal(strbuf_str(&b), "z=string;a=null;m=array;");
	assert_int_equal(json_each(json_get(v, "m"), collect, &b), E_OK);
	assert_int_equal(json_each(NULL, collect, &b), E_OK);
	assert_true(json_as_text(json_get(v, "z"), &text));
	assert_text(text, span_str("last"));
	json_free(v);
	strbuf_reset(&b);
	v = parse("{\"a\":1,\"stop\":1.5,\"b\":2}");
	assert_int_equal(json_each(v, collect, &b), E_STATE);
	assert_string_equal(strbuf_str(&b), "a=whole number;stop=number;");
	json_free(v);
	strbuf_clear(&b);
}

static const struct {
	const char *text;
	bool is_int, is_uint;
	int64_t i;
	uint64_t u;
	double d;
} numbers[] = {
    {"0", true, true, 0, 0, 0},
    {"-0", true, true, 0, 0, 0},
    {"-1", true, false, -1, 0, -1},
    {"3912465528", true, true, 3912465528, 3912465528, 3912465528.0},
    {"9223372036854775807", true, true, INT64_MAX, INT64_MAX, 0x1p63},
    {"9223372036854775808", false, true, 0, 1ULL << 63, 0x1p63},
    {"18446744073709551615", false, true, 0, UINT64_MAX, 0x1p64},
    {"-9223372036854775808", true, false, INT64_MIN, 0, -0x1p63},
    {"1.0", false, false, 0, 0, 1},
    {"868.1", false, false, 0, 0, 868.1},
    {"-2.5e-3", false, false, 0, 0, -0.0025},
    {"1E3", false, false, 0, 0, 1000},
    {"1e-999", false, false, 0, 0, 0},
    {"-0e9", false, false, 0, 0, 0},
};

static void
test_numbers(void **state)
{
	(void)state;
	for (size_t n = 0; n < COUNT(numbers); n++) {
		struct json *v = parse(numbers[n].text);
		uint64_t u = 0;
		int64_t i = 0;
		double d = 99;

		assert_int_equal(json_as_int(v, &i), numbers[n].is_int);
		assert_true(i == numbers[n].i);
		assert_int_equal(json_as_uint(v, &u), numbers[n].is_uint);
		assert_true(u == numbers[n].u);
		assert_true(json_as_double(v, &d));
		assert_true(d == numbers[n].d && (d != 0 || !signbit(d)));
		json_free(v);
	}
}

static const struct {
	const char *text, *value;
	size_t len;
} strings[] = {
    {"\"\"", "", 0},
    {"\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "a\"\\/\b\f\n\r\t", 9},
    {"\"\\u00e9\\u20AC\"", "\xc3\xa9\xe2\x82\xac", 5},
    {"\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80", 4},
    {"\"Z\xc3\xbcrich\"", "Z\xc3\xbcrich", 7},
    {"\"a\\u0000b\"", "a\0b", 3},
    {"\"\x7f\"", "\x7f", 1},
    {"\"\\ud800\"", "\xef\xbf\xbd", 3},
    {"\"\\udc00x\"", "\xef\xbf\xbdx", 4},
    {"\"\\ud800\\u0041\"",
	"\xef\xbf\xbd"
	"A",
	4},
};

static void
test_strings(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(strings); i++) {
		struct json *v = parse(strings[i].text);
		struct span text;

		assert_true(json_as_text(v, &text));
		assert_text(text, span_of(strings[i].value, strings[i].len));
		json_free(v);
	}
}

static void
test_wrong_types(void **state)
{
	static const char *const texts[] = {
	    "null", "true", "1", "1.5", "\"1\"", "[1]", "{\"a\":1}"};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct json *v = parse(texts[i]);
		enum json_type type = json_type(v);
		struct span text;
		int64_t n;
		uint64_t u;
		double d;
		bool b;

		assert_int_equal(json_as_bool(v, &b), type == JSON_BOOL);
		assert_int_equal(json_as_int(v, &n), type == JSON_INT);
		assert_int_equal(json_as_uint(v, &u), type == JSON_INT);
		assert_int_equal(
		    json_as_double(v, &d), type == JSON_INT || type == JSON_DOUBLE);
		assert_int_equal(json_as_text(v, &text), type == JSON_STRING);
		json_free(v);
	}
}

static void
test_booleans(void **state)
{
	struct json *v = parse("[true,false]");
	bool b;

	(void)state;
	assert_true(json_as_bool(json_at(v, 0), &b) && b);
	assert_true(json_as_bool(json_at(v, 1), &b) && !b);
	json_free(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_types),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_nul_bytes),
	    cmocka_unit_test(test_text_needs_no_nul),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_members),
	    cmocka_unit_test(test_path_with_long_names),
	    cmocka_unit_test(test_each_in_order),
	    cmocka_unit_test(test_numbers),
	    cmocka_unit_test(test_strings),
	    cmocka_unit_test(test_wrong_types),
	    cmocka_unit_test(test_booleans),
	};

	return cmocka_run_group_tests_name("json reader", tests, NULL, NULL);
}
