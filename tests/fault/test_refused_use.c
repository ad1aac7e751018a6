/* The use cases while each request for memory is refused once, one after the other: each
 * ends with "out of memory", and nothing of it is in the registry or the audit log. */
#include "tests/lib/data_fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/wire.h"
#include "crypto/certificate.h"
#include "manage/account.h"
#include "manage/activation.h"
#include "manage/backup.h"
#include "manage/board.h"
#include "manage/bundle.h"
#include "manage/ca.h"
#include "manage/cert.h"
#include "manage/check.h"
#include "manage/explain_show.h"
#include "manage/file.h"
#include "manage/firmware.h"
#include "manage/gateway_export.h"
#include "manage/gateway_import.h"
#include "manage/gateway_page.h"
#include "manage/move.h"
#include "manage/overview.h"
#include "manage/plan.h"
#include "manage/rollout.h"
#include "manage/seal.h"
#include "manage/tick.h"
#include "manage/trust.h"
#include "registry/audit.h"
#include "registry/tables.h"
#include "tests/lib/refuse.h"

/* A use case as it is run once more each time; `turn` makes it something new to do. */
struct deed {
	const char *name;
	int (*fn)(struct manage *m, struct fixture *f);
	void (*before)(struct fixture *f); /* NULL: nothing has to be prepared */
	bool piecewise; /* what came before the error is stored and told */
};

static unsigned long turn;

/* ---- refusing ---------------------------------------------------------------------------- */

static uint64_t
count(struct fixture *f, unsigned table)
{
	struct store_txn *txn;
	uint64_t n = 0;

	assert_int_equal(store_read_begin(f->data.registry, &txn), E_OK);
	assert_int_equal(store_count(txn, table, &n), E_OK);
	store_read_end(txn);
	return n;
}

/* The last entry of the audit log has what changed, when it is about a record. */
static bool
is_told(struct fixture *f)
{
	struct store_cursor *c;
	struct store_txn *txn;
	struct audit last = {0};
	struct span k, v;

	assert_int_equal(store_read_begin(f->data.registry, &txn), E_OK);
	assert_int_equal(store_cursor_open(txn, TABLE_AUDIT, &c), E_OK);
	if (store_cursor_seek_before(c, BYTES("\xff"), &k, &v) != E_OK) {
		store_cursor_close(c);
		store_read_end(txn);
		return true; /* nothing has happened yet */
	}
	assert_int_equal(
	    registry_get(txn, &audit_kind, wire_unkey64(k.data), &f->arena, &last),
	    E_OK);
	store_cursor_close(c);
	store_read_end(txn);
	return last.record == 0 || last.before[0] == '{' || last.after[0] == '{';
}

static void
runs_out(struct fixture *f, const struct deed *d)
{
	unsigned done_without = 0; /* the audit log tells more or less then */
	bool was_refused = true;
	struct manage *m;
	uint64_t entries;
	int err;

	for (turn = 1; was_refused; turn++) {
		if (d->before != NULL)
			d->before(f);
		arena_reset(&f->arena);
		m = worker(f);
		entries = count(f, TABLE_AUDIT);
		refuse_at(turn, false);
		err = d->fn(m, f);
		was_refused = refuse_end();
		if (err == E_OK && was_refused && count(f, TABLE_AUDIT) != entries &&
		    ++done_without > 100)
			fail_msg(
			    "%s, request %lu: is done without memory", d->name, turn);
		if (err == E_OK && !is_told(f))
			fail_msg("%s, request %lu: the audit log does not tell what",
			    d->name, turn);
		if (err == E_OK)
			continue;
		if (err != E_NOMEM || !was_refused)
			fail_msg("%s, request %lu: %s (%s: %s)", d->name, turn,
			    err_text(err), m->fault.field, m->fault.text);
		if (!d->piecewise && count(f, TABLE_AUDIT) != entries)
			fail_msg("%s, request %lu: changed something all the same",
			    d->name, turn);
		assert_true(turn < 5000);
	}
}

static void
all_run_out(struct fixture *f, const struct deed *deeds, size_t count_of)
{
	for (size_t i = 0; i < count_of; i++)
		runs_out(f, &deeds[i]);
}

