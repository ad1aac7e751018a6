#include "gateway-files/file_check.h"

#include "base/hex.h"

static const double beacon_factors[] = {8, 9, 10, 12, 0};
static const double beacon_widths[] = {125000, 500000, 0};

static const struct limit server_limits[] = {
    {.key = "server_address",
	.kind = LIMIT_TEXT,
	.required = true,
	.min = 1,
	.max = LIMIT_ADDRESS},
    {.key = "serv_port_up", .required = true, .min = 1, .max = UINT16_MAX},
    {.key = "serv_port_down", .required = true, .min = 1, .max = UINT16_MAX},
    {.key = "serv_enabled", .kind = LIMIT_TRUTH},
    {.key = NULL},
};
static const struct limit gateway_limits[] = {
    {.key = "keepalive_interval", .min = 1, .max = 86400},
    {.key = "stat_interval", .min = 1, .max = 86400},
    {.key = "push_timeout_ms", .min = 1, .max = 60000},
    {.key = "forward_crc_valid", .kind = LIMIT_TRUTH},
    {.key = "forward_crc_error", .kind = LIMIT_TRUTH},
    {.key = "forward_crc_disabled", .kind = LIMIT_TRUTH},
    {.key = "gps_tty_path", .kind = LIMIT_TEXT, .min = 1, .max = LIMIT_PATH},
    {.key = "fake_gps", .kind = LIMIT_TRUTH},
    {.key = "ref_latitude", .kind = LIMIT_NUMBER, .min = -90, .max = 90},
    {.key = "ref_longitude", .kind = LIMIT_NUMBER, .min = -180, .max = 180},
    {.key = "ref_altitude", .min = INT16_MIN, .max = INT16_MAX},
    {.key = "autoquit_threshold", .min = 0, .max = UINT32_MAX},
    {.key = NULL},
};
static const struct limit beacon_limits[] = {
    {.key = "beacon_period", .min = 0, .max = 86400},
    {.key = "beacon_freq_hz", .min = 1, .max = UINT32_MAX},
    {.key = "beacon_freq_nb", .min = 1, .max = 255},
    {.key = "beacon_freq_step", .min = 0, .max = UINT32_MAX},
    {.key = "beacon_datarate", .one_of = beacon_factors},
    {.key = "beacon_bw_hz", .one_of = beacon_widths},
    {.key = "beacon_power", .min = INT8_MIN, .max = INT8_MAX},
    {.key = "beacon_infodesc", .min = 0, .max = 255},
    {.key = NULL},
};
static const struct limit lorad_limits[] = {
    {.key = "beacon_enable", .kind = LIMIT_TRUTH, .required = true},
    {.key = "beacon_latitude", .kind = LIMIT_NUMBER, .min = -90, .max = 90},
    {.key = "beacon_longitude", .kind = LIMIT_NUMBER, .min = -180, .max = 180},
    {.key = NULL},
};

/* Names and IPv4 addresses have no colon, blank or bracket in them. */
static void
check_address(const struct file_checker *c, const char *path, const struct json *v)
{
	struct span text;

	if (!json_as_text(json_get(v, "server_address"), &text))
		return;
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] > ' ' && text.data[i] < 0x7f &&
		    strchr(":[]/\"\\", text.data[i]) == NULL)
			continue;
		check_error(c, "address",
		    "%s.server_address is neither a name nor an IPv4 address", path);
		return;
	}
}

static void
check_eui(const struct file_checker *c, const char *path, const struct json *v)
{
	struct span text;
	uint8_t eui[8];

	if (!json_has(v, "gateway_ID"))
		return;
	if (!json_as_text(json_get(v, "gateway_ID"), &text) ||
	    !hex_decode(text, eui, sizeof eui))
		check_error(c, "eui", "%s.gateway_ID is not 16 hex digits", path);
}

static void
check_server(const struct file_checker *c, const char *path, const struct json *v)
{
	check_eui(c, path, v);
	check_members(c, path, v, server_limits);
	check_address(c, path, v);
}

static void
check_period(const struct file_checker *c, const char *path, const struct json *v)
{
	int64_t period = check_whole(v, "beacon_period", 0);

	if (period > 0 && period < 6)
		check_error(c, "beacon-period",
		    "%s.beacon_period is below 6: the forwarder exits", path);
	else if (period > 0 && 86400 % period != 0)
		check_error(
		    c, "beacon-period", "%s.beacon_period does not divide a day", path);
}

static void
check_gateway_conf(
    const struct file_checker *c, const char *path, const struct json *conf)
{
	const struct json *servers = json_get(conf, "servers");

	check_members(c, path, conf, beacon_limits);
	check_period(c, path, conf);
	if (c->forwarder == FORWARDER_LORAD) {
		check_members(c, path, conf, lorad_limits);
		return;
	}
	check_server(c, path, conf);
	check_members(c, path, conf, gateway_limits);
	if (json_has(conf, "servers") && json_type(servers) != JSON_ARRAY)
		check_error(c, "type", "%s.servers is not a list", path);
	for (size_t i = 0; json_type(servers) == JSON_ARRAY && i < json_count(servers);
	     i++)
		check_server(c, "servers[]", json_at(servers, i));
}

static const struct json *
part(const struct file_checker *c, const struct json *root, const char *key)
{
	const struct json *v = json_get(root, key);

	if (json_type(v) != JSON_OBJECT) {
		check_error(c, "missing", "%s is %s: the forwarder exits", key,
		    json_has(root, key) ? "not an object" : "missing");
		return NULL;
	}
	return v;
}

bool
file_check(struct span text, enum forwarder forwarder, enum chip chip,
    struct findings *findings)
{
	const struct file_checker c = {findings, forwarder, chip};
	bool old = forwarder == FORWARDER_SX1301 || forwarder == FORWARDER_LORAD;
	size_t before = findings->errors;
	const struct json *conf, *gateway;
	struct fault fault = {0};
	struct json *root;

	if (json_parse(text, &root, &fault) != E_OK) {
		check_error(&c, "json", "%s", fault.text);
		return false;
	}
	check_keys(&c, text);
	if ((conf = part(&c, root, old ? "SX1301_conf" : "SX130x_conf")) != NULL)
		(old ? check_sx1301_conf : check_sx130x_conf)(
		    &c, old ? "SX1301_conf" : "SX130x_conf", conf);
	if ((gateway = part(&c, root, "gateway_conf")) != NULL)
		check_gateway_conf(&c, "gateway_conf", gateway);
	json_free(root);
	return findings->errors == before;
}
