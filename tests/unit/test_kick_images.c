/* Firmware of Kickstarters: the address in the configuration, what is noted of it, and the
 * files that are found there. */
#include "tests/lib/kick_images.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/wire.h"
#include "kickstarter/image.h"
#include "kickstarter/offer.h"
#include "manage/tick.h"
#include "registry/tables.h"

static struct kick_policy policy;
static struct kick_server server;
static struct strbuf out;
static struct kick_exchange *x;
static struct kick_image image;
static uint64_t gateway;

/* ---- the scene ---------------------------------------------------------------------------- */

static void
set(struct fixture *f, const char *field, const char *text)
{
	done(f, set_field(f, &gateway_kind, "gw-1", field, text));
}

static int
begin(void **state)
{
	struct fixture *f;

	fixture_memory(state);
	f = *state;
	clock_set(NOW);
	policy = (struct kick_policy){"", "", "stable", ""};
	server = (struct kick_server){
	    .data = &f->data, .write_wait_ms = 1000, .images = image_cache_new()};
	strbuf_init(&out, 65536);
	x = test_calloc(1, sizeof *x);
	gateway = add_gateway(f, "gw-1", "58A0CBFFFE800001");
	set(f, "kickstarter", "true");
	set(f, "gateway_server_address", "gatewayserver");
	set(f, "attributes", "key=my-key");
	set(f, "auto_update", "true");
	set(f, "update_channel", "beta");
	return 0;
}

static int
end(void **state)
{
	strbuf_clear(&out);
	test_free(x);
	image_cache_free(server.images);
	clock_set(-1);
	return fixture_end(state);
}

/* Its plan is not of interest here, so that it is another client that gets an answer; what
 * the device is told stands in the decision. */
static const char *
url(struct fixture *f, bool device)
{
	static const char origin[] = "https://h";
	struct kick_call call = {.id = BYTES("gw-1"),
	    .key = BYTES("my-key"),
	    .device = device,
	    .origin = origin,
	    .address = "192.0.2.1"};

	strbuf_reset(&out);
	server.policy = policy;
	kick_configure(&server, &call, f->manage.now, &f->arena, &out, x);
	return x->decision.firmware_url;
}

static void
url_is(struct fixture *f, const char *want)
{
	assert_string_equal(url(f, true), want);
	assert_string_equal(url(f, false), want);
}

static void
url_names(struct fixture *f, struct span bytes)
{
	char want[200], name[BLOB_NAME + 1];

	image_name(bytes, name);
	snprintf(want, sizeof want, "https://h/api/v2/firmware/%s", name);
	url_is(f, want);
}

static int
fetch(struct fixture *f, bool device, const char *name)
{
	struct kick_call call = {.id = span_str(name), .device = device};

	kick_image(&server, &call, &f->arena, &image);
	return image.err;
}

/* The two files of these bytes are right. */
static void
served(struct fixture *f, bool device, const char *by, struct span bytes)
{
	char name[BLOB_NAME + 1], *got;

	image_name(bytes, name);
	assert_int_equal(fetch(f, device, by), E_OK);
	assert_int_equal(image.size, bytes.len);
	got = test_malloc(bytes.len + 1);
	assert_int_equal(read(image.fd, got, bytes.len + 1), bytes.len);
	assert_memory_equal(got, bytes.data, bytes.len);
	test_free(got);
	close(image.fd);
	strbuf_reset(&out);
	kick_checksums_write(&image, &out);
	assert_int_equal(out.len, 64 + 15);
	assert_memory_equal(out.data, name, 64);
	assert_string_equal(out.data + 64, "  firmware.hex\n");
}

static void
refused_with(struct fixture *f, bool device, const char *by, int err)
{
	assert_int_equal(fetch(f, device, by), err);
	assert_int_equal(image.fd, -1);
	assert_true(image.fault.text[0] != '\0');
}

/* ---- addresses ------------------------------------------------------------------------------ */

