/* Keys: made, imported, rotated by generation, ended. */
#include <stdio.h>

#include "base/hex.h"
#include "base/wire.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "manage/activation.h"
#include "manage/manage.h"

struct making {
	const struct key_request *request;
	struct key_made *made;
	struct span presented; /* what the gateway will present, without scheme */
	uint64_t rights;
	char id[64], plain[128];
};

/* `NNSXS.<24 random bytes>.<32 random bytes>`, both in base32. */
static int
make_key(struct making *k)
{
	uint8_t bytes[56];
	char id[40], secret[53];
	int err = random_bytes(bytes, sizeof bytes);

	if (err != E_OK)
		return err;
	base32_encode(bytes, 24, id);
	base32_encode(bytes + 24, 32, secret);
	snprintf(k->id, sizeof k->id, "%s", id);
	snprintf(k->plain, sizeof k->plain, "NNSXS.%s.%s", id, secret);
	explicit_bzero(bytes, sizeof bytes);
	explicit_bzero(secret, sizeof secret);
	k->presented = span_str(k->plain);
	return E_OK;
}

struct span
manage_key_presented(struct span value)
{
	static const char *const schemes[] = {"bearer ", "key "};
	struct secret described;

	if (secret_describe(value, false, &described, NULL) == E_OK &&
	    described.form == SECRET_HEADER) {
		const uint8_t *colon = memchr(value.data, ':', value.len);

		value = span_trim(span_from(value, (size_t)(colon - value.data) + 1));
	}
	for (size_t i = 0; i < COUNT(schemes); i++)
		if (span_begins_nocase(value, schemes[i]))
			return span_trim(span_from(value, strlen(schemes[i])));
	return value;
}

/* The id of `NNSXS.<id>.<secret>`; other keys are named after their digest. */
static int
name_import(struct making *k, struct fault *fault)
{
	struct span s = span_trim(k->request->value);
	const uint8_t *dot;
	uint8_t digest[SHA256_SIZE];
	int err;

	k->presented = s = manage_key_presented(s);
	if (s.len < 8)
		return fault_set(
		    fault, E_INVALID, "key", "a key must have at least 8 characters");
	if (span_begins(s, span_str("NNSXS.")) &&
	    (dot = memchr(s.data + 6, '.', s.len - 6)) != NULL && dot - s.data < 60) {
		snprintf(
		    k->id, sizeof k->id, "%.*s", (int)(dot - s.data - 6), s.data + 6);
		return E_OK;
	}
	if ((err = sha256(s, digest)) != E_OK)
		return err;
	memcpy(k->id, "imported-", 9);
	hex_encode(digest, 8, k->id + 9);
	return E_OK;
}

/* Highest generation among a gateway's keys. */
struct generations {
	struct store_txn *txn;
	struct arena *arena;
	uint64_t highest;
};

static int
see_generation(void *arg, uint64_t serial)
{
	struct generations *g = arg;
	struct key key;
	int err = registry_get(g->txn, &key_kind, serial, g->arena, &key);

	if (err == E_OK && key.generation > g->highest)
		g->highest = key.generation;
	return err;
}

static int
next_generation(
    struct manage *m, struct store_txn *txn, uint64_t gateway, uint64_t *out)
{
	struct generations g = {txn, m->arena, 0};
	uint8_t key[8];
	int err;

	wire_key64(key, gateway);
	err = registry_list_by(
	    txn, &key_kind, KEY_GATEWAY, span_of(key, 8), 0, see_generation, &g);
	*out = g.highest + 1;
	return err;
}

/* The gateway's record, as storing the key may have left it, points at its newest
 * generation. */
static int
aim_gateway(struct manage *m, struct store_txn *txn, uint64_t gateway, uint64_t key)
{
	struct gateway before, after;
	int err = registry_get(txn, &gateway_kind, gateway, m->arena, &before);

	if (err != E_OK)
		return err;
	after = before;
	after.target_cups_key = key;
	return manage_put_in(m, txn, &gateway_kind, &before, &after, "key");
}

static int
fill_key(struct manage *m, struct making *k, struct key *key)
{
	const struct key_request *r = k->request;
	struct span value = r->value.len > 0 ? span_trim(r->value) : k->presented;
	char *digest = arena_alloc(m->arena, SHA256_SIZE);
	int err;

	if (digest == NULL)
		return E_NOMEM;
	if ((err = sha256(k->presented, (uint8_t *)digest)) != E_OK)
		return err;
	key->key_id = k->id;
	key->name = r->name != NULL ? r->name : "";
	key->digest = span_of(digest, SHA256_SIZE);
	key->rights = k->rights;
	key->expires_at = r->expires_at;
	key->token_form = r->token_form;
	key->origin = r->pushed ? KEY_PUSHED : KEY_BY_HAND;
	if (!r->cups)
		return E_OK;
	return manage_seal(
	    m, &key_kind, key->serial, "value", value, false, &key->value);
}

