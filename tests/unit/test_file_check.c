/*
 * Every file that is written passes the checker of finished files; files that were changed
 * so that a forwarder would exit, crash or misread them do not.
 */
#include "unit.h"

#include <stdio.h>

#include "gateway-files/file.h"
#include "gateway-files/file_check.h"
#include "tests/lib/radio_data.h"

#define GLOBAL_CONF "semtechudp/global_conf.json"
#define LORAD "kerlink-cpf/lorad/lorad.json"

static struct radio_data data;
static struct strbuf out;
static struct findings findings;
static struct fault fault;
static struct span server;
static struct gateway_facts gateway;

static int
begin(void **state)
{
	(void)state;
	strbuf_init(&out, 1 << 20);
	server = span_str("gs.example.com");
	gateway = (struct gateway_facts){.has_eui = true,
	    .eui = 0x58A0CBFFFE800001,
	    .servers = &server,
	    .server_count = 1,
	    .antenna_gain = 2.15,
	    .has_position = true,
	    .latitude = 52.3731,
	    .longitude = -4.8926,
	    .altitude = 3.4,
	    .beacon = true};
	return radio_data_load(&data, NULL) ? 0 : -1;
}

static int
finish(void **state)
{
	(void)state;
	strbuf_clear(&out);
	radio_data_clear(&data);
	return 0;
}

static enum forwarder
forwarder_of(const char *path, const struct board *b)
{
	if (strcmp(path, LORAD) == 0)
		return FORWARDER_LORAD;
	if (b == NULL || b->chip == CHIP_SX1301)
		return FORWARDER_SX1301;
	return b->hal == 1 ? FORWARDER_SX1302_HAL1 : FORWARDER_SX1302_HAL2;
}

static void
show(const char *what)
{
	struct strbuf b;

	strbuf_init(&b, 100000);
	for (const struct finding *f = findings.first; f != NULL; f = f->next)
		finding_print(f, &b);
	fprintf(stderr, "%s: %s%s", what, strbuf_str(&b), fault.text);
	strbuf_clear(&b);
}

static int
write_file(const char *path, const struct plan *plan, const struct board *board)
{
	const struct file_request rq = {.gateway = &gateway,
	    .path = span_str(path),
	    .plans = &plan,
	    .plan_count = 1,
	    .board = board};
	struct arena arena;
	int err;

	arena_init(&arena, 1 << 20);
	findings_init(&findings, &arena);
	strbuf_reset(&out);
	err = file_write(&rq, &arena, &findings, &out, NULL, &fault);
	arena_clear(&arena);
	findings_init(&findings, &data.arena);
	return err;
}

static bool
passes(const char *path, const struct board *board, struct span text)
{
	enum chip chip = board != NULL ? (enum chip)board->chip : CHIP_SX1301;

	findings_init(&findings, &data.arena);
	return file_check(text, forwarder_of(path, board), chip, &findings);
}

static unsigned
check_all(const char *path, const struct board *board)
{
	unsigned n = 0;

	for (size_t i = 0; i < data.set.count; i++) {
		const struct plan *plan = data.set.items[i].plan;
		int err = write_file(path, plan, board);

		if (err == E_STATE)
			continue; /* no such file, or not made for the band */
		assert_int_equal(err, E_OK);
		if (!passes(path, board, strbuf_span(&out))) {
			show(plan->id);
			fail_msg("%s", strbuf_str(&out));
		}
		n++;
	}
	return n;
}

static void
every_plan_every_board_every_format(void **state)
{
	unsigned n = 0;

	(void)state;
	for (int beacon = 0; beacon < 2; beacon++) {
		gateway.beacon = beacon != 0;
		n += check_all(GLOBAL_CONF, NULL) + check_all(LORAD, NULL);
		for (size_t i = 0; i < data.board_count; i++)
			n += check_all(GLOBAL_CONF, data.boards[i]) +
			     check_all(LORAD, data.boards[i]);
	}
	printf("# %u files\n", n);
	assert_true(n > 1700);
}

/* ---- files that were changed ------------------------------------------------------ */

enum good { SX1301, LBT, SX1302, SX1303, USB_LBT, HAL1, SX1257, KERLINK };

