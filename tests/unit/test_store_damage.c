/* Files that were cut, overwritten or exchanged, and those that only look so. */
#include "tests/fault/store_tools.h"

#include <fcntl.h>
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

static const char *folder; /* of the test that runs */

static int
setup(void **state)
{
	(void)state;
	folder = tools_folder();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	tools_remove(folder);
	return 0;
}

static off_t
size_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

/* A store with `count` entries in table A, closed again. */
static void
make_store(const char *where, unsigned count)
{
	struct store *s = tools_open(where, 0, 0);

	assert_int_equal(tools_fill(s, T_A, "k", count, 100), E_OK);
	assert_int_equal(tools_put(s, T_B, "name", where), E_OK);
	store_close(s);
}

/* ---- damage ---- */

/* The first `len` bytes of a file, static storage. */
static struct span
content(const char *path, size_t len)
{
	static uint8_t bytes[2][1 << 20];
	static unsigned n;
	uint8_t *at = bytes[n++ % 2];
	int fd = open(path, O_RDONLY);
	ssize_t got = read(fd, at, len < sizeof bytes[0] ? len : sizeof bytes[0]);

	close(fd);
	assert_true(got >= 0);
	return span_of(at, (size_t)got);
}

static void
overwrite(const char *path, off_t at, const void *data, size_t len)
{
	int fd = open(path, O_WRONLY);

	assert_int_equal(pwrite(fd, data, len, at), len);
	close(fd);
}

static void
expect_refused(const char *data, int want)
{
	struct span before, after;
	struct fault fault = {0};
	struct store *s;

	before = content(data, 1 << 20);
	for (int create = 0; create < 2; create++) {
		assert_int_equal(tools_try_open(folder, create, &s, &fault), want);
		assert_non_null(strstr(fault.text, "data.mdb"));
	}
	/* What is damaged may be needed to save what can be saved. */
	after = content(data, 1 << 20);
	assert_true(span_eq(before, after));
}

static void
refuses_files_that_were_cut(void **state)
{
	static const struct {
		long size; /* negative: so much less than it was */
	} rows[] = {{1}, {100}, {4096}, {4097}, {4200}, {8191}, {8192}, {8193}, {12288},
	    {40000}, {-8192}, {-4096}, {-1}};
	const char *data = tools_path(folder, "data.mdb");
	struct fault fault;
	struct store *s;
	off_t size;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		make_store(folder, 400);
		size = size_of(data);
		size = rows[i].size > 0 ? rows[i].size : size + rows[i].size;
		assert_int_equal(truncate(data, size), 0);
		expect_refused(data, E_CORRUPT);
		assert_int_equal(size_of(data), size);
		unlink(data);
	}
	/* Nothing left at all: only who asks for a new store gets one. */
	make_store(folder, 400);
	assert_int_equal(truncate(data, 0), 0);
	assert_int_equal(tools_try_open(folder, false, &s, &fault), E_CORRUPT);
	assert_int_equal(tools_try_open(folder, true, &s, &fault), E_OK);
	store_close(s);
}

/* Places in LMDB's head of a data file, 64-bit, little-endian. */
enum {
	AT_FLAGS = 10,
	AT_MAGIC = 16,
	AT_VERSION = 20,
	AT_MAP_SIZE = 32,
	AT_PAGE_SIZE = 40,
	AT_FREE_ROOT = 80,
	AT_MAIN_DEPTH = 94,
	AT_MAIN_ROOT = 128,
	AT_LAST_PAGE = 136,
	AT_CHANGE = 144,
};

static void
refuses_heads_that_make_no_sense(void **state)
{
	static const uint8_t zeros[8],
	    ones[8] = {255, 255, 255, 255, 255, 255, 255, 255}, odd[8] = {0x17, 0x10},
	    two[4] = {2}, far[8] = {0, 0, 0, 0, 0, 1}, high[8] = {0, 0, 0, 16};
	static const struct {
		int at;
		size_t len;
		const uint8_t *bytes;
		int err;
	} rows[] = {
	    {AT_FLAGS, 2, zeros, E_CORRUPT},
	    {AT_MAGIC, 4, ones, E_CORRUPT},
	    {AT_VERSION, 4, two, E_VERSION},
	    {AT_MAP_SIZE, 8, ones, E_CORRUPT},
	    {AT_MAP_SIZE, 8, zeros, E_CORRUPT},
	    {AT_PAGE_SIZE, 4, zeros, E_CORRUPT},
	    {AT_PAGE_SIZE, 4, odd, E_CORRUPT},
	    {AT_PAGE_SIZE, 4, ones, E_CORRUPT},
	    {AT_FREE_ROOT, 8, far, E_CORRUPT},
	    {AT_MAIN_DEPTH, 2, ones, E_CORRUPT},
	    {AT_MAIN_ROOT, 8, high, E_CORRUPT},
	    {AT_LAST_PAGE, 8, zeros, E_CORRUPT},
	    {AT_LAST_PAGE, 8, far, E_CORRUPT},
	    {AT_LAST_PAGE, 8, ones, E_CORRUPT},
	    {0, 0, NULL, 0},
	};
	const char *data = tools_path(folder, "data.mdb");

	(void)state;
	for (int page = 0; page < 2; page++)
		for (int i = 0; rows[i].len != 0; i++) {
			make_store(folder, 50);
			overwrite(
			    data, page * 4096 + rows[i].at, rows[i].bytes, rows[i].len);
			expect_refused(data, rows[i].err);
			unlink(data);
		}
}

