/* Gateways in and out in bulk: tables and JSON as people have them, good and bad ones. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/eui.h"
#include "manage/gateway_export.h"
#include "manage/gateway_import.h"
#include "registry/lns.h"

struct source {
	struct span rest;
	size_t step;
};

static int
give(void *arg, void *buf, size_t n, size_t *got, struct fault *fault)
{
	struct source *s = arg;

	(void)fault;
	*got = s->rest.len < n ? s->rest.len : n;
	if (*got > s->step)
		*got = s->step;
	if (*got > 0)
		memcpy(buf, s->rest.data, *got);
	s->rest = span_from(s->rest, *got);
	return E_OK;
}

/* Each line as "3 created roof-1 fields|field: reason|ignored|note". */
struct told {
	struct strbuf text;
	struct fault last;
	uint64_t last_line;
};

static int
tell(void *arg, const struct bulk_line *l)
{
	struct told *t = arg;
	char why[400];

	strbuf_printf(&t->text, "%llu %s %s %s|%s|%s|%s\n", (unsigned long long)l->line,
	    bulk_outcome_words[l->outcome], l->gateway_id, l->fields,
	    l->fault.err != E_OK ? fault_text(&l->fault, why, sizeof why) : "",
	    l->ignored, l->note);
	if (l->outcome == BULK_REFUSED) {
		t->last = l->fault;
		t->last_line = l->line;
	}
	return E_OK;
}

static int
import(struct fixture *f, struct span text, struct bulk_import in, struct told *told,
    struct bulk_result *r)
{
	struct source source = {text, 777};

	memset(told, 0, sizeof *told);
	strbuf_init(&told->text, 1 << 20);
	in.read = give;
	in.read_arg = &source;
	in.report = tell;
	in.report_arg = told;
	return manage_gateway_import(worker(f), &in, r);
}

/* Imports and compares what was told, to the letter. */
static void
imports(
    struct fixture *f, const char *text, struct bulk_import in, const char *expected)
{
	struct bulk_result r;
	struct told told;

	done(f, import(f, span_str(text), in, &told, &r));
	assert_text(strbuf_span(&told.text), span_str(expected));
	strbuf_clear(&told.text);
}

static struct gateway
gateway(struct fixture *f, const char *id)
{
	struct gateway g;

	done(f, manage_get(worker(f), &gateway_kind, id, &g));
	return g;
}

static bool
exists(struct fixture *f, const char *id)
{
	struct gateway g;

	return manage_get(worker(f), &gateway_kind, id, &g) == E_OK;
}

/* ---- tables --------------------------------------------------------------------------------- */

static void
a_table_of_a_spreadsheet(void **state)
{
	struct fixture *f = *state;
	const struct antenna *a;
	struct gateway g;

	imports(f,
	    "\xef\xbb\xbfID;EUI;Name;antenna_gain;Latitude;attributes.room;"
	    "frequency-plan-id;groups\r\n"
	    "roof-1;58-a0-cb-ff-fe-80-00-01;\"Roof; the \"\"first\"\"\";2,5;-47.1;12"
	    ";EU_863_870_TTN;a-1,b-2\r\n"
	    "\r\n"
	    ";;;;;;;\r\n"
	    ";58a0:cbff:fe80:2;;;;;;\r\n",
	    (struct bulk_import){0},
	    "2 created roof-1 |||\n"
	    "5 created eui-58a0cbfffe800002 |||\n");
	g = gateway(f, "roof-1");
	assert_string_equal(g.name, "Roof; the \"first\"");
	assert_int_equal(g.eui, 0x58A0CBFFFE800001);
	assert_int_equal(g.antennas.count, 1);
	a = g.antennas.rows;
	assert_true(a->gain == 2.5 && a->latitude == -47.1);
	assert_int_equal(g.attributes.count, 1);
	assert_string_equal(g.attributes.pairs[0].key, "room");
	assert_string_equal(g.frequency_plan_ids.items[0], "EU_863_870_TTN");
	assert_int_equal(g.groups.count, 2);
}

