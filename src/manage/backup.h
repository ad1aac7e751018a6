/*
 * Copies of a data folder, made while it is in use, and bringing one back.
 *
 * A backup is a folder:
 *	manifest.json	what follows, with sizes and SHA-256; written last
 *	ledger/		copied first, so that it never knows of a gateway that
 *	registry/	the registry has not
 *	blobs/		firmware images
 *	seal.keys	the ring, only when asked for
 * Sightings are disposable and left out.
 */
#ifndef GH_MANAGE_BACKUP_H
#define GH_MANAGE_BACKUP_H

#include "manage/manage.h"
#include "manage/seal.h"

#define BACKUP_FORMAT 1

struct backup_file {
	const char *name; /* below the backup's folder */
	uint64_t size;
	char sha256[65];
};

struct backup {
	int64_t at;
	unsigned registry_schema, ledger_schema;
	struct backup_file *files;
	size_t count;
	uint64_t bytes;
	bool with_keys; /* seal.keys is in it */
	/* What cannot be read without the ring when it is not in the backup, or (after a
	 * restore) what cannot be read with the ring that is there. */
	struct seal_counts lost;
	const char *warning; /* a loud sentence about the ring, in either case; or "" */
};

struct backing_up {
	bool
	    ring_too; /* the sealing keys: whoever has the backup can read every secret */
	bool without_firmware; /* no files of images: after a restore each has to be
				* added again */
};

/*
 * Makes the backup in the new folder `path` (its parent must exist). An image whose bytes
 * are not those of its name is told by m->say. E_EXISTS when the folder is there and not
 * empty, E_STATE when the ring is asked for and there is none, E_FULL, E_IO. What was
 * written is removed on an error.
 */
int manage_backup(struct manage *m, const char *path, const struct backing_up *how,
    struct backup *made);

struct restoring {
	const char *from;
	const char *path;      /* the data folder: missing or without data */
	const char *seal_path; /* NULL or "": <path>/seal.keys */
	const char *user,
	    *group;	  /* as root: whose it will be; NULL: see manage/init.h */
	bool verify_only; /* stop after verifying; nothing is written */
};

/*
 * Verifies every file against the manifest, then copies them into place. The answers of the
 * endpoints are the same afterwards, byte for byte. A ring that is at seal_path already is
 * kept and used. E_STATE when there are data in the folder, or another ring than the
 * backup's; E_CORRUPT (file named); E_VERSION; E_FULL, E_IO. What was written is removed
 * on an error. Results are in the arena.
 */
int restore_data(const struct restoring *how, struct arena *arena,
    struct backup *restored, struct fault *fault);

#endif
