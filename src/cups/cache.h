/*
 * Records that many gateways share (network servers, trust certificates, update channels
 * with their roll-outs), kept decoded for as long as the registry stays as it is, and how far
 * the roll-outs are for as long as the ledger does: a fleet's polls read the same few of them
 * again and again, and a certificate's bytes are most of what an idle poll would have to
 * check.
 */
#ifndef GH_CUPS_CACHE_H
#define GH_CUPS_CACHE_H

#include "firmware/selection.h"
#include "registry/checks.h"
#include "registry/lns.h"
#include "registry/trust.h"
#include "store/store.h"

struct cups_cache;

/* NULL when out of memory; a NULL cache is allowed everywhere and keeps nothing. */
struct cups_cache *cups_cache_new(void);
void cups_cache_free(struct cups_cache *cache);

/* To be called first for each read of the two stores: forgets everything when it is not the
 * snapshot that the records were read from. What was handed out before is gone then. */
void cups_cache_begin(
    struct cups_cache *cache, struct store_txn *registry, struct store_txn *ledger);

/* The trust certificate that is registered for the server at a station URI; *there is false
 * when there is none, or the address has no TLS. E_IO, E_CORRUPT, E_NOMEM. */
int cups_trust_for(struct store_txn *registry, enum station_uri kind, struct span uri,
    struct arena *arena, struct trust *trust, bool *there);

/* The same through the cache: what it points at is in there or in the arena, valid until
 * the next cups_cache_begin(). */
int cups_cache_trust(struct cups_cache *cache, struct store_txn *registry,
    enum station_uri kind, struct span uri, struct arena *arena, struct trust *trust,
    bool *there);

/* A network server by its serial number; likewise. */
int cups_cache_lns(struct cups_cache *cache, struct store_txn *registry,
    uint64_t serial, struct arena *arena, struct lns *lns, bool *there);

/* One thing that the gateways of a channel might get (struct firmware_candidate). */
struct channel_item {
	struct rollout *rollout;   /* NULL: it is the channel's own release */
	struct release *release;   /* NULL: the record is gone */
	struct firmware *firmware; /* likewise */
	struct rollout_state state;
};

struct channel_set {
	bool there; /* is there such a channel? */
	struct channel channel;
	/* Roll-outs that are not over, the latest first, at most ROLLOUTS_MAX; then
	 * its own release if it names one. */
	struct channel_item *items;
	size_t count;
};

/* A channel by its name, likewise; *set is in the cache or in the arena. */
int cups_cache_channel(struct cups_cache *cache, struct store_txn *registry,
    struct store_txn *ledger, const char *name, struct arena *arena,
    const struct channel_set **set);

#endif
