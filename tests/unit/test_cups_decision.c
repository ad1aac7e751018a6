/* What a gateway gets: the rules of the CUPS decision, one case a rule. */
#include "tests/unit/unit.h"

#include "base/crc.h"
#include "cups/decision.h"

#define NOW 1000000

/* A gateway that has everything: a CUPS key of generation 2, a token LNS, both trusts. */
struct scene {
	struct arena arena;
	struct update_info request;
	struct principal principal;
	struct gateway gateway;
	struct gateway_state state;
	struct cups_policy policy;
	struct trust lns_trust, cups_trust, here_trust;
	struct key key;
	struct cups_inputs in;
	struct cups_decision d;
};

static struct secret
secret_of(const char *text)
{
	struct secret s = {.sealed = BYTES("sealed")};

	assert_int_equal(secret_describe(span_str(text), false, &s, NULL), E_OK);
	return s;
}

static uint32_t
crc_of_token(const char *trust, const char *line)
{
	return crc32_more(
	    crc32_more(crc32_of(span_str(trust)), BYTES("\0\0\0\0")), span_str(line));
}

/* The CRCs that the gateway reports when it has what is wanted. */
#define CUPS_CRC                \
	crc_of_token("\x30\x01" \
		     "C",       \
	    "Authorization: Bearer cups-key-2\r\n")
#define LNS_CRC crc_of_token("\x30\x01L", "Authorization: Bearer lns-key\r\n")

static int
setup(void **state)
{
	struct scene *s = test_calloc(1, sizeof *s);

	arena_init(&s->arena, 1 << 20);
	record_init(&gateway_kind, &s->gateway);
	record_init(&gateway_state_kind, &s->state);
	record_init(&key_kind, &s->key);
	s->gateway.serial = s->state.serial = 7;
	s->gateway.gateway_id = "gw-1";
	s->gateway.eui = 0x58a0cbfffe800001;
	s->gateway.lns_secret = secret_of("lns-key");
	s->gateway.target_cups_key = 9;
	s->lns_trust = (struct trust){
	    .der = BYTES("\x30\x01L"), .crc = crc32_of(BYTES("\x30\x01L"))};
	s->cups_trust = (struct trust){.der = BYTES("\x30\x01"
						    "C"),
	    .crc = crc32_of(BYTES("\x30\x01"
				  "C"))};
	s->here_trust = s->cups_trust;
	s->key.serial = 9;
	s->key.generation = 2;
	s->key.gateway = 7;
	s->key.rights = RIGHTS_CUPS;
	s->key.value = secret_of("cups-key-2");
	s->principal = (struct principal){.credential = CREDENTIAL_KEY, .key = s->key};
	s->policy = (struct cups_policy){
	    .allow_redirect = true, .push_limit = 3, .default_lns = "", .cups_uri = ""};
	s->request = (struct update_info){.eui = s->gateway.eui,
	    .cups_uri = span_str("https://c.example:443"),
	    .lns_uri = span_str("wss://l.example:8887"),
	    .has_cups_crc = true,
	    .has_lns_crc = true};
	s->request.cups_crc = CUPS_CRC;
	s->request.lns_crc = LNS_CRC;
	s->in = (struct cups_inputs){.request = &s->request,
	    .principal = &s->principal,
	    .gateway = &s->gateway,
	    .state = &s->state,
	    .policy = &s->policy,
	    .now = NOW,
	    .lns_uri = "wss://l.example:8887",
	    .lns_trust = &s->lns_trust,
	    .cups_trust = &s->cups_trust,
	    .here_trust = &s->here_trust,
	    .cups_key = &s->key};
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct scene *s = *state;

	arena_clear(&s->arena);
	test_free(s);
	return 0;
}

static void
decide(struct scene *s)
{
	assert_int_equal(cups_decide(&s->in, &s->arena, &s->d), E_OK);
}

/* The next request finds the ledger as the last decision left it. */
static void
next(struct scene *s)
{
	s->state = s->d.next;
	decide(s);
}

static bool
said(const struct scene *s, enum cups_part part, enum cups_why why)
{
	for (size_t i = 0; i < s->d.reason_count; i++)
		if (s->d.reasons[i].part == part && s->d.reasons[i].why == why)
			return true;
	return false;
}

