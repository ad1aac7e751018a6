#include "gateway-files/file_check.h"

#include <stdio.h>

static const double scan_times[] = {128, 5000, 0};
static const double lbt_widths[] = {125000, 250000, 0};

static const struct limit board_limits[] = {
    {.key = "lorawan_public", .kind = LIMIT_TRUTH, .required = true},
    {.key = "full_duplex", .kind = LIMIT_TRUTH},
    {.key = "clksrc", .required = true, .min = 0, .max = LIMIT_RADIOS - 1},
    {.key = "antenna_gain", .min = INT8_MIN, .max = INT8_MAX},
    {.key = NULL},
};
static const struct limit hal1_limits[] = {
    {.key = "spidev_path",
	.kind = LIMIT_TEXT,
	.required = true,
	.min = 1,
	.max = LIMIT_PATH},
    {.key = NULL},
};
static const struct limit hal2_limits[] = {
    {.key = "com_type", .kind = LIMIT_TEXT, .required = true, .min = 3, .max = 3},
    {.key = "com_path",
	.kind = LIMIT_TEXT,
	.required = true,
	.min = 1,
	.max = LIMIT_PATH},
    {.key = NULL},
};
static const struct limit switch_limits[] = {
    {.key = "enable", .kind = LIMIT_TRUTH, .required = true}, {.key = NULL}};
static const struct limit precision_limits[] = {
    {.key = "max_ts_metrics", .required = true, .min = 0, .max = 255},
    {.key = "nb_symbols", .required = true, .min = 0, .max = 255},
    {.key = NULL},
};
static const struct limit radio_limits[] = {
    {.key = "freq",
	.required = true,
	.min = LIMIT_SX1302_FREQ_MIN,
	.max = LIMIT_SX1302_FREQ_MAX},
    {.key = "rssi_offset",
	.kind = LIMIT_NUMBER,
	.required = true,
	.min = -300,
	.max = 300},
    {.key = "single_input_mode", .kind = LIMIT_TRUTH},
    {.key = "tx_enable", .kind = LIMIT_TRUTH, .required = true},
    {.key = "tx_freq_min", .min = 1, .max = UINT32_MAX},
    {.key = "tx_freq_max", .min = 1, .max = UINT32_MAX},
    {.key = NULL},
};
static const struct limit tcomp_limits[] = {
    {.key = "coeff_a", .kind = LIMIT_NUMBER, .required = true, .min = -1e9, .max = 1e9},
    {.key = "coeff_b", .kind = LIMIT_NUMBER, .required = true, .min = -1e9, .max = 1e9},
    {.key = "coeff_c", .kind = LIMIT_NUMBER, .required = true, .min = -1e9, .max = 1e9},
    {.key = "coeff_d", .kind = LIMIT_NUMBER, .required = true, .min = -1e9, .max = 1e9},
    {.key = "coeff_e", .kind = LIMIT_NUMBER, .required = true, .min = -1e9, .max = 1e9},
    {.key = NULL},
};
static const struct limit sx1250_limits[] = {
    {.key = "rf_power", .required = true, .min = INT8_MIN, .max = INT8_MAX},
    {.key = "pa_gain", .required = true, .min = 0, .max = 1},
    {.key = "pwr_idx", .required = true, .min = 0, .max = 22},
    {.key = NULL},
};
static const struct limit sx125x_limits[] = {
    {.key = "rf_power", .required = true, .min = INT8_MIN, .max = INT8_MAX},
    {.key = "pa_gain", .required = true, .min = 0, .max = 3},
    {.key = "dac_gain", .required = true, .min = 0, .max = 3},
    {.key = "mix_gain", .required = true, .min = 5, .max = 15},
    {.key = "dig_gain", .required = true, .min = 0, .max = 3},
    {.key = NULL},
};
static const struct limit sx1261_limits[] = {
    {.key = "spi_path", .kind = LIMIT_TEXT, .min = 1, .max = LIMIT_PATH},
    {.key = "rssi_offset", .required = true, .min = INT8_MIN, .max = INT8_MAX},
    {.key = NULL},
};
static const struct limit lbt_limits[] = {
    {.key = "rssi_target", .required = true, .min = INT8_MIN, .max = INT8_MAX},
    {.key = NULL},
};
static const struct limit lbt_channel_limits[] = {
    {.key = "freq_hz", .required = true, .min = 1, .max = UINT32_MAX},
    {.key = "bandwidth", .required = true, .one_of = lbt_widths},
    {.key = "scan_time_us", .required = true, .one_of = scan_times},
    {.key = "transmit_time_ms", .required = true, .min = 1, .max = UINT16_MAX},
    {.key = NULL},
};

