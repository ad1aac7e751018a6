/*
 * The firmware files of the device, `checksums` and `firmware.hex`, found by the last part of
 * their folder's address: the SHA-256 of the image, so that both files are always of one and
 * the same, whatever is published between two requests.
 */
#ifndef GH_KICKSTARTER_IMAGE_H
#define GH_KICKSTARTER_IMAGE_H

#include "firmware/image.h"
#include "kickstarter/exchange.h"

struct kick_image {
	int err; /* E_OK: `fd` is open; E_NOTFOUND: no firmware for you; else it passes, or
		    the image must not be served */
	struct fault fault;
	char sha256[2 * 32 + 1];
	uint64_t size;
	int fd; /* the caller's, with E_OK */
};

/*
 * `GET /api/v2/firmware/{call->id}/…`, for everybody. The image's bytes have been verified;
 * damaged ones are never served (E_CORRUPT). An image whose record is gone is served as long
 * as its file is there, for a device that is between its two requests. A name of a channel
 * is that of its release now, for people and their programs: what it names may be another one
 * a moment later, so the device gets nothing by it.
 */
void kick_image(const struct kick_server *server, const struct kick_call *call,
    struct arena *arena, struct kick_image *image);

/* Appends the text of `checksums`, as sha256sum writes it. */
void kick_checksums_write(const struct kick_image *image, struct strbuf *out);

#endif
