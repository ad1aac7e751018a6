/*
 * Plans that are wrong: each is refused with file, line and rule, or taken with a warning,
 * and never more than that happens.
 */
#include "unit.h"

#include <stdio.h>

#include "radio/plan.h"

#define BAND "band-id: EU_863_870\n"
/* Lines 2 to 6 after BAND. */
#define RADIOS                                                                    \
	"radios:\n"                                                               \
	"- {enable: true, chip-type: SX1257, frequency: 867500000, rssi-offset: " \
	"-166,\n"                                                                 \
	"   tx: {min-frequency: 863000000, max-frequency: 870000000}}\n"          \
	"- {enable: true, chip-type: SX1257, frequency: 868500000, rssi-offset: " \
	"-166}\n"                                                                 \
	"clock-source: 1\n"
/* What follows begins on line 7. */
#define HEAD BAND RADIOS
#define UP HEAD "uplink-channels:\n"

struct wrong {
	const char *yaml;
	const char *rule; /* "!if-range": an error, "?if-range": a warning */
	unsigned line;
	const char *text; /* a part of it */
};

/* ---- what is not a plan at all -------------------------------------------------- */

static const struct wrong not_yaml[] = {
    {"{", "!yaml", 2, "did not find expected"},
    {"a: b: c\n", "!yaml", 1, "not allowed"},
    {"\tband-id: x\n", "!yaml", 1, "cannot start any token"},
    {"band-id: \"x\n", "!yaml", 2, "unexpected end"},
    {"band-id: \x01\n", "!yaml", 1, "control characters are not allowed"},
    {"band-id: \xff\xfe\n", "!yaml", 1, "UTF-8"},
    {"band-id: EU_863_870\n---\nband-id: x\n", "!yaml-documents", 2, "one document"},
    {"- band-id: EU_863_870\n", "!type", 1, "a plan is not a map"},
    {"hello\n", "!type", 1, "a plan is not a map"},
    {"? [a, b]\n: c\n", "!yaml-key", 1, "plain text"},
    {BAND "radios: *nothing\n", "!yaml-alias", 2, "that is not there"},
    {BAND "radios: &a [*a]\n", "!yaml-alias", 2, "refers to itself"},
    {BAND "x: &r {a: 1}\nrx2-channel:\n  <<: *r\n", "!yaml-merge", 4, "merge keys"},
    {BAND "max-eirp: !!str 3\n", "!yaml-tag", 2, "tags"},
    {BAND "radios: !set {}\n", "!yaml-tag", 2, "tags"},
    {BAND "x: [[[[[[[[[[[[[[1]]]]]]]]]]]]]]\n", "!yaml-limit", 2, "too deeply"},
};

/* ---- wrong types and values ------------------------------------------------------ */

static const struct wrong wrong_types[] = {
    {UP "- {frequency: \"868100000\"}\n", "!type", 8,
	"frequency is a text in quotes, not a whole number"},
    {UP "- {frequency: '868100000'}\n", "!type", 8, "in quotes"},
    {UP "- {frequency: 868.1 MHz}\n", "!type", 8, "frequency is 868.1 MHz"},
    {UP "- {frequency: 868100000.5}\n", "!type", 8, "not a whole number"},
    {UP "- {frequency: [868100000]}\n", "!type", 8, "frequency is a list"},
    {UP "- {frequency: 0868100000}\n", "!type", 8, "not a whole number"},
    {UP "- {frequency: 0xZZ}\n", "!type", 8, "not a whole number"},
    {UP "- {frequency: -1}\n", "!range", 8, "frequency is -1"},
    {UP "- {frequency: 4294967296}\n", "!range", 8, "0 to 4294967295"},
    {UP "- {frequency: 868100000868100000868100000868100000868100000}\n", "!type", 8,
	"not a whole number"},
    {HEAD "dwell-time: {duration: ms}\n", "!type", 7, "not a duration"},
    {HEAD "dwell-time: {duration: []}\n", "!type", 7, "not a duration"},
    {UP "- {frequency: 1e300}\n", "!type", 8, "not a whole number"},
    {UP "- {frequency: 867500000, radio: 256}\n", "!range", 8, "radio is 256"},
    {UP "- {frequency: 867500000, max-data-rate: 16}\n", "!range", 8, "0 to 15"},
    {UP "- 868100000\n", "!type", 8, "a channel is not a map"},
    {UP "- ~\n", "!null-entry", 8, "an entry of uplink-channels is empty"},
    {UP "-\n- {frequency: 867500000}\n", "!null-entry", 8, "is empty"},
    {UP "- {radio: 0}\n", "!missing", 8, "a channel has no frequency"},
    {UP "- {frequency: null}\n", "!missing", 8, "a channel has no frequency"},
    {HEAD "uplink-channels: {frequency: 868100000}\n", "!type", 7, "not a list"},
    {HEAD "uplink-channels: 8\n", "!type", 7, "uplink-channels is 8, not a list"},
    {HEAD "lora-standard-channel: [1]\n", "!type", 7, "is a list, not a map"},
    {HEAD "dwell-time: {uplinks: 2}\n", "!type", 7, "not true or false"},
    {HEAD "dwell-time: {duration: 400mm}\n", "!type", 7, "not a duration"},
    {HEAD "dwell-time: {duration: -1ms}\n", "!type", 7, "not a duration"},
    {HEAD "sub-bands: [{duty-cycle: 2}]\n", "!range", 7, "duty-cycle is 2"},
    {HEAD "max-eirp: loud\n", "!type", 7, "max-eirp is loud"},
    {"band-id: [EU_863_870]\n", "!type", 1, "band-id is a list"},
    {"band-id: EU_863_870_EU_863_870_EU_863_870\n", "!range", 1, "longer than 31"},
    {BAND "radios: [1, 2]\n", "!type", 2, "a radio is not a map"},
    {BAND "radios: [{}, {}, {}, {}, {}]\n", "!list-length", 2, "5 entries"},
    {BAND "clock-source: true\n", "!type", 2, "clock-source is true"},
};

