/* Which image a Kickstarter gets: a table of cases. */
#include "tests/unit/unit.h"

#include "kickstarter/firmware.h"

#define NOW INT64_C(1893456000)
#define HOUR 3600

static const char *const any_model[] = {"ttn-gateway"};
static const char *const other_model[] = {"other"};
static const char *const north[] = {"north"};
static const struct text_pair blue[] = {{"colour", "blue"}};

static struct gateway gateway;
static struct channel channel;
static struct firmware new_image, old_image;
static struct release new_release, old_release;
static struct rollout rollout;
static struct rollout_step steps[2];
static struct kick_candidate candidates[2];
static struct kick_images images;

/* A gateway of channel beta; its release is old, a roll-out of new runs at 100 %. */
static int
begin(void **state)
{
	(void)state;
	record_init(&gateway_kind, &gateway);
	gateway.serial = 7;
	gateway.eui = UINT64_C(0x58A0CBFFFE800001);
	gateway.gateway_id = "kick-1";
	gateway.model_id = "ttn-gateway";
	gateway.auto_update = true;
	record_init(&channel_kind, &channel);
	channel.channel_id = "beta";
	new_image = old_image =
	    (struct firmware){.firmware_id = "image", .family = FIRMWARE_KICKSTARTER};
	record_init(&release_kind, &new_release);
	new_release.release_id = "new";
	old_release = new_release;
	old_release.release_id = "old";
	record_init(&rollout_kind, &rollout);
	rollout.serial = 11;
	rollout.rollout_id = "to-new";
	candidates[0] = (struct kick_candidate){.rollout = &rollout,
	    .state = {.status = ROLLOUT_RUNNING, .why = "", .percentage = 100},
	    .release = &new_release,
	    .firmware = &new_image};
	candidates[1] =
	    (struct kick_candidate){.release = &old_release, .firmware = &old_image};
	images = (struct kick_images){.channel_id = "beta",
	    .channel = &channel,
	    .candidates = candidates,
	    .count = 2};
	return 0;
}

static struct kick_choice
choose(bool device)
{
	struct kick_choice choice;

	kick_choose(&gateway, &images, device, NOW, &choice);
	return choice;
}

static void
is_new(bool offer)
{
	struct kick_choice c = choose(true);

	assert_int_equal(c.source, KICK_BY_ROLLOUT);
	assert_ptr_equal(c.firmware, &new_image);
	assert_ptr_equal(c.release, &new_release);
	assert_ptr_equal(c.rollout, &rollout);
	assert_int_equal(c.offer, offer);
}

/* The roll-out does not take it, for this reason. */
static void
is_old(enum kick_image_why why)
{
	struct kick_choice c = choose(true);

	assert_int_equal(c.source, KICK_BY_CHANNEL);
	assert_ptr_equal(c.firmware, &old_image);
	assert_null(c.rollout);
	assert_false(c.offer);
	assert_int_equal(c.passed_count, 1);
	assert_int_equal(c.passed[0].why, why);
	assert_ptr_equal(c.passed[0].rollout, &rollout);
}

static void
is_kept(enum kick_image_why why)
{
	struct kick_choice c = choose(true);

	assert_int_equal(c.source, KICK_KEEPS_IMAGE);
	assert_int_equal(c.why, why);
	assert_null(c.firmware);
	assert_false(c.offer);
	assert_int_equal(c.passed[c.passed_count - 1].why, why);
}

static void
is_by_address(bool device)
{
	struct kick_choice c = choose(device);

	assert_int_equal(c.source, KICK_BY_ADDRESS);
	assert_null(c.firmware);
	assert_false(c.offer);
}

/* ---- roll-outs ------------------------------------------------------------------------ */

static void
test_taken(void **state)
{
	(void)state;
	is_new(true);
	for (int outcome = OUTCOME_OFFERED; outcome <= OUTCOME_SILENT; outcome++) {
		candidates[0].offer.outcome = outcome;
		is_new(false);
	}
	/* Other clients may see it; nothing is noted for them. */
	candidates[0].offer.outcome = OUTCOME_NONE;
	assert_int_equal(choose(false).source, KICK_BY_ROLLOUT);
	assert_false(choose(false).offer);
}

static void
test_status(void **state)
{
	static const enum rollout_status others[] = {
	    ROLLOUT_DRAFT, ROLLOUT_PAUSED, ROLLOUT_ABORTED, ROLLOUT_FINISHED};

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		candidates[0].state.status = others[i];
		is_old(KICK_IMAGE_NOT_RUNNING);
	}
	/* Whoever has it already stays through a pause, and is called back by an abort. */
	candidates[0].offer.outcome = OUTCOME_OFFERED;
	candidates[0].state.status = ROLLOUT_PAUSED;
	is_kept(KICK_IMAGE_HELD);
	candidates[0].state.status = ROLLOUT_RUNNING;
	is_new(false);
	candidates[0].state.status = ROLLOUT_ABORTED;
	is_old(KICK_IMAGE_NOT_RUNNING);
	candidates[0].state.status = ROLLOUT_FINISHED;
	is_old(KICK_IMAGE_NOT_RUNNING);
}

static void
test_not_before(void **state)
{
	(void)state;
	rollout.not_before = NOW + 1;
	is_old(KICK_IMAGE_NOT_BEFORE);
	rollout.not_before = NOW;
	is_new(true);
}

