#include "unit.h"

#include <stdio.h>

#include "base/crc.h"
#include "gateway-files/file.h"
#include "gateway-files/merge_patch.h"
#include "radio/sx1301.h"
#include "tests/lib/radio_data.h"

#define GLOBAL_CONF "semtechudp/global_conf.json"
#define LORAD "kerlink-cpf/lorad/lorad.json"
#define LORAFWD "kerlink-cpf/lorafwd/lorafwd.toml"

static struct radio_data data;
static struct strbuf out;
static struct findings findings;
static struct fault fault;
static struct gateway_facts gateway;
static struct span servers[9];

static int
begin_all(void **state)
{
	(void)state;
	strbuf_init(&out, 1 << 20);
	return radio_data_load(&data, NULL) ? 0 : -1;
}

static int
finish_all(void **state)
{
	(void)state;
	strbuf_clear(&out);
	radio_data_clear(&data);
	return 0;
}

/* The gateway of the reference answers. */
static int
begin(void **state)
{
	(void)state;
	servers[0] = span_str("gs.example.com");
	gateway = (struct gateway_facts){.has_eui = true,
	    .eui = 0x58A0CBFFFE800001,
	    .servers = servers,
	    .server_count = 1,
	    .antenna_gain = 2.15,
	    .has_position = true,
	    .latitude = 52.3731,
	    .longitude = 4.8926,
	    .altitude = 3.4};
	return 0;
}

static int
write_plans(const char *path, const char *const *ids, size_t count, const char *board)
{
	const struct plan *plans[8];
	const struct file_request rq = {.gateway = &gateway,
	    .path = span_str(path),
	    .plans = plans,
	    .plan_count = count,
	    .board = board != NULL ? radio_data_board(&data, board) : NULL};

	for (size_t i = 0; i < count; i++)
		plans[i] = radio_data_plan(&data, ids[i]);
	strbuf_reset(&out);
	fault = (struct fault){0};
	findings_init(&findings, &data.arena);
	return file_write(&rq, &data.arena, &findings, &out, NULL, &fault);
}

static int
write_file(const char *path, const char *plan, const char *board)
{
	return write_plans(path, &plan, 1, board);
}

static bool
contains(const char *text)
{
	return strstr(strbuf_str(&out), text) != NULL;
}

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

/* ---- addresses ------------------------------------------------------------------------ */

#define NAME63 "a23456789.123456789.123456789.123456789.123456789.123456789.123"
#define NAME64 "a23456789.123456789.123456789.123456789.123456789.123456789.1234"

