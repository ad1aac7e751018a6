/* The device's own rules, each with an answer written out by hand: what it asks, what it does
 * upon answers and what it keeps of them. */
#include "tests/unit/device_scene.h"

#include <stdio.h>

#define HEAD(status, length)                                        \
	"HTTP/1.1 " status "\r\nContent-Type: application/json\r\n" \
	"Content-Length: " length "\r\nConnection: close\r\n\r\n"

/* ---- requests ---------------------------------------------------------------------------- */

static void
test_requests(void **state)
{
	static const struct {
		enum device_request what;
		const char *url;
		bool old;
		const char *text;
	} rows[] = {
	    {DEVICE_ACTIVATE, "https://h", false,
		"PUT /api/v2/gateways/gw-1/activate HTTP/1.1\r\nUser-Agent: "
		"TTNGateway\r\n"
		"Host: h:443\r\nConnection: close\r\n\r\n"},
	    {DEVICE_ACTIVATE, "https://h", true,
		"PUT /api/v2/gateways/gw-1/activate HTTP/1.1\r\nUser-Agent: "
		"TTNGateway\r\n"
		"Host: h\r\nConnection: close\r\n\r\n"},
	    {DEVICE_CONFIGURE, "http://h:8080", false,
		"GET /api/v2/gateways/gw-1?filter=ttn HTTP/1.1\r\nUser-Agent: "
		"TTNGateway\r\nHost: h:8080\r\nAuthorization: Key k/1\r\nConnection: "
		"close\r\n\r\n"},
	    {DEVICE_PLAN, "https://h/a/b?c=d", false,
		"GET /a/b?c=d?filter=ttn HTTP/1.1\r\nUser-Agent: TTNGateway\r\n"
		"Host: h:443\r\nConnection: close\r\n\r\n"},
	    {DEVICE_CHECKSUMS, "http://f/v1/stable", false,
		"GET /v1/stable/checksums HTTP/1.1\r\nUser-Agent: TTNGateway\r\n"
		"Host: f:80\r\nConnection: close\r\n\r\n"},
	    {DEVICE_FIRMWARE, "http://f/v1/stable", false,
		"GET /v1/stable/firmware.hex HTTP/1.1\r\nUser-Agent: TTNGateway\r\n"
		"Host: f:80\r\nConnection: close\r\n\r\n"},
	};
	struct device_url url;
	struct strbuf out;

	(void)state;
	strbuf_init(&out, 4096);
	for (size_t i = 0; i < COUNT(rows); i++) {
		strbuf_reset(&out);
		assert_true(device_url_read(span_str(rows[i].url), &url));
		device_request_write(
		    rows[i].what, &url, "gw-1", "k/1", rows[i].old, &out);
		assert_text(strbuf_span(&out), span_str(rows[i].text));
	}
	strbuf_clear(&out);
}

static void
test_addresses(void **state)
{
	static const struct {
		const char *text, *host;
		unsigned port;
		bool tls;
		const char *path; /* NULL: none */
	} urls[] = {
	    {"https://h/p", "h", 443, true, "p"},
	    {"http://h/p/q", "h", 80, false, "p/q"},
	    {"https://h:8443/p", "h", 8443, true, "p"},
	    {"https://h", "h", 443, true, NULL}, {"https://h:1", "h", 1, true, NULL},
	    {"https://h/a:b", "h/a", 0, true, NULL}, /* the colon of a path */
	    {"https://[::1]/p", "[", 0, true, "p"},  /* IPv6 */
	    {"https://u:p@h/x", "u", 0, true, "x"},  /* a user part */
	    {"HTTPS://h/p", "h", 0, false, "p"},     /* upper case */
	};
	static const struct {
		const char *text, *host;
		unsigned port;
		bool tls;
	} brokers[] = {
	    {"mqtts://h", "h", 8883, true},
	    {"mqtts://h:1", "h", 1, true},
	    {"mqtt://h", "h", 1883, false},
	    {"h:8883", "h", 8883, true},
	    {"h:8881", "h", 8881, false},
	    {"h", "h", 1883, false},
	    {"mqtts://h/p", "hp", 8883, true},
	    {"MQTTS://h", "MQTTS", 0, false},
	};
	struct device_broker b;
	struct device_url u;

	(void)state;
	for (size_t i = 0; i < COUNT(urls); i++) {
		assert_true(device_url_read(span_str(urls[i].text), &u));
		assert_string_equal(u.host, urls[i].host);
		assert_int_equal(u.port, urls[i].port);
		assert_int_equal(u.tls, urls[i].tls);
		assert_int_equal(u.has_path, urls[i].path != NULL);
		assert_string_equal(u.path, urls[i].path != NULL ? urls[i].path : "");
	}
	assert_false(device_url_read(BYTES("h/p"), &u));
	for (size_t i = 0; i < COUNT(brokers); i++) {
		device_broker_read(span_str(brokers[i].text), &b);
		assert_string_equal(b.host, brokers[i].host);
		assert_int_equal(b.port, brokers[i].port);
		assert_int_equal(b.tls, brokers[i].tls);
	}
}

