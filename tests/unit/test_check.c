/* The check finds nothing on a healthy store, and each kind of planted fault. */
#include "tests/lib/data_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/wire.h"
#include "manage/check.h"
#include "registry/ca.h"
#include "registry/sighting.h"
#include "registry/template.h"
#include "registry/trust.h"

static char keys[2][128];

struct told {
	struct strbuf text; /* "severity area subject: text [fix]" a line */
	struct check_result result;
};

static void
keep(void *arg, const struct check_finding *f)
{
	struct told *t = arg;

	strbuf_printf(&t->text, "%s %s %s: %s [%s]\n", check_severity_name(f->severity),
	    f->area, f->subject, f->text, f->fix);
}

static const char *
check(struct fixture *f, struct check_result *result)
{
	struct told t;
	const char *kept;

	strbuf_init(&t.text, 1 << 20);
	done(f,
	    manage_check(worker(f), &(struct check_options){0}, keep, &t, &t.result));
	kept = arena_dup(&f->arena, strbuf_span(&t.text));
	strbuf_clear(&t.text);
	*result = t.result;
	return kept;
}

/* There are findings with these words, and nothing worse than the severity. */
static void
expect(struct fixture *f, enum check_severity severity, const char *words)
{
	struct check_result r;
	const char *told = check(f, &r);

	if (strstr(told, words) == NULL)
		fail_msg("expected \"%s\", got\n%s", words, told);
	if (severity < CHECK_ERROR && r.errors != 0)
		fail_msg("errors:\n%s", told);
	if (severity < CHECK_WARNING && r.warnings != 0)
		fail_msg("warnings:\n%s", told);
	assert_true(severity != CHECK_ERROR || r.errors > 0);
	assert_true(severity != CHECK_WARNING || r.warnings > 0);
	assert_true(severity != CHECK_NOTE || r.notes > 0);
}

static void
expect_nothing(struct fixture *f)
{
	struct check_result r;
	const char *told = check(f, &r);

	if (told[0] != '\0')
		fail_msg("%s", told);
	assert_int_equal(r.errors + r.warnings + r.notes, 0);
}

/* ---- planting ------------------------------------------------------------------------------------ */

struct raw {
	unsigned table;
	uint64_t serial;
	struct span value;
	bool remove;
};

static int
plant_in(struct store_txn *txn, void *arg)
{
	const struct raw *r = arg;
	uint8_t key[8];

	wire_key64(key, r->serial);
	return r->remove ? store_del(txn, r->table, span_of(key, 8))
			 : store_put(txn, r->table, span_of(key, 8), r->value);
}

static void
plant(struct store *store, struct raw raw)
{
	assert_int_equal(store_update(store, 5000, plant_in, &raw), E_OK);
}

struct rewriting {
	const struct record_kind *kind;
	const void *record;
};

static int
rewrite_in(struct store_txn *txn, void *arg)
{
	const struct rewriting *r = arg;

	return registry_rewrite(txn, r->kind, r->record);
}

/* Stores a record as it is, without any check. */
static void
rewrite(struct fixture *f, const struct record_kind *kind, const void *record)
{
	struct rewriting r = {kind, record};

	assert_int_equal(store_update(f->data.registry, 5000, rewrite_in, &r), E_OK);
}

static struct gateway
get_gateway(struct fixture *f, const char *id)
{
	struct gateway g;

	done(f, manage_get(worker(f), &gateway_kind, id, &g));
	return g;
}

/* ---- tests ------------------------------------------------------------------------------------------ */

static void
nothing_on_a_healthy_store(void **state)
{
	struct fixture *f = *state;
	struct check_result r;

	expect_nothing(f);
	add_fleet(f, 2, keys);
	assert_int_equal(poll_with(f, "::1", "", NULL), E_NOAUTH);
	assert_int_equal(poll_with(f, "::2", keys[1], NULL), E_OK);
	assert_int_equal(poll_with(f, "::99", "who-am-i", NULL), E_NOTFOUND);
	expect_nothing(f);
	done(f, manage_delete(worker(f), &gateway_kind, "gw-1"));
	expect_nothing(f);
	check(f, &r);
	assert_int_equal(r.records[TABLE_GATEWAY], 2);
	assert_int_equal(r.records[TABLE_LNS], 1);
	assert_int_equal(r.records[TABLE_TRUST], 2);
	assert_int_equal(r.records[TABLE_CA], 1);
	assert_int_equal(r.records[TABLE_KEY], 2);
	assert_int_equal(r.records[TABLE_TEMPLATE], 1);
	assert_int_equal(r.states, 1);
	assert_int_equal(r.sealed, 8);
	assert_true(r.registry.used > 0 || f->memory);
}

