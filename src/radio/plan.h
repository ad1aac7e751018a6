/*
 * Frequency plans: which channels a gateway listens and sends on, in the format of the
 * public repository of The Things Network (YAML). A plan is plain structures in an arena.
 * Every structure begins with a struct part, whose bits (PLAN_…, CHANNEL_…) tell which
 * members are there; absent ones are 0.
 */
#ifndef GH_RADIO_PLAN_H
#define GH_RADIO_PLAN_H

#include "radio/band.h"
#include "radio/schema.h"

#define PLAN_CHANNELS_MAX 96 /* the widest band has so many */
#define PLAN_RADIOS_MAX 4
#define PLAN_SUB_BANDS_MAX 32
#define PLAN_ID_MAX 64
#define PLAN_COUNTRIES_MAX 300

enum {
	CHANNEL_FREQUENCY = 1,
	CHANNEL_MIN_DATA_RATE,
	CHANNEL_MAX_DATA_RATE,
	CHANNEL_DATA_RATE,
	CHANNEL_RADIO,
	CHANNEL_DWELL_TIME
};

struct plan_channel_dwell {
	struct part part;
	bool enabled;
	uint64_t duration; /* ns */
};

struct plan_channel {
	struct part part;
	uint32_t frequency;		      /* Hz */
	uint8_t min_data_rate, max_data_rate; /* indices of the band's table */
	uint8_t data_rate;		      /* of the standard and FSK channels */
	uint8_t radio;			      /* index of plan.radios */
	struct plan_channel_dwell *dwell_time;
};

enum {
	SUB_BAND_MIN_FREQUENCY = 1,
	SUB_BAND_MAX_FREQUENCY,
	SUB_BAND_DUTY_CYCLE,
	SUB_BAND_MAX_EIRP
};

struct plan_sub_band {
	struct part part;
	uint32_t min_frequency, max_frequency; /* Hz */
	double duty_cycle;		       /* 0…1 */
	double max_eirp;		       /* dBm */
};

enum { TX_MIN_FREQUENCY = 1, TX_MAX_FREQUENCY, TX_NOTCH_FREQUENCY };

struct plan_tx {
	struct part part;
	uint32_t min_frequency, max_frequency, notch_frequency; /* Hz */
};

enum {
	RADIO_ENABLE = 1,
	RADIO_CHIP_TYPE,
	RADIO_FREQUENCY,
	RADIO_RSSI_OFFSET,
	RADIO_TX
};

struct plan_radio {
	struct part part;
	bool enable;
	const char *chip_type; /* "SX1257"; NULL when absent */
	uint32_t frequency;    /* Hz, the centre */
	double rssi_offset;    /* dB */
	struct plan_tx *tx;    /* NULL: it only receives */
};

struct plan_lbt {
	struct part part;
	double rssi_target, rssi_offset; /* dBm, dB */
	uint64_t scan_time;		 /* ns */
};

struct plan_dwell {
	struct part part;
	bool uplinks, downlinks;
	uint64_t duration; /* ns */
};

struct plan_time_off_air {
	struct part part;
	double fraction;
	uint64_t duration; /* ns */
};

enum {
	PLAN_ID = 1,
	PLAN_NAME,
	PLAN_DESCRIPTION,
	PLAN_BASE_FREQUENCY,
	PLAN_FOR_GATEWAYS,
	PLAN_COUNTRY_CODES,
	PLAN_BAND_ID,
	PLAN_SUB_BANDS,
	PLAN_UPLINKS,
	PLAN_DOWNLINKS,
	PLAN_LORA_STANDARD,
	PLAN_FSK,
	PLAN_TIME_OFF_AIR,
	PLAN_DWELL_TIME,
	PLAN_LBT,
	PLAN_RADIOS,
	PLAN_CLOCK_SOURCE,
	PLAN_RX2,
	PLAN_RX2_DATA_RATE,
	PLAN_PING_SLOT,
	PLAN_PING_SLOT_DATA_RATE,
	PLAN_MAX_EIRP
};

struct plan {
	struct part part;
	/* From the index; NULL and 0 for a plan that was read alone. */
	const char *id, *name, *description;
	uint32_t base_frequency; /* MHz */
	bool for_gateways;
	const char **country_codes;
	uint32_t country_code_count;
	/* From the files. */
	const char *band_id;
	struct plan_sub_band *sub_bands;
	uint32_t sub_band_count;
	struct plan_channel *uplinks, *downlinks;
	uint32_t uplink_count, downlink_count;
	struct plan_channel *lora_standard, *fsk;
	struct plan_time_off_air *time_off_air;
	struct plan_dwell *dwell_time;
	struct plan_lbt *lbt;
	struct plan_radio *radios;
	uint32_t radio_count;
	uint8_t clock_source;
	struct plan_channel *rx2, *ping_slot;
	uint8_t rx2_data_rate, ping_slot_data_rate;
	double max_eirp; /* dBm */
};

/*
 * Reads the text of one plan file. E_INVALID: not a plan (the errors are in the
 * findings, which name `file`); E_NOMEM. What is valid here may be half a plan, meant to
 * lie over another: only plan_check() says whether a forwarder can live with it.
 */
int plan_load(struct arena *arena, struct span yaml, const char *file,
    struct findings *findings, struct plan **out);

/*
 * A plan file over its base: a list that is not empty and an object that is there replace
 * the base's whole; null and empty lists remove nothing; the clock source is taken only
 * together with radios, and is 0 when radios come without it. Shares the parts of both.
 */
void plan_merge(const struct plan *base, const struct plan *own, struct plan *out);

/*
 * Judges a whole (merged) plan: errors for what no forwarder would start with, warnings
 * for what it would ignore or do differently than meant. A plan that only one kind of
 * concentrator can take is fine, with a warning. True when there are no errors.
 */
bool plan_check(const struct plan *plan, struct findings *findings);

/* Version byte and the encoded form of schema.h; errors stick in `out`. */
void plan_encode(const struct plan *plan, struct strbuf *out);

/* E_CORRUPT, E_NOMEM, E_VERSION. Everything is copied into the arena; places are lost. */
int plan_decode(struct arena *arena, struct span bytes, struct plan **out);

#endif
