/* Gatehouse's own records that are not made of their fields: from certificates and files. */
#include "admin/api_ask.h"
#include "manage/board.h"
#include "manage/ca.h"
#include "manage/plan.h"
#include "manage/signing_key.h"
#include "manage/trust.h"

/* ---- trust and CAs --------------------------------------------------------------------------- */

static int
required(struct api_ask *a, const char *name, const char *value)
{
	return value != NULL && value[0] != '\0'
		   ? E_OK
		   : fault_set(&a->m.fault, E_INVALID, name, "is required");
}

/* One that is there gets another root only from who knows what it has: every gateway that
 * trusts it is sent the new one. */
static int
expect_trust(struct api_ask *a, const char *id)
{
	struct trust before;
	int err = manage_get(&a->m, &trust_kind, id, &before);

	if (err == E_NOTFOUND) {
		a->m.fault = (struct fault){0};
		a->m.expected = ""; /* nor one that somebody else makes meanwhile */
		return api_precondition(a, &trust_kind, NULL);
	}
	if (err == E_OK && request_header(a->req, "If-Match") == NULL)
		return fault_set(&a->m.fault, E_EXISTS, "trust_id",
		    "is taken: with If-Match and its ETag it gets this certificate; "
		    "PUT "
		    "changes its addresses");
	return err == E_OK ? api_expect(a, &trust_kind, &before) : err;
}

int
trust_create(struct api_ask *a)
{
	static const char *const members[] = {
	    "trust_id", "certificate", "addresses", NULL};
	struct text_list addresses = {0};
	struct span certificate = {0};
	const char *id = NULL;
	struct trust stored;
	int err = api_members(a, members);

	if (err == E_OK)
		err = api_text(a, "trust_id", &id);
	if (err == E_OK)
		err = required(a, "trust_id", id);
	if (err == E_OK)
		err = api_certificate(a, "certificate", &certificate);
	if (err == E_OK)
		err = api_list(a, "addresses", &addresses);
	if (err == E_OK)
		err = expect_trust(a, id);
	if (err == E_OK)
		err = manage_trust_import(&a->m, id, certificate, &addresses, &stored);
	return err == E_OK ? kind_answer(a, id) : err;
}

int
ca_create(struct api_ask *a)
{
	static const char *const members[] = {
	    "ca_id", "name", "eui_prefixes", "certificate", "not_after", NULL};
	struct ca_request r = {0};
	struct span certificate = {0};
	int64_t end = a->m.now + CA_LASTS;
	struct ca stored;
	int err = api_members(a, members);

	if (err == E_OK)
		err = api_text(a, "ca_id", &r.id);
	if (err == E_OK)
		err = required(a, "ca_id", r.id);
	if (err == E_OK)
		err = api_text(a, "name", &r.name);
	if (err == E_OK)
		err = api_list(a, "eui_prefixes", &r.eui_prefixes);
	if (err == E_OK)
		err = api_certificate(a, "certificate", &certificate);
	if (err == E_OK)
		err = api_time(a, "not_after", &end);
	if (err == E_OK)
		err = certificate.len > 0
			  ? manage_ca_import(&a->m, &r, certificate, &stored)
			  : manage_ca_create(&a->m, &r, end, &stored);
	return err == E_OK ? kind_answer(a, r.id) : err;
}

int
ca_revoke(struct api_ask *a)
{
	static const char *const members[] = {"serial", NULL};
	const char *serial = NULL;
	int err = api_members(a, members);

	if (err == E_OK)
		err = api_text(a, "serial", &serial);
	if (err == E_OK)
		err = required(a, "serial", serial);
	if (err == E_OK)
		err = manage_ca_revoke(&a->m, api_segment(a, "id"), serial);
	return err == E_OK ? api_nothing(a) : err;
}

/* ---- keys that sign firmware ------------------------------------------------------------------ */

