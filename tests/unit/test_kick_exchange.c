/* What a Kickstarter and other clients get, what operators may enter for it, and what their
 * changes do to its activation. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "kickstarter/exchange.h"
#include "manage/activation.h"
#include "manage/explain_kickstarter.h"
#include "manage/plan.h"

#define LNS_KEY "NNSXS.LNSKEY.with/slash"

static struct kick_policy policy;
static struct kick_server server;
static struct activation_policy activation;
static struct strbuf out;
static struct kick_exchange *x;

/* ---- the scene ---------------------------------------------------------------------------- */

static void
add_plans(struct fixture *f)
{
	const char *top = getenv("top_srcdir");
	struct plan_importing how = {.shipped = true};
	struct import_result result;
	struct plan_files files;
	char path[1024];

	snprintf(
	    path, sizeof path, "%s/share/frequency-plans", top != NULL ? top : ".");
	done(f, plan_files_read(&f->arena, path, NULL, &files, &f->manage.fault));
	done(f, manage_plan_import(worker(f), &files, &how, &result));
}

static void
set(struct fixture *f, const char *field, const char *text)
{
	done(f, set_field(f, &gateway_kind, "gw-1", field, text));
}

static void
refuse_set(
    struct fixture *f, const char *field, const char *text, int err, const char *words)
{
	refused(f, set_field(f, &gateway_kind, "gw-1", field, text), err, words);
}

/* A gateway that lacks nothing. */
static int
begin(void **state)
{
	struct fixture *f;

	fixture_memory(state);
	f = *state;
	clock_set(NOW);
	policy = (struct kick_policy){"", "", "stable", ""};
	f->manage.kick_policy = &policy;
	activation = (struct activation_policy){&f->data, 1000};
	server = (struct kick_server){.data = &f->data,
	    .policy = policy,
	    .write_wait_ms = 1000,
	    .new_key = activation_key,
	    .new_key_arg = &activation};
	strbuf_init(&out, 65536);
	x = test_calloc(1, sizeof *x);
	add_plans(f);
	add_gateway(f, "gw-1", "58A0CBFFFE800001");
	set(f, "kickstarter", "true");
	set(f, "frequency_plan_ids", "EU_863_870");
	set(f, "gateway_server_address", "gatewayserver");
	set(f, "lbs_lns_secret.value", LNS_KEY);
	return 0;
}

static int
end(void **state)
{
	strbuf_clear(&out);
	test_free(x);
	clock_set(-1);
	return fixture_end(state);
}

static int
configure(struct fixture *f, bool device, const char *key)
{
	struct kick_call call = {.id = BYTES("gw-1"),
	    .key = span_str(key),
	    .device = device,
	    .origin = "https://h",
	    .address = "192.0.2.1"};

	strbuf_reset(&out);
	server.policy = policy;
	kick_configure(&server, &call, f->manage.now, &f->arena, &out, x);
	return x->err;
}

static int
activate(struct fixture *f)
{
	struct kick_call call = {.id = BYTES("gw-1"),
	    .device = true,
	    .origin = "https://h",
	    .address = "192.0.2.1"};

	strbuf_reset(&out);
	kick_activate(&server, &call, f->manage.now, &f->arena, &out, x);
	return x->err;
}

static void
body_is(const char *want)
{
	assert_text(strbuf_span(&out), span_str(want));
}

static void
said(struct fixture *f, const char *words)
{
	if (strstr(strbuf_str(&f->said), words) == NULL)
		fail_msg("'%s' was not said, but: %s", words, strbuf_str(&f->said));
}

static struct gateway_state
ledger(struct fixture *f)
{
	struct gateway_state state;
	struct gateway g;

	done(f, manage_get(worker(f), &gateway_kind, "gw-1", &g));
	done(f, manage_gateway_state(&f->manage, &g, &state));
	return state;
}

static enum kick_window
window(struct fixture *f)
{
	struct activation_status s;

	done(f, activation_status(worker(f), "gw-1", &s));
	return s.decision.window;
}

static const char *
make_key(struct fixture *f, const char *gateway, uint64_t rights, struct key_made *made)
{
	struct key_request request = {.gateway = gateway, .rights = rights};

	done(f, manage_key_create(worker(f), &request, made));
	return made->plain;
}

/* ---- configuration: the cases of the reference server ------------------------------------------ */

static void
test_device(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(configure(f, true, LNS_KEY), E_OK);
	body_is("{\"frequency_plan\":\"EU_863_870\",\"frequency_plan_url\":"
		"\"https://h/api/v2/frequency-plans/EU_863_870\",\"firmware_url\":"
		"\"https://h/api/v2/firmware/stable\",\"router\":{\"mqtt_address\":"
		"\"mqtts://gatewayserver:8881\"},\"auto_update\":false}");
	assert_int_equal(x->length, out.len);
	set(f, "auto_update", "true");
	set(f, "description", "with \"quotes\" and \xc3\xa9");
	assert_int_equal(configure(f, true, LNS_KEY), E_OK);
	assert_non_null(strstr(strbuf_str(&out), "\"auto_update\":true}"));
	assert_null(strstr(strbuf_str(&out), "quotes"));
}

