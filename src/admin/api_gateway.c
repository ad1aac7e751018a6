/* Gateways: made, shown, changed, deleted, brought back. */
#include "admin/api_ask.h"
#include "manage/gateway_json.h"

/* ---- shown --------------------------------------------------------------------------------- */

struct showing {
	const struct gateway *g;
	const struct text_list *mask; /* NULL: all */
};

static int
show_in(struct api_ask *a, struct store_txn *txn, void *arg)
{
	struct showing *s = arg;
	struct gateway_json v = {.m = &a->m,
	    .txn = txn,
	    .secrets = api_may(a, RIGHT_READ_SECRETS),
	    .mask = s->mask};

	gateway_to_json(&v, s->g, &a->j);
	return E_OK;
}

/* The mask of the query; *mask is NULL where there is none. */
static int
read_mask(struct api_ask *a, struct text_list *list, const struct text_list **mask)
{
	struct text_list names = {0};
	int err = api_mask_names(a, &names);

	*mask = NULL;
	if (err != E_OK || names.count == 0)
		return err;
	if ((err = gateway_mask(a->m.arena, &names, list, &a->m.fault)) != E_OK)
		return err;
	*mask = list;
	return E_OK;
}

/* IDs come always, as in the reference. */
static int
read_show_mask(struct api_ask *a, struct text_list *list, const struct text_list **mask)
{
	int err = read_mask(a, list, mask);
	const char **items;

	if (err != E_OK || *mask == NULL)
		return err;
	if (gateway_mask_has_secret(*mask) &&
	    (err = api_must(a, RIGHT_READ_SECRETS)) != E_OK)
		return err;
	items = arena_alloc(a->m.arena, (list->count + 1) * sizeof *items);
	if (items == NULL)
		return E_NOMEM;
	memcpy(items, list->items, list->count * sizeof *items);
	items[list->count] = "ids";
	*list = (struct text_list){items, list->count + 1};
	return E_OK;
}

int
gateway_get(struct api_ask *a)
{
	struct showing s = {0};
	struct text_list list;
	struct gateway g = {0};
	int err = read_show_mask(a, &list, &s.mask);

	if (err == E_OK)
		err = api_live_gateway(a, &g);
	if (err != E_OK || api_unchanged(a, &gateway_kind, &g))
		return err;
	s.g = &g;
	return api_read(a, show_in, &s);
}

/* As it is now, after a change. */
static int
show_now(struct api_ask *a, const char *id)
{
	struct showing s = {0};
	struct gateway g = {0};
	int err = manage_get(&a->m, &gateway_kind, id, &g);

	if (err != E_OK)
		return err;
	api_unchanged(a, &gateway_kind, &g);
	s.g = &g;
	return api_read(a, show_in, &s);
}

/* ---- made ------------------------------------------------------------------------------------ */

struct change {
	struct api_ask *a;
	const struct json *object;
	const char *id;
	const struct text_list *mask;
};

static int
body_object(struct api_ask *a, const struct json **object)
{
	static const char *const members[] = {
	    "gateway", "field_mask", "collaborator", NULL};
	int err = api_members(a, members);

	*object = json_get(a->body, "gateway");
	if (err == E_OK && json_type(*object) != JSON_OBJECT)
		err = fault_set(&a->m.fault, E_INVALID, "gateway",
		    "the body must be {\"gateway\":{…}}");
	return err;
}

/*
 * A gateway that is there and is all that the request asks for: the request was made before,
 * and its answer got lost. So making a gateway can be tried again.
 */
static int
make_again(struct change *c, struct store_txn *txn, const struct gateway *before)
{
	struct manage *m = &c->a->m;
	struct gateway_json v = {
	    .m = m, .txn = txn, .secrets = api_may(c->a, RIGHT_WRITE_SECRETS)};
	struct gateway after = *before;
	bool changed = true;
	int err = E_OK;

	if (before->deleted_at == 0)
		err = gateway_from_json(&v, c->object, &after);
	if (err == E_OK && before->deleted_at == 0)
		err = gateway_settle(&v, before, &after, &changed);
	if (err == E_OK && !changed)
		return E_OK;
	after = *before;
	after.serial = 0;
	m->fault = (struct fault){0};
	return gateway_taken(m, txn, &after);
}

static int
make_in(struct manage *m, struct store_txn *txn, void *arg)
{
	struct change *c = arg;
	struct gateway_json v = {
	    .m = m, .txn = txn, .secrets = api_may(c->a, RIGHT_WRITE_SECRETS)};
	struct gateway g = {0};
	bool changed;
	int err = registry_find_id(txn, &gateway_kind, c->id, m->arena, &g);

	if (err == E_OK)
		return make_again(c, txn, &g);
	if (err != E_NOTFOUND)
		return err;
	record_init(&gateway_kind, &g);
	err = registry_next_serial(txn, &g.serial);
	if (err == E_OK)
		err = gateway_from_json(&v, c->object, &g);
	return err == E_OK ? gateway_store(&v, NULL, &g, &changed) : err;
}

