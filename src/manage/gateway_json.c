#include "manage/gateway_json.h"

#include "base/wire.h"
#include "crypto/digest.h"
#include "crypto/encode.h"

#define KEY "target_cups_key"
#define PLANS "frequency_plan_ids"

/* ---- masks --------------------------------------------------------------------------------- */

static const char *
mask_name(const char *name)
{
	if (strcmp(name, "frequency_plan_id") == 0)
		return PLANS;
	if (strcmp(name, KEY ".key_id") == 0 || strcmp(name, KEY ".value") == 0)
		return KEY;
	return name;
}

int
gateway_mask(struct arena *arena, const struct text_list *names, struct text_list *mask,
    struct fault *fault)
{
	const char **items = arena_alloc(arena, names->count * sizeof *items);

	if (items == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < names->count; i++)
		items[i] = mask_name(names->items[i]);
	*mask = (struct text_list){items, names->count};
	return record_mask_check(&gateway_kind, mask, fault);
}

bool
gateway_mask_has_secret(const struct text_list *mask)
{
	return mask != NULL &&
	       (text_list_has(mask, KEY) || text_list_has(mask, "lbs_lns_secret") ||
		   text_list_has(mask, "lbs_lns_secret.value"));
}

/* ---- out ----------------------------------------------------------------------------------- */

static void
note_unread(struct gateway_json *v, int err)
{
	if (err != E_OK && v->unread == E_OK)
		v->unread = err;
}

int
gateway_secret_read(struct gateway_json *v, const struct record_kind *kind,
    const void *record, const struct field *f, struct span *plain)
{
	int err = manage_open_field(v->m, kind, record, f, plain);

	note_unread(v, err);
	return err;
}

bool
gateway_key_read(struct gateway_json *v, const struct gateway *g, struct key *key,
    struct span *plain)
{
	struct manage *m = v->m;
	int err = E_NOTFOUND;

	*plain = span_of("", 0);
	if (g->target_cups_key != 0)
		err =
		    registry_get(v->txn, &key_kind, g->target_cups_key, m->arena, key);
	if (err != E_NOTFOUND)
		note_unread(v, err);
	if (err != E_OK)
		return false;
	if (v->secrets && key->value.sealed.len > 0)
		note_unread(v, manage_open(m, &key_kind, key->serial, "value",
				   &key->value, plain));
	return true;
}

/* The key that it should have, with its value where that is kept and may be shown. */
static void
give_key(struct gateway_json *v, const struct gateway *g, struct json_out *j)
{
	struct span plain;
	struct key key;

	if (!gateway_key_read(v, g, &key, &plain))
		return;
	json_key_object(j, KEY);
	json_key_str(j, "key_id", key.key_id);
	if (plain.len > 0)
		json_key_base64(j, "value", plain);
	json_object_end(j);
}

static bool
give(void *arg, const struct record_kind *kind, const void *record,
    const struct field *f, struct json_out *j)
{
	const struct gateway *g = record;

	if (kind != &gateway_kind)
		return false;
	if (f->of == &key_kind) {
		give_key(arg, g, j);
		return true;
	}
	if (f->number == GATEWAY_PLANS && g->frequency_plan_ids.count > 0)
		json_key_str(j, "frequency_plan_id", g->frequency_plan_ids.items[0]);
	return false;
}

static int
open_secret(void *arg, const struct record_kind *kind, const void *record,
    const struct field *f, struct span *plain)
{
	return gateway_secret_read(arg, kind, record, f, plain);
}

void
gateway_to_json(struct gateway_json *v, const struct gateway *g, struct json_out *j)
{
	struct record_view view = manage_view(v->m, v->txn, false);

	view.arg = v;
	view.give = give;
	view.open_secret = v->secrets ? open_secret : NULL;
	view.set_secret = NULL;
	record_to_json(&gateway_kind, g, &view, v->mask, j);
}

/* ---- in ------------------------------------------------------------------------------------ */

static int
secret_denied(struct fault *fault)
{
	return fault_set(fault, E_DENIED, "lbs_lns_secret.value",
	    "needs the right RIGHT_GATEWAY_WRITE_SECRETS");
}

int
gateway_set_secret(
    struct gateway_json *v, struct gateway *g, struct span plain, struct fault *fault)
{
	const struct field *f = field_by_name(&gateway_kind, "lbs_lns_secret.value");
	struct span now = {0};
	struct gateway before = *g;
	bool same;

