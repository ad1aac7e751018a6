#include "base/wire.h"

#include "base/err.h"

static void
put_le(struct strbuf *b, uint64_t v, size_t n)
{
	uint8_t bytes[8] = {0};

	for (size_t i = 0; i < n; i++, v >>= 8)
		bytes[i] = (uint8_t)v;
	strbuf_put(b, bytes, n);
}

void
wire_put_u8(struct strbuf *b, uint8_t v)
{
	strbuf_put(b, &v, 1);
}

void
wire_put_u16le(struct strbuf *b, uint16_t v)
{
	put_le(b, v, 2);
}

void
wire_put_u32le(struct strbuf *b, uint32_t v)
{
	put_le(b, v, 4);
}

void
wire_put_u64le(struct strbuf *b, uint64_t v)
{
	put_le(b, v, 8);
}

void
wire_put_u64be(struct strbuf *b, uint64_t v)
{
	uint8_t bytes[8];

	wire_key64(bytes, v);
	strbuf_put(b, bytes, 8);
}

void
wire_put_varint(struct strbuf *b, uint64_t v)
{
	uint8_t bytes[10];
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		bytes[n++] = (uint8_t)(v | 0x80);
	bytes[n++] = (uint8_t)v;
	strbuf_put(b, bytes, n);
}

void
wire_in_init(struct wire_in *in, struct span bytes)
{
	in->at = bytes.data;
	in->end = bytes.len > 0 ? bytes.data + bytes.len : bytes.data;
	in->err = E_OK;
}

size_t
wire_left(const struct wire_in *in)
{
	return (size_t)(in->end - in->at);
}

struct span
wire_get_bytes(struct wire_in *in, size_t n)
{
	struct span s;

	if (in->err != E_OK || wire_left(in) < n) {
		in->err = E_INVALID;
		in->at = in->end;
		return span_of(NULL, 0);
	}
	s = span_of(in->at, n);
	if (n > 0)
		in->at += n;
	return s;
}

static uint64_t
get_le(struct wire_in *in, size_t n)
{
	struct span s = wire_get_bytes(in, n);
	uint64_t v = 0;

	for (size_t i = s.len; i > 0; i--)
		v = v << 8 | s.data[i - 1];
	return v;
}

uint8_t
wire_get_u8(struct wire_in *in)
{
	return (uint8_t)get_le(in, 1);
}

uint16_t
wire_get_u16le(struct wire_in *in)
{
	return (uint16_t)get_le(in, 2);
}

uint32_t
wire_get_u32le(struct wire_in *in)
{
	return (uint32_t)get_le(in, 4);
}

uint64_t
wire_get_u64le(struct wire_in *in)
{
	return get_le(in, 8);
}

uint64_t
wire_get_u64be(struct wire_in *in)
{
	struct span s = wire_get_bytes(in, 8);

	return s.len == 8 ? wire_unkey64(s.data) : 0;
}

uint64_t
wire_get_long_varint(struct wire_in *in)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte = wire_get_u8(in);

		if (shift == 63 && byte > 1)
			break;
		v |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0)
			return in->err == E_OK ? v : 0;
	}
	in->err = E_INVALID;
	return 0;
}
