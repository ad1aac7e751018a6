/* Configuration files as they are asked for: who may, from which records, what is
 * remembered and for how long. The files themselves have tests of their own. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "gateway-files/exchange.h"
#include "manage/board.h"
#include "registry/throttle.h"

struct asked {
	struct fixture *f;
	struct file_service service;
	struct file_exchange x;
	struct strbuf out;
	char etag[FILE_ETAG]; /* that the client has */
};

static int
setup(void **state)
{
	struct asked *a = test_calloc(1, sizeof *a);
	const char *top = getenv("top_srcdir");
	struct shipped shipped;

	fixture_memory((void **)&a->f);
	done(a->f, manage_import_shipped(worker(a->f),
		       arena_printf(&a->f->arena, "%s/share", top != NULL ? top : "."),
		       &shipped));
	add_gateway(a->f, "gw-one", "58A0CBFFFE800001");
	done(a->f, set_field(a->f, &gateway_kind, "gw-one", "frequency_plan_ids",
		       "EU_863_870_TTN"));
	a->service = (struct file_service){.data = &a->f->data,
	    .policy = {.default_lns = ""},
	    .cache = file_cache_new(4),
	    .records = file_records_new(),
	    .memo = file_memo_new(),
	    .require_auth = true};
	strbuf_init(&a->out, 1 << 20);
	*state = a;
	return 0;
}

static int
teardown(void **state)
{
	struct asked *a = *state;

	file_memo_free(a->service.memo);
	file_records_free(a->service.records);
	file_cache_free(a->service.cache);
	strbuf_clear(&a->out);
	fixture_end((void **)&a->f);
	test_free(a);
	return 0;
}

static bool
has_etag(void *arg, const struct file_answer *answer)
{
	const struct asked *a = arg;

	return strcmp(a->etag, answer->etag) == 0;
}

/* The HTTP status that the endpoint would give. */
static int
ask_for(struct asked *a, const char *id, const char *path, const char *key, int64_t now)
{
	struct file_call call = {.gateway_id = span_str(id),
	    .query = {.path = span_str(path)},
	    .key = span_str(key),
	    .address = "192.0.2.1",
	    .current = has_etag,
	    .arg = a};

	strbuf_reset(&a->out);
	file_exchange(&a->service, &call, now, &a->f->arena, &a->out, &a->x);
	if (a->x.err != E_OK)
		return err_http(a->x.err);
	return a->x.unchanged ? 304 : 200;
}

static int
ask(struct asked *a, const char *id, const char *key, int64_t now)
{
	return ask_for(a, id, "semtechudp/global_conf.json", key, now);
}

static const char *
new_key(struct asked *a, const char *gateway, uint64_t rights, int64_t expires_at)
{
	struct key_request request = {
	    .gateway = gateway, .rights = rights, .expires_at = expires_at};
	struct key_made made;

	a->f->manage.fault = (struct fault){0};
	done(a->f, manage_key_create(&a->f->manage, &request, &made));
	return made.plain;
}

static void
set(struct asked *a, const char *field, const char *text)
{
	a->f->manage.fault = (struct fault){0};
	if (manage_set(&a->f->manage, &gateway_kind, "gw-one",
		&(struct edit){field, span_str(text)}, 1) != E_OK)
		fail_msg("%s: %s", field, a->f->manage.fault.text);
}

/* What `main` and others are in the file; compared as text. */
static void
has(struct asked *a, const char *part)
{
	if (a->out.data == NULL || strstr(a->out.data, part) == NULL)
		fail_msg("no %s in:\n%s", part, strbuf_str(&a->out));
}

/* ---- what is remembered ----------------------------------------------------------------- */

static void
test_unchanged(void **state)
{
	struct asked *a = *state;
	const char *key;
	struct strbuf first;

	set(a, "udp_address", "lns.example.com");
	key = new_key(a, "gw-one", RIGHT_INFO, 0);
	assert_int_equal(ask(a, "gw-one", key, NOW), 200);
	strbuf_init(&first, 1 << 20);
	strbuf_put(&first, a->out.data, a->out.len);
	strcpy(a->etag, a->x.answer.etag);
	assert_int_equal(a->x.answer.modified, NOW);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(ask(a, "gw-one", key, NOW + i), 304);
		assert_int_equal(a->out.len, 0);
	}
	/* Remembered or not, the content is the same. */
	strcpy(a->etag, "");
	assert_int_equal(ask(a, "gw-one", key, NOW), 200);
	assert_true(span_eq(strbuf_span(&a->out), strbuf_span(&first)));
	file_memo_free(a->service.memo);
	file_records_free(a->service.records);
	a->service.memo = NULL;
	a->service.records = NULL;
	assert_int_equal(ask(a, "gw-one", key, NOW), 200);
	assert_true(span_eq(strbuf_span(&a->out), strbuf_span(&first)));
	strcpy(a->etag, a->x.answer.etag);
	assert_int_equal(ask(a, "gw-one", key, NOW), 304);
	/* A change is seen at once. */
	a->f->manage.now = NOW + 5;
	set(a, "udp_address", "other.example.com");
	assert_int_equal(ask(a, "gw-one", key, NOW + 5), 200);
	assert_int_equal(a->x.answer.modified, NOW + 5);
	strbuf_clear(&first);
}

