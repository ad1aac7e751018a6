#include "kickstarter/load.h"

#include "registry/plan.h"
#include "registry/registry.h"

/* A record that may be missing. */
static int
optional(int err, bool *there)
{
	*there = err == E_OK;
	return err == E_NOTFOUND ? E_OK : err;
}

int
kick_load_plan(
    struct store_txn *registry, const char *id, struct arena *arena, struct plan **plan)
{
	struct plan_record *record = arena_alloc(arena, sizeof *record);
	int err;

	if (record == NULL)
		return E_NOMEM;
	err = registry_find_id(registry, &plan_kind, id, arena, record);
	return err == E_OK ? plan_decode(arena, record->encoded, plan) : err;
}

int
kick_judge_plan(struct store_txn *registry, const char *id, struct arena *arena,
    struct kick_plan *judged)
{
	struct plan *plan;
	int err = kick_load_plan(registry, id, arena, &plan);

	*judged = (struct kick_plan){.id = id};
	if (err == E_OK)
		err = kick_plan_fits(plan, arena, &judged->why);
	if (err == E_OK)
		judged->card = kick_plan_card(plan);
	if (err == E_NOTFOUND)
		fault_set(&judged->why, err, NULL,
		    "there is no such frequency plan here: see `gatehouse plan list`");
	judged->err = err;
	return err == E_NOTFOUND || err == E_INVALID ? E_OK : err;
}

int
kick_load_plans(
    struct store_txn *registry, struct arena *arena, struct kick_exchange *x)
{
	struct kick_records *r = &x->records;
	const struct text_list *ids = &r->gateway.frequency_plan_ids;
	size_t n = 0;
	int err = E_OK;

	x->inputs.plans = r->plans;
	if (!x->inputs.device && ids->count > 0)
		r->plans[n++] = (struct kick_plan){.id = ids->items[0]};
	while (x->inputs.device && err == E_OK && n < ids->count && n < KICK_PLANS) {
		err = kick_judge_plan(registry, ids->items[n], arena, &r->plans[n]);
		if (err == E_OK && r->plans[n++].err == E_OK)
			break;
	}
	x->inputs.plan_count = n;
	return err;
}

static int
load_gateway(struct store_txn *registry, struct arena *arena, struct kick_exchange *x)
{
	struct gateway *g = &x->records.gateway;
	bool there;
	int err;

	/* As text: what is no ID is found nowhere. */
	if (x->call.id.len == 0 || x->call.id.len > 36 ||
	    memchr(x->call.id.data, '\0', x->call.id.len) != NULL)
		return E_OK;
	err = optional(
	    registry_find(registry, &gateway_kind, GATEWAY_ID, x->call.id, arena, g),
	    &there);
	x->inputs.gateway = there && g->deleted_at == 0 ? g : NULL;
	return err;
}

static int
load_rest(struct store_txn *registry, struct arena *arena, struct kick_exchange *x)
{
	struct kick_records *r = &x->records;
	bool there = false;
	int err = E_OK;

	if (r->gateway.lns != 0)
		err = optional(
		    registry_get(registry, &lns_kind, r->gateway.lns, arena, &r->lns),
		    &there);
	x->inputs.lns = there ? &r->lns : NULL;
	if (err == E_OK && r->gateway.target_cups_key != 0)
		err = optional(registry_get(registry, &key_kind,
				   r->gateway.target_cups_key, arena, &r->key),
		    &r->has_key);
	if (err == E_OK && r->state.activated_key != 0)
		err = optional(registry_get(registry, &key_kind, r->state.activated_key,
				   arena, &r->handed),
		    &r->has_handed);
	return err;
}

int
kick_load(struct store_txn *registry, struct store_txn *ledger,
    const struct kick_policy *policy, int64_t now, struct arena *arena,
    struct kick_exchange *x)
{
	struct kick_records *r = &x->records;
	int err;

	memset(r, 0, sizeof *r);
	record_init(&gateway_state_kind, &r->state);
	x->inputs = (struct kick_inputs){.device = x->call.device,
	    .caller = &x->caller,
	    .state = &r->state,
	    .policy = policy,
	    .origin = x->call.origin,
	    .now = now};
	if ((err = load_gateway(registry, arena, x)) != E_OK ||
	    x->inputs.gateway == NULL)
		return err;
	err = gateway_state_get(ledger, r->gateway.serial, arena, &r->state);
	return err == E_OK ? load_rest(registry, arena, x) : err;
}
