/*
 * Sealing: authenticated encryption of secrets that must be given out again, under a ring
 * of keys in a file outside the database (mode 0640 at most). AES-256-GCM.
 *
 * Sealed value: version 1 (u8), key id (u32, little-endian), nonce (12 bytes), cipher text,
 * tag (16). Associated data: "table\0" serial (u64, big-endian) "field": a sealed value
 * that is copied to another place does not open.
 *
 * Ring file: text, one key a line: `<id> <64 hex digits> <RFC 3339 date>`, the last one
 * seals, all open; `#` begins a comment. Ids are random, so that a new ring does not seem
 * to have the keys of one that was lost.
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
/*
 * Both read the file anew under a lock, so that nothing is lost that another process did
 * meanwhile; comments stay. Errors as seal_open(), E_FULL, E_CRYPTO; the file is then as
 * it was.
 */
/* Adds a new key to the ring and its file; it seals from now on. At most 64 keys. */
int seal_add_key(struct seal_ring *ring, struct fault *fault);
/* Takes a key that no value names any more out of the ring and its file. E_NOTFOUND,
 * E_STATE (it is the one that seals). */
int seal_drop_key(struct seal_ring *ring, uint32_t id, struct fault *fault);
/* The id of the key that seals now. */
uint32_t seal_current(const struct seal_ring *ring);
/* Ids of all keys, in the order of the file; the count is returned, at most `max` are written. */
size_t seal_ids(const struct seal_ring *ring, uint32_t *ids, size_t max);

/* `sealed` is in the arena, 33 bytes longer than `plain`, which has at most 1 MB. E_NOTFOUND
 * (ring is NULL), E_TOOBIG, E_NOMEM, E_CRYPTO. */
int seal_value(const struct seal_ring *ring, struct seal_place place, struct span plain,
    struct arena *arena, struct span *sealed);

/* Opens into the arena; a NUL byte stands behind the value. E_NOTFOUND (its key is not in the ring, or ring is NULL: the
 * operator must bring back the ring file), E_CORRUPT (changed, or of another place). */
int seal_open_value(const struct seal_ring *ring, struct seal_place place,
    struct span sealed, struct arena *arena, struct span *plain, struct fault *fault);

/* The id of the key that a sealed value names; false when it is not a sealed value. */
bool seal_key_of(struct span sealed, uint32_t *id);

#endif
