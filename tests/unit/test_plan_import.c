/* Plans and boards in the registry: imported, replaced or left alone, written, removed. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"
#include "manage/board.h"
#include "registry/audit.h"
#include "registry/template.h"

/* ---- files ------------------------------------------------------------------------------ */

static const char *
share(struct fixture *f, const char *name)
{
	const char *top = getenv("top_srcdir");

	return arena_printf(&f->arena, "%s/share/%s", top != NULL ? top : ".", name);
}

static const char *
put_file(struct fixture *f, const char *name, const char *text)
{
	const char *path = fixture_path(f, name);
	struct fault fault = {0};

	if (file_replace(path, 0640, span_str(text), &fault) != E_OK)
		fail_msg("%s", fault.text);
	return path;
}

#define GOOD                                                                         \
	"band-id: EU_863_870\n"                                                      \
	"uplink-channels:\n"                                                         \
	"  - {frequency: 868100000, min-data-rate: 0, max-data-rate: 5, radio: 0}\n" \
	"radios:\n"                                                                  \
	"  - {enable: true, chip-type: SX1257, frequency: 868100000, rssi-offset: "  \
	"-166, "                                                                     \
	"tx: {min-frequency: 863000000, max-frequency: 870000000}}\n"

#define ENTRY(id, file) "- {id: " id ", file: " file ", name: N-" id "}\n"

/* A folder with three plans, of which one has a channel on a radio that is not there. */
static const char *
folder_with_bad(struct fixture *f)
{
	put_file(f, "a.yml", GOOD);
	put_file(f, "bad.yml",
	    "band-id: EU_863_870\n"
	    "uplink-channels:\n"
	    "  - {frequency: 868100000, min-data-rate: 0, max-data-rate: 5, radio: 7}\n"
	    "radios:\n"
	    "  - {enable: true, chip-type: SX1257, frequency: 868100000}\n");
	put_file(f, PLAN_INDEX,
	    ENTRY("FIRST", "a.yml") ENTRY("BAD", "bad.yml") ENTRY("LAST", "a.yml"));
	return f->root;
}

static struct plan_files
read_plans(struct fixture *f, const char *path)
{
	static const struct plan_about nothing;
	struct plan_files files;
	struct fault fault = {0};

	if (plan_files_read(&f->arena, path, &nothing, &files, &fault) != E_OK)
		fail_msg("%s", fault.text);
	return files;
}

static struct import_result
import(struct fixture *f, struct plan_files *files, struct plan_importing how)
{
	struct import_result result;

	f->manage.fault = (struct fault){0};
	done(f, manage_plan_import(&f->manage, files, &how, &result));
	return result;
}

static struct import_result
import_path(struct fixture *f, const char *path)
{
	struct plan_files files = read_plans(f, path);

	return import(f, &files, (struct plan_importing){0});
}

static struct plan_record
plan_of(struct fixture *f, const char *id)
{
	struct plan_record r;

	done(f, manage_get(&f->manage, &plan_kind, id, &r));
	return r;
}

/* ---- importing ---------------------------------------------------------------------------- */

static void
test_bad_does_not_hide_good(void **state)
{
	struct fixture *f = *state;
	struct plan_files files = read_plans(f, folder_with_bad(f));
	struct import_result r = import(f, &files, (struct plan_importing){0});
	struct plan_record record;
	const struct finding *why = files.set.items[1].findings.first;

	assert_int_equal(r.outcomes[0], IMPORT_ADDED);
	assert_int_equal(r.outcomes[1], IMPORT_REFUSED);
	assert_int_equal(r.outcomes[2], IMPORT_ADDED);
	assert_int_equal(r.counts[IMPORT_ADDED], 2);
	assert_int_equal(r.counts[IMPORT_REFUSED], 1);
	/* With file, line and rule. */
	assert_string_equal(why->at.file, "bad.yml");
	assert_int_equal(why->at.line, 3);
	assert_true(why->rule[0] != '\0');
	record = plan_of(f, "LAST");
	assert_string_equal(record.name, "N-LAST");
	assert_string_equal(record.band_id, "EU_863_870");
	assert_int_equal(record.source, SOURCE_IMPORTED);
	assert_int_equal(record.updated_at, NOW);
	refused(f, manage_get(&f->manage, &plan_kind, "BAD", &record), E_NOTFOUND,
	    "there is no plan BAD");
}

