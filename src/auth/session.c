#include "auth/session.h"

#include <stdio.h>

#include "base/hex.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "registry/registry.h"

#define TOKEN_BYTES 32
#define WORK_MEMORY (4 << 20)
#define AGENT_MAX 160

static bool
has_ended(const struct session *s, const struct session_rules *rules, int64_t now)
{
	return now >= s->ends_at || now >= s->seen_at + rules->idle ||
	       now < s->created_at - 60;
}

/* ---- dropping several ---------------------------------------------------------------------- */

struct dropping {
	const struct session_rules *rules; /* NULL: ends whatever fits */
	int64_t now;
	uint64_t account;
	const uint8_t *except;
	struct arena *work;
	/* Digests of those that go, and of those of the account that stay. */
	uint8_t (*gone)[SESSION_DIGEST];
	size_t gone_count, room;
	uint64_t kept;
	uint8_t oldest[SESSION_DIGEST];
	int64_t oldest_seen;
};

static int
mark(struct dropping *d, struct span digest)
{
	if (d->gone_count == d->room) {
		size_t room = d->room == 0 ? 32 : d->room * 2;
		void *more = arena_alloc(d->work, room * SESSION_DIGEST);

		if (more == NULL)
			return E_NOMEM;
		if (d->gone_count > 0)
			memcpy(more, d->gone, d->gone_count * SESSION_DIGEST);
		d->gone = more;
		d->room = room;
	}
	memcpy(d->gone[d->gone_count++], digest.data, SESSION_DIGEST);
	return E_OK;
}

static int
consider(void *arg, struct span digest, const struct session *s)
{
	struct dropping *d = arg;

	if (digest.len != SESSION_DIGEST)
		return E_CORRUPT;
	if (s == NULL || (d->rules != NULL && has_ended(s, d->rules, d->now)))
		return mark(d, digest);
	if (s->serial != d->account)
		return E_OK;
	if (d->rules == NULL)
		return d->except != NULL &&
			       memcmp(d->except, digest.data, SESSION_DIGEST) == 0
			   ? E_OK
			   : mark(d, digest);
	if (d->kept++ == 0 || s->seen_at < d->oldest_seen) {
		memcpy(d->oldest, digest.data, SESSION_DIGEST);
		d->oldest_seen = s->seen_at;
	}
	return E_OK;
}

static int
drop(struct store_txn *txn, struct dropping *d)
{
	int err;

	d->gone_count = d->room = 0;
	d->kept = 0;
	err = session_each(txn, d->work, consider, d);
	if (err == E_OK && d->kept >= SESSIONS_MAX)
		err = mark(d, span_of(d->oldest, SESSION_DIGEST));
	for (size_t i = 0; err == E_OK && i < d->gone_count; i++)
		err =
		    store_del(txn, LEDGER_SESSION, span_of(d->gone[i], SESSION_DIGEST));
	return err;
}

static int
drop_update(struct store_txn *txn, void *arg)
{
	return drop(txn, arg);
}

int
session_end_all(struct data *data, int wait_ms, uint64_t account, const uint8_t *except,
    uint64_t *ended)
{
	struct dropping d = {.account = account, .except = except};
	struct arena work;
	int err;

	arena_init(&work, WORK_MEMORY);
	d.work = &work;
	err = store_update(data->ledger, wait_ms, drop_update, &d);
	arena_clear(&work);
	if (ended != NULL)
		*ended = err == E_OK ? d.gone_count : 0;
	return err;
}

/* ---- beginning ---------------------------------------------------------------------------------- */

struct beginning {
	struct dropping dropping;
	uint8_t digest[SESSION_DIGEST];
	const struct session *session;
};

static int
begin_update(struct store_txn *txn, void *arg)
{
	struct beginning *b = arg;
	int err = drop(txn, &b->dropping);

	return err == E_OK
		   ? session_put(txn, span_of(b->digest, SESSION_DIGEST), b->session)
		   : err;
}

static int
make_token(char token[SESSION_TOKEN], uint8_t digest[SESSION_DIGEST])
{
	uint8_t bytes[TOKEN_BYTES];
	int err = random_bytes(bytes, sizeof bytes);

	if (err != E_OK)
		return err;
	base32_encode(bytes, sizeof bytes, token);
	explicit_bzero(bytes, sizeof bytes);
	return sha256(span_str(token), digest);
}

static int
fill(struct session *s, const struct session_rules *rules,
    const struct session_start *start, int64_t now, struct arena *arena)
{
	uint8_t *secret = arena_alloc(arena, SESSION_SECRET);
	int err = secret != NULL ? random_bytes(secret, SESSION_SECRET) : E_NOMEM;

	record_init(&session_kind, s);
	s->serial = start->account->serial;
	s->epoch = start->account->epoch;
	s->created_at = s->seen_at = now;
	s->ends_at = now + rules->absolute;
	s->csrf = span_of(secret, SESSION_SECRET);
	s->remote = start->remote;
	s->address = arena_printf(arena, "%.60s", start->address);
	s->agent = arena_printf(
	    arena, "%.*s", AGENT_MAX, start->agent != NULL ? start->agent : "");
	if (s->address == NULL || s->agent == NULL)
		return E_NOMEM;
	return err;
}

