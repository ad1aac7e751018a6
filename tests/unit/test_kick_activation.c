/* How a Kickstarter gets its key, what operators may enter for it, and what their changes do
 * to its activation. */
#include "tests/unit/kick_scene.h"

#include <stdio.h>

#include "base/log.h"

static void
refuse_set(
    struct fixture *f, const char *field, const char *text, int err, const char *words)
{
	refused(f, set_field(f, &gateway_kind, "gw-1", field, text), err, words);
}

static enum kick_window
window(struct fixture *f)
{
	struct activation_status s;

	done(f, activation_status(worker(f), "gw-1", &s));
	return s.decision.window;
}

/* ---- activation ---------------------------------------------------------------------------------- */

static void
test_activation_once(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(window(f), WINDOW_OPEN);
	assert_int_equal(activate(f), E_OK);
	body_is("{\"key\":\"" LNS_KEY "\"}");
	assert_int_equal(ledger(f).activated_at, NOW);
	assert_int_equal(activate(f), E_DENIED);
	assert_int_equal(out.len, 0);
	assert_int_equal(window(f), WINDOW_USED);
	done(f, activation_open(worker(f), "gw-1", 0));
	assert_int_equal(activate(f), E_OK);
	assert_int_equal(activate(f), E_DENIED);
	done(f, activation_close(worker(f), "gw-1"));
	assert_int_equal(window(f), WINDOW_CLOSED);
	done(f, activation_open(worker(f), "gw-1", NOW + 100));
	f->manage.now = NOW + 99;
	assert_int_equal(window(f), WINDOW_OPEN);
	f->manage.now = NOW + 100;
	assert_int_equal(window(f), WINDOW_OVER);
	assert_int_equal(activate(f), E_DENIED);
	refused(f, activation_open(worker(f), "gw-1", NOW), E_INVALID, "over already");
	set(f, "kickstarter", "false");
	said(f, "no longer marked");
	assert_int_equal(activate(f), E_DENIED);
	refused(f, activation_open(worker(f), "gw-1", 0), E_STATE, "kickstarter=true");
}

/* Without an LNS key a new API key is made, once, and handed out again while it is good. */
static void
test_activation_new_key(void **state)
{
	struct fixture *f = *state;
	struct activation_status s;
	char first[200];
	struct span key;

	set(f, "lbs_lns_secret.value", "");
	assert_int_equal(activate(f), E_OK);
	assert_int_equal(x->activation.source, KICK_GIVES_API_KEY);
	assert_true(out.len > 16 && out.len < sizeof first);
	snprintf(first, sizeof first, "%.*s", (int)out.len - 10, out.data + 8);
	assert_int_equal(configure(f, true, first), E_OK);
	assert_int_equal(x->caller.shown, KICK_API_KEY);
	done(f, activation_status(worker(f), "gw-1", &s));
	assert_int_equal(s.key.rights,
	    RIGHT_INFO | RIGHT_SETTINGS_BASIC | RIGHT_READ_SECRETS | RIGHT_LINK);
	assert_int_equal(s.key.expires_at, 0);
	assert_int_equal(ledger(f).activated_key, s.key.serial);
	done(f, activation_show_key(worker(f), &s, &key));
	assert_text(key, span_str(first));
	done(f, activation_open(worker(f), "gw-1", 0));
	assert_int_equal(activate(f), E_OK);
	assert_memory_equal(out.data + 8, first, strlen(first));
	server.new_key = NULL;
	done(f, manage_key_revoke(worker(f), s.key.key_id));
	assert_int_equal(activate(f), E_STATE);
	server.new_key = activation_key;
	assert_int_equal(activate(f), E_OK);
	assert_int_not_equal(memcmp(out.data + 8, first, strlen(first)), 0);
}

/* Somebody else was faster: decided again, and refused. */
static int
steal(void *arg, const struct gateway *gateway, struct fault *fault)
{
	struct fixture *f = arg;
	int err;

	server.new_key = activation_key;
	err = activation_key(&activation, gateway, fault);
	if (err == E_OK) {
		struct kick_exchange *mine = x;

		x = test_calloc(1, sizeof *x);
		assert_int_equal(activate(f), E_OK);
		test_free(x);
		x = mine;
		strbuf_reset(&out);
	}
	return err;
}

static void
test_activation_race(void **state)
{
	struct fixture *f = *state;

	set(f, "lbs_lns_secret.value", "");
	done(f, activation_open(worker(f), "gw-1", 0));
	server.new_key = steal;
	server.new_key_arg = f;
	assert_int_equal(activate(f), E_DENIED);
	assert_int_equal(out.len, 0);
}

/* ---- faults ----------------------------------------------------------------------------------- */

