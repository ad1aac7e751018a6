/* The ledger's rows of roll-outs; each test on LMDB and in memory. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>

#include "base/wire.h"
#include "registry/rollout.h"

#define ROLLOUT 7
#define OTHER 8

/* ---- changes ------------------------------------------------------------------------------ */

static int
put_offer_in(struct store_txn *ledger, void *arg)
{
	return rollout_offer_put(ledger, ROLLOUT, arg);
}

static void
put_offer(struct fixture *f, uint64_t gateway, int outcome, int64_t offered_at)
{
	struct rollout_offer offer = {.serial = gateway,
	    .outcome = outcome,
	    .offers = 2,
	    .offered_at = offered_at,
	    .outcome_at = offered_at + 5};

	done(f, store_update(f->data.ledger, 1000, put_offer_in, &offer));
}

struct lease {
	uint64_t gateway, rollout;
	int64_t until, now;
};

static int
take_in(struct store_txn *ledger, void *arg)
{
	struct lease *l = arg;

	return lease_take(ledger, l->gateway, l->rollout, l->until, l->now);
}

static void
take(struct fixture *f, uint64_t gateway, uint64_t rollout, int64_t until, int64_t now)
{
	struct lease l = {gateway, rollout, until, now};

	done(f, store_update(f->data.ledger, 1000, take_in, &l));
}

/* ---- looks --------------------------------------------------------------------------------- */

static struct store_txn *
look(struct fixture *f)
{
	struct store_txn *txn;

	done(f, store_read_begin(f->data.ledger, &txn));
	return txn;
}

static uint64_t
rows(struct fixture *f, unsigned table)
{
	struct store_txn *txn = look(f);
	uint64_t n;

	done(f, store_count(txn, table, &n));
	store_read_end(txn);
	return n;
}

static void
assert_leases(
    struct fixture *f, uint64_t gateway, int64_t now, uint64_t all, uint64_t of_rollout)
{
	struct store_txn *txn = look(f);
	struct lease_count n;

	done(f, lease_count(txn, gateway, ROLLOUT, now, &n));
	store_read_end(txn);
	assert_int_equal(n.all, all);
	assert_int_equal(n.of_rollout, of_rollout);
}

/* The gateways that wait since before then, as "3 5 ". */
static void
assert_waiting(struct fixture *f, int64_t before, size_t max, const char *want)
{
	struct store_txn *txn = look(f);
	uint64_t gateways[8];
	char text[100] = "";
	size_t count, len = 0;

	assert_true(max <= COUNT(gateways));
	done(f, rollout_waiting(txn, ROLLOUT, before, gateways, max, &count));
	store_read_end(txn);
	for (size_t i = 0; i < count; i++)
		len += (size_t)snprintf(text + len, sizeof text - len, "%llu ",
		    (unsigned long long)gateways[i]);
	assert_string_equal(text, want);
}

/* ---- tests --------------------------------------------------------------------------------- */

static int
put_state_in(struct store_txn *ledger, void *arg)
{
	return rollout_state_put(ledger, arg);
}

static void
state_is_kept(void **state)
{
	struct fixture *f = *state;
	struct rollout_state s, again, zero;
	struct store_txn *txn = look(f);

	done(f, rollout_state_get(txn, ROLLOUT, &f->arena, &zero));
	store_read_end(txn);
	assert_int_equal(zero.serial, ROLLOUT);
	assert_int_equal(zero.status, ROLLOUT_DRAFT);
	assert_string_equal(zero.why, "");
	s = zero;
	s.status = ROLLOUT_PAUSED;
	s.why = "by hand";
	s.percentage = 12.5;
	s.step = 2;
	s.step_at = NOW;
	s.started_at = NOW - DAY;
	s.changed_at = NOW + 1;
	s.offered = 1;
	s.updated = 2;
	s.failed = 3;
	s.silent = 4;
	s.forgiven = 5;
	s.forgiven_offered = 6;
	done(f, store_update(f->data.ledger, 1000, put_state_in, &s));
	txn = look(f);
	done(f, rollout_state_get(txn, ROLLOUT, &f->arena, &again));
	store_read_end(txn);
	assert_true(rollout_state_equal(&s, &again));
	assert_false(rollout_state_equal(&s, &zero));
	again.forgiven_offered++;
	assert_false(rollout_state_equal(&s, &again));
	again = s;
	again.serial++;
	assert_false(rollout_state_equal(&s, &again));
}