/* ---- the table of effects -------------------------------------------------------------------- */

static void
test_effects(void **state)
{
	static const struct {
		enum device_request what;
		const char *status, *body;
		enum device_effect effect;
		unsigned wait;
	} rows[] = {
	    {DEVICE_ACTIVATE, "403 Forbidden", "{\"code\":403,\"error\":\"x\"}",
		DEVICE_WAITS, 0},
	    {DEVICE_ACTIVATE, "404 Not Found", "{\"code\":404,\"error\":\"x\"}",
		DEVICE_WAITS, 0},
	    {DEVICE_ACTIVATE, "503 x", "{\"code\":50,\"error\":\"x\"}", DEVICE_RETRIES,
		5},
	    {DEVICE_ACTIVATE, "200 OK", "{\"key\":\"k\"}", DEVICE_RETRIES, 5},
	    {DEVICE_CONFIGURE, "401 x", "{\"code\":401,\"error\":\"x\"}",
		DEVICE_DROPS_KEY, 0},
	    {DEVICE_CONFIGURE, "404 x", "{\"code\":404,\"error\":\"x\"}",
		DEVICE_DROPS_ID, 0},
	    {DEVICE_CONFIGURE, "503 x", "{\"code\":50,\"error\":\"x\"}", DEVICE_RETRIES,
		10},
	    {DEVICE_CONFIGURE, "403 x", "{\"code\":403,\"error\":\"x\"}",
		DEVICE_RETRIES, 5},
	    /* The HTTP status itself is not looked at. */
	    {DEVICE_CONFIGURE, "500 x", "{\"code\":401,\"error\":\"x\"}",
		DEVICE_DROPS_KEY, 0},
	    /* A third member makes it unreadable. */
	    {DEVICE_CONFIGURE, "401 x", "{\"code\":401,\"error\":\"x\",\"a\":1}",
		DEVICE_RETRIES, 5},
	    {DEVICE_CONFIGURE, "502 x", "<html>", DEVICE_RETRIES, 5},
	    {DEVICE_PLAN, "403 x", "{\"code\":403,\"error\":\"x\"}", DEVICE_RETRIES, 2},
	    {DEVICE_PLAN, "404 x", "{\"code\":404,\"error\":\"x\"}", DEVICE_RETRIES, 5},
	    {DEVICE_CONFIGURE, "401 x", "{\"code\":1234567890,\"error\":\"x\"}",
		DEVICE_REBOOTS, 0},
	    /* A complete status, an incomplete body. */
	    {DEVICE_CONFIGURE, "200 OK", "{\"frequency_plan\":\"EU\"}", DEVICE_WAITS,
		0},
	    {DEVICE_CONFIGURE, "200 OK", "{\"a\":", DEVICE_WAITS, 0},
	    {DEVICE_ACTIVATE, "201 Created", "{\"key\":\"\"}", DEVICE_REBOOTS, 0},
	    {DEVICE_ACTIVATE, "201 Created", "{}", DEVICE_REBOOTS, 0},
	    {DEVICE_ACTIVATE, "201 Created", "{\"key\":\"k\",\"a\":1}", DEVICE_GOES_ON,
		0},
	    {DEVICE_ACTIVATE, "201 Created", "{\"key\":\"k\",\"a\":1,\"b\":2}",
		DEVICE_RETRIES, 5},
	    {DEVICE_CHECKSUMS, "404 x", "no", DEVICE_KEEPS_FIRMWARE, 0},
	    {DEVICE_CHECKSUMS, "200 OK", "abc", DEVICE_REBOOTS, 0},
	    {DEVICE_FIRMWARE, "404 x", "", DEVICE_KEEPS_FIRMWARE, 0},
	    {DEVICE_FIRMWARE, "200 OK", "MZ", DEVICE_REBOOTS, 0},
	    {DEVICE_FIRMWARE, "200 OK", ":00000001FF\n", DEVICE_GOES_ON, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum device_effect e =
		    answer(rows[i].what, rows[i].status, rows[i].body);

		if (e != rows[i].effect || verdict.wait != rows[i].wait)
			fail_msg("%s %s: %s after %u s", rows[i].status, rows[i].body,
			    device_effect_name(e), verdict.wait);
	}
}

static void
test_connections(void **state)
{
	struct device_received r = {.bytes = span_of(NULL, 0)};

	(void)state;
	device_take(DEVICE_CONFIGURE, &r, &memory, &verdict);
	assert_int_equal(verdict.effect, DEVICE_REBOOTS);
	said("without a byte");
	r.open = true;
	device_take(DEVICE_CONFIGURE, &r, &memory, &verdict);
	assert_int_equal(verdict.effect, DEVICE_HANGS);
	r = (struct device_received){.reset = true,
	    .bytes = BYTES(HEAD("401 x", "23") "{\"code\":401,\"error\":\"\"}")};
	device_take(DEVICE_CONFIGURE, &r, &memory, &verdict);
	said("reset");
}

static void
test_headers(void **state)
{
	char text[7000];

	(void)state;
	take(DEVICE_CONFIGURE, "HTTP/1.1 503 x\r\ncontent-length: "
			       "24\r\n\r\n{\"code\":50,\"error\":\"xy\"}");
	assert_int_equal(verdict.effect, DEVICE_RETRIES);
	said("exactly this case");
	assert_int_equal(
	    take(DEVICE_CHECKSUMS, "HTTP/1.1 404 x\r\ncontent-length: 2\r\n\r\nno"),
	    DEVICE_REBOOTS);
	take(DEVICE_CONFIGURE, HEAD("503 x", "1") "{\"code\":50,\"error\":\"x\"}");
	said("Content-Length is 1");
	take(DEVICE_CONFIGURE, "HTTP/1.0 503 x\r\nContent-Length: 0\r\n\r\n");
	said("HTTP/1.1");
	take(DEVICE_CONFIGURE, HEAD("302 Found", "0"));
	said("redirects");
	snprintf(text, sizeof text, "HTTP/1.1 200 %0300d\r\n\r\n{}", 1);
	assert_int_equal(take(DEVICE_CONFIGURE, text), DEVICE_REBOOTS);
	memset(text, ' ', 6300);
	memcpy(text, HEAD("200 OK", "6000"), strlen(HEAD("200 OK", "6000")));
	text[6200] = '\0';
	assert_int_equal(take(DEVICE_CONFIGURE, text), DEVICE_RETRIES);
	said("more than 6199");
	/* Header and first bytes of firmware come together. */
	snprintf(text, sizeof text,
	    "HTTP/1.1 200 OK\r\nX: %0500d\r\nContent-Length: 1\r\n\r\n:", 1);
	assert_int_equal(take(DEVICE_FIRMWARE, text), DEVICE_REBOOTS);
	said("more than 535");
}

/* ---- what it keeps ------------------------------------------------------------------------- */

#define WHOLE                                                                        \
	"{\"frequency_plan\":\"EU_863_870\",\"frequency_plan_url\":\"https://h/p\"," \
	"\"firmware_url\":\"https://h:8443/f\",\"router\":{\"mqtt_address\":"        \
	"\"mqtts://b:8883\"},\"auto_update\":true}"

static void
test_configuration(void **state)
{
	(void)state;
	assert_int_equal(answer(DEVICE_CONFIGURE, "200 OK", WHOLE), DEVICE_GOES_ON);
	assert_false(device_is_bad(&verdict));
	assert_string_equal(memory.frequency_plan, "EU_863_870");
	assert_string_equal(memory.plan_url, "https://h/p");
	assert_string_equal(memory.firmware_url, "https://h:8443/f");
	assert_string_equal(memory.broker.host, "b");
	assert_true(memory.broker.tls && memory.auto_update);
	/* Escapes stay as they are. */
	fresh(NULL);
	answer(DEVICE_CONFIGURE, "200 OK",
	    "{\"frequency_plan_url\":\"https:\\/\\/h\\/p\",\"firmware_url\":\"https://"
	    "h/f\","
	    "\"router\":{\"mqtt_address\":\"mqtts://b\"}}");
	assert_int_not_equal(verdict.effect, DEVICE_GOES_ON);
	said("never undone");
	/* One line, and the last one that begins with a bracket counts. */
	fresh(NULL);
	answer(
	    DEVICE_CONFIGURE, "200 OK", "{\n\"frequency_plan_url\":\"https://h/p\"}");
	assert_int_equal(verdict.effect, DEVICE_WAITS);
	/* A URL without a path. */
	fresh(NULL);
	answer(DEVICE_CONFIGURE, "200 OK",
	    "{\"frequency_plan_url\":\"https://h\",\"firmware_url\":\"https://h/f\","
	    "\"router\":{\"mqtt_address\":\"mqtts://b\"}}");
	assert_int_equal(verdict.effect, DEVICE_REBOOTS);
}

static void
test_long_values(void **state)
{
	char text[2000];

	(void)state;
	snprintf(text, sizeof text,
	    "{\"frequency_plan_url\":\"https://h/%0300d\",\"firmware_url\":\"https://h/"
	    "f\","
	    "\"router\":{\"mqtt_address\":\"mqtts://b\"}}",
	    1);
	assert_int_equal(answer(DEVICE_CONFIGURE, "200 OK", text), DEVICE_WAITS);
	said("dropped");
	snprintf(text, sizeof text, "{\"key\":\"%0200d\"}", 1);
	assert_int_equal(answer(DEVICE_ACTIVATE, "201 Created", text), DEVICE_REBOOTS);
	snprintf(text, sizeof text, "{\"key\":\"%0199d\"}", 1);
	assert_int_equal(answer(DEVICE_ACTIVATE, "201 Created", text), DEVICE_GOES_ON);
	assert_int_equal(strlen(memory.key), 199);
}

static void
test_checksums(void **state)
{
	static const char sum[] =
	    "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855";

	(void)state;
	assert_int_equal(answer(DEVICE_CHECKSUMS, "200 OK", sum), DEVICE_GOES_ON);
	assert_string_equal(memory.wanted,
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	memcpy(memory.checksum, memory.wanted, sizeof memory.checksum);
	assert_int_equal(answer(DEVICE_CHECKSUMS, "200 OK",
			     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b"
			     "7852b855  firmware.hex\n"),
	    DEVICE_KEEPS_FIRMWARE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_requests, fresh),
	    cmocka_unit_test_setup(test_addresses, fresh),
	    cmocka_unit_test_setup(test_effects, fresh),
	    cmocka_unit_test_setup(test_connections, fresh),
	    cmocka_unit_test_setup(test_headers, fresh),
	    cmocka_unit_test_setup(test_configuration, fresh),
	    cmocka_unit_test_setup(test_long_values, fresh),
	    cmocka_unit_test_setup(test_checksums, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
