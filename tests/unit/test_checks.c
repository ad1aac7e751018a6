/* Single values of records: identifiers, texts, addresses and URIs, and what is none. */
#include "tests/unit/judge.h"

#include "registry/checks.h"

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void
judge_all(field_check_fn *check, const struct row *rows, size_t count)
{
	static const struct field field = {.name = "a_field", .type = FIELD_TEXT};

	for (size_t i = 0; i < count; i++) {
		struct fault fault = {0};

		judge(&rows[i], check(&field, &rows[i].text, &fault), &fault);
		assert_string_equal(
		    fault.field, rows[i].words != NULL ? "a_field" : "");
	}
}

static void
test_ids(void **state)
{
	static const struct row rows[] = {
	    {"abc", NULL},
	    {"a-1", NULL},
	    {"123456789012345678901234567890123456", NULL},
	    {"", "3 to 36"},
	    {"ab", "3 to 36"},
	    {"1234567890123456789012345678901234567", "3 to 36"},
	    {"Abc", "lower-case"},
	    {"-ab", "dashes between"},
	    {"ab-", "dashes between"},
	    {"a--b", "single dashes"},
	    {"a_b", "lower-case"},
	    {"a b", "lower-case"},
	    {"\xc3\xa9t\xc3\xa9", "lower-case"},
	};

	(void)state;
	judge_all(check_id, rows, COUNT(rows));
}

static void
test_texts(void **state)
{
	static const struct row lines[] = {
	    {"", NULL},
	    {"N\xc3\xb6rth", NULL},
	    {"a\tb", "control characters"},
	    {"a\nb", "control characters"},
	    {"a\x7f", "control characters"},
	    {"\x1b[0m", "control characters"},
	    {"\xff", "not UTF-8"},
	    {"\xc0\x80", "not UTF-8"},
	    {"\xed\xa0\x80", "not UTF-8"},
	};
	static const struct row prose[] = {
	    {"a\tb\r\nc", NULL},
	    {"a\x08", "control characters"},
	};

	(void)state;
	judge_all(check_line, lines, COUNT(lines));
	judge_all(check_prose, prose, COUNT(prose));
	assert_true(check_header_text(span_str("a ~")));
	assert_false(check_header_text(span_str("")));
	assert_false(check_header_text(span_str("a\r\nb")));
	assert_false(check_header_text(BYTES("a\0")));
	assert_false(check_header_text(span_str("\xc3\xa9")));
}

/* ---- addresses ------------------------------------------------------------------------ */

