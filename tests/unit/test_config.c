#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/config.h"
#include "base/file.h"
#include "base/log.h"

static struct config c;
static struct fault fault;

static int
parse(const char *text)
{
	memset(&fault, 0, sizeof fault);
	return config_parse(span_str(text), "file", &c, &fault);
}

static void
test_defaults(void **state)
{
	(void)state;
	assert_int_equal(parse(""), E_OK);
	assert_string_equal(c.data, GH_LOCALSTATEDIR "/lib/gatehouse");
	assert_string_equal(c.seal_keys, GH_LOCALSTATEDIR "/lib/gatehouse/seal.keys");
	assert_int_equal(c.log, LOG_STDERR);
	assert_int_equal(c.log_level, LOG_NOTE);
	assert_string_equal(c.public_url, "");
	assert_int_equal(c.trusted_proxies.count, 0);
	assert_string_equal(c.client_certificate_header, "");
	assert_int_equal(c.key_headers.count, 0);
	assert_int_equal(c.request_memory, 4194304);
	assert_int_equal(c.write_wait, 2000);
	assert_string_equal(c.default_lns, "");
	assert_true(c.allow_cups_redirect);
	assert_false(c.cups_redirect_with_lns);
	assert_int_equal(c.push_limit, 3);
	assert_int_equal(c.unknown_gateways, UNKNOWN_REFUSE);
	config_clear(&c);
}

static void
test_a_file(void **state)
{
	static const char text[] =
	    "\xef\xbb\xbf# comment\r\n"
	    "\n"
	    "  data=/srv/gatehouse/   # where\n"
	    "log = syslog\r\n"
	    "log_level = detail\n"
	    "public_url = \"https://example.com/lora/\" # quoted\n"
	    "trusted_proxies = 192.0.2.0/24, ::1\t10.1.2.3\n"
	    "client_certificate_header = X-Client-Cert\n"
	    "key_headers = X-Api-Key,X-Other\n"
	    "request_memory = 1M\n"
	    "default_lns = \" a # b \"\n"
	    "cups_redirect_with_lns = YES\n"
	    "unknown_gateways = adopt";

	(void)state;
	assert_int_equal(parse(text), E_OK);
	assert_string_equal(c.data, "/srv/gatehouse");
	assert_string_equal(c.seal_keys, "/srv/gatehouse/seal.keys");
	assert_int_equal(c.log, LOG_SYSLOG);
	assert_int_equal(c.log_level, LOG_DETAIL);
	assert_string_equal(c.public_url, "https://example.com/lora");
	assert_text(config_prefix(&c), span_str("/lora"));
	assert_int_equal(c.trusted_proxies.count, 3);
	assert_int_equal(c.trusted_proxies.items[0].bits, 24);
	assert_int_equal(c.trusted_proxies.items[1].base.family, 6);
	assert_int_equal(c.trusted_proxies.items[2].bits, 32);
	assert_string_equal(c.client_certificate_header, "X-Client-Cert");
	assert_int_equal(c.key_headers.count, 2);
	assert_string_equal(c.key_headers.items[1], "X-Other");
	assert_int_equal(c.request_memory, 1048576);
	assert_string_equal(c.default_lns, " a # b ");
	assert_true(c.cups_redirect_with_lns);
	assert_int_equal(c.unknown_gateways, UNKNOWN_ADOPT);
	config_clear(&c);
}

static void
test_prefixes(void **state)
{
	(void)state;
	assert_int_equal(parse("public_url = http://[::1]:8080"), E_OK);
	assert_text(config_prefix(&c), span_str(""));
	config_clear(&c);
	assert_int_equal(parse("public_url = https://h//"), E_OK);
	assert_string_equal(c.public_url, "https://h");
	config_clear(&c);
	assert_int_equal(parse("public_url = https://h/a/b"), E_OK);
	assert_text(config_prefix(&c), span_str("/a/b"));
	assert_text(config_admin_prefix(&c), span_str("/a/b/admin"));
	config_clear(&c);
	assert_int_equal(parse(""), E_OK);
	assert_text(config_admin_prefix(&c), span_str("/admin"));
	config_clear(&c);
	assert_int_equal(parse("public_url = https://h/a\n"
			       "admin_public_url = https://h/office"),
	    E_OK);
	assert_text(config_admin_prefix(&c), span_str("/office"));
	config_clear(&c);
	assert_int_equal(parse("admin_public_url = https://h"), E_OK);
	assert_text(config_admin_prefix(&c), span_str(""));
	config_clear(&c);
}

