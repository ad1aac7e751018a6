#include "manage/activation.h"

#include "base/clock.h"
#include "base/wire.h"

#define HOOK_MEMORY (4 << 20)

/* ---- windows ----------------------------------------------------------------------------- */

void
activation_open_window(struct gateway *g, int64_t now, int64_t from, int64_t until)
{
	uint64_t name = g->activation_window + 1;

	g->activation_window = name > (uint64_t)now ? name : (uint64_t)now;
	g->activation_closed = false;
	g->activation_from = from;
	g->activation_until = until;
}

static int
check_marked(struct manage *m, const struct gateway *g)
{
	int err = manage_alive(m, g);

	if (err != E_OK)
		return err;
	if (!g->kickstarter)
		return fault_set(&m->fault, E_STATE, "kickstarter",
		    "%s is not marked as a Kickstarter: `gatehouse gateway set %s "
		    "kickstarter=true`",
		    g->gateway_id, g->gateway_id);
	return E_OK;
}

/* Can the device still come with it? */
static bool
is_valid(const struct key *k, int64_t now)
{
	return k != NULL && k->revoked_at == 0 &&
	       (k->expires_at == 0 || k->expires_at > now) &&
	       (k->rights & (RIGHT_INFO | RIGHT_ALL)) != 0;
}

struct ends {
	struct manage *m;
	struct store_txn *txn;
	int64_t first; /* 0: none ends by itself */
};

static int
see_end(void *arg, uint64_t serial)
{
	struct ends *e = arg;
	struct key key;
	int err = registry_get(e->txn, &key_kind, serial, e->m->arena, &key);

	if (err == E_OK && is_valid(&key, e->m->now) && key.expires_at != 0 &&
	    (e->first == 0 || key.expires_at < e->first))
		e->first = key.expires_at;
	return err;
}

/* When the first of the gateway's keys ends by itself. */
static int
first_end(struct manage *m, struct store_txn *txn, uint64_t gateway, int64_t *first)
{
	struct ends ends = {m, txn, 0};
	uint8_t key[8];
	int err;

	wire_key64(key, gateway);
	err = registry_list_by(
	    txn, &key_kind, KEY_GATEWAY, span_of(key, 8), 0, see_end, &ends);
	*first = ends.first;
	return err;
}

/* A window from now on, which a key that ends by itself does not find shut. */
static void
open_for_now(struct gateway *g, int64_t now, int64_t until, int64_t first)
{
	if (first == 0)
		activation_open_window(g, now, 0, until);
	else if (until != 0 && first > until)
		activation_open_window(g, now, first, until);
	else
		activation_open_window(g, now, 0, 0);
}

static int
open_edit(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	struct gateway *g = record;
	int64_t until = *(int64_t *)arg, first;
	char when[CLOCK_TEXT];
	int err = check_marked(m, g);

	if (err != E_OK)
		return err;
	if (until != 0 && until <= m->now)
		return fault_set(&m->fault, E_INVALID, "until", "is over already");
	if ((err = first_end(m, txn, g->serial, &first)) != E_OK)
		return err;
	if (until != 0 && first != 0) {
		clock_format(first, when);
		manage_say_later(m,
		    "a key of the Kickstarter %s ends at %s: the window %s then, until "
		    "it is used",
		    g->gateway_id, when, first > until ? "opens again" : "stays open");
	}
	open_for_now(g, m->now, until, first);
	return E_OK;
}

int
activation_open(struct manage *m, const char *id, int64_t until)
{
	return manage_change(
	    m, &gateway_kind, id, "activation open", open_edit, &until, NULL);
}

static int
close_edit(struct manage *m, struct store_txn *txn, void *record, void *arg)
{
	struct gateway *g = record;
	int err = check_marked(m, g);

	(void)txn;
	(void)arg;
	g->activation_closed = true;
	return err;
}

int
activation_close(struct manage *m, const char *id)
{
	return manage_change(
	    m, &gateway_kind, id, "activation close", close_edit, NULL, NULL);
}

/* ---- status -------------------------------------------------------------------------------- */

static int
load_key(struct manage *m, struct store_txn *txn, uint64_t serial, struct key *key,
    bool *there)
{
	int err = serial != 0 ? registry_get(txn, &key_kind, serial, m->arena, key)
			      : E_NOTFOUND;

	*there = err == E_OK;
	return err == E_NOTFOUND ? E_OK : err;
}

static int
load_keys(struct manage *m, struct activation_status *s)
{
	struct store_txn *txn;
	int err = store_read_begin(m->data->registry, &txn);

	if (err != E_OK)
		return err;
	err = load_key(m, txn, s->gateway.target_cups_key, &s->key, &s->has_key);
	if (err == E_OK)
		err = load_key(
		    m, txn, s->state.activated_key, &s->handed, &s->has_handed);
	store_read_end(txn);
	return err;
}

