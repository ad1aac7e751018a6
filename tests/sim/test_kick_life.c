/*
 * A Kickstarter over days of virtual time: through everything that operators do to it, and
 * through faults. It must never wait for a human unless Gatehouse said so before, and never
 * be sent an answer that makes it reboot.
 */
#include <stdio.h>

#include "base/clock.h"
#include "manage/activation.h"
#include "manage/seal.h"
#include "tests/sim/kick_stage.h"

/* ---- operators' actions ------------------------------------------------------------------------ */

static void
test_idle_weeks(void **state)
{
	(void)state;
	settle();
	run(14 * DAY);
	assert_int_equal(device.starts, 14);
	assert_int_equal(device.requests, 14 * 3);
	assert_int_equal(device.activations, 0);
	runs_with("lns/key", "lns.example.com");
}

static void
test_other_settings(void **state)
{
	struct fixture *f = *state;

	settle();
	set_lns(f, "mqtt_address", "mqtt://new.example.com");
	run(DAY + HOUR);
	runs_with("lns/key", "new.example.com");
	assert_int_equal(device.memory.broker.port, 1883);
	set(f, "lns", "");
	set(f, "gateway_server_address", "other.example.com");
	set(f, "frequency_plan_ids", "US_902_928_FSB_2");
	set(f, "update_channel", "beta");
	set(f, "auto_update", "true");
	set(f, "description", "\"quotes\", \\ and \xc3\xa9 on\nthree\nlines");
	set(f, "name", "router");
	set(f, "groups", "roof,north");
	run(DAY + HOUR);
	runs_with("lns/key", "other.example.com");
	assert_string_equal(device.memory.frequency_plan, "US_902_928_FSB_2");
	assert_string_equal(
	    device.memory.firmware_url, "https://gh.example.com/api/v2/firmware/beta");
	assert_true(device.memory.auto_update);
	policy.public_url = "https://elsewhere.example.com:8443";
	world.server.policy = policy;
	run(DAY + HOUR);
	runs_with("lns/key", "other.example.com");
	assert_string_equal(device.memory.plan_url,
	    "https://elsewhere.example.com:8443/api/v2/frequency-plans/"
	    "US_902_928_FSB_2");
}

static void
test_lns_key_changes(void **state)
{
	struct fixture *f = *state;

	settle();
	set(f, "lbs_lns_secret.value", "second");
	a_day("second");
	set(f, "lbs_lns_secret.value", "");
	run(DAY + HOUR);
	assert_int_equal(device.activations, 1);
	runs_with(NULL, "lns.example.com");
	assert_true(strncmp(device.memory.key, "NNSXS.", 6) == 0);
	/* Its own key stays good when another one is entered. */
	set(f, "lbs_lns_secret.value", "third");
	run(DAY + HOUR);
	assert_int_equal(device.activations, 0);
	runs_with(NULL, "lns.example.com");
}

/* The API key that its record points at. */
static const char *
key_id(struct fixture *f)
{
	struct activation_status *s = arena_zalloc(&f->arena, 1, sizeof *s);

	done(f, activation_status(operator(f), "kick-1", s));
	assert_true(s->has_key);
	return s->key.key_id;
}

static void
set_key(struct fixture *f, const char *field, const char *text)
{
	struct edit edit = {field, span_str(text)};
	const char *id = key_id(f);

	done(f, manage_set(operator(f), &key_kind, id, &edit, 1));
}

static void
test_api_key_changes(void **state)
{
	struct edit few = {"rights", span_str("RIGHT_GATEWAY_LINK")};
	struct fixture *f = *state;
	struct key_made made;
	const char *id;

	set(f, "lbs_lns_secret.value", "");
	run(HOUR);
	runs_with(NULL, "lns.example.com");
	done(f, manage_key_rotate(operator(f), "kick-1", &made));
	a_day(made.plain);
	id = key_id(f);
	done(f, manage_key_revoke(operator(f), id));
	run(DAY + HOUR);
	assert_int_equal(device.activations, 1);
	assert_string_not_equal(device.memory.key, made.plain);
	runs_with(NULL, "lns.example.com");
	/* It ends by itself, two days later. */
	set_key(f, "expires_at", "+2d");
	run(DAY + HOUR);
	assert_int_equal(device.activations, 0);
	run(2 * DAY);
	assert_int_equal(device.activations, 1);
	runs_with(NULL, "lns.example.com");
	/* Without what it needs it would be locked out. */
	refused(f, manage_set(operator(f), &key_kind, key_id(f), &few, 1), E_INVALID,
	    "are too few");
	run(DAY + HOUR);
	assert_int_equal(device.activations, 0);
	runs_with(NULL, "lns.example.com");
}

