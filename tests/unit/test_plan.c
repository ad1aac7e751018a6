#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "radio/plan.h"

static struct arena arena;
static struct findings findings;

static int
begin(void **state)
{
	(void)state;
	arena_clear(&arena);
	arena_init(&arena, 16 << 20);
	findings_init(&findings, &arena);
	return 0;
}

static int
finish(void **state)
{
	(void)state;
	arena_clear(&arena);
	return 0;
}

static struct plan *
load(const char *yaml)
{
	struct plan *p = NULL;
	struct fault fault = {0};

	if (plan_load(&arena, span_str(yaml), "plan.yml", &findings, &p) != E_OK) {
		findings_result(&findings, &fault);
		fail_msg("%s", fault.text);
	}
	return p;
}

static struct plan *
over(const char *base, const char *own)
{
	struct plan *p = arena_alloc(&arena, sizeof *p);

	plan_merge(load(base), load(own), p);
	return p;
}

#define RADIOS                                                                    \
	"radios:\n"                                                               \
	"- {enable: true, chip-type: SX1257, frequency: 867500000, rssi-offset: " \
	"-166,\n"                                                                 \
	"   tx: {min-frequency: 863000000, max-frequency: 870000000}}\n"          \
	"- {enable: true, chip-type: SX1257, frequency: 868500000, rssi-offset: " \
	"-166}\n"                                                                 \
	"clock-source: 1\n"

#define PLAN                                                                           \
	"band-id: EU_863_870\n"                                                        \
	"uplink-channels:\n"                                                           \
	"- {frequency: 868100000, min-data-rate: 0, max-data-rate: 5, radio: 1}\n"     \
	"- {frequency: 867500000, min-data-rate: 1, max-data-rate: 4}\n"               \
	"downlink-channels: [{frequency: 868100000}]\n"                                \
	"lora-standard-channel: {frequency: 868300000, data-rate: 6, radio: 1}\n"      \
	"fsk-channel: {frequency: 868800000, data-rate: 7, radio: 1}\n"                \
	"dwell-time: {uplinks: yes, downlinks: off, duration: 400ms}\n"                \
	"listen-before-talk: {rssi-target: -80, rssi-offset: -4, scan-time: 128000}\n" \
	"sub-bands: [{min-frequency: 863e6, max-frequency: 870_000_000, "              \
	"duty-cycle: 0.1, max-eirp: 12.15}]\n"                                         \
	"time-off-air: {fraction: 0.5, duration: 1m30s}\n"                             \
	"rx2-channel: {frequency: 869525000}\n"                                        \
	"rx2-default-data-rate: 3\n"                                                   \
	"ping-slot: {frequency: 0x33D3E608}\n"                                         \
	"ping-slot-default-data-rate: 2\n"                                             \
	"max-eirp: 24.15\n" RADIOS

static void
assert_plan(const struct plan *p)
{
	assert_string_equal(p->band_id, "EU_863_870");
	assert_int_equal(p->uplink_count, 2);
	assert_int_equal(p->uplinks[0].frequency, 868100000);
	assert_int_equal(p->uplinks[0].radio, 1);
	assert_int_equal(p->uplinks[1].frequency, 867500000);
	assert_int_equal(p->uplinks[1].min_data_rate, 1);
	assert_int_equal(p->uplinks[1].max_data_rate, 4);
	assert_false(part_has(&p->uplinks[1].part, CHANNEL_RADIO));
	assert_int_equal(p->downlink_count, 1);
	assert_int_equal(p->lora_standard->data_rate, 6);
	assert_int_equal(p->fsk->frequency, 868800000);
	assert_true(p->dwell_time->uplinks);
	assert_false(p->dwell_time->downlinks);
	assert_int_equal(p->dwell_time->duration, 400000000);
	assert_true(p->lbt->rssi_target == -80 && p->lbt->rssi_offset == -4);
	assert_int_equal(p->lbt->scan_time, 128000);
	assert_int_equal(p->sub_bands[0].min_frequency, 863000000);
	assert_int_equal(p->sub_bands[0].max_frequency, 870000000);
	assert_true(p->sub_bands[0].duty_cycle == 0.1);
	assert_true(p->sub_bands[0].max_eirp == 12.15);
	assert_int_equal(p->time_off_air->duration, 90000000000);
	assert_int_equal(p->rx2->frequency, 869525000);
	assert_int_equal(p->rx2_data_rate, 3);
	assert_int_equal(p->ping_slot->frequency, 869525000);
	assert_int_equal(p->ping_slot_data_rate, 2);
	assert_true(p->max_eirp == 24.15);
	assert_int_equal(p->radio_count, 2);
	assert_string_equal(p->radios[1].chip_type, "SX1257");
	assert_true(p->radios[1].rssi_offset == -166);
	assert_int_equal(p->radios[0].tx->max_frequency, 870000000);
	assert_null(p->radios[1].tx);
	assert_int_equal(p->clock_source, 1);
}

