/* What is done with gateways beyond adding and setting. */
#include "base/wire.h"
#include "manage/manage.h"
#include "registry/rollout.h"

/* ---- whose the ID and EUI are --------------------------------------------------------------- */

static int
taken_by(struct manage *m, struct store_txn *txn, uint64_t serial, const char *field)
{
	struct gateway other;
	int err = registry_get(txn, &gateway_kind, serial, m->arena, &other);

	if (err != E_OK)
		return err;
	if (other.deleted_at != 0)
		return fault_set(&m->fault, E_EXISTS, field,
		    "is taken by the deleted gateway %s: restore that one, or purge it "
		    "to free its ID and EUI",
		    other.gateway_id);
	if (strcmp(field, "ids.eui") == 0)
		return fault_set(&m->fault, E_EXISTS, field,
		    "is taken by gateway %s: change or clear the EUI there, or delete "
		    "and purge that gateway",
		    other.gateway_id);
	return fault_set(&m->fault, E_EXISTS, field,
	    "is taken by gateway %s: choose another ID, or change that gateway",
	    other.gateway_id);
}

int
gateway_taken(struct manage *m, struct store_txn *txn, const struct gateway *g)
{
	uint64_t serial;
	uint8_t eui[8];
	int err;

	err = registry_find_serial(
	    txn, &gateway_kind, GATEWAY_ID, span_str(g->gateway_id), &serial);
	if (err == E_OK && serial != g->serial)
		return taken_by(m, txn, serial, "ids.gateway_id");
	if ((err != E_OK && err != E_NOTFOUND) || g->eui == 0)
		return err == E_NOTFOUND ? E_OK : err;
	wire_key64(eui, g->eui);
	err = registry_find_serial(
	    txn, &gateway_kind, GATEWAY_EUI, span_of(eui, 8), &serial);
	if (err == E_OK && serial != g->serial)
		return taken_by(m, txn, serial, "ids.eui");
	return err == E_NOTFOUND ? E_OK : err;
}

/* ---- deleted ones ------------------------------------------------------------------------ */

int
manage_alive(struct manage *m, const struct gateway *g)
{
	return g->deleted_at == 0
		   ? E_OK
		   : fault_set(&m->fault, E_STATE, NULL,
			 "%s is deleted: restore it first", g->gateway_id);
}

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
	if (m->data->files != NULL)
		slots_erase(m->data->files, p.serial);
	err = store_update(m->data->ledger, m->wait_ms, drop_state, &p.serial);
	return err == E_OK ? E_OK
			   : fault_set(&m->fault, err, NULL,
				 "purged, but its ledger row stays: %s", err_text(err));
}

/* ---- the provisioning window ------------------------------------------------------------- */

static int
provisioning_edit(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	(void)m;
	(void)txn;
	((struct gateway *)record)->provisioning_until = *(const int64_t *)arg;
	return E_OK;
}

int
manage_provisioning(struct manage *m, const char *gateway, int64_t until)
{
	if (until != 0 && until <= m->now)
		return fault_set(
		    &m->fault, E_INVALID, "until", "must lie in the future");
	return manage_change(m, &gateway_kind, gateway,
	    until != 0 ? "provisioning open" : "provisioning close", provisioning_edit,
	    &until, NULL);
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
	return manage_failed(m, err);
}

struct retry {
	struct arena *arena;
	uint64_t serial;
};

/* Of one roll-out; the outcome stays what it is until the gateway comes. */
static int
forget_offers(struct store_txn *ledger, uint64_t rollout, uint64_t gateway)
{
	struct rollout_offer offer;
	int err = rollout_offer_get(ledger, rollout, gateway, &offer);

	if (err != E_OK || offer.offers == 0)
		return err;
	offer.offers = 0;
	return rollout_offer_put(ledger, rollout, &offer);
}

static int
forget_all_offers(struct store_txn *ledger, uint64_t gateway)
{
	struct store_cursor *c;
	struct span k, v;
	uint8_t key[8] = {0};
	uint64_t rollout;
	int err = store_cursor_open(ledger, LEDGER_ROLLOUT, &c);

	if (err != E_OK)
		return err;
	while ((err = store_cursor_seek(c, span_of(key, 8), &k, &v)) == E_OK &&
	       k.len == 8) {
		rollout = wire_unkey64(k.data);
		if ((err = forget_offers(ledger, rollout, gateway)) != E_OK ||
		    rollout == UINT64_MAX)
			break;
		wire_key64(key, rollout + 1);
	}
	store_cursor_close(c);
	return err == E_NOTFOUND ? E_OK : err;
}

static int
forget_attempts(struct store_txn *ledger, void *arg)
{
	struct retry *r = arg;
	struct gateway_state state;
	int err = gateway_state_get(ledger, r->serial, r->arena, &state);

	if (err == E_OK)
		err = forget_all_offers(ledger, r->serial);
	if (err != E_OK || (state.pushes.count == 0 && state.firmware_offers == 0))
		return err;
	state.pushes.count = 0;
	state.firmware_offers = 0;
	return gateway_state_put(ledger, &state);
}

/* What was seen of it must not say until its next poll that it is sent nothing any more. A
 * poll between the two calls is lost, which the next one mends. */
static void
forget_stopped(struct slots *sightings, uint64_t serial)
{
	struct sighting s;

	if (sighting_get(sightings, serial, &s) && s.stopped) {
		s.stopped = 0;
		slots_put(sightings, serial, &s);
	}
}

int
manage_gateway_retry(struct manage *m, const char *id)
{
	struct gateway g;
	struct retry r;
	int err = manage_get(m, &gateway_kind, id, &g);

	if (err != E_OK || (err = manage_alive(m, &g)) != E_OK)
		return err;
	r = (struct retry){m->arena, g.serial};
	err = store_update(m->data->ledger, m->wait_ms, forget_attempts, &r);
	if (err == E_OK)
		forget_stopped(m->data->sightings, g.serial);
	return manage_failed(m, err);
}