/* A plan that was good and is bad now stays as it was. */
static void
test_refused_stays(void **state)
{
	struct fixture *f = *state;
	struct span before;

	import_path(f, folder_with_bad(f));
	before = plan_of(f, "FIRST").encoded;
	put_file(f, "a.yml", "band-id: [\n");
	assert_int_equal(import_path(f, f->root).counts[IMPORT_REFUSED], 3);
	assert_true(span_eq(plan_of(f, "FIRST").encoded, before));
}

static void
test_same_and_changed(void **state)
{
	struct fixture *f = *state;
	struct import_result r;

	import_path(f, folder_with_bad(f));
	f->manage.now = NOW + 60;
	r = import_path(f, f->root);
	assert_int_equal(r.counts[IMPORT_SAME], 2);
	assert_int_equal(plan_of(f, "FIRST").updated_at, NOW);
	put_file(f, "a.yml", GOOD "clock-source: 0\n");
	put_file(f, PLAN_INDEX, ENTRY("FIRST", "a.yml"));
	r = import_path(f, f->root);
	assert_int_equal(r.outcomes[0], IMPORT_CHANGED);
	assert_int_equal(plan_of(f, "FIRST").updated_at, NOW + 60);
	assert_int_equal(plan_of(f, "FIRST").created_at, NOW);
	/* What the index does not name any more is not touched. */
	assert_int_equal(plan_of(f, "LAST").updated_at, NOW);
}

static void
test_no_index(void **state)
{
	struct fixture *f = *state;
	struct plan_files files;
	struct fault fault = {0};
	static const struct plan_about nothing;

	assert_int_equal(
	    plan_files_read(&f->arena, f->root, &nothing, &files, &fault), E_NOTFOUND);
	assert_non_null(strstr(fault.text, PLAN_INDEX));
	put_file(f, PLAN_INDEX, "this: is no list\n");
	assert_int_equal(
	    plan_files_read(&f->arena, f->root, &nothing, &files, &fault), E_INVALID);
	assert_non_null(strstr(fault.text, "not a list"));
}

/* ---- one file ------------------------------------------------------------------------------- */

static void
test_alone(void **state)
{
	struct fixture *f = *state;
	struct plan_files files;
	struct plan_record r;
	struct plan_about about = {
	    .id = "MINE", .name = "My own", .base_frequency = 868};
	struct fault fault = {0};

	put_file(f, "Plan.yml", GOOD);
	import_path(f, fixture_path(f, "Plan.yml"));
	assert_string_equal(plan_of(f, "Plan").name, "");
	assert_int_equal(plan_files_read(&f->arena, fixture_path(f, "Plan.yml"), &about,
			     &files, &fault),
	    E_OK);
	import(f, &files, (struct plan_importing){0});
	/* Imported again without those words it keeps them. */
	put_file(f, "MINE.yml", GOOD "clock-source: 0\n");
	import_path(f, fixture_path(f, "MINE.yml"));
	r = plan_of(f, "MINE");
	assert_string_equal(r.name, "My own");
	assert_int_equal(r.base_frequency, 868);
	assert_string_equal(r.origin, fixture_path(f, "MINE.yml"));
	/* No id can be made of this name. */
	put_file(f, "no id.yml", GOOD);
	assert_int_equal(
	    import_path(f, fixture_path(f, "no id.yml")).counts[IMPORT_REFUSED], 1);
}

static void
test_alone_over_base(void **state)
{
	struct fixture *f = *state;
	struct plan_files files;
	struct plan *plan;

	put_file(f, "BASE.yml", GOOD);
	put_file(f, "OWN.yml", "rx2-default-data-rate: 3\n");
	import_path(f, fixture_path(f, "BASE.yml"));
	files = read_plans(f, fixture_path(f, "OWN.yml"));
	import(f, &files, (struct plan_importing){.base = "BASE"});
	done(f, manage_plan_get(&f->manage, "OWN", NULL, &plan));
	assert_string_equal(plan->id, "OWN");
	assert_int_equal(plan->rx2_data_rate, 3);
	assert_int_equal(plan->radio_count, 1);
	/* Without its base it is none that a forwarder could use. */
	files = read_plans(f, fixture_path(f, "OWN.yml"));
	assert_int_equal(
	    import(f, &files, (struct plan_importing){0}).counts[IMPORT_REFUSED], 1);
	files = read_plans(f, fixture_path(f, "OWN.yml"));
	f->manage.fault = (struct fault){0};
	refused(f,
	    manage_plan_import(&f->manage, &files,
		&(struct plan_importing){.base = "NONE"}, &(struct import_result){0}),
	    E_NOTFOUND, "there is no plan NONE");
}

/* ---- what comes with Gatehouse ----------------------------------------------------------- */