static void
refuses_what_is_no_store(void **state)
{
	static const char text[] =
	    "This is the file that somebody put here by mistake.\n";
	const char *data = tools_path(folder, "data.mdb");
	int fd = open(data, O_WRONLY | O_CREAT, 0600);
	uint8_t noise[20000];
	uint32_t x = 1;

	(void)state;
	assert_int_equal(write(fd, text, sizeof text), sizeof text);
	close(fd);
	expect_refused(data, E_CORRUPT);
	for (size_t i = 0; i < sizeof noise; i++)
		noise[i] = (uint8_t)((x = x * 69069 + 1) >> 24);
	overwrite(data, 0, noise, sizeof noise);
	expect_refused(data, E_CORRUPT);
	unlink(data);
	assert_int_equal(mkdir(data, 0700), 0);
	assert_int_not_equal(
	    tools_try_open(folder, false, &(struct store *){NULL}, NULL), E_OK);
}

/* LMDB itself, as another program would use it. */
static MDB_env *
raw_open(void)
{
	MDB_env *env;

	MUST(mdb_env_create(&env) == 0);
	MUST(mdb_env_set_maxdbs(env, 8) == 0);
	MUST(mdb_env_open(env, folder, 0, 0600) == 0);
	return env;
}

static void
refuses_the_data_of_others(void **state)
{
	const char *data = tools_path(folder, "data.mdb");
	MDB_env *env = raw_open();
	char key[] = "key", value[] = "value";
	MDB_val k = {3, key}, v = {5, value};
	MDB_txn *txn;
	MDB_dbi dbi;

	(void)state;
	assert_int_equal(mdb_txn_begin(env, NULL, 0, &txn), 0);
	assert_int_equal(mdb_dbi_open(txn, "a", MDB_CREATE, &dbi), 0);
	assert_int_equal(mdb_put(txn, dbi, &k, &v, 0), 0);
	assert_int_equal(mdb_txn_commit(txn), 0);
	mdb_env_close(env);
	expect_refused(data, E_CORRUPT);
}

/* LMDB made the file, and then somebody pulled the plug. */
static void
finishes_what_was_begun(void **state)
{
	struct fault fault;
	struct store *s;

	(void)state;
	mdb_env_close(raw_open());
	assert_int_equal(tools_try_open(folder, false, &s, &fault), E_NOTFOUND);
	assert_int_equal(tools_try_open(folder, true, &s, &fault), E_OK);
	assert_int_equal(tools_put(s, T_A, "k", "v"), E_OK);
	store_close(s);
}

static uint64_t
u64_at(const char *path, off_t at)
{
	int fd = open(path, O_RDONLY);
	uint64_t v = 0;

	assert_int_equal(pread(fd, &v, sizeof v, at), sizeof v);
	close(fd);
	return v;
}

/* How many bytes a data file lacks of those that its head promises. */
static long
lacking(const char *data)
{
	off_t page =
	    u64_at(data, AT_CHANGE) > u64_at(data, 4096 + AT_CHANGE) ? 0 : 4096;

	return (long)(u64_at(data, page + AT_LAST_PAGE) + 1) * 4096 -
	       (long)size_of(data);
}

/* LMDB leaves such files behind, and they are right. */
static void
opens_files_without_their_free_end(void **state)
{
	const char *data = tools_path(folder, "data.mdb");
	struct tools_fill f = {
	    .prefix = "t", .table = T_A, .count = 100, .size = 5000, .remove = true};
	struct store *s = tools_open(folder, 0, 0);
	struct fault fault;

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(tools_fill(s, T_B, "k", 100, 100), E_OK);
	assert_int_equal(store_update(s, 1000, tools_fill_fn, &f), E_OK);
	store_close(s);
	assert_true(lacking(data) > 4096);
	assert_int_equal(tools_try_open(folder, false, &s, &fault), E_OK);
	assert_int_equal(lacking(data), 0);
	assert_int_equal(tools_count(s, T_B), 100);
	assert_int_equal(tools_fill(s, T_B, "l", 1000, 300), E_OK);
	store_close(s);
	assert_int_equal(tools_try_open(folder, false, &s, &fault), E_OK);
	assert_int_equal(tools_count(s, T_B), 1100);
	store_close(s);
	/* But not when more is missing. */
	s = tools_open(folder, 0, 0);
	f.count = 400;
	assert_int_equal(store_update(s, 1000, tools_fill_fn, &f), E_OK);
	store_close(s);
	assert_true(lacking(data) > 4096);
	assert_int_equal(truncate(data, 100000), 0);
	expect_refused(data, E_CORRUPT);
}

/* ---- being exchanged while open ---- */

