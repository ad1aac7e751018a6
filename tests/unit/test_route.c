#include "unit.h"

#include "web/route.h"

static int
handle(struct request *req, struct response *res, void *state)
{
	(void)req;
	(void)res;
	(void)state;
	return E_OK;
}

static const struct route routes[] = {
    {METHOD_GET, "/", handle, 0, 0},
    {METHOD_GET | METHOD_POST, "/gateways", handle, 0, 0},
    {METHOD_GET, "/gateways/new", handle, 0, 0},
    {METHOD_GET | METHOD_PUT, "/gateways/{id}", handle, 0, 0},
    {METHOD_DELETE, "/gateways/{id}", handle, 0, 0},
    {METHOD_GET, "/gcs/{id}/semtechudp/{file}", handle, 0, 0},
};

static const struct {
	enum method method;
	const char *path;
	int err, row; /* of `routes`, when found */
	const char *first, *second;
	const char *allow; /* when the method is not possible */
} cases[] = {
    {METHOD_GET, "/", E_OK, 0, NULL, NULL, NULL},
    {METHOD_HEAD, "/", E_OK, 0, NULL, NULL, NULL},
    {METHOD_POST, "/", E_METHOD, 0, NULL, NULL, "GET, HEAD, OPTIONS"},
    {METHOD_POST, "/gateways", E_OK, 1, NULL, NULL, NULL},
    {METHOD_GET, "/gateways/new", E_OK, 2, NULL, NULL, NULL},
    {METHOD_PUT, "/gateways/new", E_OK, 3, "new", NULL, NULL},
    {METHOD_GET, "/gateways/a b", E_OK, 3, "a b", NULL, NULL},
    {METHOD_DELETE, "/gateways/x", E_OK, 4, "x", NULL, NULL},
    {METHOD_PATCH, "/gateways/x", E_METHOD, 0, NULL, NULL,
	"GET, HEAD, PUT, DELETE, OPTIONS"},
    {METHOD_OTHER, "/gateways/x", E_METHOD, 0, NULL, NULL,
	"GET, HEAD, PUT, DELETE, OPTIONS"},
    {METHOD_OPTIONS, "/gateways", E_METHOD, 0, NULL, NULL, "GET, HEAD, POST, OPTIONS"},
    {METHOD_GET, "/gcs/g1/semtechudp/global_conf.json", E_OK, 5, "g1",
	"global_conf.json", NULL},
    {METHOD_GET, "/gcs/g1/semtechudp/", E_NOTFOUND, 0, NULL, NULL, NULL},
    {METHOD_GET, "/gcs//semtechudp/x", E_NOTFOUND, 0, NULL, NULL, NULL},
    {METHOD_GET, "/gcs/g1/semtechudp/x/y", E_NOTFOUND, 0, NULL, NULL, NULL},
    {METHOD_GET, "/gateways/", E_NOTFOUND, 0, NULL, NULL, NULL},
    {METHOD_GET, "/gateway", E_NOTFOUND, 0, NULL, NULL, NULL},
    {METHOD_GET, "/gatewayss", E_NOTFOUND, 0, NULL, NULL, NULL},
    {METHOD_GET, "//", E_NOTFOUND, 0, NULL, NULL, NULL},
    {METHOD_GET, "", E_NOTFOUND, 0, NULL, NULL, NULL},
};

static void
test_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span captures[REQUEST_CAPTURES] = {{0}};
		const struct route *found = NULL;
		char allow[ROUTE_ALLOW];
		unsigned methods;
		int err = route_find(routes, COUNT(routes), cases[i].method,
		    span_str(cases[i].path), &found, captures, &methods);

		assert_int_equal(err, cases[i].err);
		if (err == E_OK) {
			assert_ptr_equal(found, &routes[cases[i].row]);
			if (cases[i].first != NULL)
				assert_text(captures[0], span_str(cases[i].first));
			if (cases[i].second != NULL)
				assert_text(captures[1], span_str(cases[i].second));
		}
		if (err == E_METHOD)
			assert_string_equal(
			    route_allow(methods, allow), cases[i].allow);
	}
}

static void
test_captures_by_name(void **state)
{
	struct request req = {
	    .route = &routes[5], .captures = {span_str("g1"), span_str("conf")}};

	(void)state;
	assert_text(request_capture(&req, "id"), span_str("g1"));
	assert_text(request_capture(&req, "file"), span_str("conf"));
	assert_text(request_capture(&req, "fil"), span_str(""));
	assert_text(request_capture(&req, "nothing"), span_str(""));
	req.route = NULL;
	assert_text(request_capture(&req, "id"), span_str(""));
}

static void
test_patterns(void **state)
{
	static const char *const good[] = {"/", "/a", "/{id}", "/a/{id}/b/{other_name}",
	    "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}"};
	static const char *const bad[] = {"", "a", "{id}", "/{}", "/{id", "/id}",
	    "/a{id}", "/{id}a", "/{ID}", "/{i d}",
	    "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}"};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_true(route_pattern_ok(good[i]));
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(route_pattern_ok(bad[i]));
}

static void
test_all_methods_fit_the_allow_header(void **state)
{
	char allow[ROUTE_ALLOW];

	(void)state;
	assert_string_equal(
	    route_allow(~0U, allow), "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
	assert_string_equal(route_allow(0, allow), "OPTIONS");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_table),
	    cmocka_unit_test(test_captures_by_name),
	    cmocka_unit_test(test_patterns),
	    cmocka_unit_test(test_all_methods_fit_the_allow_header),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
