#include "unit.h"

#include <stdio.h>

#include "radio/check.h"
#include "tests/lib/radio_data.h"

static struct radio_data data;
static struct findings findings;
static struct settings settings;

static int
begin(void **state)
{
	(void)state;
	return radio_data_load(&data, NULL) ? 0 : -1;
}

static int
finish(void **state)
{
	(void)state;
	radio_data_clear(&data);
	return 0;
}

static int
compute(const char *plan, const char *board, double gain, bool beacon)
{
	const struct settings_input in = {.plan = radio_data_plan(&data, plan),
	    .board = board != NULL ? radio_data_board(&data, board) : NULL,
	    .antenna_gain = gain,
	    .beacon = beacon};

	assert_non_null(in.plan);
	findings_init(&findings, &data.arena);
	return settings_compute(&in, &data.arena, &findings, &settings);
}

static void
as_the_plan_says(void **state)
{
	const struct settings *s = &settings;

	(void)state;
	assert_int_equal(compute("EU_863_870", NULL, 2.15, false), E_OK);
	assert_int_equal(s->chip, CHIP_SX1301);
	assert_int_equal(s->clock_source, 1);
	assert_true(s->antenna_gain == 2.15);
	assert_int_equal(s->radio_count, 2);
	assert_string_equal(s->radios[0].type, "SX1257");
	assert_int_equal(s->radios[0].frequency, 867500000);
	assert_true(s->radios[0].rssi_offset == -166);
	assert_true(s->radios[0].tx_enable && !s->radios[1].tx_enable);
	assert_int_equal(s->radios[0].tx_min, 863000000);
	assert_int_equal(s->multi_count, 8);
	assert_int_equal(s->multi[0].radio, 1);
	assert_int_equal(s->multi[0].offset, -400000);
	assert_int_equal(s->multi[7].offset, 400000);
	assert_true(s->standard.enable && s->standard.sf == 7);
	assert_int_equal(s->standard.bandwidth, 250000);
	assert_int_equal(s->fsk.bit_rate, 50000);
	assert_int_equal(s->fsk.offset, 300000);
	assert_false(s->lbt.enable);
	assert_false(s->beacon.enable);
	assert_int_equal(s->gain_count, 16);
	assert_true(settings_check(s, &findings));
	assert_null(findings.first);
}

static void
as_the_board_says(void **state)
{
	const struct settings *s = &settings;

	(void)state;
	assert_int_equal(compute("EU_863_870", "semtech-sx1257-spi", 0, false), E_OK);
	assert_int_equal(s->chip, CHIP_SX1302);
	assert_int_equal(s->clock_source, 0);
	assert_true(s->radios[1].rssi_offset == -196);
	assert_true(s->radios[1].rssi_tcomp->e == 105236.996);
	assert_int_equal(compute("CN_470_510_FSB_11", "rak2287-spi", 0, false), E_OK);
	assert_string_equal(s->radios[0].type, "SX1250");
	assert_true(s->radios[0].single_input && s->radios[0].rssi_offset == -207);
	assert_int_equal(compute("EU_863_870", "multitech-mtac-lora", 0, false), E_OK);
	assert_int_equal(s->clock_source, 0);
	assert_string_equal(s->radios[0].type, "SX1257");
	assert_true(s->radios[0].rssi_offset == -166);
}

/* A board that does not say its clock: an SX1302 has it on radio 0, whatever the plan. */
static void
the_clock(void **state)
{
	struct board b = *radio_data_board(&data, "rak2287-spi");
	const struct settings_input in = {
	    .plan = radio_data_plan(&data, "EU_863_870"), .board = &b};

	(void)state;
	b.part.has &= ~(1u << BOARD_CLOCK_SOURCE);
	findings_init(&findings, &data.arena);
	assert_int_equal(
	    settings_compute(&in, &data.arena, &findings, &settings), E_OK);
	assert_int_equal(settings.clock_source, 0);
}

static void
unused_channels_are_off(void **state)
{
	(void)state;
	assert_int_equal(compute("AS_923", NULL, 0, false), E_OK);
	assert_true(settings.multi[1].enable && !settings.multi[2].enable);
	assert_false(settings.standard.enable);
	assert_false(settings.fsk.enable);
	assert_int_equal(compute("US_902_928_FSB_1", NULL, 0, false), E_OK);
	assert_int_equal(settings.standard.bandwidth, 500000);
	assert_int_equal(settings.standard.sf, 8);
	assert_int_equal(settings.standard.offset, 300000);
	assert_int_equal(compute("AU_915_928_FSB_8_BR", NULL, 0, false), E_OK);
	assert_int_equal(settings.standard.bandwidth, 500000);
}

