/* The fleet in figures, and who is left when it moves. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>

#include "base/log.h"
#include "manage/move.h"
#include "manage/overview.h"

/* A sighting of a gateway that came so many seconds ago, and before that every `gap`. */
static void
saw(struct fixture *f, uint64_t serial, int64_t ago, int64_t gap, const char *package)
{
	struct sighting s = {.serial = serial, .polls = 4};

	for (int i = 0; i < SIGHTING_POLLS; i++)
		s.seen_at[i] = NOW - ago - i * gap;
	snprintf(s.model, sizeof s.model, "corecell");
	snprintf(s.package, sizeof s.package, "%s", package);
	snprintf(s.cups_uri, sizeof s.cups_uri, "https://old.example.com:443");
	assert_int_equal(slots_put(f->data.sightings, serial, &s), E_OK);
}

static void
figures(void **state)
{
	struct fixture *f = *state;
	struct sighting refused = {.refused_at = NOW - 60, .refused = 3};
	struct overview o;
	uint64_t minute, looping, stopped;
	struct sighting s;

	saw(f, add_gateway(f, "gw-fine", "1111111111111111"), 3000, DAY, "1.0");
	saw(f, add_gateway(f, "gw-day", "1111111111111112"), 80000, DAY, "1.0");
	saw(f, add_gateway(f, "gw-silent", "1111111111111113"), 90001, DAY, "0.9");
	minute = add_gateway(f, "gw-minute", "1111111111111114");
	saw(f, minute, 60, 60, "1.0");
	looping = add_gateway(f, "gw-looping", "1111111111111115");
	saw(f, looping, 60, 60, "2.0");
	assert_true(slots_get(f->data.sightings, looping, &s));
	s.pushed = 1;
	slots_put(f->data.sightings, looping, &s);
	stopped = add_gateway(f, "gw-stopped", "1111111111111118");
	saw(f, stopped, 60, DAY, "1.0");
	assert_true(slots_get(f->data.sightings, stopped, &s));
	s.stopped = 1;
	slots_put(f->data.sightings, stopped, &s);
	add_gateway(f, "gw-never", "1111111111111116");
	refused.serial = add_gateway(f, "gw-refused", "1111111111111117");
	slots_put(f->data.sightings, refused.serial, &refused);
	done(f, manage_overview_count(worker(f), &o));
	assert_int_equal(o.at, NOW);
	assert_int_equal(o.gateways, 8);
	assert_int_equal(o.seen[SEEN_MINUTES], 3);
	assert_int_equal(o.seen[SEEN_HOUR], 1);
	assert_int_equal(o.seen[SEEN_DAY], 1);
	assert_int_equal(o.seen[SEEN_OLDER], 1);
	assert_int_equal(o.seen[SEEN_NEVER], 2);
	assert_int_equal(o.troubles[TROUBLE_REFUSED], 1);
	assert_int_equal(o.troubled[TROUBLE_REFUSED][0], refused.serial);
	assert_int_equal(o.troubles[TROUBLE_REJECTED], 1);
	assert_int_equal(o.troubled[TROUBLE_REJECTED][0], minute);
	assert_int_equal(o.troubles[TROUBLE_LOOPING], 1);
	assert_int_equal(o.troubles[TROUBLE_STOPPED], 1);
	assert_int_equal(o.troubled[TROUBLE_STOPPED][0], stopped);
	assert_int_equal(o.troubles[TROUBLE_SILENT], 1);
	assert_string_equal(o.versions[0].name, "corecell 1.0");
	assert_int_equal(o.versions[0].count, 4);
	assert_int_equal(o.versions[3].count, 0);
	assert_int_equal(o.other_versions + o.no_version, 0);
}

static void
kept_for_a_minute(void **state)
{
	struct fixture *f = *state;
	struct overview o;
	uint64_t serial = add_gateway(f, "gw-1", "1111111111111111");

	done(f, manage_overview(worker(f), &o));
	assert_int_equal(o.gateways, 1);
	add_gateway(f, "gw-2", "1111111111111112");
	done(f, manage_overview(worker(f), &o));
	assert_int_equal(o.gateways, 1);
	worker(f)->now = NOW + 60;
	done(f, manage_overview(&f->manage, &o));
	assert_int_equal(o.gateways, 2);
	done(f, manage_delete(worker(f), &gateway_kind, "gw-1"));
	done(f, manage_overview_count(worker(f), &o));
	assert_int_equal(o.gateways, 1);
	assert_int_equal(o.deleted, 1);
	assert_int_not_equal(serial, 0);
}

/* More versions than have room are counted as others. */
static void
many_versions(void **state)
{
	struct fixture *f = *state;
	char id[20], eui[20], version[20];
	struct overview o;

	for (int i = 0; i < 30; i++) {
		snprintf(id, sizeof id, "gw-%d", i);
		snprintf(eui, sizeof eui, "11111111111111%02X", i);
		snprintf(version, sizeof version, "%d", i % 12);
		saw(f, add_gateway(f, id, eui), 60, DAY, i == 29 ? "" : version);
	}
	done(f, manage_overview_count(worker(f), &o));
	assert_int_equal(o.versions[0].count, 3);
	assert_string_equal(o.versions[0].name, "corecell 0");
	assert_string_equal(o.versions[4].name, "corecell 4");
	assert_int_equal(o.versions[5].count, 2);
	/* 30 but 5 × 3 and 3 × 2; the last one tells its model alone. */
	assert_int_equal(o.other_versions, 9);
}