/* ---- radios ------------------------------------------------------------------ */

static void
check_gain_table(
    const struct file_checker *c, const char *path, const struct json *v, bool sx1250)
{
	const struct json *table = json_get(v, "tx_gain_lut");
	int64_t before = INT64_MIN, power;

	if (json_type(table) != JSON_ARRAY || json_count(table) < 1 ||
	    json_count(table) > LIMIT_GAINS) {
		check_error(c, "gain-table",
		    "%s.tx_gain_lut has %zu entries, not 1 to 16", path,
		    json_count(table));
		return;
	}
	for (size_t i = 0; i < json_count(table); i++) {
		const struct json *gain = json_at(table, i);

		check_members(
		    c, "tx_gain_lut[]", gain, sx1250 ? sx1250_limits : sx125x_limits);
		if (!sx1250 && json_has(gain, "pwr_idx"))
			check_error(
			    c, "gain-table", "%s.tx_gain_lut is for an SX1250", path);
		power = check_whole(gain, "rf_power", before + 1);
		if (power <= before)
			check_error(c, "gain-order",
			    "%s.tx_gain_lut: the powers do not "
			    "rise",
			    path);
		before = power;
	}
}

/* "SX1250", "SX1255", "SX1257"; anything else is an error. */
static struct span
check_type(const struct file_checker *c, const char *path, const struct json *v)
{
	struct span type = {NULL, 0};

	if (!json_as_text(json_get(v, "type"), &type))
		check_error(c, "radio-type", "%s.type is missing: a crash", path);
	else if (!span_is(type, "SX1250") && !span_is(type, "SX1255") &&
		 !span_is(type, "SX1257"))
		check_error(c, "radio-type",
		    "%s.type is none of SX1250, SX1255 and SX1257", path);
	return type;
}

static void
check_radio(const struct file_checker *c, const char *path, const struct json *v)
{
	const struct json *tcomp;
	struct span type;

	check_members(c, path, v, switch_limits);
	if (!check_is_on(v, "enable"))
		return;
	type = check_type(c, path, v);
	check_members(c, path, v, radio_limits);
	if ((tcomp = check_object(c, path, v, "rssi_tcomp")) != NULL)
		check_members(c, "rssi_tcomp", tcomp, tcomp_limits);
	if (!check_is_on(v, "tx_enable"))
		return;
	if (check_whole(v, "tx_freq_min", 0) > check_whole(v, "tx_freq_max", 0))
		check_error(c, "tx-range", "%s can transmit nothing", path);
	check_gain_table(c, path, v, span_is(type, "SX1250"));
}

static void
check_radios(const struct file_checker *c, const char *path, const struct json *conf)
{
	int64_t clock = check_whole(conf, "clksrc", 0);
	const struct json *v;
	char name[24], where[80];

	check_numbered(c, path, conf, "radio_", LIMIT_RADIOS, false);
	for (unsigned i = 0; i < LIMIT_RADIOS; i++) {
		snprintf(name, sizeof name, "radio_%u", i);
		snprintf(where, sizeof where, "%s.%s", path, name);
		if ((v = check_object(c, path, conf, name)) != NULL)
			check_radio(c, where, v);
		if (clock == i && !check_is_on(v, "enable"))
			check_error(c, "clock-source", "%s.clksrc is %u, which is off",
			    path, i);
	}
}

/* ---- the board --------------------------------------------------------------- */

