/* Are the images whole, and do the ledger's rows of roll-outs agree? */
#include "manage/firmware_care.h"

#include <stdio.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/wire.h"
#include "manage/release.h"
#include "manage/rollout.h"

#define WORK_MEMORY (4 << 20)

/* ---- images -------------------------------------------------------------------------- */

struct image_checking {
	struct manage *m;
	const struct check_options *options;
	const struct report *report;
	struct store_txn *registry, *ledger;
	struct blobs blobs;
	bool no_folder;
	struct arena *work;
	/* Files that no record names; offers of one roll-out. */
	uint64_t unnamed, unnamed_bytes;
	uint64_t counts[OUTCOME_SILENT + 1], gone;
};

static void
report_image(struct image_checking *c, const struct firmware *f, const char *text)
{
	const char *fix =
	    arena_printf(c->work, "gatehouse firmware add %s FILE", f->firmware_id);

	report_finding(c->report, CHECK_ERROR,
	    (struct place_found){"firmware", f->firmware_id, fix}, "%s", text);
}

static int
check_file(struct image_checking *c, const struct firmware *f)
{
	char name[BLOB_NAME + 1];
	struct fault why = {0};
	struct blob_mark mark;
	int fd, err;

	if (!c->options->sizes_only)
		return image_verify(&c->blobs, f, c->options->progress,
			   c->options->progress_arg, &why) == E_OK
			   ? E_OK
			   : (report_image(c, f, why.text), E_OK);
	hex_encode(f->sha256.data, f->sha256.len, name);
	if ((err = blob_open(&c->blobs, name, &fd, &mark, &why)) == E_OK)
		close(fd);
	if (err == E_OK && mark.size != f->size)
		snprintf(why.text, sizeof why.text, "its file has another size");
	if (err != E_OK || mark.size != f->size)
		report_image(c, f, why.text);
	return E_OK;
}

static void
check_signatures(struct image_checking *c, const struct firmware *f)
{
	const struct firmware_signature *rows = f->signatures.rows;

	for (size_t i = 0; i < f->signatures.count; i++)
		if (f->sha512.len != SHA512_SIZE || rows[i].point.len != SIGN_POINT ||
		    sign_verify(
			rows[i].point.data, f->sha512.data, rows[i].der, NULL) != E_OK)
			report_finding(c->report, CHECK_ERROR,
			    (struct place_found){
				"firmware", f->firmware_id, "gatehouse firmware sign"},
			    "the signature by the key with CRC %08x is wrong",
			    (unsigned)rows[i].crc);
}

static int
check_image(void *arg, uint64_t serial)
{
	struct image_checking *c = arg;
	struct firmware f;
	struct arena work;
	int err;

	arena_init(&work, WORK_MEMORY);
	c->work = &work;
	err = registry_get(c->registry, &firmware_kind, serial, &work, &f);
	if (err == E_OK) {
		if (c->no_folder || f.sha256.len * 2 != BLOB_NAME)
			report_image(c, &f, "its file is missing");
		else
			err = check_file(c, &f);
		check_signatures(c, &f);
	} else if (err == E_CORRUPT || err == E_VERSION) {
		err = E_OK; /* told with the other records */
	}
	arena_clear(&work);
	return err;
}

static int
see_file(void *arg, const char name[BLOB_NAME + 1], uint64_t size)
{
	struct image_checking *c = arg;

	if (!firmware_is_named(c->registry, name)) {
		c->unnamed++;
		c->unnamed_bytes += size;
	}
	return E_OK;
}

static int
check_images(struct image_checking *c)
{
	int err = manage_blobs(c->m, false, &c->blobs, NULL);

	c->no_folder = err == E_NOTFOUND;
	if (err != E_OK && err != E_NOTFOUND)
		return E_OK; /* the check of files speaks of it */
	if ((err = registry_list(c->registry, &firmware_kind, 0, check_image, c)) !=
		E_OK ||
	    c->no_folder)
		return err;
	err = blobs_each(&c->blobs, see_file, c);
	if (c->unnamed > 0)
		report_finding(c->report, CHECK_NOTE,
		    (struct place_found){"firmware", "", "gatehouse tick"},
		    "%llu file%s that no image names (%llu bytes): gone a day after it "
		    "was last used",
		    (unsigned long long)c->unnamed, c->unnamed == 1 ? "" : "s",
		    (unsigned long long)c->unnamed_bytes);
	return err == E_PERM ? E_OK : err;
}

