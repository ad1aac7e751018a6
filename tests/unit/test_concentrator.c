#include "unit.h"

#include <stdio.h>

#include "radio/check.h"
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

static void
show(const struct findings *f)
{
	struct strbuf b;

	strbuf_init(&b, 10000);
	for (const struct finding *one = f->first; one != NULL; one = one->next)
		finding_print(one, &b);
	fprintf(stderr, "%s", strbuf_str(&b));
	strbuf_clear(&b);
}

static void
shipped_boards_are_fine(void **state)
{
	(void)state;
	assert_int_equal(data.board_count, 13);
	for (size_t i = 0; i < data.board_count; i++) {
		struct findings f;
		char path[200];

		findings_init(&f, &data.arena);
		if (!board_check(data.boards[i], &f) || f.first != NULL) {
			show(&f);
			fail();
		}
		snprintf(path, sizeof path, "share/concentrators/%s.yml",
		    data.boards[i]->id);
		assert_non_null(radio_data_text(&data, path));
		assert_non_null(data.boards[i]->name);
	}
	assert_int_equal(data.findings.warnings, 0);
}

/* The table of the boards, written out: power/pa/index (or mix gain). */
static const struct {
	const char *board, *band, *type;
	double rssi_offset;
	bool single_input;
	const char *gains;
} built[] = {
    {"semtech-sx1250-spi", "EU_863_870", "SX1250", -215.4, false,
	"12/0/15 13/0/16 14/0/17 15/0/19 16/0/20 17/0/22 18/1/1 19/1/2 20/1/3 21/1/4 "
	"22/1/5 23/1/6 24/1/7 25/1/9 26/1/11 27/1/14"},
    {"semtech-sx1250-usb", "US_902_928", "SX1250", -215.4, false,
	"12/0/15 13/0/16 14/0/17 15/0/19 16/0/20 17/0/22 18/1/1 19/1/2 20/1/3 21/1/4 "
	"22/1/5 23/1/6 24/1/7 25/1/9 26/1/11 27/1/14"},
    {"semtech-sx1250-usb", "AS_923", "SX1250", -215.4, false,
	"0/0/0 12/0/15 13/0/16 14/0/17 15/0/19 16/0/20 17/0/22 18/1/1 19/1/2 20/1/3 "
	"21/1/4 22/1/5 23/1/6 24/1/9"},
    {"semtech-sx1250-spi", "CN_470_510", "SX1250", -207, true,
	"-6/0/0 -3/0/1 0/0/2 3/1/3 6/1/4 10/1/5 11/1/6 12/1/7 13/1/8 14/1/9 16/1/10 "
	"20/1/11 23/1/12 25/1/13 26/1/14 27/1/15"},
    {"semtech-sx1250-usb", "CN_470_510", "SX1250", -218, true,
	"3/0/7 4/0/8 5/0/9 6/1/10 7/1/11 8/1/12 9/1/13 10/1/14 11/1/15 12/1/16 13/1/17 "
	"14/1/18 15/1/19 16/1/20 17/1/21 18/1/22"},
    {"semtech-sx1257-spi", "EU_863_870", "SX1257", -196, false,
	"-6/0/8 -3/0/10 0/0/12 3/1/8 6/1/10 10/1/12 11/1/13 12/2/9 13/1/15 14/2/10 "
	"16/2/11 20/3/9 23/3/10 25/3/11 26/3/12 27/3/14"},
    {"rak2287-spi", "IN_865_867", "SX1250", -215.4, false,
	"12/1/4 13/1/5 14/1/6 15/1/7 16/1/8 17/1/9 18/1/10 19/1/11 20/1/12 21/1/13 "
	"22/1/14 23/1/16 24/1/17 25/1/18 26/1/19 27/1/22"},
    {"rak5146-usb", "KR_920_923", "SX1250", -215.4, false,
	"12/1/6 13/1/7 14/1/8 15/1/9 16/1/10 17/1/11 18/1/12 19/1/13 20/1/14 21/1/15 "
	"22/1/16 23/1/17 24/1/18 25/1/19 26/1/21 27/1/22"},
    {"rak5146-spi-lbt", "EU_433", "SX1250", -207, true,
	"-6/0/0 -3/0/1 0/0/2 3/1/3 6/1/4 10/1/5 11/1/6 12/1/7 13/1/8 14/1/9 16/1/10 "
	"20/1/11 23/1/12 25/1/13 26/1/14 27/1/15"},
};

static void
gains_of(const struct board_variant *v, struct strbuf *out)
{
	bool sx1250 = strcmp(v->chip_type, "SX1250") == 0;

	strbuf_reset(out);
	for (uint32_t i = 0; i < v->gain_count; i++)
		strbuf_printf(out, "%s%d/%u/%u", i > 0 ? " " : "", v->gains[i].rf_power,
		    v->gains[i].pa_gain,
		    sx1250 ? v->gains[i].pwr_idx : v->gains[i].mix_gain);
}

