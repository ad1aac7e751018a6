/*
 * Firmware images in the blob store: adding one reads it once and tells both of its digests;
 * opening one for a gateway makes sure that its bytes are those of its name.
 */
#ifndef GH_FIRMWARE_IMAGE_H
#define GH_FIRMWARE_IMAGE_H

#include "registry/firmware.h"
#include "store/blob.h"

struct image_digests {
	uint8_t sha256[32], sha512[64];
	uint64_t size;
	char name[BLOB_NAME + 1]; /* of its file */
};

/* Is told how far it is, now and then; may be NULL. `total` 0: not known. */
typedef void image_progress_fn(void *arg, uint64_t done, uint64_t total);

/*
 * Copies the file to the blob store. Refused (E_INVALID, with the reason) when it is empty,
 * above FIRMWARE_SIZE_MAX, or for a Kickstarter no Intel HEX (each line's form and checksum,
 * one end record, at the end) or above FIRMWARE_HEX_MAX. fn makes the record, under the
 * blobs' lock. E_FULL, E_IO.
 */
int image_add(struct blobs *blobs, int fd, enum firmware_family family,
    image_progress_fn *progress, void *progress_arg, struct image_digests *digests,
    int (*fn)(void *arg, const struct image_digests *digests), void *arg,
    struct fault *fault);

/* Images that this process has found to be right, by the mark of their file. */
struct image_cache;
struct image_cache *image_cache_new(void);
void image_cache_free(struct image_cache *cache);

/*
 * Opens the image for reading after it was verified: its size and SHA-256 are those of the
 * record. The whole file is read once in a process's life as long as nobody touches it.
 * E_NOTFOUND (no file), E_CORRUPT (other bytes), E_IO, with the reason.
 */
int image_open(struct blobs *blobs, struct image_cache *cache,
    const struct firmware *firmware, int *fd, struct fault *fault);

/* Reads all of it whatever the cache says; for `firmware verify` and `check`. */
int image_verify(struct blobs *blobs, const struct firmware *firmware,
    image_progress_fn *progress, void *arg, struct fault *fault);

#endif
