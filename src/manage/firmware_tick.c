/* What is due now and then about firmware. */
#include "manage/firmware_care.h"

#include "base/hex.h"
#include "base/wire.h"
#include "firmware/tend.h"
#include "manage/release.h"
#include "manage/rollout.h"

#define CHANGES_MAX 64 /* roll-outs of one run whose changes are noted */

/* ---- roll-outs and time -------------------------------------------------------------- */

struct tending {
	struct manage *m;
	struct ticked *done;
	const struct rollout *rollout; /* the one that is looked at */
	bool awaited;		       /* its gateways report what they run */
	struct rollout_state before, after;
	bool changed, more;
	struct changed {
		struct rollout rollout;
		struct rollout_state state;
	} changes[CHANGES_MAX];
	size_t count;
	struct arena *arena;
};

static int
tend_in(struct store_txn *ledger, void *arg)
{
	struct tending *t = arg;
	int err = rollout_state_get(ledger, t->rollout->serial, t->arena, &t->before);

	t->after = t->before;
	if (err == E_OK && t->awaited)
		return rollout_tend(ledger, t->rollout, t->m->now, t->arena, &t->after,
		    &t->changed, &t->more);
	t->more = false;
	t->changed = err == E_OK && rollout_advance(t->rollout, t->m->now, &t->after);
	return t->changed ? rollout_state_put(ledger, &t->after) : err;
}

/* A Kickstarter reports nothing, so it never falls silent and pauses nothing. */
static int
look_whom(struct store_txn *txn, struct arena *arena, struct tending *t)
{
	struct release release;
	struct firmware firmware = {0};
	int err =
	    registry_get(txn, &release_kind, t->rollout->release, arena, &release);

	if (err == E_OK)
		err = registry_get(
		    txn, &firmware_kind, release.firmware, arena, &firmware);
	t->awaited = err != E_OK || firmware.family != FIRMWARE_KICKSTARTER;
	return err == E_NOMEM || err == E_IO ? err : E_OK;
}

static bool
paused_itself(const struct rollout_state *s)
{
	return s->status == ROLLOUT_PAUSED && s->noted_status != ROLLOUT_PAUSED;
}

/* What nobody has been told of yet: done here, or at a request since the last time. */
static int
keep_change(struct tending *t)
{
	struct changed *c = &t->changes[t->count];
	const struct rollout_state *s = &t->after;
	bool stepped = s->status != ROLLOUT_DRAFT && s->status != ROLLOUT_ABORTED &&
		       s->status != ROLLOUT_FINISHED &&
		       s->percentage > s->noted_percentage;

	if ((!stepped && !paused_itself(s)) || t->count == CHANGES_MAX)
		return E_OK;
	t->done->rollout_steps += stepped;
	t->done->rollouts_paused += paused_itself(s);
	c->state = *s;
	t->count++;
	return record_copy(&rollout_kind, t->rollout, t->arena, &c->rollout);
}

static int
tend(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	struct tending *t = arg;
	int err;

	t->rollout = record;
	if ((err = look_whom(txn, m->arena, t)) != E_OK)
		return err;
	do {
		err = store_update(m->data->ledger, m->wait_ms, tend_in, t);
		if (err == E_OK && t->after.silent > t->before.silent)
			t->done->gateways_silent += t->after.silent - t->before.silent;
	} while (err == E_OK && t->more);
	return err == E_OK ? keep_change(t) : err;
}

static int
note_changes(struct manage *m, struct store_txn *txn, void *arg)
{
	const struct tending *t = arg;
	int err = E_OK;

	for (size_t i = 0; err == E_OK && i < t->count; i++) {
		const struct changed *c = &t->changes[i];

		err = manage_note_of_in(m, txn,
		    paused_itself(&c->state) ? "pause" : "step", &rollout_kind,
		    &c->rollout, rollout_note(m, &c->state));
	}
	return err;
}

/* They stand in the audit log now. What has happened since has not. */
static int
mark_noted(struct store_txn *ledger, void *arg)
{
	const struct tending *t = arg;
	struct rollout_state s;
	int err = E_OK;

	for (size_t i = 0; err == E_OK && i < t->count; i++) {
		const struct rollout_state *noted = &t->changes[i].state;

		err = rollout_state_get(ledger, noted->serial, t->arena, &s);
		s.noted_status = noted->status;
		s.noted_percentage = noted->percentage;
		if (err == E_OK)
			err = rollout_state_put(ledger, &s);
	}
	return err;
}

