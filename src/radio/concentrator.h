/*
 * Concentrator boards: what a gateway's hardware adds to a frequency plan. They are data
 * (share/concentrators, one YAML file each, format in the README there), so that an
 * operator adds one without a compiler. The same structures as plans: see schema.h.
 */
#ifndef GH_RADIO_CONCENTRATOR_H
#define GH_RADIO_CONCENTRATOR_H

#include "radio/limits.h"
#include "radio/schema.h"

#define BOARD_ID_MAX 36

enum com_type { COM_SPI, COM_USB };
enum fine_timestamp_mode { FINE_ALL_SF, FINE_HIGH_CAPACITY };

enum {
	GAIN_RF_POWER = 1,
	GAIN_PA_GAIN,
	GAIN_PWR_IDX,
	GAIN_DAC_GAIN,
	GAIN_MIX_GAIN,
	GAIN_DIG_GAIN
};

/* One transmit power and how the board makes it. */
struct gain {
	struct part part;
	int32_t rf_power; /* dBm at the board's connector */
	uint8_t pa_gain;
	uint8_t pwr_idx;		      /* SX1250 */
	uint8_t dac_gain, mix_gain, dig_gain; /* SX1255, SX1257 */
};

struct rssi_tcomp {
	struct part part;
	double a, b, c, d, e;
};

enum {
	VARIANT_BANDS = 1,
	VARIANT_CHIP_TYPE,
	VARIANT_RSSI_OFFSET,
	VARIANT_RSSI_TCOMP,
	VARIANT_SINGLE_INPUT,
	VARIANT_GAINS
};

/* The board as it is built for some bands. */
struct board_variant {
	struct part part;
	const char **bands; /* none: for all bands that no variant before names */
	uint32_t band_count;
	const char *chip_type; /* of the radios; NULL: as the plan says */
	double rssi_offset;    /* dB; only if it is there, else as the plan says */
	struct rssi_tcomp *rssi_tcomp;
	bool single_input;
	struct gain *gains; /* by rising power */
	uint32_t gain_count;
};

struct board_fine_timestamp {
	struct part part;
	bool enable;
	uint8_t mode; /* enum fine_timestamp_mode */
};

struct board_sx1261 {
	struct part part;
	const char *spi_path; /* NULL on a USB board */
	int32_t rssi_offset;  /* dB */
};

enum {
	BOARD_ID = 1,
	BOARD_NAME,
	BOARD_BASE,
	BOARD_CHIP,
	BOARD_HAL,
	BOARD_COM_TYPE,
	BOARD_COM_PATH,
	BOARD_CLOCK_SOURCE,
	BOARD_FULL_DUPLEX,
	BOARD_SEVERAL_PLANS,
	BOARD_FINE_TIMESTAMP,
	BOARD_SX1261,
	BOARD_GPS_PATH,
	BOARD_INSERTION_LOSS,
	BOARD_VARIANTS
};

struct board {
	struct part part;
	const char *id, *name;
	const char *base; /* id of the board whose members count where this has none */
	uint8_t chip;	  /* enum chip */
	uint8_t hal;	  /* 1 or 2: major version of the SX1302 HAL */
	uint8_t com_type; /* enum com_type */
	const char *com_path; /* device file */
	uint8_t clock_source; /* only if it is there, else as the plan says */
	bool full_duplex;
	bool several_plans; /* its forwarder reads an array of configurations */
	struct board_fine_timestamp *fine_timestamp;
	struct board_sx1261 *sx1261; /* NULL: it cannot listen before it talks */
	const char *gps_path;	     /* device file of the GPS receiver */
	double insertion_loss;	     /* dB */
	struct board_variant *variants;
	uint32_t variant_count;
};

/*
 * Reads the text of one board file: E_OK, E_INVALID (errors in the findings, with line
 * and rule) or E_NOMEM. `file` names it in messages.
 */
int board_load(struct arena *arena, struct span yaml, const char *file,
    struct findings *findings, struct board **out);

/* The board over its base, member by member. Shares the parts of both. */
void board_merge(const struct board *base, const struct board *own, struct board *out);

/* Judges a whole (merged) board: true when there are no errors. */
bool board_check(const struct board *board, struct findings *findings);

/* How the board is built for a band; NULL when it is not made for it. */
const struct board_variant *board_variant(
    const struct board *board, const char *band_id);

/* Version byte and the encoded form of schema.h; errors stick in `out`. */
void board_encode(const struct board *board, struct strbuf *out);

/* E_CORRUPT, E_NOMEM, E_VERSION. Everything is copied into the arena. */
int board_decode(struct arena *arena, struct span bytes, struct board **out);

#endif
