/*
 * Who has signed in. The browser holds a token of 256 random bits; the ledger holds its
 * SHA-256, so that a copy of the data opens nothing. A sign-in always makes a new token.
 *
 * A session ends by itself when it was not used for a while and, however much it is used, some
 * hours after it began; when somebody signs out; and when the account gets another password or
 * role, is disabled or removed.
 */
#ifndef GH_AUTH_SESSION_H
#define GH_AUTH_SESSION_H

#include "registry/account.h"
#include "registry/data.h"
#include "registry/session.h"

#define SESSION_TOKEN 53 /* base32 of 32 bytes and a NUL */
#define SESSION_DIGEST 32
#define SESSIONS_MAX 20 /* of one account; the ones unused for longest make room */

struct session_rules {
	int64_t idle, absolute; /* seconds */
	int wait_ms;		/* deadline of writes */
};

struct session_start {
	const struct account *account;
	bool remote;		     /* REMOTE_USER, not a password */
	const char *address, *agent; /* cut where they are long */
};

/* Begins one and drops what has ended. `session` is in the arena. Errors of store_update(). */
int session_begin(struct data *data, const struct session_rules *rules,
    const struct session_start *start, int64_t now, struct arena *arena,
    char token[SESSION_TOKEN], struct session *session);

/* Finds the session of a token and its account, both in the arena. E_NOAUTH when there is
 * none or it has ended; errors of the stores. Writes nothing. */
int session_find(struct data *data, const struct session_rules *rules,
    struct span token, int64_t now, struct arena *arena, uint8_t digest[SESSION_DIGEST],
    struct session *session, struct account *account);

/* Notes that it is in use, when that was not noted for a while: at most one write in a
 * twentieth of the idle time. It is no error when it has ended meanwhile. */
int session_touch(struct data *data, const struct session_rules *rules,
    const uint8_t digest[SESSION_DIGEST], const struct session *session, int64_t now);

/* Leaves a sentence for the page that follows; *number names it. */
int session_say(struct data *data, const struct session_rules *rules,
    const uint8_t digest[SESSION_DIGEST], bool bad, const char *text, uint64_t *number);

/* Ends one; fine when it has ended. */
int session_end(struct data *data, const struct session_rules *rules,
    const uint8_t digest[SESSION_DIGEST]);

/* Ends those of an account (serial number) but for one (NULL: all of them). */
int session_end_all(struct data *data, int wait_ms, uint64_t account,
    const uint8_t *except, uint64_t *ended);

#endif
