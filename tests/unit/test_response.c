#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "web/response.h"

static struct strbuf sent;
static int fail_after = -1; /* writes that succeed; -1: all */

static int
memory_write(const struct span *parts, size_t count)
{
	if (fail_after == 0)
		return E_IO;
	if (fail_after > 0)
		fail_after--;
	for (; count > 0; parts++, count--)
		strbuf_put(&sent, parts->data, parts->len);
	return E_OK;
}

static const struct transport memory = {.write = memory_write};

static struct response res;

static int
setup(void **state)
{
	(void)state;
	log_open("test", LOG_NOWHERE, LOG_ERROR);
	strbuf_init(&sent, 1 << 24);
	response_init(&res);
	fail_after = -1;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	strbuf_clear(&sent);
	response_clear(&res);
	return 0;
}

/* Sends it and looks at all bytes. */
static void
assert_sent(bool head, const char *want, uint64_t body)
{
	uint64_t bytes;

	strbuf_reset(&sent);
	assert_int_equal(response_send(&res, &memory, head, &bytes), E_OK);
	assert_text(strbuf_span(&sent), span_str(want));
	assert_int_equal(bytes, body);
	response_reset(&res);
}

#define NO_STORE "Cache-Control: no-store\r\n\r\n"

static void
test_bytes(void **state)
{
	(void)state;
	assert_sent(false, "Status: 200 OK\r\nContent-Length: 0\r\n" NO_STORE, 0);

	strbuf_puts(&res.body, "abc");
	assert_sent(false,
	    "Status: 200 OK\r\nContent-Type: application/octet-stream\r\n"
	    "Content-Length: 3\r\n" NO_STORE "abc",
	    3);

	response_text(&res, 201, "abc");
	response_header(&res, "Cache-Control", "private");
	assert_sent(false,
	    "Status: 201 Created\r\nContent-Type: text/plain; charset=utf-8\r\n"
	    "Cache-Control: private\r\nContent-Length: 3\r\n\r\nabc",
	    3);

	response_text(&res, 200, "abc");
	assert_sent(true,
	    "Status: 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\n"
	    "Content-Length: 3\r\n" NO_STORE,
	    0);

	response_redirect(&res, 303, "/gateways");
	assert_sent(false,
	    "Status: 303 See Other\r\nLocation: /gateways\r\n"
	    "Content-Length: 0\r\n" NO_STORE,
	    0);

	res.status = 304;
	response_header(&res, "ETag", "\"x\"");
	strbuf_puts(&res.body, "not to be sent");
	assert_sent(false, "Status: 304 Not Modified\r\nETag: \"x\"\r\n" NO_STORE, 0);

	res.status = 204;
	assert_sent(false, "Status: 204 No Content\r\n" NO_STORE, 0);

	res.status = 299;
	assert_sent(false, "Status: 299 Status\r\nContent-Length: 0\r\n" NO_STORE, 0);
}

