#include "unit.h"

#include <stdio.h>

#include "radio/plan_set.h"

struct file {
	const char *name, *text;
};

/* A folder in memory that counts what is read. */
static const struct file *folder;
static unsigned reads;

static struct arena arena;
static struct findings findings;
static struct plan_set set;

static int
fetch(void *arg, const char *name, struct span *text, struct fault *fault)
{
	(void)arg;
	reads++;
	for (const struct file *f = folder; f->name != NULL; f++) {
		if (strcmp(f->name, name) == 0) {
			*text = span_str(f->text);
			return E_OK;
		}
	}
	return fault_set(fault, E_NOTFOUND, name, "there is no such file");
}

static int
load(const char *index, const struct file *files)
{
	arena_clear(&arena);
	arena_init(&arena, 32 << 20);
	findings_init(&findings, &arena);
	folder = files;
	reads = 0;
	return plan_set_load(
	    &arena, span_str(index), "index.yml", fetch, NULL, &findings, &set);
}

static int
finish(void **state)
{
	(void)state;
	arena_clear(&arena);
	return 0;
}

#define RADIOS                                                              \
	"radios: [{enable: true, chip-type: SX1257, frequency: 867500000, " \
	"tx: {min-frequency: 863000000, max-frequency: 870000000}}]\n"

static const struct file files[] = {
    {"eu.yml",
	"band-id: EU_863_870\nuplink-channels: [{frequency: 867100000}]\n" RADIOS},
    {"one.yml", "uplink-channels: [{frequency: 867500000}]\n"},
    {"low.yml", "max-eirp: 10\n"},
    {"in.yml", "band-id: IN_865_867\n"},
    {"noband.yml", RADIOS},
    {"bad.yml", "uplink-channels:\n- {frequency: x}\n"},
    {"far.yml",
	"band-id: EU_863_870\nuplink-channels:\n- {frequency: 800000000}\n" RADIOS},
    {"yaml.yml", "{"},
    {NULL, NULL},
};

static const struct plan *
plan(const char *id)
{
	const struct plan_item *item = plan_set_find(&set, id);

	assert_non_null(item);
	return item->plan;
}

static void
an_index(void **state)
{
	static const char index[] =
	    "- id: EU\n  band-id: EU_863_870\n  name: Europe\n  description: All of "
	    "it\n"
	    "  base-frequency: 868\n  gateways: true\n  country-codes: [nl, be]\n"
	    "  file: eu.yml\n"
	    "- {id: EU_1, base-id: EU, file: one.yml}\n"
	    "- {id: EU_1_LOW, base-id: EU, file: low.yml}\n";

	(void)state;
	assert_int_equal(load(index, files), E_OK);
	assert_int_equal(set.count, 3);
	assert_int_equal(set.faulty, 0);
	assert_string_equal(plan("EU")->name, "Europe");
	assert_string_equal(plan("EU")->description, "All of it");
	assert_int_equal(plan("EU")->base_frequency, 868);
	assert_true(plan("EU")->for_gateways);
	assert_int_equal(plan("EU")->country_code_count, 2);
	assert_string_equal(plan("EU")->country_codes[1], "be");
	assert_int_equal(plan("EU")->uplinks[0].frequency, 867100000);
	assert_int_equal(plan("EU_1")->uplinks[0].frequency, 867500000);
	assert_string_equal(plan("EU_1")->id, "EU_1");
	assert_false(plan("EU_1")->for_gateways);
	assert_string_equal(plan("EU_1")->band_id, "EU_863_870");
	assert_int_equal(plan("EU_1_LOW")->uplinks[0].frequency, 867100000);
	assert_true(plan("EU_1_LOW")->max_eirp == 10);
	assert_false(part_has(&plan("EU")->part, PLAN_MAX_EIRP));
	assert_int_equal(reads, 3); /* eu.yml once for three entries */
	assert_null(plan_set_find(&set, "EU_2"));
}

static void
the_index_is_kept_with_the_plan(void **state)
{
	struct strbuf bytes;
	struct plan *back;

	(void)state;
	load("- {id: EU, name: N, base-frequency: 868, gateways: true, country-codes: "
	     "[\"no\"], file: eu.yml}\n",
	    files);
	strbuf_init(&bytes, 10000);
	plan_encode(plan("EU"), &bytes);
	assert_int_equal(plan_decode(&arena, strbuf_span(&bytes), &back), E_OK);
	assert_string_equal(back->id, "EU");
	assert_string_equal(back->name, "N");
	assert_int_equal(back->base_frequency, 868);
	assert_true(back->for_gateways);
	assert_string_equal(back->country_codes[0], "no");
	strbuf_clear(&bytes);
}

