#include "manage/ca.h"

#include "base/hex.h"
#include "crypto/certificate.h"

#define NEW_BACKDATED 3600 /* clocks of gateways are not the best */

struct adding {
	const struct ca_request *request;
	struct span der, key;
	struct certificate_info info;
	struct ca *stored;
};

static int
add_in(struct manage *m, struct store_txn *txn, void *arg)
{
	struct adding *a = arg;
	struct ca *ca = a->stored;
	int err;

	record_init(&ca_kind, ca);
	ca->ca_id = a->request->id;
	ca->name = a->request->name != NULL ? a->request->name : "";
	ca->eui_prefixes = a->request->eui_prefixes;
	ca->der = a->der;
	ca->subject = a->info.subject;
	ca->sha256 = a->info.sha256;
	ca->not_after = a->info.not_after;
	err = registry_next_serial(txn, &ca->serial);
	if (err == E_OK && a->key.len > 0)
		err =
		    manage_seal(m, &ca_kind, ca->serial, "key", a->key, true, &ca->key);
	return err == E_OK ? manage_put_in(m, txn, &ca_kind, NULL, ca, "add") : err;
}

static int
add(struct manage *m, struct adding *a)
{
	const char *digest = arena_strdup(m->arena, a->info.sha256);
	int err;

	if (digest == NULL)
		return manage_failed(m, E_NOMEM);
	if ((err = manage_update(m, add_in, a)) != E_OK)
		return manage_failed(m, err);
	/* The record points into what is ours until now. */
	a->stored->sha256 = digest;
	if (a->request->eui_prefixes.count == 0)
		manage_say(m,
		    "%s speaks for no gateway until it has EUI prefixes "
		    "(eui_prefixes)",
		    a->stored->ca_id);
	return E_OK;
}

int
manage_ca_import(struct manage *m, const struct ca_request *request,
    struct span pem_or_der, struct ca *stored)
{
	struct adding a = {.request = request, .stored = stored};
	unsigned more = 0;
	int err = certificate_der(pem_or_der, m->arena, &a.der, &more, &m->fault);

	if (err == E_OK)
		err = certificate_inspect(a.der, m->arena, &a.info, &m->fault);
	if (err != E_OK)
		return manage_failed(m, err);
	if (more > 0)
		return fault_set(&m->fault, E_INVALID, "certificate",
		    "there are %u; give the one that issues the gateways' certificates "
		    "alone",
		    more + 1);
	if (!a.info.is_ca)
		return fault_set(
		    &m->fault, E_INVALID, "certificate", "is not that of a CA");
	if (a.info.not_after <= m->now)
		return fault_set(&m->fault, E_INVALID, "certificate", "has expired");
	return add(m, &a);
}

int
manage_ca_create(struct manage *m, const struct ca_request *request, int64_t not_after,
    struct ca *stored)
{
	struct adding a = {.request = request, .stored = stored};
	struct certificate_request wanted = {
	    .common_name = request->name != NULL && request->name[0] != '\0'
			       ? request->name
			       : request->id,
	    .not_before = m->now - NEW_BACKDATED,
	    .not_after = not_after,
	    .ca = true};
	int err;

	if (not_after <= m->now)
		return fault_set(
		    &m->fault, E_INVALID, "not_after", "must be in the future");
	err = private_key_new(m->arena, &a.key);
	if (err == E_OK)
		err = certificate_issue(&wanted, a.key, span_of(NULL, 0),
		    span_of(NULL, 0), m->arena, &a.der, &m->fault);
	if (err == E_OK)
		err = certificate_inspect(a.der, m->arena, &a.info, &m->fault);
	return err == E_OK ? add(m, &a) : manage_failed(m, err);
}

/* ---- revoking ---------------------------------------------------------------------------- */

/* "0A:1b:…" as certificate_inspect() writes it: whole bytes in lower-case hex, without zero
 * bytes in front. NULL when it is no number. */
static const char *
plain_serial(struct arena *arena, const char *text)
{
	char *digits = arena_alloc(arena, strlen(text) + 1);
	size_t n = 0;

	if (digits == NULL)
		return NULL;
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == ':' || c == ' ' || (n == 0 && c == '0'))
			continue;
		if (hex_digit(c) < 0)
			return NULL;
		digits[n++] = (char)(c >= 'A' && c <= 'F' ? c | 32 : c);
	}
	digits[n] = '\0';
	if (n == 0)
		return NULL;
	return n % 2 == 0 ? digits : arena_printf(arena, "0%s", digits);
}

static int
revoke_edit(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	struct ca *ca = record;
	size_t n = ca->revoked.count;
	const char **items = arena_alloc(m->arena, (n + 1) * sizeof *items);

	(void)txn;
	if (items == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		items[i] = ca->revoked.items[i];
		if (strcmp(items[i], arg) == 0)
			return fault_set(&m->fault, E_EXISTS, "revoked",
			    "%.40s is revoked already", (const char *)arg);
	}
	items[n] = arg;
	ca->revoked = (struct text_list){items, n + 1};
	if (n + 1 > field_by_name(&ca_kind, "revoked")->max)
		return fault_set(
		    &m->fault, E_FULL, "revoked", "the list is full: exchange the CA");
	return E_OK;
}

int
manage_ca_revoke(struct manage *m, const char *id, const char *serial)
{
	const char *plain = plain_serial(m->arena, serial);

	if (plain == NULL || strlen(plain) > 40)
		return fault_set(&m->fault, E_INVALID, "serial",
		    "must be 1 to 40 hex digits, as `openssl x509 -serial` shows it");
	return manage_change(
	    m, &ca_kind, id, "revoke", revoke_edit, (void *)(uintptr_t)plain, NULL);
}
