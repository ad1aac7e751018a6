/*
 * The members of a forwarder's `SX1301_conf` object, which several formats share: keys in
 * the order of The Things Stack, since some readers depend on it.
 */
#ifndef GH_RADIO_SX1301_H
#define GH_RADIO_SX1301_H

#include "json/writer.h"
#include "radio/settings.h"

enum sx1301_style {
	/* As The Things Stack writes it: every radio and every channel of the plan, also
	 * disabled ones. Otherwise only what a forwarder reads and can live with. */
	SX1301_REFERENCE = 1,
	SX1301_WHOLE_GAIN = 2, /* antenna_gain rounded: forwarders would cut it */
	SX1301_NO_GAINS = 4,   /* no tx_lut_N */
	SX1301_BOTH_RADIOS =
	    8 /* radio_0 and radio_1, disabled where the plan has none */
};

/* Writes the members into the object that is open. */
void sx1301_members(struct json_out *j, const struct settings *s, unsigned style);

/* chan_multiSF_0…7 (more in the reference's style), chan_Lora_std, chan_FSK. Channels on
 * a radio that is disabled are off, but for the reference's style. */
void sx1301_channels(struct json_out *j, const struct settings *s, unsigned style);

/* A double, without point and zeros when it is whole. */
void sx1301_number(struct json_out *j, const char *key, double v);

/* The gain that a forwarder takes, which knows whole dBi only. */
double sx1301_whole_gain(double gain);

#endif
