#include "manage/adopt.h"

#include <stdio.h>

#include "base/eui.h"
#include "base/hex.h"
#include "base/log.h"
#include "base/wire.h"
#include "cups/cache.h"
#include "crypto/digest.h"
#include "registry/template.h"
#include "registry/throttle.h"

#define DIGEST_MIN 8 /* hex digits that name a digest */
#define KEY_MIN 8    /* characters; as of keys that are imported */
#define WORK_MEMORY (4 << 20)
#define PER_MINUTE 600 /* adoptions by one template's window */

/* ---- making the gateway ------------------------------------------------------------------- */

/* What both ways of adopting decide before the change. */
struct plan {
	uint64_t eui;
	const char *gateway_id, *name, *template_id; /* the last two may be NULL */
	const uint8_t *digest;			     /* of a key to be bound; or NULL */
	int64_t provisioning_until;
	bool mint;	 /* a CUPS key to be pushed, where it could be sent */
	struct span uri; /* the CUPS where the gateway is; may be empty */
	uint64_t serial;
	const char *key_id; /* that was bound */
};

/* The template's LNS secret is sealed for the template: it gets a new seal for the gateway. */
static int
copy_secret(struct manage *m, const struct gateway_template *t, struct gateway *g)
{
	static const char field[] = "lbs_lns_secret.value";
	struct span plain;
	int err;

	if (t->lns_secret.sealed.len == 0)
		return E_OK;
	err = manage_open(m, &template_kind, t->serial, field, &t->lns_secret, &plain);
	return err == E_OK ? manage_seal(m, &gateway_kind, g->serial, field, plain,
				 false, &g->lns_secret)
			   : err;
}

static int
copy_template(struct manage *m, const struct gateway_template *t, struct gateway *g)
{
	g->lns = t->lns;
	g->gateway_server_address = t->gateway_server_address;
	g->frequency_plan_ids = t->frequency_plan_ids;
	g->target_cups_uri = t->target_cups_uri;
	g->update_channel = t->update_channel;
	g->concentrator = t->concentrator;
	g->auto_update = t->auto_update;
	g->groups = t->groups;
	return copy_secret(m, t, g);
}

/* The key that the gateway presented is known by its digest alone, so it cannot be pushed
 * and is not the one that the gateway "should have": it keeps it. */
static int
bind_key(struct manage *m, struct store_txn *txn, struct plan *p)
{
	struct span digest = span_of(p->digest, SHA256_SIZE);
	char hex[17];
	struct key key, held;
	int err = registry_find(txn, &key_kind, KEY_DIGEST, digest, m->arena, &held);

	if (err == E_OK)
		return held.gateway == 0
			   ? E_OK
			   : fault_set(&m->fault, E_STATE, NULL,
				 "it presented the key %s of another gateway",
				 held.key_id);
	if (err != E_NOTFOUND)
		return err;
	record_init(&key_kind, &key);
	hex_encode(p->digest, 8, hex);
	key.key_id = p->key_id = arena_printf(m->arena, "presented-%s", hex);
	if (key.key_id == NULL)
		return E_NOMEM;
	key.name = "presented before adoption";
	key.digest = digest;
	key.rights = RIGHTS_CUPS;
	key.gateway = p->serial;
	key.generation = 1;
	key.origin = KEY_BY_HAND;
	err = registry_next_serial(txn, &key.serial);
	return err == E_OK ? manage_put_in(m, txn, &key_kind, NULL, &key, "add") : err;
}

/* Could a key be sent to it: is there a ring, and a trust for where it is or will be? */
static int
mint_key(struct manage *m, struct store_txn *txn, const struct plan *p,
    const struct gateway *g)
{
	struct key_request request = {.gateway = g->gateway_id,
	    .name = "made at adoption",
	    .cups = true,
	    .pushed = true};
	struct span uri = span_str(g->target_cups_uri);
	struct key_made made;
	struct trust trust;
	bool there;
	int err;

	if (uri.len == 0 || !m->policy->allow_redirect)
		uri = p->uri.len > 0 ? p->uri : span_str(m->policy->cups_uri);
	err = cups_trust_for(txn, STATION_CUPS, uri, m->arena, &trust, &there);
	if (err != E_OK || !there)
		return err;
	err = manage_key_create_in(m, txn, &request, &made);
	if (err != E_STATE)
		return err;
	/* Without sealing keys it is adopted all the same. */
	m->fault = (struct fault){0};
	return E_OK;
}