static void
make_key(struct fixture *f, bool cups, const char *expires)
{
	struct key_request request = {.gateway = "kick-1", .cups = cups};
	struct key_made made = {0};

	assert_true(
	    clock_parse(span_str(expires), &request.expires_at) || expires[0] == '\0');
	done(f, manage_key_create(operator(f), &request, &made));
}

/* NOW is the beginning of 2030. */
static void
test_keys_that_expire(void **state)
{
	struct fixture *f = *state;

	set(f, "lbs_lns_secret.value", "");
	/* A window that is open stays open until it is used. */
	make_key(f, true, "2030-01-03T00:00:00Z");
	make_key(f, false, "2030-01-09T00:00:00Z");
	run(HOUR);
	assert_int_equal(device.activations, 1);
	runs_with(NULL, "lns.example.com");
	/* What it was handed ends, though nobody opens another window. */
	run(3 * DAY);
	assert_int_equal(device.activations, 1);
	runs_with(NULL, "lns.example.com");
	run(10 * DAY);
	assert_int_equal(device.activations, 0);
	runs_with(NULL, "lns.example.com");
}

/* The earliest end counts, whichever key was entered last. */
static void
test_several_ends(void **state)
{
	struct fixture *f = *state;
	struct activation_status *s = arena_zalloc(&f->arena, 1, sizeof *s);

	settle();
	make_key(f, false, "2030-01-03T00:00:00Z");
	make_key(f, false, "2030-01-09T00:00:00Z");
	done(f, activation_status(operator(f), "kick-1", s));
	assert_int_equal(s->decision.window, WINDOW_EARLY);
	assert_int_equal(s->gateway.activation_from, NOW + 2 * DAY);
	/* A window that is opened for a day does not take the place of that one. */
	done(f, activation_open(operator(f), "kick-1", world.now + DAY));
	assert_non_null(strstr(strbuf_str(&f->said), "the window opens again then"));
	done(f, activation_status(operator(f), "kick-1", s));
	assert_int_equal(s->decision.window, WINDOW_OPEN);
	run(DAY);
	done(f, activation_status(operator(f), "kick-1", s));
	assert_int_equal(s->decision.window, WINDOW_EARLY);
	run(DAY);
	done(f, activation_status(operator(f), "kick-1", s));
	assert_int_equal(s->decision.window, WINDOW_OPEN);
	/* Nor does one that would be shut when the second key ends. */
	done(f, activation_open(operator(f), "kick-1", world.now + 30 * DAY));
	run(40 * DAY);
	done(f, activation_status(operator(f), "kick-1", s));
	assert_int_equal(s->decision.window, WINDOW_OPEN);
}

/* A device that comes from elsewhere, with an old key. */
static void
test_old_registration(void **state)
{
	struct fixture *f = *state;

	set(f, "lbs_lns_secret.value", "");
	set(f, "attributes", "key=old-key");
	snprintf(device.memory.key, sizeof device.memory.key, "old-key");
	run(HOUR);
	assert_int_equal(device.activations, 0);
	runs_with("old-key", "lns.example.com");
	set(f, "attributes", "key=other,owner=me");
	run(DAY + HOUR);
	assert_int_equal(device.activations, 1);
	runs_with(NULL, "lns.example.com");
	set(f, "attributes", "");
	set(f, "lbs_lns_secret.value", "lns/key");
	run(DAY + HOUR);
	assert_int_equal(device.activations, 0);
}

