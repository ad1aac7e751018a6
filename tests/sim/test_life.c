/*
 * Gateways over weeks of virtual time: from the factory through everything that operators
 * do to them. Whatever happens they must not get stuck, nor be sent one thing more often
 * than the limit, nor lose a key that they may still need.
 */
#include "tests/unit/unit.h"

#include <stdio.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/crc.h"
#include "base/eui.h"
#include "base/log.h"
#include "crypto/random.h"
#include "crypto/sign.h"
#include "manage/firmware.h"
#include "manage/rollout.h"
#include "tests/sim/station.h"

#define START 1767225600 /* 2026-01-01 */
#define WEEK (7 * DAY)

struct scene {
	char folder[64];
	struct data data;
	struct world world;
	struct arena arena;
	struct manage manage;
	struct station *stations;
	size_t count;
};

/* ---- the operator's side ------------------------------------------------------------------- */

static void
done(struct scene *s, int err)
{
	char text[400];

	if (err != E_OK)
		fail_msg("%s", fault_text(&s->manage.fault, text, sizeof text));
}

static struct manage *
operator(struct scene *s)
{
	arena_reset(&s->arena);
	s->manage.now = s->world.now;
	return &s->manage;
}

static void
set(struct scene *s, const struct record_kind *kind, const char *id, const char *field,
    const char *value)
{
	struct edit edit = {field, span_str(value)};

	done(s, manage_set(operator(s), kind, id, &edit, 1));
}

static int
fill_trust(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	struct trust *t = record;
	const char **about = arg;
	const char **address = arena_alloc(m->arena, sizeof *address);
	struct file *root = arena_alloc(m->arena, sizeof *root);

	(void)txn;
	*address = about[1];
	file_root(root, about[0][0]);
	t->trust_id = arena_printf(m->arena, "root-%c", about[0][0] | 32);
	t->der = span_of(root->bytes, root->len);
	t->crc = crc32_of(t->der);
	t->addresses = (struct text_list){address, about[1][0] != '\0'};
	return E_OK;
}

/* Registers root `name` for an address (without scheme). */
static void
trust(struct scene *s, const char *name, const char *address)
{
	const char *about[] = {name, address};

	done(s, manage_change(operator(s), &trust_kind, NULL, "add", fill_trust, about,
		    NULL));
}

static void
add_lns(struct scene *s, const char *id, const char *uri)
{
	struct edit edits[] = {{"lns_id", span_str(id)}, {"uri", span_str(uri)}};

	done(s, manage_add(operator(s), &lns_kind, edits, 2, NULL));
}

static void
add_gateway(struct scene *s, const char *id, uint64_t eui, const char *lns)
{
	char text[EUI_TEXT], secret[64];

	eui_format(eui, text);
	snprintf(secret, sizeof secret, "lns-key-of-%s", id);
	struct edit edits[] = {{"ids.gateway_id", span_str(id)},
	    {"ids.eui", span_str(text)}, {"lns", span_str(lns)},
	    {"lbs_lns_secret.value", span_str(secret)}};

	done(s, manage_add(operator(s), &gateway_kind, edits, 4, NULL));
}

/* A key that is put on the gateway by hand, as a bundle does; its line in `file`. */
static void
bundle_key(struct scene *s, const char *id, struct file *file)
{
	struct key_request request = {.gateway = id, .cups = true};
	struct key_made made;
	char line[200];

	done(s, manage_key_create(operator(s), &request, &made));
	snprintf(line, sizeof line, "Authorization: Bearer %s\r\n", made.plain);
	file_text(file, line);
}

static void
rotate(struct scene *s, const char *id)
{
	struct key_made made;

	done(s, manage_key_rotate(operator(s), id, &made));
}

static uint64_t
state_of(struct scene *s, const char *id, struct gateway_state *state)
{
	struct gateway g;

	done(s, manage_get(operator(s), &gateway_kind, id, &g));
	done(s, manage_gateway_state(&s->manage, &g, state));
	return state->confirmed_generation;
}

