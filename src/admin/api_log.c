/* Who changed what; who came that nobody registered. */
#include "admin/api_ask.h"
#include "base/clock.h"
#include "base/eui.h"
#include "base/hex.h"
#include "base/number.h"
#include "manage/adopt.h"
#include "registry/audit.h"

static void
put_time(struct json_out *j, const char *name, int64_t t)
{
	char text[CLOCK_TEXT];

	clock_format(t, text);
	json_key_str(j, name, text);
}

/* ---- the audit log --------------------------------------------------------------------------- */

static void
put_json(struct json_out *j, const char *name, const char *text)
{
	json_key(j, name);
	if (text[0] == '{')
		json_raw(j, span_str(text));
	else
		json_null(j);
}

static void
put_entry(struct json_out *j, const struct audit *e)
{
	json_object(j);
	json_key_uint(j, "serial", e->serial);
	put_time(j, "at", e->at);
	json_key_str(j, "actor", e->actor);
	json_key_str(j, "action", e->action);
	json_key_str(j, "kind", e->kind);
	json_key_str(j, "id", e->id);
	put_json(j, "before", e->before);
	put_json(j, "after", e->after);
	json_object_end(j);
}

static int
one_entry(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	struct api_ask *a = arg;

	(void)m;
	(void)txn;
	put_entry(&a->j, record);
	return a->res->body.err;
}

static int
read_filter(struct api_ask *a, struct audit_filter *f)
{
	const char *before = api_query(a, "before");
	uint64_t page;
	int err = api_paging(a, &f->limit, &page);

	f->by = api_query(a, "by");
	f->kind = api_query(a, "kind");
	f->action = api_query(a, "action");
	f->id = api_query(a, "id");
	if (err == E_OK && before != NULL &&
	    !number_u64(span_str(before), 1, UINT64_MAX, &f->before))
		err = fault_set(&a->m.fault, E_INVALID, "before",
		    "must be the serial number of an entry");
	return err;
}

/* `next` is there while there may be more. */
static int
show_entries(struct api_ask *a, const struct audit_filter *f)
{
	uint64_t next;
	int err;

	json_object(&a->j);
	json_key_array(&a->j, "entries");
	err = manage_audit(&a->m, f, one_entry, a, &next);
	json_array_end(&a->j);
	if (next != 0)
		json_key_uint(&a->j, "next", next);
	json_object_end(&a->j);
	return err;
}

int
audit_get(struct api_ask *a)
{
	struct audit_filter f = {0};
	int err = read_filter(a, &f);

	return err == E_OK ? show_entries(a, &f) : err;
}

int
tool_history(struct api_ask *a)
{
	struct audit_filter f = {0};
	struct gateway g = {0};
	int err = read_filter(a, &f);

	if (err == E_OK)
		err = api_gateway(a, &g);
	f.record = g.serial;
	return err == E_OK ? show_entries(a, &f) : err;
}

/* ---- unknown gateways -------------------------------------------------------------------------- */

static int
one_unknown(struct manage *m, const struct unknown_sighting *u, void *arg)
{
	struct api_ask *a = arg;
	struct json_out *j = &a->j;
	char eui[EUI_TEXT], digest[65];

	(void)m;
	eui_format(u->eui, eui);
	hex_encode(u->digest, 32, digest);
	json_object(j);
	json_key_str(j, "eui", eui);
	put_time(j, "first_at", u->first_at);
	put_time(j, "last_at", u->last_at);
	json_key_uint(j, "count", u->count);
	json_key_str(j, "credential", credential_name(u->credential));
	json_key_str(j, "digest", u->credential != CREDENTIAL_NONE ? digest : "");
	json_key_str(j, "address", u->address);
	json_key_str(j, "cups_uri", u->cups_uri);
	json_key_str(j, "station", u->station);
	json_key_str(j, "model", u->model);
	json_object_end(j);
	return a->res->body.err;
}

int
unknown_get(struct api_ask *a)
{
	int err;

	json_object(&a->j);
	json_key_array(&a->j, "unknown_gateways");
	err = manage_unknowns(&a->m, one_unknown, a);
	json_array_end(&a->j);
	json_object_end(&a->j);
	return err;
}

static int
read_eui(struct api_ask *a, uint64_t *eui)
{
	return eui_parse(request_capture(a->req, "eui"), eui) && *eui != 0
		   ? E_OK
		   : fault_set(&a->m.fault, E_INVALID, "eui",
			 "must be an EUI-64 of 16 hex digits that is not zero");
}

int
unknown_adopt(struct api_ask *a)
{
	static const char *const members[] = {
	    "template", "gateway_id", "name", "digest", "unbound", NULL};
	struct adopted done = {0};
	struct adoption what = {0};
	int err = api_members(a, members);

	if (err == E_OK)
		err = read_eui(a, &what.eui);
	if (err == E_OK)
		err = api_text(a, "template", &what.template_id);
	if (err == E_OK)
		err = api_text(a, "gateway_id", &what.gateway_id);
	if (err == E_OK)
		err = api_text(a, "name", &what.name);
	if (err == E_OK)
		err = api_text(a, "digest", &what.digest);
	if (err == E_OK)
		err = api_bool(a, "unbound", &what.unbound);
	if (err == E_OK)
		err = manage_adopt(&a->m, &what, &done);
	if (err != E_OK)
		return err;
	json_object(&a->j);
	json_key_str(&a->j, "gateway_id", done.gateway_id);
	json_key_bool(&a->j, "seen", done.seen);
	json_key_str(&a->j, "bound", credential_name(done.bound));
	if (done.key_id != NULL)
		json_key_str(&a->j, "key_id", done.key_id);
	json_object_end(&a->j);
	return E_OK;
}

int
unknown_remove(struct api_ask *a)
{
	uint64_t eui;
	int err = read_eui(a, &eui);

	if (err == E_OK)
		err = manage_unknown_forget(&a->m, eui);
	return err == E_OK ? api_nothing(a) : err;
}
