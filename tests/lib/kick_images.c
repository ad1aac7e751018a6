#include "tests/lib/kick_images.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "crypto/digest.h"
#include "manage/plan.h"

#define LINE_BYTES 16

/* ---- bytes ------------------------------------------------------------------------------ */

static void
put_line(struct strbuf *out, const uint8_t *bytes, size_t n)
{
	char digits[2 * (LINE_BYTES + 4) + 1];
	uint8_t sum[1] = {0};

	for (size_t i = 0; i < n; i++)
		sum[0] = (uint8_t)(sum[0] - bytes[i]);
	hex_encode(bytes, n, digits);
	strbuf_printf(out, ":%s", digits);
	hex_encode(sum, 1, digits);
	strbuf_printf(out, "%s\n", digits);
}

struct span
hex_image(struct arena *arena, unsigned seed, size_t lines)
{
	static const uint8_t end[] = {0, 0, 0, 1};
	uint8_t line[LINE_BYTES + 4] = {LINE_BYTES};
	struct strbuf out;
	struct span text;

	strbuf_init(&out, 16 << 20);
	for (size_t i = 0; i < lines; i++) {
		line[1] = (uint8_t)(i >> 4);
		line[2] = (uint8_t)(i << 4);
		for (size_t j = 0; j < LINE_BYTES; j++)
			line[4 + j] = (uint8_t)(seed >> (j % 4 * 8));
		put_line(&out, line, sizeof line);
	}
	put_line(&out, end, sizeof end);
	assert_int_equal(out.err, E_OK);
	text = span_of(arena_dup(arena, strbuf_span(&out)), out.len);
	strbuf_clear(&out);
	assert_non_null(text.data);
	return text;
}

void
image_name(struct span bytes, char name[BLOB_NAME + 1])
{
	uint8_t digest[SHA256_SIZE];

	assert_int_equal(sha256(bytes, digest), E_OK);
	hex_encode(digest, sizeof digest, name);
}

const char *
image_path(struct fixture *f, struct span bytes)
{
	char name[BLOB_NAME + 1], *path;

	image_name(bytes, name);
	path = arena_printf(&f->arena, "%s/blobs/%.2s/%s", f->path, name, name);
	assert_non_null(path);
	return path;
}

/* ---- records ------------------------------------------------------------------------------ */

struct putting {
	struct fixture *f;
	const struct record_kind *kind;
	void *record;
	bool add, remove;
};

/* The serial number is the first member. */
static int
put_in(struct store_txn *txn, void *arg)
{
	struct putting *p = arg;
	uint64_t *serial = p->record;
	struct fault fault = {0};
	int err;

	if (p->remove)
		return registry_remove(txn, p->kind, *serial, &p->f->arena);
	if (p->add && (err = registry_next_serial(txn, serial)) != E_OK)
		return err;
	err = registry_put(txn, p->kind, p->record, &p->f->arena, &fault);
	if (err != E_OK)
		fail_msg("%s: %s", fault.field, fault.text);
	return E_OK;
}

static uint64_t
put(struct fixture *f, const struct record_kind *kind, void *record)
{
	struct putting p = {f, kind, record, *(uint64_t *)record == 0, false};

	assert_int_equal(store_update(f->data.registry, 1000, put_in, &p), E_OK);
	return *(uint64_t *)record;
}

static int
accept_digests(void *arg, const struct image_digests *digests)
{
	struct image_digests *kept = arg;

	*kept = *digests;
	return E_OK;
}

static void
store_file(struct fixture *f, enum firmware_family family, struct span bytes,
    struct image_digests *kept)
{
	char path[] = "/tmp/gh-test-image-XXXXXX";
	struct image_digests digests;
	struct fault fault = {0};
	struct blobs blobs;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	assert_int_equal(write(fd, bytes.data, bytes.len), bytes.len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(
	    blobs_open(fixture_path(f, "data/blobs"), true, &blobs, &fault), E_OK);
	if (image_add(&blobs, fd, family, NULL, NULL, &digests, accept_digests, kept,
		&fault) != E_OK)
		fail_msg("%s", fault.text);
	close(fd);
}

uint64_t
add_image(
    struct fixture *f, const char *id, enum firmware_family family, struct span bytes)
{
	struct image_digests kept;
	struct firmware record;

