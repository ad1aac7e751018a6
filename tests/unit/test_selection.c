/* Which firmware a station gets: every reason, and what is remembered of offers. */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "firmware/selection.h"

#define NOW INT64_C(1893456000)
#define DAY INT64_C(86400)

#define KEY_A 0x0a0a0a0a
#define KEY_B 0x0b0b0b0b

/* A gateway that runs v1, in a channel whose own release is v2, with a roll-out of v3 that
 * runs at 100 %. */
struct scene {
	struct arena arena;
	struct gateway gateway;
	struct gateway_state state, next;
	struct firmware_report report;
	uint32_t keys[4];
	struct channel channel;
	struct firmware_signature signatures[2];
	struct firmware firmware;
	struct release v2, v3;
	struct rollout rollout;
	struct rollout_state rollout_state;
	struct firmware_candidate candidates[2]; /* of the roll-out, of the channel */
	struct firmware_policy policy;
	struct firmware_inputs in;
	struct firmware_choice choice;
	bool changed;
};

static struct scene scene;

static struct scene *
begin(void)
{
	struct scene *s = &scene;

	arena_clear(&s->arena);
	memset(s, 0, sizeof *s);
	arena_init(&s->arena, 1 << 16);
	s->gateway = (struct gateway){.serial = 50,
	    .gateway_id = "gw",
	    .eui = 0x1234,
	    .auto_update = true,
	    .update_channel = "stable",
	    .model_id = "corecell"};
	record_init(&gateway_state_kind, &s->state);
	s->state.serial = 50;
	s->keys[0] = KEY_A;
	s->report = (struct firmware_report){.package = span_str("v1"),
	    .station = span_str("2.0.6"),
	    .model = span_str("linux"),
	    .keys = s->keys,
	    .key_count = 1};
	s->channel =
	    (struct channel){.serial = 10, .channel_id = "stable", .release = 20};
	s->signatures[0] =
	    (struct firmware_signature){.crc = KEY_A, .der = BYTES("derA")};
	s->signatures[1] =
	    (struct firmware_signature){.crc = KEY_B, .der = BYTES("derB")};
	s->firmware = (struct firmware){
	    .serial = 15, .size = 1000000, .signatures = {s->signatures, 2}};
	s->v2 = (struct release){
	    .serial = 20, .release_id = "two", .firmware = 15, .version = "v2"};
	s->v3 = (struct release){
	    .serial = 30, .release_id = "three", .firmware = 15, .version = "v3"};
	s->rollout = (struct rollout){.serial = 40,
	    .rollout_id = "out",
	    .release = 30,
	    .channel = 10,
	    .attempts = 3,
	    .downloads = 5,
	    .minimum_rate = 1000,
	    .failure_limit = 5,
	    .failure_least = 10};
	record_init(&rollout_state_kind, &s->rollout_state);
	s->rollout_state.serial = 40;
	s->rollout_state.status = ROLLOUT_RUNNING;
	s->rollout_state.percentage = 100;
	s->candidates[0] = (struct firmware_candidate){.rollout = &s->rollout,
	    .release = &s->v3,
	    .firmware = &s->firmware,
	    .state = &s->rollout_state,
	    .offer = {.serial = 50}};
	s->candidates[1] =
	    (struct firmware_candidate){.release = &s->v2, .firmware = &s->firmware};
	s->policy = (struct firmware_policy){
	    .attempts = 2, .downloads = 20, .minimum_rate = 10000};
	s->in = (struct firmware_inputs){.gateway = &s->gateway,
	    .report = &s->report,
	    .channel = &s->channel,
	    .candidates = s->candidates,
	    .candidate_count = 2,
	    .policy = &s->policy,
	    .now = NOW};
	return s;
}

static void
choose(struct scene *s)
{
	s->next = s->state;
	s->changed = firmware_select(&s->in, &s->arena, &s->choice, &s->next);
}

/* It becomes what the ledger has, and it is `seconds` later. */
static void
keep(struct scene *s, int64_t seconds)
{
	s->state = s->next;
	s->rollout_state = s->candidates[0].next_state;
	s->candidates[0].offer = s->candidates[0].next_offer;
	s->in.now += seconds;
}

/* ---- every reason ------------------------------------------------------------------------------ */

static void
without_roll_out(struct scene *s)
{
	s->in.candidates++;
	s->in.candidate_count--;
}
static void
not_auto(struct scene *s)
{
	s->gateway.auto_update = false;
}
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
unauthenticated(struct scene *s)
{
	s->in.blocked = FIRMWARE_UNAUTHENTICATED;
}
static void
redirected(struct scene *s)
{
	s->in.blocked = FIRMWARE_REDIRECTED;
}
static void
runs_v3(struct scene *s)
{
	s->report.package = span_str("v3");
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
paused(struct scene *s)
{
	s->rollout_state.status = ROLLOUT_PAUSED;
}
static void
aborted(struct scene *s)
{
	s->rollout_state.status = ROLLOUT_ABORTED;
}
static void
finished(struct scene *s)
{
	s->rollout_state.status = ROLLOUT_FINISHED;
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
static void
other_channel(struct scene *s)
{
	s->rollout.channel = 11;
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
say_reasons(const struct firmware_choice *c, char *text, size_t size)
{
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < c->reason_count && len < size; i++) {
		const struct firmware_reason *r = &c->reasons[i];
		const char *of = r->release == NULL ? "" : r->release->release_id;

		if (r->release != NULL && strcmp(r->release->version, "2.0.6") == 0)
			of = "2.0.6";
		len += (size_t)snprintf(text + len, size - len, "%s%s%s%s",
		    i > 0 ? " " : "", of, of[0] != '\0' ? ":" : "",
		    firmware_why_name(r->why));
	}
}

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
	seen[FIRMWARE_UPDATED] = seen[FIRMWARE_FAILED] = true; /* below */
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

/* ---- what is remembered ---------------------------------------------------------------------- */

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
	    cmocka_unit_test(offer_is_remembered),
	    cmocka_unit_test(ways_of_outcomes),
	    cmocka_unit_test(silent_ones_come_back),
	    cmocka_unit_test(rollout_becomes_the_channels_own),
	    cmocka_unit_test(an_outcome_pauses),
	    cmocka_unit_test(outcomes_without_offers),
	    cmocka_unit_test(outcome_of_a_removed_rollout),
	    cmocka_unit_test(a_due_step_begins),
	    cmocka_unit_test(versions_compare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
