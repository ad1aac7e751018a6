/* The device's own rules, each with an answer written out by hand: frequency plans, and the
 * limits of what it takes. */
#include "tests/unit/device_scene.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- frequency plans --------------------------------------------------------------------------- */

#define CHANNEL(n) ",\"chan_multiSF_" #n "\":{\"enable\":false}"
/* clang-format off */
#define CHANNELS \
	CHANNEL(0) CHANNEL(1) CHANNEL(2) CHANNEL(3) CHANNEL(4) CHANNEL(5) CHANNEL(6) \
	CHANNEL(7) \
	",\"chan_Lora_std\":{\"enable\":false},\"chan_FSK\":{\"enable\":false}"
/* clang-format on */

static void
test_plan_order(void **state)
{
	static const struct {
		const char *body, *words; /* NULL: nothing bad */
	} rows[] = {
	    {"{\"SX1301_conf\":{\"lorawan_public\":true,\"radio_0\":{\"enable\":true,"
	     "\"freq\":867500000},\"radio_1\":{\"enable\":false}" CHANNELS "}}",
		NULL},
	    {"{\"SX1301_conf\":{\"lorawan_public\":true,\"lbt_cfg\":{\"enable\":true},"
	     "\"radio_0\":{\"enable\":true,\"freq\":867500000},\"radio_1\":{\"enable\":"
	     "false}" CHANNELS "}}",
		NULL},
	    {"{\"SX1301_conf\":{\"radio_0\":{\"enable\":true,\"freq\":1},\"radio_1\":{"
	     "\"enable\":false}" CHANNELS "}}",
		"lorawan_public is missing"},
	    {"{\"SX1301_conf\":{\"lorawan_public\":true,\"radio_0\":{\"enable\":true,"
	     "\"freq\":1}" CHANNELS "}}",
		"radio_1 is missing"},
	    {"{\"SX1301_conf\":{\"lorawan_public\":true,\"radio_0\":{\"freq\":1},"
	     "\"radio_1\":{\"enable\":false}" CHANNELS "}}",
		"radio_0 does not state"},
	    {"{\"SX1301_conf\":{\"lorawan_public\":true,\"radio_0\":{\"enable\":true,"
	     "\"freq\":8.675e8},\"radio_1\":{\"enable\":false}" CHANNELS "}}",
		"is read as 8"},
	    {"{\"SX1301_conf\":{\"lorawan_public\":true" CHANNELS
	     ",\"radio_0\":{\"enable\":true,\"freq\":1},\"radio_1\":{\"enable\":false}}"
	     "}",
		"comes after a channel"},
	    {"{\"SX1301_conf\":{\"lorawan_public\":true,\"radio_0\":{\"enable\":true,"
	     "\"freq\":1},\"radio_1\":{\"enable\":false},\"radio_2\":{\"enable\":"
	     "false}" CHANNELS "}}",
		"overwrites its memory"},
	    {"{\"SX1301_conf\":{\"lorawan_public\":true,\"radio_0\":{\"enable\":true,"
	     "\"freq\":1},\"radio_1\":{\"enable\":false}" CHANNELS CHANNEL(8) "}}",
		"eight multi-SF channels"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		answer(DEVICE_PLAN, "200 OK", rows[i].body);
		if (rows[i].words != NULL)
			said(rows[i].words);
		else if (device_is_bad(&verdict))
			fail_msg("row %zu: %s", i, verdict.findings[0].text);
	}
	assert_int_equal(answer(DEVICE_PLAN, "200 OK", "{\"a\""), DEVICE_RETRIES);
}

/* ---- limits: the last that it takes, and the first that it does not --------------------------- */

#define URLS "\"frequency_plan_url\":\"https://h/p\",\"firmware_url\":\"https://h/f\","
#define ROUTER "\"router\":{\"mqtt_address\":\"mqtts://b\"}"

static void
test_value_limits(void **state)
{
	static const struct {
		enum device_request what;
		const char *status, *before, *after;
		size_t max;
		enum device_effect within, beyond;
	} rows[] = {
	    {DEVICE_ACTIVATE, "201 Created", "{\"key\":\"", "\"}", 199, DEVICE_GOES_ON,
		DEVICE_REBOOTS},
	    {DEVICE_CONFIGURE, "503 x", "{\"code\":50,\"error\":\"", "\"}", 199,
		DEVICE_RETRIES, DEVICE_REBOOTS},
	    {DEVICE_CONFIGURE, "503 x", "{\"error\":\"\",\"code\":1", "}", 8,
		DEVICE_RETRIES, DEVICE_REBOOTS},
	    /* Dropped without a word: what is required is missing then. */
	    {DEVICE_CONFIGURE, "200 OK", "{" URLS ROUTER ",\"frequency_plan\":\"",
		"\"}", 64, DEVICE_GOES_ON, DEVICE_GOES_ON},
	    {DEVICE_CONFIGURE, "200 OK",
		"{\"firmware_url\":\"https://h/f\"," ROUTER
		",\"frequency_plan_url\":\"http://h/",
		"\"}", 255 - 9, DEVICE_GOES_ON, DEVICE_WAITS},
	    {DEVICE_CONFIGURE, "200 OK",
		"{\"frequency_plan_url\":\"https://h/p\"," ROUTER
		",\"firmware_url\":\"http://h/",
		"\"}", 255 - 9, DEVICE_GOES_ON, DEVICE_WAITS},
	    {DEVICE_CONFIGURE, "200 OK",
		"{" URLS "\"router\":{\"mqtt_address\":\"mqtts://", "\"}}", 255 - 8,
		DEVICE_GOES_ON, DEVICE_WAITS},
	};
	char body[2000];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t over = 0; over < 2; over++) {
			enum device_effect want =
			    over ? rows[i].beyond : rows[i].within;

			fresh(NULL);
			snprintf(body, sizeof body, "%s%0*d%s", rows[i].before,
			    (int)(rows[i].max + over), 1, rows[i].after);
			if (answer(rows[i].what, rows[i].status, body) != want ||
			    device_is_bad(&verdict) != over)
				fail_msg("row %zu, %zu characters: %s", i,
				    rows[i].max + over,
				    device_effect_name(verdict.effect));
		}
}

