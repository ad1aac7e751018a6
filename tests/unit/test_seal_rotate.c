/* Moving all sealed values to a new key, also under the eyes of another process. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/wire.h"
#include "manage/seal.h"
#include "registry/audit.h"
#include "registry/ca.h"

#define GATEWAYS 300 /* more than a batch seals anew */
#define VALUES (2 * GATEWAYS + 4)

static char keys[GATEWAYS][128];

static uint32_t
current(struct fixture *f)
{
	assert_non_null(f->data.seal);
	return seal_current(f->data.seal);
}

/* The polls of a few gateways, one after the other. */
static struct span
answers(struct fixture *f)
{
	struct strbuf all;
	struct span kept, one;
	char router[16];

	strbuf_init(&all, 1 << 20);
	for (unsigned i = 2; i <= GATEWAYS; i += 97) {
		snprintf(router, sizeof router, "::%x", i);
		assert_int_equal(poll_with(f, router, keys[i - 1], &one), E_OK);
		assert_true(one.len > 100);
		strbuf_put(&all, one.data, one.len);
	}
	kept = span_of(arena_dup(&f->arena, strbuf_span(&all)), all.len);
	strbuf_clear(&all);
	return kept;
}

static uint64_t
lost(struct fixture *f, const struct seal_ring *ring, struct seal_counts *counts)
{
	struct store_txn *txn;

	assert_int_equal(store_read_begin(f->data.registry, &txn), E_OK);
	assert_int_equal(manage_seal_lost(txn, ring, counts), E_OK);
	store_read_end(txn);
	return counts->all;
}

static void
everything_moves_to_the_new_key(void **state)
{
	struct fixture *f = *state;
	struct seal_rotating how = {0};
	struct seal_rotated got;
	struct seal_counts counts;
	struct span before, after;
	uint32_t old, ids[4];

	add_fleet(f, GATEWAYS, keys);
	old = current(f);
	before = answers(f);
	assert_int_equal(lost(f, NULL, &counts), VALUES);
	assert_string_equal(seal_counts_text(&counts, &f->arena),
	    "300 LNS secrets of gateways, 2 private keys of gateways' certificates, "
	    "300 CUPS keys that could be pushed, 1 private key of a CA, 1 LNS secret "
	    "of "
	    "a template");
	done(f, manage_seal_rotate(worker(f), &how, &got));
	assert_int_equal(got.values, VALUES);
	assert_int_equal(got.failed, 0);
	assert_int_equal(got.dropped, 1);
	assert_int_equal(got.kept, 0);
	assert_int_not_equal(current(f), old);
	assert_int_equal(got.key, current(f));
	assert_int_equal(seal_ids(f->data.seal, ids, 4), 1);
	assert_int_equal(lost(f, f->data.seal, &counts), 0);
	/* What gateways get is the same, byte for byte. */
	assert_non_null(strstr(strbuf_str(&f->said), "backups made before now"));
	f->manage.now += 60;
	after = answers(f);
	assert_true(span_eq(before, after));
}

static int
stop_early(void *arg, uint64_t records, uint64_t values)
{
	unsigned *calls = arg;

	(void)records;
	(void)values;
	return ++*calls == 2 ? E_BUSY : E_OK;
}

static void
stopped_and_gone_on(void **state)
{
	struct fixture *f = *state;
	unsigned calls = 0;
	struct seal_rotating how = {.progress = stop_early, .arg = &calls};
	struct seal_rotated first, second;
	struct seal_counts counts;
	uint32_t ids[4];

	add_fleet(f, GATEWAYS, keys);
	refused(f, manage_seal_rotate(worker(f), &how, &first), E_BUSY, "");
	assert_true(first.values > 0 && first.values < VALUES);
	/* Both keys are there, and everything opens. */
	assert_int_equal(seal_ids(f->data.seal, ids, 4), 2);
	assert_int_equal(lost(f, f->data.seal, &counts), 0);
	how = (struct seal_rotating){.no_new_key = true};
	done(f, manage_seal_rotate(worker(f), &how, &second));
	assert_int_equal(first.values + second.values, VALUES);
	assert_int_equal(second.key, ids[1]);
	assert_int_equal(second.dropped, 1);
	assert_int_equal(lost(f, f->data.seal, &counts), 0);
	/* Nothing is left to do. */
	done(f, manage_seal_rotate(worker(f), &how, &second));
	assert_int_equal(second.values, 0);
}

