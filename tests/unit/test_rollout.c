/* The rules of roll-outs. */
#include "tests/unit/unit.h"

#include <math.h>

#include "firmware/rollout.h"

#define NOW INT64_C(1893456000)
#define HOUR INT64_C(3600)
#define DAY (24 * HOUR)

/* ---- the audience --------------------------------------------------------------------------- */

static void
audience(void **state)
{
	static const char *const groups[] = {"north", "roofs"},
				 *const other[] = {"south"},
				 *const models[] = {"linux", "corecell"};
	static const struct text_pair pairs[] = {{"site", "a"}, {"test", ""}};
	struct gateway g = {.model_id = "corecell", .groups = {groups, 2}};
	struct rollout r = {.serial = 1};
	struct span model = span_str("linux");

	(void)state;
	assert_true(rollout_audience(&r, &g, model));
	r.groups = (struct text_list){other, 1};
	assert_false(rollout_audience(&r, &g, model));
	r.groups = (struct text_list){groups + 1, 1};
	assert_true(rollout_audience(&r, &g, model));
	g.groups.count = 0;
	assert_false(rollout_audience(&r, &g, model));
	r.groups.count = 0;
	r.models = (struct text_list){models, 1};
	assert_true(rollout_audience(&r, &g, model));
	assert_false(rollout_audience(&r, &g, rollout_model(&g, span_str(""))));
	r.models.count = 2;
	assert_true(rollout_audience(&r, &g, rollout_model(&g, span_str(""))));
	assert_false(rollout_audience(&r, &g, rollout_model(&g, span_str("linu"))));
	r.attributes = (struct text_map){pairs, 2};
	assert_false(rollout_audience(&r, &g, model));
	g.attributes = (struct text_map){pairs, 1};
	assert_false(rollout_audience(&r, &g, model));
	g.attributes = (struct text_map){pairs, 2};
	assert_true(rollout_audience(&r, &g, model));
	g.attributes =
	    (struct text_map){(struct text_pair[]){{"site", "b"}, {"test", ""}}, 2};
	assert_false(rollout_audience(&r, &g, model));
}

/* ---- the order ------------------------------------------------------------------------------- */

#define FLEET 100000

/* The share of a fleet with EUIs one after the other, as a maker numbers them. */
static double
share(const struct rollout *r, double percentage)
{
	size_t in = 0;

	for (uint64_t i = 0; i < FLEET; i++) {
		struct gateway g = {
		    .serial = i + 1, .eui = UINT64_C(0x58a0cbfffe800000) + i};

		in += rollout_place(&g, r) < percentage;
	}
	return (double)in / FLEET;
}

static void
places_are_even(void **state)
{
	static const double percentages[] = {0, 0.1, 1, 10, 50, 99, 100};

	(void)state;
	for (uint64_t serial = 1; serial < 6; serial++)
		for (size_t i = 0; i < COUNT(percentages); i++) {
			struct rollout r = {.serial = serial};
			double p = percentages[i] / 100,
			       got = share(&r, percentages[i]);

			if (fabs(got - p) > 4 * sqrt(p * (1 - p) / FLEET))
				fail_msg("%g %% of roll-out %d: %g", percentages[i],
				    (int)serial, got * 100);
		}
}

/* Who comes first in one roll-out is no guinea pig in the next one too. */
static void
orders_differ(void **state)
{
	struct rollout a = {.serial = 1}, b = {.serial = 2};
	size_t both = 0;

	(void)state;
	for (uint64_t i = 0; i < FLEET; i++) {
		struct gateway g = {.eui = 1 + i};

		both += rollout_place(&g, &a) < 10 && rollout_place(&g, &b) < 10;
	}
	assert_in_range(both, FLEET / 100 - 130, FLEET / 100 + 130);
}

/* What a fleet was told may not change with a version of this program. */
static void
places_are_for_ever(void **state)
{
	static const struct {
		uint64_t rollout, eui, serial;
		double place;
	} rows[] = {
	    {1, UINT64_C(0x58a0cbfffe800001), 5, 57.361184491},
	    {2, UINT64_C(0x58a0cbfffe800001), 5, 83.922496114},
	    {1, UINT64_C(0x58a0cbfffe800002), 5, 3.105265681},
	    {1, 0, 5, 69.244558487},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rollout r = {.serial = rows[i].rollout};
		struct gateway g = {.eui = rows[i].eui, .serial = rows[i].serial};

		if (fabs(rollout_place(&g, &r) - rows[i].place) > 1e-6)
			fail_msg("row %zu: %.9f", i, rollout_place(&g, &r));
	}
}