static void
an_excel_line_and_lone_cr(void **state)
{
	struct fixture *f = *state;

	imports(f, "sep=\t\rids.gateway_id\tname\rgw-1\t\"two\rlines\"\rgw-2\tok\r",
	    (struct bulk_import){.dry_run = true},
	    "3 refused gw-1 |name: must not contain control characters||\n"
	    "5 created gw-2 |||\n");
	assert_false(exists(f, "gw-2"));
}

static void
what_is_there_already(void **state)
{
	struct fixture *f = *state;
	static const char text[] = "id,name,description\nroof-1,New,\nroof-2,Two,\n";

	add_gateway(f, "roof-1", "58A0CBFFFE800001");
	done(f, set_field(f, &gateway_kind, "roof-1", "description", "kept"));
	imports(f, text, (struct bulk_import){.existing = BULK_REFUSE_THEM},
	    "2 refused roof-1 |ids.gateway_id: is registered already||\n"
	    "3 created roof-2 |||\n");
	imports(f, text, (struct bulk_import){.existing = BULK_SKIP_THEM},
	    "2 skipped roof-1 |||\n3 skipped roof-2 |||\n");
	imports(f, text, (struct bulk_import){.dry_run = true},
	    "2 updated roof-1 name|||\n3 unchanged roof-2 |||\n");
	assert_string_equal(gateway(f, "roof-1").name, "");
	imports(f, text, (struct bulk_import){0},
	    "2 updated roof-1 name|||\n3 unchanged roof-2 |||\n");
	assert_string_equal(gateway(f, "roof-1").description, "kept");
	imports(f, text, (struct bulk_import){.clear = true},
	    "2 updated roof-1 description|||\n3 unchanged roof-2 |||\n");
	/* Without an ID the EUI says which it is. */
	imports(f, "eui,name\n58A0CBFFFE800001,By EUI\n", (struct bulk_import){0},
	    "2 updated roof-1 name|||\n");
	done(f, manage_delete(worker(f), &gateway_kind, "roof-1"));
	imports(f, "id,eui\nroof-1,\nroof-3,58A0CBFFFE800001\n",
	    (struct bulk_import){0},
	    "2 refused roof-1 |ids.gateway_id: is a deleted gateway: restore it, or "
	    "purge it to free its ID and EUI||\n"
	    "3 refused roof-3 |ids.eui: is taken by the deleted gateway roof-1: "
	    "restore "
	    "that one, or purge it to free its ID and EUI||\n");
}

static void
unknown_columns_are_named(void **state)
{
	struct fixture *f = *state;
	static const char text[] =
	    "id,colour,claim_authentication_code.secret,created_at\n"
	    "roof-1,red,x,2020-01-01T00:00:00Z\n";
	struct bulk_result r;
	struct told told;

	imports(f, text, (struct bulk_import){.strict = true},
	    "2 refused roof-1 |has fields that are not known: colour, "
	    "claim_authentication_code.secret||\n");
	done(f, import(f, span_str(text), (struct bulk_import){0}, &told, &r));
	assert_string_equal(r.ignored, "colour, claim_authentication_code.secret");
	assert_int_equal(r.counts[BULK_CREATED], 1);
	assert_int_equal(gateway(f, "roof-1").created_at, NOW);
	strbuf_clear(&told.text);
}

/* ---- JSON ------------------------------------------------------------------------------------- */