/* ---- what a forwarder would not start with ---------------------------------------- */

static const struct wrong not_for_forwarders[] = {
    {RADIOS, "!band", 1, "no band-id"},
    {"band-id: EU_868\n", "!band", 1, "there is no band EU_868"},
    {"band-id: \"\"\n" RADIOS, "!band", 1, "no band-id"},
    {UP "- {frequency: 867500000, radio: 2}\n", "!radio-index", 8,
	"an uplink channel uses radio 2, but the plan has 2"},
    {HEAD "fsk-channel: {frequency: 868800000, data-rate: 7, radio: 7}\n",
	"!radio-index", 7, "the FSK channel uses radio 7"},
    {HEAD "lora-standard-channel: {frequency: 868300000, data-rate: 6, radio: 2}\n",
	"!radio-index", 7, "the LoRa standard channel uses radio 2"},
    {UP "- {frequency: 867900001}\n- {frequency: 866762499}\n", "!if-range", 8,
	"400001 Hz from radio 0, the SX1301 can do 400000"},
    {UP "- {frequency: 868237501}\n", "!if-range", 8, "737501"},
    {HEAD "lora-standard-channel: {frequency: 869175001, data-rate: 6, radio: 1}\n",
	"!if-range", 7, "675001"},
    {HEAD "fsk-channel: {frequency: 869237501, data-rate: 7, radio: 1}\n", "!if-range",
	7, "737501"},
    {BAND "radios:\n- {enable: true, frequency: 867500000}\n", "?radio-type", 3,
	"radio 0 has no chip-type: the forwarder crashes"},
    {BAND "radios:\n- {enable: true, chip-type: sx1257, frequency: 867500000}\n",
	"?radio-type", 3, "radio 0 is a sx1257"},
    {BAND "radios:\n- {enable: true, chip-type: SX1257}\n", "!radio-frequency", 3,
	"radio 0 has no frequency"},
    {BAND "radios:\n- {enable: true, chip-type: SX1257, frequency: 2400000000}\n",
	"?radio-frequency", 3, "not for an SX1302: radio 0 is on 2400000000 Hz"},
    {BAND "radios:\n- {enable: false, chip-type: SX1257, frequency: 867500000}\n"
	  "- {enable: true, chip-type: SX1257, frequency: 868500000}\n",
	"!radio-0", 3, "radio 0 is disabled"},
    {BAND "radios:\n- {chip-type: SX1257, frequency: 867500000}\n", "!radio-0", 3,
	"disabled"},
    {HEAD "clock-source: 2\n", "?repeated-key", 7, "twice"},
    {BAND "radios: [{enable: true, chip-type: SX1257, frequency: 867500000}]\n"
	  "clock-source: 2\n",
	"?clock-source", 2, "not for an SX1301: the clock source is 2"},
    {HEAD "listen-before-talk: {rssi-target: -80, scan-time: 128us}\n", "!lbt-channels",
	7, "without downlink channels"},
    {HEAD "downlink-channels: [{frequency: 868100000}]\n"
	  "listen-before-talk: {rssi-target: -80, scan-time: 1ms}\n",
	"!lbt-scan-time", 8, "the scan time is 1000 us"},
    {HEAD "downlink-channels: [{frequency: 868100000}]\n"
	  "listen-before-talk: {rssi-target: -180, scan-time: 5ms}\n",
	"!lbt-rssi", 8, "-128 to 127"},
};

