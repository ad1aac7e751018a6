/* Which identifiers an import had already, and in which line: 16 bytes each. */
#ifndef GH_MANAGE_BULK_SEEN_H
#define GH_MANAGE_BULK_SEEN_H

#include "base/err.h"
#include "base/span.h"

/* 64 MiB of memory at most. */
#define BULK_SEEN_MAX (1u << 22)

struct bulk_seen {
	struct bulk_seen_entry *entries;
	size_t count, room;
};

/* What stands for an identifier; 0 for an empty one, which is never there twice. */
uint64_t bulk_seen_text(struct span id);
uint64_t bulk_seen_number(uint64_t eui);

/* E_EXISTS when it was there, in *line. E_TOOBIG: more than fit; E_NOMEM. */
int bulk_seen_add(struct bulk_seen *s, uint64_t mark, uint64_t at_line, uint64_t *line);

void bulk_seen_clear(struct bulk_seen *s);

#endif