static void
json_as_the_reference_writes_it(void **state)
{
	struct fixture *f = *state;
	static const char text[] =
	    "{\"ids\":{\"gateway_id\":\"roof-1\",\"eui\":\"58A0CBFFFE800001\"},"
	    "\"created_at\":\"2021-01-01T00:00:00.123Z\",\"name\":\"One\","
	    "\"frequency_plan_id\":\"EU_863_870_TTN\",\"enforce_duty_cycle\":true,"
	    "\"schedule_anytime_delay\":\"0.53s\","
	    "\"antennas\":[{\"gain\":3,\"location\":{\"latitude\":47.5},"
	    "\"placement\":\"OUTDOOR\"}],"
	    "\"lbs_lns_secret\":{\"value\":\"TlNTWFMuQS5C\"}}\n";
	const struct antenna *a;
	struct gateway g;

	imports(f, text, (struct bulk_import){0},
	    "1 created roof-1 |"
	    "|enforce_duty_cycle, schedule_anytime_delay|\n");
	imports(f, text, (struct bulk_import){0},
	    "1 unchanged roof-1 |"
	    "|enforce_duty_cycle, schedule_anytime_delay|\n");
	g = gateway(f, "roof-1");
	a = g.antennas.rows;
	assert_int_equal(a->placement, 2);
	assert_string_equal(g.frequency_plan_ids.items[0], "EU_863_870_TTN");
	assert_int_equal(g.lns_secret.length, strlen("NNSXS.A.B\r\n"));
}

static void
forms_of_json(void **state)
{
	struct fixture *f = *state;

	imports(f,
	    " [ {\"ids\":{\"gateway_id\":\"a-1\"}},\n\n {\"gateway\":{\"ids\":{"
	    "\"gateway_id\":\"a-2\"}}} ] ",
	    (struct bulk_import){0}, "1 created a-1 |||\n3 created a-2 |||\n");
	imports(f, "{\"gateways\":[{\"ids\":{\"gateway_id\":\"a-3\"}}]}\n",
	    (struct bulk_import){0}, "1 created a-3 |||\n");
	/* One broken line is one refused gateway. */
	imports(f,
	    "{\"ids\":{\"gateway_id\":\"a-4\"}\n"
	    "{\"ids\":{\"gateway_id\":\"a-5\"},\"name\":\"}\\\"{\"}\n"
	    "{\"ids\":{\"gateway_id\":\"a-6\n"
	    "{\"ids\":{\"gateway_id\":\"a-7\"}}{\"ids\":{\"gateway_id\":\"a-8\"}}\n",
	    (struct bulk_import){0},
	    "1 refused  |is no JSON: unexpected end||\n"
	    "2 created a-5 |||\n"
	    "3 refused  |is no JSON: control character in a string||\n"
	    "4 created a-7 |||\n4 created a-8 |||\n");
}

static void
the_cups_key_comes_along(void **state)
{
	struct fixture *f = *state;
	/* "NNSXS.KEY1.SECRET" */
	static const char with[] =
	    "{\"ids\":{\"gateway_id\":\"roof-1\"},\"target_cups_key\":{\"key_id\":"
	    "\"KEY1\",\"value\":\"Tk5TWFMuS0VZMS5TRUNSRVQ=\"}}\n";
	struct gateway g;
	struct key key;

	imports(f, with, (struct bulk_import){0}, "1 created roof-1 |||\n");
	g = gateway(f, "roof-1");
	done(f, manage_get(worker(f), &key_kind, "KEY1", &key));
	assert_int_equal(g.target_cups_key, key.serial);
	assert_int_equal(key.gateway, g.serial);
	imports(f, with, (struct bulk_import){0}, "1 unchanged roof-1 |||\n");
	imports(f,
	    "{\"ids\":{\"gateway_id\":\"roof-2\"},\"target_cups_key\":{\"key_id\":"
	    "\"KEY1\",\"value\":\"Tk5TWFMuS0VZMS5TRUNSRVQ=\"}}\n"
	    "{\"ids\":{\"gateway_id\":\"roof-3\"},\"target_cups_key\":{\"key_id\":"
	    "\"KEY9\"}}\n",
	    (struct bulk_import){0},
	    "1 refused roof-2 |target_cups_key: is the key of another gateway||\n"
	    "2 created roof-3 |||target_cups_key was left out: there is no such key, "
	    "and its value is not given\n");
	assert_false(exists(f, "roof-2"));
}

/* ---- what is refused ------------------------------------------------------------------------- */

struct bad {
	const char *text;
	uint64_t line; /* 0: the file as a whole is refused */
	const char *field, *words;
};

