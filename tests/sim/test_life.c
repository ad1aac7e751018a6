/*
 * Gateways over weeks of virtual time: from the factory through everything that operators
 * do to them. Whatever happens they must not get stuck, nor be sent one thing more often
 * than the limit, nor lose a key that they may still need.
 */
#include "tests/sim/life.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- tests ------------------------------------------------------------------------------------- */

static void
test_from_the_factory(void **state)
{
	struct scene *s = *state;
	struct gateway_state row;

	people(s, 1, true);
	run(s, DAY);
	all_fine(s);
	/* PEM files give another CRC than the blob: sent once. Then quiet. */
	assert_int_equal(s->stations[0].pushes, 1);
	run(s, 2 * DAY);
	assert_int_equal(s->stations[0].pushes, 1);
	assert_int_equal(state_of(s, "gw-0000", &row), 1);
	assert_int_equal(row.pushes.count, 0);
	assert_true(s->stations[0].polls <= 4);
}

/* One gateway through its whole life. */
static void
test_a_life(void **state)
{
	struct scene *s = *state;
	struct station *t;
	struct gateway_state row;
	struct file first;

	people(s, 1, false);
	t = &s->stations[0];
	first = t->cups[REGULAR].key;
	run(s, 2 * DAY);
	all_fine(s);

	/* A rotation takes a day or two; the old key is good until it is confirmed. */
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	assert_int_equal(state_of(s, "gw-0000", &row), 2);
	assert_int_equal(t->refused, 0);

	/* To a second address with another CA: URI and trust in one answer. */
	add_cups_host(s, "https://cups2.example:443", 'B');
	trust(s, "B", "cups2.example:443");
	set(s, &gateway_kind, "gw-0000", "target_cups_uri",
	    "https://cups2.example:443");
	run(s, 3 * DAY);
	assert_string_equal(t->cups[REGULAR].uri, "https://cups2.example:443");
	assert_int_equal(t->refused, 0);
	s->world.cups[0].down = true;
	run(s, 3 * DAY);
	assert_int_equal(t->refused, 0);

	/* To another network server. */
	add_lns_host(s, "wss://lns2.example:443", 'M',
	    "Authorization: Bearer lns-key-of-gw-0000\r\n");
	trust(s, "M", "lns2.example:443");
	add_lns(s, "lns-two", "wss://lns2.example:443");
	set(s, &gateway_kind, "gw-0000", "lns", "lns-two");
	run(s, 2 * DAY);
	assert_string_equal(t->lns.uri, "wss://lns2.example:443");
	all_fine(s);

	/* Two more rotations: the middle key, only ever pushed, ends; the first does not. */
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	assert_int_equal(state_of(s, "gw-0000", &row), 4);

	/* Its regular set is damaged: it comes with its backup set, made on the first day, and
	 * is given the right one again. */
	s->world.cups[0].down = false;
	file_text(&t->cups[REGULAR].key, "Authorization: Bearer damaged\r\n");
	assert_memory_equal(t->cups[BACKUP].key.bytes, first.bytes, first.len);
	run(s, 3 * DAY);
	assert_true(t->refused > 0);
	assert_int_equal(state_of(s, "gw-0000", &row), 4);
	assert_int_equal(row.pushes.count, 0);
	run(s, DAY);
	t->refused = 0;
	run(s, WEEK);
	assert_int_equal(t->refused, 0);
	all_fine(s);
}

/* A wanted key is revoked while the gateway uses it: it falls back to its backup set, and
 * the next rotation brings it home. */
static void
test_rejected_key(void **state)
{
	struct scene *s = *state;
	struct key_made made;
	struct gateway_state row;

	people(s, 1, false);
	run(s, 2 * DAY);
	done(s, manage_key_rotate(operator(s), "gw-0000", &made));
	run(s, 3 * DAY);
	char *id = strdup(made.key.key_id);
	done(s, manage_key_revoke(operator(s), id));
	free(id);
	run(s, 2 * DAY);
	assert_true(s->stations[0].refused > 0);
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	assert_int_equal(state_of(s, "gw-0000", &row), 3);
	s->stations[0].refused = 0;
	run(s, WEEK);
	assert_int_equal(s->stations[0].refused, 0);
	all_fine(s);
}

/* The backup trap: the CRC is right but the regular set is refused. Here the regular key
 * fails by a passing outage, and nothing may loop. */
static void
test_outage(void **state)
{
	struct scene *s = *state;
	struct gateway_state row;
	unsigned pushes;

	people(s, 1, false);
	run(s, 2 * DAY);
	pushes = s->stations[0].pushes;
	s->world.cups[0].down = true;
	run(s, 3 * DAY);
	assert_true(s->stations[0].refused > 0);
	s->world.cups[0].down = false;
	run(s, WEEK);
	assert_true(s->stations[0].pushes <= pushes + 1);
	state_of(s, "gw-0000", &row);
	assert_int_equal(row.pushes.count, 0);
	all_fine(s);
}

/* It left the factory with a boot set alone, and the operator is quick to rotate: it gets a
 * whole regular set, and the backup set that it makes on the way stays good. */
static void
test_boot_set(void **state)
{
	struct scene *s = *state;
	struct station *t;
	struct gateway_state row;

	s->world.server.policy.cups_uri = "https://cups.example:443";
	people(s, 1, false);
	t = &s->stations[0];
	t->cups[BOOT] = t->cups[REGULAR];
	t->cups[REGULAR] = (struct set){0};
	t->current = BOOT;
	rotate(s, "gw-0000");
	run(s, MINUTE);
	assert_string_equal(t->cups[REGULAR].uri, "https://cups.example:443");
	assert_false(t->has_backup);
	/* Another key before it has confirmed this one. */
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	assert_int_equal(t->refused, 0);
	assert_int_equal(state_of(s, "gw-0000", &row), 3);
	all_fine(s);
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	/* Only its backup set is left to it. */
	file_text(&t->cups[REGULAR].key, "Authorization: Bearer damaged\r\n");
	t->cups[BOOT] = (struct set){0};
	run(s, 3 * DAY);
	t->refused = 0;
	run(s, WEEK);
	assert_int_equal(t->refused, 0);
	assert_int_equal(state_of(s, "gw-0000", &row), 4);
	all_fine(s);
}

