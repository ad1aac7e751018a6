#include "unit.h"

#include "base/utf8.h"
#include "radio/picture.h"
#include "tests/lib/radio_data.h"

static struct radio_data data;

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

static const char *const shown[] = {"EU_863_870", "US_902_928_FSB_2", "EU_868_1",
    "AS_920_923_TTN_JP_1", "UZ_923_1", "ISM_2400_3CH_DRAFT2", "US_903_0"};

static void
draw_all(bool utf8, const char *golden)
{
	struct strbuf out;

	strbuf_init(&out, 100000);
	for (size_t i = 0; i < COUNT(shown); i++) {
		plan_picture(radio_data_plan(&data, shown[i]), utf8, &out);
		strbuf_putc(&out, '\n');
	}
	assert_true(golden_is(golden, strbuf_span(&out)));
	strbuf_clear(&out);
}

static void
drawn(void **state)
{
	(void)state;
	draw_all(false, "pictures.ascii.txt");
	draw_all(true, "pictures.utf8.txt");
}

/* No line wider than the terminal, no blank at an end, valid UTF-8. */
static void
check_lines(struct span text, bool utf8)
{
	size_t columns = 0;

	for (; text.len > 0; text = span_from(text, utf8_length(text))) {
		assert_int_not_equal(utf8_length(text), 0);
		assert_true(utf8 || text.data[0] < 0x80);
		if (text.data[0] == '\n') {
			assert_true(columns <= PICTURE_COLUMNS);
			columns = 0;
			continue;
		}
		columns++;
		assert_false(
		    text.data[0] == ' ' && text.len > 1 && text.data[1] == '\n');
	}
	assert_int_equal(columns, 0);
}

static void
every_plan_has_its_place(void **state)
{
	struct strbuf out;

	(void)state;
	strbuf_init(&out, 10000);
	for (size_t i = 0; i < 2 * data.set.count; i++) {
		strbuf_reset(&out);
		plan_picture(data.set.items[i / 2].plan, i % 2 == 1, &out);
		check_lines(strbuf_span(&out), i % 2 == 1);
	}
	strbuf_clear(&out);
}

static void
odd_plans(void **state)
{
	struct plan_channel up[40] = {{.frequency = 0}};
	struct plan_radio radio = {.enable = true, .frequency = 4294967295u};
	struct plan_channel standard = {.frequency = 1, .data_rate = 15};
	struct plan plan = {.id = "X",
	    .name = "\x1b[31mr\u00f6t \xff\t 0123456789012345678901234567890123456789"
		    "0123456789012345678901234567890",
	    .lora_standard = &standard,
	    .fsk = &standard};
	struct strbuf out;

	(void)state;
	strbuf_init(&out, 10000);
	plan_picture(&plan, true, &out);
	check_lines(strbuf_span(&out), true);
	assert_true(strncmp(out.data, "X  ?[31mr\u00f6t ?? 0123", 20) == 0);
	strbuf_reset(&out);
	plan_picture(&plan, false, &out);
	check_lines(strbuf_span(&out), false);
	assert_true(strncmp(out.data, "X  ?[31mr?t ?? 0123", 19) == 0);
	plan.uplinks = up;
	plan.uplink_count = 40;
	plan.downlinks = up;
	plan.downlink_count = 40;
	for (uint32_t i = 0; i < 40; i++)
		up[i].frequency = i * 100000000u;
	plan.radios = &radio;
	plan.radio_count = 1;
	plan.band_id = "MARS";
	plan_picture(&plan, true, &out);
	check_lines(strbuf_span(&out), true);
	strbuf_clear(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(drawn),
	    cmocka_unit_test(every_plan_has_its_place),
	    cmocka_unit_test(odd_plans),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