static void
test_without_images(void **state)
{
	struct fixture *f = *state;

	url_is(f, "https://h/api/v2/firmware/beta");
	policy.firmware_url = "https://fw.example.com/v1";
	url_is(f, "https://fw.example.com/v1/beta");
	/* A channel that only has something for stations. */
	set_channel(f, "beta", 0);
	url_is(f, "https://fw.example.com/v1/beta");
	set(f, "update_channel", "https://x.example.com/y");
	url_is(f, "https://x.example.com/y");
	/* What others serve is theirs; but it can be kept from it. */
	set(f, "auto_update", "false");
	url_is(f, "https://x.example.com/y");
	assert_non_null(strstr(strbuf_str(&out), "\"auto_update\":false"));
	set(f, "update_channel", "none");
	url_is(f, "https://h/api/v2/firmware/none");
}

static void
test_release(void **state)
{
	struct fixture *f = *state;
	struct span one = hex_image(&f->arena, 1, 3), two = hex_image(&f->arena, 2, 3);
	uint64_t first =
	    add_release(f, "one", add_image(f, "img-1", FIRMWARE_KICKSTARTER, one));
	uint64_t second =
	    add_release(f, "two", add_image(f, "img-2", FIRMWARE_KICKSTARTER, two));

	policy.firmware_url = "https://fw.example.com/v1";
	set_channel(f, "beta", first);
	url_names(f, one);
	assert_int_equal(x->decision.firmware.source, KICK_BY_CHANNEL);
	assert_string_equal(
	    x->decision.firmware_text, "release one, version one, image img-1");
	set_channel(f, "beta", second);
	url_names(f, two);
	set(f, "update_channel", "");
	url_is(f, "https://fw.example.com/v1/stable");
	set_channel(f, "stable", first);
	url_names(f, one);
	set(f, "auto_update", "false");
	assert_string_equal(url(f, true), "https://h/api/v2/firmware/none");
	assert_string_equal(url(f, false), "https://fw.example.com/v1/stable");
	set(f, "auto_update", "true");
	set(f, "update_channel", "https://x.example.com/y");
	url_is(f, "https://x.example.com/y");
}

/* What a station runs is nothing for a Kickstarter. */
static void
test_other_family(void **state)
{
	struct fixture *f = *state;
	struct span bytes = BYTES("#!/bin/sh\n");
	uint64_t release =
	    add_release(f, "one", add_image(f, "img-1", FIRMWARE_STATION, bytes));
	uint64_t channel = set_channel(f, "beta", release);
	char name[BLOB_NAME + 1];

	url_is(f, "https://h/api/v2/firmware/none");
	image_name(bytes, name);
	refused_with(f, true, name, E_NOTFOUND);
	refused_with(f, false, "beta", E_NOTFOUND);
	/* And such a roll-out is not even mentioned. */
	set_channel(f, "beta", 0);
	set_rollout(
	    f, add_rollout(f, "roll-1", channel, release), ROLLOUT_RUNNING, 100);
	url_is(f, "https://h/api/v2/firmware/beta");
	assert_int_equal(x->decision.firmware.passed_count, 0);
}

/* Of all parts of a configuration this is the least. */
static void
test_unusable(void **state)
{
	struct fixture *f = *state;
	struct span one = hex_image(&f->arena, 1, 3);
	uint64_t release =
	    add_release(f, "one", add_image(f, "img-1", FIRMWARE_KICKSTARTER, one));
	uint64_t image_only, channel = set_channel(f, "beta", release);
	struct kick_call call = {.id = BYTES("gw-1"),
	    .key = BYTES("my-key"),
	    .device = true,
	    .address = "192.0.2.1"};
	char origin[200];

	memset(origin, 'x', sizeof origin);
	memcpy(origin, "https://", 8);
	origin[190] = '\0';
	call.origin = origin;
	kick_configure(&server, &call, NOW, &f->arena, &out, x);
	assert_non_null(strstr(x->decision.firmware_url, "/api/v2/firmware/none"));
	assert_int_equal(
	    x->decision.reasons[x->decision.reason_count - 1].why, KICK_KEEPS);
	/* An image whose record is gone. */
	image_only =
	    add_image(f, "img-2", FIRMWARE_KICKSTARTER, hex_image(&f->arena, 2, 3));
	set_channel(f, "beta", add_release(f, "two", image_only));
	remove_image(f, image_only);
	url_is(f, "https://h/api/v2/firmware/none");
	assert_int_equal(x->decision.firmware.why, KICK_IMAGE_GONE);
	(void)channel;
}

