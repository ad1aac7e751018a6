#include "manage/firmware_care.h"

#include <stdio.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/wire.h"
#include "firmware/tend.h"
#include "manage/release.h"
#include "manage/rollout.h"

#define CHANGES_MAX 64 /* roll-outs of one run whose changes are noted */
#define WORK_MEMORY (4 << 20)

/* ---- roll-outs and time -------------------------------------------------------------- */

struct tending {
	struct manage *m;
	struct ticked *done;
	const struct rollout *rollout; /* the one that is looked at */
	bool awaited;		       /* its gateways report what they run */
	struct rollout_state before, after;
	bool changed, more;
	struct changed {
		struct rollout rollout;
		struct rollout_state state;
	} changes[CHANGES_MAX];
	size_t count;
	struct arena *arena;
};

static int
tend_in(struct store_txn *ledger, void *arg)
{
	struct tending *t = arg;
	int err = rollout_state_get(ledger, t->rollout->serial, t->arena, &t->before);

	t->after = t->before;
	if (err == E_OK && t->awaited)
		return rollout_tend(ledger, t->rollout, t->m->now, t->arena, &t->after,
		    &t->changed, &t->more);
	t->more = false;
	t->changed = err == E_OK && rollout_advance(t->rollout, t->m->now, &t->after);
	return t->changed ? rollout_state_put(ledger, &t->after) : err;
}

/* A Kickstarter reports nothing, so it never falls silent and pauses nothing. */
static int
look_whom(struct store_txn *txn, struct arena *arena, struct tending *t)
{
	struct release release;
	struct firmware firmware = {0};
	int err =
	    registry_get(txn, &release_kind, t->rollout->release, arena, &release);

	if (err == E_OK)
		err = registry_get(
		    txn, &firmware_kind, release.firmware, arena, &firmware);
	t->awaited = err != E_OK || firmware.family != FIRMWARE_KICKSTARTER;
	return err == E_NOMEM || err == E_IO ? err : E_OK;
}

static bool
paused_itself(const struct rollout_state *s)
{
	return s->status == ROLLOUT_PAUSED && s->noted_status != ROLLOUT_PAUSED;
}

/* What nobody has been told of yet: done here, or at a request since the last time. */
static int
keep_change(struct tending *t)
{
	struct changed *c = &t->changes[t->count];
	const struct rollout_state *s = &t->after;
	bool stepped = s->status != ROLLOUT_DRAFT && s->status != ROLLOUT_ABORTED &&
		       s->status != ROLLOUT_FINISHED &&
		       s->percentage > s->noted_percentage;

	if ((!stepped && !paused_itself(s)) || t->count == CHANGES_MAX)
		return E_OK;
	t->done->rollout_steps += stepped;
	t->done->rollouts_paused += paused_itself(s);
	c->state = *s;
	t->count++;
	return record_copy(&rollout_kind, t->rollout, t->arena, &c->rollout);
}

static int
tend(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	struct tending *t = arg;
	int err;

	t->rollout = record;
	if ((err = look_whom(txn, m->arena, t)) != E_OK)
		return err;
	do {
		err = store_update(m->data->ledger, m->wait_ms, tend_in, t);
		if (err == E_OK && t->after.silent > t->before.silent)
			t->done->gateways_silent += t->after.silent - t->before.silent;
	} while (err == E_OK && t->more);
	return err == E_OK ? keep_change(t) : err;
}

static int
note_changes(struct manage *m, struct store_txn *txn, void *arg)
{
	const struct tending *t = arg;
	int err = E_OK;

	for (size_t i = 0; err == E_OK && i < t->count; i++) {
		const struct changed *c = &t->changes[i];

		err = manage_note_of_in(m, txn,
		    paused_itself(&c->state) ? "pause" : "step", &rollout_kind,
		    &c->rollout, rollout_note(m, &c->state));
	}
	return err;
}

/* They stand in the audit log now. What has happened since has not. */
static int
mark_noted(struct store_txn *ledger, void *arg)
{
	const struct tending *t = arg;
	struct rollout_state s;
	int err = E_OK;

	for (size_t i = 0; err == E_OK && i < t->count; i++) {
		const struct rollout_state *noted = &t->changes[i].state;

		err = rollout_state_get(ledger, noted->serial, t->arena, &s);
		s.noted_status = noted->status;
		s.noted_percentage = noted->percentage;
		if (err == E_OK)
			err = rollout_state_put(ledger, &s);
	}
	return err;
}

static void
tell_changes(struct manage *m, const struct tending *t)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct changed *c = &t->changes[i];

		if (paused_itself(&c->state))
			manage_say(
			    m, "roll-out %s %s", c->rollout.rollout_id, c->state.why);
		else
			manage_say(m, "roll-out %s goes to %g %%",
			    c->rollout.rollout_id, c->state.percentage);
	}
}