static void
offers_are_kept(void **state)
{
	struct fixture *f = *state;
	struct rollout_offer offer;
	struct store_txn *txn;

	put_offer(f, 5, OUTCOME_FAILED, NOW);
	txn = look(f);
	done(f, rollout_offer_get(txn, ROLLOUT, 5, &offer));
	assert_int_equal(offer.serial, 5);
	assert_int_equal(offer.outcome, OUTCOME_FAILED);
	assert_int_equal(offer.offers, 2);
	assert_int_equal(offer.offered_at, NOW);
	assert_int_equal(offer.outcome_at, NOW + 5);
	done(f, rollout_offer_get(txn, OTHER, 5, &offer));
	assert_int_equal(offer.serial, 5);
	assert_int_equal(offer.outcome, OUTCOME_NONE);
	assert_int_equal(offer.offers, 0);
	store_read_end(txn);
}

static int
damage_in(struct store_txn *ledger, void *arg)
{
	uint8_t key[16], bytes[26];
	struct span stored;
	int err;

	wire_key64(key, ROLLOUT);
	wire_key64(key + 8, 5);
	err = store_get(ledger, LEDGER_OFFER, span_of(key, 16), &stored);
	if (err != E_OK || stored.len != sizeof bytes)
		return err != E_OK ? err : E_INTERNAL;
	memcpy(bytes, stored.data, sizeof bytes);
	bytes[*(size_t *)arg] ^= 2;
	return store_put(
	    ledger, LEDGER_OFFER, span_of(key, 16), span_of(bytes, sizeof bytes));
}

static void
damaged_offers_are_seen(void **state)
{
	struct fixture *f = *state;
	struct rollout_offer offer;
	struct store_txn *txn;

	for (size_t at = 0; at < 26; at++) {
		put_offer(f, 5, OUTCOME_FAILED, NOW);
		done(f, store_update(f->data.ledger, 1000, damage_in, &at));
		txn = look(f);
		assert_int_equal(rollout_offer_get(txn, ROLLOUT, 5, &offer),
		    at == 0 ? E_VERSION : E_CORRUPT);
		store_read_end(txn);
		/* Another one may not be written over what nobody understands. */
		offer = (struct rollout_offer){.serial = 5};
		assert_int_not_equal(
		    store_update(f->data.ledger, 1000, put_offer_in, &offer), E_OK);
		done(f, store_update(f->data.ledger, 1000, damage_in, &at));
	}
}

static void
waiting_follows_the_outcome(void **state)
{
	struct fixture *f = *state;

	put_offer(f, 9, OUTCOME_OFFERED, NOW);
	put_offer(f, 3, OUTCOME_OFFERED, NOW + 10);
	put_offer(f, 5, OUTCOME_OFFERED, NOW - 10);
	put_offer(f, 6, OUTCOME_FAILED, NOW - 20);
	assert_waiting(f, NOW + 11, 8, "5 9 3 ");
	assert_waiting(f, NOW + 10, 8, "5 9 ");
	assert_waiting(f, NOW + 11, 2, "5 9 ");
	assert_waiting(f, NOW - 10, 8, "");
	put_offer(f, 5, OUTCOME_OFFERED, NOW + 20);
	put_offer(f, 9, OUTCOME_UPDATED, NOW);
	assert_waiting(f, NOW + 100, 8, "3 5 ");
	assert_int_equal(rows(f, LEDGER_WAITING), 2);
	put_offer(f, 9, OUTCOME_OFFERED, NOW);
	assert_waiting(f, NOW + 100, 8, "9 3 5 ");
	put_offer(f, 3, OUTCOME_SILENT, NOW);
	put_offer(f, 5, OUTCOME_FAILED, NOW);
	put_offer(f, 9, OUTCOME_SILENT, NOW);
	assert_int_equal(rows(f, LEDGER_WAITING), 0);
}

struct listing {
	char text[100];
	size_t len;
	uint64_t stop;
};

static int
list_one(void *arg, const struct rollout_offer *offer)
{
	struct listing *l = arg;

	l->len += (size_t)snprintf(l->text + l->len, sizeof l->text - l->len,
	    "%llu:%d ", (unsigned long long)offer->serial, offer->outcome);
	return offer->serial == l->stop ? E_STATE : E_OK;
}

static int
put_other_in(struct store_txn *ledger, void *arg)
{
	struct rollout_offer offer = {.serial = 1, .outcome = OUTCOME_OFFERED};
	struct rollout_state s;
	int err;

	(void)arg;
	record_init(&rollout_state_kind, &s);
	s.serial = OTHER;
	err = rollout_state_put(ledger, &s);
	return err == E_OK ? rollout_offer_put(ledger, OTHER, &offer) : err;
}

