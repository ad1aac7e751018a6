/* What a gateway would get and why: always what the endpoint then does. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>

#include "base/log.h"
#include "cups/credentials.h"
#include "manage/cert.h"
#include "manage/explain.h"

static char keys[3][128];

static struct explanation *
explain(struct fixture *f, struct explaining what)
{
	struct explanation *e = arena_alloc(&f->arena, sizeof *e);

	done(f, manage_explain(worker(f), &what, e));
	return e;
}

/* Why for a part: the first reason that is said of it; -1 when none is. */
static int
why(const struct explanation *e, enum cups_part part)
{
	for (size_t i = 0; i < e->x.decision.reason_count; i++)
		if (e->x.decision.reasons[i].part == part)
			return (int)e->x.decision.reasons[i].why;
	return -1;
}

static void
never_seen(void **state)
{
	struct fixture *f = *state;
	struct explanation *e;
	struct span answer;

	add_fleet(f, 2, keys);
	e = explain(f, (struct explaining){.gateway = "gw-2"});
	assert_int_equal(e->source, EXPLAIN_FACTORY);
	assert_int_equal(e->pattern, POLLS_NEVER);
	assert_false(e->seen);
	assert_non_null(strstr(e->assumed, ", which it should have"));
	assert_int_equal(e->x.decision.err, E_OK);
	assert_int_equal(why(e, PART_CUPS_CREDENTIALS), WHY_SENT);
	assert_int_equal(why(e, PART_LNS_CREDENTIALS), WHY_SENT);
	assert_int_equal(e->answer_err, E_OK);
	/* Nothing was written: the endpoint now does what was said. */
	assert_int_equal(poll_with(f, "::2", keys[1], &answer), E_OK);
	assert_int_equal(answer.len, e->answer_length);
}

static void
from_its_last_poll(void **state)
{
	struct fixture *f = *state;
	struct explanation *e;

	add_fleet(f, 2, keys);
	assert_int_equal(poll_with(f, "::2", keys[1], NULL), E_OK);
	f->manage.now += 30;
	e = explain(f, (struct explaining){.gateway = "0000000000000002"});
	assert_int_equal(e->source, EXPLAIN_SIGHTING);
	assert_true(e->seen);
	assert_non_null(strstr(e->assumed, ", as at its last poll"));
	assert_text(e->x.request.cups_uri, BYTES("https://cups.example.com:443"));
	assert_int_equal(e->x.request.cups_crc, 1);
	assert_int_equal(e->x.request.lns_crc, CREDENTIALS_NONE_CRC);
	assert_text(e->x.request.station, BYTES("2.0.6"));
	assert_int_equal(e->x.decision.reasons[0].part, PART_CUPS_URI);
	assert_int_equal(why(e, PART_LNS_URI), WHY_SENT);
	/* The second time, as the ledger knows. */
	for (size_t i = 0; i < e->x.decision.reason_count; i++)
		if (e->x.decision.reasons[i].part == PART_LNS_URI)
			assert_int_equal(e->x.decision.reasons[i].number, 2);
}

/* The limit, and what explain says of it, as often as it is asked. */
static void
explaining_counts_nothing(void **state)
{
	struct fixture *f = *state;
	struct explanation *e = NULL;
	struct span answer;

	add_fleet(f, 2, keys);
	for (unsigned i = 1; i <= 5; i++) {
		for (unsigned j = 0; j < 4; j++)
			e = explain(f, (struct explaining){.gateway = "gw-2"});
		assert_int_equal(
		    why(e, PART_LNS_CREDENTIALS), i <= 3 ? WHY_SENT : WHY_LIMIT);
		/* A factory's CRCs at first, then those of the poll: both differ. */
		assert_int_equal(poll_with(f, "::2", keys[1], &answer), E_OK);
		assert_int_equal(answer.len, e->answer_length);
	}
	assert_int_equal(answer.len, 14);
}

static void
a_request_that_is_given(void **state)
{
	struct fixture *f = *state;
	struct explaining what = {
	    .body =
		span_str("{\"router\":\"::2\",\"cupsUri\":\"https://cups.example.com:"
			 "443\",\"tcUri\":\"wss://lns.example.com:8887\"}")};
	struct explanation *e;

	add_fleet(f, 2, keys);
	e = explain(f, what);
	assert_int_equal(e->source, EXPLAIN_REQUEST);
	assert_int_equal(why(e, PART_LNS_URI), WHY_SAME);
	what.key = span_str(keys[0]);
	e = explain(f, what);
	assert_int_equal(e->x.decision.err, E_DENIED);
	assert_string_equal(e->assumed, "");
	what.key = span_str(keys[1]);
	e = explain(f, what);
	assert_int_equal(e->x.decision.err, E_OK);
	what.key = span_of(NULL, 0);
	what.nothing = true;
	e = explain(f, what);
	assert_int_equal(e->x.decision.err, E_NOAUTH);
	assert_int_equal(why(e, PART_REQUEST), WHY_REFUSED);
	/* That of another one, or none at all. */
	what.gateway = "gw-1";
	{
		struct explanation other;

		refused(f, manage_explain(worker(f), &what, &other), E_INVALID,
		    "router: the request is that of another gateway");
		what.body = span_str("{\"router\":true}");
		what.gateway = NULL;
		refused(
		    f, manage_explain(worker(f), &what, &other), E_INVALID, "router");
		what = (struct explaining){.gateway = "nowhere"};
		refused(f, manage_explain(worker(f), &what, &other), E_NOTFOUND,
		    "there is no gateway nowhere");
		what = (struct explaining){.gateway = NULL};
		refused(f, manage_explain(worker(f), &what, &other), E_INVALID,
		    "a gateway or a request is required");
	}
}