static void
old_keys_are_kept_on_request(void **state)
{
	struct fixture *f = *state;
	struct seal_rotating how = {.keep_keys = true};
	struct seal_rotated got;
	uint32_t ids[4];

	add_fleet(f, 1, NULL);
	done(f, manage_seal_rotate(worker(f), &how, &got));
	assert_int_equal(got.dropped, 0);
	assert_int_equal(got.kept, 1);
	assert_int_equal(seal_ids(f->data.seal, ids, 4), 2);
}

/* Damages the CA's sealed key in the store. */
static int
damage(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	struct ca *ca = record;
	char *copy = arena_dup(m->arena, ca->key.sealed);

	(void)txn;
	(void)arg;
	copy[ca->key.sealed.len - 1] ^= 1;
	ca->key.sealed = span_of(copy, ca->key.sealed.len);
	return E_OK;
}

/* Its key stays in the ring: there may be a way to mend it. */
static void
what_does_not_open_stays_as_it_is(void **state)
{
	struct fixture *f = *state;
	struct seal_rotating how = {0};
	struct seal_rotated got;
	struct seal_counts counts;
	struct ca before, after;

	add_fleet(f, 2, NULL);
	done(
	    f, manage_change(worker(f), &ca_kind, "my-ca", "test", damage, NULL, NULL));
	done(f, manage_get(worker(f), &ca_kind, "my-ca", &before));
	done(f, manage_seal_rotate(worker(f), &how, &got));
	assert_int_equal(got.failed, 1);
	assert_int_equal(got.dropped, 0);
	assert_int_equal(got.kept, 1);
	assert_non_null(strstr(strbuf_str(&f->said), "1 values do not open"));
	done(f, manage_get(worker(f), &ca_kind, "my-ca", &after));
	assert_true(span_eq(before.key.sealed, after.key.sealed));
	assert_int_equal(lost(f, f->data.seal, &counts), 1);
	assert_int_equal(counts.ca_keys, 1);
}

static void
without_a_ring(void **state)
{
	struct fixture *f = *state;
	struct seal_rotating how = {0};
	struct seal_rotated got;

	add_fleet(f, 1, NULL);
	assert_int_equal(unlink(f->data.seal_path), 0);
	data_close(&f->data);
	{
		struct data_options o = {.path = f->path, .memory = true};

		assert_int_equal(data_open(&o, &f->data, NULL), E_OK);
	}
	refused(
	    f, manage_seal_rotate(worker(f), &how, &got), E_STATE, "no sealing keys");
}

static int
is_rotation(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct audit *a = record;

	(void)m;
	(void)txn;
	if (strcmp(a->kind, "seal") == 0) {
		assert_string_equal(a->action, "rotate");
		++*(unsigned *)arg;
	}
	return E_OK;
}

/* One entry for all of it, and nothing that looks like a change by an operator. */
static void
noted_once(void **state)
{
	struct fixture *f = *state;
	struct seal_rotating how = {0};
	struct seal_rotated got;
	struct gateway g;
	unsigned n = 0;

	add_fleet(f, 2, NULL);
	f->manage.now = NOW + 60;
	done(f, manage_seal_rotate(worker(f), &how, &got));
	done(f, manage_list(worker(f), &audit_kind, 0, 0, is_rotation, &n));
	assert_int_equal(n, 1);
	done(f, manage_get(worker(f), &gateway_kind, "gw-1", &g));
	assert_int_equal(g.updated_at, NOW);
}

/* ---- another process -------------------------------------------------------------------------- */

static void
say_to(int fd)
{
	assert_int_equal(write(fd, "x", 1), 1);
}

static void
wait_for(int fd)
{
	char c;

	assert_int_equal(read(fd, &c, 1), 1);
}

