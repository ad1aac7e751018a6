#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define ALIGN 16
#define CHUNK 8192

struct arena_chunk {
	struct arena_chunk *prev;
	size_t size, used;
	_Alignas(ALIGN) unsigned char data[];
};

void
arena_init(struct arena *a, size_t limit)
{
	*a = (struct arena){.limit = limit};
}

static void *
refuse(struct arena *a)
{
	a->failed = true;
	return NULL;
}

/* A chunk with room for `need` bytes, in front where the next pieces are looked for. A
 * large piece gets its own behind that, so that the room left in front is not lost. */
static struct arena_chunk *
chunk_add(struct arena *a, size_t need)
{
	bool own = need > CHUNK / 4 && a->head != NULL;
	size_t left = a->limit - a->total, size = need;
	struct arena_chunk *c = NULL;

	if (!own && size < CHUNK)
		size = left < CHUNK ? left : CHUNK;
	if (need <= left && need <= SIZE_MAX - sizeof *c)
		c = malloc(sizeof *c + size);
	if (c == NULL)
		return refuse(a);
	a->total += size;
	c->size = size;
	c->used = 0;
	if (own) {
		c->prev = a->head->prev;
		a->head->prev = c;
	} else {
		c->prev = a->head;
		a->head = c;
	}
	return c;
}

void *
arena_alloc(struct arena *a, size_t n)
{
	struct arena_chunk *c = a->head;
	void *p;

	if (n > SIZE_MAX - ALIGN)
		return refuse(a);
	n = n == 0 ? ALIGN : (n + ALIGN - 1) / ALIGN * ALIGN;
	if (c == NULL || c->size - c->used < n) {
		if ((c = chunk_add(a, n)) == NULL)
			return NULL;
	}
	p = c->data + c->used;
	c->used += n;
	return p;
}

void *
arena_zalloc(struct arena *a, size_t count, size_t size)
{
	void *p;

	if (size != 0 && count > SIZE_MAX / size)
		return refuse(a);
	if ((p = arena_alloc(a, count * size)) != NULL)
		memset(p, 0, count * size);
	return p;
}

char *
arena_dup(struct arena *a, struct span s)
{
	char *p;

	if (s.len == SIZE_MAX)
		return refuse(a);
	if ((p = arena_alloc(a, s.len + 1)) == NULL)
		return NULL;
	if (s.len > 0)
		memcpy(p, s.data, s.len);
	p[s.len] = '\0';
	return p;
}

char *
arena_strdup(struct arena *a, const char *s)
{
	return arena_dup(a, span_str(s));
}

char *
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *p = NULL;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n >= 0 && (p = arena_alloc(a, (size_t)n + 1)) != NULL)
		vsnprintf(p, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return p;
}

void
arena_reset(struct arena *a)
{
	struct arena_chunk *c, *kept = NULL;

	a->failed = false;
	while ((c = a->head) != NULL) {
		a->head = c->prev;
		explicit_bzero(c->data, c->used);
		if (kept == NULL && c->size == CHUNK) {
			kept = c;
			continue;
		}
		a->total -= c->size;
		free(c);
	}
	if ((a->head = kept) != NULL) {
		kept->used = 0;
		kept->prev = NULL;
	}
}

void
arena_clear(struct arena *a)
{
	arena_reset(a);
	free(a->head);
	a->head = NULL;
	a->total = 0;
}
