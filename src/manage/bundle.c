#include "manage/bundle.h"

#include "base/crc.h"
#include "cups/cache.h"
#include "crypto/certificate.h"

const char *
bundle_key_name(enum bundle_key k)
{
	static const char *const names[] = {"none", "made", "sealed", "certificate"};

	return names[k];
}

/* What is worked on; large, so it is in the arena. */
struct bundling {
	struct manage *m;
	const struct bundle_request *request;
	struct bundle *b;
	struct gateway gateway;
	const char *uri;
	bool tls, lns_tls;
	struct trust trust;
	struct cups_exchange x; /* for what the network server wants */
};

/* ---- files --------------------------------------------------------------------------------- */

static int
add_file(struct bundling *w, const char *name, struct span bytes, unsigned mode)
{
	if (w->b->count == BUNDLE_FILES_MAX)
		return E_INTERNAL;
	w->b->files[w->b->count++] = (struct bundle_file){name, bytes, mode};
	return E_OK;
}

static int
add_certificate(struct bundling *w, const char *name, struct span der)
{
	struct span bytes = der;
	int err = E_OK;

	if (!w->request->der)
		err = certificate_pem(der, w->m->arena, &bytes);
	return err == E_OK ? add_file(w, name, bytes, 0644) : err;
}

static int
add_key(struct bundling *w, const char *name, const struct credentials *c,
    struct span plain)
{
	struct span bytes = plain;
	const char *line;
	int err = E_OK;

	if (c->kind == CREDENTIALS_TOKEN) {
		line = arena_printf(w->m->arena, "%s%.*s\r\n",
		    credentials_prefix(c->secret, c->token_form), (int)plain.len,
		    (const char *)plain.data);
		bytes = span_str(line);
		err = line != NULL ? E_OK : E_NOMEM;
	} else if (!w->request->der) {
		err = private_key_pem(plain, w->m->arena, &bytes);
	}
	return err == E_OK ? add_file(w, name, bytes, 0600) : err;
}

/* Names of the files of one set. */
struct set_names {
	const char *uri, *trust, *certificate, *key;
};

static const struct set_names cups_names = {
    "cups.uri", "cups.trust", "cups.crt", "cups.key"};
static const struct set_names lns_names = {"tc.uri", "tc.trust", "tc.crt", "tc.key"};

/* `c` is NULL for an address without TLS; `place` is that of its secret. */
static int
add_set(struct bundling *w, const struct set_names *names, const char *uri,
    const struct credentials *c, struct seal_place place)
{
	struct span plain;
	int err = add_file(w, names->uri, span_str(uri), 0644);

	if (err != E_OK || c == NULL)
		return err;
	err = add_certificate(w, names->trust, c->trust->der);
	if (err == E_OK && c->kind == CREDENTIALS_CERTIFICATE)
		err = add_certificate(w, names->certificate, c->certificate);
	if (err != E_OK || c->kind == CREDENTIALS_SERVER_ONLY)
		return err;
	err = data_open_sealed(
	    w->m->data, place, c->secret->sealed, w->m->arena, &plain, &w->m->fault);
	if (err == E_NOTFOUND)
		err =
		    fault_set(&w->m->fault, E_STATE, NULL, "%.200s", w->m->fault.text);
	return err == E_OK ? add_key(w, names->key, c, plain) : err;
}

/* ---- CUPS ----------------------------------------------------------------------------------- */

static int
choose_uri(struct bundling *w)
{
	const struct cups_policy *policy = w->m->policy;
	struct station_address address;
	int err;

	w->uri = w->gateway.target_cups_uri;
	if (w->request->cups_uri != NULL)
		w->uri = w->request->cups_uri;
	else if (w->uri[0] == '\0' || !policy->allow_redirect)
		w->uri = policy->cups_uri;
	if (w->uri[0] == '\0')
		return fault_set(&w->m->fault, E_INVALID, "cups_uri",
		    "our own address is not configured: set it in gatehouse.conf");
	err = station_uri_check(STATION_CUPS, span_str(w->uri), &address, &w->m->fault);
	w->tls = err == E_OK && address.tls;
	return err;
}

