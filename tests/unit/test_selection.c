/* Which firmware a station gets: every reason, and which version is the later one. */
#include "tests/unit/selection_scene.h"

/* ---- every reason ------------------------------------------------------------------------------ */

static void
no_channel(struct scene *s)
{
	s->in.channel = NULL;
	s->in.candidate_count = 0;
}
static void
empty_channel(struct scene *s)
{
	s->in.candidate_count = 0;
}
static void
runs_v2(struct scene *s)
{
	s->report.package = span_str("v2");
}
static void
channel_runs(struct scene *s)
{
	without_roll_out(s);
	runs_v2(s);
}
static void
shown_by_station(struct scene *s)
{
	s->v3.shown_by = RELEASE_STATION;
	s->v3.version = "2.0.6";
}
static void
no_record(struct scene *s)
{
	without_roll_out(s);
	s->in.candidates->release = NULL;
}
static void
no_image(struct scene *s)
{
	without_roll_out(s);
	s->in.candidates->firmware = NULL;
}
static void
other_family(struct scene *s)
{
	s->firmware.family = FIRMWARE_KICKSTARTER;
}
static void
unreadable(struct scene *s)
{
	s->candidates[0].unreadable = true;
}
static void
draft(struct scene *s)
{
	s->rollout_state.status = ROLLOUT_DRAFT;
}
static void
paused_and_has_it(struct scene *s)
{
	paused(s);
	runs_v3(s);
	s->v2.downgrade = true;
}
static void
paused_after_offer(struct scene *s)
{
	paused(s);
	s->candidates[0].offer =
	    (struct rollout_offer){.outcome = OUTCOME_FAILED, .offers = 1};
}
static void
aborted_and_has_it(struct scene *s)
{
	aborted(s);
	runs_v3(s);
	s->v2.downgrade = true;
}
static void
later(struct scene *s)
{
	s->rollout.not_before = NOW + 1;
}
static void
just_now(struct scene *s)
{
	s->rollout.not_before = NOW;
}
static void
other_model(struct scene *s)
{
	static const char *const models[] = {"corecell"};

	s->rollout.models = (struct text_list){models, 1};
}
static void
below(struct scene *s)
{
	s->rollout_state.percentage = 0;
}
static void
beyond_place(struct scene *s)
{
	s->rollout_state.percentage = rollout_place(&s->gateway, &s->rollout);
}
static void
at_place(struct scene *s)
{
	s->rollout_state.percentage = rollout_place(&s->gateway, &s->rollout) + 1e-9;
}
static void
reached_before(struct scene *s)
{
	below(s);
	s->candidates[0].offer =
	    (struct rollout_offer){.outcome = OUTCOME_FAILED, .offers = 1};
}
static void
release_model(struct scene *s)
{
	static const char *const models[] = {"corecell"};

	s->v3.models = (struct text_list){models, 1};
}
static void
model_of_record(struct scene *s)
{
	release_model(s);
	s->report.model = span_str("");
}
static const char *const from_2[] = {"v2"}, *const from_1[] = {"v0", "v1"},
			 *const from_v[] = {"v*"}, *const from_any[] = {"*"};