/* `{"a":[0,0,...]}` with so many tokens. */
static struct span
with_tokens(const char *before, const char *after, int own, int count)
{
	static char text[16384];
	size_t n = (size_t)snprintf(text, sizeof text, "%s[", before);

	for (int i = 0; i < count - own - 1; i++)
		n += (size_t)snprintf(
		    text + n, sizeof text - n, "%s0", i > 0 ? "," : "");
	n += (size_t)snprintf(text + n, sizeof text - n, "]%s", after);
	return span_of(text, n);
}

static void
test_token_limits(void **state)
{
	static const struct {
		enum device_request what;
		const char *status, *before, *after;
		int own, max;
		enum device_effect within, beyond;
	} rows[] = {
	    {DEVICE_CONFIGURE, "401 x", "{\"code\":401,\"x\":", "}", 4, 5,
		DEVICE_DROPS_KEY, DEVICE_RETRIES},
	    {DEVICE_ACTIVATE, "201 x", "{\"key\":\"k\",\"x\":", "}", 4, 5,
		DEVICE_GOES_ON, DEVICE_RETRIES},
	    {DEVICE_CONFIGURE, "200 OK", "{" URLS ROUTER ",\"x\":", "}", 10, 255,
		DEVICE_GOES_ON, DEVICE_WAITS},
	    {DEVICE_PLAN, "200 OK", "{\"x\":", "}", 2, 1024, DEVICE_GOES_ON,
		DEVICE_RETRIES},
	};
	static struct device_token t[DEVICE_TOKENS_PLAN];
	char body[16384];

	(void)state;
	assert_int_equal(DEVICE_TOKENS_ERROR, 5);
	assert_int_equal(DEVICE_TOKENS_CONFIGURATION, 255);
	assert_int_equal(DEVICE_TOKENS_PLAN, 1024);
	for (size_t i = 0; i < COUNT(rows); i++)
		for (int over = 0; over < 2; over++) {
			int n = rows[i].max + over;
			struct span text =
			    with_tokens(rows[i].before, rows[i].after, rows[i].own, n);
			enum device_effect want =
			    over ? rows[i].beyond : rows[i].within;

			assert_int_equal(
			    device_tokens(text, t, (size_t)rows[i].max), over ? -1 : n);
			fresh(NULL);
			snprintf(body, sizeof body, "%.*s", (int)text.len,
			    (const char *)text.data);
			if (answer(rows[i].what, rows[i].status, body) != want)
				fail_msg("row %zu, %d tokens: %s", i, n,
				    device_effect_name(verdict.effect));
		}
}

/* An answer of so many bytes, of which the header has so many. */
static enum device_effect
take_sized(enum device_request what, const char *body, size_t header, size_t all)
{
	size_t n = 0, filler;
	char *text = malloc(all + 1);
	struct device_received r = {.bytes = span_of(text, all)};

	assert_non_null(text);
	n = (size_t)snprintf(text, all + 1,
	    "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nX: ", all - header);
	filler = header - n - 4;
	memset(text + n, 'x', filler);
	memcpy(text + n + filler, "\r\n\r\n", 4);
	memset(text + header, ' ', all - header);
	memcpy(text + header, body, strlen(body));
	device_take(what, &r, &memory, &verdict);
	free(text);
	return verdict.effect;
}