static int
adopt_in(struct manage *m, struct store_txn *txn, void *arg)
{
	struct plan *p = arg;
	struct gateway_template t;
	struct gateway g;
	int err;

	record_init(&gateway_kind, &g);
	if ((err = registry_next_serial(txn, &g.serial)) != E_OK)
		return err;
	p->serial = g.serial;
	p->key_id = NULL;
	g.gateway_id = p->gateway_id;
	g.eui = p->eui;
	g.name = p->name != NULL ? p->name : "";
	g.provisioning_until = p->provisioning_until;
	if (p->template_id != NULL) {
		err = manage_find_in(m, txn, &template_kind, p->template_id, &t);
		if (err == E_OK)
			err = copy_template(m, &t, &g);
	}
	if (err == E_OK)
		err = manage_put_in(m, txn, &gateway_kind, NULL, &g, "adopt");
	if (err == E_OK && p->digest != NULL)
		err = bind_key(m, txn, p);
	if (err == E_OK && p->mint)
		err = mint_key(m, txn, p, &g);
	if (err != E_OK)
		return err;
	err = ignored_end_in(m, txn, p->eui);
	return err == E_NOTFOUND ? E_OK : err;
}

static const char *
default_id(struct arena *arena, uint64_t eui)
{
	char text[EUI_TEXT];

	eui_format_lower(eui, text);
	return arena_printf(arena, "eui-%s", text);
}

/* ---- by an operator ---------------------------------------------------------------------- */

struct choosing {
	const struct adoption *a;
	struct adopted *done;
	bool several;
};

static bool
digest_begins(const struct unknown_sighting *u, const char *hex)
{
	char all[2 * SHA256_SIZE + 1];

	hex_encode(u->digest, SHA256_SIZE, all);
	return span_begins_nocase(span_str(all), hex);
}

/* Newest first; what was presented goes before an entry without a credential. */
static int
choose(struct manage *m, const struct unknown_sighting *u, void *arg)
{
	struct choosing *c = arg;
	struct unknown_sighting *chosen = &c->done->what;

	(void)m;
	if (u->eui != c->a->eui)
		return E_OK;
	if (c->a->digest != NULL &&
	    (u->credential == CREDENTIAL_NONE || !digest_begins(u, c->a->digest)))
		return E_OK;
	if (!c->done->seen || chosen->credential == CREDENTIAL_NONE)
		*chosen = *u;
	else if (u->credential != CREDENTIAL_NONE &&
		 memcmp(u->digest, chosen->digest, sizeof u->digest) != 0)
		c->several = true;
	c->done->seen = true;
	return E_OK;
}

static int
choose_entry(struct manage *m, const struct adoption *a, struct adopted *done)
{
	struct choosing c = {a, done, false};
	int err;

	if (a->digest != NULL && strlen(a->digest) < DIGEST_MIN)
		return fault_set(&m->fault, E_INVALID, "digest",
		    "must have %d hex digits or more", DIGEST_MIN);
	if (m->data->unknown == NULL && a->digest == NULL)
		return E_OK;
	if ((err = manage_unknowns_all(m, choose, &c)) != E_OK)
		return err;
	if (a->digest != NULL && !done->seen)
		return fault_set(&m->fault, E_NOTFOUND, "digest",
		    "no credential with this digest was presented for the EUI");
	if (c.several && !a->unbound)
		return fault_set(&m->fault, E_STATE, NULL,
		    "different credentials were presented in the name of this EUI: say "
		    "which by its digest, or leave it unbound");
	return E_OK;
}

int
manage_adopt(struct manage *m, const struct adoption *a, struct adopted *done)
{
	struct plan p = {.eui = a->eui,
	    .gateway_id = a->gateway_id,
	    .name = a->name,
	    .template_id = a->template_id};
	int err;

	memset(done, 0, sizeof *done);
	if (a->eui == 0)
		return fault_set(&m->fault, E_INVALID, "eui", "must not be 0");
	if ((err = choose_entry(m, a, done)) != E_OK)
		return err;
	if (p.gateway_id == NULL &&
	    (p.gateway_id = default_id(m->arena, a->eui)) == NULL)
		return manage_failed(m, E_NOMEM);
	done->bound =
	    a->unbound ? CREDENTIAL_NONE : (enum credential)done->what.credential;
	if (done->bound == CREDENTIAL_KEY)
		p.digest = done->what.digest;
	if ((err = manage_update(m, adopt_in, &p)) != E_OK)
		return manage_failed(m, err);
	done->serial = p.serial;
	done->gateway_id = p.gateway_id;
	done->key_id = p.key_id;
	if (m->data->unknown != NULL)
		unknown_forget(m->data->unknown, a->eui);
	if (done->bound == CREDENTIAL_CERTIFICATE)
		manage_say(m, "it presented a client certificate: it is let in when a "
			      "registered CA issued it and may speak for this EUI (see "
			      "`gatehouse ca`)");
	return E_OK;
}

/* ---- automatically ------------------------------------------------------------------------ */

/* The template whose prefix fits best. */
struct matching {
	char eui[EUI_TEXT];
	bool there;
	size_t length;
	struct arena *arena; /* that lasts */
	struct gateway_template found;
};