static unsigned
audit_entries(struct fixture *f)
{
	struct store_txn *txn;
	uint64_t n;

	done(f, store_read_begin(f->data.registry, &txn));
	done(f, store_count(txn, TABLE_AUDIT, &n));
	store_read_end(txn);
	return (unsigned)n;
}

static void
test_shipped(void **state)
{
	struct fixture *f = *state;
	const struct plan_importing shipped = {.shipped = true};
	struct shipped all;
	struct import_result r;
	struct plan_files files;

	done(f, manage_import_shipped(worker(f), share(f, "."), &all));
	assert_int_equal(all.plan_count, 71);
	assert_int_equal(all.plans.counts[IMPORT_ADDED], 71);
	assert_true(all.board_count >= 13);
	assert_int_equal(all.boards.counts[IMPORT_ADDED], all.board_count);
	assert_int_equal(plan_of(f, "EU_863_870_TTN").source, SOURCE_SHIPPED);
	assert_int_equal(audit_entries(f), 2);

	/* An operator takes one over, even just as it is. */
	files = read_plans(f, share(f, "frequency-plans/EU_433.yml"));
	r = import(f, &files, (struct plan_importing){0});
	assert_int_equal(r.outcomes[0], IMPORT_CHANGED);
	assert_int_equal(plan_of(f, "EU_433").source, SOURCE_IMPORTED);
	assert_int_equal(audit_entries(f), 3);
	put_file(f, "EU_433.yml", GOOD);
	import_path(f, fixture_path(f, "EU_433.yml"));

	done(f, manage_import_shipped(worker(f), share(f, "."), &all));
	assert_int_equal(all.plans.counts[IMPORT_KEPT], 1);
	assert_int_equal(all.plans.counts[IMPORT_SAME], 70);
	assert_string_equal(plan_of(f, "EU_433").band_id, "EU_863_870");

	files = read_plans(f, share(f, "frequency-plans"));
	r = import(
	    f, &files, (struct plan_importing){.shipped = true, .replace = true});
	assert_int_equal(r.counts[IMPORT_CHANGED], 1);
	assert_string_equal(plan_of(f, "EU_433").band_id, "EU_433");
	files = read_plans(f, share(f, "frequency-plans"));
	assert_int_equal(import(f, &files, shipped).counts[IMPORT_SAME], 71);
	refused(f, manage_import_shipped(worker(f), f->root, &all), E_NOTFOUND,
	    "frequency-plans");
}

/* A later version brings another one: it is taken, since nobody here changed it. */
static void
test_shipped_update(void **state)
{
	struct fixture *f = *state;
	const struct plan_importing shipped = {.shipped = true};
	struct plan_files files = read_plans(f, folder_with_bad(f));

	import(f, &files, shipped);
	put_file(f, "a.yml", GOOD "clock-source: 0\n");
	files = read_plans(f, f->root);
	assert_int_equal(import(f, &files, shipped).counts[IMPORT_CHANGED], 2);
	assert_int_equal(plan_of(f, "FIRST").source, SOURCE_SHIPPED);
	assert_string_equal(plan_of(f, "FIRST").origin, "a.yml");
}

/* ---- writing -------------------------------------------------------------------------------- */

static struct span
encoded(struct fixture *f, struct plan *plan)
{
	struct strbuf bytes;
	const char *copy;
	size_t len;

	/* Without what stands in an index. */
	plan->part.has &= ~(1u << PLAN_ID | 1u << PLAN_NAME | 1u << PLAN_DESCRIPTION |
			    1u << PLAN_BASE_FREQUENCY | 1u << PLAN_FOR_GATEWAYS |
			    1u << PLAN_COUNTRY_CODES);
	strbuf_init(&bytes, 1 << 20);
	plan_encode(plan, &bytes);
	len = bytes.len;
	copy = arena_dup(&f->arena, strbuf_span(&bytes));
	strbuf_clear(&bytes);
	assert_non_null(copy);
	return span_of(copy, len);
}

/* Every shipped plan, written and read again, is the same. */
static void
test_write(void **state)
{
	struct fixture *f = *state;
	struct plan_files files = read_plans(f, share(f, "frequency-plans"));
	struct findings findings;
	struct strbuf text;
	struct plan *again;

	strbuf_init(&text, 1 << 20);
	findings_init(&findings, &f->arena);
	for (size_t i = 0; i < files.set.count; i++) {
		struct plan *plan = files.set.items[i].plan;

		strbuf_reset(&text);
		plan_write(plan, &text);
		assert_int_equal(plan_load(&f->arena, strbuf_span(&text), plan->id,
				     &findings, &again),
		    E_OK);
		assert_null(findings.first);
		assert_true(span_eq(encoded(f, again), encoded(f, plan)));
	}
	strbuf_clear(&text);
}