/* ---- records --------------------------------------------------------------------------------- */

static char name[64];

static const char *
fresh(const char *what)
{
	snprintf(name, sizeof name, "%s-%lu", what, turn);
	return name;
}

static int
set_one(struct manage *m, const struct record_kind *kind, const char *id,
    const char *field, const char *text)
{
	struct edit edit = {field, span_str(text)};

	return manage_set(m, kind, id, &edit, 1);
}

static int
add_one(struct manage *m, struct fixture *f)
{
	struct edit edits[] = {{"ids.gateway_id", span_str(fresh("new"))},
	    {"description", BYTES("A gateway")}, {"groups", BYTES("one,two")},
	    {"attributes", BYTES("abc=b")},
	    {"antennas",
		BYTES(
		    "[{\"gain\":3,\"location\":{\"latitude\":1.5,\"longitude\":2}}]")}};

	(void)f;
	return manage_add(m, &gateway_kind, edits, COUNT(edits), NULL);
}

static int
rename_one(struct manage *m, struct fixture *f)
{
	(void)f;
	return set_one(m, &gateway_kind, "gw-2", "name", fresh("name"));
}

static int
give_secret(struct manage *m, struct fixture *f)
{
	(void)f;
	return set_one(
	    m, &gateway_kind, "gw-2", "lbs_lns_secret.value", fresh("NNSXS.SECRET"));
}

static int
delete_one(struct manage *m, struct fixture *f)
{
	(void)f;
	return manage_delete(m, &gateway_kind, "gw-2");
}

static void
bring_back(struct fixture *f)
{
	struct gateway g;

	done(f, manage_get(worker(f), &gateway_kind, "gw-2", &g));
	if (g.deleted_at != 0)
		done(f, manage_gateway_restore(worker(f), "gw-2"));
}

static int
make_key(struct manage *m, struct fixture *f)
{
	struct key_request request = {.gateway = "gw-2", .name = "a key"};
	struct key_made made;

	(void)f;
	return manage_key_create(m, &request, &made);
}

static int
add_account(struct manage *m, struct fixture *f)
{
	struct account_request request = {.id = fresh("account"),
	    .role = ROLE_ADMIN,
	    .password = BYTES("a long password"),
	    .cost = 1};

	(void)f;
	return manage_account_add(m, &request, NULL);
}

static void
records(void **state)
{
	static const struct deed deeds[] = {
	    {"add", add_one, NULL, false},
	    {"set", rename_one, NULL, false},
	    {"set a secret", give_secret, NULL, false},
	    {"delete", delete_one, bring_back, false},
	    {"key create", make_key, NULL, false},
	    {"account add", add_account, NULL, false},
	};
	struct fixture *f = *state;

	add_fleet(f, 3, NULL);
	all_run_out(f, deeds, COUNT(deeds));
}

/* ---- certificates ------------------------------------------------------------------------------- */

static int
make_ca(struct manage *m, struct fixture *f)
{
	struct ca_request request = {.id = fresh("ca")};
	struct ca stored;

	(void)f;
	return manage_ca_create(m, &request, NOW + 1000 * DAY, &stored);
}

static int
issue_certificate(struct manage *m, struct fixture *f)
{
	struct cert_made made;

	(void)f;
	return manage_cert_issue(m, CERT_CUPS, "gw-1", "my-ca", NOW + 100 * DAY, &made);
}

static char pem_bytes[4096];
static struct span pem;

static int
import_trust(struct manage *m, struct fixture *f)
{
	char address[64];
	const char *items[] = {address};
	struct text_list list = {items, 1};
	struct trust stored;

	(void)f;
	snprintf(address, sizeof address, "host-%lu.example.com:443", turn);
	return manage_trust_import(m, "imported", pem, &list, &stored);
}

static void
a_certificate(struct fixture *f)
{
	struct ca ca;
	struct span text;

	done(f, manage_get(worker(f), &ca_kind, "my-ca", &ca));
	done(f, certificate_pem(ca.der, &f->arena, &text));
	assert_true(text.len < sizeof pem_bytes);
	memcpy(pem_bytes, text.data, text.len);
	pem = span_of(pem_bytes, text.len);
}