static void
every_key(void **state)
{
	const struct plan *p = load(PLAN);

	(void)state;
	assert_plan(p);
	assert_int_equal(findings.warnings, 0);
	assert_int_equal(p->uplinks[1].part.at.line, 4);
	assert_string_equal(p->uplinks[1].part.at.file, "plan.yml");
	assert_true(plan_check(p, &findings));
	assert_int_equal(findings.warnings, 0);
}

/* ---- merging ------------------------------------------------------------------ */

static void
a_list_replaces_whole(void **state)
{
	const struct plan *p =
	    over(PLAN, "uplink-channels: [{frequency: 867100000}]\n"
		       "sub-bands: [{min-frequency: 1}, {min-frequency: 2}]\n");

	(void)state;
	assert_int_equal(p->uplink_count, 1);
	assert_int_equal(p->uplinks[0].frequency, 867100000);
	assert_int_equal(p->uplinks[0].max_data_rate, 0);
	assert_int_equal(p->sub_band_count, 2);
	assert_int_equal(p->downlink_count, 1);
	assert_int_equal(p->downlinks[0].frequency, 868100000);
}

static void
an_object_replaces_whole(void **state)
{
	const struct plan *p =
	    over(PLAN, "dwell-time: {downlinks: true}\n"
		       "lora-standard-channel: {frequency: 867100000}\n"
		       "listen-before-talk: {}\n");

	(void)state;
	assert_false(p->dwell_time->uplinks);
	assert_int_equal(p->dwell_time->duration, 0);
	assert_true(p->dwell_time->downlinks);
	assert_int_equal(p->lora_standard->frequency, 867100000);
	assert_int_equal(p->lora_standard->data_rate, 0);
	assert_true(p->lbt->rssi_target == 0);
}

static void
a_value_replaces(void **state)
{
	const struct plan *p = over(PLAN, "band-id: AS_923\nrx2-default-data-rate: 0\n"
					  "max-eirp: 30\n");

	(void)state;
	assert_string_equal(p->band_id, "AS_923");
	assert_int_equal(p->rx2_data_rate, 0);
	assert_true(p->max_eirp == 30);
	assert_int_equal(p->ping_slot_data_rate, 2);
}

static void
null_and_empty_remove_nothing(void **state)
{
	const struct plan *p =
	    over(PLAN, "uplink-channels: []\ndownlink-channels: null\nradios: ~\n"
		       "sub-bands:\nlora-standard-channel: null\nband-id: \"\"\n"
		       "dwell-time: NULL\nmax-eirp:\nrx2-default-data-rate: ~\n");

	(void)state;
	assert_plan(p);
}

static void
an_empty_file_changes_nothing(void **state)
{
	(void)state;
	assert_plan(over(PLAN, "# nothing\n"));
	assert_int_equal(findings.warnings, 1);
	assert_string_equal(findings.first->rule, "empty");
	assert_int_equal(findings.errors, 0);
}

static void
the_clock_comes_with_radios_only(void **state)
{
	(void)state;
	assert_int_equal(over(PLAN, "clock-source: 0\n")->clock_source, 1);
	assert_int_equal(over(PLAN, "radios: [{enable: true}]\n")->clock_source, 0);
	assert_int_equal(
	    over(PLAN, "radios: [{enable: true}]\nclock-source: 1\n")->clock_source, 1);
	assert_int_equal(
	    over("band-id: X\nclock-source: 1\n", RADIOS)->clock_source, 1);
	assert_int_equal(over(PLAN, "radios: []\nclock-source: 0\n")->clock_source, 1);
}

static void
merging_leaves_both_as_they_were(void **state)
{
	struct plan *base = load(PLAN), *own = load("max-eirp: 1\n"), out;

	(void)state;
	plan_merge(base, own, &out);
	assert_plan(base);
	assert_null(own->band_id);
	assert_true(out.max_eirp == 1);
}

