/* Unknown gateways: listed, adopted by an operator, adopted automatically. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>

#include "base/log.h"
#include "cups/credentials.h"
#include "cups/update_info.h"
#include "manage/adopt.h"
#include "manage/ca.h"
#include "registry/template.h"

#define EUI UINT64_C(0x58a0cbfffe800001)
#define ROUTER "58a0:cbff:fe80:1"
#define TEXT "58A0CBFFFE800001"

static struct adopt_policy policy;

static void
set(struct fixture *f, const char *field, const char *text)
{
	done(f, set_field(f, &template_kind, "tpl", field, text));
}

/* A template with everything that is copied. */
static void
make_template(struct fixture *f, const char *prefixes)
{
	add_trust(f, "root-cups", "cups.example.com:443", NULL);
	add_trust(f, "root-lns", "lns.example.com:8887", NULL);
	add_lns(f, "lns-1", "wss://lns.example.com:8887");
	add_template(f, "tpl", prefixes);
	set(f, "lns", "lns-1");
	set(f, "lbs_lns_secret.value", "shared-lns-key");
	set(f, "frequency_plan_ids", "EU_863_870");
	set(f, "groups", "new,east");
	set(f, "update_channel", "stable");
	set(f, "auto_update", "true");
	set(f, "concentrator", "rak2287");
}

static int
automatic(void **state)
{
	int rc = fixture_memory(state);
	struct fixture *f = *state;

	policy = (struct adopt_policy){
	    .data = &f->data, .policy = &f->policy, .wait_ms = 5000};
	f->adopt = adopt_automatically;
	f->adopt_arg = &policy;
	return rc;
}

struct seen {
	struct unknown_sighting list[8];
	size_t count;
};

static int
see(struct manage *m, const struct unknown_sighting *u, void *arg)
{
	struct seen *s = arg;

	(void)m;
	assert_true(s->count < COUNT(s->list));
	s->list[s->count++] = *u;
	return E_OK;
}

static struct seen
unknowns(struct fixture *f)
{
	struct seen s = {.count = 0};

	done(f, manage_unknowns(worker(f), see, &s));
	return s;
}

static struct gateway
get(struct fixture *f, const char *id)
{
	struct gateway g;

	done(f, manage_get(worker(f), &gateway_kind, id, &g));
	return g;
}

/* The LNS's token line that an answer carries. */
static struct span
lns_line(struct span answer)
{
	struct update_answer a;
	struct credentials_parts parts;
	struct span rest;

	assert_int_equal(update_answer_read(answer, &a, &rest, NULL), E_OK);
	assert_int_equal(credentials_split(a.lns_credentials, &parts, NULL), E_OK);
	return parts.key;
}

/* ---- by an operator ---------------------------------------------------------------------------- */

static void
the_list(void **state)
{
	struct fixture *f = *state;
	struct seen s;

	assert_int_equal(poll_with(f, ROUTER, "key-of-mine", NULL), E_NOTFOUND);
	f->manage.now = NOW + 60;
	assert_int_equal(poll_with(f, "::2", "", NULL), E_NOTFOUND);
	f->manage.now = NOW + 120;
	assert_int_equal(poll_with(f, ROUTER, "key-of-mine", NULL), E_NOTFOUND);
	f->manage.now = NOW + 180;
	assert_int_equal(poll_with(f, ROUTER, "another-key", NULL), E_NOTFOUND);
	s = unknowns(f);
	assert_int_equal(s.count, 3);
	assert_true(s.list[0].eui == EUI && s.list[0].last_at == NOW + 180);
	assert_true(s.list[1].eui == EUI && s.list[1].count == 2);
	assert_int_equal(s.list[1].first_at, NOW);
	assert_int_equal(s.list[1].credential, CREDENTIAL_KEY);
	assert_true(s.list[2].eui == 2);
	assert_int_equal(s.list[2].credential, CREDENTIAL_NONE);
	done(f, manage_unknown_forget(worker(f), EUI));
	assert_int_equal(unknowns(f).count, 1);
}

