/*
 * What the concentrators and the programs that drive them can take, measured with the
 * forwarders' own parsers: packet_forwarder 4.0.1 (SX1301), sx1302_hal 1.1 and 2.1
 * (SX1302, SX1303). Numbers only; settings and finished files are checked against them
 * by two programs that do not know each other.
 */
#ifndef GH_RADIO_LIMITS_H
#define GH_RADIO_LIMITS_H

#include <stdint.h>

enum chip { CHIP_SX1301, CHIP_SX1302, CHIP_SX1303 };

#define LIMIT_RADIOS 2
#define LIMIT_MULTI_SF 8
#define LIMIT_GAINS 16
#define LIMIT_LBT_SX1301 8
#define LIMIT_LBT_SX1302 16
#define LIMIT_ADDRESS 63 /* characters of server_address */
#define LIMIT_PATH 63	 /* of com_path, spi_path, gps_tty_path */
#define LIMIT_SX1302_FREQ_MIN 100000000.0
#define LIMIT_SX1302_FREQ_MAX 1000000000.0
#define LIMIT_FSK_RATE_MIN 500
#define LIMIT_FSK_RATE_MAX 250000
#define LIMIT_NOTCH_MIN 126000 /* SX1301 with FPGA */
#define LIMIT_NOTCH_MAX 250000

/* How far, in Hz and both ways, a channel's centre may lie from its radio's. */
static inline int32_t
limit_offset(enum chip chip, uint32_t bandwidth)
{
	if (chip == CHIP_SX1301)
		return bandwidth <= 125000   ? 400000
		       : bandwidth <= 250000 ? 375000
					     : 300000;
	return bandwidth <= 125000 ? 737500 : bandwidth <= 250000 ? 675000 : 550000;
}

#endif