/* A signer that is a file or a token is never run from here: only the shell may. */
int
signing_key_create(struct api_ask *a)
{
	static const char *const members[] = {
	    "key_id", "name", "signer", "public_key", NULL};
	struct signing_options options = {
	    .wait_ms = SIGNING_WEB_WAIT, .service_only = true};
	struct signing_key_request r = {0};
	struct signing_key stored = {0};
	struct span point = {0};
	int err = api_members(a, members);

	if (err == E_OK)
		err = api_text(a, "key_id", &r.id);
	if (err == E_OK)
		err = required(a, "key_id", r.id);
	if (err == E_OK)
		err = api_text(a, "name", &r.name);
	if (err == E_OK)
		err = api_text(a, "signer", &r.signer);
	if (err == E_OK)
		err = api_certificate(a, "public_key", &point);
	if (err == E_OK)
		err = manage_signing_key_add(&a->m, &r, point, &options, &stored);
	return err == E_OK ? kind_answer_as(a, &signing_key_kind, r.id) : err;
}

int
signing_key_retire(struct api_ask *a)
{
	static const char *const members[] = {"retired", NULL};
	const char *id = api_segment(a, "id");
	bool retired = true;
	int err = api_members(a, members);

	if (err == E_OK)
		err = api_bool(a, "retired", &retired);
	if (err == E_OK)
		err = manage_signing_key_retire(&a->m, id, retired);
	return err == E_OK ? kind_answer_as(a, &signing_key_kind, id) : err;
}

/* ---- plans and boards -------------------------------------------------------------------------- */

static int
refused(struct api_ask *a, const struct findings *findings)
{
	const struct finding *f = findings->first;

	while (f != NULL && !f->error)
		f = f->next;
	return fault_set(&a->m.fault, E_INVALID, "yaml", "line %u: %.200s [%.40s]",
	    f != NULL ? (unsigned)f->at.line : 0,
	    f != NULL ? f->text : "cannot be used", f != NULL ? f->rule : "");
}

static int
read_yaml(struct api_ask *a, struct span *yaml)
{
	const char *text = NULL;
	int err = api_text(a, "yaml", &text);

	*yaml = span_str(text);
	return err == E_OK ? required(a, "yaml", text) : err;
}

int
plan_create(struct api_ask *a)
{
	static const char *const members[] = {
	    "plan_id", "name", "description", "base", "yaml", NULL};
	struct plan_importing how = {0};
	struct plan_about about = {0};
	struct import_result result = {0};
	struct plan_files files = {0};
	struct span yaml;
	int err = api_members(a, members);

	if (err == E_OK)
		err = api_text(a, "plan_id", &about.id);
	if (err == E_OK)
		err = required(a, "plan_id", about.id);
	if (err == E_OK)
		err = api_text(a, "name", &about.name);
	if (err == E_OK)
		err = api_text(a, "description", &about.description);
	if (err == E_OK)
		err = api_text(a, "base", &how.base);
	if (err == E_OK)
		err = read_yaml(a, &yaml);
	if (err == E_OK)
		err = plan_text_read(a->m.arena, yaml, "yaml", &about, &files);
	if (err == E_OK)
		err = manage_plan_import(&a->m, &files, &how, &result);
	if (err == E_OK && result.outcomes[0] == IMPORT_REFUSED)
		err = refused(a, &files.set.items[0].findings);
	return err == E_OK ? kind_answer(a, about.id) : err;
}

int
plan_file(struct api_ask *a)
{
	struct plan *plan;
	int err = manage_plan_get(&a->m, api_segment(a, "id"), NULL, &plan);

	if (err != E_OK)
		return err;
	plan_write(plan, &a->res->body);
	response_type(a->res, "application/yaml");
	return E_OK;
}

int
board_create(struct api_ask *a)
{
	static const char *const members[] = {"yaml", NULL};
	struct plan_importing how = {0};
	struct import_result result = {0};
	struct board_files files = {0};
	struct span yaml;
	int err = api_members(a, members);

	if (err == E_OK)
		err = read_yaml(a, &yaml);
	if (err == E_OK)
		err = board_text_read(a->m.arena, yaml, "yaml", &files);
	if (err == E_OK)
		err = manage_board_import(&a->m, &files, &how, &result);
	if (err == E_OK && result.outcomes[0] == IMPORT_REFUSED)
		err = refused(a, &files.items[0].findings);
	return err == E_OK ? kind_answer(a, files.items[0].own->id) : err;
}
