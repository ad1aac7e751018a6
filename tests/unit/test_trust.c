/* trust_fetch() against servers in child processes. Names resolve by __wrap_getaddrinfo
 * below; nothing leaves this machine. */
#include "unit.h"

#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/certificate.h"
#include "crypto/trust.h"
#include "tests/lib/crypto_fixture.h"
#include "tests/lib/tls_server.h"

#define WAIT 5000
#define SHORT 400

struct issued {
	struct span key, crt;
};

static struct arena arena;
static struct fault fault;
static struct trust_found found;
static struct tls_server server;
static const struct issued self;
static struct issued root, middle, leaf;
static const char *const names[] = {"lns.test", "two.test", NULL}, *const ips[] = {
								       "127.0.0.1",
								       "::1", NULL};

/* ---- names ------------------------------------------------------------------------ */

int __real_getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, struct addrinfo **found_list);
int __wrap_getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, struct addrinfo **found_list);

static pthread_mutex_t slow_lock = PTHREAD_MUTEX_INITIALIZER;
static int slow_ended;

/* two.test has a first address where nobody answers; slow.test takes its time. */
int
__wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
    struct addrinfo **found_list)
{
	struct addrinfo *second;
	int rc;

	if ((hints->ai_flags & AI_NUMERICHOST) != 0)
		return __real_getaddrinfo(host, service, hints, found_list);
	if (strcmp(host, "slow.test") == 0) {
		usleep(2000000);
		pthread_mutex_lock(&slow_lock);
		slow_ended++;
		pthread_mutex_unlock(&slow_lock);
	} else if (strcmp(host, "two.test") == 0) {
		rc = __real_getaddrinfo("127.0.0.2", service, hints, found_list);
		if (rc == 0)
			rc = __real_getaddrinfo("127.0.0.1", service, hints, &second);
		if (rc == 0)
			(*found_list)->ai_next = second;
		return rc;
	} else if (strcmp(host, "lns.test") != 0) {
		return EAI_NONAME;
	}
	return __real_getaddrinfo("127.0.0.1", service, hints, found_list);
}

/* ---- what the servers show ----------------------------------------------------------- */

static struct issued
issue(struct certificate_request request, struct issued ca)
{
	struct issued out;

	if (request.not_after == 0)
		request.not_after = NOW + 100 * DAY;
	if (request.not_before == 0)
		request.not_before = NOW - DAY;
	assert_int_equal(private_key_new(&arena, &out.key), E_OK);
	if (certificate_issue(
		&request, out.key, ca.crt, ca.key, &arena, &out.crt, &fault) != E_OK)
		fail_msg("%s: %s", fault.field, fault.text);
	return out;
}

static struct span
pem_of(struct span der)
{
	struct span pem;

	assert_int_equal(certificate_pem(der, &arena, &pem), E_OK);
	return pem;
}

static struct span
join(struct span a, struct span b)
{
	return span_str(arena_printf(&arena, "%.*s%.*s", (int)a.len,
	    (const char *)a.data, (int)b.len, (const char *)b.data));
}

static const struct certificate_request for_server = {
    .common_name = "Server", .dns_names = names, .ip_addresses = ips, .server = true};

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 22);
	fault = (struct fault){0};
	server = (struct tls_server){.pid = -1};
	root = issue(
	    (struct certificate_request){
		.common_name = "Root", .ca = true, .not_after = NOW + 1000 * DAY},
	    self);
	middle = issue(
	    (struct certificate_request){
		.common_name = "Middle", .ca = true, .not_after = NOW + 500 * DAY},
	    root);
	leaf = issue(for_server, middle);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	tls_server_stop(&server);
	arena_clear(&arena);
	return 0;
}

/* Serves this leaf with this chain behind it. */
static void
start(struct issued own, struct span behind)
{
	struct span key;

	assert_int_equal(private_key_pem(own.key, &arena, &key), E_OK);
	server.chain = join(pem_of(own.crt), behind);
	server.key = key;
	assert_true(tls_server_start(&server));
}

