/* Records as JSON and as text, in and out. */
#include "tests/lib/data_fixture.h"

#include "json/reader.h"
#include "registry/ca.h"
#include "registry/record_text.h"
#include "registry/rollout.h"
#include "registry/template.h"
#include "registry/trust.h"

/* A view with one open read, for references. */
static struct record_view
view_of(struct fixture *f, bool secrets)
{
	struct store_txn *txn = NULL;

	assert_int_equal(store_read_begin(f->data.registry, &txn), E_OK);
	return manage_view(worker(f), txn, secrets);
}

static const char *
json_of(struct fixture *f, const struct record_kind *kind, const void *record,
    const struct text_list *mask, bool secrets)
{
	struct record_view view = view_of(f, secrets);
	struct strbuf text;
	struct json_out j;
	const char *kept;

	strbuf_init(&text, 1 << 20);
	json_init(&j, &text, NULL);
	record_to_json(kind, record, &view, mask, &j);
	assert_int_equal(text.err, E_OK);
	kept = arena_dup(&f->arena, strbuf_span(&text));
	strbuf_clear(&text);
	store_read_end(view.txn);
	return kept;
}

/* Reads `text` over the record. */
static int
from_json(struct fixture *f, const struct record_kind *kind, const char *text,
    const struct text_list *mask, void *record, struct strbuf *unknown)
{
	struct record_view view = view_of(f, false);
	struct json *root = NULL;
	int err;

	view.unknown = unknown;
	if (json_parse(span_str(text), &root, &f->manage.fault) != E_OK)
		fail_msg("%s", f->manage.fault.text);
	err = record_from_json(kind, root, &view, mask, record, &f->manage.fault);
	json_free(root);
	store_read_end(view.txn);
	return err;
}

static struct gateway
new_gateway(void)
{
	struct gateway g;

	record_init(&gateway_kind, &g);
	g.serial = 1000;
	return g;
}

#define WHOLE                                                                   \
	"{\"ids\":{\"gateway_id\":\"gw-1\",\"eui\":\"58A0CBFFFE800001\"},"      \
	"\"name\":\"N\xc3\xb6rth \\\"1\\\"\",\"description\":\"a\\nb\","        \
	"\"attributes\":{\"k1k\":\"v\",\"k2k\":\"\"},"                          \
	"\"version_ids\":{\"brand_id\":\"acme\",\"firmware_version\":\"1.2\"}," \
	"\"gateway_server_address\":\"wss://eu1.example.com:8887\","            \
	"\"lns\":\"lns-1\",\"frequency_plan_ids\":[\"EU_863_870\",\"EU_433\"]," \
	"\"antennas\":[{\"gain\":2.5,\"location\":{\"latitude\":52.25,"         \
	"\"longitude\":-4.125,\"altitude\":-3,\"source\":\"SOURCE_GPS\"},"      \
	"\"placement\":\"OUTDOOR\"},{\"gain\":-1}],"                            \
	"\"auto_update\":true,\"update_channel\":\"stable\","                   \
	"\"cups_credentials\":\"server_only\",\"groups\":[\"a-1\"],"            \
	"\"provisioning_until\":\"2030-01-02T00:00:00Z\"}"

static void
nested_names_there_and_back(void **state)
{
	struct fixture *f = *state;
	struct gateway g = new_gateway();
	const struct antenna *a;

	add_lns(f, "lns-1", "wss://l.example:8887");
	done(f, from_json(f, &gateway_kind, WHOLE, NULL, &g, NULL));
	assert_string_equal(g.gateway_id, "gw-1");
	assert_true(g.eui == 0x58a0cbfffe800001);
	assert_string_equal(g.name, "N\xc3\xb6rth \"1\"");
	assert_int_equal(g.attributes.count, 2);
	assert_string_equal(g.brand_id, "acme");
	assert_string_equal(g.model_id, "");
	assert_int_equal(g.lns, 1);
	assert_int_equal(g.antennas.count, 2);
	a = g.antennas.rows;
	assert_true(a[0].latitude == 52.25 && a[0].altitude == -3);
	assert_int_equal(a[0].placement, 2);
	assert_string_equal(a[1].source, "");
	assert_int_equal(g.cups_credentials, CUPS_SERVER_ONLY);
	assert_int_equal(g.provisioning_until, NOW + DAY);
	assert_int_equal(record_check(&gateway_kind, &g, NULL), E_OK);
	assert_string_equal(json_of(f, &gateway_kind, &g, NULL, false), WHOLE);
}