static void
unregistered_and_deleted(void **state)
{
	struct fixture *f = *state;
	struct explanation *e, other;
	struct explaining what = {.gateway = "gw-3"};

	e = explain(f, (struct explaining){.gateway = "58A0CBFFFE800001"});
	assert_int_equal(e->x.decision.err, E_NOTFOUND);
	assert_int_equal(why(e, PART_REQUEST), WHY_UNKNOWN);
	e = explain(f, (struct explaining){.body = span_str("{\"router\":\"::7\"}")});
	assert_int_equal(e->x.decision.err, E_NOTFOUND);
	add_fleet(f, 1, keys);
	done(f, manage_delete(worker(f), &gateway_kind, "gw-1"));
	e = explain(f, (struct explaining){.gateway = "gw-1"});
	assert_int_equal(e->x.decision.err, E_NOTFOUND);
	add_gateway(f, "gw-3", "");
	refused(f, manage_explain(worker(f), &what, &other), E_STATE, "has no EUI");
}

static void
by_certificate(void **state)
{
	struct fixture *f = *state;
	struct explanation *e;
	struct gateway g;

	add_fleet(f, 1, keys);
	e = explain(f, (struct explaining){.gateway = "gw-1"});
	assert_string_equal(e->assumed, "its client certificate");
	assert_int_equal(e->x.principal.credential, CREDENTIAL_CERTIFICATE);
	assert_int_equal(e->x.principal.err, E_OK);
	assert_int_equal(e->x.decision.err, E_OK);
	assert_int_equal(e->x.decision.cups.kind, CREDENTIALS_CERTIFICATE);
	done(f, manage_get(worker(f), &gateway_kind, "gw-1", &g));
	f->certificate = g.cups_certificate.der;
	assert_int_equal(poll_with(f, "::1", "", NULL), E_OK);
	e = explain(f, (struct explaining){.gateway = "gw-1"});
	assert_int_equal(e->source, EXPLAIN_SIGHTING);
	assert_string_equal(e->assumed, "its client certificate");
	/* Taken away here, it may still have it. */
	done(f, manage_cert_remove(worker(f), CERT_CUPS, "gw-1"));
	e = explain(f, (struct explaining){.gateway = "gw-1"});
	assert_string_equal(e->assumed, "a client certificate that is right");
	assert_int_equal(e->x.decision.err, E_OK);
	e = explain(
	    f, (struct explaining){.gateway = "gw-1", .certificate = f->certificate});
	assert_string_equal(e->assumed, "");
	assert_int_equal(e->x.principal.err, E_OK);
}

/* A key that has ended meanwhile shows as what it is. */
static void
keys_that_ended(void **state)
{
	struct fixture *f = *state;
	struct explanation *e;
	struct gateway g;
	struct key key;

	add_fleet(f, 2, keys);
	assert_int_equal(poll_with(f, "::2", keys[1], NULL), E_OK);
	done(f, manage_get(worker(f), &gateway_kind, "gw-2", &g));
	e = explain(f, (struct explaining){.gateway = "gw-2"});
	key = e->x.principal.key;
	assert_int_equal(key.serial, g.target_cups_key);
	done(f, manage_key_revoke(worker(f), key.key_id));
	e = explain(f, (struct explaining){.gateway = "gw-2"});
	assert_int_equal(e->x.decision.err, E_DENIED);
	assert_non_null(strstr(e->x.decision.fault.text, "revoked"));
	/* Gone altogether: the one that it should have, if any. */
	done(f, manage_delete(worker(f), &key_kind, key.key_id));
	e = explain(f, (struct explaining){.gateway = "gw-2"});
	assert_string_equal(e->assumed, "no credential: none is registered for it");
	assert_int_equal(e->x.decision.err, E_NOAUTH);
}

static void
an_answer_that_cannot_be_built(void **state)
{
	struct fixture *f = *state;
	struct explanation *e;

	add_fleet(f, 2, keys);
	remove(f->data.seal_path);
	fixture_close_ring(f);
	e = explain(f, (struct explaining){.gateway = "gw-2"});
	assert_int_equal(e->x.decision.err, E_OK);
	assert_int_equal(e->answer_err, E_NOTFOUND);
	assert_true(e->answer_fault.text[0] != '\0');
}

