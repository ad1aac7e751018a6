/*
 *	publish DATA COMMAND...		makes firmware records and files in a data folder
 *
 *	image ID FAMILY FILE		station or kickstarter
 *	remove ID			the record of an image and of its release
 *	release ID IMAGE		its version is its ID
 *	channel ID RELEASE|-		for its Kickstarters
 *	rollout ID CHANNEL RELEASE
 *	state ROLLOUT STATUS PERCENT	draft, running, paused, aborted or finished
 *	offers ROLLOUT			prints how many gateways were offered it
 *	hex LINES SEED			prints Intel HEX, 44 bytes a line and 12 at the end
 *	loop CHANNEL PREFIX END		a new image, release and channel, again and again,
 *					until there is a file END; a line for each
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/log.h"
#include "base/number.h"
#include "firmware/image.h"
#include "registry/data.h"
#include "registry/firmware.h"
#include "registry/registry.h"
#include "registry/rollout.h"

#define LINE_BYTES 16
#define WAIT_MS 10000

static struct data data;
static struct arena arena;

static void __attribute__((noreturn)) die(const char *what, const struct fault *fault)
{
	fprintf(stderr, "publish: %s: %s\n", what,
	    fault != NULL && fault->text[0] != '\0' ? fault->text : "failed");
	exit(1);
}

/* ---- records ------------------------------------------------------------------------------ */

/* One record that is looked for by its ID and changed, or made. */
struct change {
	const struct record_kind *kind;
	const char *id;
	void *record;
	int (*edit)(struct store_txn *txn, void *record, void *arg);
	void *arg;
	bool remove;
	struct fault fault;
};

static int
change_in(struct store_txn *txn, void *arg)
{
	struct change *c = arg;
	int err = registry_find_id(txn, c->kind, c->id, &arena, c->record);

	if (c->remove)
		return err == E_OK ? registry_remove(
					 txn, c->kind, *(uint64_t *)c->record, &arena)
				   : err;
	if (err == E_NOTFOUND) {
		record_init(c->kind, c->record);
		*(const char **)field_at(field_by_number(c->kind, 1), c->record) =
		    c->id;
		err = registry_next_serial(txn, c->record);
	}
	if (err == E_OK)
		err = c->edit(txn, c->record, c->arg);
	return err == E_OK ? registry_put(txn, c->kind, c->record, &arena, &c->fault)
			   : err;
}

static void
change(const struct record_kind *kind, const char *id, void *record,
    int (*edit)(struct store_txn *txn, void *record, void *arg), void *arg)
{
	struct change c = {kind, id, record, edit, arg, edit == NULL, {0}};

	if (store_update(data.registry, WAIT_MS, change_in, &c) != E_OK)
		die(id, &c.fault);
}

static int
serial_of(struct store_txn *txn, const struct record_kind *kind, const char *id,
    uint64_t *serial)
{
	*serial = 0;
	return registry_find_serial(txn, kind, 1, span_str(id), serial);
}

/* ---- images ----------------------------------------------------------------------------------- */

struct adding {
	const char *id;
	enum firmware_family family;
	const struct image_digests *digests;
};

static int
edit_image(struct store_txn *txn, void *record, void *arg)
{
	const struct adding *a = arg;
	struct firmware *f = record;

	(void)txn;
	f->family = (int)a->family;
	f->sha256 = span_of(a->digests->sha256, sizeof a->digests->sha256);
	f->sha512 = span_of(a->digests->sha512, sizeof a->digests->sha512);
	f->size = a->digests->size;
	return E_OK;
}

static int
add_record(void *arg, const struct image_digests *digests)
{
	struct adding *a = arg;
	struct firmware firmware;

	a->digests = digests;
	change(&firmware_kind, a->id, &firmware, edit_image, a);
	return E_OK;
}

