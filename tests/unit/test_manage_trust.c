/* Trust certificates as operators handle them. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>

#include "base/crc.h"
#include "base/log.h"
#include "crypto/certificate.h"
#include "manage/trust.h"
#include "tests/lib/tls_server.h"

static const char *const no_addresses[1];

static struct trust
get_trust(struct fixture *f, const char *id)
{
	struct trust t;

	done(f, manage_get(worker(f), &trust_kind, id, &t));
	return t;
}

/* ---- importing ------------------------------------------------------------------------------- */

static void
imported_as_pem_or_der(void **state)
{
	static const char *const addresses[] = {
	    "LNS.Example.com:8887", "b.example:443", "b.example:443"};
	struct fixture *f = *state;
	struct text_list list = list_of(addresses, 3);
	struct issued root = issue(&f->arena, "Root X1", NULL, true, NOW + 365 * DAY);
	struct issued next = issue(&f->arena, "Root X2", NULL, true, NOW + 20 * DAY);
	struct trust t;

	done(f, manage_trust_import(worker(f), "root", pem_of(f, root.der), &list, &t));
	assert_string_equal(strbuf_str(&f->said), "");
	t = get_trust(f, "root");
	assert_true(span_eq(t.der, root.der));
	assert_int_equal(t.crc, crc32_of(root.der));
	assert_int_equal(t.addresses.count, 2);
	assert_string_equal(t.addresses.items[0], "lns.example.com:8887");
	assert_string_equal(t.subject, "CN=Root X1");
	assert_int_equal(t.not_after, NOW + 365 * DAY);
	assert_int_equal(strlen(t.sha256), 64);
	assert_string_equal(t.fetched_from, "");
	assert_int_equal(t.created_at, NOW);
	/* Once more: the new one, for one address more. */
	f->manage.now = NOW + 60;
	list = list_of((const char *const[]){"c.example:1"}, 1);
	done(f, manage_trust_import(worker(f), "root", next.der, &list, &t));
	assert_non_null(strstr(strbuf_str(&f->said), "expires in 19 days"));
	t = get_trust(f, "root");
	assert_true(span_eq(t.der, next.der));
	assert_string_equal(t.subject, "CN=Root X2");
	assert_int_equal(t.addresses.count, 3);
	assert_int_equal(t.created_at, NOW);
	assert_int_equal(t.updated_at, NOW + 60);
}

static void
imports_that_are_refused(void **state)
{
	struct fixture *f = *state;
	struct text_list none = list_of(no_addresses, 0);
	struct text_list taken =
	    list_of((const char *const[]){"cups.example.com:443"}, 1);
	struct text_list bad = list_of((const char *const[]){"no-port.example"}, 1);
	struct issued root = issue(&f->arena, "Root", NULL, true, NOW + 365 * DAY);
	struct issued old = issue(&f->arena, "Old", NULL, true, NOW);
	struct trust t;

	add_trust(f, "first", "cups.example.com:443", NULL);
	refused(f, manage_trust_import(worker(f), "root", BYTES("nonsense"), &none, &t),
	    E_INVALID, "");
	refused(f,
	    manage_trust_import(worker(f), "root",
		joined(f, pem_of(f, root.der), pem_of(f, old.der)), &none, &t),
	    E_INVALID, "certificate: there are 2; a gateway takes exactly one");
	refused(f, manage_trust_import(worker(f), "root", old.der, &none, &t),
	    E_INVALID, "certificate: has expired");
	refused(f, manage_trust_import(worker(f), "root", root.der, &taken, &t),
	    E_EXISTS, "addresses: is already used by trust first");
	refused(f, manage_trust_import(worker(f), "root", root.der, &bad, &t),
	    E_INVALID, "addresses: each must be host:port");
	refused(f, manage_trust_import(worker(f), "No ID", root.der, &none, &t),
	    E_INVALID, "trust_id: must be");
	/* Worth a word only. */
	{
		struct issued ca = issue(&f->arena, "CA", NULL, true, NOW + 365 * DAY);
		struct issued server =
		    issue(&f->arena, "server", &ca, false, NOW + 365 * DAY);

		done(f, manage_trust_import(worker(f), "leaf", server.der, &none, &t));
		assert_non_null(
		    strstr(strbuf_str(&f->said), "that of a server, not of a CA"));
	}
}

