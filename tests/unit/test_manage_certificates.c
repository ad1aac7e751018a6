/* CAs and client certificates as operators handle them. */
#include "tests/lib/data_fixture.h"

#include "base/crc.h"
#include "base/log.h"
#include "crypto/certificate.h"
#include "manage/ca.h"
#include "manage/cert.h"

/* ---- CAs ----------------------------------------------------------------------------------------- */

static void
cas(void **state)
{
	static const char *const prefixes[] = {"58A0"};
	struct fixture *f = *state;
	struct ca_request request = {.id = "my-ca", .name = "Acme Gateways"};
	struct issued root = issue(&f->arena, "Their CA", NULL, true, NOW + 365 * DAY);
	struct issued leaf = issue(&f->arena, "leaf", &root, false, NOW + 365 * DAY);
	struct issued old = issue(&f->arena, "Old CA", NULL, true, NOW);
	struct certificate_info info;
	struct span key;
	struct ca ca;

	done(f, manage_ca_create(worker(f), &request, NOW + 3650 * DAY, &ca));
	assert_non_null(strstr(strbuf_str(&f->said), "speaks for no gateway"));
	done(f, manage_get(worker(f), &ca_kind, "my-ca", &ca));
	assert_string_equal(ca.subject, "CN=Acme Gateways");
	assert_int_equal(ca.not_after, NOW + 3650 * DAY);
	assert_int_equal(certificate_inspect(ca.der, &f->arena, &info, NULL), E_OK);
	assert_true(info.is_ca && info.self_signed);
	done(f, manage_open(worker(f), &ca_kind, ca.serial, "key", &ca.key, &key));
	assert_int_equal(private_key_matches(key, ca.der, NULL), E_OK);
	refused(f, manage_ca_create(worker(f), &request, NOW + DAY, &ca), E_EXISTS,
	    "ca_id: is already used");
	refused(f, manage_ca_create(worker(f), &request, NOW, &ca), E_INVALID,
	    "not_after: must be in the future");

	request =
	    (struct ca_request){.id = "their-ca", .eui_prefixes = list_of(prefixes, 1)};
	done(f, manage_ca_import(worker(f), &request, pem_of(f, root.der), &ca));
	assert_string_equal(strbuf_str(&f->said), "");
	done(f, manage_get(worker(f), &ca_kind, "their-ca", &ca));
	assert_int_equal(ca.key.sealed.len, 0);
	assert_true(ca_speaks_for(&ca, 0x58a0cbfffe800001));
	request.id = "other";
	refused(f, manage_ca_import(worker(f), &request, leaf.der, &ca), E_INVALID,
	    "certificate: is not that of a CA");
	refused(f, manage_ca_import(worker(f), &request, old.der, &ca), E_INVALID,
	    "certificate: has expired");
	refused(f,
	    manage_ca_import(worker(f), &request,
		joined(f, pem_of(f, leaf.der), pem_of(f, root.der)), &ca),
	    E_INVALID, "certificate: there are 2");
}

static void
revoked_certificates(void **state)
{
	struct fixture *f = *state;
	struct cert_made made;
	struct gateway g;
	char *shown, *at;

	add_fleet(f, 1, NULL);
	done(f, manage_cert_issue(
		    worker(f), CERT_CUPS, "gw-1", "my-ca", NOW + 30 * DAY, &made));
	done(f, manage_get(worker(f), &gateway_kind, "gw-1", &g));
	f->certificate = made.der;
	assert_int_equal(poll_with(f, "::1", "", NULL), E_OK);
	/* As openssl prints it: upper case, and others put colons between. */
	shown = arena_printf(&f->arena, "00:%s", made.info.serial);
	for (at = shown; *at != '\0'; at++)
		if (*at >= 'a')
			*at -= 32;
	done(f, manage_ca_revoke(worker(f), "my-ca", shown));
	assert_int_equal(poll_with(f, "::1", "", NULL), E_DENIED);
	refused(f, manage_ca_revoke(worker(f), "my-ca", made.info.serial), E_EXISTS,
	    "is revoked already");
	refused(f, manage_ca_revoke(worker(f), "my-ca", "xyz"), E_INVALID, "serial: ");
	refused(f, manage_ca_revoke(worker(f), "my-ca", "00"), E_INVALID, "serial: ");
	refused(f, manage_ca_revoke(worker(f), "no-ca", "12"), E_NOTFOUND, "no-ca");
}