static void
a_mask_covers_what_is_below(void **state)
{
	static const char *const ids[] = {"ids"};
	static const char *const leaf[] = {"version_ids.firmware_version", "name"};
	struct text_list below = {ids, 1}, some = {leaf, 2}, none = {NULL, 0};
	struct fixture *f = *state;
	struct gateway g = new_gateway();

	add_lns(f, "lns-1", "wss://l.example:8887");
	done(f, from_json(f, &gateway_kind, WHOLE, NULL, &g, NULL));
	assert_string_equal(json_of(f, &gateway_kind, &g, &below, false),
	    "{\"ids\":{\"gateway_id\":\"gw-1\",\"eui\":\"58A0CBFFFE800001\"}}");
	assert_string_equal(json_of(f, &gateway_kind, &g, &some, false),
	    "{\"name\":\"N\xc3\xb6rth "
	    "\\\"1\\\"\",\"version_ids\":{\"firmware_version\":"
	    "\"1.2\"}}");
	assert_string_equal(json_of(f, &gateway_kind, &g, &none, false), "{}");
	/* In: what the mask names and the object has not becomes zero; the rest stays. */
	done(f, from_json(f, &gateway_kind, "{\"name\":\"new\"}", &some, &g, NULL));
	assert_string_equal(g.name, "new");
	assert_string_equal(g.firmware_version, "");
	assert_string_equal(g.brand_id, "acme");
	done(f,
	    from_json(f, &gateway_kind,
		"{\"name\":\"x\",\"description\":\"not asked for\"}", &some, &g, NULL));
	assert_string_equal(g.description, "a\nb");
}

static void
masks_are_checked(void **state)
{
	static const char *const good[] = {
	    "ids", "ids.eui", "antennas", "lbs_lns_secret", "lbs_lns_secret.value"};
	static const char *const bad[] = {
	    "id", "ids.", "ids.eui.x", "", "lbs_lns_secret.crc", "nothing"};
	struct fault fault = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct text_list one = {&good[i], 1};

		if (record_mask_check(&gateway_kind, &one, &fault) != E_OK &&
		    strcmp(good[i], "ids.eui.x") != 0)
			fail_msg("%s: %s", good[i], fault.text);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct text_list one = {&bad[i], 1};

		if (record_mask_check(&gateway_kind, &one, &fault) != E_INVALID)
			fail_msg("%s was taken", bad[i]);
		assert_string_equal(fault.field, "field_mask");
	}
	assert_int_equal(record_mask_check(&gateway_kind, NULL, &fault), E_OK);
}

static void
null_is_the_zero_value(void **state)
{
	struct fixture *f = *state;
	struct gateway g = new_gateway();

	add_lns(f, "lns-1", "wss://l.example:8887");
	done(f, from_json(f, &gateway_kind, WHOLE, NULL, &g, NULL));
	done(f, from_json(f, &gateway_kind,
		    "{\"name\":null,\"antennas\":null,\"lns\":null,\"groups\":null,"
		    "\"attributes\":null,\"auto_update\":null,\"ids\":{\"eui\":null},"
		    "\"version_ids\":null,"
		    "\"cups_credentials\":null,\"provisioning_until\":null}",
		    NULL, &g, NULL));
	assert_string_equal(g.name, "");
	assert_int_equal(g.antennas.count, 0);
	assert_int_equal(g.lns, 0);
	assert_int_equal(g.groups.count, 0);
	assert_int_equal(g.attributes.count, 0);
	assert_false(g.auto_update);
	assert_true(g.eui == 0);
	assert_int_equal(g.cups_credentials, CUPS_AUTO);
	assert_int_equal(g.provisioning_until, 0);
	assert_string_equal(g.brand_id, "");
	assert_string_equal(g.firmware_version, "");
	assert_string_equal(g.gateway_id, "gw-1");
	refused(f, from_json(f, &gateway_kind, "{\"colour\":null}", NULL, &g, NULL),
	    E_INVALID, "colour: a gateway has no such field");
}