/* ---- the pattern of polls ---------------------------------------------------------------------- */

static void
patterns(void **state)
{
#define HOUR 3600
#define HELD 99 /* nothing, because it was sent too often */
	/* Seconds before now, newest first; 0: none. */
	static const struct {
		int64_t polls[SIGHTING_POLLS], refused;
		unsigned pushed;
		enum poll_pattern pattern;
	} cases[] = {
	    {{0}, 0, 0, POLLS_NEVER},
	    {{0}, 5, 0, POLLS_REFUSED},
	    {{0}, 40 * HOUR, 0, POLLS_REFUSED},
	    {{30}, 0, 0, POLLS_FEW},
	    {{30, 90}, 0, 0, POLLS_FEW},
	    {{30, 90, 150}, 0, 0, POLLS_MINUTE},
	    {{30, 90, 150, 210}, 0, 0, POLLS_MINUTE},
	    {{30, 90, 150, 210}, 0, 4, POLLS_APPLYING},
	    {{30, 90, 150, 24 * HOUR}, 0, 0, POLLS_MINUTE},
	    {{30, 90, 24 * HOUR}, 0, 0, POLLS_FEW},
	    {{30, 400, 800, 1200}, 0, 0, POLLS_FEW},
	    {{30, 24 * HOUR + 30}, 0, 0, POLLS_FINE},
	    {{1000}, 0, 0, POLLS_FINE},
	    {{1000, 1060, 1120, 1180}, 0, 0, POLLS_FINE},
	    {{24 * HOUR, 48 * HOUR}, 0, 0, POLLS_FINE},
	    {{26 * HOUR, 50 * HOUR}, 0, 0, POLLS_SILENT},
	    /* Refused since then, lately or long ago. */
	    {{400, 86800}, 100, 0, POLLS_REFUSED},
	    {{26 * HOUR}, 100, 0, POLLS_REFUSED},
	    {{26 * HOUR}, 25 * HOUR, 0, POLLS_SILENT},
	    {{30, 90, 150, 210}, 60, 0, POLLS_MINUTE},
	    /* What it should get is held back: more telling than its rhythm. */
	    {{24 * HOUR, 48 * HOUR}, 0, HELD, POLLS_STOPPED},
	    {{30, 90, 150, 210}, 0, HELD, POLLS_STOPPED},
	    {{26 * HOUR}, 0, HELD, POLLS_SILENT},
	    {{400, 86800}, 100, HELD, POLLS_REFUSED},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sighting s = {.stopped = cases[i].pushed == HELD};

		s.pushed = s.stopped ? 0 : cases[i].pushed;
		for (size_t j = 0; j < SIGHTING_POLLS; j++)
			if (cases[i].polls[j] != 0)
				s.seen_at[j] = NOW - cases[i].polls[j];
		if (cases[i].refused != 0) {
			s.refused_at = NOW - cases[i].refused;
			s.refused = 3;
		}
		if (poll_pattern_of(&s, NOW) != cases[i].pattern)
			fail_msg("case %zu: %s, not %s", i,
			    poll_pattern_name(poll_pattern_of(&s, NOW)),
			    poll_pattern_name(cases[i].pattern));
	}
	for (int p = 0; p < POLLS_COUNT; p++) {
		assert_true(strlen(poll_pattern_name((enum poll_pattern)p)) > 0);
		assert_true(strlen(poll_pattern_text((enum poll_pattern)p)) > 10);
	}
}

/* Polls as a gateway makes them give the pattern that they should. */
static void
patterns_of_real_polls(void **state)
{
	struct fixture *f = *state;
	struct explanation *e;

	add_fleet(f, 2, keys);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(poll_with(f, "::2", keys[1], NULL), E_OK);
		f->manage.now += 60;
	}
	e = explain(f, (struct explaining){.gateway = "gw-2"});
	/* Given up after three, so nothing changes any more. */
	assert_int_equal(e->pattern, POLLS_STOPPED);
	assert_int_equal(poll_with(f, "::2", "wrong-key", NULL), E_DENIED);
	e = explain(f, (struct explaining){.gateway = "gw-2"});
	assert_int_equal(e->pattern, POLLS_REFUSED);
	f->manage.now += 26 * HOUR;
	e = explain(f, (struct explaining){.gateway = "gw-2"});
	assert_int_equal(e->pattern, POLLS_SILENT);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_memory, fixture_end)
	const struct CMUnitTest tests[] = {
	    TEST(never_seen),
	    TEST(from_its_last_poll),
	    TEST(explaining_counts_nothing),
	    TEST(a_request_that_is_given),
	    TEST(unregistered_and_deleted),
	    TEST(by_certificate),
	    TEST(keys_that_ended),
	    TEST(an_answer_that_cannot_be_built),
	    TEST(patterns),
	    TEST(patterns_of_real_polls),
	};

	log_open("test", LOG_NOWHERE, LOG_ERROR);
	return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