int
activation_status(struct manage *m, const char *id, struct activation_status *s)
{
	struct kick_activation_inputs in = {.now = m->now};
	struct sighting seen;
	int err = manage_get(m, &gateway_kind, id, &s->gateway);

	s->has_key = s->has_handed = s->came = false;
	if (err == E_OK)
		err = manage_gateway_state(m, &s->gateway, &s->state);
	if (err == E_OK)
		err = load_keys(m, s);
	if (err != E_OK)
		return manage_failed(m, err);
	in.gateway = s->gateway.deleted_at == 0 ? &s->gateway : NULL;
	in.state = &s->state;
	in.key = s->has_key ? &s->key : NULL;
	in.handed = s->has_handed ? &s->handed : NULL;
	kick_activation_decide(&in, &s->decision);
	s->came = sighting_get(m->data->sightings, s->gateway.serial, &seen) &&
		  seen.seen_at[0] >= s->state.activated_at;
	return E_OK;
}

int
activation_show_key(
    struct manage *m, const struct activation_status *s, struct span *key)
{
	switch (s->decision.source) {
	case KICK_GIVES_LNS_KEY:
		return kick_open_lns_key(
		    m->data, &s->gateway, m->arena, key, &m->fault);
	case KICK_GIVES_API_KEY:
		return kick_open_api_key(m->data, &s->key, m->arena, key, &m->fault);
	default:
		return fault_set(
		    &m->fault, E_NOTFOUND, NULL, "it is made when it is handed out");
	}
}

/* ---- keys ----------------------------------------------------------------------------------- */

/* When a key that was good ends; 0: not by this change. */
static int64_t
end_of(const struct key *before, const struct key *after, int64_t now)
{
	if (before != NULL && !is_valid(before, now))
		return 0;
	if (!is_valid(after, now) ||
	    (before != NULL && after->gateway != before->gateway))
		return before != NULL ? now : 0;
	if (after->expires_at != 0 &&
	    (before == NULL || after->expires_at != before->expires_at))
		return after->expires_at;
	return 0;
}

/* A window for a key that ends later: one that is open stays so, lest it be shut to a device
 * that has no key yet. */
static int
open_later(struct manage *m, struct store_txn *txn, const struct key *ending,
    int64_t end, struct gateway *g)
{
	struct gateway_state state;
	struct key handed;
	char when[CLOCK_TEXT];
	int64_t first = 0;
	bool there = false;
	int err = manage_gateway_state(m, g, &state);

	if (err == E_OK)
		err = load_key(m, txn, state.activated_key, &handed, &there);
	if (err == E_OK)
		err = first_end(m, txn, g->serial, &first);
	if (err != E_OK)
		return err;
	if (kick_window_of(g, &state, there ? &handed : NULL, m->now) == WINDOW_OPEN)
		open_for_now(g, m->now,
		    g->activation_until > m->now ? g->activation_until : 0, first);
	else
		activation_open_window(g, m->now, first, 0);
	clock_format(end, when);
	manage_say_later(m,
	    "key %s of the Kickstarter %s ends at %s: a device that has it is refused "
	    "then, drops it and activates anew; the window for that %s",
	    ending->key_id, g->gateway_id, when,
	    g->activation_from == 0 ? "is open until it is used" : "opens by itself");
	return E_OK;
}

int
activation_key_changed(struct manage *m, struct store_txn *txn,
    const struct key *before, const struct key *after)
{
	const struct key *key = before != NULL ? before : after;
	int64_t end = end_of(before, after, m->now);
	struct gateway g, opened;
	int err;

	if (end == 0 || key->gateway == 0)
		return E_OK;
	err = registry_get(txn, &gateway_kind, key->gateway, m->arena, &g);
	if (err != E_OK)
		return err == E_NOTFOUND ? E_OK : err;
	if (!g.kickstarter || g.deleted_at != 0)
		return E_OK;
	opened = g;
	if (end > m->now) {
		err = open_later(m, txn, key, end, &opened);
	} else {
		activation_open_window(&opened, m->now, 0, 0);
		manage_say_later(m,
		    "key %s of the Kickstarter %s has ended: a device that has it is "
		    "refused, drops it and activates anew; the window for that is open "
		    "until it is used (`gatehouse gateway activation close %s` ends "
		    "that)",
		    key->key_id, g.gateway_id, g.gateway_id);
	}
	return err == E_OK ? manage_put_in(
				 m, txn, &gateway_kind, &g, &opened, "activation open")
			   : err;
}