static const struct {
	const char *text, *message;
} mistakes[] = {
    {"push_limti = 3",
	"file:1: unknown key \"push_limti\"; did you mean \"push_limit\"?"},
    {"\n\n\nData = /x", "file:4: unknown key \"Data\"; did you mean \"data\"?"},
    {"somethingelse = 1", "file:1: unknown key \"somethingelse\""},
    {"= 1", "file:1: unknown key \"\""},
    {"data", "file:1: expected KEY = VALUE"},
    {"[cups]", "file:1: expected KEY = VALUE"},
    {"data = /a\ndata = /b", "file:2: \"data\" was set before, on line 1"},
    {"data = a/b",
	"file: data must begin with /, as the file's own folder is not known"},
    {"data =", "file: data is empty"},
    {"log = file", "file:1: log: expected one of stderr|syslog"},
    {"log_level = notes", "file:1: log_level: expected one of error|warn|note|detail"},
    {"log = \"stderr", "file:1: the closing quote is missing"},
    {"log = \"stderr\" x", "file:1: there is something after the closing quote"},
    {"public_url = example.com",
	"file:1: public_url: a URL begins with http://HOST or https://HOST"},
    {"public_url = https:///x",
	"file:1: public_url: a URL begins with http://HOST or https://HOST"},
    {"public_url = https://h/?a",
	"file:1: public_url: a blank or one of ?#%\"<>\\ is not possible in this URL"},
    {"trusted_proxies = 10.0.0.0/33",
	"file:1: trusted_proxies: \"10.0.0.0/33\" is not an address or network"},
    {"trusted_proxies = ::1, localhost",
	"file:1: trusted_proxies: \"localhost\" is not an address or network"},
    {"key_headers = X-Key X:Key",
	"file:1: key_headers: \"X:Key\" is not the name of a header"},
    {"client_certificate_header = a b",
	"file:1: client_certificate_header: this is not the name of a header"},
    {"client_certificate_header = X-Cert",
	"file: client_certificate_header needs trusted_proxies"},
    {"allow_cups_redirect = maybe", "file:1: allow_cups_redirect: expected on or off"},
    {"push_limit = 0", "file:1: push_limit: expected a number from 1 to 1000"},
    {"push_limit = 1001", "file:1: push_limit: expected a number from 1 to 1000"},
    {"push_limit = 3x", "file:1: push_limit: expected a number from 1 to 1000"},
    {"push_limit = -1", "file:1: push_limit: expected a number from 1 to 1000"},
    {"push_limit =", "file:1: push_limit: expected a number from 1 to 1000"},
    {"request_memory = 1k",
	"file:1: request_memory: expected a number from 65536 to 1073741824"},
};

static void
test_mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(mistakes); i++) {
		assert_int_equal(parse(mistakes[i].text), E_CONFIG);
		assert_string_equal(fault.text, mistakes[i].message);
		assert_null(c.data);
	}
	assert_int_equal(
	    config_parse(BYTES("log = stderr\0\n"), "file", &c, &fault), E_CONFIG);
	assert_string_equal(fault.text, "file: this is not a text file");
}

/* A name longer than any buffer. */
static void
test_long_lines(void **state)
{
	static char text[100000];

	(void)state;
	memset(text, 'k', sizeof text - 1);
	assert_int_equal(parse(text), E_CONFIG);
	text[50000] = '=';
	assert_int_equal(parse(text), E_CONFIG);
	memcpy(text, "default_lns = ", 14);
	text[50000] = 'x';
	assert_int_equal(parse(text), E_OK);
	assert_int_equal(strlen(c.default_lns), sizeof text - 1 - 14);
	config_clear(&c);
}