static void
listen_before_talk(void **state)
{
	const struct settings_lbt *l = &settings.lbt;

	(void)state;
	assert_int_equal(compute("AS_920_923_LBT", NULL, 0, false), E_OK);
	assert_true(l->enable && l->rssi_target == -80 && l->rssi_offset == -4);
	assert_int_equal(l->scan_time, 128000);
	assert_int_equal(l->count, 8);
	assert_int_equal(l->channels[7].frequency, 922000000);
	assert_int_equal(compute("AS_920_923_LBT", "rak5146-spi-lbt", 0, false), E_OK);
	assert_true(l->enable);
	assert_int_equal(compute("AS_920_923_LBT", "rak5146-spi", 0, false), E_OK);
	assert_false(l->enable);
	assert_true(settings_check(&settings, &findings));
	assert_string_equal(findings.first->rule, "lbt");
}

static const struct {
	const char *plan, *board;
	double gain;
	uint32_t frequency; /* 0: no beacon */
	int power;
	const char *why;
} beacons[] = {
    {"EU_863_870", NULL, 0, 869525000, 16, NULL},
    {"EU_863_870", NULL, 2.15, 869525000, 13, NULL},
    {"EU_863_870", "rak2287-spi", 2.15, 869525000, 13, NULL},
    {"EU_863_870", "rak2287-spi", 10, 869525000, 12, NULL}, /* the least it has */
    {"US_902_928_FSB_2", NULL, 3, 923300000, 27, NULL},
    {"US_902_928_FSB_2", NULL, 8, 923300000, 20, NULL},
    {"AU_915_928_FSB_1", NULL, 0, 923300000, 27, NULL},
    {"AS_923_2", NULL, 0, 921600000, 16, NULL},
    {"AS_920_923_TTN_JP_1", NULL, 0, 923400000, 16, NULL},
    {"KR_920_923_TTN", NULL, 0, 923100000, 14, NULL},
    {"CN_470_510_FSB_1", NULL, 0, 508300000, 16, NULL},
    {"EU_433", NULL, 0, 434665000, 12, NULL}, /* max-eirp 12.15 of the sub-band */
    {"MA_869_870_DRAFT", NULL, 0, 0, 0, "the band has no beacon"},
    {"UZ_923_1", NULL, 0, 0, 0, "outside of the plan's transmit range"},
    {"AS_920_923_TTN_JP_3", NULL, 0, 0, 0, "outside of the plan's transmit range"},
};

static void
class_b(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(beacons); i++) {
		const struct settings_beacon *b = &settings.beacon;

		assert_int_equal(
		    compute(beacons[i].plan, beacons[i].board, beacons[i].gain, true),
		    E_OK);
		assert_int_equal(b->enable, beacons[i].frequency != 0);
		if (b->enable) {
			assert_int_equal(b->radio.frequency, beacons[i].frequency);
			assert_int_equal(b->power, beacons[i].power);
		} else {
			assert_string_equal(findings.first->rule, "beacon");
			assert_non_null(strstr(findings.first->text, beacons[i].why));
		}
	}
}

static void
what_cannot_be(void **state)
{
	(void)state;
	assert_int_equal(compute("ISM_2400_3CH_DRAFT2", NULL, 0, false), E_INVALID);
	assert_string_equal(findings.first->rule, "no-radios");
	assert_int_equal(compute("EU_433", "semtech-sx1257-spi", 0, false), E_INVALID);
	assert_string_equal(findings.first->rule, "board-band");
	assert_string_equal(findings.first->text,
	    "the board semtech-sx1257-spi is not made for EU_433");
}

/* ---- the first plan that fits ------------------------------------------------- */

static int
choose(const char *first, const char *second, const char *board)
{
	const struct settings_input in = {.board = radio_data_board(&data, board)};
	const struct plan *plans[] = {radio_data_plan(&data, first),
	    second != NULL ? radio_data_plan(&data, second) : NULL};

	findings_init(&findings, &data.arena);
	return settings_choose(
	    &in, plans, second != NULL ? 2 : 1, &data.arena, &findings, &settings);
}

