/*
 * Firmware images: added, signed, verified. Their bytes are files of the blob store; what is
 * known of them is a record. An image is removed by manage_delete(), which refuses while a
 * release names it; its file goes a day later (manage/tick.h).
 */
#ifndef GH_MANAGE_FIRMWARE_H
#define GH_MANAGE_FIRMWARE_H

#include "firmware/image.h"
#include "manage/signing_key.h"

/* One signature that an image shall have. */
struct firmware_signing {
	const char *key; /* registered key; NULL: whichever has made `der` */
	struct span der; /* made elsewhere; empty: the key's signer makes it now */
};

struct firmware_adding {
	const char *id, *description; /* description may be NULL */
	const char *file_name;	      /* as it is called where it comes from; "" */
	int family; /* enum firmware_family; -1: of the image that has the name, or station */
	const struct firmware_signing *signatures;
	size_t signature_count;
	const struct signing_options *signing; /* may be NULL */
	image_progress_fn *progress;	       /* may be NULL */
	void *progress_arg;
};

/*
 * Adds an image from an open file: all of it, with all of its signatures, or nothing. The
 * same bytes under the same name again heal a file that is gone or damaged (*healed), and
 * add the signatures. E_INVALID: no image, or no signature of it; E_EXISTS: the name is
 * another image's; E_FULL, E_IO, and as of manage_sign_digest().
 */
int manage_firmware_add(struct manage *m, const struct firmware_adding *how, int fd,
    struct firmware *stored, bool *healed);

/* Adds a signature to an image that is there; one by the same key is replaced. `by` gets the
 * key's identifier. E_INVALID, E_DENIED: it is no signature of this image; E_FULL: there are
 * FIRMWARE_SIGNATURES_MAX; as of manage_sign_digest(). */
int manage_firmware_sign(struct manage *m, const char *id,
    const struct firmware_signing *signing, const struct signing_options *options,
    const char **by);

/* Takes the signature by this key away. E_NOTFOUND. */
int manage_firmware_unsign(struct manage *m, const char *id, const char *key);

/* Reads the image's file and its signatures and compares them with the record. E_CORRUPT,
 * E_NOTFOUND (no file), E_IO, each with the remedy. */
int manage_firmware_verify(struct manage *m, const char *id,
    image_progress_fn *progress, void *arg, struct firmware *firmware);

/* The blob store of the data; with `create` its folder is made. */
int manage_blobs(
    struct manage *m, bool create, struct blobs *blobs, struct fault *fault);

/* The identifier of the key with this point; "" when it is not registered any more. */
const char *manage_signature_key(struct manage *m, struct store_txn *txn,
    const struct firmware_signature *signature);

#endif