static const struct {
	const char *address, *host; /* host NULL: refused */
	unsigned port;
	const char *why; /* also: only Kerlink's forwarder takes it, if host is set */
} addresses[] = {
    {"gs.example.com", "gs.example.com", 1700, NULL},
    {"gs.example.com:1701", "gs.example.com", 1701, NULL},
    {"  gs.example.com \n", "gs.example.com", 1700, NULL},
    {"udp://gs.example.com", "gs.example.com", 1700, NULL},
    {"UDP://gs.example.com:1", "gs.example.com", 1, NULL},
    {"10.1.2.3:65535", "10.1.2.3", 65535, NULL},
    {"localhost", "localhost", 1700, NULL},
    {"my_gs.example.com", "my_gs.example.com", 1700, NULL},
    {NAME63, NAME63, 1700, NULL},
    {NAME64, NAME64, 1700,
	"the host has 64 characters, the forwarder takes 63 at most"},
    {"[2001:db8::1]:1700", "2001:db8::1", 1700, "resolves to IPv4 alone"},
    {"[2001:db8::1]", "2001:db8::1", 1700, "resolves to IPv4 alone"},
    {"udp://[::1]:9", "::1", 9, "resolves to IPv4 alone"},
    {"", NULL, 0, "there is no host"},
    {":1700", NULL, 0, "there is no host"},
    {"udp://", NULL, 0, "there is no host"},
    {"gs.example.com:", NULL, 0, "the port is empty"},
    {"[2001:db8::1]:", NULL, 0, "the port is empty"},
    {"gs.example.com:65536", NULL, 0, "the port is not 1 to 65535"},
    {"gs.example.com:0", NULL, 0, "the port is not 1 to 65535"},
    {"gs.example.com:-1", NULL, 0, "the port is not 1 to 65535"},
    {"gs.example.com:17x", NULL, 0, "the port is not 1 to 65535"},
    {"2001:db8::1", NULL, 0, "an IPv6 address stands in brackets"},
    {"gs.example.com:1700:1700", NULL, 0, "an IPv6 address stands in brackets"},
    {"[2001:db8::1", NULL, 0, "the bracket is not closed"},
    {"[gs.example.com]", NULL, 0, "no IPv6 address between the brackets"},
    {"[]:1700", NULL, 0, "no IPv6 address between the brackets"},
    {"[::1]x", NULL, 0, "after the bracket comes :port or nothing"},
    {"wss://gs.example.com:8887", NULL, 0, "wss is not udp"},
    {"gs example.com", NULL, 0, "a character that no name has"},
    {"gs.example.com/x", NULL, 0, "a character that no name has"},
    {"g\"s", NULL, 0, "a character that no name has"},
    {"user@gs.example.com", NULL, 0, "a character that no name has"},
};

static void
check_address(size_t i)
{
	char line[400];

	if (addresses[i].host == NULL) {
		assert_int_equal(write_file(LORAFWD, "EU_863_870", NULL), E_INVALID);
		assert_non_null(strstr(fault.text, addresses[i].why));
		assert_int_equal(
		    write_file(GLOBAL_CONF, "EU_863_870", NULL), E_INVALID);
		assert_string_equal(fault.field, "gateway_server_address");
		return;
	}
	assert_int_equal(write_file(LORAFWD, "EU_863_870", NULL), E_OK);
	snprintf(line, sizeof line,
	    "\nnode = \"%s\"\nservice.uplink = %u\nservice.downlink = %u\n",
	    addresses[i].host, addresses[i].port, addresses[i].port);
	assert_true(contains(line));
	if (addresses[i].why != NULL) {
		assert_int_equal(
		    write_file(GLOBAL_CONF, "EU_863_870", NULL), E_INVALID);
		assert_non_null(strstr(fault.text, addresses[i].why));
		return;
	}
	assert_int_equal(write_file(GLOBAL_CONF, "EU_863_870", NULL), E_OK);
	snprintf(line, sizeof line,
	    "\"server_address\": \"%s\",\n\t\t\"serv_port_up\": %u,\n",
	    addresses[i].host, addresses[i].port);
	assert_true(contains(line));
}

static void
server_addresses(void **state)
{
	char name[300];

	(void)state;
	for (size_t i = 0; i < COUNT(addresses); i++) {
		servers[0] = span_str(addresses[i].address);
		check_address(i);
	}
	memset(name, 'a', sizeof name);
	servers[0] = span_of(name, 253);
	assert_int_equal(write_file(LORAFWD, "EU_863_870", NULL), E_OK);
	servers[0] = span_of(name, 254);
	assert_int_equal(write_file(LORAFWD, "EU_863_870", NULL), E_INVALID);
	assert_string_equal(fault.text, "the host is longer than 253 characters");
}

/* ---- plans and boards --------------------------------------------------------------- */

