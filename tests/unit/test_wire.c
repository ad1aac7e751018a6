#include "unit.h"

#include "base/err.h"
#include "base/wire.h"

static void
test_bytes_as_written_out_by_hand(void **state)
{
	struct strbuf b;

	(void)state;
	strbuf_init(&b, 1000);
	wire_put_u8(&b, 0xfe);
	wire_put_u16le(&b, 0x1234);
	wire_put_u32le(&b, 0x89abcdef);
	wire_put_u64le(&b, 0x0123456789abcdef);
	wire_put_u64be(&b, 0x0123456789abcdef);
	assert_int_equal(b.err, E_OK);
	assert_text(strbuf_span(&b), BYTES("\xfe"
					   "\x34\x12"
					   "\xef\xcd\xab\x89"
					   "\xef\xcd\xab\x89\x67\x45\x23\x01"
					   "\x01\x23\x45\x67\x89\xab\xcd\xef"));
	strbuf_clear(&b);
}

static void
test_round_trip(void **state)
{
	struct wire_in in;
	struct strbuf b;

	(void)state;
	strbuf_init(&b, 1000);
	wire_put_u8(&b, 255);
	wire_put_u16le(&b, 65535);
	wire_put_u32le(&b, UINT32_MAX - 1);
	wire_put_u64le(&b, UINT64_MAX - 1);
	wire_put_u64be(&b, 0x58a0cbfffe800001);
	wire_put_varint(&b, 300);
	strbuf_puts(&b, "rest");
	wire_in_init(&in, strbuf_span(&b));
	assert_int_equal(wire_get_u8(&in), 255);
	assert_int_equal(wire_get_u16le(&in), 65535);
	assert_true(wire_get_u32le(&in) == UINT32_MAX - 1);
	assert_true(wire_get_u64le(&in) == UINT64_MAX - 1);
	assert_true(wire_get_u64be(&in) == 0x58a0cbfffe800001);
	assert_int_equal(wire_get_varint(&in), 300);
	assert_int_equal(wire_left(&in), 4);
	assert_text(wire_get_bytes(&in, 4), BYTES("rest"));
	assert_int_equal(wire_get_bytes(&in, 0).len, 0);
	assert_int_equal(wire_left(&in), 0);
	assert_int_equal(in.err, E_OK);
	strbuf_clear(&b);
}

static const struct {
	uint64_t v;
	const char *bytes;
	size_t len;
} varints[] = {
    {0, "\x00", 1},
    {1, "\x01", 1},
    {127, "\x7f", 1},
    {128, "\x80\x01", 2},
    {300, "\xac\x02", 2},
    {16383, "\xff\x7f", 2},
    {16384, "\x80\x80\x01", 3},
    {UINT32_MAX, "\xff\xff\xff\xff\x0f", 5},
    {INT64_MAX, "\xff\xff\xff\xff\xff\xff\xff\xff\x7f", 9},
    {UINT64_MAX, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10},
};

static void
test_varints(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(varints); i++) {
		struct span want = span_of(varints[i].bytes, varints[i].len);
		struct wire_in in;
		struct strbuf b;

		strbuf_init(&b, 10);
		wire_put_varint(&b, varints[i].v);
		assert_text(strbuf_span(&b), want);
		strbuf_clear(&b);
		wire_in_init(&in, want);
		assert_true(wire_get_varint(&in) == varints[i].v);
		assert_int_equal(in.err, E_OK);
		assert_int_equal(wire_left(&in), 0);
		/* The same cut short by a byte. */
		wire_in_init(&in, span_of(varints[i].bytes, varints[i].len - 1));
		assert_true(wire_get_varint(&in) == 0);
		assert_int_equal(in.err, E_INVALID);
	}
}

static void
test_varints_beyond_64_bits(void **state)
{
	static const char *const bad[] = {
	    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02",
	    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
	    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\x81\x01",
	    "\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct wire_in in;

		wire_in_init(&in, span_str(bad[i]));
		assert_true(wire_get_varint(&in) == 0);
		assert_int_equal(in.err, E_INVALID);
	}
}

static void
test_error_sticks(void **state)
{
	struct wire_in in;

	(void)state;
	wire_in_init(&in, BYTES("\x01\x02\x03\x04\x05\x06\x07"));
	assert_int_equal(wire_get_u8(&in), 1);
	assert_true(wire_get_u64le(&in) == 0);
	assert_int_equal(in.err, E_INVALID);
	assert_int_equal(wire_get_u8(&in), 0);
	assert_int_equal(wire_get_u16le(&in), 0);
	assert_true(wire_get_u64be(&in) == 0);
	assert_true(wire_get_varint(&in) == 0);
	assert_int_equal(wire_get_bytes(&in, 1).len, 0);
	assert_int_equal(wire_left(&in), 0);
	wire_in_init(&in, BYTES("abc"));
	assert_int_equal(wire_get_bytes(&in, SIZE_MAX).len, 0);
	assert_int_equal(in.err, E_INVALID);
	wire_in_init(&in, span_of(NULL, 0));
	assert_int_equal(wire_left(&in), 0);
	assert_int_equal(wire_get_u8(&in), 0);
	assert_int_equal(in.err, E_INVALID);
}

static void
test_keys_sort_as_numbers(void **state)
{
	static const uint64_t rising[] = {
	    0, 1, 255, 256, 65535, 65536, 1ULL << 32, INT64_MAX, UINT64_MAX};
	uint8_t before[8], key[8];

	(void)state;
	for (size_t i = 0; i < COUNT(rising); i++) {
		wire_key64(key, rising[i]);
		assert_true(wire_unkey64(key) == rising[i]);
		if (i > 0)
			assert_true(memcmp(before, key, 8) < 0);
		memcpy(before, key, 8);
	}
	wire_key64(key, 0x0102030405060708);
	assert_memory_equal(key, "\1\2\3\4\5\6\7\x08", 8);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bytes_as_written_out_by_hand),
	    cmocka_unit_test(test_round_trip),
	    cmocka_unit_test(test_varints),
	    cmocka_unit_test(test_varints_beyond_64_bits),
	    cmocka_unit_test(test_error_sticks),
	    cmocka_unit_test(test_keys_sort_as_numbers),
	};

	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