static void
certificates(void **state)
{
	static const struct deed deeds[] = {
	    {"ca create", make_ca, NULL, false},
	    {"cert issue", issue_certificate, NULL, false},
	    {"trust import", import_trust, NULL, false},
	};
	struct fixture *f = *state;

	add_fleet(f, 1, NULL);
	a_certificate(f);
	all_run_out(f, deeds, COUNT(deeds));
}

/* ---- many at once ---------------------------------------------------------------------------------- */

struct source {
	struct span rest;
};

static int
give(void *arg, void *buf, size_t n, size_t *got, struct fault *fault)
{
	struct source *s = arg;

	(void)fault;
	*got = s->rest.len < n ? s->rest.len : n;
	if (*got > 0)
		memcpy(buf, s->rest.data, *got);
	s->rest = span_from(s->rest, *got);
	return E_OK;
}

/* The lines are right: none may be refused for want of memory, and the others stored. */
static int
hear(void *arg, const struct bulk_line *line)
{
	struct manage *m = arg;

	if (line->outcome != BULK_REFUSED)
		return E_OK;
	m->fault = line->fault;
	return line->fault.err;
}

static int
import_text(struct manage *m, const char *text)
{
	struct source source = {span_str(text)};
	struct bulk_import in = {
	    .read = give, .read_arg = &source, .report = hear, .report_arg = m};
	struct bulk_result result;

	return manage_gateway_import(m, &in, &result);
}

static int
import_json(struct manage *m, struct fixture *f)
{
	char text[400];

	(void)f;
	snprintf(text, sizeof text,
	    "[{\"ids\":{\"gateway_id\":\"gw-1\"},\"name\":\"J-%lu\"},"
	    "{\"ids\":{\"gateway_id\":\"json-%lu\"},\"attributes\":{\"abc\":\"b\"}}]",
	    turn, turn);
	return import_text(m, text);
}

static int
import_csv(struct manage *m, struct fixture *f)
{
	char text[400];

	(void)f;
	snprintf(text, sizeof text,
	    "gateway_id,name,groups,attributes.xyz\ngw-1,C-%lu,\"one,two\",1\ncsv-%lu,,"
	    ","
	    "2\n",
	    turn, turn);
	return import_text(m, text);
}

static int
swallow(void *arg, struct span bytes, struct fault *fault)
{
	(void)arg;
	(void)bytes;
	(void)fault;
	return E_OK;
}

static int
export_as(struct manage *m, enum export_format format)
{
	struct bulk_export e = {.format = format, .secrets = true, .write = swallow};
	uint64_t n;

	return manage_gateway_export(m, &e, &n);
}

static int
export_csv(struct manage *m, struct fixture *f)
{
	(void)f;
	return export_as(m, EXPORT_CSV);
}

static int
export_json(struct manage *m, struct fixture *f)
{
	(void)f;
	return export_as(m, EXPORT_JSON);
}

static int
see(struct manage *m, struct store_txn *txn, const struct gateway *g, void *arg)
{
	(void)m;
	(void)txn;
	(void)g;
	++*(unsigned *)arg;
	return E_OK;
}

static int
page(struct manage *m, struct fixture *f)
{
	struct gateway_paging paging = {
	    .order = ORDER_NAME, .limit = 10, .page = 1, .name_has = "a"};
	unsigned n = 0;
	uint64_t total;

	(void)f;
	return manage_gateway_page(m, &paging, see, &n, &total);
}

static int
find(struct manage *m, struct fixture *f)
{
	struct gateway_filter filter = {.word = "gw"};
	unsigned n = 0;
	int err = manage_gateways(m, &filter, 0, 0, see, &n);

	(void)f;
	return err == E_OK && n == 0 ? E_INTERNAL : err;
}

static int
count_all(struct manage *m, struct fixture *f)
{
	struct overview overview;

	(void)f;
	return manage_overview_count(m, &overview);
}

