#include "unit.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"

/* The linker puts this in the place of malloc(). */
void *__wrap_malloc(size_t n);
void *__real_malloc(size_t n);
static bool no_memory;

void *
__wrap_malloc(size_t n)
{
	return no_memory ? NULL : __real_malloc(n);
}

static void
test_append(void **state)
{
	struct strbuf b;

	(void)state;
	strbuf_init(&b, 1000);
	assert_string_equal(strbuf_str(&b), "");
	assert_int_equal(strbuf_span(&b).len, 0);
	strbuf_puts(&b, "one");
	strbuf_putc(&b, ' ');
	strbuf_put(&b, "\0x", 2);
	strbuf_put(&b, NULL, 0);
	strbuf_printf(&b, "<%d,%s>", -5, "abc");
	strbuf_putu(&b, 0);
	strbuf_putc(&b, ',');
	strbuf_putu(&b, UINT64_MAX);
	assert_int_equal(b.err, E_OK);
	assert_text(strbuf_span(&b), BYTES("one \0x<-5,abc>0,18446744073709551615"));
	assert_int_equal(b.data[b.len], '\0');
	strbuf_clear(&b);
	assert_null(b.data);
	strbuf_puts(&b, "again");
	assert_string_equal(strbuf_str(&b), "again");
	strbuf_clear(&b);
}

static void
test_growth_keeps_the_bytes(void **state)
{
	struct strbuf b;

	(void)state;
	strbuf_init(&b, 100000);
	for (unsigned i = 0; i < 100000; i++)
		strbuf_putc(&b, (char)('a' + i % 26));
	assert_int_equal(b.err, E_OK);
	assert_int_equal(b.len, 100000);
	for (unsigned i = 0; i < 100000; i++)
		assert_int_equal(b.data[i], 'a' + i % 26);
	strbuf_clear(&b);
}

static void
test_limit_is_exact_and_sticks(void **state)
{
	struct strbuf b;

	(void)state;
	strbuf_init(&b, 5);
	strbuf_puts(&b, "12345");
	assert_int_equal(b.err, E_OK);
	strbuf_putc(&b, '6');
	assert_int_equal(b.err, E_TOOBIG);
	strbuf_put(&b, "", 0);
	strbuf_printf(&b, "%d", 1);
	strbuf_putu(&b, 1);
	assert_null(strbuf_extend(&b, 0));
	assert_string_equal(strbuf_str(&b), "12345");
	strbuf_reset(&b);
	assert_int_equal(b.err, E_OK);
	assert_string_equal(strbuf_str(&b), "");
	strbuf_puts(&b, "123");
	strbuf_puts(&b, "456"); /* does not fit: nothing of it is there */
	strbuf_puts(&b, "4");
	assert_int_equal(b.err, E_TOOBIG);
	assert_string_equal(strbuf_str(&b), "123");
	strbuf_clear(&b);
	assert_int_equal(b.err, E_OK);
	assert_int_equal(b.max, 5);
}

static void
test_lengths_that_overflow(void **state)
{
	struct strbuf b;

	(void)state;
	strbuf_init(&b, SIZE_MAX);
	assert_null(strbuf_extend(&b, SIZE_MAX));
	assert_true(b.err == E_TOOBIG || b.err == E_NOMEM);
	strbuf_reset(&b);
	strbuf_puts(&b, "abc");
	assert_null(strbuf_extend(&b, SIZE_MAX - 3));
	assert_true(b.err == E_TOOBIG || b.err == E_NOMEM);
	assert_string_equal(strbuf_str(&b), "abc");
	strbuf_clear(&b);
}

static void
test_out_of_memory(void **state)
{
	struct strbuf b;

	(void)state;
	strbuf_init(&b, 100000);
	no_memory = true;
	strbuf_putc(&b, 'x');
	no_memory = false;
	assert_int_equal(b.err, E_NOMEM);
	strbuf_putc(&b, 'x'); /* sticks, although there is memory again */
	assert_string_equal(strbuf_str(&b), "");
	strbuf_reset(&b);
	strbuf_puts(&b, "kept");
	no_memory = true;
	strbuf_printf(&b, "%9000s", "");
	no_memory = false;
	assert_int_equal(b.err, E_NOMEM);
	assert_string_equal(strbuf_str(&b), "kept");
	strbuf_clear(&b);
}

