/* What is done with gateways beyond adding and setting. */
#include "base/wire.h"
#include "manage/manage.h"

/* ---- deleted ones ------------------------------------------------------------------------ */

static int
restore_edit(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	struct gateway *g = record;

	(void)txn;
	(void)arg;
	if (g->deleted_at == 0)
		return fault_set(
		    &m->fault, E_STATE, NULL, "%s is not deleted", g->gateway_id);
	g->deleted_at = 0;
	return E_OK;
}

int
manage_gateway_restore(struct manage *m, const char *id)
{
	return manage_change(m, &gateway_kind, id, "restore", restore_edit, NULL, NULL);
}

struct purge {
	struct manage *m;
	const char *id;
	uint64_t serial;
	struct {
		uint64_t *serials;
		size_t count, room;
	} keys;
};

static int
collect_key(void *arg, uint64_t serial)
{
	struct purge *p = arg;

	if (p->keys.count == p->keys.room) {
		size_t room = p->keys.room == 0 ? 16 : p->keys.room * 2;
		uint64_t *more = arena_alloc(p->m->arena, room * sizeof *more);

		if (more == NULL)
			return E_NOMEM;
		if (p->keys.count > 0)
			memcpy(more, p->keys.serials, p->keys.count * sizeof *more);
		p->keys.serials = more;
		p->keys.room = room;
	}
	p->keys.serials[p->keys.count++] = serial;
	return E_OK;
}

static int
purge_in(struct manage *m, struct store_txn *txn, void *arg)
{
	struct purge *p = arg;
	struct gateway g;
	struct key key;
	uint8_t bytes[8];
	int err = manage_find_in(m, txn, &gateway_kind, p->id, &g);

	if (err != E_OK)
		return err;
	if (g.deleted_at == 0)
		return fault_set(&m->fault, E_STATE, NULL,
		    "%s is not deleted; delete it first", g.gateway_id);
	p->serial = g.serial;
	p->keys.count = 0;
	wire_key64(bytes, g.serial);
	err = registry_list_by(
	    txn, &key_kind, KEY_GATEWAY, span_of(bytes, 8), 0, collect_key, p);
	for (size_t i = 0; err == E_OK && i < p->keys.count; i++) {
		err = registry_get(txn, &key_kind, p->keys.serials[i], m->arena, &key);
		if (err == E_OK)
			err = manage_remove_in(m, txn, &key_kind, &key, "purge");
	}
	return err == E_OK ? manage_remove_in(m, txn, &gateway_kind, &g, "purge") : err;
}

static int
drop_state(struct store_txn *ledger, void *arg)
{
	uint8_t key[8];
	int err;

	wire_key64(key, *(uint64_t *)arg);
	err = store_del(ledger, LEDGER_GATEWAY, span_of(key, 8));
	return err == E_NOTFOUND ? E_OK : err;
}

int
manage_gateway_purge(struct manage *m, const char *id)
{
	struct purge p = {.m = m, .id = id};
	int err = manage_update(m, purge_in, &p);

	if (err != E_OK)
		return err;
	/* The serial is never given again, so what stays here would only take room. */
	if (m->data->sightings != NULL)
		slots_erase(m->data->sightings, p.serial);
	err = store_update(m->data->ledger, m->wait_ms, drop_state, &p.serial);
	return err == E_OK ? E_OK
			   : fault_set(&m->fault, err, NULL,
				 "purged, but its ledger row stays: %s", err_text(err));
}

/* ---- the ledger --------------------------------------------------------------------------- */

int
manage_gateway_state(
    struct manage *m, const struct gateway *g, struct gateway_state *state)
{
	struct store_txn *txn;
	int err = store_read_begin(m->data->ledger, &txn);

	if (err == E_OK) {
		err = gateway_state_get(txn, g->serial, m->arena, state);
		store_read_end(txn);
	}
	return err == E_OK ? E_OK
			   : fault_set(&m->fault, err, NULL, "%s", err_text(err));
}

struct retry {
	struct arena *arena;
	uint64_t serial;
};

