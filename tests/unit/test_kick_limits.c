/* What The Things Kickstarter Gateway can take: values, addresses, errors, bodies. */
#include "tests/unit/judge.h"

#include "kickstarter/address.h"
#include "kickstarter/answer.h"

#define X50 "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
#define X200 X50 X50 X50 X50

/* ---- single values --------------------------------------------------------------------- */

static void
test_keys(void **state)
{
	static const struct row rows[] = {
	    {"k", NULL},
	    {"NNSXS.AAAA.BBBB", NULL},
	    {"with/slash+and=more?&%", NULL},
	    {"", "empty"},
	    {"two words", "visible ASCII"},
	    {"quo\"te", "visible ASCII"},
	    {"back\\slash", "visible ASCII"},
	    {"tab\t", "visible ASCII"},
	    {"\xc3\xa9t\xc3\xa9", "visible ASCII"},
	    {"\x7f", "visible ASCII"},
	    {"router", "name of a setting"},
	    {"key", "name of a setting"},
	    {X200, "longer than 199"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault fault = {0};

		judge(&rows[i], kick_key_check(span_str(rows[i].text), "key", &fault),
		    &fault);
	}
	assert_int_equal(kick_key_check(span_of(X200, 199), "key", NULL), E_OK);
}

static void
test_urls(void **state)
{
	static const struct row rows[] = {
	    {"https://h/p", NULL},
	    {"http://h:8080/a/b.c", NULL},
	    {"https://192.0.2.1/v1/stable", NULL},
	    {"https://Host.Example.COM/p", NULL},
	    {"https://h/p?q=1", NULL},
	    {"HTTPS://h/p", "lower case"},
	    {"ftp://h/p", "lower case"},
	    {"//h/p", "lower case"},
	    {"https://h", "needs a path"},
	    {"https://h/", "needs a path"},
	    {"https://h/p/", "end with a slash"},
	    {"https://u@h/p", "user part"},
	    {"https://u:p@h/p", "user part"},
	    {"https://[::1]/p", "IPv6"},
	    {"https://h:0/p", "1 to 65535"},
	    {"https://h:65536/p", "1 to 65535"},
	    {"https://h:000080/p", "1 to 65535"},
	    {"https://h:/p", "1 to 65535"},
	    {"https://:80/p", "names no host"},
	    {"https:///p", "names no host"},
	    {"https://.h/p", "names no host"},
	    {"https://h/a:b", "colon"},
	    {"https://h/p#f", "fragment"},
	    {"https://h/a b", "visible ASCII"},
	    {"https://h/a\"b", "visible ASCII"},
	    {"https://h/" X200 X50, "longer than 255"},
	};
	static const char start[] = "https://h/";
	char longest[256];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault fault = {0};

		judge(&rows[i],
		    kick_url_check(span_str(rows[i].text), false, "url", &fault),
		    &fault);
	}
	assert_int_equal(
	    kick_url_check(BYTES("https://h/p?q=1"), true, "url", NULL), E_INVALID);
	memset(longest, 'x', sizeof longest);
	memcpy(longest, start, strlen(start));
	assert_int_equal(
	    kick_url_check(span_of(longest, 255), false, "url", NULL), E_OK);
	assert_int_equal(
	    kick_url_check(span_of(longest, 256), false, "url", NULL), E_INVALID);
}

