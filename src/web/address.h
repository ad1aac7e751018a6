/* Internet addresses as they stand in server variables, headers and the configuration. */
#ifndef GH_WEB_ADDRESS_H
#define GH_WEB_ADDRESS_H

#include "base/span.h"

#define ADDRESS_TEXT 46 /* the longest IPv6 text and a NUL */

/* An address: 4 bytes of `bytes` are used for IPv4, 16 for IPv6, the others are zero, so
 * that two of them can be compared as bytes. */
struct address {
	uint8_t family; /* 4, 6, or 0 for none */
	uint8_t bytes[16];
};

/* All addresses that agree with `base` in the first `bits` bits. */
struct network {
	struct address base;
	uint8_t bits;
};

/* "192.0.2.1" or "2001:db8::1", nothing else; "::ffff:192.0.2.1" becomes IPv4. */
bool address_parse(struct span text, struct address *a);

/* One entry of X-Forwarded-For: the same, also with a port, brackets or quotes. */
bool address_parse_hop(struct span text, struct address *a);

/* The usual text of it; "" for none. */
void address_format(const struct address *a, char out[ADDRESS_TEXT]);

/* An address, or address/bits. */
bool network_parse(struct span text, struct network *n);

/* Is the address one of the network? */
bool network_has(const struct network *n, const struct address *a);

#endif
