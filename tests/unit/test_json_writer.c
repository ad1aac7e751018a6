#include "unit.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/err.h"
#include "json/writer.h"

static struct strbuf out;
static struct json_out j;

static void
begin(const char *indent)
{
	strbuf_clear(&out);
	strbuf_init(&out, 100000);
	json_init(&j, &out, indent);
}

static int
finish(void **state)
{
	(void)state;
	strbuf_clear(&out);
	return 0;
}

#define assert_written(text)                                    \
	do {                                                    \
		assert_int_equal(out.err, E_OK);                \
		assert_text(strbuf_span(&out), span_str(text)); \
	} while (0)

static void
write_sample(void)
{
	json_object(&j);
	json_key_str(&j, "router", "58a0:cbff:fe80:1");
	json_key(&j, "keys");
	json_array(&j);
	json_uint(&j, 3912465528);
	json_int(&j, -1);
	json_array_end(&j);
	json_key_array(&j, "none");
	json_array_end(&j);
	json_key_object(&j, "empty");
	json_object_end(&j);
	json_key_object(&j, "in");
	json_key_bool(&j, "yes", true);
	json_key_bool(&j, "no", false);
	json_key(&j, "null");
	json_null(&j);
	json_key_object(&j, "deeper");
	json_key_int(&j, "i", -5);
	json_key_uint(&j, "u", 7);
	json_key_double(&j, "d", 868.1);
	json_object_end(&j);
	json_object_end(&j);
	json_key(&j, "list");
	json_array(&j);
	json_object(&j);
	json_key_str(&j, "a", "b");
	json_object_end(&j);
	json_array(&j);
	json_array_end(&j);
	json_array_end(&j);
	json_key(&j, "raw");
	json_raw(&j, span_str("[1, 2]"));
	json_object_end(&j);
}

static void
test_compact(void **state)
{
	(void)state;
	begin(NULL);
	write_sample();
	assert_written("{\"router\":\"58a0:cbff:fe80:1\",\"keys\":[3912465528,-1],"
		       "\"none\":[],\"empty\":{},\"in\":{\"yes\":true,\"no\":false,"
		       "\"null\":null,\"deeper\":{\"i\":-5,\"u\":7,\"d\":868.1}},"
		       "\"list\":[{\"a\":\"b\"},[]],\"raw\":[1, 2]}");
}

static void
test_indented_as_go_does(void **state)
{
	(void)state;
	begin("\t");
	write_sample();
	assert_written("{\n"
		       "\t\"router\": \"58a0:cbff:fe80:1\",\n"
		       "\t\"keys\": [\n"
		       "\t\t3912465528,\n"
		       "\t\t-1\n"
		       "\t],\n"
		       "\t\"none\": [],\n"
		       "\t\"empty\": {},\n"
		       "\t\"in\": {\n"
		       "\t\t\"yes\": true,\n"
		       "\t\t\"no\": false,\n"
		       "\t\t\"null\": null,\n"
		       "\t\t\"deeper\": {\n"
		       "\t\t\t\"i\": -5,\n"
		       "\t\t\t\"u\": 7,\n"
		       "\t\t\t\"d\": 868.1\n"
		       "\t\t}\n"
		       "\t},\n"
		       "\t\"list\": [\n"
		       "\t\t{\n"
		       "\t\t\t\"a\": \"b\"\n"
		       "\t\t},\n"
		       "\t\t[]\n"
		       "\t],\n"
		       "\t\"raw\": [1, 2]\n"
		       "}");
	begin("  ");
	json_array(&j);
	json_array(&j);
	json_int(&j, 1);
	json_array_end(&j);
	json_array_end(&j);
	assert_written("[\n  [\n    1\n  ]\n]");
	begin("");
	json_array(&j);
	json_int(&j, 1);
	json_array_end(&j);
	assert_written("[\n1\n]");
}

static void
test_starts_at_the_end_of_the_buffer(void **state)
{
	(void)state;
	begin(NULL);
	json_str(&j, "one");
	strbuf_putc(&out, '\n');
	json_init(&j, &out, NULL);
	json_int(&j, 2);
	assert_written("\"one\"\n2");
}

