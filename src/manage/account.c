#include "manage/account.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "auth/session.h"
#include "base/file.h"
#include "base/hex.h"
#include "crypto/digest.h"
#include "crypto/password.h"
#include "crypto/random.h"

/* ---- what must always hold ---------------------------------------------------------------- */

struct admins {
	struct manage *m;
	struct store_txn *txn;
	uint64_t except;
	bool found;
};

static int
see_admin(void *arg, uint64_t serial)
{
	struct admins *a = arg;
	struct account account;
	int err = registry_get(a->txn, &account_kind, serial, a->m->arena, &account);

	if (err == E_OK && serial != a->except && account.role == ROLE_ADMIN &&
	    !account.disabled) {
		a->found = true;
		return E_AGAIN; /* enough */
	}
	return err;
}

int
account_entered(struct manage *m, struct store_txn *txn, const struct account *before,
    struct account *after)
{
	struct admins a = {m, txn, before != NULL ? before->serial : 0, false};
	int err;

	if (before == NULL)
		return E_OK;
	if (after != NULL &&
	    (after->role != before->role || after->disabled != before->disabled ||
		strcmp(after->password, before->password) != 0))
		after->epoch = before->epoch + 1;
	if (before->role != ROLE_ADMIN || before->disabled ||
	    (after != NULL && after->role == ROLE_ADMIN && !after->disabled))
		return E_OK;
	err = registry_list(txn, &account_kind, 0, see_admin, &a);
	if (err != E_OK && err != E_AGAIN)
		return err;
	if (a.found)
		return E_OK;
	return fault_set(&m->fault, E_STATE, NULL,
	    "%s is the only admin; make another one first", before->account_id);
}

/* ---- passwords ------------------------------------------------------------------------------- */

int
manage_account_password_check(struct span password, const char *id, struct fault *fault)
{
	if (password.len < ACCOUNT_PASSWORD_MIN)
		return fault_set(fault, E_INVALID, "password",
		    "must have at least %d characters", ACCOUNT_PASSWORD_MIN);
	if (password.len > PASSWORD_MAX)
		return fault_set(fault, E_INVALID, "password",
		    "must have at most %d bytes", PASSWORD_MAX);
	if (memchr(password.data, '\0', password.len) != NULL)
		return fault_set(
		    fault, E_INVALID, "password", "must not have a NUL in it");
	if (id != NULL && span_is(password, id))
		return fault_set(fault, E_INVALID, "password",
		    "must not be the name of the account");
	return E_OK;
}

/* In the arena. */
static int
hash(struct manage *m, struct span password, const char *id, unsigned cost,
    const char **out)
{
	char *to = arena_alloc(m->arena, PASSWORD_HASH);
	int err = manage_account_password_check(password, id, &m->fault);

	if (err != E_OK)
		return err;
	if (to == NULL)
		return E_NOMEM;
	*out = to;
	return password_hash(password, cost != 0 ? cost : PASSWORD_COST, to);
}

/* ---- making and changing ----------------------------------------------------------------------- */

struct adding {
	const struct account_request *request;
	const char *hash;
	int role;
	bool first; /* only when there is none yet */
};

static int
stop_at_first(void *arg, uint64_t serial)
{
	(void)arg;
	(void)serial;
	return E_AGAIN;
}

static int
add_edit(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	const struct adding *a = arg;
	struct account *account = record;
	int err;

	if (a->first) {
		err = registry_list(txn, &account_kind, 0, stop_at_first, NULL);
		if (err == E_AGAIN)
			return fault_set(
			    &m->fault, E_STATE, NULL, "there is an account already");
		if (err != E_OK)
			return err;
	}
	account->account_id = a->request->id;
	account->name = a->request->name != NULL ? a->request->name : "";
	account->role = a->role;
	account->password = a->hash;
	account->password_at = a->hash[0] != '\0' ? m->now : 0;
	account->epoch = 1;
	return E_OK;
}

