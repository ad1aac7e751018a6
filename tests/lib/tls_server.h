/* A TLS server in a child process, on a free port of the loopback, for tests. */
#ifndef GH_TESTS_TLS_SERVER_H
#define GH_TESTS_TLS_SERVER_H

#include <sys/types.h>

#include "base/span.h"

enum tls_manner {
	TLS_SPEAKS,
	TLS_MUTE,    /* accepts and says nothing */
	TLS_NO_TLS,  /* answers in plain HTTP */
	TLS_HANGS_UP /* closes at once */
};

struct tls_server {
	/* To fill in. */
	struct span chain, key; /* PEM; the server's certificate first */
	const char *address;	/* NULL: 127.0.0.1 */
	const char *priority;	/* of GnuTLS; NULL: "NORMAL" */
	const char *sni;	/* refuses when another was named ("": any at all) */
	bool wants_client;	/* refuses without a client certificate */
	enum tls_manner manner;
	/* Filled in by tls_server_start(). */
	uint16_t port;
	pid_t pid;
};

/* False when there is no such address here (IPv6) or anything else goes wrong. The child
 * ends with the thread that started it, or after ten minutes. */
bool tls_server_start(struct tls_server *server);
void tls_server_stop(struct tls_server *server);

#endif
