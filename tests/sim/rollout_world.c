#include "tests/sim/rollout_world.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "cups/cache.h"
#include "cups/firmware.h"
#include "crypto/digest.h"
#include "manage/firmware.h"

#define START INT64_C(1893456000) /* 2030-01-01 */
#define FIRST_EUI UINT64_C(0x58a0cbfffe000000)
#define KEY "key-of-the-whole-fleet"

/* ---- records --------------------------------------------------------------------------------- */

struct manage *
world_manage(struct world *w)
{
	arena_reset(&w->arena);
	w->manage.now = w->now;
	w->manage.fault = (struct fault){0};
	return &w->manage;
}

void
world_done(struct world *w, int err)
{
	char text[400];

	if (err != E_OK)
		fail_msg("%s", fault_text(&w->manage.fault, text, sizeof text));
}

static int
put_gateways(struct store_txn *txn, void *arg)
{
	struct world *w = arg;
	struct gateway g;
	int err = E_OK;

	for (size_t i = 0; i < w->count && err == E_OK; i++) {
		char id[40];

		arena_reset(&w->arena);
		record_init(&gateway_kind, &g);
		snprintf(id, sizeof id, "gw-%zu", i);
		g.gateway_id = id;
		g.eui = FIRST_EUI + i;
		g.auto_update = true;
		g.update_channel = "stable";
		if ((err = registry_next_serial(txn, &g.serial)) == E_OK)
			err = registry_put(
			    txn, &gateway_kind, &g, &w->arena, &w->manage.fault);
	}
	return err;
}

static int
put_key(struct store_txn *txn, void *arg)
{
	struct world *w = arg;
	uint8_t digest[SHA256_SIZE];
	struct key key;
	int err;

	record_init(&key_kind, &key);
	if ((err = registry_next_serial(txn, &key.serial)) != E_OK ||
	    (err = sha256(span_str(KEY), digest)) != E_OK)
		return err;
	key.key_id = "all";
	key.digest = span_of(digest, sizeof digest);
	key.rights = RIGHTS_CUPS;
	return registry_put(txn, &key_kind, &key, &w->arena, &w->manage.fault);
}

static void
add_release(struct world *w, size_t size)
{
	struct firmware_adding adding = {
	    .id = "image", .file_name = "update", .family = FIRMWARE_STATION};
	struct edit channel[] = {{"channel_id", span_str("stable")}},
		    release[] = {{"release_id", span_str("two")},
			{"firmware", span_str("image")}, {"version", span_str("v2")},
			{"unsigned", span_str("true")}};
	struct firmware stored;
	char path[100];
	bool healed;
	int fd;

	snprintf(path, sizeof path, "%s/update", w->folder);
	fd = open(path, O_RDWR | O_CREAT, 0600);
	assert_true(fd >= 0 && ftruncate(fd, (off_t)size) == 0);
	world_done(
	    w, manage_firmware_add(world_manage(w), &adding, fd, &stored, &healed));
	close(fd);
	world_done(w, manage_add(world_manage(w), &release_kind, release, 4, NULL));
	world_done(w, manage_add(world_manage(w), &channel_kind, channel, 1, NULL));
}

/* ---- the world ---------------------------------------------------------------------------------- */

void
world_open(struct world *w)
{
	struct data_options options = {.path = w->folder, .create = true};

	world_done(w, data_open(&options, &w->data, &w->manage.fault));
	w->server.cache = cups_cache_new();
	w->server.images = image_cache_new();
	w->open = true;
}

void
world_close(struct world *w)
{
	if (!w->open)
		return;
	cups_cache_free(w->server.cache);
	image_cache_free(w->server.images);
	data_close(&w->data);
	w->open = false;
}