static void
which_file(void **state)
{
	(void)state;
	assert_int_equal(
	    write_file("semtechudp/global_conf.toml", "EU_863_870", NULL), E_NOTFOUND);
	assert_string_equal(
	    fault.text, "no such file; there are " GLOBAL_CONF ", " LORAD ", " LORAFWD);
	assert_int_equal(write_file(LORAD, "EU_863_870", "rak2287-spi"), E_STATE);
	assert_string_equal(fault.text, "there is no such file for SX1302");
	assert_int_equal(write_file(LORAFWD, "EU_863_870", "rak2287-spi"), E_OK);
	assert_int_equal(write_plans(LORAFWD, NULL, 0, NULL), E_OK);
	assert_int_equal(write_plans(GLOBAL_CONF, NULL, 0, NULL), E_STATE);
	assert_non_null(strstr(fault.text, "no frequency plan"));
	assert_int_equal(write_file(GLOBAL_CONF, "ISM_2400_3CH_DRAFT2", NULL), E_STATE);
	assert_string_equal(format_find(span_str(LORAFWD), CHIP_SX1303)->content_type,
	    "application/toml");
}

static void
the_plan_that_fits(void **state)
{
	static const char *const ids[] = {"EU_433", "EU_863_870", "US_902_928_FSB_2"};

	(void)state;
	assert_int_equal(write_plans(GLOBAL_CONF, ids, 3, "semtech-sx1257-spi"), E_OK);
	assert_true(contains("\"freq\": 867500000,"));
	assert_int_equal(findings.errors, 1);
	assert_int_equal(
	    write_plans(GLOBAL_CONF, ids, 1, "semtech-sx1257-spi"), E_STATE);
	assert_string_equal(fault.text,
	    "line 2: EU_433: the board semtech-sx1257-spi is not made for EU_433 "
	    "[board-band]");
}

static void
several_plans(void **state)
{
	static const char *const ids[] = {
	    "EU_863_870", "ISM_2400_3CH_DRAFT2", "EU_433"};
	struct board two = *radio_data_board(&data, "sx1301");
	const struct plan *plans[3];
	const struct file_request rq = {.gateway = &gateway,
	    .path = span_str(GLOBAL_CONF),
	    .plans = plans,
	    .plan_count = 3,
	    .board = &two};

	(void)state;
	two.several_plans = true;
	for (size_t i = 0; i < 3; i++)
		plans[i] = radio_data_plan(&data, ids[i]);
	strbuf_reset(&out);
	findings_init(&findings, &data.arena);
	assert_int_equal(
	    file_write(&rq, &data.arena, &findings, &out, NULL, &fault), E_OK);
	assert_true(contains("\"SX1301_conf\": [\n\t\t{\n"));
	assert_true(
	    contains("\"freq\": 867500000,") && contains("\"freq\": 433475000,"));
}

/* What no shipped board has, and a name that no server has. */
static void
odd_boards(void **state)
{
	struct board hal1 = *radio_data_board(&data, "rak5146-spi");
	struct board station = *radio_data_board(&data, "sx1301");
	const struct plan *plan = radio_data_plan(&data, "EU_863_870");
	struct file_request rq = {.gateway = &gateway,
	    .path = span_str(GLOBAL_CONF),
	    .plans = &plan,
	    .plan_count = 1,
	    .board = &hal1};
	struct server odd = {.host = "a\"b\\c\n", .port = 1};
	const struct file_parts parts = {0};
	const struct file_input in = {&gateway, &parts, &odd, 1};
	const struct file_format *format = NULL;

	(void)state;
	hal1.hal = 1;
	hal1.gps_path = "/dev/ttyAMA0";
	findings_init(&findings, &data.arena);
	strbuf_reset(&out);
	assert_int_equal(
	    file_write(&rq, &data.arena, &findings, &out, &format, &fault), E_OK);
	assert_string_equal(
	    format->what, "Semtech packet forwarder, SX1302 and SX1303");
	assert_true(contains("\"spidev_path\": \"/dev/spidev0.0\""));
	assert_true(contains("\"precision_timestamp\": {\n\t\t\t\"enable\": false,\n"
			     "\t\t\t\"max_ts_metrics\": 255,\n\t\t\t\"nb_symbols\": "
			     "1\n"));
	assert_true(contains("\"gps_tty_path\": \"/dev/ttyAMA0\""));
	station.insertion_loss = 1.25;
	station.part.has |= 1u << BOARD_INSERTION_LOSS;
	rq.board = &station;
	rq.path = span_str(LORAD);
	strbuf_reset(&out);
	assert_int_equal(
	    file_write(&rq, &data.arena, &findings, &out, NULL, &fault), E_OK);
	assert_true(contains("\"insertion_loss\": 1.25\n"));
	strbuf_reset(&out);
	kerlink_lorafwd_write(&in, &out);
	assert_true(contains("\nnode = \"a\\\"b\\\\c\\u000A\"\n"));
}

