/* What is set for a gateway: addresses of servers, plans and boards, overrides. */
#include "tests/unit/files_scene.h"

#include <stdio.h>

#include "gateway-files/merge_patch.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	return cmocka_run_group_tests(tests, begin_all, finish_all);
}