static void
test_others(void **state)
{
	struct fixture *f = *state;

	set(f, "description", "Gateway Description");
	set(f, "attributes", "key=some-key,token=some-token");
	set(f, "antennas",
	    "[{\"location\":{\"latitude\":12.34,\"longitude\":56.78,\"altitude\":90}}"
	    "]");
	assert_int_equal(configure(f, false, "some-key"), E_OK);
	body_is(
	    "{\"id\":\"gw-1\",\"attributes\":{\"description\":\"Gateway Description\"},"
	    "\"frequency_plan\":\"EU_863_870\",\"frequency_plan_url\":"
	    "\"https://h/api/v2/frequency-plans/EU_863_870\",\"auto_update\":false,"
	    "\"firmware_url\":\"https://h/api/v2/firmware/stable\","
	    "\"antenna_location\":{\"latitude\":12.34,\"longitude\":56.78,"
	    "\"altitude\":90},\"token\":{\"access_token\":\"some-token\","
	    "\"expires_in\":86400},\"router\":{\"id\":\"gatewayserver\","
	    "\"mqtt_address\":\"mqtts://gatewayserver:8881\"},\"fallback_routers\":"
	    "[{\"id\":\"gatewayserver\",\"mqtt_address\":"
	    "\"mqtts://gatewayserver:8881\"}]}");
	set(f, "attributes", "key=some-key,token=t,token-expires=2030-01-01T00:01:00Z");
	assert_int_equal(configure(f, false, "some-key"), E_OK);
	assert_non_null(strstr(strbuf_str(&out), "\"expires_in\":60}"));
}

static void
test_without_key(void **state)
{
	struct fixture *f = *state;

	set(f, "description", "private");
	set(f, "attributes", "token=some-token");
	set(f, "antennas", "[{\"location\":{\"latitude\":12.34,\"longitude\":56.78}}]");
	assert_int_equal(configure(f, false, ""), E_OK);
	body_is(
	    "{\"id\":\"gw-1\",\"frequency_plan\":\"EU_863_870\","
	    "\"frequency_plan_url\":\"https://h/api/v2/frequency-plans/EU_863_870\","
	    "\"auto_update\":false,\"firmware_url\":"
	    "\"https://h/api/v2/firmware/stable\"}");
	set(f, "status_public", "true");
	assert_int_equal(configure(f, false, ""), E_OK);
	assert_non_null(strstr(strbuf_str(&out),
	    "\"router\":{\"id\":\"gatewayserver\",\"mqtt_address\":"));
	assert_null(strstr(strbuf_str(&out), "antenna_location"));
	set(f, "location_public", "true");
	assert_int_equal(configure(f, false, ""), E_OK);
	assert_non_null(
	    strstr(strbuf_str(&out), "\"antenna_location\":{\"latitude\":12.34"));
	assert_null(strstr(strbuf_str(&out), "token"));
	assert_null(strstr(strbuf_str(&out), "private"));
	assert_int_equal(configure(f, true, ""), E_NOAUTH);
}

static void
test_keys(void **state)
{
	struct fixture *f = *state;
	struct key_made info, link, all, foreign, ended;
	struct gateway g;

	add_gateway(f, "gw-2", "58A0CBFFFE800002");
	make_key(f, "gw-1", RIGHT_INFO, &info);
	make_key(f, "gw-1", RIGHT_LINK, &link);
	make_key(f, NULL, RIGHT_ALL, &all);
	make_key(f, "gw-2", RIGHT_ALL, &foreign);
	make_key(f, "gw-1", RIGHT_ALL, &ended);
	done(f, manage_key_revoke(worker(f), ended.key.key_id));
	for (int device = 0; device < 2; device++) {
		assert_int_equal(configure(f, device, LNS_KEY), E_OK);
		assert_int_equal(configure(f, device, info.plain), E_OK);
		assert_int_equal(configure(f, device, all.plain), E_OK);
		assert_int_equal(configure(f, device, "wrong"), E_NOAUTH);
		assert_int_equal(configure(f, device, "NNSXS.A.B"), E_NOAUTH);
		assert_int_equal(configure(f, device, ended.plain), E_NOAUTH);
		/* Good for something, but not for this: the device acts upon 401 only. */
		assert_int_equal(
		    configure(f, device, link.plain), device ? E_NOAUTH : E_DENIED);
		assert_int_equal(
		    configure(f, device, foreign.plain), device ? E_NOAUTH : E_DENIED);
	}
	/* Forms of the LNS key. */
	set(f, "lbs_lns_secret.value", "Bearer scheme-key");
	assert_int_equal(configure(f, true, "scheme-key"), E_OK);
	set(f, "lbs_lns_secret.value", "X-Key: header-key");
	assert_int_equal(configure(f, true, "header-key"), E_OK);
	assert_int_equal(configure(f, true, LNS_KEY), E_NOAUTH);
	/* An attribute that looks like an API key is none. */
	set(f, "attributes", "key=NNSXS.A.B");
	assert_int_equal(configure(f, true, "NNSXS.A.B"), E_NOAUTH);
	set(f, "attributes", "key=old");
	assert_int_equal(configure(f, true, "old"), E_OK);
	assert_int_equal(x->caller.shown, KICK_OLD_KEY);
	done(f, manage_get(worker(f), &gateway_kind, "gw-1", &g));
	done(f, manage_delete(worker(f), &gateway_kind, "gw-1"));
	assert_int_equal(configure(f, true, LNS_KEY), E_NOTFOUND);
	assert_int_equal(configure(f, false, ""), E_NOTFOUND);
	assert_int_equal(activate(f), E_NOTFOUND);
}