static int
fetch(const char *host, struct span anchor, int wait_ms)
{
	struct span pem = anchor.len > 0 ? pem_of(anchor) : anchor;

	return trust_fetch(
	    host, server.port, pem, NOW, wait_ms, &arena, &found, &fault);
}

static void
fetches(const char *host, struct span anchor)
{
	if (fetch(host, anchor, WAIT) != E_OK)
		fail_msg("%s: %s", host, fault.text);
}

static void
fails(const char *host, struct span anchor, const char *words)
{
	refused(fetch(host, anchor, WAIT), E_NET, &fault, words);
	assert_int_equal(found.root.len, 0);
}

/* ---- tests --------------------------------------------------------------------------- */

static void
root_of_a_good_chain(void **state)
{
	(void)state;
	start(leaf, pem_of(middle.crt));
	fetches("lns.test", root.crt);
	assert_true(span_eq(found.root, root.crt));
	assert_string_equal(found.root_subject, "CN=Root");
	assert_string_equal(found.server_subject, "CN=Server");
	assert_int_equal(found.chain_length, 3);
	assert_int_equal(found.chain_expires, NOW + 100 * DAY);
	assert_int_equal(found.root_expires, NOW + 1000 * DAY);
}

static void
both_versions(void **state)
{
	static const char *const versions[] = {
	    "NORMAL:-VERS-ALL:+VERS-TLS1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.3"};

	(void)state;
	for (int i = 0; i < 2; i++) {
		server.priority = versions[i];
		start(leaf, pem_of(middle.crt));
		fetches("lns.test", root.crt);
		assert_true(span_eq(found.root, root.crt));
		tls_server_stop(&server);
	}
	server.priority = "NORMAL:-VERS-ALL:+VERS-TLS1.1";
	start(leaf, pem_of(middle.crt));
	refused(fetch("lns.test", root.crt, WAIT), E_NET, &fault, "TLS");
}

/* The root is sent too; other roots are among the anchors. */
static void
root_among_others(void **state)
{
	struct issued other = issue(
	    (struct certificate_request){.common_name = "Other", .ca = true}, self);
	struct span anchors = join(pem_of(other.crt), pem_of(root.crt));

	(void)state;
	start(leaf, join(pem_of(middle.crt), pem_of(root.crt)));
	assert_int_equal(trust_fetch("lns.test", server.port, anchors, NOW, WAIT,
			     &arena, &found, &fault),
	    E_OK);
	assert_true(span_eq(found.root, root.crt));
	assert_int_equal(found.chain_length, 3);
}

/* An operator may trust the intermediate only, or a server's own certificate. */
static void
anchors_below_the_root(void **state)
{
	struct issued alone = issue(for_server, self);

	(void)state;
	start(leaf, pem_of(middle.crt));
	fetches("lns.test", middle.crt);
	assert_true(span_eq(found.root, middle.crt));
	assert_int_equal(found.chain_length, 2);
	assert_int_equal(found.root_expires, NOW + 500 * DAY);
	tls_server_stop(&server);
	start(alone, span_str(""));
	fetches("lns.test", alone.crt);
	assert_true(span_eq(found.root, alone.crt));
	assert_int_equal(found.chain_length, 1);
}

/* Of two certificates of the root's key the one counts that is valid. */
static void
renewed_root(void **state)
{
	struct certificate_request again = {.common_name = "Root",
	    .ca = true,
	    .not_before = NOW - 20 * DAY,
	    .not_after = NOW - 10 * DAY};
	struct span old, anchors;

	(void)state;
	assert_int_equal(certificate_issue(&again, root.key, self.crt, self.key, &arena,
			     &old, &fault),
	    E_OK);
	start(leaf, pem_of(middle.crt));
	for (int i = 0; i < 2; i++) {
		anchors = i == 0 ? join(pem_of(old), pem_of(root.crt))
				 : join(pem_of(root.crt), pem_of(old));
		assert_int_equal(trust_fetch("lns.test", server.port, anchors, NOW,
				     WAIT, &arena, &found, &fault),
		    E_OK);
		assert_true(span_eq(found.root, root.crt));
	}
	fails("lns.test", old, "the root certificate CN=Root expired on 2029-12-22");
}

