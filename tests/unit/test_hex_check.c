#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "firmware/hex_check.h"

#define END ":00000001FF\n"
#define DATA ":0300300002337A1E\n" /* the standard's own example */

static int
judge(struct span bytes, struct fault *fault)
{
	struct hex_check check;
	int err;

	hex_check_begin(&check);
	err = hex_check_add(&check, bytes, fault);
	return err != E_OK ? err : hex_check_end(&check, fault);
}

static void
takes(void **state)
{
	static const char *const good[] = {
	    DATA END, ":0300300002337A1E\r\n:00000001FF\r\n",
	    ":0300300002337A1E\n:00000001FF", ":0300300002337a1e\n:00000001ff\n",
	    ":020000040800F2\n" DATA END, ":020000021200EA\n" DATA END,
	    ":0400000300003800C1\n" DATA END, ":04000005000000CD2A\n" DATA END,
	    DATA ":0000000000\n" END,
	    DATA
	    ":00123401B9\n", /* an address in the end record: some write their start */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		struct fault fault = {0};

		if (judge(span_str(good[i]), &fault) != E_OK)
			fail_msg("%zu: %s", i, fault.text);
	}
}

static const struct bad {
	const char *text, *why;
} bad_cases[] = {
    {"", "no end record"},
    {"\n", "line 1 is empty"},
    {"\r\n", "line 1 is empty"},
    {END, "without any data"},
    {"\x7f"
     "ELF",
	"line 1 does not begin with a colon"},
    {"hello\n" END, "line 1 does not begin with a colon"},
    {" " DATA END, "line 1 does not begin with a colon"},
    {DATA, "no end record"},
    {":", "line 1 is cut off"},
    {":\n" END, "line 1 is cut off"},
    {":00\n" END, "line 1 is cut off"},
    {":00000001F\n", "line 1 is cut off"},
    {":00000001\n", "line 1 is cut off"},
    {DATA ":0300300002337A1\n" END, "line 2 is cut off"},
    {":0300300002337A\n" END, "line 1 has another length"},
    {":0400300002337A1D\n" END, "line 1 has another length"},
    {":0200300002337A1F\n" END, "line 1 has another length"},
    {":0300300002337A1E00\n" END, "line 1 has another length"},
    {":FF00000000\n" END, "line 1 has another length"},
    {":0300300002337A1F\n" END, "line 1 has a wrong checksum"},
    {":0300310002337A1E\n" END, "line 1 has a wrong checksum"},
    {DATA ":00000001FE\n", "line 2 has a wrong checksum"},
    {":0300300002337G1E\n" END, "line 1 has something that is no hexadecimal"},
    {":0300300002337A1E \n" END, "line 1 is cut off"},
    {":0300300002337A1E  \n" END, "line 1 has something that is no hexadecimal"},
    {":03 0300002337A1E\n" END, "line 1 has something that is no hexadecimal"},
    {":0300300602337A18\n" END, "line 1 is of an unknown type"},
    {":000000FF01\n" END, "line 1 is of an unknown type"},
    {DATA ":0100000100FE\n", "line 2 has a length that does not belong"},
    {":0100000408F3\n" DATA END, "line 1 has a length that does not belong"},
    {":03000004080000F1\n" DATA END, "line 1 has a length that does not belong"},
    {":00000002FE\n" DATA END, "line 1 has a length that does not belong"},
    {":020000030000FB\n" DATA END, "line 1 has a length that does not belong"},
    {":00000005FB\n" DATA END, "line 1 has a length that does not belong"},
    {DATA END END, "line 3 comes after the end record"},
    {DATA END DATA, "line 3 comes after the end record"},
    {DATA END "\n", "line 3 comes after the end record"},
    {DATA END "x", "line 3 comes after the end record"},
    {DATA "\n" END, "line 2 is empty"},
    {":0300300002337A1E\r" END, "line 1 has something that is no hexadecimal"},
    {DATA ":00000001FF\r\r\n", "line 2 is cut off"},
};

static void
refuses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad_cases); i++) {
		struct fault fault = {0};
		int err = judge(span_str(bad_cases[i].text), &fault);

		if (err != E_INVALID || strstr(fault.text, bad_cases[i].why) == NULL)
			fail_msg("%zu: %d \"%s\"", i, err, fault.text);
	}
}

/* A NUL is a character as any other; an endless line is not kept. */
static void
refuses_bytes(void **state)
{
	char text[] = ":0300300002337A1E\n:00000001FF\n", line[HEX_LINE_MAX + 2];
	struct fault fault = {0};

	(void)state;
	text[5] = '\0';
	assert_int_equal(judge(span_of(text, sizeof text - 1), &fault), E_INVALID);
	assert_non_null(strstr(fault.text, "no hexadecimal digit"));
	memset(line, '0', sizeof line);
	line[0] = ':';
	assert_int_equal(judge(span_of(line, sizeof line), &fault), E_INVALID);
	assert_non_null(strstr(fault.text, "line 1 is longer than any record"));
}

/* The longest record: 255 bytes, CR LF. */
static void
takes_the_longest(void **state)
{
	char text[HEX_LINE_MAX + 40];
	struct fault fault = {0};
	size_t len = 0;

	(void)state;
	len += (size_t)sprintf(text, ":FF000000");
	memset(text + len, '0', 510);
	len += 510;
	len += (size_t)sprintf(text + len, "01\r\n%s", END);
	if (judge(span_of(text, len), &fault) != E_OK)
		fail_msg("%s", fault.text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes),
	    cmocka_unit_test(refuses),
	    cmocka_unit_test(refuses_bytes),
	    cmocka_unit_test(takes_the_longest),
	};

	return cmocka_run_group_tests_name("hex_check", tests, NULL, NULL);
}