/* ---- overrides ------------------------------------------------------------------------ */

/* The examples of RFC 7396, appendix A. */
static const struct {
	const char *target, *patch, *result;
} patches[] = {
    {"{\"a\":\"b\"}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"b\":\"c\"}", "{\"a\":\"b\",\"b\":\"c\"}"},
    {"{\"a\":\"b\"}", "{\"a\":null}", "{}"},
    {"{\"a\":\"b\",\"b\":\"c\"}", "{\"a\":null}", "{\"b\":\"c\"}"},
    {"{\"a\":[\"b\"]}", "{\"a\":\"c\"}", "{\"a\":\"c\"}"},
    {"{\"a\":\"c\"}", "{\"a\":[\"b\"]}", "{\"a\":[\"b\"]}"},
    {"{\"a\":{\"b\":\"c\"}}", "{\"a\":{\"b\":\"d\",\"c\":null}}",
	"{\"a\":{\"b\":\"d\"}}"},
    {"{\"a\":[{\"b\":\"c\"}]}", "{\"a\":[1]}", "{\"a\":[1]}"},
    {"[\"a\",\"b\"]", "[\"c\",\"d\"]", "[\"c\",\"d\"]"},
    {"{\"a\":\"b\"}", "[\"c\"]", "[\"c\"]"},
    {"{\"a\":\"foo\"}", "null", "null"},
    {"{\"a\":\"foo\"}", "\"bar\"", "\"bar\""},
    {"{\"e\":null}", "{\"a\":1}", "{\"e\":null,\"a\":1}"},
    {"[1,2]", "{\"a\":\"b\",\"c\":null}", "{\"a\":\"b\"}"},
    {"{}", "{\"a\":{\"bb\":{\"ccc\":null}}}", "{\"a\":{\"bb\":{}}}"},
    {"{\"a\":1.5,\"b\":-7,\"c\":true}", "{\"d\":18446744073709551615}",
	"{\"a\":1.5,\"b\":-7,\"c\":true,\"d\":18446744073709551615}"},
};

static void
merge_patches(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(patches); i++) {
		struct json *target, *patch;
		struct json_out j;

		assert_int_equal(
		    json_parse(span_str(patches[i].target), &target, NULL), E_OK);
		assert_int_equal(
		    json_parse(span_str(patches[i].patch), &patch, NULL), E_OK);
		strbuf_reset(&out);
		json_init(&j, &out, NULL);
		merge_patch(&j, target, patch);
		assert_text(strbuf_span(&out), span_str(patches[i].result));
		json_free(target);
		json_free(patch);
	}
}

