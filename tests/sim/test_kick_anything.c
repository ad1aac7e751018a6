/*
 * A Kickstarter whose operator does anything on any day, by dice with fixed seeds: a day
 * later it runs, whatever it was. What strands it on purpose is left out (deleting it for
 * longer than a day, closing windows, taking the mark off).
 */
#include <stdio.h>

#include "manage/activation.h"
#include "manage/seal.h"
#include "tests/sim/kick_stage.h"

#define ROUNDS 60 /* operators */
#define ACTIONS 40

static uint64_t seed;

static unsigned
dice(unsigned sides)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % sides;
}

struct choice {
	unsigned seen;
	char id[80];
};

/* Any of the keys, each as likely as the others. */
static int
choose_key(struct manage *m, struct store_txn *txn, const struct key *key, void *arg)
{
	struct choice *c = arg;

	(void)m;
	(void)txn;
	if (key->revoked_at == 0 && dice(++c->seen) == 0)
		snprintf(c->id, sizeof c->id, "%s", key->key_id);
	return E_OK;
}

static const char *
any_key(struct fixture *f, struct choice *c)
{
	*c = (struct choice){0};
	done(f, manage_keys(operator(f), "kick-1", choose_key, c));
	return c->id[0] != '\0' ? c->id : NULL;
}

static void
change_a_key(struct fixture *f)
{
	static const struct {
		const char *field, *text;
	} rows[] = {{"expires_at", "+1d"}, {"expires_at", "+3d"}, {"expires_at", ""},
	    {"rights", "RIGHT_GATEWAY_LINK"}, {"rights", "RIGHT_GATEWAY_INFO"}};
	unsigned row = dice(COUNT(rows) + 2);
	struct choice c;
	const char *id = any_key(f, &c);
	struct edit edit;
	int err;

	if (id == NULL)
		return;
	if (row >= COUNT(rows)) {
		done(f, manage_key_revoke(operator(f), id));
		return;
	}
	edit = (struct edit){rows[row].field, span_str(rows[row].text)};
	err = manage_set(operator(f), &key_kind, id, &edit, 1);
	/* The device's own key keeps the rights that it needs. */
	if (err != E_INVALID || strcmp(edit.field, "rights") != 0)
		done(f, err);
}

static void
make_a_key(struct fixture *f)
{
	struct key_request request = {.gateway = "kick-1",
	    .cups = dice(2) == 0,
	    .expires_at = dice(2) == 0 ? 0 : world.now + (int64_t)(1 + dice(5)) * DAY};
	struct key_made made = {0};
	int err;

	/* Somebody registers the key that the device has. */
	if (dice(4) == 0 && strlen(device.memory.key) >= 8)
		request.value = span_str(device.memory.key);
	err = manage_key_create(operator(f), &request, &made);
	if (err != E_EXISTS)
		done(f, err);
}

static void
do_anything(struct fixture *f)
{
	static const char *const keys[] = {"", "one", "two/2"};
	struct seal_rotating how = {.no_new_key = false};
	struct seal_rotated rotated;
	struct key_made made;

	switch (dice(12)) {
	case 0:
		set(f, "lbs_lns_secret.value", keys[dice(3)]);
		break;
	case 1:
		set(f, "attributes", dice(2) == 0 ? "" : "key=old");
		break;
	case 2:
		done(f, manage_key_rotate(operator(f), "kick-1", &made));
		break;
	case 3:
		done(f, activation_open(operator(f), "kick-1",
			    dice(2) == 0 ? 0 : world.now + 2 * DAY));
		break;
	case 4:
		done(f, manage_delete(operator(f), &gateway_kind, "kick-1"));
		done(f, manage_gateway_restore(operator(f), "kick-1"));
		break;
	case 5:
		done(f, manage_seal_rotate(operator(f), &how, &rotated));
		break;
	case 6:
		set(f, "kickstarter", "false");
		set(f, "kickstarter", "true");
		break;
	case 7:
		set(f, "frequency_plan_ids",
		    dice(2) == 0 ? "EU_863_870" : "US_902_928_FSB_2,EU_863_870");
		break;
	case 8:
	case 9:
		make_a_key(f);
		break;
	default:
		change_a_key(f);
	}
}

/* Whatever is done, a day later it runs. */
static void
test_anything(void **state)
{
	struct fixture *f = *state;

	settle();
	for (int i = 0; i < ACTIONS; i++) {
		do_anything(f);
		run((int64_t)(1 + dice(40)) * HOUR);
		if (device.step != KICK_RUNS || device.reboots + device.bad > 0)
			fail_msg("seed %llu, step %d: %s", (unsigned long long)seed, i,
			    device.last);
		kick_device_forget(&device);
	}
}

static int
begin_anything(void **state)
{
	static uint64_t number;

	seed = ++number;
	return stage_begin(state);
}

int
main(void)
{
	struct CMUnitTest tests[ROUNDS];

	for (size_t i = 0; i < ROUNDS; i++)
		tests[i] = (struct CMUnitTest)cmocka_unit_test_setup_teardown(
		    test_anything, begin_anything, stage_end);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
