/* Fixed-size records without a lock. */
#include "tests/fault/store_tools.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/slots.h"

#define SIZE 100
#define STRIDE 112 /* 8 + 100, up to a multiple of 8 */
#define HEADER 64
#define MAX 1000

static const char *folder, *path;

static int
setup(void **state)
{
	(void)state;
	folder = tools_folder();
	path = tools_path(folder, "slots");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tools_remove(folder);
	return 0;
}

static struct slots *
open_slots(void)
{
	struct fault fault = {0};
	struct slots *s;

	if (slots_open(path, "sightings", SIZE, MAX, &s, &fault) != E_OK)
		fprintf(stderr, "# %s\n", fault.text);
	MUST(s != NULL);
	return s;
}

static void
fill(uint8_t data[SIZE], unsigned seed)
{
	for (unsigned i = 0; i < SIZE; i++)
		data[i] = (uint8_t)(seed * 31 + i * 7 + 1);
}

static void
put(struct slots *s, uint64_t i, unsigned seed)
{
	uint8_t data[SIZE];

	fill(data, seed);
	MUST(slots_put(s, i, data) == E_OK);
}

/* Whether slot i holds what put() with this seed gave it; -1 when it is empty. */
static int
holds(struct slots *s, uint64_t i, unsigned seed)
{
	uint8_t data[SIZE], want[SIZE];

	memset(data, 0xee, sizeof data);
	fill(want, seed);
	if (slots_get(s, i, data))
		return memcmp(data, want, SIZE) == 0;
	memset(want, 0, SIZE);
	MUST(memcmp(data, want, SIZE) == 0);
	return -1;
}

static void
puts_and_gets(void **state)
{
	struct slots *s = open_slots();
	uint8_t zeros[SIZE] = {0}, got[SIZE];

	(void)state;
	assert_int_equal(slots_count(s), 0);
	assert_int_equal(holds(s, 0, 1), -1);
	put(s, 0, 1);
	put(s, 5, 2);
	assert_int_equal(slots_count(s), 6);
	assert_int_equal(holds(s, 0, 1), 1);
	assert_int_equal(holds(s, 3, 1), -1);
	assert_int_equal(holds(s, 5, 2), 1);
	assert_int_equal(holds(s, 6, 2), -1);
	put(s, 5, 3);
	assert_int_equal(holds(s, 5, 3), 1);
	/* Zeros are data like any other. */
	assert_int_equal(slots_put(s, 7, zeros), E_OK);
	memset(got, 1, sizeof got);
	assert_true(slots_get(s, 7, got));
	assert_memory_equal(got, zeros, SIZE);
	assert_int_equal(slots_erase(s, 5), E_OK);
	assert_int_equal(holds(s, 5, 3), -1);
	assert_int_equal(slots_erase(s, 500), E_OK);
	assert_int_equal(slots_count(s), 8);
	assert_int_equal(slots_damaged(s), 0);
	slots_close(s);
	s = open_slots();
	assert_int_equal(holds(s, 0, 1), 1);
	slots_close(s);
	slots_close(NULL);
}

static void
keeps_to_its_bounds(void **state)
{
	struct slots *s = open_slots(), *t;
	uint8_t data[SIZE] = {1};

	(void)state;
	put(s, MAX - 1, 1);
	assert_int_equal(slots_count(s), MAX);
	assert_int_equal(slots_put(s, MAX, data), E_INVALID);
	assert_int_equal(slots_put(s, UINT64_MAX, data), E_INVALID);
	assert_int_equal(slots_erase(s, MAX), E_INVALID);
	assert_int_equal(holds(s, MAX, 1), -1);
	assert_int_equal(holds(s, UINT64_MAX, 1), -1);
	slots_close(s);
	assert_int_equal(slots_open(path, "k", 0, 1, &t, NULL), E_INVALID);
	assert_int_equal(slots_open(path, "k", 1001, 1, &t, NULL), E_INVALID);
	assert_int_equal(slots_open(path, "k", 1, UINT64_MAX, &t, NULL), E_INVALID);
	assert_null(t);
	/* The smallest and the largest. */
	assert_int_equal(slots_open(path, "k", 1, 10, &t, NULL), E_OK);
	assert_int_equal(slots_put(t, 9, "x"), E_OK);
	assert_true(slots_get(t, 9, data));
	assert_int_equal(data[0], 'x');
	slots_close(t);
	assert_int_equal(slots_open(path, "k", 1000, 10, &t, NULL), E_OK);
	assert_false(slots_get(t, 9, (uint8_t[1000]){0}));
	slots_close(t);
}

/* A million slots far apart take no room on the disk. */
static void
is_sparse(void **state)
{
	struct slots *s;
	struct stat st;

	(void)state;
	assert_int_equal(slots_open(path, "k", SIZE, 10000000, &s, NULL), E_OK);
	put(s, 1000, 1);
	put(s, 9999999, 2);
	assert_int_equal(holds(s, 9999999, 2), 1);
	assert_int_equal(slots_damaged(s), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, HEADER + 10000000L * STRIDE);
	assert_true(st.st_blocks < 200);
	assert_int_equal(st.st_mode & 07777, 0660);
	slots_close(s);
}