static void
bound_to_its_key(void **state)
{
	struct adoption a = {.eui = EUI, .template_id = "tpl", .name = "Roof"};
	struct fixture *f = *state;
	struct adopted got;
	struct gateway g;
	struct key key;
	struct span answer, plain;
	struct key_made made;

	make_template(f, "");
	assert_int_equal(poll_with(f, ROUTER, "key-of-mine", NULL), E_NOTFOUND);
	done(f, manage_adopt(worker(f), &a, &got));
	assert_string_equal(got.gateway_id, "eui-58a0cbfffe800001");
	assert_true(got.seen);
	assert_int_equal(got.bound, CREDENTIAL_KEY);
	g = get(f, TEXT);
	assert_int_equal(g.serial, got.serial);
	assert_string_equal(g.name, "Roof");
	assert_string_equal(g.update_channel, "stable");
	assert_string_equal(g.concentrator, "rak2287");
	assert_true(g.auto_update);
	assert_int_equal(g.groups.count, 2);
	assert_int_equal(g.frequency_plan_ids.count, 1);
	/* The secret is sealed for its new place. */
	done(f, manage_open(worker(f), &gateway_kind, g.serial, "lbs_lns_secret.value",
		    &g.lns_secret, &plain));
	assert_text(plain, BYTES("shared-lns-key"));
	assert_int_equal(g.target_cups_key, 0);
	done(f, manage_get(worker(f), &key_kind, got.key_id, &key));
	assert_int_equal(key.generation, 1);
	assert_int_equal(key.origin, KEY_BY_HAND);
	assert_int_equal(key.value.sealed.len, 0);
	assert_int_equal(key.gateway, g.serial);
	assert_int_equal(unknowns(f).count, 0);
	/* Let in with what it has, and told its network server; its own key stays. */
	assert_int_equal(poll_with(f, ROUTER, "key-of-mine", &answer), E_OK);
	assert_text(
	    lns_line(answer), BYTES("Authorization: Bearer shared-lns-key\r\n"));
	assert_int_equal(poll_with(f, ROUTER, "another-key", NULL), E_DENIED);
	done(f, manage_key_rotate(worker(f), TEXT, &made));
	assert_int_equal(made.key.generation, 2);
}

static void
it_presented_nothing(void **state)
{
	struct adoption a = {.eui = EUI, .gateway_id = "roof-1"};
	struct fixture *f = *state;
	struct adopted got;

	assert_int_equal(poll_with(f, ROUTER, "", NULL), E_NOTFOUND);
	done(f, manage_adopt(worker(f), &a, &got));
	assert_true(got.seen);
	assert_int_equal(got.bound, CREDENTIAL_NONE);
	assert_string_equal(got.gateway_id, "roof-1");
	assert_null(got.key_id);
	/* Not seen at all is no hindrance either. */
	a = (struct adoption){.eui = EUI + 1};
	done(f, manage_adopt(worker(f), &a, &got));
	assert_false(got.seen);
	assert_int_equal(got.bound, CREDENTIAL_NONE);
}

static void
it_presented_a_certificate(void **state)
{
	struct adoption a = {.eui = EUI};
	struct fixture *f = *state;
	struct issued ca = issue(&f->arena, "My CA", NULL, true, NOW + 365 * DAY);
	struct issued cert = issue(&f->arena, TEXT, &ca, false, NOW + 30 * DAY);
	static const char *const any[] = {"58A0"};
	struct ca_request request = {.id = "my-ca", .eui_prefixes = {any, 1}};
	struct adopted got;
	struct ca stored;

	f->certificate = cert.der;
	assert_int_equal(poll_with(f, ROUTER, "", NULL), E_NOTFOUND);
	done(f, manage_adopt(worker(f), &a, &got));
	assert_int_equal(got.bound, CREDENTIAL_CERTIFICATE);
	assert_non_null(strstr(strbuf_str(&f->said), "registered CA"));
	assert_int_equal(poll_with(f, ROUTER, "", NULL), E_DENIED);
	done(f, manage_ca_import(worker(f), &request, ca.der, &stored));
	assert_int_equal(poll_with(f, ROUTER, "", NULL), E_OK);
}

static void
several_credentials_must_be_told_apart(void **state)
{
	struct adoption a = {.eui = EUI};
	struct fixture *f = *state;
	struct adopted got;

	assert_int_equal(poll_with(f, ROUTER, "key-of-mine", NULL), E_NOTFOUND);
	assert_int_equal(poll_with(f, ROUTER, "key-of-a-thief", NULL), E_NOTFOUND);
	assert_int_equal(poll_with(f, ROUTER, "", NULL), E_NOTFOUND);
	refused(f, manage_adopt(worker(f), &a, &got), E_STATE,
	    "different credentials were presented");
	a.digest = "0000";
	refused(f, manage_adopt(worker(f), &a, &got), E_INVALID, "digest: must have 8");
	a.digest = "00000000";
	refused(f, manage_adopt(worker(f), &a, &got), E_NOTFOUND, "no credential with");
	/* SHA-256 of "key-of-mine" */
	a.digest = "5ee70976";
	done(f, manage_adopt(worker(f), &a, &got));
	assert_int_equal(got.bound, CREDENTIAL_KEY);
	assert_int_equal(poll_with(f, ROUTER, "key-of-mine", NULL), E_OK);
	assert_int_equal(poll_with(f, ROUTER, "key-of-a-thief", NULL), E_DENIED);
}

