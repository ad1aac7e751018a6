/* The bytes of CUPS, each written out by hand from the protocol's description. */
#include "tests/unit/unit.h"

#include "base/crc.h"
#include "cups/credentials.h"
#include "cups/update_info.h"

static const char real_body[] =
    "{\"router\":\"58a0:cbff:fe80:1\",\"cupsUri\":\"https://cups.example.com:443\","
    "\"tcUri\":\"wss://lns.example.com:8887\",\"cupsCredCrc\":695230052,"
    "\"tcCredCrc\":1557172037,\"station\":\"2.0.6(linux/std) 2022-01-18 10:22:16\","
    "\"model\":\"linux\",\"package\":\"v1.2.3\",\"keys\":[3912465528,1445978646]}";

static void
check_real(const struct update_info *info)
{
	assert_true(info->eui == 0x58a0cbfffe800001);
	assert_true(span_is(info->cups_uri, "https://cups.example.com:443"));
	assert_true(span_is(info->lns_uri, "wss://lns.example.com:8887"));
	assert_true(info->has_cups_crc && info->has_lns_crc);
	assert_int_equal(info->cups_crc, 695230052);
	assert_int_equal(info->lns_crc, 1557172037);
	assert_true(span_is(info->station, "2.0.6(linux/std) 2022-01-18 10:22:16"));
	assert_true(span_is(info->model, "linux"));
	assert_true(span_is(info->package, "v1.2.3"));
	assert_int_equal(info->key_count, 2);
	assert_int_equal(info->keys[0], 3912465528);
	assert_int_equal(info->keys[1], 1445978646);
}

static void
test_real_request(void **state)
{
	struct update_info info;
	struct arena arena;
	struct fault fault;

	(void)state;
	arena_init(&arena, 1 << 20);
	assert_true(update_info_scan(BYTES(real_body), &info));
	check_real(&info);
	assert_int_equal(
	    update_info_parse(BYTES(real_body), &arena, &info, &fault), E_OK);
	check_real(&info);
	arena_clear(&arena);
}

