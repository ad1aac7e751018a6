#include "unit.h"

#include "base/eui.h"

/* As the station sends them. */
static const struct {
	uint64_t eui;
	const char *id6;
} station[] = {
    {0x0000000000000001, "::1"},
    {0x00000000abcd0001, "::abcd:1"},
    {0x00000000abcd0000, "::abcd:0"},
    {0xabcd000000000000, "abcd::"},
    {0xabcd000100000000, "abcd:1::"},
    {0xabcd000000000001, "abcd::1"},
    {0xabcd000000010000, "abcd:0:1:0"},
    {0x0000abcd00000000, "0:abcd::"},
    {0x0000abcd00000001, "0:abcd:0:1"},
    {0x58a0cbfffe800001, "58a0:cbff:fe80:1"},
};

static void
test_station_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(station); i++) {
		char text[EUI_ID6];
		uint64_t eui = 99;

		eui_format_id6(station[i].eui, text);
		assert_string_equal(text, station[i].id6);
		assert_true(eui_parse(span_str(station[i].id6), &eui));
		assert_true(eui == station[i].eui);
	}
}

static const struct {
	const char *text;
	uint64_t eui;
} others[] = {
    {"58-A0-CB-FF-FE-80-00-01", 0x58a0cbfffe800001},
    {"58:a0:cb:ff:fe:80:00:01", 0x58a0cbfffe800001},
    {"58a0cbfffe800001", 0x58a0cbfffe800001},
    {"58A0CBFFFE800001", 0x58a0cbfffe800001},
    {"58a0CBFFfe800001", 0x58a0cbfffe800001},
    {"58A0:CBFF:FE80:1", 0x58a0cbfffe800001},
    {"58a0:cbff:fe80:0001", 0x58a0cbfffe800001},
    {"0000000000000000", 0},
    {"::", 0},
    {"::0", 0},
    {"0:0:0:0", 0},
    {"ffff:ffff:ffff:ffff", UINT64_MAX},
    {"FFFFFFFFFFFFFFFF", UINT64_MAX},
    {"1:2:3:4", 0x0001000200030004},
    {"1:2:3::", 0x0001000200030000},
    {"1:2::4", 0x0001000200000004},
    {"1::3:4", 0x0001000000030004},
    {"::2:3:4", 0x0000000200030004},
    {"1::4", 0x0001000000000004},
    {"1::", 0x0001000000000000},
    {"00-00-00-00-00-00-00-01", 1},
};

static void
test_other_writers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		uint64_t eui = 99;

		if (!eui_parse(span_str(others[i].text), &eui) || eui != others[i].eui)
			fail_msg("%s", others[i].text);
	}
}

static const char *const bad[] = {
    "",
    " ",
    "1",
    ":",
    ":::",
    "::::",
    "1:",
    ":1",
    "1:2",
    "1:2:3",
    "1:2:3:",
    ":1:2:3",
    ":1:2:3:4",
    "1:2:3:4:",
    "1:2:3:4:5",
    "1:2:3:4::",
    "::1:2:3:4",
    "1::2:3:4",
    "1::2::3",
    "::1::",
    "1:::2",
    "::1:",
    "12345::",
    "g::1",
    "::g",
    "1:2:3:x",
    "1: 2:3:4",
    " ::1",
    "::1 ",
    "::1\n",
    "-1::",
    "+1::",
    "0x1::",
    "1;2;3;4",
    "1-2-3-4",
    "1::2-3",
    "58a0cbfffe80000",
    "58a0cbfffe8000010",
    "58a0cbfffe80000g",
    "58a0cbfffe80000 ",
    " 58a0cbfffe80001",
    "0x58a0cbfffe8001",
    "58a0cbfffe800001\n",
    "58-A0-CB-FF-FE-80-00",
    "58-A0-CB-FF-FE-80-00-01-02",
    "58-A0-CB-FF-FE-80-00-0G",
    "58-A0-CB-FF-FE-80-00:01",
    "58:A0-CB:FF-FE:80-00:01",
    "58 A0 CB FF FE 80 00 01",
    "58.A0.CB.FF.FE.80.00.01",
    "-58-A0-CB-FF-FE-80-00-1",
    "58--A0-CB-FF-FE-80-00-1",
    "58A0-CBFF-FE80-0001",
    "58a0cb-fffe80-0001",
    "000058a0:cbff:fe80:1",
    "58a0:cbff:fe80:00001",
    "6386001245325361153",
    "eui-58a0cbfffe800001",
};

static void
test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		uint64_t eui = 99;

		if (eui_parse(span_str(bad[i]), &eui))
			fail_msg("taken: %s", bad[i]);
		assert_true(eui == 99);
	}
	assert_false(eui_parse(span_of(NULL, 0), &(uint64_t){0}));
	assert_false(eui_parse(BYTES("58a0cbfffe80000\0"), &(uint64_t){0}));
	assert_false(eui_parse(BYTES("::1\0"), &(uint64_t){0}));
}

static void
test_written_forms(void **state)
{
	char text[EUI_TEXT];

	(void)state;
	eui_format(0x58a0cbfffe800001, text);
	assert_string_equal(text, "58A0CBFFFE800001");
	eui_format_lower(0x58a0cbfffe800001, text);
	assert_string_equal(text, "58a0cbfffe800001");
	eui_format(1, text);
	assert_string_equal(text, "0000000000000001");
}

/* Every pattern of empty and full groups comes back. */
static void
test_round_trip(void **state)
{
	static const uint64_t groups[] = {0, 1, 0x0a0, 0xffff};

	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		uint64_t eui = 0, back = 99;
		char text[EUI_ID6];

		for (unsigned k = 0; k < 4; k++)
			eui = eui << 16 | groups[i >> 2 * k & 3];
		eui_format_id6(eui, text);
		assert_true(eui_parse(span_str(text), &back));
		assert_true(back == eui);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_station_vectors),
	    cmocka_unit_test(test_other_writers),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_written_forms),
	    cmocka_unit_test(test_round_trip),
	};

	return cmocka_run_group_tests_name("eui", tests, NULL, NULL);
}