static void
overrides(void **state)
{
	(void)state;
	gateway.overrides = span_str("{\"SX1301_conf\": {\"clksrc\": 0, \"vendor\": "
				     "{\"led\": 3}}, \"gateway_conf\": {\"servers\": "
				     "null, \"gps_tty_path\": \"/dev/ttyS1\"}}");
	assert_int_equal(write_file(GLOBAL_CONF, "EU_863_870", NULL), E_OK);
	assert_true(contains("\t\t\"clksrc\": 0,\n"));
	assert_true(contains("\t\t\"vendor\": {\n\t\t\t\"led\": 3\n\t\t}\n\t},"));
	assert_false(contains("\"servers\""));
	assert_true(contains("\"gps_tty_path\": \"/dev/ttyS1\"\n\t}\n}\n"));
	assert_int_equal(out.data[out.len - 1], '\n');
	gateway.compact = true;
	assert_int_equal(write_file(GLOBAL_CONF, "EU_863_870", NULL), E_OK);
	assert_true(contains("\"vendor\":{\"led\":3}"));
	assert_null(strchr(strbuf_str(&out), '\n'));
	assert_int_equal(write_file(LORAFWD, "EU_863_870", NULL), E_OK);
	gateway.overrides = span_str("{");
	assert_int_equal(write_file(GLOBAL_CONF, "EU_863_870", NULL), E_INVALID);
	assert_true(fault.text[0] != '\0');
	gateway.overrides = span_str("[]");
	assert_int_equal(write_file(GLOBAL_CONF, "EU_863_870", NULL), E_INVALID);
	assert_string_equal(fault.field, "overrides");
}

/* What a forwarder would exit, crash or misread the file with, and what it says. */
static const struct {
	const char *path, *board, *overrides, *words; /* NULL: they are taken */
} judged[] = {
    {GLOBAL_CONF, NULL, "{\"SX1301_conf\": {\"radio_0\": {\"type\": null}}}",
	"SX1301_conf.radio_0.type is missing: a crash [radio-type]"},
    {GLOBAL_CONF, NULL, "{\"SX1301_conf\": {\"radio_1\": {\"enable\": false}}}",
	"it has to be left out instead [radio-off]"},
    {GLOBAL_CONF, NULL, "{\"SX1301_conf\": {\"tx_lut_3\": null}}", "[gap]"},
    {GLOBAL_CONF, NULL, "{\"SX1301_conf\": {\"chan_FSK\": {\"if\": 400001}}}",
	"[if-range]"},
    {GLOBAL_CONF, NULL, "{\"gateway_conf\": null}", "[missing]"},
    {GLOBAL_CONF, NULL, "{\"gateway_conf\": {\"serv_port_up\": \"1700\"}}",
	"which counts as 0 [type]"},
    {GLOBAL_CONF, NULL, "{\"gateway_conf\": {\"server_address\": \"fe80::1\"}}",
	"[address]"},
    {GLOBAL_CONF, NULL, "{\"gateway_conf\": {\"beacon_period\": 5}}",
	"[beacon-period]"},
    {GLOBAL_CONF, "rak2287-spi", "{\"SX130x_conf\": {\"com_type\": null}}",
	"SX130x_conf.com_type is missing [missing]"},
    {GLOBAL_CONF, "rak2287-spi-hal1", "{\"SX130x_conf\": {\"spidev_path\": null}}",
	"SX130x_conf.spidev_path is missing [missing]"},
    {LORAD, NULL, "{\"SX1301_conf\": {\"radio_0\": null}}", "[radio-0]"},
    /* What is only ignored or rounded, and what is unknown. */
    {GLOBAL_CONF, NULL, "{\"SX1301_conf\": {\"antenna_gain\": 2.5}}", NULL},
    {GLOBAL_CONF, NULL, "{\"SX1301_conf\": {\"chan_multiSF_8\": {\"enable\": false}}}",
	NULL},
    {GLOBAL_CONF, "rak2287-spi-hal1", "{\"SX130x_conf\": {\"sx1261_conf\": {}}}", NULL},
    {LORAD, NULL, "{\"gateway_conf\": {\"server_address\": \"fe80::1\"}}", NULL},
};

static void
overrides_are_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(judged); i++) {
		int err;

		gateway.overrides = span_str(judged[i].overrides);
		err = write_file(judged[i].path, "EU_863_870", judged[i].board);
		if (err != (judged[i].words == NULL ? E_OK : E_INVALID))
			fail_msg("%s: %d, %s", judged[i].overrides, err, fault.text);
		if (judged[i].words == NULL)
			continue;
		assert_string_equal(fault.field, "overrides");
		if (strstr(fault.text, judged[i].words) == NULL)
			fail_msg("%s: %s", judged[i].overrides, fault.text);
	}
}

