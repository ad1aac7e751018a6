/* Images, releases, channels and roll-outs: what is stored, what is refused, what is left
 * after a failure. */
#include "tests/lib/data_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "manage/check.h"
#include "manage/firmware.h"
#include "manage/rollout.h"
#include "manage/tick.h"
#include "registry/audit.h"
#include "registry/sighting.h"

#define HEX ":0300300002337A1E\n:00000001FF\n"

/* ---- making them ------------------------------------------------------------------------ */

static int
add_image(struct fixture *f, const char *id, int family, const char *content)
{
	struct firmware_adding how = {.id = id, .file_name = "file", .family = family};
	const char *path = fixture_path(f, "upload");
	FILE *file = fopen(path, "w");
	struct firmware stored;
	bool healed;
	int fd, err;

	assert_non_null(file);
	fputs(content, file);
	fclose(file);
	fd = open(path, O_RDONLY);
	err = manage_firmware_add(&f->manage, &how, fd, &stored, &healed);
	close(fd);
	return err;
}

static void
image(struct fixture *f, const char *id, const char *content)
{
	worker(f);
	done(f, add_image(f, id, FIRMWARE_STATION, content));
}

static int
add_record(struct fixture *f, const struct record_kind *kind, const char *const *pairs)
{
	struct edit edits[16];
	size_t n = 0;

	for (; pairs[2 * n] != NULL; n++)
		edits[n] = (struct edit){pairs[2 * n], span_str(pairs[2 * n + 1])};
	return kind == &rollout_kind ? manage_rollout_create(worker(f), edits, n)
				     : manage_add(worker(f), kind, edits, n, NULL);
}

#define RECORD(f, kind, ...) \
	add_record(f, kind, (const char *const[]){__VA_ARGS__, NULL, NULL})

/* Image fw-1 as release rel-1 of version 2, unsigned; channel stable; roll-out ro-1 for it,
 * and `n` gateways gw-1… of that channel. */
static void
fleet(struct fixture *f, unsigned n)
{
	char id[16], eui[17];

	image(f, "fw-1", "one");
	done(f, RECORD(f, &release_kind, "release_id", "rel-1", "firmware", "fw-1",
		    "version", "2", "unsigned", "true"));
	done(f, RECORD(f, &channel_kind, "channel_id", "stable"));
	done(f, RECORD(f, &rollout_kind, "rollout_id", "ro-1", "release", "rel-1",
		    "channel", "stable"));
	for (unsigned i = 1; i <= n; i++) {
		snprintf(id, sizeof id, "gw-%u", i);
		snprintf(eui, sizeof eui, "58A0CB%010X", i);
		done(f, RECORD(f, &gateway_kind, "ids.gateway_id", id, "ids.eui", eui,
			    "update_channel", "stable", "auto_update", "true"));
	}
}

static int
act_by_force(struct fixture *f, const char *id, enum rollout_action action)
{
	struct rollout_act how = {.action = action, .force = true};
	struct rollout_state after;

	return manage_rollout_act(worker(f), id, &how, &after);
}

static int
act(struct fixture *f, const char *id, enum rollout_action action, double percentage)
{
	struct rollout_act how = {.action = action, .percentage = percentage};
	struct rollout_state after;

	return manage_rollout_act(worker(f), id, &how, &after);
}

static struct rollout_look
status(struct fixture *f, const char *id)
{
	struct rollout_look look;

	done(f, manage_rollout_status(worker(f), id, NULL, NULL, &look));
	return look;
}

/* ---- gateways as the endpoints leave them ---------------------------------------------------- */

struct outcome {
	uint64_t rollout, gateway;
	enum rollout_outcome outcome;
	int64_t at;
};

static int
set_outcome_in(struct store_txn *ledger, void *arg)
{
	const struct outcome *o = arg;
	struct rollout_state state;
	struct rollout_offer offer;
	struct arena arena;
	int err;

	arena_init(&arena, 1 << 20);
	err = rollout_state_get(ledger, o->rollout, &arena, &state);
	if (err == E_OK)
		err = rollout_offer_get(ledger, o->rollout, o->gateway, &offer);
	rollout_count(&state, (enum rollout_outcome)offer.outcome, o->outcome);
	offer = (struct rollout_offer){.serial = o->gateway,
	    .outcome = o->outcome,
	    .offers = 3,
	    .offered_at = o->at,
	    .outcome_at = o->at};
	if (err == E_OK)
		err = rollout_offer_put(ledger, o->rollout, &offer);
	if (err == E_OK)
		err = rollout_state_put(ledger, &state);
	arena_clear(&arena);
	return err;
}

