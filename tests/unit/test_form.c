/* Forms as browsers send them, and what is refused of those that are sent otherwise. */
#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "web/body.h"
#include "web/cookie.h"
#include "web/form.h"

static struct span input;

static int
memory_read(void *buf, size_t n, size_t *got)
{
	*got = n < input.len ? n : input.len;
	if (*got > 0)
		memcpy(buf, input.data, *got);
	input = span_from(input, *got);
	return E_OK;
}

static const struct transport io = {.framed = true, .read = memory_read};
static struct arena arena;
static struct strbuf note;
static struct fault fault;
static struct request_rules rules;
static struct request req;
static struct form form;
static char folder[] = "/tmp/gatehouse-form.XXXXXX";
static struct form_limits limits;

static int
make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int
drop_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

static int
setup(void **state)
{
	(void)state;
	arena_init(&arena, 4 << 20);
	strbuf_init(&note, 200);
	memset(&rules, 0, sizeof rules);
	memset(&fault, 0, sizeof fault);
	limits = (struct form_limits){.text = 65536, .file = 1 << 20, .folder = folder};
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	form_close(&form);
	arena_clear(&arena);
	strbuf_clear(&note);
	return 0;
}

static int
send(const char *type, struct span body)
{
	char length[60], header[300];
	const char *variables[] = {
	    "REQUEST_METHOD=POST", "REQUEST_URI=/", length, header, NULL};

	snprintf(length, sizeof length, "CONTENT_LENGTH=%zu", body.len);
	snprintf(header, sizeof header, "CONTENT_TYPE=%s", type);
	input = body;
	memset(&fault, 0, sizeof fault);
	assert_int_equal(request_begin(&req, &rules, &io, (char **)(uintptr_t)variables,
			     &arena, &note, &fault),
	    E_OK);
	assert_int_equal(body_begin(&req, UINT64_MAX / 2, &fault), E_OK);
	return form_read(&req, &limits, &form, &fault);
}

#define URLENCODED "application/x-www-form-urlencoded"
#define MULTIPART "multipart/form-data; boundary=XYZ"

static bool
folder_is_empty(void)
{
	DIR *d = opendir(folder);
	size_t n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n == 2;
}

/* ---- what is taken ---------------------------------------------------------------------- */

static void
test_urlencoded(void **state)
{
	size_t at = 0;

	(void)state;
	assert_int_equal(
	    send(URLENCODED, BYTES("a=1&b=two+words%21&a=x&c=&text=l1%0D%0Al2")), E_OK);
	assert_int_equal(form.count, 5);
	assert_string_equal(form_value(&form, "a"), "1");
	assert_string_equal(form_value(&form, "b"), "two words!");
	assert_string_equal(form_value(&form, "c"), "");
	assert_string_equal(form_value(&form, "text"), "l1\nl2");
	assert_null(form_value(&form, "d"));
	assert_string_equal(form_next(&form, "a", &at), "1");
	assert_string_equal(form_next(&form, "a", &at), "x");
	assert_null(form_next(&form, "a", &at));
	assert_int_equal(send(URLENCODED "; charset=utf-8", BYTES("a=1")), E_OK);
	assert_int_equal(send(URLENCODED, BYTES("")), E_OK);
	assert_int_equal(form.count, 0);
}

static void
read_file(const struct form_file *file, struct span want)
{
	char got[256];
	ssize_t n = read(file->fd, got, sizeof got);

	assert_int_equal(n, (ssize_t)want.len);
	assert_memory_equal(got, want.data, want.len);
	assert_int_equal(file->length, want.len);
}

