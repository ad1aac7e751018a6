#include "manage/check.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/crc.h"
#include "base/wire.h"
#include "cups/cache.h"
#include "crypto/certificate.h"
#include "manage/firmware_care.h"
#include "manage/report.h"
#include "radio/concentrator.h"
#include "radio/plan.h"
#include "registry/audit.h"
#include "registry/board.h"
#include "registry/ca.h"
#include "registry/plan.h"
#include "registry/template.h"

#define RECORD_MEMORY (4 << 20)
#define SOON (30 * 86400)
#define ADDRESSES_MAX 512 /* distinct addresses without trust that are told once */

struct checking {
	struct manage *m;
	const struct check_options *options;
	struct report report;
	struct store_txn *registry, *ledger;
	const struct record_kind *kind;
	const void *record; /* the one that is looked at */
	struct arena *work; /* of this record */
	struct arena kept;  /* of the whole check */
	const char *told[ADDRESSES_MAX];
	size_t told_count;
	uint64_t orphans;
};

/* The identifier, or the number of a record that has none. */
static const char *
name_of(struct checking *c)
{
	const char *id = record_id(c->kind, c->record);

	if (id[0] == '\0')
		id = arena_printf(
		    c->work, "#%llu", (unsigned long long)*(const uint64_t *)c->record);
	return id != NULL ? id : "";
}

/* Of the record that is looked at. */
static void __attribute__((format(printf, 4, 5))) found(struct checking *c,
    enum check_severity severity, const char *fix, const char *fmt, ...)
{
	struct place_found where = {c->kind->name, name_of(c), fix};
	char text[500];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	report_finding(&c->report, severity, where, "%s", text);
}

/* ---- any record ---------------------------------------------------------------------------- */

static void
check_ref(struct checking *c, const struct field *f)
{
	uint64_t serial = *(const uint64_t *)field_at(f, c->record);
	uint8_t key[8];
	struct span value;

	wire_key64(key, serial);
	if (serial != 0 &&
	    store_get(c->registry, f->of->table, span_of(key, 8), &value) == E_NOTFOUND)
		found(c, CHECK_ERROR, "", "%s points at a %s that is not there",
		    f->name, f->of->name);
}

/* The CRC and length that stand beside a sealed value must be those of it: the CRC of what is
 * pushed is reckoned from them. A private key's form goes without saying and is not stored. */
static void
check_described(struct checking *c, const struct field *f, struct span plain)
{
	const struct secret *stored = field_at(f, c->record);
	bool private_key = strstr(f->name, "_certificate.") != NULL;
	struct secret now = {0};
	int err = secret_describe(plain, private_key, &now, NULL);

	if (err != E_OK || now.crc != stored->crc || now.length != stored->length ||
	    (!private_key && now.form != stored->form))
		found(c, CHECK_ERROR, "",
		    "%s: its CRC or length is not that of the value", f->name);
}

static void
check_sealed(struct checking *c, const struct field *f)
{
	struct seal_place place = {
	    c->kind->name, *(const uint64_t *)c->record, f->name};
	struct span sealed = *(const struct span *)field_at(f, c->record), plain;
	struct fault why = {0};
	int err;

	if (sealed.len == 0)
		return;
	err = data_open_sealed(c->m->data, place, sealed, c->work, &plain, &why);
	if (err != E_OK) {
		found(c, CHECK_ERROR, "", "%s does not open: %s", f->name, why.text);
		return;
	}
	c->report.result->sealed++;
	/* That of a CA is stored without them. */
	if (c->kind != &ca_kind)
		check_described(c, f, plain);
}

static void
check_fields(struct checking *c)
{
	struct fault why = {0};
	char text[400];

	for (const struct field *f = c->kind->fields; f->number != 0; f++) {
		if (f->type == FIELD_REF)
			check_ref(c, f);
		else if (f->type == FIELD_SEALED)
			check_sealed(c, f);
	}
	if (record_check(c->kind, c->record, &why) != E_OK)
		found(c, CHECK_WARNING, "", "would not be taken as it is today: %s",
		    fault_text(&why, text, sizeof text));
}

/* ---- certificates and addresses ------------------------------------------------------------ */

static void
check_expiry(struct checking *c, int64_t not_after, const char *what, const char *fix)
{
	char date[CLOCK_TEXT];

	clock_format(not_after, date);
	if (not_after == 0)
		return;
	if (not_after <= c->m->now)
		found(c, CHECK_ERROR, fix, "%s expired on %.10s", what, date);
	else if (not_after < c->m->now + SOON)
		found(c, CHECK_WARNING, fix, "%s expires on %.10s", what, date);
}

