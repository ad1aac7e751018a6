#include "unit.h"

#include "web/html.h"

static struct strbuf out;
static struct html h;

static int
setup(void **state)
{
	(void)state;
	strbuf_init(&out, 65536);
	html_init(&h, &out, span_str("/lora admin"));
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	strbuf_clear(&out);
	return 0;
}

static void
expect(const char *want)
{
	assert_int_equal(out.err, E_OK);
	assert_text(strbuf_span(&out), span_str(want));
	strbuf_reset(&out);
}

static void
test_text(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
	    {"", ""},
	    {NULL, ""},
	    {"plain text", "plain text"},
	    {"<script>alert('x')</script>",
		"&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"},
	    {"a & \"b\"", "a &amp; &quot;b&quot;"},
	    {"&amp;", "&amp;amp;"},
	    {"caf\xc3\xa9 \xf0\x9f\x98\x80", "caf\xc3\xa9 \xf0\x9f\x98\x80"},
	    {"two\nlines\tand a tab", "two\nlines\tand a tab"},
	    {"x\x01y", "x<span class=\"hidden-char\">U+0001</span>y"},
	    {"\xe2\x80\xae"
	     "evil",
		"<span class=\"hidden-char\">U+202E</span>evil"},
	    {"\xe2\x81\xa6", "<span class=\"hidden-char\">U+2066</span>"},
	    {"\xd8\x9c", "<span class=\"hidden-char\">U+061C</span>"},
	    {"a\xff\xfe"
	     "b",
		"a\xef\xbf\xbd\xef\xbf\xbd"
		"b"},
	    {"\xc0\xbcscript", "\xef\xbf\xbd\xef\xbf\xbdscript"},
	    {"\xe2\x80", "\xef\xbf\xbd\xef\xbf\xbd"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		html_text(&h, rows[i].text);
		expect(rows[i].want);
	}
	html_user(&h, "<b>");
	expect("<bdi>&lt;b&gt;</bdi>");
	html_printf(&h, "%s: %d", "<", 7);
	expect("&lt;: 7");
	html_number(&h, 42);
	expect("42");
	html_raw(&h, "<p>");
	expect("<p>");
}

static void
test_attributes(void **state)
{
	(void)state;
	html_attr(&h, "title", "\" onclick=\"alert(1)");
	expect(" title=\"&quot; onclick=&quot;alert(1)\"");
	html_attr(&h, "title", "\xe2\x80\xae\x01");
	expect(" title=\"\xef\xbf\xbd\xef\xbf\xbd\"");
	/* What is edited comes back as it is. */
	html_attr_value(&h, "\xe2\x80\xae'<\x02");
	expect(" value=\"\xe2\x80\xae&#39;&lt;\xef\xbf\xbd\"");
	html_textarea(&h, "\nfirst\n</textarea>");
	expect("\n\nfirst\n&lt;/textarea&gt;");
}

static void
test_addresses(void **state)
{
	(void)state;
	html_href(&h, "/gateways/{}/edit", "a/b?c&d");
	expect(" href=\"/lora%20admin/gateways/a%2Fb%3Fc%26d/edit\"");
	html_href(&h, "/gateways?word={}&page={}", "\"<>", "2");
	expect(" href=\"/lora%20admin/gateways?word=%22%3C%3E&amp;page=2\"");
	html_action(&h, "/x/{}/{}", "..", ".");
	expect(" action=\"/lora%20admin/x/%2E%2E/%2E\"");
	html_path(&out, span_str("/p"), "/a/{}", "\xc3\xa9");
	expect("/p/a/%C3%A9");
	html_path(&out, span_str("/p"), NULL, "x");
	expect("/p/");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_text, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_attributes, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_addresses, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