static const struct {
	const char *path, *plan, *board;
} good[] = {
    [SX1301] = {GLOBAL_CONF, "EU_863_870", NULL},
    [LBT] = {GLOBAL_CONF, "AS_920_923_LBT", NULL},
    [SX1302] = {GLOBAL_CONF, "EU_863_870", "rak2287-spi"},
    [SX1303] = {GLOBAL_CONF, "EU_863_870", "rak5146-spi"},
    [USB_LBT] = {GLOBAL_CONF, "AS_920_923_TTN_JP_1", "semtech-sx1250-usb"},
    [HAL1] = {GLOBAL_CONF, "EU_863_870", "rak2287-spi-hal1"},
    [SX1257] = {GLOBAL_CONF, "EU_863_870", "semtech-sx1257-spi"},
    [KERLINK] = {LORAD, "EU_863_870", NULL},
};

#define L63 "/23456789.123456789.123456789.123456789.123456789.123456789.123"

/* The first `find` in the file becomes `put`. */
static const struct {
	enum good file;
	const char *find, *put, *rule;
} changes[] = {
    /* not what the parser takes */
    {SX1301, "{", "\xef\xbb\xbf{", "json"},
    {SX1301, "\"enable\": true,", "\"enable\": true,,", "json"},
    {SX1301, "\"dig_gain\": 0\n\t\t}\n", "\"dig_gain\": 0,\n\t\t}\n", "json"},
    {SX1301, "\"clksrc\": 1,", "\"clksrc\": 1, \"clksrc\": 0,", "key"},
    {SX1301, "\"tx_lut_1\"", "\"tx_lut_0\"", "key"},
    {SX1301, "\"clksrc\"", "\"clk\\u0073rc\"", "key"},
    {SX1301, "\"SX1301_conf\"", "\"SX130x_conf\"", "missing"},
    {SX1301, "\"gateway_conf\"", "\"gateway_config\"", "missing"},
    {SX1302, "\"SX130x_conf\"", "\"SX1302_conf\"", "missing"},
    {SX1301, "\"gateway_conf\": {", "\"gateway_conf\": [], \"x\": {", "missing"},
    /* the board */
    {SX1301, "\"lorawan_public\": true,", "", "missing"},
    {SX1301, "\"lorawan_public\": true", "\"lorawan_public\": 1", "type"},
    {SX1301, "\"clksrc\": 1", "\"clksrc\": \"1\"", "type"},
    {SX1301, "\"clksrc\": 1", "\"clksrc\": 2", "range"},
    {SX1301, "\"antenna_gain\": 2", "\"antenna_gain\": 2.15", "whole-number"},
    {SX1301, "\"antenna_gain\": 2", "\"antenna_gain\": \"2\"", "type"},
    {SX1301, "\"antenna_gain\": 2", "\"antenna_gain\": 128", "range"},
    {KERLINK, "\"insertion_loss\": 0.5", "\"insertion_loss\": \"0.5\"", "type"},
    /* radios of an SX1301 */
    {SX1301, "\t\t\t\"type\": \"SX1257\",\n", "", "radio-type"},
    {SX1301, "\"type\": \"SX1257\"", "\"type\": 1257", "radio-type"},
    {SX1301, "\"type\": \"SX1257\"", "\"type\": \"SX1250\"", "radio-type"},
    {SX1301, "\"type\": \"SX1257\"", "\"type\": \"sx1257\"", "radio-type"},
    {SX1301, "\"radio_1\": {\n\t\t\t\"enable\": true",
	"\"radio_1\": {\n\t\t\t"
	"\"enable\": false",
	"radio-off"},
    {SX1301, "\"radio_1\": {", "\"radio_1\": 1, \"x\": {", "type"},
    {SX1301, "\"radio_1\"", "\"radio_2\"", "ignored"},
    {SX1301, "\"radio_0\"", "\"radio_9\"", "radio-0"},
    {SX1301, "\"freq\": 867500000", "\"freq\": 867.5", "whole-number"},
    {SX1301, "\"freq\": 867500000", "\"freq\": \"867500000\"", "type"},
    {SX1301, "\"freq\": 867500000", "\"freq\": 0", "range"},
    {SX1301, "\"rssi_offset\": -166", "\"rssi_offset\": null", "type"},
    {SX1301, "\"tx_enable\": true", "\"tx_enable\": \"true\"", "type"},
    {SX1301, "\"tx_freq_max\": 870000000", "\"tx_freq_max\": 863", "tx-range"},
    {SX1301, "\"tx_freq_max\": 870000000",
	"\"tx_freq_max\": 870000000, "
	"\"tx_notch_freq\": 5",
	"range"},
    /* channels */
    {SX1301, "\"if\": -400000", "\"if\": -400001", "if-range"},
    {SX1301, "\"if\": 400000", "\"if\": 400001", "if-range"},
    {SX1301, "\"if\": 400000", "\"if\": \"400000\"", "type"},
    {SX1301, "\"if\": 400000", "\"if\": 0.5", "whole-number"},
    {SX1301, "\t\t\t\"if\": 400000\n", "\t\t\t\"iff\": 400000\n", "missing"},
    {SX1301, "\"radio\": 1", "\"radio\": 2", "range"},
    {SX1301, "\"chan_multiSF_7\"", "\"chan_multiSF_8\"", "ignored"},
    {SX1301, "\"chan_multiSF_0\": {\n\t\t\t\"enable\": true",
	"\"chan_multiSF_0\": {\n\t\t\t\"enable\": 1", "type"},
    {SX1301, "\"chan_multiSF_0\": {\n\t\t\t\"enable\": true,", "\"chan_multiSF_0\": {",
	"missing"},
    {SX1301, "\"chan_multiSF_0\": {", "\"chan_multiSF_0\": [], \"x\": {", "type"},
    {SX1301, "\"if\": -200000,\n\t\t\t\"bandwidth\": 250000",
	"\"if\": -375001,\n\t\t\t\"bandwidth\": 250000", "if-range"},
    {SX1301, "\"bandwidth\": 250000", "\"bandwidth\": 300000", "range"},
    {SX1301, "\"if\": -200000,\n\t\t\t\"bandwidth\": 250000",
	"\"if\": -300001,\n\t\t\t\"bandwidth\": 500000", "if-range"},
    {SX1301, "\"spread_factor\": 7", "\"spread_factor\": 6", "range"},
    {SX1301, "\"spread_factor\": 7", "\"spread_factor\": \"7\"", "type"},
    {SX1301, ",\n\t\t\t\"spread_factor\": 7", "", "missing"},
    {SX1301, "\"datarate\": 50000", "\"datarate\": 499", "range"},
    {SX1301, "\"datarate\": 50000", "\"datarate\": 250001", "range"},
    {SX1301, "\"bandwidth\": 125000,", "", "missing"},
    {SX1301, "\"if\": 300000", "\"if\": 400001", "if-range"},
    /* the gain table */
    {SX1301, "\"tx_lut_3\"", "\"tx_lut_16\"", "ignored"},
    {SX1301, "\"tx_lut_3\"", "\"tx_lut\"", "gap"},
    {SX1301, "\"tx_lut_0\"", "\"tx_lut_x\"", "gap"},
    {SX1301, "\"pa_gain\": 3", "\"pa_gain\": 4", "range"},
    {SX1301, "\"mix_gain\": 8", "\"mix_gain\": 7", "range"},
    {SX1301, "\"mix_gain\": 15", "\"mix_gain\": 16", "range"},
    {SX1301, "\"dig_gain\": 0", "\"dig_gain\": 4", "range"},
    {SX1301, "\"rf_power\": 27", "\"rf_power\": 27.5", "whole-number"},
    {SX1301, "\"rf_power\": 27", "\"rf_power\": 128", "range"},
    {SX1301, "\"rf_power\": 27", "\"rf_power\": 26", "gain-order"},
    {SX1301, "\"mix_gain\": 8,", "", "missing"},
    {SX1301, "\"dig_gain\": 0", "\"dig_gain\": 0, \"dac_gain\": 2", "range"},
    /* listen before talk */
    {LBT, "\"scan_time_us\": 128", "\"scan_time_us\": 129", "range"},
    {LBT, "\"scan_time_us\": 128", "\"scan_time_us\": \"128\"", "type"},
    {LBT, "\"rssi_target\": -80", "\"rssi_target\": -129", "range"},
    {LBT, "\"rssi_target\": -80", "\"rssi_target\": -80.5", "whole-number"},
    {LBT, "\"freq_hz\": 923200000", "\"freq_hz\": 0", "range"},
    {LBT, "\"chan_cfg\": [", "\"chan_cfg\": [{\"freq_hz\": 1, \"scan_time_us\": 128},",
	"lbt-channels"},
    {LBT, "\"chan_cfg\"", "\"chan_config\"", "lbt-channels"},
    {LBT, "\"sx127x_rssi_offset\"", "\"sx126x_rssi_offset\"", "missing"},
    {LBT, "\"lbt_cfg\": {\n\t\t\t\"enable\": true",
	"\"lbt_cfg\": {\n\t\t\t\"enable\": "
	"true, \"enable\": true",
	"key"},
    /* the gateway */
    {SX1301, "\"gateway_ID\": \"58A0CBFFFE800001\"", "\"gateway_ID\": \"eui-58A0\"",
	"eui"},
    {SX1301, "\"gateway_ID\": \"58A0CBFFFE800001\"", "\"gateway_ID\": 5", "eui"},
    {SX1301, "\"server_address\": \"gs.example.com\",", "", "missing"},
    {SX1301, "\"gs.example.com\"", "\"" L63 "4\"", "length"},
    {SX1301, "\"gs.example.com\"", "\"\"", "length"},
    {SX1301, "\"gs.example.com\"", "\"2001:db8::1\"", "address"},
    {SX1301, "\"gs.example.com\"", "\"gs.example.com:1700\"", "address"},
    {SX1301, "\"gs.example.com\"", "\"udp://gs\"", "address"},
    {SX1301, "\"serv_port_up\": 1700", "\"serv_port_up\": \"1700\"", "type"},
    {SX1301, "\"serv_port_up\": 1700", "\"serv_port_up\": 65536", "range"},
    {SX1301, "\"serv_port_down\": 1700", "\"serv_port_down\": 0", "range"},
    {SX1301, "\"servers\": [", "\"servers\": 1, \"x\": [", "type"},
    {SX1301, "\t\t\t\t\"server_address\": \"gs.example.com\"",
	"\t\t\t\t\"server_address\": 7", "type"},
    {SX1301, "\"ref_latitude\": 52.3731", "\"ref_latitude\": 90.1", "range"},
    {SX1301, "\"ref_longitude\": -4.8926", "\"ref_longitude\": \"W\"", "type"},
    {SX1301, "\"ref_altitude\": 3", "\"ref_altitude\": 3.4", "whole-number"},
    {SX1301, "\"ref_altitude\": 3", "\"ref_altitude\": 3, \"keepalive_interval\": 0",
	"range"},
    {SX1301, "\"ref_altitude\": 3",
	"\"ref_altitude\": 3, \"gps_tty_path\": \"" L63 "4\"", "length"},
    {SX1301, "\"ref_altitude\": 3", "\"ref_altitude\": 3, \"fake_gps\": 1", "type"},
    {SX1301, "\"beacon_period\": 128", "\"beacon_period\": 5", "beacon-period"},
    {SX1301, "\"beacon_period\": 128", "\"beacon_period\": 127", "beacon-period"},
    {SX1301, "\"beacon_datarate\": 9", "\"beacon_datarate\": 7", "range"},
    {SX1301, "\"beacon_datarate\": 9", "\"beacon_datarate\": 11", "range"},
    {SX1301, "\"beacon_bw_hz\": 125000", "\"beacon_bw_hz\": 250000", "range"},
    {SX1301, "\"beacon_power\": 13", "\"beacon_power\": 13.5", "whole-number"},
    {KERLINK, "\"beacon_enable\": true,", "", "missing"},
    {KERLINK, "\"beacon_latitude\": 52.3731", "\"beacon_latitude\": \"x\"", "type"},
    /* SX1302 and SX1303 */
    {SX1302, "\"com_type\": \"SPI\"", "\"com_type\": \"I2C\"", "com-type"},
    {SX1302, "\"com_type\": \"SPI\",", "", "missing"},
    {SX1302, "\"com_path\": \"/dev/spidev0.0\",", "", "missing"},
    {SX1302, "\"/dev/spidev0.0\"", "\"" L63 "4\"", "length"},
    {SX1302, "\"clksrc\": 0", "\"clksrc\": 2", "range"},
    {SX1302, "\"full_duplex\": false", "\"full_duplex\": 0", "type"},
    {SX1302, "\"radio_0\": {\n\t\t\t\"enable\": true",
	"\"radio_0\": {\n\t\t\t"
	"\"enable\": false",
	"clock-source"},
    {SX1302, "\"radio_1\": {\n\t\t\t\"enable\": true",
	"\"radio_1\": {\n\t\t\t"
	"\"enable\": false",
	"channel-radio"},
    {SX1302, "\"type\": \"SX1250\",", "", "radio-type"},
    {SX1302, "\"type\": \"SX1250\"", "\"type\": \"SX1261\"", "radio-type"},
    {SX1302, "\"type\": \"SX1250\"", "\"type\": \"SX1257\"", "missing"},
    {SX1302, "\"freq\": 867500000", "\"freq\": 867", "range"},
    {SX1302, "\"freq\": 867500000", "\"freq\": 2400000000", "range"},
    {SX1302, "\"coeff_e\": 0", "\"coeff_f\": 0", "missing"},
    {SX1302, "\"rssi_tcomp\": {", "\"rssi_tcomp\": 1, \"x\": {", "type"},
    {SX1302, "\"tx_gain_lut\"", "\"tx_gain\"", "gain-table"},
    {SX1302, "\"tx_gain_lut\": [",
	"\"tx_gain_lut\": [{\"rf_power\": 1, \"pa_gain\": 0, "
	"\"pwr_idx\": 0},",
	"gain-table"},
    {SX1302, "\"pwr_idx\": 22", "\"pwr_idx\": 23", "range"},
    {SX1302, "\"pa_gain\": 1", "\"pa_gain\": 2", "range"},
    {SX1302, "\"rf_power\": 13", "\"rf_power\": 12", "gain-order"},
    {SX1302, "\"pwr_idx\": 4", "\"mix_gain\": 4", "missing"},
    {SX1302, "\"if\": 400000", "\"if\": 737501", "if-range"},
    {SX1302, "\"if\": -200000,\n\t\t\t\"bandwidth\": 250000",
	"\"if\": -675001,\n\t\t\t\"bandwidth\": 250000", "if-range"},
    {SX1302, "\"if\": -200000,\n\t\t\t\"bandwidth\": 250000",
	"\"if\": -550001,\n\t\t\t\"bandwidth\": 500000", "if-range"},
    {SX1302, "\"spread_factor\": 7", "\"spread_factor\": 4", "range"},
    {SX1302, "\"spread_factor\": 7", "\"spread_factor\": 7, \"implicit_hdr\": true",
	"missing"},
    {SX1302, "\"chan_multiSF_0\"",
	"\"chan_multiSF_All\": {\"spreading_factor_enable\": "
	"[7, 13]}, \"chan_multiSF_0\"",
	"spreading-factor"},
    {SX1302, "\"chan_multiSF_0\"", "\"chan_multiSF_All\": {}, \"chan_multiSF_0\"",
	"spreading-factor"},
    {SX1302, "\"full_duplex\": false",
	"\"fine_timestamp\": {\"enable\": true, "
	"\"mode\": \"all_sf\"}",
	"fine-timestamp"},
    {SX1303, "\"enable\": false,\n\t\t\t\"mode\": \"all_sf\"", "\"enable\": true",
	"fine-timestamp"},
    {SX1303, "\"enable\": false,\n\t\t\t\"mode\": \"all_sf\"",
	"\"enable\": true, \"mode\": \"fast\"", "fine-timestamp"},
    {SX1257, "\"mix_gain\": 8", "\"mix_gain\": 4", "range"},
    {SX1257, "\"dac_gain\": 3", "\"dac_gain\": 4", "range"},
    {SX1257, "\"dig_gain\": 0", "\"dig_gain\": 0, \"pwr_idx\": 1", "gain-table"},
    {SX1257, "\"type\": \"SX1257\"", "\"type\": \"SX1250\"", "missing"},
    {USB_LBT, "\"bandwidth\": 125000", "\"bandwidth\": 500000", "range"},
    {USB_LBT, "\"scan_time_us\": 5000", "\"scan_time_us\": 1000", "range"},
    {USB_LBT, "\"transmit_time_ms\": 4000", "\"transmit_ms\": 4000", "missing"},
    {USB_LBT, "\"rssi_target\": -80", "\"rssi_target\": \"-80\"", "type"},
    {USB_LBT, "\"channels\": [", "\"channels\": [], \"x\": [", "lbt-channels"},
    {USB_LBT, "\"rssi_offset\": 0", "\"rssi_offset\": 0.5", "whole-number"},
    {HAL1, "\"spidev_path\": \"/dev/spidev0.0\"",
	"\"com_type\": \"SPI\", \"com_path\": "
	"\"/dev/spidev0.0\"",
	"missing"},
    {HAL1, "\"spidev_path\": \"/dev/spidev0.0\"", "\"spidev_path\": 1", "type"},
    {HAL1, "\"full_duplex\"", "\"sx1261_conf\": {}, \"full_duplex\"", "hal"},
    {HAL1, "\"full_duplex\"", "\"fine_timestamp\": {}, \"full_duplex\"", "hal"},
    {HAL1, "\"full_duplex\"",
	"\"chan_multiSF_All\": {\"spreading_factor_enable\": []}, "
	"\"full_duplex\"",
	"hal"},
    {HAL1, "\"full_duplex\"",
	"\"precision_timestamp\": {\"enable\": true}, "
	"\"full_duplex\"",
	"missing"},
};

