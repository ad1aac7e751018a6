/*
 * SX130x_conf of the packet forwarder for SX1302 and SX1303 boards (sx1302_hal). Version 1 of the HAL is told its SPI device as spidev_path and knows neither
 * fine_timestamp nor sx1261_conf.
 */
#include "gateway-files/format.h"
#include "radio/sx1301.h"

static void
interface(struct json_out *j, const struct board *b)
{
	if (b->hal == 1) {
		json_key_str(j, "spidev_path", b->com_path);
		return;
	}
	json_key_str(j, "com_type", b->com_type == COM_USB ? "USB" : "SPI");
	json_key_str(j, "com_path", b->com_path);
}

static void
timestamps(struct json_out *j, const struct board *b)
{
	const struct board_fine_timestamp *t = b->fine_timestamp;

	if (t == NULL)
		return;
	json_key_object(j, b->hal == 1 ? "precision_timestamp" : "fine_timestamp");
	json_key_bool(j, "enable", t->enable);
	if (b->hal == 1) {
		json_key_uint(j, "max_ts_metrics", 255);
		json_key_uint(j, "nb_symbols", 1);
	} else {
		json_key_str(j, "mode",
		    t->mode == FINE_HIGH_CAPACITY ? "high_capacity" : "all_sf");
	}
	json_object_end(j);
}

/* After a scan of 5 ms a channel may be used for four seconds, after 128 µs for 400 ms. */
static void
lbt_channel(struct json_out *j, const struct plan_channel *c, uint64_t scan_time)
{
	json_object(j);
	json_key_uint(j, "freq_hz", c->frequency);
	json_key_uint(j, "bandwidth", 125000);
	json_key_uint(j, "scan_time_us", scan_time / 1000);
	json_key_uint(j, "transmit_time_ms", scan_time == 5000000 ? 4000 : 400);
	json_object_end(j);
}

static void
lbt(struct json_out *j, const struct settings *s)
{
	const struct board_sx1261 *chip = s->board->sx1261;

	if (!s->lbt.enable || chip == NULL)
		return;
	json_key_object(j, "sx1261_conf");
	if (chip->spi_path != NULL)
		json_key_str(j, "spi_path", chip->spi_path);
	json_key_int(j, "rssi_offset", chip->rssi_offset);
	json_key_object(j, "lbt");
	json_key_bool(j, "enable", true);
	sx1301_number(j, "rssi_target", s->lbt.rssi_target);
	json_key_array(j, "channels");
	for (uint32_t i = 0; i < s->lbt.count; i++)
		lbt_channel(j, &s->lbt.channels[i], s->lbt.scan_time);
	json_array_end(j);
	json_object_end(j);
	json_object_end(j);
}

static void
tcomp(struct json_out *j, const struct rssi_tcomp *t)
{
	if (t == NULL)
		return;
	json_key_object(j, "rssi_tcomp");
	sx1301_number(j, "coeff_a", t->a);
	sx1301_number(j, "coeff_b", t->b);
	sx1301_number(j, "coeff_c", t->c);
	sx1301_number(j, "coeff_d", t->d);
	sx1301_number(j, "coeff_e", t->e);
	json_object_end(j);
}

static void
gain(struct json_out *j, const struct gain *g, bool sx1250)
{
	json_object(j);
	json_key_int(j, "rf_power", g->rf_power);
	json_key_uint(j, "pa_gain", g->pa_gain);
	if (sx1250) {
		json_key_uint(j, "pwr_idx", g->pwr_idx);
	} else {
		json_key_uint(j, "dac_gain", g->dac_gain);
		json_key_uint(j, "mix_gain", g->mix_gain);
		json_key_uint(j, "dig_gain", g->dig_gain);
	}
	json_object_end(j);
}

static void
transmitter(
    struct json_out *j, const struct settings *s, const struct settings_radio *r)
{
	bool sx1250 = r->type != NULL && strcmp(r->type, "SX1250") == 0;

	json_key_bool(j, "tx_enable", r->tx_enable);
	if (!r->tx_enable)
		return;
	if (r->tx_min != 0)
		json_key_uint(j, "tx_freq_min", r->tx_min);
	if (r->tx_max != 0)
		json_key_uint(j, "tx_freq_max", r->tx_max);
	json_key_array(j, "tx_gain_lut");
	for (uint32_t i = 0; i < s->gain_count; i++)
		gain(j, &s->gains[i], sx1250);
	json_array_end(j);
}

static void
radio(struct json_out *j, const char *key, const struct settings *s,
    const struct settings_radio *r)
{
	json_key_object(j, key);
	json_key_bool(j, "enable", r->enable);
	if (r->enable) {
		json_key_str(j, "type", r->type);
		json_key_uint(j, "freq", r->frequency);
		sx1301_number(j, "rssi_offset", r->rssi_offset);
		tcomp(j, r->rssi_tcomp);
		if (r->single_input)
			json_key_bool(j, "single_input_mode", true);
		transmitter(j, s, r);
	}
	json_object_end(j);
}

/* One plan only: no forwarder of these chips reads several. */
void
semtech_sx1302_conf(
    struct json_out *j, const struct settings *s, size_t count, bool reference)
{
	static const char *const names[LIMIT_RADIOS] = {"radio_0", "radio_1"};

	(void)count;
	(void)reference;
	json_object(j);
	interface(j, s->board);
	json_key_bool(j, "lorawan_public", true);
	json_key_uint(j, "clksrc", s->clock_source);
	sx1301_number(j, "antenna_gain", sx1301_whole_gain(s->antenna_gain));
	json_key_bool(j, "full_duplex", s->board->full_duplex);
	timestamps(j, s->board);
	lbt(j, s);
	for (uint32_t i = 0; i < s->radio_count && i < LIMIT_RADIOS; i++)
		radio(j, names[i], s, &s->radios[i]);
	sx1301_channels(j, s, 0);
	json_object_end(j);
}