static int
damage_in(struct store_txn *txn, void *arg)
{
	uint8_t key[8];

	wire_key64(key, *(uint64_t *)arg);
	return store_put(txn, TABLE_CHANNEL, span_of(key, 8), BYTES("nonsense"));
}

static void
test_damaged_record(void **state)
{
	struct fixture *f = *state;
	uint64_t channel = set_channel(f, "beta", 0);

	assert_int_equal(
	    store_update(f->data.registry, 1000, damage_in, &channel), E_OK);
	url_is(f, "https://h/api/v2/firmware/none");
	assert_int_equal(x->decision.firmware.why, KICK_IMAGE_UNUSABLE);
	assert_int_equal(x->err, E_OK);
}

/* ---- roll-outs -------------------------------------------------------------------------------- */

struct stage {
	struct span one, two;
	uint64_t channel, rollout;
};

/* Everybody has one; a roll-out brings two. */
static struct stage
stage(struct fixture *f)
{
	struct stage s = {
	    .one = hex_image(&f->arena, 1, 3), .two = hex_image(&f->arena, 2, 3)};
	uint64_t first =
	    add_release(f, "one", add_image(f, "img-1", FIRMWARE_KICKSTARTER, s.one));
	uint64_t second =
	    add_release(f, "two", add_image(f, "img-2", FIRMWARE_KICKSTARTER, s.two));

	s.channel = set_channel(f, "beta", first);
	s.rollout = add_rollout(f, "roll-1", s.channel, second);
	add_shipped_plans(f);
	set(f, "frequency_plan_ids", "EU_863_870");
	return s;
}

static uint64_t
ledger_version(struct fixture *f)
{
	struct store_txn *txn;
	uint64_t version;

	assert_int_equal(store_read_begin(f->data.ledger, &txn), E_OK);
	version = store_version(txn);
	store_read_end(txn);
	return version;
}

static void
test_offered_once(void **state)
{
	struct fixture *f = *state;
	struct stage s = stage(f);
	uint64_t version;

	url_names(f, s.one);
	set_rollout(f, s.rollout, ROLLOUT_RUNNING, 100);
	/* Neither another client nor a wrong key is an offer. */
	version = ledger_version(f);
	assert_non_null(strstr(url(f, false), "/api/v2/firmware/"));
	assert_int_equal(ledger_version(f), version);
	assert_int_equal(offer_now(f, s.rollout, gateway).outcome, OUTCOME_NONE);
	url_names(f, s.two);
	assert_int_equal(x->err, E_OK);
	assert_int_equal(offer_now(f, s.rollout, gateway).outcome, OUTCOME_OFFERED);
	assert_int_equal(offer_now(f, s.rollout, gateway).offers, 1);
	assert_int_equal(offer_now(f, s.rollout, gateway).offered_at, NOW);
	assert_int_equal(rollout_now(f, s.rollout).offered, 1);
	version = ledger_version(f);
	f->manage.now = NOW + DAY;
	for (int i = 0; i < 3; i++)
		url_names(f, s.two);
	assert_int_equal(ledger_version(f), version);
	assert_int_equal(offer_now(f, s.rollout, gateway).offered_at, NOW);
}

