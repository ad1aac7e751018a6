#include "gateway-files/memo.h"

#include <stdlib.h>

#include "crypto/digest.h"

#define ENTRIES 2048

struct file_memo {
	struct memo_entry entries[ENTRIES];
};

struct file_memo *
file_memo_new(void)
{
	return calloc(1, sizeof(struct file_memo));
}

void
file_memo_free(struct file_memo *memo)
{
	free(memo);
}

/* FNV-1a: what collides only pushes out each other's answers. */
static uint32_t
add_hash(uint32_t hash, struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		hash = (hash ^ s.data[i]) * 16777619u;
	return hash;
}

/* Each question has one place only; a gateway asks for one file or two. */
static size_t
place(struct span gateway_id, const struct file_query *query)
{
	uint32_t hash = add_hash(2166136261u, gateway_id);

	/* The ends of paths are where they differ. */
	hash = add_hash(hash,
	    span_from(query->path, query->path.len > 10 ? query->path.len - 10 : 0));
	hash = add_hash(hash, query->concentrator);
	return (hash + query->reference * 2u + query->contents) % ENTRIES;
}

const struct memo_entry *
file_memo_find(const struct file_memo *memo, uint64_t version, struct span gateway_id,
    const struct file_query *query)
{
	const struct memo_entry *e;

	if (memo == NULL)
		return NULL;
	e = &memo->entries[place(gateway_id, query)];
	if (e->version != version || e->reference != query->reference ||
	    e->contents != query->contents || !span_is(gateway_id, e->gateway_id) ||
	    !span_is(query->concentrator, e->concentrator) ||
	    !span_is(query->path, e->answer.format->path))
		return NULL;
	return e;
}

bool
file_memo_knows(
    const struct memo_entry *e, struct span key, int64_t now, struct principal *p)
{
	uint8_t digest[SHA256_SIZE];

	if (e == NULL || key.len == 0 || now >= e->valid_until ||
	    sha256(key, digest) != E_OK ||
	    !equal_secret(
		span_of(digest, sizeof digest), span_of(e->digest, sizeof e->digest)))
		return false;
	p->credential = CREDENTIAL_KEY;
	p->err = E_OK;
	p->key.serial = e->key_serial;
	return true;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return b != 0 && b < a ? b : a;
}

void
file_memo_let_in(struct file_memo *memo, uint64_t version, struct span gateway_id,
    const struct file_query *query, const struct principal *p)
{
	struct memo_entry *e;

	if (p->credential != CREDENTIAL_KEY || !p->has_digest ||
	    file_memo_find(memo, version, gateway_id, query) == NULL)
		return;
	e = &memo->entries[place(gateway_id, query)];
	memcpy(e->digest, p->digest, sizeof e->digest);
	e->key_serial = p->key.serial;
	e->valid_until =
	    earlier(earlier(INT64_MAX, p->key.expires_at), p->key.revoked_at);
}

static bool
put_text(char out[MEMO_ID], struct span text)
{
	if (text.len >= MEMO_ID)
		return false;
	if (text.len > 0)
		memcpy(out, text.data, text.len);
	out[text.len] = '\0';
	return true;
}

void
file_memo_keep(struct file_memo *memo, uint64_t version, const struct gateway *gateway,
    const struct file_query *query, const struct file_answer *answer)
{
	struct span id = span_str(gateway->gateway_id);
	struct memo_entry *e;

	if (memo == NULL)
		return;
	e = &memo->entries[place(id, query)];
	e->version = 0;
	e->valid_until = 0;
	if (!put_text(e->gateway_id, id) ||
	    !put_text(e->concentrator, query->concentrator))
		return;
	e->serial = gateway->serial;
	e->eui = gateway->eui;
	e->reference = query->reference;
	e->contents = query->contents;
	e->answer = *answer;
	e->version = version;
}