static void
change(const char *find, const char *put, struct strbuf *changed)
{
	const char *text = strbuf_str(&out), *at = strstr(text, find);

	if (at == NULL)
		fail_msg("no %s in the file", find);
	strbuf_reset(changed);
	strbuf_put(changed, text, (size_t)(at - text));
	strbuf_puts(changed, put);
	strbuf_puts(changed, at + strlen(find));
}

static bool
found(const char *rule)
{
	for (const struct finding *f = findings.first; f != NULL; f = f->next)
		if (f->error && strcmp(f->rule, rule) == 0)
			return true;
	return false;
}

static void
changed_files_are_refused(void **state)
{
	struct strbuf changed;

	(void)state;
	strbuf_init(&changed, 1 << 20);
	gateway.beacon = true;
	printf("# %zu changed files\n", COUNT(changes));
	for (size_t i = 0; i < COUNT(changes); i++) {
		const char *path = good[changes[i].file].path;
		const char *name = good[changes[i].file].board;
		const struct board *board =
		    name != NULL ? radio_data_board(&data, name) : NULL;

		assert_int_equal(
		    write_file(path, radio_data_plan(&data, good[changes[i].file].plan),
			board),
		    E_OK);
		assert_true(passes(path, board, strbuf_span(&out)));
		change(changes[i].find, changes[i].put, &changed);
		if (passes(path, board, strbuf_span(&changed)) ||
		    !found(changes[i].rule)) {
			show(changes[i].put);
			fail_msg("wanted %s", changes[i].rule);
		}
	}
	strbuf_clear(&changed);
}