/* ---- client certificates ------------------------------------------------------------------------- */

static void
issued_for_a_gateway(void **state)
{
	struct fixture *f = *state;
	struct cert_made made;
	struct gateway g;
	struct ca ca;
	struct span key;

	add_fleet(f, 2, NULL);
	done(f, manage_get(worker(f), &ca_kind, "my-ca", &ca));
	done(f, manage_cert_issue(
		    worker(f), CERT_LNS, "gw-2", "my-ca", NOW + 30 * DAY, &made));
	assert_string_equal(made.info.common_name, "0000000000000002");
	assert_true(made.info.client_auth);
	assert_int_equal(made.info.not_after, NOW + 30 * DAY);
	assert_int_equal(made.ca, ca.serial);
	assert_int_equal(certificate_verify_client(made.der, ca.der, NOW, NULL), E_OK);
	done(f, manage_get(worker(f), &gateway_kind, "gw-2", &g));
	assert_true(span_eq(g.lns_certificate.der, made.der));
	assert_int_equal(g.lns_certificate.crc, crc32_of(made.der));
	assert_int_equal(g.cups_certificate.der.len, 0);
	done(f, manage_open(worker(f), &gateway_kind, g.serial, "lns_certificate.key",
		    &g.lns_certificate.key, &key));
	assert_int_equal(private_key_matches(key, made.der, NULL), E_OK);
	assert_int_equal(g.lns_certificate.key.crc, crc32_of(key));
	assert_int_equal(g.lns_certificate.key.length, key.len);
	/* Never longer than its CA. */
	done(f, manage_cert_issue(
		    worker(f), CERT_LNS, "gw-2", "my-ca", NOW + 9999 * DAY, &made));
	assert_int_equal(made.info.not_after, ca.not_after);
	assert_non_null(strstr(strbuf_str(&f->said), "ends with its CA"));
	done(f, manage_cert_remove(worker(f), CERT_LNS, "gw-2"));
	refused(f, manage_cert_remove(worker(f), CERT_LNS, "gw-2"), E_NOTFOUND,
	    "has no such certificate");
	done(f, manage_get(worker(f), &gateway_kind, "gw-2", &g));
	assert_int_equal(g.lns_certificate.der.len, 0);
	assert_int_equal(g.lns_certificate.key.sealed.len, 0);
	assert_int_equal(g.lns_certificate.crc, 0);
}

static void
issues_that_are_refused(void **state)
{
	struct fixture *f = *state;
	struct issued theirs = issue(&f->arena, "Theirs", NULL, true, NOW + 365 * DAY);
	struct ca_request request = {.id = "theirs"};
	struct cert_made made;
	struct ca ca;

	add_fleet(f, 1, NULL);
	done(f, manage_ca_import(worker(f), &request, theirs.der, &ca));
	add_gateway(f, "other", "58A0CBFFFE800001");
	add_gateway(f, "no-eui", "");
	refused(f,
	    manage_cert_issue(worker(f), CERT_CUPS, "gw-1", "theirs", NOW + DAY, &made),
	    E_STATE, "the key of CA theirs is not here");
	refused(f,
	    manage_cert_issue(worker(f), CERT_CUPS, "other", "my-ca", NOW + DAY, &made),
	    E_DENIED, "CA my-ca may not speak for 58A0CBFFFE800001");
	refused(f,
	    manage_cert_issue(
		worker(f), CERT_CUPS, "no-eui", "my-ca", NOW + DAY, &made),
	    E_STATE, "ids.eui: no-eui has no EUI");
	refused(f, manage_cert_issue(worker(f), CERT_CUPS, "gw-1", "my-ca", NOW, &made),
	    E_INVALID, "not_after");
	refused(f,
	    manage_cert_issue(worker(f), CERT_CUPS, "gw-1", "none", NOW + DAY, &made),
	    E_NOTFOUND, "there is no ca none");
	f->manage.now = NOW + 3650 * DAY;
	refused(f,
	    manage_cert_issue(
		worker(f), CERT_CUPS, "gw-1", "my-ca", NOW + 4000 * DAY, &made),
	    E_STATE, "CA my-ca has expired");
}