/* Whoever was let in and is remembered is not let in for longer than the key is good. */
static void
test_remembered_key_ends(void **state)
{
	struct asked *a = *state;
	const char *key, *other;

	set(a, "udp_address", "lns.example.com");
	key = new_key(a, "gw-one", RIGHT_INFO, NOW + 100);
	other = new_key(a, "gw-one", RIGHT_INFO, 0);
	assert_int_equal(ask(a, "gw-one", key, NOW), 200);
	assert_int_equal(ask(a, "gw-one", key, NOW + 99), 200);
	assert_int_equal(ask(a, "gw-one", key, NOW + 100), 403);
	assert_int_equal(ask(a, "gw-one", "wrong", NOW), 403);
	assert_int_equal(ask(a, "gw-one", "", NOW), 401);
	assert_int_equal(ask(a, "gw-one", other, NOW + 100), 200);
	assert_int_equal(ask(a, "gw-one", other, NOW + 101), 200);
	assert_int_equal(ask(a, "gw-one", key, NOW), 200);
	assert_int_equal(ask(a, "gw-one", key, NOW + 100), 403);
}

static void
test_revoked_key(void **state)
{
	struct asked *a = *state;
	struct key_made made;
	struct key_request request = {.gateway = "gw-one", .rights = RIGHT_INFO};

	set(a, "udp_address", "lns.example.com");
	a->f->manage.fault = (struct fault){0};
	done(a->f, manage_key_create(&a->f->manage, &request, &made));
	assert_int_equal(ask(a, "gw-one", made.plain, NOW), 200);
	assert_int_equal(ask(a, "gw-one", made.plain, NOW), 200);
	done(a->f, manage_key_revoke(&a->f->manage, made.key.key_id));
	assert_int_equal(ask(a, "gw-one", made.plain, NOW), 403);
}

static void
test_rights(void **state)
{
	struct asked *a = *state;
	const char *weak, *strong, *theirs;

	add_gateway(a->f, "gw-two", "58A0CBFFFE800002");
	set(a, "udp_address", "lns.example.com");
	weak = new_key(a, "gw-one", RIGHT_LINK, 0);
	strong = new_key(a, NULL, RIGHT_ALL, 0);
	theirs = new_key(a, "gw-two", RIGHT_INFO, 0);
	assert_int_equal(ask(a, "gw-one", strong, NOW), 200);
	/* What is remembered for one key opens nothing for another. */
	assert_int_equal(ask(a, "gw-one", weak, NOW), 403);
	assert_int_equal(ask(a, "gw-one", theirs, NOW), 403);
	assert_int_equal(ask(a, "gw-one", "", NOW), 401);
	assert_int_equal(ask(a, "gw-none", strong, NOW), 404);
	assert_int_equal(ask(a, "gw-none", "", NOW), 401);
	assert_int_equal(ask(a, "Gw-one", "", NOW), 400);
	a->service.require_auth = false;
	assert_int_equal(ask(a, "gw-one", "", NOW), 200);
	assert_int_equal(ask(a, "gw-none", "", NOW), 404);
	/* And what was answered without a key opens nothing where one is needed. */
	a->service.require_auth = true;
	assert_int_equal(ask(a, "gw-one", "", NOW), 401);
}

static void
test_deleted(void **state)
{
	struct asked *a = *state;
	const char *key;

	set(a, "udp_address", "lns.example.com");
	key = new_key(a, "gw-one", RIGHT_INFO, 0);
	assert_int_equal(ask(a, "gw-one", key, NOW), 200);
	done(a->f, manage_delete(&a->f->manage, &gateway_kind, "gw-one"));
	assert_int_equal(ask(a, "gw-one", key, NOW), 404);
	done(a->f, manage_gateway_restore(&a->f->manage, "gw-one"));
	assert_int_equal(ask(a, "gw-one", key, NOW), 200);
}

