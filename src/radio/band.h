/*
 * Bands of the LoRaWAN Regional Parameters as far as a gateway's configuration needs
 * them: what a data rate index means, and how a Class B beacon is sent.
 *
 * The data rates are those of RP002-1.0.3; the indices that later revisions add (LR-FHSS,
 * SF5 and SF6) stand for no channel that these concentrators can be told of, so they are
 * absent here. CN_470_510 is the band of 96 channels that RP002 has split into four: its
 * rates and beacon are those of LoRaWAN 1.1 Regional Parameters rev. B. ISM_2400 and
 * MA_869_870_DRAFT are in no edition; they are as The Things Network uses them.
 */
#ifndef GH_RADIO_BAND_H
#define GH_RADIO_BAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BAND_RATES 16
#define BAND_ID_MAX 32 /* longest id, with its NUL */

/* LoRa when sf is not 0, FSK when bit_rate is not 0, none otherwise. */
struct data_rate {
	uint8_t sf;
	uint32_t bandwidth; /* Hz */
	uint32_t bit_rate;  /* bit/s */
};

/* Beacon number n (of the day, by 128 s) is sent on frequency + n % count × step. */
struct beacon {
	uint32_t frequency, step; /* Hz; frequency 0: the band has none */
	uint8_t count;
	uint8_t sf;
	uint32_t bandwidth;
	double max_eirp; /* dBm: the band's default MaxEIRP */
};

struct band {
	const char *id; /* as frequency plans name it: EU_863_870 */
	struct data_rate rates[BAND_RATES];
	struct beacon beacon;
};

/* NULL when there is no band of that name. */
const struct band *band_find(const char *id);

/* For lists: the i-th band, NULL after the last. */
const struct band *band_at(size_t i);

/* The rate of an index; one that is neither LoRa nor FSK when the band has none there. */
struct data_rate band_rate(const struct band *band, unsigned index);

#endif
