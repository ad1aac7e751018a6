#include "gateway-files/records.h"

#include <stdlib.h>

#define ENTRIES 64
#define ID_TEXT 65 /* the longest identifier, that of a plan, and a NUL */
#define MEMORY (1 << 20)

struct entry {
	const struct record_kind *kind;
	char id[ID_TEXT]; /* "": by its serial number */
	uint64_t serial;
	const void *record;
};

struct file_records {
	struct arena arena;
	uint64_t version;
	bool full; /* somebody found no room: begin anew */
	size_t count;
	struct entry entries[ENTRIES];
};

struct file_records *
file_records_new(void)
{
	struct file_records *r = calloc(1, sizeof *r);

	if (r != NULL)
		arena_init(&r->arena, MEMORY);
	return r;
}

void
file_records_free(struct file_records *r)
{
	if (r != NULL)
		arena_clear(&r->arena);
	free(r);
}

void
file_records_begin(struct file_records *r, struct store_txn *registry)
{
	uint64_t version = store_version(registry);

	if (r == NULL || (r->version == version && !r->full))
		return;
	r->version = version;
	r->full = false;
	r->count = 0;
	arena_reset(&r->arena);
}

static const struct entry *
lookup(const struct file_records *r, const struct record_kind *kind, const char *id,
    uint64_t serial)
{
	for (size_t i = 0; r != NULL && i < r->count; i++) {
		const struct entry *e = &r->entries[i];

		if (e->kind == kind &&
		    (id != NULL ? strcmp(e->id, id) == 0
				: e->id[0] == '\0' && e->serial == serial))
			return e;
	}
	return NULL;
}

/* Where to decode to: here while there is room, else the request. */
static struct arena *
room(struct file_records *r, const char *id, struct arena *arena)
{
	if (r == NULL || (id != NULL && (id[0] == '\0' || strlen(id) >= ID_TEXT)))
		return arena;
	if (r->count < ENTRIES && r->arena.total < MEMORY / 2)
		return &r->arena;
	r->full = true;
	return arena;
}

int
file_records_get(struct file_records *r, struct store_txn *registry,
    const struct record_kind *kind, const char *id, uint64_t serial,
    struct arena *arena, const void **record)
{
	const struct entry *known = lookup(r, kind, id, serial);
	struct arena *to;
	struct entry *e;
	void *made;
	int err;

	if (known != NULL) {
		*record = known->record;
		return E_OK;
	}
	to = room(r, id, arena);
	if ((made = arena_alloc(to, kind->size)) == NULL)
		return E_NOMEM;
	err = id != NULL ? registry_find_id(registry, kind, id, to, made)
			 : registry_get(registry, kind, serial, to, made);
	if (err != E_OK)
		return err;
	*record = made;
	if (to == arena)
		return E_OK;
	e = &r->entries[r->count++];
	*e = (struct entry){.kind = kind, .serial = serial, .record = made};
	if (id != NULL)
		memcpy(e->id, id, strlen(id) + 1);
	return E_OK;
}
