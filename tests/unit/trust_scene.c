#include "tests/unit/trust_scene.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <time.h>

struct arena arena;
struct fault fault;
struct trust_found found;
struct tls_server server;
const struct issued self;
struct issued root, middle, leaf;
static const char *const names[] = {"lns.test", "two.test", NULL}, *const ips[] = {
								       "127.0.0.1",
								       "::1", NULL};

/* ---- names ------------------------------------------------------------------------ */

int __real_getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, struct addrinfo **found_list);
int __wrap_getaddrinfo(const char *host, const char *service,
    const struct addrinfo *hints, struct addrinfo **found_list);

static pthread_mutex_t slow_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t slow_changed = PTHREAD_COND_INITIALIZER;
static bool slow_may_end, slow_ended;

void
let_slow_be_found(void)
{
	pthread_mutex_lock(&slow_lock);
	slow_may_end = true;
	pthread_cond_broadcast(&slow_changed);
	pthread_mutex_unlock(&slow_lock);
}

bool
slow_was_found(void)
{
	bool ended;

	pthread_mutex_lock(&slow_lock);
	ended = slow_ended;
	pthread_mutex_unlock(&slow_lock);
	return ended;
}

static void
take_time(void)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += WAIT / 1000;
	pthread_mutex_lock(&slow_lock);
	while (!slow_may_end &&
	       pthread_cond_timedwait(&slow_changed, &slow_lock, &until) != ETIMEDOUT)
		;
	slow_ended = true;
	pthread_mutex_unlock(&slow_lock);
}

int
__wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
    struct addrinfo **found_list)
{
	struct addrinfo *second;
	int rc;

	if ((hints->ai_flags & AI_NUMERICHOST) != 0)
		return __real_getaddrinfo(host, service, hints, found_list);
	if (strcmp(host, "slow.test") == 0) {
		take_time();
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

struct issued
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

struct span
pem_of(struct span der)
{
	struct span pem;

	assert_int_equal(certificate_pem(der, &arena, &pem), E_OK);
	return pem;
}

struct span
join(struct span a, struct span b)
{
	return span_str(arena_printf(&arena, "%.*s%.*s", (int)a.len,
	    (const char *)a.data, (int)b.len, (const char *)b.data));
}

const struct certificate_request for_server = {
    .common_name = "Server", .dns_names = names, .ip_addresses = ips, .server = true};

int
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

int
tear_down(void **state)
{
	(void)state;
	tls_server_stop(&server);
	arena_clear(&arena);
	return 0;
}

void
start(struct issued own, struct span behind)
{
	struct span key;

	assert_int_equal(private_key_pem(own.key, &arena, &key), E_OK);
	server.chain = join(pem_of(own.crt), behind);
	server.key = key;
	assert_true(tls_server_start(&server));
}

int
fetch(const char *host, struct span anchor, int wait_ms)
{
	struct span pem = anchor.len > 0 ? pem_of(anchor) : anchor;

	return trust_fetch(
	    host, server.port, pem, NOW, wait_ms, &arena, &found, &fault);
}

void
fetches(const char *host, struct span anchor)
{
	if (fetch(host, anchor, WAIT) != E_OK)
		fail_msg("%s: %s", host, fault.text);
}

void
fails(const char *host, struct span anchor, const char *words)
{
	refused(fetch(host, anchor, WAIT), E_NET, &fault, words);
	assert_int_equal(found.root.len, 0);
}