/* Both readers agree; where the scanner hands over, only the verdict of json-c counts. */
static void
test_requests(void **state)
{
	static const struct {
		const char *body;
		bool scanned;
		int err;
		uint64_t eui;
	} rows[] = {
	    {"{\"router\":\"::1\"}", true, E_OK, 1},
	    {"{\"router\":\"58-A0-CB-FF-FE-80-00-01\"}", true, E_OK,
		0x58a0cbfffe800001},
	    {"{\"router\":\"58a0cbfffe800001\"}", true, E_OK, 0x58a0cbfffe800001},
	    {"{\"router\":6386253518512881665}", false, E_OK, 6386253518512881665},
	    {"{\"router\":18446744073709551615}", false, E_OK, UINT64_MAX},
	    {" {\t\"router\" : \"::1\" , \"keys\" : [ ] }\r\n", true, E_OK, 1},
	    {"{\"router\":\"::1\",\"cupsUri\":null,\"tcUri\":null,\"package\":null,"
	     "\"keys\":[]}",
		true, E_OK, 1},
	    {"{\"router\":\"::1\",\"cupsCredCrc\":null,\"keys\":null}", false, E_OK, 1},
	    {"{\"router\":\"::1\",\"router\":\"::2\"}", false, E_OK, 2},
	    {"{\"other\":{\"a\":[1]},\"router\":\"::1\"}", false, E_OK, 1},
	    {"{\"router\":\"\\u003a:1\"}", false, E_OK, 1},
	    {"{\"router\":\"::1\",\"station\":\"\xc3\xa4\"}", false, E_OK, 1},
	    {"{\"router\":\"::1\",\"cupsCredCrc\":4294967295}", true, E_OK, 1},
	    {"{\"router\":\"::0\"}", false, E_INVALID, 0},
	    {"{\"router\":0}", false, E_INVALID, 0},
	    {"{\"router\":-1}", false, E_INVALID, 0},
	    {"{\"router\":1.5}", false, E_INVALID, 0},
	    {"{\"router\":18446744073709551616}", false, E_INVALID, 0},
	    {"{\"router\":null}", false, E_INVALID, 0},
	    {"{\"router\":\"\"}", false, E_INVALID, 0},
	    {"{\"router\":\"58a0cbfffe80000\"}", false, E_INVALID, 0},
	    {"{\"router\":\"1:2:3\"}", false, E_INVALID, 0},
	    {"{}", false, E_INVALID, 0},
	    {"", false, E_INVALID, 0},
	    {"[]", false, E_INVALID, 0},
	    {"null", false, E_INVALID, 0},
	    {"{\"router\":\"::1\"", false, E_INVALID, 0},
	    {"{\"router\":\"::1\"}}", false, E_INVALID, 0},
	    {"{\"router\":\"::1\"} x", false, E_INVALID, 0},
	    {"{\"router\":\"::1\",}", false, E_INVALID, 0},
	    {"{'router':'::1'}", false, E_INVALID, 0},
	    {"{\"router\":\"::1\"/**/}", false, E_INVALID, 0},
	    {"{\"router\":\"::1\",\"cupsUri\":1}", false, E_INVALID, 0},
	    {"{\"router\":\"::1\",\"cupsCredCrc\":\"1\"}", false, E_INVALID, 0},
	    {"{\"router\":\"::1\",\"cupsCredCrc\":-1}", false, E_INVALID, 0},
	    {"{\"router\":\"::1\",\"cupsCredCrc\":4294967296}", false, E_INVALID, 0},
	    {"{\"router\":\"::1\",\"cupsCredCrc\":01}", false, E_INVALID, 0},
	    {"{\"router\":\"::1\",\"cupsCredCrc\":1e3}", false, E_INVALID, 0},
	    {"{\"router\":\"::1\",\"keys\":{}}", false, E_INVALID, 0},
	    {"{\"router\":\"::1\",\"keys\":[\"1\"]}", false, E_INVALID, 0},
	    {"{\"router\":\"::1\",\"keys\":[1,]}", false, E_INVALID, 0},
	    {"{\"router\":\"::1\",\"station\":\"\xff\"}", false, E_INVALID, 0},
	    {"{\"router\":\"::1\",\"station\":\"a\nb\"}", false, E_INVALID, 0},
	};
	struct update_info info;
	struct arena arena;
	struct fault fault;

	(void)state;
	arena_init(&arena, 1 << 20);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span body = span_str(rows[i].body);
		bool scanned = update_info_scan(body, &info);

		if (scanned != rows[i].scanned)
			fail_msg("scanner, row %zu: %s", i, rows[i].body);
		if (scanned)
			assert_true(info.eui == rows[i].eui);
		if (update_info_parse(body, &arena, &info, &fault) != rows[i].err)
			fail_msg("parser, row %zu: %s", i, rows[i].body);
		assert_int_equal(
		    update_info_read(body, &arena, &info, &fault), rows[i].err);
		if (rows[i].err == E_OK)
			assert_true(info.eui == rows[i].eui);
	}
	arena_clear(&arena);
}

static void
test_nul_and_length(void **state)
{
	static const char nul[] = "{\"router\":\"::1\",\"station\":\"a\0b\"}";
	static const char after[] = "{\"router\":\"::1\"}\0";
	static char big[CUPS_BODY_MAX + 1];
	struct update_info info;
	struct arena arena;
	struct fault fault;

	(void)state;
	arena_init(&arena, 1 << 20);
	assert_int_equal(
	    update_info_read(BYTES(nul), &arena, &info, &fault), E_INVALID);
	assert_int_equal(
	    update_info_read(BYTES(after), &arena, &info, &fault), E_INVALID);
	memset(big, ' ', sizeof big);
	memcpy(big, "{\"router\":\"::1\"}", 16);
	assert_int_equal(
	    update_info_read(span_of(big, CUPS_BODY_MAX), &arena, &info, &fault), E_OK);
	assert_int_equal(
	    update_info_read(span_of(big, sizeof big), &arena, &info, &fault),
	    E_INVALID);
	arena_clear(&arena);
}

