/* Bytes as text and text as bytes: hex, base32, UTF-8, CRC-32. */
#include "unit.h"

#include "base/crc.h"
#include "base/hex.h"
#include "base/utf8.h"

static void
test_hex(void **state)
{
	char text[17];
	uint8_t bytes[8];

	(void)state;
	hex_encode("\x01\x23\x45\x67\x89\xab\xcd\xef", 8, text);
	assert_string_equal(text, "0123456789abcdef");
	assert_true(hex_decode(span_str("0123456789AbCdEf"), bytes, 8));
	assert_memory_equal(bytes, "\x01\x23\x45\x67\x89\xab\xcd\xef", 8);
	hex_encode("", 0, text);
	assert_string_equal(text, "");
	assert_true(hex_decode(span_of(NULL, 0), bytes, 0));
	assert_false(hex_decode(span_str("0123456789abcde"), bytes, 8));
	assert_false(hex_decode(span_str("0123456789abcdef0"), bytes, 8));
	assert_false(hex_decode(span_str("0123456789abcdeg"), bytes, 8));
	assert_false(hex_decode(span_str("g123456789abcdef"), bytes, 8));
	assert_false(hex_decode(span_str("0x23456789abcdef"), bytes, 8));
	assert_false(hex_decode(span_str("01 2"), bytes, 2));
}

static void
test_hex_digits(void **state)
{
	(void)state;
	for (int c = 0; c < 256; c++) {
		const char *all = "0123456789abcdef0123456789ABCDEF";
		const char *at = c != 0 ? strchr(all, c) : NULL;

		assert_int_equal(
		    hex_digit((unsigned char)c), at != NULL ? (at - all) % 16 : -1);
	}
}

/* RFC 4648, section 10, without the padding. */
static void
test_base32(void **state)
{
	static const char *const vectors[][2] = {
	    {"", ""},
	    {"f", "MY"},
	    {"fo", "MZXQ"},
	    {"foo", "MZXW6"},
	    {"foob", "MZXW6YQ"},
	    {"fooba", "MZXW6YTB"},
	    {"foobar", "MZXW6YTBOI"},
	};
	uint8_t bytes[32];
	char text[53];

	(void)state;
	for (size_t i = 0; i < COUNT(vectors); i++) {
		base32_encode(vectors[i][0], strlen(vectors[i][0]), text);
		assert_string_equal(text, vectors[i][1]);
	}
	memset(bytes, 0xff, sizeof bytes);
	base32_encode(bytes, 24, text);
	assert_string_equal(text, "77777777777777777777777777777777777777Y");
	base32_encode(bytes, 32, text);
	assert_string_equal(
	    text, "777777777777777777777777777777777777777777777777777Q");
}

static const struct {
	const char *text;
	size_t length;
} characters[] = {
    {"a", 1},
    {"\x7f", 1},
    {"\xc2\x80", 2},
    {"\xdf\xbf", 2},
    {"\xe0\xa0\x80", 3},
    {"\xed\x9f\xbf", 3},
    {"\xee\x80\x80", 3},
    {"\xef\xbf\xbf", 3},
    {"\xf0\x90\x80\x80", 4},
    {"\xf4\x8f\xbf\xbf", 4},
    {"\x80", 0}, /* continuation alone */
    {"\xbf", 0},
    {"\xc0\x80", 0}, /* overlong */
    {"\xc1\xbf", 0},
    {"\xe0\x9f\xbf", 0},
    {"\xf0\x8f\xbf\xbf", 0},
    {"\xed\xa0\x80", 0}, /* surrogates */
    {"\xed\xbf\xbf", 0},
    {"\xf4\x90\x80\x80", 0}, /* beyond U+10FFFF */
    {"\xf5\x80\x80\x80", 0},
    {"\xfe", 0},
    {"\xff", 0},
    {"\xc3", 0}, /* cut off */
    {"\xe2\x82", 0},
    {"\xf0\x9f\x98", 0},
    {"\xc3(", 0}, /* continuation missing */
    {"\xe2\x82(", 0},
    {"\xe2(\x82", 0},
    {"\xf0\x9f\x98(", 0},
};

static void
test_utf8(void **state)
{
	(void)state;
	assert_int_equal(utf8_length(span_of(NULL, 0)), 0);
	assert_int_equal(utf8_length(BYTES("\0")), 1);
	for (size_t i = 0; i < COUNT(characters); i++) {
		struct span text = span_str(characters[i].text);

		assert_int_equal(utf8_length(text), characters[i].length);
		assert_int_equal(utf8_valid(text), characters[i].length != 0);
	}
	assert_true(utf8_valid(span_of(NULL, 0)));
	assert_true(
	    utf8_valid(span_str("Z\xc3\xbcrich \xe2\x82\xac \xf0\x9f\x98\x80")));
	assert_false(utf8_valid(span_str("Z\xfcrich")));
}

static void
test_crc(void **state)
{
	static const uint8_t zeros[12];
	const char *text = "123456789";

	(void)state;
	assert_true(crc32_of(span_str(text)) == 0xcbf43926);
	assert_true(crc32_of(span_of(zeros, 12)) == 2077607535);
	assert_true(crc32_of(span_of(NULL, 0)) == 0);
	assert_true(crc32_more(0x1234, span_of(NULL, 0)) == 0x1234);
	for (size_t n = 0; n <= 9; n++) {
		uint32_t first = crc32_of(span_of(text, n));
		struct span rest = span_of(text + n, 9 - n);

		assert_true(crc32_more(first, rest) == 0xcbf43926);
		assert_true(crc32_join(first, crc32_of(rest), rest.len) == 0xcbf43926);
	}
	assert_true(crc32_join(crc32_join(crc32_of(span_of(zeros, 4)),
				   crc32_of(span_of(zeros, 4)), 4),
			crc32_of(span_of(zeros, 4)), 4) == 2077607535);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hex),
	    cmocka_unit_test(test_hex_digits),
	    cmocka_unit_test(test_base32),
	    cmocka_unit_test(test_utf8),
	    cmocka_unit_test(test_crc),
	};

	return cmocka_run_group_tests_name("hex", tests, NULL, NULL);
}