/* Everything that a plan can say, also what no shipped one does. */
static void
test_write_all(void **state)
{
	static const char all[] =
	    "band-id: EU_863_870\n"
	    "sub-bands:\n"
	    "  - {min-frequency: 863000000, max-frequency: 865000000, duty-cycle: "
	    "0.001, "
	    "max-eirp: 16.15}\n"
	    "uplink-channels:\n"
	    "  - {frequency: 868100000, min-data-rate: 0, max-data-rate: 5, radio: 0, "
	    "dwell-time: {enabled: true, duration: 400ms}}\n"
	    "downlink-channels:\n"
	    "  - {frequency: 868100000, min-data-rate: 0, max-data-rate: 5}\n"
	    "lora-standard-channel: {frequency: 868300000, data-rate: 6, radio: 0}\n"
	    "fsk-channel: {frequency: 868800000, data-rate: 7, radio: 0}\n"
	    "time-off-air: {fraction: 0.1, duration: 1500us}\n"
	    "dwell-time: {uplinks: true, downlinks: false, duration: 400ms}\n"
	    "listen-before-talk: {rssi-target: -80, rssi-offset: -4, scan-time: "
	    "128us}\n"
	    "radios:\n"
	    "  - {enable: true, chip-type: \"SX1257 \\\"b\\\"\", frequency: 868500000, "
	    "rssi-offset: -166.5, tx: {min-frequency: 863000000, max-frequency: "
	    "870000000, notch-frequency: 129000}}\n"
	    "clock-source: 0\n"
	    "rx2-channel: {frequency: 869525000}\n"
	    "rx2-default-data-rate: 3\n"
	    "ping-slot: {frequency: 869525000}\n"
	    "ping-slot-default-data-rate: 3\n"
	    "max-eirp: 16.15\n";
	struct fixture *f = *state;
	struct findings findings;
	struct strbuf text;
	struct plan *plan;

	findings_init(&findings, &f->arena);
	assert_int_equal(
	    plan_load(&f->arena, span_str(all), "all", &findings, &plan), E_OK);
	strbuf_init(&text, 1 << 20);
	plan_write(plan, &text);
	assert_text(strbuf_span(&text), span_str(all));
	strbuf_clear(&text);
}

static void
test_write_entry(void **state)
{
	static const char *const countries[] = {"nl", "de"};
	struct plan_record r;
	struct strbuf text;

	(void)state;
	record_init(&plan_kind, &r);
	r.plan_id = "EU_868_1";
	r.band_id = "EU_863_870";
	r.name = "a \"name\": here";
	r.base_frequency = 868;
	r.for_gateways = true;
	r.country_codes = (struct text_list){countries, 2};
	strbuf_init(&text, 1000);
	plan_write_entry(&r, &text);
	assert_string_equal(strbuf_str(&text), "- id: \"EU_868_1\"\n"
					       "  band-id: \"EU_863_870\"\n"
					       "  name: \"a \\\"name\\\": here\"\n"
					       "  base-frequency: 868\n"
					       "  gateways: true\n"
					       "  country-codes: [\"nl\",\"de\"]\n"
					       "  file: \"EU_868_1.yml\"\n");
	strbuf_clear(&text);
}

/* ---- boards ----------------------------------------------------------------------------------- */

static struct import_result
import_boards(struct fixture *f, const char *path, struct board_files *files)
{
	struct import_result r;

	f->manage.fault = (struct fault){0};
	done(f, board_files_read(&f->arena, path, files, &f->manage.fault));
	done(
	    f, manage_board_import(&f->manage, files, &(struct plan_importing){0}, &r));
	return r;
}

#define BOARD                                              \
	"variants:\n  - gain-table:\n"                     \
	"      - {rf-power: 14, pa-gain: 1, dac-gain: 3, " \
	"mix-gain: 9, dig-gain: 0}\n"