static uint64_t
serial_of(struct fixture *f, const struct record_kind *kind, const char *id)
{
	uint64_t *record = arena_zalloc(&f->arena, 1, kind->size);

	done(f, manage_get(&f->manage, kind, id, record));
	return *record;
}

static void
set_outcome(
    struct fixture *f, unsigned gateway, enum rollout_outcome outcome, int64_t at)
{
	struct outcome o = {.outcome = outcome, .at = at};
	char id[16];

	snprintf(id, sizeof id, "gw-%u", gateway);
	worker(f);
	o.rollout = serial_of(f, &rollout_kind, "ro-1");
	o.gateway = serial_of(f, &gateway_kind, id);
	assert_int_equal(store_update(f->data.ledger, 5000, set_outcome_in, &o), E_OK);
}

static void
see(struct fixture *f, unsigned gateway, const char *package, const char *model)
{
	struct sighting s = {.seen_at = {NOW - 3600}};
	char id[16];

	snprintf(id, sizeof id, "gw-%u", gateway);
	worker(f);
	s.serial = serial_of(f, &gateway_kind, id);
	snprintf(s.package, sizeof s.package, "%s", package);
	snprintf(s.model, sizeof s.model, "%s", model);
	assert_int_equal(slots_put(f->data.sightings, s.serial, &s), E_OK);
}

/* ---- images ----------------------------------------------------------------------------------- */

static const char *
blob_path(struct fixture *f, const char *id)
{
	struct firmware image;
	char hex[65];

	worker(f);
	done(f, manage_get(&f->manage, &firmware_kind, id, &image));
	hex_encode(image.sha256.data, 32, hex);
	return arena_printf(&f->arena, "%s/blobs/%.2s/%s", f->data.path, hex, hex);
}

static void
adds_and_heals(void **state)
{
	struct fixture *f = *state;
	struct firmware stored;
	int fd;

	image(f, "fw-1", "content");
	worker(f);
	done(f, manage_firmware_verify(&f->manage, "fw-1", NULL, NULL, &stored));
	assert_int_equal(stored.size, 7);
	fd = open(blob_path(f, "fw-1"), O_WRONLY);
	assert_int_equal(pwrite(fd, "x", 1, 0), 1);
	close(fd);
	refused(f, manage_firmware_verify(worker(f), "fw-1", NULL, NULL, &stored),
	    E_CORRUPT, "gatehouse firmware add fw-1 FILE");
	worker(f);
	done(f, add_image(f, "fw-1", -1, "content"));
	done(f, manage_firmware_verify(worker(f), "fw-1", NULL, NULL, &stored));
	worker(f);
	refused(f, add_image(f, "fw-1", -1, "another"), E_EXISTS,
	    "fw-1 is another image already");
	worker(f);
	refused(f, add_image(f, "fw-1", FIRMWARE_KICKSTARTER, HEX), E_EXISTS,
	    "another image");
	worker(f);
	refused(f, add_image(f, "fw-2", FIRMWARE_KICKSTARTER, "content"), E_INVALID,
	    "no Intel HEX");
	refused(f, manage_get(worker(f), &firmware_kind, "fw-2", &stored), E_NOTFOUND,
	    "there is no firmware fw-2");
}

static void
is_kept_while_used(void **state)
{
	struct fixture *f = *state;

	fleet(f, 0);
	refused(f, manage_delete(worker(f), &firmware_kind, "fw-1"), E_STATE,
	    "is used by the field firmware of a release (rel-1)");
	refused(f, manage_delete(worker(f), &release_kind, "rel-1"), E_STATE,
	    "of a rollout (ro-1)");
	refused(f, manage_delete(worker(f), &channel_kind, "stable"), E_STATE,
	    "of a rollout (ro-1)");
	done(f, manage_rollout_remove(worker(f), "ro-1"));
	done(f, manage_delete(worker(f), &release_kind, "rel-1"));
	done(f, manage_delete(worker(f), &firmware_kind, "fw-1"));
}

/* ---- families ---------------------------------------------------------------------------------- */

