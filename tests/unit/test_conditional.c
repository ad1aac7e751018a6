#include "unit.h"

#include <stdio.h>
#include <time.h>

#include "web/conditional.h"

#define NOW 1700000000 /* Tue, 14 Nov 2023 22:13:20 GMT */
#define DATE "Tue, 14 Nov 2023 22:13:20 GMT"

/* The example of RFC 9110, 5.6.7, in its three forms. */
static void
test_dates(void **state)
{
	static const struct {
		int64_t t;
		const char *text;
	} dates[] = {
	    {0, "Thu, 01 Jan 1970 00:00:00 GMT"},
	    {784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
	    {951782399, "Mon, 28 Feb 2000 23:59:59 GMT"},
	    {951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
	    {951868800, "Wed, 01 Mar 2000 00:00:00 GMT"},
	    {NOW, DATE},
	    {1704067199, "Sun, 31 Dec 2023 23:59:59 GMT"},
	    {1704067200, "Mon, 01 Jan 2024 00:00:00 GMT"},
	    {4107542400, "Mon, 01 Mar 2100 00:00:00 GMT"},
	    {253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"},
	};
	char text[HTTP_DATE];
	int64_t t;

	(void)state;
	for (size_t i = 0; i < COUNT(dates); i++) {
		http_date_format(dates[i].t, text);
		assert_string_equal(text, dates[i].text);
		assert_true(http_date_parse(text, &t));
		assert_int_equal(t, dates[i].t);
	}
	http_date_format(-1, text);
	assert_string_equal(text, "");
	http_date_format(253402300800, text);
	assert_string_equal(text, "");
}

/* Every day of 200 years against the system's calendar. */
static void
test_calendar(void **state)
{
	char got[HTTP_DATE], want[64];

	(void)state;
	for (int64_t t = 3723; t < 6311433600; t += 86400) {
		time_t when = (time_t)t;
		struct tm tm;

		strftime(want, sizeof want, "%a, %d %b %Y %H:%M:%S GMT",
		    gmtime_r(&when, &tm));
		http_date_format(t, got);
		assert_string_equal(got, want);
	}
}

static void
test_parse(void **state)
{
	static const char *const good[] = {"Sun, 06 Nov 1994 08:49:37 GMT",
	    "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"};
	static const char *const bad[] = {"", "yesterday", "Sun, 06 Nov 1994 08:49:37",
	    "Sun, 06 Nov 1994 08:49:37 GMT; length=12", "Sun, 06 Nov 1994 08:49 GMT",
	    "1994-11-06T08:49:37Z", "784111777"};
	int64_t t;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_true(http_date_parse(good[i], &t));
		assert_int_equal(t, 784111777);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(http_date_parse(bad[i], &t));
}

static bool
has_current(const char *variable, const char *other, int64_t modified)
{
	const char *variables[] = {
	    "REQUEST_METHOD=GET", "REQUEST_URI=/x", variable, other, NULL};
	struct request_rules rules = {0};
	struct transport io = {0};
	struct request req;
	struct strbuf note;
	struct arena arena;
	bool current;

	arena_init(&arena, 65536);
	strbuf_init(&note, 200);
	assert_int_equal(request_begin(&req, &rules, &io, (char **)(uintptr_t)variables,
			     &arena, &note, NULL),
	    E_OK);
	current = request_has_current(&req, "\"abc\"", modified, NOW);
	arena_clear(&arena);
	return current;
}

static void
test_etag(void **state)
{
	static const char *const same[] = {"\"abc\"", "W/\"abc\"", "*",
	    "\"x\", \"abc\"", "\"x\",W/\"abc\" , \"y\"", " \"abc\" "};
	static const char *const other[] = {
	    "\"abd\"", "abc", "\"ab\"", "\"abc", "", ",", "\"abcd\"", "w/\"abc\""};
	char variable[80];

	(void)state;
	for (size_t i = 0; i < COUNT(same); i++) {
		snprintf(variable, sizeof variable, "HTTP_IF_NONE_MATCH=%s", same[i]);
		assert_true(has_current(variable, NULL, NOW));
	}
	for (size_t i = 0; i < COUNT(other); i++) {
		snprintf(variable, sizeof variable, "HTTP_IF_NONE_MATCH=%s", other[i]);
		/* The date does not count beside it. */
		assert_false(
		    has_current(variable, "HTTP_IF_MODIFIED_SINCE=" DATE, NOW));
	}
	assert_false(has_current(NULL, NULL, NOW));
}

static void
test_modified(void **state)
{
	static const char since[] = "HTTP_IF_MODIFIED_SINCE=" DATE;

	(void)state;
	assert_true(has_current(since, NULL, NOW));
	assert_true(has_current(since, NULL, NOW - 1));
	assert_false(has_current(since, NULL, NOW + 1));
	assert_false(has_current("HTTP_IF_MODIFIED_SINCE=today", NULL, 0));
	/* A second later than now. */
	assert_false(has_current(
	    "HTTP_IF_MODIFIED_SINCE=Tue, 14 Nov 2023 22:13:21 GMT", NULL, 0));
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_dates),
	    cmocka_unit_test(test_calendar),
	    cmocka_unit_test(test_parse),
	    cmocka_unit_test(test_etag),
	    cmocka_unit_test(test_modified),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
