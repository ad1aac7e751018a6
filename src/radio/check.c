#include "radio/check.h"

#include <math.h>

#include "radio/band.h"

static bool
is_sx1301(const struct settings *s)
{
	return s->chip == CHIP_SX1301;
}

const char *
chip_name(unsigned chip)
{
	static const char *const names[] = {[CHIP_SX1301] = "SX1301",
	    [CHIP_SX1302] = "SX1302",
	    [CHIP_SX1303] = "SX1303"};

	return chip < COUNT(names) ? names[chip] : "unknown chip";
}

bool
check_chip_type(enum chip chip, const char *chip_type)
{
	if (chip_type == NULL)
		return false;
	if (strcmp(chip_type, "SX1255") == 0 || strcmp(chip_type, "SX1257") == 0)
		return true;
	return chip != CHIP_SX1301 && strcmp(chip_type, "SX1250") == 0;
}

/* ---- gain tables ----------------------------------------------------------- */

static const char *
gain_fault(const struct gain *g, enum chip chip, bool sx1250)
{
	if (sx1250) {
		if (g->pa_gain > 1)
			return "pa-gain is not 0 or 1";
		return g->pwr_idx > 22 ? "pwr-idx is above 22" : NULL;
	}
	if (g->pa_gain > 3)
		return "pa-gain is above 3";
	if (g->dig_gain > 3)
		return "dig-gain is above 3";
	if (chip == CHIP_SX1301 ? g->dac_gain != 3 : g->dac_gain > 3)
		return chip == CHIP_SX1301 ? "dac-gain is not 3"
					   : "dac-gain is above 3";
	if (g->mix_gain > 15 || g->mix_gain < (chip == CHIP_SX1301 ? 8 : 5))
		return chip == CHIP_SX1301 ? "mix-gain is not 8 to 15"
					   : "mix-gain is not 5 to 15";
	return NULL;
}

void
check_gains(const struct gain *gains, uint32_t count, enum chip chip,
    const char *chip_type, struct place at, struct findings *findings)
{
	bool sx1250 = chip_type != NULL && strcmp(chip_type, "SX1250") == 0;

	if (count > LIMIT_GAINS)
		finding_error(findings, "gain-table", at,
		    "a gain table has %u entries, more than %d", count, LIMIT_GAINS);
	for (uint32_t i = 0; i < count; i++) {
		const char *fault = gain_fault(&gains[i], chip, sx1250);

		if (fault != NULL)
			finding_error(findings, "gain-table",
			    gains[i].part.at.line != 0 ? gains[i].part.at : at,
			    "gain table, %d dBm: %s", gains[i].rf_power, fault);
		if (i > 0 && gains[i].rf_power <= gains[i - 1].rf_power)
			finding_error(findings, "gain-order",
			    gains[i].part.at.line != 0 ? gains[i].part.at : at,
			    "gain table, %d dBm: the powers do not rise",
			    gains[i].rf_power);
	}
}

/* ---- radios ---------------------------------------------------------------- */

static void
check_radio(const struct settings *s, uint32_t i, struct findings *findings)
{
	const struct settings_radio *r = &s->radios[i];

	if (!r->enable)
		return;
	if (r->type == NULL)
		finding_error(findings, "radio-type", r->at,
		    "radio %u has no chip-type: the forwarder crashes", i);
	else if (!check_chip_type(s->chip, r->type))
		finding_error(findings, "radio-type", r->at,
		    "radio %u is a %s, which the %s forwarder refuses", i, r->type,
		    chip_name(s->chip));
	if (r->frequency == 0)
		finding_error(
		    findings, "radio-frequency", r->at, "radio %u has no frequency", i);
	else if (!is_sx1301(s) && (r->frequency < LIMIT_SX1302_FREQ_MIN ||
				      r->frequency > LIMIT_SX1302_FREQ_MAX))
		finding_error(findings, "radio-frequency", r->at,
		    "radio %u is on %u Hz, not 100 MHz to 1 GHz", i, r->frequency);
	if (r->tx_enable && (r->tx_min == 0 || r->tx_max == 0))
		finding_warning(findings, "tx-range", r->at,
		    "radio %u transmits without limits of frequency", i);
	if (r->tx_min > r->tx_max)
		finding_warning(findings, "tx-range", r->at,
		    "radio %u can transmit nothing: min-frequency is above "
		    "max-frequency",
		    i);
	if (r->tx_notch != 0 && is_sx1301(s) &&
	    (r->tx_notch < LIMIT_NOTCH_MIN || r->tx_notch > LIMIT_NOTCH_MAX))
		finding_warning(findings, "tx-notch", r->at,
		    "the notch frequency of radio %u is not 126 to 250 kHz: ignored",
		    i);
}

