/* What a Kickstarter and other clients get. */
#include "tests/unit/kick_scene.h"

#include <stdio.h>

#include "base/log.h"
#include "manage/explain_kickstarter.h"
#include "manage/plan.h"

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
	    TEST(test_explain),
	};

	log_open("test", LOG_NOWHERE, LOG_NOTE);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
