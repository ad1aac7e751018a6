#include "kickstarter/image.h"

#include <stdio.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/log.h"
#include "registry/registry.h"

#define NO_FIRMWARE "no firmware for you"

struct finding {
	struct store_txn *registry;
	struct arena *arena;
	struct firmware *firmware;
	bool
	    others; /* there are records with these bytes, but none for a Kickstarter */
};

static int
look_at(void *arg, uint64_t serial)
{
	struct finding *f = arg;
	int err =
	    registry_get(f->registry, &firmware_kind, serial, f->arena, f->firmware);

	if (err != E_OK)
		return err;
	if (f->firmware->family == FIRMWARE_KICKSTARTER)
		return E_EXISTS;
	f->others = true;
	return E_OK;
}

/* The record of these bytes. E_NOTFOUND: there is none. */
static int
find_by_digest(struct finding *f, const uint8_t digest[32])
{
	int err = registry_list_by(f->registry, &firmware_kind, FIRMWARE_SHA256,
	    span_of(digest, 32), 0, look_at, f);

	return err == E_EXISTS ? E_OK : err == E_OK ? E_NOTFOUND : err;
}

static int
find_by_channel(struct finding *f, struct span name)
{
	struct channel channel;
	struct release release;
	char *id = arena_dup(f->arena, name);
	int err;

	if (id == NULL)
		return E_NOMEM;
	err = registry_find_id(f->registry, &channel_kind, id, f->arena, &channel);
	if (err == E_OK)
		err = registry_get(f->registry, &release_kind, channel.kickstarter,
		    f->arena, &release);
	if (err == E_OK)
		err = registry_get(f->registry, &firmware_kind, release.firmware,
		    f->arena, f->firmware);
	if (err == E_OK && f->firmware->family != FIRMWARE_KICKSTARTER)
		err = E_NOTFOUND;
	return err;
}

/* No record names it (any more): what the file itself tells. */
static int
describe_file(
    struct blobs *blobs, const char name[BLOB_NAME + 1], struct firmware *firmware)
{
	struct blob_mark mark;
	char first = '\0';
	int fd, err;

	if ((err = blob_open(blobs, name, &fd, &mark, NULL)) != E_OK)
		return err;
	if (read(fd, &first, 1) != 1 || first != ':' || mark.size > FIRMWARE_HEX_MAX)
		err = E_NOTFOUND;
	close(fd);
	firmware->firmware_id = "(no longer registered)";
	firmware->family = FIRMWARE_KICKSTARTER;
	firmware->size = mark.size;
	return err;
}

static int
find(const struct kick_server *server, const struct kick_call *call, struct finding *f,
    uint8_t digest[32], bool *by_digest)
{
	int err;

	*by_digest = call->id.len == 2 * 32 && hex_decode(call->id, digest, 32);
	if (span_is(call->id, KICK_NO_FIRMWARE) || (!*by_digest && call->device))
		return E_NOTFOUND;
	if ((err = store_read_begin(server->data->registry, &f->registry)) != E_OK)
		return err;
	err = *by_digest ? find_by_digest(f, digest) : find_by_channel(f, call->id);
	store_read_end(f->registry);
	return err == E_OK && f->firmware->sha256.len != 32 ? E_CORRUPT : err;
}

static int
open_image(const struct kick_server *server, const struct kick_call *call,
    struct arena *arena, struct kick_image *image)
{
	struct firmware firmware = {0};
	struct finding f = {.arena = arena, .firmware = &firmware};
	uint8_t digest[32];
	char path[1100];
	struct blobs blobs;
	bool by_digest, named;
	int err = find(server, call, &f, digest, &by_digest);

	named = err == E_OK;
	if (!named && (err != E_NOTFOUND || !by_digest || f.others))
		return err;
	if (!named)
		firmware.sha256 = span_of(digest, sizeof digest);
	hex_encode(firmware.sha256.data, 32, image->sha256);
	snprintf(path, sizeof path, "%s/blobs", server->data->path);
	err = blobs_open(path, false, &blobs, &image->fault);
	if (err == E_OK && !named)
		err = describe_file(&blobs, image->sha256, &firmware);
	if (err == E_OK)
		err = image_open(
		    &blobs, server->images, &firmware, &image->fd, &image->fault);
	image->size = firmware.size;
	/* It is named, and yet not there. */
	return err == E_NOTFOUND && named ? E_CORRUPT : err;
}

void
kick_image(const struct kick_server *server, const struct kick_call *call,
    struct arena *arena, struct kick_image *image)
{
	*image = (struct kick_image){.fd = -1};
	image->err = open_image(server, call, arena, image);
	if (image->err == E_OK)
		return;
	if (image->err != E_NOTFOUND)
		log_line(LOG_ERROR, "image %s is not served: %s",
		    image->sha256[0] != '\0' ? image->sha256 : "(unknown)",
		    image->fault.text[0] != '\0' ? image->fault.text
						 : err_text(image->err));
	/* What is wrong here is the operator's business. */
	image->fault = (struct fault){0};
	fault_set(&image->fault, image->err, NULL, "%s",
	    image->err == E_NOTFOUND  ? NO_FIRMWARE
	    : image->err == E_CORRUPT ? "the image is damaged and not served"
				      : err_text(image->err));
}

void
kick_checksums_write(const struct kick_image *image, struct strbuf *out)
{
	strbuf_puts(out, image->sha256);
	strbuf_puts(out, "  firmware.hex\n");
}
