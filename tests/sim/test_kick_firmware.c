/*
 * A Kickstarter and its firmware over weeks of virtual time: whatever operators do with
 * images, releases, channels and roll-outs, and whatever breaks, it downloads each new image
 * once, never in a loop, and never waits for a human.
 */
#include "tests/lib/kick_images.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "tests/sim/kickstarter.h"

static struct kick_world world;
static struct kick_device device;
static struct span one, two;
static uint64_t image_one, release_one, release_two, channel, rollout;

static void
set(struct fixture *f, const char *field, const char *text)
{
	worker(f)->now = world.now;
	done(f, set_field(f, &gateway_kind, "kick-1", field, text));
}

/* It is in channel beta, which has nothing yet. */
static int
begin(void **state)
{
	struct fixture *f;

	fixture_memory(state);
	f = *state;
	memset(&world, 0, sizeof world);
	world.now = NOW;
	clock_set(NOW);
	world.host = "gh.example.com:443";
	world.server = (struct kick_server){.data = &f->data,
	    .policy = {"", "", "stable", ""},
	    .write_wait_ms = 1000,
	    .images = image_cache_new()};
	arena_init(&world.arena, 16 << 20);
	add_shipped_plans(f);
	add_gateway(f, "kick-1", "58A0CBFFFE800001");
	set(f, "kickstarter", "true");
	set(f, "gateway_server_address", "lns.example.com");
	set(f, "frequency_plan_ids", "EU_863_870");
	set(f, "lbs_lns_secret.value", "lns/key");
	set(f, "update_channel", "beta");
	set(f, "auto_update", "true");
	kick_device_init(&device, "kick-1", NOW);
	one = hex_image(&f->arena, 1, 1000);
	two = hex_image(&f->arena, 2, 2000);
	image_one = add_image(f, "img-1", FIRMWARE_KICKSTARTER, one);
	release_one = add_release(f, "one", image_one);
	release_two =
	    add_release(f, "two", add_image(f, "img-2", FIRMWARE_KICKSTARTER, two));
	channel = set_channel(f, "beta", 0);
	rollout = add_rollout(f, "roll-1", channel, release_two);
	return 0;
}

static int
end(void **state)
{
	arena_clear(&world.arena);
	image_cache_free(world.server.images);
	clock_set(-1);
	return fixture_end(state);
}

/* Some days pass: it runs with these bytes, and this many downloads were needed. */
static void
after(unsigned days, struct span bytes, unsigned downloads)
{
	char name[BLOB_NAME + 1] = "";

	kick_world_run(&world, &device, world.now + days * DAY + HOUR);
	if (device.step != KICK_RUNS)
		fail_msg("it does not run: %s", device.last);
	if (bytes.len > 0)
		image_name(bytes, name);
	assert_string_equal(device.memory.checksum, name);
	assert_int_equal(device.downloads, downloads);
	assert_int_equal(device.updates, downloads);
	assert_int_equal(device.reboots, 0);
	assert_int_equal(device.bad, 0);
	assert_int_equal(device.activations, device.activations > 0);
	kick_device_forget(&device);
}

static void
test_nothing(void **state)
{
	(void)state;
	after(3, span_of(NULL, 0), 0);
}

static void
test_replaced(void **state)
{
	struct fixture *f = *state;

	set_channel(f, "beta", release_one);
	after(1, one, 1);
	after(10, one, 0);
	set_channel(f, "beta", release_two);
	after(1, two, 1);
	after(10, two, 0);
	set_channel(f, "beta", release_one);
	after(3, one, 1);
	set_channel(f, "beta", 0);
	after(3, one, 0);
}

static void
test_rollout(void **state)
{
	struct fixture *f = *state;

	set_channel(f, "beta", release_one);
	after(1, one, 1);
	set_rollout(f, rollout, ROLLOUT_RUNNING, 0);
	after(2, one, 0);
	set_rollout(f, rollout, ROLLOUT_RUNNING, 100);
	after(1, two, 1);
	after(5, two, 0);
	assert_int_equal(rollout_now(f, rollout).offered, 1);
	/* It stays through a pause, for which it would have to be flashed twice. */
	set_rollout(f, rollout, ROLLOUT_PAUSED, 100);
	after(3, two, 0);
	set_rollout(f, rollout, ROLLOUT_RUNNING, 100);
	after(3, two, 0);
	set_rollout(f, rollout, ROLLOUT_ABORTED, 100);
	after(3, one, 1);
	set_rollout(f, rollout, ROLLOUT_RUNNING, 100);
	after(3, two, 1);
	set_channel(f, "beta", release_two);
	set_rollout(f, rollout, ROLLOUT_FINISHED, 100);
	after(10, two, 0);
	assert_int_equal(rollout_now(f, rollout).offered, 1);
}

/* Roll-outs that are over do not push out one that is under way. */
static void
test_behind_many(void **state)
{
	struct fixture *f = *state;
	uint64_t other;
	char id[24];

	set_channel(f, "beta", release_one);
	set_rollout(f, rollout, ROLLOUT_RUNNING, 100);
	for (unsigned i = 0; i < 20; i++) {
		snprintf(id, sizeof id, "over-%u", i);
		other = add_rollout(f, id, channel, release_one);
		set_rollout(f, other, i % 2 ? ROLLOUT_ABORTED : ROLLOUT_FINISHED, 100);
	}
	after(3, two, 1);
}