	/* A mask has cleared it meanwhile. */
	before.lns_secret = v->had;
	same = v->had.sealed.len == 0 && plain.len == 0;
	if (v->had.sealed.len > 0 && plain.len > 0 &&
	    manage_open_field(v->m, &gateway_kind, &before, f, &now) == E_OK)
		same = equal_secret(now, plain);
	/* That it does not open is no fault of who sets another one. */
	v->m->fault = (struct fault){0};
	if (same) {
		g->lns_secret = v->had;
		return E_OK;
	}
	/* Cleared by a mask, and to be set by what follows: gateway_from_json() looks again. */
	if (plain.len == 0 && !v->secrets) {
		memset(&g->lns_secret, 0, sizeof g->lns_secret);
		return E_OK;
	}
	return v->secrets ? manage_set_secret(v->m, &gateway_kind, g, f, plain, fault)
			  : secret_denied(fault);
}

static int
set_secret(void *arg, const struct record_kind *kind, void *record,
    const struct field *f, struct span plain, struct fault *fault)
{
	(void)kind;
	(void)f;
	return gateway_set_secret(arg, record, plain, fault);
}

static int
take_key_member(void *arg, const char *name, const struct json *value)
{
	struct gateway_json *v = arg;
	struct manage *m = v->m;
	struct span text;

	if (value == NULL)
		return E_OK;
	if (!json_as_text(value, &text))
		return fault_set(&m->fault, E_INVALID, KEY, "must hold texts");
	if (strcmp(name, "key_id") == 0) {
		v->key_id = arena_dup(m->arena, text);
		return v->key_id != NULL ? E_OK : E_NOMEM;
	}
	if (strcmp(name, "value") != 0) {
		if (v->unknown == NULL)
			return fault_set(
			    &m->fault, E_INVALID, KEY, "has no field %.40s", name);
		strbuf_printf(v->unknown, "%s" KEY ".%.40s",
		    v->unknown->len > 0 ? ", " : "", name);
		return E_OK;
	}
	if (text.len > 0 && base64_decode(text, m->arena, &v->key_value) != E_OK)
		return fault_set(&m->fault, E_INVALID, KEY ".value", "must be base64");
	return E_OK;
}

static int
take_plan(struct gateway_json *v, const struct json *value, struct gateway *g)
{
	const char **items;
	struct span text;

	if (v->plans_came || !record_mask_has(v->mask, PLANS))
		return E_OK;
	if (value != NULL && !json_as_text(value, &text))
		return fault_set(
		    &v->m->fault, E_INVALID, "frequency_plan_id", "must be a text");
	g->frequency_plan_ids = (struct text_list){0};
	if (value == NULL || text.len == 0)
		return E_OK;
	items = arena_alloc(v->m->arena, sizeof *items);
	if (items == NULL || (items[0] = arena_dup(v->m->arena, text)) == NULL)
		return E_NOMEM;
	g->frequency_plan_ids = (struct text_list){items, 1};
	return E_OK;
}

static int
take(void *arg, const struct record_kind *kind, const char *name, const struct json *j,
    void *record, struct fault *fault, bool *taken)
{
	struct gateway_json *v = arg;

	(void)fault;
	*taken = false;
	if (kind != &gateway_kind)
		return E_OK;
	if (strcmp(name, PLANS) == 0)
		v->plans_came = true;
	if (strcmp(name, "frequency_plan_id") == 0) {
		*taken = true;
		return take_plan(v, j, record);
	}
	if (strcmp(name, KEY) != 0)
		return E_OK;
	*taken = true;
	if (!record_mask_has(v->mask, KEY))
		return E_OK;
	v->key_cleared = j == NULL;
	if (json_type(j) == JSON_OBJECT)
		return json_each(j, take_key_member, v);
	if (j != NULL && json_type(j) != JSON_STRING)
		return fault_set(&v->m->fault, E_INVALID, KEY,
		    "must be an object with key_id and value");
	return j != NULL ? take_key_member(v, "key_id", j) : E_OK;
}

