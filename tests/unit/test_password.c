#include "unit.h"

#include <string.h>

#include "base/err.h"
#include "crypto/password.h"

static void
test_hash(void **state)
{
	char one[PASSWORD_HASH], two[PASSWORD_HASH];

	(void)state;
	assert_int_equal(password_hash(BYTES("correct horse"), 1, one), E_OK);
	assert_int_equal(password_hash(BYTES("correct horse"), 1, two), E_OK);
	assert_memory_equal(one, "$y$", 3);
	assert_string_not_equal(one, two); /* the salt */
	assert_null(strstr(one, "horse"));
	assert_true(password_verify(BYTES("correct horse"), one));
	assert_true(password_verify(BYTES("correct horse"), two));
	assert_false(password_verify(BYTES("correct horsf"), one));
	assert_false(password_verify(BYTES("correct hors"), one));
	assert_false(password_verify(BYTES("correct horse "), one));
	assert_false(password_verify(BYTES("correct horse\0"), one));
	assert_false(password_verify(BYTES(""), one));
	assert_false(password_is_outdated(one, 1));
	assert_true(password_is_outdated(one, 2));
	password_verify_nobody(BYTES("correct horse"), 1);
}

static void
test_bad_hashes(void **state)
{
	static const char *const hashes[] = {"", "*0", "*1", "x", "$y$", "$y$j9T$",
	    "$y$j9T$abc", "$9$abc$def", "correct horse", "$y$zzz$aaaa$bbbb"};

	(void)state;
	for (size_t i = 0; i < COUNT(hashes); i++) {
		assert_false(password_verify(BYTES("correct horse"), hashes[i]));
		assert_false(password_verify(BYTES(""), hashes[i]));
	}
}

static void
test_refused(void **state)
{
	char hash[PASSWORD_HASH], longest[PASSWORD_MAX + 1];

	(void)state;
	memset(longest, 'x', sizeof longest);
	assert_int_equal(password_hash(BYTES(""), 1, hash), E_INVALID);
	assert_int_equal(password_hash(BYTES("a\0b"), 1, hash), E_INVALID);
	assert_int_equal(
	    password_hash(span_of(longest, PASSWORD_MAX + 1), 1, hash), E_INVALID);
	assert_int_equal(password_hash(span_of(longest, PASSWORD_MAX), 1, hash), E_OK);
	assert_true(password_verify(span_of(longest, PASSWORD_MAX), hash));
	assert_int_equal(password_hash(BYTES("x"), 0, hash), E_INVALID);
	assert_int_equal(password_hash(BYTES("x"), 12, hash), E_INVALID);
}

static void
test_made(void **state)
{
	char one[PASSWORD_MADE], two[PASSWORD_MADE];

	(void)state;
	assert_int_equal(password_make(one), E_OK);
	assert_int_equal(password_make(two), E_OK);
	assert_int_equal(strlen(one), 27);
	assert_int_equal(one[6], '-');
	assert_int_equal(strspn(one, "abcdefghijklmnopqrstuvwxyz234567-"), 27);
	assert_string_not_equal(one, two);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hash),
	    cmocka_unit_test(test_bad_hashes),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_made),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
