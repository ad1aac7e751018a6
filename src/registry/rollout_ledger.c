/* How far roll-outs are: the ledger's rows of them, of their offers and of downloads. */
#include "registry/rollout.h"

#include "base/crc.h"
#include "base/wire.h"
#include "registry/ledger.h"
#include "registry/registry.h"
#include "registry/tables.h"

/* ---- the state of a roll-out --------------------------------------------------------------- */

#define AT(member) .offset = offsetof(struct rollout_state, member)

static const char *const statuses[] = {
    "draft", "running", "paused", "aborted", "finished", NULL};

static const struct field fields[] = {
    {1, "status", FIELD_ENUM, 0, AT(status), .words = statuses},
    {2, "why", FIELD_TEXT, 0, AT(why)},
    {3, "percentage", FIELD_DOUBLE, 0, AT(percentage)},
    {4, "step", FIELD_UINT, 0, AT(step)},
    {5, "step_at", FIELD_TIME, 0, AT(step_at)},
    {6, "started_at", FIELD_TIME, 0, AT(started_at)},
    {7, "changed_at", FIELD_TIME, 0, AT(changed_at)},
    {8, "offered", FIELD_UINT, 0, AT(offered)},
    {9, "updated", FIELD_UINT, 0, AT(updated)},
    {10, "failed", FIELD_UINT, 0, AT(failed)},
    {11, "silent", FIELD_UINT, 0, AT(silent)},
    {12, "forgiven", FIELD_UINT, 0, AT(forgiven)},
    {13, "forgiven_offered", FIELD_UINT, 0, AT(forgiven_offered)},
    {14, "noted_status", FIELD_ENUM, 0, AT(noted_status), .words = statuses},
    {15, "noted_percentage", FIELD_DOUBLE, 0, AT(noted_percentage)},
    {0},
};

#undef AT

const struct record_kind rollout_state_kind = {.name = "rollout state",
    .table = LEDGER_ROLLOUT,
    .size = sizeof(struct rollout_state),
    .fields = fields,
    .unknown = offsetof(struct rollout_state, unknown)};

int
rollout_state_get(struct store_txn *ledger, uint64_t rollout, struct arena *arena,
    struct rollout_state *state)
{
	return ledger_get(ledger, &rollout_state_kind, rollout, arena, state);
}

int
rollout_state_put(struct store_txn *ledger, const struct rollout_state *state)
{
	return ledger_put(ledger, &rollout_state_kind, state);
}

bool
rollout_state_equal(const struct rollout_state *a, const struct rollout_state *b)
{
	return ledger_equal(&rollout_state_kind, a, b);
}

struct under_way {
	struct store_txn *ledger;
	struct arena *arena;
	uint64_t *serials;
	size_t count, max;
};

/* Those that are over are over for good, and pile up with the years. */
static int
add_under_way(void *arg, uint64_t serial)
{
	struct under_way *u = arg;
	struct rollout_state state;
	int err = rollout_state_get(u->ledger, serial, u->arena, &state);

	if (err != E_OK || state.status == ROLLOUT_ABORTED ||
	    state.status == ROLLOUT_FINISHED)
		return err;
	if (u->count < u->max)
		u->count++;
	memmove(u->serials + 1, u->serials, (u->count - 1) * sizeof *u->serials);
	u->serials[0] = serial;
	return E_OK;
}

int
rollouts_under_way(struct store_txn *registry, struct store_txn *ledger,
    uint64_t channel, struct arena *arena, uint64_t *serials, size_t max, size_t *count)
{
	struct under_way u = {ledger, arena, serials, 0, max};
	uint8_t key[8];
	int err;

	wire_key64(key, channel);
	err = registry_list_by(registry, &rollout_kind, ROLLOUT_CHANNEL,
	    span_of(key, sizeof key), 0, add_under_way, &u);
	*count = u.count;
	return err;
}

/* ---- offers ---------------------------------------------------------------------------------- */

/*
 *	version		u8	1
 *	outcome		u8
 *	offers		u32le
 *	offered_at	u64le
 *	outcome_at	u64le
 *	checksum	u32le	CRC-32 over the key and what stands before
 */
#define OFFER_VERSION 1
#define OFFER_SIZE 26

static void
key_of_two(uint8_t key[16], uint64_t first, uint64_t second)
{
	wire_key64(key, first);
	wire_key64(key + 8, second);
}

static void
waiting_key(uint8_t key[24], uint64_t rollout, int64_t offered_at, uint64_t gateway)
{
	wire_key64(key, rollout);
	wire_key64(key + 8, offered_at > 0 ? (uint64_t)offered_at : 0);
	wire_key64(key + 16, gateway);
}

static uint32_t
offer_checksum(const uint8_t key[16], struct span bytes)
{
	return crc32_more(crc32_of(span_of(key, 16)), bytes);
}

