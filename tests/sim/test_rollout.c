/*
 * Roll-outs over weeks of virtual time: who gets it, in which numbers, what stops it, and
 * that neither several processes at a time nor their sudden ends make it go out too often.
 */
#include "tests/sim/rollout_world.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "tests/fault/store_tools.h"

#define FLEET 10000

/* ---- counting --------------------------------------------------------------------------------- */

static uint64_t
that_got_it(const struct world *w)
{
	uint64_t n = 0;

	for (size_t i = 0; i < w->count; i++)
		n += w->devices[i].got > 0;
	return n;
}

static uint64_t
downloads(const struct world *w)
{
	uint64_t n = 0;

	for (size_t i = 0; i < w->count; i++)
		n += w->devices[i].got;
	return n;
}

static void
all_are(struct world *w, enum device_kind kind)
{
	for (size_t i = 0; i < w->count; i++)
		w->devices[i].kind = kind;
}

/* The numbers of status add up to the audience, and to what happened. */
static void
assert_status(struct world *w)
{
	struct rollout_look look;
	uint64_t sum = 0, updated = 0;

	world_done(w, manage_rollout_status(world_manage(w), "out", NULL, NULL, &look));
	for (int i = 0; i < PLACES; i++)
		sum += look.places[i];
	assert_int_equal(look.audience, w->count);
	assert_int_equal(sum, w->count);
	assert_int_equal(look.places[PLACE_OFFERED], look.state.offered);
	assert_int_equal(look.places[PLACE_UPDATED], look.state.updated);
	assert_int_equal(look.places[PLACE_FAILED], look.state.failed);
	assert_int_equal(look.places[PLACE_SILENT], look.state.silent);
	assert_int_equal(rollout_ever_offered(&look.state), that_got_it(w));
	for (size_t i = 0; i < w->count; i++)
		updated += w->devices[i].updated;
	assert_true(look.state.updated <= updated);
}

/* ---- shares -------------------------------------------------------------------------------------- */

static void
assert_share(const struct world *w, double percentage)
{
	double p = percentage / 100, n = (double)w->count, got = (double)that_got_it(w);

	if (fabs(got - n * p) > 4 * sqrt(n * p * (1 - p)))
		fail_msg("%g %%: %g of %g", percentage, got, n);
}

static void
shares_grow(void **state)
{
	static const double steps[] = {1, 10, 50, 100};
	struct world w;
	uint64_t before = 0;

	(void)state;
	world_begin(&w, FLEET, 1000);
	world_rollout(&w, NULL, 0);
	world_run(&w, 1);
	assert_int_equal(that_got_it(&w), 0);
	for (size_t i = 0; i < COUNT(steps); i++) {
		bool *had = calloc(w.count, 1);

		assert_non_null(had);
		for (size_t j = 0; j < w.count; j++)
			had[j] = w.devices[j].got > 0;
		world_act(&w, i == 0 ? ROLLOUT_START : ROLLOUT_STEP, steps[i]);
		world_run(&w, 1);
		assert_share(&w, steps[i]);
		assert_status(&w);
		assert_true(that_got_it(&w) > before);
		before = that_got_it(&w);
		/* It is over with this step: the next day brings nobody anything. */
		world_run(&w, 1);
		assert_int_equal(that_got_it(&w), before);
		assert_int_equal(world_state(&w).updated, before);
		assert_int_equal(downloads(&w), before);
		for (size_t j = 0; j < w.count; j++)
			assert_true(!had[j] || w.devices[j].got == 1);
		free(had);
	}
	assert_int_equal(before, FLEET);
	world_act(&w, ROLLOUT_FINISH, 0);
	world_run(&w, 1);
	assert_int_equal(downloads(&w), FLEET);
	world_end(&w);
}

/* By the timetable 1 → 10 → 100, 48 hours each, without anybody's doing. */
static void
timetable_runs(void **state)
{
	struct edit edits[] = {
	    {"steps", span_str("[{\"percentage\":1,\"after\":0},"
			       "{\"percentage\":10,\"after\":172800},"
			       "{\"percentage\":100,\"after\":172800}]")}};
	static const double shares[] = {1, 1, 10, 10, 100, 100};
	struct world w;

	(void)state;
	world_begin(&w, 1000, 1000);
	world_rollout(&w, edits, COUNT(edits));
	world_act(&w, ROLLOUT_START, 0);
	for (size_t day = 0; day < COUNT(shares); day++) {
		world_run(&w, 1);
		assert_share(&w, shares[day]);
	}
	assert_int_equal(world_state(&w).updated, 1000);
	world_end(&w);
}

/* ---- what stops it --------------------------------------------------------------------------------- */