static void
damaged_records(void **state)
{
	struct fixture *f = *state;
	uint64_t serial;

	add_fleet(f, 1, keys);
	serial = get_gateway(f, "gw-1").serial;
	plant(f->data.registry, (struct raw){TABLE_GATEWAY, serial,
				    BYTES("\x01\0\0\0\0\x03\x02x\0"), false});
	expect(f, CHECK_ERROR,
	    "error registry : gateway 7: stored data are damaged (gw-1)");
}

static void
missing_records(void **state)
{
	struct fixture *f = *state;
	uint64_t lns;

	add_fleet(f, 1, keys);
	lns = get_gateway(f, "gw-1").lns;
	plant(f->data.registry, (struct raw){TABLE_LNS, lns, BYTES(""), true});
	expect(f, CHECK_ERROR, "index entry of a record that is not there");
	expect(f, CHECK_ERROR,
	    "error gateway gw-1: lns points at a lns that is not there []");
}

static void
values_that_do_not_open(void **state)
{
	struct fixture *f = *state;
	struct gateway one, two, swapped;

	add_fleet(f, 2, keys);
	one = get_gateway(f, "gw-1");
	two = get_gateway(f, "gw-2");
	/* Another gateway's secret, copied over. */
	swapped = two;
	swapped.lns_secret = one.lns_secret;
	rewrite(f, &gateway_kind, &swapped);
	expect(
	    f, CHECK_ERROR, "error gateway gw-2: lbs_lns_secret.value does not open");
	/* A CRC that is not that of the value. */
	two.lns_secret.crc ^= 1;
	rewrite(f, &gateway_kind, &two);
	expect(f, CHECK_ERROR,
	    "error gateway gw-2: lbs_lns_secret.value: its CRC or length is not");
	two.lns_secret.crc ^= 1;
	rewrite(f, &gateway_kind, &two);
	expect_nothing(f);
	/* A certificate's, and the certificate itself. */
	one.cups_certificate.key.length++;
	rewrite(f, &gateway_kind, &one);
	expect(f, CHECK_ERROR, "error gateway gw-1: cups_certificate.key: its CRC");
	one.cups_certificate.key.length--;
	one.lns_certificate.crc++;
	rewrite(f, &gateway_kind, &one);
	expect(f, CHECK_ERROR,
	    "the CRC of its certificate for the network server is not that of its "
	    "bytes");
}

static void
values_that_would_be_refused_today(void **state)
{
	struct fixture *f = *state;
	struct gateway g;

	add_fleet(f, 1, keys);
	g = get_gateway(f, "gw-1");
	g.update_channel = "a\x01"
			   "b";
	rewrite(f, &gateway_kind, &g);
	expect(f, CHECK_WARNING,
	    "warning gateway gw-1: would not be taken as it is today: update_channel");
}

static void
what_expires(void **state)
{
	struct fixture *f = *state;
	struct trust t;
	struct ca ca;

	add_fleet(f, 1, keys);
	done(f, manage_get(worker(f), &trust_kind, "root-lns", &t));
	t.not_after = NOW + 30 * DAY;
	rewrite(f, &trust_kind, &t);
	expect_nothing(f);
	t.not_after--;
	rewrite(f, &trust_kind, &t);
	expect(f, CHECK_WARNING,
	    "warning trust root-lns: the certificate expires on 2030-01-30 [gatehouse "
	    "trust refresh]");
	t.not_after = NOW;
	rewrite(f, &trust_kind, &t);
	expect(f, CHECK_ERROR, "the certificate expired on 2030-01-01");
	t.not_after = NOW + 3650 * DAY;
	t.chain_not_after = NOW + DAY;
	rewrite(f, &trust_kind, &t);
	expect(f, CHECK_WARNING, "the server's chain expires on 2030-01-02");
	t.chain_not_after = 0;
	t.crc++;
	rewrite(f, &trust_kind, &t);
	expect(f, CHECK_ERROR, "the CRC of the certificate is not that of its bytes");
	t.crc--;
	rewrite(f, &trust_kind, &t);
	done(f, manage_get(worker(f), &ca_kind, "my-ca", &ca));
	ca.not_after = NOW + DAY;
	rewrite(f, &ca_kind, &ca);
	expect(f, CHECK_WARNING, "warning ca my-ca: the CA expires on 2030-01-02");
	ca.not_after = NOW + 3650 * DAY;
	rewrite(f, &ca_kind, &ca);
	f->manage.now = NOW + 340 * DAY;
	expect(f, CHECK_WARNING,
	    "warning gateway gw-1: its certificate for CUPS expires on 2031-01-01");
}

