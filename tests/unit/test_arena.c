#include "unit.h"

#include <stdlib.h>

#include "base/arena.h"

#define LIMIT 100000

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
test_nothing_is_taken_before_use(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, LIMIT);
	assert_null(a.head);
	assert_int_equal(a.total, 0);
	arena_clear(&a);
}

static void
test_aligned_and_apart(void **state)
{
	static const size_t sizes[] = {1, 0, 3, 16, 17, 1000, 5000, 2, 9000, 1};
	unsigned char *p[COUNT(sizes)];
	struct arena a;

	(void)state;
	arena_init(&a, LIMIT);
	for (size_t i = 0; i < COUNT(sizes); i++) {
		p[i] = arena_alloc(&a, sizes[i]);
		assert_non_null(p[i]);
		assert_int_equal((uintptr_t)p[i] % 16, 0);
		memset(p[i], (int)i + 1, sizes[i]);
	}
	for (size_t i = 0; i < COUNT(sizes); i++)
		for (size_t k = 0; k < sizes[i]; k++)
			assert_int_equal(p[i][k], i + 1);
	arena_clear(&a);
	assert_int_equal(a.total, 0);
}

static void
test_limit(void **state)
{
	struct arena a;
	size_t got = 0;

	(void)state;
	arena_init(&a, LIMIT);
	assert_non_null(arena_alloc(&a, 1));
	assert_false(a.failed);
	assert_null(arena_alloc(&a, LIMIT + 1));
	assert_true(a.failed);
	arena_reset(&a);
	assert_false(a.failed);
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_true(a.failed);
	arena_clear(&a);
	assert_null(arena_zalloc(&a, SIZE_MAX, 2));
	assert_true(a.failed);
	while (arena_alloc(&a, 160) != NULL)
		got += 160;
	assert_in_range(a.total, LIMIT - 160, LIMIT);
	assert_in_range(got, LIMIT * 9 / 10, LIMIT);
	arena_clear(&a);
	assert_non_null(arena_alloc(&a, 90000));
	arena_clear(&a);
}

/* A limit below the usual chunk still gives what it allows. */
static void
test_small_limit(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, 1000);
	assert_non_null(arena_alloc(&a, 600));
	assert_non_null(arena_alloc(&a, 300));
	assert_null(arena_alloc(&a, 300));
	assert_in_range(a.total, 900, 1000);
	arena_clear(&a);
}

/* A large piece does not waste what is left of the chunk that is being filled. */
static void
test_large_pieces_between_small_ones(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, LIMIT);
	for (int i = 0; i < 20; i++) {
		assert_non_null(arena_alloc(&a, 3000));
		assert_non_null(arena_alloc(&a, 16));
	}
	assert_true(a.total < 70000);
	arena_clear(&a);
}

static void
test_sizes_that_overflow(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, SIZE_MAX);
	for (size_t n = 0; n < 32; n++)
		assert_null(arena_alloc(&a, SIZE_MAX - n));
	assert_null(arena_zalloc(&a, SIZE_MAX / 2, 3));
	assert_null(arena_zalloc(&a, SIZE_MAX, SIZE_MAX));
	assert_null(arena_dup(&a, span_of("", SIZE_MAX)));
	assert_non_null(arena_zalloc(&a, SIZE_MAX, 0));
	arena_clear(&a);
}

static void
test_out_of_memory(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, LIMIT);
	no_memory = true;
	assert_null(arena_alloc(&a, 1));
	assert_null(arena_zalloc(&a, 1, 1));
	assert_null(arena_strdup(&a, "x"));
	assert_null(arena_printf(&a, "x"));
	assert_int_equal(a.total, 0);
	no_memory = false;
	assert_non_null(arena_alloc(&a, 1));
	no_memory = true;
	assert_non_null(arena_alloc(&a, 1000)); /* from the chunk at hand */
	assert_null(arena_alloc(&a, 9000));
	no_memory = false;
	arena_clear(&a);
}

static void
test_zalloc_clears_used_memory(void **state)
{
	unsigned char *p;
	struct arena a;

	(void)state;
	arena_init(&a, LIMIT);
	memset(arena_alloc(&a, 256), 0xff, 256);
	arena_reset(&a);
	p = arena_zalloc(&a, 16, 16);
	for (int i = 0; i < 256; i++)
		assert_int_equal(p[i], 0);
	arena_clear(&a);
}

static void
test_copies(void **state)
{
	struct arena a;

	(void)state;
	arena_init(&a, LIMIT);
	assert_memory_equal(arena_dup(&a, BYTES("a\0b")), "a\0b", 4);
	assert_string_equal(arena_dup(&a, span_of(NULL, 0)), "");
	assert_string_equal(arena_strdup(&a, "gateway"), "gateway");
	assert_string_equal(arena_printf(&a, "%s-%04d", "x", 7), "x-0007");
	assert_int_equal(strlen(arena_printf(&a, "%9000s", "x")), 9000);
	arena_clear(&a);
}

/* The first chunk stays, so what was in it can be looked at: it must be gone. */
static void
test_reset_wipes_and_keeps_one_chunk(void **state)
{
	char *secret, *again;
	struct arena a;

	(void)state;
	arena_init(&a, LIMIT);
	secret = arena_strdup(&a, "Bearer NNSXS.SECRET");
	assert_non_null(arena_alloc(&a, 8000));
	assert_non_null(arena_alloc(&a, 20000));
	arena_reset(&a);
	assert_in_range(a.total, 1, 10000);
	assert_non_null(a.head);
	again = arena_alloc(&a, 32);
	assert_ptr_equal(again, secret);
	for (int i = 0; i < 20; i++)
		assert_int_equal(again[i], 0);
	arena_clear(&a);
	assert_null(a.head);
	arena_reset(&a);
	arena_clear(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_nothing_is_taken_before_use),
	    cmocka_unit_test(test_aligned_and_apart),
	    cmocka_unit_test(test_limit),
	    cmocka_unit_test(test_small_limit),
	    cmocka_unit_test(test_large_pieces_between_small_ones),
	    cmocka_unit_test(test_sizes_that_overflow),
	    cmocka_unit_test(test_out_of_memory),
	    cmocka_unit_test(test_zalloc_clears_used_memory),
	    cmocka_unit_test(test_copies),
	    cmocka_unit_test(test_reset_wipes_and_keeps_one_chunk),
	};

	return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
