/* The key ring behind seal.h, as it is held in memory. Only for this folder. */
#ifndef GH_CRYPTO_RING_H
#define GH_CRYPTO_RING_H

#include "base/span.h"
#include "crypto/seal.h"

#define RING_MAX 64 /* a rotation a quarter for sixteen years, without dropping one */
#define RING_KEY 32

struct ring_key {
	uint32_t id;
	uint8_t bytes[RING_KEY];
};

struct seal_ring {
	char *path;
	size_t count; /* at least 1; the last one seals */
	struct ring_key keys[RING_MAX];
};

/* NULL when the ring does not have it. */
const struct ring_key *ring_find(const struct seal_ring *ring, uint32_t id);

#endif
