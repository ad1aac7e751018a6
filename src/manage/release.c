#include "manage/release.h"

#include "base/hex.h"
#include "base/wire.h"
#include "firmware/rollout.h"
#include "manage/firmware.h"

/* ---- what belongs together ------------------------------------------------------------ */

int
release_firmware(struct manage *m, struct store_txn *txn, const struct release *release,
    struct firmware *firmware)
{
	int err =
	    registry_get(txn, &firmware_kind, release->firmware, m->arena, firmware);

	if (err == E_NOTFOUND)
		return fault_set(&m->fault, err, "firmware",
		    "the image of release %s is not there", release->release_id);
	return err;
}

int
rollout_progress(struct manage *m, uint64_t rollout, struct rollout_state *state)
{
	struct store_txn *ledger;
	int err = store_read_begin(m->data->ledger, &ledger);

	if (err == E_OK) {
		err = rollout_state_get(ledger, rollout, m->arena, state);
		store_read_end(ledger);
	}
	return manage_failed(m, err);
}

static const char *
family_name(int family)
{
	return family == FIRMWARE_KICKSTARTER ? "Kickstarter gateways"
					      : "LoRa Basics Stations";
}

/* ---- releases ----------------------------------------------------------------------------- */

/* Only at the end does a star stand for any rest. */
static int
check_from(struct manage *m, const struct release *r)
{
	for (size_t i = 0; i < r->from.count; i++) {
		const char *star = strchr(r->from.items[i], '*');

		if (star != NULL && star[1] != '\0')
			return fault_set(&m->fault, E_INVALID, "from",
			    "* is only for the end of a version: %s", r->from.items[i]);
	}
	return E_OK;
}

static void
say_signatures(struct manage *m, const struct release *r, const struct firmware *f)
{
	if (f->signatures.count == 0 && !r->unsigned_ok)
		manage_say_later(m,
		    "image %s has no signature and the release is not marked unsigned: "
		    "no gateway will get it; sign it with `gatehouse firmware sign %s "
		    "KEY`",
		    f->firmware_id, f->firmware_id);
	else if (f->signatures.count == 0)
		manage_say_later(m,
		    "image %s has no signature: no gateway that lists a key will take "
		    "it",
		    f->firmware_id);
}

static void
say_kickstarter(struct manage *m, const struct release *r)
{
	if (r->models.count > 0 || r->from.count > 0 || r->downgrade || r->unsigned_ok)
		manage_say_later(m,
		    "Kickstarter gateways report neither model nor version: models, "
		    "from, downgrade and unsigned have no effect here");
}

/* Who was offered it is measured by what it was then. */
static void
say_changed(struct manage *m, struct store_txn *txn, const struct release *b,
    const struct release *r)
{
	uint8_t key[8];
	bool used;

	if (b->firmware == r->firmware && b->shown_by == r->shown_by &&
	    strcmp(b->version, r->version) == 0)
		return;
	wire_key64(key, r->serial);
	used = registry_has(txn, &rollout_kind, ROLLOUT_RELEASE, span_of(key, 8)) ||
	       registry_has(txn, &channel_kind, CHANNEL_RELEASE, span_of(key, 8));
	if (used)
		manage_say_later(m,
		    "release %s is in use: gateways that were offered it so far are "
		    "measured by version %s, those from now on by %s",
		    r->release_id, b->version, r->version);
}

static int
release_changed(struct manage *m, struct store_txn *txn, const struct release *before,
    const struct release *r)
{
	struct firmware f, old;
	int err = check_from(m, r);

	if (err != E_OK || r->firmware == 0)
		return err; /* the record's own check says so */
	if ((err = release_firmware(m, txn, r, &f)) != E_OK)
		return err;
	if (before != NULL && before->firmware != r->firmware &&
	    release_firmware(m, txn, before, &old) == E_OK && old.family != f.family)
		return fault_set(&m->fault, E_INVALID, "firmware",
		    "image %s is for %s, that of the release so far for %s: make a "
		    "release of its own",
		    f.firmware_id, family_name(f.family), family_name(old.family));
	m->fault = (struct fault){0};
	if (f.family == FIRMWARE_KICKSTARTER)
		say_kickstarter(m, r);
	else
		say_signatures(m, r, &f);
	if (before != NULL)
		say_changed(m, txn, before, r);
	return E_OK;
}

/* ---- channels ------------------------------------------------------------------------------- */

