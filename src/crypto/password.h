/*
 * Passwords of people, as yescrypt hashes (libxcrypt's $y$ form, which carries its cost and
 * salt). Memory-hard: one hash takes 16 MiB and some 20 ms at the usual cost.
 */
#ifndef GH_CRYPTO_PASSWORD_H
#define GH_CRYPTO_PASSWORD_H

#include "base/err.h"
#include "base/span.h"

#define PASSWORD_MAX 256  /* bytes of a password */
#define PASSWORD_HASH 128 /* bytes of a hash with its NUL */
#define PASSWORD_COST 5	  /* 1 (for tests) to 11; each step doubles the work */
#define PASSWORD_COST_MAX 11

/* The hash to keep. E_INVALID (empty, too long, a NUL byte inside, cost out of range),
 * E_NOMEM, E_CRYPTO (the library has no yescrypt). */
int password_hash(struct span password, unsigned cost, char out[PASSWORD_HASH]);

/* Is it this password? In a time that does not tell how much of it is right. False also for
 * an empty hash, and when there is no memory for it. */
bool password_verify(struct span password, const char *hash);

/* The same work for an account that does not exist, so that the time tells nothing. */
void password_verify_nobody(struct span password, unsigned cost);

/* Was it made with another cost than this one, so that it should be made anew? */
bool password_is_outdated(const char *hash, unsigned cost);

/* A password of 120 random bits: 24 characters in groups of six. */
#define PASSWORD_MADE 28
int password_make(char out[PASSWORD_MADE]);

#endif