static void
test_operators(void **state)
{
	struct fixture *f = *state;
	struct stage s = stage(f);

	set_rollout(f, s.rollout, ROLLOUT_RUNNING, 0);
	url_names(f, s.one);
	assert_int_equal(x->decision.firmware.passed[0].why, KICK_IMAGE_PERCENTAGE);
	set_rollout(f, s.rollout, ROLLOUT_RUNNING, 100);
	url_names(f, s.two);
	set_rollout(f, s.rollout, ROLLOUT_PAUSED, 100);
	url_is(f, "https://h/api/v2/firmware/none");
	set_rollout(f, s.rollout, ROLLOUT_RUNNING, 100);
	url_names(f, s.two);
	set_rollout(f, s.rollout, ROLLOUT_ABORTED, 100);
	url_names(f, s.one);
	assert_int_equal(rollout_now(f, s.rollout).offered, 1);
}

/* Who reports nothing is not waited for: weeks later it is neither silent nor a reason to
 * pause, and the roll-out's own steps go on. */
static void
test_tick(void **state)
{
	struct fixture *f = *state;
	struct stage s = stage(f);
	struct ticking how = {0};
	struct ticked ticked;

	set_rollout(f, s.rollout, ROLLOUT_RUNNING, 100);
	url_names(f, s.two);
	for (int day = 0; day < 21; day++) {
		worker(f)->now = NOW + day * DAY;
		done(f, manage_tick(&f->manage, &how, &ticked));
		assert_int_equal(ticked.gateways_silent, 0);
		assert_int_equal(ticked.rollouts_paused, 0);
	}
	assert_int_equal(rollout_now(f, s.rollout).status, ROLLOUT_RUNNING);
	assert_int_equal(rollout_now(f, s.rollout).offered, 1);
	assert_int_equal(offer_now(f, s.rollout, gateway).outcome, OUTCOME_OFFERED);
	url_names(f, s.two);
}

/* Between the decision and the note somebody pauses it, or another worker notes it. */
static void
test_races(void **state)
{
	struct fixture *f = *state;
	struct stage s = stage(f);
	struct kick_exchange *earlier = test_calloc(1, sizeof *earlier);

	set_rollout(f, s.rollout, ROLLOUT_RUNNING, 100);
	url(f, true);
	*earlier = *x;
	assert_true(earlier->decision.firmware.offer);
	assert_int_equal(kick_offer(&server, earlier, NOW, &f->arena), E_OK);
	assert_int_equal(rollout_now(f, s.rollout).offered, 1);
	earlier->records.gateway.serial = 12345;
	set_rollout(f, s.rollout, ROLLOUT_PAUSED, 100);
	assert_int_equal(kick_offer(&server, earlier, NOW, &f->arena), E_AGAIN);
	set_rollout(f, s.rollout, ROLLOUT_RUNNING, 0);
	assert_int_equal(kick_offer(&server, earlier, NOW, &f->arena), E_AGAIN);
	assert_int_equal(offer_now(f, s.rollout, 12345).outcome, OUTCOME_NONE);
	test_free(earlier);
}

/* ---- files -------------------------------------------------------------------------------------- */

static void
test_files(void **state)
{
	struct fixture *f = *state;
	struct span one = hex_image(&f->arena, 1, 3), two = hex_image(&f->arena, 2, 9);
	uint64_t first = add_image(f, "img-1", FIRMWARE_KICKSTARTER, one);
	uint64_t second = add_image(f, "img-2", FIRMWARE_KICKSTARTER, two);
	char name[BLOB_NAME + 1], upper[BLOB_NAME + 1];

	image_name(one, name);
	set_channel(f, "beta", add_release(f, "one", first));
	for (int device = 0; device < 2; device++) {
		served(f, device, name, one);
		refused_with(f, device, "none", E_NOTFOUND);
		refused_with(f, device, "nothing", E_NOTFOUND);
		refused_with(f, device, "", E_NOTFOUND);
		refused_with(f, device,
		    "0000000000000000000000000000000000000000000000000000000000000000",
		    E_NOTFOUND);
		refused_with(f, device, name + 1, E_NOTFOUND);
	}
	for (size_t i = 0; i <= BLOB_NAME; i++)
		upper[i] = (char)(name[i] >= 'a' ? name[i] - 32 : name[i]);
	served(f, true, upper, one);
	/* What a channel names may change between the two files. */
	served(f, false, "beta", one);
	refused_with(f, true, "beta", E_NOTFOUND);
	set_channel(f, "beta", add_release(f, "two", second));
	served(f, false, "beta", two);
	served(f, true, name, one);
	set_channel(f, "none", add_release(f, "three", second));
	refused_with(f, false, "none", E_NOTFOUND);
}