static bool
transmits(const struct settings *s)
{
	for (uint32_t i = 0; i < s->radio_count && i < LIMIT_RADIOS; i++)
		if (s->radios[i].enable && s->radios[i].tx_enable)
			return true;
	return false;
}

/* An SX1301 board's clock may come from a radio that the plan does not use. */
static void
check_clock(const struct settings *s, struct findings *findings)
{
	struct place at = s->radios[0].at;
	const char *state;

	if (s->clock_source >= LIMIT_RADIOS) {
		finding_error(findings, "clock-source", at,
		    "the clock source is %u, not 0 or 1", s->clock_source);
		return;
	}
	if (s->clock_source < s->radio_count && s->radios[s->clock_source].enable)
		return;
	state = s->clock_source < s->radio_count ? "is disabled" : "is not in the plan";
	if (is_sx1301(s))
		finding_warning(findings, "clock-source", at,
		    "the clock source is radio %u, which %s", s->clock_source, state);
	else
		finding_error(findings, "clock-source", at,
		    "the clock source is radio %u, which %s", s->clock_source, state);
}

static void
check_radios(const struct settings *s, struct findings *findings)
{
	struct place at = s->radios[0].at;

	if (s->radio_count > LIMIT_RADIOS)
		finding_warning(findings, "radio-count", at,
		    "the forwarder ignores radio 2 and above");
	if (is_sx1301(s) && !s->radios[0].enable)
		finding_error(findings, "radio-0", at,
		    "radio 0 is disabled: the SX1301 does not start");
	for (uint32_t i = 0; i < s->radio_count && i < LIMIT_RADIOS; i++)
		check_radio(s, i, findings);
	if (!transmits(s))
		finding_warning(findings, "no-transmitter", at, "no radio transmits");
	check_clock(s, findings);
}

/* ---- channels -------------------------------------------------------------- */

static void
check_channel(const struct settings *s, const struct settings_channel *c,
    const char *what, struct findings *findings)
{
	int32_t most = limit_offset(s->chip, c->bandwidth);

	if (!c->enable)
		return;
	if (c->radio >= LIMIT_RADIOS)
		finding_error(findings, "channel-radio", c->at,
		    "%s is on radio %u: the forwarder exits above 1", what, c->radio);
	else if (!s->radios[c->radio].enable)
		finding_warning(findings, "channel-radio", c->at,
		    "%s is on radio %u, which is disabled: it hears nothing", what,
		    c->radio);
	else if (c->offset > most || c->offset < -most)
		finding_error(findings, "if-range", c->at,
		    "%s is %lld Hz from radio %u, the %s can do %d", what,
		    (long long)c->offset, c->radio, chip_name(s->chip), most);
}

static void
check_standard(const struct settings *s, struct findings *findings)
{
	const struct settings_channel *c = &s->standard;
	const struct plan_channel *from = s->plan->lora_standard;

	if (from != NULL && !c->enable)
		finding_warning(findings, "data-rate", from->part.at,
		    "data rate %u of %s is not LoRa: the standard channel is off",
		    from->data_rate, s->plan->band_id);
	if (!c->enable)
		return;
	if (c->bandwidth != 125000 && c->bandwidth != 250000 && c->bandwidth != 500000)
		finding_error(findings, "bandwidth", c->at,
		    "the LoRa standard channel is %u Hz wide, not 125, 250 or 500 kHz",
		    c->bandwidth);
	if (c->sf > 12 || c->sf < (is_sx1301(s) ? 7 : 5))
		finding_error(findings, "spreading-factor", c->at,
		    "the %s does not do SF%u", chip_name(s->chip), c->sf);
	check_channel(s, c, "the LoRa standard channel", findings);
}

static void
check_fsk(const struct settings *s, struct findings *findings)
{
	const struct settings_channel *c = &s->fsk;
	const struct plan_channel *from = s->plan->fsk;

	if (from != NULL && !c->enable)
		finding_warning(findings, "data-rate", from->part.at,
		    "data rate %u of %s is not FSK: the FSK channel is off",
		    from->data_rate, s->plan->band_id);
	if (!c->enable)
		return;
	if (c->bit_rate < LIMIT_FSK_RATE_MIN || c->bit_rate > LIMIT_FSK_RATE_MAX)
		finding_error(findings, "bit-rate", c->at,
		    "the FSK channel has %u bit/s, not 500 to 250,000", c->bit_rate);
	check_channel(s, c, "the FSK channel", findings);
}

