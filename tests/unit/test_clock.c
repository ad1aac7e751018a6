#include "unit.h"

#include "base/clock.h"

static const struct {
	const char *text;
	int64_t t;
} good[] = {
    {"2026-11-22T13:05:00Z", 1795352700},
    {"2026-11-22t13:05:00z", 1795352700},
    {"2026-11-22 13:05:00Z", 1795352700},
    {"2026-11-22T13:05:00.999999999Z", 1795352700},
    {"2026-11-22T13:05:00.0Z", 1795352700},
    {"2026-11-22T14:05:00+01:00", 1795352700},
    {"2026-11-22T07:35:00-05:30", 1795352700},
    {"2026-11-23T03:05:00.5+14:00", 1795352700},
    {"2026-11-22T13:05:00-00:00", 1795352700},
    {"2026-12-31T23:30:00-01:00", 1798763400}, /* into the next year */
    {"2026-11-22", 1795305600},
    {"1970-01-01", 0},
    {"1970-01-01T00:00:01Z", 1},
    {"1970-01-01T01:00:00+01:00", 0},
    {"2000-02-29T12:00:00Z", 951825600},
    {"2024-02-29T00:00:00Z", 1709164800},
    {"2023-03-01", 1677628800},
    {"2038-01-19T03:14:08Z", 2147483648},
    {"2016-12-31T23:59:60Z", 1483228800}, /* a leap second is the next one */
    {"9999-12-31T23:59:59Z", 253402300799},
};

static void
test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		int64_t t = -9;

		if (!clock_parse(span_str(good[i].text), &t) || t != good[i].t)
			fail_msg("%s gave %lld", good[i].text, (long long)t);
	}
}

static const char *const bad[] = {
    "",
    "2026",
    "2026-11",
    "2026-11-2",
    "26-11-22",
    "2026-1-22",
    "2026/11/22",
    "20261122",
    "2026-11-22 ",
    " 2026-11-22",
    "2026-11-22T",
    "2026-11-22T13",
    "2026-11-22T13:05",
    "2026-11-22T13:05Z",
    "2026-11-22T13:05:00",
    "2026-11-22T13:05:00ZZ",
    "2026-11-22T13:05:00Z ",
    "2026-11-22T13:05:00 Z",
    "2026-11-22_13:05:00Z",
    "2026-11-22T13:05:00.Z",
    "2026-11-22T13:05:00,5Z",
    "2026-11-22T13:05:00.5",
    "2026-11-22T13:05:00+1:00",
    "2026-11-22T13:05:00+0100",
    "2026-11-22T13:05:00+01",
    "2026-11-22T13:05:00+24:00",
    "2026-11-22T13:05:00+01:60",
    "2026-11-22T13:05:00UTC",
    "2026-00-22",
    "2026-13-22",
    "2026-11-00",
    "2026-11-31",
    "2026-02-29",
    "1900-02-29",
    "2100-02-29",
    "2024-02-30",
    "2026-11-22T24:00:00Z",
    "2026-11-22T13:60:00Z",
    "2026-11-22T13:05:61Z",
    "1969-12-31T23:59:59Z",
    "1970-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
    "10000-01-01",
    "+2026-11-22",
    "2026-11-22T-1:05:00Z",
    "now",
    "1795352700",
};

static void
test_refused(void **state)
{
	int64_t t;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		if (clock_parse(span_str(bad[i]), &t))
			fail_msg("taken: %s", bad[i]);
	assert_false(clock_parse(BYTES("2026-11-22\0"), &t));
	assert_false(clock_parse(span_of(NULL, 0), &t));
}

static void
test_from(void **state)
{
	static const struct {
		const char *text;
		int64_t t; /* -1: refused */
	} rows[] = {
	    {"+7d", 1795352700 + 604800},
	    {"+0", 1795352700},
	    {"+90", 1795352790},
	    {"2026-11-22", 1795305600},
	    {"+251607E9", -1},
	    {"+251606948099", 253402300799},
	    {"+251606948100", -1},
	    {"+9223372036854775807", -1},
	    {"+99999999999999999999", -1},
	    {"+", -1},
	    {"++1", -1},
	    {"+-1", -1},
	    {"+ 1d", -1},
	    {"7d", -1},
	    {"", -1},
	};
	int64_t t;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool ok = clock_parse_from(span_str(rows[i].text), 1795352700, &t);

		if (ok != (rows[i].t >= 0) || (ok && t != rows[i].t))
			fail_msg("%s", rows[i].text);
	}
	assert_false(clock_parse_from(span_of(NULL, 0), 0, &t));
}

static void
test_format(void **state)
{
	char text[CLOCK_TEXT];

	(void)state;
	clock_format(1795352700, text);
	assert_string_equal(text, "2026-11-22T13:05:00Z");
	clock_format(1709164800, text);
	assert_string_equal(text, "2024-02-29T00:00:00Z");
	clock_format(253402300799, text);
	assert_string_equal(text, "9999-12-31T23:59:59Z");
	clock_format(0, text);
	assert_string_equal(text, "");
	/* What does not fit is nothing, not half a date. */
	clock_format(253402300800, text);
	assert_string_equal(text, "");
	clock_format(INT64_MAX, text);
	assert_string_equal(text, "");
	clock_format(INT64_MIN, text);
	assert_string_equal(text, "");
}

/* A day before and a day after each end of February, over the leap rules. */
static void
test_round_trip(void **state)
{
	(void)state;
	for (int64_t t = 86399; t < 253402300800; t += 86400 * 28 + 3607) {
		char text[CLOCK_TEXT];
		int64_t back;

		clock_format(t, text);
		if (!clock_parse(span_str(text), &back) || back != t)
			fail_msg("%s", text);
	}
}

static void
test_set(void **state)
{
	int64_t real, ticks = clock_ticks_ms();

	(void)state;
	clock_set(1795352700);
	assert_true(clock_now() == 1795352700);
	assert_in_range(clock_ticks_ms() - ticks, 0, 60000);
	clock_set(0);
	assert_true(clock_now() == 0);
	clock_set(-1);
	real = clock_now();
	assert_true(real > 1700000000);
}

static void
test_age(void **state)
{
	static const struct {
		int64_t t;
		const char *text;
	} rows[] = {{0, ""}, {1000000000, "now"}, {999999999, "1 second ago"},
	    {1000000119, "in 119 seconds"}, {1000000120, "in 2 minutes"},
	    {1000000000 - 47 * 3600, "47 hours ago"},
	    {1000000000 - 40 * 86400, "40 days ago"},
	    {1000000000 - 60 * 86400, "2 months ago"}, {1, "31 years ago"}};
	char buf[CLOCK_AGE];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(
		    clock_age(rows[i].t, 1000000000, buf), rows[i].text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parse),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_from),
	    cmocka_unit_test(test_format),
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_age),
	    cmocka_unit_test(test_set),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
