/* Addresses of servers for UDP packet forwarders. */
#ifndef GH_GATEWAY_FILES_SERVER_H
#define GH_GATEWAY_FILES_SERVER_H

#include "base/err.h"
#include "base/span.h"

#define SERVER_HOST_MAX 253
#define SERVER_PORT 1700 /* when the address names none */

struct server {
	char host[SERVER_HOST_MAX + 1]; /* name, IPv4, or IPv6 without brackets */
	bool ipv6;
	uint16_t port;
};

/*
 * Reads `host`, `host:port`, `[IPv6]`, `[IPv6]:port`, each also after `udp://`. E_INVALID
 * with what is wrong with it in `fault`: no host, an empty port or one that is not 1 to
 * 65535, another scheme, an IPv6 address without brackets, characters that no host has.
 */
int server_parse(struct span text, struct server *out, struct fault *fault);

/* E_INVALID with words when the Semtech forwarders could not use it: they keep 63
 * characters of the name and resolve to IPv4 alone. */
int server_check_semtech(const struct server *s, struct fault *fault);

#endif