static int
match(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct gateway_template *t = record;
	struct matching *x = arg;
	bool better = false;

	(void)m;
	(void)txn;
	for (size_t i = 0; i < t->eui_prefixes.count; i++) {
		const char *prefix = t->eui_prefixes.items[i];

		if (!span_begins_nocase(span_of(x->eui, 16), prefix) ||
		    (x->there && strlen(prefix) <= x->length))
			continue;
		x->there = better = true;
		x->length = strlen(prefix);
	}
	return better ? record_copy(&template_kind, t, x->arena, &x->found) : E_OK;
}

/* With the certificate of a registered CA that names it. */
static bool
shows_certificate(const struct cups_exchange *x)
{
	const struct principal *p = &x->principal;

	return p->credential == CREDENTIAL_CERTIFICATE && p->err == E_OK &&
	       p->certificate_eui == x->request.eui;
}

/* May whoever asks be adopted by the template's window, and how? */
static bool
plan_window(struct manage *m, const struct cups_exchange *x,
    const struct gateway_template *t, struct plan *p)
{
	const struct principal *who = &x->principal;
	char name[64];
	unsigned wait;

	if (t->window_until <= m->now)
		return false;
	if (who->credential == CREDENTIAL_KEY) {
		/* A key that is registered is another one's, or has ended, or opens all. */
		if (who->key.serial != 0 && (who->err != E_OK || who->key.gateway != 0))
			return false;
		if (who->key.serial == 0 && x->call.key.len < KEY_MIN)
			return false;
		if (who->key.serial == 0)
			p->digest = who->digest;
	} else {
		p->provisioning_until = t->window_until;
		p->mint = true;
	}
	snprintf(name, sizeof name, "adopt:%s", t->template_id);
	return !throttle_failure(m->data->throttle, name, PER_MINUTE, m->now, &wait);
}

/* Somebody else may have been faster; a deleted gateway is not brought back, and one that is
 * ignored stays out. */
static int
adopt_if_free(struct manage *m, struct store_txn *txn, void *arg)
{
	struct plan *p = arg;
	struct gateway g;
	uint8_t key[8];
	uint64_t serial;
	int err = ignored_in(txn, p->eui, &serial);

	if (err != E_NOTFOUND)
		return err == E_OK ? E_STALE : err;
	wire_key64(key, p->eui);
	err = registry_find(
	    txn, &gateway_kind, GATEWAY_EUI, span_of(key, 8), m->arena, &g);
	if (err == E_OK)
		return g.deleted_at == 0 ? E_AGAIN : E_STALE;
	return err == E_NOTFOUND ? adopt_in(m, txn, p) : err;
}

static int
adopt_by_template(struct manage *m, const struct cups_exchange *x, struct fault *fault)
{
	struct matching match_it = {.arena = m->arena};
	struct plan p = {.eui = x->request.eui, .uri = x->request.cups_uri};
	bool certificate = shows_certificate(x);
	int err;

	eui_format_lower(p.eui, match_it.eui);
	err = manage_list(m, &template_kind, 0, 0, match, &match_it);
	if (err != E_OK)
		return err;
	if (!match_it.there ||
	    (!certificate && !plan_window(m, x, &match_it.found, &p)))
		return E_NOTFOUND;
	p.template_id = match_it.found.template_id;
	if ((p.gateway_id = default_id(m->arena, p.eui)) == NULL)
		return E_NOMEM;
	err = manage_update(m, adopt_if_free, &p);
	if (err == E_AGAIN || err == E_STALE)
		return err == E_AGAIN ? E_OK : E_NOTFOUND;
	if (err == E_OK) {
		log_line(LOG_NOTE, "adopted %s by template %s (%s)", p.gateway_id,
		    p.template_id, certificate ? "client certificate" : "window");
		if (m->data->unknown != NULL)
			unknown_forget(m->data->unknown, p.eui);
	} else {
		log_line(LOG_WARN, "%s cannot be adopted by template %s: %s",
		    p.gateway_id, p.template_id, m->fault.text);
		/* Only the store's troubles are worth another try soon. */
		if (err == E_BUSY || err == E_FULL || err == E_IO || err == E_NOMEM)
			*fault = m->fault;
		else
			err = E_NOTFOUND;
	}
	return err;
}

int
adopt_automatically(void *arg, const struct cups_exchange *x, struct fault *fault)
{
	const struct adopt_policy *policy = arg;
	struct arena work;
	struct manage m = {.data = policy->data,
	    .arena = &work,
	    .actor = policy->actor != NULL ? policy->actor : "cups.fcgi",
	    .now = x->inputs.now,
	    .wait_ms = policy->wait_ms,
	    .policy = policy->policy};
	int err;

	arena_init(&work, WORK_MEMORY);
	err = adopt_by_template(&m, x, fault);
	arena_clear(&work);
	return err;
}
