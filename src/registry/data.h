/*
 * The data folder: the registry, the ledger, sightings and the ring of sealing keys,
 * opened together.
 *
 *	registry/  ledger/	LMDB stores
 *	sightings/		gateways, unknown, throttle (slots)
 *	blobs/			firmware images
 *	seal.keys		key ring (or elsewhere, by configuration)
 */
#ifndef GH_REGISTRY_DATA_H
#define GH_REGISTRY_DATA_H

#include "crypto/seal.h"
#include "registry/tables.h"
#include "store/slots.h"
#include "store/store.h"

struct data {
	struct store *registry, *ledger;
	struct slots *sightings, *unknown, *throttle;
	struct seal_ring *seal; /* NULL when there is none: sealed values do not open */
	struct fault seal_fault; /* why */
	char path[1024], seal_path[1024];
};

struct data_options {
	const char *path;
	const char *seal_path; /* NULL or "": <path>/seal.keys */
	bool create;	       /* make what is missing, but for the ring */
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

/* Closes everything that is open; safe on a zeroed struct and twice. */
void data_close(struct data *data);

#endif