int
gateway_create(struct api_ask *a)
{
	struct change c = {.a = a};
	struct span id;
	int err = body_object(a, &c.object);

	if (err != E_OK)
		return err;
	if (!json_as_text(json_get_path(c.object, "ids.gateway_id"), &id) ||
	    (c.id = arena_dup(a->m.arena, id)) == NULL || id.len == 0)
		return fault_set(
		    &a->m.fault, E_INVALID, "ids.gateway_id", "is required");
	err = manage_update(&a->m, make_in, &c);
	return err == E_OK ? show_now(a, c.id) : err;
}

/* ---- changed --------------------------------------------------------------------------------- */

static int
find_live(struct change *c, struct store_txn *txn, struct gateway *g)
{
	struct manage *m = &c->a->m;
	int err = manage_find_in(m, txn, &gateway_kind, c->id, g);

	if (err == E_OK && g->deleted_at != 0)
		err = fault_set(&m->fault, E_NOTFOUND, NULL,
		    "the gateway %s is deleted; it can be restored or purged",
		    g->gateway_id);
	return err == E_OK ? api_precondition(c->a, &gateway_kind, g) : err;
}

/* A value that is not here becomes a key, as by /api-keys/import, and takes the same rights. */
static int
check_new_key(struct change *c, struct gateway_json *v, const struct gateway *before,
    const struct gateway *after)
{
	struct gateway settled = *after;
	bool changed;
	int err = gateway_settle(v, before, &settled, &changed);

	if (err != E_OK || !v->make_key)
		return err;
	return api_must(c->a,
	    RIGHT_SETTINGS_API_KEYS | RIGHT_WRITE_SECRETS | api_cups_rights(after));
}

static int
change_in(struct manage *m, struct store_txn *txn, void *arg)
{
	struct change *c = arg;
	struct gateway_json v = {.m = m,
	    .txn = txn,
	    .secrets = api_may(c->a, RIGHT_WRITE_SECRETS),
	    .mask = c->mask};
	struct gateway before, after;
	bool changed;
	int err = find_live(c, txn, &before);

	if (err != E_OK)
		return err;
	after = before;
	if ((err = gateway_from_json(&v, c->object, &after)) != E_OK)
		return err;
	/* A mask that names the ID without giving it has cleared it. */
	if (after.gateway_id[0] != '\0' &&
	    strcmp(after.gateway_id, before.gateway_id) != 0)
		return fault_set(&m->fault, E_INVALID, "ids.gateway_id",
		    "cannot be changed; it must be that of the address");
	after.gateway_id = before.gateway_id;
	err = check_new_key(c, &v, &before, &after);
	return err == E_OK ? gateway_store(&v, &before, &after, &changed) : err;
}

int
gateway_put(struct api_ask *a)
{
	struct change c = {.a = a};
	struct text_list list;
	struct gateway g = {0};
	int err = body_object(a, &c.object);

	if (err == E_OK)
		err = read_mask(a, &list, &c.mask);
	if (err == E_OK)
		err = api_gateway(a, &g);
	if (err != E_OK)
		return err;
	c.id = g.gateway_id;
	err = manage_update(&a->m, change_in, &c);
	return err == E_OK ? show_now(a, c.id) : err;
}

/* ---- deleted ---------------------------------------------------------------------------------- */

static int
delete_in(struct manage *m, struct store_txn *txn, void *arg)
{
	struct change *c = arg;
	struct gateway before, after;
	int err = find_live(c, txn, &before);

	if (err != E_OK)
		return err;
	after = before;
	after.deleted_at = m->now;
	return manage_put_in(m, txn, &gateway_kind, &before, &after, "delete");
}

int
gateway_remove(struct api_ask *a)
{
	struct change c = {.a = a};
	struct gateway g = {0};
	int err = api_live_gateway(a, &g);

	c.id = g.gateway_id;
	if (err == E_OK)
		err = manage_update(&a->m, delete_in, &c);
	return err == E_OK ? api_nothing(a) : err;
}

int
gateway_restore(struct api_ask *a)
{
	struct gateway g = {0};
	int err = api_gateway(a, &g);

	if (err == E_OK)
		err = manage_gateway_restore(&a->m, g.gateway_id);
	return err == E_OK ? api_nothing(a) : err;
}

int
gateway_purge(struct api_ask *a)
{
	struct gateway g = {0};
	int err = api_gateway(a, &g);

	if (err == E_OK && g.deleted_at == 0)
		err = fault_set(&a->m.fault, E_STATE, NULL,
		    "%s is not deleted; delete it first", g.gateway_id);
	if (err == E_OK)
		err = manage_gateway_purge(&a->m, g.gateway_id);
	return err == E_OK ? api_nothing(a) : err;
}
