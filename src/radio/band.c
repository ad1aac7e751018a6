#include "radio/band.h"

#include <string.h>

#include "base/span.h"

#define LORA(spreading, kilohertz)                                \
	{                                                         \
		.sf = (spreading), .bandwidth = (kilohertz)*1000u \
	}
#define FSK_50K                   \
	{                         \
		.bit_rate = 50000 \
	}

/* DR0 to DR5 of most bands. */
#define SF12_TO_SF7                                                              \
	LORA(12, 125), LORA(11, 125), LORA(10, 125), LORA(9, 125), LORA(8, 125), \
	    LORA(7, 125)

/* DR8 to DR13 of the American and Australian bands. */
#define WIDE_SF12_TO_SF7                                                \
	[8] = LORA(12, 500), [9] = LORA(11, 500), [10] = LORA(10, 500), \
	[11] = LORA(9, 500), [12] = LORA(8, 500), [13] = LORA(7, 500)

#define EUROPEAN_RATES                             \
	{                                          \
		SF12_TO_SF7, LORA(7, 250), FSK_50K \
	}

/* CN470 since RP002-1.0.1: no SF12 for uplinks, a wide DR6. */
#define CHINESE_RATES                                                           \
	{                                                                       \
		[1] = LORA(11, 125), LORA(10, 125), LORA(9, 125), LORA(8, 125), \
		LORA(7, 125), LORA(7, 500), FSK_50K                             \
	}

#define BEACON_SF9(hertz, eirp)                  \
	{                                        \
		(hertz), 0, 1, 9, 125000, (eirp) \
	}
#define BEACON_AMERICAN                              \
	{                                            \
		923300000, 600000, 8, 12, 500000, 30 \
	}

static const struct band bands[] = {
    {"EU_863_870", EUROPEAN_RATES, BEACON_SF9(869525000, 16)},
    {"EU_433", EUROPEAN_RATES, BEACON_SF9(434665000, 12.15)},
    {"RU_864_870", EUROPEAN_RATES, BEACON_SF9(869100000, 16)},
    {"IN_865_867", {SF12_TO_SF7, [7] = FSK_50K}, {866550000, 0, 1, 8, 125000, 30}},
    {"KR_920_923", {SF12_TO_SF7}, BEACON_SF9(923100000, 14)},
    /* Group 1 to 4: the offsets are 0, −1.8, −6.6 and −5.9 MHz. */
    {"AS_923", EUROPEAN_RATES, BEACON_SF9(923400000, 16)},
    {"AS_923_2", EUROPEAN_RATES, BEACON_SF9(921600000, 16)},
    {"AS_923_3", EUROPEAN_RATES, BEACON_SF9(916800000, 16)},
    {"AS_923_4", EUROPEAN_RATES, BEACON_SF9(917500000, 16)},
    {"CN_470_510", {SF12_TO_SF7}, {508300000, 200000, 8, 10, 125000, 19.15}},
    /* Their beacons hop over two ranges, which no forwarder can be told. */
    {"CN_470_510_20_A", CHINESE_RATES, {0}},
    {"CN_470_510_20_B", CHINESE_RATES, {0}},
    {"CN_470_510_26_A", CHINESE_RATES, {0}},
    {"CN_470_510_26_B", CHINESE_RATES, {0}},
    {"CN_779_787", EUROPEAN_RATES, BEACON_SF9(785000000, 12.15)},
    {"US_902_928",
	{LORA(10, 125), LORA(9, 125), LORA(8, 125), LORA(7, 125), LORA(8, 500),
	    WIDE_SF12_TO_SF7},
	BEACON_AMERICAN},
    {"AU_915_928", {SF12_TO_SF7, LORA(8, 500), WIDE_SF12_TO_SF7}, BEACON_AMERICAN},
    {"MA_869_870_DRAFT", EUROPEAN_RATES, {0}},
    {"ISM_2400",
	{LORA(12, 812), LORA(11, 812), LORA(10, 812), LORA(9, 812), LORA(8, 812),
	    LORA(7, 812), LORA(6, 812), LORA(5, 812)},
	{0}},
};

const struct band *
band_at(size_t i)
{
	return i < COUNT(bands) ? &bands[i] : NULL;
}

const struct band *
band_find(const char *id)
{
	const struct band *b;

	for (size_t i = 0; (b = band_at(i)) != NULL; i++)
		if (strcmp(b->id, id) == 0)
			return b;
	return NULL;
}

struct data_rate
band_rate(const struct band *band, unsigned index)
{
	return index < BAND_RATES ? band->rates[index] : (struct data_rate){0};
}
