/* Gatehouse's own records, by their field tables. A new kind is a row. */
#include "admin/api_ask.h"
#include "manage/board.h"
#include "manage/plan.h"
#include "registry/ca.h"
#include "registry/firmware.h"
#include "registry/lns.h"
#include "registry/rollout.h"
#include "registry/signing_key.h"
#include "registry/template.h"
#include "registry/trust.h"

#define LOOK (API_LIST | API_SHOW)
#define ALL (API_LIST | API_SHOW | API_CREATE | API_CHANGE | API_REMOVE)
#define FILES (API_LIST | API_SHOW | API_CREATE | API_REMOVE | API_FILES)

const struct api_kind api_kinds[] = {
    {"network-servers", "network_server", "network_servers", &lns_kind, ALL,
	ACTION_LNS_SEE, ACTION_LNS_CHANGE, NULL, ACTION_LNS_CHANGE, NULL,
	ACTION_LNS_CHANGE},
    {"templates", "template", "templates", &template_kind, ALL, ACTION_TEMPLATE_SEE,
	ACTION_TEMPLATE_CHANGE, NULL, ACTION_TEMPLATE_CHANGE, NULL,
	ACTION_TEMPLATE_CHANGE},
    {"trusts", "trust", "trusts", &trust_kind, ALL, ACTION_TRUST_SEE,
	ACTION_TRUST_CHANGE, trust_create, ACTION_TRUST_CHANGE, NULL,
	ACTION_TRUST_CHANGE},
    {"cas", "ca", "cas", &ca_kind, ALL, ACTION_CA_SEE, ACTION_CA_CHANGE, ca_create,
	ACTION_CA_CHANGE, NULL, ACTION_CA_CHANGE},
    {"frequency-plans", "frequency_plan", "frequency_plans", &plan_kind, FILES,
	ACTION_PLAN_SEE, ACTION_PLAN_IMPORT, plan_create, ACTION_PLAN_IMPORT,
	manage_plan_remove, ACTION_PLAN_REMOVE},
    {"concentrators", "concentrator", "concentrators", &board_kind, FILES,
	ACTION_CONCENTRATOR_SEE, ACTION_CONCENTRATOR_IMPORT, board_create,
	ACTION_CONCENTRATOR_IMPORT, manage_board_remove, ACTION_CONCENTRATOR_REMOVE},
    {"keys", "key", "keys", &key_kind, ALL, ACTION_FLEET_KEY_LIST,
	ACTION_FLEET_KEY_CHANGE, fleet_key_create, ACTION_FLEET_KEY_CREATE,
	manage_key_revoke, ACTION_FLEET_KEY_CHANGE},
    {"signing-keys", "signing_key", "signing_keys", &signing_key_kind, ALL,
	ACTION_SIGNING_KEY_SEE, ACTION_SIGNING_KEY_CHANGE, signing_key_create,
	ACTION_SIGNING_KEY_CHANGE, NULL, ACTION_SIGNING_KEY_CHANGE},
    {"firmware", "firmware", "firmware", &firmware_kind, LOOK, ACTION_FIRMWARE_SEE,
	ACTION_FIRMWARE_CHANGE, NULL, ACTION_FIRMWARE_CHANGE, NULL,
	ACTION_FIRMWARE_CHANGE},
    {"releases", "release", "releases", &release_kind, LOOK, ACTION_RELEASE_SEE,
	ACTION_RELEASE_CHANGE, NULL, ACTION_RELEASE_CHANGE, NULL,
	ACTION_RELEASE_CHANGE},
    {"channels", "channel", "channels", &channel_kind, LOOK, ACTION_CHANNEL_SEE,
	ACTION_CHANNEL_CHANGE, NULL, ACTION_CHANNEL_CHANGE, NULL,
	ACTION_CHANNEL_CHANGE},
    {"rollouts", "rollout", "rollouts", &rollout_kind, LOOK, ACTION_ROLLOUT_SEE,
	ACTION_ROLLOUT_CHANGE, NULL, ACTION_ROLLOUT_CHANGE, NULL,
	ACTION_ROLLOUT_CHANGE},
    {.path = NULL},
};

/* ---- lists ----------------------------------------------------------------------------------- */

struct listing {
	struct api_ask *a;
	struct store_txn *txn;
	uint64_t skip, limit, seen;
};

static int
list_one(void *arg, uint64_t serial, struct span stored)
{
	struct listing *l = arg;
	struct api_ask *a = l->a;
	const struct record_kind *kind = a->row->kind->kind;
	struct arena work, *kept = a->m.arena;
	void *record;
	int err;

	if (l->seen++ < l->skip || l->seen > l->skip + l->limit)
		return E_OK;
	arena_init(&work, 4 << 20);
	record = arena_alloc(&work, kind->size);
	err = record != NULL ? record_decode(kind, serial, stored, &work, record)
			     : E_NOMEM;
	a->m.arena = &work;
	if (err == E_OK)
		api_record(a, l->txn, kind, record);
	a->m.arena = kept;
	arena_clear(&work);
	return err != E_OK ? err : a->res->body.err;
}

