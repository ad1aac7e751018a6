#include "tests/fault/store_tools.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "firmware/image.h"

/* SHA-256 and SHA-512 of "abc", from FIPS 180. */
#define ABC_256 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define ABC_512                                                            \
	"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a" \
	"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
#define HEX ":0300300002337A1E\n:00000001FF\n"

static const char *folder;
static struct blobs blobs;
static struct image_digests digests;
static struct fault fault;

static int
setup(void **state)
{
	(void)state;
	folder = tools_folder();
	fault = (struct fault){0};
	return blobs_open(tools_path(folder, "blobs"), true, &blobs, NULL);
}

static int
teardown(void **state)
{
	(void)state;
	tools_remove(folder);
	return 0;
}

static int
file_of(struct span bytes)
{
	int fd = open(
	    tools_path(folder, "upload"), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes.data, bytes.len), bytes.len);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

static int
add(struct span bytes, enum firmware_family family)
{
	int fd = file_of(bytes);
	int err =
	    image_add(&blobs, fd, family, NULL, NULL, &digests, NULL, NULL, &fault);

	close(fd);
	return err;
}

static struct firmware
record_of(const char *id)
{
	return (struct firmware){.firmware_id = id,
	    .sha256 = span_of(digests.sha256, sizeof digests.sha256),
	    .size = digests.size};
}

static const char *
blob_path(void)
{
	char path[120];

	snprintf(path, sizeof path, "blobs/%.2s/%s", digests.name, digests.name);
	return tools_path(folder, path);
}

static int
see(void *arg, const struct image_digests *d)
{
	*(uint64_t *)arg = d->size;
	return E_OK;
}

static void
tells_its_digests(void **state)
{
	char sha512[129];
	uint64_t size = 0;
	int fd = file_of(span_str("abc"));

	(void)state;
	assert_int_equal(image_add(&blobs, fd, FIRMWARE_STATION, NULL, NULL, &digests,
			     see, &size, &fault),
	    E_OK);
	close(fd);
	assert_int_equal(size, 3);
	assert_int_equal(digests.size, 3);
	assert_string_equal(digests.name, ABC_256);
	hex_encode(digests.sha512, sizeof digests.sha512, sha512);
	assert_string_equal(sha512, ABC_512);
	assert_int_equal(access(blob_path(), R_OK), 0);
}

