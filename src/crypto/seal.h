/*
 * Sealing: authenticated encryption of secrets that must be given out again, under a ring
 * of keys in a file outside the database (mode 0640 at most). AES-256-GCM.
 *
 * Sealed value: version 1 (u8), key id (u32, little-endian), nonce (12 bytes), cipher text,
 * tag (16). Associated data: "table\0" serial (u64, big-endian) "field": a sealed value
 * that is copied to another place does not open.
 *
 * Ring file: text, one key a line: `<id> <64 hex digits> <RFC 3339 date>`, the last one
 * seals, all open; `#` begins a comment.
 */
#ifndef GH_CRYPTO_SEAL_H
#define GH_CRYPTO_SEAL_H

#include "base/arena.h"
#include "base/err.h"

struct seal_ring;

struct seal_place {
	const char *table;
	uint64_t serial;
	const char *field;
};

/* Reads the ring. E_NOTFOUND, E_PERM (readable by others), E_INVALID (line named), E_IO. */
int seal_open(const char *path, struct seal_ring **ring, struct fault *fault);
/* Wipes; NULL is allowed. */
void seal_close(struct seal_ring *ring);

/* Makes a ring file with one new key; E_EXISTS when there is a file already. */
int seal_create(const char *path, struct fault *fault);
/* Adds a new key to the ring and its file; it seals from now on. */
int seal_add_key(struct seal_ring *ring, struct fault *fault);
/* Takes a key that no value names any more out of the ring and its file. */
int seal_drop_key(struct seal_ring *ring, uint32_t id, struct fault *fault);
/* The id of the key that seals now. */
uint32_t seal_current(const struct seal_ring *ring);
/* Ids of all keys, oldest first; the count is returned, at most `max` are written. */
size_t seal_ids(const struct seal_ring *ring, uint32_t *ids, size_t max);

/* `sealed` is in the arena. E_NOMEM, E_CRYPTO. */
int seal_value(const struct seal_ring *ring, struct seal_place place, struct span plain,
    struct arena *arena, struct span *sealed);

/* Opens into the arena. E_NOTFOUND (its key is not in the ring, or ring is NULL: the
 * operator must bring back the ring file), E_CORRUPT (changed, or of another place). */
int seal_open_value(const struct seal_ring *ring, struct seal_place place,
    struct span sealed, struct arena *arena, struct span *plain, struct fault *fault);

/* The id of the key that a sealed value names; false when it is not a sealed value. */
bool seal_key_of(struct span sealed, uint32_t *id);

#endif
