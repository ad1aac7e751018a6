/* The only place where randomness enters. */
#ifndef GH_CRYPTO_RANDOM_H
#define GH_CRYPTO_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Fills with unpredictable bytes; E_CRYPTO when the system has none. */
int random_bytes(void *out, size_t n);

#endif
