#include "manage/cert.h"

#include "base/crc.h"
#include "base/eui.h"
#include "cups/credentials.h"
#include "registry/ca.h"
#include "registry/trust.h"

#define NEW_BACKDATED 3600 /* clocks of gateways are not the best */

static struct client_certificate *
place(struct gateway *g, enum cert_use use)
{
	return use == CERT_CUPS ? &g->cups_certificate : &g->lns_certificate;
}

static const char *
key_field(enum cert_use use)
{
	return use == CERT_CUPS ? "cups_certificate.key" : "lns_certificate.key";
}

/* ---- giving it to the gateway --------------------------------------------------------- */

struct giving {
	enum cert_use use;
	struct span der, key;
};

static int
give_edit(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	const struct giving *give = arg;
	struct gateway *g = record;
	struct client_certificate *c = place(g, give->use);

	(void)txn;
	c->der = give->der;
	c->crc = crc32_of(give->der);
	return manage_seal(m, &gateway_kind, g->serial, key_field(give->use), give->key,
	    true, &c->key);
}

/* Would a station take the two apart rightly? The certificate stands for the trust too. */
static int
check_split(struct manage *m, const struct giving *give)
{
	struct trust trust = {.der = give->der, .crc = crc32_of(give->der)};
	struct secret secret = {0};
	struct credentials c = {.kind = CREDENTIALS_CERTIFICATE,
	    .trust = &trust,
	    .certificate = give->der,
	    .certificate_crc = trust.crc,
	    .secret = &secret};
	struct span blob;
	int err = secret_describe(give->key, true, &secret, &m->fault);

	return err == E_OK
		   ? credentials_build(&c, give->key, m->arena, &blob, &m->fault)
		   : err;
}

static int
give(struct manage *m, const char *gateway, struct giving *what, const char *action)
{
	int err = check_split(m, what);

	if (err == E_OK)
		err = manage_change(
		    m, &gateway_kind, gateway, action, give_edit, what, NULL);
	return manage_failed(m, err);
}

/* ---- issuing --------------------------------------------------------------------------- */

static int
ca_for(struct manage *m, const char *id, uint64_t eui, struct ca *ca, struct span *key)
{
	struct secret sealed;
	int err = manage_get(m, &ca_kind, id, ca);

	if (err != E_OK)
		return err;
	if (ca->key.sealed.len == 0)
		return fault_set(&m->fault, E_STATE, NULL,
		    "the key of CA %s is not here; issue the certificate where it is "
		    "and import it",
		    ca->ca_id);
	if (!ca_speaks_for(ca, eui))
		return fault_set(&m->fault, E_DENIED, NULL,
		    "CA %s may not speak for %016llX (eui_prefixes)", ca->ca_id,
		    (unsigned long long)eui);
	if (ca->not_after <= m->now)
		return fault_set(
		    &m->fault, E_STATE, NULL, "CA %s has expired", ca->ca_id);
	sealed = ca->key;
	return manage_open(m, &ca_kind, ca->serial, "key", &sealed, key);
}

int
manage_cert_issue(struct manage *m, enum cert_use use, const char *gateway,
    const char *ca_id, int64_t not_after, struct cert_made *made)
{
	struct giving give_it = {.use = use};
	char name[EUI_TEXT];
	struct certificate_request request = {.common_name = name,
	    .not_before = m->now - NEW_BACKDATED,
	    .not_after = not_after,
	    .client = true};
	struct gateway g;
	struct span ca_key;
	struct ca ca;
	int err = manage_get(m, &gateway_kind, gateway, &g);

	if (err != E_OK)
		return err;
	if (g.eui == 0)
		return fault_set(&m->fault, E_STATE, "ids.eui",
		    "%s has no EUI that a certificate could name", g.gateway_id);
	if ((err = ca_for(m, ca_id, g.eui, &ca, &ca_key)) != E_OK)
		return manage_failed(m, err);
	if (not_after <= m->now)
		return fault_set(
		    &m->fault, E_INVALID, "not_after", "must be in the future");
	if (not_after > ca.not_after) {
		request.not_after = ca.not_after;
		manage_say(m, "the certificate ends with its CA");
	}
	eui_format(g.eui, name);
	err = private_key_new(m->arena, &give_it.key);
	if (err == E_OK)
		err = certificate_issue(&request, give_it.key, ca.der, ca_key, m->arena,
		    &give_it.der, &m->fault);
	if (err == E_OK)
		err =
		    certificate_inspect(give_it.der, m->arena, &made->info, &m->fault);
	if (err != E_OK)
		return manage_failed(m, err);
	made->der = give_it.der;
	made->ca = ca.serial;
	return give(m, g.gateway_id, &give_it, "issue");
}