static void
test_throttle(void **state)
{
	struct asked *a = *state;
	const char *key;

	set(a, "udp_address", "lns.example.com");
	key = new_key(a, "gw-one", RIGHT_INFO, 0);
	a->service.failures_per_minute = 3;
	for (int i = 0; i < 3; i++)
		assert_int_equal(ask(a, "gw-one", "wrong", NOW), 403);
	assert_int_equal(ask(a, "gw-one", "wrong", NOW), 429);
	assert_true(a->x.retry_after > 0);
	assert_int_equal(ask(a, "gw-one", key, NOW), 200);
	/* Addresses that mean nothing are no tries. */
	assert_int_equal(ask(a, "Gw-one", "wrong", NOW), 400);
	assert_int_equal(
	    ask_for(a, "gw-one", "semtechudp/other.json", "wrong", NOW), 404);
	assert_int_equal(ask(a, "gw-one", "wrong", NOW + 120), 403);
}

/* ---- sightings ------------------------------------------------------------------------------ */

static void
test_sighting(void **state)
{
	struct asked *a = *state;
	struct file_sighting s;
	struct gateway g;
	const char *key;

	set(a, "udp_address", "lns.example.com");
	key = new_key(a, "gw-one", RIGHT_INFO, 0);
	done(a->f, manage_get(&a->f->manage, &gateway_kind, "gw-one", &g));
	assert_int_equal(ask(a, "gw-one", key, NOW), 200);
	strcpy(a->etag, a->x.answer.etag);
	assert_int_equal(ask(a, "gw-one", key, NOW + 60), 304);
	assert_int_equal(ask(a, "gw-one", "wrong", NOW + 70), 403);
	assert_true(slots_get(a->f->data.files, g.serial, &s));
	assert_int_equal(s.serial, g.serial);
	assert_int_equal(s.polls, 2);
	assert_int_equal(s.seen_at[0], NOW + 60);
	assert_int_equal(s.seen_at[1], NOW);
	assert_int_equal(s.changed_at, NOW);
	assert_int_equal(s.status, 304);
	assert_int_equal(s.credential, CREDENTIAL_KEY);
	assert_true(s.key_serial != 0);
	assert_string_equal(s.etag, a->etag);
	assert_string_equal(s.path, "semtechudp/global_conf.json");
	/* A stranger is not told who there is, and leaves no mark at a gateway. */
	assert_int_equal(s.refused, 0);
	set(a, "frequency_plan_ids", "NO_SUCH_PLAN");
	assert_int_equal(ask(a, "gw-one", key, NOW + 80), 409);
	assert_true(slots_get(a->f->data.files, g.serial, &s));
	assert_int_equal(s.refused, 1);
	assert_int_equal(s.refused_status, 409);
	assert_int_equal(s.seen_at[0], NOW + 60);
	assert_false(slots_get(a->f->data.sightings, g.serial, &(struct sighting){0}));
}

/* ---- where things come from --------------------------------------------------------------- */

static void
test_servers(void **state)
{
	struct asked *a = *state;

	a->service.require_auth = false;
	assert_int_equal(ask(a, "gw-one", "", NOW), 409);
	assert_non_null(strstr(a->x.fault.text, "there is no server"));

	a->service.policy.servers[0] = span_str("config.example.com");
	a->service.policy.server_count = 1;
	file_memo_free(a->service.memo);
	a->service.memo = NULL; /* which knows nothing of another configuration */
	assert_int_equal(ask(a, "gw-one", "", NOW), 200);
	has(a, "\"server_address\": \"config.example.com\"");

	add_lns(a->f, "lns-one", "wss://lns.example.com:8887");
	done(a->f, set_field(a->f, &lns_kind, "lns-one", "udp_address",
		       "lns.example.com:1701"));
	a->service.policy.default_lns = "lns-one";
	assert_int_equal(ask(a, "gw-one", "", NOW), 200);
	has(a, "\"server_address\": \"lns.example.com\"");
	has(a, "\"serv_port_up\": 1701");

	/* The default one is for those that name nothing. */
	set(a, "gateway_server_address", "address.example.com");
	assert_int_equal(ask(a, "gw-one", "", NOW), 200);
	has(a, "\"server_address\": \"address.example.com\"");

	add_lns(a->f, "lns-two", "wss://two.example.com:8887");
	set(a, "lns", "lns-two");
	assert_int_equal(ask(a, "gw-one", "", NOW), 200);
	has(a, "\"server_address\": \"address.example.com\"");
	/* A gateway of one network never comes to the default server of another. */
	set(a, "gateway_server_address", "");
	assert_int_equal(ask(a, "gw-one", "", NOW), 409);
	assert_non_null(strstr(a->x.fault.text, "network server lns-two has"));
	done(a->f, set_field(a->f, &lns_kind, "lns-two", "udp_address",
		       "udp://two.example.com"));
	assert_int_equal(ask(a, "gw-one", "", NOW), 200);
	has(a, "\"server_address\": \"two.example.com\"");

	set(a, "udp_address", "own.example.com,second.example.com:2000");
	assert_int_equal(ask(a, "gw-one", "", NOW), 200);
	has(a, "\"server_address\": \"own.example.com\"");
	has(a, "\"server_address\": \"second.example.com\"");
}

