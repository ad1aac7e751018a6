/* What the device makes of firmware.hex. */
#include <ctype.h>
#include <stdio.h>

#include "base/err.h"
#include "base/hex.h"
#include "crypto/digest.h"
#include "kickstarter/device.h"

/* ---- Intel HEX --------------------------------------------------------------------------- */

void
device_hex_begin(struct device_hex *h)
{
	*h = (struct device_hex){0};
}

static void
is_wrong(struct device_hex *h, const char *what)
{
	snprintf(h->wrong, sizeof h->wrong, "record %llu %s",
	    (unsigned long long)h->record, what);
}

static void
end_record(struct device_hex *h)
{
	unsigned count = h->bytes[0];

	h->open = false;
	if (h->digits < 10 || h->digits != 2 * (count + 5))
		is_wrong(h, "has another length than it says");
	else if ((h->sum & 0xff) != 0)
		is_wrong(h, "has a wrong checksum");
	else if (h->bytes[3] > 5)
		is_wrong(h, "is of no known type");
	else if (h->bytes[3] == 1)
		h->ended = true;
}

static void
add_digit(struct device_hex *h, unsigned value)
{
	unsigned at = h->digits / 2;

	if (at < 5)
		h->bytes[at] = h->bytes[at] << 4 | value;
	h->sum += h->digits % 2 == 0 ? value << 4 : value;
	if (++h->digits > 2 * 260)
		is_wrong(h, "does not end");
}

static void
add_character(struct device_hex *h, unsigned char c)
{
	if (c == '\r' || c == '\n') {
		if (h->open)
			end_record(h);
	} else if (!h->open && c == ':' && !h->ended) {
		h->record++;
		h->open = true;
		h->digits = h->sum = 0;
		memset(h->bytes, 0, sizeof h->bytes);
	} else if (h->open && isxdigit(c)) {
		add_digit(h, (unsigned)hex_digit(c));
	} else if (!h->open) {
		h->record++;
		is_wrong(h,
		    h->ended ? "comes after the end" : "does not begin with a colon");
	} else {
		is_wrong(h, "has a character that is no hex digit");
	}
}

void
device_hex_add(struct device_hex *h, struct span bytes)
{
	for (size_t i = 0; i < bytes.len && h->wrong[0] == '\0'; i++)
		add_character(h, bytes.data[i]);
}

const char *
device_hex_end(struct device_hex *h)
{
	if (h->wrong[0] == '\0' && h->open)
		end_record(h);
	if (h->wrong[0] == '\0' && !h->ended)
		snprintf(h->wrong, sizeof h->wrong, "there is no end record");
	return h->wrong[0] != '\0' ? h->wrong : NULL;
}

/* ---- the whole file ------------------------------------------------------------------------ */

int
device_image_begin(struct device_image *image)
{
	image->size = 0;
	device_hex_begin(&image->hex);
	return sha256_begin(&image->sha256);
}

int
device_image_add(struct device_image *image, struct span bytes)
{
	image->size += bytes.len;
	device_hex_add(&image->hex, bytes);
	return sha256_add(image->sha256, bytes);
}

void
device_image_end(
    struct device_image *image, struct device_memory *m, struct device_verdict *v)
{
	uint8_t digest[SHA256_SIZE];
	char text[2 * SHA256_SIZE + 1];
	const char *wrong = device_hex_end(&image->hex);

	sha256_end(image->sha256, digest);
	if (m == NULL || v->effect != DEVICE_GOES_ON)
		return;
	hex_encode(digest, sizeof digest, text);
	if (wrong != NULL)
		device_say(v, true, "the firmware is not Intel HEX: %s", wrong);
	if (strcmp(text, m->wanted) != 0)
		device_say(v, true,
		    "the firmware does not have the checksum that was announced: it "
		    "downloads without end");
	if (device_is_bad(v))
		v->effect = DEVICE_REBOOTS;
	else
		memcpy(m->checksum, text, sizeof m->checksum);
}
