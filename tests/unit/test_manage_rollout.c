/* Roll-outs: their timetables, what operators do with them and see of them, what time does. */
#include "tests/unit/firmware_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "registry/audit.h"
#include "registry/sighting.h"

static int
act_by_force(struct fixture *f, const char *id, enum rollout_action action)
{
	struct rollout_act how = {.action = action, .force = true};
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
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
	    BOTH(is_tried_again),
	};

	return cmocka_run_group_tests_name("manage rollout", tests, NULL, NULL);
}