static void
keeps_families_apart(void **state)
{
	struct fixture *f = *state;

	fleet(f, 0);
	worker(f);
	done(f, add_image(f, "hex-1", FIRMWARE_KICKSTARTER, HEX));
	done(f, RECORD(f, &release_kind, "release_id", "rel-h", "firmware", "hex-1",
		    "version", "1", "models", "m1"));
	assert_non_null(strstr(strbuf_str(&f->said), "have no effect here"));
	refused(f, set_field(f, &channel_kind, "stable", "release", "rel-h"), E_INVALID,
	    "use the field kickstarter");
	refused(f, set_field(f, &channel_kind, "stable", "kickstarter", "rel-1"),
	    E_INVALID, "use the field release");
	done(f, set_field(f, &channel_kind, "stable", "kickstarter", "rel-h"));
	refused(f, set_field(f, &release_kind, "rel-1", "firmware", "hex-1"), E_INVALID,
	    "make a release of its own");
	refused(f, set_field(f, &release_kind, "rel-1", "from", "1.*,*2"), E_INVALID,
	    "* is only for the end");
	done(f, set_field(f, &release_kind, "rel-1", "version", "3"));
	assert_non_null(strstr(strbuf_str(&f->said), "measured by version 2"));
}

/* ---- timetables --------------------------------------------------------------------------------- */

static void
reads_timetables(void **state)
{
	static const char *const bad[] = {"x", "1,,2", "1@", "1@x", "@48h", "1;2",
	    "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17"};
	struct fixture *f = *state;
	const struct rollout_step *steps;
	struct record_rows rows;
	struct fault fault;

	assert_int_equal(rollout_steps_read(&f->arena,
			     span_str("1%, 10@3d ,50.5@90,100%"), &rows, &fault),
	    E_OK);
	steps = rows.rows;
	assert_int_equal(rows.count, 4);
	assert_true(steps[0].percentage == 1 && steps[0].after == 0);
	assert_true(steps[1].percentage == 10 && steps[1].after == 3 * 86400);
	assert_true(steps[2].percentage == 50.5 && steps[2].after == 90);
	assert_true(steps[3].percentage == 100 && steps[3].after == 72 * 3600);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(
		    rollout_steps_read(&f->arena, span_str(bad[i]), &rows, &fault),
		    E_INVALID);
}

/* ---- actions ---------------------------------------------------------------------------------------- */

static unsigned
audited(struct fixture *f, const char *action)
{
	struct store_txn *txn;
	unsigned n = 0;
	struct audit a;

	worker(f);
	assert_int_equal(store_read_begin(f->data.registry, &txn), E_OK);
	for (uint64_t serial = 1; serial < 2000; serial++)
		if (registry_get(txn, &audit_kind, serial, &f->arena, &a) == E_OK &&
		    strcmp(a.kind, "rollout") == 0 && strcmp(a.action, action) == 0)
			n++;
	store_read_end(txn);
	return n;
}

static void
goes_its_way(void **state)
{
	struct fixture *f = *state;

	fleet(f, 3);
	refused(f, act(f, "ro-1", ROLLOUT_PAUSE, 0), E_STATE, "was never started");
	refused(f, act(f, "ro-1", ROLLOUT_START, 0), E_INVALID, "no timetable");
	refused(f, act(f, "ro-1", ROLLOUT_START, 101), E_INVALID, "above 0, to 100");
	assert_int_equal(audited(f, "start"), 0);
	done(f, act(f, "ro-1", ROLLOUT_START, 10));
	assert_int_equal(audited(f, "start"), 1);
	refused(f, act(f, "ro-1", ROLLOUT_START, 10), E_STATE, "is running already");
	refused(f, act(f, "ro-1", ROLLOUT_STEP, 10), E_STATE, "at 10 % already");
	refused(f, act(f, "ro-1", ROLLOUT_STEP, 0), E_STATE, "no further step");
	refused(f, act(f, "ro-1", ROLLOUT_STEP, 5), E_STATE, "say --force");
	done(f, act(f, "ro-1", ROLLOUT_STEP, 20));
	refused(f, act(f, "ro-1", ROLLOUT_RESUME, 0), E_STATE, "is running already");
	done(f, act(f, "ro-1", ROLLOUT_PAUSE, 0));
	refused(f, set_field(f, &rollout_kind, "ro-1", "release", ""), E_STATE,
	    "was started");
	refused(f, manage_delete(worker(f), &rollout_kind, "ro-1"), E_STATE,
	    "is paused: abort it or finish it");
	done(f, act(f, "ro-1", ROLLOUT_RESUME, 0));
	refused(f, act(f, "ro-1", ROLLOUT_FINISH, 0), E_STATE, "step it to 100%");
	done(f, act(f, "ro-1", ROLLOUT_STEP, 100));
	set_outcome(f, 1, OUTCOME_UPDATED, NOW);
	done(f, act(f, "ro-1", ROLLOUT_FINISH, 0));
	assert_int_equal(status(f, "ro-1").state.status, ROLLOUT_FINISHED);
	assert_int_equal(
	    status(f, "ro-1").channel.release, status(f, "ro-1").release.serial);
	refused(f, act(f, "ro-1", ROLLOUT_ABORT, 0), E_STATE, "is finished");
	done(f, manage_rollout_remove(worker(f), "ro-1"));
}