int
session_begin(struct data *data, const struct session_rules *rules,
    const struct session_start *start, int64_t now, struct arena *arena,
    char token[SESSION_TOKEN], struct session *session)
{
	struct beginning b = {.session = session};
	struct arena work;
	int err = fill(session, rules, start, now, arena);

	if (err == E_OK)
		err = make_token(token, b.digest);
	if (err != E_OK)
		return err;
	arena_init(&work, WORK_MEMORY);
	b.dropping = (struct dropping){.rules = rules,
	    .now = now,
	    .account = start->account->serial,
	    .work = &work};
	err = store_update(data->ledger, rules->wait_ms, begin_update, &b);
	arena_clear(&work);
	return err;
}

/* ---- finding ------------------------------------------------------------------------------------- */

static int
find_row(struct data *data, struct span digest, struct arena *arena, struct session *s)
{
	struct store_txn *txn;
	int err = store_read_begin(data->ledger, &txn);

	if (err != E_OK)
		return err;
	err = session_get(txn, digest, arena, s);
	store_read_end(txn);
	return err == E_NOTFOUND || err == E_CORRUPT ? E_NOAUTH : err;
}

static int
find_account(
    struct data *data, uint64_t serial, struct arena *arena, struct account *account)
{
	struct store_txn *txn;
	int err = store_read_begin(data->registry, &txn);

	if (err != E_OK)
		return err;
	err = registry_get(txn, &account_kind, serial, arena, account);
	store_read_end(txn);
	return err == E_NOTFOUND ? E_NOAUTH : err;
}

int
session_find(struct data *data, const struct session_rules *rules, struct span token,
    int64_t now, struct arena *arena, uint8_t digest[SESSION_DIGEST],
    struct session *session, struct account *account)
{
	int err;

	if (token.len != SESSION_TOKEN - 1)
		return E_NOAUTH;
	if ((err = sha256(token, digest)) != E_OK)
		return err;
	err = find_row(data, span_of(digest, SESSION_DIGEST), arena, session);
	if (err != E_OK || has_ended(session, rules, now) ||
	    session->csrf.len != SESSION_SECRET)
		return err != E_OK ? err : E_NOAUTH;
	err = find_account(data, session->serial, arena, account);
	if (err != E_OK)
		return err;
	return account->disabled || account->epoch != session->epoch ? E_NOAUTH : E_OK;
}

/* ---- changing one ------------------------------------------------------------------------------------ */

struct changing {
	struct span digest;
	struct arena *work;
	int64_t seen_at; /* 0: as it is */
	const char *text;
	bool bad;
	uint64_t number;
};

static int
change_update(struct store_txn *txn, void *arg)
{
	struct changing *c = arg;
	struct session s;
	int err = session_get(txn, c->digest, c->work, &s);

	if (err != E_OK)
		return err == E_NOTFOUND ? E_OK : err;
	if (c->seen_at > s.seen_at)
		s.seen_at = c->seen_at;
	if (c->text != NULL) {
		s.flash_text = c->text;
		s.flash_bad = c->bad;
		c->number = ++s.flash;
	}
	return session_put(txn, c->digest, &s);
}

static int
change(struct data *data, const struct session_rules *rules, struct changing *c)
{
	struct arena work;
	int err;

	arena_init(&work, WORK_MEMORY);
	c->work = &work;
	err = store_update(data->ledger, rules->wait_ms, change_update, c);
	arena_clear(&work);
	return err;
}

int
session_touch(struct data *data, const struct session_rules *rules,
    const uint8_t digest[SESSION_DIGEST], const struct session *session, int64_t now)
{
	struct changing c = {.digest = span_of(digest, SESSION_DIGEST), .seen_at = now};

	if (now - session->seen_at < rules->idle / 20)
		return E_OK;
	return change(data, rules, &c);
}

int
session_say(struct data *data, const struct session_rules *rules,
    const uint8_t digest[SESSION_DIGEST], bool bad, const char *text, uint64_t *number)
{
	struct changing c = {
	    .digest = span_of(digest, SESSION_DIGEST), .text = text, .bad = bad};
	int err = change(data, rules, &c);

	*number = c.number;
	return err;
}

struct ending {
	struct span digest;
};

static int
end_update(struct store_txn *txn, void *arg)
{
	int err = store_del(txn, LEDGER_SESSION, ((struct ending *)arg)->digest);

	return err == E_NOTFOUND ? E_OK : err;
}

int
session_end(struct data *data, const struct session_rules *rules,
    const uint8_t digest[SESSION_DIGEST])
{
	struct ending e = {span_of(digest, SESSION_DIGEST)};

	return store_update(data->ledger, rules->wait_ms, end_update, &e);
}