/* ---- the ledger ------------------------------------------------------------------------ */

static int
count_offer(void *arg, const struct rollout_offer *offer)
{
	struct image_checking *c = arg;
	struct span record;
	uint8_t key[8];

	c->counts[offer->outcome]++;
	wire_key64(key, offer->serial);
	if (store_get(c->registry, TABLE_GATEWAY, span_of(key, 8), &record) ==
	    E_NOTFOUND)
		c->gone++;
	return E_OK;
}

static void
compare_counts(
    struct image_checking *c, const struct rollout *r, const struct rollout_state *s)
{
	struct place_found where = {"rollout", r->rollout_id, ""};

	if (s->offered != c->counts[OUTCOME_OFFERED] ||
	    s->updated != c->counts[OUTCOME_UPDATED] ||
	    s->failed != c->counts[OUTCOME_FAILED] ||
	    s->silent != c->counts[OUTCOME_SILENT])
		report_finding(c->report, CHECK_WARNING, where,
		    "its counts (%llu offered, %llu updated, %llu failed, %llu silent) "
		    "are not those of its rows (%llu, %llu, %llu, %llu)",
		    (unsigned long long)s->offered, (unsigned long long)s->updated,
		    (unsigned long long)s->failed, (unsigned long long)s->silent,
		    (unsigned long long)c->counts[OUTCOME_OFFERED],
		    (unsigned long long)c->counts[OUTCOME_UPDATED],
		    (unsigned long long)c->counts[OUTCOME_FAILED],
		    (unsigned long long)c->counts[OUTCOME_SILENT]);
	if (s->status == ROLLOUT_PAUSED)
		report_finding(
		    c->report, CHECK_NOTE, where, "is paused: %.300s", s->why);
	if (c->gone > 0)
		report_finding(c->report, CHECK_NOTE, where,
		    "%llu of its rows are of gateways that are gone",
		    (unsigned long long)c->gone);
}

static void
check_rollout(struct image_checking *c, uint64_t serial)
{
	struct place_found where = {"ledger", "", ""};
	struct rollout_state state;
	struct rollout r;
	int err = registry_get(c->registry, &rollout_kind, serial, c->work, &r);

	where.subject = arena_printf(c->work, "#%llu", (unsigned long long)serial);
	if (err == E_NOTFOUND) {
		where.fix = "gatehouse tick";
		report_finding(
		    c->report, CHECK_NOTE, where, "rows of a roll-out that is gone");
	}
	if (err != E_OK)
		return;
	memset(c->counts, 0, sizeof c->counts);
	c->gone = 0;
	err = rollout_state_get(c->ledger, serial, c->work, &state);
	if (err == E_OK)
		err = rollout_offers(c->ledger, serial, 0, count_offer, c);
	where.subject = r.rollout_id;
	if (err != E_OK)
		report_finding(c->report, CHECK_ERROR, where,
		    "a row of this roll-out is damaged: %s", err_text(err));
	else
		compare_counts(c, &r, &state);
}

static int
check_rollouts(struct image_checking *c)
{
	struct store_cursor *cursor;
	struct span k, v;
	struct arena work;
	int err = store_cursor_open(c->ledger, LEDGER_ROLLOUT, &cursor);

	if (err != E_OK)
		return err;
	err = store_cursor_seek(cursor, span_of(NULL, 0), &k, &v);
	while (err == E_OK) {
		arena_init(&work, WORK_MEMORY);
		c->work = &work;
		if (k.len == 8)
			check_rollout(c, wire_unkey64(k.data));
		arena_clear(&work);
		err = store_cursor_next(cursor, &k, &v);
	}
	store_cursor_close(cursor);
	return err == E_NOTFOUND ? E_OK : err;
}

int
firmware_check(struct manage *m, const struct check_options *options,
    const struct report *report, struct store_txn *registry, struct store_txn *ledger)
{
	struct image_checking c = {.m = m,
	    .options = options,
	    .report = report,
	    .registry = registry,
	    .ledger = ledger};
	int err = check_images(&c);

	return err == E_OK ? check_rollouts(&c) : err;
}
