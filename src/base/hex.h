/* Bytes as text: hexadecimal and base32 (RFC 4648). Base64 is in crypto/encode.h. */
#ifndef GH_BASE_HEX_H
#define GH_BASE_HEX_H

#include "base/span.h"

/* Writes 2 × n lower-case digits and a NUL to `out`. */
void hex_encode(const void *bytes, size_t n, char *out);

/* Exactly 2 × n digits of either case to n bytes: false when anything else is there. */
bool hex_decode(struct span text, void *out, size_t n);

/* The value of one digit, or -1. */
int hex_digit(unsigned char c);

/*
 * Upper-case base32 without padding and a NUL: (8n + 4) / 5 characters, rounded up as
 * 24 bytes → 39, 32 bytes → 52 (the parts of an API key).
 */
void base32_encode(const void *bytes, size_t n, char *out);

#endif