static int
add(struct manage *m, const struct account_request *request, bool first, int role,
    uint64_t *serial)
{
	struct adding a = {request, "", role, first};
	int err = E_OK;

	if (request->password.len > 0 || first)
		err = hash(m, request->password, request->id, request->cost, &a.hash);
	if (err != E_OK)
		return err;
	return manage_change(m, &account_kind, NULL, "add", add_edit, &a, serial);
}

static void
secret_path(const struct manage *m, char path[1100])
{
	snprintf(path, 1100, "%s/" FIRST_SECRET_FILE, m->data->path);
}

/* Of no use once there is an account. */
static void
drop_secret(struct manage *m)
{
	char path[1100];

	secret_path(m, path);
	if (unlink(path) != 0 && errno != ENOENT)
		manage_say(
		    m, "the file %s should be removed; it is of no use now", path);
}

int
manage_account_add(
    struct manage *m, const struct account_request *request, uint64_t *serial)
{
	int err = add(m, request, false, request->role, serial);

	if (err == E_OK)
		drop_secret(m);
	return err;
}

struct setting {
	const char *hash;
};

static int
password_edit(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	struct account *account = record;

	(void)txn;
	account->password = ((struct setting *)arg)->hash;
	account->password_at = m->now;
	return E_OK;
}

/* The rows of sessions that are none any more; they would go by themselves. */
static void
clear_sessions(struct manage *m, uint64_t account)
{
	if (session_end_all(m->data, m->wait_ms, account, NULL, NULL) != E_OK)
		manage_say(m, "the sessions have ended, but their rows remain until "
			      "somebody signs in");
}

int
manage_account_password(
    struct manage *m, const char *id, struct span password, unsigned cost)
{
	struct setting s = {NULL};
	uint64_t serial;
	int err = hash(m, password, id, cost, &s.hash);

	if (err == E_OK)
		err = manage_change(
		    m, &account_kind, id, "password", password_edit, &s, &serial);
	if (err == E_OK)
		clear_sessions(m, serial);
	return err;
}

int
manage_account_set(
    struct manage *m, const char *id, const struct edit *edits, size_t count)
{
	struct account before, after;
	int err = manage_get(m, &account_kind, id, &before);

	if (err == E_OK)
		err = manage_set(m, &account_kind, id, edits, count);
	if (err != E_OK)
		return err;
	for (size_t i = 0; i < count; i++)
		if (strcmp(edits[i].field, account_kind.fields[0].name) == 0)
			id = (const char *)edits[i].text.data;
	if (manage_get(m, &account_kind, id, &after) == E_OK &&
	    after.epoch != before.epoch)
		clear_sessions(m, before.serial);
	return E_OK;
}

int
manage_account_remove(struct manage *m, const char *id)
{
	struct account account;
	int err = manage_get(m, &account_kind, id, &account);

	if (err == E_OK)
		err = manage_delete(m, &account_kind, id);
	if (err == E_OK)
		clear_sessions(m, account.serial);
	return err;
}

int
manage_account_any(struct manage *m, bool *any)
{
	struct store_txn *txn;
	int err = store_read_begin(m->data->registry, &txn);

	if (err == E_OK) {
		err = registry_list(txn, &account_kind, 0, stop_at_first, NULL);
		store_read_end(txn);
	}
	*any = err == E_AGAIN;
	if (err == E_OK || err == E_AGAIN)
		return E_OK;
	return manage_failed(m, err);
}

/* ---- sessions ------------------------------------------------------------------------------------ */

struct seen {
	uint8_t digest[SESSION_DIGEST];
	struct session session;
	struct seen *next;
};

struct gathering {
	struct manage *m;
	uint64_t account;
	struct seen *first, **last;
};

static int
gather(void *arg, struct span digest, const struct session *s)
{
	struct gathering *g = arg;
	struct seen *seen;

	if (s == NULL || digest.len != SESSION_DIGEST ||
	    (g->account != 0 && s->serial != g->account))
		return E_OK;
	if ((seen = arena_zalloc(g->m->arena, 1, sizeof *seen)) == NULL)
		return E_NOMEM;
	memcpy(seen->digest, digest.data, SESSION_DIGEST);
	seen->session = *s;
	*g->last = seen;
	g->last = &seen->next;
	return E_OK;
}

