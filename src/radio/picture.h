/* A plan drawn for the terminal: its channels on a frequency axis. */
#ifndef GH_RADIO_PICTURE_H
#define GH_RADIO_PICTURE_H

#include "radio/plan.h"

#define PICTURE_COLUMNS 78

/*
 * Lines of at most PICTURE_COLUMNS characters: an axis in MHz, what each radio can hear,
 * the uplink channels by number, the LoRa standard and FSK channels, the downlink
 * channels; then in words what the picture cannot show. `utf8`: with box-drawing
 * characters, else in ASCII. Errors stick in `out`.
 */
void plan_picture(const struct plan *plan, bool utf8, struct strbuf *out);

#endif
