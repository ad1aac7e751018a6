#include "cups/firmware.h"

#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "cups/cache.h"
#include "cups/channel.h"
#include "cups/streams.h"
#include "firmware/tend.h"

/* ---- reading ------------------------------------------------------------------------------- */

/* What is for Kickstarters is none, and not ours to tend. */
static void
add_candidate(struct cups_firmware *f, const struct channel_item *item)
{
	struct firmware_candidate *c = &f->candidates[f->in.candidate_count];

	if (item->firmware != NULL && item->firmware->family != FIRMWARE_STATION)
		return;
	f->in.candidate_count++;
	c->rollout = item->rollout;
	c->release = item->release;
	c->firmware = item->firmware;
	c->state = &item->state;
	c->unreadable = false;
	c->leases = 0;
	c->offer = (struct rollout_offer){0};
}

/* What was offered to this gateway matters where it has not taken it yet. One that was never
 * offered anything has no rows. */
static int
read_offer(struct store_txn *ledger, const struct cups_exchange *x,
    struct firmware_candidate *c)
{
	const struct gateway_state *state = x->inputs.state;
	const struct firmware_report *report = x->inputs.firmware->report;

	if (c->rollout == NULL || state->firmware_release == 0)
		return E_OK;
	if (state->firmware_rollout != c->rollout->serial && c->release != NULL &&
	    firmware_runs(c->release, report))
		return E_OK;
	return rollout_offer_get(ledger, c->rollout->serial, state->serial, &c->offer);
}

static bool
has_rollout(const struct firmware_inputs *in, uint64_t rollout)
{
	for (size_t i = 0; i < in->candidate_count; i++)
		if (in->candidates[i].rollout != NULL &&
		    in->candidates[i].rollout->serial == rollout)
			return true;
	return false;
}

/* Its last offer has an outcome now, and its roll-out is none of the channel's present ones. */
static int
read_told(struct store_txn *registry, struct store_txn *ledger, struct arena *arena,
    struct cups_firmware *f, uint64_t rollout)
{
	struct channel_item *item = arena_zalloc(arena, 1, sizeof *item);
	bool there;
	int err;

	if (item == NULL)
		return E_NOMEM;
	err = channel_item_read(registry, ledger, rollout, arena, item, &there);
	if (err == E_OK && there)
		add_candidate(f, item);
	return err;
}

static int
read_channel(struct store_txn *registry, struct store_txn *ledger,
    struct cups_cache *cache, const char *name, struct arena *arena,
    struct cups_firmware *f)
{
	const struct channel_set *set;
	int err = cups_cache_channel(cache, registry, ledger, name, arena, &set);

	if (err != E_OK || !set->there)
		return err;
	f->in.channel = &set->channel;
	for (size_t i = 0; i < set->count; i++)
		add_candidate(f, &set->items[i]);
	return E_OK;
}

/* A channel is not an address, as Kickstarters may have it. */
const char *
cups_channel_of(const struct gateway *g, const struct cups_policy *policy)
{
	if (g->update_channel[0] != '\0' || policy->update_channel == NULL)
		return g->update_channel;
	return policy->update_channel;
}

int
cups_firmware_load(struct store_txn *registry, struct store_txn *ledger,
    struct cups_cache *cache, const struct cups_policy *policy, int64_t now,
    struct arena *arena, struct cups_exchange *x)
{
	struct cups_firmware *f = &x->records.firmware;
	const struct update_info *request = &x->request;
	const struct gateway *g = x->inputs.gateway;
	const struct gateway_state *state = x->inputs.state;
	bool told;
	int err = E_OK;

	f->report = (struct firmware_report){request->package, request->station,
	    request->model, request->keys, request->key_count};
	f->policy = policy->firmware;
	f->in = (struct firmware_inputs){.gateway = g,
	    .report = &f->report,
	    .candidates = f->candidates,
	    .policy = &f->policy,
	    .now = now};
	x->inputs.firmware = &f->in;
	told = firmware_outcome(state, &f->report) != state->firmware_outcome;
	if (g->auto_update)
		err = read_channel(
		    registry, ledger, cache, cups_channel_of(g, policy), arena, f);
	if (err == E_OK && told && state->firmware_rollout != 0 &&
	    !has_rollout(&f->in, state->firmware_rollout))
		err = read_told(registry, ledger, arena, f, state->firmware_rollout);
	for (size_t i = 0; i < f->in.candidate_count && err == E_OK; i++)
		err = read_offer(ledger, x, &f->candidates[i]);
	return err;
}

int
cups_firmware_count(struct store_txn *ledger, int64_t now, struct cups_exchange *x)
{
	struct cups_firmware *f = &x->records.firmware;
	struct lease_count count;
	int err = E_OK;

	for (size_t i = 0; i < f->in.candidate_count && err == E_OK; i++) {
		struct firmware_candidate *c = &f->candidates[i];
		uint64_t rollout = c->rollout != NULL ? c->rollout->serial : 0;

		err = lease_count(
		    ledger, x->inputs.gateway->serial, rollout, now, &count);
		f->in.leases = count.all;
		c->leases = count.of_rollout;
	}
	return err;
}

