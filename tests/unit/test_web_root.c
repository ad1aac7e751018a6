#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/web_root.h"
#include "base/file.h"

static char top[] = "/tmp/gatehouse-root.XXXXXX";
static struct fault fault;

static const char *
at(const char *name)
{
	static char paths[4][200];
	static unsigned next;

	next = (next + 1) % 4;
	snprintf(paths[next], sizeof paths[next], "%s%s", top, name);
	return paths[next];
}

static int
check(const char *data, const char *root, const char *software)
{
	memset(&fault, 0, sizeof fault);
	return web_root_check(
	    at(data), root != NULL ? at(root) : NULL, software, &fault);
}

static int
make(void **state)
{
	(void)state;
	return mkdtemp(top) == NULL || mkdir(at("/www"), 0700) != 0 ||
	       mkdir(at("/www/gatehouse"), 0700) != 0 ||
	       mkdir(at("/www/gatehouse/data"), 0700) != 0 ||
	       mkdir(at("/www-data"), 0700) != 0 ||
	       symlink(at("/www/gatehouse/data"), at("/link")) != 0;
}

static int
unmake(void **state)
{
	static const char *const folders[] = {
	    "/www-data", "/www/gatehouse/data", "/www/gatehouse", "/www", ""};

	(void)state;
	unlink(at("/link"));
	for (size_t i = 0; i < COUNT(folders); i++)
		rmdir(at(folders[i]));
	return 0;
}

static void
test_outside(void **state)
{
	(void)state;
	assert_int_equal(check("/www-data", "/www", "lighttpd/1.4.69"), E_OK);
	assert_int_equal(check("/www-data", NULL, "lighttpd/1.4.69"), E_OK);
	assert_int_equal(check("/www-data", "/not-there", "Apache/2.4.62"), E_OK);
}

static void
test_inside(void **state)
{
	(void)state;
	assert_int_equal(check("/www/gatehouse/data", "/www", "nginx/1.22"), E_STATE);
	assert_non_null(strstr(fault.text, "move it elsewhere"));
	assert_null(strstr(fault.text, ".htaccess"));
	assert_int_equal(check("/link", "/www", NULL), E_STATE);
	assert_int_equal(check("/www", "/www", "Apache"), E_STATE);
	assert_int_equal(check("/www/gatehouse/data", "/www", "Apache/2.4"), E_STATE);
	assert_non_null(strstr(fault.text, "Require all denied"));
}

static void
test_closed_by_htaccess(void **state)
{
	static const struct {
		const char *text;
		int err;
	} cases[] = {
	    {"Require all denied\n", E_OK},
	    {"# data\n\tdeny from all \nOptions -Indexes", E_OK},
	    {"Require all granted\n", E_STATE},
	    {"#Require all denied\n", E_STATE},
	    {"Require all denied unless asked\n", E_STATE},
	    {"", E_STATE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *path = at(i % 2 ? "/www/gatehouse/.htaccess"
					    : "/www/gatehouse/data/.htaccess");

		assert_int_equal(
		    file_replace(path, 0600, span_str(cases[i].text), NULL), E_OK);
		assert_int_equal(
		    check("/www/gatehouse/data", "/www", "Apache/2.4"), cases[i].err);
		assert_int_equal(
		    check("/www/gatehouse/data", "/www", "LiteSpeed"), cases[i].err);
		/* Others do not read it. */
		assert_int_equal(
		    check("/www/gatehouse/data", "/www", "lighttpd"), E_STATE);
		unlink(at("/www/gatehouse/.htaccess"));
		unlink(at("/www/gatehouse/data/.htaccess"));
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_outside),
	    cmocka_unit_test(test_inside),
	    cmocka_unit_test(test_closed_by_htaccess),
	};

	return cmocka_run_group_tests_name("web root", tests, make, unmake);
}