static const struct wrong {
	const char *entry; /* on line 2 of the index */
	const char *rule;
	const char *file;
	unsigned line;
	const char *text;
} wrong[] = {
    {"~", "null-entry", "index.yml", 2, "an entry of the index is empty"},
    {"", "null-entry", "index.yml", 2, "an entry of the index is empty"},
    {"EU", "type", "index.yml", 2, "a plan entry is not a map"},
    {"[EU]", "type", "index.yml", 2, "a plan entry is not a map"},
    {"{file: eu.yml}", "missing", "index.yml", 2, "a plan entry has no id"},
    {"{id: X}", "missing", "index.yml", 2, "a plan entry has no file"},
    {"{id: X, file: null}", "missing", "index.yml", 2, "has no file"},
    {"{id: [X], file: eu.yml}", "type", "index.yml", 2, "id is a list"},
    {"{id: \"a b\", file: eu.yml}", "plan-id", "index.yml", 2, "1 to 64"},
    {"{id: GOOD, file: eu.yml}", "plan-id", "index.yml", 2, "GOOD is there twice"},
    {"{id: X, file: ../eu.yml}", "file-name", "index.yml", 2, "not a file of the same"},
    {"{id: X, file: /etc/passwd}", "file-name", "index.yml", 2, "not a file of"},
    {"{id: X, file: .eu.yml}", "file-name", "index.yml", 2, "not a file of"},
    {"{id: X, file: gone.yml}", "file", "gone.yml", 0, "there is no such file"},
    {"{id: X, file: yaml.yml}", "yaml", "yaml.yml", 2, "did not find"},
    {"{id: X, file: bad.yml}", "type", "bad.yml", 2, "frequency is x"},
    {"{id: X, file: far.yml}", "if-range", "far.yml", 3, "Hz from radio 0"},
    {"{id: X, file: noband.yml}", "band", "noband.yml", 1, "no band-id"},
    {"{id: X, file: noband.yml, band-id: MARS}", "band", "noband.yml", 1, "MARS"},
    {"{id: X, base-id: NONE, file: one.yml}", "base", "index.yml", 2, "not exist"},
    {"{id: X, base-id: X, file: one.yml}", "base", "index.yml", 2, "the plan itself"},
    {"{id: X, base-id: Y, file: one.yml}\n- {id: Y, base-id: X, file: low.yml}", "base",
	"index.yml", 2, "has a base itself"},
    {"{id: X, base-id: Y, file: one.yml}\n- {id: Y, base-id: GOOD, file: low.yml}",
	"base", "index.yml", 2, "only one level"},
    {"{id: X, base-id: Y, file: one.yml}\n- {id: Y, file: bad.yml}", "type", "bad.yml",
	2, "frequency is x"},
    {"{id: X, base-id: Y, file: one.yml}\n- {id: Y, file: ../up.yml}", "base",
	"index.yml", 2, "has no file"},
    {"{id: X, base-frequency: fast, file: eu.yml}", "type", "index.yml", 2, "fast"},
};

static bool
has_error(const struct plan_item *item, const struct wrong *w)
{
	for (const struct finding *f = item->findings.first; f != NULL; f = f->next)
		if (f->error && strcmp(f->rule, w->rule) == 0 &&
		    f->at.line == w->line && strcmp(f->at.file, w->file) == 0 &&
		    strstr(f->text, w->text) != NULL)
			return true;
	return false;
}

static void
a_bad_entry_hides_no_good_one(void **state)
{
	char index[400];

	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		snprintf(index, sizeof index,
		    "- {id: GOOD, file: eu.yml}\n- %s\n- {id: ALSO, file: in.yml}\n",
		    wrong[i].entry);
		assert_int_equal(load(index, files), E_OK);
		assert_non_null(plan("GOOD"));
		assert_non_null(plan("ALSO"));
		assert_null(set.items[1].plan);
		assert_true(set.faulty >= 1);
		if (!has_error(&set.items[1], &wrong[i])) {
			struct strbuf b;

			strbuf_init(&b, 10000);
			for (const struct finding *f = set.items[1].findings.first;
			     f != NULL; f = f->next)
				finding_print(f, &b);
			fail_msg("%s\nfound %s", wrong[i].entry, strbuf_str(&b));
		}
	}
}

static void
no_index(void **state)
{
	static const char *const cases[] = {"", "~\n", "id: EU\n", "hello", "{", "- [",
	    "- {id: EU, file: eu.yml}\n---\n- {id: X, file: eu.yml}\n"};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(load(cases[i], files), E_INVALID);
		assert_int_equal(set.count, 0);
		assert_true(findings.errors > 0);
		assert_string_equal(findings.first->at.file, "index.yml");
	}
	assert_int_equal(load("[]", files), E_OK);
	assert_int_equal(set.count, 0);
}

static void
the_band(void **state)
{
	const struct finding *f;

	(void)state;
	load("- {id: A, band-id: EU_863_870, file: noband.yml}\n"
	     "- {id: B, band-id: EU_433, file: eu.yml}\n",
	    files);
	assert_string_equal(plan("A")->band_id, "EU_863_870");
	f = set.items[0].findings.first;
	assert_string_equal(f->rule, "band");
	assert_string_equal(f->text, "no band-id: EU_863_870 is taken from the index");
	assert_string_equal(plan("B")->band_id, "EU_863_870");
	f = set.items[1].findings.first;
	assert_string_equal(f->text, "the index says EU_433, the file EU_863_870: the "
				     "file counts");
	assert_false(f->error);
}

static void
ids(void **state)
{
	char id[70];

	(void)state;
	assert_true(plan_is_id("EU_863_870"));
	assert_true(plan_is_id("a-b.C"));
	assert_false(plan_is_id(""));
	assert_false(plan_is_id("a/b"));
	assert_false(plan_is_id("a b"));
	memset(id, 'a', sizeof id);
	id[64] = '\0';
	assert_true(plan_is_id(id));
	id[64] = 'a';
	id[65] = '\0';
	assert_false(plan_is_id(id));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_index),
	    cmocka_unit_test(the_index_is_kept_with_the_plan),
	    cmocka_unit_test(a_bad_entry_hides_no_good_one),
	    cmocka_unit_test(no_index),
	    cmocka_unit_test(the_band),
	    cmocka_unit_test(ids),
	};

	return cmocka_run_group_tests(tests, NULL, finish);
}