/* It gives the release to all gateways of the channel, and nothing stops that by itself. */
static void
finishes_what_is_known(void **state)
{
	struct fixture *f = *state;

	fleet(f, 30);
	done(f, act(f, "ro-1", ROLLOUT_START, 100));
	refused(
	    f, act(f, "ro-1", ROLLOUT_FINISH, 0), E_STATE, "no gateway was offered");
	for (unsigned i = 1; i <= 20; i++)
		set_outcome(f, i, i <= 18 ? OUTCOME_UPDATED : OUTCOME_OFFERED, NOW);
	refused(f, act(f, "ro-1", ROLLOUT_FINISH, 0), E_STATE,
	    "0 came back without it or not at all, and 2 have not come back yet");
	set_outcome(f, 19, OUTCOME_FAILED, NOW);
	set_outcome(f, 20, OUTCOME_SILENT, NOW);
	refused(f, act(f, "ro-1", ROLLOUT_FINISH, 0), E_STATE,
	    "of 20 gateways that were offered roll-out ro-1, 2 came back without it");
	set_outcome(f, 19, OUTCOME_UPDATED, NOW);
	done(f, set_field(f, &rollout_kind, "ro-1", "groups", "north"));
	refused(f, act(f, "ro-1", ROLLOUT_FINISH, 0), E_STATE, "a part of the channel");
	done(f, set_field(f, &rollout_kind, "ro-1", "groups", ""));
	done(f, set_field(f, &rollout_kind, "ro-1", "models", "m1"));
	refused(f, act(f, "ro-1", ROLLOUT_FINISH, 0), E_STATE, "a part of the channel");
	done(f, set_field(f, &rollout_kind, "ro-1", "models", ""));
	done(f, act(f, "ro-1", ROLLOUT_PAUSE, 0));
	refused(f, act(f, "ro-1", ROLLOUT_FINISH, 0), E_STATE,
	    "is paused (paused by shell:test): all gateways of the channel");
	assert_int_equal(status(f, "ro-1").channel.release, 0);
	done(f, act_by_force(f, "ro-1", ROLLOUT_FINISH));
	assert_int_not_equal(status(f, "ro-1").channel.release, 0);
}

/* Nothing is started that nobody would get, or that is not there. */
static void
starts_what_is_whole(void **state)
{
	struct fixture *f = *state;

	fleet(f, 1);
	done(f, set_field(f, &release_kind, "rel-1", "unsigned", "false"));
	refused(f, act(f, "ro-1", ROLLOUT_START, 10), E_STATE, "has no signature");
	done(f, set_field(f, &release_kind, "rel-1", "unsigned", "true"));
	assert_int_equal(unlink(blob_path(f, "fw-1")), 0);
	refused(f, act(f, "ro-1", ROLLOUT_START, 10), E_NOTFOUND, "is missing");
	assert_int_equal(status(f, "ro-1").state.status, ROLLOUT_DRAFT);
	worker(f);
	done(f, add_image(f, "fw-1", -1, "one"));
	done(f, act(f, "ro-1", ROLLOUT_START, 10));
}

/* ---- looking --------------------------------------------------------------------------------------- */

static uint64_t
sum(const struct rollout_look *look)
{
	uint64_t n = 0;

	for (int i = 0; i < PLACES; i++)
		n += look->places[i];
	return n;
}

