/* Where requests come from, and where one may be sent after sign-in. */
#include "unit.h"

#include "admin/gate.h"

static void
test_origin(void **state)
{
	static const struct {
		const char *url, *origin; /* NULL: none */
	} rows[] = {
	    {"https://example.com", "https://example.com"},
	    {"https://example.com/", "https://example.com"},
	    {"https://example.com/admin?x=1#y", "https://example.com"},
	    {"https://example.com?x", "https://example.com"},
	    {"https://example.com:443", "https://example.com"},
	    {"https://example.com:8443/a", "https://example.com:8443"},
	    {"https://example.com:80", "https://example.com:80"},
	    {"http://example.com:80", "http://example.com"},
	    {"HTTPS://Example.COM", "https://example.com"},
	    {"https://example.com:", "https://example.com"},
	    {"http://[::1]:8080/x", "http://[::1]:8080"},
	    {"https://[::1]:443/x", "https://[::1]"},
	    {"https://example.com:443:", "https://example.com:443:"},
	    {"https://example.com:443:443", "https://example.com:443:443"},
	    {"https://[2001:DB8::1]", "https://[2001:db8::1]"},
	    {"null", NULL},
	    {"", NULL},
	    {"https://", NULL},
	    {"https:///x", NULL},
	    {"https://:443", NULL},
	    {"ftp://example.com", NULL},
	    {"javascript:alert(1)", NULL},
	    {"https://user@example.com", NULL},
	    {"https://example.com\\@evil.example", NULL},
	    {"https://exam ple.com", NULL},
	};
	char out[ORIGIN_MAX];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		bool ok = origin_of(span_str(rows[i].url), out);

		if (ok != (rows[i].origin != NULL))
			fail_msg("%s", rows[i].url);
		if (ok)
			assert_string_equal(out, rows[i].origin);
	}
}

static void
test_loopback(void **state)
{
	(void)state;
	assert_true(origin_is_loopback("http://localhost"));
	assert_true(origin_is_loopback("http://localhost:8080"));
	assert_true(origin_is_loopback("http://127.0.0.1:80"));
	assert_true(origin_is_loopback("http://[::1]:8080"));
	assert_false(origin_is_loopback("https://localhost"));
	assert_false(origin_is_loopback("http://localhost.example.com"));
	assert_false(origin_is_loopback("http://127.0.0.1.example.com"));
	assert_false(origin_is_loopback("http://example.com"));
	assert_false(origin_is_loopback(""));
}

static void
test_next(void **state)
{
	static const char *const bad[] = {"", "x", "//evil.example", "/\\evil.example",
	    "https://evil.example", "/a b", "/a\r\nSet-Cookie: x=y", "/caf\xc3\xa9",
	    "javascript:alert(1)"};

	(void)state;
	assert_string_equal(gate_next("/"), "/");
	assert_string_equal(gate_next("/gateways/gw-one"), "/gateways/gw-one");
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_string_equal(gate_next(bad[i]), "/");
}

/* Every row of the table is well-formed, and no form is open but those of sign-in. */
static void
test_pages(void **state)
{
	(void)state;
	for (size_t i = 0; i < admin_page_count; i++) {
		const struct page *p = &admin_pages[i];

		assert_true(route_pattern_ok(p->path));
		assert_non_null(p->handler);
		assert_true(p->method == METHOD_GET || p->method == METHOD_POST);
		if (p->method == METHOD_POST && p->access == PAGE_OPEN)
			assert_true(p->flags & PAGE_SIGN_IN);
		if (p->nav != NULL)
			assert_int_equal(p->method, METHOD_GET);
		/* No row before it takes its requests. */
		for (size_t k = 0; k < i; k++)
			assert_false(admin_pages[k].method == p->method &&
				     strcmp(admin_pages[k].path, p->path) == 0);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_origin),
	    cmocka_unit_test(test_loopback),
	    cmocka_unit_test(test_next),
	    cmocka_unit_test(test_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
