/* What is remembered of offers of firmware, and what becomes of them. */
#include "tests/unit/selection_scene.h"

static void
offer_is_remembered(void **state)
{
	struct scene *s = begin();
	const struct firmware_candidate *c = &s->candidates[0];

	(void)state;
	choose(s);
	assert_int_equal(s->next.firmware_release, 30);
	assert_int_equal(s->next.firmware_rollout, 40);
	assert_int_equal(s->next.firmware_offers, 1);
	assert_int_equal(s->next.firmware_offered_at, NOW);
	assert_string_equal(s->next.firmware_version, "v3");
	assert_int_equal(s->next.firmware_shown_by, RELEASE_PACKAGE);
	assert_int_equal(s->next.firmware_outcome, OUTCOME_OFFERED);
	assert_int_equal(c->next_offer.serial, 50);
	assert_int_equal(c->next_offer.outcome, OUTCOME_OFFERED);
	assert_int_equal(c->next_offer.offers, 1);
	assert_int_equal(c->next_offer.offered_at, NOW);
	assert_int_equal(c->next_state.offered, 1);
	assert_int_equal(s->choice.lease_until, NOW + 1001);
	/* The inputs are as they were: asked twice, answered the same. */
	assert_int_equal(s->rollout_state.offered, 0);
	choose(s);
	assert_int_equal(c->next_state.offered, 1);
	assert_int_equal(s->next.firmware_offers, 1);
	/* A channel's own. */
	s = begin();
	without_roll_out(s);
	choose(s);
	assert_int_equal(s->next.firmware_release, 20);
	assert_int_equal(s->next.firmware_rollout, 0);
	assert_int_equal(s->choice.lease_until, NOW + 101);
}

/* One step of a gateway's way: what it reports at its next visit and what becomes of it. */
struct visit {
	const char *package;
	const char *reasons;
	int outcome; /* of its row, and of the row of the offer */
	uint64_t offers, offered, updated, failed, silent;
};

static void
walk(struct scene *s, const struct visit *visits, size_t count)
{
	const struct firmware_candidate *c = &s->candidates[0];
	char text[300];

	for (size_t i = 0; i < count; i++) {
		const struct visit *v = &visits[i];
		const struct rollout_state *n = &c->next_state;

		s->report.package = span_str(v->package);
		choose(s);
		say_reasons(&s->choice, text, sizeof text);
		if (strcmp(text, v->reasons) != 0 ||
		    (int)s->next.firmware_outcome != v->outcome ||
		    c->next_offer.outcome != v->outcome ||
		    s->next.firmware_offers != v->offers ||
		    c->next_offer.offers != v->offers || n->offered != v->offered ||
		    n->updated != v->updated || n->failed != v->failed ||
		    n->silent != v->silent)
			fail_msg("visit %zu: %s, outcome %d %d, offers %d %d, "
				 "counts %d %d %d %d",
			    i, text, (int)s->next.firmware_outcome,
			    c->next_offer.outcome, (int)s->next.firmware_offers,
			    (int)c->next_offer.offers, (int)n->offered, (int)n->updated,
			    (int)n->failed, (int)n->silent);
		keep(s, DAY);
	}
}

static void
ways_of_outcomes(void **state)
{
	static const struct visit taken[] = {
	    {"v1", "three:sent", OUTCOME_OFFERED, 1, 1, 0, 0, 0},
	    {"v3", "three:updated three:same", OUTCOME_UPDATED, 1, 0, 1, 0, 0},
	    {"v3", "three:same", OUTCOME_UPDATED, 1, 0, 1, 0, 0},
	};
	static const struct visit refused[] = {
	    {"v1", "three:sent", OUTCOME_OFFERED, 1, 1, 0, 0, 0},
	    {"v1", "three:failed three:sent", OUTCOME_FAILED, 2, 0, 0, 1, 0},
	    {"v1", "three:sent", OUTCOME_FAILED, 3, 0, 0, 1, 0},
	    {"v1", "three:stopped", OUTCOME_FAILED, 3, 0, 0, 1, 0},
	    {"v1", "three:stopped", OUTCOME_FAILED, 3, 0, 0, 1, 0},
	    {"v3", "three:updated three:same", OUTCOME_UPDATED, 3, 0, 1, 0, 0},
	};
	static const struct visit again[] = {
	    {"v1", "three:sent", OUTCOME_OFFERED, 1, 1, 0, 0, 0},
	    {"v1", "three:failed three:sent", OUTCOME_FAILED, 2, 0, 0, 1, 0},
	    {"v3", "three:updated three:same", OUTCOME_UPDATED, 2, 0, 1, 0, 0},
	    /* It was set back to what came from the factory. */
	    {"v1", "three:sent", OUTCOME_OFFERED, 3, 1, 0, 0, 0},
	    {"v3", "three:updated three:same", OUTCOME_UPDATED, 3, 0, 1, 0, 0},
	    {"v1", "three:stopped", OUTCOME_UPDATED, 3, 0, 1, 0, 0},
	};

	(void)state;
	walk(begin(), taken, COUNT(taken));
	walk(begin(), refused, COUNT(refused));
	walk(begin(), again, COUNT(again));
}