static void
imported_for_a_gateway(void **state)
{
	static const char *const prefixes[] = {"58A0"};
	struct fixture *f = *state;
	struct issued ca_pair = issue(&f->arena, "My CA", NULL, true, NOW + 365 * DAY);
	struct issued good =
	    issue(&f->arena, "58a0cbfffe800001", &ca_pair, false, NOW + 90 * DAY);
	struct issued named =
	    issue(&f->arena, "gateway-7", &ca_pair, false, NOW + 10 * DAY);
	struct issued old =
	    issue(&f->arena, "58A0CBFFFE800001", &ca_pair, false, NOW - DAY);
	struct ca_request request = {
	    .id = "mine", .eui_prefixes = list_of(prefixes, 1)};
	struct cert_made made;
	struct gateway g;
	struct span key_pem;
	struct ca ca;

	add_gateway(f, "gw-7", "58A0CBFFFE800001");
	assert_int_equal(private_key_pem(good.key, &f->arena, &key_pem), E_OK);
	done(f, manage_cert_import(
		    worker(f), CERT_CUPS, "gw-7", pem_of(f, good.der), key_pem, &made));
	assert_int_equal(made.ca, 0);
	assert_non_null(strstr(strbuf_str(&f->said), "no registered CA lets"));
	done(f, manage_ca_import(worker(f), &request, ca_pair.der, &ca));
	/* A chain: the first one counts. */
	done(f, manage_cert_import(worker(f), CERT_CUPS, "gw-7",
		    joined(f, pem_of(f, good.der), pem_of(f, ca_pair.der)), good.key,
		    &made));
	assert_int_equal(made.ca, ca.serial);
	assert_non_null(strstr(strbuf_str(&f->said), "only the first of 2"));
	done(f, manage_get(worker(f), &gateway_kind, "gw-7", &g));
	assert_true(span_eq(g.cups_certificate.der, good.der));
	/* Another name: refused for CUPS, told for a network server. */
	refused(f,
	    manage_cert_import(
		worker(f), CERT_CUPS, "gw-7", named.der, named.key, &made),
	    E_INVALID, "certificate: its CN is \"gateway-7\"");
	done(f, manage_cert_import(
		    worker(f), CERT_LNS, "gw-7", named.der, named.key, &made));
	assert_non_null(strstr(strbuf_str(&f->said), "CN is \"gateway-7\""));
	assert_non_null(strstr(strbuf_str(&f->said), "expires in 10 days"));
	refused(f,
	    manage_cert_import(
		worker(f), CERT_CUPS, "gw-7", good.der, named.key, &made),
	    E_INVALID, "key: does not belong to the certificate");
	refused(f,
	    manage_cert_import(worker(f), CERT_CUPS, "gw-7", old.der, old.key, &made),
	    E_INVALID, "certificate: has expired");
	refused(f,
	    manage_cert_import(
		worker(f), CERT_CUPS, "gw-7", good.der, BYTES("no key"), &made),
	    E_INVALID, "");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_memory, fixture_end)
	const struct CMUnitTest tests[] = {
	    TEST(cas),
	    TEST(revoked_certificates),
	    TEST(issued_for_a_gateway),
	    TEST(issues_that_are_refused),
	    TEST(imported_for_a_gateway),
	};

	log_open("test", LOG_NOWHERE, LOG_ERROR);
	return cmocka_run_group_tests_name("manage certificates", tests, NULL, NULL);
}