static void
addresses_come_and_go(void **state)
{
	struct fixture *f = *state;
	struct text_list add =
	    list_of((const char *const[]){"A.example:1", "b.example:2"}, 2);
	struct text_list gone =
	    list_of((const char *const[]){"cups.example.com:443"}, 1);
	struct trust t;

	add_trust(f, "root", "cups.example.com:443", NULL);
	done(f, manage_trust_addresses(worker(f), "root", &add, &gone));
	t = get_trust(f, "root");
	assert_int_equal(t.addresses.count, 2);
	assert_string_equal(t.addresses.items[0], "a.example:1");
	refused(f, manage_trust_addresses(worker(f), "root", NULL, &gone), E_NOTFOUND,
	    "addresses: one that shall be removed is not there");
	done(f, manage_trust_addresses(worker(f), "root", NULL, NULL));
	refused(f, manage_trust_addresses(worker(f), "other", &add, NULL), E_NOTFOUND,
	    "other");
}

/* ---- fetching ---------------------------------------------------------------------------------- */

/* A server on the loopback with a chain of its own. */
struct served {
	struct tls_server server;
	struct span root, anchors;
	char uri[64];
};

static struct issued
server_certificate(struct fixture *f, const struct issued *root, int64_t not_after)
{
	static const char *const ips[] = {"127.0.0.1", NULL};
	struct certificate_request request = {.common_name = "server",
	    .ip_addresses = ips,
	    .not_before = NOW - DAY,
	    .not_after = not_after,
	    .server = true};
	struct issued made;

	assert_int_equal(private_key_new(&f->arena, &made.key), E_OK);
	assert_int_equal(certificate_issue(&request, made.key, root->der, root->key,
			     &f->arena, &made.der, NULL),
	    E_OK);
	return made;
}

static void
serve(struct fixture *f, struct served *s, const struct issued *root, int64_t not_after)
{
	struct issued leaf = server_certificate(f, root, not_after);

	*s = (struct served){.root = root->der, .anchors = pem_of(f, root->der)};
	s->server.chain = joined(f, pem_of(f, leaf.der), s->anchors);
	assert_int_equal(private_key_pem(leaf.key, &f->arena, &s->server.key), E_OK);
	assert_true(tls_server_start(&s->server));
	snprintf(s->uri, sizeof s->uri, "wss://127.0.0.1:%u", s->server.port);
}

static void
fetched_and_looked_at_again(void **state)
{
	struct fixture *f = *state;
	struct issued root = issue(&f->arena, "Root One", NULL, true, NOW + 900 * DAY);
	struct served s;
	struct trust_fetching how;
	struct trust_report r;
	struct trust t;
	char id[40], address[32];

	serve(f, &s, &root, NOW + 90 * DAY);
	how = (struct trust_fetching){
	    .uri = s.uri, .anchors = s.anchors, .wait_ms = 5000};
	done(f, manage_trust_fetch(worker(f), &how, &r));
	snprintf(id, sizeof id, "127-0-0-1-%u", s.server.port);
	snprintf(address, sizeof address, "127.0.0.1:%u", s.server.port);
	assert_int_equal(r.result, TRUST_STORED);
	assert_true(r.stored);
	assert_string_equal(r.trust.trust_id, id);
	assert_string_equal(r.found_subject, "CN=Root One");
	assert_int_equal(r.root_expires, NOW + 900 * DAY);
	assert_int_equal(r.chain_expires, NOW + 90 * DAY);
	t = get_trust(f, id);
	assert_true(span_eq(t.der, root.der));
	assert_string_equal(t.addresses.items[0], address);
	assert_string_equal(t.fetched_from, s.uri);
	assert_int_equal(t.fetched_at, NOW);
	assert_int_equal(t.chain_not_after, NOW + 90 * DAY);
	/* The same again: only the time is noted, not in the audit log. */
	f->manage.now = NOW + 70 * DAY;
	done(f, manage_trust_fetch(worker(f), &how, &r));
	assert_int_equal(r.result, TRUST_UNCHANGED);
	assert_non_null(strstr(strbuf_str(&f->said), "its chain expires in 20 days"));
	t = get_trust(f, id);
	assert_int_equal(t.fetched_at, NOW + 70 * DAY);
	assert_int_equal(t.updated_at, NOW);
	tls_server_stop(&s.server);
}