/* Without the ring nobody can tell whether the key is right: that is no reason to wipe it. */
static void
test_without_ring(void **state)
{
	struct fixture *f = *state;

	fixture_close_ring(f);
	rename(fixture_path(f, "data/seal.keys"), fixture_path(f, "elsewhere"));
	assert_int_equal(configure(f, true, LNS_KEY), E_CORRUPT);
	assert_int_equal(configure(f, true, "wrong"), E_CORRUPT);
	assert_int_equal(configure(f, true, ""), E_NOAUTH);
	assert_int_equal(activate(f), E_STATE);
	assert_int_equal(ledger(f).activated_at, 0);
}

static void
test_throttle(void **state)
{
	struct fixture *f = *state;

	server.failures_per_minute = 3;
	server.failures_per_address = 1000;
	for (int i = 0; i < 3; i++)
		assert_int_equal(configure(f, true, "wrong"), E_NOAUTH);
	assert_int_equal(configure(f, true, "wrong"), E_THROTTLED);
	assert_true(x->retry_after > 0);
	assert_int_equal(configure(f, true, LNS_KEY), E_OK);
	assert_int_equal(activate(f), E_OK);
	assert_int_equal(activate(f), E_THROTTLED);
}

/* ---- entering ----------------------------------------------------------------------------------- */

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void
test_entering(void **state)
{
	struct fixture *f = *state;

	refuse_set(f, "lbs_lns_secret.value", X50 X50 X50 X50, E_INVALID, "199");
	refuse_set(f, "lbs_lns_secret.value", "two words", E_INVALID, "visible ASCII");
	refuse_set(f, "lbs_lns_secret.value", "quo\"te", E_INVALID, "visible ASCII");
	refuse_set(f, "attributes", "key=two words", E_INVALID, "visible ASCII");
	refuse_set(f, "gateway_server_address", "wss://h:8887", E_INVALID, "mqtts://");
	refuse_set(f, "gateway_server_address", "Host", E_INVALID, "lower case");
	refuse_set(f, "gateway_server_address", "[::1]", E_INVALID, "IPv6");
	refuse_set(f, "update_channel", "a b", E_INVALID, "letters, digits");
	refuse_set(f, "update_channel", "https://h/", E_INVALID, "path");
	refuse_set(f, "update_channel", "https://u@h/p", E_INVALID, "user part");
	refuse_set(f, "frequency_plan_ids", "a/b", E_INVALID, "letters, digits");
	refuse_set(f, "frequency_plan_ids", "ISM_2400_3CH_DRAFT2", E_INVALID,
	    "a Kickstarter cannot take ISM_2400_3CH_DRAFT2: ");
	refuse_set(f, "frequency_plan_ids", "EU_863_870,ISM_2400_3CH_DRAFT2", E_INVALID,
	    "a Kickstarter cannot take");
	refuse_set(f, "ids.gateway_id", "gw-9", E_STATE, "asks by its ID");
	policy.firmware_url = "https://h/" X50 X50 X50 X50;
	refuse_set(f, "update_channel", X50, E_INVALID, "255");
	/* What others may have. */
	add_gateway(f, "gw-2", "58A0CBFFFE800002");
	done(f, set_field(f, &gateway_kind, "gw-2", "gateway_server_address",
		    "wss://h:8887"));
	done(f, set_field(f, &gateway_kind, "gw-2", "update_channel", "any thing"));
	refused(f, set_field(f, &gateway_kind, "gw-2", "kickstarter", "true"),
	    E_INVALID, "mqtts://");
	done(f, set_field(f, &gateway_kind, "gw-2", "gateway_server_address", ""));
	refused(f, set_field(f, &gateway_kind, "gw-2", "kickstarter", "true"),
	    E_INVALID, "letters, digits");
	done(f, set_field(f, &gateway_kind, "gw-2", "ids.gateway_id",
		    "a-name-of-thirty-four-characters-x"));
	done(f, set_field(f, &gateway_kind, "a-name-of-thirty-four-characters-x",
		    "update_channel", ""));
	done(f, set_field(f, &gateway_kind, "a-name-of-thirty-four-characters-x",
		    "kickstarter", "true"));
	said(f, "IDs of up to 32 characters");
}

static void
test_entering_lns(void **state)
{
	struct fixture *f = *state;

	add_lns(f, "my-lns", "wss://lns.example.com:8887");
	set(f, "gateway_server_address", "");
	set(f, "lns", "my-lns");
	said(f, "has no mqtt_address");
	refused(f, set_field(f, &lns_kind, "my-lns", "mqtt_address", "h/p"), E_INVALID,
	    "without path");
	done(f, set_field(f, &lns_kind, "my-lns", "mqtt_address", "mqtts://b"));
	done(f, set_field(f, &lns_kind, "my-lns", "uri", ""));
	refused(f, set_field(f, &lns_kind, "my-lns", "mqtt_address", ""), E_INVALID,
	    "is required");
}

