#include "auth/principal.h"

#include "crypto/certificate.h"
#include "crypto/digest.h"
#include "registry/ca.h"
#include "registry/registry.h"

const char *
credential_name(enum credential c)
{
	static const char *const names[] = {"none", "key", "certificate"};

	return names[c];
}

static int
refuse(struct principal *p, const char *why)
{
	p->err = fault_set(&p->why, E_DENIED, NULL, "%s", why);
	return E_OK;
}

/* A key that is registered may still have ended. */
static int
judge_key(struct principal *p, int64_t now)
{
	if (p->key.revoked_at != 0 && p->key.revoked_at <= now)
		return refuse(p, "the key was revoked");
	if (p->key.expires_at != 0 && p->key.expires_at <= now)
		return refuse(p, "the key has expired");
	return E_OK;
}

int
principal_by_key(struct store_txn *registry, struct span presented, int64_t now,
    struct arena *arena, struct principal *p)
{
	struct span digest = span_of(p->digest, SHA256_SIZE);
	int err;

	memset(p, 0, sizeof *p);
	if (presented.len == 0)
		return E_OK;
	p->credential = CREDENTIAL_KEY;
	if ((err = sha256(presented, p->digest)) != E_OK)
		return err;
	p->has_digest = true;
	err = registry_find(registry, &key_kind, KEY_DIGEST, digest, arena, &p->key);
	if (err == E_NOTFOUND)
		return refuse(p, "the key is not registered");
	if (err != E_OK)
		return err;
	return equal_secret(p->key.digest, digest) ? judge_key(p, now) : E_CORRUPT;
}

int
principal_by_key_serial(struct store_txn *registry, uint64_t serial, int64_t now,
    struct arena *arena, struct principal *p)
{
	int err;

	memset(p, 0, sizeof *p);
	p->credential = CREDENTIAL_KEY;
	err = registry_get(registry, &key_kind, serial, arena, &p->key);
	return err == E_OK ? judge_key(p, now) : err;
}

/* ---- certificates -------------------------------------------------------------------- */

struct ca_search {
	struct store_txn *registry;
	struct arena *arena;
	const struct certificate_info *info;
	struct principal *p;
	int64_t now;
	bool found;
};

static bool
is_revoked(const struct ca *ca, const char *serial)
{
	for (size_t i = 0; i < ca->revoked.count; i++)
		if (strcasecmp(ca->revoked.items[i], serial) == 0)
			return true;
	return false;
}

/* Tries one CA; remembers why the most fitting one refuses. */
static int
try_ca(void *arg, uint64_t serial)
{
	struct ca_search *s = arg;
	struct principal *p = s->p;
	struct ca ca;
	int err = registry_get(s->registry, &ca_kind, serial, s->arena, &ca);

	if (err != E_OK)
		return err;
	if (strcmp(ca.subject, s->info->issuer) != 0)
		return E_OK;
	p->ca = serial;
	p->err = certificate_verify_client(p->certificate, ca.der, s->now, &p->why);
	if (p->err != E_OK) {
		p->err = E_DENIED;
		return E_OK;
	}
	if (!ca_speaks_for(&ca, p->certificate_eui))
		return refuse(p, "its CA may not speak for this EUI");
	if (is_revoked(&ca, s->info->serial))
		return refuse(p, "the certificate was revoked");
	s->found = true;
	return E_EXISTS;
}

int
principal_by_certificate(struct store_txn *registry, struct span pem, int64_t now,
    struct arena *arena, struct principal *p)
{
	struct certificate_info info;
	struct ca_search search = {registry, arena, &info, p, now, false};
	int err;

	memset(p, 0, sizeof *p);
	if (pem.len == 0)
		return E_OK;
	p->credential = CREDENTIAL_CERTIFICATE;
	err = certificate_der(pem, arena, &p->certificate, NULL, &p->why);
	if (err == E_OK)
		err = certificate_inspect(p->certificate, arena, &info, &p->why);
	if (err == E_NOMEM)
		return err;
	if (err != E_OK) {
		p->err = E_DENIED;
		return E_OK;
	}
	if ((err = sha256(p->certificate, p->digest)) != E_OK)
		return err;
	p->has_digest = true;
	if (!certificate_eui(&info, &p->certificate_eui))
		return refuse(p, "the certificate's CN is not an EUI of 16 hex digits");
	refuse(p, "no registered CA issued the certificate");
	err = registry_list(registry, &ca_kind, 0, try_ca, &search);
	if (err != E_OK && err != E_EXISTS)
		return err;
	if (search.found)
		p->err = E_OK;
	return E_OK;
}

/* ---- rights --------------------------------------------------------------------------- */

bool
key_has_ended(const struct key *key, const struct gateway *gateway,
    const struct gateway_state *state)
{
	return key->generation != 0 && key->origin == KEY_PUSHED && state != NULL &&
	       key->serial != gateway->target_cups_key &&
	       key->generation < state->confirmed_generation &&
	       key->generation != state->first_generation;
}

int
principal_may(const struct principal *p, const struct gateway *gateway,
    const struct gateway_state *state, uint64_t rights, struct fault *fault)
{
	if (p->credential == CREDENTIAL_NONE)
		return fault_set(
		    fault, E_NOAUTH, NULL, "neither a key nor a client certificate");
	if (p->err != E_OK)
		return fault_set(fault, p->err, NULL, "%s", p->why.text);
	if (p->credential == CREDENTIAL_CERTIFICATE) {
		if (p->certificate_eui != gateway->eui)
			return fault_set(fault, E_DENIED, NULL,
			    "the certificate names %016llX, not this gateway",
			    (unsigned long long)p->certificate_eui);
		if ((rights & ~(uint64_t)RIGHTS_CUPS) != 0)
			return fault_set(fault, E_DENIED, NULL,
			    "a certificate does not give that right");
		return E_OK;
	}
	if (p->key.gateway != 0 && p->key.gateway != gateway->serial)
		return fault_set(
		    fault, E_DENIED, NULL, "the key belongs to another gateway");
	if (!(p->key.rights & RIGHT_ALL) && (p->key.rights & rights) != rights)
		return fault_set(
		    fault, E_DENIED, NULL, "the key does not have the rights for this");
	if (key_has_ended(&p->key, gateway, state))
		return fault_set(fault, E_DENIED, NULL,
		    "the key ended when the gateway confirmed a newer one");
	return E_OK;
}
