/* Connections as a gateway makes them, to servers in child processes. What is said over
 * them is tested by tests/cli/probe.sh. */
#include "unit.h"

#include "base/clock.h"
#include "crypto/certificate.h"
#include "crypto/stream.h"
#include "tests/lib/crypto_fixture.h"
#include "tests/lib/refuse.h"
#include "tests/lib/tls_server.h"

#define WAIT 60000 /* what has to come at some time */
#define SHORT 300

static struct arena arena;
static struct fault fault;
static struct tls_server server;
static struct stream *stream;
static struct stream_options options;
static struct span root_key, root, leaf_key, leaf, client_key, client;
static const char *const addresses[] = {"127.0.0.1", NULL};

static void
issue(struct certificate_request request, struct span ca, struct span ca_key,
    struct span *key, struct span *crt)
{
	request.not_before = NOW - DAY;
	request.not_after = NOW + 100 * DAY;
	assert_int_equal(private_key_new(&arena, key), E_OK);
	assert_int_equal(
	    certificate_issue(&request, *key, ca, ca_key, &arena, crt, &fault), E_OK);
}

static struct span
pem_of(struct span der)
{
	struct span pem;

	assert_int_equal(certificate_pem(der, &arena, &pem), E_OK);
	return pem;
}

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 22);
	fault = (struct fault){0};
	stream = NULL;
	server = (struct tls_server){.pid = -1};
	issue((struct certificate_request){.common_name = "Root", .ca = true},
	    span_of(NULL, 0), span_of(NULL, 0), &root_key, &root);
	issue(
	    (struct certificate_request){
		.common_name = "Server", .ip_addresses = addresses, .server = true},
	    root, root_key, &leaf_key, &leaf);
	issue((struct certificate_request){.common_name = "58A0CBFFFE800001",
		  .client = true},
	    root, root_key, &client_key, &client);
	server.chain = pem_of(leaf);
	assert_int_equal(private_key_pem(leaf_key, &arena, &server.key), E_OK);
	options = (struct stream_options){
	    .host = "127.0.0.1", .tls = true, .trust = root, .now = NOW};
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	stream_close(stream);
	tls_server_stop(&server);
	arena_clear(&arena);
	return 0;
}

static int
connect_within(int wait_ms)
{
	if (server.pid < 0)
		assert_true(tls_server_start(&server));
	options.port = server.port;
	options.until = clock_ticks_ms() + wait_ms;
	return stream_open(&options, &stream, &fault);
}

static void
connects(void)
{
	if (connect_within(WAIT) != E_OK)
		fail_msg("%s", fault.text);
}

static void
fails(int err, const char *words)
{
	refused(connect_within(WAIT), err, &fault, words);
	assert_null(stream);
}

/* The server reads one byte and closes. */
static void
tls_12_with_its_peer(void **state)
{
	struct stream_peer peer;
	char buf[16];
	size_t got = 1;

	(void)state;
	connects();
	assert_int_equal(stream_peer(stream, &arena, &peer), E_OK);
	assert_string_equal(peer.version, "TLS1.2");
	assert_string_equal(peer.subject, "CN=Server");
	assert_string_equal(peer.root_subject, "CN=Root");
	assert_int_equal(peer.chain_expires, NOW + 100 * DAY);
	assert_false(peer.wants_certificate);
	assert_int_equal(stream_write(stream, span_str("x"), &fault), E_OK);
	assert_int_equal(stream_read(stream, buf, sizeof buf, &got, &fault), E_OK);
	assert_int_equal(got, 0);
	assert_int_equal(stream_read(stream, buf, sizeof buf, &got, &fault), E_OK);
	assert_int_equal(got, 0);
}

static void
trust_as_pem_too(void **state)
{
	(void)state;
	options.trust = pem_of(root);
	connects();
}

static void
another_trust(void **state)
{
	(void)state;
	options.trust = client;
	fails(E_NET, "unknown issuer");
}

static void
trust_that_is_none(void **state)
{
	(void)state;
	options.trust = span_str("-----BEGIN NOTHING-----");
	fails(E_INVALID, "");
}

static void
expired(void **state)
{
	(void)state;
	options.now = NOW + 200 * DAY;
	fails(E_NET, "expired");
}

static void
another_host(void **state)
{
	(void)state;
	server.address = "127.0.0.2";
	options.host = "127.0.0.2";
	fails(E_NET, "wrong host name");
}

