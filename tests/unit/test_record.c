/* The binary form of records, against bytes written out by hand. */
#include "tests/unit/unit.h"

#include "base/crc.h"
#include "base/wire.h"
#include "registry/audit.h"
#include "registry/ca.h"
#include "registry/gateway_state.h"
#include "registry/key.h"
#include "registry/lns.h"
#include "registry/registry.h"
#include "registry/signing_key.h"
#include "registry/template.h"
#include "registry/trust.h"

static struct arena arena;

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, 4 << 20);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_clear(&arena);
	return 0;
}

/* lns_id "abc", uri "wss://a:1", credentials certificate, token_form bare, created at 100;
 * serial number 5. */
#define LNS_FIELDS    \
	"\x03\x04"    \
	"abc\0"       \
	"\x07\x0a"    \
	"wss://a:1\0" \
	"\x0a\x01"    \
	"\x0c\x01"    \
	"\x0e\xc8\x01"
#define LNS_BYTES "\x01\x93\x89\xb7\xc2" LNS_FIELDS

/* id "abc", an EUI, attributes k=v, one antenna (2.5 dBi, 3 m below the sea), auto_update,
 * groups a-1 and b-2; serial number 1. */
#define GATEWAY_BYTES                              \
	"\x01\x87\x77\xbd\x48"                     \
	"\x03\x04"                                 \
	"abc\0"                                    \
	"\x04\x81\x80\x80\xf4\xff\xff\xb2\xd0\x58" \
	"\x0b\x04"                                 \
	"k\0v\0"                                   \
	"\x1d\x0d"                                 \
	"\x03\x08\x00\x00\x00\x00\x00\x00\x04\x40" \
	"\x08\x05\x00"                             \
	"\x1e\x01"                                 \
	"\x4f\x08"                                 \
	"a-1\0b-2\0"

static struct span
encoded(const struct record_kind *kind, const void *record)
{
	struct strbuf b;
	struct span kept;

	strbuf_init(&b, 1 << 20);
	record_encode(kind, record, &b);
	assert_int_equal(b.err, E_OK);
	kept = span_of(arena_dup(&arena, strbuf_span(&b)), b.len);
	strbuf_clear(&b);
	return kept;
}

static void
assert_bytes(struct span got, struct span want)
{
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.data, want.data, want.len);
}

static void
an_lns_as_bytes(void **state)
{
	struct lns l, back;

	(void)state;
	record_init(&lns_kind, &l);
	l.serial = 5;
	l.lns_id = "abc";
	l.uri = "wss://a:1";
	l.credentials = LNS_CERTIFICATE;
	l.token_form = TOKEN_BARE;
	l.created_at = 100;
	assert_bytes(encoded(&lns_kind, &l), BYTES(LNS_BYTES));
	assert_int_equal(
	    record_decode(&lns_kind, 5, BYTES(LNS_BYTES), &arena, &back), E_OK);
	assert_int_equal(back.serial, 5);
	assert_string_equal(back.lns_id, "abc");
	assert_string_equal(back.name, "");
	assert_string_equal(back.uri, "wss://a:1");
	assert_int_equal(back.trust, 0);
	assert_int_equal(back.credentials, LNS_CERTIFICATE);
	assert_int_equal(back.token_form, TOKEN_BARE);
	assert_int_equal(back.created_at, 100);
	assert_int_equal(back.updated_at, 0);
}

static void
a_gateway_as_bytes(void **state)
{
	static const struct text_pair pairs[] = {{"k", "v"}};
	static const char *const groups[] = {"a-1", "b-2"};
	struct antenna antenna = {.gain = 2.5, .altitude = -3, .source = ""};
	struct gateway g, back;
	const struct antenna *a;

	(void)state;
	record_init(&gateway_kind, &g);
	g.serial = 1;
	g.gateway_id = "abc";
	g.eui = 0x58a0cbfffe800001;
	g.attributes = (struct text_map){pairs, 1};
	g.antennas = (struct record_rows){&antenna, 1};
	g.auto_update = true;
	g.groups = (struct text_list){groups, 2};
	assert_bytes(encoded(&gateway_kind, &g), BYTES(GATEWAY_BYTES));
	assert_int_equal(
	    record_decode(&gateway_kind, 1, BYTES(GATEWAY_BYTES), &arena, &back), E_OK);
	assert_string_equal(back.gateway_id, "abc");
	assert_true(back.eui == 0x58a0cbfffe800001);
	assert_int_equal(back.attributes.count, 1);
	assert_string_equal(back.attributes.pairs[0].key, "k");
	assert_string_equal(back.attributes.pairs[0].value, "v");
	assert_int_equal(back.antennas.count, 1);
	a = back.antennas.rows;
	assert_true(a->gain == 2.5);
	assert_int_equal(a->altitude, -3);
	assert_string_equal(a->source, "");
	assert_true(back.auto_update);
	assert_int_equal(back.groups.count, 2);
	assert_string_equal(back.groups.items[1], "b-2");
	for (const struct field *f = gateway_kind.fields; f->number != 0; f++)
		assert_true(field_equal(f, &g, &back));
}

