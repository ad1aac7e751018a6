/* Sealed values: which there are, which open, and moving them to a new key. */
#ifndef GH_MANAGE_SEAL_H
#define GH_MANAGE_SEAL_H

#include "manage/manage.h"

struct seal_rotating {
	bool no_new_key; /* only finish what an earlier run began */
	bool keep_keys;	 /* leave old keys in the ring (older backups need them) */
	/* Called after each batch; anything but E_OK stops there, and a later run goes on. May
	 * be NULL. */
	int (*progress)(void *arg, uint64_t records, uint64_t values);
	void *arg;
};

struct seal_rotated {
	uint32_t key;	  /* the id that seals now */
	uint64_t records; /* that were looked at */
	uint64_t values;  /* that were sealed anew */
	uint64_t
	    failed; /* that do not open: they stay as they are, and so does their key */
	unsigned dropped, kept; /* old keys taken out of the ring, and left in it */
};

/*
 * Adds a key to the ring, seals every sealed value anew in many small transactions, then
 * drops the keys that nothing names any more. Other processes read the ring again by
 * themselves. May be stopped and run again at any time. E_STATE without a ring, E_PERM,
 * E_BUSY, E_IO.
 */
int manage_seal_rotate(
    struct manage *m, const struct seal_rotating *how, struct seal_rotated *done);

/* How many sealed values there are, by what they are for. */
struct seal_counts {
	uint64_t lns_secrets;	   /* of gateways */
	uint64_t certificate_keys; /* of gateways, for CUPS or LNS */
	uint64_t cups_keys;	   /* generations of gateways' CUPS keys */
	uint64_t ca_keys;
	uint64_t template_secrets;
	uint64_t all;
};

/* Counts those that do not open with this ring (NULL: all there are), in one snapshot. */
int manage_seal_lost(
    struct store_txn *registry, const struct seal_ring *ring, struct seal_counts *lost);

/* "12 LNS secrets, 3 private keys of certificates, …"; "nothing". In the arena. */
const char *seal_counts_text(const struct seal_counts *c, struct arena *arena);

#endif