static int
offer_decode(const uint8_t key[16], struct span stored, struct rollout_offer *offer)
{
	struct wire_in in;

	if (stored.len > 0 && stored.data[0] > OFFER_VERSION)
		return E_VERSION;
	if (stored.len != OFFER_SIZE)
		return E_CORRUPT;
	wire_in_init(&in, stored);
	wire_get_u8(&in);
	offer->serial = wire_unkey64(key + 8);
	offer->outcome = wire_get_u8(&in);
	offer->offers = wire_get_u32le(&in);
	offer->offered_at = (int64_t)wire_get_u64le(&in);
	offer->outcome_at = (int64_t)wire_get_u64le(&in);
	stored.len -= 4;
	if (wire_get_u32le(&in) != offer_checksum(key, stored) ||
	    offer->outcome > OUTCOME_SILENT)
		return E_CORRUPT;
	return E_OK;
}

int
rollout_offer_get(struct store_txn *ledger, uint64_t rollout, uint64_t gateway,
    struct rollout_offer *offer)
{
	struct span stored;
	uint8_t key[16];
	int err;

	key_of_two(key, rollout, gateway);
	*offer = (struct rollout_offer){.serial = gateway};
	err = store_get(ledger, LEDGER_OFFER, span_of(key, 16), &stored);
	if (err == E_NOTFOUND)
		return E_OK;
	return err == E_OK ? offer_decode(key, stored, offer) : err;
}

/* The waiting row of what is there now goes, that of what comes is made. */
static int
move_waiting(struct store_txn *ledger, uint64_t rollout,
    const struct rollout_offer *old, const struct rollout_offer *offer)
{
	uint8_t key[24];
	int err = E_OK;

	if (old->outcome == OUTCOME_OFFERED) {
		waiting_key(key, rollout, old->offered_at, old->serial);
		err = store_del(ledger, LEDGER_WAITING, span_of(key, 24));
		if (err == E_NOTFOUND)
			err = E_OK;
	}
	if (err != E_OK || offer->outcome != OUTCOME_OFFERED)
		return err;
	waiting_key(key, rollout, offer->offered_at, offer->serial);
	return store_put(ledger, LEDGER_WAITING, span_of(key, 24), span_of("", 0));
}

int
rollout_offer_put(
    struct store_txn *ledger, uint64_t rollout, const struct rollout_offer *offer)
{
	struct rollout_offer old;
	struct strbuf bytes;
	uint8_t key[16];
	int err = rollout_offer_get(ledger, rollout, offer->serial, &old);

	if (err == E_OK)
		err = move_waiting(ledger, rollout, &old, offer);
	if (err != E_OK)
		return err;
	key_of_two(key, rollout, offer->serial);
	strbuf_init(&bytes, OFFER_SIZE);
	wire_put_u8(&bytes, OFFER_VERSION);
	wire_put_u8(&bytes, (uint8_t)offer->outcome);
	wire_put_u32le(
	    &bytes, offer->offers < UINT32_MAX ? (uint32_t)offer->offers : UINT32_MAX);
	wire_put_u64le(&bytes, (uint64_t)offer->offered_at);
	wire_put_u64le(&bytes, (uint64_t)offer->outcome_at);
	wire_put_u32le(&bytes, offer_checksum(key, strbuf_span(&bytes)));
	err = bytes.err;
	if (err == E_OK)
		err = store_put(
		    ledger, LEDGER_OFFER, span_of(key, 16), strbuf_span(&bytes));
	strbuf_clear(&bytes);
	return err;
}

/* Is it a key of this length of this roll-out? */
static bool
belongs(struct span k, size_t len, uint64_t rollout)
{
	return k.len == len && wire_unkey64(k.data) == rollout;
}

int
rollout_offers(struct store_txn *ledger, uint64_t rollout, uint64_t after,
    rollout_offer_fn *fn, void *arg)
{
	struct store_cursor *c;
	struct rollout_offer offer;
	struct span k, v;
	uint8_t key[16];
	int err = store_cursor_open(ledger, LEDGER_OFFER, &c);

	if (err != E_OK)
		return err;
	if (after == UINT64_MAX) {
		store_cursor_close(c);
		return E_OK;
	}
	key_of_two(key, rollout, after + 1);
	err = store_cursor_seek(c, span_of(key, 16), &k, &v);
	while (err == E_OK && belongs(k, 16, rollout)) {
		err = offer_decode(k.data, v, &offer);
		if (err == E_OK)
			err = fn(arg, &offer);
		if (err == E_OK)
			err = store_cursor_next(c, &k, &v);
	}
	store_cursor_close(c);
	return err == E_NOTFOUND ? E_OK : err;
}

int
rollout_waiting(struct store_txn *ledger, uint64_t rollout, int64_t before,
    uint64_t *gateways, size_t max, size_t *count)
{
	struct store_cursor *c;
	struct span k, v;
	uint8_t key[24];
	int err = store_cursor_open(ledger, LEDGER_WAITING, &c);

	*count = 0;
	if (err != E_OK)
		return err;
	waiting_key(key, rollout, 0, 0);
	err = store_cursor_seek(c, span_of(key, 24), &k, &v);
	while (err == E_OK && belongs(k, 24, rollout) && *count < max && before > 0 &&
	       wire_unkey64(k.data + 8) < (uint64_t)before) {
		gateways[(*count)++] = wire_unkey64(k.data + 16);
		err = store_cursor_next(c, &k, &v);
	}
	store_cursor_close(c);
	return err == E_NOTFOUND ? E_OK : err;
}