/* ---- configuration: where its parts come from ---------------------------------------------------- */

static void
broker_is(struct fixture *f, const char *want)
{
	char part[300];

	assert_int_equal(configure(f, true, LNS_KEY), E_OK);
	snprintf(part, sizeof part, "\"router\":{\"mqtt_address\":\"%s\"}", want);
	assert_non_null(strstr(strbuf_str(&out), part));
}

static void
put_off(struct fixture *f, const char *words)
{
	assert_int_equal(configure(f, true, LNS_KEY), E_STATE);
	if (strstr(x->fault.text, words) == NULL)
		fail_msg("'%s' is not in: %s", words, x->fault.text);
}

static void
test_broker(void **state)
{
	struct fixture *f = *state;

	add_lns(f, "my-lns", "wss://lns.example.com:8887");
	broker_is(f, "mqtts://gatewayserver:8881");
	set(f, "lns", "my-lns");
	broker_is(f, "mqtts://gatewayserver:8881");
	done(f, set_field(f, &lns_kind, "my-lns", "mqtt_address", "mqtt://b"));
	broker_is(f, "mqtt://b");
	set(f, "gateway_server_address", "");
	broker_is(f, "mqtt://b");
	done(f, set_field(f, &lns_kind, "my-lns", "mqtt_address", ""));
	policy.mqtt_server = "default.example.com:1883";
	put_off(f, "its network server has no mqtt_address");
	set(f, "lns", "");
	broker_is(f, "mqtt://default.example.com:1883");
	policy.mqtt_server = "DEFAULT";
	put_off(f, "lower case");
	policy.mqtt_server = "";
	put_off(f, "no network server is set");
	refused(f, set_field(f, &lns_kind, "my-lns", "mqtt_address", "wss://b"),
	    E_INVALID, "mqtts://");
}

static void
test_plan(void **state)
{
	struct fixture *f = *state;

	set(f, "frequency_plan_ids", "NOT_HERE,US_902_928_FSB_2,EU_863_870");
	assert_int_equal(configure(f, true, LNS_KEY), E_OK);
	assert_non_null(
	    strstr(strbuf_str(&out), "\"frequency_plan\":\"US_902_928_FSB_2\""));
	assert_int_equal(configure(f, false, LNS_KEY), E_OK);
	assert_non_null(strstr(strbuf_str(&out), "\"frequency_plan\":\"NOT_HERE\""));
	set(f, "frequency_plan_ids", "NOT_HERE");
	said(f, "there is no such frequency plan here");
	put_off(f, "NOT_HERE: there is no such frequency plan here");
	set(f, "frequency_plan_ids", "");
	put_off(f, "no frequency plan is set");
}

static void
test_origin(void **state)
{
	struct fixture *f = *state;
	struct kick_call call = {.id = BYTES("gw-1"),
	    .key = BYTES(LNS_KEY),
	    .device = true,
	    .origin = "",
	    .address = "-"};

	kick_configure(&server, &call, NOW, &f->arena, &out, x);
	assert_int_equal(x->err, E_STATE);
	assert_string_equal(x->fault.field, "public_url");
	policy.firmware_url = "https://fw.example.com/v1";
	set(f, "update_channel", "beta");
	assert_int_equal(configure(f, true, LNS_KEY), E_OK);
	assert_non_null(strstr(
	    strbuf_str(&out), "\"firmware_url\":\"https://fw.example.com/v1/beta\""));
	set(f, "update_channel", "https://x.example.com/y");
	assert_int_equal(configure(f, true, LNS_KEY), E_OK);
	assert_non_null(
	    strstr(strbuf_str(&out), "\"firmware_url\":\"https://x.example.com/y\""));
}