static void
test_faults_name_their_field(void **state)
{
	static const struct {
		const char *field, *text, *named, *words;
	} cases[] = {
	    {"udp_address", "[2001:db8::1]", "udp_address", "IPv4"},
	    {"gateway_server_address", "wss://lns.example.com",
		"gateway_server_address", "wss is not udp"},
	    {"gateway_server_address", "[2001:db8::1]:1700", "gateway_server_address",
		"IPv4"},
	};
	struct asked *a = *state;

	a->service.require_auth = false;
	for (size_t i = 0; i < COUNT(cases); i++) {
		set(a, "udp_address", "");
		set(a, cases[i].field, cases[i].text);
		assert_int_equal(ask(a, "gw-one", "", NOW), 409);
		assert_string_equal(a->x.fault.field, cases[i].named);
		assert_non_null(strstr(a->x.fault.text, cases[i].words));
	}
	set(a, "gateway_server_address", "");
	a->service.policy.servers[0] = span_str("[2001:db8::1]");
	a->service.policy.server_count = 1;
	assert_int_equal(ask(a, "gw-one", "", NOW), 409);
	assert_string_equal(a->x.fault.field, "udp_server");
	set(a, "udp_address", "lns.example.com");
	set(a, "concentrator", "no-such-board");
	assert_int_equal(ask(a, "gw-one", "", NOW), 409);
	assert_string_equal(a->x.fault.field, "concentrator");
}

/* The latest change of all that a file is made from. */
static void
test_modified(void **state)
{
	struct asked *a = *state;

	a->service.require_auth = false;
	add_lns(a->f, "lns-one", "wss://lns.example.com:8887");
	done(a->f,
	    set_field(a->f, &lns_kind, "lns-one", "udp_address", "lns.example.com"));
	set(a, "lns", "lns-one");
	set(a, "concentrator", "rak2287-spi");
	assert_int_equal(ask(a, "gw-one", "", NOW + 50), 200);
	assert_int_equal(a->x.answer.modified, NOW);
	a->f->manage.now = NOW + 10;
	done(a->f, manage_set(&a->f->manage, &lns_kind, "lns-one",
		       &(struct edit){"udp_address", span_str("new.example.com")}, 1));
	assert_int_equal(ask(a, "gw-one", "", NOW + 50), 200);
	assert_int_equal(a->x.answer.modified, NOW + 10);
	a->service.policy.settled_at = NOW + 20;
	file_memo_free(a->service.memo);
	a->service.memo = file_memo_new();
	assert_int_equal(ask(a, "gw-one", "", NOW + 50), 200);
	assert_int_equal(a->x.answer.modified, NOW + 20);
}

static int
damage(struct manage *m, struct store_txn *txn, void *arg)
{
	struct plan_record r;
	int err = manage_find_in(m, txn, &plan_kind, "EU_863_870_TTN", &r);

	(void)arg;
	r.encoded = span_str("\1damaged");
	return err == E_OK ? registry_put(txn, &plan_kind, &r, m->arena, &m->fault)
			   : err;
}

static void
test_damaged(void **state)
{
	struct asked *a = *state;

	a->service.require_auth = false;
	set(a, "udp_address", "lns.example.com");
	assert_int_equal(ask(a, "gw-one", "", NOW), 200);
	done(a->f, manage_update(&a->f->manage, damage, NULL));
	assert_int_equal(ask(a, "gw-one", "", NOW), 503);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_unchanged, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_remembered_key_ends, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_revoked_key, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_rights, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_deleted, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_throttle, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_sighting, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_servers, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_faults_name_their_field, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_modified, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_damaged, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