static void
check_der(struct checking *c, struct span der, uint64_t crc, const char *what)
{
	if (der.len > 0 && crc32_of(der) != crc)
		found(
		    c, CHECK_ERROR, "", "the CRC of %s is not that of its bytes", what);
}

/* Each address without trust is told once, whoever has it first. */
static bool
told_before(struct checking *c, const char *uri)
{
	const char *copy;

	for (size_t i = 0; i < c->told_count; i++)
		if (strcmp(c->told[i], uri) == 0)
			return true;
	if (c->told_count < ADDRESSES_MAX &&
	    (copy = arena_strdup(&c->kept, uri)) != NULL)
		c->told[c->told_count++] = copy;
	return false;
}

static int
check_trusted(struct checking *c, enum station_uri kind, const char *uri)
{
	struct station_address address;
	struct trust trust;
	const char *fix;
	bool there;
	int err;

	if (station_uri_check(kind, span_str(uri), &address, NULL) != E_OK ||
	    !address.tls)
		return E_OK;
	err = cups_trust_for(c->registry, kind, span_str(uri), c->work, &trust, &there);
	if (err != E_OK || there || told_before(c, uri))
		return err == E_CORRUPT ? E_OK : err;
	fix = arena_printf(c->work, "gatehouse trust fetch %s", uri);
	found(c, CHECK_WARNING, fix,
	    "no trust certificate is registered for %s: its credentials cannot be sent",
	    uri);
	return E_OK;
}

static void
check_client_certificate(
    struct checking *c, const struct client_certificate *cert, const char *what)
{
	struct certificate_info info;

	if (cert->der.len == 0)
		return;
	check_der(c, cert->der, cert->crc, what);
	if (certificate_inspect(cert->der, c->work, &info, NULL) != E_OK)
		found(c, CHECK_ERROR, "", "%s cannot be read", what);
	else
		check_expiry(c, info.not_after, what, "gatehouse cert issue");
}

/* ---- configuration files --------------------------------------------------------------- */

static int
check_named(struct checking *c, const struct record_kind *kind, const char *field,
    const char *id)
{
	uint64_t serial;
	int err = registry_find_serial(
	    c->registry, kind, kind->fields[0].number, span_str(id), &serial);

	if (err == E_NOTFOUND)
		found(c, CHECK_WARNING, "",
		    "%s: there is no %s %.64s: its configuration files cannot be made",
		    field, kind->name, id);
	return err == E_NOTFOUND ? E_OK : err;
}

static int
check_radio(struct checking *c, const struct gateway *g)
{
	int err = E_OK;

	for (size_t i = 0; err == E_OK && i < g->frequency_plan_ids.count; i++)
		err = check_named(c, &plan_kind, "frequency_plan_ids",
		    g->frequency_plan_ids.items[i]);
	if (err == E_OK && g->concentrator[0] != '\0')
		err = check_named(c, &board_kind, "concentrator", g->concentrator);
	return err;
}

static void
check_encoded(struct checking *c)
{
	const struct plan_record *p = c->record;
	const struct board_record *b = c->record;
	struct plan *plan;
	struct board *board;
	int err = c->kind == &plan_kind ? plan_decode(c->work, p->encoded, &plan)
					: board_decode(c->work, b->encoded, &board);

	if (err != E_OK)
		found(c, CHECK_ERROR, "", "cannot be read: %s; import it again",
		    err_text(err));
}

/* ---- by kind ----------------------------------------------------------------------------- */

static int
check_gateway(struct checking *c)
{
	const struct gateway *g = c->record;
	char uri[128];
	int err = E_OK;

	if (g->deleted_at != 0)
		return E_OK;
	check_client_certificate(c, &g->cups_certificate, "its certificate for CUPS");
	check_client_certificate(
	    c, &g->lns_certificate, "its certificate for the network server");
	if (g->target_cups_uri[0] != '\0')
		err = check_trusted(c, STATION_CUPS, g->target_cups_uri);
	/* Others than stations use the address too: only where there is a secret for it. */
	if (err == E_OK && g->lns == 0 && g->gateway_server_address[0] != '\0' &&
	    g->lns_secret.sealed.len > 0 &&
	    station_uri_complete(
		STATION_LNS, span_str(g->gateway_server_address), uri, NULL) == E_OK)
		err = check_trusted(c, STATION_LNS, uri);
	return err == E_OK ? check_radio(c, g) : err;
}

