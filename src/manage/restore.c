/* Bringing a backup back onto a bare machine. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "manage/manifest.h"

#define RING_MAX_BYTES 65536
#define FILE_MODE 0660
#define RING_MODE 0640

struct restore {
	const struct restoring *how;
	struct backup *b;
	struct arena *arena;
	struct fault *fault;
	struct owner owner;
	char seal_path[1100];
	bool made_folder, keep_ring; /* the ring that is there already */
	bool wrote_ring;
};

static const char *const stores[] = {"registry", "ledger", "blobs"};

/* ---- before anything is written ----------------------------------------------------------- */

static int
check_bare(struct restore *r)
{
	char path[PATH_MAX];
	bool empty;
	int err = E_OK;

	for (size_t i = 0; err == E_OK && i < COUNT(stores); i++) {
		snprintf(path, sizeof path, "%s/%s", r->how->path, stores[i]);
		err = owner_folder_empty(path, &empty, r->fault);
		if (err == E_OK && !empty)
			err = fault_set(r->fault, E_STATE, NULL,
			    "%s: there are data already; a backup is only brought back "
			    "to a bare folder",
			    path);
	}
	return err;
}

static int
same_file(const char *a, const char *b, bool *same, struct fault *fault)
{
	struct strbuf x, y;
	int err;

	strbuf_init(&x, RING_MAX_BYTES);
	strbuf_init(&y, RING_MAX_BYTES);
	if ((err = file_read(a, &x, fault)) == E_OK &&
	    (err = file_read(b, &y, fault)) == E_OK)
		*same = span_eq(strbuf_span(&x), strbuf_span(&y));
	strbuf_clear(&x);
	strbuf_clear(&y);
	return err;
}

/* A ring that is there stays: it may be the very one that the backup was made without. */
static int
check_ring(struct restore *r)
{
	char path[PATH_MAX];
	struct stat st;
	bool same = true;
	int err = E_OK;

	r->keep_ring = stat(r->seal_path, &st) == 0;
	if (!r->keep_ring || !r->b->with_keys)
		return E_OK;
	snprintf(path, sizeof path, "%s/seal.keys", r->how->from);
	err = same_file(path, r->seal_path, &same, r->fault);
	if (err == E_OK && !same)
		err = fault_set(r->fault, E_STATE, NULL,
		    "%s: is another ring than the backup's; put it elsewhere",
		    r->seal_path);
	return err;
}

/* Both stores must be among the files, and nothing that we do not know. */
static int
check_parts(const struct backup *b, struct fault *fault)
{
	unsigned seen = 0;

	for (size_t i = 0; i < b->count; i++) {
		struct span name = span_str(b->files[i].name);

		if (span_begins(name, span_str("registry/")))
			seen |= 1;
		else if (span_begins(name, span_str("ledger/")))
			seen |= 2;
		else if (!span_begins(name, span_str("blobs/")) &&
			 !span_is(name, "seal.keys"))
			return fault_set(fault, E_CORRUPT, NULL,
			    "%.150s does not belong into a backup", b->files[i].name);
	}
	return seen == 3 ? E_OK
			 : fault_set(fault, E_CORRUPT, NULL,
			       "the backup has not both stores");
}

/* ---- writing ------------------------------------------------------------------------------- */

static int
copy_file(struct restore *r, const struct backup_file *f)
{
	char from[PATH_MAX], to[PATH_MAX];
	int err;

	snprintf(from, sizeof from, "%s/%s", r->how->from, f->name);
	if (strcmp(f->name, "seal.keys") == 0) {
		if (r->keep_ring)
			return E_OK;
		err = tree_copy(from, r->seal_path, RING_MODE, &r->owner, r->fault);
		r->wrote_ring = err == E_OK;
		return err;
	}
	snprintf(to, sizeof to, "%s/%s", r->how->path, f->name);
	return tree_copy(from, to, FILE_MODE, &r->owner, r->fault);
}

static void
undo(const struct restore *r)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < COUNT(stores); i++) {
		snprintf(path, sizeof path, "%s/%s", r->how->path, stores[i]);
		tree_remove(path);
	}
	snprintf(path, sizeof path, "%s/sightings", r->how->path);
	if (r->made_folder)
		tree_remove(path);
	if (r->wrote_ring)
		unlink(r->seal_path);
	if (r->made_folder)
		rmdir(r->how->path);
}

/* Opens what was copied as any program would, and sees what cannot be read in it. */
static int
look_at(struct restore *r)
{
	struct data_options options = {
	    .path = r->how->path, .seal_path = r->seal_path, .create = true};
	struct store_txn *txn;
	struct data data;
	int err = data_open(&options, &data, r->fault);

	if (err != E_OK)
		return err;
	if ((err = store_read_begin(data.registry, &txn)) == E_OK) {
		err = manage_seal_lost(txn, data.seal, &r->b->lost);
		store_read_end(txn);
	}
	if (err == E_OK && r->b->lost.all > 0) {
		const char *text = arena_printf(r->arena,
		    "WITHOUT THE RIGHT SEALING KEYS THESE ARE LOST: %s. Put the ring "
		    "of the machine that the backup is from at %s; no restart is "
		    "needed.",
		    seal_counts_text(&r->b->lost, r->arena), r->seal_path);

		r->b->warning = text != NULL ? text : "";
	}
	data_close(&data);
	return err == E_OK ? E_OK : fault_set(r->fault, err, NULL, "%s", err_text(err));
}

static int
bring_back(struct restore *r)
{
	char path[PATH_MAX];
	int err = owner_folder(r->how->path, &r->owner, &r->made_folder, r->fault);

	for (size_t i = 0; err == E_OK && i < r->b->count; i++)
		err = copy_file(r, &r->b->files[i]);
	/* Sightings of what was here before are those of other gateways. */
	snprintf(path, sizeof path, "%s/sightings", r->how->path);
	if (err == E_OK)
		tree_remove(path);
	sync();
	/* From here on as their owner, so that what is made on opening is theirs too. */
	if (err == E_OK)
		err = owner_become(&r->owner, r->fault);
	if (err == E_OK)
		err = look_at(r);
	if (err != E_OK)
		undo(r);
	return err;
}

int
restore_data(const struct restoring *how, struct arena *arena, struct backup *restored,
    struct fault *fault)
{
	struct restore r = {.how = how, .b = restored, .arena = arena, .fault = fault};
	bool elsewhere = how->seal_path != NULL && how->seal_path[0] != '\0';
	int err = manifest_read(how->from, arena, restored, fault);

	snprintf(r.seal_path, sizeof r.seal_path, "%.1000s%s",
	    elsewhere ? how->seal_path : how->path, elsewhere ? "" : "/seal.keys");
	if (err == E_OK)
		err = check_parts(restored, fault);
	if (err == E_OK)
		err = manifest_verify(how->from, restored, fault);
	if (err != E_OK || how->verify_only)
		return err;
	if ((err = check_bare(&r)) != E_OK || (err = check_ring(&r)) != E_OK)
		return err;
	err = owner_find(how->path, how->user, how->group, &r.owner, fault);
	return err == E_OK ? bring_back(&r) : err;
}