int
gateway_from_json(struct gateway_json *v, const struct json *object, struct gateway *g)
{
	struct record_view view = manage_view(v->m, v->txn, false);
	uint64_t key = g->target_cups_key;
	int err;

	v->key_id = NULL;
	v->key_value = span_of(NULL, 0);
	v->key_cleared = v->plans_came = false;
	v->had = g->lns_secret;
	view.arg = v;
	view.take = take;
	view.set_secret = set_secret;
	view.unknown = v->unknown;
	err = record_from_json(&gateway_kind, object, &view, v->mask, g, &v->m->fault);
	/* A mask that names it has cleared it; its own words come in gateway_store(). */
	v->key_cleared |= v->mask != NULL && record_mask_has(v->mask, KEY) &&
			  v->key_id == NULL && v->key_value.len == 0;
	g->target_cups_key = key;
	if (err == E_OK && !v->secrets && g->lns_secret.sealed.len == 0 &&
	    v->had.sealed.len > 0)
		err = secret_denied(&v->m->fault);
	return err;
}

/* ---- storing ------------------------------------------------------------------------------- */

/* What becomes of target_cups_key: a key that is here, or one that is to be made. */
struct wanted {
	uint64_t serial;
	bool make;
};

static int
found_key(struct gateway_json *v, const struct gateway *g, const struct key *key,
    struct wanted *w)
{
	if (key->gateway != g->serial && key->gateway != 0)
		return fault_set(
		    &v->m->fault, E_EXISTS, KEY, "is the key of another gateway");
	if (key->value.sealed.len == 0)
		return fault_set(&v->m->fault, E_INVALID, KEY,
		    "of the key %s only the digest is kept here, so it cannot be sent",
		    key->key_id);
	w->serial = key->serial;
	return E_OK;
}

static int
want_key(struct gateway_json *v, const struct gateway *g, struct wanted *w)
{
	struct manage *m = v->m;
	uint8_t digest[SHA256_SIZE];
	struct key key;
	int err;

	*w = (struct wanted){.serial = v->key_cleared ? 0 : g->target_cups_key};
	if (w->serial != g->target_cups_key && !v->secrets)
		return fault_set(&m->fault, E_DENIED, KEY,
		    "needs the right RIGHT_GATEWAY_WRITE_SECRETS");
	if (v->key_value.len > 0) {
		err = sha256(manage_key_presented(span_trim(v->key_value)), digest);
		if (err == E_OK)
			err = registry_find(v->txn, &key_kind, KEY_DIGEST,
			    span_of(digest, SHA256_SIZE), m->arena, &key);
		w->make = err == E_NOTFOUND;
		if (w->make && !v->secrets)
			return fault_set(&m->fault, E_DENIED, KEY ".value",
			    "needs the right RIGHT_GATEWAY_WRITE_SECRETS");
		if (w->make)
			return E_OK;
	} else if (v->key_id != NULL && v->key_id[0] != '\0') {
		err = registry_find_id(v->txn, &key_kind, v->key_id, m->arena, &key);
		if (err == E_NOTFOUND)
			return fault_set(&m->fault, E_INVALID, KEY ".key_id",
			    "there is no key %.60s; give its value too", v->key_id);
	} else {
		return E_OK;
	}
	return err == E_OK ? found_key(v, g, &key, w) : err;
}

static int
make_key(struct gateway_json *v, const struct gateway *g)
{
	struct key_request request = {.gateway = g->gateway_id,
	    .name = "imported",
	    .value = v->key_value,
	    .cups = true};
	struct key_made made;

	return manage_key_create_in(v->m, v->txn, &request, &made);
}

static bool
differs(const struct gateway *a, const struct gateway *b)
{
	for (const struct field *f = gateway_kind.fields; f->number != 0; f++)
		if (!field_equal(f, a, b))
			return true;
	return false;
}

int
gateway_settle(struct gateway_json *v, const struct gateway *before,
    struct gateway *after, bool *changed)
{
	struct wanted want;
	int err = want_key(v, after, &want);

	if (err != E_OK)
		return err;
	after->target_cups_key = want.serial;
	v->make_key = want.make;
	*changed = before == NULL || want.make || differs(before, after);
	return E_OK;
}

int
gateway_store(struct gateway_json *v, const struct gateway *before,
    struct gateway *after, bool *changed)
{
	struct manage *m = v->m;
	int err = gateway_settle(v, before, after, changed);

	if (err != E_OK || !*changed)
		return err;
	err = record_check(&gateway_kind, after, &m->fault);
	if (err == E_OK)
		err = manage_put_in(m, v->txn, &gateway_kind, before, after,
		    before == NULL ? "add" : "set");
	return err == E_OK && v->make_key ? make_key(v, after) : err;
}
