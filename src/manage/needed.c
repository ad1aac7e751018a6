/* Who needs a record without naming it: network servers a trust by its address, images the key
 * that has signed them, gateways the authority of their certificates. */
#include "manage/needed.h"

#include "crypto/certificate.h"
#include "cups/cache.h"
#include "registry/ca.h"
#include "registry/firmware.h"
#include "registry/signing_key.h"

struct needing {
	struct manage *m;
	struct store_txn *txn;
	const void *record;
	struct arena *arena; /* that outlives one gateway's turn */
	uint64_t count;
	const char *first;
};

/* ---- a trust ------------------------------------------------------------------------------- */

static int
refuse_trust(struct needing *n, enum station_uri kind, const char *uri, const char *of)
{
	const struct trust *t = n->record;
	struct trust used;
	bool there;
	int err =
	    cups_trust_for(n->txn, kind, span_str(uri), n->m->arena, &used, &there);

	if (err != E_OK || !there || used.serial != t->serial)
		return err;
	return fault_set(&n->m->fault, E_STATE, NULL,
	    "%s is what gateways trust at %.128s (%s%.64s): take that address from "
	    "it first (addresses), and give it to another trust",
	    t->trust_id, uri, kind == STATION_LNS ? "network server " : "", of);
}

static int
see_lns(void *arg, uint64_t serial)
{
	struct needing *n = arg;
	struct lns lns;
	int err = registry_get(n->txn, &lns_kind, serial, n->m->arena, &lns);

	if (err != E_OK || lns.uri[0] == '\0')
		return err;
	return refuse_trust(n, STATION_LNS, lns.uri, lns.lns_id);
}

/* ---- a signing key ------------------------------------------------------------------------- */

static int
see_firmware(void *arg, uint64_t serial)
{
	struct needing *n = arg;
	const struct signing_key *key = n->record;
	const struct firmware_signature *rows;
	struct firmware f;
	int err = registry_get(n->txn, &firmware_kind, serial, n->m->arena, &f);

	if (err != E_OK)
		return err;
	rows = f.signatures.rows;
	for (size_t i = 0; i < f.signatures.count; i++)
		if (span_eq(rows[i].point, key->point))
			return fault_set(&n->m->fault, E_STATE, NULL,
			    "%s has signed the firmware %.64s: retire the key "
			    "instead, or take that signature away first",
			    key->key_id, f.firmware_id);
	return E_OK;
}

int
needed_refuse_in(struct manage *m, struct store_txn *txn,
    const struct record_kind *kind, const void *record)
{
	struct needing n = {.m = m, .txn = txn, .record = record};
	const char *here = m->policy != NULL ? m->policy->cups_uri : "";
	int err;

	if (kind == &signing_key_kind)
		return registry_list(txn, &firmware_kind, 0, see_firmware, &n);
	if (kind != &trust_kind)
		return E_OK;
	err = registry_list(txn, &lns_kind, 0, see_lns, &n);
	return err == E_OK && here[0] != '\0'
		   ? refuse_trust(&n, STATION_CUPS, here, "this CUPS")
		   : err;
}

/* ---- an authority -------------------------------------------------------------------------- */

static int
see_gateway(struct manage *m, struct store_txn *txn, const struct gateway *g, void *arg)
{
	struct needing *n = arg;
	const struct ca *ca = n->record;

	(void)txn;
	if (g->cups_certificate.der.len == 0 || !ca_speaks_for(ca, g->eui) ||
	    certificate_verify_client(g->cups_certificate.der, ca->der, m->now, NULL) !=
		E_OK)
		return E_OK;
	if (n->count++ == 0)
		n->first = arena_strdup(n->arena, g->gateway_id);
	return E_OK;
}

int
needed_refuse(struct manage *m, const struct record_kind *kind, const char *id)
{
	static const struct gateway_filter everybody = {0};
	struct needing n = {.m = m, .arena = m->arena};
	struct ca ca;
	int err;

	if (kind != &ca_kind)
		return E_OK;
	if ((err = manage_get(m, kind, id, &ca)) != E_OK)
		return err;
	n.record = &ca;
	err = manage_gateways(m, &everybody, 0, 0, see_gateway, &n);
	if (err != E_OK || n.count == 0)
		return err;
	return fault_set(&m->fault, E_STATE, NULL,
	    "%llu gateway%s (%.64s) would be refused: give them certificates of "
	    "another "
	    "authority first. To let nobody in by this one at once, take its prefixes "
	    "away (eui_prefixes)",
	    (unsigned long long)n.count, n.count == 1 ? "" : "s",
	    n.first != NULL ? n.first : "");
}