static void
test_audience(void **state)
{
	(void)state;
	rollout.groups = (struct text_list){north, 1};
	is_old(KICK_IMAGE_AUDIENCE);
	gateway.groups = (struct text_list){north, 1};
	is_new(true);
	rollout.attributes = (struct text_map){blue, 1};
	is_old(KICK_IMAGE_AUDIENCE);
	gateway.attributes = (struct text_map){blue, 1};
	is_new(true);
	rollout.models = (struct text_list){other_model, 1};
	is_old(KICK_IMAGE_AUDIENCE);
	rollout.models = (struct text_list){any_model, 1};
	is_new(true);
}

/* The place decides, and the timetable counts although nobody has written it down yet. */
static void
test_percentage(void **state)
{
	double place = rollout_place(&gateway, &rollout);
	struct kick_choice c;

	(void)state;
	assert_true(place >= 0 && place < 100);
	candidates[0].state.percentage = place;
	is_old(KICK_IMAGE_PERCENTAGE);
	c = choose(true);
	assert_true(c.passed[0].place == place);
	assert_true(c.passed[0].percentage == place);
	candidates[0].state.percentage = place + 0.001;
	is_new(true);
	candidates[0].state.percentage = place / 2;
	candidates[0].state.started_at = NOW - HOUR;
	steps[0] = (struct rollout_step){place / 2, 0};
	steps[1] = (struct rollout_step){100, HOUR};
	candidates[0].state.step = 1;
	candidates[0].state.step_at = NOW - HOUR + 1;
	rollout.steps = (struct record_rows){steps, 2};
	is_old(KICK_IMAGE_PERCENTAGE);
	candidates[0].state.step_at = NOW - HOUR;
	is_new(true);
	assert_int_equal(candidates[0].state.step, 1);
}

static void
test_models(void **state)
{
	(void)state;
	new_release.models = (struct text_list){other_model, 1};
	is_old(KICK_IMAGE_MODEL);
	old_release.models = (struct text_list){other_model, 1};
	is_kept(KICK_IMAGE_MODEL);
	old_release.models = new_release.models = (struct text_list){any_model, 1};
	is_new(true);
	gateway.model_id = "";
	is_kept(KICK_IMAGE_MODEL);
}

/* Versions say nothing: a Kickstarter reports none. */
static void
test_versions(void **state)
{
	(void)state;
	new_release.version = "1";
	new_release.from = (struct text_list){other_model, 1};
	gateway.firmware_version = "2";
	is_new(true);
}

static void
test_gone(void **state)
{
	(void)state;
	candidates[0].firmware = NULL;
	is_old(KICK_IMAGE_GONE);
	candidates[1].firmware = NULL;
	is_kept(KICK_IMAGE_GONE);
}

/* The latest one that takes it, and a pause of the one before holds nobody. */
static void
test_several(void **state)
{
	struct kick_candidate both[3] = {candidates[0], candidates[0], candidates[1]};
	struct rollout later = rollout;

	(void)state;
	later.serial = 12;
	both[0].rollout = &later;
	both[0].firmware = &old_image;
	images.candidates = both;
	images.count = 3;
	assert_ptr_equal(choose(true).rollout, &later);
	both[1].state.status = ROLLOUT_PAUSED;
	both[1].offer.outcome = OUTCOME_OFFERED;
	assert_ptr_equal(choose(true).rollout, &later);
	both[0].state.status = ROLLOUT_DRAFT;
	is_kept(KICK_IMAGE_HELD);
	assert_int_equal(choose(true).passed_count, 2);
	both[1].state.status = ROLLOUT_RUNNING;
	assert_ptr_equal(choose(true).rollout, &rollout);
}

/* ---- none of our images ---------------------------------------------------------------- */

static void
test_auto_update(void **state)
{
	(void)state;
	gateway.auto_update = false;
	is_kept(KICK_IMAGE_NOT_AUTO);
	images.count = 0;
	is_kept(KICK_IMAGE_NOT_AUTO);
	/* Others are told, and go by it. */
	is_by_address(false);
	/* Nothing of ours. */
	images.channel = NULL;
	is_by_address(true);
	assert_int_equal(choose(true).passed[0].why, KICK_IMAGE_NOT_AUTO);
}

static void
test_excluded(void **state)
{
	(void)state;
	images.channel_id = "none";
	is_kept(KICK_IMAGE_EXCLUDED);
	assert_int_equal(choose(false).source, KICK_KEEPS_IMAGE);
	images.channel = NULL;
	images.count = 0;
	is_kept(KICK_IMAGE_EXCLUDED);
	gateway.auto_update = false;
	is_kept(KICK_IMAGE_EXCLUDED);
}

static void
test_unusable(void **state)
{
	(void)state;
	images.unusable = "broken";
	is_kept(KICK_IMAGE_UNUSABLE);
	gateway.auto_update = false;
	is_kept(KICK_IMAGE_UNUSABLE);
}

static void
test_nothing(void **state)
{
	(void)state;
	images.count = 1;
	rollout.not_before = NOW + 1;
	is_by_address(true);
	assert_int_equal(choose(true).passed_count, 1);
	images = (struct kick_images){.channel_id = "beta"};
	is_by_address(true);
	is_by_address(false);
	assert_int_equal(choose(true).passed_count, 0);
}

static void
test_words(void **state)
{
	(void)state;
	for (int why = 0; why < KICK_IMAGE_WHYS; why++) {
		assert_non_null(kick_image_why_name((enum kick_image_why)why));
		assert_non_null(kick_image_why_text((enum kick_image_why)why));
	}
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_taken),
	    TEST(test_status),
	    TEST(test_not_before),
	    TEST(test_audience),
	    TEST(test_percentage),
	    TEST(test_models),
	    TEST(test_versions),
	    TEST(test_gone),
	    TEST(test_several),
	    TEST(test_auto_update),
	    TEST(test_excluded),
	    TEST(test_unusable),
	    TEST(test_nothing),
	    TEST(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