static int
check_family(struct manage *m, struct store_txn *txn, const char *field,
    uint64_t serial, enum firmware_family family)
{
	struct release r;
	struct firmware f;
	int err;

	if (serial == 0)
		return E_OK;
	if ((err = registry_get(txn, &release_kind, serial, m->arena, &r)) != E_OK ||
	    (err = release_firmware(m, txn, &r, &f)) != E_OK)
		return err;
	if (f.family == (int)family)
		return E_OK;
	return fault_set(&m->fault, E_INVALID, field,
	    "release %s is for %s: use the field %s", r.release_id,
	    family_name(f.family),
	    f.family == FIRMWARE_KICKSTARTER ? "kickstarter" : "release");
}

static int
channel_changed(struct manage *m, struct store_txn *txn, const struct channel *c)
{
	int err = check_family(m, txn, "release", c->release, FIRMWARE_STATION);

	return err == E_OK ? check_family(m, txn, "kickstarter", c->kickstarter,
				 FIRMWARE_KICKSTARTER)
			   : err;
}

/* ---- roll-outs ------------------------------------------------------------------------------ */

/* Where the new timetable of one that is under way goes on. */
static void
say_next_step(struct manage *m, const struct rollout *before, const struct rollout *r,
    const struct rollout_state *state)
{
	const struct rollout_step *steps = r->steps.rows;
	size_t next = rollout_step_at(r, state), count = r->steps.count;
	int64_t at = rollout_next_step(r, state);

	if (at == 0 ||
	    (count == before->steps.count &&
		memcmp(steps, before->steps.rows, count * sizeof *steps) == 0))
		return;
	if (at <= m->now)
		manage_say_later(m, "roll-out %s goes from %g %% to %g %% now",
		    r->rollout_id, state->percentage, steps[next].percentage);
	else
		manage_say_later(m,
		    "roll-out %s goes from %g %% to %g %% in %lld hours", r->rollout_id,
		    state->percentage, steps[next].percentage,
		    (long long)(at - m->now + 3599) / 3600);
}

static int
rollout_changed(struct manage *m, const struct rollout *before, const struct rollout *r)
{
	const struct rollout_step *steps = r->steps.rows;
	struct rollout_state state;
	int err;

	for (size_t i = 1; i < r->steps.count; i++)
		if (steps[i].after < 86400 + ROLLOUT_SILENT_AFTER) {
			manage_say_later(m,
			    "a step lasts less than three days: gateways come once a "
			    "day, and those that an update has silenced are noticed "
			    "two days after it; the next step begins before that");
			break;
		}
	if (before == NULL || (err = rollout_progress(m, r->serial, &state)) != E_OK ||
	    state.status == ROLLOUT_DRAFT)
		return before == NULL ? E_OK : err;
	if (before->release == r->release && before->channel == r->channel) {
		say_next_step(m, before, r, &state);
		return E_OK;
	}
	return fault_set(&m->fault, E_STATE,
	    before->release != r->release ? "release" : "channel",
	    "roll-out %s was started, so this cannot change: make another one",
	    r->rollout_id);
}

int
release_entered(struct manage *m, struct store_txn *txn, const struct record_kind *kind,
    const void *before, const void *after)
{
	if (kind == &release_kind)
		return release_changed(m, txn, before, after);
	if (kind == &channel_kind)
		return channel_changed(m, txn, after);
	if (kind == &rollout_kind)
		return rollout_changed(m, before, after);
	return E_OK;
}

/* ---- leaving --------------------------------------------------------------------------------- */

static int
rollout_leaving(struct manage *m, const struct rollout *r)
{
	struct rollout_state state;
	int err = rollout_progress(m, r->serial, &state);

	if (err != E_OK ||
	    (state.status != ROLLOUT_RUNNING && state.status != ROLLOUT_PAUSED))
		return err;
	return fault_set(&m->fault, E_STATE, NULL,
	    "roll-out %s is %s: abort it or finish it first", r->rollout_id,
	    state.status == ROLLOUT_RUNNING ? "running" : "paused");
}

static void
firmware_leaving(struct manage *m, const struct firmware *f)
{
	char name[BLOB_NAME + 1];
	struct blobs blobs;

	if (f->sha256.len * 2 != BLOB_NAME ||
	    manage_blobs(m, false, &blobs, NULL) != E_OK)
		return;
	hex_encode(f->sha256.data, f->sha256.len, name);
	blob_touch(&blobs, name, NULL);
}

int
release_leaving(struct manage *m, struct store_txn *txn, const struct record_kind *kind,
    const void *record)
{
	(void)txn;
	if (kind == &rollout_kind)
		return rollout_leaving(m, record);
	if (kind == &firmware_kind)
		firmware_leaving(m, record);
	return E_OK;
}