static int
check_by_kind(struct checking *c)
{
	const struct trust *t = c->record;
	const struct ca *ca = c->record;
	const struct lns *lns = c->record;

	if (c->kind == &gateway_kind)
		return check_gateway(c);
	if (c->kind == &trust_kind) {
		check_der(c, t->der, t->crc, "the certificate");
		check_expiry(
		    c, t->not_after, "the certificate", "gatehouse trust refresh");
		check_expiry(c, t->chain_not_after, "the server's chain",
		    "gatehouse trust refresh");
	} else if (c->kind == &ca_kind) {
		check_expiry(c, ca->not_after, "the CA", "");
	} else if (c->kind == &lns_kind && lns->trust == 0) {
		return check_trusted(c, STATION_LNS, lns->uri);
	} else if (c->kind == &plan_kind || c->kind == &board_kind) {
		check_encoded(c);
	} else if (c->kind == &template_kind) {
		const struct gateway_template *tpl = c->record;

		if (tpl->target_cups_uri[0] != '\0')
			return check_trusted(c, STATION_CUPS, tpl->target_cups_uri);
	}
	return E_OK;
}

static int
check_record(void *arg, uint64_t serial)
{
	struct checking *c = arg;
	struct arena work;
	void *record;
	int err;

	arena_init(&work, RECORD_MEMORY);
	if ((record = arena_alloc(&work, c->kind->size)) == NULL)
		return E_NOMEM;
	c->report.result->records[c->kind->table]++;
	err = registry_get(c->registry, c->kind, serial, &work, record);
	c->record = record;
	c->work = &work;
	if (err == E_OK) {
		check_fields(c);
		err = check_by_kind(c);
	} else if (err == E_CORRUPT || err == E_VERSION) {
		err = E_OK; /* registry_verify() has told it */
	}
	arena_clear(&work);
	return err;
}

static void
index_fault(void *arg, const char *text)
{
	struct checking *c = arg;

	report_finding(&c->report, CHECK_ERROR,
	    (struct place_found){"registry", "", ""}, "%s", text);
}

static int
check_kind(struct checking *c, const struct record_kind *kind)
{
	uint64_t count;
	int err = registry_verify(c->registry, kind, index_fault, c, &count);

	c->kind = kind;
	return err == E_OK ? registry_list(c->registry, kind, 0, check_record, c) : err;
}

/* ---- the ledger ------------------------------------------------------------------------------ */

static void
check_pushes(struct checking *c, const struct gateway_state *state)
{
	static const char *const parts[] = {"its CUPS address", "its CUPS credentials",
	    "its network server's address", "its network server's credentials"};
	const struct push *rows = state->pushes.rows;
	const char *fix;

	for (size_t i = 0; i < state->pushes.count; i++) {
		if (c->m->policy == NULL || rows[i].part > PUSH_LNS_CREDENTIALS ||
		    rows[i].count < c->m->policy->push_limit)
			continue;
		fix = arena_printf(c->work, "gatehouse gateway retry %s", name_of(c));
		found(c, CHECK_WARNING, fix,
		    "%s: sent %llu times and never confirmed, so stopped",
		    parts[rows[i].part], (unsigned long long)rows[i].count);
	}
}

static int
check_state(struct checking *c, uint64_t serial, struct span stored)
{
	struct gateway_state state;
	struct gateway g;
	struct arena work;
	int err;

	arena_init(&work, RECORD_MEMORY);
	c->work = &work;
	c->report.result->states++;
	err = record_decode(&gateway_state_kind, serial, stored, &work, &state);
	if (err == E_CORRUPT || err == E_VERSION) {
		const char *name =
		    arena_printf(&work, "#%llu", (unsigned long long)serial);

		report_finding(&c->report, CHECK_ERROR,
		    (struct place_found){"ledger", name, ""}, "the row is damaged: %s",
		    err_text(err));
		err = E_OK;
	} else if (err == E_OK) {
		err = registry_get(c->registry, &gateway_kind, serial, &work, &g);
		if (err == E_OK && g.deleted_at == 0) {
			c->record = &g;
			check_pushes(c, &state);
		} else if (err == E_NOTFOUND) {
			c->orphans++;
		}
		if (err == E_NOTFOUND || err == E_CORRUPT || err == E_VERSION)
			err = E_OK;
	}
	arena_clear(&work);
	return err;
}

static int
check_ledger(struct checking *c)
{
	struct store_cursor *cursor;
	struct span k, v;
	int err = store_cursor_open(c->ledger, LEDGER_GATEWAY, &cursor);

	if (err != E_OK)
		return err;
	c->kind = &gateway_kind;
	err = store_cursor_seek(cursor, span_of(NULL, 0), &k, &v);
	while (err == E_OK) {
		err = k.len == 8 ? check_state(c, wire_unkey64(k.data), v) : E_CORRUPT;
		if (err == E_OK)
			err = store_cursor_next(cursor, &k, &v);
	}
	store_cursor_close(cursor);
	if (c->orphans > 0)
		report_finding(&c->report, CHECK_NOTE,
		    (struct place_found){"ledger", "", ""},
		    "%llu rows are of gateways that are gone",
		    (unsigned long long)c->orphans);
	return err == E_NOTFOUND ? E_OK : err;
}

