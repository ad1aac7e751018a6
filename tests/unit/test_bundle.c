/* The files to put on a gateway: what is in them, and that the gateway is let in with them. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>

#include "base/crc.h"
#include "base/log.h"
#include "cups/credentials.h"
#include "manage/bundle.h"
#include "manage/cert.h"
#include "registry/audit.h"
#include "registry/trust.h"

static char keys[3][128];

static struct span
file(const struct bundle *b, const char *name)
{
	for (size_t i = 0; i < b->count; i++)
		if (strcmp(b->files[i].name, name) == 0)
			return b->files[i].bytes;
	return span_of(NULL, 0);
}

static const char *
names(struct fixture *f, const struct bundle *b)
{
	const char *text = "";

	for (size_t i = 0; i < b->count; i++)
		text = arena_printf(
		    &f->arena, "%s%s%s", text, i > 0 ? " " : "", b->files[i].name);
	return text;
}

static struct trust
trust(struct fixture *f, const char *id)
{
	struct trust t;

	done(f, manage_get(worker(f), &trust_kind, id, &t));
	return t;
}

static struct gateway
get(struct fixture *f, const char *id)
{
	struct gateway g;

	done(f, manage_get(worker(f), &gateway_kind, id, &g));
	return g;
}

static void
a_new_gateway(void **state)
{
	struct bundle_request r = {.gateway = "gw-9"};
	struct fixture *f = *state;
	struct bundle b;
	struct span key, der = {0};

	add_trust(f, "root-cups", "cups.example.com:443", &der);
	add_gateway(f, "gw-9", "0000000000000009");
	done(f, manage_bundle(worker(f), &r, &b));
	assert_string_equal(names(f, &b), "cups.uri cups.trust cups.key");
	assert_text(file(&b, "cups.uri"), BYTES("https://cups.example.com:443"));
	assert_text(file(&b, "cups.trust"), pem_of(f, der));
	key = file(&b, "cups.key");
	assert_true(span_begins(key, BYTES("Authorization: Bearer NNSXS.")));
	assert_true(key.len == 22 + 98 + 2);
	assert_int_equal(key.data[key.len - 2], '\r');
	assert_int_equal(key.data[key.len - 1], '\n');
	assert_int_equal(b.files[0].mode, 0644);
	assert_int_equal(b.files[2].mode, 0600);
	assert_int_equal(b.key_kind, BUNDLE_KEY_MADE);
	assert_int_equal(b.key.generation, 1);
	assert_int_equal(b.key.origin, KEY_BY_HAND);
	assert_int_equal(get(f, "gw-9").target_cups_key, b.key.serial);
	/* PEM: the gateway will be sent the same as DER once. */
	assert_false(b.cups_matches);
	assert_int_equal(b.cups_crc,
	    crc32_more(crc32_more(crc32_of(pem_of(f, der)), BYTES("\0\0\0\0")), key));
	/* It is let in with it. */
	done(f, set_field(f, &gateway_kind, "gw-9", "gateway_server_address",
		    "ws://l.example:1887"));
	assert_int_equal(poll_with(f, "::9",
			     arena_dup(&f->arena, span_trim(span_from(key, 22))), NULL),
	    E_OK);
}

static void
der_matches_at_once(void **state)
{
	struct bundle_request r = {.gateway = "gw-2", .der = true, .lns = true};
	struct fixture *f = *state;
	struct trust cups, lns;
	struct bundle b;

	add_fleet(f, 2, keys);
	cups = trust(f, "root-cups");
	lns = trust(f, "root-lns");
	done(f, manage_bundle(worker(f), &r, &b));
	assert_string_equal(
	    names(f, &b), "cups.uri cups.trust cups.key tc.uri tc.trust tc.key");
	assert_true(span_eq(file(&b, "cups.trust"), cups.der));
	assert_true(span_eq(file(&b, "tc.trust"), lns.der));
	assert_text(file(&b, "tc.uri"), BYTES("wss://lns.example.com:8887"));
	assert_text(
	    file(&b, "tc.key"), BYTES("Authorization: Bearer lns-key-of-gw-2\r\n"));
	/* The key that it has by hand already: nothing new is made. */
	assert_int_equal(b.key_kind, BUNDLE_KEY_SEALED);
	assert_text(file(&b, "cups.key"),
	    span_str(arena_printf(&f->arena, "Authorization: Bearer %s\r\n", keys[1])));
	assert_true(b.cups_matches);
}

