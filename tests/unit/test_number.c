#include "unit.h"

#include <math.h>

#include "base/number.h"

static void
test_u64(void **state)
{
	static const char *const bad[] = {"", "-1", "+1", " 1", "1 ", "1.0", "1e3",
	    "0x10", "18446744073709551616", "99999999999999999999", "1_000", "a"};
	uint64_t v = 99;

	(void)state;
	assert_true(number_u64(span_str("0"), 0, UINT64_MAX, &v) && v == 0);
	assert_true(number_u64(span_str("007"), 0, UINT64_MAX, &v) && v == 7);
	assert_true(number_u64(span_str("18446744073709551615"), 0, UINT64_MAX, &v));
	assert_true(v == UINT64_MAX);
	assert_true(number_u64(span_str("10"), 10, 20, &v) && v == 10);
	assert_true(number_u64(span_str("20"), 10, 20, &v) && v == 20);
	assert_false(number_u64(span_str("9"), 10, 20, &v));
	assert_false(number_u64(span_str("21"), 10, 20, &v));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(number_u64(span_str(bad[i]), 0, UINT64_MAX, &v));
	assert_false(number_u64(BYTES("1\0"), 0, UINT64_MAX, &v));
	assert_false(number_u64(span_of(NULL, 0), 0, UINT64_MAX, &v));
	assert_true(v == 20);
}

static void
test_i64(void **state)
{
	static const char *const bad[] = {"", "-", "--1", "+1", "- 1", "1-", "-1.5",
	    "9223372036854775808", "-9223372036854775809", "-99999999999999999999"};
	int64_t v = 99;

	(void)state;
	assert_true(number_i64(span_str("-0"), INT64_MIN, INT64_MAX, &v) && v == 0);
	assert_true(number_i64(span_str("9223372036854775807"), 0, INT64_MAX, &v));
	assert_true(v == INT64_MAX);
	assert_true(
	    number_i64(span_str("-9223372036854775808"), INT64_MIN, INT64_MAX, &v));
	assert_true(v == INT64_MIN);
	assert_true(number_i64(span_str("-5"), -5, 5, &v) && v == -5);
	assert_false(number_i64(span_str("-6"), -5, 5, &v));
	assert_false(number_i64(span_str("6"), -5, 5, &v));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(number_i64(span_str(bad[i]), INT64_MIN, INT64_MAX, &v));
	assert_true(v == -5);
}

static void
test_double(void **state)
{
	static const struct {
		const char *text;
		double v;
	} good[] = {{"0", 0}, {"-0.5", -0.5}, {"868.1", 868.1}, {"1e3", 1000},
	    {"1E-2", 0.01}, {"2.5e+2", 250},
	    {"1.7976931348623157e308", 0x1.fffffffffffffp1023}, {"1e-999", 0},
	    {"-0", 0}, {"-0.0e9", 0}};
	static const char *const bad[] = {"", "-", "+1", ".5", "1.", "1.e5", "1e",
	    "1e+", "01", "-01.5", "00", "1e999", "-1e999", "inf", "nan", "Infinity",
	    "0x10", "1,5", " 1", "1 ", "1.5.5", "1f",
	    "1.00000000000000000000000000000000000000000000000000000000000000"};
	double v = 99;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (!number_double(span_str(good[i].text), &v) || v != good[i].v ||
		    (v == 0 && signbit(v)))
			fail_msg("%s", good[i].text);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (number_double(span_str(bad[i]), &v))
			fail_msg("taken: %s", bad[i]);
	/* What follows the span is not part of the number. */
	assert_true(number_double(span_of("12345", 2), &v) && v == 12);
}

static void
test_bool(void **state)
{
	static const char *const yes[] = {"on", "true", "yes", "1", "ON", "True"};
	static const char *const no[] = {"off", "false", "no", "0", "OFF", "No"};
	static const char *const bad[] = {"", "o", "onn", "y", "2", "01", " on", "tru"};
	bool v;

	(void)state;
	for (size_t i = 0; i < COUNT(yes); i++)
		assert_true(number_bool(span_str(yes[i]), &v) && v);
	for (size_t i = 0; i < COUNT(no); i++)
		assert_true(number_bool(span_str(no[i]), &v) && !v);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(number_bool(span_str(bad[i]), &v));
}

static void
test_duration(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {{"90", 90}, {"0", 0}, {"30s", 30}, {"15m", 900}, {"24h", 86400},
	    {"7d", 604800}, {"2w", 1209600}, {"9223372036854775807", INT64_MAX},
	    {"106751991167300d", 106751991167300 * 86400}};
	static const char *const bad[] = {"", "s", "-1s", "1.5h", "1 h", "1H", "1y",
	    "1ms", "1h30m", "9223372036854775808", "106751991167301d",
	    "99999999999999999w"};
	int64_t v;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (!number_duration(span_str(good[i].text), &v) ||
		    v != good[i].seconds)
			fail_msg("%s", good[i].text);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (number_duration(span_str(bad[i]), &v))
			fail_msg("taken: %s", bad[i]);
	assert_false(number_duration(BYTES("1\0"), &v));
}

static void
test_size(void **state)
{
	static const struct {
		const char *text;
		uint64_t bytes;
	} good[] = {{"0", 0}, {"512", 512}, {"8k", 8192}, {"8K", 8192}, {"1m", 1048576},
	    {"1M", 1048576}, {"2G", 2147483648}, {"1T", 1099511627776}};
	static const char *const bad[] = {
	    "", "k", "-1k", "1.5M", "1kB", "1 k", "8388608T", "9223372036854775808"};
	uint64_t v;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (!number_size(span_str(good[i].text), &v) || v != good[i].bytes)
			fail_msg("%s", good[i].text);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (number_size(span_str(bad[i]), &v))
			fail_msg("taken: %s", bad[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_u64),
	    cmocka_unit_test(test_i64),
	    cmocka_unit_test(test_double),
	    cmocka_unit_test(test_bool),
	    cmocka_unit_test(test_duration),
	    cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests_name("number", tests, NULL, NULL);
}
