/* TCP connections that are made within a deadline. Only for this folder. */
#ifndef GH_CRYPTO_DIAL_H
#define GH_CRYPTO_DIAL_H

#include "base/err.h"
#include "base/span.h"

/*
 * Connects to one of the addresses of `host` (a name or an IP literal); `until` is in
 * clock_ticks_ms(). The socket does not block. E_NET with the reason, E_NOMEM, E_IO.
 */
int dial(const char *host, uint16_t port, int64_t until, int *fd, struct fault *fault);

/* Waits for these poll() events. False when the time is up. */
bool dial_wait(int fd, short events, int64_t until);

#endif