/* ---- leniency ------------------------------------------------------------------ */

static void
unknown_and_repeated_keys(void **state)
{
	const struct plan *p = load("band-id: EU_433\ncolour: red\nband-id: AS_923\n"
				    "max-eirp: 1\nmax-eirp: null\n"
				    "rx2-channel: {frequency: 1, sound: loud}\n");
	const struct finding *f = findings.first;

	(void)state;
	assert_string_equal(p->band_id, "AS_923");
	assert_false(part_has(&p->part, PLAN_MAX_EIRP));
	assert_int_equal(findings.errors, 0);
	assert_int_equal(findings.warnings, 4);
	assert_string_equal(f->rule, "unknown-key");
	assert_string_equal(f->text, "a plan has no colour");
	assert_int_equal(f->at.line, 2);
	assert_string_equal(f->next->rule, "repeated-key");
	assert_int_equal(f->next->at.line, 3);
	assert_string_equal(f->next->next->next->text, "a channel has no sound");
}

static void
aliases_stand_for_what_they_name(void **state)
{
	const struct plan *p = load("uplink-channels: &c\n- &one {frequency: 1}\n"
				    "- {frequency: 2, radio: &r 1}\n"
				    "downlink-channels: *c\nrx2-channel: *one\n"
				    "clock-source: *r\n");

	(void)state;
	assert_int_equal(p->downlink_count, 2);
	assert_int_equal(p->downlinks[1].frequency, 2);
	assert_int_equal(p->rx2->frequency, 1);
	assert_int_equal(p->clock_source, 1);
}

static void
durations(void **state)
{
	static const struct {
		const char *text;
		uint64_t ns;
	} cases[] = {{"5000000", 5000000}, {"5ms", 5000000}, {"128us", 128000},
	    {"128\xc2\xb5s", 128000}, {"1s", 1000000000}, {"1.5ms", 1500000},
	    {"\"400ms\"", 400000000}, {"1h2m3s", 3723000000000}, {"0", 0}, {"7ns", 7}};
	char text[100];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		snprintf(text, sizeof text, "listen-before-talk: {scan-time: %s}\n",
		    cases[i].text);
		assert_int_equal(load(text)->lbt->scan_time, cases[i].ns);
	}
}

/* ---- encoding ------------------------------------------------------------------ */

static void
comes_back(void **state)
{
	const struct plan *p = load(PLAN);
	struct strbuf first, second;
	struct plan *back;

	(void)state;
	strbuf_init(&first, 10000);
	strbuf_init(&second, 10000);
	plan_encode(p, &first);
	assert_int_equal(plan_decode(&arena, strbuf_span(&first), &back), E_OK);
	assert_plan(back);
	assert_null(back->part.at.file);
	plan_encode(back, &second);
	assert_text(strbuf_span(&second), strbuf_span(&first));
	strbuf_clear(&first);
	strbuf_clear(&second);
}

/* Written by hand from the layout in schema.h. */
static void
layout(void **state)
{
	static const char bytes[] = "\x01"		   /* version */
				    "\x1e\x06\0\0\0EU_433" /* 7, bytes: a text */
				    "\x26\x0b\0\0\0\x01"   /* 9, bytes: a list of one */
				    "\x06\0\0\0"	   /* its length */
				    "\x04\xc8\xd0\x07"	   /* 1, a varint: 125000 */
				    "\x14\x01"		   /* 5, a varint: 1 */
				    "\x59\0\0\0\0\0\0\xf0\x3f"; /* 22: 1.0 */
	struct plan *p = load("band-id: EU_433\n"
			      "uplink-channels: [{frequency: 125000, radio: 1}]\n"
			      "max-eirp: 1\n");
	struct strbuf out;

	(void)state;
	strbuf_init(&out, 1000);
	plan_encode(p, &out);
	assert_text(strbuf_span(&out), BYTES(bytes));
	strbuf_clear(&out);
}

