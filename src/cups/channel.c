#include "cups/channel.h"

#include "registry/registry.h"

/* A record that may be missing: NULL then. */
static int
optional(struct store_txn *registry, const struct record_kind *kind, uint64_t serial,
    struct arena *arena, void **record)
{
	void *r = arena_alloc(arena, kind->size);
	int err;

	*record = NULL;
	if (serial == 0)
		return E_OK;
	if (r == NULL)
		return E_NOMEM;
	err = registry_get(registry, kind, serial, arena, r);
	if (err == E_OK)
		*record = r;
	return err == E_NOTFOUND ? E_OK : err;
}

static int
read_release(struct store_txn *registry, uint64_t serial, struct arena *arena,
    struct channel_item *item)
{
	void *record;
	int err = optional(registry, &release_kind, serial, arena, &record);

	item->release = record;
	if (err != E_OK || record == NULL)
		return err;
	err =
	    optional(registry, &firmware_kind, item->release->firmware, arena, &record);
	item->firmware = record;
	return err;
}

int
channel_item_read(struct store_txn *registry, struct store_txn *ledger,
    uint64_t rollout, struct arena *arena, struct channel_item *item, bool *there)
{
	void *record;
	int err = optional(registry, &rollout_kind, rollout, arena, &record);

	memset(item, 0, sizeof *item);
	item->rollout = record;
	*there = record != NULL;
	if (err == E_OK && *there)
		err = rollout_state_get(ledger, rollout, arena, &item->state);
	return err == E_OK && *there
		   ? read_release(registry, item->rollout->release, arena, item)
		   : err;
}

/* ---- the roll-outs of a channel -------------------------------------------------------------- */

static int
read_rollouts(struct store_txn *registry, struct store_txn *ledger, struct arena *arena,
    struct channel_set *set)
{
	uint64_t serials[ROLLOUTS_MAX];
	size_t count;
	bool there;
	int err = rollouts_under_way(registry, ledger, set->channel.serial, arena,
	    serials, COUNT(serials), &count);

	if (err != E_OK)
		return err;
	set->items = arena_zalloc(arena, count + 1, sizeof *set->items);
	if (set->items == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < count && err == E_OK; i++) {
		err = channel_item_read(registry, ledger, serials[i], arena,
		    &set->items[set->count], &there);
		set->count += there;
	}
	return err;
}

int
channel_set_read(struct store_txn *registry, struct store_txn *ledger, const char *name,
    struct arena *arena, struct arena *states, struct channel_set *set)
{
	int err;

	memset(set, 0, sizeof *set);
	err = registry_find_id(registry, &channel_kind, name, arena, &set->channel);
	if (err != E_OK)
		return err == E_NOTFOUND ? E_OK : err;
	set->there = true;
	err = read_rollouts(registry, ledger, arena, set);
	if (err == E_OK && set->channel.release != 0)
		err = read_release(
		    registry, set->channel.release, arena, &set->items[set->count++]);
	return err == E_OK ? channel_set_states(ledger, states, set) : err;
}

int
channel_set_states(
    struct store_txn *ledger, struct arena *states, struct channel_set *set)
{
	int err = E_OK;

	for (size_t i = 0; i < set->count && err == E_OK; i++)
		if (set->items[i].rollout != NULL)
			err = rollout_state_get(ledger, set->items[i].rollout->serial,
			    states, &set->items[i].state);
	return err;
}