static const struct {
	const char *text;
	size_t len;
	const char *json;
} strings[] = {
    {"", 0, "\"\""},
    {"https://a/b", 11, "\"https://a/b\""},
    {"</script>&'", 11, "\"</script>&'\""},
    {"\"\\", 2, "\"\\\"\\\\\""},
    {"\b\f\n\r\t", 5, "\"\\b\\f\\n\\r\\t\""},
    {"a\0b", 3, "\"a\\u0000b\""},
    {"\x01\x1f\x7f", 3, "\"\\u0001\\u001f\x7f\""},
    {"Z\xc3\xbcrich \xe2\x82\xac \xf0\x9f\x98\x80", 16,
	"\"Z\xc3\xbcrich \xe2\x82\xac \xf0\x9f\x98\x80\""},
    {"\xff", 1, "\"\xef\xbf\xbd\""},
    {"a\x80z", 3, "\"a\xef\xbf\xbdz\""},
    {"\xc3", 1, "\"\xef\xbf\xbd\""},
    {"\xc3(", 2, "\"\xef\xbf\xbd(\""},
    {"\xe2\x82", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    {"\xc0\x80", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\""},
    {"\xed\xa0\x80", 3, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    {"\xf4\x90\x80\x80", 4, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
    {"Z\xfcrich", 6, "\"Z\xef\xbf\xbdrich\""},
};

static void
test_strings(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(strings); i++) {
		begin(NULL);
		json_text(&j, span_of(strings[i].text, strings[i].len));
		assert_written(strings[i].json);
	}
	begin(NULL);
	json_text(&j, span_of(NULL, 0));
	assert_written("\"\"");
	begin("\t");
	json_object(&j);
	json_key_str(&j, "q\"\n", "v");
	json_object_end(&j);
	assert_written("{\n\t\"q\\\"\\n\": \"v\"\n}");
}

static void
test_whole_numbers(void **state)
{
	(void)state;
	begin(NULL);
	json_array(&j);
	json_int(&j, 0);
	json_int(&j, INT64_MIN);
	json_int(&j, INT64_MAX);
	json_uint(&j, 0);
	json_uint(&j, UINT64_MAX);
	json_array_end(&j);
	assert_written("[0,-9223372036854775808,9223372036854775807,0,"
		       "18446744073709551615]");
}

static const struct {
	double v;
	const char *json;
} doubles[] = {
    {0, "0"},
    {-0.0, "0"},
    {5, "5"},
    {-120, "-120"},
    {868.1, "868.1"},
    {-215.4, "-215.4"},
    {0.5, "0.5"},
    {-0.25, "-0.25"},
    {20.41, "20.41"},
    {2162.56, "2162.56"},
    {0.000001, "0.000001"},
    {52.376064, "52.376064"},
    {4.8953123, "4.8953123"},
    {999999999999999, "999999999999999"},
    {-999999999999999, "-999999999999999"},
    {1e15, "1e+15"},
    {1e21, "1e+21"},
    {123456789.123456, "123456789.123456"},
    {1234567890.123456, "1234567890.123456"},
    {0.1 + 0.2, "0.30000000000000004"},
    {1.0 / 3, "0.3333333333333333"},
    {2.0 / 3, "0.6666666666666666"},
    {1e-7, "1e-07"},
    {9007199254740993.0, "9007199254740992"},
    {DBL_MAX, "1.7976931348623157e+308"},
    {DBL_MIN, "2.2250738585072014e-308"},
    {5e-324, "5e-324"},
    {1e-310, "1e-310"},
    {INFINITY, "null"},
    {-INFINITY, "null"},
    {NAN, "null"},
};

static void
test_doubles(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(doubles); i++) {
		begin(NULL);
		json_double(&j, doubles[i].v);
		assert_written(doubles[i].json);
	}
}

/* Numbers with up to nine places come back, and as short as they were. */
static void
test_doubles_come_back(void **state)
{
	uint64_t n = 1;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		double scale = 1, v;

		n = n * 6364136223846793005u + 1442695040888963407u;
		for (unsigned k = 0; k < i % 10; k++)
			scale *= 10;
		v = (double)(int64_t)(n >> (20 + i % 40)) / scale;
		begin(NULL);
		json_double(&j, i % 2 ? -v : v);
		assert_true(strtod(strbuf_str(&out), NULL) == (i % 2 ? -v : v));
		assert_true(out.len < 26);
	}
}

static void
test_depth(void **state)
{
	(void)state;
	begin("\t");
	for (int i = 0; i < JSON_DEPTH; i++)
		json_array(&j);
	for (int i = 0; i < JSON_DEPTH; i++)
		json_array_end(&j);
	assert_int_equal(out.err, E_OK);
	begin(NULL);
	for (int i = 0; i <= JSON_DEPTH; i++)
		json_array(&j);
	assert_int_equal(out.err, E_INTERNAL);
	for (int i = 0; i < 100; i++)
		json_object(&j);
	for (int i = 0; i < 200; i++)
		json_object_end(&j);
	assert_int_equal(out.err, E_INTERNAL);
}

static void
test_misuse(void **state)
{
	(void)state;
	begin(NULL);
	json_object_end(&j);
	assert_int_equal(out.err, E_INTERNAL);
	begin(NULL);
	json_int(&j, 1);
	json_int(&j, 2); /* a second value */
	assert_int_equal(out.err, E_INTERNAL);
	begin(NULL);
	json_key(&j, "a"); /* outside of an object */
	assert_int_equal(out.err, E_INTERNAL);
	begin(NULL);
	json_object(&j);
	json_key(&j, "a");
	json_key(&j, "b"); /* two names */
	assert_int_equal(out.err, E_INTERNAL);
	begin(NULL);
	json_object(&j);
	json_key(&j, "a");
	json_object_end(&j); /* a name without a value */
	assert_int_equal(out.err, E_INTERNAL);
}

static void
test_limit_sticks(void **state)
{
	(void)state;
	begin("\t");
	out.max = 10;
	write_sample();
	assert_int_equal(out.err, E_TOOBIG);
	assert_int_equal(j.depth, 0);
	assert_true(out.len <= 10);
	begin(NULL);
	out.max = 3;
	json_str(&j, "\n\n");
	assert_int_equal(out.err, E_TOOBIG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_compact),
	    cmocka_unit_test(test_indented_as_go_does),
	    cmocka_unit_test(test_starts_at_the_end_of_the_buffer),
	    cmocka_unit_test(test_strings),
	    cmocka_unit_test(test_whole_numbers),
	    cmocka_unit_test(test_doubles),
	    cmocka_unit_test(test_doubles_come_back),
	    cmocka_unit_test(test_depth),
	    cmocka_unit_test(test_misuse),
	    cmocka_unit_test(test_limit_sticks),
	};

	return cmocka_run_group_tests_name("json writer", tests, NULL, finish);
}