static void
expect(struct scene *s, const char *cups_uri, bool cups, const char *lns_uri, bool lns)
{
	assert_int_equal(s->d.err, E_OK);
	assert_true(span_eq(span_str(s->d.cups_uri), span_str(cups_uri)));
	assert_int_equal(s->d.send_cups, cups);
	assert_true(span_eq(span_str(s->d.lns_uri), span_str(lns_uri)));
	assert_int_equal(s->d.send_lns, lns);
}

/* Has confirmed its key before: nothing at all is left to do. */
static void
settle(struct scene *s)
{
	s->state.confirmed_generation = s->state.first_generation = 2;
}

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

/* ---- rotation ------------------------------------------------------------------------------ */

static void
test_rotation_and_confirmation(void **state)
{
	struct scene *s = *state;

	s->principal.key.serial = 8;
	s->principal.key.generation = 1;
	s->request.cups_crc = 1;
	decide(s);
	expect(s, NULL, true, NULL, false);
	assert_int_equal(s->d.next.confirmed_generation, 0);
	/* It comes with the new one: confirmed, counts forgotten, written once. */
	s->principal.key = s->key;
	s->request.cups_crc = CUPS_CRC;
	next(s);
	expect(s, NULL, false, NULL, false);
	assert_true(s->d.changed);
	assert_int_equal(s->d.next.confirmed_generation, 2);
	assert_int_equal(s->d.next.pushes.count, 0);
	next(s);
	assert_false(s->d.changed);
}

/* The first pushed key that it comes with may be in its backup set, although it is given a
 * newer one before it could confirm it. */
static void
test_first_pushed_key_stays(void **state)
{
	struct scene *s = *state;
	struct key *shown = &s->principal.key;

	shown->serial = 8;
	shown->generation = 1;
	shown->origin = KEY_PUSHED;
	s->request.cups_crc = 1;
	decide(s);
	expect(s, NULL, true, NULL, false);
	s->principal.key = s->key;
	s->request.cups_crc = CUPS_CRC;
	next(s);
	assert_int_equal(s->d.next.confirmed_generation, 2);
	shown->serial = 8;
	shown->generation = 1;
	shown->origin = KEY_PUSHED;
	next(s);
	assert_int_equal(s->d.err, E_OK);
	assert_true(said(s, PART_CUPS_CREDENTIALS, WHY_SENT_BACKUP));
}

/* A right CRC with another credential: its regular set is rejected, so it is sent again. */
static void
test_backup_set(void **state)
{
	struct scene *s = *state;

	settle(s);
	s->principal.key.serial = 8;
	s->principal.key.generation = 1;
	decide(s);
	expect(s, NULL, true, NULL, false);
	assert_true(said(s, PART_CUPS_CREDENTIALS, WHY_SENT_BACKUP));
	next(s);
	next(s);
	expect(s, NULL, true, NULL, false);
	next(s);
	expect(s, NULL, false, NULL, false);
	assert_true(said(s, PART_CUPS_CREDENTIALS, WHY_LIMIT));
}

static void
test_certificate_is_the_wanted_credential(void **state)
{
	struct scene *s = *state;
	struct span der = BYTES("\x30\x01"
				"G");
	struct span key = BYTES("\x30\x01K");

	s->gateway.cups_certificate.der = der;
	s->gateway.cups_certificate.crc = crc32_of(der);
	s->gateway.cups_certificate.key.sealed = BYTES("sealed");
	s->gateway.cups_certificate.key.crc = crc32_of(key);
	s->gateway.cups_certificate.key.length = key.len;
	decide(s);
	expect(s, NULL, true, NULL, false);
	assert_int_equal(s->d.cups.kind, CREDENTIALS_CERTIFICATE);
	s->principal = (struct principal){.credential = CREDENTIAL_CERTIFICATE,
	    .certificate = der,
	    .certificate_eui = s->gateway.eui};
	s->request.cups_crc = crc32_of(BYTES("\x30\x01"
					     "C\x30\x01G\x30\x01K"));
	next(s);
	expect(s, NULL, false, NULL, false);
	assert_int_equal(s->d.next.pushes.count, 0);
}

static void
test_nothing_set_for_cups(void **state)
{
	struct scene *s = *state;

	s->gateway.target_cups_key = 0;
	s->request.cups_crc = 5;
	decide(s);
	expect(s, NULL, false, NULL, false);
	assert_true(said(s, PART_CUPS_CREDENTIALS, WHY_NOT_WANTED));
}

