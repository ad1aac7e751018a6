/* Tables: what spreadsheets write is read, and what is written is harmless to them. */
#include "unit.h"

#include "base/strbuf.h"
#include "manage/csv.h"

struct text {
	struct span rest;
};

static int
give(void *arg, void *buf, size_t n, size_t *got, struct fault *fault)
{
	struct text *t = arg;

	(void)fault;
	*got = t->rest.len < n ? t->rest.len : n;
	if (*got > 0)
		memcpy(buf, t->rest.data, *got);
	t->rest = span_from(t->rest, *got);
	return E_OK;
}

/* The fields of the first row with content, a | between them; "!" and the fault for one that
 * cannot be taken. */
static void
first_row(struct span table, struct strbuf *out)
{
	static struct input in;
	struct text text = {table};
	struct fault fault = {0};
	struct csv_row row;
	struct arena arena;
	struct csv csv;

	arena_init(&arena, 1 << 20);
	input_init(&in, give, &text);
	csv_init(&csv, &in);
	strbuf_reset(out);
	if (csv_next(&csv, &arena, &row, &fault) != E_OK) {
		strbuf_printf(out, "!%s", fault.text);
	} else {
		for (size_t i = 0; i < row.count; i++) {
			strbuf_puts(out, i > 0 ? "|" : "");
			strbuf_put(out, row.fields[i].data, row.fields[i].len);
		}
	}
	arena_clear(&arena);
}

static void
rows(void **state)
{
	static const struct {
		const char *table, *row;
	} cases[] = {
	    {"a,b,c\r\n", "a|b|c"},
	    {"a,b", "a|b"},
	    {"a\rb\r", "a"},
	    {"\xef\xbb\xbf"
	     "a;b\n",
		"a|b"},
	    {"sep=;\na,b;c\n", "a,b|c"},
	    {"sep=;\r\na,b;c\n", "a,b|c"},
	    {"a\tb,c\td\n", "a|b,c|d"},
	    {"\"a,b\",\"c;d;e\"\n", "a,b|c;d;e"},
	    {"\"a\"\"b\",c\n", "a\"b|c"},
	    {"\"a\nb\",c\n", "a\nb|c"},
	    {"\"a\" ,c\n", "a|c"},
	    {"\n ,,\n\r\na,,\n", "a||"},
	    {"\"a,b\n", "!a quote is not closed"},
	    {"\"a\"b,c\n", "!text follows a closing quote"},
	    {"\xff\xfe"
	     "a",
		"!is UTF-16 text; save it as CSV with UTF-8"},
	    /* What csv_put() guards, and what only looks a little like it. */
	    {"'=1+1,'-5,'tis,',''\n", "=1+1|'-5|'tis|'|''"},
	    {"''=1,\"'@x\",=1\n", "'=1|@x|=1"},
	};
	struct strbuf row;

	(void)state;
	strbuf_init(&row, 1 << 20);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		first_row(span_str(cases[i].table), &row);
		assert_string_equal(strbuf_str(&row), cases[i].row);
	}
	strbuf_clear(&row);
}

/* What each is written as; and it comes back as it was. */
static void
fields(void **state)
{
	static const struct {
		const char *field, *written;
	} cases[] = {
	    {"", ""},
	    {"roof", "roof"},
	    {"a,b", "\"a,b\""},
	    {"a;b", "\"a;b\""},
	    {" a", "\" a\""},
	    {"a ", "\"a \""},
	    {"say \"x\"", "\"say \"\"x\"\"\""},
	    {"a\r\nb", "\"a\r\nb\""},
	    {"-33.8", "-33.8"},
	    {"-5", "-5"},
	    {"=1+1", "'=1+1"},
	    {"=HYPERLINK(\"http://x\")", "\"'=HYPERLINK(\"\"http://x\"\")\""},
	    {"+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"},
	    {"-2+3", "'-2+3"},
	    {"@SUM(A1)", "'@SUM(A1)"},
	    {"\t=1", "\"'\t=1\""},
	    {"\r=1", "\"'\r=1\""},
	    {"'=1", "''=1"},
	    {"''", "'''"},
	    {"'", "'"},
	    {"'tis", "'tis"},
	    {"'-5", "''-5"},
	};
	struct strbuf table, row;

	(void)state;
	strbuf_init(&table, 1 << 20);
	strbuf_init(&row, 1 << 20);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		strbuf_reset(&table);
		csv_put(&table, true, span_str(cases[i].field));
		assert_string_equal(strbuf_str(&table), cases[i].written);
		strbuf_puts(&table, ",x\r\n");
		first_row(strbuf_span(&table), &row);
		assert_int_equal(row.len, strlen(cases[i].field) + 2);
		assert_memory_equal(
		    strbuf_str(&row), cases[i].field, strlen(cases[i].field));
	}
	strbuf_clear(&row);
	strbuf_clear(&table);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(rows),
	    cmocka_unit_test(fields),
	};

	return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