/* ---- importing -------------------------------------------------------------------------- */

struct issuer_search {
	const struct cert_made *made;
	int64_t now;
	uint64_t eui, found;
};

static int
try_issuer(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	struct issuer_search *s = arg;
	const struct ca *ca = record;

	(void)m;
	(void)txn;
	if (strcmp(ca->subject, s->made->info.issuer) != 0 ||
	    certificate_verify_client(s->made->der, ca->der, s->now, NULL) != E_OK ||
	    !ca_speaks_for(ca, s->eui))
		return E_OK;
	s->found = ca->serial;
	return E_AGAIN;
}

/* What is refused, and what is only worth a word. */
static int
judge(struct manage *m, enum cert_use use, const struct gateway *g,
    struct cert_made *made)
{
	struct issuer_search search = {made, m->now, g->eui, 0};
	uint64_t named = 0;
	bool names_it =
	    certificate_eui(&made->info, &named) && named == g->eui && g->eui != 0;
	int err;

	if (made->info.not_after <= m->now)
		return fault_set(&m->fault, E_INVALID, "certificate", "has expired");
	if (!names_it && use == CERT_CUPS)
		return fault_set(&m->fault, E_INVALID, "certificate",
		    "its CN is \"%.64s\" and must be the gateway's EUI, %016llX",
		    made->info.common_name, (unsigned long long)g->eui);
	if (!names_it)
		manage_say(m, "the certificate's CN is \"%.64s\", not the EUI %016llX",
		    made->info.common_name, (unsigned long long)g->eui);
	if (!made->info.client_auth)
		manage_say(m, "the certificate is not marked for clients (clientAuth): "
			      "servers may refuse it");
	if (made->info.not_after < m->now + ENDS_SOON)
		manage_say(m, "the certificate expires in %lld days",
		    (long long)((made->info.not_after - m->now) / 86400));
	if ((err = manage_list(m, &ca_kind, 0, 0, try_issuer, &search)) != E_OK)
		return err;
	made->ca = search.found;
	if (use == CERT_CUPS && made->ca == 0)
		manage_say(m, "no registered CA lets this certificate in: the gateway "
			      "would be refused here with it");
	return E_OK;
}

int
manage_cert_import(struct manage *m, enum cert_use use, const char *gateway,
    struct span certificate, struct span key, struct cert_made *made)
{
	struct giving give_it = {.use = use};
	struct gateway g;
	unsigned more = 0;
	int err = manage_get(m, &gateway_kind, gateway, &g);

	if (err != E_OK)
		return err;
	memset(made, 0, sizeof *made);
	err = certificate_der(certificate, m->arena, &give_it.der, &more, &m->fault);
	if (err == E_OK && more > 0)
		manage_say(m,
		    "only the first of %u certificates is taken: a gateway "
		    "sends no chain",
		    more + 1);
	if (err == E_OK)
		err = private_key_for_station(key, m->arena, &give_it.key, &m->fault);
	if (err == E_OK)
		err = private_key_matches(give_it.key, give_it.der, &m->fault);
	if (err == E_DENIED)
		err = fault_set(
		    &m->fault, E_INVALID, "key", "does not belong to the certificate");
	if (err == E_OK)
		err =
		    certificate_inspect(give_it.der, m->arena, &made->info, &m->fault);
	made->der = give_it.der;
	if (err == E_OK)
		err = judge(m, use, &g, made);
	return err == E_OK ? give(m, g.gateway_id, &give_it, "import")
			   : manage_failed(m, err);
}

/* ---- removing ---------------------------------------------------------------------------- */

static int
remove_edit(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	struct client_certificate *c = place(record, *(enum cert_use *)arg);

	(void)txn;
	if (c->der.len == 0)
		return fault_set(
		    &m->fault, E_NOTFOUND, NULL, "the gateway has no such certificate");
	memset(c, 0, sizeof *c);
	return E_OK;
}

int
manage_cert_remove(struct manage *m, enum cert_use use, const char *gateway)
{
	return manage_change(
	    m, &gateway_kind, gateway, "remove-certificate", remove_edit, &use, NULL);
}