/* Fields 99 (a number) and 100 (bytes) of a newer version come back as they were. */
static void
unknown_fields_are_kept(void **state)
{
	static const char newer[] = "\x01\x8a\x59\x54\xec" LNS_FIELDS "\xc6\x01\xac\x02"
				    "\xc9\x01\x02hi";
	struct lns l;

	(void)state;
	assert_int_equal(record_decode(&lns_kind, 5, BYTES(newer), &arena, &l), E_OK);
	assert_string_equal(l.lns_id, "abc");
	assert_bytes(l.unknown, BYTES("\xc6\x01\xac\x02\xc9\x01\x02hi"));
	assert_bytes(encoded(&lns_kind, &l), BYTES(newer));
}

/* Every single bit, every cut, and the bytes under another serial number. */
static void
damage_is_seen(void **state)
{
	char bytes[] = LNS_BYTES;
	size_t n = sizeof bytes - 1;
	struct lns l;

	(void)state;
	for (size_t i = 0; i < 8 * n; i++) {
		int err;

		bytes[i / 8] ^= (char)(1 << i % 8);
		err = record_decode(&lns_kind, 5, span_of(bytes, n), &arena, &l);
		/* The version is looked at first. */
		assert_int_equal(
		    err, i < 8 && (unsigned char)bytes[0] > 1 ? E_VERSION : E_CORRUPT);
		bytes[i / 8] ^= (char)(1 << i % 8);
	}
	for (size_t i = 0; i < n; i++)
		assert_int_equal(
		    record_decode(&lns_kind, 5, span_of(bytes, i), &arena, &l),
		    E_CORRUPT);
	assert_int_equal(
	    record_decode(&lns_kind, 6, span_of(bytes, n), &arena, &l), E_CORRUPT);
}

/* Bytes with a right checksum that are no record all the same. */
static void
nonsense_is_refused(void **state)
{
	const struct {
		const char *what;
		struct span fields;
	} cases[] = {
	    {"tag 0", BYTES("\x00\x00")},
	    {"tag 1", BYTES("\x01\x00")},
	    {"text as a number", BYTES("\x02\x05")},
	    {"a number as bytes", BYTES("\x0b\x01\x01")},
	    {"text without its NUL", BYTES("\x03\x03"
					   "abc")},
	    {"two texts in one", BYTES("\x03\x04"
				       "a\0b\0")},
	    {"no text", BYTES("\x03\x00")},
	    {"a length beyond the end", BYTES("\x03\x09"
					      "abc\0")},
	    {"a varint that does not end", BYTES("\x0a\xff\xff\xff\xff\xff\xff\xff\xff"
						 "\xff\xff\xff")},
	    {"an enum beyond its words", BYTES("\x0a\x03")},
	    {"a tag cut off", BYTES("\x80")},
	};
	struct lns l;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct strbuf b;
		uint8_t key[8];
		int err;

		wire_key64(key, 5);
		strbuf_init(&b, 4096);
		wire_put_u8(&b, 1);
		wire_put_u32le(
		    &b, crc32_more(crc32_of(span_of(key, 8)), cases[i].fields));
		strbuf_put(&b, cases[i].fields.data, cases[i].fields.len);
		err = record_decode(&lns_kind, 5, strbuf_span(&b), &arena, &l);
		if (err != E_CORRUPT)
			fail_msg("%s: %s", cases[i].what, err_text(err));
		strbuf_clear(&b);
	}
}

/* Rows that are cut, a map with an odd number of strings, a double of seven bytes. */
static void
nonsense_within_is_refused(void **state)
{
	const struct span cases[] = {
	    BYTES("\x1d\x0a\x03\x08\x00\x00\x00\x00\x00\x00\x04\x40"),
	    BYTES("\x1d\x02\x08\x05"),
	    BYTES("\x1d\x02\x00\x09"),
	    BYTES("\x1d\x09\x03\x07\x00\x00\x00\x00\x00\x00\x00"),
	    BYTES("\x0b\x02"
		  "k\0"),
	    BYTES("\x4f\x00"),
	    BYTES("\x4f\x01"
		  "a"),
	};
	struct gateway g;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct strbuf b;
		uint8_t key[8];
		int err;

		wire_key64(key, 1);
		strbuf_init(&b, 4096);
		wire_put_u8(&b, 1);
		wire_put_u32le(&b, crc32_more(crc32_of(span_of(key, 8)), cases[i]));
		strbuf_put(&b, cases[i].data, cases[i].len);
		err = record_decode(&gateway_kind, 1, strbuf_span(&b), &arena, &g);
		if (err != E_CORRUPT)
			fail_msg("case %zu: %s", i, err_text(err));
		strbuf_clear(&b);
	}
}

