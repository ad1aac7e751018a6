/* Images, signatures by hand, and how far roll-outs are. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/crc.h"
#include "base/hex.h"
#include "base/number.h"
#include "firmware/image.h"
#include "firmware/rollout.h"
#include "tests/lib/fleet.h"

/* ---- images --------------------------------------------------------------------------------- */

struct adding {
	struct fleet *f;
	const char *id;
	struct firmware_signature signatures[FIRMWARE_SIGNATURES_MAX];
	size_t count;
	struct firmware firmware;
};

static int
put_in(struct store_txn *registry, void *arg)
{
	struct adding *a = arg;
	int err = registry_next_serial(registry, &a->firmware.serial);

	return err == E_OK ? registry_put(registry, &firmware_kind, &a->firmware,
				 &a->f->arena, &a->f->m.fault)
			   : err;
}

static int
put(void *arg, const struct image_digests *digests)
{
	struct adding *a = arg;
	struct firmware *firmware = &a->firmware;

	record_init(&firmware_kind, firmware);
	firmware->firmware_id = a->id;
	firmware->sha256 = span_of(digests->sha256, 32);
	firmware->sha512 = span_of(digests->sha512, 64);
	firmware->size = digests->size;
	firmware->signatures = (struct record_rows){a->signatures, a->count};
	return store_update(a->f->data.registry, 5000, put_in, a);
}

/* Pairs of files: the 64 bytes of a key's point, a signature. */
static int
read_signatures(struct adding *a, char **words, size_t count)
{
	int err = E_OK;

	for (size_t i = 0; i + 1 < count && err == E_OK; i += 2) {
		struct firmware_signature *s = &a->signatures[a->count++];

		s->signed_at = a->f->m.now;
		err = fleet_file(a->f, words[i], &s->point);
		if (err == E_OK)
			err = fleet_file(a->f, words[i + 1], &s->der);
		s->crc = crc32_of(s->point);
	}
	return err;
}

static int
open_blobs(struct fleet *f, struct blobs *blobs)
{
	char path[1100];

	snprintf(path, sizeof path, "%s/blobs", f->data.path);
	return blobs_open(path, true, blobs, &f->m.fault);
}

int
fleet_image(struct fleet *f, char **words, size_t count)
{
	struct adding adding = {.f = f, .id = words[0]};
	struct image_digests digests;
	struct blobs blobs;
	int fd, err;

	if (count > 2 + 2 * FIRMWARE_SIGNATURES_MAX)
		return E_TOOBIG;
	if ((err = read_signatures(&adding, words + 2, count - 2)) != E_OK ||
	    (err = open_blobs(f, &blobs)) != E_OK)
		return err;
	if ((fd = open(words[1], O_RDONLY)) < 0)
		return E_NOTFOUND;
	err = image_add(&blobs, fd, FIRMWARE_STATION, NULL, NULL, &digests, put,
	    &adding, &f->m.fault);
	close(fd);
	return err;
}

int
fleet_image_file(struct fleet *f, char **words, size_t count)
{
	struct firmware firmware;
	char name[BLOB_NAME + 1];
	int err = manage_get(&f->m, &firmware_kind, words[0], &firmware);

	(void)count;
	if (err != E_OK)
		return err;
	hex_encode(firmware.sha256.data, 32, name);
	printf("%s/blobs/%.2s/%s\n", f->data.path, name, name);
	return E_OK;
}

/* ---- roll-outs -------------------------------------------------------------------------------- */

static const char *const statuses[] = {
    "draft", "running", "paused", "aborted", "finished"};

struct moving {
	struct fleet *f;
	uint64_t serial;
	int status;
	double percentage;
};

static int
move(struct store_txn *ledger, void *arg)
{
	struct moving *m = arg;
	struct rollout_state s;
	int err = rollout_state_get(ledger, m->serial, &m->f->arena, &s);

	if (err != E_OK)
		return err;
	if (s.started_at == 0)
		s.started_at = m->f->m.now;
	if (s.status == ROLLOUT_PAUSED && m->status == ROLLOUT_RUNNING) {
		rollout_forgive(&s);
	}
	s.status = m->status;
	s.why = "";
	s.changed_at = m->f->m.now;
	s.percentage = m->percentage;
	return rollout_state_put(ledger, &s);
}

int
fleet_rollout(struct fleet *f, char **words, size_t count)
{
	struct moving m = {.f = f, .status = -1};
	struct rollout rollout;
	int err = manage_get(&f->m, &rollout_kind, words[0], &rollout);

	(void)count;
	for (int i = 0; i < 5; i++)
		if (strcmp(words[1], statuses[i]) == 0)
			m.status = i;
	if (err == E_OK &&
	    (m.status < 0 || !number_double(span_str(words[2]), &m.percentage)))
		return fault_set(&f->m.fault, E_INVALID, "rollout", "%s", words[1]);
	m.serial = rollout.serial;
	return err == E_OK ? store_update(f->data.ledger, 5000, move, &m) : err;
}

/* Its status and counts; with a gateway what became of that one, too. */
int
fleet_rollout_state(struct fleet *f, char **words, size_t count)
{
	static const char *const outcomes[] = {
	    "none", "offered", "updated", "failed", "silent"};
	struct rollout rollout;
	struct rollout_state s;
	struct rollout_offer offer;
	struct gateway gateway = {.serial = 0};
	struct store_txn *txn;
	int err = manage_get(&f->m, &rollout_kind, words[0], &rollout);

	if (err == E_OK && count > 1)
		err = manage_get(&f->m, &gateway_kind, words[1], &gateway);
	if (err != E_OK || (err = store_read_begin(f->data.ledger, &txn)) != E_OK)
		return err;
	err = rollout_state_get(txn, rollout.serial, &f->arena, &s);
	if (err == E_OK)
		err = rollout_offer_get(txn, rollout.serial, gateway.serial, &offer);
	store_read_end(txn);
	if (err != E_OK)
		return err;
	printf("%s %g offered %llu updated %llu failed %llu silent %llu\n",
	    statuses[s.status], s.percentage, (unsigned long long)s.offered,
	    (unsigned long long)s.updated, (unsigned long long)s.failed,
	    (unsigned long long)s.silent);
	if (count > 1)
		printf("%s: %s, %llu\n", words[1], outcomes[offer.outcome],
		    (unsigned long long)offer.offers);
	return E_OK;
}