#define ROW(cells) "id,eui,name\n" cells "\n"
#define CELL(column, cell) "id," column "\nroof-1," cell "\n"
#define OBJ(members) "{\"ids\":{\"gateway_id\":\"roof-1\"}," members "}\n"

static const struct bad bad[] = {
    /* the file */
    {"", 0, "", "is empty"},
    {"\xef\xbb\xbf", 0, "", "is empty"},
    {"\r\n\r\n", 0, "", "is empty"},
    {"name,description\nx,y\n", 0, "", "neither a column ids.gateway_id nor ids.eui"},
    {"roof-1,58A0CBFFFE800001\n", 0, "", "the first line must name the columns"},
    {"id,name,ID\nx,y,z\n", 0, "", "the column ids.gateway_id is there twice"},
    {"id,\"name\nroof-1,x\n", 0, "", "a quote is not closed"},
    {"\xff\xfei\0d\0", 0, "", "UTF-16"},
    {"[{\"ids\":{}}", 0, "", "cut off"},
    {"[{\"ids\":{\"gateway_id\":\"abc\"}} {}]", 0, "", "a comma is missing"},
    {"[]x", 0, "", "follows the end"},
    {"[,]", 0, "", "no JSON from here on"},
    {"{\"gateways\":[{}", 0, "", "cut off"},
    /* rows */
    {ROW("roof-1"), 2, "", "has 1 fields, the first line 3"},
    {ROW("roof-1,,,,x"), 2, "", "has 5 fields, the first line 3"},
    {ROW("roof-1,\"58A0CBFFFE800001\"x,y"), 2, "", "text follows a closing quote"},
    {ROW("roof-1,,\"open"), 2, "", "a quote is not closed"},
    {ROW(",,nameless"), 2, "ids.gateway_id", "is required, or an EUI"},
    {ROW("Roof-1,,"), 2, "ids.gateway_id", "must be 3 to 36"},
    {ROW("ab,,"), 2, "ids.gateway_id", "must be 3 to 36"},
    {ROW("roof_1,,"), 2, "ids.gateway_id", "must be 3 to 36"},
    {ROW("a2345678901234567890123456789012345678,,"), 2, "ids.gateway_id", ""},
    {ROW("roof-1,58A0CBFFFE80000,"), 2, "ids.eui", "16 hex digits"},
    {ROW("roof-1,5.8A0CB+15,"), 2, "ids.eui", "16 hex digits"},
    {ROW(",zzz,"), 2, "ids.eui", "16 hex digits"},
    {ROW("roof-1,0000000000000000,"), 2, "ids.eui", "not zero"},
    {ROW("roof-1,,\xff"), 2, "name", "UTF-8"},
    {ROW("roof-1,,x23456789012345678901234567890123456789012345678901"), 2, "name",
	"50"},
    {ROW("roof-1,,a\nroof-1,,b"), 3, "ids.gateway_id", "is the same as in line 2"},
    {ROW("roof-1,58A0CBFFFE800001,\nroof-2,58-A0-CB-FF-FE-80-00-01,"), 3, "ids.eui",
	"is the same as in line 2"},
    {ROW("roof-7,58A0CBFFFE8000FF,"), 2, "ids.eui", "is taken by gateway taken"},
    /* cells */
    {CELL("lns", "nowhere"), 2, "lns", "there is no lns nowhere"},
    {CELL("gain", "much"), 2, "antennas.0.gain", "must be a number"},
    {CELL("gain", "51"), 2, "antennas.gain", "within -50 and 50"},
    {CELL("latitude", "91"), 2, "antennas.location.latitude", "90 degrees"},
    {CELL("antennas.7.placement", "ROOF"), 2, "antennas.7.placement", "INDOOR"},
    {CELL("antennas", "[{}"), 2, "antennas", "JSON array"},
    {CELL("auto_update", "maybe"), 2, "auto_update", "true or false"},
    {CELL("attributes", "\"{\"\"a\"\":1\""), 2, "attributes", "begins like JSON"},
    {CELL("attributes", "\"{}}\""), 2, "attributes", "begins like JSON"},
    {CELL("attributes", "novalue"), 2, "attributes", "key=value"},
    {CELL("attributes.Bad_Key", "x"), 2, "attributes", ""},
    {CELL("groups", "\"[\"\"a-1\"\",1]\""), 2, "groups", "list of texts"},
    {CELL("lbs_lns_secret.value", "!"), 2, "lbs_lns_secret.value", "base64"},
    {CELL("target_cups_key.value", "!"), 2, "target_cups_key.value", "base64"},
    {CELL("target_cups_uri", "http//x"), 2, "target_cups_uri", ""},
    {CELL("overrides", "[1]"), 2, "overrides", ""},
    {CELL("provisioning_until", "soon"), 2, "provisioning_until", "a time like"},
    {CELL("cups_credentials", "magic"), 2, "cups_credentials", "auto"},
    {CELL("udp_address", "a b"), 2, "udp_address", ""},
    /* JSON */
    {"{}\n", 1, "ids.gateway_id", "is required, or an EUI"},
    {"{\"ids\":1}\n", 1, "ids.gateway_id", "is required, or an EUI"},
    {OBJ("\"name\":1"), 1, "name", "cannot be a JSON whole number"},
    {OBJ("\"name\":[\"x\"]"), 1, "name", "cannot be a JSON array"},
    {OBJ("\"auto_update\":\"yes\""), 1, "auto_update", "cannot be a JSON string"},
    {OBJ("\"antennas\":{}"), 1, "antennas", "cannot be a JSON object"},
    {OBJ("\"antennas\":[1]"), 1, "antennas", "a list of objects"},
    {OBJ("\"frequency_plan_id\":1"), 1, "frequency_plan_id", "must be a text"},
    {OBJ("\"target_cups_key\":1"), 1, "target_cups_key", "must be an object"},
    {OBJ("\"target_cups_key\":{\"value\":1}"), 1, "target_cups_key", "must hold texts"},
    {OBJ("\"target_cups_key\":{\"value\":\"x\"}"), 1, "target_cups_key.value",
	"base64"},
    {OBJ("\"target_cups_key\":{\"value\":\"eHg=\"}"), 1, "key", "8 characters"},
    {OBJ("\"attributes\":{\"a-b\":1}"), 1, "attributes", "must be texts"},
    {OBJ("\"ids\":{\"gateway_id\":\"roof-1\",\"eui\":5}"), 1, "ids.eui", ""},
    {"{\"ids\":{\"gateway_id\":\"roof-1\"},\"name\":\"\\ud800\0\"}\n", 1, "", ""},
};