/* ---- what is only strange ---------------------------------------------------------- */

static const struct wrong strange[] = {
    {BAND, "?no-radios", 1, "no radios"},
    {UP "- {frequency: 867950000}\n", "?if-range", 8, "not for an SX1301: an uplink"},
    {HEAD "lora-standard-channel: {frequency: 868900000, data-rate: 6, radio: 1}\n",
	"?if-range", 7, "the SX1301 can do 375000"},
    {BAND "radios: [{enable: true, chip-type: SX1257, frequency: 867500000}]\n"
	  "clock-source: 1\n",
	"?clock-source", 2, "radio 1, which is not in the plan"},
    {BAND "radios: [{enable: true, chip-type: SX1257, frequency: 867500000}]\n",
	"?no-transmitter", 2, "no radio transmits"},
    {BAND "radios: [{enable: true, chip-type: SX1257, frequency: 867500000, tx: {}}]\n",
	"?tx-range", 2, "without limits"},
    {BAND "radios: [{enable: true, chip-type: SX1257, frequency: 867500000, tx: "
	  "{min-frequency: 2, max-frequency: 1}}]\n",
	"?tx-range", 2, "can transmit nothing"},
    {BAND "radios: [{enable: true, chip-type: SX1257, frequency: 867500000, tx: "
	  "{min-frequency: 1, max-frequency: 2, notch-frequency: 5}}]\n",
	"?tx-notch", 2, "ignored"},
    {HEAD "downlink-channels:\n- {frequency: 868100000}\n- {frequency: 870000001}\n",
	"?tx-range", 9, "870000001 Hz is outside"},
    {HEAD "rx2-channel: {frequency: 862000000}\n", "?tx-range", 7, "RX2"},
    {HEAD "lora-standard-channel: {frequency: 868300000, data-rate: 7, radio: 1}\n",
	"?data-rate", 7, "is not LoRa: the standard channel is off"},
    {HEAD "fsk-channel: {frequency: 868300000, data-rate: 6, radio: 1}\n", "?data-rate",
	7, "is not FSK: the FSK channel is off"},
    {UP "- {frequency: 867500000, min-data-rate: 5, max-data-rate: 0}\n", "?data-rate",
	8, "above max-data-rate"},
    {HEAD "downlink-channels: [{frequency: 868100000}, {frequency: 868100000},\n"
	  "  {frequency: 868100000}, {frequency: 868100000}, {frequency: 868100000},\n"
	  "  {frequency: 868100000}, {frequency: 868100000}, {frequency: 868100000},\n"
	  "  {frequency: 868100000}]\n"
	  "listen-before-talk: {rssi-target: -80, scan-time: 5ms}\n",
	"?lbt-channels", 11, "the first 8 downlink channels only"},
    {HEAD "sub-bands: [{min-frequency: 2, max-frequency: 1}]\n", "?sub-band", 7,
	"above max-frequency"},
    {HEAD "colour: red\n", "?unknown-key", 7, "a plan has no colour"},
    {HEAD "\"\\e[2J\\a\": red\n", "?unknown-key", 7, "a plan has no ?[2J?"},
    {HEAD "downlink-channels: [{frequency: 868100000}]\n"
	  "listen-before-talk: {rssi-target: -80.5, scan-time: 5ms}\n",
	"?lbt-rssi", 8, "cuts"},
    {BAND "radios:\n"
	  "- {enable: true, chip-type: SX1257, frequency: 867500000}\n"
	  "- {enable: false, chip-type: SX1257, frequency: 868500000}\n"
	  "uplink-channels: [{frequency: 868500000, radio: 1}]\n",
	"?channel-radio", 5, "it hears nothing"},
    {BAND "radios: [{enable: true, chip-type: SX1257, frequency: 867500000}, {}, {}]\n",
	"?radio-count", 2, "ignores radio 2"},
};

static struct arena arena;

static bool
taken(struct span yaml, struct findings *found)
{
	struct plan *plan;

	arena_clear(&arena);
	arena_init(&arena, 16 << 20);
	findings_init(found, &arena);
	return plan_load(&arena, yaml, "plan.yml", found, &plan) == E_OK &&
	       plan_check(plan, found);
}