static void
from_other(struct scene *s)
{
	s->v3.from = (struct text_list){from_2, 1};
}
static void
from_this(struct scene *s)
{
	s->v3.from = (struct text_list){from_1, 2};
}
static void
from_begin(struct scene *s)
{
	s->v3.from = (struct text_list){from_v, 1};
}
static void
older(struct scene *s)
{
	s->report.package = span_str("v10");
}
static void
channel_older(struct scene *s)
{
	without_roll_out(s);
	older(s);
}
static void
downgrade(struct scene *s)
{
	older(s);
	s->v3.downgrade = true;
}
static void
no_version(struct scene *s)
{
	s->report.package = span_str("");
}
static void
channel_no_version(struct scene *s)
{
	without_roll_out(s);
	no_version(s);
}
static void
from_nothing(struct scene *s)
{
	no_version(s);
	s->v3.from = (struct text_list){from_any, 1};
}
static void
from_some(struct scene *s)
{
	no_version(s);
	s->v3.from = (struct text_list){from_v, 1};
}
static void
other_keys(struct scene *s)
{
	s->keys[0] = 1;
	s->v3.unsigned_ok = true;
}
static void
second_key(struct scene *s)
{
	s->keys[0] = 1;
	s->keys[1] = KEY_B;
	s->report.key_count = 2;
}
static void
no_keys(struct scene *s)
{
	s->report.key_count = 0;
}
static void
unsigned_ok(struct scene *s)
{
	no_keys(s);
	s->v3.unsigned_ok = true;
}
static void
attempts(struct scene *s)
{
	s->candidates[0].offer =
	    (struct rollout_offer){.outcome = OUTCOME_FAILED, .offers = 3};
}
static void
one_left(struct scene *s)
{
	attempts(s);
	s->candidates[0].offer.offers = 2;
}
static void
attempts_by_channel(struct scene *s)
{
	s->state.firmware_release = 30;
	s->state.firmware_version = "v3";
	s->state.firmware_outcome = OUTCOME_FAILED;
	s->state.firmware_offers = 3;
}
static void
channel_attempts(struct scene *s)
{
	without_roll_out(s);
	s->state.firmware_release = 20;
	s->state.firmware_version = "v2";
	s->state.firmware_outcome = OUTCOME_FAILED;
	s->state.firmware_offers = 2;
}
static void
downloads(struct scene *s)
{
	s->in.leases = 20;
}
static void
one_free(struct scene *s)
{
	s->in.leases = 19;
	s->candidates[0].leases = 4;
}
static void
rollout_downloads(struct scene *s)
{
	s->in.leases = 6;
	s->candidates[0].leases = 5;
}
static void
streams(struct scene *s)
{
	s->in.streams_busy = true;
}

/* The reasons as words, and what is sent: "" for nothing. */
static const struct {
	const char *name;
	void (*change)(struct scene *s);
	const char *reasons, *sent;
} rows[] = {
    {"the roll-out first", NULL, "three:sent", "v3"},
    {"the channel alone", without_roll_out, "two:sent", "v2"},
    {"not auto", not_auto, "not-auto", ""},
    {"no channel", no_channel, "no-channel", ""},
    {"no release", empty_channel, "no-release", ""},
    {"unauthenticated", unauthenticated, "unauthenticated", ""},
    {"redirected", redirected, "redirect-first", ""},
    {"runs it", runs_v3, "three:same", ""},
    {"runs the channel's", channel_runs, "two:same", ""},
    {"station tells", shown_by_station, "2.0.6:same", ""},
    {"no record", no_record, "no-image", ""},
    {"no image", no_image, "two:no-image", ""},
    {"other family", other_family, "three:no-image two:no-image", ""},
    {"unreadable", unreadable, "three:unreadable", ""},
    {"draft", draft, "three:not-running two:sent", "v2"},
    {"paused", paused, "three:not-running two:sent", "v2"},
    {"aborted", aborted, "three:not-running two:sent", "v2"},
    {"finished", finished, "three:not-running two:sent", "v2"},
    {"paused, has it", paused_and_has_it, "three:same", ""},
    {"paused after the offer", paused_after_offer, "three:not-running", ""},
    {"aborted, has it", aborted_and_has_it, "three:not-running two:sent", "v2"},
    {"begins later", later, "three:not-before two:sent", "v2"},
    {"begins now", just_now, "three:sent", "v3"},
    {"audience", other_model, "three:audience two:sent", "v2"},
    {"0 %", below, "three:percentage two:sent", "v2"},
    {"its place", beyond_place, "three:percentage two:sent", "v2"},
    {"above its place", at_place, "three:sent", "v3"},
    {"was in before", reached_before, "three:sent", "v3"},
    {"model", release_model, "three:model two:sent", "v2"},
    {"model of the record", model_of_record, "three:sent", "v3"},
    {"from another", from_other, "three:from two:sent", "v2"},
    {"from this", from_this, "three:sent", "v3"},
    {"from v*", from_begin, "three:sent", "v3"},
    {"runs a later one", older, "three:older two:older", ""},
    {"later than the channel's", channel_older, "two:older", ""},
    {"downgrade", downgrade, "three:sent", "v3"},
    {"no version", channel_no_version, "two:no-version", ""},
    {"no version, from *", from_nothing, "three:sent", "v3"},
    {"no version, from v*", from_some, "three:no-version two:no-version", ""},
    {"other keys", other_keys, "three:no-signature two:no-signature", ""},
    {"the second key", second_key, "three:sent", "v3"},
    {"no keys", no_keys, "three:unsigned two:unsigned", ""},
    {"unsigned", unsigned_ok, "three:sent", "v3"},
    {"attempts", attempts, "three:stopped", ""},
    {"one attempt left", one_left, "three:sent", "v3"},
    {"attempts by its channel", attempts_by_channel, "three:stopped", ""},
    {"attempts of the channel's", channel_attempts, "two:stopped", ""},
    {"downloads", downloads, "three:downloads", ""},
    {"one download free", one_free, "three:sent", "v3"},
    {"the roll-out's downloads", rollout_downloads, "three:downloads", ""},
    {"streams", streams, "three:streams", ""},
    {"of another channel", other_channel, "two:sent", "v2"},
};