static int
find_trust(struct bundling *w)
{
	struct store_txn *txn;
	bool there = false;
	int err;

	if (!w->tls)
		return E_OK;
	if ((err = store_read_begin(w->m->data->registry, &txn)) != E_OK)
		return err;
	err = cups_trust_for(
	    txn, STATION_CUPS, span_str(w->uri), w->m->arena, &w->trust, &there);
	store_read_end(txn);
	if (err == E_OK && !there)
		err = fault_set(&w->m->fault, E_STATE, "trust",
		    "no trust certificate is registered for %s: see `gatehouse trust "
		    "fetch` and `gatehouse trust import`",
		    w->uri);
	return err;
}

static int
by_hand(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	(void)m;
	(void)txn;
	(void)arg;
	((struct key *)record)->origin = KEY_BY_HAND;
	return E_OK;
}

/* The key that it should have, when it is here and good; else a new one. */
static int
choose_key(struct bundling *w)
{
	struct key_request request = {.gateway = w->gateway.gateway_id,
	    .name = "bundle",
	    .cups = true,
	    .token_form = TOKEN_BEARER};
	struct manage *m = w->m;
	struct key *key = &w->b->key;
	struct store_txn *txn;
	struct key_made made;
	int err = E_NOTFOUND;

	if (w->gateway.target_cups_key != 0 && !w->request->new_key) {
		if ((err = store_read_begin(m->data->registry, &txn)) != E_OK)
			return err;
		err = registry_get(
		    txn, &key_kind, w->gateway.target_cups_key, m->arena, key);
		store_read_end(txn);
	}
	if (err == E_OK && key->value.sealed.len > 0 && key->revoked_at == 0 &&
	    (key->expires_at == 0 || key->expires_at > m->now)) {
		w->b->key_kind = BUNDLE_KEY_SEALED;
		if (key->origin == KEY_BY_HAND)
			return E_OK;
		key->origin = KEY_BY_HAND;
		return manage_change(
		    m, &key_kind, key->key_id, "bundle", by_hand, NULL, NULL);
	}
	if (err != E_OK && err != E_NOTFOUND)
		return err;
	if (w->request->no_key)
		return fault_set(&m->fault, E_DENIED, NULL,
		    "no key for it is here, and one may not be made");
	w->b->key_kind = BUNDLE_KEY_MADE;
	if ((err = manage_key_create(m, &request, &made)) == E_OK)
		*key = made.key;
	return err;
}

static int
cups_credentials(struct bundling *w, struct credentials *c, struct seal_place *place)
{
	const struct gateway *g = &w->gateway;
	int wish = g->cups_credentials;
	int err = E_OK;

	*c = (struct credentials){.kind = CREDENTIALS_SERVER_ONLY, .trust = &w->trust};
	if (wish == CUPS_SERVER_ONLY)
		return E_OK;
	if (wish == CUPS_CERTIFICATE ||
	    (wish == CUPS_AUTO && g->cups_certificate.der.len > 0)) {
		if (g->cups_certificate.der.len == 0)
			return fault_set(&w->m->fault, E_STATE, "cups_certificate",
			    "%s has no client certificate: see `gatehouse cert`",
			    g->gateway_id);
		if (w->request->new_key)
			return fault_set(&w->m->fault, E_STATE, NULL,
			    "%s shows a client certificate, no key", g->gateway_id);
		c->kind = CREDENTIALS_CERTIFICATE;
		c->certificate = g->cups_certificate.der;
		c->certificate_crc = g->cups_certificate.crc;
		c->secret = &g->cups_certificate.key;
		*place =
		    (struct seal_place){"gateway", g->serial, "cups_certificate.key"};
		w->b->key_kind = BUNDLE_CERTIFICATE;
		return E_OK;
	}
	if ((err = choose_key(w)) != E_OK)
		return err;
	c->kind = CREDENTIALS_TOKEN;
	c->secret = &w->b->key.value;
	c->token_form = w->b->key.token_form;
	*place = (struct seal_place){"key", w->b->key.serial, "value"};
	return E_OK;
}

/* CRC-32 over the three files, 4 zero bytes for each that is absent. */
static uint32_t
crc_of_files(const struct bundle *b, const struct set_names *names)
{
	const char *const order[] = {names->trust, names->certificate, names->key};
	static const uint8_t zeros[4];
	uint32_t crc = 0;

	for (size_t i = 0; i < 3; i++) {
		struct span bytes = span_of(zeros, sizeof zeros);

		for (size_t j = 0; j < b->count; j++)
			if (b->files[j].name == order[i])
				bytes = b->files[j].bytes;
		crc = crc32_more(crc, bytes);
	}
	return crc;
}

