/* What the device makes of firmware.hex, in pieces of any size. */
#include "tests/unit/unit.h"

#include <stdio.h>

#include "base/err.h"
#include "kickstarter/device.h"

static const char *
hex(const char *text, size_t piece)
{
	static struct device_hex h;
	struct span rest = span_str(text);

	device_hex_begin(&h);
	for (; rest.len > 0; rest = span_from(rest, piece))
		device_hex_add(
		    &h, span_of(rest.data, rest.len < piece ? rest.len : piece));
	return device_hex_end(&h);
}

static void
test_hex(void **state)
{
	static const struct {
		const char *text, *wrong; /* NULL: it is right */
	} rows[] = {
	    {":0400000001020304F2\n:00000001FF\n", NULL},
	    {":0400000001020304f2\r\n:00000001FF", NULL},
	    {":020000040001F9\n:00000001FF\n\n", NULL},
	    {"", "no end record"},
	    {":0400000001020304F2\n", "no end record"},
	    {":0400000001020304F3\n:00000001FF\n", "record 1 has a wrong checksum"},
	    {":0400000001020304F2\n:00000001FE\n", "record 2 has a wrong checksum"},
	    {":04000000010203F6\n:00000001FF\n", "another length"},
	    {":00000006FA\n:00000001FF\n", "no known type"},
	    {":00000001FF\n:0400000001020304F2\n", "comes after the end"},
	    {":04000000010203G4F2\n", "no hex digit"},
	    {"<html>", "record 1 does not begin with a colon"},
	    {":0000\n:00000001FF\n", "another length"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t piece = 1; piece < 9; piece++) {
			const char *wrong = hex(rows[i].text, piece);

			if (rows[i].wrong == NULL && wrong != NULL)
				fail_msg("%s: %s", rows[i].text, wrong);
			if (rows[i].wrong != NULL &&
			    (wrong == NULL || strstr(wrong, rows[i].wrong) == NULL))
				fail_msg("%s: %s instead of %s", rows[i].text,
				    wrong != NULL ? wrong : "nothing", rows[i].wrong);
		}
}

static void
test_image(void **state)
{
	static const char right[] = ":0400000001020304F2\n:00000001FF\n";
	static const char sum[] =
	    "e01b381491bcc4f1714fa44786f72da1a4948d7af1e3be28507fc42843adbc76";
	struct device_verdict v = {.effect = DEVICE_GOES_ON};
	struct device_memory m = {0};
	struct device_image image;

	(void)state;
	snprintf(m.wanted, sizeof m.wanted, "%s", sum);
	assert_int_equal(device_image_begin(&image), E_OK);
	assert_int_equal(device_image_add(&image, span_str(right)), E_OK);
	device_image_end(&image, &m, &v);
	assert_int_equal(v.effect, DEVICE_GOES_ON);
	assert_string_equal(m.checksum, sum);
	assert_int_equal(image.size, strlen(right));
	/* Others than were announced: without end. */
	m.checksum[0] = '\0';
	m.wanted[0] ^= 1;
	device_image_begin(&image);
	device_image_add(&image, span_str(right));
	device_image_end(&image, &m, &v);
	assert_int_equal(v.effect, DEVICE_REBOOTS);
	assert_string_equal(m.checksum, "");
}

/* What is not kept counts. */
static void
test_large_firmware(void **state)
{
	static const char text[] =
	    "HTTP/1.1 200 OK\r\nContent-Length: 8372223\r\n\r\n:00";
	struct device_received r = {
	    .bytes = BYTES(text), .unkept = 8372223 - 3, .first = sizeof text - 1};
	struct device_memory m = {0};
	struct device_verdict v;

	(void)state;
	device_take(DEVICE_FIRMWARE, &r, &m, &v);
	assert_int_equal(v.effect, DEVICE_GOES_ON);
	assert_int_equal(v.body, 8372223);
	r.unkept++;
	device_take(DEVICE_FIRMWARE, &r, &m, &v);
	assert_int_equal(v.effect, DEVICE_REBOOTS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_hex),
	    cmocka_unit_test(test_image),
	    cmocka_unit_test(test_large_firmware),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