static void
test_boards(void **state)
{
	struct fixture *f = *state;
	struct board_files files;
	struct import_result r;
	struct board *board;

	put_file(f, "a.yml", "id: own-one\nname: One\nchip: SX1301\n" BOARD);
	put_file(
	    f, "b.yml", "id: own-two\nbase: own-one\nname: Two\nclock-source: 1\n");
	put_file(f, "c.yml", "id: own-bad\nchip: SX1999\n");
	put_file(f, "d.yml", "id: own-lost\nbase: own-none\n");
	put_file(f, "e.yml", "id: own-one\nchip: SX1301\n" BOARD);
	put_file(f, "f.yml", "id: own-three\nbase: own-two\n");
	put_file(f, "g.yml", "id: bad--id\nchip: SX1301\n" BOARD);
	put_file(f, "h.yml", "id: own-self\nbase: own-self\n");
	put_file(f, "README.md", "not a board");
	r = import_boards(f, f->root, &files);
	assert_int_equal(files.count, 8);
	assert_int_equal(r.counts[IMPORT_ADDED], 2);
	assert_int_equal(r.counts[IMPORT_REFUSED], 6);
	for (size_t i = 2; i < files.count; i++)
		assert_true(files.items[i].findings.errors > 0);
	assert_non_null(strstr(files.items[3].findings.first->text, "does not exist"));
	assert_non_null(strstr(files.items[5].findings.first->text, "only one level"));
	assert_non_null(strstr(files.items[7].findings.first->text, "itself"));
	/* Whole, with what it stands on; from now on also without the file of that. */
	done(f, manage_board_get(&f->manage, "own-two", NULL, &board));
	assert_string_equal(board->name, "Two");
	assert_int_equal(board->clock_source, 1);
	assert_int_equal(board->variant_count, 1);
	assert_null(board->base);
	r = import_boards(f, fixture_path(f, "b.yml"), &files);
	assert_int_equal(r.outcomes[0], IMPORT_SAME);
}

/* ---- removing --------------------------------------------------------------------------------- */

static void
test_remove(void **state)
{
	struct fixture *f = *state;
	struct board_files boards;
	uint64_t uses;

	import_path(f, folder_with_bad(f));
	put_file(f, "own.yml", "id: own-one\nchip: SX1301\n" BOARD);
	import_boards(f, fixture_path(f, "own.yml"), &boards);
	add_gateway(f, "gw-one", "58A0CBFFFE800001");
	add_template(f, "tpl-one", "58A0");
	done(f,
	    set_field(f, &gateway_kind, "gw-one", "frequency_plan_ids", "FIRST,LAST"));
	done(f, set_field(f, &gateway_kind, "gw-one", "concentrator", "own-one"));
	done(f, manage_plan_uses(worker(f), "LAST", &uses));
	assert_int_equal(uses, 1);
	done(f, manage_board_uses(worker(f), "own-one", &uses));
	assert_int_equal(uses, 1);
	refused(f, manage_plan_remove(worker(f), "LAST"), E_STATE,
	    "LAST is used by the gateway gw-one");
	refused(f, manage_board_remove(worker(f), "own-one"), E_STATE,
	    "own-one is used by the gateway gw-one");
	/* A deleted one may come back. */
	done(f, manage_delete(worker(f), &gateway_kind, "gw-one"));
	refused(f, manage_plan_remove(worker(f), "LAST"), E_STATE, "which is deleted");
	done(f, manage_gateway_purge(worker(f), "gw-one"));
	done(f, set_field(f, &template_kind, "tpl-one", "frequency_plan_ids", "LAST"));
	done(f, set_field(f, &template_kind, "tpl-one", "concentrator", "own-one"));
	refused(f, manage_plan_remove(worker(f), "LAST"), E_STATE,
	    "LAST is used by the template tpl-one");
	refused(f, manage_board_remove(worker(f), "own-one"), E_STATE,
	    "own-one is used by the template tpl-one");
	done(f, set_field(f, &template_kind, "tpl-one", "frequency_plan_ids", ""));
	done(f, set_field(f, &template_kind, "tpl-one", "concentrator", ""));
	done(f, manage_plan_remove(worker(f), "LAST"));
	done(f, manage_board_remove(worker(f), "own-one"));
	refused(f, manage_plan_remove(worker(f), "LAST"), E_NOTFOUND, "LAST");
}

#define BOTH(test)                                                          \
	cmocka_unit_test_setup_teardown(test, fixture_memory, fixture_end), \
	{                                                                   \
#test "_on_disk", test, fixture_disk, fixture_end, NULL     \
	}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    BOTH(test_bad_does_not_hide_good),
	    BOTH(test_refused_stays),
	    BOTH(test_same_and_changed),
	    BOTH(test_no_index),
	    BOTH(test_alone),
	    BOTH(test_alone_over_base),
	    BOTH(test_shipped),
	    BOTH(test_shipped_update),
	    BOTH(test_write),
	    BOTH(test_write_all),
	    BOTH(test_write_entry),
	    BOTH(test_boards),
	    BOTH(test_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
