#include "base/strbuf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"

void
strbuf_init(struct strbuf *b, size_t max)
{
	*b = (struct strbuf){.max = max};
}

void
strbuf_clear(struct strbuf *b)
{
	if (b->data != NULL)
		explicit_bzero(b->data, b->cap);
	free(b->data);
	strbuf_init(b, b->max);
}

void
strbuf_reset(struct strbuf *b)
{
	b->len = 0;
	b->err = E_OK;
	if (b->data != NULL)
		b->data[0] = '\0';
}

/* Not realloc(): the old place would keep its bytes. */
static void
grow(struct strbuf *b, size_t need)
{
	size_t cap = b->cap != 0 ? b->cap : 256;
	char *p;

	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	if ((p = malloc(cap)) == NULL) {
		b->err = E_NOMEM;
		return;
	}
	if (b->data != NULL) {
		memcpy(p, b->data, b->len);
		explicit_bzero(b->data, b->cap);
		free(b->data);
	}
	b->data = p;
	b->cap = cap;
}

void *
strbuf_extend_slow(struct strbuf *b, size_t n)
{
	void *at;

	if (b->err != E_OK)
		return NULL;
	if (n > b->max || b->len > b->max - n || n >= SIZE_MAX - b->len) {
		b->err = E_TOOBIG;
		return NULL;
	}
	if (b->cap - b->len <= n)
		grow(b, b->len + n + 1);
	if (b->err != E_OK)
		return NULL;
	at = b->data + b->len;
	b->len += n;
	b->data[b->len] = '\0';
	return at;
}

void
strbuf_put(struct strbuf *b, const void *data, size_t len)
{
	void *at = strbuf_extend(b, len);

	if (at != NULL && len > 0)
		memcpy(at, data, len);
}

void
strbuf_putc(struct strbuf *b, char c)
{
	strbuf_put(b, &c, 1);
}

void
strbuf_puts(struct strbuf *b, const char *s)
{
	strbuf_put(b, s, strlen(s));
}

void
strbuf_printf(struct strbuf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n >= 0) {
		char *at = strbuf_extend(b, (size_t)n);

		if (at != NULL)
			vsnprintf(at, (size_t)n + 1, fmt, again);
	} else if (b->err == E_OK) {
		b->err = E_INTERNAL;
	}
	va_end(again);
	va_end(ap);
}

void
strbuf_putu(struct strbuf *b, uint64_t n)
{
	char digits[20];
	size_t i = sizeof digits;

	do {
		digits[--i] = (char)('0' + n % 10);
		n /= 10;
	} while (n != 0);
	strbuf_put(b, digits + i, sizeof digits - i);
}

const char *
strbuf_keep_text(struct strbuf *b, struct arena *arena)
{
	const char *copy = arena_dup(arena, strbuf_span(b));

	strbuf_clear(b);
	return copy;
}

int
strbuf_keep(struct strbuf *b, struct arena *arena, struct span *out)
{
	const char *copy = NULL;
	int err = b->err;

	if (err == E_OK && (copy = arena_dup(arena, strbuf_span(b))) == NULL)
		err = E_NOMEM;
	*out = span_of(copy, copy != NULL ? b->len : 0);
	strbuf_clear(b);
	return err;
}