static void
tell_changes(struct manage *m, const struct tending *t)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct changed *c = &t->changes[i];

		if (paused_itself(&c->state))
			manage_say(
			    m, "roll-out %s %s", c->rollout.rollout_id, c->state.why);
		else
			manage_say(m, "roll-out %s goes to %g %%",
			    c->rollout.rollout_id, c->state.percentage);
	}
}

static int
tend_all(struct manage *m, struct ticked *done)
{
	struct tending *t = arena_zalloc(m->arena, 1, sizeof *t);
	int err;

	if (t == NULL)
		return E_NOMEM;
	t->m = m;
	t->done = done;
	t->arena = m->arena;
	err = manage_list(m, &rollout_kind, 0, 0, tend, t);
	if (err == E_OK && t->count > 0)
		err = manage_update(m, note_changes, t);
	if (err == E_OK && t->count > 0)
		err = store_update(m->data->ledger, m->wait_ms, mark_noted, t);
	if (err == E_OK)
		tell_changes(m, t);
	return err;
}

/* ---- roll-outs that are gone ------------------------------------------------------------ */

/* The first roll-out after `after` that the ledger knows and the registry does not; 0. */
static int
find_orphan(struct store_txn *ledger, struct store_txn *registry, uint64_t *after)
{
	struct store_cursor *c;
	struct span k, v, record;
	uint8_t key[8];
	int err = store_cursor_open(ledger, LEDGER_ROLLOUT, &c);

	if (err != E_OK)
		return err;
	wire_key64(key, *after + 1);
	*after = 0;
	err = store_cursor_seek(c, span_of(key, 8), &k, &v);
	while (err == E_OK && *after == 0) {
		if (k.len == 8 &&
		    store_get(registry, TABLE_ROLLOUT, k, &record) == E_NOTFOUND)
			*after = wire_unkey64(k.data);
		else
			err = store_cursor_next(c, &k, &v);
	}
	store_cursor_close(c);
	return err == E_NOTFOUND ? E_OK : err;
}

static int
next_orphan(struct manage *m, uint64_t *after)
{
	struct store_txn *registry, *ledger;
	int err = store_read_begin(m->data->registry, &registry);

	if (err != E_OK)
		return err;
	if ((err = store_read_begin(m->data->ledger, &ledger)) == E_OK) {
		err = find_orphan(ledger, registry, after);
		store_read_end(ledger);
	}
	store_read_end(registry);
	return err;
}

static int
clear_orphans(struct manage *m, struct ticked *done)
{
	uint64_t at = 0;
	int err;

	while ((err = next_orphan(m, &at)) == E_OK && at != 0) {
		if ((err = rollout_forget_all(m, at)) != E_OK)
			break;
		done->rollouts_cleared++;
	}
	return err;
}

/* ---- files --------------------------------------------------------------------------------- */

struct keeping {
	struct manage *m;
	struct store_txn *txn; /* begun under the lock of the blobs */
};

bool
firmware_is_named(struct store_txn *txn, const char *name)
{
	uint8_t sha256[32];

	return !hex_decode(span_str(name), sha256, sizeof sha256) ||
	       registry_has(txn, &firmware_kind, FIRMWARE_SHA256,
		   span_of(sha256, sizeof sha256));
}

/* In doubt a file stays. */
static bool
keep(void *arg, const char name[BLOB_NAME + 1])
{
	struct keeping *k = arg;

	if (k->txn == NULL && store_read_begin(k->m->data->registry, &k->txn) != E_OK) {
		k->txn = NULL;
		return true;
	}
	return firmware_is_named(k->txn, name);
}

static int
collect_files(struct manage *m, struct ticked *done)
{
	struct keeping k = {.m = m};
	struct blob_collected collected;
	struct blobs blobs;
	int err = manage_blobs(m, false, &blobs, &m->fault);

	if (err == E_NOTFOUND) {
		m->fault = (struct fault){0};
		return E_OK;
	}
	if (err != E_OK)
		return err;
	err = blobs_collect(
	    &blobs, m->now - FIRMWARE_KEPT, keep, &k, &collected, &m->fault);
	if (k.txn != NULL)
		store_read_end(k.txn);
	done->images_removed = collected.removed;
	done->image_bytes = collected.bytes;
	return err;
}

int
firmware_tick(struct manage *m, struct ticked *done)
{
	int err = tend_all(m, done);

	if (err == E_OK)
		err = clear_orphans(m, done);
	return err == E_OK ? collect_files(m, done) : err;
}
