#include "admin/page_keys.h"

#include "admin/record_field.h"
#include "admin/widget.h"
#include "registry/key.h"
#include "registry/record_text.h"

static const char *const columns[] = {
    "name", "gateway", "generation", "rights", "expires_at", "revoked_at", NULL};

const struct record_pages key_pages = {
    .shape = {.kind = &key_kind},
    .base = "/keys",
    .one = "API key",
    .many = "API keys",
    .intro =
	"What gateways and programs show to be let in. Only digests are kept: a key is "
	"shown once, when it is made.",
    .columns = columns,
    .access = PAGE_ADMIN,
    .delete_word = "Revoke…",
};

/* ---- a new one --------------------------------------------------------------------------------- */

/* Fields of the record that its maker chooses. */
static const char *const chosen[] = {"name", "rights", "expires_at", NULL};

static int
put_form(struct visit *v, int problem)
{
	struct fault fault = v->m.fault;
	struct store_txn *txn;
	struct key key;
	int err = store_read_begin(v->admin->data.registry, &txn);

	if (err != E_OK)
		return err;
	record_init(&key_kind, &key);
	v->m.fault = fault;
	if (problem != E_OK)
		v->res->status = err_http(problem);
	page_crumb(v, "API keys", "/keys", NULL);
	page_begin(v, "New API key");
	page_text(v,
	    "Without a gateway it opens all of them. A key that a gateway should have "
	    "for CUPS is made on the gateway's own page.");
	input_problem(v, problem);
	page_form(v, "/keys/new", NULL, NULL);
	input_text(v, &(struct input){.name = "gateway",
			  .label = "Gateway",
			  .help = "its ID; empty: all",
			  .value = visit_field(v, "gateway"),
			  .max = 36});
	for (const char *const *name = chosen; *name != NULL; name++)
		record_input(v, txn, &key_kind, field_by_name(&key_kind, *name), &key,
		    problem != E_OK);
	input_own_key(v, "A key that is in use already");
	input_submit(v, "Make a key");
	page_form_end(v);
	store_read_end(txn);
	return page_end(v);
}

int
page_key_new(struct visit *v)
{
	return put_form(v, E_OK);
}

static int
read_request(struct visit *v, struct key_request *r)
{
	struct record_view view = manage_view(&v->m, NULL, false);
	const char *gateway = visit_field(v, "gateway");
	struct span text;
	struct key key;
	bool changed;
	int err = E_OK;

	record_init(&key_kind, &key);
	for (const char *const *name = chosen; err == E_OK && *name != NULL; name++) {
		const struct field *f = field_by_name(&key_kind, *name);

		err = record_typed(v, &key_kind, f, &key, &text, &changed);
		if (err == E_OK && changed)
			err = record_field_from_text(
			    &key_kind, f, text, &view, &key, &v->m.fault);
	}
	*r = (struct key_request){.gateway = gateway[0] != '\0' ? gateway : NULL,
	    .name = key.name,
	    .value = span_trim(span_str(visit_field(v, "value"))),
	    .rights = key.rights,
	    .expires_at = key.expires_at};
	if (err == E_OK && r->rights == 0)
		err =
		    fault_set(&v->m.fault, E_INVALID, "rights", "choose at least one");
	return err;
}

int
page_key_add(struct visit *v)
{
	struct key_request request;
	struct key_made made = {0};
	int err = read_request(v, &request);

	if (err == E_OK)
		err = manage_key_create(&v->m, &request, &made);
	if (err == E_INVALID || err == E_NOTFOUND || err == E_STATE || err == E_EXISTS)
		return put_form(v, err);
	if (err != E_OK)
		return err;
	if (request.value.len > 0)
		return visit_done(
		    v, "The key is registered.", "/keys/{}", made.key.key_id);
	page_crumb(v, "API keys", "/keys", NULL);
	page_begin(v, "The new key");
	page_note(v, MOOD_WARN, "It is shown only now. Copy it before you go on.");
	page_code(v, made.plain);
	page_buttons(v);
	page_button(v, "To the key", "/keys/{}", made.key.key_id, NULL);
	page_buttons_end(v);
	return page_end(v);
}

/* ---- ending ------------------------------------------------------------------------------------ */

int
page_key_ask_revoke(struct visit *v)
{
	struct key key;
	int err = manage_get(&v->m, &key_kind, visit_capture(v, "id"), &key);

	if (err != E_OK)
		return err;
	page_crumb(v, "API keys", "/keys", NULL);
	page_crumb(v, key.key_id, "/keys/{}", key.key_id);
	return page_question(
	    v, &(struct question){.title = "Revoke this key?",
		   .text = "Whoever has only this one is refused from now on.",
		   .button = "Revoke it",
		   .pattern = "/keys/{}/revoke",
		   .one = key.key_id,
		   .back = "/keys/{}",
		   .back_one = key.key_id});
}

int
page_key_revoke(struct visit *v)
{
	const char *id = visit_capture(v, "id");
	int err = manage_key_revoke(&v->m, id);

	if (err == E_STATE)
		return visit_failed(v, err, "/keys/{}", id);
	return err == E_OK ? visit_done(v, "The key is revoked.", "/keys/{}", id) : err;
}