static void
silent_ones_come_back(void **state)
{
	static const struct visit late[] = {
	    {"v3", "three:updated three:same", OUTCOME_UPDATED, 1, 0, 1, 0, 0}};
	static const struct visit later_without[] = {
	    {"v1", "three:failed three:sent", OUTCOME_FAILED, 2, 0, 0, 1, 0}};

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct scene *s = begin();

		choose(s);
		keep(s, 3 * DAY);
		rollout_count(&s->rollout_state, OUTCOME_OFFERED, OUTCOME_SILENT);
		s->candidates[0].offer.outcome = OUTCOME_SILENT;
		walk(s, i == 0 ? late : later_without, 1);
	}
}

/* Offers of one release count together, however they were made. */
static void
rollout_becomes_the_channels_own(void **state)
{
	struct scene *s = begin();

	(void)state;
	choose(s);
	keep(s, DAY);
	choose(s);
	assert_int_equal(s->next.firmware_offers, 2);
	keep(s, DAY);
	s->rollout_state.status = ROLLOUT_FINISHED;
	s->channel.release = 30;
	s->candidates[1].release = &s->v3;
	s->policy.attempts = 3;
	choose(s);
	assert_true(s->choice.send);
	assert_int_equal(s->next.firmware_offers, 3);
	assert_int_equal(s->next.firmware_rollout, 0);
	keep(s, DAY);
	choose(s);
	assert_false(s->choice.send);
	assert_int_equal(s->choice.reasons[1].why, FIRMWARE_ATTEMPTS);
	assert_int_equal(s->choice.reasons[1].number, 3);
}

static void
an_outcome_pauses(void **state)
{
	struct scene *s = begin();

	(void)state;
	s->rollout_state.updated = 20;
	s->rollout_state.failed = 1;
	choose(s);
	assert_int_equal(s->candidates[0].next_state.offered, 1);
	keep(s, DAY);
	choose(s); /* 2 of 22 */
	assert_int_equal(s->candidates[0].next_state.status, ROLLOUT_PAUSED);
	assert_int_equal(s->candidates[0].next_state.failed, 2);
	assert_false(s->choice.send);
	assert_int_equal(s->choice.reasons[0].why, FIRMWARE_FAILED);
	assert_int_equal(s->choice.reasons[1].why, FIRMWARE_NOT_RUNNING);
	assert_true(s->changed);
}

/* An outcome counts although the gateway may get nothing any more; but not that of somebody
 * who merely says to be it. */
static void
outcomes_without_offers(void **state)
{
	static void (*const changes[])(struct scene *) = {
	    not_auto, redirected, other_channel, aborted, finished, paused};

	(void)state;
	for (size_t i = 0; i < COUNT(changes); i++) {
		struct scene *s = begin();

		choose(s);
		keep(s, DAY);
		changes[i](s);
		runs_v3(s);
		choose(s);
		assert_true(s->changed);
		assert_false(s->choice.send);
		assert_int_equal(s->next.firmware_outcome, OUTCOME_UPDATED);
		assert_int_equal(s->next.firmware_outcome_at, NOW + DAY);
		assert_int_equal(s->candidates[0].next_state.updated, 1);
		assert_int_equal(s->candidates[0].next_state.offered, 0);
	}
	choose(begin());
	keep(&scene, DAY);
	unauthenticated(&scene);
	runs_v3(&scene);
	choose(&scene);
	assert_false(scene.changed);
	assert_int_equal(scene.next.firmware_outcome, OUTCOME_OFFERED);
}

/* The record of the roll-out is gone: nothing is counted for it. */
static void
outcome_of_a_removed_rollout(void **state)
{
	struct scene *s = begin();

	(void)state;
	choose(s);
	keep(s, DAY);
	without_roll_out(s);
	runs_v3(s);
	choose(s);
	assert_int_equal(s->next.firmware_outcome, OUTCOME_UPDATED);
	assert_int_equal(s->choice.reasons[1].why, FIRMWARE_OLDER);
}

static void
a_due_step_begins(void **state)
{
	struct rollout_step steps[] = {{1, 0}, {100, 86400}};
	struct scene *s = begin();

	(void)state;
	s->rollout.steps = (struct record_rows){steps, 2};
	s->rollout_state.percentage = 0;
	s->rollout_state.started_at = s->rollout_state.changed_at = NOW;
	choose(s);
	assert_true(s->changed);
	assert_true(s->candidates[0].next_state.percentage > 0.5);
	assert_int_equal(s->choice.reasons[0].why, FIRMWARE_PERCENTAGE);
	keep(s, DAY);
	choose(s);
	assert_int_equal(s->candidates[0].next_state.step, 2);
	assert_string_equal(s->choice.wanted->release->version, "v3");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(offer_is_remembered),
	    cmocka_unit_test(ways_of_outcomes),
	    cmocka_unit_test(silent_ones_come_back),
	    cmocka_unit_test(rollout_becomes_the_channels_own),
	    cmocka_unit_test(an_outcome_pauses),
	    cmocka_unit_test(outcomes_without_offers),
	    cmocka_unit_test(outcome_of_a_removed_rollout),
	    cmocka_unit_test(a_due_step_begins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