static void
unbound_on_request(void **state)
{
	struct adoption a = {.eui = EUI, .unbound = true};
	struct fixture *f = *state;
	struct adopted got;

	assert_int_equal(poll_with(f, ROUTER, "key-of-mine", NULL), E_NOTFOUND);
	assert_int_equal(poll_with(f, ROUTER, "key-of-a-thief", NULL), E_NOTFOUND);
	done(f, manage_adopt(worker(f), &a, &got));
	assert_int_equal(got.bound, CREDENTIAL_NONE);
	assert_int_equal(poll_with(f, ROUTER, "key-of-mine", NULL), E_DENIED);
}

static void
what_cannot_be_adopted(void **state)
{
	struct adoption a = {.eui = EUI};
	struct key_request request = {.gateway = "gw-1"};
	struct fixture *f = *state;
	struct adopted got;
	struct key_made made;
	struct gateway g;

	add_gateway(f, "gw-1", "1111111111111111");
	done(f, manage_key_create(worker(f), &request, &made));
	assert_int_equal(poll_with(f, ROUTER, made.plain, NULL), E_NOTFOUND);
	refused(f, manage_adopt(worker(f), &a, &got), E_STATE, "of another gateway");
	/* Nothing of it stays. */
	refused(f, manage_get(worker(f), &gateway_kind, TEXT, &g), E_NOTFOUND, TEXT);
	assert_int_equal(unknowns(f).count, 1);
	a.unbound = true;
	a.template_id = "nowhere";
	refused(f, manage_adopt(worker(f), &a, &got), E_NOTFOUND,
	    "there is no template nowhere");
	a.template_id = NULL;
	a.gateway_id = "gw-1";
	refused(f, manage_adopt(worker(f), &a, &got), E_EXISTS,
	    "ids.gateway_id: is taken by gateway");
	a.gateway_id = NULL;
	a.eui = 0x1111111111111111;
	refused(f, manage_adopt(worker(f), &a, &got), E_EXISTS,
	    "ids.eui: is taken by gateway");
	a.eui = 0;
	refused(f, manage_adopt(worker(f), &a, &got), E_INVALID, "eui: must not be 0");
}

/* ---- automatically --------------------------------------------------------------------------------- */

static void
without_a_window_nobody_comes_in(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(poll_with(f, ROUTER, "key-of-mine", NULL), E_NOTFOUND);
	make_template(f, "58A0");
	assert_int_equal(poll_with(f, ROUTER, "key-of-mine", NULL), E_NOTFOUND);
	assert_int_equal(poll_with(f, ROUTER, "", NULL), E_NOTFOUND);
	set(f, "window_until", "2029-12-31T23:59:59Z");
	assert_int_equal(poll_with(f, ROUTER, "", NULL), E_NOTFOUND);
	assert_int_equal(unknowns(f).count, 2);
	/* In the window, but another prefix; an empty list of prefixes fits nobody. */
	set(f, "window_until", "+1h");
	set(f, "eui_prefixes", "58A1");
	assert_int_equal(poll_with(f, ROUTER, "", NULL), E_NOTFOUND);
	set(f, "eui_prefixes", "");
	assert_int_equal(poll_with(f, ROUTER, "", NULL), E_NOTFOUND);
}

/* By a template, that is: an operator may adopt it, which ends the ignoring. */
static void
the_ignored_stay_out(void **state)
{
	struct adoption a = {.eui = EUI};
	struct fixture *f = *state;
	struct adopted got;

	make_template(f, "58A0");
	set(f, "window_until", "+1h");
	done(f, manage_unknown_ignore(worker(f), EUI, "the neighbour's"));
	assert_int_equal(poll_with(f, ROUTER, "key-of-mine", NULL), E_NOTFOUND);
	assert_int_equal(unknowns(f).count, 0);
	done(f, manage_adopt(worker(f), &a, &got));
	assert_true(got.seen);
	assert_int_equal(got.bound, CREDENTIAL_KEY);
	refused(f, manage_unknown_notice(worker(f), EUI), E_NOTFOUND, "not ignored");
	refused(
	    f, manage_unknown_ignore(worker(f), 0, NULL), E_INVALID, "must not be 0");
}

