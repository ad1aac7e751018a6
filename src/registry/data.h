/*
 * The data folder: the registry, the ledger, sightings and the ring of sealing keys,
 * opened together.
 *
 *	registry/  ledger/	LMDB stores
 *	sightings/		gateways, files, unknown, throttle (slots)
 *	blobs/			firmware images
 *	seal.keys		key ring (or elsewhere, by configuration)
 */
#ifndef GH_REGISTRY_DATA_H
#define GH_REGISTRY_DATA_H

#include "crypto/seal.h"
#include "registry/tables.h"
#include "store/slots.h"
#include "store/store.h"

/* Which file the ring was read from, so that a new one is noticed. */
struct seal_mark {
	uint64_t inode, size;
	int64_t seconds, nanoseconds; /* of its last change */
};

struct data {
	struct store *registry, *ledger;
	struct slots *sightings, *files, *unknown, *throttle;
	struct seal_ring *seal; /* NULL when there is none: sealed values do not open */
	struct fault seal_fault; /* why */
	struct seal_mark seal_mark;
	char path[1024], seal_path[1024];
};

struct data_options {
	const char *path;
	const char *seal_path; /* NULL or "": <path>/seal.keys */
	bool create;	       /* make what is missing, but for the ring */
	bool registry_only; /* neither the ledger nor the ring: both are NULL; and the
				* registry only to be read */
	bool registry_read_only;
	bool memory; /* for tests: stores in memory, nothing in `path` but slots */
	size_t map_initial, map_max;
};

/*
 * Opens everything. Errors as of store_open() and slots_open(); a missing or unreadable ring
 * is no error here but told in data->seal_fault. Sightings that cannot be opened are
 * left NULL after a line in the log: everything works without them.
 */
int data_open(
    const struct data_options *options, struct data *data, struct fault *fault);

/*
 * Reads the ring again when its file is another one than last time (or can be read now):
 * another process may have added a key, or an operator brought it back. True when a ring
 * was read. A ring that is here stays when the new file cannot be read.
 */
bool data_reload_seal(struct data *data);

/* seal_open_value() and seal_value() with the ring as it is now: opening reads it again when
 * the value names a key that is not in it; sealing always looks whether there is a newer one
 * (and must be done inside the update that stores the value, so that `gatehouse seal rotate`
 * misses none). E_NOTFOUND and E_STATE when there is no ring. */
int data_open_sealed(struct data *data, struct seal_place place, struct span sealed,
    struct arena *arena, struct span *plain, struct fault *fault);
int data_seal(struct data *data, struct seal_place place, struct span plain,
    struct arena *arena, struct span *sealed, struct fault *fault);

/* Can the registry be read now? For `/healthz`. */
int data_health(const struct data *data, struct fault *fault);

/* Closes everything that is open; safe on a zeroed struct and twice. */
void data_close(struct data *data);

#endif
