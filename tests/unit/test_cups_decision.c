/* What a gateway gets: the rules of the CUPS decision, one case a rule. Who may ask, and who
 * is sent elsewhere; rotation and the network server are in test_cups_rotation.c. */
#include "tests/unit/decision_scene.h"

#include "base/crc.h"

/* ---- nothing, and who asks ------------------------------------------------------------- */

static void
test_nothing_to_do(void **state)
{
	struct scene *s = *state;

	settle(s);
	decide(s);
	expect(s, NULL, false, NULL, false);
	assert_false(s->d.changed);
	assert_int_equal(cups_decision_main(&s->d)->why, WHY_SAME);
}

static void
test_unknown(void **state)
{
	struct scene *s = *state;

	s->in.gateway = NULL;
	decide(s);
	assert_int_equal(s->d.err, E_NOTFOUND);
	assert_true(said(s, PART_REQUEST, WHY_UNKNOWN));
}

static void
test_who_is_refused(void **state)
{
	struct scene *s = *state;

	s->principal.credential = CREDENTIAL_NONE;
	decide(s);
	assert_int_equal(s->d.err, E_NOAUTH);
	s->principal.credential = CREDENTIAL_KEY;
	s->principal.err = E_DENIED;
	decide(s);
	assert_int_equal(s->d.err, E_DENIED);
	s->principal.err = E_OK;
	s->principal.key.gateway = 8;
	decide(s);
	assert_int_equal(s->d.err, E_DENIED);
	s->principal.key.gateway = 7;
	s->principal.key.rights = RIGHT_INFO | RIGHT_SETTINGS_BASIC;
	decide(s);
	assert_int_equal(s->d.err, E_DENIED);
	s->principal.key.rights = RIGHT_ALL;
	decide(s);
	assert_int_equal(s->d.err, E_OK);
	s->principal = (struct principal){.credential = CREDENTIAL_CERTIFICATE,
	    .certificate_eui = s->gateway.eui + 1};
	decide(s);
	assert_int_equal(s->d.err, E_DENIED);
	assert_false(s->d.changed);
}

/* A pushed key ends when a later one is confirmed; one put on by hand, and the first that
 * was confirmed, do not: they may be in the backup set. */
static void
test_which_keys_end(void **state)
{
	struct scene *s = *state;
	struct key *shown = &s->principal.key;

	s->state.first_generation = 2;
	s->state.confirmed_generation = 4;
	shown->origin = KEY_PUSHED;
	shown->generation = 3;
	/* Not the one that it should have: an operator may go back to an older key. */
	decide(s);
	assert_int_equal(s->d.err, E_OK);
	shown->serial = 11;
	decide(s);
	assert_int_equal(s->d.err, E_DENIED);
	shown->generation = 2;
	decide(s);
	assert_int_equal(s->d.err, E_OK);
	shown->generation = 4;
	decide(s);
	assert_int_equal(s->d.err, E_OK);
	shown->generation = 5;
	decide(s);
	assert_int_equal(s->d.err, E_OK);
	shown->generation = 3;
	shown->origin = KEY_BY_HAND;
	decide(s);
	assert_int_equal(s->d.err, E_OK);
}

static void
test_without_authentication(void **state)
{
	struct scene *s = *state;

	s->principal.credential = CREDENTIAL_NONE;
	s->gateway.allow_unauthenticated = true;
	s->request.cups_crc++;
	s->request.lns_crc++;
	s->request.lns_uri = span_str("");
	decide(s);
	/* No secret leaves, and the URI waits for the credentials that it needs. */
	expect(s, NULL, false, NULL, false);
	assert_true(said(s, PART_LNS_CREDENTIALS, WHY_UNAUTHENTICATED));
	assert_true(said(s, PART_CUPS_CREDENTIALS, WHY_UNAUTHENTICATED));
	assert_false(s->d.changed);
	/* A wrong key is worth as much as none. */
	s->principal.credential = CREDENTIAL_KEY;
	s->principal.err = E_DENIED;
	decide(s);
	expect(s, NULL, false, NULL, false);
	/* What is no secret may go. */
	s->in.lns_credentials = LNS_SERVER_ONLY;
	s->gateway.cups_credentials = CUPS_SERVER_ONLY;
	decide(s);
	expect(s, NULL, true, "wss://l.example:8887", true);
}