static void
a_key_in_the_window_is_bound(void **state)
{
	struct fixture *f = *state;
	struct span answer;
	struct gateway g;

	make_template(f, "58A0,0000");
	set(f, "window_until", "+1h");
	assert_int_equal(poll_with(f, ROUTER, "too-few", NULL), E_NOTFOUND);
	assert_int_equal(poll_with(f, ROUTER, "key-of-mine", &answer), E_OK);
	assert_text(
	    lns_line(answer), BYTES("Authorization: Bearer shared-lns-key\r\n"));
	g = get(f, TEXT);
	assert_string_equal(g.gateway_id, "eui-58a0cbfffe800001");
	assert_int_equal(g.provisioning_until, 0);
	assert_int_equal(g.target_cups_key, 0);
	assert_int_equal(unknowns(f).count, 0);
	/* From now on it is a gateway like others. */
	assert_int_equal(poll_with(f, ROUTER, "other-key", NULL), E_DENIED);
	assert_int_equal(poll_with(f, ROUTER, "", NULL), E_NOAUTH);
	set(f, "window_until", "");
	assert_int_equal(poll_with(f, ROUTER, "key-of-mine", NULL), E_OK);
}

static void
without_a_key_one_answer_carries_credentials(void **state)
{
	struct fixture *f = *state;
	struct update_answer a;
	struct credentials_parts parts;
	struct span answer, rest;
	struct gateway g;
	char *key;

	make_template(f, "58");
	set(f, "window_until", "+1h");
	assert_int_equal(poll_with(f, ROUTER, "", &answer), E_OK);
	assert_int_equal(update_answer_read(answer, &a, &rest, NULL), E_OK);
	assert_int_equal(credentials_split(a.cups_credentials, &parts, NULL), E_OK);
	assert_true(parts.token);
	assert_true(span_begins(parts.key, BYTES("Authorization: Bearer NNSXS.")));
	assert_true(lns_line(answer).len > 0);
	g = get(f, TEXT);
	assert_int_equal(g.provisioning_until, NOW + 3600);
	assert_true(g.target_cups_key != 0);
	/* Once: whoever comes now without the key is nobody. */
	assert_int_equal(poll_with(f, ROUTER, "", NULL), E_NOAUTH);
	key = arena_dup(&f->arena, span_trim(span_from(parts.key, 22)));
	assert_int_equal(poll_with(f, ROUTER, key, NULL), E_OK);
}

/* No trust for its address: adopted, and told its network server, but no key is made. */
static void
a_key_that_could_not_be_sent_is_not_made(void **state)
{
	struct edit nowhere = {"addresses", span_str("")};
	struct fixture *f = *state;
	struct update_answer a;
	struct span answer, rest;

	make_template(f, "58");
	set(f, "window_until", "+1h");
	done(f, manage_set(worker(f), &trust_kind, "root-cups", &nowhere, 1));
	assert_int_equal(poll_with(f, ROUTER, "", &answer), E_OK);
	assert_int_equal(update_answer_read(answer, &a, &rest, NULL), E_OK);
	assert_int_equal(a.cups_credentials.len, 0);
	assert_true(a.lns_credentials.len > 0);
	assert_int_equal(get(f, TEXT).target_cups_key, 0);
}

static void
other_peoples_keys_do_not_help(void **state)
{
	struct key_request one = {.gateway = "gw-1"}, all = {0};
	struct fixture *f = *state;
	struct key_made made, revoked, any;

	make_template(f, "58");
	set(f, "window_until", "+1h");
	add_gateway(f, "gw-1", "1111111111111111");
	done(f, manage_key_create(worker(f), &one, &made));
	done(f, manage_key_create(worker(f), &all, &revoked));
	done(f, manage_key_revoke(worker(f), revoked.key.key_id));
	assert_int_equal(poll_with(f, ROUTER, made.plain, NULL), E_NOTFOUND);
	assert_int_equal(poll_with(f, ROUTER, revoked.plain, NULL), E_NOTFOUND);
	/* One that opens all gateways lets it in, and stays what it is. */
	done(f, manage_key_create(worker(f), &all, &any));
	assert_int_equal(poll_with(f, ROUTER, any.plain, NULL), E_OK);
	done(f, manage_get(worker(f), &key_kind, any.key.key_id, &any.key));
	assert_int_equal(any.key.gateway, 0);
}