/* Not to be told of overrides what was there without them. */
static void
overrides_do_not_answer_for_the_plan(void **state)
{
	struct plan_tx *tx = radio_data_plan(&data, "EU_863_870")->radios[0].tx;

	(void)state;
	tx->notch_frequency = 300000;
	gateway.overrides = span_str("{\"gateway_conf\": {\"stat_interval\": 60}}");
	assert_int_equal(write_file(GLOBAL_CONF, "EU_863_870", NULL), E_OK);
	assert_true(contains("\"tx_notch_freq\": 300000"));
	tx->notch_frequency = 0;
}

/* What is not overridden stays byte by byte as it was. */
static void
an_empty_override_changes_nothing(void **state)
{
	struct strbuf plain;

	(void)state;
	strbuf_init(&plain, 100000);
	for (size_t i = 0; i < data.board_count; i++) {
		const char *board = data.boards[i]->id;

		gateway.overrides = span_of(NULL, 0);
		if (write_file(GLOBAL_CONF, "EU_863_870", board) != E_OK)
			fail_msg("%s: %s", board, fault.text);
		strbuf_reset(&plain);
		strbuf_put(&plain, out.data, out.len);
		gateway.overrides = span_str("{}");
		assert_int_equal(write_file(GLOBAL_CONF, "EU_863_870", board), E_OK);
		assert_text(strbuf_span(&out), strbuf_span(&plain));
	}
	strbuf_clear(&plain);
}

/* ---- what is remembered ------------------------------------------------------------- */

static struct file_cache *cache;

/* Writes from records, with the cache and without; both must say the same. */
static void
write_stored(const char *path, const char *plan, const char *board)
{
	const struct board *b = board != NULL ? radio_data_board(&data, board) : NULL;
	struct file_stored rq = {.gateway = &gateway, .path = span_str(path)};
	struct strbuf plan_bytes, board_bytes, plain;
	const struct file_format *format;
	struct span bytes;
	int err, want;

	strbuf_init(&plan_bytes, 100000);
	strbuf_init(&board_bytes, 100000);
	strbuf_init(&plain, 100000);
	want = write_file(path, plan, board);
	strbuf_put(&plain, out.data, out.len);
	plan_encode(radio_data_plan(&data, plan), &plan_bytes);
	if (b != NULL)
		board_encode(b, &board_bytes);
	bytes = strbuf_span(&plan_bytes);
	rq.plans = &bytes;
	rq.plan_count = 1;
	rq.board = strbuf_span(&board_bytes);
	strbuf_reset(&out);
	format = NULL;
	err = file_write_stored(
	    cache, &rq, &data.arena, &findings, &out, &format, &fault);
	assert_int_equal(err, want);
	assert_true(err != E_OK || strcmp(format->path, path) == 0);
	assert_text(strbuf_span(&out), strbuf_span(&plain));
	strbuf_clear(&plan_bytes);
	strbuf_clear(&board_bytes);
	strbuf_clear(&plain);
}

static void
remembered(void **state)
{
	static const char *const paths[] = {GLOBAL_CONF, LORAD, LORAFWD};
	static const char *const plans[] = {"EU_863_870", "EU_868_1", "AS_920_923_LBT"};
	static const char *const boards[] = {
	    NULL, "multitech-mtac-lora", "rak5146-spi"};

	(void)state;
	cache =
	    file_cache_new(4); /* fewer than there are, so that some are forgotten */
	for (unsigned i = 0; i < 3 * 3 * 3 * 16 * 2; i++) {
		unsigned n = i / 2, facts = n / 27;

		gateway.beacon = (facts & 1) != 0;
		gateway.compact = (facts & 2) != 0;
		gateway.reference = (facts & 4) != 0;
		gateway.antenna_gain = (facts & 8) != 0 ? 5 : 2.15;
		write_stored(paths[n % 3], plans[n / 3 % 3], boards[n / 9 % 3]);
	}
	file_cache_free(cache);
	cache = file_cache_new(0);
	write_stored(GLOBAL_CONF, "EU_863_870", NULL);
	file_cache_free(cache);
}