void
world_begin(struct world *w, size_t count, size_t size)
{
	bool memory = access("/dev/shm", W_OK) == 0;

	memset(w, 0, sizeof *w);
	log_open("sim", LOG_NOWHERE, LOG_ERROR);
	snprintf(w->folder, sizeof w->folder, "%s/gatehouse-sim.XXXXXX",
	    memory ? "/dev/shm" : "/tmp");
	assert_non_null(mkdtemp(w->folder));
	arena_init(&w->arena, 256 << 20);
	arena_init(&w->request, 4 << 20);
	w->count = count;
	w->now = START;
	w->devices = mmap(NULL, count * sizeof *w->devices, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(w->devices != MAP_FAILED);
	w->policy = (struct cups_policy){.push_limit = 3,
	    .default_lns = "",
	    .cups_uri = "",
	    .update_channel = "",
	    .firmware = {.attempts = 3, .downloads = 1000, .minimum_rate = 10240}};
	w->server = (struct cups_server){.data = &w->data,
	    .write_wait_ms = 20000,
	    .streams = 16,
	    .policy = w->policy};
	w->manage = (struct manage){.data = &w->data,
	    .arena = &w->arena,
	    .actor = "test",
	    .wait_ms = 20000,
	    .policy = &w->policy};
	world_open(w);
	world_done(w, store_update(w->data.registry, 20000, put_gateways, w));
	world_done(w, store_update(w->data.registry, 20000, put_key, w));
	add_release(w, size);
}

void
world_end(struct world *w)
{
	char command[100];

	world_close(w);
	munmap(w->devices, w->count * sizeof *w->devices);
	arena_clear(&w->arena);
	arena_clear(&w->request);
	snprintf(command, sizeof command, "rm -r '%s'", w->folder);
	assert_int_equal(system(command), 0);
}

/* ---- polls ---------------------------------------------------------------------------------- */

/* The first byte leaves: from here on the station may take it, whatever becomes of us. */
static void
deliver(struct world *w, struct device *d)
{
	d->after += d->updated;
	if (d->got++ == 0)
		d->first_at = w->now;
	d->updated |= d->kind == TAKES;
	d->dead |= d->kind == DIES;
}

bool
world_poll(struct world *w, size_t i)
{
	static struct cups_exchange x;
	struct device *d = &w->devices[i];
	struct cups_call call = {.key = span_str(KEY), .address = "192.0.2.1"};
	struct strbuf answer;
	char body[400];
	bool sent;

	snprintf(body, sizeof body,
	    "{\"router\":\"58a0:cbff:%x:%x\",\"cupsUri\":\"https://cups.example:443\","
	    "\"tcUri\":null,\"cupsCredCrc\":1,\"tcCredCrc\":2,\"station\":\"2.0.6\","
	    "\"model\":\"sim\",\"package\":\"%s\",\"keys\":[]}",
	    (unsigned)(0xfe00 + (i >> 16)), (unsigned)(i & 0xffff),
	    d->updated ? "v2" : "v1");
	call.body = span_str(body);
	strbuf_init(&answer, 4096);
	arena_reset(&w->request);
	cups_exchange(&w->server, &call, w->now, &w->request, &answer, &x);
	if (x.err != E_OK)
		fail_msg("a poll is refused: %s", x.fault.text);
	sent = x.update.fd >= 0;
	assert_int_equal(answer.len, 14);
	if (sent)
		deliver(w, d);
	cups_firmware_close(&x);
	strbuf_clear(&answer);
	return sent;
}

void
world_run(struct world *w, unsigned days)
{
	for (unsigned day = 0; day < days; day++) {
		int64_t begin = w->now;

		for (size_t i = 0; i < w->count; i++) {
			w->now = begin + (int64_t)i * DAY / (int64_t)w->count;
			if (!w->devices[i].dead)
				world_poll(w, i);
		}
		w->now = begin + DAY;
	}
}

/* ---- the operator ------------------------------------------------------------------------------ */

void
world_rollout(struct world *w, const struct edit *edits, size_t count)
{
	struct edit all[16] = {{"rollout_id", span_str("out")},
	    {"release", span_str("two")}, {"channel", span_str("stable")}};

	assert_true(count <= COUNT(all) - 3);
	if (count > 0)
		memcpy(all + 3, edits, count * sizeof *edits);
	world_done(w, manage_rollout_create(world_manage(w), all, count + 3));
}

void
world_act(struct world *w, enum rollout_action action, double percentage)
{
	struct rollout_act act = {.action = action, .percentage = percentage};
	struct rollout_state after;

	world_done(w, manage_rollout_act(world_manage(w), "out", &act, &after));
}

static uint64_t
serial_of(struct world *w)
{
	struct rollout rollout;

	world_done(w, manage_get(world_manage(w), &rollout_kind, "out", &rollout));
	return rollout.serial;
}

struct rollout_state
world_state(struct world *w)
{
	uint64_t serial = serial_of(w);
	struct rollout_state state;
	struct store_txn *txn;

	world_done(w, store_read_begin(w->data.ledger, &txn));
	world_done(w, rollout_state_get(txn, serial, &w->arena, &state));
	store_read_end(txn);
	return state;
}

struct rollout_offer
world_offer(struct world *w, size_t i)
{
	uint64_t serial = serial_of(w);
	struct rollout_offer offer;
	struct gateway g;
	struct store_txn *txn;
	char id[40];

	snprintf(id, sizeof id, "gw-%zu", i);
	world_done(w, manage_get(&w->manage, &gateway_kind, id, &g));
	world_done(w, store_read_begin(w->data.ledger, &txn));
	world_done(w, rollout_offer_get(txn, serial, g.serial, &offer));
	store_read_end(txn);
	return offer;
}