static void
tls_13_alone_fails(void **state)
{
	(void)state;
	server.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.3";
	fails(E_NET, "TLS");
}

static void
with_a_client_certificate(void **state)
{
	struct stream_peer peer;

	(void)state;
	server.wants_client = true;
	options.certificate = client;
	options.key = client_key;
	connects();
	assert_int_equal(stream_peer(stream, &arena, &peer), E_OK);
	assert_true(peer.wants_certificate);
}

static void
without_the_client_certificate(void **state)
{
	(void)state;
	server.wants_client = true;
	fails(E_NET, "refuses the TLS handshake");
}

static void
with_the_key_of_another(void **state)
{
	(void)state;
	options.certificate = client;
	options.key = leaf_key;
	fails(E_INVALID, "do not belong together");
}

static void
a_server_that_says_nothing(void **state)
{
	int64_t begin;
	int wait, err;

	(void)state;
	server.manner = TLS_MUTE;
	/* Where everything is slow the time may be up before there is a connection. */
	for (wait = SHORT; wait < WAIT; wait *= 4) {
		begin = clock_ticks_ms();
		err = connect_within(wait);
		if (strstr(fault.text, "connect") == NULL)
			break;
	}
	refused(err, E_NET, &fault, "took too long");
	assert_in_range(clock_ticks_ms() - begin, wait, WAIT);
}

static void
plain_tcp(void **state)
{
	char buf[64];
	size_t got;

	(void)state;
	server.manner = TLS_NO_TLS;
	options.tls = false;
	connects();
	assert_int_equal(stream_write(stream, span_str("hello"), &fault), E_OK);
	assert_int_equal(stream_read(stream, buf, sizeof buf, &got, &fault), E_OK);
	assert_text(span_of(buf, got), span_str("HTTP/1.1 400 Bad Request\r\n\r\n"));
	assert_int_equal(stream_read(stream, buf, sizeof buf, &got, &fault), E_OK);
	assert_int_equal(got, 0);
}

static void
plain_tcp_with_a_deadline(void **state)
{
	char buf[64];
	size_t got;

	(void)state;
	server.manner = TLS_MUTE;
	options.tls = false;
	/* Likewise. */
	for (int wait = SHORT; connect_within(wait) != E_OK; wait *= 4)
		assert_true(wait < WAIT);
	refused(stream_read(stream, buf, sizeof buf, &got, &fault), E_NET, &fault,
	    "time is up");
	assert_in_range(clock_ticks_ms(), options.until, options.until + WAIT);
}

static void
nobody_there(void **state)
{
	(void)state;
	assert_true(tls_server_start(&server));
	options.port = server.port;
	tls_server_stop(&server);
	options.until = clock_ticks_ms() + WAIT;
	refused(
	    stream_open(&options, &stream, &fault), E_NET, &fault, "cannot connect");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

/* Each request for memory is refused once: there is no connection then, or it could be
 * done without. A chain that cannot be verified so is not trusted. */
static void
without_memory(void **state)
{
	bool was_refused = true;
	struct stream_peer peer;
	struct arena work;
	unsigned long n;
	int err;

	(void)state;
	options.certificate = client;
	options.key = client_key;
	assert_true(tls_server_start(&server));
	arena_init(&work, 1 << 20);
	for (n = 1; was_refused; n++) {
		fault = (struct fault){0};
		refuse_at(n, false);
		err = connect_within(WAIT);
		if (err == E_OK)
			err = stream_peer(stream, &work, &peer);
		was_refused = refuse_end();
		stream_close(stream);
		stream = NULL;
		arena_reset(&work);
		if (err != E_OK && (!was_refused || (err != E_NOMEM && err != E_NET)))
			fail_msg("request %lu: %s (%s)", n, err_text(err), fault.text);
		assert_true(n < 500);
	}
	/* The last time nothing was refused. */
	assert_true(n - 2 >= 9);
	arena_clear(&work);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(tls_12_with_its_peer),
	    TEST(trust_as_pem_too),
	    TEST(another_trust),
	    TEST(trust_that_is_none),
	    TEST(expired),
	    TEST(another_host),
	    TEST(tls_13_alone_fails),
	    TEST(with_a_client_certificate),
	    TEST(without_the_client_certificate),
	    TEST(with_the_key_of_another),
	    TEST(a_server_that_says_nothing),
	    TEST(plain_tcp),
	    TEST(plain_tcp_with_a_deadline),
	    TEST(nobody_there),
	    TEST(without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