/* Two plans whose records have the same length. */
static void
not_mistaken(void **state)
{
	struct strbuf third, fourth;

	(void)state;
	strbuf_init(&third, 10000);
	strbuf_init(&fourth, 10000);
	plan_encode(radio_data_plan(&data, "US_902_928_FSB_3"), &third);
	plan_encode(radio_data_plan(&data, "US_902_928_FSB_4"), &fourth);
	assert_int_equal(third.len, fourth.len);
	cache = file_cache_new(8);
	for (int i = 0; i < 2; i++) {
		write_stored(GLOBAL_CONF, "US_902_928_FSB_3", NULL);
		write_stored(GLOBAL_CONF, "US_902_928_FSB_4", NULL);
		write_stored(GLOBAL_CONF, "US_902_928_FSB_3", "rak2287-spi");
		write_stored(GLOBAL_CONF, "US_902_928_FSB_3", "rak2287-usb");
	}
	file_cache_free(cache);
	strbuf_clear(&third);
	strbuf_clear(&fourth);
}

static void
little_memory(void **state)
{
	const struct plan *plan = radio_data_plan(&data, "EU_863_870");
	const struct file_request rq = {.gateway = &gateway,
	    .path = span_str(GLOBAL_CONF),
	    .plans = &plan,
	    .plan_count = 1};
	struct strbuf few;

	(void)state;
	for (size_t limit = 0; limit < 10000; limit += 400) {
		struct arena small;

		arena_init(&small, limit);
		findings_init(&findings, &small);
		strbuf_reset(&out);
		if (file_write(&rq, &small, &findings, &out, NULL, &fault) == E_OK)
			assert_int_equal(out.len, 3145);
		arena_clear(&small);
	}
	assert_int_equal(out.len, 3145);
	strbuf_init(&few, 1000);
	findings_init(&findings, &data.arena);
	assert_int_equal(
	    file_write(&rq, &data.arena, &findings, &few, NULL, &fault), E_TOOBIG);
	strbuf_clear(&few);
}

static void
damaged_records(void **state)
{
	struct file_stored rq = {.gateway = &gateway, .path = span_str(GLOBAL_CONF)};
	struct span plan = BYTES("\x01\xff"), board = BYTES("\x07");
	struct span many[9] = {{NULL, 0}};

	(void)state;
	cache = file_cache_new(2);
	rq.plans = &plan;
	rq.plan_count = 1;
	assert_int_equal(
	    file_write_stored(cache, &rq, &data.arena, &findings, &out, NULL, &fault),
	    E_CORRUPT);
	rq.plan_count = 0;
	rq.board = board;
	assert_int_equal(
	    file_write_stored(cache, &rq, &data.arena, &findings, &out, NULL, &fault),
	    E_VERSION);
	rq.plans = many;
	rq.plan_count = 9;
	assert_int_equal(
	    file_write_stored(cache, &rq, &data.arena, &findings, &out, NULL, &fault),
	    E_INVALID);
	file_cache_free(cache);
	file_cache_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

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
	    TEST(server_addresses),
	    TEST(which_file),
	    TEST(the_plan_that_fits),
	    TEST(several_plans),
	    TEST(odd_boards),
	    TEST(merge_patches),
	    TEST(overrides),
	    TEST(overrides_are_judged),
	    TEST(overrides_do_not_answer_for_the_plan),
	    TEST(an_empty_override_changes_nothing),
	    TEST(remembered),
	    TEST(not_mistaken),
	    TEST(little_memory),
	    TEST(damaged_records),
	};

	return cmocka_run_group_tests(tests, begin_all, finish_all);
}