/* Each field of each kind with some value goes through and back; the tables hold together. */
static void
fill(const struct record_kind *kind, void *record, uint64_t salt)
{
	for (const struct field *f = kind->fields; f->number != 0; f++) {
		void *at = field_at(f, record);
		uint64_t n = f->number * 1000003 + salt;
		const char *text = arena_printf(&arena, "t%u", f->number);
		const char **two = arena_alloc(&arena, 2 * sizeof *two);
		struct text_pair *pair = arena_alloc(&arena, sizeof *pair);

		two[0] = text;
		two[1] = "";
		*pair = (struct text_pair){text, "v"};
		switch (f->type) {
		case FIELD_TEXT:
			*(const char **)at = text;
			break;
		case FIELD_BYTES:
		case FIELD_SEALED:
			*(struct span *)at = span_str(text);
			break;
		case FIELD_BOOL:
			*(bool *)at = true;
			break;
		case FIELD_ENUM:
			*(int *)at = 1;
			break;
		case FIELD_INT:
		case FIELD_TIME:
			*(int64_t *)at = -(int64_t)n;
			break;
		case FIELD_DOUBLE:
			*(double *)at = -0.1 * (double)n;
			break;
		case FIELD_LIST:
			*(struct text_list *)at = (struct text_list){two, 2};
			break;
		case FIELD_MAP:
			*(struct text_map *)at = (struct text_map){pair, 1};
			break;
		case FIELD_ROWS: {
			char *rows = arena_zalloc(&arena, 5, f->of->size);

			for (size_t i = 0; i < 5; i++) {
				record_init(f->of, rows + i * f->of->size);
				fill(f->of, rows + i * f->of->size, i);
			}
			*(struct record_rows *)at = (struct record_rows){rows, 5};
			break;
		}
		default:
			*(uint64_t *)at = UINT64_MAX - n;
		}
	}
}

static void
every_kind_goes_there_and_back(void **state)
{
	const struct record_kind *all[] = {&gateway_kind, &lns_kind, &trust_kind,
	    &ca_kind, &key_kind, &template_kind, &audit_kind, &signing_key_kind,
	    &gateway_state_kind};

	(void)state;
	for (size_t k = 0; k < COUNT(all); k++) {
		const struct record_kind *kind = all[k];
		char *a = arena_alloc(&arena, kind->size);
		char *b = arena_alloc(&arena, kind->size);
		unsigned last = 0;

		record_init(kind, a);
		*(uint64_t *)a = 77;
		for (const struct field *f = kind->fields; f->number != 0; f++) {
			assert_true(f->number > last && f->number < 128);
			last = f->number;
			assert_true(field_is_zero(f, a));
			assert_true(f->offset >= sizeof(uint64_t));
			assert_ptr_equal(field_by_name(kind, f->name), f);
			assert_ptr_equal(field_by_number(kind, f->number), f);
		}
		/* A record with nothing in it is its envelope alone. */
		assert_int_equal(encoded(kind, a).len, 5);
		fill(kind, a, k);
		assert_int_equal(record_copy(kind, a, &arena, b), E_OK);
		assert_int_equal(*(uint64_t *)b, 77);
		for (const struct field *f = kind->fields; f->number != 0; f++)
			if (!field_equal(f, a, b) || field_is_zero(f, b))
				fail_msg("%s: %s", kind->name, f->name);
		assert_bytes(encoded(kind, b), encoded(kind, a));
	}
}

static void
memory_that_is_short_is_an_error(void **state)
{
	struct arena small;
	struct gateway g;

	(void)state;
	for (size_t limit = 0; limit < 200; limit += 16) {
		int err;

		arena_init(&small, limit);
		err = record_decode(&gateway_kind, 1, BYTES(GATEWAY_BYTES), &small, &g);
		assert_true(err == E_NOMEM || (err == E_OK && limit > 100));
		arena_clear(&small);
	}
}

/* ---- checks ------------------------------------------------------------------------------ */

