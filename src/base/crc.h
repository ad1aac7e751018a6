/* CRC-32 as zlib, Ethernet and the LoRa Basics Station compute it. */
#ifndef GH_BASE_CRC_H
#define GH_BASE_CRC_H

#include "base/span.h"

/* Of the bytes alone; 0 for none. */
uint32_t crc32_of(struct span bytes);

/* Of what `crc` was computed over, followed by `bytes`. */
uint32_t crc32_more(uint32_t crc, struct span bytes);

/* Of two runs one after the other, from the CRC of each and the length of the second. */
uint32_t crc32_join(uint32_t first, uint32_t second, size_t second_len);

#endif