static void
wrong_values_name_their_field(void **state)
{
	static const struct {
		const char *json, *words;
		int err;
	} cases[] = {
	    {"{\"name\":5}", "name: cannot be a JSON", E_INVALID},
	    {"{\"auto_update\":\"yes\"}", "auto_update: cannot be a JSON", E_INVALID},
	    {"{\"groups\":\"a\"}", "groups: cannot be a JSON", E_INVALID},
	    {"{\"groups\":[1]}", "groups: must be a list of texts", E_INVALID},
	    {"{\"groups\":[\"a\\u0000b\"]}", "groups: must be", E_INVALID},
	    {"{\"name\":\"a\\u0000b\"}", "name: must be text without NUL", E_INVALID},
	    {"{\"attributes\":[]}", "attributes: cannot be a JSON", E_INVALID},
	    {"{\"attributes\":{\"abc\":1}}", "attributes: values must be", E_INVALID},
	    {"{\"antennas\":{}}", "antennas: cannot be a JSON", E_INVALID},
	    {"{\"antennas\":[1]}", "antennas: must be a list of objects", E_INVALID},
	    {"{\"antennas\":[{\"gain\":\"2\"}]}", "gain: cannot be a JSON", E_INVALID},
	    {"{\"antennas\":[{\"location\":{\"altitude\":1.5}}]}",
		"location.altitude: cannot be", E_INVALID},
	    {"{\"antennas\":[{\"placement\":\"ROOF\"}]}",
		"placement: must be UNKNOWN, INDOOR, OUTDOOR", E_INVALID},
	    {"{\"antennas\":[{\"colour\":1}]}", "colour: a antenna has no such field",
		E_INVALID},
	    {"{\"ids\":{\"eui\":\"58A0\"}}", "ids.eui: must be an EUI-64", E_INVALID},
	    {"{\"ids\":{\"eui\":\"0000000000000000\"}}", "ids.eui: must be", E_INVALID},
	    {"{\"lns\":\"nowhere\"}", "lns: there is no lns nowhere", E_NOTFOUND},
	    {"{\"provisioning_until\":\"tomorrow\"}",
		"provisioning_until: must be a time", E_INVALID},
	    {"{\"cups_credentials\":\"password\"}",
		"cups_credentials: must be auto, token", E_INVALID},
	    {"{\"lbs_lns_secret\":{\"value\":\"not base64!\"}}",
		"lbs_lns_secret.value: must be base64", E_INVALID},
	    {"{\"colour\":\"red\"}", "colour: a gateway has no such field", E_INVALID},
	    {"{\"ids\":{\"colour\":1}}", "ids.colour: a gateway has no such field",
		E_INVALID},
	    {"{\"ids\":\"gw\"}", "ids: a gateway has no such field", E_INVALID},
	    {"{\"lbs_lns_secret\":{\"crc\":1}}",
		"lbs_lns_secret.crc: a gateway has no such field", E_INVALID},
	    {"{\"lns_certificate\":{\"key\":\"AAAA\"}}",
		"lns_certificate.key: a gateway has no such", E_INVALID},
	    {"[]", "gateway: must be a JSON object", E_INVALID},
	    {"null", "gateway: must be a JSON object", E_INVALID},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct gateway g = new_gateway();
		char text[400];
		int err = from_json(f, &gateway_kind, cases[i].json, NULL, &g, NULL);

		fault_text(&f->manage.fault, text, sizeof text);
		if (err != cases[i].err || strstr(text, cases[i].words) == NULL)
			fail_msg("%s: %s: %s", cases[i].json, err_text(err), text);
	}
}

