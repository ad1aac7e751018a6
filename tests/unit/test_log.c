/* What people get to read: log lines, errors. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"

static int saved, ends[2];

/* Between these two calls standard error goes into a pipe. */
static void
capture(void)
{
	fflush(stderr);
	saved = dup(STDERR_FILENO);
	assert_int_equal(pipe(ends), 0);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
}

static const char *
captured(void)
{
	static char text[4000];
	size_t n = 0;
	ssize_t got;

	dup2(saved, STDERR_FILENO);
	close(saved);
	while ((got = read(ends[0], text + n, sizeof text - 1 - n)) > 0)
		n += (size_t)got;
	close(ends[0]);
	text[n] = '\0';
	return text;
}

static void
test_levels(void **state)
{
	(void)state;
	capture();
	log_line(LOG_NOTE, "the default %s", "program");
	log_open("cups", LOG_STDERR, LOG_WARN);
	log_line(LOG_ERROR, "one");
	log_line(LOG_WARN, "two");
	log_line(LOG_NOTE, "three");
	log_open("cups", LOG_STDERR, LOG_DETAIL);
	log_line(LOG_NOTE, "four");
	log_line(LOG_DETAIL, "%d", 5);
	log_open("cups", LOG_NOWHERE, LOG_DETAIL);
	log_line(LOG_ERROR, "six");
	log_open("cups", LOG_SYSLOG, LOG_DETAIL);
	log_line(LOG_DETAIL, "seven");
	assert_string_equal(captured(), "gatehouse: the default program\n"
					"cups: error: one\n"
					"cups: warning: two\n"
					"cups: four\n"
					"cups: detail: 5\n");
}

/* sd-daemon(3): <N> before a line is its level, when standard error is the journal. */
static void
test_journal(void **state)
{
	char number[60];
	struct stat st;

	(void)state;
	capture();
	assert_int_equal(fstat(STDERR_FILENO, &st), 0);
	snprintf(number, sizeof number, "%lu:%lu", (unsigned long)st.st_dev,
	    (unsigned long)st.st_ino);
	setenv("JOURNAL_STREAM", number, 1);
	log_open("cups", LOG_STDERR, LOG_DETAIL);
	log_line(LOG_ERROR, "one");
	log_line(LOG_WARN, "two");
	log_line(LOG_NOTE, "three\n<0>four");
	log_line(LOG_DETAIL, "five");
	setenv("JOURNAL_STREAM", "1:1", 1);
	log_open("cups", LOG_STDERR, LOG_DETAIL);
	log_line(LOG_ERROR, "elsewhere");
	unsetenv("JOURNAL_STREAM");
	log_open("cups", LOG_STDERR, LOG_DETAIL);
	log_line(LOG_ERROR, "without");
	assert_string_equal(captured(), "<3>cups: error: one\n"
					"<4>cups: warning: two\n"
					"<6>cups: three\\x0a<0>four\n"
					"<7>cups: detail: five\n"
					"cups: error: elsewhere\n"
					"cups: error: without\n");
}

static const struct {
	const char *text, *line;
} cleaned[] = {
    {"plain, with \\ and \"", "plain, with \\ and \""},
    {"a\nb: error: forged", "a\\x0ab: error: forged"},
    {"\r\t\x01\x1f\x7f", "\\x0d\\x09\\x01\\x1f\\x7f"},
    {"\x1b[31mred", "\\x1b[31mred"},
    {"Z\xc3\xbcrich \xf0\x9f\x98\x80", "Z\xc3\xbcrich \xf0\x9f\x98\x80"},
    {"\x9b"
     "31m",
	"\\x9b31m"},
    {"\xc2\x9b"
     "31m",
	"\\xc2\\x9b31m"},
    {"\xc3(\xff", "\\xc3(\\xff"},
};

static void
test_outside_text_is_made_harmless(void **state)
{
	(void)state;
	log_open("t", LOG_STDERR, LOG_NOTE);
	for (size_t i = 0; i < COUNT(cleaned); i++) {
		char want[200];

		capture();
		log_line(LOG_NOTE, "%s", cleaned[i].text);
		snprintf(want, sizeof want, "t: %s\n", cleaned[i].line);
		assert_string_equal(captured(), want);
	}
}

/* One line of at most 1,000 bytes with its line end, no escape cut in half. */
static void
test_long_lines(void **state)
{
	static char text[5001];
	const char *line;

	(void)state;
	log_open("t", LOG_STDERR, LOG_NOTE);
	for (int c = 'x'; c >= '\n'; c -= 'x' - '\n') {
		memset(text, c, sizeof text - 1);
		capture();
		log_line(LOG_NOTE, "%s", text);
		line = captured();
		assert_in_range(strlen(line), 990, 1000);
		assert_int_equal(line[strlen(line) - 1], '\n');
		assert_int_equal(strchr(line, '\n') - line, strlen(line) - 1);
		assert_int_equal(strchr("xa", line[strlen(line) - 2]) != NULL, 1);
	}
	memset(text, 'p', sizeof text - 1);
	log_open(text, LOG_STDERR, LOG_NOTE);
	capture();
	log_line(LOG_ERROR, "still readable");
	line = captured();
	assert_in_range(strlen(line), 20, 1000);
	assert_non_null(strstr(line, "still readable\n"));
	log_open("t", LOG_STDERR, LOG_NOTE);
}

static void
test_every_error_is_described(void **state)
{
	(void)state;
	for (int err = E_OK; err < E_COUNT; err++) {
		assert_true(strlen(err_text(err)) > 1);
		assert_in_range(err_http(err), 200, 503);
		assert_int_equal(err_http(err) == 200, err == E_OK);
		assert_in_range(err_grpc(err), 0, 16);
		assert_int_equal(err_grpc(err) == 0, err == E_OK);
		assert_in_range(err_exit(err), 0, 7);
		assert_int_equal(err_exit(err) == 0, err == E_OK);
	}
	assert_string_equal(err_text(-1), err_text(E_INTERNAL));
	assert_string_equal(err_text(E_COUNT), err_text(E_INTERNAL));
	assert_int_equal(err_http(E_NOTFOUND), 404);
	assert_int_equal(err_http(E_THROTTLED), 429);
	assert_int_equal(err_grpc(E_NOAUTH), 16);
	assert_int_equal(err_exit(E_CORRUPT), 7);
}

static void
test_faults(void **state)
{
	static char text[1001];
	struct fault f = {0};
	char buf[400], small[8];

	(void)state;
	memset(text, 'x', sizeof text - 1);
	assert_int_equal(fault_set(NULL, E_IO, "f", "%s", text), E_IO);
	assert_int_equal(
	    fault_set(&f, E_INVALID, "ids.eui", "no %s", "EUI"), E_INVALID);
	assert_int_equal(f.err, E_INVALID);
	assert_string_equal(fault_text(&f, buf, sizeof buf), "ids.eui: no EUI");
	assert_string_equal(fault_text(&f, small, sizeof small), "ids.eui");
	fault_set(&f, E_STALE, NULL, "%s", "");
	assert_string_equal(fault_text(&f, buf, sizeof buf), err_text(E_STALE));
	fault_set(&f, E_INVALID, text, "%s", text);
	assert_int_equal(strlen(f.field), sizeof f.field - 1);
	assert_int_equal(strlen(f.text), sizeof f.text - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_levels),
	    cmocka_unit_test(test_journal),
	    cmocka_unit_test(test_outside_text_is_made_harmless),
	    cmocka_unit_test(test_long_lines),
	    cmocka_unit_test(test_every_error_is_described),
	    cmocka_unit_test(test_faults),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