/* The mark is written when it changes, and goes when all is well. */
static void
test_mark(void **state)
{
	struct fixture *f = *state;

	set(f, "frequency_plan_ids", "");
	put_off(f, "no frequency plan");
	assert_string_equal(ledger(f).kickstarter_fault,
	    "frequency_plan_ids: no frequency plan is set");
	assert_int_equal(ledger(f).kickstarter_fault_at, NOW);
	f->manage.now = NOW + 10;
	put_off(f, "no frequency plan");
	assert_int_equal(ledger(f).kickstarter_fault_at, NOW);
	/* Nobody else makes or ends it. */
	assert_int_equal(configure(f, false, LNS_KEY), E_OK);
	assert_int_equal(configure(f, true, "wrong"), E_NOAUTH);
	assert_int_equal(ledger(f).kickstarter_fault_at, NOW);
	set(f, "frequency_plan_ids", "EU_863_870");
	assert_int_equal(configure(f, true, LNS_KEY), E_OK);
	assert_string_equal(ledger(f).kickstarter_fault, "");
}

static void
test_frequency_plans(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *id;
		int device, other;
	} rows[] = {
	    {"EU_863_870", E_OK, E_OK},
	    {"ISM_2400_3CH_DRAFT2", E_STATE, E_STATE},
	    {"NOT_HERE", E_NOTFOUND, E_NOTFOUND},
	    {"../x", E_NOTFOUND, E_NOTFOUND},
	    {"", E_NOTFOUND, E_NOTFOUND},
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		for (int device = 0; device < 2; device++) {
			struct kick_call call = {.id = span_str(rows[i].id),
			    .device = device,
			    .origin = "",
			    .address = "-"};

			strbuf_reset(&out);
			kick_plan(&server, &call, &f->arena, &out, x);
			assert_int_equal(
			    x->err, device ? rows[i].device : rows[i].other);
			if (x->err == E_OK)
				assert_int_equal(
				    strstr(strbuf_str(&out), "tx_lut_0") == NULL,
				    device);
			else
				assert_true(x->fault.text[0] != '\0');
		}
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

/* ---- explaining ---------------------------------------------------------------------------------- */

static void
test_explain(void **state)
{
	struct fixture *f = *state;
	struct kick_explanation *e = arena_zalloc(&f->arena, 1, sizeof *e);
	struct kick_explaining what = {.gateway = "gw-1"};

	assert_true(manage_is_kickstarter(worker(f), "58A0CBFFFE800001"));
	assert_false(manage_is_kickstarter(worker(f), "gw-9"));
	policy.public_url = "https://gh.example.com";
	done(f, manage_explain_kickstarter(worker(f), &what, e));
	assert_int_equal(e->x.decision.err, E_OK);
	assert_int_equal(e->answer_err, E_OK);
	assert_string_equal(e->x.decision.plan_url,
	    "https://gh.example.com/api/v2/frequency-plans/EU_863_870");
	assert_int_equal(e->x.activation.window, WINDOW_OPEN);
	assert_int_equal(ledger(f).activated_at, 0);
	/* It says what the endpoint then does. */
	set(f, "frequency_plan_ids", "");
	done(f, manage_explain_kickstarter(worker(f), &what, e));
	assert_int_equal(e->x.decision.err, E_STATE);
	put_off(f, e->x.decision.fault.text);
	what.nothing = true;
	done(f, manage_explain_kickstarter(worker(f), &what, e));
	assert_int_equal(e->x.decision.err, E_NOAUTH);
	what = (struct kick_explaining){.gateway = "gw-1", .key = BYTES("wrong")};
	done(f, manage_explain_kickstarter(worker(f), &what, e));
	assert_int_equal(e->x.decision.err, E_NOAUTH);
	what.key = BYTES(LNS_KEY);
	done(f, manage_explain_kickstarter(worker(f), &what, e));
	assert_int_equal(e->x.caller.shown, KICK_LNS_KEY);
	fixture_close_ring(f);
	rename(fixture_path(f, "data/seal.keys"), fixture_path(f, "elsewhere"));
	what = (struct kick_explaining){.gateway = "gw-1"};
	done(f, manage_explain_kickstarter(worker(f), &what, e));
	assert_int_not_equal(e->key_err, E_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_device),
	    TEST(test_others),
	    TEST(test_without_key),
	    TEST(test_keys),
	    TEST(test_broker),
	    TEST(test_plan),
	    TEST(test_origin),
	    TEST(test_mark),
	    TEST(test_frequency_plans),
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
	    TEST(test_explain),
	};

	log_open("test", LOG_NOWHERE, LOG_NOTE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
