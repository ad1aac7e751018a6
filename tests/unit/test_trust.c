/* trust_fetch() against servers in child processes: what they and the network do. What their
 * certificates are worth is in test_trust_chain.c. */
#include "tests/unit/trust_scene.h"

#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define SHORT 2000

/* ---- tests --------------------------------------------------------------------------- */

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
	assert_in_range(ms, SHORT - 5, MUCH);
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

/* A socket that has the port of this address, a free one for 0: until it listens, whoever
 * connects there is refused. */
static int
bind_to(uint32_t address, uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	socklen_t size = sizeof at;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(address);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, size), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	server.port = ntohs(at.sin_port);
	return fd;
}

static void
nobody_listens(void **state)
{
	int fd = bind_to(INADDR_LOOPBACK, 0);

	(void)state;
	assert_true(takes("lns.test", WAIT, "Connection refused") < MUCH);
	assert_non_null(strstr(fault.text, "lns.test port "));
	close(fd);
}

static void
does_not_resolve(void **state)
{
	(void)state;
	server.port = 443;
	fails("nowhere.test", root.crt, "nowhere.test does not resolve: ");
}

static int
count_threads(void)
{
	DIR *tasks = opendir("/proc/self/task");
	int count = 0;

	assert_non_null(tasks);
	while (readdir(tasks) != NULL)
		count++;
	closedir(tasks);
	return count;
}

static void
name_server_is_slow(void **state)
{
	int before = count_threads();
	int64_t ms;

	(void)state;
	server.port = 443;
	ms =
	    takes("slow.test", 200, "name server did not answer in time for slow.test");
	assert_in_range(ms, 195, MUCH);
	/* The thread outlives the call and cleans up behind itself. */
	assert_false(slow_was_found());
	let_slow_be_found();
	for (int i = 0; i < WAIT / 10 && count_threads() > before; i++)
		usleep(10000);
	assert_true(slow_was_found());
	assert_int_equal(count_threads(), before);
}

/* Makes it a listener that takes no more connections: to connect to it takes for ever. */
static void
listen_full(int fd, int *clients, int count)
{
	struct sockaddr_in at;
	socklen_t size = sizeof at;
	struct pollfd p;

	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
	assert_int_equal(listen(fd, 0), 0);
	for (int i = 0; i < count; i++) {
		clients[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(clients[i], (struct sockaddr *)&at, size);
	}
	/* The first one is in the queue, which is full then. */
	p = (struct pollfd){.fd = clients[0], .events = POLLOUT};
	assert_int_equal(poll(&p, 1, WAIT), 1);
	usleep(20000);
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
	fd = bind_to(INADDR_LOOPBACK + 1, server.port);
	listen_full(fd, clients, 4);
	before = clock_ticks_ms();
	if (fetch("two.test", root.crt, 16000) != E_OK)
		fail_msg("%s", fault.text);
	assert_true(clock_ticks_ms() - before >= 7900);
	for (int i = 0; i < 4; i++)
		close(clients[i]);
	close(fd);
}

static void
connecting_takes_too_long(void **state)
{
	int clients[4], fd = bind_to(INADDR_LOOPBACK, 0);
	int64_t ms;

	(void)state;
	listen_full(fd, clients, 4);
	ms = takes("lns.test", SHORT, "timed out");
	assert_in_range(ms, SHORT - 5, MUCH);
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
	    T(both_versions),
	    T(server_name_is_sent),
	    T(ipv6),
	    T(server_wants_a_client_certificate),
	    T(says_nothing),
	    T(speaks_something_else),
	    T(nobody_listens),
	    T(does_not_resolve),
	    T(name_server_is_slow),
	    T(second_address_is_tried),
	    T(connecting_takes_too_long),
	    T(refuses_arguments),
	    T(no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
