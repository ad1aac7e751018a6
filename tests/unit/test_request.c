#include "unit.h"

#include "web/body.h"
#include "web/client.h"
#include "web/credential.h"

/* A transport that gives a body from memory. */
static struct span input;
static bool broken;

static int
memory_read(void *buf, size_t n, size_t *got)
{
	*got = n < input.len ? n : input.len;
	if (*got > 0)
		memcpy(buf, input.data, *got);
	input = span_from(input, *got);
	return broken && *got < n ? E_IO : E_OK;
}

static const struct transport framed = {.framed = true, .read = memory_read};
static const struct transport bare = {.read = memory_read};

static struct arena arena;
static struct strbuf note;
static struct fault fault;
static struct request_rules rules;
static struct request req;

static int
setup(void **state)
{
	(void)state;
	arena_init(&arena, 65536);
	strbuf_init(&note, 200);
	memset(&rules, 0, sizeof rules);
	memset(&fault, 0, sizeof fault);
	broken = false;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	arena_clear(&arena);
	strbuf_clear(&note);
	return 0;
}

static int
begin(const char *const *variables)
{
	return request_begin(&req, &rules, &framed, (char **)(uintptr_t)variables,
	    &arena, &note, &fault);
}

#define BEGIN(...) begin((const char *const[]){__VA_ARGS__, NULL})

static void
test_methods(void **state)
{
	static const struct {
		const char *variable;
		enum method method;
	} methods[] = {
	    {"REQUEST_METHOD=GET", METHOD_GET},
	    {"REQUEST_METHOD=HEAD", METHOD_HEAD},
	    {"REQUEST_METHOD=POST", METHOD_POST},
	    {"REQUEST_METHOD=PUT", METHOD_PUT},
	    {"REQUEST_METHOD=PATCH", METHOD_PATCH},
	    {"REQUEST_METHOD=DELETE", METHOD_DELETE},
	    {"REQUEST_METHOD=OPTIONS", METHOD_OPTIONS},
	    {"REQUEST_METHOD=get", METHOD_OTHER},
	    {"REQUEST_METHOD=GETS", METHOD_OTHER},
	    {"REQUEST_METHOD=", METHOD_OTHER},
	    {"NOTHING=", METHOD_OTHER},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(methods); i++) {
		assert_int_equal(BEGIN(methods[i].variable, "REQUEST_URI=/"), E_OK);
		assert_int_equal(req.method, methods[i].method);
	}
	assert_string_equal(req.method_name, "-");
}

static void
test_headers_and_variables(void **state)
{
	(void)state;
	assert_int_equal(BEGIN("REQUEST_URI=/", "HTTP_USER_AGENT=x", "CONTENT_TYPE=a/b",
			     "HTTP_SSL_CLIENT_CERT=forged", "HTTP_X=1", "HTTP_X=2",
			     "REDIRECT_HTTP_AUTHORIZATION=k", "REMOTE_ADDR=192.0.2.1",
			     "EMPTY=", "R=", "=x"),
	    E_OK);
	assert_string_equal(request_header(&req, "User-Agent"), "x");
	assert_string_equal(request_header(&req, "user-agent"), "x");
	assert_string_equal(request_header(&req, "Content-Type"), "a/b");
	assert_string_equal(request_header(&req, "Authorization"), "k");
	assert_string_equal(request_header(&req, "X"), "1");
	assert_int_equal(request_header_count(&req, "X"), 2);
	assert_int_equal(request_header_count(&req, "User-Agent"), 1);
	assert_int_equal(request_header_count(&req, "Accept"), 0);
	assert_null(request_header(&req, "User"));
	assert_null(request_header(&req, "Remote-Addr"));
	assert_string_equal(request_variable(&req, "REMOTE_ADDR"), "192.0.2.1");
	assert_string_equal(request_variable(&req, "EMPTY"), "");
	assert_null(request_variable(&req, "SSL_CLIENT_CERT"));
	assert_null(request_variable(&req, "HTTP_SSL_CLIENT_CERT"));
	assert_null(request_variable(&req, "HTTP_USER_AGENT"));
	assert_null(request_variable(&req, "REDIRECT_HTTP_AUTHORIZATION"));
	assert_null(request_variable(&req, "REMOTE"));
	assert_null(request_variable(&req, "REMOTE_ADDR_2"));
}

