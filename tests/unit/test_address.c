#include "unit.h"

#include "web/address.h"

static const struct {
	const char *text, *plain; /* NULL: refused */
	const char *hop;	  /* as an entry of X-Forwarded-For */
} addresses[] = {
    {"192.0.2.1", "192.0.2.1", "192.0.2.1"},
    {"2001:DB8:0::5", "2001:db8::5", "2001:db8::5"},
    {"::ffff:192.0.2.1", "192.0.2.1", "192.0.2.1"},
    {"::", "::", "::"},
    {"192.0.2.1:80", NULL, "192.0.2.1"},
    {" 192.0.2.1 ", NULL, "192.0.2.1"},
    {"\"192.0.2.1\"", NULL, "192.0.2.1"},
    {"[2001:db8::5]", NULL, "2001:db8::5"},
    {"[2001:db8::5]:443", NULL, "2001:db8::5"},
    {"\"[2001:db8::5]:443\"", NULL, "2001:db8::5"},
    {"[2001:db8::5]443", NULL, NULL},
    {"[2001:db8::5", NULL, NULL},
    {"192.0.2.1:", NULL, NULL},
    {"192.0.2.1:70000", NULL, NULL},
    {"192.0.2", NULL, NULL},
    {"192.0.2.256", NULL, NULL},
    {"192.0.2.1/24", NULL, NULL},
    {"fe80::1%eth0", NULL, NULL},
    {"unknown", NULL, NULL},
    {"_hidden", NULL, NULL},
    {"", NULL, NULL},
    {"\"", NULL, NULL},
    {"1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111", NULL, NULL},
};

static void
test_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(addresses); i++) {
		struct span text = span_str(addresses[i].text);
		char out[ADDRESS_TEXT];
		struct address a;

		assert_int_equal(address_parse(text, &a), addresses[i].plain != NULL);
		if (addresses[i].plain != NULL) {
			address_format(&a, out);
			assert_string_equal(out, addresses[i].plain);
		}
		assert_int_equal(address_parse_hop(text, &a), addresses[i].hop != NULL);
		if (addresses[i].hop != NULL) {
			address_format(&a, out);
			assert_string_equal(out, addresses[i].hop);
		}
	}
}

static void
test_no_address_has_no_text(void **state)
{
	struct address none = {0};
	char out[ADDRESS_TEXT];

	(void)state;
	address_format(&none, out);
	assert_string_equal(out, "");
	assert_false(address_parse(BYTES("192.0.2.1\0x"), &none));
}

static const struct {
	const char *network, *address;
	bool has;
} networks[] = {
    {"192.0.2.0/24", "192.0.2.255", true},
    {"192.0.2.0/24", "192.0.3.0", false},
    {"192.0.2.128/25", "192.0.2.127", false},
    {"192.0.2.128/25", "192.0.2.128", true},
    {"10.1.2.3/8", "10.255.0.0", true},
    {"192.0.2.1", "192.0.2.1", true},
    {"192.0.2.1", "192.0.2.2", false},
    {"0.0.0.0/0", "203.0.113.9", true},
    {"0.0.0.0/0", "::1", false},
    {"::/0", "203.0.113.9", false},
    {"::/0", "2001:db8::1", true},
    {"2001:db8::/33", "2001:db8:7fff::1", true},
    {"2001:db8::/33", "2001:db8:8000::1", false},
    {"::1", "::1", true},
    {"::1/128", "::2", false},
    {"::ffff:192.0.2.0/120", "192.0.2.77", true},
    {"192.0.2.0/24", "::ffff:192.0.2.9", true},
};

static void
test_networks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(networks); i++) {
		struct network n;
		struct address a;

		assert_true(network_parse(span_str(networks[i].network), &n));
		assert_true(address_parse(span_str(networks[i].address), &a));
		assert_int_equal(network_has(&n, &a), networks[i].has);
	}
}

static void
test_what_is_no_network(void **state)
{
	static const char *const bad[] = {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33",
	    "::/129", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/ 8", "localhost",
	    "10.0.0.0/0x8"};
	struct address none = {0};
	struct network n;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(network_parse(span_str(bad[i]), &n));
	assert_true(network_parse(span_str("0.0.0.0/0"), &n));
	assert_false(network_has(&n, &none));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_addresses),
	    cmocka_unit_test(test_no_address_has_no_text),
	    cmocka_unit_test(test_networks),
	    cmocka_unit_test(test_what_is_no_network),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
