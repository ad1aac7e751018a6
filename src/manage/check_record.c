#include "manage/check_record.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/crc.h"
#include "base/wire.h"
#include "cups/cache.h"
#include "crypto/certificate.h"
#include "radio/concentrator.h"
#include "radio/plan.h"
#include "registry/board.h"
#include "registry/ca.h"
#include "registry/plan.h"
#include "registry/template.h"

const char *
check_name(struct checking *c)
{
	const char *id = record_id(c->kind, c->record);

	if (id[0] == '\0')
		id = arena_printf(
		    c->work, "#%llu", (unsigned long long)*(const uint64_t *)c->record);
	return id != NULL ? id : "";
}

void
check_found(struct checking *c, enum check_severity severity, const char *fix,
    const char *fmt, ...)
{
	struct place_found where = {c->kind->name, check_name(c), fix};
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
		check_found(c, CHECK_ERROR, "", "%s points at a %s that is not there",
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
		check_found(c, CHECK_ERROR, "",
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
		check_found(
		    c, CHECK_ERROR, "", "%s does not open: %s", f->name, why.text);
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
		check_found(c, CHECK_WARNING, "",
		    "would not be taken as it is today: %s",
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
		check_found(c, CHECK_ERROR, fix, "%s expired on %.10s", what, date);
	else if (not_after < c->m->now + ENDS_SOON)
		check_found(c, CHECK_WARNING, fix, "%s expires on %.10s", what, date);
}

static void
check_der(struct checking *c, struct span der, uint64_t crc, const char *what)
{
	if (der.len > 0 && crc32_of(der) != crc)
		check_found(
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
	if (c->told_count < CHECK_ADDRESSES &&
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
	check_found(c, CHECK_WARNING, fix,
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
		check_found(c, CHECK_ERROR, "", "%s cannot be read", what);
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
		check_found(c, CHECK_WARNING, "",
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
		check_found(c, CHECK_ERROR, "", "cannot be read: %s; import it again",
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

int
check_record(struct checking *c)
{
	check_fields(c);
	return check_by_kind(c);
}