static void
refuses(void **state)
{
	static const struct {
		const char *text;
		enum firmware_family family;
		const char *why;
	} bad[] = {
	    {"", FIRMWARE_STATION, "is empty"},
	    {"", FIRMWARE_KICKSTARTER, "is empty"},
	    {"#!/bin/sh\n", FIRMWARE_KICKSTARTER, "is no Intel HEX"},
	    {":0300300002337A1E\n", FIRMWARE_KICKSTARTER, "no end record"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(add(span_str(bad[i].text), bad[i].family), E_INVALID);
		assert_non_null(strstr(fault.text, bad[i].why));
	}
	assert_int_equal(add(span_str(HEX), FIRMWARE_KICKSTARTER), E_OK);
}

/* The limits, in sparse files; one byte more is refused before it is copied. */
static void
refuses_what_is_too_large(void **state)
{
	int fd = file_of(span_str("x")), left = file_of(span_str("x"));

	(void)state;
	assert_int_equal(ftruncate(fd, (off_t)FIRMWARE_SIZE_MAX + 1), 0);
	assert_int_equal(image_add(&blobs, fd, FIRMWARE_STATION, NULL, NULL, &digests,
			     NULL, NULL, &fault),
	    E_INVALID);
	assert_non_null(strstr(fault.text, "larger than the 2130706432 bytes"));
	assert_int_equal(ftruncate(fd, FIRMWARE_HEX_MAX + 1), 0);
	assert_int_equal(image_add(&blobs, fd, FIRMWARE_KICKSTARTER, NULL, NULL,
			     &digests, NULL, NULL, &fault),
	    E_INVALID);
	assert_non_null(strstr(fault.text, "larger than the 8372223 bytes"));
	close(fd);
	close(left);
}

static void
takes_what_is_just_small_enough(void **state)
{
	char line[600];
	long rest;
	FILE *f = fopen(tools_path(folder, "upload"), "w");
	int fd, n;

	(void)state;
	assert_non_null(f);
	/* 44 characters each: 16 bytes, LF. */
	for (rest = FIRMWARE_HEX_MAX - 12; rest >= 44 + 14 + 44; rest -= 44)
		fputs(":1000000000000000000000000000000000000000F0\n", f);
	/* An odd rest takes a CR. */
	if (rest % 2 != 0) {
		fputs(":0000000000\r\n", f);
		rest -= 13;
	}
	n = (int)(rest - 12) / 2;
	snprintf(line, sizeof line, ":%02X000000%0*d%02X\n", (unsigned)n, 2 * n, 0,
	    (unsigned)(0x100 - n) & 0xff);
	fputs(line, f);
	fputs(":00000001FF\n", f);
	assert_int_equal(ftell(f), FIRMWARE_HEX_MAX);
	fclose(f);
	fd = open(tools_path(folder, "upload"), O_RDONLY);
	if (image_add(&blobs, fd, FIRMWARE_KICKSTARTER, NULL, NULL, &digests, NULL,
		NULL, &fault) != E_OK)
		fail_msg("%s", fault.text);
	close(fd);
	assert_int_equal(digests.size, FIRMWARE_HEX_MAX);
}

/* From a pipe nobody knows the size before. */
static int
feed(void *arg)
{
	static char much[1 << 20];
	int *ends = arg, fd = ends[1];

	close(ends[0]);
	memset(much, '0', sizeof much);
	for (size_t sent = 0; sent <= FIRMWARE_HEX_MAX; sent += sizeof much)
		if (write(fd, much, sizeof much) < 0)
			return 0;
	return 0;
}

static void
refuses_a_folder_and_an_endless_pipe(void **state)
{
	int fd = open(folder, O_RDONLY), ends[2];
	pid_t child;

	(void)state;
	assert_int_equal(image_add(&blobs, fd, FIRMWARE_STATION, NULL, NULL, &digests,
			     NULL, NULL, &fault),
	    E_INVALID);
	assert_string_equal(fault.text, "is a folder");
	close(fd);
	assert_int_equal(pipe(ends), 0);
	child = tools_spawn(feed, ends);
	close(ends[1]);
	assert_int_equal(image_add(&blobs, ends[0], FIRMWARE_KICKSTARTER, NULL, NULL,
			     &digests, NULL, NULL, &fault),
	    E_INVALID);
	close(ends[0]);
	tools_wait(child);
}

struct seen {
	unsigned calls;
	uint64_t last, total;
};

static void
count_progress(void *arg, uint64_t done, uint64_t total)
{
	struct seen *s = arg;

	assert_true(done >= s->last);
	s->calls++;
	s->last = done;
	s->total = total;
}

static void
tells_how_far_it_is(void **state)
{
	struct firmware record;
	struct seen seen = {0};
	int fd = file_of(span_str("x"));

	(void)state;
	assert_int_equal(ftruncate(fd, 5 << 20), 0);
	assert_int_equal(image_add(&blobs, fd, FIRMWARE_STATION, count_progress, &seen,
			     &digests, NULL, NULL, &fault),
	    E_OK);
	close(fd);
	assert_in_range(seen.calls, 5, 8);
	assert_int_equal(seen.last, 5 << 20);
	assert_int_equal(seen.total, 5 << 20);
	seen = (struct seen){0};
	record = record_of("image");
	assert_int_equal(
	    image_verify(&blobs, &record, count_progress, &seen, &fault), E_OK);
	assert_in_range(seen.calls, 4, 8);
	assert_int_equal(seen.last, 5 << 20);
}

/* ---- opening ---- */

static void
change_byte(char c)
{
	int fd = open(blob_path(), O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, &c, 1, 1), 1);
	close(fd);
}