/* What vendors add is let through, and so is what the forwarders have defaults for. */
static void
odd_but_fine(void **state)
{
	static const struct {
		enum good file;
		const char *find, *put;
	} fine[] = {
	    {SX1301, "\"clksrc\": 1,",
		"\"clksrc\": 1, \"vendor\": {\"led\": [1, \"x\"]},"},
	    {SX1301, "\"antenna_gain\": 2,", ""},
	    {SX1301, "\"beacon_period\": 128", "\"beacon_period\": 0"},
	    {SX1301, "\"gateway_ID\"", "\"description\": \"a\\\"b{c\", \"gateway_ID\""},
	    {SX1302, "\"full_duplex\": false,", ""},
	    {SX1302, "\"chan_multiSF_0\"",
		"\"chan_multiSF_All\": {\"spreading_factor_enable\": [7, 8]}, "
		"\"chan_multiSF_0\""},
	    {SX1302, "\"spread_factor\": 7",
		"\"spread_factor\": 5, \"implicit_hdr\": true, "
		"\"implicit_payload_length\": 17, \"implicit_crc_en\": false, "
		"\"implicit_coderate\": 1"},
	    {SX1303, "\"enable\": false,\n\t\t\t\"mode\"",
		"\"enable\": true, \"mode\""},
	    {HAL1, "\"full_duplex\"",
		"\"precision_timestamp\": {\"enable\": true, "
		"\"max_ts_metrics\": 255, \"nb_symbols\": 1}, "
		"\"full_duplex\""},
	};
	struct strbuf changed;

	(void)state;
	strbuf_init(&changed, 1 << 20);
	gateway.beacon = true;
	for (size_t i = 0; i < COUNT(fine); i++) {
		const char *path = good[fine[i].file].path;
		const char *name = good[fine[i].file].board;
		const struct board *board =
		    name != NULL ? radio_data_board(&data, name) : NULL;

		assert_int_equal(
		    write_file(
			path, radio_data_plan(&data, good[fine[i].file].plan), board),
		    E_OK);
		change(fine[i].find, fine[i].put, &changed);
		if (!passes(path, board, strbuf_span(&changed))) {
			show(fine[i].put);
			fail();
		}
	}
	strbuf_clear(&changed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_plan_every_board_every_format),
	    cmocka_unit_test(changed_files_are_refused),
	    cmocka_unit_test(odd_but_fine),
	};

	return cmocka_run_group_tests(tests, begin, finish);
}