static void
test_addresses(void **state)
{
	static const struct row rows[] = {
	    {"h", NULL},
	    {"eu1.Example.com", NULL},
	    {"192.0.2.1:1700", NULL},
	    {"wss://h:8887", NULL},
	    {"udp://[2001:db8::1]:1700", NULL},
	    {"[::1]", NULL},
	    {"", "without a path"},
	    {"h/p", "without a path"},
	    {"-h", "without a path"},
	    {".h", "without a path"},
	    {"a..b", "without a path"},
	    {"h h", "without a path"},
	    {X50 X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxx", "without a path"},
	    {"h:", "1 to 65535"},
	    {"h:0", "1 to 65535"},
	    {"h:65536", "1 to 65535"},
	    {"h:1x", "1 to 65535"},
	    {"[::1]:0", "1 to 65535"},
	    {"[::1]1700", "1 to 65535"},
	    {"[::1", "IPv6"},
	    {"[]", "IPv6"},
	    {"[:::]:1700", "IPv6"},
	    {"[1.2.3.4]", "IPv6"},
	    {"[1:2:3:4:5:6:7:8:9]", "IPv6"},
	    {"[0000:0000:0000:0000:0000:0000:255.255.255.2555555]", "IPv6"},
	    {"[h]", "IPv6"},
	    {"WSS://h", "lower-case letters"},
	    {"://h", "empty scheme"},
	    {"abcdefghijk://h", "lower-case letters"},
	};
	static const struct row udp[] = {
	    {"h:1700", NULL},
	    {"udp://h", NULL},
	    {"[::1]:1700", NULL},
	    {"wss://h", "other than udp"},
	    {"http://h", "other than udp"},
	    {"udp://[:::]:1700", "IPv6"},
	};

	(void)state;
	judge_all(check_address, rows, COUNT(rows));
	judge_all(check_udp_address, udp, COUNT(udp));
}

static void
test_lists(void **state)
{
	static const struct field field = {.name = "a_field", .type = FIELD_LIST};
	static const struct {
		field_check_fn *check;
		const char *item;
		bool good;
	} rows[] = {
	    {check_ids, "abc", true},
	    {check_ids, "", false},
	    {check_lines, "a b", true},
	    {check_lines, "", false},
	    {check_lines, "\n", false},
	    {check_udp_addresses, "h:1", true},
	    {check_udp_addresses, "ws://h", false},
	    {check_host_ports, "lns.example.com:8887", true},
	    {check_host_ports, "lns.example.com", false},
	    {check_host_ports, "LNS.example.com:8887", false},
	    {check_host_ports, "h:0", false},
	    {check_host_ports, ":1", false},
	    {check_host_ports, "h:1:2", false},
	    {check_eui_prefixes, "", true},
	    {check_eui_prefixes, "58a0CB", true},
	    {check_eui_prefixes, "58A0CBFFFE8000011", false},
	    {check_eui_prefixes, "58-A0", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *const items[] = {"abc.de:1", rows[i].item};
		struct text_list list = {&items[1], 1};
		struct fault fault = {0};
		bool good = rows[i].check(&field, &list, &fault) == E_OK;

		if (good != rows[i].good)
			fail_msg("'%s': %s", rows[i].item, fault.text);
	}
}

/* ---- URIs of stations -------------------------------------------------------------------- */

static void
test_uris(void **state)
{
	static const struct row cups[] = {
	    {"https://h:443", NULL},
	    {"http://192.0.2.1:80", NULL},
	    {"https://" X50 X50 "xxxxxxxxxxxxxxx:443", NULL},
	    {"", "must begin with https://"},
	    {"HTTPS://h:443", "lower case"},
	    {"wss://h:443", "must begin with https://"},
	    {"//h:443", "must begin with https://"},
	    {"https://", "port must be"},
	    {"https://h", "port is required"},
	    {"https://h:", "port must be"},
	    {"https://h:0", "port must be"},
	    {"https://h:65536", "port must be"},
	    {"https://h:443/", "no path"},
	    {"https://h/p:443", "no path"},
	    {"https://u@h:443", "user part"},
	    {"https://[::1]:443", "IPv6"},
	    {"https://:443", "not a host name"},
	    {"https://a..b:443", "not a host name"},
	    {"https://h h:443", "not a host name"},
	    {"https://h:1:443", "not a host name"},
	    {"https://" X50 X50 "xxxxxxxxxxxxxxxx:443", "longer than 127"},
	};
	static const struct row lns[] = {
	    {"wss://h:8887", NULL},
	    {"ws://h:1887", NULL},
	    {"https://h:8887", "must begin with wss://"},
	    {"wss://h", "port is required"},
	};
	struct station_address at;

	(void)state;
	for (size_t i = 0; i < COUNT(cups); i++) {
		struct fault fault = {0};

		judge(&cups[i],
		    station_uri_check(
			STATION_CUPS, span_str(cups[i].text), NULL, &fault),
		    &fault);
	}
	for (size_t i = 0; i < COUNT(lns); i++) {
		struct fault fault = {0};

		judge(&lns[i],
		    station_uri_check(STATION_LNS, span_str(lns[i].text), NULL, &fault),
		    &fault);
	}
	assert_int_equal(station_uri_check(STATION_LNS,
			     BYTES("wss://lns.example.com:8887"), &at, NULL),
	    E_OK);
	assert_true(at.tls && at.port == 8887);
	assert_string_equal(at.host, "lns.example.com");
	assert_int_equal(
	    station_uri_check(STATION_LNS, BYTES("ws://h\0:80"), NULL, NULL),
	    E_INVALID);
}

static void
test_completing(void **state)
{
	static const struct {
		enum station_uri kind;
		const char *address, *uri; /* NULL: refused */
	} rows[] = {
	    {STATION_LNS, "h", "wss://h:8887"},
	    {STATION_LNS, "ws://h", "ws://h:1887"},
	    {STATION_LNS, "h:1", "wss://h:1"},
	    {STATION_LNS, "wss://h:1", "wss://h:1"},
	    {STATION_CUPS, "h", "https://h:443"},
	    {STATION_CUPS, "http://h", "http://h:80"},
	    {STATION_LNS, "", NULL},
	    {STATION_LNS, "udp://h", NULL},
	    {STATION_LNS, "https://h", NULL},
	    {STATION_CUPS, "wss://h", NULL},
	    {STATION_CUPS, "HTTPS://h", NULL},
	    {STATION_LNS, "[::1]:8887", NULL},
	    {STATION_LNS, "h:0", NULL},
	    {STATION_LNS, "h/p", NULL},
	    {STATION_LNS, X50 X50 "xxxxxxxxxxxxxxxxxxxx", NULL},
	    {STATION_LNS, X50 X50 X50, NULL},
	};
	char out[128];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int err = station_uri_complete(
		    rows[i].kind, span_str(rows[i].address), out, NULL);

		if ((err == E_OK) != (rows[i].uri != NULL))
			fail_msg("'%s': %d", rows[i].address, err);
		if (err == E_OK)
			assert_string_equal(out, rows[i].uri);
	}
	assert_int_equal(
	    station_uri_complete(STATION_LNS, BYTES("h\0x"), out, NULL), E_INVALID);
}

static void
test_json(void **state)
{
	static const struct row rows[] = {
	    {"{}", NULL},
	    {"{\"a\":[1]}", NULL},
	    {"", "not JSON"},
	    {"{", "not JSON"},
	    {"[]", "must be a JSON object"},
	    {"null", "must be a JSON object"},
	};

	(void)state;
	judge_all(check_json_object, rows, COUNT(rows));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ids),
	    cmocka_unit_test(test_texts),
	    cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_lists),
	    cmocka_unit_test(test_uris),
	    cmocka_unit_test(test_completing),
	    cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests_name("checks", tests, NULL, NULL);
}