/* ---- the timetable ----------------------------------------------------------------------------- */

static void
assert_step(const struct rollout_state *s, uint64_t step, double percentage, int64_t at)
{
	assert_int_equal(s->step, step);
	assert_true(s->percentage >= percentage && s->percentage <= percentage);
	assert_int_equal(s->step_at, at);
}

static const struct rollout_step timetable[] = {
    {1, 0}, {10, 48 * 3600}, {50, 48 * 3600}, {100, 24 * 3600}};
static struct rollout_step steps[COUNT(timetable)];

static struct rollout
with_timetable(void)
{
	struct rollout r = {.serial = 1, .steps = {steps, COUNT(timetable)}};

	memcpy(steps, timetable, sizeof timetable);
	return r;
}

static void
steps_begin_when_due(void **state)
{
	struct rollout r = with_timetable();
	struct rollout_state s = {.serial = 1,
	    .status = ROLLOUT_RUNNING,
	    .started_at = NOW,
	    .changed_at = NOW};

	(void)state;
	assert_int_equal(rollout_next_step(&r, &s), NOW);
	assert_true(rollout_advance(&r, NOW, &s));
	assert_step(&s, 1, 1, NOW);
	assert_false(rollout_advance(&r, NOW, &s));
	assert_int_equal(rollout_next_step(&r, &s), NOW + 2 * DAY);
	assert_false(rollout_advance(&r, NOW + 2 * DAY - 1, &s));
	assert_step(&s, 1, 1, NOW);
	assert_true(rollout_advance(&r, NOW + 2 * DAY, &s));
	assert_step(&s, 2, 10, NOW + 2 * DAY);
	/* Nobody looked for a month: one step all the same, which lasts as it should. */
	assert_true(rollout_advance(&r, NOW + 30 * DAY, &s));
	assert_step(&s, 3, 50, NOW + 30 * DAY);
	assert_int_equal(rollout_next_step(&r, &s), NOW + 31 * DAY);
	assert_true(rollout_advance(&r, NOW + 31 * DAY, &s));
	assert_step(&s, 4, 100, NOW + 31 * DAY);
	assert_int_equal(rollout_next_step(&r, &s), 0);
	assert_false(rollout_advance(&r, NOW + 99 * DAY, &s));
}

static void
steps_wait(void **state)
{
	struct rollout r = with_timetable();
	struct rollout_state s = {.serial = 1,
	    .status = ROLLOUT_RUNNING,
	    .started_at = NOW,
	    .changed_at = NOW};

	(void)state;
	/* For not_before. */
	r.not_before = NOW + DAY;
	assert_int_equal(rollout_next_step(&r, &s), NOW + DAY);
	assert_false(rollout_advance(&r, NOW + DAY - 1, &s));
	assert_true(rollout_advance(&r, NOW + DAY, &s));
	assert_step(&s, 1, 1, NOW + DAY);
	/* While it is paused, and for all of their time after it. */
	s.status = ROLLOUT_PAUSED;
	s.changed_at = NOW + 2 * DAY;
	assert_int_equal(rollout_next_step(&r, &s), 0);
	assert_false(rollout_advance(&r, NOW + 20 * DAY, &s));
	s.status = ROLLOUT_RUNNING;
	s.changed_at = NOW + 20 * DAY;
	assert_int_equal(rollout_next_step(&r, &s), NOW + 22 * DAY);
	assert_false(rollout_advance(&r, NOW + 21 * DAY, &s));
	assert_true(rollout_advance(&r, NOW + 22 * DAY, &s));
	assert_step(&s, 2, 10, NOW + 22 * DAY);
	/* What an operator has raised is not lowered. */
	s.percentage = 80;
	assert_true(rollout_advance(&r, NOW + 24 * DAY, &s));
	assert_step(&s, 3, 80, NOW + 24 * DAY);
	s.status = ROLLOUT_ABORTED;
	assert_false(rollout_advance(&r, NOW + 90 * DAY, &s));
}