static int
create_in(struct manage *m, struct store_txn *txn, struct making *k)
{
	const struct key_request *r = k->request;
	struct key *key = &k->made->key;
	struct gateway g = {0};
	int err = E_OK;

	record_init(&key_kind, key);
	if (r->gateway != NULL) {
		err = manage_find_in(m, txn, &gateway_kind, r->gateway, &g);
		if (err == E_OK)
			err = manage_alive(m, &g);
	} else if (r->cups) {
		err =
		    fault_set(&m->fault, E_INVALID, "gateway", "is required for CUPS");
	}
	if (err == E_OK && r->cups && r->rights != 0 && !(r->rights & RIGHT_ALL) &&
	    (r->rights & RIGHTS_CUPS) != RIGHTS_CUPS)
		err = fault_set(&m->fault, E_INVALID, "rights",
		    "the key that a gateway should have needs INFO, SETTINGS_BASIC and "
		    "READ_SECRETS; make one for other uses with --api");
	k->rights = r->rights;
	if (r->rights == 0)
		k->rights = r->cups && g.kickstarter ? RIGHTS_DEVICE : RIGHTS_CUPS;
	if (err == E_OK)
		err = registry_next_serial(txn, &key->serial);
	if (err == E_OK && r->cups)
		err = next_generation(m, txn, g.serial, &key->generation);
	if (err == E_OK)
		err = fill_key(m, k, key);
	if (err != E_OK)
		return err;
	key->gateway = g.serial;
	err = manage_put_in(m, txn, &key_kind, NULL, key, "add");
	return err == E_OK && r->cups ? aim_gateway(m, txn, g.serial, key->serial)
				      : err;
}

int
manage_key_create_in(struct manage *m, struct store_txn *txn,
    const struct key_request *request, struct key_made *made)
{
	struct making *k = arena_zalloc(m->arena, 1, sizeof *k);
	int err;

	if (k == NULL)
		return E_NOMEM;
	k->request = request;
	k->made = made;
	err = request->value.len == 0 ? make_key(k) : name_import(k, &m->fault);
	if (err == E_OK)
		err = create_in(m, txn, k);
	if (err != E_OK)
		return err;
	made->plain = arena_dup(m->arena, k->presented);
	return made->plain != NULL ? E_OK : E_NOMEM;
}

struct creation {
	const struct key_request *request;
	struct key_made *made;
};

static int
create_update(struct manage *m, struct store_txn *txn, void *arg)
{
	struct creation *c = arg;

	return manage_key_create_in(m, txn, c->request, c->made);
}

int
manage_key_create(
    struct manage *m, const struct key_request *request, struct key_made *made)
{
	struct creation c = {request, made};

	return manage_update(m, create_update, &c);
}

int
manage_key_rotate(struct manage *m, const char *gateway, struct key_made *made)
{
	struct key_request request = {
	    .gateway = gateway, .name = "rotated", .cups = true, .pushed = true};
	struct gateway g;
	int err = manage_get(m, &gateway_kind, gateway, &g);

	if (err != E_OK)
		return err;
	/* Nothing can be pushed to a Kickstarter: it has to ask. */
	return g.kickstarter ? activation_rotate(m, gateway, made)
			     : manage_key_create(m, &request, made);
}

static int
revoke_edit(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	struct key *key = record;

	(void)txn;
	(void)arg;
	if (key->revoked_at != 0)
		return fault_set(
		    &m->fault, E_STATE, NULL, "key %s is revoked already", key->key_id);
	key->revoked_at = m->now;
	return E_OK;
}

int
manage_key_revoke(struct manage *m, const char *key_id)
{
	return manage_change(m, &key_kind, key_id, "revoke", revoke_edit, NULL, NULL);
}

struct key_listing {
	struct manage *m;
	struct store_txn *txn;
	manage_key_fn *fn;
	void *arg;
};

static int
list_key(void *arg, uint64_t serial)
{
	struct key_listing *l = arg;
	struct arena work, *kept = l->m->arena;
	struct key key;
	int err;

	arena_init(&work, 1 << 20);
	err = registry_get(l->txn, &key_kind, serial, &work, &key);
	if (err == E_OK) {
		l->m->arena = &work;
		err = l->fn(l->m, l->txn, &key, l->arg);
		l->m->arena = kept;
	}
	arena_clear(&work);
	return err;
}

int
manage_keys(struct manage *m, const char *gateway, manage_key_fn *fn, void *arg)
{
	struct key_listing l = {m, NULL, fn, arg};
	struct gateway g;
	uint8_t key[8];
	int err = store_read_begin(m->data->registry, &l.txn);

	if (err != E_OK)
		return manage_failed(m, err);
	if (gateway == NULL) {
		err = registry_list(l.txn, &key_kind, 0, list_key, &l);
	} else if ((err = manage_find_in(m, l.txn, &gateway_kind, gateway, &g)) ==
		   E_OK) {
		wire_key64(key, g.serial);
		err = registry_list_by(
		    l.txn, &key_kind, KEY_GATEWAY, span_of(key, 8), 0, list_key, &l);
	}
	store_read_end(l.txn);
	return err;
}