static void
add_image(const char *id, const char *family, int fd)
{
	struct adding a = {.id = id,
	    .family = strcmp(family, "station") == 0 ? FIRMWARE_STATION
						     : FIRMWARE_KICKSTARTER};
	struct image_digests digests;
	struct fault fault = {0};
	struct blobs blobs;
	char path[1100];

	snprintf(path, sizeof path, "%s/blobs", data.path);
	if (blobs_open(path, true, &blobs, &fault) != E_OK ||
	    image_add(&blobs, fd, a.family, NULL, NULL, &digests, add_record, &a,
		&fault) != E_OK)
		die(id, &fault);
}

static int
edit_release(struct store_txn *txn, void *record, void *image)
{
	struct release *r = record;

	r->version = r->release_id;
	return serial_of(txn, &firmware_kind, image, &r->firmware);
}

static int
edit_channel(struct store_txn *txn, void *record, void *release)
{
	struct channel *c = record;

	c->kickstarter = 0;
	if (strcmp(release, "-") == 0)
		return E_OK;
	return serial_of(txn, &release_kind, release, &c->kickstarter);
}

static int
edit_rollout(struct store_txn *txn, void *record, void *words)
{
	char **w = words;
	struct rollout *r = record;
	int err = serial_of(txn, &channel_kind, w[0], &r->channel);

	r->attempts = ROLLOUT_ATTEMPTS;
	r->downloads = ROLLOUT_DOWNLOADS;
	r->minimum_rate = ROLLOUT_MINIMUM_RATE;
	return err == E_OK ? serial_of(txn, &release_kind, w[1], &r->release) : err;
}

static void
release_image(const char *release, char *image)
{
	struct release record;

	change(&release_kind, release, &record, edit_release, image);
}

static void
set_channel(const char *channel, char *release)
{
	struct channel record;

	change(&channel_kind, channel, &record, edit_channel, release);
}

/* ---- the ledger ------------------------------------------------------------------------------- */

static uint64_t
find_rollout(const char *id)
{
	struct store_txn *txn;
	uint64_t serial = 0;

	if (store_read_begin(data.registry, &txn) != E_OK ||
	    serial_of(txn, &rollout_kind, id, &serial) != E_OK)
		die(id, NULL);
	store_read_end(txn);
	return serial;
}

struct moving {
	uint64_t rollout;
	int status;
	double percentage;
};

static int
move_in(struct store_txn *ledger, void *arg)
{
	const struct moving *m = arg;
	struct rollout_state state;
	int err = rollout_state_get(ledger, m->rollout, &arena, &state);

	if (err != E_OK)
		return err;
	state.serial = m->rollout;
	state.status = m->status;
	state.percentage = m->percentage;
	return rollout_state_put(ledger, &state);
}

static void
move(const char *rollout, const char *status, const char *percentage)
{
	static const char *const names[] = {
	    "draft", "running", "paused", "aborted", "finished"};
	struct moving m = {
	    .rollout = find_rollout(rollout), .percentage = strtod(percentage, NULL)};

	while (m.status < 4 && strcmp(names[m.status], status) != 0)
		m.status++;
	if (store_update(data.ledger, WAIT_MS, move_in, &m) != E_OK)
		die(rollout, NULL);
}

static void
show_offers(const char *rollout)
{
	struct rollout_state state;
	struct store_txn *txn;
	uint64_t serial = find_rollout(rollout);

	if (store_read_begin(data.ledger, &txn) != E_OK ||
	    rollout_state_get(txn, serial, &arena, &state) != E_OK)
		die(rollout, NULL);
	store_read_end(txn);
	printf("%llu\n", (unsigned long long)state.offered);
}

/* ---- Intel HEX ---------------------------------------------------------------------------------- */

static void
put_line(FILE *to, const uint8_t *bytes, size_t n)
{
	char digits[2 * (LINE_BYTES + 4) + 1];
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += bytes[i];
	hex_encode(bytes, n, digits);
	fprintf(to, ":%s%02x\n", digits, (0x100 - (sum & 0xff)) & 0xff);
}