static void
variants(void **state)
{
	struct strbuf got;

	(void)state;
	strbuf_init(&got, 1000);
	for (size_t i = 0; i < COUNT(built); i++) {
		const struct board *b = radio_data_board(&data, built[i].board);
		const struct board_variant *v = board_variant(b, built[i].band);

		assert_non_null(v);
		assert_string_equal(v->chip_type, built[i].type);
		assert_true(v->rssi_offset == built[i].rssi_offset);
		assert_int_equal(v->single_input, built[i].single_input);
		gains_of(v, &got);
		assert_text(strbuf_span(&got), span_str(built[i].gains));
	}
	assert_null(board_variant(radio_data_board(&data, "rak2287-spi"), "ISM_2400"));
	assert_null(
	    board_variant(radio_data_board(&data, "semtech-sx1257-spi"), "EU_433"));
	strbuf_clear(&got);
}

static void
bases(void **state)
{
	const struct board *usb = radio_data_board(&data, "rak2287-usb");
	const struct board *lbt = radio_data_board(&data, "rak5146-spi-lbt");
	const struct rssi_tcomp *t;

	(void)state;
	assert_null(usb->base);
	assert_int_equal(usb->com_type, COM_USB);
	assert_string_equal(usb->com_path, "/dev/ttyACM0");
	assert_int_equal(usb->chip, CHIP_SX1302);
	assert_int_equal(usb->hal, 2);
	assert_int_equal(lbt->chip, CHIP_SX1303);
	assert_string_equal(lbt->sx1261->spi_path, "/dev/spidev0.1");
	assert_false(lbt->fine_timestamp->enable);
	assert_int_equal(radio_data_board(&data, "rak2287-spi-hal1")->hal, 1);
	assert_int_equal(
	    radio_data_board(&data, "multitech-mtac-lora")->clock_source, 0);
	t = radio_data_board(&data, "semtech-sx1257-spi")->variants[0].rssi_tcomp;
	assert_true(t->a == -0.006 && t->b == 0.789 && t->c == -14.992 &&
		    t->d == 1988.572 && t->e == 105236.996);
}

static void
encoding(void **state)
{
	struct strbuf first, second;
	struct board *back;

	(void)state;
	strbuf_init(&first, 10000);
	strbuf_init(&second, 10000);
	for (size_t i = 0; i < data.board_count; i++) {
		strbuf_reset(&first);
		strbuf_reset(&second);
		board_encode(data.boards[i], &first);
		assert_int_equal(
		    board_decode(&data.arena, strbuf_span(&first), &back), E_OK);
		board_encode(back, &second);
		assert_text(strbuf_span(&second), strbuf_span(&first));
		assert_string_equal(back->id, data.boards[i]->id);
	}
	first.data[0] = 9;
	assert_int_equal(
	    board_decode(&data.arena, strbuf_span(&first), &back), E_VERSION);
	assert_int_equal(board_decode(&data.arena, span_of(NULL, 0), &back), E_CORRUPT);
	/* 4, a choice of three: chip 3 */
	assert_int_equal(
	    board_decode(&data.arena, BYTES("\x01\x10\x03"), &back), E_CORRUPT);
	strbuf_clear(&first);
	strbuf_clear(&second);
}

#define SX1302 "id: abc\nchip: SX1302\nhal: 2\ncom-type: SPI\ncom-path: /dev/x\n"
#define VARIANT                                           \
	"variants:\n- chip-type: SX1250\n  gain-table:\n" \
	"  - {rf-power: 14, pa-gain: 0, pwr-idx: 1}\n"

