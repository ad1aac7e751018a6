/*
 * Memory that is given back all at once: one arena a request, a transaction or a
 * command. Freed bytes are wiped, since secrets pass through.
 */
#ifndef GH_BASE_ARENA_H
#define GH_BASE_ARENA_H

#include "base/span.h"

struct arena_chunk;

struct arena {
	struct arena_chunk *head; /* the chunk that is being filled */
	size_t total;		  /* bytes taken from the system */
	size_t limit;		  /* and how many that may become */
	bool failed;		  /* since the last reset something did not fit */
};

/* An empty arena that takes at most `limit` bytes from the system. Allocates nothing. */
void arena_init(struct arena *a, size_t limit);

/* n bytes aligned for any type, not cleared; NULL when over the limit or out of memory. */
void *arena_alloc(struct arena *a, size_t n);

/* The same, cleared to zero. `count` × `size` may not overflow: NULL then. */
void *arena_zalloc(struct arena *a, size_t count, size_t size);

/* A copy with a NUL byte after it; NULL as arena_alloc(). */
char *arena_dup(struct arena *a, struct span s);
char *arena_strdup(struct arena *a, const char *s);
char *arena_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Forgets everything but keeps one chunk for the next request. */
void arena_reset(struct arena *a);

/* Gives everything back to the system; the arena can be used again. */
void arena_clear(struct arena *a);

#endif
