/*
 * Firmware: an image (a file that is named by the SHA-256 of its bytes, with the signatures
 * over it), the release that says who may run it, and the channel that says who should.
 */
#ifndef GH_REGISTRY_FIRMWARE_H
#define GH_REGISTRY_FIRMWARE_H

#include "registry/record.h"

/* What the image is made for: a LoRa Basics Station runs it as a program, a Kickstarter reads
 * Intel HEX (firmware.md). */
enum firmware_family { FIRMWARE_STATION, FIRMWARE_KICKSTARTER };

/* ECDSA on P-256 over SHA-512 of the image. Verified against the point before it is stored. */
struct firmware_signature {
	uint64_t crc;	   /* CRC-32 of the key's 64-byte file, as gateways list it */
	struct span point; /* the key's X‖Y, 64 bytes */
	struct span der;
	int64_t signed_at;
};

#define FIRMWARE_SIGNATURES_MAX 8
#define FIRMWARE_SIZE_MAX 0x7f000000 /* bytes: answer and segment stay below 2^31 */
#define FIRMWARE_HEX_MAX 8372223     /* of a Kickstarter */

struct firmware {
	uint64_t serial;
	struct span unknown;
	const char *firmware_id, *description;
	int family;	    /* enum firmware_family */
	struct span sha256; /* 32 bytes: the name of its file */
	struct span sha512; /* 64 bytes: what is signed */
	uint64_t size;
	const char *file_name;	       /* as it was uploaded, for people */
	struct record_rows signatures; /* of struct firmware_signature */
	int64_t created_at, updated_at;
};

extern const struct record_kind firmware_kind;

enum firmware_field { FIRMWARE_ID = 1, FIRMWARE_SHA256 = 4 };

/* The signature by the first of these keys (CRCs) that has made one; NULL: none. */
const struct firmware_signature *firmware_signature_by(
    const struct firmware *firmware, const uint32_t *keys, size_t count);

/* Where a gateway shows that it runs the version: its `package` (what an update script
 * writes to version.txt) or its `station`. */
enum release_shown_by { RELEASE_PACKAGE, RELEASE_STATION };

struct release {
	uint64_t serial;
	struct span unknown;
	const char *release_id, *description;
	uint64_t firmware;	 /* the image */
	const char *version;	 /* as the gateway reports it afterwards */
	int shown_by;		 /* enum release_shown_by */
	struct text_list models; /* that it may be applied to; none: any */
	struct text_list from; /* versions that it may be applied to, `*` at the end for
				    any rest; none: any */
	bool downgrade;	       /* also to gateways that report a later version */
	bool unsigned_ok;      /* may go without signature to those that list no key */
	int64_t created_at, updated_at;
};

extern const struct record_kind release_kind;

enum release_field { RELEASE_ID = 1, RELEASE_FIRMWARE = 3 };

/* A channel is named by its gateways' `update_channel`. */
struct channel {
	uint64_t serial;
	struct span unknown;
	const char *channel_id, *description;
	uint64_t release;     /* that its stations should run; 0: none */
	uint64_t kickstarter; /* the release for its Kickstarters; 0: none */
	int64_t created_at, updated_at;
};

extern const struct record_kind channel_kind;

enum channel_field { CHANNEL_ID = 1, CHANNEL_RELEASE = 3, CHANNEL_KICKSTARTER = 4 };

#endif
