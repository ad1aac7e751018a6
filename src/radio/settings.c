#include "radio/settings.h"

#include <math.h>

#include "radio/check.h"

/* The table that the SX1301 reference design and The Things Stack use. */
#define GAIN(power, pa, mix)                                                           \
	{                                                                              \
		.rf_power = (power), .pa_gain = (pa), .dac_gain = 3, .mix_gain = (mix) \
	}

static const struct gain sx1301_gains[] = {GAIN(-6, 0, 8), GAIN(-3, 0, 10),
    GAIN(0, 0, 12), GAIN(3, 1, 8), GAIN(6, 1, 10), GAIN(10, 1, 12), GAIN(11, 1, 13),
    GAIN(12, 2, 9), GAIN(13, 1, 15), GAIN(14, 2, 10), GAIN(16, 2, 11), GAIN(20, 3, 9),
    GAIN(23, 3, 10), GAIN(25, 3, 11), GAIN(26, 3, 12), GAIN(27, 3, 14)};

/* The gain table of SX1301 boards that are not described otherwise. */
static const struct gain *
settings_sx1301_gains(uint32_t *count)
{
	*count = COUNT(sx1301_gains);
	return sx1301_gains;
}

static void
set_board(struct settings *s, const struct board_variant *v)
{
	const struct board *b = s->board;

	s->clock_source = s->plan->clock_source;
	s->gains = settings_sx1301_gains(&s->gain_count);
	if (b == NULL)
		return;
	s->chip = b->chip;
	s->hal = b->hal;
	if (b->chip != CHIP_SX1301)
		s->clock_source = 0;
	if (part_has(&b->part, BOARD_CLOCK_SOURCE))
		s->clock_source = b->clock_source;
	s->gains = v->gains;
	s->gain_count = v->gain_count;
}

static void
set_radio(struct settings_radio *to, const struct plan_radio *from,
    const struct board_variant *v)
{
	*to = (struct settings_radio){.at = from->part.at,
	    .enable = from->enable,
	    .type = from->chip_type,
	    .frequency = from->frequency,
	    .rssi_offset = from->rssi_offset};
	if (from->tx != NULL) {
		to->tx_enable = true;
		to->tx_min = from->tx->min_frequency;
		to->tx_max = from->tx->max_frequency;
		to->tx_notch = from->tx->notch_frequency;
	}
	if (v == NULL)
		return;
	if (v->chip_type != NULL)
		to->type = v->chip_type;
	if (part_has(&v->part, VARIANT_RSSI_OFFSET))
		to->rssi_offset = v->rssi_offset;
	to->rssi_tcomp = v->rssi_tcomp;
	to->single_input = v->single_input;
}

static void
set_channel(struct settings *s, const struct plan_channel *from, const char *what,
    struct findings *findings, struct settings_channel *to)
{
	*to = (struct settings_channel){.at = from->part.at, .radio = from->radio};
	if (from->radio >= s->radio_count) {
		finding_error(findings, "radio-index", from->part.at,
		    "%s uses radio %u, but the plan has %u", what, from->radio,
		    s->radio_count);
		return;
	}
	to->enable = true;
	to->offset = (int64_t)from->frequency - s->radios[from->radio].frequency;
}

static int
set_multi(struct settings *s, struct arena *arena, struct findings *findings)
{
	const struct plan *p = s->plan;

	s->multi_count =
	    p->uplink_count > LIMIT_MULTI_SF ? p->uplink_count : LIMIT_MULTI_SF;
	s->multi = arena_zalloc(arena, s->multi_count, sizeof *s->multi);
	if (s->multi == NULL)
		return E_NOMEM;
	for (uint32_t i = 0; i < p->uplink_count; i++) {
		set_channel(
		    s, &p->uplinks[i], "an uplink channel", findings, &s->multi[i]);
		s->multi[i].bandwidth = 125000;
	}
	return E_OK;
}

static void
set_standard(struct settings *s, const struct band *band, struct findings *findings)
{
	const struct plan_channel *from = s->plan->lora_standard;
	struct data_rate rate;

	if (from == NULL)
		return;
	rate = band_rate(band, from->data_rate);
	set_channel(s, from, "the LoRa standard channel", findings, &s->standard);
	s->standard.bandwidth = rate.bandwidth;
	s->standard.sf = rate.sf;
	if (rate.sf == 0)
		s->standard.enable = false;
}

static void
set_fsk(struct settings *s, const struct band *band, struct findings *findings)
{
	const struct plan_channel *from = s->plan->fsk;

	if (from == NULL)
		return;
	set_channel(s, from, "the FSK channel", findings, &s->fsk);
	s->fsk.bandwidth = 125000;
	s->fsk.bit_rate = band_rate(band, from->data_rate).bit_rate;
	if (s->fsk.bit_rate == 0)
		s->fsk.enable = false;
}

static void
set_lbt(struct settings *s)
{
	const struct plan_lbt *from = s->plan->lbt;
	uint32_t most = s->chip == CHIP_SX1301 ? LIMIT_LBT_SX1301 : LIMIT_LBT_SX1302;
	uint32_t have = s->plan->downlink_count;

	if (from == NULL || (s->chip != CHIP_SX1301 && s->board->sx1261 == NULL))
		return;
	s->lbt = (struct settings_lbt){.at = from->part.at,
	    .enable = true,
	    .rssi_target = from->rssi_target,
	    .rssi_offset = from->rssi_offset,
	    .scan_time = from->scan_time,
	    .channels = s->plan->downlinks,
	    .count = have < most ? have : most};
}

