#include "manage/backup.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "manage/firmware.h"
#include "manage/manifest.h"

/* Root's own folders are no place for it: it is made by the owner of the data. */
static int
may_not_make(struct manage *m, const char *path)
{
	const struct passwd *user = getpwuid(geteuid());

	return fault_set(&m->fault, E_PERM, NULL,
	    "%s: cannot make: %s may not write there, who makes the backup", path,
	    user != NULL ? user->pw_name : "the owner of the data");
}

/* A new folder, or one that is empty. */
static int
make_target(struct manage *m, const char *path, bool *made)
{
	bool empty = true;
	int err;

	*made = mkdir(path, 0700) == 0;
	if (*made)
		return E_OK;
	if (errno == EACCES)
		return may_not_make(m, path);
	if (errno != EEXIST)
		return file_fault(&m->fault, path, "make");
	if ((err = owner_folder_empty(path, &empty, &m->fault)) != E_OK)
		return err;
	return empty ? E_OK
		     : fault_set(&m->fault, E_EXISTS, NULL, "%s: is not empty", path);
}

static int
copy_store(struct manage *m, struct store *store, const char *folder, const char *name)
{
	char path[PATH_MAX];
	int err;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (mkdir(path, 0700) != 0)
		return file_fault(&m->fault, path, "make");
	err = store_copy(store, path, &m->fault);
	return manage_failed(m, err);
}

static int
copy_ring(struct manage *m, const char *folder, const struct owner *us)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/seal.keys", folder);
	if (m->data->seal == NULL)
		return fault_set(&m->fault, E_STATE, NULL,
		    "there are no sealing keys to put into the backup: %.180s",
		    m->data->seal_fault.text);
	return tree_copy(m->data->seal_path, path, 0600, us, &m->fault);
}

struct copying {
	struct manage *m;
	const struct owner *us;
	const char *folder;
};

/* One that was collected meanwhile is no loss: no record named it. */
static int
copy_image(void *arg, const char name[BLOB_NAME + 1], uint64_t size)
{
	const struct copying *c = arg;
	char from[PATH_MAX], to[PATH_MAX];
	int err;

	(void)size;
	snprintf(from, sizeof from, "%s/blobs/%.2s/%s", c->m->data->path, name, name);
	snprintf(to, sizeof to, "%s/blobs/%.2s/%s", c->folder, name, name);
	err = tree_copy(from, to, 0600, c->us, &c->m->fault);
	if (err != E_NOTFOUND)
		return err;
	c->m->fault = (struct fault){0};
	return E_OK;
}

static int
copy_images(struct manage *m, const char *folder, const struct owner *us)
{
	struct copying c = {m, us, folder};
	struct blobs blobs;
	int err = manage_blobs(m, false, &blobs, &m->fault);

	if (err == E_OK)
		return blobs_each(&blobs, copy_image, &c);
	if (err == E_NOTFOUND)
		m->fault = (struct fault){0};
	return err == E_NOTFOUND ? E_OK : err;
}

/* The ledger first: what the registry gains meanwhile is only new to it. Images last: what
 * the registry's copy names is there then, and stays a day even when it is removed now. */
static int
copy_all(struct manage *m, const char *folder, const struct backing_up *how)
{
	struct owner us = {geteuid(), getegid(), false};
	int err = copy_store(m, m->data->ledger, folder, "ledger");

	if (err == E_OK)
		err = copy_store(m, m->data->registry, folder, "registry");
	if (err == E_OK && !how->without_firmware)
		err = copy_images(m, folder, &us);
	if (err == E_OK && how->ring_too)
		err = copy_ring(m, folder, &us);
	return err;
}

/* A file that is not what its name says was damaged before it was copied. */
static void
tell_damaged(struct manage *m, const struct backup *made)
{
	for (size_t i = 0; i < made->count; i++) {
		const char *slash = strrchr(made->files[i].name, '/');

		if (strncmp(made->files[i].name, "blobs/", 6) == 0 && slash != NULL &&
		    strcmp(slash + 1, made->files[i].sha256) != 0)
			manage_say(m,
			    "the image file %.80s is damaged, here and now in the "
			    "backup: see `gatehouse firmware verify`",
			    made->files[i].name);
	}
}

static int
list_all(struct manage *m, const char *folder, struct backup *made)
{
	static const char *const parts[] = {"ledger", "registry", "blobs", "seal.keys"};
	int err = E_OK;

	for (size_t i = 0; err == E_OK && i < COUNT(parts); i++)
		err = manifest_add(folder, parts[i], m->arena, made, &m->fault);
	return err;
}

static int
count_sealed(struct manage *m, bool ring_too, struct seal_counts *lost)
{
	struct store_txn *txn;
	int err = store_read_begin(m->data->registry, &txn);

	if (err == E_OK) {
		err = manage_seal_lost(txn, ring_too ? m->data->seal : NULL, lost);
		store_read_end(txn);
	}
	return manage_failed(m, err);
}

static const char *
warning(struct manage *m, const struct backup *b)
{
	const char *text;

	if (b->with_keys)
		return "THE SEALING KEYS ARE IN THIS BACKUP: whoever can read it can "
		       "read every secret. Keep it as safe as the keys themselves.";
	if (b->lost.all == 0)
		return "";
	text = arena_printf(m->arena,
	    "THE SEALING KEYS ARE NOT IN THIS BACKUP: without a copy of %s these are "
	    "lost after a restore: %s.",
	    m->data->seal_path, seal_counts_text(&b->lost, m->arena));
	return text != NULL ? text : "";
}

int
manage_backup(struct manage *m, const char *path, const struct backing_up *how,
    struct backup *made)
{
	bool new_folder;
	int err;

	*made = (struct backup){.at = m->now,
	    .registry_schema = store_schema(m->data->registry),
	    .ledger_schema = store_schema(m->data->ledger),
	    .with_keys = how->ring_too,
	    .warning = ""};
	if ((err = make_target(m, path, &new_folder)) != E_OK)
		return err;
	err = copy_all(m, path, how);
	if (err == E_OK)
		err = list_all(m, path, made);
	if (err == E_OK)
		err = count_sealed(m, how->ring_too, &made->lost);
	if (err == E_OK)
		err = manifest_write(path, made, &m->fault);
	if (err == E_OK) {
		tell_damaged(m, made);
		made->warning = warning(m, made);
		return E_OK;
	}
	tree_remove(path);
	if (!new_folder)
		mkdir(path, 0700);
	return manage_failed(m, err);
}
