/*
 * The service of gatehouse-sign: what is said on its UNIX socket, and asking it.
 *
 * One order and one answer a connection; then both sides close it. Numbers are
 * little-endian.
 *
 * Order, 70 bytes:
 *	version	u8	1
 *	order	u8	1: sign, 2: tell the public key
 *	crc	u32	of the public key; 0 with order 2: the only key that is served
 *	digest	64	SHA-512 of what is signed; zeros with order 2
 *
 * Answer:
 *	version	u8	1
 *	status	u8	0: done, else enum sign_status
 *	length	u16	of what follows, at most 200
 *	bytes		the signature (DER), the public key (64 bytes), or one line of words
 */
#ifndef GH_CRYPTO_SIGN_CLIENT_H
#define GH_CRYPTO_SIGN_CLIENT_H

#include "crypto/sign.h"

#define SIGN_ORDER_SIZE 70
#define SIGN_ANSWER_HEAD 4
#define SIGN_ANSWER_MAX (SIGN_ANSWER_HEAD + 200)

enum sign_order { SIGN_ORDER_SIGN = 1, SIGN_ORDER_POINT = 2 };

enum sign_status {
	SIGN_DONE,
	SIGN_BAD_ORDER, /* not as above */
	SIGN_REFUSED,	/* this user is not served */
	SIGN_NO_KEY, /* no key with this CRC is served; several are, and none was named */
	SIGN_FAILED, /* the key does not sign */
	SIGN_STATUSES
};

struct sign_request {
	enum sign_order order;
	uint32_t crc;
	uint8_t digest[SHA512_SIZE];
};

struct sign_answer {
	enum sign_status status;
	struct span bytes; /* borrowed from what was read */
};

/* The bytes of an order. */
void sign_request_write(
    const struct sign_request *request, uint8_t out[SIGN_ORDER_SIZE]);

/* What has come so far: E_AGAIN when that is only a beginning, E_INVALID as soon as it
 * cannot become an order any more. */
int sign_request_read(struct span bytes, struct sign_request *request);

/* Gives the length; longer words are cut. */
size_t sign_answer_write(
    enum sign_status status, struct span bytes, uint8_t out[SIGN_ANSWER_MAX]);

/* E_AGAIN, E_INVALID as above. */
int sign_answer_read(struct span bytes, struct sign_answer *answer);

/*
 * Asks the service at this path, for at most `wait_ms`, for a signature by the key with
 * this CRC. What it gives is well-formed DER; whether it is a signature by the key is for
 * the caller to verify. E_NOTFOUND (no service, no such key), E_DENIED (not for us),
 * E_CRYPTO (the key does not sign), E_BUSY (too slow), E_NET (nonsense).
 */
int sign_by_service(const char *path, uint32_t crc, const uint8_t digest[SHA512_SIZE],
    int wait_ms, struct sign_der *out, struct fault *fault);

/* The public key with this CRC, or (0) the only one. E_NET when it is none. */
int sign_service_point(const char *path, uint32_t crc, int wait_ms,
    uint8_t point[SIGN_POINT], struct fault *fault);

#endif
