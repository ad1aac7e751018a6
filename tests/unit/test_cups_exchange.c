/* Whole exchanges, where more than the decision decides: which credential counts, what is
 * throttled, and a ledger that cannot be written. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "cups/credentials.h"
#include "cups/update_info.h"
#include "manage/ca.h"

#define GATEWAY "58A0CBFFFE800001"
#define URI "https://cups.example.com:443"

/* One poll: the exchange, and the answer in the arena. */
struct visit {
	struct cups_exchange x;
	struct span answer;
};

struct shown {
	const char *key;
	struct span certificate;
	uint32_t cups_crc, lns_crc;
	const char *lns_uri;
};

static struct visit *
visit(struct fixture *f, const struct shown *s)
{
	struct cups_server server = {.data = &f->data,
	    .policy = f->policy,
	    .write_wait_ms = 50,
	    .failures_per_minute = 1,
	    .failures_per_address = 1};
	struct visit *v = arena_zalloc(&f->arena, 1, sizeof *v);
	struct cups_call call = {.key = span_str(s->key),
	    .certificate_pem = s->certificate,
	    .address = "192.0.2.1"};
	struct strbuf out;
	char *body = arena_printf(&f->arena,
	    "{\"router\":\"" GATEWAY "\",\"cupsUri\":\"" URI "\",\"tcUri\":\"%s\","
	    "\"cupsCredCrc\":%u,\"tcCredCrc\":%u}",
	    s->lns_uri, (unsigned)s->cups_crc, (unsigned)s->lns_crc);

	call.body = span_str(body);
	strbuf_init(&out, 1 << 20);
	cups_exchange(&server, &call, f->manage.now, &f->arena, &out, &v->x);
	v->answer = span_of(arena_dup(&f->arena, strbuf_span(&out)), out.len);
	strbuf_clear(&out);
	return v;
}

/* ---- somebody who keeps the ledger locked ---------------------------------------------- */

struct locked {
	struct fixture *f;
	int to[2], from[2];
	pid_t pid;
};

static struct locked locked;

static int
hold(struct store_txn *ledger, void *arg)
{
	char c = 'l';

	(void)ledger;
	(void)arg;
	if (write(locked.from[1], &c, 1) != 1 || read(locked.to[0], &c, 1) != 1)
		return E_IO;
	return E_STATE;
}

/* Waits for the folder's name, locks its ledger, says so, and waits to be told to end. */
static void
holder(void)
{
	char path[128];
	struct data_options o = {.path = path};
	struct data data;

	close(locked.to[1]);
	if (read(locked.to[0], path, sizeof path) != sizeof path ||
	    data_open(&o, &data, NULL) != E_OK)
		_exit(1);
	store_update(data.ledger, 1000, hold, NULL);
	data_close(&data);
	_exit(0);
}

/* LMDB's environments do not go through a fork, so that comes first. */
static int
setup_locked(void **state)
{
	int rc;

	assert_int_equal(pipe(locked.to) | pipe(locked.from), 0);
	locked.pid = fork();
	assert_true(locked.pid >= 0);
	if (locked.pid == 0)
		holder();
	rc = fixture_disk(state);
	locked.f = *state;
	return rc;
}

static int
teardown_locked(void **state)
{
	close(locked.to[1]);
	waitpid(locked.pid, NULL, 0);
	close(locked.to[0]);
	close(locked.from[0]);
	close(locked.from[1]);
	return fixture_end(state);
}

static void
lock_ledger(struct fixture *f)
{
	char c;

	assert_int_equal(write(locked.to[1], f->path, sizeof f->path), sizeof f->path);
	assert_int_equal(read(locked.from[0], &c, 1), 1);
}

/* ---- tests -------------------------------------------------------------------------------- */

/* Nothing is sent that was not noted; but a right key is not refused for what can be noted
 * later. */
static void
a_locked_ledger(void **state)
{
	static const uint8_t nothing[14];
	struct fixture *f = *state;
	char key[128];
	struct shown old = {.key = key, .cups_crc = 1, .lns_uri = ""}, now;
	struct update_answer answer;
	struct span rest;
	struct visit *v;

	add_whole_gateway(f, "gw-1", GATEWAY, key);
	v = visit(f, &old);
	assert_int_equal(v->x.err, E_OK);
	assert_int_equal(update_answer_read(v->answer, &answer, &rest, NULL), E_OK);
	now = (struct shown){.key = key,
	    .lns_uri = "wss://lns.example.com:8887",
	    .cups_crc = v->x.decision.cups_crc,
	    .lns_crc = v->x.decision.lns_crc};
	lock_ledger(f);
	/* It has everything, which has to be written down… */
	v = visit(f, &now);
	assert_true(v->x.decision.changed);
	assert_int_equal(v->x.err, E_OK);
	assert_int_equal(v->answer.len, 14);
	assert_memory_equal(v->answer.data, nothing, 14);
	/* …and here something would be sent. */
	assert_int_equal(visit(f, &old)->x.err, E_BUSY);
}

/* It was let in, so it is told what is missing however often it comes. */
static void
what_is_throttled(void **state)
{
	struct fixture *f = *state;
	char key[128];
	struct shown right = {.key = key, .lns_uri = ""};
	struct shown wrong = {.key = "a-wrong-key", .lns_uri = ""};

	add_whole_gateway(f, "gw-1", GATEWAY, key);
	done(f, set_field(f, &gateway_kind, "gw-1", "lbs_lns_secret.value", ""));
	for (int i = 0; i < 5; i++)
		assert_int_equal(visit(f, &right)->x.err, E_NOTFOUND);
	assert_int_equal(visit(f, &wrong)->x.err, E_DENIED);
	assert_int_equal(visit(f, &wrong)->x.err, E_THROTTLED);
	assert_int_equal(visit(f, &right)->x.err, E_NOTFOUND);
}

/* A proxy may add a key of its own: it does not hide the gateway's right certificate. */
static void
key_of_another_and_certificate(void **state)
{
	static const char *const prefix[] = {"58"};
	struct fixture *f = *state;
	struct ca_request request = {.id = "my-ca", .eui_prefixes = {prefix, 1}};
	struct issued ca = issue(&f->arena, "My CA", NULL, true, NOW + 365 * DAY);
	struct issued mine = issue(&f->arena, GATEWAY, &ca, false, NOW + 30 * DAY);
	struct shown s = {.lns_uri = ""};
	struct visit *v;
	char key[128], other[128];
	struct ca stored;

	add_whole_gateway(f, "gw-1", GATEWAY, key);
	add_whole_gateway(f, "gw-2", "58A0CBFFFE800002", other);
	done(f, manage_ca_import(worker(f), &request, ca.der, &stored));
	s.key = other;
	assert_int_equal(visit(f, &s)->x.err, E_DENIED);
	s.certificate = mine.der;
	v = visit(f, &s);
	assert_int_equal(v->x.err, E_OK);
	assert_int_equal(v->x.principal.credential, CREDENTIAL_CERTIFICATE);
	/* And its own right key goes before a certificate. */
	s.key = key;
	v = visit(f, &s);
	assert_int_equal(v->x.err, E_OK);
	assert_int_equal(v->x.principal.credential, CREDENTIAL_KEY);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_memory, fixture_end)
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(
		a_locked_ledger, setup_locked, teardown_locked),
	    TEST(what_is_throttled),
	    TEST(key_of_another_and_certificate),
	};

	log_open("test", LOG_NOWHERE, LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
