#include "firmware/hex_check.h"

#include <inttypes.h>

#include "base/hex.h"

#define FRAME 5 /* count, address, type and checksum */

enum record { HEX_DATA, HEX_END, HEX_SEGMENT, HEX_START, HEX_UPPER, HEX_START_LINEAR };

void
hex_check_begin(struct hex_check *check)
{
	*check = (struct hex_check){0};
}

static int
wrong(const struct hex_check *check, struct fault *fault, const char *what)
{
	return fault_set(fault, E_INVALID, NULL, "is no Intel HEX: line %" PRIu64 " %s",
	    check->number, what);
}

static const char *
record_fault(struct hex_check *check, const uint8_t *bytes)
{
	static const uint8_t counts[] = {[HEX_END] = 0,
	    [HEX_SEGMENT] = 2,
	    [HEX_START] = 4,
	    [HEX_UPPER] = 2,
	    [HEX_START_LINEAR] = 4};
	uint8_t count = bytes[0], type = bytes[3];

	if (type > HEX_START_LINEAR)
		return "is of an unknown type";
	if (type != HEX_DATA && count != counts[type])
		return "has a length that does not belong to its type";
	if (type == HEX_DATA)
		check->data += count;
	check->ended = type == HEX_END;
	return NULL;
}

static const char *
line_fault(struct hex_check *check, struct span line)
{
	uint8_t bytes[HEX_LINE_MAX / 2], sum = 0;
	size_t n;

	if (line.len == 0)
		return "is empty";
	if (line.data[0] != ':')
		return "does not begin with a colon";
	n = (line.len - 1) / 2;
	if (line.len % 2 == 0 || n < FRAME)
		return "is cut off";
	if (!hex_decode(span_from(line, 1), bytes, n))
		return "has something that is no hexadecimal digit";
	if (n != (size_t)bytes[0] + FRAME)
		return "has another length than it says";
	for (size_t i = 0; i < n; i++)
		sum = (uint8_t)(sum + bytes[i]);
	if (sum != 0)
		return "has a wrong checksum";
	return record_fault(check, bytes);
}

static int
end_line(struct hex_check *check, struct fault *fault)
{
	struct span line = span_of(check->line, check->len);
	const char *what;

	check->number++;
	check->len = 0;
	if (line.len > 0 && line.data[line.len - 1] == '\r')
		line.len--;
	if (check->ended)
		return wrong(check, fault, "comes after the end record");
	if ((what = line_fault(check, line)) != NULL)
		return wrong(check, fault, what);
	return E_OK;
}

int
hex_check_add(struct hex_check *check, struct span bytes, struct fault *fault)
{
	int err = E_OK;

	for (size_t i = 0; err == E_OK && i < bytes.len; i++) {
		if (bytes.data[i] == '\n') {
			err = end_line(check, fault);
		} else if (check->len < sizeof check->line) {
			check->line[check->len++] = (char)bytes.data[i];
		} else {
			check->number++;
			err = wrong(check, fault, "is longer than any record");
		}
	}
	return err;
}

int
hex_check_end(struct hex_check *check, struct fault *fault)
{
	int err;

	if (check->len > 0 && (err = end_line(check, fault)) != E_OK)
		return err;
	if (!check->ended)
		return fault_set(fault, E_INVALID, NULL,
		    "is no Intel HEX: it has no end record, so it may be cut off");
	if (check->data == 0)
		return fault_set(
		    fault, E_INVALID, NULL, "is Intel HEX without any data");
	return E_OK;
}
