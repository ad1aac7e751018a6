/* What a gateway gets: the rules of the CUPS decision about new keys and the network server,
 * one case a rule. */
#include "tests/unit/decision_scene.h"

#include "base/crc.h"

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