static void
test_where_it_is_found(void **state)
{
	char path[] = "/tmp/gatehouse-test.XXXXXX";
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, "push_limit = 7\n", 15), 15);
	close(fd);
	assert_int_equal(config_load(path, &c, &fault), E_OK);
	assert_int_equal(c.push_limit, 7);
	assert_string_equal(c.path, path);
	config_clear(&c);
	/* Paths are beside the file. */
	assert_int_equal(config_parse(span_str("data = a/b\nshare = /usr\n"),
			     "/etc/x/gatehouse.conf", &c, &fault),
	    E_OK);
	assert_string_equal(c.data, "/etc/x/a/b");
	assert_string_equal(c.seal_keys, "/etc/x/a/b/seal.keys");
	assert_string_equal(c.share, "/usr");
	config_clear(&c);
	assert_int_equal(setenv("GATEHOUSE_CONF", path, 1), 0);
	assert_int_equal(config_load(NULL, &c, &fault), E_OK);
	assert_int_equal(c.push_limit, 7);
	config_clear(&c);
	unlink(path);
	assert_int_equal(config_load(NULL, &c, &fault), E_NOTFOUND);
	assert_int_equal(config_load(path, &c, &fault), E_NOTFOUND);
	assert_non_null(strstr(fault.text, path));
	unsetenv("GATEHOUSE_CONF");
}

/* read_shipped: adds a file of the sources to a text. */
static void
read_shipped(const char *name, struct strbuf *text)
{
	const char *top = getenv("top_srcdir");
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", top != NULL ? top : ".", name);
	assert_int_equal(file_read(path, text, &fault), E_OK);
}

/* etc/gatehouse.conf is what the table says: `make update-conf` writes it again. */
static void
test_the_sample_is_up_to_date(void **state)
{
	struct strbuf shipped, made;

	(void)state;
	strbuf_init(&shipped, 1 << 20);
	strbuf_init(&made, 1 << 20);
	read_shipped("etc/gatehouse.conf", &shipped);
	config_write_sample(&made);
	assert_text(strbuf_span(&shipped), strbuf_span(&made));
	assert_int_equal(config_parse(strbuf_span(&made), "sample", &c, &fault), E_OK);
	config_clear(&c);
	strbuf_clear(&shipped);
	strbuf_clear(&made);
}

/* So is the manual page, between its head and its tail. */
static void
test_the_manual_is_up_to_date(void **state)
{
	struct strbuf shipped, made;

	(void)state;
	strbuf_init(&shipped, 1 << 20);
	strbuf_init(&made, 1 << 20);
	read_shipped("man/gatehouse.conf.5", &shipped);
	read_shipped("man/gatehouse.conf.head", &made);
	config_write_manual(&made);
	read_shipped("man/gatehouse.conf.tail", &made);
	assert_text(strbuf_span(&shipped), strbuf_span(&made));
	strbuf_clear(&shipped);
	strbuf_clear(&made);
}

/* What the sample comments out may be taken as it is. */
static void
test_the_samples_defaults_are_right(void **state)
{
	struct strbuf made;
	char *line, *rest;

	(void)state;
	strbuf_init(&made, 1 << 20);
	config_write_sample(&made);
	for (line = strtok_r(made.data, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		if (line[0] != '#' || line[1] < 'a' || line[1] > 'z' ||
		    strcmp(line, "#seal_keys = DATA/seal.keys") == 0)
			continue;
		assert_int_equal(parse(line + 1), E_OK);
		config_clear(&c);
	}
	strbuf_clear(&made);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_defaults),
	    cmocka_unit_test(test_a_file),
	    cmocka_unit_test(test_prefixes),
	    cmocka_unit_test(test_mistakes),
	    cmocka_unit_test(test_long_lines),
	    cmocka_unit_test(test_where_it_is_found),
	    cmocka_unit_test(test_the_sample_is_up_to_date),
	    cmocka_unit_test(test_the_manual_is_up_to_date),
	    cmocka_unit_test(test_the_samples_defaults_are_right),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
