#include "cups/handover.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hex.h"
#include "crypto/digest.h"

#define PATH 1200

/* Has it anything but the update? */
static bool
is_plain(const struct cups_decision *d)
{
	return d->firmware.send && d->cups_uri == NULL && d->lns_uri == NULL &&
	       !d->send_cups && !d->send_lns;
}

/* Percent-encoded, as lighttpd wants it. */
static void
put_path(struct strbuf *b, const char *path)
{
	for (; *path != '\0'; path++) {
		unsigned char c = (unsigned char)*path;

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z') || strchr("/._-", c) != NULL)
			strbuf_putc(b, (char)c);
		else
			strbuf_printf(b, "%%%02X", c);
	}
}

/* What is there has these bytes: its name says so, and it was written as a whole. */
static int
keep_head(const struct cups_server *server, struct span head, char path[PATH],
    struct fault *fault)
{
	uint8_t digest[SHA256_SIZE];
	char name[2 * SHA256_SIZE + 1];
	int err = sha256(head, digest);

	if (err != E_OK)
		return err;
	hex_encode(digest, sizeof digest, name);
	snprintf(path, PATH, "%s/heads", server->data->path);
	if (mkdir(path, 0770) != 0 && errno != EEXIST)
		return file_fault(fault, path, "make");
	snprintf(path, PATH, "%s/heads/%s", server->data->path, name);
	return access(path, R_OK) == 0 ? E_OK : file_replace(path, 0640, head, fault);
}

int
cups_hand_over(const struct cups_server *server, const struct cups_exchange *x,
    struct span head, char value[HANDOVER_MAX], struct fault *fault)
{
	const struct firmware *firmware;
	char path[PATH], name[BLOB_NAME + 1];
	struct strbuf b;
	int err;

	if (!is_plain(&x->decision) || x->update.fd < 0)
		return E_STATE;
	firmware = x->decision.firmware.wanted->firmware;
	if ((err = keep_head(server, head, path, fault)) != E_OK)
		return err;
	strbuf_init(&b, HANDOVER_MAX - 1);
	put_path(&b, path);
	strbuf_printf(&b, " 0-%zu, ", head.len - 1);
	hex_encode(firmware->sha256.data, firmware->sha256.len, name);
	snprintf(path, sizeof path, "%s/blobs/%.2s/%s", server->data->path, name, name);
	put_path(&b, path);
	strbuf_printf(&b, " 0-%llu", (unsigned long long)firmware->size - 1);
	if ((err = b.err) == E_OK)
		memcpy(value, b.data, b.len + 1);
	strbuf_clear(&b);
	return err;
}
