#include "radio/sx1301.h"

#include <math.h>
#include <stdio.h>

static const char *const radio_names[] = {"radio_0", "radio_1"};
static const char *const channel_names[] = {"chan_multiSF_0", "chan_multiSF_1",
    "chan_multiSF_2", "chan_multiSF_3", "chan_multiSF_4", "chan_multiSF_5",
    "chan_multiSF_6", "chan_multiSF_7"};
static const char *const gain_names[LIMIT_GAINS] = {"tx_lut_0", "tx_lut_1", "tx_lut_2",
    "tx_lut_3", "tx_lut_4", "tx_lut_5", "tx_lut_6", "tx_lut_7", "tx_lut_8", "tx_lut_9",
    "tx_lut_10", "tx_lut_11", "tx_lut_12", "tx_lut_13", "tx_lut_14", "tx_lut_15"};

double
sx1301_whole_gain(double gain)
{
	return floor(gain + 0.5);
}

void
sx1301_number(struct json_out *j, const char *key, double v)
{
	json_key(j, key);
	if (v >= -1e9 && v <= 1e9 && v == (double)(int64_t)v)
		json_int(j, (int64_t)v);
	else
		json_double(j, v);
}

static void
lbt(struct json_out *j, const struct settings_lbt *l)
{
	json_key_object(j, "lbt_cfg");
	json_key_bool(j, "enable", true);
	sx1301_number(j, "rssi_target", l->rssi_target);
	json_key_array(j, "chan_cfg");
	for (uint32_t i = 0; i < l->count; i++) {
		json_object(j);
		json_key_uint(j, "freq_hz", l->channels[i].frequency);
		json_key_uint(j, "scan_time_us", l->scan_time / 1000);
		json_object_end(j);
	}
	json_array_end(j);
	sx1301_number(j, "sx127x_rssi_offset", l->rssi_offset);
	json_object_end(j);
}

static void
disabled(struct json_out *j, const char *key)
{
	json_key_object(j, key);
	json_key_bool(j, "enable", false);
	json_object_end(j);
}

static void
radio(struct json_out *j, const char *key, const struct settings_radio *r)
{
	json_key_object(j, key);
	json_key_bool(j, "enable", r->enable);
	if (r->type != NULL)
		json_key_str(j, "type", r->type);
	json_key_uint(j, "freq", r->frequency);
	sx1301_number(j, "rssi_offset", r->rssi_offset);
	json_key_bool(j, "tx_enable", r->tx_enable);
	if (r->tx_min != 0)
		json_key_uint(j, "tx_freq_min", r->tx_min);
	if (r->tx_max != 0)
		json_key_uint(j, "tx_freq_max", r->tx_max);
	if (r->tx_notch != 0)
		json_key_uint(j, "tx_notch_freq", r->tx_notch);
	json_object_end(j);
}

static void
radios(struct json_out *j, const struct settings *s, unsigned style)
{
	bool all = (style & SX1301_REFERENCE) != 0;
	char name[24];

	for (uint32_t i = 0; i < LIMIT_RADIOS; i++) {
		bool there = i < s->radio_count;

		if (there && (all || s->radios[i].enable))
			radio(j, radio_names[i], &s->radios[i]);
		else if ((style & SX1301_BOTH_RADIOS) != 0)
			disabled(j, radio_names[i]);
	}
	for (uint32_t i = LIMIT_RADIOS; all && i < s->radio_count; i++) {
		snprintf(name, sizeof name, "radio_%u", i);
		radio(j, name, &s->radios[i]);
	}
}

/* A channel, {"enable": false} when it is off. */
static void
sx1301_channel(struct json_out *j, const char *key, const struct settings_channel *c)
{
	if (!c->enable) {
		disabled(j, key);
		return;
	}
	json_key_object(j, key);
	json_key_bool(j, "enable", true);
	json_key_uint(j, "radio", c->radio);
	json_key_int(j, "if", c->offset);
	if (c->sf != 0 || c->bit_rate != 0)
		json_key_uint(j, "bandwidth", c->bandwidth);
	if (c->sf != 0)
		json_key_uint(j, "spread_factor", c->sf);
	if (c->bit_rate != 0)
		json_key_uint(j, "datarate", c->bit_rate);
	json_object_end(j);
}

static void
channel(struct json_out *j, const struct settings *s, unsigned style, const char *key,
    const struct settings_channel *c)
{
	static const struct settings_channel off;
	bool hears = c->radio < LIMIT_RADIOS && s->radios[c->radio].enable;

	sx1301_channel(j, key, hears || (style & SX1301_REFERENCE) != 0 ? c : &off);
}

void
sx1301_channels(struct json_out *j, const struct settings *s, unsigned style)
{
	char name[24];

	for (uint32_t i = 0; i < LIMIT_MULTI_SF; i++)
		channel(j, s, style, channel_names[i], &s->multi[i]);
	for (uint32_t i = LIMIT_MULTI_SF;
	     (style & SX1301_REFERENCE) != 0 && i < s->multi_count; i++) {
		snprintf(name, sizeof name, "chan_multiSF_%u", i);
		channel(j, s, style, name, &s->multi[i]);
	}
	channel(j, s, style, "chan_Lora_std", &s->standard);
	channel(j, s, style, "chan_FSK", &s->fsk);
}

static void
gains(struct json_out *j, const struct settings *s)
{
	for (uint32_t i = 0; i < s->gain_count && i < LIMIT_GAINS; i++) {
		json_key_object(j, gain_names[i]);
		json_key_uint(j, "pa_gain", s->gains[i].pa_gain);
		json_key_uint(j, "mix_gain", s->gains[i].mix_gain);
		json_key_int(j, "rf_power", s->gains[i].rf_power);
		json_key_uint(j, "dig_gain", s->gains[i].dig_gain);
		json_object_end(j);
	}
}

void
sx1301_members(struct json_out *j, const struct settings *s, unsigned style)
{
	json_key_bool(j, "lorawan_public", true);
	json_key_uint(j, "clksrc", s->clock_source);
	sx1301_number(j, "antenna_gain",
	    (style & SX1301_WHOLE_GAIN) != 0 ? sx1301_whole_gain(s->antenna_gain)
					     : s->antenna_gain);
	if (s->lbt.enable)
		lbt(j, &s->lbt);
	radios(j, s, style);
	sx1301_channels(j, s, style);
	if ((style & SX1301_NO_GAINS) == 0)
		gains(j, s);
}