static void
unknown_fields_by_name(void **state)
{
	struct fixture *f = *state;
	struct gateway g = new_gateway();
	struct strbuf names;

	strbuf_init(&names, 4096);
	done(f,
	    from_json(f, &gateway_kind,
		"{\"colour\":\"red\",\"ids\":{\"gateway_id\":\"gw-1\",\"x\":{\"y\":1}},"
		"\"lrfhss\":{\"supported\":true}}",
		NULL, &g, &names));
	assert_string_equal(strbuf_str(&names), "colour, ids.x.y, lrfhss.supported");
	assert_string_equal(g.gateway_id, "gw-1");
	strbuf_clear(&names);
}

/* What Gatehouse alone sets is passed over when a client sends back what it got. */
static void
read_only_fields_are_passed_over(void **state)
{
	struct fixture *f = *state;
	struct gateway g = new_gateway();

	g.created_at = NOW;
	g.lns_certificate.der = BYTES("der");
	done(f, from_json(f, &gateway_kind,
		    "{\"created_at\":\"2000-01-01T00:00:00Z\",\"deleted_at\":null,"
		    "\"lns_certificate\":{\"der\":\"AAAA\"},\"name\":\"x\"}",
		    NULL, &g, NULL));
	assert_int_equal(g.created_at, NOW);
	assert_text(g.lns_certificate.der, BYTES("der"));
	assert_string_equal(g.name, "x");
}

static void
secrets_stay_inside(void **state)
{
	struct fixture *f = *state;
	struct gateway g = new_gateway();
	const char *shown;
	struct span plain;

	/* "my-secret" in base64 */
	done(
	    f, from_json(f, &gateway_kind,
		   "{\"lbs_lns_secret\":{\"key_id\":\"k\",\"value\":\"bXktc2VjcmV0\"}}",
		   NULL, &g, NULL));
	done(f, manage_open(worker(f), &gateway_kind, 1000, "lbs_lns_secret.value",
		    &g.lns_secret, &plain));
	assert_text(plain, BYTES("my-secret"));
	assert_int_equal(g.lns_secret.form, SECRET_BARE);
	assert_int_equal(g.lns_secret.length, 11);
	shown = json_of(f, &gateway_kind, &g, NULL, false);
	assert_string_equal(shown, "{\"lbs_lns_secret\":{\"key_id\":\"k\"}}");
	/* Only when they are asked for. */
	shown = json_of(f, &gateway_kind, &g, NULL, true);
	assert_string_equal(shown,
	    "{\"lbs_lns_secret\":{\"key_id\":\"k\",\"value\":\"bXktc2VjcmV0\"}}");
	/* Never those that are only for the gateway. */
	g.cups_certificate.key = g.lns_secret;
	assert_string_equal(json_of(f, &gateway_kind, &g, NULL, true), shown);
	/* Taking it away takes its CRC away too. */
	done(f,
	    from_json(f, &gateway_kind, "{\"lbs_lns_secret\":null}", NULL, &g, NULL));
	assert_string_equal(g.lns_key_id, "");
	assert_int_equal(g.lns_secret.sealed.len, 0);
	assert_int_equal(g.lns_secret.crc, 0);
	assert_int_equal(g.lns_secret.length, 0);
}

/* ---- text -------------------------------------------------------------------------------------- */

static int
from_text(struct fixture *f, const struct record_kind *kind, const char *field,
    struct span text, void *record)
{
	struct record_view view = view_of(f, false);
	int err = record_field_from_text(
	    kind, field_by_name(kind, field), text, &view, record, &f->manage.fault);

	store_read_end(view.txn);
	return err;
}

static const char *
to_text(struct fixture *f, const struct record_kind *kind, const char *field,
    const void *record)
{
	struct record_view view = view_of(f, false);
	struct strbuf out;
	const char *kept;

	strbuf_init(&out, 65536);
	record_field_to_text(field_by_name(kind, field), record, &view, &out);
	kept = arena_dup(&f->arena, strbuf_span(&out));
	strbuf_clear(&out);
	store_read_end(view.txn);
	return kept;
}