/* A worker with the folder open, as a child: 0 when all went well. */
static int
worker_process(const struct fixture *f, const char *key, int in, int out)
{
	struct data_options o = {.path = f->path};
	struct fixture w = *f;
	struct span answer;
	struct edit edit = {"lbs_lns_secret.value", span_str("set by the worker")};

	memset(&w.data, 0, sizeof w.data);
	arena_init(&w.arena, 16 << 20);
	w.manage.data = &w.data;
	w.manage.arena = &w.arena;
	w.manage.say = NULL;
	if (data_open(&o, &w.data, NULL) != E_OK ||
	    poll_with(&w, "::2", key, &answer) != E_OK || answer.len < 100)
		return 1;
	say_to(out);
	wait_for(in);
	/* The ring was rotated meanwhile: it opens what is sealed now… */
	w.manage.now += 60;
	if (poll_with(&w, "::2", key, &answer) != E_OK || answer.len < 100)
		return 2;
	say_to(out);
	wait_for(in);
	/* …and seals with the newest key, although it has not met it yet. */
	if (manage_set(&w.manage, &gateway_kind, "gw-2", &edit, 1) != E_OK)
		return 3;
	data_close(&w.data);
	arena_clear(&w.arena);
	return 0;
}

static void
other_processes_notice(void **state)
{
	struct fixture *f = *state;
	struct seal_rotating how = {0};
	struct seal_rotated got;
	struct seal_counts counts;
	int to[2], from[2], status;
	pid_t child;

	add_fleet(f, 2, keys);
	data_close(&f->data);
	assert_int_equal(pipe(to), 0);
	assert_int_equal(pipe(from), 0);
	if ((child = fork()) == 0)
		_exit(worker_process(f, keys[1], to[0], from[1]));
	close(from[1]);
	{
		struct data_options o = {.path = f->path};

		assert_int_equal(data_open(&o, &f->data, NULL), E_OK);
	}
	wait_for(from[0]);
	done(f, manage_seal_rotate(worker(f), &how, &got));
	assert_int_equal(got.dropped, 1);
	say_to(to[1]);
	wait_for(from[0]);
	done(f, manage_seal_rotate(worker(f), &how, &got));
	assert_int_equal(got.dropped, 1);
	say_to(to[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(lost(f, f->data.seal, &counts), 0);
	close(to[0]);
	close(to[1]);
	close(from[0]);
}

/* A ring that was lost and is brought back works again at once. */
static void
a_ring_that_comes_back(void **state)
{
	struct fixture *f = *state;
	struct strbuf ring;
	char path[1100];

	add_fleet(f, 2, keys);
	snprintf(path, sizeof path, "%s", f->data.seal_path);
	strbuf_init(&ring, 65536);
	assert_int_equal(file_read(path, &ring, NULL), E_OK);
	assert_int_equal(unlink(path), 0);
	data_close(&f->data);
	{
		struct data_options o = {.path = f->path};

		assert_int_equal(data_open(&o, &f->data, NULL), E_OK);
	}
	assert_null(f->data.seal);
	assert_int_equal(poll_with(f, "::2", keys[1], NULL), E_CORRUPT);
	assert_int_equal(file_replace(path, 0640, strbuf_span(&ring), NULL), E_OK);
	assert_int_equal(poll_with(f, "::2", keys[1], NULL), E_OK);
	strbuf_clear(&ring);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_memory, fixture_end)
#define DISK(name) cmocka_unit_test_setup_teardown(name, fixture_disk, fixture_end)
	const struct CMUnitTest tests[] = {
	    TEST(everything_moves_to_the_new_key),
	    DISK(everything_moves_to_the_new_key),
	    TEST(stopped_and_gone_on),
	    DISK(stopped_and_gone_on),
	    TEST(old_keys_are_kept_on_request),
	    TEST(what_does_not_open_stays_as_it_is),
	    TEST(without_a_ring),
	    TEST(noted_once),
	    DISK(other_processes_notice),
	    DISK(a_ring_that_comes_back),
	};

	log_open("test", LOG_NOWHERE, LOG_ERROR);
	return cmocka_run_group_tests_name("seal_rotate", tests, NULL, NULL);
}