/* ---- stores, sightings, ring ------------------------------------------------------------------ */

static int
check_store(
    struct checking *c, struct store *store, const char *name, struct store_info *info)
{
	struct place_found where = {name, "", ""};
	int err = store_inspect(store, info);

	if (err != E_OK)
		return err;
	if (info->map_max > 0 && info->used > info->map_max / 10 * 8)
		report_finding(&c->report, CHECK_WARNING, where,
		    "%llu of at most %llu MB are used",
		    (unsigned long long)info->used >> 20,
		    (unsigned long long)info->map_max >> 20);
	if (info->readers_max > 0 && info->readers * 10 > info->readers_max * 9)
		report_finding(&c->report, CHECK_WARNING, where,
		    "%u of %u readers are taken: too many processes", info->readers,
		    info->readers_max);
	if (info->stale > 0)
		report_finding(&c->report, CHECK_NOTE, where,
		    "%u readers of dead processes were removed", info->stale);
	return E_OK;
}

static void
check_slots(struct checking *c, struct slots *slots, const char *name)
{
	struct place_found where = {"sightings", name, ""};
	uint64_t damaged = slots != NULL ? slots_damaged(slots) : 0;

	if (slots == NULL)
		report_finding(&c->report, CHECK_WARNING, where,
		    "cannot be opened: nothing is noted there");
	else if (damaged > 0)
		report_finding(&c->report, CHECK_WARNING, where,
		    "%llu damaged entries: they read as empty and are written anew",
		    (unsigned long long)damaged);
}

static void
check_ring_loaded(struct checking *c)
{
	data_reload_seal(c->m->data);
	if (c->m->data->seal == NULL)
		report_finding(&c->report, CHECK_ERROR,
		    (struct place_found){"seal", c->m->data->seal_path, ""},
		    "no sealing keys: %s", c->m->data->seal_fault.text);
}

static int
check_snapshot(struct checking *c)
{
	int err = store_read_begin(c->m->data->registry, &c->registry);

	if (err != E_OK)
		return err;
	if ((err = store_read_begin(c->m->data->ledger, &c->ledger)) == E_OK) {
		for (size_t i = 0; err == E_OK && registry_kinds[i] != NULL; i++)
			err = check_kind(c, registry_kinds[i]);
		if (err == E_OK)
			err = check_ledger(c);
		if (err == E_OK)
			err = firmware_check(
			    c->m, c->options, &c->report, c->registry, c->ledger);
		store_read_end(c->ledger);
	}
	store_read_end(c->registry);
	return err;
}

int
manage_check_basics(
    struct manage *m, check_fn *fn, void *arg, struct check_result *result)
{
	struct checking *c = arena_zalloc(m->arena, 1, sizeof *c);
	struct data *data = m->data;
	int err;

	memset(result, 0, sizeof *result);
	if (c == NULL)
		return manage_failed(m, E_NOMEM);
	c->m = m;
	c->report = (struct report){fn, arg, result};
	err = check_files(data->path, data->seal_path, fn, arg, result);
	check_ring_loaded(c);
	if (err == E_OK)
		err = check_store(c, data->registry, "registry", &result->registry);
	if (err == E_OK)
		err = check_store(c, data->ledger, "ledger", &result->ledger);
	return manage_failed(m, err);
}

int
manage_check(struct manage *m, const struct check_options *options, check_fn *fn,
    void *arg, struct check_result *result)
{
	struct checking *c = arena_zalloc(m->arena, 1, sizeof *c);
	struct data *data = m->data;
	int err;

	memset(result, 0, sizeof *result);
	if (c == NULL)
		return manage_failed(m, E_NOMEM);
	c->m = m;
	c->options = options;
	c->report = (struct report){fn, arg, result};
	arena_init(&c->kept, 1 << 20);
	err = check_files(data->path, data->seal_path, fn, arg, result);
	check_ring_loaded(c);
	check_slots(c, data->sightings, "gateways");
	check_slots(c, data->files, "files");
	check_slots(c, data->unknown, "unknown");
	check_slots(c, data->throttle, "throttle");
	if (err == E_OK)
		err = check_store(c, data->registry, "registry", &result->registry);
	if (err == E_OK)
		err = check_store(c, data->ledger, "ledger", &result->ledger);
	if (err == E_OK)
		err = check_snapshot(c);
	arena_clear(&c->kept);
	return manage_failed(m, err);
}