static void
text_there_and_back(void **state)
{
	static const struct {
		const char *field, *in, *out; /* NULL: the same */
	} cases[] = {
	    {"ids.gateway_id", "gw-1", NULL},
	    {"ids.eui", "58:a0:cb:ff:fe:80:00:01", "58A0CBFFFE800001"},
	    {"ids.eui", "58a0:cbff:fe80:1", "58A0CBFFFE800001"},
	    {"name", "two words, a comma", NULL},
	    {"attributes", "abc=1, def = 2=3", "abc=1,def = 2=3"},
	    {"frequency_plan_ids", "EU, US ,AU", "EU,US,AU"},
	    {"frequency_plan_ids", ",EU,,", "EU"},
	    {"antennas", "[{\"gain\":2.5},{\"location\":{\"latitude\":1}}]", NULL},
	    {"antennas", "[]", ""},
	    {"auto_update", "yes", "true"},
	    {"auto_update", "off", "false"},
	    {"lns", "lns-1", NULL},
	    {"lns", "", NULL},
	    {"cups_credentials", "TOKEN", "token"},
	    {"provisioning_until", "2030-01-01T01:00:00+01:00", "2030-01-01T00:00:00Z"},
	    {"provisioning_until", "+90m", "2030-01-01T01:30:00Z"},
	    {"provisioning_until", "+1w", "2030-01-08T00:00:00Z"},
	    {"provisioning_until", "", NULL},
	};
	struct fixture *f = *state;

	add_lns(f, "lns-1", "wss://l.example:8887");
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *want = cases[i].out != NULL ? cases[i].out : cases[i].in;
		struct gateway g = new_gateway();

		done(f, from_text(f, &gateway_kind, cases[i].field,
			    span_str(cases[i].in), &g));
		assert_string_equal(
		    to_text(f, &gateway_kind, cases[i].field, &g), want);
	}
}