struct rotation {
	const char *gateway;
	struct key_made *made;
	uint64_t *others;
	size_t count, room;
};

static int
collect_other(void *arg, uint64_t serial)
{
	struct rotation *r = arg;

	if (r->count < r->room)
		r->others[r->count] = serial;
	r->count++;
	return E_OK;
}

/* The serials of all keys of the gateway: first counted, then kept. */
static int
collect_keys(
    struct manage *m, struct store_txn *txn, uint64_t gateway, struct rotation *r)
{
	uint8_t key[8];
	int err;

	wire_key64(key, gateway);
	r->room = r->count = 0;
	err = registry_list_by(
	    txn, &key_kind, KEY_GATEWAY, span_of(key, 8), 0, collect_other, r);
	if (err != E_OK)
		return err;
	r->others = arena_zalloc(m->arena, r->count + 1, sizeof *r->others);
	if (r->others == NULL)
		return E_NOMEM;
	r->room = r->count;
	r->count = 0;
	return registry_list_by(
	    txn, &key_kind, KEY_GATEWAY, span_of(key, 8), 0, collect_other, r);
}

/* Keys that nobody could hand out are somebody else's: programs keep theirs. */
static int
end_other(struct manage *m, struct store_txn *txn, uint64_t serial)
{
	struct key before, after;
	int err = registry_get(txn, &key_kind, serial, m->arena, &before);

	if (err != E_OK || before.generation == 0 || before.revoked_at != 0)
		return err;
	after = before;
	after.revoked_at = m->now;
	return manage_put_in(m, txn, &key_kind, &before, &after, "revoke");
}

static int
rotate_in(struct manage *m, struct store_txn *txn, void *arg)
{
	struct rotation *r = arg;
	struct key_request request = {.gateway = r->gateway,
	    .name = "rotated",
	    .rights = RIGHTS_DEVICE,
	    .cups = true};
	struct gateway before, after;
	int err = manage_find_in(m, txn, &gateway_kind, r->gateway, &before);

	if (err == E_OK)
		err = collect_keys(m, txn, before.serial, r);
	if (err == E_OK)
		err = manage_key_create_in(m, txn, &request, r->made);
	for (size_t i = 0; err == E_OK && i < r->count; i++)
		err = end_other(m, txn, r->others[i]);
	if (err == E_OK)
		err = manage_find_in(m, txn, &gateway_kind, r->gateway, &before);
	if (err != E_OK)
		return err;
	after = before;
	activation_open_window(&after, m->now, 0, 0);
	if (after.lns_secret.sealed.len > 0)
		manage_say_later(m,
		    "the Kickstarter %s is handed its LNS key when it activates; to "
		    "change that one, set lbs_lns_secret.value",
		    after.gateway_id);
	else
		manage_say_later(m,
		    "the Kickstarter %s is handed the new key when it activates; it is "
		    "its password at the network server too, which must know it",
		    after.gateway_id);
	return manage_put_in(m, txn, &gateway_kind, &before, &after, "activation open");
}

int
activation_rotate(struct manage *m, const char *gateway, struct key_made *made)
{
	struct rotation r = {.gateway = gateway, .made = made};

	return manage_update(m, rotate_in, &r);
}

/* ---- the hook -------------------------------------------------------------------------------- */

/* Another process may have been faster: then its key is the one. */
static int
make_key_in(struct manage *m, struct store_txn *txn, void *arg)
{
	const struct gateway *known = arg;
	struct key_request request = {.gateway = known->gateway_id,
	    .name = "activation",
	    .rights = RIGHTS_DEVICE,
	    .cups = true};
	struct key_made made = {0};
	struct gateway g;
	struct key key;
	int err = registry_get(txn, &gateway_kind, known->serial, m->arena, &g);

	if (err != E_OK)
		return err;
	if (g.target_cups_key != 0) {
		err = registry_get(txn, &key_kind, g.target_cups_key, m->arena, &key);
		if (err == E_OK && kick_key_usable(&key, &g, m->now))
			return E_OK;
		if (err != E_OK && err != E_NOTFOUND)
			return err;
	}
	return manage_key_create_in(m, txn, &request, &made);
}

int
activation_key(void *arg, const struct gateway *gateway, struct fault *fault)
{
	const struct activation_policy *policy = arg;
	struct arena arena;
	struct manage m = {.data = policy->data,
	    .arena = &arena,
	    .actor = "kickstarter.fcgi",
	    .now = clock_now(),
	    .wait_ms = policy->wait_ms};
	struct gateway known = *gateway;
	int err;

	arena_init(&arena, HOOK_MEMORY);
	err = manage_update(&m, make_key_in, &known);
	if (err != E_OK)
		*fault = m.fault;
	arena_clear(&arena);
	return err;
}
