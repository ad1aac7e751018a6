#include "tests/lib/faulty.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "store/engine.h"

static enum fault_sort armed;
static unsigned long counts[3], fail_at;
static bool counting;
static unsigned commits; /* of `watched` */
static struct store *watched;
static const struct store_engine *real;
static struct store_engine failing;

/* Where memory was asked for, in a run without faults. */
static const void **places;
static size_t place_count, place_room;

static bool
fails(enum fault_sort sort)
{
	if (!counting)
		return false;
	return ++counts[sort] == fail_at && armed == sort;
}

static bool
memory_fails(struct arena *a, const void *place)
{
	if (counting && armed == FAULT_NONE) {
		if (place_count == place_room) {
			place_room = place_room * 2 + 1000;
			places = realloc(places, place_room * sizeof *places);
			if (places == NULL)
				abort();
		}
		places[place_count++] = place;
	}
	if (!fails(FAULT_MEMORY))
		return false;
	return a->failed = true;
}

/* The linker puts these before the functions of base/arena.h (-Wl,--wrap). */
void *__real_arena_alloc(struct arena *a, size_t n);
void *__real_arena_zalloc(struct arena *a, size_t count, size_t size);
char *__real_arena_dup(struct arena *a, struct span s);
char *__real_arena_strdup(struct arena *a, const char *s);
void *__wrap_arena_alloc(struct arena *a, size_t n);
void *__wrap_arena_zalloc(struct arena *a, size_t count, size_t size);
char *__wrap_arena_dup(struct arena *a, struct span s);
char *__wrap_arena_strdup(struct arena *a, const char *s);
char *__wrap_arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#define HERE __builtin_return_address(0)

void *
__wrap_arena_alloc(struct arena *a, size_t n)
{
	return memory_fails(a, HERE) ? NULL : __real_arena_alloc(a, n);
}

void *
__wrap_arena_zalloc(struct arena *a, size_t count, size_t size)
{
	return memory_fails(a, HERE) ? NULL : __real_arena_zalloc(a, count, size);
}

char *
__wrap_arena_dup(struct arena *a, struct span s)
{
	return memory_fails(a, HERE) ? NULL : __real_arena_dup(a, s);
}

char *
__wrap_arena_strdup(struct arena *a, const char *s)
{
	return memory_fails(a, HERE) ? NULL : __real_arena_strdup(a, s);
}

char *
__wrap_arena_printf(struct arena *a, const char *fmt, ...)
{
	const void *place = HERE;
	char *text, *copy;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0)
		abort();
	copy = memory_fails(a, place) ? NULL : __real_arena_strdup(a, text);
	free(text);
	return copy;
}

static int
fail_begin(struct store *store)
{
	return fails(FAULT_STORE) ? E_IO : real->read_begin(store);
}

static int
fail_get(struct store *store, unsigned table, struct span key, struct span *v)
{
	return fails(FAULT_STORE) ? E_IO : real->get(store, table, key, v);
}

static int
fail_count(struct store *store, unsigned table, uint64_t *count)
{
	return fails(FAULT_STORE) ? E_CORRUPT : real->count(store, table, count);
}

static int
fail_put(struct store *store, unsigned table, struct span key, struct span v)
{
	return fails(FAULT_STORE) ? E_FULL : real->put(store, table, key, v);
}

static int
fail_del(struct store *store, unsigned table, struct span key)
{
	return fails(FAULT_STORE) ? E_FULL : real->del(store, table, key);
}

static int
fail_open(struct store *store, unsigned table, struct store_cursor **c)
{
	return fails(FAULT_STORE) ? E_NOMEM : real->cursor_open(store, table, c);
}

static int
fail_move(struct store_cursor *c, enum store_move move, struct span key, struct span *k,
    struct span *v)
{
	return fails(FAULT_STORE) ? E_CORRUPT : real->cursor_move(c, move, key, k, v);
}

static int
fail_update(struct store *store, int wait_ms, store_update_fn *fn, void *arg)
{
	int err = fails(FAULT_STORE) ? E_BUSY : real->update(store, wait_ms, fn, arg);

	commits += err == E_OK && store == watched;
	return err;
}

void
faulty_begin(enum fault_sort sort, unsigned long number)
{
	armed = sort;
	fail_at = number;
	commits = 0;
	memset(counts, 0, sizeof counts);
	if (sort == FAULT_NONE)
		place_count = 0;
	counting = true;
}

void
faulty_end(void)
{
	counting = false;
}

unsigned long
faulty_store_count(void)
{
	return counts[FAULT_STORE];
}

const void *const *
faulty_places(size_t *count)
{
	*count = place_count;
	return places;
}

void
faulty_store(struct store *store)
{
	if (store->engine != &failing)
		real = store->engine;
	failing = *real;
	failing.read_begin = fail_begin;
	failing.get = fail_get;
	failing.count = fail_count;
	failing.put = fail_put;
	failing.del = fail_del;
	failing.cursor_open = fail_open;
	failing.cursor_move = fail_move;
	failing.update = fail_update;
	store->engine = &failing;
	if (watched == NULL)
		watched = store;
}

unsigned
faulty_commits(void)
{
	return commits;
}

void
faulty_stores_closed(void)
{
	watched = NULL;
}

void
faulty_clear(void)
{
	free(places);
	places = NULL;
	place_count = place_room = 0;
}