/* ---- moving ------------------------------------------------------------------------------- */

struct seen_left {
	size_t count;
	char ids[8][40];
	enum left_why whys[8];
	char parts[8][8];
};

static int
take_left(struct manage *m, const struct left_gateway *g, void *arg)
{
	struct seen_left *s = arg;

	(void)m;
	assert_true(s->count < 8);
	snprintf(s->ids[s->count], 40, "%s", g->gateway->gateway_id);
	snprintf(s->parts[s->count], 8, "%s", g->part);
	s->whys[s->count++] = g->why;
	return E_OK;
}

static void
to_another_address(void **state)
{
	static const char uri[] = "https://new.example.com:443";
	struct leaving how = {.uri = uri};
	struct moving moving = {.uri = uri};
	struct fixture *f = *state;
	struct seen_left seen = {0};
	struct moved moved;
	struct sighting s;
	struct left left;
	uint64_t one = add_gateway(f, "gw-1", "1111111111111111");
	uint64_t two = add_gateway(f, "gw-2", "1111111111111112");

	add_gateway(f, "gw-3", "1111111111111113");
	f->policy.allow_redirect = true;
	refused(f, manage_move(worker(f), &moving, &moved), E_STATE, "no trust is");
	add_trust(f, "root-new", "new.example.com:443", NULL);
	moving.uri = "ftp://new.example.com";
	refused(f, manage_move(worker(f), &moving, &moved), E_INVALID, "uri");
	moving.uri = uri;
	done(f, manage_move(worker(f), &moving, &moved));
	assert_int_equal(moved.changed, 3);
	done(f, manage_move(worker(f), &moving, &moved));
	assert_int_equal(moved.matched, 3);
	assert_int_equal(moved.changed, 0);
	saw(f, one, 60, DAY, "1.0");
	saw(f, two, 60, DAY, "1.0");
	assert_true(slots_get(f->data.sightings, two, &s));
	snprintf(s.cups_uri, sizeof s.cups_uri, "%s", uri);
	slots_put(f->data.sightings, two, &s);
	done(f, manage_left(worker(f), &how, take_left, &seen, &left));
	assert_int_equal(left.concerned, 3);
	assert_int_equal(left.left, 2);
	assert_int_equal(left.next, 0);
	assert_string_equal(seen.ids[0], "gw-1");
	assert_int_equal(seen.whys[0], LEFT_ELSEWHERE);
	assert_string_equal(seen.ids[1], "gw-3");
	assert_int_equal(seen.whys[1], LEFT_NEVER_SEEN);
	/* One at a time. */
	how.limit = 1;
	seen.count = 0;
	done(f, manage_left(worker(f), &how, take_left, &seen, &left));
	assert_int_equal(left.next, one);
	how.after = left.next;
	done(f, manage_left(worker(f), &how, take_left, &seen, &left));
	assert_int_equal(seen.count, 2);
	assert_string_equal(seen.ids[1], "gw-3");
	/* And back. */
	moving.uri = "";
	done(f, manage_move(worker(f), &moving, &moved));
	assert_int_equal(moved.changed, 3);
}

/* When the certificate at an address is exchanged, those are left that have not confirmed it. */
static void
to_another_certificate(void **state)
{
	struct leaving how = {.trust = "root-lns"};
	struct fixture *f = *state;
	struct seen_left seen = {0};
	char key[128];
	struct left left;
	struct gateway g;

	add_whole_gateway(f, "gw-1", "1111111111111111", key);
	done(f, manage_left(worker(f), &how, take_left, &seen, &left));
	assert_int_equal(left.concerned, 1);
	assert_int_equal(seen.whys[0], LEFT_NEVER_SEEN);
	assert_int_equal(poll_with(f, "1111:1111:1111:1111", key, NULL), E_OK);
	seen.count = 0;
	done(f, manage_get(worker(f), &gateway_kind, "gw-1", &g));
	done(f, manage_left(worker(f), &how, take_left, &seen, &left));
	assert_int_equal(left.left, 1);
	assert_int_equal(seen.whys[0], LEFT_OLD);
	assert_string_equal(seen.parts[0], "lns");
	how.trust = "nothing";
	refused(
	    f, manage_left(worker(f), &how, NULL, NULL, &left), E_NOTFOUND, "nothing");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_memory, fixture_end)
	const struct CMUnitTest tests[] = {
	    TEST(figures),
	    TEST(kept_for_a_minute),
	    TEST(many_versions),
	    TEST(to_another_address),
	    TEST(to_another_certificate),
	};

	log_open("test", LOG_NOWHERE, LOG_ERROR);
	return cmocka_run_group_tests_name("overview", tests, NULL, NULL);
}
