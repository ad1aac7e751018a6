/* certificate_issue(), looked at by our own eyes and by those of OpenSSL. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hex.h"
#include "crypto/certificate.h"
#include "tests/lib/crypto_fixture.h"

struct issued {
	struct span key, crt;
};

static struct arena arena;
static struct fault fault;
static const struct issued self;

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 22);
	fault = (struct fault){0};
	folder_make();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_clear(&arena);
	folder_remove();
	return 0;
}

static struct issued
issue_for(struct span key, struct certificate_request request, struct issued ca)
{
	struct issued out = {.key = key};

	if (request.not_after == 0) {
		request.not_before = NOW - DAY;
		request.not_after = NOW + 365 * DAY;
	}
	if (certificate_issue(
		&request, key, ca.crt, ca.key, &arena, &out.crt, &fault) != E_OK)
		fail_msg("%s: %s", fault.field, fault.text);
	return out;
}

static struct issued
issue(struct certificate_request request, struct issued ca)
{
	struct span key;

	assert_int_equal(private_key_new(&arena, &key), E_OK);
	return issue_for(key, request, ca);
}

static struct issued
make_ca(const char *name, struct issued ca)
{
	return issue((struct certificate_request){.common_name = name, .ca = true}, ca);
}

static struct issued
make_client(const char *name, struct issued ca)
{
	return issue(
	    (struct certificate_request){.common_name = name, .client = true}, ca);
}

static struct certificate_info
info_of(struct span der)
{
	struct certificate_info info;

	assert_int_equal(certificate_inspect(der, &arena, &info, &fault), E_OK);
	return info;
}

static void
certificate_of_ca(void **state)
{
	struct issued ca = make_ca("Fleet CA", self);
	struct certificate_info info = info_of(ca.crt);

	(void)state;
	assert_string_equal(info.subject, "CN=Fleet CA");
	assert_string_equal(info.issuer, "CN=Fleet CA");
	assert_true(info.is_ca);
	assert_true(info.self_signed);
	assert_false(info.client_auth);
	assert_int_equal(info.not_before, NOW - DAY);
	assert_int_equal(info.not_after, NOW + 365 * DAY);
	assert_int_equal(strlen(info.serial), 34);
	assert_memory_equal(info.serial, "01", 2);
	assert_int_equal(private_key_matches(ca.key, ca.crt, &fault), E_OK);
}

static void
serials_are_random(void **state)
{
	struct issued ca = make_ca("Fleet CA", self), a = make_client("a", ca),
		      b = make_client("b", ca);

	(void)state;
	assert_string_not_equal(info_of(a.crt).serial, info_of(b.crt).serial);
}

static void
client_of_each_kind_of_ca(void **state)
{
	struct issued root = make_ca("Root", self), middle = make_ca("Middle", root),
		      other = make_ca("Root", self),
		      client = make_client("58A0CBFFFE800001", middle);
	struct certificate_info info = info_of(client.crt);
	uint64_t eui;

	(void)state;
	assert_true(certificate_eui(&info, &eui));
	assert_true(info.client_auth);
	assert_false(info.is_ca);
	assert_false(info.self_signed);
	/* The one that signed it, were it ever only an intermediate one. */
	assert_int_equal(
	    certificate_verify_client(client.crt, middle.crt, NOW, &fault), E_OK);
	refused(certificate_verify_client(client.crt, root.crt, NOW, &fault), E_DENIED,
	    &fault, "not by this CA");
	client = make_client("58A0CBFFFE800001", root);
	assert_int_equal(
	    certificate_verify_client(client.crt, root.crt, NOW, &fault), E_OK);
	refused(certificate_verify_client(client.crt, other.crt, NOW, &fault), E_DENIED,
	    &fault, "not by this CA");
}