static void
overwrite(off_t at, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY);

	assert_int_equal(pwrite(fd, data, len, at), len);
	close(fd);
}

/* Each byte of a slot but those that fill it up counts: head, data and their place. */
static void
damage_reads_as_empty(void **state)
{
	struct slots *s = open_slots();
	uint8_t slot[STRIDE], byte;
	int fd = open(path, O_RDWR);

	(void)state;
	for (int i = 0; i < 10; i++)
		put(s, i, 7);
	for (off_t at = 0; at < 8 + SIZE; at++) {
		assert_int_equal(pread(fd, &byte, 1, HEADER + 4 * STRIDE + at), 1);
		byte ^= 1 << at % 8;
		assert_int_equal(pwrite(fd, &byte, 1, HEADER + 4 * STRIDE + at), 1);
		assert_int_equal(holds(s, 4, 7), -1);
		assert_int_equal(slots_damaged(s), 1);
		byte ^= 1 << at % 8;
		assert_int_equal(pwrite(fd, &byte, 1, HEADER + 4 * STRIDE + at), 1);
		assert_int_equal(holds(s, 4, 7), 1);
	}
	/* Half of it, as a power cut leaves it. */
	memset(slot, 0, sizeof slot);
	overwrite(HEADER + 4 * STRIDE + 60, slot, STRIDE - 60);
	assert_int_equal(holds(s, 4, 7), -1);
	/* A good one in the wrong place. */
	assert_int_equal(pread(fd, slot, STRIDE, HEADER + 8 * STRIDE), STRIDE);
	overwrite(HEADER + 6 * STRIDE, slot, STRIDE);
	assert_int_equal(holds(s, 6, 7), -1);
	assert_int_equal(slots_damaged(s), 2);
	/* Writing heals. */
	put(s, 4, 8);
	assert_int_equal(slots_erase(s, 6), E_OK);
	assert_int_equal(slots_damaged(s), 0);
	assert_int_equal(holds(s, 4, 8), 1);
	close(fd);
	slots_close(s);
}

static void
replaces_what_does_not_fit(void **state)
{
	static const char text[] = "not slots at all";
	struct slots *s = open_slots(), *other;
	uint8_t data[SIZE] = {0};

	(void)state;
	put(s, 1, 1);
	/* A running program notices that its file was exchanged, and keeps off. */
	assert_int_equal(slots_open(path, "sightings", 200, MAX, &other, NULL), E_OK);
	assert_int_equal(slots_count(other), 0);
	assert_int_equal(slots_put(s, 1, data), E_VERSION);
	assert_int_equal(holds(s, 1, 1), -1);
	assert_int_equal(slots_count(s), 0);
	slots_close(other);
	slots_close(s);
	assert_int_equal(slots_open(path, "throttle", 200, MAX, &other, NULL), E_OK);
	assert_int_equal(slots_count(other), 0);
	slots_close(other);
	for (size_t len = 1; len < sizeof text; len += 14) {
		unlink(path);
		close(open(path, O_WRONLY | O_CREAT, 0600));
		overwrite(0, text, len);
		s = open_slots();
		put(s, 2, 2);
		assert_int_equal(holds(s, 2, 2), 1);
		slots_close(s);
	}
	/* A header with one bit wrong. */
	overwrite(9, "\1", 1);
	s = open_slots();
	assert_int_equal(slots_count(s), 0);
	slots_close(s);
}

static void
survives_being_cut_or_removed(void **state)
{
	struct slots *s = open_slots();

	(void)state;
	for (int i = 0; i < 100; i++)
		put(s, i, 1);
	assert_int_equal(truncate(path, HEADER + 50 * STRIDE + 30), 0);
	assert_int_equal(holds(s, 49, 1), 1);
	assert_int_equal(holds(s, 50, 1), -1);
	assert_int_equal(holds(s, 99, 1), -1);
	assert_int_equal(slots_count(s), 50);
	put(s, 60, 2);
	assert_int_equal(holds(s, 60, 2), 1);
	assert_int_equal(holds(s, 50, 1), -1);
	assert_int_equal(slots_damaged(s), 1);
	for (off_t size = 0; size < HEADER; size += 30) {
		assert_int_equal(truncate(path, size), 0);
		assert_int_equal(holds(s, 3, 3), -1);
		put(s, 3, 3);
		assert_int_equal(holds(s, 3, 3), 1);
	}
	assert_int_equal(unlink(path), 0);
	assert_int_equal(holds(s, 3, 3), -1);
	put(s, 4, 4);
	slots_close(s);
	s = open_slots();
	assert_int_equal(holds(s, 4, 4), 1);
	slots_close(s);
}

static int
denied(void *arg)
{
	struct fault fault;
	struct slots *s;

	(void)arg;
	if (geteuid() == 0)
		MUST(setgid(65534) == 0 && setuid(65534) == 0);
	MUST(slots_open(path, "sightings", SIZE, MAX, &s, &fault) == E_PERM);
	MUST(strstr(fault.text, "mode 0400") != NULL);
	path = tools_path(folder, "another");
	if (geteuid() != 65534)
		return 0;
	MUST(slots_open(path, "sightings", SIZE, MAX, &s, &fault) == E_PERM);
	MUST(strstr(fault.text, "mode 0755") != NULL);
	return 0;
}