static void
adds_up(void **state)
{
	struct fixture *f = *state;
	struct rollout_look look;

	fleet(f, 40);
	done(f, act(f, "ro-1", ROLLOUT_START, 50));
	set_outcome(f, 1, OUTCOME_UPDATED, NOW);
	set_outcome(f, 2, OUTCOME_OFFERED, NOW);
	set_outcome(f, 3, OUTCOME_FAILED, NOW);
	set_outcome(f, 4, OUTCOME_SILENT, NOW);
	set_outcome(f, 5, OUTCOME_UPDATED, NOW);
	see(f, 6, "2", "m");
	see(f, 7, "1", "m");
	done(f, set_field(f, &gateway_kind, "gw-5", "update_channel", "other"));
	done(f, set_field(f, &gateway_kind, "gw-8", "auto_update", "false"));
	look = status(f, "ro-1");
	assert_int_equal(look.audience, 38);
	assert_int_equal(sum(&look), 38);
	assert_int_equal(look.places[PLACE_UPDATED], 1);
	assert_int_equal(look.places[PLACE_OFFERED], 1);
	assert_int_equal(look.places[PLACE_FAILED], 1);
	assert_int_equal(look.places[PLACE_SILENT], 1);
	assert_int_equal(look.places[PLACE_CURRENT], 1);
	assert_int_equal(look.left, 1);
	assert_in_range(look.in, 8, 32);
	done(f, set_field(f, &rollout_kind, "ro-1", "groups", "north"));
	look = status(f, "ro-1");
	assert_int_equal(look.audience, 0);
	assert_int_equal(look.left, 5);
	/* Those that name no channel are in the default one. */
	done(f, set_field(f, &rollout_kind, "ro-1", "groups", ""));
	done(f, set_field(f, &gateway_kind, "gw-9", "update_channel", ""));
	done(f, set_field(f, &gateway_kind, "gw-1", "update_channel", ""));
	look = status(f, "ro-1");
	assert_int_equal(look.audience, 38);
	assert_int_equal(sum(&look), 38);
	assert_int_equal(look.left, 1);
	f->policy.update_channel = "beta";
	look = status(f, "ro-1");
	assert_int_equal(look.audience, 36);
	assert_int_equal(look.left, 2);
}

static int
note_why(void *arg, const struct gateway *g, unsigned why, const struct sighting *seen)
{
	unsigned *whys = arg;

	(void)seen;
	whys[atoi(g->gateway_id + 3)] = why;
	return E_OK;
}

static void
plans(void **state)
{
	struct fixture *f = *state;
	unsigned whys[12] = {0};
	struct rollout_plan plan;

	fleet(f, 10);
	done(f, set_field(f, &release_kind, "rel-1", "models", "m1"));
	done(f, set_field(f, &release_kind, "rel-1", "from", "1.*"));
	see(f, 1, "1.5", "m1");
	see(f, 2, "2", "m1");
	see(f, 3, "1.5", "m2");
	see(f, 4, "3.0", "m1");
	done(f, set_field(f, &gateway_kind, "gw-5", "auto_update", "false"));
	done(f, set_field(f, &gateway_kind, "gw-6", "update_channel", "other"));
	done(f, manage_rollout_plan(worker(f), "ro-1", 0, note_why, whys, &plan));
	assert_true(plan.look.state.percentage == 100);
	assert_int_equal(whys[1], FIRMWARE_SENT);
	assert_int_equal(whys[2], FIRMWARE_RUNS);
	assert_int_equal(whys[3], FIRMWARE_MODEL);
	assert_int_equal(whys[4], FIRMWARE_FROM);
	assert_int_equal(whys[5], FIRMWARE_NOT_AUTO);
	assert_int_equal(whys[7], PLAN_UNSEEN);
	assert_int_equal(plan.gateways, 9);
	assert_int_equal(plan.counts[FIRMWARE_SENT], 1);
	assert_int_equal(plan.counts[PLAN_UNSEEN], 4);
	done(f, set_field(f, &gateway_kind, "gw-1", "update_channel", ""));
	done(f, manage_rollout_plan(worker(f), "ro-1", 0, note_why, whys, &plan));
	assert_int_equal(plan.gateways, 9);
	assert_int_equal(plan.counts[FIRMWARE_SENT], 1);
	done(f, manage_rollout_plan(worker(f), "ro-1", 0.0001, NULL, NULL, &plan));
	assert_int_equal(plan.counts[FIRMWARE_PERCENTAGE] + plan.counts[FIRMWARE_RUNS] +
			     plan.counts[FIRMWARE_NOT_AUTO],
	    9);
	/* A later one that has it all goes first; nothing of it was changed. */
	done(f, RECORD(f, &rollout_kind, "rollout_id", "ro-2", "release", "rel-1",
		    "channel", "stable"));
	done(f, act(f, "ro-2", ROLLOUT_START, 100));
	done(f, manage_rollout_plan(worker(f), "ro-1", 100, note_why, whys, &plan));
	assert_int_equal(whys[1], PLAN_OTHER);
	assert_int_equal(status(f, "ro-1").state.status, ROLLOUT_DRAFT);
}