static void
many_at_once(void **state)
{
	static const struct deed deeds[] = {
	    {"import of JSON", import_json, NULL, true},
	    {"import of CSV", import_csv, NULL, true},
	    {"export as CSV", export_csv, NULL, false},
	    {"export as JSON", export_json, NULL, false},
	    {"page", page, NULL, false},
	    {"find", find, NULL, false},
	    {"overview", count_all, NULL, false},
	};
	struct fixture *f = *state;

	add_fleet(f, 3, NULL);
	all_run_out(f, deeds, COUNT(deeds));
}

/* ---- telling ------------------------------------------------------------------------------------------ */

static int
explain_to(struct manage *m, bool json)
{
	struct explaining what = {.gateway = "gw-1"};
	struct file_policy files = {.default_lns = ""};
	struct explainer ex = {.m = m, .files = &files, .seal_path = ""};
	struct out out;
	int err;

	out_init(&out, json, NOW);
	out.hold = true;
	ex.out = &out;
	err = explain_show(&ex, &what);
	if (err == E_OK)
		err = out.text.err != E_OK ? out.text.err : out.err;
	out_clear(&out);
	return err;
}

static int
explain_text(struct manage *m, struct fixture *f)
{
	(void)f;
	return explain_to(m, false);
}

static int
explain_json(struct manage *m, struct fixture *f)
{
	(void)f;
	return explain_to(m, true);
}

static int
make_bundle(struct manage *m, struct fixture *f)
{
	struct bundle_request request = {.gateway = "gw-2", .lns = true};
	struct bundle b;

	(void)f;
	return manage_bundle(m, &request, &b);
}

static void
overlook(void *arg, const struct check_finding *finding)
{
	(void)arg;
	(void)finding;
}

static int
check_all(struct manage *m, struct fixture *f)
{
	struct check_result result;

	(void)f;
	return manage_check(m, NULL, overlook, NULL, &result);
}

static void
telling(void **state)
{
	static const struct deed deeds[] = {
	    {"explain", explain_text, NULL, false},
	    {"explain as JSON", explain_json, NULL, false},
	    {"bundle", make_bundle, NULL, false},
	    {"check", check_all, NULL, false},
	};
	struct fixture *f = *state;

	add_fleet(f, 2, NULL);
	all_run_out(f, deeds, COUNT(deeds));
}

/* ---- plans and boards ------------------------------------------------------------------------------------ */

#define PLAN                                                                          \
	"band-id: EU_863_870\n"                                                       \
	"uplink-channels:\n"                                                          \
	"  - {frequency: 868%u00000, min-data-rate: 0, max-data-rate: 5, radio: 0}\n" \
	"radios:\n"                                                                   \
	"  - {enable: true, chip-type: SX1257, frequency: 868100000, "                \
	"rssi-offset: -166, "                                                         \
	"tx: {min-frequency: 863000000, max-frequency: 870000000}}\n"

static int
import_plan(struct manage *m, struct fixture *f)
{
	struct plan_about about = {.id = "MINE"};
	struct plan_importing how = {.replace = true};
	struct import_result result;
	struct plan_files files;
	char text[500];
	int err;

	(void)f;
	snprintf(text, sizeof text, PLAN, 1 + (unsigned)(turn % 3));
	err = plan_text_read(m->arena, span_str(text), "mine.yml", &about, &files);
	return err == E_OK ? manage_plan_import(m, &files, &how, &result) : err;
}

static int
get_plan(struct manage *m, struct fixture *f)
{
	struct plan_record record;
	struct plan *plan;

	(void)f;
	return manage_plan_get(m, "MINE", &record, &plan);
}

static void
plans(void **state)
{
	static const struct deed deeds[] = {
	    {"plan import", import_plan, NULL, false},
	    {"plan show", get_plan, NULL, false},
	};

	all_run_out(*state, deeds, COUNT(deeds));
}

/* ---- firmware --------------------------------------------------------------------------------------------- */