/* Removes the keys of a roll-out from a table as long as there is `*left`. */
static int
forget_keys(struct store_txn *ledger, unsigned table, size_t len, uint64_t rollout,
    size_t *left)
{
	uint8_t key[24] = {0}, found[24];
	struct store_cursor *c;
	struct span k, v;
	int err = store_cursor_open(ledger, table, &c);

	if (err != E_OK)
		return err;
	wire_key64(key, rollout);
	while (*left > 0 &&
	       (err = store_cursor_seek(c, span_of(key, len), &k, &v)) == E_OK &&
	       belongs(k, len, rollout)) {
		memcpy(found, k.data, len);
		if ((err = store_del(ledger, table, span_of(found, len))) != E_OK)
			break;
		--*left;
	}
	store_cursor_close(c);
	return err == E_NOTFOUND ? E_OK : err;
}

/* Leases stay: who is downloading goes on, and they end by themselves. */
int
rollout_forget(struct store_txn *ledger, uint64_t rollout, size_t max, bool *more)
{
	size_t left = max;
	uint8_t key[8];
	int err = forget_keys(ledger, LEDGER_WAITING, 24, rollout, &left);

	if (err == E_OK)
		err = forget_keys(ledger, LEDGER_OFFER, 16, rollout, &left);
	*more = left == 0;
	if (err != E_OK || *more)
		return err;
	wire_key64(key, rollout);
	err = store_del(ledger, LEDGER_ROLLOUT, span_of(key, 8));
	return err == E_NOTFOUND ? E_OK : err;
}

/* ---- leases -------------------------------------------------------------------------------- */

/* What the clock may be off by between two programs. */
#define LEASE_SLACK 60

struct lease {
	uint64_t until, gateway, rollout;
	int64_t taken_at;
};

static bool
lease_decode(struct span k, struct span v, struct lease *lease)
{
	if (k.len != 16 || v.len != 16)
		return false;
	lease->until = wire_unkey64(k.data);
	lease->gateway = wire_unkey64(k.data + 8);
	lease->rollout = wire_unkey64(v.data);
	lease->taken_at = (int64_t)wire_unkey64(v.data + 8);
	return true;
}

/* One that was taken in what is now the future ended when the clock was set back. */
static bool
lease_holds(const struct lease *lease, int64_t now)
{
	return (int64_t)lease->until > now && lease->taken_at <= now + LEASE_SLACK;
}

int
lease_count(struct store_txn *ledger, uint64_t gateway, uint64_t rollout, int64_t now,
    struct lease_count *count)
{
	struct store_cursor *c;
	struct lease lease;
	struct span k, v;
	uint8_t key[16];
	int err = store_cursor_open(ledger, LEDGER_LEASE, &c);

	*count = (struct lease_count){0};
	if (err != E_OK)
		return err;
	key_of_two(key, now > 0 ? (uint64_t)now : 0, 0);
	err = store_cursor_seek(c, span_of(key, 16), &k, &v);
	while (err == E_OK) {
		if (lease_decode(k, v, &lease) && lease.gateway != gateway &&
		    lease_holds(&lease, now)) {
			count->all++;
			count->of_rollout += lease.rollout == rollout;
		}
		err = store_cursor_next(c, &k, &v);
	}
	store_cursor_close(c);
	return err == E_NOTFOUND ? E_OK : err;
}

/* The next one from `key` on that has ended or is the gateway's own. E_NOTFOUND. */
static int
next_old_lease(struct store_cursor *c, uint64_t gateway, int64_t now, uint8_t key[16])
{
	struct lease lease;
	struct span k, v;
	int err = store_cursor_seek(c, span_of(key, 16), &k, &v);

	for (; err == E_OK; err = store_cursor_next(c, &k, &v))
		if (k.len == 16 &&
		    (!lease_decode(k, v, &lease) || lease.gateway == gateway ||
			!lease_holds(&lease, now))) {
			memcpy(key, k.data, 16);
			return E_OK;
		}
	return err;
}

int
lease_take(struct store_txn *ledger, uint64_t gateway, uint64_t rollout, int64_t until,
    int64_t now)
{
	uint8_t key[16] = {0}, value[16];
	struct store_cursor *c;
	int err = store_cursor_open(ledger, LEDGER_LEASE, &c);

	if (err != E_OK)
		return err;
	while ((err = next_old_lease(c, gateway, now, key)) == E_OK)
		if ((err = store_del(ledger, LEDGER_LEASE, span_of(key, 16))) != E_OK)
			break;
	store_cursor_close(c);
	if (err != E_NOTFOUND)
		return err;
	key_of_two(key, until > 0 ? (uint64_t)until : 0, gateway);
	key_of_two(value, rollout, now > 0 ? (uint64_t)now : 0);
	return store_put(ledger, LEDGER_LEASE, span_of(key, 16), span_of(value, 16));
}
