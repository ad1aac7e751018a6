/* Keys of one gateway, and what a key may do. */
#include "admin/api_ask.h"

static const struct field *
rights_field(void)
{
	return field_by_name(&key_kind, "rights");
}

int
rights_get(struct api_ask *a)
{
	const struct field *f = rights_field();

	json_object(&a->j);
	json_key_array(&a->j, "rights");
	for (size_t i = 0; f->words[i] != NULL; i++)
		if (a->key.rights >> i & 1)
			json_str(&a->j, f->words[i]);
	json_array_end(&a->j);
	json_object_end(&a->j);
	return E_OK;
}

/* ---- shown ---------------------------------------------------------------------------------- */

static int
list_key(struct manage *m, struct store_txn *txn, const struct key *key, void *arg)
{
	struct api_ask *a = arg;
	struct record_view view = manage_view(m, txn, false);

	if (key->revoked_at == 0)
		record_to_json(&key_kind, key, &view, NULL, &a->j);
	return a->res->body.err;
}

int
keys_list(struct api_ask *a)
{
	struct gateway g = {0};
	int err = api_live_gateway(a, &g);

	if (err != E_OK)
		return err;
	json_object(&a->j);
	json_key_array(&a->j, "api_keys");
	err = manage_keys(&a->m, g.gateway_id, list_key, a);
	json_array_end(&a->j);
	json_object_end(&a->j);
	return err;
}

/* One of this gateway that has not been revoked. */
static int
find_key(struct api_ask *a, struct key *key)
{
	const char *id = api_segment(a, "key_id");
	struct gateway g = {0};
	int err = api_live_gateway(a, &g);

	if (err == E_OK)
		err = manage_get(&a->m, &key_kind, id, key);
	if (err == E_OK && (key->gateway != g.serial || key->revoked_at != 0))
		err = fault_set(&a->m.fault, E_NOTFOUND, NULL,
		    "gateway %s has no key %.60s", g.gateway_id, id);
	return err;
}

static int
show_in(struct api_ask *a, struct store_txn *txn, void *arg)
{
	api_record(a, txn, &key_kind, arg);
	return E_OK;
}

int
key_get(struct api_ask *a)
{
	struct key key;
	int err = find_key(a, &key);

	if (err != E_OK || api_unchanged(a, &key_kind, &key))
		return err;
	return api_read(a, show_in, &key);
}

/* ---- made ----------------------------------------------------------------------------------- */

/* Nobody gives away more than they have. */
static int
check_rights(struct api_ask *a, uint64_t rights)
{
	if (rights == 0)
		return fault_set(&a->m.fault, E_INVALID, "rights", "are required");
	return api_must(a, rights);
}

static int
read_rights(struct api_ask *a, uint64_t *rights)
{
	const struct field *f = rights_field();
	struct text_list names = {0};
	int err = api_list(a, "rights", &names);

	*rights = 0;
	for (size_t i = 0; err == E_OK && i < names.count; i++) {
		size_t k = 0;

		while (f->words[k] != NULL && strcmp(f->words[k], names.items[i]) != 0)
			k++;
		if (f->words[k] == NULL)
			return fault_set(&a->m.fault, E_INVALID, "rights",
			    "there is no right %.60s", names.items[i]);
		*rights |= (uint64_t)1 << k;
	}
	return err != E_OK ? err : check_rights(a, *rights);
}

struct made {
	const struct key_made *made;
	bool show;
};

/* What is presented of the key, beside its name and shown once. */
static bool
give_plain(void *arg, const struct record_kind *kind, const void *record,
    const struct field *f, struct json_out *j)
{
	const struct made *k = arg;

	(void)record;
	if (kind == &key_kind && f->number == KEY_ID && k->show)
		json_key_str(j, "key", k->made->plain);
	return false;
}

static int
made_in(struct api_ask *a, struct store_txn *txn, void *arg)
{
	const struct made *k = arg;
	struct record_view view = manage_view(&a->m, txn, false);

	view.arg = arg;
	view.give = give_plain;
	view.set_secret = NULL;
	record_to_json(&key_kind, &k->made->key, &view, NULL, &a->j);
	return E_OK;
}

static int
read_request(struct api_ask *a, struct key_request *r)
{
	const char *form = NULL;
	int err = api_text(a, "name", &r->name);

	if (err == E_OK)
		err = api_time(a, "expires_at", &r->expires_at);
	if (err == E_OK)
		err = api_bool(a, "cups", &r->cups);
	if (err == E_OK)
		err = api_text(a, "token_form", &form);
	if (err == E_OK && form != NULL && strcmp(form, "bearer") != 0 &&
	    strcmp(form, "bare") != 0)
		err = fault_set(
		    &a->m.fault, E_INVALID, "token_form", "must be bearer or bare");
	r->token_form = form != NULL && strcmp(form, "bare") == 0;
	return err == E_OK ? read_rights(a, &r->rights) : err;
}

