/* Many gateways at once. */
#include "admin/api_ask.h"
#include "manage/gateway_export.h"
#include "manage/gateway_import.h"

/* ---- import -------------------------------------------------------------------------------- */

static int
give_body(void *arg, void *buf, size_t n, size_t *got, struct fault *fault)
{
	struct span *rest = arg;

	(void)fault;
	*got = rest->len < n ? rest->len : n;
	if (*got > 0)
		memcpy(buf, rest->data, *got);
	*rest = span_from(*rest, *got);
	return E_OK;
}

/* What is stored is stored: a report that is too long must not make it look otherwise. */
#define REPORT_MAX ((size_t)8 << 20)

struct telling {
	struct api_ask *a;
	bool all, cut;
};

static int
tell(void *arg, const struct bulk_line *l)
{
	struct telling *t = arg;
	struct json_out *j = &t->a->j;

	if (!t->all && l->outcome != BULK_REFUSED && l->ignored[0] == '\0' &&
	    l->note[0] == '\0')
		return E_OK;
	if (t->a->res->body.len > REPORT_MAX) {
		t->cut = true;
		return E_OK;
	}
	json_object(j);
	json_key_uint(j, "line", l->line);
	json_key_str(j, "outcome", bulk_outcome_words[l->outcome]);
	json_key_str(j, "gateway", l->gateway_id);
	if (l->outcome == BULK_UPDATED)
		json_key_str(j, "fields", l->fields);
	if (l->outcome == BULK_REFUSED) {
		json_key_str(j, "field", l->fault.field);
		json_key_str(j, "reason", l->fault.text);
	}
	if (l->ignored[0] != '\0')
		json_key_str(j, "ignored", l->ignored);
	if (l->note[0] != '\0')
		json_key_str(j, "note", l->note);
	json_object_end(j);
	return E_OK;
}

/* The index of a query's value among the words. */
static int
choose(struct api_ask *a, const char *name, const char *const *words, int *out)
{
	const char *value = api_query(a, name);

	for (int i = 0; value != NULL && words[i] != NULL; i++)
		if (strcmp(words[i], value) == 0) {
			*out = i;
			return E_OK;
		}
	return value == NULL
		   ? E_OK
		   : fault_set(&a->m.fault, E_INVALID, name, "cannot be %.40s", value);
}

static int
import_flags(struct api_ask *a, struct bulk_import *in, struct telling *told)
{
	int err = api_flag(a, "dry_run", &in->dry_run);

	if (err == E_OK)
		err = api_flag(a, "strict", &in->strict);
	if (err == E_OK)
		err = api_flag(a, "clear_empty", &in->clear);
	if (err == E_OK)
		err = api_flag(a, "verbose", &told->all);
	told->all |= in->dry_run;
	return err;
}

int
bulk_import_post(struct api_ask *a)
{
	struct span rest = a->req->body;
	struct telling told = {.a = a};
	struct bulk_import in = {
	    .read = give_body, .read_arg = &rest, .report = tell, .report_arg = &told};
	int format = BULK_GUESS, existing = BULK_UPDATE_THEM;
	struct bulk_result r;
	int err = choose(a, "format", bulk_format_words, &format);

	if (err == E_OK)
		err = choose(a, "on_existing", bulk_existing_words, &existing);
	if (err == E_OK)
		err = import_flags(a, &in, &told);
	if (err != E_OK)
		return err;
	in.format = (enum bulk_format)format;
	in.existing = (enum bulk_existing)existing;
	json_object(&a->j);
	json_key_array(&a->j, "gateways");
	if ((err = manage_gateway_import(&a->m, &in, &r)) != E_OK)
		return err;
	json_array_end(&a->j);
	for (int i = 0; i < BULK_OUTCOMES; i++)
		json_key_uint(&a->j, bulk_outcome_words[i], r.counts[i]);
	json_key_str(&a->j, "ignored", r.ignored);
	json_key_bool(&a->j, "dry_run", in.dry_run);
	json_key_bool(&a->j, "report_cut", told.cut);
	json_object_end(&a->j);
	return E_OK;
}

/* ---- export -------------------------------------------------------------------------------- */

static int
put_piece(void *arg, struct span bytes, struct fault *fault)
{
	struct api_ask *a = arg;

	strbuf_put(&a->res->body, bytes.data, bytes.len);
	return a->res->body.err == E_OK
		   ? E_OK
		   : fault_set(fault, a->res->body.err, NULL,
			 "the answer is too long: choose fewer, or use the list");
}

int
bulk_export_get(struct api_ask *a)
{
	static const char *const types[] = {[EXPORT_JSONL] = "application/x-ndjson",
	    [EXPORT_CSV] = "text/csv; charset=utf-8",
	    [EXPORT_JSON] = "application/json"};
	struct bulk_export e = {.filter = {.word = api_query(a, "query"),
				    .group = api_query(a, "group"),
				    .lns = api_query(a, "lns"),
				    .plan = api_query(a, "plan")},
	    .write = put_piece,
	    .arg = a};
	int format = EXPORT_JSONL;
	uint64_t count;
	int err = choose(a, "format", export_format_words, &format);

	if (err == E_OK)
		err = api_flag(a, "deleted", &e.filter.deleted);
	if (err == E_OK)
		err = api_flag(a, "secrets", &e.secrets);
	if (err == E_OK && e.secrets)
		err = api_must(a, RIGHT_READ_SECRETS);
	e.format = (enum export_format)format;
	if (err == E_OK)
		err = manage_gateway_export(&a->m, &e, &count);
	if (err != E_OK)
		return err;
	response_type(a->res, types[e.format]);
	api_total(a, count);
	return E_OK;
}
