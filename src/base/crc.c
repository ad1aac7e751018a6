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

/*
 * Polynomials modulo that of the CRC, their lowest power in the highest bit. Bytes that follow
 * multiply a CRC by x^(8 × their number), which is expensive to find; but the lengths of what
 * is joined are few.
 */
#define POLYNOMIAL 0xedb88320u
#define ONE 0x80000000u
#define POWERS 8

static uint32_t
power_of(size_t len)
{
	static struct {
		size_t len;
		uint32_t power;
	} known[POWERS];
	size_t i = len % POWERS;

	if (known[i].len != len || known[i].power == 0) {
		known[i].power = (uint32_t)crc32_combine(ONE, 0, (z_off_t)len);
		known[i].len = len;
	}
	return known[i].power;
}

static uint32_t
multiply(uint32_t a, uint32_t b)
{
	uint32_t product = 0;

	for (; a != 0; a <<= 1) {
		product ^= b & -(a >> 31);
		b = b >> 1 ^ (POLYNOMIAL & -(b & 1));
	}
	return product;
}

uint32_t
crc32_join(uint32_t first, uint32_t second, size_t second_len)
{
	return multiply(power_of(second_len), first) ^ second;
}