static void
dates_count(void **state)
{
	static const struct {
		int64_t from, to, ca_from, ca_to; /* in days from NOW */
		const char *words;
	} rows[] = {
	    {-1, 1, -1, 1, NULL},
	    {0, 1, 0, 1, NULL},
	    {-1, 0, -1, 0, NULL},
	    {-9, -1, -9, 9, "the certificate expired on 2029-12-31T00:00:00Z"},
	    {1, 9, -9, 9, "the certificate is not valid before 2030-01-02T00:00:00Z"},
	    {-9, 9, -9, -1, "the CA's certificate expired on 2029-12-31T00:00:00Z"},
	    {-9, 9, 1, 9, "the CA's certificate is not valid before 2030-01-02"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct certificate_request request = {.common_name = "CA", .ca = true};
		struct issued ca, client;
		int err;

		request.not_before = NOW + rows[i].ca_from * DAY;
		request.not_after = NOW + rows[i].ca_to * DAY;
		ca = issue(request, self);
		request =
		    (struct certificate_request){.common_name = "1", .client = true};
		request.not_before = NOW + rows[i].from * DAY;
		request.not_after = NOW + rows[i].to * DAY;
		client = issue(request, ca);
		err = certificate_verify_client(client.crt, ca.crt, NOW, &fault);
		if (rows[i].words != NULL)
			refused(err, E_DENIED, &fault, rows[i].words);
		else
			assert_int_equal(err, E_OK);
	}
}

/* The date of this machine plays no part. */
static void
any_present_will_do(void **state)
{
	static const int64_t years[] = {INT64_C(315532800), INT64_C(1262304000),
	    INT64_C(2524608000), INT64_C(4102444800), INT64_C(7258118400)};

	(void)state;
	for (size_t i = 0; i < COUNT(years); i++) {
		struct certificate_request request = {.common_name = "CA",
		    .ca = true,
		    .not_before = years[i],
		    .not_after = years[i] + DAY};
		struct issued ca = issue(request, self), client;

		request.ca = false;
		request.client = true;
		client = issue(request, ca);
		assert_int_equal(info_of(client.crt).not_before, years[i]);
		assert_int_equal(
		    certificate_verify_client(client.crt, ca.crt, years[i] + 1, &fault),
		    E_OK);
		refused(certificate_verify_client(
			    client.crt, ca.crt, years[i] + DAY + 1, &fault),
		    E_DENIED, &fault, "expired");
	}
}

static void
server_is_no_client(void **state)
{
	struct issued ca = make_ca("Root", self), server, both;

	(void)state;
	server = issue(
	    (struct certificate_request){.common_name = "localhost", .server = true},
	    ca);
	refused(certificate_verify_client(server.crt, ca.crt, NOW, &fault), E_DENIED,
	    &fault, "clientAuth");
	both = issue(
	    (struct certificate_request){
		.common_name = "localhost", .server = true, .client = true},
	    ca);
	assert_int_equal(
	    certificate_verify_client(both.crt, ca.crt, NOW, &fault), E_OK);
}

static void
rsa_keys_too(void **state)
{
	struct span rsa = data_file("key-rsa2048-pkcs8.pem", &arena);
	struct issued ca = issue_for(rsa,
	    (struct certificate_request){.common_name = "RSA CA", .ca = true}, self);
	struct issued client = make_client("58A0CBFFFE800001", ca);

	(void)state;
	assert_string_equal(info_of(ca.crt).key_kind, "RSA 2048");
	assert_int_equal(
	    certificate_verify_client(client.crt, ca.crt, NOW, &fault), E_OK);
	assert_int_equal(private_key_matches(rsa, ca.crt, &fault), E_OK);
}

static void
fits_the_station(void **state)
{
	struct issued ca = make_ca("R", self);
	struct span der;

	(void)state;
	assert_memory_equal(ca.crt.data, "\x30\x82", 2);
	assert_int_equal(certificate_der(ca.crt, &arena, &der, NULL, &fault), E_OK);
	assert_true(span_eq(der, ca.crt));
}

static void
refuses_requests(void **state)
{
	static const char *const bad_ip[] = {"127.0.0.1", "300.1.1.1", NULL};
	static const struct {
		struct certificate_request request;
		const char *field, *words;
	} rows[] = {
	    {{.common_name = NULL, .ca = true}, "common_name", "1 to 64"},
	    {{.common_name = "", .ca = true}, "common_name", "1 to 64"},
	    {{.common_name = "12345678901234567890123456789012345678901234567890123456"
			     "789012345",
		 .ca = true},
		"common_name", "1 to 64"},
	    {{.common_name = "x"}, "", "what the certificate is for"},
	    {{.common_name = "x", .server = true, .ip_addresses = bad_ip},
		"ip_addresses", "300.1.1.1"},
	    {{.common_name = "x", .ca = true, .not_before = NOW, .not_after = NOW},
		"not_after", "after"},
	};
	struct span key, der;

	(void)state;
	assert_int_equal(private_key_new(&arena, &key), E_OK);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct certificate_request request = rows[i].request;
		int err;

		if (request.not_after == 0)
			request.not_after = NOW;
		err = certificate_issue(
		    &request, key, self.crt, self.key, &arena, &der, &fault);
		refused(err, E_INVALID, &fault, rows[i].words);
		assert_string_equal(fault.field, rows[i].field);
		assert_int_equal(der.len, 0);
	}
}