static void
failures_pause_it(void **state)
{
	struct world w;
	struct rollout_state s;
	uint64_t offered;

	(void)state;
	world_begin(&w, FLEET, 1000);
	all_are(&w, IGNORES);
	world_rollout(&w, NULL, 0);
	world_act(&w, ROLLOUT_START, 10);
	world_run(&w, 1);
	offered = that_got_it(&w);
	s = world_state(&w);
	assert_int_equal(s.status, ROLLOUT_RUNNING);
	assert_int_equal(s.offered, offered);
	world_run(&w, 1);
	s = world_state(&w);
	assert_int_equal(s.status, ROLLOUT_PAUSED);
	/* The others come back later that day: their failures count, but pause nothing. */
	assert_int_equal(s.failed, offered);
	assert_int_equal(that_got_it(&w), offered);
	/* Those who came back before the limit was exceeded had a second chance. */
	assert_int_equal(downloads(&w), offered + offered / 20);
	world_run(&w, 3);
	assert_int_equal(downloads(&w), offered + offered / 20);
	assert_status(&w);
	/* Resumed: what failed is accepted, three tries each are not exceeded, nothing more
	 * fails, since all have failed. */
	world_act(&w, ROLLOUT_RESUME, 0);
	world_run(&w, 5);
	assert_int_equal(world_state(&w).status, ROLLOUT_RUNNING);
	assert_int_equal(downloads(&w), 3 * offered);
	assert_status(&w);
	/* At 100 % it pauses itself again, after the first day. */
	world_act(&w, ROLLOUT_STEP, 100);
	world_run(&w, 1);
	assert_int_equal(that_got_it(&w), FLEET);
	world_run(&w, 1);
	assert_int_equal(world_state(&w).status, ROLLOUT_PAUSED);
	/* A right image by another way: they take it after all, and are counted so. */
	for (size_t i = 0; i < w.count; i++)
		w.devices[i].updated = true;
	world_run(&w, 1);
	assert_int_equal(world_state(&w).updated, FLEET);
	assert_status(&w);
	world_end(&w);
}

static void
silence_pauses_it(void **state)
{
	struct rollout_state s;
	struct world w;

	(void)state;
	world_begin(&w, 1000, 1000);
	all_are(&w, DIES);
	world_rollout(&w, NULL, 0);
	world_act(&w, ROLLOUT_START, 50);
	world_run(&w, 1);
	assert_share(&w, 50);
	world_act(&w, ROLLOUT_STEP, 60);
	world_run(&w, 1);
	assert_share(&w, 60);
	assert_int_equal(world_state(&w).silent, 0);
	/* Two days after the first offers: the next offer finds out. */
	world_act(&w, ROLLOUT_STEP, 100);
	world_run(&w, 1);
	s = world_state(&w);
	assert_int_equal(s.status, ROLLOUT_PAUSED);
	assert_true(s.silent > 30);
	assert_true(that_got_it(&w) < 650);
	world_end(&w);
}

static void
abort_ends_it(void **state)
{
	struct world w;
	uint64_t before;

	(void)state;
	world_begin(&w, 1000, 1000);
	world_rollout(&w, NULL, 0);
	world_act(&w, ROLLOUT_START, 50);
	world_run(&w, 1);
	world_act(&w, ROLLOUT_PAUSE, 0);
	before = downloads(&w);
	world_run(&w, 1);
	assert_int_equal(downloads(&w), before);
	assert_int_equal(world_state(&w).updated, before);
	world_act(&w, ROLLOUT_RESUME, 0);
	world_act(&w, ROLLOUT_STEP, 60);
	world_run(&w, 1);
	assert_true(downloads(&w) > before);
	before = downloads(&w);
	world_act(&w, ROLLOUT_STEP, 100);
	world_act(&w, ROLLOUT_ABORT, 0);
	world_run(&w, 3);
	assert_int_equal(downloads(&w), before);
	assert_int_equal(world_state(&w).updated, before);
	world_end(&w);
}

/* ---- several processes --------------------------------------------------------------------------- */

#define RACERS 4

/* A worker by itself: its own stores. */
struct worker {
	struct world *w;
	unsigned seed;
	int told; /* where it says that it has polled */
};

static void
poll_all(struct world *w, unsigned seed)
{
	for (size_t i = 0; i < w->count; i++)
		world_poll(w, (i + seed * w->count / RACERS) % w->count);
}

static int
work_once(void *arg)
{
	struct worker *worker = arg;

	world_open(worker->w);
	poll_all(worker->w, worker->seed);
	world_close(worker->w);
	return 0;
}

static void
race(struct world *w)
{
	pid_t pids[RACERS];

	world_close(w);
	for (unsigned i = 0; i < RACERS; i++)
		pids[i] = tools_spawn(work_once, &(struct worker){w, i, -1});
	for (unsigned i = 0; i < RACERS; i++)
		assert_int_equal(tools_wait(pids[i]), 0);
	world_open(w);
}