static void
test_errors(void **state)
{
	static const struct {
		int err;
		const char *text, *body;
	} errors[] = {
	    {E_INVALID, NULL, "{\"code\":3,\"message\":\"error:not valid\"}"},
	    {E_NOTFOUND, "no such gateway",
		"{\"code\":5,\"message\":\"error:not found (no such gateway)\"}"},
	    {E_DENIED, "a \"b\" \\ \t\xc3\xa9",
		"{\"code\":7,\"message\":\"error:not allowed (a 'b' / ?\?)\"}"},
	    {E_BUSY, "", "{\"code\":14,\"message\":\"error:busy, try again\"}"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(errors); i++) {
		response_header(&res, "X-Forgotten", "yes");
		strbuf_puts(&res.body, "forgotten");
		response_error(&res, errors[i].err, errors[i].text);
		assert_int_equal(res.status, err_http(errors[i].err));
		assert_text(strbuf_span(&res.body), span_str(errors[i].body));
		assert_null(strstr(strbuf_str(&res.head), "X-Forgotten"));
	}
	response_error(&res, E_NOAUTH, NULL);
	assert_non_null(strstr(strbuf_str(&res.head), "WWW-Authenticate: Bearer\r\n"));
}

static void
test_every_error_is_short(void **state)
{
	char text[3000];
	uint64_t bytes;

	(void)state;
	memset(text, '"', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	for (int err = 1; err < E_COUNT; err++) {
		response_error(&res, err, text);
		strbuf_reset(&sent);
		assert_int_equal(response_send(&res, &memory, false, &bytes), E_OK);
		assert_true(bytes <= 400);
		assert_true(sent.len < 580);
		response_reset(&res);
	}
}

static void
kickstarter_form(struct response *r, int err, const char *text)
{
	r->status = err_http(err);
	strbuf_printf(&r->body, "{\"code\":%d,\"error\":\"%s\"}", r->status, text);
}

static void
test_another_form(void **state)
{
	(void)state;
	res.error_form = kickstarter_form;
	response_error(&res, E_DENIED, "x");
	assert_text(strbuf_span(&res.body), span_str("{\"code\":403,\"error\":\"x\"}"));
	response_reset(&res);
	assert_ptr_equal(res.error_form, kickstarter_form);
}

static void
test_what_cannot_be_built_is_an_error(void **state)
{
	uint64_t bytes;

	(void)state;
	response_header(&res, "X", "a\nb");
	assert_int_equal(response_send(&res, &memory, false, &bytes), E_OK);
	assert_int_equal(res.status, 500);
	response_reset(&res);
	for (int i = 0; i < 1000; i++)
		response_header(&res, "X-Long", "0123456789");
	assert_int_equal(response_send(&res, &memory, false, &bytes), E_OK);
	assert_int_equal(res.status, 500);
	response_reset(&res);
	strbuf_extend(&res.body, RESPONSE_BODY_MAX);
	strbuf_putc(&res.body, 'x');
	assert_int_equal(response_send(&res, &memory, false, &bytes), E_OK);
	assert_int_equal(res.status, 500);
	response_reset(&res);
	res.body.err = E_NOMEM;
	assert_int_equal(response_send(&res, &memory, false, &bytes), E_OK);
	assert_int_equal(res.status, 503);
}

static void
test_memory_is_given_back_and_wiped(void **state)
{
	const char *data;

	(void)state;
	strbuf_puts(&res.body, "secret");
	data = res.body.data;
	response_reset(&res);
	assert_ptr_equal(res.body.data, data);
	assert_memory_equal(data, "\0\0\0\0\0\0", 6);
	strbuf_extend(&res.body, RESPONSE_KEEP + 1);
	response_reset(&res);
	assert_int_equal(res.body.cap, 0);
}

/* A file of `size` bytes that count up. */
static int
make_file(size_t size)
{
	char path[] = "/tmp/gatehouse-test.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	for (size_t i = 0; i < size; i++) {
		char c = (char)i;

		assert_int_equal(write(fd, &c, 1), 1);
	}
	return fd;
}

static void
test_a_file_behind_the_body(void **state)
{
	uint64_t bytes;

	(void)state;
	strbuf_puts(&res.body, "<");
	assert_int_equal(response_file(&res, make_file(70), 'A', 5), E_OK);
	assert_sent(false,
	    "Status: 200 OK\r\nContent-Type: application/octet-stream\r\n"
	    "Content-Length: 6\r\n" NO_STORE "<ABCDE",
	    6);
	assert_int_equal(response_file(&res, make_file(70), 'A', 5), E_OK);
	assert_sent(true,
	    "Status: 200 OK\r\nContent-Type: application/octet-stream\r\n"
	    "Content-Length: 5\r\n" NO_STORE,
	    0);
	assert_int_equal(response_file(&res, make_file(70), 66, 5), E_IO);
	assert_int_equal(response_send(&res, &memory, false, &bytes), E_OK);
	assert_int_equal(res.status, 500);
	response_reset(&res);
	assert_int_equal(response_file(&res, make_file(70), UINT64_MAX, 5), E_IO);
	response_reset(&res);
	assert_int_equal(response_file(&res, make_file(70), 1, UINT64_MAX), E_IO);
}

static void
test_a_file_that_breaks_off(void **state)
{
	int fd = make_file(100);
	uint64_t bytes;

	(void)state;
	assert_int_equal(response_file(&res, fd, 0, 100), E_OK);
	assert_int_equal(ftruncate(fd, 40), 0);
	assert_int_equal(response_send(&res, &memory, false, &bytes), E_IO);
	assert_int_equal(bytes, 40);
	/* Nothing has left: there is still time to say so. */
	response_reset(&res);
	fd = make_file(100);
	assert_int_equal(response_file(&res, fd, 0, 100), E_OK);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(response_send(&res, &memory, false, &bytes), E_OK);
	assert_int_equal(res.status, 500);
}

/* Header, body and the first piece of the file are one write. */
static void
test_a_file_begins_with_the_header(void **state)
{
	uint64_t bytes;

	(void)state;
	fail_after = 1;
	strbuf_puts(&res.body, "abc");
	assert_int_equal(response_file(&res, make_file(10), 0, 10), E_OK);
	assert_int_equal(response_send(&res, &memory, false, &bytes), E_OK);
	assert_int_equal(bytes, 13);
}

static void
test_a_client_that_goes_away(void **state)
{
	uint64_t bytes;

	(void)state;
	fail_after = 0;
	strbuf_puts(&res.body, "abc");
	assert_int_equal(response_send(&res, &memory, false, &bytes), E_IO);
	assert_int_equal(bytes, 0);
	response_reset(&res);
	fail_after = 1;
	strbuf_puts(&res.body, "abc");
	assert_int_equal(response_file(&res, make_file(70000), 0, 70000), E_OK);
	assert_int_equal(response_send(&res, &memory, false, &bytes), E_IO);
	assert_int_equal(bytes, 3 + 65536);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_bytes, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_errors, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_every_error_is_short, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_another_form, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_what_cannot_be_built_is_an_error, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_memory_is_given_back_and_wiped, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_a_file_behind_the_body, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_a_file_begins_with_the_header, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_a_file_that_breaks_off, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_a_client_that_goes_away, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