static void
test_provisioning_window(void **state)
{
	struct scene *s = *state;

	s->principal.credential = CREDENTIAL_NONE;
	s->request.cups_crc = s->request.lns_crc = CREDENTIALS_NONE_CRC;
	s->gateway.provisioning_until = NOW;
	decide(s);
	assert_int_equal(s->d.err, E_NOAUTH);
	s->gateway.provisioning_until = NOW + 1;
	decide(s);
	expect(s, NULL, true, NULL, true);
	assert_true(s->d.changed);
	assert_true(said(s, PART_LNS_CREDENTIALS, WHY_SENT_PROVISIONING));
	/* Once. */
	next(s);
	assert_int_equal(s->d.err, E_NOAUTH);
	/* A new window is a new answer. */
	s->gateway.provisioning_until = NOW + 2;
	decide(s);
	expect(s, NULL, true, NULL, true);
}

/* Without a credential it would be refused, so it keeps the one that it has. */
static void
test_server_only_locks_nobody_out(void **state)
{
	struct scene *s = *state;

	settle(s);
	s->gateway.cups_credentials = CUPS_SERVER_ONLY;
	decide(s);
	expect(s, NULL, false, NULL, false);
	assert_true(said(s, PART_CUPS_CREDENTIALS, WHY_LOCKS_OUT));
	s->gateway.allow_unauthenticated = true;
	decide(s);
	expect(s, NULL, true, NULL, false);
	/* Another CUPS may let it in so. */
	s->gateway.allow_unauthenticated = false;
	s->gateway.target_cups_uri = "https://new.example:443";
	decide(s);
	expect(s, "https://new.example:443", true, NULL, false);
}

/* What would not open this gateway is not sent to it, and another one's key never. */
static void
test_keys_that_are_not_sent(void **state)
{
	struct scene *s = *state;

	settle(s);
	s->request.cups_crc = 1;
	s->principal.key.serial = 8;
	s->key.gateway = 8;
	decide(s);
	expect(s, NULL, false, NULL, false);
	assert_true(said(s, PART_CUPS_CREDENTIALS, WHY_NO_KEY));
	s->key.gateway = 7;
	s->key.rights = RIGHT_INFO;
	decide(s);
	expect(s, NULL, false, NULL, false);
	s->key.rights = RIGHT_ALL;
	decide(s);
	expect(s, NULL, true, NULL, false);
}

/* A gateway that came with its boot set has no regular set: it needs the address too. */
static void
test_boot_set(void **state)
{
	struct scene *s = *state;

	settle(s);
	s->principal.key.serial = 8;
	s->request.cups_uri = s->request.lns_uri = span_str("");
	s->request.cups_crc = s->request.lns_crc = CREDENTIALS_NONE_CRC;
	decide(s);
	/* Where it belongs is not known: credentials alone would be of no use. */
	expect(s, NULL, false, "wss://l.example:8887", true);
	s->policy.cups_uri = "https://c.example:443";
	s->policy.allow_redirect = false;
	decide(s);
	expect(s, "https://c.example:443", true, "wss://l.example:8887", true);
	/* It has a place to move to. */
	s->policy.allow_redirect = true;
	s->gateway.target_cups_uri = "https://new.example:443";
	decide(s);
	expect(s, "https://new.example:443", true, NULL, false);
}

/* ---- redirect ----------------------------------------------------------------------------- */

static void
test_redirect(void **state)
{
	struct scene *s = *state;

	settle(s);
	s->gateway.target_cups_uri = "https://new.example:443";
	s->request.lns_crc++;
	decide(s);
	expect(s, "https://new.example:443", true, NULL, false);
	assert_true(said(s, PART_LNS_URI, WHY_REDIRECT_FIRST));
	s->policy.redirect_with_lns = true;
	decide(s);
	expect(s, "https://new.example:443", true, NULL, true);
	s->policy.allow_redirect = false;
	decide(s);
	expect(s, NULL, false, NULL, true);
	assert_true(said(s, PART_CUPS_URI, WHY_NOT_ALLOWED));
}

static void
test_redirect_needs_credentials(void **state)
{
	struct scene *s = *state;

	settle(s);
	s->gateway.target_cups_uri = "https://new.example:443";
	s->in.cups_trust = NULL;
	decide(s);
	expect(s, NULL, false, NULL, false);
	assert_true(said(s, PART_CUPS_CREDENTIALS, WHY_NO_TRUST));
	assert_true(said(s, PART_CUPS_URI, WHY_WITH_CREDENTIALS));
	s->in.cups_trust = &s->cups_trust;
	s->key.revoked_at = 1;
	decide(s);
	expect(s, NULL, false, NULL, false);
	assert_true(said(s, PART_CUPS_CREDENTIALS, WHY_NO_KEY));
	/* Without TLS there are no credentials. */
	s->gateway.target_cups_uri = "http://new.example:80";
	decide(s);
	expect(s, "http://new.example:80", false, NULL, false);
}