/* ---- LNS ------------------------------------------------------------------------------------ */

static void
test_lns_parts(void **state)
{
	struct scene *s = *state;

	settle(s);
	s->request.lns_uri = span_str("wss://old.example:8887");
	decide(s);
	expect(s, NULL, false, "wss://l.example:8887", false);
	s->request.lns_crc++;
	decide(s);
	expect(s, NULL, false, "wss://l.example:8887", true);
	s->request.lns_uri = span_str("wss://l.example:8887");
	decide(s);
	expect(s, NULL, false, NULL, true);
	s->request.has_lns_crc = false;
	s->request.lns_crc = LNS_CRC;
	decide(s);
	expect(s, NULL, false, NULL, true);
}

static void
test_lns_without_tls(void **state)
{
	struct scene *s = *state;

	settle(s);
	s->in.lns_uri = "ws://l.example:1887";
	s->gateway.lns_secret = (struct secret){0};
	s->in.lns_trust = NULL;
	decide(s);
	expect(s, NULL, false, "ws://l.example:1887", false);
}

static void
test_lns_without_secret(void **state)
{
	struct scene *s = *state;

	s->gateway.lns_secret = (struct secret){0};
	s->request.cups_crc = 1;
	decide(s);
	assert_int_equal(s->d.err, E_NOTFOUND);
	assert_string_equal(s->d.fault.field, "lbs_lns_secret");
	assert_false(s->d.changed);
	assert_false(s->d.send_cups);
	assert_false(said(s, PART_CUPS_CREDENTIALS, WHY_SENT));
}

static void
test_lns_that_cannot_be_sent(void **state)
{
	struct scene *s = *state;

	settle(s);
	s->request.lns_uri = span_str("wss://old.example:8887");
	s->in.lns_trust = NULL;
	decide(s);
	expect(s, NULL, false, NULL, false);
	assert_true(said(s, PART_LNS_CREDENTIALS, WHY_NO_TRUST));
	assert_true(said(s, PART_LNS_URI, WHY_WITH_CREDENTIALS));
	s->in.lns_uri = "";
	decide(s);
	expect(s, NULL, false, NULL, false);
	assert_true(said(s, PART_LNS_URI, WHY_NO_LNS));
	s->in.lns_uri = "wss://[::1]:8887";
	decide(s);
	expect(s, NULL, false, NULL, false);
	assert_true(said(s, PART_LNS_URI, WHY_BAD_URI));
}

/* A gateway that drops what it is sent comes back with the old CRC: N times, then no more,
 * until the operator or a new secret begins again. */
static void
test_lns_loop(void **state)
{
	struct scene *s = *state;

	settle(s);
	s->request.lns_crc = 1;
	decide(s);
	for (int i = 0; i < 2; i++)
		next(s);
	expect(s, NULL, false, NULL, true);
	next(s);
	expect(s, NULL, false, NULL, false);
	assert_true(said(s, PART_LNS_CREDENTIALS, WHY_LIMIT));
	assert_false(s->d.changed);
	s->gateway.lns_secret = secret_of("another-key");
	decide(s);
	expect(s, NULL, false, NULL, true);
	/* Confirmed by the CRC: the counts are forgotten. */
	s->request.lns_crc = s->d.lns_crc;
	next(s);
	assert_int_equal(s->d.next.pushes.count, 0);
}

static void
test_rotation_and_lns_in_one_answer(void **state)
{
	struct scene *s = *state;

	s->request.cups_crc = s->request.lns_crc = 1;
	s->request.lns_uri = span_str("");
	decide(s);
	expect(s, NULL, true, "wss://l.example:8887", true);
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
	    CASE(test_rotation_and_confirmation),
	    CASE(test_first_pushed_key_stays),
	    CASE(test_backup_set),
	    CASE(test_certificate_is_the_wanted_credential),
	    CASE(test_nothing_set_for_cups),
	    CASE(test_lns_parts),
	    CASE(test_lns_without_tls),
	    CASE(test_lns_without_secret),
	    CASE(test_lns_that_cannot_be_sent),
	    CASE(test_lns_loop),
	    CASE(test_rotation_and_lns_in_one_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