static void
put_hex(FILE *to, unsigned long lines, unsigned long seed)
{
	uint8_t line[LINE_BYTES + 4] = {LINE_BYTES}, end[4] = {0, 0, 0, 1};

	for (unsigned long i = 0; i < lines; i++) {
		line[1] = (uint8_t)(i >> 4);
		line[2] = (uint8_t)(i << 4);
		for (size_t j = 0; j < LINE_BYTES; j++)
			line[4 + j] = (uint8_t)(seed >> (j % 4 * 8));
		put_line(to, line, sizeof line);
	}
	put_line(to, end, sizeof end);
}

/* Each of another size; the image before the last one loses its records, its file stays for
 * the collector's day. */
static void
publish_loop(const char *channel, const char *prefix, const char *end)
{
	char id[40], gone[40];
	unsigned n = 0;

	/* Whoever wants no more of them may have gone. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (; access(end, F_OK) != 0; n++) {
		FILE *file = tmpfile();
		struct release release;
		struct firmware firmware;

		if (file == NULL)
			die("tmpfile", NULL);
		put_hex(file, 100 + n % 50 * 100, 1000 + n);
		fflush(file);
		rewind(file);
		snprintf(id, sizeof id, "%s-%u", prefix, n);
		add_image(id, "kickstarter", fileno(file));
		fclose(file);
		release_image(id, id);
		set_channel(channel, id);
		if (n >= 1) {
			snprintf(gone, sizeof gone, "%s-%u", prefix, n - 1);
			change(&release_kind, gone, &release, NULL, NULL);
			change(&firmware_kind, gone, &firmware, NULL, NULL);
		}
		arena_reset(&arena);
		puts(id);
		fflush(stdout);
		usleep(2000);
	}
}

/* ---- all ---------------------------------------------------------------------------------------- */

static void
run(int count, char **w)
{
	struct release release;
	struct firmware firmware;
	struct rollout rollout;
	int fd;

	if (count == 4 && strcmp(w[0], "image") == 0) {
		if ((fd = open(w[3], O_RDONLY)) < 0)
			die(w[3], NULL);
		add_image(w[1], w[2], fd);
		close(fd);
	} else if (count == 2 && strcmp(w[0], "remove") == 0) {
		change(&release_kind, w[1], &release, NULL, NULL);
		change(&firmware_kind, w[1], &firmware, NULL, NULL);
	} else if (count == 3 && strcmp(w[0], "release") == 0) {
		release_image(w[1], w[2]);
	} else if (count == 3 && strcmp(w[0], "channel") == 0) {
		set_channel(w[1], w[2]);
	} else if (count == 4 && strcmp(w[0], "rollout") == 0) {
		change(&rollout_kind, w[1], &rollout, edit_rollout, w + 2);
	} else if (count == 4 && strcmp(w[0], "state") == 0) {
		move(w[1], w[2], w[3]);
	} else if (count == 2 && strcmp(w[0], "offers") == 0) {
		show_offers(w[1]);
	} else if (count == 3 && strcmp(w[0], "hex") == 0) {
		put_hex(stdout, strtoul(w[1], NULL, 10), strtoul(w[2], NULL, 10));
	} else if (count == 4 && strcmp(w[0], "loop") == 0) {
		publish_loop(w[1], w[2], w[3]);
	} else {
		die("what?", NULL);
	}
}

int
main(int argc, char **argv)
{
	struct data_options options = {.path = argc > 1 ? argv[1] : ""};
	struct fault fault = {0};

	log_open("publish", LOG_STDERR, LOG_WARN);
	if (argc < 3 || data_open(&options, &data, &fault) != E_OK)
		die("usage: publish DATA COMMAND...", &fault);
	arena_init(&arena, 64 << 20);
	run(argc - 2, argv + 2);
	arena_clear(&arena);
	data_close(&data);
	return 0;
}