/* What band, plan and sub-band allow on the beacon's frequency, in dBm EIRP. */
static double
beacon_eirp(const struct plan *p, const struct beacon *b)
{
	double most = b->max_eirp;

	if (part_has(&p->part, PLAN_MAX_EIRP))
		most = fmin(most, p->max_eirp);
	for (uint32_t i = 0; i < p->sub_band_count; i++) {
		const struct plan_sub_band *s = &p->sub_bands[i];

		if (part_has(&s->part, SUB_BAND_MAX_EIRP) &&
		    b->frequency >= s->min_frequency &&
		    b->frequency <= s->max_frequency)
			most = fmin(most, s->max_eirp);
	}
	return most;
}

/* The highest power of the table that is not above what is allowed, or the lowest. */
static int
beacon_power(const struct settings *s)
{
	double most = beacon_eirp(s->plan, &s->beacon.radio) - s->antenna_gain;
	int best = s->gain_count > 0 ? s->gains[0].rf_power : 0;

	for (uint32_t i = 0; i < s->gain_count; i++)
		if (s->gains[i].rf_power <= most && s->gains[i].rf_power > best)
			best = s->gains[i].rf_power;
	return best;
}

/* Beacons are sent through radio 0, whichever transmits the rest. */
static const char *
beacon_obstacle(const struct settings *s)
{
	const struct settings_radio *r = &s->radios[0];
	const struct beacon *b = &s->beacon.radio;
	uint32_t last = b->frequency + (uint32_t)(b->count - 1) * b->step;

	if (b->frequency == 0)
		return "the band has no beacon";
	if (!r->enable || !r->tx_enable)
		return "radio 0 does not transmit";
	if (b->frequency < r->tx_min || (r->tx_max != 0 && last > r->tx_max))
		return "the band's beacon is outside of the plan's transmit range";
	return NULL;
}

static void
set_beacon(struct settings *s, const struct band *band, struct findings *findings)
{
	const char *obstacle;

	s->beacon.radio = band->beacon;
	if ((obstacle = beacon_obstacle(s)) != NULL) {
		finding_warning(findings, "beacon", s->plan->part.at,
		    "no Class B beacon: %s", obstacle);
		return;
	}
	s->beacon.enable = true;
	s->beacon.power = beacon_power(s);
}

/* The band and the board's variant for it; false with a finding. */
static bool
find_base(const struct settings_input *in, struct findings *findings,
    const struct band **band, const struct board_variant **variant)
{
	const struct plan *p = in->plan;

	*variant = NULL;
	*band = p->band_id != NULL ? band_find(p->band_id) : NULL;
	if (*band == NULL) {
		finding_error(findings, "band", p->part.at, "there is no band %s",
		    p->band_id != NULL ? p->band_id : "in the plan");
		return false;
	}
	if (p->radio_count == 0) {
		finding_error(
		    findings, "no-radios", p->part.at, "the plan has no radios");
		return false;
	}
	if (in->board == NULL)
		return true;
	if ((*variant = board_variant(in->board, p->band_id)) == NULL)
		finding_error(findings, "board-band", p->part.at,
		    "the board %s is not made for %s", in->board->id, p->band_id);
	return *variant != NULL;
}

int
settings_compute(const struct settings_input *in, struct arena *arena,
    struct findings *findings, struct settings *out)
{
	const struct board_variant *variant;
	const struct band *band;
	size_t before = findings->errors;

	*out = (struct settings){
	    .plan = in->plan, .board = in->board, .antenna_gain = in->antenna_gain};
	if (!find_base(in, findings, &band, &variant))
		return E_INVALID;
	set_board(out, variant);
	out->radio_count = in->plan->radio_count;
	for (uint32_t i = 0; i < out->radio_count; i++)
		set_radio(&out->radios[i], &in->plan->radios[i], variant);
	if (set_multi(out, arena, findings) != E_OK)
		return E_NOMEM;
	set_standard(out, band, findings);
	set_fsk(out, band, findings);
	set_lbt(out);
	if (in->beacon)
		set_beacon(out, band, findings);
	return findings->errors == before ? E_OK : E_INVALID;
}

static int
try_plan(const struct settings_input *in, struct arena *arena,
    struct findings *findings, struct settings *out)
{
	int err = settings_compute(in, arena, findings, out);

	if (err == E_OK && !settings_check(out, findings))
		err = E_INVALID;
	return err;
}

int
settings_choose(const struct settings_input *in, const struct plan *const *plans,
    size_t count, struct arena *arena, struct findings *findings, struct settings *out)
{
	struct settings_input one = *in;
	const char *id, *prefix;

	for (size_t i = 0; i < count; i++) {
		struct findings found;
		int err;

		findings_init(&found, arena);
		one.plan = plans[i];
		err = try_plan(&one, arena, &found, out);
		id = plans[i]->id;
		prefix = found.first == NULL || id == NULL
			     ? NULL
			     : arena_printf(arena, "%s: ", id);
		findings_take(
		    findings, &found, err == E_OK, prefix != NULL ? prefix : "");
		if (err != E_INVALID)
			return err;
	}
	if (count == 0)
		finding_error(findings, "no-plan", (struct place){0},
		    "the gateway has no frequency plan");
	return E_INVALID;
}