static void
offers_are_listed(void **state)
{
	struct fixture *f = *state;
	struct listing l = {.stop = 0};
	struct store_txn *txn;

	put_offer(f, 9, OUTCOME_OFFERED, NOW);
	put_offer(f, 300, OUTCOME_FAILED, NOW);
	put_offer(f, 4, OUTCOME_SILENT, NOW);
	done(f, store_update(f->data.ledger, 1000, put_other_in, NULL));
	txn = look(f);
	done(f, rollout_offers(txn, ROLLOUT, 0, list_one, &l));
	assert_string_equal(l.text, "4:4 9:1 300:3 ");
	l = (struct listing){.stop = 9};
	assert_int_equal(rollout_offers(txn, ROLLOUT, 0, list_one, &l), E_STATE);
	assert_string_equal(l.text, "4:4 9:1 ");
	l = (struct listing){.stop = 0};
	done(f, rollout_offers(txn, ROLLOUT, 9, list_one, &l));
	assert_string_equal(l.text, "300:3 ");
	l = (struct listing){.stop = 0};
	done(f, rollout_offers(txn, ROLLOUT, UINT64_MAX, list_one, &l));
	done(f, rollout_offers(txn, ROLLOUT, 300, list_one, &l));
	assert_string_equal(l.text, "");
	store_read_end(txn);
}

struct forgetting {
	size_t max;
	bool more;
};

static int
forget_in(struct store_txn *ledger, void *arg)
{
	struct forgetting *g = arg;

	return rollout_forget(ledger, ROLLOUT, g->max, &g->more);
}

static void
one_is_forgotten_in_pieces(void **state)
{
	struct fixture *f = *state;
	struct forgetting g = {3, true};
	struct rollout_state s;
	int rounds = 0;

	for (uint64_t i = 1; i <= 5; i++)
		put_offer(f, i, i % 2 ? OUTCOME_OFFERED : OUTCOME_UPDATED, NOW);
	record_init(&rollout_state_kind, &s);
	s.serial = ROLLOUT;
	done(f, store_update(f->data.ledger, 1000, put_state_in, &s));
	done(f, store_update(f->data.ledger, 1000, put_other_in, NULL));
	while (g.more) {
		done(f, store_update(f->data.ledger, 1000, forget_in, &g));
		rounds++;
	}
	/* 3 of waiting, then 5 offers: the third round finds the rest. */
	assert_int_equal(rounds, 3);
	assert_int_equal(rows(f, LEDGER_OFFER), 1);
	assert_int_equal(rows(f, LEDGER_WAITING), 1);
	assert_int_equal(rows(f, LEDGER_ROLLOUT), 1);
}

static void
leases_are_counted_and_end(void **state)
{
	struct fixture *f = *state;

	assert_leases(f, 1, NOW, 0, 0);
	take(f, 1, ROLLOUT, NOW + 100, NOW);
	take(f, 2, OTHER, NOW + 50, NOW);
	take(f, 3, 0, NOW + 100, NOW);
	assert_leases(f, 9, NOW, 3, 1);
	assert_leases(f, 1, NOW, 2, 0);
	assert_leases(f, 9, NOW + 49, 3, 1);
	assert_leases(f, 9, NOW + 50, 2, 1);
	assert_leases(f, 9, NOW + 100, 0, 0);
	/* The own one is exchanged, what has ended is removed. */
	take(f, 1, ROLLOUT, NOW + 200, NOW + 60);
	assert_int_equal(rows(f, LEDGER_LEASE), 2);
	assert_leases(f, 9, NOW + 60, 2, 1);
	assert_leases(f, 9, NOW + 150, 1, 1);
	/* The clock is set back by a day: nobody is blocked by what was taken then. */
	assert_leases(f, 9, NOW - DAY, 0, 0);
	take(f, 4, ROLLOUT, NOW - DAY + 10, NOW - DAY);
	assert_int_equal(rows(f, LEDGER_LEASE), 1);
}

#define BOTH(name)                                                          \
	cmocka_unit_test_setup_teardown(name, fixture_memory, fixture_end), \
	    cmocka_unit_test_setup_teardown(name, fixture_disk, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    BOTH(state_is_kept),
	    BOTH(offers_are_kept),
	    BOTH(damaged_offers_are_seen),
	    BOTH(waiting_follows_the_outcome),
	    BOTH(offers_are_listed),
	    BOTH(one_is_forgotten_in_pieces),
	    BOTH(leases_are_counted_and_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