static void
addresses_without_trust(void **state)
{
	struct fixture *f = *state;
	struct check_result r;

	add_fleet(f, 2, keys);
	done(f, set_field(f, &gateway_kind, "gw-1", "target_cups_uri",
		    "https://new.example.com:443"));
	expect(f, CHECK_WARNING,
	    "warning gateway gw-1: no trust certificate is registered for "
	    "https://new.example.com:443: its credentials cannot be sent [gatehouse "
	    "trust "
	    "fetch https://new.example.com:443]");
	/* Once for all gateways. */
	done(f, set_field(f, &gateway_kind, "gw-2", "target_cups_uri",
		    "https://new.example.com:443"));
	check(f, &r);
	assert_int_equal(r.warnings, 1);
	done(f, set_field(f, &gateway_kind, "gw-1", "target_cups_uri", ""));
	done(f, set_field(f, &gateway_kind, "gw-2", "target_cups_uri", ""));
	add_lns(f, "lns-2", "wss://other.example.com:8887");
	expect(f, CHECK_WARNING, "warning lns lns-2: no trust certificate");
	done(f, set_field(f, &lns_kind, "lns-2", "trust", "root-lns"));
	expect_nothing(f);
	done(f, set_field(f, &lns_kind, "lns-2", "uri", "ws://other.example.com:1887"));
	expect_nothing(f);
	done(f, set_field(f, &gateway_kind, "gw-2", "lns", ""));
	done(f, set_field(f, &gateway_kind, "gw-2", "gateway_server_address",
		    "eu1.example.com"));
	expect(f, CHECK_WARNING, "registered for wss://eu1.example.com:8887");
	done(f, manage_delete(worker(f), &gateway_kind, "gw-2"));
	expect_nothing(f);
	done(f, set_field(f, &template_kind, "tpl", "target_cups_uri",
		    "https://new.example.com:443"));
	expect(f, CHECK_WARNING, "warning template tpl: no trust certificate");
}

static void
gateways_that_were_given_up(void **state)
{
	struct fixture *f = *state;

	add_fleet(f, 2, keys);
	for (int i = 0; i < 2; i++)
		assert_int_equal(poll_with(f, "::2", keys[1], NULL), E_OK);
	expect_nothing(f);
	assert_int_equal(poll_with(f, "::2", keys[1], NULL), E_OK);
	expect(f, CHECK_WARNING,
	    "warning gateway gw-2: its CUPS credentials: sent 3 times and never "
	    "confirmed, so stopped [gatehouse gateway retry gw-2]");
	done(f, manage_gateway_retry(worker(f), "gw-2"));
	expect_nothing(f);
}

static void
rows_of_the_ledger(void **state)
{
	struct fixture *f = *state;
	struct gateway_state gs;
	struct strbuf bytes;

	add_fleet(f, 1, keys);
	record_init(&gateway_state_kind, &gs);
	gs.serial = 4711;
	gs.confirmed_generation = 1;
	strbuf_init(&bytes, 1000);
	record_encode(&gateway_state_kind, &gs, &bytes);
	plant(f->data.ledger,
	    (struct raw){LEDGER_GATEWAY, 4711, strbuf_span(&bytes), false});
	expect(f, CHECK_NOTE, "note ledger : 1 rows are of gateways that are gone []");
	/* The same bytes under another number are damaged. */
	plant(f->data.ledger,
	    (struct raw){LEDGER_GATEWAY, 1, strbuf_span(&bytes), false});
	strbuf_clear(&bytes);
	expect(f, CHECK_ERROR, "error ledger #1: the row is damaged");
}

static void
damaged_sightings(void **state)
{
	struct fixture *f = *state;
	const char *path = fixture_path(f, "data/sightings/gateways");
	struct stat st;
	int fd;

	add_fleet(f, 1, keys);
	assert_int_equal(poll_with(f, "::1", "", NULL), E_NOAUTH);
	expect_nothing(f);
	fd = open(path, O_WRONLY);
	assert_true(fd >= 0 && fstat(fd, &st) == 0);
	/* In the middle of the last slot that is there. */
	assert_int_equal(pwrite(fd, "\xff\xff", 2, st.st_size - 100), 2);
	close(fd);
	expect(f, CHECK_WARNING, "warning sightings gateways: 1 damaged entries");
}

static void
sightings_that_do_not_open(void **state)
{
	struct fixture *f = *state;

	slots_close(f->data.unknown);
	f->data.unknown = NULL;
	expect(f, CHECK_WARNING, "warning sightings unknown: cannot be opened");
}

/* ---- files ------------------------------------------------------------------------------------------- */