/* What web servers give for one and the same thing. */
static void
test_views(void **state)
{
	(void)state;
	rules.prefix = span_str("/lora");
	/* lighttpd and Apache: a prefix is the script, the rest PATH_INFO. */
	assert_int_equal(BEGIN("REQUEST_URI=/lora/gate/x%20y?q",
			     "SCRIPT_NAME=/lora/gate", "PATH_INFO=/x y"),
	    E_OK);
	assert_text(req.path, span_str("/lora/gate/x y"));
	assert_true(request_view(&req, 0));
	assert_text(req.path, span_str("/gate/x y"));
	assert_text(req.prefix, span_str("/lora"));
	assert_true(request_view(&req, 2));
	assert_text(req.path, span_str("/x y"));
	assert_text(req.prefix, span_str("/lora/gate"));
	/* nginx: everything is the script. */
	assert_int_equal(BEGIN("REQUEST_URI=/gate/x", "SCRIPT_NAME=/gate/x"), E_OK);
	assert_text(req.path, span_str("/gate/x"));
	assert_false(request_view(&req, 0));
	assert_false(request_view(&req, 2));
	/* The prefix alone, with and without its slash, and a name that begins so. */
	assert_int_equal(BEGIN("REQUEST_URI=/lora"), E_OK);
	assert_true(request_view(&req, 0));
	assert_text(req.path, span_str("/"));
	assert_int_equal(BEGIN("REQUEST_URI=/lora/"), E_OK);
	assert_true(request_view(&req, 0));
	assert_text(req.path, span_str("/"));
	assert_int_equal(BEGIN("REQUEST_URI=/lorawan"), E_OK);
	assert_false(request_view(&req, 0));
	/* Only what CGI itself demands. */
	assert_int_equal(BEGIN("SCRIPT_NAME=/gate", "PATH_INFO=/x%41"), E_OK);
	assert_text(req.path, span_str("/gate/x%41"));
	assert_int_equal(BEGIN("SCRIPT_NAME=/gate"), E_OK);
	assert_text(req.path, span_str("/gate"));
	assert_int_equal(BEGIN("NOTHING="), E_INVALID);
	assert_text(req.path, span_str("/"));
	assert_text(request_raw_path(&req), span_str("/"));
}

static void
test_queries(void **state)
{
	struct span value;

	(void)state;
	assert_int_equal(
	    BEGIN("REQUEST_URI=/x?a=1&b=%41+c&a=2", "QUERY_STRING=a=1&b=%41+c&a=2"),
	    E_OK);
	assert_int_equal(request_pairs(&req, NULL), 3);
	assert_true(request_query(&req, "a", &value));
	assert_text(value, span_str("1"));
	assert_true(request_query(&req, "b", &value));
	assert_text(value, span_str("A c"));
	assert_false(request_query(&req, "c", &value));
	assert_text(request_raw_path(&req), span_str("/x"));
	/* The Kickstarter appends ?filter=ttn to what has a query already. */
	assert_int_equal(BEGIN("REQUEST_URI=/x?a=1?filter=ttn"), E_OK);
	assert_true(request_query(&req, "a", &value));
	assert_text(value, span_str("1?filter=ttn"));
	assert_int_equal(BEGIN("REQUEST_URI=/x?", "QUERY_STRING="), E_OK);
	assert_int_equal(request_pairs(&req, NULL), 0);
	assert_int_equal(BEGIN("REQUEST_URI=/x?a=%4"), E_INVALID);
}