static void
test_size_limits(void **state)
{
	static const char whole[] = "{" URLS ROUTER "}";
	char text[600];

	(void)state;
	assert_int_equal(
	    take_sized(DEVICE_CONFIGURE, whole, 1199, 6199), DEVICE_GOES_ON);
	assert_false(device_is_bad(&verdict));
	assert_int_equal(
	    take_sized(DEVICE_CONFIGURE, whole, 1199, 6200), DEVICE_RETRIES);
	assert_int_equal(
	    take_sized(DEVICE_CONFIGURE, whole, 1200, 6200), DEVICE_RETRIES);
	said("more than 6199");
	assert_int_equal(take_sized(DEVICE_FIRMWARE, ":", 535, 9000), DEVICE_GOES_ON);
	assert_int_equal(take_sized(DEVICE_FIRMWARE, ":", 536, 9000), DEVICE_REBOOTS);
	said("more than 535");
	assert_int_equal(
	    take_sized(DEVICE_FIRMWARE, ":", 200, 200 + 8372223), DEVICE_GOES_ON);
	assert_int_equal(
	    take_sized(DEVICE_FIRMWARE, ":", 200, 200 + 8372224), DEVICE_REBOOTS);
	said("8372224 bytes");
	assert_int_equal(take_sized(DEVICE_FIRMWARE, "", 200, 200), DEVICE_REBOOTS);
	/* The status line. */
	snprintf(
	    text, sizeof text, "HTTP/1.1 503 %0241d\r\nContent-Length: 0\r\n\r\n", 1);
	assert_int_equal(take(DEVICE_CONFIGURE, text), DEVICE_RETRIES);
	snprintf(
	    text, sizeof text, "HTTP/1.1 503 %0242d\r\nContent-Length: 0\r\n\r\n", 1);
	assert_int_equal(take(DEVICE_CONFIGURE, text), DEVICE_REBOOTS);
	said("status line");
}

/* What it has no use for does not hide what it trips over. */
static void
test_many_findings(void **state)
{
	(void)state;
	answer(DEVICE_CONFIGURE, "200 OK",
	    "{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,"
	    "\"frequency_plan\":\"a\\/b\"," URLS ROUTER "}");
	assert_int_equal(verdict.effect, DEVICE_GOES_ON);
	assert_true(device_is_bad(&verdict));
	said("never undone");
}

/* lbt_cfg after a radio switches that radio. */
static void
test_plan_lbt(void **state)
{
	(void)state;
	answer(DEVICE_PLAN, "200 OK",
	    "{\"SX1301_conf\":{\"lorawan_public\":true,\"radio_0\":{\"enable\":true,"
	    "\"freq\":1},\"radio_1\":{\"enable\":false},\"lbt_cfg\":{\"enable\":"
	    "true}" CHANNELS "}}");
	assert_true(memory.sx1301.radios[1].enable);
	said("lbt_cfg comes after a radio");
	assert_true(device_is_bad(&verdict));
}

static void
test_tokens(void **state)
{
	struct device_token t[5];

	(void)state;
	assert_int_equal(device_tokens(BYTES("{\"a\":1,\"b\":[]}"), t, 5), 5);
	assert_int_equal(device_tokens(BYTES("{\"a\":1,\"b\":2,\"c\":3}"), t, 5), -1);
	assert_int_equal(device_tokens(BYTES("{\"a\":1"), t, 5), -1);
	assert_int_equal(device_tokens(BYTES("{\"a"), t, 5), -1);
	assert_int_equal(device_tokens(BYTES("{]"), t, 5), -1);
	assert_int_equal(device_tokens(BYTES("}"), t, 5), -1);
	assert_int_equal(device_tokens(BYTES("{\"\\x\":1}"), t, 5), -1);
	assert_int_equal(device_tokens(BYTES("{\"\\\"\":1}"), t, 5), 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(test_plan_order, fresh),
	    cmocka_unit_test_setup(test_plan_lbt, fresh),
	    cmocka_unit_test_setup(test_value_limits, fresh),
	    cmocka_unit_test_setup(test_token_limits, fresh),
	    cmocka_unit_test_setup(test_size_limits, fresh),
	    cmocka_unit_test_setup(test_many_findings, fresh),
	    cmocka_unit_test_setup(test_tokens, fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