static int
add_image(struct manage *m, struct fixture *f)
{
	struct firmware_adding how = {
	    .id = fresh("fw"), .file_name = "file", .family = FIRMWARE_STATION};
	char path[100];
	struct firmware stored;
	bool healed;
	int fd, err;

	snprintf(path, sizeof path, "%.60s/upload", f->root);
	if ((fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0 ||
	    write(fd, name, strlen(name)) < 0 || lseek(fd, 0, SEEK_SET) != 0)
		return E_IO;
	err = manage_firmware_add(m, &how, fd, &stored, &healed);
	close(fd);
	return err;
}

static int
make_rollout(struct manage *m, struct fixture *f)
{
	struct edit edits[] = {{"rollout_id", span_str(fresh("ro"))},
	    {"release", BYTES("rel-1")}, {"channel", BYTES("stable")}};

	(void)f;
	return manage_rollout_create(m, edits, COUNT(edits));
}

static int
look_at_rollout(struct manage *m, struct fixture *f)
{
	struct rollout_look look;

	(void)f;
	return manage_rollout_status(m, "ro-1", NULL, NULL, &look);
}

static int
plan_rollout(struct manage *m, struct fixture *f)
{
	struct rollout_plan plan;

	(void)f;
	return manage_rollout_plan(m, "ro-1", 50, NULL, NULL, &plan);
}

static int
tick(struct manage *m, struct fixture *f)
{
	struct ticking how = {.keep_audit = 0};
	struct ticked ticked;

	(void)f;
	return manage_tick(m, &how, &ticked);
}

static void
a_rollout(struct fixture *f)
{
	struct edit release[] = {{"release_id", BYTES("rel-1")},
	    {"firmware", BYTES("fw-1")}, {"version", BYTES("2")},
	    {"unsigned", BYTES("true")}};
	struct edit channel = {"channel_id", BYTES("stable")};

	turn = 1;
	done(f, add_image(worker(f), f));
	done(f, manage_add(worker(f), &release_kind, release, COUNT(release), NULL));
	done(f, manage_add(worker(f), &channel_kind, &channel, 1, NULL));
	done(f, make_rollout(worker(f), f));
	for (unsigned i = 1; i <= 3; i++) {
		snprintf(name, sizeof name, "gw-%u", i);
		done(f, set_field(f, &gateway_kind, name, "update_channel", "stable"));
		done(f, set_field(f, &gateway_kind, name, "auto_update", "true"));
	}
}

static int
add_another_image(struct manage *m, struct fixture *f)
{
	turn++; /* fw-1 is there */
	int err = add_image(m, f);
	turn--;
	return err;
}

static int
make_another_rollout(struct manage *m, struct fixture *f)
{
	turn++; /* ro-1 is there */
	int err = make_rollout(m, f);
	turn--;
	return err;
}

static void
firmware(void **state)
{
	static const struct deed deeds[] = {
	    {"firmware add", add_another_image, NULL, false},
	    {"rollout create", make_another_rollout, NULL, false},
	    {"rollout status", look_at_rollout, NULL, false},
	    {"rollout plan", plan_rollout, NULL, false},
	    {"tick", tick, NULL, false},
	};
	struct fixture *f = *state;

	add_fleet(f, 3, NULL);
	a_rollout(f);
	all_run_out(f, deeds, COUNT(deeds));
}

/* ---- the whole ---------------------------------------------------------------------------------------------- */

static int
rotate_seals(struct manage *m, struct fixture *f)
{
	struct seal_rotating how = {.keep_keys = true, .no_new_key = true};
	struct seal_rotated rotated;

	(void)f;
	return manage_seal_rotate(m, &how, &rotated);
}

static int
back_up(struct manage *m, struct fixture *f)
{
	struct backup backup;
	char path[120];

	snprintf(path, sizeof path, "%.60s/backup-%lu", f->root, turn);
	return manage_backup(m, path, &(struct backing_up){.ring_too = true}, &backup);
}

static void
the_whole(void **state)
{
	static const struct deed deeds[] = {
	    {"seal rotate", rotate_seals, NULL, false},
	    {"backup", back_up, NULL, false},
	};
	struct fixture *f = *state;

	add_fleet(f, 2, NULL);
	all_run_out(f, deeds, COUNT(deeds));
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, fixture_disk, fixture_end)
	const struct CMUnitTest tests[] = {
	    TEST(records),
	    TEST(certificates),
	    TEST(many_at_once),
	    TEST(telling),
	    TEST(plans),
	    TEST(firmware),
	    TEST(the_whole),
	};

	return cmocka_run_group_tests_name("refused_use", tests, NULL, NULL);
}
