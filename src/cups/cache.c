#include "cups/cache.h"

#include <stdio.h>
#include <stdlib.h>

#include "cups/channel.h"
#include "registry/registry.h"

#define ENTRIES 8 /* only records that are there: what requests make up finds no room */
#define MEMORY (256 << 10)

struct trust_entry {
	char uri[128];
	enum station_uri kind;
	struct trust trust;
};

struct lns_entry {
	uint64_t serial;
	struct lns lns;
};

struct channel_entry {
	char name[132];
	uint64_t ledger; /* the snapshot that the roll-outs' states are of */
	struct channel_set set;
};

struct cups_cache {
	struct arena arena;
	struct arena states; /* what the roll-outs' states point at */
	uint64_t version, ledger;
	bool full; /* somebody found no room: begin anew */
	size_t trusts, servers, channels;
	struct trust_entry trust[ENTRIES];
	struct lns_entry lns[ENTRIES];
	struct channel_entry channel[ENTRIES];
};

struct cups_cache *
cups_cache_new(void)
{
	struct cups_cache *cache = calloc(1, sizeof *cache);

	if (cache != NULL) {
		arena_init(&cache->arena, MEMORY);
		arena_init(&cache->states, MEMORY);
	}
	return cache;
}

void
cups_cache_free(struct cups_cache *cache)
{
	if (cache != NULL) {
		arena_clear(&cache->arena);
		arena_clear(&cache->states);
	}
	free(cache);
}

void
cups_cache_begin(
    struct cups_cache *cache, struct store_txn *registry, struct store_txn *ledger)
{
	uint64_t version = store_version(registry), changes = store_version(ledger);

	if (cache == NULL)
		return;
	if (cache->ledger != changes) {
		cache->ledger = changes;
		arena_reset(&cache->states);
	}
	if (cache->version == version && !cache->full)
		return;
	cache->version = version;
	cache->full = false;
	cache->trusts = cache->servers = cache->channels = 0;
	arena_reset(&cache->arena);
}

/* A record that may be missing. */
static int
optional(int err, bool *there)
{
	*there = err == E_OK;
	return err == E_NOTFOUND ? E_OK : err;
}

/* Where to decode to: the cache while it has room, else the request. */
static struct arena *
room(struct cups_cache *cache, size_t used, struct arena *arena)
{
	if (cache == NULL)
		return arena;
	if (used < ENTRIES && cache->arena.total < MEMORY / 2)
		return &cache->arena;
	cache->full = true;
	return arena;
}

int
cups_trust_for(struct store_txn *registry, enum station_uri kind, struct span uri,
    struct arena *arena, struct trust *trust, bool *there)
{
	struct station_address address;
	char name[140];

	*there = false;
	memset(trust, 0, sizeof *trust);
	if (station_uri_check(kind, uri, &address, NULL) != E_OK || !address.tls)
		return E_OK;
	for (char *c = address.host; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c |= 32;
	snprintf(name, sizeof name, "%s:%u", address.host, address.port);
	return optional(registry_find(registry, &trust_kind, TRUST_ADDRESSES,
			    span_str(name), arena, trust),
	    there);
}

int
cups_cache_trust(struct cups_cache *cache, struct store_txn *registry,
    enum station_uri kind, struct span uri, struct arena *arena, struct trust *trust,
    bool *there)
{
	struct trust_entry *e;
	struct arena *to;
	int err;

	for (size_t i = 0; cache != NULL && i < cache->trusts; i++) {
		e = &cache->trust[i];
		if (e->kind == kind && span_is(uri, e->uri)) {
			*trust = e->trust;
			*there = true;
			return E_OK;
		}
	}
	to = uri.len < sizeof e->uri
		 ? room(cache, cache != NULL ? cache->trusts : 0, arena)
		 : arena;
	err = cups_trust_for(registry, kind, uri, to, trust, there);
	if (err != E_OK || to == arena || !*there)
		return err;
	e = &cache->trust[cache->trusts++];
	*e = (struct trust_entry){.kind = kind, .trust = *trust};
	if (uri.len > 0)
		memcpy(e->uri, uri.data, uri.len);
	return E_OK;
}

int
cups_cache_lns(struct cups_cache *cache, struct store_txn *registry, uint64_t serial,
    struct arena *arena, struct lns *lns, bool *there)
{
	struct lns_entry *e;
	struct arena *to;
	int err;

	for (size_t i = 0; cache != NULL && i < cache->servers; i++) {
		e = &cache->lns[i];
		if (e->serial == serial) {
			*lns = e->lns;
			*there = true;
			return E_OK;
		}
	}
	to = room(cache, cache != NULL ? cache->servers : 0, arena);
	memset(lns, 0, sizeof *lns);
	err = optional(registry_get(registry, &lns_kind, serial, to, lns), there);
	if (err != E_OK || to == arena || !*there)
		return err;
	cache->lns[cache->servers++] =
	    (struct lns_entry){.serial = serial, .lns = *lns};
	return E_OK;
}

/* The entry of a channel; NULL when there is none yet. */
static struct channel_entry *
find_channel(struct cups_cache *cache, const char *name)
{
	for (size_t i = 0; cache != NULL && i < cache->channels; i++)
		if (strcmp(cache->channel[i].name, name) == 0)
			return &cache->channel[i];
	return NULL;
}

/* Keeps a channel that was just read, if there is room; also that there is none of this
 * name, which is one that an operator has entered. */
static int
keep_channel(struct cups_cache *cache, struct store_txn *registry,
    struct store_txn *ledger, const char *name)
{
	struct channel_entry *e = &cache->channel[cache->channels];
	int err = channel_set_read(
	    registry, ledger, name, &cache->arena, &cache->states, &e->set);

	if (err == E_NOMEM)
		cache->full = true;
	if (err != E_OK)
		return err;
	snprintf(e->name, sizeof e->name, "%s", name);
	e->ledger = cache->ledger;
	cache->channels++;
	return E_OK;
}

int
cups_cache_channel(struct cups_cache *cache, struct store_txn *registry,
    struct store_txn *ledger, const char *name, struct arena *arena,
    const struct channel_set **set)
{
	struct channel_entry *e = find_channel(cache, name);
	struct channel_set *own;
	int err;

	if (e == NULL && strlen(name) < sizeof e->name &&
	    room(cache, cache != NULL ? cache->channels : 0, arena) != arena) {
		err = keep_channel(cache, registry, ledger, name);
		if (err != E_OK && err != E_NOMEM)
			return err;
		e = find_channel(cache, name);
	}
	if (e != NULL && e->ledger != cache->ledger) {
		err = channel_set_states(ledger, &cache->states, &e->set);
		if (err != E_OK)
			return err;
		e->ledger = cache->ledger;
	}
	if (e != NULL) {
		*set = &e->set;
		return E_OK;
	}
	if ((own = arena_zalloc(arena, 1, sizeof *own)) == NULL)
		return E_NOMEM;
	*set = own;
	return channel_set_read(registry, ledger, name, arena, arena, own);
}
