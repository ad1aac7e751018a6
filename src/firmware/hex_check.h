/*
 * Is a file Intel HEX, as a Kickstarter gateway can flash it? It comes in pieces; nothing of
 * it is kept.
 *
 *	":" count(1) address(2) type(1) data(count) checksum(1), each byte as two hex digits
 *
 * The sum of all bytes of a line is 0 modulo 256. Types: 0 data, 1 end, 2 segment (2 bytes),
 * 3 start (4), 4 upper address (2), 5 start (4). Lines end with LF or CR LF. One end record,
 * after all others.
 */
#ifndef GH_FIRMWARE_HEX_CHECK_H
#define GH_FIRMWARE_HEX_CHECK_H

#include "base/err.h"
#include "base/span.h"

#define HEX_LINE_MAX 521 /* characters: a colon and 260 bytes */

struct hex_check {
	char line[HEX_LINE_MAX + 1];
	size_t len; /* of the line so far */
	uint64_t number, data;
	bool ended; /* the end record was there */
};

/* At the begin of a file. */
void hex_check_begin(struct hex_check *check);

/* E_INVALID names the line and what is wrong with it. Not to be called after that. */
int hex_check_add(struct hex_check *check, struct span bytes, struct fault *fault);

/* The file is at its end. E_INVALID: no end record, no data. */
int hex_check_end(struct hex_check *check, struct fault *fault);

#endif