static void
expect_answer(const struct update_answer *a, const char *bytes, size_t n)
{
	struct strbuf out;
	struct update_answer back;
	struct span rest;
	struct fault fault;

	strbuf_init(&out, 1 << 20);
	assert_int_equal(update_answer_write(a, &out), E_OK);
	assert_int_equal(out.len, n);
	assert_memory_equal(out.data, bytes, n);
	if (a->update_length == 0) {
		assert_int_equal(
		    update_answer_read(strbuf_span(&out), &back, &rest, &fault), E_OK);
		assert_true(span_eq(back.cups_uri, a->cups_uri));
		assert_true(span_eq(back.lns_credentials, a->lns_credentials));
		assert_true(span_eq(back.signature, a->signature));
		assert_int_equal(back.signature_key_crc, a->signature_key_crc);
	}
	strbuf_clear(&out);
}

static void
test_answers(void **state)
{
	struct update_answer a = {0};

	(void)state;
	/* Nothing to do. */
	expect_answer(&a, "\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 14);
	/* Redirect: URI and credentials. */
	a.cups_uri = span_str("https://c:1");
	a.cups_credentials = BYTES("\x30\x01\xaa");
	expect_answer(
	    &a, "\x0bhttps://c:1\0\x03\0\x30\x01\xaa\0\0\0\0\0\0\0\0\0\0", 28);
	/* LNS beside it. */
	a.lns_uri = span_str("wss://l:2");
	a.lns_credentials = BYTES("\x30\x00");
	expect_answer(&a,
	    "\x0bhttps://c:1\x09wss://l:2\x03\0\x30\x01\xaa\x02\0\x30\x00"
	    "\0\0\0\0\0\0\0\0",
	    39);
	/* A signature: sigLen is 4 more than its bytes, the key's CRC goes before it. */
	a = (struct update_answer){
	    .signature = BYTES("\x30\x02\x01\x02"), .signature_key_crc = 0x04030201};
	expect_answer(
	    &a, "\0\0\0\0\0\0\x08\0\0\0\x01\x02\x03\x04\x30\x02\x01\x02\0\0\0\0", 22);
	a.update_length = 0x01020304;
	expect_answer(&a,
	    "\0\0\0\0\0\0\x08\0\0\0\x01\x02\x03\x04\x30\x02\x01\x02\x04\x03\x02\x01",
	    22);
}

static void
test_answer_limits(void **state)
{
	static char bytes[70000];
	struct update_answer a = {0};
	struct strbuf out;

	(void)state;
	strbuf_init(&out, 1 << 20);
	memset(bytes, 'x', sizeof bytes);
	a.cups_uri = span_of(bytes, 127);
	assert_int_equal(update_answer_write(&a, &out), E_OK);
	a.cups_uri = span_of(bytes, 128);
	assert_int_equal(update_answer_write(&a, &out), E_TOOBIG);
	a = (struct update_answer){.lns_credentials = span_of(bytes, 65536)};
	assert_int_equal(update_answer_write(&a, &out), E_TOOBIG);
	a = (struct update_answer){.signature = span_of(bytes, 129)};
	assert_int_equal(update_answer_write(&a, &out), E_TOOBIG);
	a = (struct update_answer){.signature = span_of(bytes, 3)};
	assert_int_equal(update_answer_write(&a, &out), E_TOOBIG);
	a = (struct update_answer){.update_length = 0x80000000};
	assert_int_equal(update_answer_write(&a, &out), E_TOOBIG);
	strbuf_clear(&out);
}

static void
test_answer_reading(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		int err;
	} rows[] = {
	    {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 14, E_OK},
	    {"\0\0\0\0\0\0\0\0\0\0\0\0\0", 13, E_INVALID},
	    {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 15, E_INVALID},
	    /* As The Things Stack writes it: length without the 4, CRC always there. */
	    {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 18, E_INVALID},
	    {"\0\0\0\0\0\0\x04\0\0\0\x01\x02\x03\x04\0\0\0\0", 18, E_INVALID},
	    {"\0\0\0\0\0\0\x85\0\0\0\x01\x02\x03\x04\0\0\0\0", 18, E_INVALID},
	};
	struct update_answer a;
	struct span rest;
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(update_answer_read(span_of(rows[i].bytes, rows[i].n),
				     &a, &rest, &fault),
		    rows[i].err);
}