static void
bad_ones_are_refused_with_line_and_field(void **state)
{
	struct fixture *f = *state;

	add_gateway(f, "taken", "58A0CBFFFE8000FF");
	for (size_t i = 0; i < COUNT(bad); i++) {
		const struct bad *b = &bad[i];
		struct bulk_result r;
		struct told told;
		const struct fault *why = &told.last;
		int err = import(f,
		    b->text[0] == '\xff' ? span_of(b->text, 6) : span_str(b->text),
		    (struct bulk_import){.dry_run = true}, &told, &r);

		if (b->line == 0)
			why = &f->manage.fault;
		if ((err == E_OK) != (b->line != 0) || why->err == E_OK ||
		    (b->line != 0 && told.last_line != b->line) ||
		    strcmp(why->field, b->field) != 0 ||
		    strstr(why->text, b->words) == NULL)
			fail_msg("%zu: \"%s\": error %d, line %llu, %s: %s", i, b->text,
			    err, (unsigned long long)told.last_line, why->field,
			    why->text);
		strbuf_clear(&told.text);
	}
}

/* A refused gateway leaves nothing behind, and its neighbours are stored, in one batch and
 * across many. */
static void
the_others_are_stored(void **state)
{
	struct fixture *f = *state;
	struct strbuf text;
	struct bulk_result r;
	struct told told;

	add_gateway(f, "taken", "58A0CBFFFE8000FF");
	strbuf_init(&text, 1 << 20);
	strbuf_puts(&text, "id,eui,kickstarter,name\n");
	for (unsigned i = 1; i <= 1200; i++)
		strbuf_printf(&text, "gw-%u,%s,%s,%s\n", i,
		    i % 100 == 7 ? "58A0CBFFFE8000FF" : "", i % 100 == 9 ? "true" : "",
		    i % 100 == 11 ? "\"\x01\"" : "x");
	done(f, import(f, strbuf_span(&text), (struct bulk_import){0}, &told, &r));
	assert_int_equal(r.counts[BULK_REFUSED], 24);
	assert_int_equal(r.counts[BULK_CREATED], 1176);
	assert_true(exists(f, "gw-1200") && exists(f, "gw-6") && exists(f, "gw-8"));
	assert_false(exists(f, "gw-7") || exists(f, "gw-611"));
	strbuf_clear(&told.text);
	/* Once more: nothing is changed, and the same are refused. */
	done(f, import(f, strbuf_span(&text), (struct bulk_import){0}, &told, &r));
	assert_int_equal(r.counts[BULK_UNCHANGED], 1176);
	assert_int_equal(r.counts[BULK_REFUSED], 24);
	strbuf_clear(&told.text);
	strbuf_clear(&text);
}