static void
test_sizes(void **state)
{
	struct fixture *f = *state;
	/* 44 characters a line and 12 at the end. */
	static const size_t lines[] = {1, 2, 1489, 1490, 190277};
	char id[20], name[BLOB_NAME + 1];

	for (size_t i = 0; i < COUNT(lines); i++) {
		struct span bytes = hex_image(&f->arena, 7, lines[i]);

		assert_int_equal(bytes.len, lines[i] * 44 + 12);
		assert_true(bytes.len <= FIRMWARE_HEX_MAX);
		snprintf(id, sizeof id, "img-%zu", i);
		add_image(f, id, FIRMWARE_KICKSTARTER, bytes);
		image_name(bytes, name);
		served(f, true, name, bytes);
		served(f, true, name, bytes);
	}
}

/* For a device that is between its two requests. */
static void
test_without_record(void **state)
{
	struct fixture *f = *state;
	struct span one = hex_image(&f->arena, 1, 3), other = BYTES("#!/bin/sh\n");
	uint64_t first = add_image(f, "img-1", FIRMWARE_KICKSTARTER, one);
	uint64_t second = add_image(f, "img-2", FIRMWARE_STATION, other);
	char name[BLOB_NAME + 1];

	remove_image(f, first);
	remove_image(f, second);
	image_name(one, name);
	served(f, true, name, one);
	assert_int_equal(truncate(image_path(f, one), 40), 0);
	refused_with(f, true, name, E_CORRUPT);
	assert_int_equal(unlink(image_path(f, one)), 0);
	refused_with(f, true, name, E_NOTFOUND);
	image_name(other, name);
	refused_with(f, true, name, E_NOTFOUND);
}

static void
overwrite(const char *path, const char *bytes)
{
	FILE *file = fopen(path, "r+");

	assert_non_null(file);
	assert_int_equal(fseek(file, 20, SEEK_SET), 0);
	assert_true(fputs(bytes, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* Damaged bytes are never served, whether they were right before or not. */
static void
test_damage(void **state)
{
	struct fixture *f = *state;
	struct span one = hex_image(&f->arena, 1, 3), two = hex_image(&f->arena, 2, 3);
	char name[BLOB_NAME + 1];

	add_image(f, "img-1", FIRMWARE_KICKSTARTER, one);
	add_image(f, "img-2", FIRMWARE_KICKSTARTER, two);
	image_name(one, name);
	served(f, true, name, one);
	overwrite(image_path(f, one), "FF");
	for (int i = 0; i < 2; i++)
		refused_with(f, true, name, E_CORRUPT);
	add_image(f, "img-3", FIRMWARE_KICKSTARTER, one);
	served(f, true, name, one);
	image_name(two, name);
	assert_int_equal(truncate(image_path(f, two), 40), 0);
	refused_with(f, true, name, E_CORRUPT);
	assert_int_equal(unlink(image_path(f, two)), 0);
	refused_with(f, true, name, E_CORRUPT);
	assert_int_equal(
	    rename(fixture_path(f, "data/blobs"), fixture_path(f, "away")), 0);
	refused_with(f, true, name, E_CORRUPT);
	refused_with(f, true,
	    "0000000000000000000000000000000000000000000000000000000000000000",
	    E_NOTFOUND);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_without_images),
	    TEST(test_release),
	    TEST(test_other_family),
	    TEST(test_unusable),
	    TEST(test_damaged_record),
	    TEST(test_offered_once),
	    TEST(test_operators),
	    TEST(test_tick),
	    TEST(test_races),
	    TEST(test_files),
	    TEST(test_sizes),
	    TEST(test_without_record),
	    TEST(test_damage),
	};

	log_open("test", LOG_NOWHERE, LOG_NOTE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