/* Five downloads of 1,600 seconds at a time, whoever offers them. */
static void
leases_hold(void **state)
{
	struct edit edits[] = {{"downloads", span_str("5")},
	    {"minimum_rate", span_str("64")}, {"attempts", span_str("1")},
	    {"failure_limit", span_str("100")}};
	struct world w;

	(void)state;
	world_begin(&w, 200, 64 * 1600);
	all_are(&w, IGNORES);
	world_rollout(&w, edits, COUNT(edits));
	world_act(&w, ROLLOUT_START, 100);
	for (unsigned round = 1; round <= 4; round++) {
		race(&w);
		assert_int_equal(downloads(&w), 5 * round);
		assert_int_equal(that_got_it(&w), 5 * round);
		w.now += 1600;
		race(&w);
		assert_int_equal(downloads(&w), 5 * round);
		w.now += 1;
	}
	assert_status(&w);
	world_end(&w);
}

/* ---- sudden ends ----------------------------------------------------------------------------------- */

#define KILLS 100
#define POLLS_BEFORE 5 /* that a worker has done before it is killed in a later one */

static int
work_for_ever(void *arg)
{
	struct worker *worker = arg;
	struct world *w = worker->w;

	world_open(w);
	for (;;) {
		size_t i = (size_t)rand_r(&worker->seed) % w->count;

		w->now++;
		world_poll(w, i);
		tools_tell(worker->told);
	}
	return 0;
}

static void
wait_a_little(unsigned *seed)
{
	struct timespec moment = {.tv_nsec = 2000000 + rand_r(seed) % 15000000};

	nanosleep(&moment, NULL);
}

/* A worker that is killed at any moment. */
static void
work_and_die(struct world *w, unsigned number, unsigned *seed)
{
	int pipes[2];
	pid_t pid;

	assert_int_equal(pipe(pipes), 0);
	pid = tools_spawn(work_for_ever, &(struct worker){w, number, pipes[1]});
	close(pipes[1]);
	for (int i = 0; i < POLLS_BEFORE; i++)
		tools_hear(pipes[0]);
	wait_a_little(seed);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(tools_wait(pid), 1000 + SIGKILL);
	close(pipes[0]);
}

static void
assert_offers(struct world *w, unsigned most)
{
	for (size_t i = 0; i < w->count; i++) {
		struct rollout_offer offer = world_offer(w, i);
		const struct device *d = &w->devices[i];

		/* The first byte never left before the offer was in the ledger. */
		if (d->got > offer.offers || offer.offers > most || d->after > 0)
			fail_msg("device %zu: got %u of %u offers, %u after", i, d->got,
			    (unsigned)offer.offers, d->after);
	}
}

static void
kills_lose_nothing(void **state)
{
	struct edit edits[] = {{"failure_limit", span_str("100")},
	    {"downloads", span_str("1000")}, {"minimum_rate", span_str("10240")}};
	struct rollout_state s;
	struct world w;
	unsigned seed = 5;
	uint64_t takers = 0, offered = 0;

	(void)state;
	world_begin(&w, 60, 1000);
	for (size_t i = 0; i < w.count; i++)
		w.devices[i].kind = i % 3 ? IGNORES : TAKES;
	world_rollout(&w, edits, COUNT(edits));
	world_act(&w, ROLLOUT_START, 0.5);
	for (int i = 0; i < KILLS; i++) {
		/* More come into it all the while, so that there is always something going
		 * on. */
		world_act(&w, ROLLOUT_STEP, 1 + i);
		world_close(&w);
		work_and_die(&w, (unsigned)i, &seed);
		world_open(&w);
		if (i % 20 == 19)
			assert_offers(&w, ROLLOUT_ATTEMPTS);
	}
	assert_true(downloads(&w) > w.count / 2);
	/* In peace: everybody comes until nothing more is offered. */
	for (int i = 0; i < 5; i++) {
		w.now += DAY;
		poll_all(&w, 0);
	}
	assert_offers(&w, ROLLOUT_ATTEMPTS);
	for (size_t i = 0; i < w.count; i++) {
		struct rollout_offer offer = world_offer(&w, i);

		takers += w.devices[i].updated;
		offered += offer.offers > 0;
		assert_int_equal(offer.outcome,
		    w.devices[i].updated ? OUTCOME_UPDATED : OUTCOME_FAILED);
		assert_true(
		    w.devices[i].kind == TAKES || offer.offers == ROLLOUT_ATTEMPTS);
	}
	s = world_state(&w);
	assert_int_equal(s.updated, takers);
	assert_int_equal(s.failed, w.count - takers);
	assert_int_equal(s.offered + s.silent, 0);
	assert_int_equal(offered, w.count);
	world_end(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(shares_grow),
	    cmocka_unit_test(timetable_runs),
	    cmocka_unit_test(failures_pause_it),
	    cmocka_unit_test(silence_pauses_it),
	    cmocka_unit_test(abort_ends_it),
	    cmocka_unit_test(leases_hold),
	    cmocka_unit_test(kills_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
