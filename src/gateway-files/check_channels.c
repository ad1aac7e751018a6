#include "gateway-files/file_check.h"

#include <stdio.h>

static const double lora_widths[] = {125000, 250000, 500000, 0};

static const struct limit switch_limits[] = {
    {.key = "enable", .kind = LIMIT_TRUTH, .required = true}, {.key = NULL}};
static const struct limit channel_limits[] = {
    {.key = "radio", .required = true, .min = 0, .max = LIMIT_RADIOS - 1},
    {.key = "if", .required = true, .min = -2e9, .max = 2e9},
    {.key = NULL},
};
static const struct limit standard_limits[] = {
    {.key = "bandwidth", .required = true, .one_of = lora_widths},
    {.key = "implicit_hdr", .kind = LIMIT_TRUTH},
    {.key = NULL},
};
static const struct limit implicit_limits[] = {
    {.key = "implicit_payload_length", .required = true, .min = 1, .max = 255},
    {.key = "implicit_crc_en", .kind = LIMIT_TRUTH, .required = true},
    {.key = "implicit_coderate", .required = true, .min = 1, .max = 4},
    {.key = NULL},
};
static const struct limit fsk_limits[] = {
    {.key = "bandwidth", .required = true, .min = 1, .max = 500000},
    {.key = "datarate",
	.required = true,
	.min = LIMIT_FSK_RATE_MIN,
	.max = LIMIT_FSK_RATE_MAX},
    {.key = NULL},
};
static const struct limit factor_sx1301[] = {
    {.key = "spread_factor", .required = true, .min = 7, .max = 12}, {.key = NULL}};
static const struct limit factor_sx1302[] = {
    {.key = "spread_factor", .required = true, .min = 5, .max = 12}, {.key = NULL}};

static bool
radio_is_on(const struct json *conf, int64_t radio)
{
	char name[24];

	snprintf(name, sizeof name, "radio_%d", (int)(radio & 1));
	return check_is_on(json_get(conf, name), "enable");
}

/* True when the channel is on and its own limits are to be looked at. */
static bool
check_channel(const struct file_checker *c, const char *path, const struct json *conf,
    const struct json *v, uint32_t bandwidth)
{
	int64_t most = limit_offset(c->chip, bandwidth), offset, radio;

	check_members(c, path, v, switch_limits);
	if (!check_is_on(v, "enable"))
		return false;
	check_members(c, path, v, channel_limits);
	radio = check_whole(v, "radio", 0);
	offset = check_whole(v, "if", 0);
	if (radio >= 0 && radio < LIMIT_RADIOS && !radio_is_on(conf, radio))
		check_error(c, "channel-radio", "%s is on radio %d, which is off", path,
		    (int)radio);
	if (offset > most || offset < -most)
		check_error(c, "if-range", "%s.if is %lld, beyond %lld", path,
		    (long long)offset, (long long)most);
	return true;
}

static void
check_multi(const struct file_checker *c, const char *path, const struct json *conf)
{
	const struct json *v;
	char name[24], where[80];

	check_numbered(c, path, conf, "chan_multiSF_", LIMIT_MULTI_SF, false);
	for (unsigned i = 0; i < LIMIT_MULTI_SF; i++) {
		snprintf(name, sizeof name, "chan_multiSF_%u", i);
		snprintf(where, sizeof where, "%s.%s", path, name);
		if ((v = check_object(c, path, conf, name)) != NULL)
			check_channel(c, where, conf, v, 125000);
	}
}

static void
check_standard(const struct file_checker *c, const char *path, const struct json *conf)
{
	const struct json *v = check_object(c, path, conf, "chan_Lora_std");
	char where[80];

	snprintf(where, sizeof where, "%s.chan_Lora_std", path);
	if (v == NULL || !check_channel(c, where, conf, v,
			     (uint32_t)check_whole(v, "bandwidth", 125000)))
		return;
	check_members(c, where, v, standard_limits);
	check_members(
	    c, where, v, c->chip == CHIP_SX1301 ? factor_sx1301 : factor_sx1302);
	if (c->chip != CHIP_SX1301 && check_is_on(v, "implicit_hdr"))
		check_members(c, where, v, implicit_limits);
}

static void
check_fsk(const struct file_checker *c, const char *path, const struct json *conf)
{
	const struct json *v = check_object(c, path, conf, "chan_FSK");
	char where[80];

	snprintf(where, sizeof where, "%s.chan_FSK", path);
	if (v != NULL && check_channel(c, where, conf, v,
			     (uint32_t)check_whole(v, "bandwidth", 125000)))
		check_members(c, where, v, fsk_limits);
}

void
check_file_channels(
    const struct file_checker *c, const char *path, const struct json *conf)
{
	check_multi(c, path, conf);
	check_standard(c, path, conf);
	check_fsk(c, path, conf);
}