static void
says_whose_file_it_is(void **state)
{
	struct fault fault;
	struct slots *s = open_slots();

	(void)state;
	slots_close(s);
	assert_int_equal(chmod(path, 0400) | chmod(folder, 0755), 0);
	assert_int_equal(tools_wait(tools_spawn(denied, NULL)), 0);
	assert_int_equal(
	    slots_open("/no/such/folder/slots", "k", 1, 1, &s, &fault), E_NOTFOUND);
}

static int
no_room(void *arg)
{
	const struct rlimit limit = {HEADER + 10 * STRIDE + 20, RLIM_INFINITY};
	struct slots *s = open_slots();
	uint8_t data[SIZE] = {1};

	(void)arg;
	MUST(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	put(s, 9, 1);
	MUST(slots_put(s, 10, data) == E_FULL);
	MUST(slots_put(s, 11, data) == E_FULL);
	MUST(holds(s, 9, 1) == 1);
	MUST(holds(s, 10, 1) == -1);
	put(s, 9, 2);
	MUST(holds(s, 9, 2) == 1);
	slots_close(s);
	return 0;
}

static void
is_full_without_being_killed(void **state)
{
	(void)state;
	assert_int_equal(tools_wait(tools_spawn(no_room, NULL)), 0);
}

/* ---- several processes ---- */

struct slot_writer {
	unsigned seed;
	int told; /* says when it has written all of them */
};

static int
write_for_ever(void *arg)
{
	const struct slot_writer *w = arg;
	struct slots *s = open_slots();

	for (unsigned n = 0;; n++) {
		put(s, n % 4, n % 2 == 0 ? 1 : w->seed);
		if (n == 3)
			tools_tell(w->told);
	}
	return 0;
}

/* Reads until it has seen enough of what is whole; there is always something. */
static void
see_whole_slots(struct slots *s)
{
	int64_t begin = tools_ms();
	uint8_t data[SIZE], want[SIZE];

	for (unsigned all = 0, good = 0; good < 1000 || tools_ms() - begin < 500;
	     all++) {
		assert_true(tools_ms() - begin < 60000);
		if (!slots_get(s, all % 4, data))
			continue;
		/* The first byte tells the seed. */
		fill(want, data[0] / 31);
		assert_in_range(data[0] / 31, 1, 3);
		assert_memory_equal(data, want, SIZE);
		good++;
	}
}

/* Readers see one of the values that somebody wrote, or nothing; never a mixture. */
static void
never_shows_a_torn_slot(void **state)
{
	struct slots *s = open_slots();
	pid_t pids[2];
	int pipes[2];

	(void)state;
	assert_int_equal(pipe(pipes), 0);
	for (unsigned i = 0; i < 4; i++)
		put(s, i, 1);
	for (unsigned i = 0; i < 2; i++)
		pids[i] =
		    tools_spawn(write_for_ever, &(struct slot_writer){2 + i, pipes[1]});
	for (int i = 0; i < 2; i++)
		tools_hear(pipes[0]);
	see_whole_slots(s);
	for (int i = 0; i < 2; i++) {
		kill(pids[i], SIGKILL);
		assert_int_equal(tools_wait(pids[i]), 1000 + SIGKILL);
		close(pipes[i]);
	}
	slots_close(s);
}

static int
create_and_put(void *arg)
{
	unsigned i = *(unsigned *)arg;
	struct slots *s = open_slots();

	put(s, i, i);
	slots_close(s);
	return 0;
}

/* Those who make the file at the same time end up with the same one. */
static void
is_made_by_many_at_once(void **state)
{
	enum { N = 8 };
	unsigned numbers[N];
	pid_t pids[N];
	struct slots *s;

	(void)state;
	for (int round = 0; round < 20; round++) {
		for (unsigned i = 0; i < N; i++) {
			numbers[i] = i;
			pids[i] = tools_spawn(create_and_put, &numbers[i]);
		}
		for (unsigned i = 0; i < N; i++)
			assert_int_equal(tools_wait(pids[i]), 0);
		s = open_slots();
		for (unsigned i = 0; i < N; i++)
			assert_int_equal(holds(s, i, i), 1);
		slots_close(s);
		/* The next round finds nothing, or what does not fit. */
		unlink(path);
		if (round % 2 == 0) {
			close(open(path, O_WRONLY | O_CREAT, 0600));
			overwrite(0, "something", 9);
		}
	}
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(puts_and_gets),
	    T(keeps_to_its_bounds),
	    T(is_sparse),
	    T(damage_reads_as_empty),
	    T(replaces_what_does_not_fit),
	    T(survives_being_cut_or_removed),
	    T(says_whose_file_it_is),
	    T(is_full_without_being_killed),
	    T(never_shows_a_torn_slot),
	    T(is_made_by_many_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