static void
test_redirect_never_with_a_bad_uri(void **state)
{
	static const char *const uris[] = {"https://new.example",
	    "https://new.example:443/", "HTTPS://new.example:443", "https://[::1]:443",
	    "https://a@b:443", "wss://new.example:443", "https://new.example:0",
	    "new.example:443"};
	struct scene *s = *state;

	settle(s);
	for (size_t i = 0; i < COUNT(uris); i++) {
		s->gateway.target_cups_uri = uris[i];
		decide(s);
		expect(s, NULL, false, NULL, false);
		assert_true(said(s, PART_CUPS_URI, WHY_BAD_URI));
	}
}

static void
test_redirect_stops(void **state)
{
	struct scene *s = *state;

	settle(s);
	s->gateway.target_cups_uri = "https://new.example:443";
	s->request.lns_crc++;
	decide(s);
	next(s);
	next(s);
	expect(s, "https://new.example:443", true, NULL, false);
	next(s);
	/* Stopped; the rest is answered. */
	expect(s, NULL, false, NULL, true);
	assert_true(said(s, PART_CUPS_URI, WHY_LIMIT));
	assert_int_equal(cups_decision_main(&s->d)->why, WHY_LIMIT);
}

/* Whatever keeps it from moving, it must be able to come here, with the trust of here. */
static void
test_rotation_while_it_cannot_move(void **state)
{
	struct scene *s = *state;
	struct trust here = {
	    .der = BYTES("\x30\x01H"), .crc = crc32_of(BYTES("\x30\x01H"))};

	settle(s);
	s->in.here_trust = &here;
	s->gateway.target_cups_uri = "https://new.example:443";
	s->policy.allow_redirect = false;
	decide(s);
	expect(s, NULL, true, NULL, false);
	assert_true(said(s, PART_CUPS_URI, WHY_NOT_ALLOWED));
	assert_ptr_equal(s->d.cups.trust, &here);
	s->policy.allow_redirect = true;
	s->in.cups_trust = NULL;
	decide(s);
	expect(s, NULL, true, NULL, false);
	assert_ptr_equal(s->d.cups.trust, &here);
	/* Moving was tried too often. */
	s->in.cups_trust = &s->cups_trust;
	for (int i = 0; i < 3; i++) {
		decide(s);
		expect(s, "https://new.example:443", true, NULL, false);
		assert_ptr_equal(s->d.cups.trust, &s->cups_trust);
		s->state = s->d.next;
	}
	decide(s);
	expect(s, NULL, true, NULL, false);
	assert_ptr_equal(s->d.cups.trust, &here);
	assert_true(said(s, PART_CUPS_URI, WHY_LIMIT));
	/* That is counted as well. */
	next(s);
	next(s);
	next(s);
	expect(s, NULL, false, NULL, false);
}

/* A missing LNS secret must not hold it here. */
static void
test_redirect_without_lns_secret(void **state)
{
	struct scene *s = *state;

	settle(s);
	s->gateway.target_cups_uri = "https://new.example:443";
	s->gateway.lns_secret = (struct secret){0};
	s->policy.redirect_with_lns = true;
	decide(s);
	expect(s, "https://new.example:443", true, NULL, false);
	assert_true(said(s, PART_LNS_CREDENTIALS, WHY_NO_SECRET));
}

int
main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
	    CASE(test_nothing_to_do),
	    CASE(test_unknown),
	    CASE(test_who_is_refused),
	    CASE(test_which_keys_end),
	    CASE(test_without_authentication),
	    CASE(test_provisioning_window),
	    CASE(test_server_only_locks_nobody_out),
	    CASE(test_keys_that_are_not_sent),
	    CASE(test_boot_set),
	    CASE(test_redirect),
	    CASE(test_redirect_needs_credentials),
	    CASE(test_redirect_never_with_a_bad_uri),
	    CASE(test_redirect_stops),
	    CASE(test_rotation_while_it_cannot_move),
	    CASE(test_redirect_without_lns_secret),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
