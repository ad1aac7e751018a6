/*
 * Integers and byte strings in binary layouts. Writers append to a strbuf (sticky error
 * there); readers have a sticky error of their own and give zeros after it.
 */
#ifndef GH_BASE_WIRE_H
#define GH_BASE_WIRE_H

#include "base/strbuf.h"

void wire_put_u8(struct strbuf *b, uint8_t v);
void wire_put_u16le(struct strbuf *b, uint16_t v);
void wire_put_u32le(struct strbuf *b, uint32_t v);
void wire_put_u64le(struct strbuf *b, uint64_t v);
void wire_put_u64be(struct strbuf *b, uint64_t v);
/* Seven bits a byte, lowest first (LEB128): 1 byte below 128, at most 10. */
void wire_put_varint(struct strbuf *b, uint64_t v);

struct wire_in {
	const uint8_t *at, *end;
	int err; /* E_OK, or E_INVALID once something was too short or too large */
};

void wire_in_init(struct wire_in *in, struct span bytes);
size_t wire_left(const struct wire_in *in);
uint8_t wire_get_u8(struct wire_in *in);
uint16_t wire_get_u16le(struct wire_in *in);
uint32_t wire_get_u32le(struct wire_in *in);
uint64_t wire_get_u64le(struct wire_in *in);
uint64_t wire_get_u64be(struct wire_in *in);
uint64_t wire_get_long_varint(struct wire_in *in);
static inline uint64_t
wire_get_varint(struct wire_in *in)
{
	if (in->at < in->end && *in->at < 0x80)
		return *in->at++;
	return wire_get_long_varint(in);
}
/* The next n bytes, borrowed from the input; empty after an error. */
struct span wire_get_bytes(struct wire_in *in, size_t n);

/* Eight bytes that sort as the number does: keys of the store. */
static inline void
wire_key64(uint8_t key[8], uint64_t v)
{
	for (int i = 7; i >= 0; i--, v >>= 8)
		key[i] = (uint8_t)v;
}

static inline uint64_t
wire_unkey64(const uint8_t key[8])
{
	uint64_t v = 0;

	for (int i = 0; i < 8; i++)
		v = v << 8 | key[i];
	return v;
}

#endif