static int
list_in(struct api_ask *a, struct store_txn *txn, void *arg)
{
	struct listing *l = arg;

	l->txn = txn;
	return registry_list_stored(txn, a->row->kind->kind, false, list_one, l);
}

int
kind_list(struct api_ask *a)
{
	struct listing l = {.a = a};
	uint64_t page;
	int err = api_paging(a, &l.limit, &page);

	if (err != E_OK)
		return err;
	l.skip = (page - 1) * l.limit;
	json_object(&a->j);
	json_key_array(&a->j, a->row->kind->many);
	err = api_read(a, list_in, &l);
	json_array_end(&a->j);
	json_object_end(&a->j);
	api_total(a, l.seen);
	return err;
}

/* ---- one ------------------------------------------------------------------------------------- */

struct showing {
	const struct record_kind *kind;
	const void *record;
};

static int
show_in(struct api_ask *a, struct store_txn *txn, void *arg)
{
	const struct showing *s = arg;

	api_record(a, txn, s->kind, s->record);
	return E_OK;
}

int
kind_answer_as(struct api_ask *a, const struct record_kind *kind, const char *id)
{
	void *record = arena_alloc(a->m.arena, kind->size);
	int err = record != NULL ? manage_get(&a->m, kind, id, record) : E_NOMEM;

	if (err != E_OK || api_unchanged(a, kind, record))
		return err;
	return api_read(a, show_in, &(struct showing){kind, record});
}

int
kind_answer(struct api_ask *a, const char *id)
{
	return kind_answer_as(a, a->row->kind->kind, id);
}

int
kind_show(struct api_ask *a)
{
	return kind_answer(a, api_segment(a, "id"));
}

/* ---- changes ----------------------------------------------------------------------------------- */

struct change {
	struct api_ask *a;
	const struct json *object;
	const struct text_list *mask;
	const char *id; /* of a new one, or that it must keep */
	bool is_new;
};

/* The record in the body, by itself or below its name. */
static int
read_object(struct api_ask *a, struct change *c)
{
	const char *one = a->row->kind->one;
	const struct json *inner = json_get(a->body, one);

	c->a = a;
	c->object = json_type(inner) == JSON_OBJECT ? inner : a->body;
	if (json_type(c->object) != JSON_OBJECT)
		return fault_set(
		    &a->m.fault, E_INVALID, one, "the body must be a JSON object");
	if (inner != NULL) {
		const char *const members[] = {one, "field_mask", NULL};

		return api_members(a, members);
	}
	return E_OK;
}

static int
change_edit(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	struct change *c = arg;
	const struct record_kind *kind = c->a->row->kind->kind;
	struct record_view view = manage_view(m, txn, false);
	const char *id = record_id(kind, record);
	int err = c->is_new ? E_OK : api_precondition(c->a, kind, record);

	if (err == E_OK)
		err = record_from_json(
		    kind, c->object, &view, c->mask, record, &m->fault);
	if (err != E_OK)
		return err;
	if (c->is_new) {
		c->id = record_id(kind, record);
		return E_OK;
	}
	if (record_id(kind, record)[0] != '\0' &&
	    strcmp(record_id(kind, record), id) != 0)
		return fault_set(&m->fault, E_INVALID, kind->fields[0].name,
		    "cannot be changed; it must be that of the address");
	*(const char **)field_at(&kind->fields[0], record) = id;
	return E_OK;
}

int
kind_create(struct api_ask *a)
{
	struct change c = {.is_new = true};
	int err = read_object(a, &c);

	if (err == E_OK)
		err = manage_change(
		    &a->m, a->row->kind->kind, NULL, "add", change_edit, &c, NULL);
	return err == E_OK ? kind_answer(a, c.id) : err;
}

int
kind_change(struct api_ask *a)
{
	const struct record_kind *kind = a->row->kind->kind;
	struct text_list names = {0};
	struct change c = {.id = api_segment(a, "id")};
	int err = read_object(a, &c);

	if (err == E_OK)
		err = api_mask_names(a, &names);
	if (err == E_OK && c.object == a->body && json_has(a->body, "field_mask"))
		err = fault_set(&a->m.fault, E_INVALID, a->row->kind->one,
		    "must be there when there is a field_mask");
	if (err == E_OK)
		err = record_mask_check(kind, &names, &a->m.fault);
	c.mask = err == E_OK && names.count > 0 ? &names : NULL;
	if (err == E_OK)
		err = manage_change(&a->m, kind, c.id, "set", change_edit, &c, NULL);
	return err == E_OK ? kind_answer(a, c.id) : err;
}

int
kind_remove(struct api_ask *a)
{
	const struct api_kind *k = a->row->kind;
	const char *id = api_segment(a, "id");
	void *record = arena_alloc(a->m.arena, k->kind->size);
	int err = record != NULL ? manage_get(&a->m, k->kind, id, record) : E_NOMEM;

	if (err == E_OK)
		err = api_expect(a, k->kind, record);
	if (err == E_OK)
		err = k->remove != NULL ? k->remove(&a->m, id)
					: manage_delete(&a->m, k->kind, id);
	return err == E_OK ? api_nothing(a) : err;
}