static void
test_windows(void **state)
{
	struct fixture *f = *state;

	settle();
	done(f, activation_close(operator(f), "kick-1"));
	a_day("lns/key");
	done(f, activation_open(operator(f), "kick-1", 0));
	a_day("lns/key");
	done(f, activation_close(operator(f), "kick-1"));
	/* The end of a key opens it by itself. */
	set(f, "lbs_lns_secret.value", "second");
	a_day("second");
	set(f, "kickstarter", "false");
	a_day("second");
	set(f, "kickstarter", "true");
	a_day("second");
}

static void
test_deleted_and_restored(void **state)
{
	struct fixture *f = *state;

	settle();
	done(f, manage_delete(operator(f), &gateway_kind, "kick-1"));
	assert_non_null(strstr(strbuf_str(&f->said), "waits for a human"));
	run(12 * HOUR);
	done(f, manage_gateway_restore(operator(f), "kick-1"));
	a_day("lns/key");
	/* As it was said: too late. */
	done(f, manage_delete(operator(f), &gateway_kind, "kick-1"));
	run(DAY + HOUR);
	assert_int_equal(device.step, KICK_STUCK);
	assert_int_equal(device.reboots, 0);
	done(f, manage_gateway_restore(operator(f), "kick-1"));
	assert_non_null(strstr(strbuf_str(&f->said), "window"));
	kick_device_restart(&device, "kick-1", world.now);
	run(HOUR);
	runs_with("lns/key", "lns.example.com");
}

static void
test_sealing_keys(void **state)
{
	struct fixture *f = *state;
	struct seal_rotating how = {.no_new_key = false};
	struct seal_rotated rotated;
	struct edit edit = {"lbs_lns_secret.value", span_str("lns/key")};

	settle();
	done(f, manage_seal_rotate(operator(f), &how, &rotated));
	a_day("lns/key");
	/* Entered again, the same key is no other one. */
	done(f, manage_set(operator(f), &gateway_kind, "kick-1", &edit, 1));
	a_day("lns/key");
	assert_int_equal(device.activations, 0);
}

/* ---- faults ----------------------------------------------------------------------------------- */

/* Nothing that it is not told to do more than every five seconds, and it comes back. */
static void
weather(enum kick_weather w)
{
	world.weather = w;
	run(3 * HOUR + DAY);
	assert_int_not_equal(device.step, KICK_STUCK);
	assert_int_equal(device.reboots, 0);
	assert_int_equal(device.activations, 0);
	assert_true(device.requests < (3 * HOUR + DAY) / 5 + 10);
	world.weather = WEATHER_FINE;
	kick_device_forget(&device);
	a_day("lns/key");
}

static void
test_outages(void **state)
{
	(void)state;
	settle();
	weather(WEATHER_UNREACHABLE);
	weather(WEATHER_NOT_READY);
}

/* The page of a web server whose program is not there cannot be read, but does no harm. */
static void
test_web_server_page(void **state)
{
	(void)state;
	settle();
	world.weather = WEATHER_GATEWAY;
	run(DAY + HOUR);
	assert_int_not_equal(device.step, KICK_STUCK);
	assert_int_equal(device.reboots, 0);
	world.weather = WEATHER_FINE;
	kick_device_forget(&device);
	a_day("lns/key");
}

static void
test_outage_at_activation(void **state)
{
	static const enum kick_weather all[] = {
	    WEATHER_UNREACHABLE, WEATHER_NOT_READY, WEATHER_GATEWAY};

	(void)state;
	for (size_t i = 0; i < COUNT(all); i++) {
		world.weather = all[i];
		run(HOUR);
		assert_int_equal(device.step, KICK_STARTS);
		assert_int_equal(device.reboots, 0);
		kick_device_forget(&device);
	}
	world.weather = WEATHER_FINE;
	settle();
}

/* Each makes the record incomplete; the device is put off, and comes back when it is mended. */
static void
test_incomplete(void **state)
{
	static const struct {
		const struct record_kind *kind;
		const char *id, *field, *bad, *good;
	} rows[] = {
	    {&gateway_kind, "kick-1", "frequency_plan_ids", "", "EU_863_870"},
	    {&gateway_kind, "kick-1", "frequency_plan_ids", "NOT_HERE", "EU_863_870"},
	    {&gateway_kind, "kick-1", "lns", "", "my-lns"},
	    {&lns_kind, "my-lns", "mqtt_address", "", "mqtts://lns.example.com:8883"},
	};
	struct fixture *f = *state;

	settle();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct edit edit = {rows[i].field, span_str(rows[i].bad)};

		done(f, manage_set(operator(f), rows[i].kind, rows[i].id, &edit, 1));
		run(DAY + HOUR);
		assert_int_equal(device.step, KICK_STARTS);
		assert_int_equal(device.reboots + device.bad, 0);
		edit.text = span_str(rows[i].good);
		done(f, manage_set(operator(f), rows[i].kind, rows[i].id, &edit, 1));
		kick_device_forget(&device);
		a_day("lns/key");
	}
}