static void
plans_kickstarters(void **state)
{
	struct fixture *f = *state;
	unsigned whys[12] = {0};
	struct rollout_plan plan;

	fleet(f, 3);
	worker(f);
	done(f, add_image(f, "hex-1", FIRMWARE_KICKSTARTER, HEX));
	done(f, RECORD(f, &release_kind, "release_id", "rel-h", "firmware", "hex-1",
		    "version", "1"));
	done(f, RECORD(f, &rollout_kind, "rollout_id", "ro-h", "release", "rel-h",
		    "channel", "stable"));
	done(f, set_field(f, &gateway_kind, "gw-1", "kickstarter", "true"));
	done(f, manage_rollout_plan(worker(f), "ro-h", 0, note_why, whys, &plan));
	assert_int_equal(plan.gateways, 1);
	assert_int_equal(whys[1], FIRMWARE_SENT);
	done(f, set_field(f, &gateway_kind, "gw-1", "update_channel", ""));
	done(f, manage_rollout_plan(worker(f), "ro-h", 0, note_why, whys, &plan));
	assert_int_equal(plan.gateways, 1);
	done(f, act(f, "ro-h", ROLLOUT_START, 1));
	assert_non_null(strstr(strbuf_str(&f->said), "cannot pause itself"));
}

/* ---- time ------------------------------------------------------------------------------------------- */

static struct ticked
tick(struct fixture *f)
{
	struct ticking how = {0};
	struct ticked ticked;

	done(f, manage_tick(&f->manage, &how, &ticked));
	return ticked;
}

static struct ticked
tick_at(struct fixture *f, int64_t now)
{
	worker(f)->now = now;
	return tick(f);
}

static void
ticks(void **state)
{
	struct fixture *f = *state;
	struct ticked t;

	fleet(f, 20);
	done(f, set_field(f, &rollout_kind, "ro-1", "steps",
		    "[{\"percentage\":1},{\"percentage\":10,\"after\":172800}]"));
	done(f, act(f, "ro-1", ROLLOUT_START, 0));
	t = tick_at(f, NOW + DAY);
	assert_int_equal(t.rollout_steps, 0);
	t = tick_at(f, NOW + 2 * DAY);
	assert_int_equal(t.rollout_steps, 1);
	assert_int_equal(audited(f, "step"), 1);
	t = tick_at(f, NOW + 2 * DAY + 1);
	assert_int_equal(t.rollout_steps, 0);
	for (unsigned i = 1; i <= 12; i++)
		set_outcome(
		    f, i, i <= 6 ? OUTCOME_UPDATED : OUTCOME_OFFERED, NOW + 3 * DAY);
	t = tick_at(f, NOW + 4 * DAY);
	assert_int_equal(t.gateways_silent, 0);
	t = tick_at(f, NOW + 5 * DAY + 1);
	assert_int_equal(t.gateways_silent, 6);
	assert_int_equal(t.rollouts_paused, 1);
	assert_non_null(strstr(strbuf_str(&f->said), "ro-1 paused itself"));
	assert_int_equal(audited(f, "pause"), 1);
	assert_int_equal(status(f, "ro-1").places[PLACE_SILENT], 6);
	/* What was so far is accepted by a resume. */
	done(f, act(f, "ro-1", ROLLOUT_RESUME, 0));
	t = tick_at(f, NOW + 5 * DAY + 2);
	assert_int_equal(t.rollouts_paused, 0);
}

/* A timetable that is changed under way is entered where the roll-out is. */
static void
changes_timetables(void **state)
{
	struct fixture *f = *state;

	fleet(f, 3);
	done(f, set_field(f, &rollout_kind, "ro-1", "steps",
		    "[{\"percentage\":1},{\"percentage\":10,\"after\":259200}]"));
	assert_null(strstr(strbuf_str(&f->said), "less than three days"));
	done(f, act(f, "ro-1", ROLLOUT_START, 0));
	done(f, set_field(f, &rollout_kind, "ro-1", "steps",
		    "[{\"percentage\":20,\"after\":86400},"
		    "{\"percentage\":100,\"after\":172800}]"));
	assert_non_null(strstr(strbuf_str(&f->said), "less than three days"));
	assert_non_null(strstr(
	    strbuf_str(&f->said), "roll-out ro-1 goes from 1 % to 20 % in 24 hours"));
	assert_int_equal(tick_at(f, NOW + DAY - 1).rollout_steps, 0);
	assert_int_equal(tick_at(f, NOW + DAY).rollout_steps, 1);
	assert_true(status(f, "ro-1").state.percentage == 20);
	assert_int_equal(tick_at(f, NOW + 3 * DAY - 1).rollout_steps, 0);
	done(f, set_field(f, &rollout_kind, "ro-1", "steps",
		    "[{\"percentage\":30},{\"percentage\":100,\"after\":172800}]"));
	assert_non_null(
	    strstr(strbuf_str(&f->said), "roll-out ro-1 goes from 20 % to 30 % now"));
	done(f, act(f, "ro-1", ROLLOUT_STEP, 0));
	assert_true(status(f, "ro-1").state.percentage == 30);
}

