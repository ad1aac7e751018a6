#include "unit.h"

#include "base/strbuf.h"
#include "radio/band.h"

/* Data rates as RP002-1.0.3 lists them: "SF/kHz", "F" for FSK of 50 kbit/s, "." for none. */
static const struct {
	const char *id, *rates;
} wanted[] = {
    {"EU_863_870", "12/125 11/125 10/125 9/125 8/125 7/125 7/250 F . . . . . . . ."},
    {"EU_433", "12/125 11/125 10/125 9/125 8/125 7/125 7/250 F . . . . . . . ."},
    {"RU_864_870", "12/125 11/125 10/125 9/125 8/125 7/125 7/250 F . . . . . . . ."},
    {"CN_779_787", "12/125 11/125 10/125 9/125 8/125 7/125 7/250 F . . . . . . . ."},
    {"AS_923", "12/125 11/125 10/125 9/125 8/125 7/125 7/250 F . . . . . . . ."},
    {"AS_923_2", "12/125 11/125 10/125 9/125 8/125 7/125 7/250 F . . . . . . . ."},
    {"AS_923_3", "12/125 11/125 10/125 9/125 8/125 7/125 7/250 F . . . . . . . ."},
    {"AS_923_4", "12/125 11/125 10/125 9/125 8/125 7/125 7/250 F . . . . . . . ."},
    {"MA_869_870_DRAFT",
	"12/125 11/125 10/125 9/125 8/125 7/125 7/250 F . . . . . . . ."},
    {"IN_865_867", "12/125 11/125 10/125 9/125 8/125 7/125 . F . . . . . . . ."},
    {"KR_920_923", "12/125 11/125 10/125 9/125 8/125 7/125 . . . . . . . . . ."},
    {"CN_470_510", "12/125 11/125 10/125 9/125 8/125 7/125 . . . . . . . . . ."},
    {"CN_470_510_20_A", ". 11/125 10/125 9/125 8/125 7/125 7/500 F . . . . . . . ."},
    {"CN_470_510_20_B", ". 11/125 10/125 9/125 8/125 7/125 7/500 F . . . . . . . ."},
    {"CN_470_510_26_A", ". 11/125 10/125 9/125 8/125 7/125 7/500 F . . . . . . . ."},
    {"CN_470_510_26_B", ". 11/125 10/125 9/125 8/125 7/125 7/500 F . . . . . . . ."},
    {"US_902_928", "10/125 9/125 8/125 7/125 8/500 . . . 12/500 11/500 10/500 9/500 "
		   "8/500 7/500 . ."},
    {"AU_915_928", "12/125 11/125 10/125 9/125 8/125 7/125 8/500 . 12/500 11/500 "
		   "10/500 9/500 8/500 7/500 . ."},
    {"ISM_2400", "12/812 11/812 10/812 9/812 8/812 7/812 6/812 5/812 . . . . . . . ."},
};

static void
describe(const struct band *band, struct strbuf *out)
{
	strbuf_reset(out);
	for (unsigned i = 0; i < BAND_RATES; i++) {
		struct data_rate r = band_rate(band, i);

		strbuf_puts(out, i > 0 ? " " : "");
		if (r.sf != 0)
			strbuf_printf(out, "%u/%u", r.sf, r.bandwidth / 1000);
		else
			strbuf_puts(out, r.bit_rate == 50000 ? "F" : ".");
	}
}

static void
data_rates(void **state)
{
	struct strbuf got;
	size_t n = 0;

	(void)state;
	strbuf_init(&got, 1000);
	while (band_at(n) != NULL)
		n++;
	assert_int_equal(n, COUNT(wanted));
	for (size_t i = 0; i < COUNT(wanted); i++) {
		const struct band *band = band_find(wanted[i].id);

		assert_non_null(band);
		assert_string_equal(band->id, wanted[i].id);
		describe(band, &got);
		assert_text(strbuf_span(&got), span_str(wanted[i].rates));
	}
	strbuf_clear(&got);
}

static void
no_such_rate(void **state)
{
	const struct band *eu = band_find("EU_863_870");

	(void)state;
	assert_null(band_find("EU_868"));
	assert_null(band_find(""));
	assert_int_equal(band_rate(eu, 16).sf, 0);
	assert_int_equal(band_rate(eu, 4000000000u).bit_rate, 0);
}

/* Beacons: first frequency, step, how many, SF, kHz. */
static const struct {
	const char *id;
	uint32_t frequency, step;
	unsigned count, sf, khz;
} beacons[] = {
    {"EU_863_870", 869525000, 0, 1, 9, 125},
    {"EU_433", 434665000, 0, 1, 9, 125},
    {"RU_864_870", 869100000, 0, 1, 9, 125},
    {"IN_865_867", 866550000, 0, 1, 8, 125},
    {"KR_920_923", 923100000, 0, 1, 9, 125},
    {"AS_923", 923400000, 0, 1, 9, 125},
    {"AS_923_2", 921600000, 0, 1, 9, 125},
    {"AS_923_3", 916800000, 0, 1, 9, 125},
    {"AS_923_4", 917500000, 0, 1, 9, 125},
    {"CN_779_787", 785000000, 0, 1, 9, 125},
    {"CN_470_510", 508300000, 200000, 8, 10, 125},
    {"US_902_928", 923300000, 600000, 8, 12, 500},
    {"AU_915_928", 923300000, 600000, 8, 12, 500},
    {"ISM_2400", 0, 0, 0, 0, 0},
    {"MA_869_870_DRAFT", 0, 0, 0, 0, 0},
    {"CN_470_510_20_A", 0, 0, 0, 0, 0},
};

static void
class_b(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(beacons); i++) {
		const struct beacon *b = &band_find(beacons[i].id)->beacon;

		assert_int_equal(b->frequency, beacons[i].frequency);
		assert_int_equal(b->step, beacons[i].step);
		assert_int_equal(b->count, beacons[i].count);
		assert_int_equal(b->sf, beacons[i].sf);
		assert_int_equal(b->bandwidth, beacons[i].khz * 1000);
		assert_true((b->max_eirp > 0) == (b->frequency != 0));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(data_rates),
	    cmocka_unit_test(no_such_rate),
	    cmocka_unit_test(class_b),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