static int
forget_pushes(struct store_txn *ledger, void *arg)
{
	struct retry *r = arg;
	struct gateway_state state;
	int err = gateway_state_get(ledger, r->serial, r->arena, &state);

	if (err != E_OK || state.pushes.count == 0)
		return err;
	state.pushes.count = 0;
	return gateway_state_put(ledger, &state);
}

int
manage_gateway_retry(struct manage *m, const char *id)
{
	struct gateway g;
	struct retry r;
	int err = manage_get(m, &gateway_kind, id, &g);

	if (err != E_OK)
		return err;
	r = (struct retry){m->arena, g.serial};
	err = store_update(m->data->ledger, m->wait_ms, forget_pushes, &r);
	return err == E_OK ? E_OK
			   : fault_set(&m->fault, err, NULL, "%s", err_text(err));
}

/* ---- listing ------------------------------------------------------------------------------ */

struct listing {
	struct manage *m;
	struct store_txn *txn;
	const struct gateway_filter *filter;
	uint64_t lns, limit, shown;
	manage_gateway_fn *fn;
	void *arg;
};

static bool
list_has(const struct text_list *list, const char *item)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], item) == 0)
			return true;
	return false;
}

static bool
fits(const struct listing *l, const struct gateway *g)
{
	const struct gateway_filter *f = l->filter;

	return (g->deleted_at != 0) == f->deleted &&
	       (f->lns == NULL || g->lns == l->lns) &&
	       (f->group == NULL || list_has(&g->groups, f->group)) &&
	       (f->plan == NULL || list_has(&g->frequency_plan_ids, f->plan));
}

static int
list_one(void *arg, uint64_t serial)
{
	struct listing *l = arg;
	struct arena work, *kept = l->m->arena;
	struct gateway g;
	int err;

	/* A million of them must not stay in memory. */
	arena_init(&work, 4 << 20);
	err = registry_get(l->txn, &gateway_kind, serial, &work, &g);
	if (err == E_OK && fits(l, &g)) {
		l->m->arena = &work;
		err = l->fn(l->m, l->txn, &g, l->arg);
		l->m->arena = kept;
		if (err == E_OK && ++l->shown == l->limit)
			err = E_AGAIN; /* enough */
	}
	arena_clear(&work);
	return err;
}

/* Chooses the index that narrows most. */
static int
list_in(struct listing *l, uint64_t after)
{
	const struct gateway_filter *f = l->filter;
	uint8_t key[8];

	if (f->word != NULL) {
		int err = E_OK;
		unsigned fields[] = {GATEWAY_ID, GATEWAY_NAME, GATEWAY_DESCRIPTION};

		for (size_t i = 0; err == E_OK && i < 3; i++)
			err = registry_list_by(l->txn, &gateway_kind, fields[i],
			    span_str(f->word), 0, list_one, l);
		return err;
	}
	if (f->group != NULL)
		return registry_list_by(l->txn, &gateway_kind, GATEWAY_GROUPS,
		    span_str(f->group), after, list_one, l);
	wire_key64(key, l->lns);
	if (f->lns != NULL)
		return registry_list_by(l->txn, &gateway_kind, GATEWAY_LNS,
		    span_of(key, 8), after, list_one, l);
	if (f->plan != NULL)
		return registry_list_by(l->txn, &gateway_kind, GATEWAY_PLANS,
		    span_str(f->plan), after, list_one, l);
	return registry_list(l->txn, &gateway_kind, after, list_one, l);
}

int
manage_gateways(struct manage *m, const struct gateway_filter *filter, uint64_t after,
    uint64_t limit, manage_gateway_fn *fn, void *arg)
{
	struct listing l = {m, NULL, filter, 0, limit, 0, fn, arg};
	struct arena *kept = m->arena;
	struct lns lns;
	int err = store_read_begin(m->data->registry, &l.txn);

	if (err != E_OK)
		return fault_set(&m->fault, err, NULL, "%s", err_text(err));
	if (filter->lns != NULL &&
	    (err = manage_find_in(m, l.txn, &lns_kind, filter->lns, &lns)) == E_OK)
		l.lns = lns.serial;
	if (err == E_OK)
		err = list_in(&l, after);
	store_read_end(l.txn);
	m->arena = kept;
	return err == E_AGAIN ? E_OK : err;
}