/* ---- writing --------------------------------------------------------------------------------- */

static int
refresh_one(struct store_txn *ledger, int64_t now, struct arena *arena,
    struct cups_exchange *x, struct firmware_candidate *c)
{
	struct rollout_state *state = arena_alloc(arena, sizeof *state);
	bool changed;
	int err;

	if (c->rollout == NULL)
		return E_OK;
	if (state == NULL)
		return E_NOMEM;
	err = rollout_state_get(ledger, c->rollout->serial, arena, state);
	if (err == E_OK)
		err =
		    rollout_tend(ledger, c->rollout, now, arena, state, &changed, NULL);
	if (err == E_OK)
		err = rollout_offer_get(
		    ledger, c->rollout->serial, x->inputs.gateway->serial, &c->offer);
	c->state = state;
	return err;
}

int
cups_firmware_refresh(
    struct store_txn *ledger, int64_t now, struct arena *arena, struct cups_exchange *x)
{
	struct cups_firmware *f = &x->records.firmware;
	int err = E_OK;

	for (size_t i = 0; i < f->in.candidate_count && err == E_OK; i++)
		err = refresh_one(ledger, now, arena, x, &f->candidates[i]);
	return err == E_OK ? cups_firmware_count(ledger, now, x) : err;
}

static bool
same_offer(const struct rollout_offer *a, const struct rollout_offer *b)
{
	return a->outcome == b->outcome && a->offers == b->offers &&
	       a->offered_at == b->offered_at && a->outcome_at == b->outcome_at;
}

int
cups_firmware_write(
    struct store_txn *ledger, int64_t now, const struct cups_exchange *x)
{
	const struct cups_firmware *f = &x->records.firmware;
	const struct firmware_choice *choice = &x->decision.firmware;
	const struct rollout *rollout;
	int err = E_OK;

	for (size_t i = 0; i < f->in.candidate_count && err == E_OK; i++) {
		const struct firmware_candidate *c = &f->candidates[i];

		if (c->rollout == NULL)
			continue;
		if (!rollout_state_equal(c->state, &c->next_state))
			err = rollout_state_put(ledger, &c->next_state);
		if (err == E_OK && !same_offer(&c->offer, &c->next_offer))
			err = rollout_offer_put(
			    ledger, c->rollout->serial, &c->next_offer);
	}
	if (err != E_OK || !choice->send)
		return err;
	rollout = choice->wanted->rollout;
	return lease_take(ledger, x->inputs.gateway->serial,
	    rollout != NULL ? rollout->serial : 0, choice->lease_until, now);
}

/* ---- the image ------------------------------------------------------------------------------- */

/* The folder may come into being after us. */
static int
open_image(const struct cups_server *server, const struct firmware *firmware, int *fd,
    struct fault *fault)
{
	struct blobs blobs;
	char path[sizeof server->data->path + 8];
	int err;

	snprintf(path, sizeof path, "%s/blobs", server->data->path);
	if ((err = blobs_open(path, false, &blobs, fault)) != E_OK)
		return err;
	return image_open(&blobs, server->images, firmware, fd, fault);
}

int
cups_firmware_look(const struct cups_server *server, struct cups_exchange *x)
{
	struct firmware_candidate *c = x->decision.firmware.wanted;
	struct cups_update *u = &x->update;

	if (!x->decision.firmware.send)
		return E_OK;
	if (open_image(server, c->firmware, &u->fd, &u->fault) != E_OK) {
		u->fd = -1;
		c->unreadable = true;
		return E_AGAIN;
	}
	u->firmware = c->firmware->serial;
	u->size = c->firmware->size;
	return E_OK;
}

int
cups_firmware_open(const struct cups_server *server, struct cups_exchange *x)
{
	const struct firmware_candidate *c = x->decision.firmware.wanted;
	struct cups_update *u = &x->update;
	char path[sizeof server->data->path + 16], text[400];
	int err;

	if (!x->decision.firmware.send)
		return E_OK;
	snprintf(path, sizeof path, "%s/streams", server->data->path);
	err = streams_take(path, server->streams, &u->slot, &u->fault);
	if (err != E_OK && err != E_BUSY)
		log_line(LOG_ERROR, "firmware cannot be sent: %s",
		    fault_text(&u->fault, text, sizeof text));
	if (err != E_OK) {
		x->records.firmware.in.streams_busy = true;
		return E_AGAIN;
	}
	err = cups_firmware_look(server, x);
	if (err != E_OK) {
		log_line(LOG_ERROR, "firmware %s cannot be sent: %s",
		    c->firmware->firmware_id, fault_text(&u->fault, text, sizeof text));
		cups_firmware_close(x);
	}
	return err;
}

void
cups_firmware_close(struct cups_exchange *x)
{
	struct cups_update *u = &x->update;

	if (u->fd >= 0)
		close(u->fd);
	if (u->slot >= 0)
		close(u->slot);
	u->fd = u->slot = -1;
	u->firmware = u->size = 0;
}