static void
leaves_out_the_intermediate(void **state)
{
	(void)state;
	start(leaf, span_str(""));
	fails("lns.test", root.crt, "unknown issuer: CN=Middle is neither sent");
}

static void
unknown_issuers(void **state)
{
	struct issued other = issue(
	    (struct certificate_request){.common_name = "Root", .ca = true}, self);
	struct issued alone = issue(for_server, self);

	(void)state;
	start(leaf, pem_of(middle.crt));
	fails("lns.test", other.crt, "unknown issuer: CN=Root is neither sent");
	tls_server_stop(&server);
	start(leaf, join(pem_of(middle.crt), pem_of(root.crt)));
	fails("lns.test", other.crt, "unknown issuer: CN=Root is self-signed");
	tls_server_stop(&server);
	start(alone, span_str(""));
	fails("lns.test", root.crt, "the server's certificate is self-signed");
}

static void
dates(void **state)
{
	struct certificate_request request = for_server;
	struct issued late, old_middle;

	(void)state;
	request.not_before = NOW - 9 * DAY;
	request.not_after = NOW - 1;
	start(issue(request, middle), pem_of(middle.crt));
	fails("lns.test", root.crt,
	    "the server's certificate expired on 2029-12-31T23:59:59Z");
	tls_server_stop(&server);
	request.not_before = NOW + DAY;
	request.not_after = NOW + 9 * DAY;
	start(issue(request, middle), pem_of(middle.crt));
	fails("lns.test", root.crt,
	    "the server's certificate is not valid before 2030-01-02T00:00:00Z");
	tls_server_stop(&server);
	request = (struct certificate_request){.common_name = "Old",
	    .ca = true,
	    .not_before = NOW - 9 * DAY,
	    .not_after = NOW - DAY};
	old_middle = issue(request, root);
	late = issue(for_server, old_middle);
	start(late, pem_of(old_middle.crt));
	fails("lns.test", root.crt,
	    "the intermediate certificate CN=Old expired on 2029-12-31T00:00:00Z");
}

static void
host_names(void **state)
{
	static const char *const others[] = {"other.test", NULL};
	struct certificate_request request = for_server;

	(void)state;
	request.dns_names = others;
	request.ip_addresses = NULL;
	start(issue(request, middle), pem_of(middle.crt));
	fails("lns.test", root.crt,
	    "wrong host name: the server's certificate (CN=Server) is not for "
	    "lns.test");
	fails("127.0.0.1", root.crt, "is not for 127.0.0.1");
	tls_server_stop(&server);
	start(leaf, pem_of(middle.crt));
	fetches("lns.test.", root.crt);
	fetches("127.0.0.1", root.crt);
}

static void
server_name_is_sent(void **state)
{
	(void)state;
	server.sni = "lns.test";
	start(leaf, pem_of(middle.crt));
	fetches("lns.test", root.crt);
	fetches("lns.test.", root.crt);
	tls_server_stop(&server);
	server.sni = "";
	start(leaf, pem_of(middle.crt));
	fetches("127.0.0.1", root.crt);
	fails("lns.test", root.crt, "lns.test refuses the TLS handshake");
}

/* Where this machine has IPv6. */
static void
ipv6(void **state)
{
	struct span key;

	(void)state;
	assert_int_equal(private_key_pem(leaf.key, &arena, &key), E_OK);
	server.address = "::1";
	server.sni = "";
	server.chain = join(pem_of(leaf.crt), pem_of(middle.crt));
	server.key = key;
	if (!tls_server_start(&server))
		return;
	fetches("::1", root.crt);
	fetches("[::1]", root.crt);
	assert_true(span_eq(found.root, root.crt));
}