static void
check_interface(const struct file_checker *c, const char *path, const struct json *conf)
{
	static const char *const newer[] = {
	    "fine_timestamp", "sx1261_conf", "chan_multiSF_All", NULL};
	struct span type;

	if (c->forwarder == FORWARDER_SX1302_HAL2) {
		check_members(c, path, conf, hal2_limits);
		if (json_as_text(json_get(conf, "com_type"), &type) &&
		    !span_is(type, "SPI") && !span_is(type, "USB"))
			check_error(
			    c, "com-type", "%s.com_type is neither SPI nor USB", path);
		return;
	}
	check_members(c, path, conf, hal1_limits);
	for (size_t i = 0; newer[i] != NULL; i++)
		if (json_has(conf, newer[i]))
			check_error(
			    c, "hal", "%s.%s is unknown to HAL 1.x", path, newer[i]);
}

static void
check_timestamps(
    const struct file_checker *c, const char *path, const struct json *conf)
{
	bool hal1 = c->forwarder == FORWARDER_SX1302_HAL1;
	const char *key = hal1 ? "precision_timestamp" : "fine_timestamp";
	const struct json *v = check_object(c, path, conf, key);
	struct span mode;

	if (v == NULL)
		return;
	check_members(c, key, v, switch_limits);
	if (!check_is_on(v, "enable"))
		return;
	if (hal1) {
		check_members(c, key, v, precision_limits);
		return;
	}
	if (c->chip != CHIP_SX1303)
		check_error(
		    c, "fine-timestamp", "%s.%s: only an SX1303 can", path, key);
	if (!json_as_text(json_get(v, "mode"), &mode) ||
	    (!span_is(mode, "all_sf") && !span_is(mode, "high_capacity")))
		check_error(c, "fine-timestamp",
		    "%s.%s.mode is neither all_sf nor high_capacity", path, key);
}

static void
check_lbt(const struct file_checker *c, const char *path, const struct json *conf)
{
	const struct json *v = check_object(c, path, conf, "sx1261_conf");
	const struct json *lbt, *channels;
	size_t n;

	if (v == NULL)
		return;
	check_members(c, "sx1261_conf", v, sx1261_limits);
	if ((lbt = check_object(c, "sx1261_conf", v, "lbt")) == NULL)
		return;
	check_members(c, "sx1261_conf.lbt", lbt, switch_limits);
	if (!check_is_on(lbt, "enable"))
		return;
	check_members(c, "sx1261_conf.lbt", lbt, lbt_limits);
	channels = json_get(lbt, "channels");
	n = json_type(channels) == JSON_ARRAY ? json_count(channels) : 0;
	if (n < 1 || n > LIMIT_LBT_SX1302)
		check_error(c, "lbt-channels",
		    "sx1261_conf.lbt.channels has %zu channels, not 1 to 16", n);
	for (size_t i = 0; i < n; i++)
		check_members(
		    c, "lbt.channels[]", json_at(channels, i), lbt_channel_limits);
}

static void
check_factors(const struct file_checker *c, const char *path, const struct json *conf)
{
	const struct json *v = check_object(c, path, conf, "chan_multiSF_All");
	const struct json *list = json_get(v, "spreading_factor_enable");
	int64_t sf;

	if (v == NULL)
		return;
	if (json_type(list) != JSON_ARRAY || json_count(list) > LIMIT_MULTI_SF)
		check_error(c, "spreading-factor",
		    "%s.chan_multiSF_All has no list of at most 8 spreading factors",
		    path);
	for (size_t i = 0; i < json_count(list) && json_type(list) == JSON_ARRAY; i++)
		if (!json_as_int(json_at(list, i), &sf) || sf < 5 || sf > 12)
			check_error(c, "spreading-factor",
			    "%s.chan_multiSF_All: a spreading factor is not 5 to 12",
			    path);
}

void
check_sx130x_conf(
    const struct file_checker *c, const char *path, const struct json *conf)
{
	check_interface(c, path, conf);
	check_members(c, path, conf, board_limits);
	check_timestamps(c, path, conf);
	check_radios(c, path, conf);
	if (c->forwarder == FORWARDER_SX1302_HAL2) {
		check_lbt(c, path, conf);
		check_factors(c, path, conf);
	}
	check_file_channels(c, path, conf);
}