	store_file(f, family, bytes, &kept);
	record_init(&firmware_kind, &record);
	record.firmware_id = id;
	record.family = (int)family;
	record.sha256 = span_of(kept.sha256, sizeof kept.sha256);
	record.sha512 = span_of(kept.sha512, sizeof kept.sha512);
	record.size = kept.size;
	return put(f, &firmware_kind, &record);
}

void
remove_image(struct fixture *f, uint64_t image)
{
	struct putting p = {f, &firmware_kind, &image, false, true};

	assert_int_equal(store_update(f->data.registry, 1000, put_in, &p), E_OK);
}

void
add_shipped_plans(struct fixture *f)
{
	const char *top = getenv("top_srcdir");
	struct plan_importing how = {.shipped = true};
	struct import_result result;
	struct plan_files files;
	char path[1024];

	snprintf(
	    path, sizeof path, "%s/share/frequency-plans", top != NULL ? top : ".");
	done(f, plan_files_read(&f->arena, path, NULL, &files, &f->manage.fault));
	done(f, manage_plan_import(worker(f), &files, &how, &result));
}

uint64_t
add_release(struct fixture *f, const char *id, uint64_t image)
{
	struct release record;

	record_init(&release_kind, &record);
	record.release_id = id;
	record.version = id;
	record.firmware = image;
	return put(f, &release_kind, &record);
}

uint64_t
set_channel(struct fixture *f, const char *id, uint64_t release)
{
	struct channel record;
	struct store_txn *txn;
	int err;

	assert_int_equal(store_read_begin(f->data.registry, &txn), E_OK);
	err = registry_find_id(txn, &channel_kind, id, &f->arena, &record);
	store_read_end(txn);
	if (err != E_OK)
		record_init(&channel_kind, &record);
	record.channel_id = id;
	record.kickstarter = release;
	return put(f, &channel_kind, &record);
}

uint64_t
add_rollout(struct fixture *f, const char *id, uint64_t channel, uint64_t release)
{
	struct rollout record;

	record_init(&rollout_kind, &record);
	record.rollout_id = id;
	record.channel = channel;
	record.release = release;
	record.attempts = ROLLOUT_ATTEMPTS;
	record.downloads = ROLLOUT_DOWNLOADS;
	record.minimum_rate = ROLLOUT_MINIMUM_RATE;
	return put(f, &rollout_kind, &record);
}

/* ---- the ledger ---------------------------------------------------------------------------- */

struct moving {
	struct fixture *f;
	uint64_t rollout;
	enum rollout_status status;
	double percentage;
};

static int
move_in(struct store_txn *ledger, void *arg)
{
	const struct moving *m = arg;
	struct rollout_state state;
	int err = rollout_state_get(ledger, m->rollout, &m->f->arena, &state);

	if (err != E_OK)
		return err;
	state.serial = m->rollout;
	state.status = (int)m->status;
	state.percentage = m->percentage;
	return rollout_state_put(ledger, &state);
}

void
set_rollout(
    struct fixture *f, uint64_t rollout, enum rollout_status status, double percentage)
{
	struct moving m = {f, rollout, status, percentage};

	assert_int_equal(store_update(f->data.ledger, 1000, move_in, &m), E_OK);
}

struct rollout_state
rollout_now(struct fixture *f, uint64_t rollout)
{
	struct rollout_state state;
	struct store_txn *txn;

	assert_int_equal(store_read_begin(f->data.ledger, &txn), E_OK);
	assert_int_equal(rollout_state_get(txn, rollout, &f->arena, &state), E_OK);
	store_read_end(txn);
	return state;
}

struct rollout_offer
offer_now(struct fixture *f, uint64_t rollout, uint64_t gateway)
{
	struct rollout_offer offer;
	struct store_txn *txn;

	assert_int_equal(store_read_begin(f->data.ledger, &txn), E_OK);
	assert_int_equal(rollout_offer_get(txn, rollout, gateway, &offer), E_OK);
	store_read_end(txn);
	return offer;
}