static bool
is_wanted(const struct finding *f, const struct wrong *w)
{
	return f->error == (w->rule[0] == '!') && strcmp(f->rule, w->rule + 1) == 0 &&
	       f->at.line == w->line && strstr(f->text, w->text) != NULL &&
	       strcmp(f->at.file, "plan.yml") == 0;
}

static void
show(const struct findings *found, const struct wrong *w)
{
	struct strbuf out;

	strbuf_init(&out, 10000);
	for (const struct finding *f = found->first; f != NULL; f = f->next)
		finding_print(f, &out);
	fprintf(stderr, "%s---- wanted %s, line %u, %s; found\n%s", w->yaml, w->rule,
	    w->line, w->text, strbuf_str(&out));
	strbuf_clear(&out);
}

static void
check_table(const struct wrong *table, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct wrong *w = &table[i];
		struct findings found;
		const struct finding *f;
		bool ok = taken(span_str(w->yaml), &found);

		for (f = found.first; f != NULL && !is_wanted(f, w); f = f->next)
			continue;
		if (f == NULL || ok != (w->rule[0] == '?')) {
			show(&found, w);
			fail();
		}
	}
}

#define TABLE(name)                             \
	static void test_##name(void **state)   \
	{                                       \
		(void)state;                    \
		check_table(name, COUNT(name)); \
	}

TABLE(not_yaml)
TABLE(wrong_types)
TABLE(not_for_forwarders)
TABLE(strange)

/* "Not for an SX1301" is for what another chip can do. */
static void
wrong_for_all_chips(void **state)
{
	struct findings found;

	(void)state;
	assert_false(
	    taken(span_str(UP "- {frequency: 867500000, radio: 2}\n"), &found));
	assert_string_equal(
	    found.first->text, "an uplink channel uses radio 2, but the plan has 2");
	assert_false(taken(span_str(UP "- {frequency: 866000000}\n"), &found));
	assert_memory_equal(found.first->text, "not for an SX1301: ", 19);
}

/* ---- large ones ----------------------------------------------------------------- */

static void
refused(struct strbuf *yaml, const char *rule, const char *text)
{
	struct findings found;
	struct fault fault = {0};

	assert_int_equal(yaml->err, E_OK);
	assert_false(taken(strbuf_span(yaml), &found));
	assert_int_equal(findings_result(&found, &fault), E_INVALID);
	assert_string_equal(fault.field, "plan.yml");
	if (strstr(fault.text, text) == NULL || strstr(fault.text, rule) == NULL)
		fail_msg("%s", fault.text);
	strbuf_clear(yaml);
}

static void
channels(struct strbuf *yaml, unsigned count)
{
	strbuf_init(yaml, 4 << 20);
	strbuf_puts(yaml, UP);
	for (unsigned i = 0; i < count; i++)
		strbuf_puts(yaml, "- {frequency: 867500000}\n");
}

static void
many_channels(void **state)
{
	struct findings found;
	struct strbuf yaml;

	(void)state;
	channels(&yaml, 96);
	assert_true(taken(strbuf_span(&yaml), &found));
	assert_string_equal(found.first->rule, "channel-count");
	assert_int_equal(found.first->at.line, 16);
	strbuf_clear(&yaml);
	channels(&yaml, 97);
	refused(&yaml, "list-length", "line 8: uplink-channels has 97 entries");
	channels(&yaml, 10000);
	refused(&yaml, "list-length", "10000 entries, more than 96");
	channels(&yaml, 30000);
	refused(&yaml, "yaml-limit", "more than 60,000 values");
}

static void
long_texts(void **state)
{
	struct strbuf yaml;

	(void)state;
	strbuf_init(&yaml, 4 << 20);
	strbuf_puts(&yaml, BAND "x: ");
	memset(strbuf_extend(&yaml, 1000000), 'a', 1000000);
	refused(&yaml, "yaml-limit", "line 2: a value is longer than 4,096 bytes");
	strbuf_init(&yaml, 4 << 20);
	memset(strbuf_extend(&yaml, 1048577), '#', 1048577);
	refused(&yaml, "yaml-limit", "longer than 1 MB");
	strbuf_init(&yaml, 4 << 20);
	strbuf_puts(&yaml, "band-id: \"");
	for (int i = 0; i < 2000; i++)
		strbuf_puts(&yaml, "\\0");
	strbuf_puts(&yaml, "\"\n");
	refused(&yaml, "type", "without NUL");
}