static void
test_too_many_pairs(void **state)
{
	static char uri[1000] = "REQUEST_URI=/?";
	char *to = uri + strlen(uri);

	(void)state;
	for (int i = 0; i < REQUEST_PAIRS; i++, to += 2)
		memcpy(to, "a&", 2);
	to[-1] = '\0';
	assert_int_equal(BEGIN(uri), E_OK);
	assert_int_equal(request_pairs(&req, NULL), REQUEST_PAIRS);
	memcpy(to - 1, "&a", 3);
	assert_int_equal(BEGIN(uri), E_INVALID);
}

static const struct {
	const char *length, *body;
	bool framed;
	int err;
} bodies[] = {
    {"5", "hello", true, E_OK},
    {" 5 ", "hello", true, E_OK},
    {"5", "hello", false, E_OK},
    {"5", "hello and the next request", false, E_OK},
    {"5", "hello!", true, E_INVALID},
    {"5", "hell", true, E_INVALID},
    {"5", "hell", false, E_INVALID},
    {"5", "", true, E_INVALID},
    {"0", "", true, E_OK},
    {"0", "x", true, E_INVALID},
    {"", "", true, E_OK},
    {"", "x", true, E_INVALID},
    {"", "x", false, E_OK},
    {"10", "0123456789", true, E_OK},
    {"11", "01234567890", true, E_TOOBIG},
    {"-1", "x", true, E_INVALID},
    {"+5", "hello", true, E_INVALID},
    {"5x", "hello", true, E_INVALID},
    {"0x5", "hello", true, E_INVALID},
    {"18446744073709551615", "x", true, E_INVALID},
    {"9223372036854775807", "x", true, E_TOOBIG},
    {"99999999999999999999999", "x", true, E_INVALID},
};

static void
test_bodies(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bodies); i++) {
		char length[64] = "CONTENT_LENGTH=";
		bool is_framed = bodies[i].framed;

		strncat(length, bodies[i].length, 40);
		BEGIN(bodies[i].length[0] != '\0' ? length : "X=", "REQUEST_URI=/");
		req.io = is_framed ? &framed : &bare;
		input = span_str(bodies[i].body);
		assert_int_equal(body_read_all(&req, 10, &fault), bodies[i].err);
		if (bodies[i].err == E_OK && bodies[i].length[0] != '\0')
			assert_text(req.body, span_of(bodies[i].body, req.body.len));
		/* A framed body is read to its end, another never past it. */
		if (is_framed)
			assert_int_equal(input.len, 0);
	}
	input = span_str("hello and more");
	BEGIN("REQUEST_URI=/", "CONTENT_LENGTH=5");
	req.io = &bare;
	assert_int_equal(body_read_all(&req, 10, &fault), E_OK);
	assert_text(input, span_str(" and more"));
}

static void
test_a_body_that_breaks_off(void **state)
{
	(void)state;
	broken = true;
	input = span_str("hel");
	BEGIN("REQUEST_URI=/", "CONTENT_LENGTH=5");
	assert_int_equal(body_read_all(&req, 10, &fault), E_INVALID);
	assert_string_equal(fault.text, "the body is shorter than its Content-Length");
}

static void
test_a_body_over_the_memory(void **state)
{
	static char much[100000];

	(void)state;
	input = span_of(much, sizeof much);
	BEGIN("REQUEST_URI=/", "CONTENT_LENGTH=100000");
	assert_int_equal(body_read_all(&req, 1 << 20, &fault), E_TOOBIG);
	assert_int_equal(input.len, 0);
}

