/* The records that the choice of a firmware image depends on. */
#include "base/log.h"
#include "kickstarter/load.h"
#include "registry/registry.h"

struct loading {
	struct store_txn *registry, *ledger;
	struct arena *arena;
	struct kick_exchange *x;
};

/* Damaged, or of a newer version: nothing that passes, and nothing that should keep a gateway
 * from the rest of its configuration. */
static bool
is_damage(int err)
{
	return err == E_CORRUPT || err == E_VERSION;
}

/* A release and its image. E_NOTFOUND when there is no such release. */
static int
load_release(
    struct loading *l, uint64_t serial, struct kick_candidate *c, bool *for_others)
{
	struct release *release = arena_alloc(l->arena, sizeof *release);
	struct firmware *firmware = arena_alloc(l->arena, sizeof *firmware);
	int err;

	*for_others = false;
	if (release == NULL || firmware == NULL)
		return E_NOMEM;
	err = registry_get(l->registry, &release_kind, serial, l->arena, release);
	if (err != E_OK)
		return err;
	c->release = release;
	err = registry_get(
	    l->registry, &firmware_kind, release->firmware, l->arena, firmware);
	if (err == E_OK && firmware->family == FIRMWARE_KICKSTARTER &&
	    firmware->sha256.len == 32)
		c->firmware = firmware;
	*for_others = err == E_OK && c->firmware == NULL;
	return err == E_NOTFOUND ? E_OK : err;
}

static int
load_rollout(struct loading *l, uint64_t serial, struct kick_candidate *c, bool *skip)
{
	struct rollout *rollout = arena_alloc(l->arena, sizeof *rollout);
	int err;

	*skip = true;
	if (rollout == NULL)
		return E_NOMEM;
	err = registry_get(l->registry, &rollout_kind, serial, l->arena, rollout);
	if (err == E_OK)
		err = load_release(l, rollout->release, c, skip);
	if (err != E_OK || *skip)
		return err == E_NOTFOUND ? E_OK : err;
	c->rollout = rollout;
	err = rollout_state_get(l->ledger, serial, l->arena, &c->state);
	if (err == E_OK)
		err = rollout_offer_get(
		    l->ledger, serial, l->x->records.gateway.serial, &c->offer);
	return err;
}

static int
load_candidates(struct loading *l, const struct channel *channel)
{
	struct kick_records *r = &l->x->records;
	struct kick_candidate *c;
	uint64_t serials[ROLLOUTS_MAX];
	bool skip;
	size_t n;
	int err = rollouts_under_way(l->registry, l->ledger, channel->serial, l->arena,
	    serials, COUNT(serials), &n);

	c = arena_zalloc(l->arena, n + 1, sizeof *c);
	if (c == NULL)
		return E_NOMEM;
	r->images.candidates = c;
	for (size_t i = 0; err == E_OK && i < n; i++) {
		struct kick_candidate *next = &c[r->images.count];

		*next = (struct kick_candidate){0};
		err = load_rollout(l, serials[i], next, &skip);
		if (err == E_OK && !skip)
			r->images.count++;
	}
	if (err != E_OK || channel->kickstarter == 0)
		return err;
	c += r->images.count;
	*c = (struct kick_candidate){0};
	err = load_release(l, channel->kickstarter, c, &skip);
	if (err == E_OK)
		r->images.count++;
	return err == E_NOTFOUND ? E_OK : err;
}

static int
load_images(struct loading *l)
{
	struct kick_records *r = &l->x->records;
	struct channel *channel = arena_alloc(l->arena, sizeof *channel);
	int err;

	if (channel == NULL)
		return E_NOMEM;
	err = registry_find_id(
	    l->registry, &channel_kind, r->images.channel_id, l->arena, channel);
	if (err == E_NOTFOUND)
		return E_OK;
	if (err == E_OK) {
		r->images.channel = channel;
		if (r->gateway.auto_update)
			err = load_candidates(l, channel);
	}
	return err;
}

const char *
kick_channel_of(const struct gateway *g, const struct kick_policy *policy)
{
	const char *channel = g->update_channel;

	if (channel[0] == '\0')
		channel = policy->update_channel[0] != '\0' ? policy->update_channel
							    : "stable";
	return span_begins(span_str(channel), span_str("http")) ? "" : channel;
}

int
kick_load_images(struct store_txn *registry, struct store_txn *ledger,
    struct arena *arena, struct kick_exchange *x)
{
	struct loading l = {registry, ledger, arena, x};
	struct kick_images *images = &x->records.images;
	int err;

	*images = (struct kick_images){
	    .channel_id = kick_channel_of(&x->records.gateway, x->inputs.policy),
	    .unusable = x->images_unusable};
	x->inputs.images = images;
	if (images->unusable != NULL || images->channel_id[0] == '\0')
		return E_OK;
	err = load_images(&l);
	if (!is_damage(err))
		return err;
	log_line(LOG_ERROR, "%s: no firmware: a record of channel %s is damaged: %s",
	    x->records.gateway.gateway_id, images->channel_id, err_text(err));
	images->unusable = "a record of its channel is damaged: `gatehouse check`";
	return E_OK;
}