static void
check_channels(const struct settings *s, struct findings *findings)
{
	if (s->multi_count > LIMIT_MULTI_SF)
		finding_warning(findings, "channel-count", s->multi[LIMIT_MULTI_SF].at,
		    "%u uplink channels: the forwarder ignores all after the eighth",
		    s->multi_count);
	for (uint32_t i = 0; i < LIMIT_MULTI_SF; i++)
		check_channel(s, &s->multi[i], "an uplink channel", findings);
	check_standard(s, findings);
	check_fsk(s, findings);
}

/* ---- the rest -------------------------------------------------------------- */

static bool
fits_int8(double v)
{
	return v >= INT8_MIN && v <= INT8_MAX;
}

static void
check_lbt(const struct settings *s, struct findings *findings)
{
	const struct settings_lbt *l = &s->lbt;

	if (s->plan->lbt != NULL && !l->enable)
		finding_warning(findings, "lbt", s->plan->lbt->part.at,
		    "the plan asks for listen-before-talk, which the board cannot do");
	if (!l->enable)
		return;
	if (l->count == 0)
		finding_error(findings, "lbt-channels", l->at,
		    "listen-before-talk without downlink channels");
	if (l->count < s->plan->downlink_count)
		finding_warning(findings, "lbt-channels", l->at,
		    "listen-before-talk covers the first %u downlink channels only",
		    l->count);
	if (l->scan_time != 128000 && l->scan_time != 5000000)
		finding_error(findings, "lbt-scan-time", l->at,
		    "the scan time is %.10g us, not 128 or 5000",
		    (double)l->scan_time / 1000);
	if (!fits_int8(l->rssi_target) || !fits_int8(l->rssi_offset))
		finding_error(findings, "lbt-rssi", l->at,
		    "rssi-target or rssi-offset is not within -128 to 127");
	else if (l->rssi_target != floor(l->rssi_target) ||
		 l->rssi_offset != floor(l->rssi_offset))
		finding_warning(findings, "lbt-rssi", l->at,
		    "the forwarder cuts rssi-target and rssi-offset to whole numbers");
}

static bool
has_power(const struct settings *s, int power)
{
	for (uint32_t i = 0; i < s->gain_count; i++)
		if (s->gains[i].rf_power == power)
			return true;
	return false;
}

/* What servers ask for at most: the highest entry that is within the band's EIRP. */
static int
usual_power(const struct settings *s)
{
	double most = ceil(band_find(s->plan->band_id)->beacon.max_eirp - 2.15);
	int best = 0;

	for (uint32_t i = 0; i < s->gain_count; i++)
		if (s->gains[i].rf_power <= most && s->gains[i].rf_power > best)
			best = s->gains[i].rf_power;
	return best;
}

#define RX2_POWER 27 /* dBm: what ETSI allows from 869.4 to 869.65 MHz */

/* An SX1301 forwarder takes the gain off what the server asks for, and rejects the
 * downlink unless the gain table has exactly what is left. */
static void
check_powers(const struct settings *s, struct findings *findings)
{
	bool european = strcmp(s->plan->band_id, "EU_863_870") == 0;
	int gain = (int)floor(s->antenna_gain + 0.5), power = usual_power(s);

	if (has_power(s, power - gain) && european)
		power = RX2_POWER;
	if (gain == 0 || power == 0 || !has_power(s, power) ||
	    has_power(s, power - gain))
		return;
	finding_warning(findings, "antenna-gain", (struct place){0},
	    "with an antenna of %d dBi a downlink for %d dBm needs %d dBm, which the "
	    "gain table lacks: an SX1301 forwarder rejects it",
	    gain, power, power - gain);
}

static void
check_gain(const struct settings *s, struct findings *findings)
{
	const char *type = s->radios[0].type;
	struct place at = {0};

	if (!fits_int8(s->antenna_gain))
		finding_error(findings, "antenna-gain", at,
		    "the antenna gain is not within -128 to 127 dBi");
	else if (is_sx1301(s))
		check_powers(s, findings);
	if (s->board == NULL)
		return;
	if (s->gain_count == 0)
		finding_error(
		    findings, "gain-table", at, "the board has no gain table");
	check_gains(s->gains, s->gain_count, s->chip, type, at, findings);
}

bool
settings_check(const struct settings *s, struct findings *findings)
{
	size_t before = findings->errors;

	check_radios(s, findings);
	check_channels(s, findings);
	check_lbt(s, findings);
	check_gain(s, findings);
	if (s->beacon.enable && s->board != NULL && s->board->gps_path == NULL)
		finding_warning(findings, "beacon", (struct place){0},
		    "beacons need a GPS receiver, and the board names none");
	return findings->errors == before;
}
