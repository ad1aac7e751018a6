/*
 * Answers that this process has given: their ETags, and the digest of the key that was let
 * in. One who asks again for what has not changed costs little more than that digest. All
 * of it is good for one snapshot of the registry; the key also no longer than it is valid.
 */
#ifndef GH_GATEWAY_FILES_MEMO_H
#define GH_GATEWAY_FILES_MEMO_H

#include "auth/principal.h"
#include "gateway-files/answer.h"

#define MEMO_ID 37 /* an identifier of 36 characters and a NUL */

struct memo_entry {
	uint64_t version; /* of the registry; 0: nothing here */
	uint64_t serial, eui;
	char gateway_id[MEMO_ID], concentrator[MEMO_ID];
	bool reference, contents;
	struct file_answer answer;
	uint8_t digest[32]; /* SHA-256 of the key */
	uint64_t key_serial;
	int64_t valid_until; /* 0: there is no key */
};

struct file_memo;

/* NULL when out of memory; NULL is allowed everywhere and remembers nothing. */
struct file_memo *file_memo_new(void);
void file_memo_free(struct file_memo *memo);

/* What was answered at this version, NULL when that is not known. */
const struct memo_entry *file_memo_find(const struct file_memo *memo, uint64_t version,
    struct span gateway_id, const struct file_query *query);

/* Was this key let in, and would it be now? Fills the principal as far as it is known: the
 * credential, the key's serial. */
bool file_memo_knows(const struct memo_entry *entry, struct span key, int64_t now,
    struct principal *principal);

/* Remembers a key that may have the answer; certificates are not remembered. */
void file_memo_let_in(struct file_memo *memo, uint64_t version, struct span gateway_id,
    const struct file_query *query, const struct principal *principal);

/* Remembers an answer, in place of another one perhaps. */
void file_memo_keep(struct file_memo *memo, uint64_t version,
    const struct gateway *gateway, const struct file_query *query,
    const struct file_answer *answer);

#endif
