#include "unit.h"

#include "base/zip.h"

/* By hand from APPNOTE 4.3.7, 4.3.12 and 4.3.16; CRC-32 of "hello" is 3610a686; the date is
 * 2030-01-01 00:00:00: year 50, month 1, day 1. */
static void
test_bytes(void **state)
{
	static const char want[] = "PK\x03\x04"
				   "\x14\x00\x00\x08\x00\x00"
				   "\x00\x00\x21\x64"
				   "\x86\xa6\x10\x36"
				   "\x05\x00\x00\x00\x05\x00\x00\x00"
				   "\x05\x00\x00\x00"
				   "a.txt"
				   "hello"
				   "PK\x01\x02"
				   "\x14\x03"
				   "\x14\x00\x00\x08\x00\x00"
				   "\x00\x00\x21\x64"
				   "\x86\xa6\x10\x36"
				   "\x05\x00\x00\x00\x05\x00\x00\x00"
				   "\x05\x00\x00\x00"
				   "\x00\x00\x00\x00\x00\x00"
				   "\x00\x00\x80\x81"
				   "\x00\x00\x00\x00"
				   "a.txt"
				   "PK\x05\x06"
				   "\x00\x00\x00\x00"
				   "\x01\x00\x01\x00"
				   "\x33\x00\x00\x00"
				   "\x28\x00\x00\x00"
				   "\x00\x00";
	const struct zip_file file = {"a.txt", BYTES("hello"), 0600};
	struct strbuf out;

	(void)state;
	strbuf_init(&out, 4096);
	zip_write(&out, &file, 1, INT64_C(1893456000));
	assert_int_equal(out.err, 0);
	assert_int_equal(out.len, sizeof want - 1);
	assert_memory_equal(out.data, want, sizeof want - 1);
	strbuf_reset(&out);
	zip_write(&out, NULL, 0, 0);
	assert_int_equal(out.len, 22);
	strbuf_clear(&out);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_bytes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
