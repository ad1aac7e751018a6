/* trust_fetch() against servers in child processes: which certificates lead to which root. */
#include "tests/unit/trust_scene.h"

static void
root_of_a_good_chain(void **state)
{
	(void)state;
	start(leaf, pem_of(middle.crt));
	fetches("lns.test", root.crt);
	assert_true(span_eq(found.root, root.crt));
	assert_string_equal(found.root_subject, "CN=Root");
	assert_string_equal(found.server_subject, "CN=Server");
	assert_int_equal(found.chain_length, 3);
	assert_int_equal(found.chain_expires, NOW + 100 * DAY);
	assert_int_equal(found.root_expires, NOW + 1000 * DAY);
}

/* The root is sent too; other roots are among the anchors. */
static void
root_among_others(void **state)
{
	struct issued other = issue(
	    (struct certificate_request){.common_name = "Other", .ca = true}, self);
	struct span anchors = join(pem_of(other.crt), pem_of(root.crt));

	(void)state;
	start(leaf, join(pem_of(middle.crt), pem_of(root.crt)));
	assert_int_equal(trust_fetch("lns.test", server.port, anchors, NOW, WAIT,
			     &arena, &found, &fault),
	    E_OK);
	assert_true(span_eq(found.root, root.crt));
	assert_int_equal(found.chain_length, 3);
}

/* An operator may trust the intermediate only, or a server's own certificate. */
static void
anchors_below_the_root(void **state)
{
	struct issued alone = issue(for_server, self);

	(void)state;
	start(leaf, pem_of(middle.crt));
	fetches("lns.test", middle.crt);
	assert_true(span_eq(found.root, middle.crt));
	assert_int_equal(found.chain_length, 2);
	assert_int_equal(found.root_expires, NOW + 500 * DAY);
	tls_server_stop(&server);
	start(alone, span_str(""));
	fetches("lns.test", alone.crt);
	assert_true(span_eq(found.root, alone.crt));
	assert_int_equal(found.chain_length, 1);
}

/* Of two certificates of the root's key the one counts that is valid. */
static void
renewed_root(void **state)
{
	struct certificate_request again = {.common_name = "Root",
	    .ca = true,
	    .not_before = NOW - 20 * DAY,
	    .not_after = NOW - 10 * DAY};
	struct span old, anchors;

	(void)state;
	assert_int_equal(certificate_issue(&again, root.key, self.crt, self.key, &arena,
			     &old, &fault),
	    E_OK);
	start(leaf, pem_of(middle.crt));
	for (int i = 0; i < 2; i++) {
		anchors = i == 0 ? join(pem_of(old), pem_of(root.crt))
				 : join(pem_of(root.crt), pem_of(old));
		assert_int_equal(trust_fetch("lns.test", server.port, anchors, NOW,
				     WAIT, &arena, &found, &fault),
		    E_OK);
		assert_true(span_eq(found.root, root.crt));
	}
	fails("lns.test", old, "the root certificate CN=Root expired on 2029-12-22");
}

static void
leaves_out_the_intermediate(void **state)
{
	(void)state;
	start(leaf, span_str(""));
	fails("lns.test", root.crt, "unknown issuer: CN=Middle is neither sent");
}

static void
unknown_issuers(void **state)
{
	struct issued other = issue(
	    (struct certificate_request){.common_name = "Root", .ca = true}, self);
	struct issued alone = issue(for_server, self);

	(void)state;
	start(leaf, pem_of(middle.crt));
	fails("lns.test", other.crt, "unknown issuer: CN=Root is neither sent");
	tls_server_stop(&server);
	start(leaf, join(pem_of(middle.crt), pem_of(root.crt)));
	fails("lns.test", other.crt, "unknown issuer: CN=Root is self-signed");
	tls_server_stop(&server);
	start(alone, span_str(""));
	fails("lns.test", root.crt, "the server's certificate is self-signed");
}

static void
dates(void **state)
{
	struct certificate_request request = for_server;
	struct issued late, old_middle;

	(void)state;
	request.not_before = NOW - 9 * DAY;
	request.not_after = NOW - 1;
	start(issue(request, middle), pem_of(middle.crt));
	fails("lns.test", root.crt,
	    "the server's certificate expired on 2029-12-31T23:59:59Z");
	tls_server_stop(&server);
	request.not_before = NOW + DAY;
	request.not_after = NOW + 9 * DAY;
	start(issue(request, middle), pem_of(middle.crt));
	fails("lns.test", root.crt,
	    "the server's certificate is not valid before 2030-01-02T00:00:00Z");
	tls_server_stop(&server);
	request = (struct certificate_request){.common_name = "Old",
	    .ca = true,
	    .not_before = NOW - 9 * DAY,
	    .not_after = NOW - DAY};
	old_middle = issue(request, root);
	late = issue(for_server, old_middle);
	start(late, pem_of(old_middle.crt));
	fails("lns.test", root.crt,
	    "the intermediate certificate CN=Old expired on 2029-12-31T00:00:00Z");
}

static void
host_names(void **state)
{
	static const char *const others[] = {"other.test", NULL};
	struct certificate_request request = for_server;

	(void)state;
	request.dns_names = others;
	request.ip_addresses = NULL;
	start(issue(request, middle), pem_of(middle.crt));
	fails("lns.test", root.crt,
	    "wrong host name: the server's certificate (CN=Server) is not for "
	    "lns.test");
	fails("127.0.0.1", root.crt, "is not for 127.0.0.1");
	tls_server_stop(&server);
	start(leaf, pem_of(middle.crt));
	fetches("lns.test.", root.crt);
	fetches("127.0.0.1", root.crt);
}

static void
uses(void **state)
{
	struct certificate_request request = for_server;
	struct issued end;

	(void)state;
	request.server = false;
	request.client = true;
	start(issue(request, middle), pem_of(middle.crt));
	fails("lns.test", root.crt, "not made for servers");
	tls_server_stop(&server);
	/* A certificate under one that is not a CA. */
	request = for_server;
	end =
	    issue((struct certificate_request){.common_name = "End", .ca = true}, root);
	leaf = issue(request, end);
	request = (struct certificate_request){.common_name = "End",
	    .server = true,
	    .not_before = NOW - DAY,
	    .not_after = NOW + DAY};
	assert_int_equal(certificate_issue(&request, end.key, root.crt, root.key,
			     &arena, &end.crt, &fault),
	    E_OK);
	start(leaf, pem_of(end.crt));
	fails("lns.test", root.crt, "does not verify");
}

/* Whatever roots this machine has, ours is not one of them. */
static void
anchors_of_the_system(void **state)
{
	(void)state;
	start(leaf, join(pem_of(middle.crt), pem_of(root.crt)));
	assert_int_equal(fetch("lns.test", span_of(NULL, 0), WAIT), E_NET);
	if (strstr(fault.text, "unknown issuer") == NULL &&
	    strstr(fault.text, "no root certificates") == NULL)
		fail_msg("%s", fault.text);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(root_of_a_good_chain),
	    T(root_among_others),
	    T(anchors_below_the_root),
	    T(renewed_root),
	    T(leaves_out_the_intermediate),
	    T(unknown_issuers),
	    T(dates),
	    T(host_names),
	    T(uses),
	    T(anchors_of_the_system),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