static void
test_reading_in_pieces(void **state)
{
	char buf[4];
	size_t got;

	(void)state;
	input = span_str("0123456789");
	BEGIN("REQUEST_URI=/", "CONTENT_LENGTH=10");
	assert_int_equal(body_begin(&req, 10, &fault), E_OK);
	assert_int_equal(body_read(&req, buf, 4, &got, &fault), E_OK);
	assert_text(span_of(buf, got), span_str("0123"));
	assert_int_equal(req.body_left, 6);
	assert_int_equal(body_read(&req, buf, 4, &got, &fault), E_OK);
	assert_int_equal(body_read(&req, buf, 4, &got, &fault), E_OK);
	assert_text(span_of(buf, got), span_str("89"));
	assert_int_equal(body_read(&req, buf, 4, &got, &fault), E_OK);
	assert_int_equal(got, 0);
	assert_int_equal(body_end(&req, &fault), E_OK);
	/* A handler may stop in the middle. */
	input = span_str("0123456789");
	BEGIN("REQUEST_URI=/", "CONTENT_LENGTH=10");
	assert_int_equal(body_begin(&req, 10, &fault), E_OK);
	assert_int_equal(body_read(&req, buf, 4, &got, &fault), E_OK);
	assert_int_equal(body_end(&req, &fault), E_OK);
	assert_int_equal(input.len, 0);
}

static void
test_notes(void **state)
{
	(void)state;
	BEGIN("REQUEST_URI=/");
	request_note(&req, "eui", span_str("58A0"));
	request_note(&req, "reason", span_str("a \"b\""));
	request_note(&req, "key", span_str(""));
	assert_string_equal(strbuf_str(&note), " eui=58A0 reason=\"a 'b'\" key=\"\"");
}

static void
test_key_forms(void **state)
{
	static const char *const names[] = {"X-Api-Key", "Grpc-Metadata-Authorization"};
	struct span key;

	(void)state;
	rules.key_headers = names;
	rules.key_header_count = COUNT(names);
	BEGIN("REQUEST_URI=/", "HTTP_AUTHORIZATION=\tbeaReR \t a.b ");
	assert_int_equal(request_key(&req, &key), E_OK);
	assert_text(key, span_str("a.b"));
	BEGIN("REQUEST_URI=/", "HTTP_AUTHORIZATION=Basic x",
	    "HTTP_X_API_KEY= ", "HTTP_GRPC_METADATA_AUTHORIZATION=Bearer y");
	assert_int_equal(request_key(&req, &key), E_OK);
	assert_text(key, span_str("y"));
	BEGIN("REQUEST_URI=/", "HTTP_AUTHORIZATION=bearer");
	assert_int_equal(request_key(&req, &key), E_NOAUTH);
	BEGIN("REQUEST_URI=/", "HTTP_AUTHORIZATION=basic");
	assert_int_equal(request_key(&req, &key), E_NOAUTH);
	BEGIN("REQUEST_URI=/", "HTTP_AUTHORIZATION=keyless");
	assert_int_equal(request_key(&req, &key), E_OK);
	assert_text(key, span_str("keyless"));
	BEGIN("REQUEST_URI=/", "HTTP_AUTHORIZATION=Bearer two words");
	assert_int_equal(request_key(&req, &key), E_NOAUTH);
	assert_int_equal(key.len, 0);
}

#define BEGIN_CERT "-----BEGIN CERTIFICATE-----"
#define END_CERT "-----END CERTIFICATE-----"
#define TIDY BEGIN_CERT "\nMIIB+g/=\nAA==\n" END_CERT "\n"