static void
opens_what_is_right(void **state)
{
	struct image_cache *cache = image_cache_new();
	struct firmware record;
	char text[10] = "";
	int fd;

	(void)state;
	assert_int_equal(add(span_str("abc"), FIRMWARE_STATION), E_OK);
	record = record_of("image");
	for (int i = 0; i < 3; i++) {
		assert_int_equal(
		    image_open(&blobs, i < 2 ? cache : NULL, &record, &fd, &fault),
		    E_OK);
		assert_int_equal(read(fd, text, sizeof text), 3);
		assert_string_equal(text, "abc");
		close(fd);
	}
	image_cache_free(cache);
}

/* However it was damaged, also after it was found right. */
static void
opens_nothing_else(void **state)
{
	struct image_cache *cache = image_cache_new();
	struct firmware record;
	int fd;

	(void)state;
	assert_int_equal(add(span_str("abc"), FIRMWARE_STATION), E_OK);
	record = record_of("image");
	assert_int_equal(image_open(&blobs, cache, &record, &fd, &fault), E_OK);
	close(fd);
	usleep(20000); /* the clock of files is coarse */
	change_byte('x');
	assert_int_equal(image_open(&blobs, cache, &record, &fd, &fault), E_CORRUPT);
	assert_int_equal(fd, -1);
	assert_string_equal(fault.text,
	    "the file of image image is damaged: its bytes are others; add the same "
	    "file again: gatehouse firmware add image FILE");
	assert_int_equal(image_verify(&blobs, &record, NULL, NULL, &fault), E_CORRUPT);
	usleep(20000);
	change_byte('b');
	assert_int_equal(image_open(&blobs, cache, &record, &fd, &fault), E_OK);
	close(fd);
	assert_int_equal(truncate(blob_path(), 2), 0);
	assert_int_equal(image_open(&blobs, cache, &record, &fd, &fault), E_CORRUPT);
	assert_non_null(strstr(fault.text, "another size"));
	assert_int_equal(unlink(blob_path()), 0);
	assert_int_equal(image_open(&blobs, cache, &record, &fd, &fault), E_NOTFOUND);
	assert_int_equal(fault.err, E_NOTFOUND);
	assert_non_null(strstr(fault.text, "is missing"));
	assert_int_equal(image_verify(&blobs, &record, NULL, NULL, &fault), E_NOTFOUND);
	record.sha256 = span_of(NULL, 0);
	assert_int_equal(image_open(&blobs, cache, &record, &fd, &fault), E_CORRUPT);
	image_cache_free(cache);
}

/* A record that says something else than what is stored is not believed. */
static void
compares_with_the_record(void **state)
{
	struct firmware record;
	int fd;

	(void)state;
	assert_int_equal(add(span_str("abc"), FIRMWARE_STATION), E_OK);
	record = record_of("image");
	record.size = 4;
	assert_int_equal(image_open(&blobs, NULL, &record, &fd, &fault), E_CORRUPT);
}

/* What is added again heals what was damaged; more images than it remembers are right. */
static void
heals_and_forgets(void **state)
{
	struct image_cache *cache = image_cache_new();
	struct firmware record;
	char text[20];
	int fd;

	(void)state;
	for (int i = 0; i < 40; i++) {
		snprintf(text, sizeof text, "image %d", i);
		assert_int_equal(add(span_str(text), FIRMWARE_STATION), E_OK);
		record = record_of("image");
		assert_int_equal(image_open(&blobs, cache, &record, &fd, &fault), E_OK);
		close(fd);
	}
	change_byte('x');
	assert_int_equal(image_open(&blobs, cache, &record, &fd, &fault), E_CORRUPT);
	assert_int_equal(add(span_str("image 39"), FIRMWARE_STATION), E_OK);
	assert_int_equal(image_open(&blobs, cache, &record, &fd, &fault), E_OK);
	close(fd);
	image_cache_free(cache);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(tells_its_digests),
	    TEST(refuses),
	    TEST(refuses_what_is_too_large),
	    TEST(takes_what_is_just_small_enough),
	    TEST(refuses_a_folder_and_an_endless_pipe),
	    TEST(tells_how_far_it_is),
	    TEST(opens_what_is_right),
	    TEST(opens_nothing_else),
	    TEST(compares_with_the_record),
	    TEST(heals_and_forgets),
	};

	return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
