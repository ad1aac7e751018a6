/* Servers in child processes for trust_fetch(), with certificates of their own. Names resolve
 * by __wrap_getaddrinfo in the source; nothing leaves this machine. */
#ifndef GH_TESTS_TRUST_SCENE_H
#define GH_TESTS_TRUST_SCENE_H

#include "tests/unit/unit.h"

#include "crypto/certificate.h"
#include "crypto/trust.h"
#include "tests/lib/crypto_fixture.h"
#include "tests/lib/tls_server.h"

/* Milliseconds: long enough for any machine. What is not to be waited for would take longer
 * than MUCH. */
#define WAIT 300000
#define MUCH (WAIT / 2)

struct issued {
	struct span key, crt;
};

extern struct arena arena;
extern struct fault fault;
extern struct trust_found found;
extern struct tls_server server;
extern const struct issued self; /* as the issuer: none */
extern struct issued root, middle, leaf;
extern const struct certificate_request for_server; /* lns.test and the loopback */

/* lns.test is 127.0.0.1. two.test has a first address where nobody answers; slow.test is not
 * found before it may be. */
void let_slow_be_found(void);
bool slow_was_found(void);

/* For cmocka: root, middle and leaf are made, nobody serves. */
int set_up(void **state);
int tear_down(void **state);

struct issued issue(struct certificate_request request, struct issued ca);
struct span pem_of(struct span der);
struct span join(struct span a, struct span b);

/* Serves this leaf with this chain behind it. */
void start(struct issued own, struct span behind);

/* Fetches from there with one root certificate (or none); whatever comes of it, without a
 * fault, and in vain with these words. */
int fetch(const char *host, struct span anchor, int wait_ms);
void fetches(const char *host, struct span anchor);
void fails(const char *host, struct span anchor, const char *words);

#endif
