/* Addresses of servers for UDP packet forwarders: what they come to, and what is none. */
#include "tests/unit/unit.h"

#include "gateway-files/server.h"

#define X63 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void
test_good(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
		bool ipv6;
	} rows[] = {
	    {"lns.example.com", "lns.example.com", 1700, false},
	    {"lns_1.Example.com:1701", "lns_1.Example.com", 1701, false},
	    {"192.0.2.1:65535", "192.0.2.1", 65535, false},
	    {"udp://h", "h", 1700, false},
	    {"UDP://h:1", "h", 1, false},
	    {" h:00080\r\n", "h", 80, false},
	    {"[2001:db8::1]", "2001:db8::1", 1700, true},
	    {"udp://[::1]:1701", "::1", 1701, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault fault = {0};
		struct server s;

		if (server_parse(span_str(rows[i].text), &s, &fault) != E_OK)
			fail_msg("'%s': %s", rows[i].text, fault.text);
		assert_string_equal(s.host, rows[i].host);
		assert_int_equal(s.port, rows[i].port);
		assert_int_equal(s.ipv6, rows[i].ipv6);
		assert_int_equal(
		    server_check_semtech(&s, &fault), rows[i].ipv6 ? E_INVALID : E_OK);
	}
}

static void
test_bad(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
	    {"", "no host"},
	    {" ", "no host"},
	    {":1700", "no host"},
	    {"udp://", "no host"},
	    {"h:", "port is empty"},
	    {"h:0", "not 1 to 65535"},
	    {"h:65536", "not 1 to 65535"},
	    {"h:-1", "not 1 to 65535"},
	    {"h:17x", "not 1 to 65535"},
	    {"wss://h", "wss is not udp"},
	    {"udps://h", "udps is not udp"},
	    {"://h", "not 1 to 65535"},
	    {"h/p", "character"},
	    {"u@h", "character"},
	    {"h h", "character"},
	    {"h\xc3\xa9", "character"},
	    {"2001:db8::1", "in brackets"},
	    {"[2001:db8::1", "not closed"},
	    {"[]", "no IPv6 address"},
	    {"[192.0.2.1]", "no IPv6 address"},
	    {"[:::]", "no IPv6 address"},
	    {"[::1]1700", "after the bracket"},
	    {"[::1]:", "port is empty"},
	    {X63 X63 X63 X63 "xx", "longer than 253"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault fault = {0};
		struct server s;

		if (server_parse(span_str(rows[i].text), &s, &fault) != E_INVALID)
			fail_msg("'%s' is taken", rows[i].text);
		if (strstr(fault.text, rows[i].words) == NULL)
			fail_msg("'%s': '%s' is not in: %s", rows[i].text,
			    rows[i].words, fault.text);
	}
	assert_int_equal(
	    server_parse(BYTES("h\0"), &(struct server){0}, NULL), E_INVALID);
}

/* Those forwarders keep 63 characters of a name. */
static void
test_longest(void **state)
{
	struct server s;

	(void)state;
	assert_int_equal(server_parse(BYTES(X63), &s, NULL), E_OK);
	assert_int_equal(server_check_semtech(&s, NULL), E_OK);
	assert_int_equal(server_parse(BYTES(X63 "x"), &s, NULL), E_OK);
	assert_int_equal(server_check_semtech(&s, NULL), E_INVALID);
	assert_int_equal(server_parse(BYTES(X63 X63 X63 X63 "x"), &s, NULL), E_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_good),
	    cmocka_unit_test(test_bad),
	    cmocka_unit_test(test_longest),
	};

	return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