int
key_create(struct api_ask *a)
{
	static const char *const members[] = {
	    "name", "rights", "expires_at", "cups", "token_form", NULL};
	struct key_request request = {0};
	struct key_made made = {0};
	struct gateway g = {0};
	int err = api_members(a, members);

	if (err == E_OK)
		err = api_live_gateway(a, &g);
	if (err == E_OK)
		err = read_request(a, &request);
	request.gateway = g.gateway_id;
	if (err == E_OK)
		err = manage_key_create(&a->m, &request, &made);
	return err == E_OK ? api_read(a, made_in, &(struct made){&made, true}) : err;
}

int
key_import(struct api_ask *a)
{
	static const char *const members[] = {
	    "key", "name", "rights", "expires_at", "cups", "token_form", NULL};
	struct key_request request = {0};
	const char *value = NULL;
	struct key_made made = {0};
	struct gateway g = {0};
	int err = api_members(a, members);

	if (err == E_OK)
		err = api_live_gateway(a, &g);
	if (err == E_OK)
		err = read_request(a, &request);
	if (err == E_OK)
		err = api_filled(a, "key", &value);
	if (err == E_OK && value == NULL)
		err = fault_set(&a->m.fault, E_INVALID, "key", "is required");
	request.gateway = g.gateway_id;
	request.value = span_str(value);
	if (err == E_OK)
		err = manage_key_create(&a->m, &request, &made);
	return err == E_OK ? api_read(a, made_in, &(struct made){&made, false}) : err;
}

int
fleet_key_create(struct api_ask *a)
{
	static const char *const members[] = {
	    "key", "name", "rights", "expires_at", "token_form", NULL};
	struct key_request request = {0};
	const char *value = NULL;
	struct key_made made = {0};
	int err = api_members(a, members);

	if (err == E_OK)
		err = read_request(a, &request);
	if (err == E_OK)
		err = api_filled(a, "key", &value);
	request.value = span_str(value);
	if (err == E_OK)
		err = manage_key_create(&a->m, &request, &made);
	return err == E_OK ? api_read(a, made_in, &(struct made){&made, value == NULL})
			   : err;
}

int
tool_rotate(struct api_ask *a)
{
	struct key_made made = {0};
	struct gateway g = {0};
	int err = api_live_gateway(a, &g);

	if (err == E_OK)
		err = api_must(a, api_cups_rights(&g));
	if (err == E_OK)
		err = manage_key_rotate(&a->m, g.gateway_id, &made);
	return err == E_OK ? api_read(a, made_in, &(struct made){&made, false}) : err;
}

/* ---- changed --------------------------------------------------------------------------------- */

struct change {
	struct api_ask *a;
	const struct json *object;
	const struct text_list *mask;
	uint64_t had;
};

static int
change_edit(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	struct change *c = arg;
	struct record_view view = manage_view(m, txn, false);
	struct key *key = record;
	int err = api_precondition(c->a, &key_kind, key);

	c->had = key->rights;
	if (err == E_OK)
		err = record_from_json(
		    &key_kind, c->object, &view, c->mask, key, &m->fault);
	/* Rights that it has already may stay. */
	if (err == E_OK && key->rights == 0)
		err = fault_set(&m->fault, E_INVALID, "rights",
		    "are required; delete the key instead");
	return err == E_OK ? api_must(c->a, key->rights & ~c->had) : err;
}

int
key_put(struct api_ask *a)
{
	static const char *const members[] = {"api_key", "field_mask", NULL};
	struct change c = {.a = a, .object = json_get(a->body, "api_key")};
	struct text_list names = {0};
	struct key key;
	int err = api_members(a, members);

	if (err == E_OK && json_type(c.object) != JSON_OBJECT)
		err = fault_set(&a->m.fault, E_INVALID, "api_key",
		    "the body must be {\"api_key\":{…}}");
	if (err == E_OK)
		err = api_mask_names(a, &names);
	if (err == E_OK)
		err = record_mask_check(&key_kind, &names, &a->m.fault);
	if (err == E_OK)
		err = find_key(a, &key);
	c.mask = names.count > 0 ? &names : NULL;
	if (err == E_OK)
		err = manage_change(
		    &a->m, &key_kind, key.key_id, "set", change_edit, &c, NULL);
	if (err == E_OK)
		err = manage_get(&a->m, &key_kind, key.key_id, &key);
	if (err != E_OK)
		return err;
	api_unchanged(a, &key_kind, &key);
	return api_read(a, show_in, &key);
}

int
key_remove(struct api_ask *a)
{
	struct key key;
	int err = find_key(a, &key);

	if (err == E_OK)
		err = api_expect(a, &key_kind, &key);
	if (err == E_OK)
		err = manage_key_revoke(&a->m, key.key_id);
	return err == E_OK ? api_nothing(a) : err;
}
