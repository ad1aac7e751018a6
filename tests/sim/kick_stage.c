#include "tests/sim/kick_stage.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "manage/activation.h"
#include "manage/plan.h"

struct kick_world world;
struct kick_device device;
struct kick_policy policy;
static struct activation_policy activation;

struct manage *
operator(struct fixture *f)
{
	worker(f)->now = world.now;
	return &f->manage;
}

void
set(struct fixture *f, const char *field, const char *text)
{
	struct edit edit = {field, span_str(text)};

	done(f, manage_set(operator(f), &gateway_kind, "kick-1", &edit, 1));
}

void
set_lns(struct fixture *f, const char *field, const char *text)
{
	struct edit edit = {field, span_str(text)};

	done(f, manage_set(operator(f), &lns_kind, "my-lns", &edit, 1));
}

static void
import_plans(struct fixture *f)
{
	const char *top = getenv("top_srcdir");
	struct plan_importing how = {.shipped = true};
	struct import_result result;
	struct plan_files files;
	char path[1024];

	snprintf(
	    path, sizeof path, "%s/share/frequency-plans", top != NULL ? top : ".");
	done(f, plan_files_read(&f->arena, path, NULL, &files, &f->manage.fault));
	done(f, manage_plan_import(operator(f), &files, &how, &result));
}

/* A device that was never switched on, and a record that lacks nothing. */
int
stage_begin(void **state)
{
	struct fixture *f;

	fixture_memory(state);
	f = *state;
	log_open("test", LOG_NOWHERE, LOG_NOTE);
	policy = (struct kick_policy){"", "", "stable", ""};
	activation = (struct activation_policy){&f->data, 1000};
	memset(&world, 0, sizeof world);
	world.now = NOW;
	clock_set(NOW);
	world.host = "gh.example.com:443";
	world.server = (struct kick_server){.data = &f->data,
	    .policy = policy,
	    .write_wait_ms = 1000,
	    .failures_per_minute = 30,
	    .failures_per_address = 600,
	    .new_key = activation_key,
	    .new_key_arg = &activation};
	arena_init(&world.arena, 16 << 20);
	import_plans(f);
	add_lns(f, "my-lns", "wss://lns.example.com:8887");
	set_lns(f, "mqtt_address", "mqtts://lns.example.com:8883");
	add_gateway(f, "kick-1", "58A0CBFFFE800001");
	set(f, "kickstarter", "true");
	set(f, "lns", "my-lns");
	set(f, "frequency_plan_ids", "EU_863_870");
	set(f, "lbs_lns_secret.value", "lns/key");
	kick_device_init(&device, "kick-1", NOW);
	return 0;
}

int
stage_end(void **state)
{
	arena_clear(&world.arena);
	clock_set(-1);
	return fixture_end(state);
}

void
run(int64_t seconds)
{
	kick_world_run(&world, &device, world.now + seconds);
}

/* It runs with this key and broker, and nothing hurt it on the way. */
void
runs_with(const char *key, const char *broker)
{
	if (device.step != KICK_RUNS)
		fail_msg("it does not run: %s", device.last);
	assert_int_equal(device.reboots, 0);
	assert_int_equal(device.bad, 0);
	if (key != NULL)
		assert_string_equal(device.memory.key, key);
	assert_string_equal(device.memory.broker.host, broker);
	assert_true(device.memory.sx1301.radios[0].enable);
	kick_device_forget(&device);
}

/* Up to its next start and a bit further. */
void
a_day(const char *key)
{
	run(DAY + HOUR);
	runs_with(key, "lns.example.com");
}

/* From the box to normal operation. */
void
settle(void)
{
	run(HOUR);
	assert_int_equal(device.activations, 1);
	runs_with("lns/key", "lns.example.com");
}