static void
senseless_records(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} cases[] = {
#define CASE(literal) {literal, sizeof(literal) - 1}
	    CASE("\x01\x1c\x01"),			    /* a text as varint */
	    CASE("\x01\x1e\x01\0\0\0A\x1e\x01\0\0\0A"),	    /* 7 twice */
	    CASE("\x01\x5b\x01"),			    /* no such form */
	    CASE("\x01\x1e\x02\0\0\0A\0"),		    /* NUL in a text */
	    CASE("\x01\x14\x02"),			    /* 5: 2 is no truth value */
	    CASE("\x01\x44\x80\x02"),			    /* 17: 256 in a byte */
	    CASE("\x01\x26\xff\xff\xff\xff\x01"),	    /* too long */
	    CASE("\x01\x26\x05\0\0\0\xff\xff\xff\xff\x0f"), /* too many */
	    CASE("\x01\x26\x02\0\0\0\x01\0"),		    /* element cut */
	};
	struct plan *p;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(
		    plan_decode(&arena, span_of(cases[i].bytes, cases[i].len), &p),
		    E_CORRUPT);
}

static void
unknown_members_are_skipped(void **state)
{
	static const char bytes[] = "\x01"
				    "\x1e\x06\0\0\0EU_433"
				    "\x64\x07"		    /* 25: a varint */
				    "\x69\1\2\3\4\5\6\7\10" /* 26: a double */
				    "\x6e\x02\0\0\0hi";	    /* 27: bytes */
	struct plan *p;

	(void)state;
	assert_int_equal(plan_decode(&arena, BYTES(bytes), &p), E_OK);
	assert_string_equal(p->band_id, "EU_433");
}

/* Every record cut short, and every single byte changed: never more than an error. */
static void
damaged_records(void **state)
{
	struct strbuf good;
	struct plan *p;
	char *bad;
	int err;

	(void)state;
	strbuf_init(&good, 10000);
	plan_encode(load(PLAN), &good);
	bad = malloc(good.len);
	for (size_t n = 0; n < good.len; n++) {
		arena_reset(&arena);
		memcpy(bad, good.data, n);
		err = plan_decode(&arena, span_of(bad, n), &p);
		assert_true(err == E_CORRUPT || err == E_OK);
	}
	memcpy(bad, good.data, good.len);
	for (size_t i = 1; i < good.len; i++) {
		arena_reset(&arena);
		bad[i] = (char)(bad[i] ^ 0x41);
		err = plan_decode(&arena, span_of(bad, good.len), &p);
		assert_true(err == E_CORRUPT || err == E_OK);
		bad[i] = (char)(bad[i] ^ 0x41);
	}
	bad[0] = 2;
	assert_int_equal(plan_decode(&arena, span_of(bad, good.len), &p), E_VERSION);
	assert_int_equal(plan_decode(&arena, span_of(bad, 0), &p), E_CORRUPT);
	free(bad);
	strbuf_clear(&good);
}

/* With ever more memory: refused, or whole, never a part of the plan. */
static void
little_memory(void **state)
{
	struct strbuf whole, got;
	unsigned taken = 0;

	(void)state;
	strbuf_init(&whole, 10000);
	strbuf_init(&got, 10000);
	plan_encode(load(PLAN), &whole);
	for (size_t limit = 0; limit < 40000; limit += 160) {
		struct findings found;
		struct arena small;
		struct plan *p;

		arena_init(&small, limit);
		findings_init(&found, &small);
		strbuf_reset(&got);
		if (plan_load(&small, span_str(PLAN), "plan.yml", &found, &p) == E_OK &&
		    plan_check(p, &found)) {
			plan_encode(p, &got);
			assert_text(strbuf_span(&got), strbuf_span(&whole));
			taken++;
		}
		arena_reset(&small);
		if (plan_decode(&small, strbuf_span(&whole), &p) == E_OK) {
			strbuf_reset(&got);
			plan_encode(p, &got);
			assert_text(strbuf_span(&got), strbuf_span(&whole));
		}
		arena_clear(&small);
	}
	assert_true(taken > 0 && taken < 250);
	strbuf_clear(&whole);
	strbuf_clear(&got);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(every_key),
	    TEST(a_list_replaces_whole),
	    TEST(an_object_replaces_whole),
	    TEST(a_value_replaces),
	    TEST(null_and_empty_remove_nothing),
	    TEST(an_empty_file_changes_nothing),
	    TEST(the_clock_comes_with_radios_only),
	    TEST(merging_leaves_both_as_they_were),
	    TEST(unknown_and_repeated_keys),
	    TEST(aliases_stand_for_what_they_name),
	    TEST(durations),
	    TEST(comes_back),
	    TEST(layout),
	    TEST(senseless_records),
	    TEST(unknown_members_are_skipped),
	    TEST(damaged_records),
	    TEST(little_memory),
	};

	return cmocka_run_group_tests(tests, NULL, finish);
}
