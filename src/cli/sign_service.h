/* The service of gatehouse-sign; crypto/sign_client.h has what is said on its socket. */
#ifndef GH_CLI_SIGN_SERVICE_H
#define GH_CLI_SIGN_SERVICE_H

#include <sys/types.h>

#include "crypto/sign.h"

#define SIGN_KEYS_MAX 16
#define SIGN_ALLOWED_MAX 64

struct sign_service {
	struct sign_key *keys[SIGN_KEYS_MAX];
	size_t key_count;
	uid_t allowed[SIGN_ALLOWED_MAX]; /* who may ask */
	size_t allowed_count;
	int peer_ms; /* how long one of them may take */
};

/*
 * Makes the listening socket (mode 0660). One that is there is replaced when nobody listens
 * on it; E_EXISTS when somebody does, or when it is no socket.
 */
int sign_service_listen(const char *path, int *fd, struct fault *fault);

/* Is it a UNIX socket, and one that listens? E_INVALID when it is something else. */
int sign_service_socket(int fd, bool *listening, struct fault *fault);

/* Installs the handlers of SIGTERM and SIGINT; before the loop. */
void sign_service_signals(void);

/* Answers until SIGTERM or SIGINT; then E_OK. A slow peer holds up nobody else. */
int sign_service_run(const struct sign_service *service, int listener);

/* Answers the one peer of a connection. */
int sign_service_once(const struct sign_service *service, int fd);

#endif