static void
test_multipart(void **state)
{
	const struct form_file *file;

	(void)state;
	assert_int_equal(
	    send(MULTIPART,
		BYTES("--XYZ\r\n"
		      "Content-Disposition: form-data; name=\"a\"\r\n\r\n"
		      "one\r\ntwo\r\n"
		      "--XYZ\r\n"
		      "Content-Disposition: form-data; name=\"empty\"\r\n\r\n"
		      "\r\n"
		      "--XYZ\r\n"
		      "content-disposition: form-data; name=\"f\"; "
		      "filename=\"C:\\x\\fw.bin\"\r\n"
		      "Content-Type: application/octet-stream\r\n\r\n"
		      "\0\r\n--XY\r\n-- \xff\r\n\r\n"
		      "--XYZ\r\n"
		      "Content-Disposition: form-data; name=\"none\"; "
		      "filename=\"\"\r\n"
		      "Content-Type: application/octet-stream\r\n\r\n"
		      "\r\n"
		      "--XYZ--\r\n")),
	    E_OK);
	assert_int_equal(form.count, 2);
	assert_string_equal(form_value(&form, "a"), "one\ntwo");
	assert_string_equal(form_value(&form, "empty"), "");
	assert_int_equal(form.file_count, 1);
	assert_null(form_file(&form, "none"));
	assert_non_null(file = form_file(&form, "f"));
	assert_string_equal(file->name, "fw.bin");
	assert_string_equal(file->type, "application/octet-stream");
	read_file(file, BYTES("\0\r\n--XY\r\n-- \xff\r\n"));
	assert_true(folder_is_empty());
}

/* The boundary lies across the window's end in all ways. */
static void
test_window(void **state)
{
	static const char head[] =
	    "--XYZ\r\nContent-Disposition: form-data; name=\"f\"; "
	    "filename=\"x\"\r\n\r\n";
	static const char tail[] = "\r\n--XYZ--\r\n";
	static char body[70000];

	(void)state;
	for (size_t n = 65536 - sizeof head - 20; n < 65536 + 10; n++) {
		memcpy(body, head, sizeof head - 1);
		memset(body + sizeof head - 1, '\r', n);
		memcpy(body + sizeof head - 1 + n, tail, sizeof tail - 1);
		assert_int_equal(
		    send(MULTIPART, span_of(body, sizeof head + sizeof tail - 2 + n)),
		    E_OK);
		assert_int_equal(form_file(&form, "f")->length, n);
		form_close(&form);
		arena_reset(&arena);
	}
}

static void
test_boundaries(void **state)
{
	static const struct {
		const char *type;
		int err;
		const char *boundary;
	} rows[] = {
	    {"multipart/form-data; boundary=x", E_OK, "x"},
	    {"Multipart/Form-Data ;\tBOUNDARY=\"a b\"", E_OK, "a b"},
	    {"multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxk", E_OK,
		"----WebKitFormBoundary7MA4YWxk"},
	    {"multipart/form-data", E_INVALID, NULL},
	    {"multipart/form-data; boundary=", E_INVALID, NULL},
	    {"multipart/form-data; boundary=\"\"", E_INVALID, NULL},
	    {"multipart/form-data; boundary=\"x", E_INVALID, NULL},
	    {"multipart/form-data; boundary=a; boundary=b", E_INVALID, NULL},
	    {"multipart/form-data; boundary=\"a\"b", E_INVALID, NULL},
	    {"multipart/form-data; boundary=a@b", E_INVALID, NULL},
	    {"multipart/form-data; boundary=\"a \"", E_INVALID, NULL},
	    {"multipart/form-data; boundary="
	     "01234567890123456789012345678901234567890123456789012345678901234567890",
		E_INVALID, NULL},
	    {"multipart/form-dataX; boundary=x", E_TYPE, NULL},
	    {"multipart/mixed; boundary=x", E_TYPE, NULL},
	    {NULL, E_TYPE, NULL},
	};
	char out[FORM_BOUNDARY_MAX + 1];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(form_boundary(rows[i].type, out), rows[i].err);
		if (rows[i].boundary != NULL)
			assert_string_equal(out, rows[i].boundary);
	}
}

/* ---- what is refused --------------------------------------------------------------------- */

#define PART "--XYZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n"
#define FILE_PART \
	"--XYZ\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x\"\r\n\r\n"
#define END "\r\n--XYZ--\r\n"