/* A pause before it was reached. */
static void
test_paused_early(void **state)
{
	struct fixture *f = *state;

	set_channel(f, "beta", release_one);
	set_rollout(f, rollout, ROLLOUT_PAUSED, 100);
	after(3, one, 1);
	assert_int_equal(rollout_now(f, rollout).offered, 0);
}

static void
test_settings(void **state)
{
	struct fixture *f = *state;

	set_channel(f, "beta", release_one);
	after(1, one, 1);
	set(f, "auto_update", "false");
	set_channel(f, "beta", release_two);
	after(3, one, 0);
	set(f, "auto_update", "true");
	after(1, two, 1);
	set(f, "update_channel", "none");
	set_channel(f, "beta", release_one);
	after(3, two, 0);
	set(f, "update_channel", "elsewhere");
	after(3, two, 0);
	set(f, "update_channel", "https://fw.example.com/v1");
	after(3, two, 0);
	set(f, "update_channel", "");
	set_channel(f, "stable", release_one);
	after(1, one, 1);
	after(9, one, 0);
}

/* At its worst moment: between its two requests. */
static void
test_removed_in_between(void **state)
{
	struct fixture *f = *state;

	after(1, span_of(NULL, 0), 0);
	set_channel(f, "beta", release_one);
	while (device.step != KICK_DOWNLOADS)
		kick_world_run(&world, &device, world.now + 1);
	set_channel(f, "beta", release_two);
	remove_image(f, image_one);
	kick_world_run(&world, &device, world.now + 10);
	assert_int_equal(device.updates, 1);
	after(1, two, 2);
	after(5, two, 0);
	/* The file as well: it keeps what it has. */
	release_one =
	    add_release(f, "three", add_image(f, "img-3", FIRMWARE_KICKSTARTER, one));
	set_channel(f, "beta", release_one);
	while (device.step != KICK_DOWNLOADS)
		kick_world_run(&world, &device, world.now + 1);
	assert_int_equal(unlink(image_path(f, one)), 0);
	kick_world_run(&world, &device, world.now + HOUR);
	assert_int_equal(device.step, KICK_RUNS);
	assert_int_equal(device.downloads, 1);
	assert_int_equal(device.updates, 0);
	kick_device_forget(&device);
	after(5, two, 0);
	add_image(f, "img-4", FIRMWARE_KICKSTARTER, one);
	after(1, one, 1);
}

static void
test_damaged(void **state)
{
	struct fixture *f = *state;

	set_channel(f, "beta", release_one);
	assert_int_equal(truncate(image_path(f, one), 1000), 0);
	after(5, span_of(NULL, 0), 0);
	add_image(f, "img-3", FIRMWARE_KICKSTARTER, one);
	after(5, one, 1);
}

static void
test_weather(void **state)
{
	static const enum kick_weather all[] = {
	    WEATHER_UNREACHABLE, WEATHER_NOT_READY, WEATHER_GATEWAY};
	struct fixture *f = *state;

	set_channel(f, "beta", release_one);
	after(1, one, 1);
	for (size_t i = 0; i < COUNT(all); i++) {
		world.weather = all[i];
		set_channel(f, "beta", i % 2 == 0 ? release_two : release_one);
		kick_world_run(&world, &device, world.now + DAY + HOUR);
		assert_int_equal(device.downloads, 0);
		assert_int_equal(device.reboots, 0);
		world.weather = WEATHER_FINE;
		kick_device_forget(&device);
		after(2, i % 2 == 0 ? two : one, 1);
	}
}

/* Each day another image, in all the ways in which it can come. */
static void
test_months(void **state)
{
	struct fixture *f = *state;
	struct span bytes = one;
	uint64_t release = release_one, before;
	char id[20];

	set_channel(f, "beta", release);
	after(1, one, 1);
	for (unsigned day = 0; day < 60; day++) {
		before = release;
		bytes = hex_image(&f->arena, 100 + day, 50 + day);
		snprintf(id, sizeof id, "img-day-%u", day);
		release =
		    add_release(f, id, add_image(f, id, FIRMWARE_KICKSTARTER, bytes));
		if (day % 2 == 0) {
			set_channel(f, "beta", release);
			after(1, bytes, 1);
			continue;
		}
		set_channel(f, "beta", before);
		rollout = add_rollout(f, id, channel, release);
		set_rollout(f, rollout, ROLLOUT_RUNNING, 100);
		after(1, bytes, 1);
		set_channel(f, "beta", release);
		set_rollout(f, rollout, ROLLOUT_FINISHED, 100);
		after(1, bytes, 0);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_nothing),
	    TEST(test_replaced),
	    TEST(test_rollout),
	    TEST(test_behind_many),
	    TEST(test_paused_early),
	    TEST(test_settings),
	    TEST(test_removed_in_between),
	    TEST(test_damaged),
	    TEST(test_weather),
	    TEST(test_months),
	};

	log_open("test", LOG_NOWHERE, LOG_NOTE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