/* ---- what operators do to its key ------------------------------------------------------------------ */

/* It was activated; whatever follows has to open the window again. */
static void
opened(struct fixture *f, const char *words)
{
	said(f, words);
	assert_int_equal(window(f), WINDOW_OPEN);
	assert_int_equal(activate(f), E_OK);
	assert_int_equal(window(f), WINDOW_USED);
}

static void
test_lost_keys(void **state)
{
	struct fixture *f = *state;
	struct key_made made;

	assert_int_equal(activate(f), E_OK);
	set(f, "lbs_lns_secret.value", LNS_KEY);
	assert_string_equal(strbuf_str(&f->said), "");
	assert_int_equal(window(f), WINDOW_USED);
	set(f, "lbs_lns_secret.value", "another");
	opened(f, "the LNS key of the Kickstarter gw-1 changed");
	body_is("{\"key\":\"another\"}");
	set(f, "lbs_lns_secret.value", "");
	opened(f, "the LNS key of the Kickstarter gw-1 changed");
	set(f, "attributes", "key=old");
	assert_int_equal(window(f), WINDOW_USED);
	set(f, "attributes", "key=other");
	opened(f, "the attribute `key`");
	set(f, "name", "no matter");
	assert_int_equal(window(f), WINDOW_USED);
	make_key(f, "gw-1", RIGHT_INFO, &made);
	assert_int_equal(window(f), WINDOW_USED);
	done(f, activation_close(worker(f), "gw-1"));
	done(f, manage_key_revoke(worker(f), made.key.key_id));
	opened(f, "has ended");
	done(f, manage_key_rotate(worker(f), "gw-1", &made));
	opened(f, "its password at the network server");
	assert_memory_equal(out.data + 8, made.plain, strlen(made.plain));
	assert_int_equal(configure(f, true, made.plain), E_OK);
	set(f, "lbs_lns_secret.value", LNS_KEY);
	assert_int_equal(window(f), WINDOW_USED);
	done(f, manage_key_rotate(worker(f), "gw-1", &made));
	opened(f, "is handed its LNS key");
	done(f, manage_delete(worker(f), &gateway_kind, "gw-1"));
	said(f, "waits for a human");
}

/* A rotated key replaces the one that the device had. */
static void
test_rotation_ends_keys(void **state)
{
	struct fixture *f = *state;
	struct key_made rotated, program;
	char first[200];

	set(f, "lbs_lns_secret.value", "");
	assert_int_equal(activate(f), E_OK);
	snprintf(first, sizeof first, "%.*s", (int)out.len - 10, out.data + 8);
	make_key(f, "gw-1", RIGHT_INFO, &program);
	done(f, manage_key_rotate(worker(f), "gw-1", &rotated));
	assert_int_equal(configure(f, true, first), E_NOAUTH);
	assert_int_equal(configure(f, true, program.plain), E_OK);
	assert_int_equal(activate(f), E_OK);
	assert_int_equal(configure(f, true, rotated.plain), E_OK);
}

static void
test_expiry(void **state)
{
	struct fixture *f = *state;
	struct key_made made;

	assert_int_equal(activate(f), E_OK);
	make_key(f, "gw-1", RIGHT_INFO, &made);
	done(f, set_field(f, &key_kind, made.key.key_id, "expires_at",
		    "2030-01-02T00:00:00Z"));
	said(f, "ends at 2030-01-02T00:00:00Z");
	assert_int_equal(window(f), WINDOW_EARLY);
	assert_int_equal(activate(f), E_DENIED);
	f->manage.now = NOW + DAY;
	assert_int_equal(configure(f, true, made.plain), E_NOAUTH);
	assert_int_equal(activate(f), E_OK);
	assert_int_equal(window(f), WINDOW_USED);
	/* Rights that are taken away end it as well. */
	make_key(f, "gw-1", RIGHT_INFO, &made);
	done(f,
	    set_field(f, &key_kind, made.key.key_id, "rights", "RIGHT_GATEWAY_LINK"));
	opened(f, "has ended");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_activation_once),
	    TEST(test_activation_new_key),
	    TEST(test_activation_race),
	    TEST(test_without_ring),
	    TEST(test_throttle),
	    TEST(test_entering),
	    TEST(test_entering_lns),
	    TEST(test_lost_keys),
	    TEST(test_rotation_ends_keys),
	    TEST(test_expiry),
	};

	log_open("test", LOG_NOWHERE, LOG_NOTE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