static void
refuses_false_cas(void **state)
{
	struct issued ca = make_ca("CA", self), other = make_ca("CA", self),
		      client = make_client("1", ca);
	struct certificate_request request = {
	    .common_name = "2", .client = true, .not_after = NOW};
	struct span key, der;

	(void)state;
	assert_int_equal(private_key_new(&arena, &key), E_OK);
	refused(
	    certificate_issue(&request, key, ca.crt, other.key, &arena, &der, &fault),
	    E_DENIED, &fault, "does not belong");
	refused(certificate_issue(
		    &request, key, client.crt, client.key, &arena, &der, &fault),
	    E_INVALID, &fault, "not that of a CA");
	refused(certificate_issue(
		    &request, span_str("x"), ca.crt, ca.key, &arena, &der, &fault),
	    E_INVALID, &fault, "private key");
	refused(certificate_issue(
		    &request, key, span_str("x"), ca.key, &arena, &der, &fault),
	    E_INVALID, &fault, "certificate");
}

static void
write_pem(const char *name, struct span der)
{
	struct span pem;

	assert_int_equal(certificate_pem(der, &arena, &pem), E_OK);
	folder_write(name, pem, 0600);
}

/* What `openssl` says, or NULL on a machine that has none. */
static const char *
openssl(const char *arguments)
{
	char *dir = arena_strdup(&arena, folder_path("")), *out;
	FILE *pipe;
	size_t n;

	if (system("command -v openssl >/dev/null 2>&1") != 0)
		return NULL;
	pipe = popen(
	    arena_printf(&arena, "cd '%s' && openssl %s 2>&1", dir, arguments), "r");
	assert_non_null(pipe);
	out = arena_zalloc(&arena, 1, 16384);
	n = fread(out, 1, 16383, pipe);
	out[n] = '\0';
	pclose(pipe);
	return out;
}

static void
says(const char *output, const char *words)
{
	if (output != NULL && strstr(output, words) == NULL)
		fail_msg("openssl does not say \"%s\" but \"%s\"", words, output);
}

static void
openssl_verifies(void **state)
{
	static const char *const names[] = {"localhost", "*.example.com", NULL},
				 *const ips[] = {"127.0.0.1", "::1", NULL};
	struct issued root = make_ca("Root", self), middle = make_ca("Middle", root),
		      client = make_client("58A0CBFFFE800001", middle), server;
	const char *text;

	(void)state;
	server = issue((struct certificate_request){.common_name = "localhost",
			   .dns_names = names,
			   .ip_addresses = ips,
			   .server = true},
	    middle);
	write_pem("root", root.crt);
	write_pem("middle", middle.crt);
	write_pem("client", client.crt);
	write_pem("server", server.crt);
#define VERIFY "verify -x509_strict -attime 1893456000 -CAfile root -untrusted middle "
	says(openssl(VERIFY "-purpose sslclient client"), "client: OK");
	says(openssl(VERIFY "-purpose sslserver -verify_hostname localhost server"),
	    "server: OK");
	says(openssl(VERIFY "-purpose sslserver -verify_hostname a.example.com server"),
	    "server: OK");
	says(openssl(VERIFY "-purpose sslserver -verify_ip ::1 server"), "server: OK");
	says(openssl(VERIFY "-purpose sslserver -verify_ip 127.0.0.1 server"),
	    "server: OK");
	says(openssl(VERIFY "-purpose sslserver client"), "error");
	says(openssl(VERIFY "-purpose sslclient server"), "error");
	text = openssl("x509 -in root -noout -text");
	says(text, "Version: 3");
	says(text, "CA:TRUE");
	says(text, "Certificate Sign, CRL Sign");
	says(text, "ecdsa-with-SHA256");
	says(text, "Subject Key Identifier");
	text = openssl("x509 -in client -noout -text");
	says(text, "CA:FALSE");
	says(text, "Digital Signature\n");
	says(text, "TLS Web Client Authentication\n");
	says(text, "Authority Key Identifier");
}

static void
openssl_reads_our_keys(void **state)
{
	struct span key, pem;
	const char *text;

	(void)state;
	assert_int_equal(private_key_new(&arena, &key), E_OK);
	folder_write("key.der", key, 0600);
	assert_int_equal(private_key_pem(key, &arena, &pem), E_OK);
	folder_write("key.pem", pem, 0600);
	says(openssl("ec -inform DER -in key.der -noout -check"), "EC Key valid");
	says(openssl("ec -in key.pem -noout -check"), "EC Key valid");
	text = openssl("ec -in key.pem -outform DER -out again.der && "
		       "cmp key.der again.der && echo same");
	says(text, "same");
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(certificate_of_ca),
	    T(serials_are_random),
	    T(client_of_each_kind_of_ca),
	    T(dates_count),
	    T(any_present_will_do),
	    T(server_is_no_client),
	    T(rsa_keys_too),
	    T(fits_the_station),
	    T(refuses_requests),
	    T(refuses_false_cas),
	    T(openssl_verifies),
	    T(openssl_reads_our_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