/* ---- the world -------------------------------------------------------------------------------- */

static void
add_cups_host(struct scene *s, const char *uri, char root)
{
	struct host *h = &s->world.cups[s->world.cups_count++];

	snprintf(h->uri, sizeof h->uri, "%s", uri);
	file_root(&h->root, root);
}

static void
add_lns_host(struct scene *s, const char *uri, char root, const char *line)
{
	struct lns_host *h = &s->world.lns[s->world.lns_count++];

	snprintf(h->uri, sizeof h->uri, "%s", uri);
	snprintf(h->line, sizeof h->line, "%s", line);
	file_root(&h->root, root);
}

static void
run(struct scene *s, int64_t time)
{
	world_run(&s->world, s->stations, s->count, s->world.now + time);
}

static int
setup(void **state)
{
	struct scene *s = test_calloc(1, sizeof *s);
	struct data_options options = {
	    .path = s->folder, .memory = true, .create = true};
	struct fault fault = {0};
	char ring[100];

	log_open("sim", LOG_NOWHERE, LOG_ERROR);
	snprintf(s->folder, sizeof s->folder, "/tmp/gatehouse-sim.XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	snprintf(ring, sizeof ring, "%s/seal.keys", s->folder);
	assert_int_equal(seal_create(ring, &fault), E_OK);
	assert_int_equal(data_open(&options, &s->data, &fault), E_OK);
	arena_init(&s->arena, 64 << 20);
	arena_init(&s->world.arena, 4 << 20);
	s->world.now = START;
	s->world.server = (struct cups_server){.data = &s->data,
	    .write_wait_ms = 1000,
	    .streams = 1,
	    .policy = {.allow_redirect = true,
		.update_channel = "",
		.firmware = {.attempts = 3, .downloads = 100, .minimum_rate = 1024},
		.push_limit = 3,
		.default_lns = "",
		.cups_uri = "https://cups.example:443"}};
	s->manage = (struct manage){.data = &s->data,
	    .arena = &s->arena,
	    .actor = "test",
	    .wait_ms = 1000,
	    .policy = &s->world.server.policy};
	add_cups_host(s, "https://cups.example:443", 'A');
	add_lns_host(s, "wss://lns.example:8887", 'L', "");
	trust(s, "A", "cups.example:443");
	trust(s, "L", "lns.example:8887");
	add_lns(s, "lns-one", "wss://lns.example:8887");
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct scene *s = *state;
	char command[100];

	data_close(&s->data);
	arena_clear(&s->arena);
	arena_clear(&s->world.arena);
	free(s->stations);
	snprintf(command, sizeof command, "rm -r '%s'", s->folder);
	assert_int_equal(system(command), 0);
	test_free(s);
	return 0;
}

/* Gateways gw-0000… with a bundle on them, or with factory files in PEM. */
static void
people(struct scene *s, size_t count, bool pem)
{
	s->count = count;
	s->stations = calloc(count, sizeof *s->stations);
	assert_non_null(s->stations);
	for (size_t i = 0; i < count; i++) {
		struct station *t = &s->stations[i];
		char id[24];

		snprintf(id, sizeof id, "gw-%04zu", i);
		t->eui = 0x58a0cbfffe800000 + 1 + i;
		add_gateway(s, id, t->eui, "lns-one");
		snprintf(t->cups[REGULAR].uri, 128, "https://cups.example:443");
		(pem ? file_root_pem : file_root)(&t->cups[REGULAR].trust, 'A');
		bundle_key(s, id, &t->cups[REGULAR].key);
		t->next_poll = START + (int64_t)(i % 1440) * MINUTE;
	}
}

static void
all_fine(struct scene *s)
{
	for (size_t i = 0; i < s->count; i++) {
		const struct station *t = &s->stations[i];

		assert_false(t->broken);
		assert_int_equal(t->blobs_rejected, 0);
		if (!station_has_lns(&s->world, t))
			fail_msg("gateway %zu has lost its LNS", i);
	}
}

/* ---- tests ------------------------------------------------------------------------------------- */

static void
test_from_the_factory(void **state)
{
	struct scene *s = *state;
	struct gateway_state row;

	people(s, 1, true);
	run(s, DAY);
	all_fine(s);
	/* PEM files give another CRC than the blob: sent once. Then quiet. */
	assert_int_equal(s->stations[0].pushes, 1);
	run(s, 2 * DAY);
	assert_int_equal(s->stations[0].pushes, 1);
	assert_int_equal(state_of(s, "gw-0000", &row), 1);
	assert_int_equal(row.pushes.count, 0);
	assert_true(s->stations[0].polls <= 4);
}

/* One gateway through its whole life. */
static void
test_a_life(void **state)
{
	struct scene *s = *state;
	struct station *t;
	struct gateway_state row;
	struct file first;

	people(s, 1, false);
	t = &s->stations[0];
	first = t->cups[REGULAR].key;
	run(s, 2 * DAY);
	all_fine(s);

	/* A rotation takes a day or two; the old key is good until it is confirmed. */
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	assert_int_equal(state_of(s, "gw-0000", &row), 2);
	assert_int_equal(t->refused, 0);

	/* To a second address with another CA: URI and trust in one answer. */
	add_cups_host(s, "https://cups2.example:443", 'B');
	trust(s, "B", "cups2.example:443");
	set(s, &gateway_kind, "gw-0000", "target_cups_uri",
	    "https://cups2.example:443");
	run(s, 3 * DAY);
	assert_string_equal(t->cups[REGULAR].uri, "https://cups2.example:443");
	assert_int_equal(t->refused, 0);
	s->world.cups[0].down = true;
	run(s, 3 * DAY);
	assert_int_equal(t->refused, 0);

	/* To another network server. */
	add_lns_host(s, "wss://lns2.example:443", 'M',
	    "Authorization: Bearer lns-key-of-gw-0000\r\n");
	trust(s, "M", "lns2.example:443");
	add_lns(s, "lns-two", "wss://lns2.example:443");
	set(s, &gateway_kind, "gw-0000", "lns", "lns-two");
	run(s, 2 * DAY);
	assert_string_equal(t->lns.uri, "wss://lns2.example:443");
	all_fine(s);

	/* Two more rotations: the middle key, only ever pushed, ends; the first does not. */
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	assert_int_equal(state_of(s, "gw-0000", &row), 4);

	/* Its regular set is damaged: it comes with its backup set, made on the first day, and
	 * is given the right one again. */
	s->world.cups[0].down = false;
	file_text(&t->cups[REGULAR].key, "Authorization: Bearer damaged\r\n");
	assert_memory_equal(t->cups[BACKUP].key.bytes, first.bytes, first.len);
	run(s, 3 * DAY);
	assert_true(t->refused > 0);
	assert_int_equal(state_of(s, "gw-0000", &row), 4);
	assert_int_equal(row.pushes.count, 0);
	run(s, DAY);
	t->refused = 0;
	run(s, WEEK);
	assert_int_equal(t->refused, 0);
	all_fine(s);
}

/* A wanted key is revoked while the gateway uses it: it falls back to its backup set, and
 * the next rotation brings it home. */
static void
test_rejected_key(void **state)
{
	struct scene *s = *state;
	struct key_made made;
	struct gateway_state row;

	people(s, 1, false);
	run(s, 2 * DAY);
	done(s, manage_key_rotate(operator(s), "gw-0000", &made));
	run(s, 3 * DAY);
	char *id = strdup(made.key.key_id);
	done(s, manage_key_revoke(operator(s), id));
	free(id);
	run(s, 2 * DAY);
	assert_true(s->stations[0].refused > 0);
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	assert_int_equal(state_of(s, "gw-0000", &row), 3);
	s->stations[0].refused = 0;
	run(s, WEEK);
	assert_int_equal(s->stations[0].refused, 0);
	all_fine(s);
}

/* The backup trap: the CRC is right but the regular set is refused. Here the regular key
 * fails by a passing outage, and nothing may loop. */
static void
test_outage(void **state)
{
	struct scene *s = *state;
	struct gateway_state row;
	unsigned pushes;

	people(s, 1, false);
	run(s, 2 * DAY);
	pushes = s->stations[0].pushes;
	s->world.cups[0].down = true;
	run(s, 3 * DAY);
	assert_true(s->stations[0].refused > 0);
	s->world.cups[0].down = false;
	run(s, WEEK);
	assert_true(s->stations[0].pushes <= pushes + 1);
	state_of(s, "gw-0000", &row);
	assert_int_equal(row.pushes.count, 0);
	all_fine(s);
}

/* It left the factory with a boot set alone, and the operator is quick to rotate: it gets a
 * whole regular set, and the backup set that it makes on the way stays good. */
static void
test_boot_set(void **state)
{
	struct scene *s = *state;
	struct station *t;
	struct gateway_state row;

	s->world.server.policy.cups_uri = "https://cups.example:443";
	people(s, 1, false);
	t = &s->stations[0];
	t->cups[BOOT] = t->cups[REGULAR];
	t->cups[REGULAR] = (struct set){0};
	t->current = BOOT;
	rotate(s, "gw-0000");
	run(s, MINUTE);
	assert_string_equal(t->cups[REGULAR].uri, "https://cups.example:443");
	assert_false(t->has_backup);
	/* Another key before it has confirmed this one. */
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	assert_int_equal(t->refused, 0);
	assert_int_equal(state_of(s, "gw-0000", &row), 3);
	all_fine(s);
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	/* Only its backup set is left to it. */
	file_text(&t->cups[REGULAR].key, "Authorization: Bearer damaged\r\n");
	t->cups[BOOT] = (struct set){0};
	run(s, 3 * DAY);
	t->refused = 0;
	run(s, WEEK);
	assert_int_equal(t->refused, 0);
	assert_int_equal(state_of(s, "gw-0000", &row), 4);
	all_fine(s);
}

/* The certificate that was registered for the new address is not the one that is there: it
 * comes back with its backup set until that is mended. */
static void
test_wrong_trust(void **state)
{
	struct scene *s = *state;
	struct station *t;

	people(s, 1, false);
	t = &s->stations[0];
	run(s, 2 * DAY);
	add_cups_host(s, "https://cups2.example:443", 'B');
	trust(s, "X", "cups2.example:443");
	t->pushes = 0;
	set(s, &gateway_kind, "gw-0000", "target_cups_uri",
	    "https://cups2.example:443");
	run(s, WEEK);
	assert_string_equal(t->cups[REGULAR].uri, "https://cups2.example:443");
	assert_true(t->refused > 0);
	assert_true(t->pushes <= 3);
	/* Back: the old address still lets its backup set in. */
	set(s, &gateway_kind, "gw-0000", "target_cups_uri", "https://cups.example:443");
	run(s, WEEK);
	t->refused = 0;
	run(s, WEEK);
	assert_string_equal(t->cups[REGULAR].uri, "https://cups.example:443");
	assert_int_equal(t->refused, 0);
	all_fine(s);
}

/* Its record names another CUPS, as imported ones do, but gateways are not to be moved: the
 * keys of those that stay are rotated all the same. */
static void
test_stays_here(void **state)
{
	struct scene *s = *state;
	struct gateway_state row;

	s->world.server.policy.allow_redirect = false;
	people(s, 1, false);
	set(s, &gateway_kind, "gw-0000", "target_cups_uri", "https://old.example:443");
	run(s, 2 * DAY);
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	assert_int_equal(state_of(s, "gw-0000", &row), 2);
	assert_int_equal(s->stations[0].refused, 0);
	all_fine(s);
}

/* ---- firmware -------------------------------------------------------------------------------- */

/* A key of the operator, registered; its private part in the fresh folder. */
static void
make_signing_key(struct scene *s, const char *id, uint8_t point[SIGN_POINT])
{
	struct signing_key_request request = {.id = id, .signer = ""};
	struct signing_key stored;
	char path[100];

	snprintf(path, sizeof path, "%s/%s.pem", s->folder, id);
	done(s, sign_key_create(path, point, &s->manage.fault));
	done(s, manage_signing_key_add(operator(s), &request,
		    span_of(point, SIGN_POINT), NULL, &stored));
}

/* An image that brings this version, signed by a key, and the release of it; it becomes the
 * channel's own. */
static void
publish(struct scene *s, const char *version, const char *key)
{
	struct firmware_signing signing = {.key = NULL};
	struct firmware_adding adding = {.id = version,
	    .file_name = "",
	    .family = FIRMWARE_STATION,
	    .signatures = &signing,
	    .signature_count = 1};
	struct edit release[] = {{"release_id", span_str(version)},
	    {"firmware", span_str(version)}, {"version", span_str(version)},
	    {"from", span_str("*")}};
	struct firmware stored;
	struct sign_key *open_key;
	struct sign_der der;
	uint8_t digest[SHA512_SIZE];
	char path[100], text[200];
	bool healed;
	int fd;

	snprintf(text, sizeof text, "%s\n# what the update does\n", version);
	done(s, sha512(span_str(text), digest));
	snprintf(path, sizeof path, "%s/%s.pem", s->folder, key);
	done(s, sign_key_open(path, NULL, &open_key, &s->manage.fault));
	done(s, sign_digest(open_key, digest, &der, &s->manage.fault));
	sign_key_close(open_key);
	signing.der = span_of(der.bytes, der.len);
	snprintf(path, sizeof path, "%s/update", s->folder);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	done(s, manage_firmware_add(operator(s), &adding, fd, &stored, &healed));
	close(fd);
	done(s, manage_add(operator(s), &release_kind, release, 4, NULL));
	set(s, &channel_kind, "stable", "release", version);
}

/* Through updates as through everything else: signed by the key that it has, cut off, with a
 * script that does not do its work, and to a new key. */
static void
test_updates(void **state)
{
	struct edit channel = {"channel_id", span_str("stable")};
	uint8_t points[2][SIGN_POINT];
	struct scene *s = *state;
	struct gateway_state row;
	struct station *t;

	people(s, 1, false);
	t = &s->stations[0];
	make_signing_key(s, "key-one", points[0]);
	make_signing_key(s, "key-two", points[1]);
	memcpy(t->sig_keys[0], points[0], SIGN_POINT);
	t->sig_key_count = 1;
	done(s, manage_add(operator(s), &channel_kind, &channel, 1, NULL));
	set(s, &gateway_kind, "gw-0000", "auto_update", "true");
	set(s, &gateway_kind, "gw-0000", "update_channel", "stable");
	run(s, 2 * DAY);
	assert_int_equal(t->updates, 0);

	/* The first download is cut: it is back within a minute. */
	t->cuts_left = 1;
	publish(s, "v1-0", "key-one");
	run(s, 2 * DAY);
	assert_string_equal(t->package, "v1-0");
	assert_int_equal(t->updates, 1);
	assert_int_equal(t->updates_cut, 1);
	state_of(s, "gw-0000", &row);
	assert_int_equal(row.firmware_outcome, OUTCOME_UPDATED);
	assert_int_equal(row.firmware_offers, 2);

	/* Together with a new key of its own and another network server. */
	rotate(s, "gw-0000");
	publish(s, "v1-1", "key-one");
	run(s, 3 * DAY);
	assert_string_equal(t->package, "v1-1");
	assert_int_equal(state_of(s, "gw-0000", &row), 2);

	/* By a key that it does not have: nothing is sent, nothing is dropped. */
	publish(s, "v1-2", "key-two");
	run(s, 3 * DAY);
	assert_string_equal(t->package, "v1-1");
	memcpy(t->sig_keys[1], points[1], SIGN_POINT);
	t->sig_key_count = 2;
	run(s, 2 * DAY);
	assert_string_equal(t->package, "v1-2");

	/* A script that does not change the version: as often as the limit says. */
	t->script = SCRIPT_STUCK;
	publish(s, "v1-3", "key-two");
	t->updates = 0;
	run(s, 3 * WEEK);
	assert_int_equal(t->updates, 3);
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	assert_int_equal(state_of(s, "gw-0000", &row), 3);
	assert_int_equal(t->updates, 3);
	/* It is mended, and the operator lets it try again. */
	t->script = SCRIPT_RIGHT;
	done(s, manage_gateway_retry(operator(s), "gw-0000"));
	run(s, 2 * DAY);
	assert_string_equal(t->package, "v1-3");
	assert_int_equal(t->updates_dropped, 0);
	assert_int_equal(t->refused, 0);
	all_fine(s);
}

/* ---- more -------------------------------------------------------------------------------------- */

/* An operator goes back to a key that has ended meanwhile: it is good again. */
static void
test_back_to_an_older_key(void **state)
{
	struct scene *s = *state;
	struct key_made made;
	struct gateway_state row;
	char id[64];

	people(s, 1, false);
	run(s, 2 * DAY);
	done(s, manage_key_rotate(operator(s), "gw-0000", &made));
	snprintf(id, sizeof id, "%s", made.key.key_id);
	run(s, 3 * DAY);
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	assert_int_equal(state_of(s, "gw-0000", &row), 3);
	set(s, &gateway_kind, "gw-0000", "target_cups_key", id);
	run(s, 3 * DAY);
	assert_int_equal(state_of(s, "gw-0000", &row), 2);
	assert_int_equal(s->stations[0].refused, 0);
	all_fine(s);
}

/* A gateway that drops every blob gets each thing three times and is left alone. */
static void
test_loop_guard(void **state)
{
	struct scene *s = *state;
	struct station *t;

	people(s, 1, false);
	t = &s->stations[0];
	run(s, 2 * DAY);
	t->rejects_blobs = true;
	t->pushes = 0;
	rotate(s, "gw-0000");
	set(s, &gateway_kind, "gw-0000", "lbs_lns_secret.value", "another-key");
	run(s, 4 * WEEK);
	assert_int_equal(t->pushes, 3);
	assert_int_equal(t->refused, 0);
	/* The operator mends it and begins again. */
	t->rejects_blobs = false;
	t->blobs_rejected = 0;
	done(s, manage_gateway_retry(operator(s), "gw-0000"));
	run(s, 3 * DAY);
	assert_int_equal(t->pushes, 4);
	all_fine(s);
}

/* A thousand gateways change their CA by a second address, while some are away. */
static void
test_fleet(void **state)
{
	struct scene *s = *state;
	size_t there = 0;

	people(s, 1000, false);
	run(s, 2 * DAY);
	all_fine(s);
	add_cups_host(s, "https://cups2.example:443", 'B');
	trust(s, "B", "cups2.example:443");
	for (size_t i = 0; i < s->count; i++) {
		char id[24];

		snprintf(id, sizeof id, "gw-%04zu", i);
		set(s, &gateway_kind, id, "target_cups_uri",
		    "https://cups2.example:443");
		/* Some are switched off for a while. */
		if (i % 10 == 0)
			s->stations[i].next_poll += (int64_t)(i % 70) * DAY / 10;
	}
	run(s, 10 * DAY);
	for (size_t i = 0; i < s->count; i++)
		there += strcmp(s->stations[i].cups[REGULAR].uri,
			     "https://cups2.example:443") == 0;
	assert_int_equal(there, s->count);
	/* The old address goes; nobody notices. */
	s->world.cups[0].down = true;
	run(s, WEEK);
	for (size_t i = 0; i < s->count; i++)
		assert_int_equal(s->stations[i].refused, 0);
	all_fine(s);
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    CASE(test_from_the_factory),
	    CASE(test_a_life),
	    CASE(test_rejected_key),
	    CASE(test_outage),
	    CASE(test_boot_set),
	    CASE(test_wrong_trust),
	    CASE(test_stays_here),
	    CASE(test_back_to_an_older_key),
	    CASE(test_loop_guard),
	    CASE(test_fleet),
	    CASE(test_updates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