static void
text_that_is_refused(void **state)
{
	const struct {
		const char *field;
		struct span in;
		int err;
		const char *words;
	} cases[] = {
	    {"ids.eui", BYTES("58a0"), E_INVALID, "ids.eui: must be"},
	    {"ids.eui", BYTES("0"), E_INVALID, "ids.eui: must be"},
	    {"name", BYTES("a\0b"), E_INVALID, "name: must be text"},
	    {"groups", BYTES("a\0b"), E_INVALID, "groups: must be text"},
	    {"attributes", BYTES("abc"), E_INVALID, "attributes: must be key=value"},
	    {"antennas", BYTES("{}"), E_INVALID, "antennas: cannot be"},
	    {"antennas", BYTES("[{]"), E_INVALID, "antennas: must be a JSON array"},
	    {"antennas", BYTES("[],\"name\":\"smuggled\""), E_INVALID,
		"antennas: must be a JSON array"},
	    {"auto_update", BYTES("maybe"), E_INVALID, "auto_update: must be true"},
	    {"lns", BYTES("nowhere"), E_NOTFOUND, "lns: there is no lns nowhere"},
	    {"cups_credentials", BYTES("none"), E_INVALID, "cups_credentials: must"},
	    {"provisioning_until", BYTES("+1y"), E_INVALID, "provisioning_until: must"},
	    {"provisioning_until", BYTES("7d"), E_INVALID, "provisioning_until: must"},
	    {"lbs_lns_secret.value", BYTES("two\nlines"), E_INVALID,
		"lbs_lns_secret.value: must be one line"},
	    {"lbs_lns_secret.value", BYTES("a\0b"), E_INVALID, "must be one line"},
	    {"lns_certificate.key", BYTES("x"), E_INVALID, "cannot be set"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct gateway g = new_gateway();
		char text[400];
		int err = from_text(f, &gateway_kind, cases[i].field, cases[i].in, &g);

		fault_text(&f->manage.fault, text, sizeof text);
		if (err != cases[i].err || strstr(text, cases[i].words) == NULL)
			fail_msg(
			    "%zu %s: %s: %s", i, cases[i].field, err_text(err), text);
		assert_string_equal(g.name, "");
	}
}

/* A comma too many must not let a CA speak for every gateway. */
static void
a_comma_too_many_is_no_prefix(void **state)
{
	struct fixture *f = *state;
	struct ca ca;

	record_init(&ca_kind, &ca);
	done(f, from_text(f, &ca_kind, "eui_prefixes", BYTES("58A0,"), &ca));
	assert_int_equal(ca.eui_prefixes.count, 1);
	assert_true(ca_speaks_for(&ca, 0x58a0cbfffe800001));
	assert_false(ca_speaks_for(&ca, 0x59a0cbfffe800001));
}

static void
keys_show_words(void **state)
{
	struct fixture *f = *state;
	struct key k;

	add_gateway(f, "gw-1", "1111111111111111");
	record_init(&key_kind, &k);
	k.key_id = "abc";
	k.rights = RIGHTS_CUPS;
	k.gateway = 1;
	k.digest = BYTES("secret digest");
	k.value.sealed = BYTES("sealed");
	assert_string_equal(json_of(f, &key_kind, &k, NULL, true),
	    "{\"id\":\"abc\",\"rights\":[\"RIGHT_GATEWAY_INFO\","
	    "\"RIGHT_GATEWAY_SETTINGS_BASIC\",\"RIGHT_GATEWAY_READ_SECRETS\"],"
	    "\"gateway\":\"gw-1\"}");
	done(f, from_json(f, &key_kind,
		    "{\"rights\":[\"RIGHT_GATEWAY_ALL\",\"right_gateway_link\"],"
		    "\"gateway\":\"other\",\"id\":\"new\"}",
		    NULL, &k, NULL));
	assert_int_equal(k.rights, RIGHT_ALL | RIGHT_LINK);
	assert_int_equal(k.gateway, 1);
	assert_string_equal(k.key_id, "abc");
	refused(f, from_json(f, &key_kind, "{\"rights\":[\"ROOT\"]}", NULL, &k, NULL),
	    E_INVALID, "rights: must be RIGHT_GATEWAY_INFO");
	refused(f, from_json(f, &key_kind, "{\"digest\":\"AAAA\"}", NULL, &k, NULL),
	    E_INVALID, "digest: a key has no such field");
}

/* A reference to something that is gone shows its number. */
static void
dangling_references_show(void **state)
{
	struct fixture *f = *state;
	struct gateway g = new_gateway();

	g.lns = 4711;
	assert_string_equal(to_text(f, &gateway_kind, "lns", &g), "#4711");
	assert_string_equal(
	    json_of(f, &gateway_kind, &g, NULL, false), "{\"lns\":\"#4711\"}");
}

/* Neither as text nor as JSON does a number lose a digit. */
static void
numbers_keep_their_digits(void **state)
{
	static const char *const texts[] = {"0", "50.5", "5.506666666666667",
	    "0.30000000000000004", "1e+300", "123456789.012345"};
	struct fixture *f = *state;
	struct record_view view = {.arena = &f->arena};
	const struct field *limit = field_by_name(&rollout_kind, "failure_limit");

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct rollout r;

		record_init(&rollout_kind, &r);
		assert_int_equal(record_field_from_text(&rollout_kind, limit,
				     span_str(texts[i]), &view, &r, NULL),
		    E_OK);
		assert_string_equal(
		    to_text(f, &rollout_kind, "failure_limit", &r), texts[i]);
	}
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_memory, fixture_end)
	const struct CMUnitTest tests[] = {
	    TEST(nested_names_there_and_back),
	    TEST(a_mask_covers_what_is_below),
	    TEST(masks_are_checked),
	    TEST(null_is_the_zero_value),
	    TEST(wrong_values_name_their_field),
	    TEST(unknown_fields_by_name),
	    TEST(read_only_fields_are_passed_over),
	    TEST(secrets_stay_inside),
	    TEST(text_there_and_back),
	    TEST(text_that_is_refused),
	    TEST(a_comma_too_many_is_no_prefix),
	    TEST(keys_show_words),
	    TEST(dangling_references_show),
	    TEST(numbers_keep_their_digits),
	};

	return cmocka_run_group_tests_name("record_json", tests, NULL, NULL);
}