/* The certificate that was registered for the new address is not the one that is there: it
 * comes back with its backup set until that is mended. */
static void
test_wrong_trust(void **state)
{
	struct scene *s = *state;
	struct station *t;

	people(s, 1, false);
	t = &s->stations[0];
	run(s, 2 * DAY);
	add_cups_host(s, "https://cups2.example:443", 'B');
	trust(s, "X", "cups2.example:443");
	t->pushes = 0;
	set(s, &gateway_kind, "gw-0000", "target_cups_uri",
	    "https://cups2.example:443");
	run(s, WEEK);
	assert_string_equal(t->cups[REGULAR].uri, "https://cups2.example:443");
	assert_true(t->refused > 0);
	assert_true(t->pushes <= 3);
	/* Back: the old address still lets its backup set in. */
	set(s, &gateway_kind, "gw-0000", "target_cups_uri", "https://cups.example:443");
	run(s, WEEK);
	t->refused = 0;
	run(s, WEEK);
	assert_string_equal(t->cups[REGULAR].uri, "https://cups.example:443");
	assert_int_equal(t->refused, 0);
	all_fine(s);
}

/* Its record names another CUPS, as imported ones do, but gateways are not to be moved: the
 * keys of those that stay are rotated all the same. */
static void
test_stays_here(void **state)
{
	struct scene *s = *state;
	struct gateway_state row;

	s->world.server.policy.allow_redirect = false;
	people(s, 1, false);
	set(s, &gateway_kind, "gw-0000", "target_cups_uri", "https://old.example:443");
	run(s, 2 * DAY);
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	assert_int_equal(state_of(s, "gw-0000", &row), 2);
	assert_int_equal(s->stations[0].refused, 0);
	all_fine(s);
}

/* An operator goes back to a key that has ended meanwhile: it is good again. */
static void
test_back_to_an_older_key(void **state)
{
	struct scene *s = *state;
	struct key_made made;
	struct gateway_state row;
	char id[64];

	people(s, 1, false);
	run(s, 2 * DAY);
	done(s, manage_key_rotate(operator(s), "gw-0000", &made));
	snprintf(id, sizeof id, "%s", made.key.key_id);
	run(s, 3 * DAY);
	rotate(s, "gw-0000");
	run(s, 3 * DAY);
	assert_int_equal(state_of(s, "gw-0000", &row), 3);
	set(s, &gateway_kind, "gw-0000", "target_cups_key", id);
	run(s, 3 * DAY);
	assert_int_equal(state_of(s, "gw-0000", &row), 2);
	assert_int_equal(s->stations[0].refused, 0);
	all_fine(s);
}

/* A gateway that drops every blob gets each thing three times and is left alone. */
static void
test_loop_guard(void **state)
{
	struct scene *s = *state;
	struct station *t;

	people(s, 1, false);
	t = &s->stations[0];
	run(s, 2 * DAY);
	t->rejects_blobs = true;
	t->pushes = 0;
	rotate(s, "gw-0000");
	set(s, &gateway_kind, "gw-0000", "lbs_lns_secret.value", "another-key");
	run(s, 4 * WEEK);
	assert_int_equal(t->pushes, 3);
	assert_int_equal(t->refused, 0);
	/* The operator mends it and begins again. */
	t->rejects_blobs = false;
	t->blobs_rejected = 0;
	done(s, manage_gateway_retry(operator(s), "gw-0000"));
	run(s, 3 * DAY);
	assert_int_equal(t->pushes, 4);
	all_fine(s);
}

/* A thousand gateways change their CA by a second address, while some are away. */
static void
test_fleet(void **state)
{
	struct scene *s = *state;
	size_t there = 0;

	people(s, 1000, false);
	run(s, 2 * DAY);
	all_fine(s);
	add_cups_host(s, "https://cups2.example:443", 'B');
	trust(s, "B", "cups2.example:443");
	for (size_t i = 0; i < s->count; i++) {
		char id[24];

		snprintf(id, sizeof id, "gw-%04zu", i);
		set(s, &gateway_kind, id, "target_cups_uri",
		    "https://cups2.example:443");
		/* Some are switched off for a while. */
		if (i % 10 == 0)
			s->stations[i].next_poll += (int64_t)(i % 70) * DAY / 10;
	}
	run(s, 10 * DAY);
	for (size_t i = 0; i < s->count; i++)
		there += strcmp(s->stations[i].cups[REGULAR].uri,
			     "https://cups2.example:443") == 0;
	assert_int_equal(there, s->count);
	/* The old address goes; nobody notices. */
	s->world.cups[0].down = true;
	run(s, WEEK);
	for (size_t i = 0; i < s->count; i++)
		assert_int_equal(s->stations[i].refused, 0);
	all_fine(s);
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    CASE(test_from_the_factory),
	    CASE(test_a_life),
	    CASE(test_rejected_key),
	    CASE(test_outage),
	    CASE(test_boot_set),
	    CASE(test_wrong_trust),
	    CASE(test_stays_here),
	    CASE(test_back_to_an_older_key),
	    CASE(test_loop_guard),
	    CASE(test_fleet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