static void
limits_name_their_field(void **state)
{
	struct gateway g;
	struct fault fault = {0};
	char text[80];
	static const char *const nine[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};

	(void)state;
	record_init(&gateway_kind, &g);
	assert_int_equal(record_check(&gateway_kind, &g, &fault), E_INVALID);
	assert_string_equal(fault.field, "ids.gateway_id");
	assert_string_equal(fault.text, "is required");
	g.gateway_id = "abc";
	assert_int_equal(record_check(&gateway_kind, &g, &fault), E_OK);
	memset(text, 'x', sizeof text);
	text[50] = '\0';
	g.name = text;
	assert_int_equal(record_check(&gateway_kind, &g, &fault), E_OK);
	text[50] = 'x';
	text[51] = '\0';
	assert_int_equal(record_check(&gateway_kind, &g, &fault), E_INVALID);
	assert_string_equal(fault.field, "name");
	g.name = "a\nb";
	assert_int_equal(record_check(&gateway_kind, &g, &fault), E_INVALID);
	assert_string_equal(fault.field, "name");
	g.name = "";
	g.description = "a\nb";
	assert_int_equal(record_check(&gateway_kind, &g, &fault), E_OK);
	g.description = "\xff";
	assert_int_equal(record_check(&gateway_kind, &g, &fault), E_INVALID);
	assert_string_equal(fault.field, "description");
	g.description = "";
	g.frequency_plan_ids = (struct text_list){nine, 8};
	assert_int_equal(record_check(&gateway_kind, &g, &fault), E_OK);
	g.frequency_plan_ids.count = 9;
	assert_int_equal(record_check(&gateway_kind, &g, &fault), E_INVALID);
	assert_string_equal(fault.field, "frequency_plan_ids");
}

static void
identifiers(void **state)
{
	static const struct {
		const char *id;
		bool good;
	} cases[] = {{"abc", true}, {"a1-b2-c3", true}, {"012", true}, {"ab", false},
	    {"-abc", false}, {"abc-", false}, {"a--b", false}, {"aBc", false},
	    {"a_c", false}, {"a c", false}, {"ab\xc3\xa9", false},
	    {"a23456789-123456789-123456789-123456", true},
	    {"a23456789-123456789-123456789-1234567", false}};
	struct gateway g;

	(void)state;
	record_init(&gateway_kind, &g);
	for (size_t i = 0; i < COUNT(cases); i++) {
		g.gateway_id = cases[i].id;
		if ((record_check(&gateway_kind, &g, NULL) == E_OK) != cases[i].good)
			fail_msg("%s", cases[i].id);
	}
}

static void
antennas_are_checked_too(void **state)
{
	struct antenna a[2] = {{.source = ""}, {.source = "", .latitude = 90.5}};
	struct gateway g;
	struct fault fault = {0};

	(void)state;
	record_init(&gateway_kind, &g);
	g.gateway_id = "abc";
	g.antennas = (struct record_rows){a, 1};
	assert_int_equal(record_check(&gateway_kind, &g, &fault), E_OK);
	g.antennas.count = 2;
	assert_int_equal(record_check(&gateway_kind, &g, &fault), E_INVALID);
	assert_string_equal(fault.field, "antennas.location.latitude");
}

static void
one_field_alone(void **state)
{
	struct span stored = BYTES(GATEWAY_BYTES), bytes;
	uint64_t value;

	(void)state;
	assert_true(record_peek(stored, 1, &value, &bytes));
	assert_bytes(bytes, BYTES("abc\0"));
	assert_true(record_peek(stored, 2, &value, &bytes));
	assert_true(value == 0x58A0CBFFFE800001);
	assert_true(record_peek(stored, 15, &value, &bytes) && value == 1);
	/* Not there: before, between and behind those that are. */
	assert_true(record_peek(stored, 3, &value, &bytes) && bytes.len == 0);
	assert_true(record_peek(stored, 45, &value, &bytes) && value == 0);
	assert_false(record_peek(span_of(stored.data, 4), 1, &value, &bytes));
	assert_false(record_peek(span_of(stored.data, 8), 1, &value, &bytes));
	assert_false(record_peek(BYTES("\x02\0\0\0\0\x03\x02x\0"), 1, &value, &bytes));
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(an_lns_as_bytes),
	    TEST(a_gateway_as_bytes),
	    TEST(unknown_fields_are_kept),
	    TEST(damage_is_seen),
	    TEST(nonsense_is_refused),
	    TEST(nonsense_within_is_refused),
	    TEST(every_kind_goes_there_and_back),
	    TEST(memory_that_is_short_is_an_error),
	    TEST(limits_name_their_field),
	    TEST(identifiers),
	    TEST(antennas_are_checked_too),
	    TEST(one_field_alone),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