static int
pause_in(struct store_txn *ledger, void *arg)
{
	struct rollout_state *s = arg;

	s->status = ROLLOUT_PAUSED;
	s->why = "paused itself: at a poll";
	s->percentage = 100;
	return rollout_state_put(ledger, s);
}

/* Endpoints cannot write to the audit log: tick does, once, and tells whoever reads its
 * mail. */
static void
notes_what_requests_did(void **state)
{
	struct fixture *f = *state;
	struct rollout_state s;

	fleet(f, 3);
	done(f, act(f, "ro-1", ROLLOUT_START, 50));
	assert_int_equal(tick_at(f, NOW).rollouts_paused, 0);
	s = status(f, "ro-1").state;
	assert_int_equal(store_update(f->data.ledger, 5000, pause_in, &s), E_OK);
	assert_int_equal(tick_at(f, NOW).rollouts_paused, 1);
	assert_non_null(
	    strstr(strbuf_str(&f->said), "roll-out ro-1 paused itself: at a poll"));
	assert_int_equal(audited(f, "pause"), 1);
	assert_int_equal(tick_at(f, NOW).rollouts_paused, 0);
	assert_int_equal(audited(f, "pause"), 1);
	done(f, act(f, "ro-1", ROLLOUT_RESUME, 0));
	s = status(f, "ro-1").state;
	assert_int_equal(store_update(f->data.ledger, 5000, pause_in, &s), E_OK);
	assert_int_equal(tick_at(f, NOW).rollouts_paused, 1);
	assert_int_equal(audited(f, "pause"), 2);
	/* What an operator does is noted by whoever did it. */
	done(f, act(f, "ro-1", ROLLOUT_RESUME, 0));
	done(f, act(f, "ro-1", ROLLOUT_PAUSE, 0));
	assert_int_equal(tick_at(f, NOW).rollouts_paused, 0);
	assert_int_equal(audited(f, "pause"), 3);
}

static void
clears_what_is_gone(void **state)
{
	struct fixture *f = *state;
	struct rollout r;
	struct ticked t;

	fleet(f, 3);
	done(f, act(f, "ro-1", ROLLOUT_START, 50));
	set_outcome(f, 1, OUTCOME_OFFERED, NOW);
	done(f, act(f, "ro-1", ROLLOUT_ABORT, 0));
	/* As after a crash between the two stores. */
	worker(f);
	done(f, manage_get(&f->manage, &rollout_kind, "ro-1", &r));
	done(f, manage_delete(&f->manage, &rollout_kind, "ro-1"));
	t = tick_at(f, NOW);
	assert_int_equal(t.rollouts_cleared, 1);
	t = tick_at(f, NOW);
	assert_int_equal(t.rollouts_cleared, 0);
}

/* A file stays a day after its record has gone. */
static void
collects_files(void **state)
{
	struct fixture *f = *state;
	struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	const char *path;
	struct ticked t;
	struct stat st;

	image(f, "fw-1", "content");
	path = strdup(blob_path(f, "fw-1"));
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	t = tick_at(f, NOW);
	assert_int_equal(t.images_removed, 0);
	done(f, manage_delete(worker(f), &firmware_kind, "fw-1"));
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_mtime > 1000);
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	t = tick_at(f, NOW);
	assert_int_equal(t.images_removed, 1);
	assert_int_equal(t.image_bytes, 7);
	assert_int_equal(access(path, F_OK), -1);
	free((char *)(uintptr_t)path);
}

/* ---- check -------------------------------------------------------------------------------------------- */

static void
collect_finding(void *arg, const struct check_finding *finding)
{
	struct strbuf *text = arg;

	if (strcmp(finding->area, "firmware") == 0 ||
	    strcmp(finding->area, "rollout") == 0 ||
	    strcmp(finding->area, "ledger") == 0)
		strbuf_printf(text, "%s %s: %s\n", finding->area, finding->subject,
		    finding->text);
}

static const char *
check(struct fixture *f, bool quick)
{
	struct check_options options = {.sizes_only = quick};
	struct check_result result;
	struct strbuf text;
	const char *copy;

	strbuf_init(&text, 65536);
	worker(f);
	done(f, manage_check(&f->manage, &options, collect_finding, &text, &result));
	copy = arena_strdup(&f->arena, strbuf_str(&text));
	strbuf_clear(&text);
	return copy;
}

