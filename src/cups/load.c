#include "cups/load.h"

#include "base/wire.h"
#include "cups/firmware.h"
#include "registry/registry.h"

/* A record that may be missing. */
static int
optional(int err, bool *there)
{
	*there = err == E_OK;
	return err == E_NOTFOUND ? E_OK : err;
}

int
cups_unreadable(struct cups_exchange *x, const char *what, int err)
{
	return fault_set(
	    &x->fault, err == E_IO ? E_BUSY : err, NULL, "%s: %s", what, err_text(err));
}

/* By its EUI; mostly its key has named it already. */
static int
find_gateway(struct store_txn *registry, struct arena *arena, struct cups_exchange *x)
{
	const struct principal *p = &x->principal;
	struct gateway *g = &x->records.gateway;
	uint8_t key[8];

	if (p->credential == CREDENTIAL_KEY && p->err == E_OK && p->key.gateway != 0 &&
	    registry_get(registry, &gateway_kind, p->key.gateway, arena, g) == E_OK &&
	    g->eui == x->request.eui)
		return E_OK;
	wire_key64(key, x->request.eui);
	return registry_find(
	    registry, &gateway_kind, GATEWAY_EUI, span_of(key, 8), arena, g);
}

static int
load_gateway(struct store_txn *registry, struct arena *arena, struct cups_exchange *x)
{
	struct gateway *g = &x->records.gateway;
	bool there;
	int err = optional(find_gateway(registry, arena, x), &there);

	x->inputs.gateway = there && g->deleted_at == 0 ? g : NULL;
	return err == E_OK ? E_OK : cups_unreadable(x, "record of the gateway", err);
}

/* The network server: named in the gateway's record, or its address there, or the default. */
static int
load_lns(struct store_txn *registry, struct cups_cache *cache,
    const struct cups_policy *policy, struct arena *arena, struct cups_exchange *x)
{
	struct cups_records *r = &x->records;
	struct cups_inputs *in = &x->inputs;
	const char *address = r->gateway.gateway_server_address;
	bool there = false;
	int err = E_OK;

	if (r->gateway.lns != 0)
		err = cups_cache_lns(
		    cache, registry, r->gateway.lns, arena, &r->lns, &there);
	else if (address[0] == '\0' && policy->default_lns[0] != '\0')
		err = optional(registry_find_id(registry, &lns_kind,
				   policy->default_lns, arena, &r->lns),
		    &there);
	if (err != E_OK)
		return cups_unreadable(x, "record of its lns", err);
	if (there) {
		in->lns_uri = r->lns.uri;
		in->lns_credentials = r->lns.credentials;
		in->lns_token_form = r->lns.token_form;
	} else if (address[0] != '\0') {
		in->lns_credentials = LNS_TOKEN;
		in->lns_token_form = policy->token_form;
		if (station_uri_complete(STATION_LNS, span_str(address), r->lns_uri,
			&r->lns_fault) != E_OK)
			in->lns_fault = r->lns_fault.text;
	}
	if (there && r->lns.trust != 0)
		err = optional(registry_get(registry, &trust_kind, r->lns.trust, arena,
				   &r->lns_trust),
		    &there);
	else
		err = cups_cache_trust(cache, registry, STATION_LNS,
		    span_str(in->lns_uri), arena, &r->lns_trust, &there);
	in->lns_trust = there ? &r->lns_trust : NULL;
	return err == E_OK ? E_OK : cups_unreadable(x, "trust for its lns", err);
}

/* The trusts of where it is and of where it should be; mostly that is the same. */
static int
load_cups_trusts(struct store_txn *registry, struct cups_cache *cache,
    const struct cups_policy *policy, struct arena *arena, struct cups_exchange *x)
{
	struct cups_records *r = &x->records;
	struct span here = x->request.cups_uri;
	const char *wanted = cups_wanted_uri(&r->gateway, &x->request, policy);
	bool there;
	int err = cups_cache_trust(
	    cache, registry, STATION_CUPS, here, arena, &r->here_trust, &there);

	x->inputs.here_trust = x->inputs.cups_trust = there ? &r->here_trust : NULL;
	if (err != E_OK || wanted[0] == '\0' || span_is(here, wanted))
		return err;
	err = cups_cache_trust(cache, registry, STATION_CUPS, span_str(wanted), arena,
	    &r->cups_trust, &there);
	x->inputs.cups_trust = there ? &r->cups_trust : NULL;
	return err;
}

/* What it should have for CUPS. */
static int
load_cups(struct store_txn *registry, struct cups_cache *cache,
    const struct cups_policy *policy, struct arena *arena, struct cups_exchange *x)
{
	struct cups_records *r = &x->records;
	bool there;
	int err = load_cups_trusts(registry, cache, policy, arena, x);

	if (err != E_OK)
		return cups_unreadable(x, "trust for its CUPS", err);
	if (r->gateway.target_cups_key == 0)
		return E_OK;
	/* Mostly it is the very key that the gateway came with. */
	if (x->principal.credential == CREDENTIAL_KEY && x->principal.err == E_OK &&
	    x->principal.key.serial == r->gateway.target_cups_key) {
		r->cups_key = x->principal.key;
		x->inputs.cups_key = &r->cups_key;
		return E_OK;
	}
	err = optional(registry_get(registry, &key_kind, r->gateway.target_cups_key,
			   arena, &r->cups_key),
	    &there);
	x->inputs.cups_key = there ? &r->cups_key : NULL;
	return err == E_OK ? E_OK : cups_unreadable(x, "record of its CUPS key", err);
}

int
cups_load(struct store_txn *registry, struct store_txn *ledger,
    struct cups_cache *cache, const struct cups_policy *policy, int64_t now,
    struct arena *arena, struct cups_exchange *x)
{
	struct cups_records *r = &x->records;
	int err;

	cups_cache_begin(cache, registry, ledger);
	r->lns_uri[0] = '\0';
	x->inputs = (struct cups_inputs){.request = &x->request,
	    .principal = &x->principal,
	    .policy = policy,
	    .state = &r->state,
	    .now = now,
	    .lns_uri = r->lns_uri};
	if ((err = load_gateway(registry, arena, x)) != E_OK ||
	    x->inputs.gateway == NULL)
		return err;
	err = gateway_state_get(ledger, r->gateway.serial, arena, &r->state);
	if (err != E_OK)
		return cups_unreadable(x, "state of the gateway in the ledger", err);
	err = load_lns(registry, cache, policy, arena, x);
	if (err == E_OK)
		err = load_cups(registry, cache, policy, arena, x);
	if (err != E_OK)
		return err;
	err = cups_firmware_load(registry, ledger, cache, policy, now, arena, x);
	return err == E_OK ? E_OK : cups_unreadable(x, "records of its firmware", err);
}