static void
every_reason(void **state)
{
	bool seen[FIRMWARE_WHYS] = {false};
	char text[300];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct scene *s = begin();
		const struct firmware_choice *c = &s->choice;
		const char *sent;

		if (rows[i].change != NULL)
			rows[i].change(s);
		choose(s);
		say_reasons(c, text, sizeof text);
		sent = c->send ? c->wanted->release->version : "";
		if (strcmp(text, rows[i].reasons) != 0 ||
		    strcmp(sent, rows[i].sent) != 0)
			fail_msg("%s: %s, sends \"%s\"", rows[i].name, text, sent);
		assert_true(s->changed == c->send);
		assert_true(
		    (c->signature != NULL) == (c->send && s->report.key_count > 0));
		for (size_t j = 0; j < c->reason_count; j++)
			seen[c->reasons[j].why] = true;
	}
	/* In test_selection_outcomes.c. */
	seen[FIRMWARE_UPDATED] = seen[FIRMWARE_FAILED] = true;
	for (int i = 0; i < FIRMWARE_WHYS; i++) {
		if (!seen[i])
			fail_msg("nothing leads to %s", firmware_why_name(i));
		assert_non_null(firmware_why_text(i));
	}
}

static void
the_listed_key_signs(void **state)
{
	struct scene *s = begin();

	(void)state;
	choose(s);
	assert_int_equal(s->choice.signature->crc, KEY_A);
	s = begin();
	second_key(s);
	choose(s);
	assert_int_equal(s->choice.signature->crc, KEY_B);
	/* The order in which the gateway lists them counts. */
	s = begin();
	s->keys[0] = KEY_B;
	s->keys[1] = KEY_A;
	s->report.key_count = 2;
	choose(s);
	assert_int_equal(s->choice.signature->crc, KEY_B);
	s = begin();
	unsigned_ok(s);
	choose(s);
	assert_true(s->choice.send);
	assert_null(s->choice.signature);
}

/* ---- versions ---------------------------------------------------------------------------------- */

static void
versions_compare(void **state)
{
	static const struct {
		const char *a, *b;
		int sign;
	} pairs[] = {
	    {"", "", 0},
	    {"1", "1", 0},
	    {"", "1", -1},
	    {"1.2.3", "1.2.10", -1},
	    {"1.2.3", "1.2.3.1", -1},
	    {"v1.9", "v1.10", -1},
	    {"1.0~rc1", "1.0", -1},
	    {"1.0~rc1", "1.0~rc2", -1},
	    {"1.0~~", "1.0~", -1},
	    {"~", "", -1},
	    {"1.0", "1.0a", -1},
	    {"1.0-1", "1.0-2", -1},
	    {"1.02", "1.2", 0},
	    {"1.0", "1.00", 0},
	    {"1.", "1.0", 0},
	    {"1.x", "1.0", 1},
	    {"2.0.6(linux/std)", "2.0.6(linux/std)", 0},
	    {"2.0.5(linux/std)", "2.0.6(corecell/std)", -1},
	    {"99999999999999999999999", "100000000000000000000000", -1},
	    {"1.18446744073709551617", "1.1", 1},
	    {"a", "b", -1},
	    {"a1b", "a1c", -1},
	    {"B", "a", -1},
	    {"2026-01-22", "2026-10-02", -1},
	    {"v1", "1", 1},
	    {"\xc3\xa9", "z", 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		int c = version_compare(span_str(pairs[i].a), span_str(pairs[i].b));
		int d = version_compare(span_str(pairs[i].b), span_str(pairs[i].a));

		if ((c > 0) - (c < 0) != pairs[i].sign ||
		    (d > 0) - (d < 0) != -pairs[i].sign)
			fail_msg("%s and %s: %d, %d", pairs[i].a, pairs[i].b, c, d);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_reason),
	    cmocka_unit_test(the_listed_key_signs),
	    cmocka_unit_test(versions_compare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