static const char *
name_account(struct manage *m, struct store_txn *txn, uint64_t serial)
{
	struct account account;

	if (registry_get(txn, &account_kind, serial, m->arena, &account) != E_OK)
		return "";
	return account.account_id;
}

int
manage_sessions(struct manage *m, const char *id, manage_session_fn *fn, void *arg)
{
	struct gathering g = {.m = m, .last = &g.first};
	struct account account;
	struct store_txn *txn;
	int err = E_OK;

	if (id != NULL && (err = manage_get(m, &account_kind, id, &account)) == E_OK)
		g.account = account.serial;
	if (err == E_OK && (err = store_read_begin(m->data->ledger, &txn)) == E_OK) {
		err = session_each(txn, m->arena, gather, &g);
		store_read_end(txn);
	}
	if (err == E_OK && (err = store_read_begin(m->data->registry, &txn)) == E_OK) {
		for (; err == E_OK && g.first != NULL; g.first = g.first->next) {
			const struct session *s = &g.first->session;

			err = fn(m, span_of(g.first->digest, SESSION_DIGEST), s,
			    name_account(m, txn, s->serial), arg);
		}
		store_read_end(txn);
	}
	return manage_failed(m, err);
}

int
manage_sessions_end(struct manage *m, const char *id, uint64_t *ended)
{
	struct account account;
	int err = manage_get(m, &account_kind, id, &account);

	if (err == E_OK)
		err = session_end_all(m->data, m->wait_ms, account.serial, NULL, ended);
	return manage_failed(m, err);
}

/* ---- the first account ----------------------------------------------------------------------------- */

static int
refuse_second(struct manage *m)
{
	bool any;
	int err = manage_account_any(m, &any);

	return err == E_OK && any
		   ? fault_set(&m->fault, E_STATE, NULL, "there is an account already")
		   : err;
}

int
manage_first_secret(struct manage *m, bool *made)
{
	uint8_t bytes[25];
	char path[1100], text[48];
	int err = refuse_second(m);

	*made = false;
	if (err != E_OK)
		return err;
	secret_path(m, path);
	if (access(path, F_OK) == 0)
		return E_OK;
	if ((err = random_bytes(bytes, sizeof bytes)) != E_OK)
		return manage_failed(m, err);
	base32_encode(bytes, sizeof bytes, text);
	text[40] = '\n';
	text[41] = '\0';
	err = file_replace(path, 0640, span_str(text), &m->fault);
	explicit_bzero(text, sizeof text);
	*made = err == E_OK;
	return err;
}

static int
check_secret(struct manage *m, const char *path, struct span secret)
{
	struct strbuf text;
	int err;

	strbuf_init(&text, 1000);
	err = file_read(path, &text, &m->fault);
	if (err == E_NOTFOUND)
		fault_set(&m->fault, err, NULL,
		    "there is no file " FIRST_SECRET_FILE " in the data folder; use "
		    "`gatehouse account add`");
	if (err == E_OK &&
	    (span_trim(strbuf_span(&text)).len < 16 ||
		!equal_secret(span_trim(strbuf_span(&text)), span_trim(secret))))
		err = fault_set(&m->fault, E_DENIED, "secret",
		    "is not what stands in " FIRST_SECRET_FILE);
	strbuf_clear(&text);
	return err;
}

int
manage_first_account(struct manage *m, struct span secret,
    const struct account_request *request, uint64_t *serial)
{
	char path[1100];
	int err = refuse_second(m);

	if (err != E_OK)
		return err;
	secret_path(m, path);
	if ((err = check_secret(m, path, secret)) != E_OK)
		return err;
	err = add(m, request, true, ROLE_ADMIN, serial);
	if (err == E_OK)
		drop_secret(m);
	return err;
}