static void
test_refused(void **state)
{
	const struct {
		const char *type;
		struct span body;
		int err;
		const char *words;
	} rows[] = {
	    {"text/plain", BYTES("a=1"), E_TYPE, "multipart/form-data"},
	    {"application/json", BYTES("{}"), E_TYPE, "urlencoded"},
	    {"", BYTES("a=1"), E_TYPE, "urlencoded"},
	    {URLENCODED, BYTES("a=%"), E_INVALID, "percent-escape"},
	    {URLENCODED, BYTES("a=%00"), E_INVALID, "percent-escape"},
	    {URLENCODED, BYTES("a=%ff"), E_INVALID, "UTF-8"},
	    {URLENCODED, BYTES("=1"), E_INVALID, "no name"},
	    {"multipart/form-data", BYTES(PART "x" END), E_INVALID, "no boundary"},
	    {MULTIPART, BYTES(""), E_INVALID, "cut off"},
	    {MULTIPART, BYTES("--XYZ"), E_INVALID, "cut off"},
	    {MULTIPART, BYTES("--XYZ\r\n"), E_INVALID, "cut off"},
	    {MULTIPART, BYTES("--XYZ--x"), E_INVALID, "go on after"},
	    {MULTIPART, BYTES(PART), E_INVALID, "cut off"},
	    {MULTIPART, BYTES(PART "x"), E_INVALID, "cut off"},
	    {MULTIPART, BYTES(PART "x\r\n--XYZ"), E_INVALID, "cut off"},
	    {MULTIPART, BYTES(PART "x\r\n--XYZ-"), E_INVALID, "cut off"},
	    {MULTIPART, BYTES(FILE_PART "some of it"), E_INVALID, "cut off"},
	    {MULTIPART, BYTES(FILE_PART "some of it\r\n--XY"), E_INVALID, "cut off"},
	    {MULTIPART, BYTES("hello" PART "x" END), E_INVALID, "do not begin"},
	    {MULTIPART, BYTES("\r\n" PART "x" END), E_INVALID, "do not begin"},
	    {MULTIPART, BYTES(PART "x" END "--XYZ\r\n"), E_INVALID, "go on after"},
	    {MULTIPART, BYTES(PART "x\r\n--XYZZY\r\n" END), E_INVALID,
		"something after a boundary"},
	    {MULTIPART, BYTES(PART "x\r\n--XYZ \r\n" END), E_INVALID,
		"something after a boundary"},
	    {MULTIPART, BYTES("--ABC\r\n"), E_INVALID, "do not begin"},
	    {MULTIPART, BYTES("--XYZ\r\n\r\nx" END), E_INVALID, ""},
	    {MULTIPART, BYTES("--XYZ\r\nContent-Type: text/plain\r\n\r\nx" END),
		E_INVALID, "without a name"},
	    {MULTIPART,
		BYTES("--XYZ\r\nContent-Disposition: attachment; "
		      "name=\"a\"\r\n\r\nx" END),
		E_INVALID, "no field"},
	    {MULTIPART,
		BYTES("--XYZ\r\nContent-Disposition: form-data; name=a\r\n\r\nx" END),
		E_INVALID, "not well-formed"},
	    {MULTIPART,
		BYTES(
		    "--XYZ\r\nContent-Disposition: form-data; name=\"\"\r\n\r\nx" END),
		E_INVALID, "without a name"},
	    {MULTIPART,
		BYTES("--XYZ\r\nContent-Disposition: form-data; name=\"a\"; "
		      "name=\"b\"\r\n\r\nx" END),
		E_INVALID, "unknown"},
	    {MULTIPART,
		BYTES("--XYZ\r\nContent-Disposition: form-data; name=\"a\"; "
		      "filename*=\"b\"\r\n\r\nx" END),
		E_INVALID, "unknown"},
	    {MULTIPART,
		BYTES("--XYZ\r\nContent-Disposition: form-data; name=\"a\"\r\n"
		      "Content-Disposition: form-data; name=\"b\"\r\n\r\nx" END),
		E_INVALID, "two dispositions"},
	    {MULTIPART,
		BYTES("--XYZ\r\nContent-Disposition: form-data; name=\"a\"\r\n"
		      "Content-Transfer-Encoding: base64\r\n\r\neA==" END),
		E_INVALID, "transfer encoding"},
	    {MULTIPART, BYTES("--XYZ\r\nContent-Disposition\r\n\r\nx" END), E_INVALID,
		"without a colon"},
	    {MULTIPART,
		BYTES("--XYZ\r\nContent-Disposition: form-data; name=\"a\"\r\n"
		      "no header\r\n\r\nx" END),
		E_INVALID, "without a colon"},
	    {MULTIPART,
		BYTES(
		    "--XYZ\r\nContent-Disposition: form-data name=\"a\"\r\n\r\nx" END),
		E_INVALID, "not well-formed"},
	    {MULTIPART, BYTES("--XYZ\r\nContent-Disposition: form-data;\r\n\r\nx" END),
		E_INVALID, "not well-formed"},
	    {MULTIPART,
		BYTES("--XYZ\r\nContent-Disposition: form-data; name=\r\n\r\nx" END),
		E_INVALID, "not well-formed"},
	    {MULTIPART,
		BYTES("--XYZ\r\nContent-Disposition: form-data; name=\"\r\n\r\nx" END),
		E_INVALID, "not well-formed"},
	    {MULTIPART,
		BYTES("--XYZ\r\nContent-Disposition: form-data; "
		      "name=\"a\"x\r\n\r\ny" END),
		E_INVALID, "not well-formed"},
	    {MULTIPART,
		BYTES("--XYZ\r\nContent-Disposition: form-data; name=\"f\"; "
		      "filename=\"x\"; filename=\"y\"\r\n\r\nx" END),
		E_INVALID, "unknown"},
	    {MULTIPART,
		BYTES("--XYZ\r\nContent-Disposition: form-data; "
		      "name=\"\xff\"\r\n\r\nx" END),
		E_INVALID, "header that is not UTF-8"},
	    {MULTIPART,
		BYTES("--XYZ\r\nContent-Disposition: form-data; "
		      "name=\"a\0\"\r\n\r\nx" END),
		E_INVALID, "header that is not UTF-8"},
	    {MULTIPART, BYTES(PART "x\r\n--XYZ--\r"), E_INVALID, "go on after"},
	    {MULTIPART, BYTES(PART "x\r\n--XYZ--\n\n"), E_INVALID, "go on after"},
	    {MULTIPART, BYTES(PART "\0" END), E_INVALID, "UTF-8"},
	    {MULTIPART, BYTES(PART "\xff" END), E_INVALID, "UTF-8"},
	    {MULTIPART,
		BYTES("--XYZ\r\nContent-Disposition: form-data; name=\"f\"; "
		      "filename=\"\"\r\n\r\nx" END),
		E_INVALID, "without a name"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int err = send(rows[i].type, rows[i].body);

		if (err != rows[i].err || strstr(fault.text, rows[i].words) == NULL)
			fail_msg("row %zu: %d \"%s\"", i, err, fault.text);
		assert_int_equal(form.count + form.file_count, 0);
		assert_true(folder_is_empty());
		arena_reset(&arena);
	}
}

static void
test_limits(void **state)
{
	struct strbuf b;

	(void)state;
	strbuf_init(&b, 1 << 20);
	for (int i = 0; i < 1000; i++)
		strbuf_printf(&b, "&f%d=x", i);
	assert_int_equal(send(URLENCODED, strbuf_span(&b)), E_TOOBIG);
	assert_non_null(strstr(fault.text, "256 fields"));
	strbuf_reset(&b);
	for (int i = 0; i < 1000; i++)
		strbuf_printf(&b,
		    "--XYZ\r\nContent-Disposition: form-data; "
		    "name=\"f%d\"\r\n\r\nx\r\n",
		    i);
	strbuf_puts(&b, "--XYZ--");
	assert_int_equal(send(MULTIPART, strbuf_span(&b)), E_TOOBIG);
	assert_non_null(strstr(fault.text, "256 fields"));
	strbuf_reset(&b);
	strbuf_puts(&b, "a=");
	for (int i = 0; i < 7000; i++)
		strbuf_puts(&b, "0123456789");
	assert_int_equal(send(URLENCODED, strbuf_span(&b)), E_TOOBIG);
	strbuf_reset(&b);
	strbuf_puts(&b, PART);
	for (int i = 0; i < 7000; i++)
		strbuf_puts(&b, "0123456789");
	strbuf_puts(&b, END);
	assert_int_equal(send(MULTIPART, strbuf_span(&b)), E_TOOBIG);
	limits.file = 9;
	assert_int_equal(send(MULTIPART, BYTES(FILE_PART "0123456789" END)), E_TOOBIG);
	assert_non_null(strstr(fault.text, "longer than 9 bytes"));
	limits.file = 10;
	assert_int_equal(send(MULTIPART, BYTES(FILE_PART "0123456789" END)), E_OK);
	form_close(&form);
	limits.file = 0;
	assert_int_equal(send(MULTIPART, BYTES(FILE_PART "0123456789" END)), E_INVALID);
	assert_true(folder_is_empty());
	strbuf_clear(&b);
}

/* Headers of a part, and how many files there are. */
static void
test_part_limits(void **state)
{
	static const char head[] =
	    "--XYZ\r\nContent-Disposition: form-data; name=\"a\"\r\nX-A: ";
	/* The most of 2,048 bytes; one more; headers that do not end. */
	const size_t lengths[] = {
	    2048 - (sizeof head - 8), 2049 - (sizeof head - 8), 9999};
	struct strbuf b;

	(void)state;
	strbuf_init(&b, 1 << 20);
	for (size_t k = 0; k < COUNT(lengths); k++) {
		strbuf_reset(&b);
		strbuf_puts(&b, head);
		for (size_t i = 0; i < lengths[k]; i++)
			strbuf_putc(&b, 'x');
		strbuf_puts(&b, k < 2 ? "\r\n\r\nx" END : "");
		assert_int_equal(
		    send(MULTIPART, strbuf_span(&b)), k > 0 ? E_INVALID : E_OK);
		if (k > 0)
			assert_non_null(strstr(fault.text, "long headers"));
		form_close(&form);
		arena_reset(&arena);
	}
	for (unsigned n = FORM_FILES_MAX; n <= FORM_FILES_MAX + 1; n++) {
		strbuf_reset(&b);
		for (unsigned i = 0; i < n; i++)
			strbuf_puts(&b, FILE_PART "y\r\n");
		strbuf_puts(&b, "--XYZ--");
		assert_int_equal(send(MULTIPART, strbuf_span(&b)),
		    n > FORM_FILES_MAX ? E_TOOBIG : E_OK);
		assert_int_equal(form.file_count, n > FORM_FILES_MAX ? 0 : n);
		form_close(&form);
		arena_reset(&arena);
	}
	strbuf_reset(&b);
	strbuf_puts(
	    &b, "--XYZ\r\nContent-Disposition: form-data; filename=\"x\"; name=\"");
	for (int i = 0; i < FORM_NAME_MAX + 1; i++)
		strbuf_putc(&b, 'n');
	strbuf_puts(&b, "\"\r\n\r\ny" END);
	assert_int_equal(send(MULTIPART, strbuf_span(&b)), E_INVALID);
	assert_non_null(strstr(fault.text, "long name"));
	assert_true(folder_is_empty());
	strbuf_clear(&b);
}

/* However little memory there is: all of the form or nothing of it. */
static void
test_little_memory(void **state)
{
	static const struct {
		const char *type;
		struct span body;
	} rows[] = {
	    {URLENCODED, {(const uint8_t *)"a=1&b=2&c=%0D%0A", 16}},
	    {MULTIPART, {(const uint8_t *)PART "x\r\n" FILE_PART "y" END,
			    sizeof(PART "x\r\n" FILE_PART "y" END) - 1}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int err = E_NOMEM, refused = 0;

		for (size_t room = 600; err == E_NOMEM; room += 16) {
			arena_clear(&arena);
			arena_init(&arena, room);
			err = send(rows[i].type, rows[i].body);
			refused += err == E_NOMEM;
			if (err == E_NOMEM)
				assert_int_equal(form.count + form.file_count, 0);
			else
				assert_int_equal(err, E_OK);
			form_close(&form);
			assert_true(folder_is_empty());
		}
		assert_in_range(refused, 3, 100000);
	}
}

static int
no_files(void *arg, const struct form *so_far, struct fault *f)
{
	assert_ptr_equal(arg, &limits);
	assert_string_equal(form_value(so_far, "a"), "x");
	return fault_set(f, E_DENIED, NULL, "not you");
}

static void
test_permission(void **state)
{
	(void)state;
	limits.allow_files = no_files;
	limits.arg = &limits;
	limits.folder = "/nowhere/at/all";
	assert_int_equal(
	    send(MULTIPART, BYTES(PART "x\r\n" FILE_PART "y" END)), E_DENIED);
	assert_string_equal(fault.text, "not you");
	limits.allow_files = NULL;
	assert_int_equal(
	    send(MULTIPART, BYTES(PART "x\r\n" FILE_PART "y" END)), E_NOTFOUND);
}

/* ---- cookies --------------------------------------------------------------------------------- */

static void
test_cookies(void **state)
{
	static const struct {
		const char *header, *value; /* NULL: none */
	} rows[] = {
	    {"HTTP_COOKIE=sid=abc", "abc"},
	    {"HTTP_COOKIE=other=1; sid=abc; x", "abc"},
	    {"HTTP_COOKIE= sid = abc ;y=2", "abc"},
	    {"HTTP_COOKIE=sid=", ""},
	    {"HTTP_COOKIE=SID=abc", NULL},
	    {"HTTP_COOKIE=xsid=abc", NULL},
	    {"HTTP_COOKIE=sid", NULL},
	    {"HTTP_COOKIE=", NULL},
	    {"HTTP_COOKIE=;;;", NULL},
	    {"HTTP_COOKIE=sid=abc; sid=abc", "abc"},
	    {"HTTP_COOKIE=sid=abc; sid=evil", NULL},
	    {"SOMETHING=x", NULL},
	};
	struct response res;
	struct span value;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *variables[] = {"REQUEST_METHOD=GET", rows[i].header, NULL};

		request_begin(&req, &rules, &io, (char **)(uintptr_t)variables, &arena,
		    &note, &fault);
		assert_int_equal(
		    cookie_get(&req, "sid", &value), rows[i].value != NULL);
		if (rows[i].value != NULL)
			assert_text(value, span_str(rows[i].value));
	}
	response_init(&res);
	cookie_set(&res, &(struct cookie){"__Host-a", "x-1_Z", "/", 0, true});
	cookie_set(&res, &(struct cookie){"b", "", "/p", 60, false});
	cookie_set(&res, &(struct cookie){"c", "", "/", -1, true});
	assert_text(strbuf_span(&res.head),
	    BYTES("Set-Cookie: __Host-a=x-1_Z; Path=/; HttpOnly; SameSite=Strict; "
		  "Secure\r\n"
		  "Set-Cookie: b=; Path=/p; Max-Age=60; HttpOnly; SameSite=Strict\r\n"
		  "Set-Cookie: c=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; "
		  "Secure\r\n"));
	assert_int_equal(res.err, E_OK);
	cookie_set(&res, &(struct cookie){"a", "x;y", "/", 0, true});
	assert_int_equal(res.err, E_INTERNAL);
	response_clear(&res);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_urlencoded, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_multipart, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_window, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_boundaries, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_refused, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_limits, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_part_limits, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_little_memory, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_permission, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_cookies, setup, teardown),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