static int
tend_all(struct manage *m, struct ticked *done)
{
	struct tending *t = arena_zalloc(m->arena, 1, sizeof *t);
	int err;

	if (t == NULL)
		return E_NOMEM;
	t->m = m;
	t->done = done;
	t->arena = m->arena;
	err = manage_list(m, &rollout_kind, 0, 0, tend, t);
	if (err == E_OK && t->count > 0)
		err = manage_update(m, note_changes, t);
	if (err == E_OK && t->count > 0)
		err = store_update(m->data->ledger, m->wait_ms, mark_noted, t);
	if (err == E_OK)
		tell_changes(m, t);
	return err;
}

/* ---- roll-outs that are gone ------------------------------------------------------------ */

/* The first roll-out after `after` that the ledger knows and the registry does not; 0. */
static int
find_orphan(struct store_txn *ledger, struct store_txn *registry, uint64_t *after)
{
	struct store_cursor *c;
	struct span k, v, record;
	uint8_t key[8];
	int err = store_cursor_open(ledger, LEDGER_ROLLOUT, &c);

	if (err != E_OK)
		return err;
	wire_key64(key, *after + 1);
	*after = 0;
	err = store_cursor_seek(c, span_of(key, 8), &k, &v);
	while (err == E_OK && *after == 0) {
		if (k.len == 8 &&
		    store_get(registry, TABLE_ROLLOUT, k, &record) == E_NOTFOUND)
			*after = wire_unkey64(k.data);
		else
			err = store_cursor_next(c, &k, &v);
	}
	store_cursor_close(c);
	return err == E_NOTFOUND ? E_OK : err;
}

static int
next_orphan(struct manage *m, uint64_t *after)
{
	struct store_txn *registry, *ledger;
	int err = store_read_begin(m->data->registry, &registry);

	if (err != E_OK)
		return err;
	if ((err = store_read_begin(m->data->ledger, &ledger)) == E_OK) {
		err = find_orphan(ledger, registry, after);
		store_read_end(ledger);
	}
	store_read_end(registry);
	return err;
}

static int
clear_orphans(struct manage *m, struct ticked *done)
{
	uint64_t at = 0;
	int err;

	while ((err = next_orphan(m, &at)) == E_OK && at != 0) {
		if ((err = rollout_forget_all(m, at)) != E_OK)
			break;
		done->rollouts_cleared++;
	}
	return err;
}

/* ---- files --------------------------------------------------------------------------------- */

struct keeping {
	struct manage *m;
	struct store_txn *txn; /* begun under the lock of the blobs */
};

static bool
is_named(struct store_txn *txn, const char *name)
{
	uint8_t sha256[32];

	return !hex_decode(span_str(name), sha256, sizeof sha256) ||
	       registry_has(txn, &firmware_kind, FIRMWARE_SHA256,
		   span_of(sha256, sizeof sha256));
}

/* In doubt a file stays. */
static bool
keep(void *arg, const char name[BLOB_NAME + 1])
{
	struct keeping *k = arg;

	if (k->txn == NULL && store_read_begin(k->m->data->registry, &k->txn) != E_OK) {
		k->txn = NULL;
		return true;
	}
	return is_named(k->txn, name);
}

static int
collect_files(struct manage *m, struct ticked *done)
{
	struct keeping k = {.m = m};
	struct blob_collected collected;
	struct blobs blobs;
	int err = manage_blobs(m, false, &blobs, &m->fault);

	if (err == E_NOTFOUND) {
		m->fault = (struct fault){0};
		return E_OK;
	}
	if (err != E_OK)
		return err;
	err = blobs_collect(
	    &blobs, m->now - FIRMWARE_KEPT, keep, &k, &collected, &m->fault);
	if (k.txn != NULL)
		store_read_end(k.txn);
	done->images_removed = collected.removed;
	done->image_bytes = collected.bytes;
	return err;
}

int
firmware_tick(struct manage *m, struct ticked *done)
{
	int err = tend_all(m, done);

	if (err == E_OK)
		err = clear_orphans(m, done);
	return err == E_OK ? collect_files(m, done) : err;
}

/* ---- checking images -------------------------------------------------------------------------- */

struct checking {
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
report_image(struct checking *c, const struct firmware *f, const char *text)
{
	const char *fix =
	    arena_printf(c->work, "gatehouse firmware add %s FILE", f->firmware_id);

	report_finding(c->report, CHECK_ERROR,
	    (struct place_found){"firmware", f->firmware_id, fix}, "%s", text);
}

static int
check_file(struct checking *c, const struct firmware *f)
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
check_signatures(struct checking *c, const struct firmware *f)
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
	struct checking *c = arg;
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
	struct checking *c = arg;

	if (!is_named(c->registry, name)) {
		c->unnamed++;
		c->unnamed_bytes += size;
	}
	return E_OK;
}

static int
check_images(struct checking *c)
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

/* ---- checking the ledger ------------------------------------------------------------------------ */

static int
count_offer(void *arg, const struct rollout_offer *offer)
{
	struct checking *c = arg;
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
    struct checking *c, const struct rollout *r, const struct rollout_state *s)
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
check_rollout(struct checking *c, uint64_t serial)
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
check_rollouts(struct checking *c)
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
	struct checking c = {.m = m,
	    .options = options,
	    .report = report,
	    .registry = registry,
	    .ledger = ledger};
	int err = check_images(&c);

	return err == E_OK ? check_rollouts(&c) : err;
}