static void
uses(void **state)
{
	struct certificate_request request = for_server;
	struct issued end;

	(void)state;
	request.server = false;
	request.client = true;
	start(issue(request, middle), pem_of(middle.crt));
	fails("lns.test", root.crt, "not made for servers");
	tls_server_stop(&server);
	/* A certificate under one that is not a CA. */
	request = for_server;
	end =
	    issue((struct certificate_request){.common_name = "End", .ca = true}, root);
	leaf = issue(request, end);
	request = (struct certificate_request){.common_name = "End",
	    .server = true,
	    .not_before = NOW - DAY,
	    .not_after = NOW + DAY};
	assert_int_equal(certificate_issue(&request, end.key, root.crt, root.key,
			     &arena, &end.crt, &fault),
	    E_OK);
	start(leaf, pem_of(end.crt));
	fails("lns.test", root.crt, "does not verify");
}

/* It asks for a certificate that only a gateway has: what it showed is enough. */
static void
server_wants_a_client_certificate(void **state)
{
	static const char *const versions[] = {
	    "NORMAL:-VERS-ALL:+VERS-TLS1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.3"};

	(void)state;
	server.wants_client = true;
	for (int i = 0; i < 2; i++) {
		server.priority = versions[i];
		start(leaf, pem_of(middle.crt));
		fetches("lns.test", root.crt);
		assert_true(span_eq(found.root, root.crt));
		tls_server_stop(&server);
	}
	start(leaf, span_str(""));
	fails("lns.test", root.crt, "unknown issuer");
}

static int64_t
takes(const char *host, int wait_ms, const char *words)
{
	int64_t before = clock_ticks_ms();

	refused(fetch(host, root.crt, wait_ms), E_NET, &fault, words);
	return clock_ticks_ms() - before;
}

static void
says_nothing(void **state)
{
	int64_t ms;

	(void)state;
	server.manner = TLS_MUTE;
	start(leaf, span_str(""));
	ms = takes("lns.test", SHORT, "took too long for the TLS handshake");
	assert_in_range(ms, SHORT - 5, SHORT + 3000);
}

static void
speaks_something_else(void **state)
{
	(void)state;
	server.manner = TLS_NO_TLS;
	start(leaf, span_str(""));
	fails("lns.test", root.crt, "does not speak a version of TLS");
	tls_server_stop(&server);
	server.manner = TLS_HANGS_UP;
	start(leaf, span_str(""));
	fails("lns.test", root.crt, "closed the connection");
}

static void
nobody_listens(void **state)
{
	(void)state;
	start(leaf, span_str(""));
	tls_server_stop(&server);
	assert_true(takes("lns.test", WAIT, "Connection refused") < WAIT - 1000);
	assert_non_null(strstr(fault.text, "lns.test port "));
}

static void
does_not_resolve(void **state)
{
	(void)state;
	server.port = 443;
	fails("nowhere.test", root.crt, "nowhere.test does not resolve: ");
}

static void
name_server_is_slow(void **state)
{
	int64_t ms;
	int ended = 0;

	(void)state;
	server.port = 443;
	ms =
	    takes("slow.test", 200, "name server did not answer in time for slow.test");
	assert_in_range(ms, 195, 1900);
	/* The thread outlives the call and cleans up behind itself. */
	for (int i = 0; i < 1000 && ended == 0; i++) {
		usleep(10000);
		pthread_mutex_lock(&slow_lock);
		ended = slow_ended;
		pthread_mutex_unlock(&slow_lock);
	}
	assert_int_equal(ended, 1);
	usleep(50000);
}