/* ---- credentials ---------------------------------------------------------------------- */

/* A stand-in for a certificate: the client looks at nothing but its length. */
static const char trust_der[] = "\x30\x03\x01\x02\x03";

static struct trust
some_trust(void)
{
	return (struct trust){
	    .der = BYTES(trust_der), .crc = crc32_of(BYTES(trust_der))};
}

static void
expect_blob(
    const struct credentials *c, const char *opened, const char *bytes, size_t n)
{
	struct arena arena;
	struct span blob;
	struct fault fault = {0};

	arena_init(&arena, 1 << 20);
	if (credentials_build(c, span_str(opened), &arena, &blob, &fault) != E_OK)
		fail_msg("%s: %s", fault.field, fault.text);
	assert_int_equal(blob.len, n);
	assert_memory_equal(blob.data, bytes, n);
	assert_int_equal(credentials_crc(c), crc32_of(span_of(bytes, n)));
	arena_clear(&arena);
}

static void
test_token_lines(void **state)
{
	static const struct {
		const char *entered;
		int form;
		const char *line;
	} rows[] = {
	    {"NNSXS.AB.CD", TOKEN_BEARER, "Authorization: Bearer NNSXS.AB.CD\r\n"},
	    {"NNSXS.AB.CD", TOKEN_BARE, "Authorization: NNSXS.AB.CD\r\n"},
	    {"Bearer NNSXS.AB.CD", TOKEN_BEARER,
		"Authorization: Bearer NNSXS.AB.CD\r\n"},
	    {"Bearer NNSXS.AB.CD", TOKEN_BARE, "Authorization: Bearer NNSXS.AB.CD\r\n"},
	    {"Basic dTpw", TOKEN_BEARER, "Authorization: Basic dTpw\r\n"},
	    {"Authorization: x", TOKEN_BEARER, "Authorization: x\r\n"},
	    {"authorization:Bearer x", TOKEN_BARE, "authorization:Bearer x\r\n"},
	    {"user:secret", TOKEN_BARE, "Authorization: user:secret\r\n"},
	    {"X-Api-Key: k:1", TOKEN_BARE, "X-Api-Key: k:1\r\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct trust trust = some_trust();
		struct secret secret = {0};
		struct fault fault = {0};
		char blob[200] = "\x30\x03\x01\x02\x03\0\0\0\0";
		struct credentials c = {.kind = CREDENTIALS_TOKEN,
		    .trust = &trust,
		    .secret = &secret,
		    .token_form = rows[i].form};

		assert_int_equal(
		    secret_describe(span_str(rows[i].entered), false, &secret, &fault),
		    E_OK);
		memcpy(blob + 9, rows[i].line, strlen(rows[i].line));
		expect_blob(&c, rows[i].entered, blob, 9 + strlen(rows[i].line));
	}
}

static void
test_bad_secrets(void **state)
{
	static const char *const rows[] = {
	    "", " x", "x ", "a\nb", "a\rb", "a\tb", "a\x7f", "\xc3\xa4", "0-Key: x"};
	struct secret secret;
	struct fault fault;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(
		    secret_describe(span_str(rows[i]), false, &secret, &fault),
		    E_INVALID);
}

static void
test_other_forms(void **state)
{
	struct trust trust = some_trust();
	struct secret secret = {0};
	struct fault fault;
	struct credentials c = {.kind = CREDENTIALS_SERVER_ONLY, .trust = &trust};

	(void)state;
	expect_blob(&c, "", "\x30\x03\x01\x02\x03\0\0\0\0\0\0\0\0", 13);
	assert_int_equal(
	    secret_describe(span_str("\x30\x02kk"), true, &secret, &fault), E_OK);
	c = (struct credentials){.kind = CREDENTIALS_CERTIFICATE,
	    .trust = &trust,
	    .secret = &secret,
	    .certificate = span_str("\x30\x04"
				    "cert"),
	    .certificate_crc = crc32_of(span_str("\x30\x04"
						 "cert"))};
	expect_blob(&c, "\x30\x02kk",
	    "\x30\x03\x01\x02\x03\x30\x04"
	    "cert\x30\x02kk",
	    15);
	assert_int_equal(
	    CREDENTIALS_NONE_CRC, crc32_of(span_of("\0\0\0\0\0\0\0\0\0\0\0", 12)));
}

static void
test_splitting(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *bad; /* the part that is refused, NULL: it is right */
	} rows[] = {
	    {"\x30\x01\x61\0\0\0\0A: b\r\n", 13, NULL},
	    {"\x30\x01\x61\0\0\0\0A: b\r\nC: d\r\n", 19, NULL},
	    {"\x30\x01\x61\0\0\0\0\0\0\0\0", 11, NULL},
	    {"\x30\x01\x61\x30\x01\x62\x30\x01\x63", 9, NULL},
	    {"\x30\x82\x00\x01\x61\0\0\0\0\0\0\0\0", 13, NULL},
	    {"", 0, "trust"},
	    {"-----BEGIN CERTIFICATE", 22, "trust"},
	    {"\0\0\0\0\0\0\0\0\0\0\0\0", 12, "trust"},
	    {"\x30", 1, "trust"},
	    {"\x30\x05\x61", 3, "trust"},
	    {"\x30\x81\x01\x61\0\0\0\0\0\0\0\0", 12, "trust"},
	    {"\x30\x83\0\0\x01\x61\0\0\0\0\0\0\0\0", 14, "trust"},
	    {"\x30\x82\x00", 3, "trust"},
	    {"\x30\x82\xff\xff\x61", 5, "trust"},
	    {"\x30\x01\x61", 3, "certificate"},
	    {"\x30\x01\x61\0\0\0", 6, "certificate"},
	    {"\x30\x01\x61\x30\x05\x62", 6, "certificate"},
	    {"\x30\x01\x61"
	     "Authorization: x\r\n",
		21, "certificate"},
	    {"\x30\x01\x61\0\0\0\0", 7, "key"},
	    {"\x30\x01\x61\x30\x01\x62", 6, "key"},
	    {"\x30\x01\x61\x30\x01\x62\0\0\0\0", 10, "key"},
	    {"\x30\x01\x61\x30\x01\x62"
	     "A: b\r\n",
		12, "key"},
	    {"\x30\x01\x61\0\0\0\0\x30\x01\x63", 10, "key"},
	    {"\x30\x01\x61\0\0\0\0A: b\n", 12, "key"},
	    {"\x30\x01\x61\0\0\0\0A: b", 11, "key"},
	    {"\x30\x01\x61\0\0\0\0A: b\r\nC", 14, "key"},
	    {"\x30\x01\x61\0\0\0\0token\r\n", 14, "key"},
	    {"\x30\x01\x61\x30\x01\x62\x30\x81\x01\x63", 10, "key"},
	    {"\x30\x01\x61\x30\x01\x62\x30\x01\x63\x64", 10, "key"},
	    {"\x30\x01\x61\x30\x01\x62\x30\x03\x63", 9, "key"},
	};
	struct credentials_parts parts;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault fault = {0};
		int err = credentials_split(
		    span_of(rows[i].bytes, rows[i].n), &parts, &fault);

		if ((err == E_OK) != (rows[i].bad == NULL))
			fail_msg("row %zu: %s", i, fault.text);
		if (rows[i].bad != NULL)
			assert_string_equal(fault.field, rows[i].bad);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_real_request),
	    cmocka_unit_test(test_requests),
	    cmocka_unit_test(test_nul_and_length),
	    cmocka_unit_test(test_answers),
	    cmocka_unit_test(test_answer_limits),
	    cmocka_unit_test(test_answer_reading),
	    cmocka_unit_test(test_token_lines),
	    cmocka_unit_test(test_bad_secrets),
	    cmocka_unit_test(test_other_forms),
	    cmocka_unit_test(test_splitting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