static void
choosing(void **state)
{
	const struct settings_input in = {0};

	(void)state;
	assert_int_equal(choose("EU_863_870", "US_902_928_FSB_2", "rak2287-spi"), E_OK);
	assert_string_equal(settings.plan->id, "EU_863_870");
	assert_int_equal(choose("EU_433", "EU_863_870", "semtech-sx1257-spi"), E_OK);
	assert_string_equal(settings.plan->id, "EU_863_870");
	assert_int_equal(findings.errors, 1);
	assert_string_equal(findings.first->text,
	    "EU_433: the board semtech-sx1257-spi is not made for EU_433");
	assert_int_equal(
	    choose("EU_433", "ISM_2400_3CH_DRAFT2", "semtech-sx1257-spi"), E_INVALID);
	assert_int_equal(findings.errors, 2);
	findings_init(&findings, &data.arena);
	assert_int_equal(
	    settings_choose(&in, NULL, 0, &data.arena, &findings, &settings),
	    E_INVALID);
	assert_string_equal(findings.first->rule, "no-plan");
}

/* ---- limits -------------------------------------------------------------------- */

static void
expect(const char *rule, bool error)
{
	const struct finding *f;
	bool fine;

	findings_init(&findings, &data.arena);
	fine = settings_check(&settings, &findings);
	for (f = findings.first; f != NULL; f = f->next)
		if (strcmp(f->rule, rule) == 0 && f->error == error)
			break;
	if (f == NULL)
		fail_msg("no finding %s", rule);
	assert_int_equal(fine, !error);
}

static void
within(const char *board, int64_t most, int64_t standard_250, int64_t standard_500)
{
	assert_int_equal(compute("EU_863_870", board, 0, false), E_OK);
	settings.multi[3].offset = most;
	settings.fsk.offset = -most;
	settings.standard.offset = -standard_250;
	findings_init(&findings, &data.arena);
	assert_true(settings_check(&settings, &findings));
	settings.multi[3].offset = most + 1;
	expect("if-range", true);
	settings.multi[3].offset = -most - 1;
	expect("if-range", true);
	settings.multi[3].offset = 0;
	settings.fsk.offset = -most - 1;
	expect("if-range", true);
	settings.fsk.offset = 0;
	settings.standard.offset = standard_250 + 1;
	expect("if-range", true);
	settings.standard.bandwidth = 500000;
	settings.standard.offset = standard_500 + 1;
	expect("if-range", true);
	settings.standard.offset = standard_500;
	findings_init(&findings, &data.arena);
	assert_true(settings_check(&settings, &findings));
}

static void
offsets(void **state)
{
	(void)state;
	within(NULL, 400000, 375000, 300000);
	within("rak2287-spi", 737500, 675000, 550000);
}

static void
other_limits(void **state)
{
	struct gain gain = {.rf_power = 1, .dac_gain = 3, .mix_gain = 7};

	(void)state;
	compute("EU_863_870", NULL, 200, false);
	expect("antenna-gain", true);
	compute("EU_863_870", NULL, 0, false);
	settings.standard.sf = 6;
	expect("spreading-factor", true);
	settings.standard.sf = 7;
	settings.standard.bandwidth = 812000;
	expect("bandwidth", true);
	settings.standard.bandwidth = 250000;
	settings.fsk.bit_rate = 400;
	expect("bit-rate", true);
	compute("EU_863_870", NULL, 0, false);
	settings.multi[0].radio = 2;
	expect("channel-radio", true);
	compute("EU_863_870", "rak2287-spi", 0, false);
	settings.gain_count = 0;
	expect("gain-table", true);
	settings.gains = &gain;
	settings.gain_count = 1;
	gain.pwr_idx = 23;
	expect("gain-table", true);
	compute("EU_863_870", "rak2287-spi", 0, false);
	settings.radios[0].enable = false;
	expect("clock-source", true);
	compute("EU_863_870", "rak2287-spi", 0, false);
	settings.radios[1].type = "sx1250";
	expect("radio-type", true);
	settings.radios[1].type = "SX1250";
	settings.radios[1].frequency = 1000000001;
	expect("radio-frequency", true);
	compute("EU_863_870", "rak2287-spi", 0, true);
	expect("beacon", false);
}

/* ---- all of them, as figures ----------------------------------------------------- */

static void
put_channel(struct strbuf *out, const char *name, const struct settings_channel *c)
{
	if (!c->enable)
		return;
	strbuf_printf(out, " %s%u:%+lld", name, c->radio, (long long)c->offset);
	if (c->sf != 0)
		strbuf_printf(out, "/%u/SF%u", c->bandwidth, c->sf);
	if (c->bit_rate != 0)
		strbuf_printf(out, "/%u", c->bit_rate);
}

