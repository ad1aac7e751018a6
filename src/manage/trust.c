#include "manage/trust.h"

#include <stdio.h>

#include "base/crc.h"
#include "crypto/certificate.h"
#include "crypto/trust.h"
#include "registry/checks.h"

#define WAIT_MS 15000
#define FETCH_MEMORY (8 << 20)

const char *
trust_result_name(enum trust_result r)
{
	static const char *const names[] = {"stored", "unchanged", "changed", "failed"};

	return names[r];
}

/* ---- addresses --------------------------------------------------------------------------- */

/* Host names are compared as bytes, so they are kept in lower case. */
static const char *
lower(struct arena *arena, const char *text)
{
	char *copy = arena_strdup(arena, text);

	for (char *c = copy; c != NULL && *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c |= 32;
	return copy;
}

/* The list with those of `add` and without those of `remove` (each may be NULL). */
static int
merge(struct manage *m, const struct text_list *add, const struct text_list *remove,
    struct text_list *list)
{
	size_t more = add != NULL ? add->count : 0, n = 0, gone = 0;
	const char **items =
	    arena_alloc(m->arena, (list->count + more) * sizeof *items);

	if (items == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < list->count; i++) {
		if (remove != NULL && text_list_has(remove, list->items[i]))
			gone++;
		else
			items[n++] = list->items[i];
	}
	if (remove != NULL && gone < remove->count)
		return fault_set(&m->fault, E_NOTFOUND, "addresses",
		    "one that shall be removed is not there");
	for (size_t i = 0; i < more; i++) {
		const char *text = lower(m->arena, add->items[i]);

		if (text == NULL)
			return E_NOMEM;
		if (!text_list_has(&(struct text_list){items, n}, text))
			items[n++] = text;
	}
	*list = (struct text_list){items, n};
	return E_OK;
}

struct addresses {
	const struct text_list *add, *remove;
};

static int
edit_addresses(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	const struct addresses *a = arg;
	struct trust *t = record;

	(void)txn;
	return merge(m, a->add, a->remove, &t->addresses);
}

int
manage_trust_addresses(struct manage *m, const char *id, const struct text_list *add,
    const struct text_list *remove)
{
	struct addresses a = {add, remove};

	return manage_change(m, &trust_kind, id, "set", edit_addresses, &a, NULL);
}

/* ---- the certificate --------------------------------------------------------------------- */

/* Puts a certificate into the record; the texts are in the arena. */
static int
fill(struct manage *m, struct span der, struct trust *t)
{
	struct certificate_info info;
	int err = certificate_inspect(der, m->arena, &info, &m->fault);

	if (err != E_OK)
		return err;
	t->der = der;
	t->crc = crc32_of(der);
	t->subject = info.subject;
	t->not_after = info.not_after;
	t->sha256 = arena_strdup(m->arena, info.sha256);
	return t->sha256 != NULL ? E_OK : E_NOMEM;
}

/* What an operator should know of a certificate that gateways shall trust. */
static int
look_at(struct manage *m, struct span der)
{
	struct certificate_info info;
	int err = certificate_inspect(der, m->arena, &info, &m->fault);

	if (err != E_OK)
		return err;
	if (info.not_after <= m->now)
		return fault_set(&m->fault, E_INVALID, "certificate", "has expired");
	if (info.not_after < m->now + ENDS_SOON)
		manage_say(m, "the certificate expires in %lld days",
		    (long long)((info.not_after - m->now) / 86400));
	if (info.not_before > m->now)
		manage_say(m, "the certificate is not valid yet");
	if (!info.is_ca && !info.self_signed)
		manage_say(m,
		    "the certificate is that of a server, not of a CA: it has "
		    "to be exchanged whenever the server's is");
	return E_OK;
}

struct importing {
	const char *id;
	struct span der;
	const struct text_list *addresses;
	struct trust *stored;
};

static int
import_in(struct manage *m, struct store_txn *txn, void *arg)
{
	struct importing *i = arg;
	struct trust before, *t = i->stored;
	int err = manage_find_in(m, txn, &trust_kind, i->id, &before);
	bool there = err == E_OK;

	record_init(&trust_kind, t);
	if (there) {
		*t = before;
		err = manage_check_version(m, &trust_kind, &before);
	} else if (err == E_NOTFOUND) {
		m->fault = (struct fault){0};
		t->trust_id = i->id;
		err = registry_next_serial(txn, &t->serial);
	}
	if (err == E_OK)
		err = fill(m, i->der, t);
	if (err == E_OK)
		err = merge(m, i->addresses, NULL, &t->addresses);
	if (err != E_OK)
		return err;
	t->fetched_from = "";
	t->fetched_at = t->chain_not_after = 0;
	return manage_put_in(
	    m, txn, &trust_kind, there ? &before : NULL, t, there ? "set" : "add");
}

int
manage_trust_import(struct manage *m, const char *id, struct span pem_or_der,
    const struct text_list *addresses, struct trust *stored)
{
	struct importing i = {.id = id, .addresses = addresses, .stored = stored};
	unsigned more = 0;
	int err = certificate_der(pem_or_der, m->arena, &i.der, &more, &m->fault);

	if (err == E_OK && more > 0)
		return fault_set(&m->fault, E_INVALID, "certificate",
		    "there are %u; a gateway takes exactly one: give the root alone",
		    more + 1);
	if (err == E_OK)
		err = look_at(m, i.der);
	if (err == E_OK)
		err = manage_update(m, import_in, &i);
	return manage_failed(m, err);
}

/* ---- fetching ------------------------------------------------------------------------------ */

struct fetching {
	const struct trust_fetching *how;
	struct trust_report *report;
	struct station_address server;
	char uri[128], address[140]; /* complete; host:port in lower case */
	const char *id;
	bool again; /* the record decides which addresses it is for */
	struct trust_found found;
};

/* wss or https, with its port. */
static int
complete(struct manage *m, const char *text, char out[128], struct station_address *at)
{
	struct span uri = span_str(text);
	enum station_uri kind =
	    span_begins_nocase(uri, "http") ? STATION_CUPS : STATION_LNS;
	int err = station_uri_complete(kind, uri, out, &m->fault);

	if (err == E_OK)
		err = station_uri_check(kind, span_str(out), at, &m->fault);
	if (err == E_OK && !at->tls)
		err = fault_set(&m->fault, E_INVALID, "uri",
		    "has no TLS, so there is no certificate: wss:// or https://");
	snprintf(m->fault.field, sizeof m->fault.field, "%s", err != E_OK ? "uri" : "");
	return err;
}

int
manage_trust_uri(struct manage *m, const char *uri, char out[128])
{
	struct station_address at;

	return complete(m, uri, out, &at);
}

static int
take_uri(struct manage *m, struct fetching *f)
{
	int err = complete(m, f->how->uri, f->uri, &f->server);

	if (err != E_OK)
		return err;
	for (char *c = f->server.host; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c |= 32;
	snprintf(
	    f->address, sizeof f->address, "%s:%u", f->server.host, f->server.port);
	return E_OK;
}

/* A name for a record that was given none. */
static int
name_after_host(struct manage *m, struct fetching *f)
{
	static const struct field field = {.name = "trust_id"};
	char *name = arena_strdup(m->arena, f->address);

	if (name == NULL)
		return manage_failed(m, E_NOMEM);
	for (char *c = name; *c != '\0'; c++)
		if (*c == '.' || *c == ':' || *c == '_')
			*c = '-';
	if (strlen(name) > 36 || check_id(&field, &name, NULL) != E_OK)
		return fault_set(&m->fault, E_INVALID, "trust_id",
		    "the host gives no identifier of 3 to 36 characters: name it");
	f->id = name;
	return E_OK;
}

/* The record that this is about: the one with the given name; else the one that has the
 * address; else the one that is named after it. */
static int
find_record(
    struct manage *m, struct store_txn *txn, struct fetching *f, struct trust *t)
{
	int err = E_NOTFOUND;

	if (f->how->id == NULL)
		err = registry_find(txn, &trust_kind, TRUST_ADDRESSES,
		    span_str(f->address), m->arena, t);
	if (err == E_NOTFOUND)
		err = registry_find_id(txn, &trust_kind, f->id, m->arena, t);
	return err;
}

static bool
is_accepted(const struct fetching *f)
{
	const char *only = f->how->accept_only;

	return f->how->accept || (only != NULL && only[0] != '\0' &&
				     strcmp(only, f->report->found_sha256) == 0);
}

static int
store_in(struct manage *m, struct store_txn *txn, void *arg)
{
	const char *const item[] = {((struct fetching *)arg)->address};
	const struct text_list address = {item, 1};
	struct fetching *f = arg;
	struct trust_report *r = f->report;
	struct trust before, *t = &r->trust;
	int err = find_record(m, txn, f, &before);
	bool there = err == E_OK, same;

	record_init(&trust_kind, t);
	r->result = TRUST_STORED;
	if (there) {
		*t = before;
		r->result = span_eq(before.der, f->found.root) ? TRUST_UNCHANGED
							       : TRUST_CHANGED;
	} else if (err == E_NOTFOUND) {
		t->trust_id = f->id;
		err = registry_next_serial(txn, &t->serial);
	}
	if (err == E_OK && r->result == TRUST_CHANGED && !is_accepted(f))
		return fault_set(&m->fault, E_STALE, NULL,
		    "%s leads to another root than the one that is registered as %s",
		    f->address, t->trust_id);
	if (err == E_OK && r->result != TRUST_UNCHANGED)
		err = fill(m, f->found.root, t);
	same = r->result == TRUST_UNCHANGED &&
	       (f->again || text_list_has(&t->addresses, f->address));
	if (err == E_OK && !(there && f->again))
		err = merge(m, &address, NULL, &t->addresses);
	if (err != E_OK)
		return err;
	t->fetched_from = f->uri;
	t->fetched_at = m->now;
	t->chain_not_after = f->found.chain_expires;
	r->stored = true;
	/* That it was looked at again is no news for the audit log. */
	if (same)
		return registry_put(txn, &trust_kind, t, m->arena, &m->fault);
	return manage_put_in(
	    m, txn, &trust_kind, there ? &before : NULL, t, there ? "fetch" : "add");
}

/* What was found, for whoever asked. */
static int
show_found(struct manage *m, struct fetching *f)
{
	struct trust_report *r = f->report;
	struct trust shown;
	int err;

	record_init(&trust_kind, &shown);
	if ((err = fill(m, f->found.root, &shown)) != E_OK)
		return err;
	r->found_subject = shown.subject;
	r->found_sha256 = shown.sha256;
	r->server_subject = f->found.server_subject;
	r->root_expires = f->found.root_expires;
	r->chain_expires = f->found.chain_expires;
	return E_OK;
}

static void
warn(struct manage *m, const struct fetching *f)
{
	const struct trust_report *r = f->report;

	if (r->chain_expires < m->now + ENDS_SOON)
		manage_say(m, "%s: its chain expires in %lld days", f->address,
		    (long long)((r->chain_expires - m->now) / 86400));
	if (r->result == TRUST_CHANGED && r->stored && r->trust.addresses.count > 1)
		manage_say(m,
		    "%s is registered for %zu addresses: see that all of them lead to "
		    "the new root",
		    r->trust.trust_id, r->trust.addresses.count);
}

static int
fetch(struct manage *m, struct fetching *f)
{
	int wait = f->how->wait_ms > 0 ? f->how->wait_ms : WAIT_MS;
	int err = trust_fetch(f->server.host, f->server.port, f->how->anchors, m->now,
	    wait, m->arena, &f->found, &m->fault);

	/* A root that the station could not split is as good as none. */
	if (err == E_OK)
		err = certificate_der(
		    f->found.root, m->arena, &f->found.root, NULL, &m->fault);
	return err == E_OK ? show_found(m, f) : err;
}

static int
fetch_and_store(struct manage *m, const struct trust_fetching *how, bool again,
    struct trust_report *report)
{
	struct fetching f = {
	    .how = how, .report = report, .id = how->id, .again = again};
	int err;

	memset(report, 0, sizeof *report);
	record_init(&trust_kind, &report->trust);
	report->result = TRUST_FAILED;
	report->found_subject = report->found_sha256 = report->server_subject = "";
	err = take_uri(m, &f);
	if (err == E_OK && f.id == NULL)
		err = name_after_host(m, &f);
	if (err == E_OK)
		err = fetch(m, &f);
	if (err == E_OK) {
		err = manage_update(m, store_in, &f);
		if (err != E_OK && err != E_STALE)
			report->result = TRUST_FAILED;
	}
	if (err != E_OK) {
		report->stored = false;
		manage_failed(m, err);
		report->fault = m->fault;
		return err;
	}
	warn(m, &f);
	return E_OK;
}

int
manage_trust_fetch(
    struct manage *m, const struct trust_fetching *how, struct trust_report *report)
{
	return fetch_and_store(m, how, false, report);
}

/* ---- refreshing ------------------------------------------------------------------------------ */

struct fetched {
	const char *id, *uri;
	struct fetched *next;
};

struct collecting {
	struct arena *arena; /* that lasts */
	const char *id;
	struct fetched *first, **last;
	bool there;
};

static int
collect(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	const struct trust *t = record;
	struct collecting *c = arg;
	struct fetched *f;

	(void)m;
	(void)txn;
	if (c->id != NULL && strcmp(c->id, t->trust_id) != 0)
		return E_OK;
	c->there = true;
	if (t->fetched_from[0] == '\0')
		return E_OK;
	if ((f = arena_zalloc(c->arena, 1, sizeof *f)) == NULL ||
	    (f->id = arena_strdup(c->arena, t->trust_id)) == NULL ||
	    (f->uri = arena_strdup(c->arena, t->fetched_from)) == NULL)
		return E_NOMEM;
	*c->last = f;
	c->last = &f->next;
	return E_OK;
}

static int
refresh_one(struct manage *m, const struct fetched *one,
    const struct trust_fetching *how, manage_trust_fn *fn, void *arg)
{
	struct trust_fetching again = *how;
	struct trust_report report;
	struct arena work, *kept = m->arena;
	int err;

	arena_init(&work, FETCH_MEMORY);
	m->arena = &work;
	m->fault = (struct fault){0};
	again.id = one->id;
	again.uri = one->uri;
	fetch_and_store(m, &again, true, &report);
	if (report.trust.trust_id[0] == '\0')
		report.trust.trust_id = one->id;
	m->fault = (struct fault){0};
	err = fn(m, &report, arg);
	m->arena = kept;
	arena_clear(&work);
	return err;
}

int
manage_trust_refresh(struct manage *m, const char *id, const struct trust_fetching *how,
    manage_trust_fn *fn, void *arg)
{
	struct collecting c = {.arena = m->arena, .id = id, .last = &c.first};
	int err = manage_list(m, &trust_kind, 0, 0, collect, &c);

	if (err == E_OK && id != NULL && !c.there)
		return fault_set(
		    &m->fault, E_NOTFOUND, NULL, "there is no trust %.64s", id);
	if (err == E_OK && id != NULL && c.first == NULL)
		return fault_set(&m->fault, E_STATE, NULL,
		    "trust %.64s was imported, not fetched", id);
	for (const struct fetched *f = c.first; err == E_OK && f != NULL; f = f->next)
		err = refresh_one(m, f, how, fn, arg);
	return err;
}
