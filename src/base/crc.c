#include "base/crc.h"

#include <zlib.h>

uint32_t
crc32_of(struct span bytes)
{
	return crc32_more(0, bytes);
}

uint32_t
crc32_more(uint32_t crc, struct span bytes)
{
	return bytes.len > 0 ? (uint32_t)crc32_z(crc, bytes.data, bytes.len) : crc;
}

uint32_t
crc32_join(uint32_t first, uint32_t second, size_t second_len)
{
	return (uint32_t)crc32_combine(first, second, (z_off_t)second_len);
}
