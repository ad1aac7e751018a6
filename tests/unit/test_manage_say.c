/* What a change tells beyond its success: once, and never so much that nobody reads it. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>

struct saying {
	unsigned first, kinds;
};

static int
say_first(struct manage *m, struct store_txn *txn, void *arg)
{
	const struct saying *s = arg;

	(void)txn;
	for (unsigned i = 1; i <= s->first; i++) {
		manage_say_later(m, "first %u", i);
		manage_say_later(m, "the same, always");
	}
	if (s->kinds > 0)
		manage_say_later(m, "second %u", 1);
	return E_OK;
}

static int
say_and_fail(struct manage *m, struct store_txn *txn, void *arg)
{
	say_first(m, txn, arg);
	return E_STATE;
}

static size_t
lines(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == '\n';
	return n;
}

/* The memory engine runs every update twice; that is not heard. */
static void
each_is_told_once(void **state)
{
	struct fixture *f = *state;
	struct saying s = {2, 1};

	done(f, manage_update(worker(f), say_first, &s));
	assert_string_equal(
	    strbuf_str(&f->said), "first 1\nthe same, always\nfirst 2\nsecond 1\n");
	assert_int_equal(manage_update(worker(f), say_and_fail, &s), E_STATE);
	assert_string_equal(strbuf_str(&f->said), "");
}

static void
many_alike_are_counted(void **state)
{
	struct fixture *f = *state;
	struct saying s = {MANAGE_LATER_ALIKE, 1};

	done(f, manage_update(worker(f), say_first, &s));
	assert_null(strstr(strbuf_str(&f->said), "more"));
	s.first++;
	done(f, manage_update(worker(f), say_first, &s));
	assert_non_null(strstr(
	    strbuf_str(&f->said), "first 10\nand 1 more of the same kind\nsecond 1\n"));
	s.first = 5000;
	done(f, manage_update(worker(f), say_first, &s));
	assert_non_null(strstr(strbuf_str(&f->said),
	    "first 10\nand 4990 more of the same kind\nsecond 1\n"));
	assert_int_equal(lines(strbuf_str(&f->said)), MANAGE_LATER_ALIKE + 3);
}

static const char kinds[][10] = {
    "a %u", "b %u", "c %u", "d %u", "e %u", "f %u", "g %u", "h %u"};

static int
say_all_kinds(struct manage *m, struct store_txn *txn, void *arg)
{
	(void)txn;
	(void)arg;
	for (size_t k = 0; k < COUNT(kinds); k++)
		for (unsigned i = 1; i <= 12; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			manage_say_later(m, kinds[k], i);
#pragma GCC diagnostic pop
		}
	return E_OK;
}

/* Nothing is left out without a word. */
static void
all_are_accounted_for(void **state)
{
	struct fixture *f = *state;
	unsigned told = 0, more = 0;

	done(f, manage_update(worker(f), say_all_kinds, NULL));
	for (const char *line = strbuf_str(&f->said); *line != '\0';
	     line = strchr(line, '\n') + 1) {
		unsigned n;

		if (sscanf(line, "and %u more", &n) == 1)
			more += n;
		else
			told++;
	}
	assert_int_equal(told, MANAGE_LATER);
	assert_int_equal(told + more, COUNT(kinds) * 12);
	assert_non_null(strstr(strbuf_str(&f->said), "and 12 more of other kinds\n"));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_memory, fixture_end)
	const struct CMUnitTest tests[] = {
	    TEST(each_is_told_once),
	    TEST(many_alike_are_counted),
	    TEST(all_are_accounted_for),
	};

	return cmocka_run_group_tests_name("manage say", tests, NULL, NULL);
}
