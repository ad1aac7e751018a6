#include "gateway-files/file_check.h"

#include <stdio.h>

static const double scan_times[] = {128, 5000, 0};

static const struct limit board_limits[] = {
    {.key = "lorawan_public", .kind = LIMIT_TRUTH, .required = true},
    {.key = "clksrc", .required = true, .min = 0, .max = LIMIT_RADIOS - 1},
    {.key = NULL},
};
static const struct limit whole_gain[] = {
    {.key = "antenna_gain", .min = INT8_MIN, .max = INT8_MAX}, {.key = NULL}};
static const struct limit real_gain[] = {
    {.key = "antenna_gain", .kind = LIMIT_NUMBER, .min = INT8_MIN, .max = INT8_MAX},
    {.key = "insertion_loss", .kind = LIMIT_NUMBER, .min = 0, .max = 100},
    {.key = NULL},
};
static const struct limit radio_limits[] = {
    {.key = "freq", .required = true, .min = 1, .max = UINT32_MAX},
    {.key = "rssi_offset",
	.kind = LIMIT_NUMBER,
	.required = true,
	.min = -300,
	.max = 300},
    {.key = "tx_enable", .kind = LIMIT_TRUTH, .required = true},
    {.key = "tx_freq_min", .min = 1, .max = UINT32_MAX},
    {.key = "tx_freq_max", .min = 1, .max = UINT32_MAX},
    {.key = "tx_notch_freq", .min = LIMIT_NOTCH_MIN, .max = LIMIT_NOTCH_MAX},
    {.key = NULL},
};
static const struct limit gain_limits[] = {
    {.key = "pa_gain", .required = true, .min = 0, .max = 3},
    {.key = "mix_gain", .required = true, .min = 8, .max = 15},
    {.key = "rf_power", .required = true, .min = INT8_MIN, .max = INT8_MAX},
    {.key = "dig_gain", .required = true, .min = 0, .max = 3},
    {.key = "dac_gain", .min = 3, .max = 3},
    {.key = NULL},
};
static const struct limit lbt_limits[] = {
    {.key = "enable", .kind = LIMIT_TRUTH, .required = true},
    {.key = "rssi_target", .required = true, .min = INT8_MIN, .max = INT8_MAX},
    {.key = "sx127x_rssi_offset", .required = true, .min = INT8_MIN, .max = INT8_MAX},
    {.key = NULL},
};
static const struct limit lbt_channel_limits[] = {
    {.key = "freq_hz", .required = true, .min = 1, .max = UINT32_MAX},
    {.key = "scan_time_us", .required = true, .one_of = scan_times},
    {.key = NULL},
};

static void
check_type(const struct file_checker *c, const char *path, const struct json *v)
{
	struct span type;

	if (!json_as_text(json_get(v, "type"), &type))
		check_error(c, "radio-type", "%s.type is missing: a crash", path);
	else if (!span_is(type, "SX1255") && !span_is(type, "SX1257"))
		check_error(
		    c, "radio-type", "%s.type is neither SX1255 nor SX1257", path);
}

static void
check_radio(const struct file_checker *c, const char *path, const struct json *v)
{
	if (!check_is_on(v, "enable")) {
		check_error(c, "radio-off",
		    "%s is not enabled: it has to be left out instead", path);
		return;
	}
	check_type(c, path, v);
	check_members(c, path, v, radio_limits);
	if (check_is_on(v, "tx_enable") &&
	    check_whole(v, "tx_freq_min", 0) > check_whole(v, "tx_freq_max", 0))
		check_error(c, "tx-range", "%s can transmit nothing", path);
}

static void
check_radios(const struct file_checker *c, const char *path, const struct json *conf)
{
	const struct json *v;
	char name[24], where[80];

	check_numbered(c, path, conf, "radio_", LIMIT_RADIOS, false);
	for (unsigned i = 0; i < LIMIT_RADIOS; i++) {
		snprintf(name, sizeof name, "radio_%u", i);
		snprintf(where, sizeof where, "%s.%s", path, name);
		if ((v = check_object(c, path, conf, name)) != NULL)
			check_radio(c, where, v);
		else if (i == 0)
			check_error(c, "radio-0", "%s is missing", where);
	}
}

static void
check_gains(const struct file_checker *c, const char *path, const struct json *conf)
{
	unsigned n = check_numbered(c, path, conf, "tx_lut_", LIMIT_GAINS, true);
	int64_t before = INT64_MIN, power;
	const struct json *v;
	char name[24], where[80];

	if (n == 0)
		check_error(c, "gain-table", "%s has no tx_lut_0", path);
	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof name, "tx_lut_%u", i);
		snprintf(where, sizeof where, "%s.%s", path, name);
		if ((v = check_object(c, path, conf, name)) == NULL)
			continue;
		check_members(c, where, v, gain_limits);
		power = check_whole(v, "rf_power", before + 1);
		if (power <= before)
			check_error(
			    c, "gain-order", "%s: the powers do not rise", where);
		before = power;
	}
}

static void
check_lbt(const struct file_checker *c, const char *path, const struct json *conf)
{
	const struct json *v = check_object(c, path, conf, "lbt_cfg");
	const struct json *channels = json_get(v, "chan_cfg");
	size_t n = json_count(channels);
	char where[80];

	if (v == NULL || !check_is_on(v, "enable"))
		return;
	snprintf(where, sizeof where, "%s.lbt_cfg", path);
	check_members(c, where, v, lbt_limits);
	if (json_type(channels) != JSON_ARRAY || n < 1 || n > LIMIT_LBT_SX1301)
		check_error(c, "lbt-channels",
		    "%s.chan_cfg has %zu channels, not 1 to 8", where, n);
	for (size_t i = 0; i < n && json_type(channels) == JSON_ARRAY; i++)
		check_members(
		    c, "lbt_cfg.chan_cfg[]", json_at(channels, i), lbt_channel_limits);
}

void
check_sx1301_conf(
    const struct file_checker *c, const char *path, const struct json *conf)
{
	check_members(c, path, conf, board_limits);
	check_members(
	    c, path, conf, c->forwarder == FORWARDER_LORAD ? real_gain : whole_gain);
	check_radios(c, path, conf);
	check_file_channels(c, path, conf);
	check_gains(c, path, conf);
	check_lbt(c, path, conf);
}
