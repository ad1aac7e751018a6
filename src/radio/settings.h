/*
 * The one neutral description of a concentrator's settings, computed from a plan, its
 * band and a board; every file format is written from it. Texts and lists are borrowed
 * from the plan and the board.
 */
#ifndef GH_RADIO_SETTINGS_H
#define GH_RADIO_SETTINGS_H

#include "radio/concentrator.h"
#include "radio/plan.h"

struct settings_radio {
	struct place at;
	bool enable;
	const char *type;   /* NULL when nobody says it */
	uint32_t frequency; /* Hz, the centre */
	double rssi_offset; /* dB */
	const struct rssi_tcomp *rssi_tcomp;
	bool single_input;
	bool tx_enable;
	uint32_t tx_min, tx_max, tx_notch; /* Hz; 0: not limited, no filter */
};

struct settings_channel {
	struct place at;
	bool enable;
	uint8_t radio;
	int64_t offset;	    /* Hz from the radio's centre */
	uint32_t bandwidth; /* Hz */
	uint8_t sf;	    /* of the LoRa standard channel */
	uint32_t bit_rate;  /* of the FSK channel */
};

struct settings_lbt {
	struct place at;
	bool enable;
	double rssi_target, rssi_offset; /* dBm, dB */
	uint64_t scan_time;		 /* ns */
	const struct plan_channel *channels;
	uint32_t count; /* of channels that can be told to the concentrator */
};

struct settings_beacon {
	bool enable;
	struct beacon radio; /* the band's */
	int power;	     /* dBm at the board's connector */
};

struct settings {
	const struct plan *plan;
	const struct board *board; /* NULL: an SX1301 as the plan describes it */
	enum chip chip;
	uint8_t hal;
	uint8_t clock_source;
	double antenna_gain; /* dBi */
	struct settings_radio radios[PLAN_RADIOS_MAX];
	uint32_t radio_count;
	struct settings_channel *multi; /* at least eight, the rest disabled */
	uint32_t multi_count;
	struct settings_channel standard, fsk;
	struct settings_lbt lbt;
	const struct gain *gains;
	uint32_t gain_count;
	struct settings_beacon beacon;
};

struct settings_input {
	const struct plan *plan;
	const struct board *board; /* NULL: an SX1301 as the plan describes it */
	double antenna_gain;	   /* dBi */
	bool beacon;		   /* send Class B beacons, if band and plan allow */
};

/*
 * E_OK, also when what comes out is beyond the concentrator's limits: those are judged
 * by settings_check(). E_INVALID with the reason in the findings: the plan has no radios,
 * its band is unknown, a channel's radio does not exist, the board is not made for the
 * band. E_NOMEM.
 */
int settings_compute(const struct settings_input *in, struct arena *arena,
    struct findings *findings, struct settings *out);

/*
 * The first of some plans that fits the concentrator: its settings are computed and
 * within the limits. On E_INVALID none fits: `findings` says why not, for each.
 */
int settings_choose(const struct settings_input *in, const struct plan *const *plans,
    size_t count, struct arena *arena, struct findings *findings, struct settings *out);

#endif
