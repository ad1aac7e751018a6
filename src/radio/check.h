/*
 * The limits of the concentrators and of their forwarders' parsers, applied to settings
 * before anything is written: errors for what makes a forwarder exit, crash or read
 * something else than was meant; warnings for what it ignores. Each finding names its
 * rule and, while the plan has not been through the store, file and line.
 */
#ifndef GH_RADIO_CHECK_H
#define GH_RADIO_CHECK_H

#include "radio/settings.h"

/* True when there are no errors. */
bool settings_check(const struct settings *s, struct findings *findings);

/* The part of it that looks at a gain table alone; `chip_type` is that of the radio. */
void check_gains(const struct gain *gains, uint32_t count, enum chip chip,
    const char *chip_type, struct place at, struct findings *findings);

/* SX1255 or SX1257, and SX1250 on an SX1302 or SX1303, in upper case. */
bool check_chip_type(enum chip chip, const char *chip_type);

/* "SX1301" for CHIP_SX1301 and so on. */
const char *chip_name(unsigned chip);

#endif