static void
test_bad_defaults(void **state)
{
	static const struct kick_policy bad[] = {
	    {"", "https://h", "a b", ""},
	    {"", "HTTPS://h/v1", "stable", ""},
	    {"", "https://u@h/v1", "stable", ""},
	    {"", "", "stable", "https://[::1]"},
	    {"", "", "stable", "http://h:1:2"},
	};

	(void)state;
	settle();
	for (size_t i = 0; i < COUNT(bad); i++) {
		world.server.policy = bad[i];
		run(DAY + HOUR);
		assert_int_equal(device.step, KICK_STARTS);
		assert_int_equal(device.reboots + device.bad, 0);
		world.server.policy = policy;
		kick_device_forget(&device);
		a_day("lns/key");
	}
}

static void
test_no_sealing_keys(void **state)
{
	struct fixture *f = *state;
	const char *ring = fixture_path(f, "data/seal.keys"),
		   *away = fixture_path(f, "elsewhere");

	settle();
	fixture_close_ring(f);
	assert_int_equal(rename(ring, away), 0);
	run(DAY + HOUR);
	assert_int_equal(device.step, KICK_STARTS);
	assert_string_equal(device.memory.key, "lns/key");
	assert_int_equal(device.reboots + device.bad, 0);
	assert_int_equal(rename(away, ring), 0);
	data_reload_seal(&f->data);
	kick_device_forget(&device);
	a_day("lns/key");
}

/* Somebody tries keys for this gateway all day, and more from its own address. */
static void
test_throttled(void **state)
{
	struct kick_call call = {.id = BYTES("kick-1"),
	    .key = BYTES("guess"),
	    .device = true,
	    .origin = "https://gh.example.com",
	    .address = "192.0.2.1"};
	struct kick_exchange *x;
	struct strbuf out;

	(void)state;
	settle();
	strbuf_init(&out, 65536);
	for (int minute = 0; minute < 3000; minute++) {
		for (int i = 0; i < 40; i++) {
			x = arena_alloc(&world.arena, sizeof *x);
			kick_configure(
			    &world.server, &call, world.now, &world.arena, &out, x);
			assert_int_not_equal(x->err, E_OK);
			arena_reset(&world.arena);
		}
		run(60);
	}
	strbuf_clear(&out);
	assert_int_equal(device.activations, 0);
	runs_with("lns/key", "lns.example.com");
}

/* An activation whose answer got lost is the one thing that needs a human; it must not reboot
 * for ever. */
static void
test_lost_activation(void **state)
{
	struct fixture *f = *state;

	world.weather = WEATHER_LOST;
	run(60);
	world.weather = WEATHER_FINE;
	run(HOUR);
	assert_int_equal(device.step, KICK_STUCK);
	assert_true(device.reboots <= 2);
	done(f, activation_open(operator(f), "kick-1", 0));
	kick_device_restart(&device, "kick-1", world.now);
	kick_device_forget(&device);
	settle();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, stage_begin, stage_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_idle_weeks),
	    TEST(test_other_settings),
	    TEST(test_lns_key_changes),
	    TEST(test_api_key_changes),
	    TEST(test_keys_that_expire),
	    TEST(test_several_ends),
	    TEST(test_old_registration),
	    TEST(test_windows),
	    TEST(test_deleted_and_restored),
	    TEST(test_sealing_keys),
	    TEST(test_outages),
	    TEST(test_web_server_page),
	    TEST(test_outage_at_activation),
	    TEST(test_incomplete),
	    TEST(test_bad_defaults),
	    TEST(test_no_sealing_keys),
	    TEST(test_throttled),
	    TEST(test_lost_activation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
