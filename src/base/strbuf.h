/*
 * A growing byte buffer with a sticky error: append freely, look once. After the first
 * failure (over its limit: E_TOOBIG, or out of memory: E_NOMEM) appending does nothing.
 */
#ifndef GH_BASE_STRBUF_H
#define GH_BASE_STRBUF_H

#include "base/span.h"

struct arena;

struct strbuf {
	char *data; /* always NUL-terminated once something was appended */
	size_t len, cap;
	size_t max; /* the limit of len */
	int err;
};

/* An empty buffer that may hold at most `max` bytes. Allocates nothing. */
void strbuf_init(struct strbuf *b, size_t max);

/* Wipes and frees; the buffer can be used again. */
void strbuf_clear(struct strbuf *b);

/* Empties it and forgets the error, keeping the memory. */
void strbuf_reset(struct strbuf *b);

void strbuf_put(struct strbuf *b, const void *data, size_t len);
void strbuf_putc(struct strbuf *b, char c);
void strbuf_puts(struct strbuf *b, const char *s);
void strbuf_printf(struct strbuf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Decimal digits, cheaper than strbuf_printf(). */
void strbuf_putu(struct strbuf *b, uint64_t n);

/* Takes the bytes into the arena, with a NUL byte after them, and clears the buffer. The
 * buffer's error, or E_NOMEM; *out is empty then. */
int strbuf_keep(struct strbuf *b, struct arena *arena, struct span *out);

/* The same as text, up to where an error stopped it; NULL when the arena is full. */
const char *strbuf_keep_text(struct strbuf *b, struct arena *arena);

/* As strbuf_extend(), for what does not fit the memory at hand. */
void *strbuf_extend_slow(struct strbuf *b, size_t n);

/* Room for n bytes that the caller fills at the returned place; NULL on failure. */
static inline void *
strbuf_extend(struct strbuf *b, size_t n)
{
	char *at;

	if (b->err != 0 || n >= b->cap - b->len || n > b->max - b->len)
		return strbuf_extend_slow(b, n);
	at = b->data + b->len;
	b->len += n;
	at[n] = '\0';
	return at;
}

/* The bytes so far; valid until the next call that changes the buffer. */
static inline struct span
strbuf_span(const struct strbuf *b)
{
	return span_of(b->data, b->len);
}

/* The text so far, "" when nothing was appended; valid as strbuf_span(). */
static inline const char *
strbuf_str(const struct strbuf *b)
{
	return b->data != NULL ? b->data : "";
}

#endif