static void
test_extend_gives_room(void **state)
{
	struct strbuf b;
	char *p;

	(void)state;
	strbuf_init(&b, 1000);
	strbuf_puts(&b, "ab");
	p = strbuf_extend(&b, 300);
	assert_non_null(p);
	memset(p, 'x', 300);
	assert_int_equal(b.len, 302);
	assert_int_equal(b.data[302], '\0');
	assert_memory_equal(b.data, "abx", 3);
	strbuf_clear(&b);
}

static void
test_keep(void **state)
{
	struct arena arena;
	struct strbuf b;
	struct span out;

	(void)state;
	arena_init(&arena, 100);
	strbuf_init(&b, 10);
	strbuf_put(&b, "a\0b", 3);
	assert_int_equal(strbuf_keep(&b, &arena, &out), E_OK);
	assert_true(span_eq(out, BYTES("a\0b")));
	assert_int_equal(out.data[3], '\0');
	assert_null(b.data);
	/* Nothing is not an error. */
	assert_int_equal(strbuf_keep(&b, &arena, &out), E_OK);
	assert_non_null(out.data);
	assert_int_equal(out.len, 0);
	strbuf_puts(&b, "all");
	strbuf_puts(&b, "too long");
	assert_int_equal(strbuf_keep(&b, &arena, &out), E_TOOBIG);
	assert_null(out.data);
	strbuf_puts(&b, "all");
	strbuf_puts(&b, "too long");
	assert_string_equal(strbuf_keep_text(&b, &arena), "all");
	assert_null(b.data);
	strbuf_puts(&b, "0123456789");
	while (arena_alloc(&arena, 16) != NULL)
		;
	assert_int_equal(strbuf_keep(&b, &arena, &out), E_NOMEM);
	assert_null(b.data);
	assert_null(strbuf_keep_text(&b, &arena));
	arena_clear(&arena);
}

static void
test_spans(void **state)
{
	(void)state;
	assert_true(span_is(span_trim(span_str(" \t\r\na b\n ")), "a b"));
	assert_int_equal(span_trim(span_str(" \n\t ")).len, 0);
	assert_int_equal(span_trim(BYTES("\0 ")).len, 1);
	assert_true(span_eq(span_str(NULL), span_str("")));
	assert_false(span_is(BYTES("a\0"), "a"));
	assert_true(span_cmp(span_str("a"), span_str("ab")) < 0);
	assert_true(span_cmp(span_str("b"), span_str("ab")) > 0);
	assert_true(span_cmp(BYTES("\x80"), BYTES("\x7f")) > 0);
	assert_int_equal(span_cmp(span_str(""), span_of(NULL, 0)), 0);
	assert_true(span_begins(span_str("abc"), span_str("ab")));
	assert_true(span_begins(span_str("abc"), span_of(NULL, 0)));
	assert_false(span_begins(span_str("a"), span_str("ab")));
	assert_true(span_begins_nocase(span_str("BEARER x"), "bearer "));
	assert_false(span_begins_nocase(span_str("Bear"), "bearer"));
	assert_true(span_is(span_from(span_str("abc"), 2), "c"));
	assert_int_equal(span_from(span_str("abc"), 3).len, 0);
	assert_int_equal(span_from(span_str("abc"), 4).len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_append),
	    cmocka_unit_test(test_growth_keeps_the_bytes),
	    cmocka_unit_test(test_limit_is_exact_and_sticks),
	    cmocka_unit_test(test_lengths_that_overflow),
	    cmocka_unit_test(test_out_of_memory),
	    cmocka_unit_test(test_extend_gives_room),
	    cmocka_unit_test(test_keep),
	    cmocka_unit_test(test_spans),
	};

	return cmocka_run_group_tests_name("strbuf", tests, NULL, NULL);
}
