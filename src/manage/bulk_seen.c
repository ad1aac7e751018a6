#include "manage/bulk_seen.h"

#include <stdlib.h>

struct bulk_seen_entry {
	uint64_t mark, line; /* mark 0: free */
};

/* Mixes all bits into all bits (the finalizer of MurmurHash3). */
static uint64_t
mix(uint64_t x)
{
	x = (x ^ x >> 33) * 0xff51afd7ed558ccdULL;
	x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53ULL;
	return x ^ x >> 33;
}

uint64_t
bulk_seen_text(struct span id)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < id.len; i++)
		h = mix(h ^ id.data[i]);
	return id.len == 0 ? 0 : h | 1;
}

uint64_t
bulk_seen_number(uint64_t eui)
{
	/* Another range than texts have, but for the one number that has no mark then. */
	return mix(eui) & ~(uint64_t)1;
}

static struct bulk_seen_entry *
place(const struct bulk_seen *s, uint64_t mark)
{
	size_t at = (size_t)mix(mark) & (s->room - 1);

	while (s->entries[at].mark != 0 && s->entries[at].mark != mark)
		at = (at + 1) & (s->room - 1);
	return &s->entries[at];
}

static int
grow(struct bulk_seen *s)
{
	struct bulk_seen old = *s;

	if (old.room >= BULK_SEEN_MAX)
		return E_TOOBIG;
	s->room = old.room == 0 ? 1024 : old.room * 2;
	s->entries = calloc(s->room, sizeof *s->entries);
	if (s->entries == NULL) {
		*s = old;
		return E_NOMEM;
	}
	for (size_t i = 0; i < old.room; i++)
		if (old.entries[i].mark != 0)
			*place(s, old.entries[i].mark) = old.entries[i];
	free(old.entries);
	return E_OK;
}

int
bulk_seen_add(struct bulk_seen *s, uint64_t mark, uint64_t at_line, uint64_t *line)
{
	struct bulk_seen_entry *e;
	int err;

	if (mark == 0)
		return E_OK;
	if (s->count * 4 >= s->room * 3 && (err = grow(s)) != E_OK)
		return err;
	e = place(s, mark);
	if (e->mark == mark) {
		*line = e->line;
		return E_EXISTS;
	}
	*e = (struct bulk_seen_entry){mark, at_line};
	s->count++;
	return E_OK;
}

void
bulk_seen_clear(struct bulk_seen *s)
{
	free(s->entries);
	*s = (struct bulk_seen){0};
}
