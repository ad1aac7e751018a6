/*
 * Fixed-size records in a file, written without a lock: what may be lost. Each slot
 * carries a checksum; a torn or damaged one reads as empty. Several processes share the
 * file. Slot layout: checksum u32, reserved u32, then `size` bytes.
 *
 * Slots are read by pread() and written by pwrite(), which was measured to be as fast
 * as a mapping here, and unlike a mapping cannot kill the process (SIGBUS) when
 * somebody cuts the file short or the disk is full. A file that was removed is made
 * again by the next use.
 */
#ifndef GH_STORE_SLOTS_H
#define GH_STORE_SLOTS_H

#include "base/err.h"
#include "base/span.h"

struct slots;

/*
 * Opens or creates the file (mode 0660). `kind` (a short name) and `size` (bytes of
 * user data in a slot, at most 1,000) are kept in its header: a file of another kind,
 * size or version is replaced by an empty one. `max` bounds the number of slots; the
 * file grows as they are used and is sparse. E_PERM, E_FULL, E_IO, E_REMOTEFS,
 * E_NOTFOUND (no folder), E_INVALID (size or kind). From here on the process ignores
 * SIGXFSZ.
 */
int slots_open(const char *path, const char *kind, size_t size, uint64_t max,
    struct slots **slots, struct fault *fault);
void slots_close(struct slots *s);

/* Copies slot i to `data`; false (and zeros) when empty, damaged or beyond the end. */
bool slots_get(struct slots *s, uint64_t i, void *data);

/* Writes slot i, growing the file where needed: E_INVALID (i >= max), E_FULL, E_IO;
 * E_VERSION when another version of the program has exchanged the file meanwhile. */
int slots_put(struct slots *s, uint64_t i, const void *data);

/* Makes slot i empty. */
int slots_erase(struct slots *s, uint64_t i);

/* Number of slots that the file has room for now; those at or beyond it are empty. */
uint64_t slots_count(struct slots *s);

/* Slots whose checksum is wrong (not those that are empty), for `check`. */
uint64_t slots_damaged(struct slots *s);

#endif