static const struct {
	const char *yaml, *rule;
	unsigned line;
	const char *text;
} wrong[] = {
    {"", "empty", 1, "no board"},
    {"[]", "type", 1, "a board is not a map"},
    {"chip: SX1301\n" VARIANT, "missing", 1, "a board has no id"},
    {"id: Ab\n", "board-id", 1, "at least three"},
    {"id: a_b\n", "board-id", 1, "at least three"},
    {"id: abc\nchip: SX1308\n", "type", 2, "chip is SX1308, not one of SX1301"},
    {"id: abc\nchip: [SX1302]\n", "type", 2, "chip is a list"},
    {"id: abc\n" VARIANT, "missing", 1, "a board has no chip"},
    {SX1302, "missing", 1, "a board has no variants"},
    {"id: abc\nchip: SX1302\ncom-type: SPI\ncom-path: /x\n" VARIANT, "missing", 1,
	"no hal"},
    {"id: abc\nchip: SX1302\nhal: 3\n", "range", 3, "hal is 3, not 1 to 2"},
    {"id: abc\nchip: SX1302\nhal: 2\ncom-path: /x\n" VARIANT, "missing", 1, "com-type"},
    {"id: abc\nchip: SX1302\nhal: 2\ncom-type: SPI\n" VARIANT, "missing", 1,
	"com-path"},
    {"id: abc\nchip: SX1302\nhal: 1\ncom-type: USB\ncom-path: /x\n" VARIANT, "hal", 1,
	"SPI only"},
    {"id: abc\nchip: SX1302\nhal: 1\ncom-type: SPI\ncom-path: /x\nsx1261: "
     "{rssi-offset: "
     "0}\n" VARIANT,
	"hal", 6, "no SX1261"},
    {SX1302 "fine-timestamp: {mode: all_sf}\n" VARIANT, "fine-timestamp", 6, "SX1303"},
    {SX1302 "fine-timestamp: {enable: true}\n" VARIANT, "missing", 6, "no mode"},
    {SX1302 "fine-timestamp: {mode: some}\n", "type", 6,
	"one of all_sf, high_capacity"},
    {SX1302 "clock-source: 2\n", "range", 6, "clock-source is 2"},
    {SX1302
	"com-path: /0123456789012345678901234567890123456789012345678901234567890123"
	"\n",
	"range", 6, "longer than 63 bytes"},
    {SX1302 "variants: [{gain-table: [{rf-power: 1}]}]\n", "radio-type", 6,
	"no chip-type"},
    {SX1302 "variants: [{chip-type: SX1250}]\n", "gain-table", 6, "no gain-table"},
    {SX1302 "variants: [{chip-type: SX1261, gain-table: [{rf-power: 1}]}]\n",
	"radio-type", 6, "does not work"},
    {SX1302 "variants: [{bands: [EU_868], chip-type: SX1250, gain-table: [{rf-power: "
	    "1}]}]\n",
	"band", 6, "there is no band EU_868"},
    {SX1302 "variants:\n- chip-type: SX1250\n  gain-table:\n"
	    "  - {rf-power: 1, pwr-idx: 23}\n",
	"gain-table", 9, "pwr-idx is above 22"},
    {SX1302 "variants:\n- chip-type: SX1250\n  gain-table:\n"
	    "  - {rf-power: 1, pa-gain: 2}\n",
	"gain-table", 9, "not 0 or 1"},
    {SX1302 "variants:\n- chip-type: SX1257\n  gain-table:\n"
	    "  - {rf-power: 1, mix-gain: 4}\n",
	"gain-table", 9, "mix-gain is not 5 to 15"},
    {"id: abc\nchip: SX1301\nvariants:\n- gain-table:\n"
     "  - {rf-power: 1, dac-gain: 3, mix-gain: 7}\n",
	"gain-table", 5, "mix-gain is not 8 to 15"},
    {"id: abc\nchip: SX1301\nvariants:\n- gain-table:\n  - {rf-power: 1, mix-gain: "
     "8}\n",
	"gain-table", 5, "dac-gain is not 3"},
    {SX1302 "variants:\n- chip-type: SX1250\n  gain-table:\n  - {rf-power: 2}\n"
	    "  - {rf-power: 2}\n",
	"gain-order", 10, "do not rise"},
    {SX1302 "variants:\n- chip-type: SX1250\n  gain-table: [{pa-gain: 1}]\n", "missing",
	8, "no rf-power"},
    {SX1302 "variants:\n- chip-type: SX1250\n  gain-table: [{rf-power: 200}]\n",
	"range", 8, "rf-power is 200"},
    {SX1302 "variants:\n- ~\n", "null-entry", 7, "is empty"},
};

static void
refused_boards(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		const struct finding *f;
		struct findings found;
		struct board *b;

		findings_init(&found, &data.arena);
		if (board_load(&data.arena, span_str(wrong[i].yaml), "b.yml", &found,
			&b) == E_OK)
			board_check(b, &found);
		for (f = found.first; f != NULL; f = f->next)
			if (f->error && strcmp(f->rule, wrong[i].rule) == 0 &&
			    f->at.line == wrong[i].line &&
			    strstr(f->text, wrong[i].text) != NULL)
				break;
		if (f == NULL) {
			show(&found);
			fail_msg("%s\nwanted %s line %u %s", wrong[i].yaml,
			    wrong[i].rule, wrong[i].line, wrong[i].text);
		}
	}
}

static struct board *
board(const char *yaml)
{
	struct findings found;
	struct board *b;

	findings_init(&found, &data.arena);
	assert_int_equal(
	    board_load(&data.arena, span_str(yaml), "b.yml", &found, &b), E_OK);
	return b;
}

static void
merging(void **state)
{
	const struct board *base = board("id: aaa\nchip: SX1301\nname: A\n"),
			   *own = board("id: bbb\nbase: aaa\nclock-source: 0\n");
	struct board out;

	(void)state;
	board_merge(base, own, &out);
	assert_string_equal(out.id, "bbb");
	assert_string_equal(out.name, "A");
	assert_true(part_has(&out.part, BOARD_CLOCK_SOURCE));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(shipped_boards_are_fine),
	    cmocka_unit_test(variants),
	    cmocka_unit_test(bases),
	    cmocka_unit_test(encoding),
	    cmocka_unit_test(refused_boards),
	    cmocka_unit_test(merging),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