static void
by_certificate_at_any_time(void **state)
{
	static const char *const prefix[] = {"58A0"};
	struct fixture *f = *state;
	struct issued ca = issue(&f->arena, "My CA", NULL, true, NOW + 365 * DAY);
	struct issued other = issue(&f->arena, "My CA", NULL, true, NOW + 365 * DAY);
	struct issued good = issue(&f->arena, TEXT, &ca, false, NOW + 30 * DAY);
	struct issued name =
	    issue(&f->arena, "58A0CBFFFE800002", &ca, false, NOW + 30 * DAY);
	struct issued forged = issue(&f->arena, TEXT, &other, false, NOW + 30 * DAY);
	struct issued old = issue(&f->arena, TEXT, &ca, false, NOW - 1);
	struct ca_request request = {.id = "my-ca", .eui_prefixes = {prefix, 1}};
	const struct span refused_ones[] = {name.der, forged.der, old.der};
	struct ca stored;
	struct gateway g;

	make_template(f, "58A0CB");
	done(f, manage_ca_import(worker(f), &request, ca.der, &stored));
	for (size_t i = 0; i < COUNT(refused_ones); i++) {
		f->certificate = refused_ones[i];
		assert_int_equal(poll_with(f, ROUTER, "", NULL), E_NOTFOUND);
	}
	f->certificate = good.der;
	assert_int_equal(poll_with(f, ROUTER, "", NULL), E_OK);
	g = get(f, TEXT);
	assert_int_equal(g.provisioning_until, 0);
	assert_int_equal(g.target_cups_key, 0);
	f->certificate = forged.der;
	assert_int_equal(poll_with(f, ROUTER, "", NULL), E_DENIED);
}

static void
the_longest_prefix_decides(void **state)
{
	struct fixture *f = *state;

	make_template(f, "58");
	set(f, "window_until", "+1h");
	add_template(f, "closer", "00,58a0cb");
	/* Its window is closed, and the other's does not count. */
	assert_int_equal(poll_with(f, ROUTER, "key-of-mine", NULL), E_NOTFOUND);
	done(f, set_field(f, &template_kind, "closer", "window_until", "+1h"));
	done(f, set_field(f, &template_kind, "closer", "groups", "closer"));
	done(f, set_field(f, &template_kind, "closer", "gateway_server_address",
		    "ws://l.example:1887"));
	assert_int_equal(poll_with(f, ROUTER, "key-of-mine", NULL), E_OK);
	assert_string_equal(get(f, TEXT).groups.items[0], "closer");
}

static void
the_deleted_stay_deleted(void **state)
{
	struct fixture *f = *state;

	make_template(f, "58");
	set(f, "window_until", "+1h");
	add_gateway(f, "gw-1", TEXT);
	done(f, manage_delete(worker(f), &gateway_kind, "gw-1"));
	assert_int_equal(poll_with(f, ROUTER, "key-of-mine", NULL), E_NOTFOUND);
	assert_true(get(f, "gw-1").deleted_at != 0);
	/* An identifier that is taken: it stays unknown. */
	done(f, manage_gateway_purge(worker(f), "gw-1"));
	add_gateway(f, "eui-58a0cbfffe800001", "1111111111111111");
	assert_int_equal(poll_with(f, ROUTER, "key-of-mine", NULL), E_NOTFOUND);
}

/* An open window for any EUI is no way to fill the disk. */
static void
spraying_is_bounded(void **state)
{
	struct fixture *f = *state;
	unsigned in = 0;
	char router[24];

	add_template(f, "tpl", "0");
	set(f, "window_until", "+1h");
	set(f, "gateway_server_address", "ws://l.example:1887");
	for (unsigned i = 1; i <= 700; i++) {
		snprintf(router, sizeof router, "::%x", i);
		in += poll_with(f, router, "", NULL) == E_OK;
		arena_reset(&f->arena);
	}
	assert_true(in <= 602);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_memory, fixture_end)
#define AUTO(name) cmocka_unit_test_setup_teardown(name, automatic, fixture_end)
	const struct CMUnitTest tests[] = {
	    TEST(the_list),
	    TEST(bound_to_its_key),
	    TEST(it_presented_nothing),
	    TEST(it_presented_a_certificate),
	    TEST(several_credentials_must_be_told_apart),
	    TEST(unbound_on_request),
	    TEST(what_cannot_be_adopted),
	    AUTO(without_a_window_nobody_comes_in),
	    AUTO(the_ignored_stay_out),
	    AUTO(a_key_in_the_window_is_bound),
	    AUTO(without_a_key_one_answer_carries_credentials),
	    AUTO(a_key_that_could_not_be_sent_is_not_made),
	    AUTO(other_peoples_keys_do_not_help),
	    AUTO(by_certificate_at_any_time),
	    AUTO(the_longest_prefix_decides),
	    AUTO(the_deleted_stay_deleted),
	    AUTO(spraying_is_bounded),
	};

	log_open("test", LOG_NOWHERE, LOG_ERROR);
	return cmocka_run_group_tests_name("adopt", tests, NULL, NULL);
}