/* Another root behind the same address is a serious thing. */
static void
a_changed_root_wants_consent(void **state)
{
	struct fixture *f = *state;
	struct issued one = issue(&f->arena, "Root One", NULL, true, NOW + 900 * DAY);
	struct issued two = issue(&f->arena, "Root Two", NULL, true, NOW + 900 * DAY);
	struct text_list list;
	struct served s;
	struct trust_fetching how;
	struct trust_report r;
	struct trust t;
	char address[32];

	serve(f, &s, &two, NOW + 90 * DAY);
	snprintf(address, sizeof address, "127.0.0.1:%u", s.server.port);
	list = list_of((const char *const[]){address, "other.example:1"}, 2);
	done(f, manage_trust_import(worker(f), "mine", one.der, &list, &t));
	how = (struct trust_fetching){
	    .uri = s.uri, .anchors = s.anchors, .wait_ms = 5000};
	assert_int_equal(manage_trust_fetch(worker(f), &how, &r), E_STALE);
	assert_int_equal(r.result, TRUST_CHANGED);
	assert_false(r.stored);
	assert_string_equal(r.trust.trust_id, "mine");
	assert_string_equal(r.found_subject, "CN=Root Two");
	assert_non_null(strstr(r.fault.text, "leads to another root"));
	assert_true(span_eq(get_trust(f, "mine").der, one.der));
	how.accept = true;
	done(f, manage_trust_fetch(worker(f), &how, &r));
	assert_int_equal(r.result, TRUST_CHANGED);
	assert_true(r.stored);
	assert_non_null(strstr(strbuf_str(&f->said), "registered for 2 addresses"));
	t = get_trust(f, "mine");
	assert_true(span_eq(t.der, two.der));
	assert_int_equal(t.crc, crc32_of(two.der));
	assert_string_equal(t.subject, "CN=Root Two");
	assert_int_equal(t.addresses.count, 2);
	/* Under a name that is another's, the address is not taken away from it. */
	add_trust(f, "other", "x.example:1", NULL);
	how.id = "other";
	refused(f, manage_trust_fetch(worker(f), &how, &r), E_EXISTS,
	    "addresses: is already used by trust mine");
	assert_int_equal(r.result, TRUST_FAILED);
	tls_server_stop(&s.server);
}

static void
servers_that_do_not_verify(void **state)
{
	struct fixture *f = *state;
	struct issued root = issue(&f->arena, "Root One", NULL, true, NOW + 900 * DAY);
	struct issued other = issue(&f->arena, "Root Two", NULL, true, NOW + 900 * DAY);
	struct served s;
	struct trust_fetching how;
	struct trust_report r;
	struct trust t;

	serve(f, &s, &root, NOW + 90 * DAY);
	how = (struct trust_fetching){
	    .uri = s.uri, .anchors = pem_of(f, other.der), .wait_ms = 5000};
	refused(f, manage_trust_fetch(worker(f), &how, &r), E_NET, "");
	assert_int_equal(r.result, TRUST_FAILED);
	assert_true(r.fault.text[0] != '\0');
	f->manage.now = NOW + 91 * DAY;
	how.anchors = s.anchors;
	refused(f, manage_trust_fetch(worker(f), &how, &r), E_NET, "expired");
	assert_int_equal(
	    manage_get(worker(f), &trust_kind, "127-0-0-1-8887", &t), E_NOTFOUND);
	tls_server_stop(&s.server);
	f->manage.now = NOW;
	refused(f, manage_trust_fetch(worker(f), &how, &r), E_NET, "");
}

static void
uris_that_cannot_be_fetched(void **state)
{
	static const struct {
		const char *uri, *words;
	} cases[] = {{"ws://a.example:1887", "uri: has no TLS"},
	    {"http://a.example:80", "uri: has no TLS"}, {"ftp://a.example:21", "uri: "},
	    {"wss://", "uri: "}, {"https://a.example:443/path", "uri: "},
	    {"wss://[::1]:8887", "uri: "},
	    {"wss://a-very-long-name-that-gives-no-identifier.example.com:8887",
		"trust_id: the host gives no identifier"}};
	struct fixture *f = *state;
	struct trust_report r;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct trust_fetching how = {.uri = cases[i].uri, .wait_ms = 100};

		refused(f, manage_trust_fetch(worker(f), &how, &r), E_INVALID,
		    cases[i].words);
		assert_int_equal(r.result, TRUST_FAILED);
	}
}