static void
clock_is_set_back(void **state)
{
	struct rollout r = with_timetable();
	struct rollout_state s = {.serial = 1,
	    .status = ROLLOUT_RUNNING,
	    .step = 1,
	    .percentage = 1,
	    .started_at = NOW,
	    .changed_at = NOW,
	    .step_at = NOW};

	(void)state;
	/* By a little: it only lasts longer. */
	assert_false(rollout_advance(&r, NOW - HOUR, &s));
	assert_int_equal(rollout_next_step(&r, &s), NOW + 2 * DAY);
	/* By years: it does not hang for so long. */
	assert_true(rollout_advance(&r, NOW - 1000 * DAY, &s));
	assert_step(&s, 1, 1, NOW - 1000 * DAY);
	assert_int_equal(rollout_next_step(&r, &s), NOW - 998 * DAY);
	assert_false(rollout_advance(&r, NOW - 999 * DAY, &s));
	assert_true(rollout_advance(&r, NOW - 998 * DAY, &s));
	assert_step(&s, 2, 10, NOW - 998 * DAY);
}

/* ---- counts and the limit -------------------------------------------------------------------- */

static void
counts_add_up(void **state)
{
	struct rollout_state s = {.serial = 1};

	(void)state;
	rollout_count(&s, OUTCOME_NONE, OUTCOME_OFFERED);
	rollout_count(&s, OUTCOME_NONE, OUTCOME_OFFERED);
	rollout_count(&s, OUTCOME_NONE, OUTCOME_OFFERED);
	assert_int_equal(s.offered, 3);
	rollout_count(&s, OUTCOME_OFFERED, OUTCOME_SILENT);
	rollout_count(&s, OUTCOME_OFFERED, OUTCOME_FAILED);
	rollout_count(&s, OUTCOME_SILENT, OUTCOME_UPDATED);
	rollout_count(&s, OUTCOME_FAILED, OUTCOME_FAILED);
	assert_int_equal(s.offered, 1);
	assert_int_equal(s.failed, 1);
	assert_int_equal(s.updated, 1);
	assert_int_equal(s.silent, 0);
	assert_int_equal(rollout_ever_offered(&s), 3);
	/* What was forgotten does not become 2^64 − 1. */
	rollout_count(&s, OUTCOME_SILENT, OUTCOME_UPDATED);
	assert_int_equal(s.silent, 0);
	assert_int_equal(s.updated, 2);
}

static void
guard_at_its_limit(void **state)
{
	static const struct {
		double limit;
		uint64_t least, offered, updated, failed, silent, forgiven,
		    forgiven_offered;
		bool pauses;
	} rows[] = {
	    {5, 10, 95, 0, 5, 0, 0, 0, false}, /* exactly 5 % */
	    {5, 10, 94, 0, 6, 0, 0, 0, true}, {5, 10, 94, 0, 3, 3, 0, 0, true},
	    {5, 10, 94, 0, 0, 6, 0, 0, true}, {5, 10, 0, 94, 6, 0, 0, 0, true},
	    {5, 10, 8, 0, 1, 0, 0, 0, false}, /* 9 were offered it */
	    {5, 10, 9, 0, 1, 0, 0, 0, true},  /* 10 */
	    {5, 10, 0, 0, 9, 0, 0, 0, false}, {5, 0, 0, 0, 1, 0, 0, 0, true},
	    {5, 0, 0, 0, 0, 0, 0, 0, false}, {0, 10, 100, 0, 0, 0, 0, 0, false},
	    {0, 10, 99, 0, 1, 0, 0, 0, true}, {100, 10, 0, 0, 50, 50, 0, 0, false},
	    /* After a resume only what is new counts. */
	    {5, 10, 94, 0, 6, 0, 6, 100, false},
	    {5, 10, 94, 100, 11, 0, 6, 100, false}, /* 5 of 105… */
	    {5, 10, 94, 0, 7, 0, 6, 91, true},	    /* 1 of 10 */
	    {5, 10, 94, 0, 7, 0, 6, 92, false},	    /* 1 of 9 */
	    {5, 10, 100, 0, 2, 0, 6, 50, false},    /* forgiven ones have it now */
	};
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 16);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct rollout r = {.serial = 1,
		    .failure_limit = rows[i].limit,
		    .failure_least = rows[i].least};
		struct rollout_state s = {.serial = 1,
		    .status = ROLLOUT_RUNNING,
		    .why = "",
		    .offered = rows[i].offered,
		    .updated = rows[i].updated,
		    .failed = rows[i].failed,
		    .silent = rows[i].silent,
		    .forgiven = rows[i].forgiven,
		    .forgiven_offered = rows[i].forgiven_offered};

		if (rollout_guard(&r, NOW, &arena, &s) != rows[i].pauses ||
		    (s.status == ROLLOUT_PAUSED) != rows[i].pauses)
			fail_msg("row %zu", i);
		assert_int_equal(s.changed_at, rows[i].pauses ? NOW : 0);
		assert_true((s.why[0] != '\0') == rows[i].pauses);
	}
	arena_clear(&arena);
}