static int
add_cups(struct bundling *w)
{
	struct seal_place place = {0};
	struct credentials c;
	int err;

	if (!w->tls)
		return add_set(w, &cups_names, w->uri, NULL, place);
	if ((err = find_trust(w)) != E_OK ||
	    (err = cups_credentials(w, &c, &place)) != E_OK ||
	    (err = add_set(w, &cups_names, w->uri, &c, place)) != E_OK)
		return err;
	w->b->cups_crc = crc_of_files(w->b, &cups_names);
	w->b->cups_matches = w->b->cups_crc == credentials_crc(&c);
	return E_OK;
}

/* ---- its network server ---------------------------------------------------------------------- */

static const char *
why_no_lns(const struct cups_decision *d)
{
	for (size_t i = 0; i < d->reason_count; i++)
		if (d->reasons[i].part == PART_LNS_CREDENTIALS ||
		    (d->reasons[i].part == PART_LNS_URI &&
			d->reasons[i].why != WHY_WITH_CREDENTIALS))
			return cups_why_text(d->reasons[i].why);
	return "its network server is not known";
}

/* What the decision wants of it, for a gateway that has nothing and is let in. */
static int
consider(struct bundling *w)
{
	struct cups_server server = {.data = w->m->data, .policy = *w->m->policy};
	struct principal *p = &w->x.principal;

	server.policy.redirect_with_lns = true;
	w->x.request.eui = w->gateway.eui;
	w->x.request.cups_uri = span_str(w->uri);
	record_init(&key_kind, &p->key);
	p->credential = CREDENTIAL_KEY;
	p->key.gateway = w->gateway.serial;
	p->key.rights = RIGHTS_CUPS;
	return cups_consider(&server, true, w->m->now, w->m->arena, &w->x);
}

/* Is everything there? Looked at first, so that no key is made for nothing. */
static int
find_lns(struct bundling *w)
{
	const struct cups_decision *d = &w->x.decision;
	struct station_address address;
	int err = consider(w);

	if (err != E_OK)
		return err;
	if (station_uri_check(
		STATION_LNS, span_str(w->x.inputs.lns_uri), &address, NULL) == E_OK &&
	    (!address.tls || d->lns.kind != CREDENTIALS_NONE)) {
		w->lns_tls = address.tls;
		return E_OK;
	}
	return fault_set(&w->m->fault, E_STATE, "lns", "%.200s", why_no_lns(d));
}

static int
add_lns(struct bundling *w)
{
	const struct credentials *c = &w->x.decision.lns;
	struct seal_place place = {"gateway", w->gateway.serial,
	    c->kind == CREDENTIALS_CERTIFICATE ? "lns_certificate.key"
					       : "lbs_lns_secret.value"};

	return add_set(
	    w, &lns_names, w->x.inputs.lns_uri, w->lns_tls ? c : NULL, place);
}

/* ---- all -------------------------------------------------------------------------------------- */

static int
note_in(struct manage *m, struct store_txn *txn, void *arg)
{
	const struct bundling *w = arg;

	return manage_note_in(m, txn, "bundle", "gateway", w->gateway.gateway_id, "");
}

int
manage_bundle(struct manage *m, const struct bundle_request *request, struct bundle *b)
{
	struct bundling *w = arena_zalloc(m->arena, 1, sizeof *w);
	int err;

	if (w == NULL)
		return manage_failed(m, E_NOMEM);
	memset(b, 0, sizeof *b);
	w->m = m;
	w->request = request;
	w->b = b;
	record_init(&key_kind, &b->key);
	if ((err = manage_get(m, &gateway_kind, request->gateway, &w->gateway)) != E_OK)
		return err;
	if (w->gateway.eui == 0 || w->gateway.deleted_at != 0)
		return fault_set(&m->fault, E_STATE, NULL,
		    w->gateway.eui == 0 ? "%s has no EUI, so it cannot come by CUPS"
					: "%s is deleted",
		    w->gateway.gateway_id);
	err = choose_uri(w);
	if (err == E_OK && request->lns)
		err = find_lns(w);
	if (err == E_OK)
		err = add_cups(w);
	if (err == E_OK && request->lns)
		err = add_lns(w);
	/* Secrets leave the house: that is noted, whoever asked for them. */
	if (err == E_OK)
		err = manage_update(m, note_in, w);
	return manage_failed(m, err);
}