/* ---- there and back ---------------------------------------------------------------------------- */

static int
collect(void *arg, struct span bytes, struct fault *fault)
{
	struct strbuf *text = arg;

	(void)fault;
	strbuf_put(text, bytes.data, bytes.len);
	return text->err;
}

static void export(
    struct fixture *f, enum export_format format, bool secrets, struct strbuf *text)
{
	struct bulk_export e = {
	    .format = format, .secrets = secrets, .write = collect, .arg = text};
	uint64_t count;

	strbuf_init(text, 16 << 20);
	done(f, manage_gateway_export(worker(f), &e, &count));
}

static void
fill(struct fixture *f)
{
	static const char one[] =
	    "{\"ids\":{\"gateway_id\":\"roof-1\",\"eui\":\"58A0CBFFFE800001\"},"
	    "\"name\":\" =cmd|' /C calc'!A0; "
	    "\\\"x\\\"\",\"description\":\"two\\nlines\","
	    "\"attributes\":{\"a-b\":\"c,d=e\",\"k-1\":\"\"},\"lns\":\"ttn\","
	    "\"version_ids\":{\"brand_id\":\"b\",\"model_id\":\"[m\"},"
	    "\"gateway_server_address\":\"eu1.cloud.thethings.network\","
	    "\"frequency_plan_ids\":[\"A,B\",\"C\"],\"auto_update\":true,"
	    "\"update_channel\":\"stable\",\"status_public\":true,"
	    "\"antennas\":[{\"gain\":2.1000000000000001,\"location\":{\"latitude\":"
	    "47.123456789012345,\"longitude\":-8.5,\"altitude\":-3,\"source\":"
	    "\"SOURCE_GPS\"},\"placement\":\"INDOOR\"}],"
	    "\"lbs_lns_secret\":{\"key_id\":\"k\",\"value\":\"TlNTWFMuQS5C\"},"
	    "\"target_cups_uri\":\"https://cups.example.com:443\","
	    "\"target_cups_key\":{\"key_id\":\"KEY1\",\"value\":"
	    "\"Tk5TWFMuS0VZMS5TRUNSRVQ=\"},\"cups_credentials\":\"token\","
	    "\"allow_unauthenticated\":true,\"concentrator\":\"rak2287-spi\","
	    "\"groups\":[\"g-1\",\"g-2\"],\"overrides\":\"{\\\"a\\\":[1,\\\"é\\\"]}\","
	    "\"provisioning_until\":\"2031-01-01T00:00:00Z\","
	    "\"udp_address\":[\"u1.example.com:1700\",\"u2.example.com\"],"
	    "\"class_b_beacons\":true,\"require_authenticated_connection\":true}\n"
	    "{\"ids\":{\"gateway_id\":\"roof-2\"},\"antennas\":[{},{\"gain\":1}]}\n"
	    "{\"ids\":{\"gateway_id\":\"roof-3\"},\"antennas\":[{}]}\n"
	    "{\"ids\":{\"gateway_id\":\"roof-4\"}}\n";

	add_lns(f, "ttn", "wss://lns.example.com:8887");
	imports(f, one, (struct bulk_import){.strict = true},
	    "1 created roof-1 |||\n2 created roof-2 |||\n3 created roof-3 |||\n"
	    "4 created roof-4 |||\n");
}