static void
the_ring(void **state)
{
	struct fixture *f = *state;
	const char *ring = fixture_path(f, "data/seal.keys");

	add_fleet(f, 1, keys);
	assert_int_equal(chmod(ring, 0644), 0);
	expect(f, CHECK_ERROR, "mode 0644 lets others read the sealing keys");
	expect(f, CHECK_ERROR, "[chmod 0640 ");
	assert_int_equal(chmod(ring, 0600), 0);
	expect(f, CHECK_WARNING, "cannot read the sealing keys [chgrp ");
	assert_int_equal(chmod(ring, 0640), 0);
	expect_nothing(f);
	assert_int_equal(unlink(ring), 0);
	fixture_close_ring(f);
	expect(f, CHECK_ERROR, "error seal ");
	expect(
	    f, CHECK_ERROR, "error gateway gw-1: lbs_lns_secret.value does not open");
	expect(f, CHECK_ERROR, "the ring of sealing keys is missing");
}

static void
modes(void **state)
{
	struct fixture *f = *state;
	const char *data = fixture_path(f, "data/registry/data.mdb");
	const char *folder = fixture_path(f, "data/ledger");
	char words[400];

	add_fleet(f, 1, keys);
	assert_int_equal(chmod(data, 0640), 0);
	snprintf(words, sizeof words,
	    "error files %s: mode 0640 keeps its owner or group from reading and "
	    "writing it [chmod 0660 %s]\n",
	    data, data);
	expect(f, CHECK_ERROR, words);
	assert_int_equal(chmod(data, 0664), 0);
	expect(f, CHECK_WARNING, "mode 0664 lets others at it");
	assert_int_equal(chmod(data, 0660), 0);
	assert_int_equal(chmod(folder, 0770), 0);
	snprintf(words, sizeof words,
	    "warning files %s: mode 0770 lets new files belong to whatever group makes "
	    "them [chmod 2770 %s]\n",
	    folder, folder);
	expect(f, CHECK_WARNING, words);
	assert_int_equal(chmod(folder, 02750), 0);
	expect(f, CHECK_ERROR, "mode 2750 keeps its owner or group from working in it");
	assert_int_equal(chmod(folder, 02771), 0);
	expect(f, CHECK_WARNING, "mode 2771 lets others in");
	assert_int_equal(chmod(folder, 02770), 0);
	expect_nothing(f);
}

/* Only root can give files away; nobody else can have made this mistake. */
static void
owners(void **state)
{
	struct fixture *f = *state;
	const char *data = fixture_path(f, "data/registry/data.mdb");
	char words[400];

	if (geteuid() != 0)
		return;
	add_fleet(f, 1, keys);
	assert_int_equal(chown(data, 54321, (gid_t)-1), 0);
	snprintf(words, sizeof words,
	    "warning files %s: belongs to user 54321, not root [chown root %s]\n", data,
	    data);
	expect(f, CHECK_WARNING, words);
	assert_int_equal(chown(data, 0, 54321), 0);
	snprintf(words, sizeof words,
	    "error files %s: belongs to group 54321, not root [chgrp root %s]\n", data,
	    data);
	expect(f, CHECK_ERROR, words);
}

static void
a_folder_that_is_not_there(void **state)
{
	struct fixture *f = *state;
	struct told t = {.result = {0}};

	strbuf_init(&t.text, 4096);
	assert_int_equal(
	    check_files("/nowhere/at/all", NULL, keep, &t, &t.result), E_OK);
	assert_string_equal(strbuf_str(&t.text),
	    "error files /nowhere/at/all: there is no data folder [gatehouse init]\n");
	assert_int_equal(t.result.errors, 1);
	strbuf_clear(&t.text);
	(void)f;
}

int
main(void)
{
#define DISK(name) cmocka_unit_test_setup_teardown(name, fixture_disk, fixture_end)
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_memory, fixture_end)
	const struct CMUnitTest tests[] = {
	    DISK(nothing_on_a_healthy_store),
	    TEST(nothing_on_a_healthy_store),
	    DISK(damaged_records),
	    TEST(missing_records),
	    TEST(values_that_do_not_open),
	    TEST(values_that_would_be_refused_today),
	    TEST(what_expires),
	    TEST(addresses_without_trust),
	    TEST(gateways_that_were_given_up),
	    DISK(rows_of_the_ledger),
	    TEST(damaged_sightings),
	    TEST(sightings_that_do_not_open),
	    DISK(the_ring),
	    DISK(modes),
	    DISK(owners),
	    TEST(a_folder_that_is_not_there),
	};

	log_open("test", LOG_NOWHERE, LOG_ERROR);
	return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
