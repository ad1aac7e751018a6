/* A plan drawn for the terminal: its channels on a frequency axis. And that axis, for other
 * pictures of it. */
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

/* ---- the axis --------------------------------------------------------------------------- */

struct axis {
	double from, to; /* Hz; 0: nothing is on it yet */
};

/* Makes room for a frequency with so much on both sides; 0 is none. */
void axis_include(struct axis *axis, double frequency, double half);

/* How far apart numbers stand: the least of 1, 2, 5 × 10^n Hz with at most so many steps. */
double axis_step(const struct axis *axis, unsigned most);

#endif