/* What a server variable or a proxy's header becomes; NULL: nothing that is PEM. */
static void
test_certificates(void **state)
{
	static const struct {
		const char *value, *pem;
	} rows[] = {
	    {BEGIN_CERT "\nMIIB+g/=\nAA==\n" END_CERT "\n", TIDY},
	    {BEGIN_CERT "\r\nMIIB+g/=\r\nAA==\r\n" END_CERT, TIDY},
	    {BEGIN_CERT " MIIB+g/= \tAA== " END_CERT, TIDY},
	    {"\n " BEGIN_CERT "MIIB+g/=\n\n\nAA==" END_CERT " ", TIDY},
	    {BEGIN_CERT "%0AMIIB%2Bg%2F%3D%0aAA%3D%3D%0A" END_CERT "%0A", TIDY},
	    {BEGIN_CERT END_CERT, NULL},
	    {BEGIN_CERT "\n", NULL},
	    {BEGIN_CERT, NULL},
	    {"-----BEGIN CERTIFICATE----" END_CERT, NULL},
	    {"MIIB", NULL},
	    {"(null)", NULL},
	    {BEGIN_CERT "\nMI-B\n" END_CERT, NULL},
	    {BEGIN_CERT "\nMI%zzB\n" END_CERT, NULL},
	    {BEGIN_CERT "\nMI%00B\n" END_CERT, NULL},
	    {BEGIN_CERT "\nMIIB\n" END_CERT "%", NULL},
	    {BEGIN_CERT "\nMIIB\n" END_CERT "\nx", NULL},
	    {"x" BEGIN_CERT "\nMIIB\n" END_CERT, NULL},
	    {BEGIN_CERT "\nMIIB\n" END_CERT BEGIN_CERT "\nMIIB\n" END_CERT, NULL},
	    {"-----BEGIN EC PRIVATE KEY-----\nMIIB\n-----END EC PRIVATE KEY-----",
		NULL},
	};
	struct span pem;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *variable =
		    arena_printf(&arena, "SSL_CLIENT_CERT=%s", rows[i].value);

		BEGIN("REQUEST_URI=/", variable);
		assert_int_equal(request_client_certificate(&req, &pem),
		    rows[i].pem != NULL ? E_OK : E_INVALID);
		if (rows[i].pem != NULL)
			assert_text(pem, span_str(rows[i].pem));
	}
	BEGIN("REQUEST_URI=/", "SSL_CLIENT_CERT=");
	assert_int_equal(request_client_certificate(&req, &pem), E_NOTFOUND);
	BEGIN("REQUEST_URI=/", "HTTP_SSL_CLIENT_CERT=" TIDY,
	    "REDIRECT_SSL_CLIENT_CERT=" TIDY);
	assert_int_equal(request_client_certificate(&req, &pem), E_NOTFOUND);
}

/* In a header it counts from a trusted proxy alone, and once. */
static void
test_certificate_headers(void **state)
{
	static const struct network proxy = {.base = {4, {192, 0, 2, 1}}, .bits = 32};
	struct span pem;

	(void)state;
	rules.certificate_header = "X-Client-Cert";
	BEGIN("REQUEST_URI=/", "REMOTE_ADDR=192.0.2.1", "HTTP_X_CLIENT_CERT=" TIDY);
	assert_int_equal(request_client_certificate(&req, &pem), E_NOTFOUND);
	rules.proxies = &proxy;
	rules.proxy_count = 1;
	BEGIN("REQUEST_URI=/", "REMOTE_ADDR=192.0.2.2", "HTTP_X_CLIENT_CERT=" TIDY);
	assert_int_equal(request_client_certificate(&req, &pem), E_NOTFOUND);
	BEGIN("REQUEST_URI=/", "REMOTE_ADDR=192.0.2.1", "HTTP_X_CLIENT_CERT=" TIDY);
	assert_int_equal(request_client_certificate(&req, &pem), E_OK);
	assert_text(pem, span_str(TIDY));
	BEGIN("REQUEST_URI=/", "REMOTE_ADDR=192.0.2.1", "HTTP_X_CLIENT_CERT=" TIDY,
	    "HTTP_X_CLIENT_CERT=" TIDY);
	assert_int_equal(request_client_certificate(&req, &pem), E_INVALID);
	BEGIN("REQUEST_URI=/", "REMOTE_ADDR=192.0.2.1", "HTTP_X_CLIENT_CERT=");
	assert_int_equal(request_client_certificate(&req, &pem), E_NOTFOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_methods, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_headers_and_variables, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_views, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_queries, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_too_many_pairs, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_bodies, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_a_body_that_breaks_off, setup, teardown),
	    cmocka_unit_test_setup_teardown(
		test_a_body_over_the_memory, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_reading_in_pieces, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_notes, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_key_forms, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_certificates, setup, teardown),
	    cmocka_unit_test_setup_teardown(test_certificate_headers, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