static void
follows_an_exchanged_folder(void **state)
{
	char now[300], old[300], other[300];
	struct store *s, *t;
	struct store_txn *txn;
	uint64_t version;

	(void)state;
	snprintf(now, sizeof now, "%s/now", folder);
	snprintf(old, sizeof old, "%s/old", folder);
	snprintf(other, sizeof other, "%s/other", folder);
	assert_int_equal(mkdir(now, 0700) | mkdir(other, 0700), 0);
	s = tools_open(now, 0, 0);
	assert_int_equal(tools_put(s, T_A, "k", "old"), E_OK);
	t = tools_open(other, 0, 0);
	assert_int_equal(tools_put(t, T_A, "k", "restored"), E_OK);
	store_close(t);
	assert_int_equal(store_read_begin(s, &txn), E_OK);
	version = store_version(txn);
	store_read_end(txn);
	assert_int_equal(rename(now, old) | rename(other, now), 0);
	assert_string_equal(tools_get(s, T_A, "k"), "restored");
	/* As many changes, but not the same ones. */
	assert_int_equal(store_read_begin(s, &txn), E_OK);
	assert_true(store_version(txn) != version);
	store_read_end(txn);
	assert_int_equal(tools_put(s, T_A, "l", "more"), E_OK);
	/* Gone altogether: an error, and all is well when it is back. */
	assert_int_equal(rename(now, other), 0);
	assert_int_equal(tools_put(s, T_A, "l", "lost"), E_IO);
	assert_int_equal(rename(other, now), 0);
	assert_string_equal(tools_get(s, T_A, "l"), "more");
	store_close(s);
}

static void
survives_being_cut(void **state)
{
	const char *data = tools_path(folder, "data.mdb");
	struct store *s = tools_open(folder, 0, 0);
	struct store_txn *txn;

	(void)state;
	assert_int_equal(tools_fill(s, T_A, "k", 2000, 100), E_OK);
	assert_int_equal(truncate(data, 20000), 0);
	assert_int_equal(store_read_begin(s, &txn), E_CORRUPT);
	assert_int_equal(tools_put(s, T_A, "k", "v"), E_CORRUPT);
	store_close(s);
}

struct pipes {
	int to[2], from[2];
};

static int
hold_open(void *arg)
{
	struct pipes *p = arg;
	struct store *s = tools_open(folder, 0, 0);

	tools_tell(p->from[1]);
	tools_hear(p->to[0]);
	store_close(s);
	return 0;
}

/*
 * A data file put in the place of another while others use the lock file: LMDB alone
 * would take the old change's number for the new file's, and write over its newest
 * data.
 */
static void
expect_foreign_lock_file(int changes, bool in_place)
{
	const char *copy = tools_path(folder, "copy");
	struct store *s = tools_open(folder, 0, 0);
	struct pipes p;
	struct store_txn *txn;
	struct fault fault;
	struct span old;
	pid_t pid;

	assert_int_equal(pipe(p.to) | pipe(p.from), 0);
	assert_int_equal(tools_put(s, T_A, "k", "kept"), E_OK);
	assert_int_equal(mkdir(copy, 0700), 0);
	assert_int_equal(store_copy(s, copy, &fault), E_OK);
	for (int i = 0; i < changes; i++)
		assert_int_equal(tools_put(s, T_A, "k", "lost"), E_OK);
	pid = tools_spawn(hold_open, &p);
	tools_hear(p.from[0]);
	if (in_place) {
		old = content(tools_path(copy, "data.mdb"), 1 << 20);
		overwrite(tools_path(folder, "data.mdb"), 0, old.data, old.len);
	} else {
		assert_int_equal(rename(tools_path(copy, "data.mdb"),
				     tools_path(folder, "data.mdb")),
		    0);
	}
	assert_int_equal(store_read_begin(s, &txn), E_CORRUPT);
	assert_int_equal(tools_put(s, T_A, "k", "v"), E_CORRUPT);
	tools_tell(p.to[1]);
	assert_int_equal(tools_wait(pid), 0);
	/* When nobody else is left, the lock file is made anew. */
	if (in_place) {
		store_close(s);
		s = tools_open(folder, 0, 0);
	}
	assert_string_equal(tools_get(s, T_A, "k"), "kept");
	store_close(s);
}

/* With an odd and an even number of changes LMDB looks at another head. */
static void
refuses_a_data_file_with_anothers_lock_file(void **state)
{
	(void)state;
	for (int i = 0; i < 4; i++) {
		expect_foreign_lock_file(9 + i / 2, i % 2 == 0);
		teardown(NULL);
		setup(NULL);
	}
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(refuses_files_that_were_cut),
	    T(refuses_heads_that_make_no_sense),
	    T(refuses_what_is_no_store),
	    T(refuses_the_data_of_others),
	    T(finishes_what_was_begun),
	    T(opens_files_without_their_free_end),
	    T(follows_an_exchanged_folder),
	    T(survives_being_cut),
	    T(refuses_a_data_file_with_anothers_lock_file),
	};

	log_open("test_store_damage", LOG_NOWHERE, LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
