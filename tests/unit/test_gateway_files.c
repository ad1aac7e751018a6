/* Whole files, in this style and in that of the reference, and where facts of the gateway
 * go. */
#include "tests/unit/files_scene.h"

#include "base/crc.h"
#include "radio/sx1301.h"

/* ---- whole files ----------------------------------------------------------------- */

static void
golden_files(void **state)
{
	static const struct {
		const char *golden, *path, *plan, *board;
		bool beacon;
	} files[] = {
	    {"global_conf.eu868.sx1301.json", GLOBAL_CONF, "EU_863_870", NULL, false},
	    {"global_conf.us915.sx1301.beacon.json", GLOBAL_CONF, "US_902_928_FSB_2",
		"multitech-mtac-lora", true},
	    {"global_conf.eu868.rak5146.json", GLOBAL_CONF, "EU_863_870", "rak5146-spi",
		true},
	    {"global_conf.as923.lbt.usb.json", GLOBAL_CONF, "AS_920_923_TTN_JP_1",
		"semtech-sx1250-usb", false},
	    {"global_conf.cn470.hal1.json", GLOBAL_CONF, "CN_470_510_FSB_11",
		"rak2287-spi-hal1", false},
	    {"global_conf.in865.sx1257.json", GLOBAL_CONF, "IN_865_867",
		"semtech-sx1257-spi", false},
	    {"lorad.eu868.json", LORAD, "EU_863_870", NULL, true},
	    {"lorafwd.toml", LORAFWD, "EU_863_870", NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(files); i++) {
		gateway.beacon = files[i].beacon;
		assert_int_equal(
		    write_file(files[i].path, files[i].plan, files[i].board), E_OK);
		assert_true(golden_is(files[i].golden, strbuf_span(&out)));
	}
}

/* The first lines, by hand. */
static void
first_lines(void **state)
{
	static const char want[] = "{\n"
				   "\t\"SX1301_conf\": {\n"
				   "\t\t\"lorawan_public\": true,\n"
				   "\t\t\"clksrc\": 1,\n"
				   "\t\t\"antenna_gain\": 2,\n"
				   "\t\t\"radio_0\": {\n"
				   "\t\t\t\"enable\": true,\n"
				   "\t\t\t\"type\": \"SX1257\",\n"
				   "\t\t\t\"freq\": 867500000,\n"
				   "\t\t\t\"rssi_offset\": -166,\n"
				   "\t\t\t\"tx_enable\": true,\n"
				   "\t\t\t\"tx_freq_min\": 863000000,\n"
				   "\t\t\t\"tx_freq_max\": 870000000\n"
				   "\t\t},\n";
	static const char compact[] =
	    "{\"SX1301_conf\":{\"lorawan_public\":true,\"clksrc\":1,\"antenna_gain\":2,"
	    "\"radio_0\":{\"enable\":true,\"type\":\"SX1257\",";

	(void)state;
	assert_int_equal(write_file(GLOBAL_CONF, "EU_863_870", NULL), E_OK);
	assert_text(span_of(out.data, sizeof want - 1), BYTES(want));
	assert_int_equal(out.data[out.len - 1], '\n');
	gateway.compact = true;
	assert_int_equal(write_file(GLOBAL_CONF, "EU_863_870", NULL), E_OK);
	assert_text(span_of(out.data, sizeof compact - 1), BYTES(compact));
	assert_int_equal(out.data[out.len - 1], '}');
	assert_null(strchr(out.data, '\n'));
}

/* ---- the reference's style --------------------------------------------------------- */

/* Its answers for every plan, as length and CRC; a few of them are kept as a whole. */
static void
reference(void **state)
{
	static const char *const paths[] = {GLOBAL_CONF, LORAD};
	struct strbuf sums;

	(void)state;
	strbuf_init(&sums, 100000);
	gateway.reference = true;
	gateway.beacon = true;
	gateway.overrides = span_str("{\"gateway_conf\": null}");
	for (size_t i = 0; i < 2 * data.set.count; i++) {
		const char *id = data.set.items[i / 2].entry.id;
		int err = write_file(paths[i % 2], id, "rak2287-spi");

		if (err != E_OK)
			strbuf_printf(
			    &sums, "%s %s %s\n", id, paths[i % 2], fault.text);
		else
			strbuf_printf(&sums, "%s %s %zu %08x\n", id, paths[i % 2],
			    out.len, crc32_of(strbuf_span(&out)));
	}
	assert_true(golden_is("reference.sums", strbuf_span(&sums)));
	strbuf_clear(&sums);
	assert_int_equal(write_file(GLOBAL_CONF, "AS_923_925_LBT", NULL), E_OK);
	assert_true(golden_is("reference.as923.lbt.json", strbuf_span(&out)));
}

static void
reference_of_none_and_several(void **state)
{
	static const char *const ids[] = {
	    "ISM_2400_3CH_DRAFT2", "EU_863_870", "EU_433"};

	(void)state;
	gateway.reference = true;
	assert_int_equal(write_plans(GLOBAL_CONF, ids, 1, NULL), E_OK);
	assert_true(contains("\t\"SX1301_conf\": [],\n"));
	assert_int_equal(write_plans(GLOBAL_CONF, ids, 0, NULL), E_OK);
	assert_true(contains("\t\"SX1301_conf\": [],\n"));
	assert_int_equal(write_plans(GLOBAL_CONF, ids, 3, NULL), E_OK);
	assert_true(contains("\t\"SX1301_conf\": [\n\t\t{\n\t\t\t\"lorawan_public\""));
	assert_true(contains("\t\t},\n\t\t{\n\t\t\t\"lorawan_public\""));
	assert_int_equal(write_plans(LORAD, ids, 1, NULL), E_STATE);
	assert_string_equal(fault.text, "no plan has radios");
	assert_int_equal(write_plans(LORAD, ids, 2, NULL), E_OK);
	assert_true(contains("\"antenna_gain\": 2.15,"));
}

/* Disabled radios and the ninth channel, which a forwarder must not see. */
static void
what_the_reference_writes_too(void **state)
{
	struct plan_radio radios[3] = {
	    {.enable = true, .chip_type = "SX1257", .frequency = 867500000},
	    {.enable = false, .frequency = 868500000},
	    {.enable = true, .chip_type = "SX1255", .frequency = 1}};
	struct plan_channel up[9] = {{.radio = 1}};
	const struct plan plan = {.band_id = "EU_863_870",
	    .radios = radios,
	    .radio_count = 3,
	    .uplinks = up,
	    .uplink_count = 9};
	const struct plan *plans[] = {&plan};
	const struct file_request rq = {.gateway = &gateway,
	    .path = span_str(GLOBAL_CONF),
	    .plans = plans,
	    .plan_count = 1};

	(void)state;
	for (size_t i = 0; i < 9; i++)
		up[i].frequency = 867500000;
	up[0].frequency = 868500000;
	findings_init(&findings, &data.arena);
	strbuf_reset(&out);
	assert_int_equal(
	    file_write(&rq, &data.arena, &findings, &out, NULL, &fault), E_OK);
	assert_false(contains("radio_1") || contains("radio_2"));
	assert_false(contains("chan_multiSF_8"));
	assert_true(contains("\"chan_multiSF_0\": {\n\t\t\t\"enable\": false\n"));
	gateway.reference = true;
	strbuf_reset(&out);
	assert_int_equal(
	    file_write(&rq, &data.arena, &findings, &out, NULL, &fault), E_OK);
	assert_true(
	    contains("\"radio_1\": {\n\t\t\t\"enable\": false,\n\t\t\t\"freq\""));
	assert_true(contains("\"radio_2\": {\n\t\t\t\"enable\": true,"));
	assert_true(contains("\"chan_multiSF_8\": {\n\t\t\t\"enable\": true,"));
	assert_true(contains("\"chan_multiSF_0\": {\n\t\t\t\"enable\": true,"));
}

/* What a Kickstarter gateway reads: both radios, no gains. */
static void
shared_members(void **state)
{
	const struct settings_input in = {
	    .plan = radio_data_plan(&data, "AS_923"), .antenna_gain = 2.15};
	struct settings s;
	struct json_out j;

	(void)state;
	findings_init(&findings, &data.arena);
	assert_int_equal(settings_compute(&in, &data.arena, &findings, &s), E_OK);
	strbuf_reset(&out);
	json_init(&j, &out, NULL);
	json_object(&j);
	sx1301_members(
	    &j, &s, SX1301_NO_GAINS | SX1301_BOTH_RADIOS | SX1301_WHOLE_GAIN);
	json_object_end(&j);
	assert_text(strbuf_span(&out),
	    span_str(
		"{\"lorawan_public\":true,\"clksrc\":1,\"antenna_gain\":2,"
		"\"radio_0\":{\"enable\":true,\"type\":\"SX1257\",\"freq\":923300000,"
		"\"rssi_offset\":-166,\"tx_enable\":true,\"tx_freq_min\":915000000,"
		"\"tx_freq_max\":928000000},\"radio_1\":{\"enable\":false},"
		"\"chan_multiSF_0\":{\"enable\":true,\"radio\":0,\"if\":-100000},"
		"\"chan_multiSF_1\":{\"enable\":true,\"radio\":0,\"if\":100000},"
		"\"chan_multiSF_2\":{\"enable\":false},"
		"\"chan_multiSF_3\":{\"enable\":false},"
		"\"chan_multiSF_4\":{\"enable\":false},"
		"\"chan_multiSF_5\":{\"enable\":false},"
		"\"chan_multiSF_6\":{\"enable\":false},"
		"\"chan_multiSF_7\":{\"enable\":false},"
		"\"chan_Lora_std\":{\"enable\":false},\"chan_FSK\":{\"enable\":false}"
		"}"));
}

/* ---- facts of the gateway ------------------------------------------------------------ */

static void
without_an_eui(void **state)
{
	(void)state;
	gateway.has_eui = false;
	assert_int_equal(write_file(GLOBAL_CONF, "EU_863_870", NULL), E_OK);
	assert_false(contains("gateway_ID"));
	assert_int_equal(write_file(LORAFWD, "EU_863_870", NULL), E_OK);
	assert_true(contains("\n#id = 0xFFFFFFFFFFFFFFFF\n"));
}

static void
antenna_gain(void **state)
{
	static const struct {
		double gain;
		const char *text;
	} cases[] = {{0, "\"antenna_gain\": 0,"}, {2.15, "\"antenna_gain\": 2,"},
	    {2.5, "\"antenna_gain\": 3,"}, {-1.2, "\"antenna_gain\": -1,"},
	    {6, "\"antenna_gain\": 6,"}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		gateway.antenna_gain = cases[i].gain;
		assert_int_equal(write_file(GLOBAL_CONF, "EU_863_870", NULL), E_OK);
		assert_true(contains(cases[i].text));
	}
	gateway.antenna_gain = 2.15;
	assert_int_equal(write_file(LORAD, "EU_863_870", NULL), E_OK);
	assert_true(contains("\"antenna_gain\": 2.15,"));
	gateway.antenna_gain = 1000;
	assert_int_equal(write_file(GLOBAL_CONF, "EU_863_870", NULL), E_STATE);
}

static void
position(void **state)
{
	(void)state;
	assert_int_equal(write_file(GLOBAL_CONF, "EU_863_870", NULL), E_OK);
	assert_true(
	    contains("\"ref_latitude\": 52.3731,\n\t\t\"ref_longitude\": 4.8926,"
		     "\n\t\t\"ref_altitude\": 3\n"));
	gateway.altitude = 99999;
	assert_int_equal(write_file(GLOBAL_CONF, "EU_863_870", NULL), E_OK);
	assert_true(contains("\"ref_altitude\": 32767\n"));
	gateway.has_position = false;
	assert_int_equal(write_file(GLOBAL_CONF, "EU_863_870", NULL), E_OK);
	assert_false(contains("ref_"));
	assert_int_equal(write_file(LORAD, "EU_863_870", NULL), E_OK);
	assert_false(contains("beacon_latitude"));
	gateway.has_position = true;
	gateway.latitude = 0;
	assert_int_equal(write_file(LORAD, "EU_863_870", NULL), E_OK);
	assert_false(contains("beacon_latitude"));
	assert_true(contains("beacon_longitude"));
}

static void
several_servers(void **state)
{
	(void)state;
	servers[1] = span_str("udp://10.0.0.1:1701");
	gateway.server_count = 2;
	assert_int_equal(write_file(GLOBAL_CONF, "EU_863_870", NULL), E_OK);
	assert_true(
	    contains("\"server_address\": \"10.0.0.1\",\n\t\t\t\t\"serv_port_up\": "
		     "1701,\n\t\t\t\t\"serv_port_down\": 1701,\n\t\t\t\t"
		     "\"serv_enabled\": true\n"));
	gateway.server_count = 0;
	assert_int_equal(write_file(GLOBAL_CONF, "EU_863_870", NULL), E_STATE);
	assert_string_equal(fault.field, "gateway_server_address");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(golden_files),
	    TEST(first_lines),
	    TEST(reference),
	    TEST(reference_of_none_and_several),
	    TEST(what_the_reference_writes_too),
	    TEST(shared_members),
	    TEST(without_an_eui),
	    TEST(antenna_gain),
	    TEST(position),
	    TEST(several_servers),
	};

	return cmocka_run_group_tests(tests, begin_all, finish_all);
}