/* A listener that takes no more connections: to connect to it takes for ever. */
static int
full_listener(const char *address, uint16_t port, int *clients, int count)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr =
	    htonl(strcmp(address, "127.0.0.1") == 0 ? 0x7f000001 : 0x7f000002);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(fd, 0), 0);
	for (int i = 0; i < count; i++) {
		clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(clients[i], (struct sockaddr *)&at, sizeof at);
	}
	usleep(20000);
	return fd;
}

static void
second_address_is_tried(void **state)
{
	int clients[4], fd;
	int64_t before;

	(void)state;
	start(leaf, pem_of(middle.crt));
	fetches("two.test", root.crt);
	/* The first one is dead rather than closed: half of the time is its share. */
	fd = full_listener("127.0.0.2", server.port, clients, 4);
	before = clock_ticks_ms();
	if (fetch("two.test", root.crt, 4000) != E_OK)
		fail_msg("%s", fault.text);
	assert_in_range(clock_ticks_ms() - before, 1900, 3900);
	for (int i = 0; i < 4; i++)
		close(clients[i]);
	close(fd);
}

static void
connecting_takes_too_long(void **state)
{
	int clients[4], fd;
	int64_t ms;

	(void)state;
	start(leaf, span_str(""));
	tls_server_stop(&server);
	fd = full_listener("127.0.0.1", server.port, clients, 4);
	ms = takes("lns.test", SHORT, "timed out");
	assert_in_range(ms, SHORT - 5, SHORT + 3000);
	for (int i = 0; i < 4; i++)
		close(clients[i]);
	close(fd);
}

static void
refuses_arguments(void **state)
{
	char host[300] = {0};

	(void)state;
	server.port = 443;
	memset(host, 'a', sizeof host - 1);
	refused(fetch("", root.crt, WAIT), E_INVALID, &fault, "1 to 253");
	refused(fetch(host, root.crt, WAIT), E_INVALID, &fault, "1 to 253");
	refused(trust_fetch("lns.test", 443, span_str("nothing"), NOW, WAIT, &arena,
		    &found, &fault),
	    E_INVALID, &fault, "no PEM certificate");
	refused(trust_fetch("lns.test", 443,
		    span_str("-----BEGIN CERTIFICATE-----\nAAAA\n"
			     "-----END CERTIFICATE-----\n"),
		    NOW, WAIT, &arena, &found, &fault),
	    E_INVALID, &fault, "certificate");
}

/* Whatever roots this machine has, ours is not one of them. */
static void
anchors_of_the_system(void **state)
{
	(void)state;
	start(leaf, join(pem_of(middle.crt), pem_of(root.crt)));
	assert_int_equal(fetch("lns.test", span_of(NULL, 0), WAIT), E_NET);
	if (strstr(fault.text, "unknown issuer") == NULL &&
	    strstr(fault.text, "no root certificates") == NULL)
		fail_msg("%s", fault.text);
}

static void
no_memory(void **state)
{
	struct arena none;

	(void)state;
	arena_init(&none, 0);
	start(leaf, pem_of(middle.crt));
	assert_int_equal(trust_fetch("lns.test", server.port, pem_of(root.crt), NOW,
			     WAIT, &none, &found, &fault),
	    E_NOMEM);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(root_of_a_good_chain),
	    T(both_versions),
	    T(root_among_others),
	    T(anchors_below_the_root),
	    T(renewed_root),
	    T(leaves_out_the_intermediate),
	    T(unknown_issuers),
	    T(dates),
	    T(host_names),
	    T(server_name_is_sent),
	    T(ipv6),
	    T(uses),
	    T(server_wants_a_client_certificate),
	    T(says_nothing),
	    T(speaks_something_else),
	    T(nobody_listens),
	    T(does_not_resolve),
	    T(name_server_is_slow),
	    T(second_address_is_tried),
	    T(connecting_takes_too_long),
	    T(refuses_arguments),
	    T(anchors_of_the_system),
	    T(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