static int
break_counts(struct store_txn *ledger, void *arg)
{
	struct rollout_state state;
	struct arena arena;
	int err;

	arena_init(&arena, 1 << 20);
	err = rollout_state_get(ledger, *(uint64_t *)arg, &arena, &state);
	state.updated = 7;
	if (err == E_OK)
		err = rollout_state_put(ledger, &state);
	arena_clear(&arena);
	return err;
}

static void
finds_what_is_wrong(void **state)
{
	struct fixture *f = *state;
	uint64_t rollout;

	fleet(f, 3);
	done(f, act(f, "ro-1", ROLLOUT_START, 50));
	set_outcome(f, 1, OUTCOME_OFFERED, NOW);
	assert_string_equal(check(f, false), "");
	assert_int_equal(truncate(blob_path(f, "fw-1"), 1), 0);
	assert_non_null(strstr(check(f, true), "firmware fw-1: its file has another"));
	assert_non_null(strstr(check(f, false), "firmware fw-1: the file of image"));
	assert_int_equal(unlink(blob_path(f, "fw-1")), 0);
	assert_non_null(strstr(check(f, true), "firmware fw-1: "));
	assert_non_null(strstr(check(f, false), "is missing"));
	worker(f);
	done(f, add_image(f, "fw-1", -1, "one"));
	rollout = serial_of(f, &rollout_kind, "ro-1");
	assert_int_equal(
	    store_update(f->data.ledger, 5000, break_counts, &rollout), E_OK);
	assert_non_null(strstr(check(f, false),
	    "rollout ro-1: its counts (1 offered, 7 updated, 0 failed, 0 silent) are "
	    "not those of its rows (1, 0, 0, 0)"));
}

/* ---- again ---------------------------------------------------------------------------------------------- */

struct row {
	struct gateway_state state;
};

static int
put_state(struct store_txn *ledger, void *arg)
{
	const struct row *row = arg;

	return gateway_state_put(ledger, &row->state);
}

static void
is_tried_again(void **state)
{
	struct fixture *f = *state;
	struct gateway_state row;
	struct rollout_offer offer;
	struct store_txn *ledger;
	struct gateway g;
	struct row put;
	uint64_t rollout;

	fleet(f, 1);
	done(f, act(f, "ro-1", ROLLOUT_START, 50));
	set_outcome(f, 1, OUTCOME_FAILED, NOW);
	worker(f);
	done(f, manage_get(&f->manage, &gateway_kind, "gw-1", &g));
	done(f, manage_gateway_state(&f->manage, &g, &put.state));
	put.state.firmware_release = 1;
	put.state.firmware_offers = 3;
	assert_int_equal(store_update(f->data.ledger, 5000, put_state, &put), E_OK);
	done(f, manage_gateway_retry(&f->manage, "gw-1"));
	done(f, manage_gateway_state(&f->manage, &g, &row));
	assert_int_equal(row.firmware_offers, 0);
	assert_int_equal(row.firmware_release, 1);
	rollout = serial_of(f, &rollout_kind, "ro-1");
	assert_int_equal(store_read_begin(f->data.ledger, &ledger), E_OK);
	assert_int_equal(rollout_offer_get(ledger, rollout, g.serial, &offer), E_OK);
	store_read_end(ledger);
	assert_int_equal(offer.offers, 0);
	assert_int_equal(offer.outcome, OUTCOME_FAILED);
}

#define DISK(fn) cmocka_unit_test_setup_teardown(fn, fixture_disk, fixture_end)
/* clang-format off */
#define BOTH(fn) DISK(fn), \
	{"memory: " #fn, fn, fixture_memory, fixture_end, NULL}
/* clang-format on */

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    BOTH(adds_and_heals),
	    BOTH(is_kept_while_used),
	    BOTH(keeps_families_apart),
	    DISK(reads_timetables),
	    BOTH(goes_its_way),
	    BOTH(finishes_what_is_known),
	    BOTH(starts_what_is_whole),
	    BOTH(adds_up),
	    BOTH(plans),
	    DISK(plans_kickstarters),
	    BOTH(ticks),
	    BOTH(changes_timetables),
	    BOTH(notes_what_requests_did),
	    BOTH(clears_what_is_gone),
	    BOTH(collects_files),
	    DISK(finds_what_is_wrong),
	    BOTH(is_tried_again),
	};

	return cmocka_run_group_tests_name("manage firmware", tests, NULL, NULL);
}
