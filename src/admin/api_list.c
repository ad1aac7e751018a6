/* Lists of gateways. */
#include "admin/api_ask.h"
#include "manage/gateway_json.h"
#include "manage/gateway_page.h"

struct listing {
	struct api_ask *a;
	const struct text_list *mask;
};

static int
list_one(struct manage *m, struct store_txn *txn, const struct gateway *g, void *arg)
{
	struct listing *l = arg;
	struct gateway_json v = {.m = m,
	    .txn = txn,
	    .secrets = l->mask != NULL && api_may(l->a, RIGHT_READ_SECRETS),
	    .mask = l->mask};

	gateway_to_json(&v, g, &l->a->j);
	return l->a->res->body.err;
}

static int
list_own(struct api_ask *a, struct store_txn *txn, void *arg)
{
	return list_one(&a->m, txn, &a->own, arg);
}

/* A list has no secrets unless its mask names them. */
static int
read_mask(struct api_ask *a, struct text_list *list, const struct text_list **mask)
{
	struct text_list names = {0};
	const char **items;
	int err = api_mask_names(a, &names);

	*mask = NULL;
	if (err != E_OK || names.count == 0)
		return err;
	items = arena_alloc(a->m.arena, (names.count + 1) * sizeof *items);
	if (items == NULL)
		return E_NOMEM;
	items[0] = "ids";
	memcpy(items + 1, names.items, names.count * sizeof *items);
	names = (struct text_list){items, names.count + 1};
	*mask = list;
	err = gateway_mask(a->m.arena, &names, list, &a->m.fault);
	if (err == E_OK && gateway_mask_has_secret(list))
		err = api_must(a, RIGHT_READ_SECRETS);
	return err;
}

static int
read_paging(struct api_ask *a, struct gateway_paging *p)
{
	const char *order = api_query(a, "order");
	int err = api_paging(a, &p->limit, &p->page);

	if (err == E_OK && order != NULL && !gateway_order_parse(span_str(order), p))
		err = fault_set(&a->m.fault, E_INVALID, "order",
		    "must be gateway_id, gateway_eui, name or created_at, with - "
		    "before it for a descending order");
	return err == E_OK ? api_flag(a, "deleted", &p->deleted) : err;
}

static int
show(struct api_ask *a, const struct gateway_paging *p, const struct text_list *mask)
{
	struct listing l = {a, mask};
	uint64_t total = 1;
	int err;

	json_object(&a->j);
	json_key_array(&a->j, "gateways");
	if (a->key.gateway == 0)
		err = manage_gateway_page(&a->m, p, list_one, &l, &total);
	else
		err = p->page == 1 && !p->deleted ? api_read(a, list_own, &l) : E_OK;
	json_array_end(&a->j);
	json_object_end(&a->j);
	api_total(a, total);
	return err;
}

int
gateway_lists(struct api_ask *a)
{
	struct gateway_paging p = {0};
	const struct text_list *mask;
	struct text_list list;
	int err = read_mask(a, &list, &mask);

	if (err == E_OK)
		err = read_paging(a, &p);
	return err == E_OK ? show(a, &p, mask) : err;
}

int
gateway_search(struct api_ask *a)
{
	struct gateway_paging p = {.words = api_query(a, "query"),
	    .id_has = api_query(a, "id_contains"),
	    .eui_has = api_query(a, "eui_contains"),
	    .name_has = api_query(a, "name_contains"),
	    .description_has = api_query(a, "description_contains")};
	const struct text_list *mask;
	struct text_list list;
	int err = read_mask(a, &list, &mask);

	if (err == E_OK && a->key.gateway != 0)
		err = fault_set(&a->m.fault, E_DENIED, NULL,
		    "searching needs a key for all gateways");
	if (err == E_OK)
		err = read_paging(a, &p);
	return err == E_OK ? show(a, &p, mask) : err;
}