static void
put_settings(struct strbuf *out, const struct settings *s)
{
	strbuf_printf(out, "%s clock %u\n", s->plan->id, s->clock_source);
	for (uint32_t i = 0; i < s->radio_count; i++) {
		const struct settings_radio *r = &s->radios[i];

		strbuf_printf(out, "  radio %u%s %s %u %.10g", i,
		    r->enable ? "" : " off", r->type, r->frequency, r->rssi_offset);
		if (r->tx_enable)
			strbuf_printf(out, " tx %u-%u", r->tx_min, r->tx_max);
		if (r->tx_notch != 0)
			strbuf_printf(out, " notch %u", r->tx_notch);
		strbuf_putc(out, '\n');
	}
	strbuf_puts(out, " ");
	for (uint32_t i = 0; i < s->multi_count; i++)
		put_channel(out, "", &s->multi[i]);
	put_channel(out, "lora ", &s->standard);
	put_channel(out, "fsk ", &s->fsk);
	strbuf_putc(out, '\n');
	if (!s->lbt.enable)
		return;
	strbuf_printf(out, "  lbt %.10g %.10g %.10g us:", s->lbt.rssi_target,
	    s->lbt.rssi_offset, (double)s->lbt.scan_time / 1000);
	for (uint32_t i = 0; i < s->lbt.count; i++)
		strbuf_printf(out, " %u", s->lbt.channels[i].frequency);
	strbuf_putc(out, '\n');
}

static void
golden(void **state)
{
	struct strbuf out;
	unsigned n = 0;

	(void)state;
	strbuf_init(&out, 100000);
	assert_int_equal(data.set.count, 71);
	assert_int_equal(data.set.faulty, 0);
	for (size_t i = 0; i < data.set.count; i++) {
		const char *id = data.set.items[i].entry.id;

		if (compute(id, NULL, 0, false) != E_OK) {
			strbuf_printf(&out, "%s: %s\n", id, findings.first->text);
			continue;
		}
		assert_true(settings_check(&settings, &findings));
		put_settings(&out, &settings);
		n++;
	}
	assert_int_equal(n, 70);
	assert_true(golden_is("settings.txt", strbuf_span(&out)));
	strbuf_clear(&out);
}

/* An SX1301 forwarder has only the powers of its table, after the antenna's gain is taken
 * off: from -6 -3 0 3 6 10 11 12 13 14 16 20 23 25 26 27. */
static void
antenna_gains(void **state)
{
	static const struct {
		const char *plan, *board;
		double gain;
		const char *words; /* NULL: no warning */
	} cases[] = {
	    {"EU_863_870", NULL, 0, NULL}, {"EU_863_870", NULL, 1, NULL},
	    {"EU_863_870", NULL, 2.15, NULL},
	    {"EU_863_870", NULL, 3, "3 dBi a downlink for 27 dBm needs 24 dBm"},
	    {"EU_863_870", NULL, 4, NULL},
	    {"EU_863_870", NULL, 5, "5 dBi a downlink for 14 dBm needs 9 dBm"},
	    {"EU_863_870", NULL, 4.5, "5 dBi a downlink for 14 dBm needs 9 dBm"},
	    {"US_902_928_FSB_2", NULL, 2, NULL},
	    {"US_902_928_FSB_2", NULL, 6, "6 dBi a downlink for 27 dBm needs 21 dBm"},
	    {"US_902_928_FSB_2", "multitech-mtac-lora", 6, "27 dBm needs 21 dBm"},
	    {"AS_923", NULL, 3, NULL},
	    {"AS_923", NULL, 6, "6 dBi a downlink for 14 dBm needs 8 dBm"},
	    {"EU_863_870", "rak2287-spi", 5, NULL}, /* takes the next lower one */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct finding *f;
		const char *text = "";

		assert_int_equal(
		    compute(cases[i].plan, cases[i].board, cases[i].gain, false), E_OK);
		assert_true(settings_check(&settings, &findings));
		for (f = findings.first; f != NULL; f = f->next)
			if (strcmp(f->rule, "antenna-gain") == 0)
				text = f->text;
		if (cases[i].words == NULL ? text[0] != '\0'
					   : strstr(text, cases[i].words) == NULL)
			fail_msg("%s, %g dBi: %s", cases[i].plan, cases[i].gain, text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(as_the_plan_says),
	    cmocka_unit_test(as_the_board_says),
	    cmocka_unit_test(the_clock),
	    cmocka_unit_test(unused_channels_are_off),
	    cmocka_unit_test(listen_before_talk),
	    cmocka_unit_test(class_b),
	    cmocka_unit_test(what_cannot_be),
	    cmocka_unit_test(choosing),
	    cmocka_unit_test(offsets),
	    cmocka_unit_test(other_limits),
	    cmocka_unit_test(antenna_gains),
	    cmocka_unit_test(golden),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