/* Nine levels of ten aliases each: a thousand million nodes for who would copy them. */
static void
bombs(void **state)
{
	struct strbuf yaml;

	(void)state;
	strbuf_init(&yaml, 10000);
	strbuf_puts(&yaml, "a: &a [x, x, x, x, x, x, x, x, x, x]\n");
	for (char c = 'b'; c <= 'i'; c++) {
		strbuf_printf(&yaml, "%c: &%c [*%c", c, c, c - 1);
		for (int i = 1; i < 10; i++)
			strbuf_printf(&yaml, ", *%c", c - 1);
		strbuf_puts(&yaml, "]\n");
	}
	strbuf_puts(&yaml, "uplink-channels: *i\n");
	refused(&yaml, "type", "a channel is not a map");
	strbuf_init(&yaml, 10000);
	for (int i = 0; i < 33; i++)
		strbuf_printf(&yaml, "k%d: &a%d x\n", i, i);
	refused(&yaml, "yaml-limit", "line 33: too many anchors");
	strbuf_init(&yaml, 100000);
	for (int i = 0; i < 10000; i++)
		strbuf_puts(&yaml, "[");
	refused(&yaml, "yaml-limit", "too deeply");
	strbuf_init(&yaml, 100000);
	strbuf_puts(&yaml, BAND "sub-bands: [&s {min-frequency: 1}");
	for (int i = 0; i < 5000; i++)
		strbuf_puts(&yaml, ", *s");
	strbuf_puts(&yaml, "]\n");
	refused(&yaml, "list-length", "sub-bands has 5001 entries, more than 32");
}

static void
binary(void **state)
{
	static const unsigned char header[] = {
	    0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 62, 0};
	struct strbuf yaml;

	(void)state;
	strbuf_init(&yaml, 1000);
	strbuf_put(&yaml, header, sizeof header);
	refused(&yaml, "yaml", "line 1: control characters");
	strbuf_init(&yaml, 1000);
	strbuf_put(&yaml, "band-id: \0x\n", 12);
	refused(&yaml, "yaml", "control characters");
}

/* More errors than are kept: the first ones count. */
static void
many_errors(void **state)
{
	struct findings found;
	struct strbuf yaml;

	(void)state;
	strbuf_init(&yaml, 100000);
	strbuf_puts(&yaml, UP);
	for (int i = 0; i < 90; i++)
		strbuf_puts(&yaml, "- {frequency: x, radio: y, colour: z}\n");
	assert_false(taken(strbuf_span(&yaml), &found));
	assert_int_equal(found.errors, 180);
	assert_int_equal(found.warnings, 90);
	strbuf_clear(&yaml);
}

/* How findings are shown, and how one becomes a fault. */
static void
words(void **state)
{
	static const struct place at = {"f.yml", 7}, whole = {"f.yml", 0}, none;
	struct findings found, more;
	struct fault fault = {0};
	struct strbuf out;

	(void)state;
	arena_clear(&arena);
	arena_init(&arena, 1 << 20);
	strbuf_init(&out, 1000);
	findings_init(&found, &arena);
	assert_int_equal(findings_result(&found, &fault), E_OK);
	finding_warning(&found, "a-rule", at, "%d things", 2);
	assert_int_equal(findings_result(&found, &fault), E_OK);
	finding_error(&found, "b-rule", whole, "x\ny");
	finding_error(&found, "c-rule", none, "z");
	for (const struct finding *f = found.first; f != NULL; f = f->next)
		finding_print(f, &out);
	assert_text(strbuf_span(&out),
	    span_str("f.yml:7: warning: 2 things [a-rule]\n"
		     "f.yml: error: x?y [b-rule]\nerror: z [c-rule]\n"));
	assert_int_equal(findings_result(&found, &fault), E_INVALID);
	assert_string_equal(fault.field, "f.yml");
	assert_string_equal(fault.text, "x?y [b-rule]");
	findings_init(&more, &arena);
	findings_take(&more, &found, true, "p: ");
	assert_int_equal(more.errors, 0);
	assert_int_equal(more.warnings, 3);
	assert_string_equal(more.last->text, "p: z");
	strbuf_clear(&out);
}

static int
finish(void **state)
{
	(void)state;
	arena_clear(&arena);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_not_yaml),
	    cmocka_unit_test(test_wrong_types),
	    cmocka_unit_test(test_not_for_forwarders),
	    cmocka_unit_test(test_strange),
	    cmocka_unit_test(wrong_for_all_chips),
	    cmocka_unit_test(many_channels),
	    cmocka_unit_test(long_texts),
	    cmocka_unit_test(bombs),
	    cmocka_unit_test(binary),
	    cmocka_unit_test(many_errors),
	    cmocka_unit_test(words),
	};

	return cmocka_run_group_tests(tests, NULL, finish);
}