/* The CRC of the files is what a gateway reports, and then nothing is sent to it. */
static void
nothing_is_sent_after_der_files(void **state)
{
	struct bundle_request r = {.gateway = "gw-2", .der = true, .lns = true};
	struct fixture *f = *state;
	struct cups_server server = {
	    .data = &f->data, .policy = f->policy, .write_wait_ms = 5000};
	struct cups_exchange *x = arena_alloc(&f->arena, sizeof *x);
	struct cups_call call = {.address = "192.0.2.1"};
	struct strbuf out;
	struct bundle b;
	uint32_t lns_crc;

	add_fleet(f, 2, keys);
	done(f, manage_bundle(worker(f), &r, &b));
	lns_crc =
	    crc32_more(crc32_more(crc32_of(file(&b, "tc.trust")), BYTES("\0\0\0\0")),
		file(&b, "tc.key"));
	call.key = span_str(keys[1]);
	call.body = span_str(arena_printf(&f->arena,
	    "{\"router\":\"::2\",\"cupsUri\":\"https://"
	    "cups.example.com:443\",\"tcUri\":"
	    "\"wss://lns.example.com:8887\",\"cupsCredCrc\":%u,\"tcCredCrc\":%u}",
	    b.cups_crc, lns_crc));
	strbuf_init(&out, 65536);
	cups_exchange(&server, &call, NOW, &f->arena, &out, x);
	assert_int_equal(x->err, E_OK);
	assert_text(strbuf_span(&out), BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0"));
	strbuf_clear(&out);
}

/* A key that was only to be pushed counts as put there by hand from now on. */
static void
a_pushed_key_that_is_handed_out(void **state)
{
	struct bundle_request r = {.gateway = "gw-2"};
	struct fixture *f = *state;
	struct key_made rotated;
	struct bundle b;
	struct key key;

	add_fleet(f, 2, keys);
	done(f, manage_key_rotate(worker(f), "gw-2", &rotated));
	done(f, manage_bundle(worker(f), &r, &b));
	assert_int_equal(b.key_kind, BUNDLE_KEY_SEALED);
	assert_int_equal(b.key.serial, rotated.key.serial);
	done(f, manage_get(worker(f), &key_kind, rotated.key.key_id, &key));
	assert_int_equal(key.origin, KEY_BY_HAND);
	/* Another one when that is wished, or when it has ended. */
	r.new_key = true;
	done(f, manage_bundle(worker(f), &r, &b));
	assert_int_equal(b.key_kind, BUNDLE_KEY_MADE);
	assert_int_equal(b.key.generation, 3);
	r.new_key = false;
	done(f, manage_key_revoke(worker(f), b.key.key_id));
	done(f, manage_bundle(worker(f), &r, &b));
	assert_int_equal(b.key_kind, BUNDLE_KEY_MADE);
	assert_int_equal(b.key.generation, 4);
}

static void
client_certificates(void **state)
{
	struct bundle_request r = {.gateway = "gw-1", .lns = true};
	struct fixture *f = *state;
	struct gateway g;
	struct bundle b;
	struct span key_der;

	add_fleet(f, 1, keys);
	done(f, set_field(f, &lns_kind, "lns-1", "credentials", "certificate"));
	g = get(f, "gw-1");
	done(f, manage_bundle(worker(f), &r, &b));
	assert_string_equal(names(f, &b),
	    "cups.uri cups.trust cups.crt cups.key tc.uri tc.trust tc.crt tc.key");
	assert_int_equal(b.key_kind, BUNDLE_CERTIFICATE);
	assert_text(file(&b, "cups.crt"), pem_of(f, g.cups_certificate.der));
	assert_text(file(&b, "tc.crt"), pem_of(f, g.lns_certificate.der));
	assert_true(span_begins(file(&b, "cups.key"), BYTES("-----BEGIN EC PRIVATE")));
	assert_int_equal(
	    private_key_for_station(file(&b, "cups.key"), &f->arena, &key_der, NULL),
	    E_OK);
	assert_int_equal(
	    private_key_matches(key_der, g.cups_certificate.der, NULL), E_OK);
	r.der = true;
	done(f, manage_bundle(worker(f), &r, &b));
	assert_true(span_eq(file(&b, "cups.key"), key_der));
	assert_true(b.cups_matches);
	r.new_key = true;
	refused(f, manage_bundle(worker(f), &r, &b), E_STATE,
	    "shows a client certificate, no key");
	done(f, set_field(f, &gateway_kind, "gw-1", "cups_credentials", "server_only"));
	r = (struct bundle_request){.gateway = "gw-1"};
	done(f, manage_bundle(worker(f), &r, &b));
	assert_string_equal(names(f, &b), "cups.uri cups.trust");
	assert_int_equal(b.key_kind, BUNDLE_NO_KEY);
}

static void
addresses(void **state)
{
	struct bundle_request r = {.gateway = "gw-2"};
	struct fixture *f = *state;
	struct bundle b;

	add_fleet(f, 2, keys);
	add_trust(f, "root-new", "new.example.com:8443", NULL);
	done(f, set_field(f, &gateway_kind, "gw-2", "target_cups_uri",
		    "https://new.example.com:8443"));
	done(f, manage_bundle(worker(f), &r, &b));
	assert_text(file(&b, "cups.uri"), BYTES("https://new.example.com:8443"));
	assert_text(file(&b, "cups.trust"), pem_of(f, trust(f, "root-new").der));
	r.cups_uri = "https://cups.example.com:443";
	done(f, manage_bundle(worker(f), &r, &b));
	assert_text(file(&b, "cups.uri"), BYTES("https://cups.example.com:443"));
	assert_text(file(&b, "cups.trust"), pem_of(f, trust(f, "root-cups").der));
	/* Without TLS there is only an address. */
	r.cups_uri = "http://cups.example.com:80";
	done(f, manage_bundle(worker(f), &r, &b));
	assert_string_equal(names(f, &b), "cups.uri");
	r.cups_uri = "https://cups.example.com/x";
	refused(f, manage_bundle(worker(f), &r, &b), E_INVALID, "cups_uri");
	f->policy.allow_redirect = false;
	r.cups_uri = NULL;
	done(f, manage_bundle(worker(f), &r, &b));
	assert_text(file(&b, "cups.uri"), BYTES("https://cups.example.com:443"));
	f->policy.cups_uri = "";
	refused(f, manage_bundle(worker(f), &r, &b), E_INVALID,
	    "cups_uri: our own address is not configured");
}

static int
count_keys(struct manage *m, struct store_txn *txn, const struct key *key, void *arg)
{
	(void)m;
	(void)txn;
	(void)key;
	++*(unsigned *)arg;
	return E_OK;
}

static void
what_is_missing_is_said(void **state)
{
	struct bundle_request r = {.gateway = "gw-9"};
	struct fixture *f = *state;
	struct bundle b;
	unsigned n = 0;

	add_gateway(f, "gw-9", "0000000000000009");
	refused(f, manage_bundle(worker(f), &r, &b), E_STATE,
	    "no trust certificate is registered for https://cups.example.com:443");
	/* No key was made in vain. */
	done(f, manage_keys(worker(f), "gw-9", count_keys, &n));
	assert_int_equal(n, 0);
	add_trust(f, "root-cups", "cups.example.com:443", NULL);
	r.lns = true;
	refused(f, manage_bundle(worker(f), &r, &b), E_STATE,
	    "no network server is set for the gateway");
	done(f, manage_keys(worker(f), "gw-9", count_keys, &n));
	assert_int_equal(n, 0);
	add_lns(f, "lns-1", "wss://lns.example.com:8887");
	done(f, set_field(f, &gateway_kind, "gw-9", "lns", "lns-1"));
	refused(f, manage_bundle(worker(f), &r, &b), E_STATE,
	    "the gateway has no LNS secret");
	done(f, set_field(f, &gateway_kind, "gw-9", "lbs_lns_secret.value", "secret"));
	refused(f, manage_bundle(worker(f), &r, &b), E_STATE,
	    "no trust certificate is registered for the address");
	r = (struct bundle_request){.gateway = "nowhere"};
	refused(f, manage_bundle(worker(f), &r, &b), E_NOTFOUND, "nowhere");
	add_gateway(f, "gw-0", "");
	r.gateway = "gw-0";
	refused(f, manage_bundle(worker(f), &r, &b), E_STATE, "has no EUI");
	done(f, manage_delete(worker(f), &gateway_kind, "gw-9"));
	r.gateway = "gw-9";
	refused(f, manage_bundle(worker(f), &r, &b), E_STATE, "is deleted");
}

static void
without_the_ring(void **state)
{
	struct bundle_request r = {.gateway = "gw-2"};
	struct fixture *f = *state;
	struct bundle b;

	add_fleet(f, 2, keys);
	remove(f->data.seal_path);
	fixture_close_ring(f);
	refused(f, manage_bundle(worker(f), &r, &b), E_STATE, "");
	r.new_key = true;
	refused(f, manage_bundle(worker(f), &r, &b), E_STATE, "no sealing keys");
}

static int
is_bundle(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct audit *a = record;

	(void)m;
	(void)txn;
	if (strcmp(a->action, "bundle") == 0 && strcmp(a->kind, "gateway") == 0 &&
	    strcmp(a->id, "gw-2") == 0)
		++*(unsigned *)arg;
	return E_OK;
}

static void
it_is_noted(void **state)
{
	struct bundle_request r = {.gateway = "gw-2"};
	struct fixture *f = *state;
	struct bundle b;
	unsigned n = 0;

	add_fleet(f, 2, keys);
	done(f, manage_bundle(worker(f), &r, &b));
	done(f, manage_bundle(worker(f), &r, &b));
	done(f, manage_list(worker(f), &audit_kind, 0, 0, is_bundle, &n));
	assert_int_equal(n, 2);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_memory, fixture_end)
	const struct CMUnitTest tests[] = {
	    TEST(a_new_gateway),
	    TEST(der_matches_at_once),
	    TEST(nothing_is_sent_after_der_files),
	    TEST(a_pushed_key_that_is_handed_out),
	    TEST(client_certificates),
	    TEST(addresses),
	    TEST(what_is_missing_is_said),
	    TEST(without_the_ring),
	    TEST(it_is_noted),
	};

	log_open("test", LOG_NOWHERE, LOG_ERROR);
	return cmocka_run_group_tests_name("bundle", tests, NULL, NULL);
}