static void
round_trip(void **state, enum export_format format)
{
	struct fixture *f = *state;
	struct strbuf first, second;
	struct bulk_result r;
	struct told told;
	struct fixture *other;
	void *empty = NULL;

	fill(f);
	export(f, format, true, &first);
	assert_int_equal(fixture_memory(&empty), 0);
	other = empty;
	add_lns(other, "ttn", "wss://lns.example.com:8887");
	done(other, import(other, strbuf_span(&first),
			(struct bulk_import){.strict = true}, &told, &r));
	assert_int_equal(r.counts[BULK_CREATED], 4);
	assert_string_equal(r.ignored, "");
	strbuf_clear(&told.text);
	export(other, format, true, &second);
	assert_text(strbuf_span(&second), strbuf_span(&first));
	/* As JSON too, which has every field that is shown. */
	strbuf_clear(&first);
	strbuf_clear(&second);
	export(f, EXPORT_JSONL, true, &first);
	export(other, EXPORT_JSONL, true, &second);
	assert_text(strbuf_span(&second), strbuf_span(&first));
	/* And to where it came from: nothing changes. */
	done(f, import(f, strbuf_span(&second), (struct bulk_import){.clear = true},
		    &told, &r));
	assert_int_equal(r.counts[BULK_UNCHANGED], 4);
	strbuf_clear(&told.text);
	strbuf_clear(&first);
	strbuf_clear(&second);
	fixture_end(&empty);
}

static void
round_trip_of_a_table(void **state)
{
	round_trip(state, EXPORT_CSV);
}

static void
round_trip_of_json_lines(void **state)
{
	round_trip(state, EXPORT_JSONL);
}

static void
round_trip_of_a_json_list(void **state)
{
	round_trip(state, EXPORT_JSON);
}

static void
secrets_only_when_asked_for(void **state)
{
	struct fixture *f = *state;
	static const char *const secrets[] = {
	    "TlNTWFMuQS5C", "Tk5TWFMuS0VZMS5TRUNSRVQ", "NNSXS", "secret.value"};
	struct strbuf text;

	fill(f);
	for (int format = EXPORT_JSONL; format <= EXPORT_JSON; format++) {
		export(f, (enum export_format)format, false, &text);
		for (size_t i = 0; i < COUNT(secrets); i++)
			assert_null(strstr(strbuf_str(&text), secrets[i]));
		assert_non_null(strstr(strbuf_str(&text), "KEY1"));
		strbuf_clear(&text);
	}
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_memory, fixture_end)
	const struct CMUnitTest tests[] = {
	    TEST(a_table_of_a_spreadsheet),
	    TEST(an_excel_line_and_lone_cr),
	    TEST(what_is_there_already),
	    TEST(unknown_columns_are_named),
	    TEST(json_as_the_reference_writes_it),
	    TEST(forms_of_json),
	    TEST(the_cups_key_comes_along),
	    TEST(bad_ones_are_refused_with_line_and_field),
	    TEST(the_others_are_stored),
	    cmocka_unit_test_setup_teardown(
		the_others_are_stored, fixture_disk, fixture_end),
	    TEST(round_trip_of_a_table),
	    TEST(round_trip_of_json_lines),
	    TEST(round_trip_of_a_json_list),
	    TEST(secrets_only_when_asked_for),
	};

	return cmocka_run_group_tests_name("gateway_bulk", tests, NULL, NULL);
}