/* Who was offered it before and comes back without it after a resume, counts all the same. */
static void
guard_after_a_resume(void **state)
{
	struct rollout r = {.serial = 1, .failure_limit = 5, .failure_least = 10};
	struct rollout_state s = {.serial = 1,
	    .status = ROLLOUT_RUNNING,
	    .offered = 194,
	    .updated = 800,
	    .failed = 51,
	    .silent = 2};
	struct arena arena;
	unsigned more = 0;

	(void)state;
	arena_init(&arena, 1 << 16);
	assert_true(rollout_guard(&r, NOW, &arena, &s));
	rollout_forgive(&s);
	s.status = ROLLOUT_RUNNING;
	for (; !rollout_guard(&r, NOW, &arena, &s); more++)
		rollout_count(&s, OUTCOME_OFFERED, OUTCOME_FAILED);
	/* 5 % of the 194 whose outcome was not known are 9.7. */
	assert_int_equal(more, 10);
	arena_clear(&arena);
}

/* Failures that a resume has accepted and that take the version later hide no new ones. */
static void
guard_after_mending(void **state)
{
	struct rollout r = {.serial = 1, .failure_limit = 5, .failure_least = 10};
	struct rollout_state s = {
	    .serial = 1, .status = ROLLOUT_RUNNING, .offered = 100, .failed = 50};
	struct arena arena;
	unsigned more = 0;

	(void)state;
	arena_init(&arena, 1 << 16);
	assert_true(rollout_guard(&r, NOW, &arena, &s));
	rollout_forgive(&s);
	s.status = ROLLOUT_RUNNING;
	for (unsigned i = 0; i < 50; i++)
		rollout_count(&s, OUTCOME_FAILED, OUTCOME_UPDATED);
	assert_false(rollout_guard(&r, NOW, &arena, &s));
	for (; !rollout_guard(&r, NOW, &arena, &s); more++)
		rollout_count(&s, OUTCOME_OFFERED, OUTCOME_SILENT);
	assert_int_equal(more, 6);
	arena_clear(&arena);
}

static void
guard_says_why(void **state)
{
	struct rollout r = {.serial = 1, .failure_limit = 5, .failure_least = 10};
	struct rollout_state s = {
	    .status = ROLLOUT_RUNNING, .offered = 90, .failed = 12};
	struct arena arena;

	(void)state;
	arena_init(&arena, 1 << 16);
	assert_true(rollout_guard(&r, NOW, &arena, &s));
	assert_string_equal(s.why, "paused itself: 12 of 102 gateways that were "
				   "offered it came back without it "
				   "or not at all (11.8 %, the limit is 5 %)");
	assert_false(rollout_guard(&r, NOW, &arena, &s));
	arena_clear(&arena);
	/* Without memory it pauses with fewer words. */
	arena_init(&arena, 0);
	s.status = ROLLOUT_RUNNING;
	assert_true(rollout_guard(&r, NOW, &arena, &s));
	assert_int_equal(s.status, ROLLOUT_PAUSED);
	assert_string_equal(s.why, "too many failures");
	arena_clear(&arena);
}

static void
leases_last(void **state)
{
	struct rollout r = {.serial = 1, .minimum_rate = 1000};

	(void)state;
	assert_int_equal(rollout_lease_until(&r, 80000000, NOW, 5), NOW + 80001);
	assert_int_equal(rollout_lease_until(NULL, 80000000, NOW, 20000), NOW + 4001);
	assert_int_equal(rollout_lease_until(NULL, 10240, NOW, 0), NOW + 2);
	assert_int_equal(rollout_lease_until(&r, 1, NOW, 5), NOW + 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(audience),
	    cmocka_unit_test(places_are_even),
	    cmocka_unit_test(orders_differ),
	    cmocka_unit_test(places_are_for_ever),
	    cmocka_unit_test(steps_begin_when_due),
	    cmocka_unit_test(steps_wait),
	    cmocka_unit_test(clock_is_set_back),
	    cmocka_unit_test(counts_add_up),
	    cmocka_unit_test(guard_at_its_limit),
	    cmocka_unit_test(guard_after_a_resume),
	    cmocka_unit_test(guard_after_mending),
	    cmocka_unit_test(guard_says_why),
	    cmocka_unit_test(leases_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