struct refreshed {
	unsigned count, by_result[TRUST_FAILED + 1];
};

static int
see(struct manage *m, const struct trust_report *r, void *arg)
{
	struct refreshed *all = arg;

	(void)m;
	assert_true(r->trust.trust_id[0] != '\0');
	all->count++;
	all->by_result[r->result]++;
	return E_OK;
}

static int
exchange(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	(void)m;
	(void)txn;
	((struct trust *)record)->der = ((const struct issued *)arg)->der;
	return E_OK;
}

static void
refreshed_all_at_once(void **state)
{
	struct fixture *f = *state;
	struct issued root = issue(&f->arena, "Root One", NULL, true, NOW + 900 * DAY);
	struct issued other = issue(&f->arena, "Root Two", NULL, true, NOW + 900 * DAY);
	struct text_list none = list_of(no_addresses, 0), gone;
	struct served s, dead;
	struct trust_fetching how;
	struct trust_report r;
	struct refreshed all = {0};
	struct trust t;
	char address[32];

	serve(f, &s, &root, NOW + 90 * DAY);
	serve(f, &dead, &root, NOW + 90 * DAY);
	how = (struct trust_fetching){.anchors = s.anchors, .wait_ms = 5000};
	how.uri = s.uri;
	how.id = "alive";
	done(f, manage_trust_fetch(worker(f), &how, &r));
	how.uri = dead.uri;
	how.id = "dead";
	done(f, manage_trust_fetch(worker(f), &how, &r));
	tls_server_stop(&dead.server);
	add_trust(f, "imported", "x.example:1", NULL);
	/* An address that the operator took away stays away. */
	snprintf(address, sizeof address, "127.0.0.1:%u", s.server.port);
	gone = list_of((const char *const[]){address}, 1);
	done(f, manage_trust_addresses(worker(f), "alive", NULL, &gone));
	done(f, manage_trust_refresh(worker(f), NULL, &how, see, &all));
	assert_int_equal(all.count, 2);
	assert_int_equal(all.by_result[TRUST_UNCHANGED], 1);
	assert_int_equal(all.by_result[TRUST_FAILED], 1);
	assert_int_equal(get_trust(f, "alive").addresses.count, 0);

	/* Its record says another root than the server: told, and stored when accepted. */
	done(f, manage_trust_import(worker(f), "elsewhere", other.der, &none, &t));
	all = (struct refreshed){0};
	refused(f, manage_trust_refresh(worker(f), "elsewhere", &how, see, &all),
	    E_STATE, "was imported, not fetched");
	refused(f, manage_trust_refresh(worker(f), "nowhere", &how, see, &all),
	    E_NOTFOUND, "there is no trust nowhere");
	done(f, manage_change(
		    worker(f), &trust_kind, "alive", "test", exchange, &other, NULL));
	done(f, manage_trust_refresh(worker(f), "alive", &how, see, &all));
	assert_int_equal(all.by_result[TRUST_CHANGED], 1);
	assert_true(span_eq(get_trust(f, "alive").der, other.der));
	how.accept = true;
	done(f, manage_trust_refresh(worker(f), "alive", &how, see, &all));
	assert_int_equal(all.by_result[TRUST_CHANGED], 2);
	assert_true(span_eq(get_trust(f, "alive").der, root.der));
	done(f, manage_trust_refresh(worker(f), "alive", &how, see, &all));
	assert_int_equal(all.by_result[TRUST_UNCHANGED], 1);
	tls_server_stop(&s.server);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_memory, fixture_end)
	const struct CMUnitTest tests[] = {
	    TEST(imported_as_pem_or_der),
	    TEST(imports_that_are_refused),
	    TEST(addresses_come_and_go),
	    TEST(fetched_and_looked_at_again),
	    TEST(a_changed_root_wants_consent),
	    TEST(servers_that_do_not_verify),
	    TEST(uris_that_cannot_be_fetched),
	    TEST(refreshed_all_at_once),
	};

	log_open("test", LOG_NOWHERE, LOG_ERROR);
	return cmocka_run_group_tests_name("manage_trust", tests, NULL, NULL);
}