static void
test_words(void **state)
{
	static const struct row plans[] = {
	    {"EU_863_870", NULL},
	    {"US-902.1", NULL},
	    {"a/b", "letters, digits"},
	    {"..", "letters, digits"},
	    {"firmware_url", "name of a setting"},
	    {X50 "xxxxxxxxxxxxxxx", "longer than 64"},
	};
	static const struct row channels[] = {
	    {"stable", NULL},
	    {"beta-1.2", NULL},
	    {"https://h/v1/stable", NULL},
	    {"http://h/v1", NULL},
	    {"", "letters, digits"},
	    {"a b", "letters, digits"},
	    {"a/b", "letters, digits"},
	    {"..", "letters, digits"},
	    {"https://h/", "needs a path"},
	    {"https://h/p?x", "query"},
	    {"httpish", "lower case"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(plans); i++) {
		struct fault fault = {0};

		judge(&plans[i],
		    kick_plan_id_check(span_str(plans[i].text), "id", &fault), &fault);
	}
	for (size_t i = 0; i < COUNT(channels); i++) {
		struct fault fault = {0};

		judge(&channels[i],
		    kick_channel_check(span_str(channels[i].text), "ch", &fault),
		    &fault);
	}
	assert_int_equal(kick_channel_check(BYTES("a\0b"), "ch", NULL), E_INVALID);
	assert_int_equal(
	    kick_url_check(BYTES("https://h\0/p"), true, "url", NULL), E_INVALID);
}

/* ---- addresses --------------------------------------------------------------------------- */

static void
test_brokers(void **state)
{
	static const struct {
		const char *entered, *sent;
	} rows[] = {
	    {"gatewayserver", "mqtts://gatewayserver:8881"},
	    {"h:1881", "mqtt://h:1881"},
	    {"h:1882", "mqtt://h:1882"},
	    {"h:1883", "mqtt://h:1883"},
	    {"h:8881", "mqtts://h:8881"},
	    {"h:8882", "mqtts://h:8882"},
	    {"h:8883", "mqtts://h:8883"},
	    {"h:1884", "h:1884"},
	    {"h:9000", "h:9000"},
	    {"192.0.2.7", "mqtts://192.0.2.7:8881"},
	    {"mqtt://h", "mqtt://h"},
	    {"mqtts://h", "mqtts://h"},
	    {"mqtts://h:1883", "mqtts://h:1883"},
	    {"mqtt://h:9999", "mqtt://h:9999"},
	};
	static const struct row bad[] = {
	    {"", "names no host"},
	    {"Host", "lower case"},
	    {"MQTT://h", "must be mqtts:// or mqtt://"},
	    {"wss://h:8887", "must be mqtts:// or mqtt://"},
	    {"https://h", "must be mqtts:// or mqtt://"},
	    {"mqtts://", "names no host"},
	    {"mqtts://h/p", "without path"},
	    {"mqtts://u@h", "without path"},
	    {"h/p", "without path"},
	    {"[::1]:8883", "IPv6"},
	    {"mqtts://[::1]", "IPv6"},
	    {"h:0", "1 to 65535"},
	    {"h:65536", "1 to 65535"},
	    {"h:", "1 to 65535"},
	    {"h:1:2", "1 to 65535"},
	    {"h:8883x", "1 to 65535"},
	    {"a..b", "empty part"},
	    {"h h", "without path"},
	    {X200 X50 "xxxxxx", "longer than 255"},
	    {X200 X50 "xxxxx", "longer than 255"},
	};
	char out[MQTT_ADDRESS_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault fault = {0};

		if (mqtt_address_complete(
			span_str(rows[i].entered), "a", out, &fault) != E_OK)
			fail_msg("'%s': %s", rows[i].entered, fault.text);
		assert_string_equal(out, rows[i].sent);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct fault fault = {0};

		judge(&bad[i],
		    mqtt_address_complete(span_str(bad[i].text), "a", out, &fault),
		    &fault);
	}
	assert_int_equal(
	    mqtt_address_complete(BYTES("h\0:8883"), "a", out, NULL), E_INVALID);
}

static void
test_origins(void **state)
{
	static const struct {
		const char *public, *host;
		bool https;
		const char *origin;
	} rows[] = {
	    {"", "h", true, "https://h"},
	    {"", "h", false, "http://h"},
	    {"", "h:443", true, "https://h"},
	    {"", "h:443", false, "https://h"},
	    {"", "h:80", false, "http://h"},
	    {"", "h:80", true, "https://h:80"},
	    {"", "h:8443", true, "https://h:8443"},
	    {"", "H.Example.COM:8080", false, "http://h.example.com:8080"},
	    {"", "", true, ""},
	    {"https://p.example.com/x", "h:443", false, "https://p.example.com/x"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct kick_policy policy = {"", "", "", rows[i].public};
		char out[KICK_ORIGIN];

		kick_origin(&policy, rows[i].https, span_str(rows[i].host), out);
		assert_string_equal(out, rows[i].origin);
	}
}

static void
test_firmware_urls(void **state)
{
	static const struct {
		const char *base, *usual, *channel, *url; /* url NULL: refused */
	} rows[] = {
	    {"", "stable", "", "https://h/api/v2/firmware/stable"},
	    {"", "", "", "https://h/api/v2/firmware/stable"},
	    {"", "stable", "beta", "https://h/api/v2/firmware/beta"},
	    {"https://fw.example.com/v1", "stable", "",
		"https://fw.example.com/v1/stable"},
	    {"https://fw.example.com/v1", "beta", "", "https://fw.example.com/v1/beta"},
	    {"https://fw.example.com", "stable", "b", "https://fw.example.com/b"},
	    {"https://fw.example.com/v1", "stable", "http://x/y", "http://x/y"},
	    {"https://fw.example.com/v1", "https://x/z", "", "https://x/z"},
	    {"https://fw.example.com/v1", "stable", "a/b", NULL},
	    {"https://fw.example.com/v1?x=1", "stable", "", NULL},
	    {"https://u@fw.example.com/v1", "stable", "", NULL},
	    {"https://fw/" X200, "stable", X50, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct kick_policy policy = {"", rows[i].base, rows[i].usual, ""};
		struct fault fault = {0};
		char out[KICK_URL_MAX + 1];
		int err = kick_firmware_url(
		    &policy, "https://h", rows[i].channel, out, &fault);

		assert_int_equal(err, rows[i].url != NULL ? E_OK : E_INVALID);
		if (err == E_OK)
			assert_string_equal(out, rows[i].url);
		else
			assert_true(fault.text[0] != '\0' && fault.field[0] != '\0');
	}
}

static void
test_no_host_no_url(void **state)
{
	struct kick_policy policy = {"", "", "", ""};
	struct fault fault = {0};
	char out[KICK_URL_MAX + 1];

	(void)state;
	assert_int_equal(kick_plan_url("", "EU", out, &fault), E_INVALID);
	assert_string_equal(fault.field, "public_url");
	assert_int_equal(kick_firmware_url(&policy, "", "", out, &fault), E_INVALID);
	assert_int_equal(kick_plan_url("https://h", "EU_863_870", out, &fault), E_OK);
	assert_string_equal(out, "https://h/api/v2/frequency-plans/EU_863_870");
}

/* ---- answers -------------------------------------------------------------------------------- */

static void
test_errors(void **state)
{
	static const struct {
		int err;
		const char *text;
		int status;
		const char *body;
	} rows[] = {
	    {E_NOAUTH, "a key is required", 401,
		"{\"code\":401,\"error\":\"a key is required\"}"},
	    {E_DENIED, "no", 403, "{\"code\":403,\"error\":\"no\"}"},
	    {E_NOTFOUND, NULL, 404, "{\"code\":404,\"error\":\"not found\"}"},
	    {E_METHOD, NULL, 405,
		"{\"code\":405,\"error\":\"method not allowed here\"}"},
	    {E_INVALID, "", 400, "{\"code\":400,\"error\":\"not valid\"}"},
	    {E_TOOBIG, NULL, 413, "{\"code\":413,\"error\":\"too large\"}"},
	    {E_BUSY, NULL, 503, "{\"code\":50,\"error\":\"busy, try again\"}"},
	    {E_FULL, "x", 503, "{\"code\":50,\"error\":\"x\"}"},
	    {E_NOMEM, "x", 503, "{\"code\":50,\"error\":\"x\"}"},
	    {E_IO, "x", 503, "{\"code\":50,\"error\":\"x\"}"},
	    {E_PERM, "x", 503, "{\"code\":50,\"error\":\"x\"}"},
	    {E_CORRUPT, "x", 503, "{\"code\":50,\"error\":\"x\"}"},
	    {E_VERSION, "x", 503, "{\"code\":50,\"error\":\"x\"}"},
	    {E_REMOTEFS, "x", 503, "{\"code\":50,\"error\":\"x\"}"},
	    {E_CONFIG, "x", 503, "{\"code\":50,\"error\":\"x\"}"},
	    {E_CRYPTO, "x", 503, "{\"code\":50,\"error\":\"x\"}"},
	    {E_NET, "x", 503, "{\"code\":50,\"error\":\"x\"}"},
	    {E_AGAIN, "x", 503, "{\"code\":50,\"error\":\"x\"}"},
	    {E_STATE, "x", 503, "{\"code\":50,\"error\":\"x\"}"},
	    {E_THROTTLED, "x", 503, "{\"code\":50,\"error\":\"x\"}"},
	    {E_INTERNAL, "x", 503, "{\"code\":50,\"error\":\"x\"}"},
	    {999, "x", 503, "{\"code\":50,\"error\":\"x\"}"},
	    {E_DENIED, "a \"b\" \\ \n \x01 \xc3\xa9", 403,
		"{\"code\":403,\"error\":\"a 'b' / ? ? ?\"}"},
	};
	struct strbuf out;

	(void)state;
	strbuf_init(&out, 4096);
	for (size_t i = 0; i < COUNT(rows); i++) {
		strbuf_reset(&out);
		assert_int_equal(
		    kick_error_write(&out, rows[i].err, rows[i].text), rows[i].status);
		assert_text(strbuf_span(&out), span_str(rows[i].body));
	}
	strbuf_reset(&out);
	kick_error_write(&out, E_DENIED, X200 X200);
	assert_int_equal(out.len, strlen("{\"code\":403,\"error\":\"\"}") + 199);
	strbuf_clear(&out);
}

static void
test_bodies(void **state)
{
	static const struct row rows[] = {
	    {"{}", NULL},
	    {"{\"a\":\"/\"}", NULL},
	    {"", "begin with {"},
	    {" {}", "begin with {"},
	    {"[]", "begin with {"},
	    {"{\n}", "characters"},
	    {"{\"a\":\"\\/\"}", "characters"},
	    {"{\"\xc3\xa9\":1}", "characters"},
	};
	char big[KICK_BODY_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fault fault = {0};

		judge(
		    &rows[i], kick_body_check(span_str(rows[i].text), &fault), &fault);
	}
	memset(big, '{', sizeof big);
	assert_int_equal(kick_body_check(span_of(big, KICK_BODY_MAX), NULL), E_OK);
	assert_int_equal(kick_body_check(span_of(big, sizeof big), NULL), E_INVALID);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keys),
	    cmocka_unit_test(test_urls),
	    cmocka_unit_test(test_words),
	    cmocka_unit_test(test_brokers),
	    cmocka_unit_test(test_origins),
	    cmocka_unit_test(test_firmware_urls),
	    cmocka_unit_test(test_no_host_no_url),
	    cmocka_unit_test(test_errors),
	    cmocka_unit_test(test_bodies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
