/* What only the engine on disk does: files, versions, damage, room, being exchanged. */
#include "tests/fault/store_tools.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "store/filesystem.h"

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

/* ---- files ---- */

static void
reopens(void **state)
{
	struct fault fault;
	struct store *s;

	(void)state;
	make_store(folder, 300);
	assert_int_equal(tools_try_open(folder, false, &s, &fault), E_OK);
	assert_int_equal(tools_count(s, T_A), 300);
	assert_string_equal(tools_get(s, T_B, "name"), folder);
	assert_null(tools_get(s, T_C, "name"));
	store_close(s);
	store_close(NULL);
}

static void
refuses_where_there_is_none(void **state)
{
	const char *nowhere = tools_path(folder, "no/where");
	struct fault fault;
	struct store *s;

	(void)state;
	assert_int_equal(tools_try_open(folder, false, &s, &fault), E_NOTFOUND);
	assert_null(s);
	assert_non_null(strstr(fault.text, "no store"));
	/* Nothing was made by asking. */
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(tools_try_open(nowhere, true, &s, &fault), E_NOTFOUND);
	assert_non_null(strstr(fault.text, "no/where"));
}

static void
makes_files_for_the_group(void **state)
{
	mode_t mask = umask(077);
	struct stat st;

	(void)state;
	make_store(folder, 1);
	umask(mask);
	assert_int_equal(stat(tools_path(folder, "data.mdb"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(stat(tools_path(folder, "lock.mdb"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
}

/* For root: as somebody else. For anybody else it is enough that files deny. */
static void
become_nobody(void)
{
	if (geteuid() == 0)
		MUST(setgid(65534) == 0 && setuid(65534) == 0);
}

static int
denied(void *arg)
{
	char text[300];
	struct fault fault;
	struct store *s;

	(void)arg;
	become_nobody();
	MUST(tools_try_open(folder, false, &s, &fault) == E_PERM);
	snprintf(text, sizeof text, "%s", fault.text);
	MUST(strstr(text, "data.mdb: belongs to ") != NULL);
	MUST(strstr(text, "mode 0400; we are ") != NULL);
	MUST(strstr(text, "may not write it") != NULL ||
	     strstr(text, "may not read it") != NULL);
	return 0;
}

static int
denied_folder(void *arg)
{
	struct fault fault;
	struct store *s;

	become_nobody();
	MUST(tools_try_open(arg, true, &s, &fault) == E_PERM);
	MUST(strstr(fault.text, "mode 0500; we are ") != NULL);
	MUST(strstr(fault.text, "data.mdb") == NULL);
	return 0;
}

static void
says_whose_files_they_are(void **state)
{
	char inner[300];

	(void)state;
	make_store(folder, 1);
	assert_int_equal(chmod(folder, 0755), 0);
	assert_int_equal(chmod(tools_path(folder, "data.mdb"), 0400), 0);
	assert_int_equal(tools_wait(tools_spawn(denied, NULL)), 0);
	/* The folder itself, and one below a folder that nobody may pass. */
	snprintf(inner, sizeof inner, "%s/inner", folder);
	assert_int_equal(mkdir(inner, 0500), 0);
	assert_int_equal(tools_wait(tools_spawn(denied_folder, inner)), 0);
	if (geteuid() == 0) {
		strcat(inner, "/deeper");
		assert_int_equal(mkdir(inner, 0700), 0);
		assert_int_equal(tools_wait(tools_spawn(denied_folder, inner)), 0);
	}
	chmod(tools_path(folder, "inner"), 0700);
}

static void
root_makes_files_for_the_folders_owner(void **state)
{
	uid_t owner = geteuid() == 0 ? 65534 : geteuid();
	struct stat st;

	(void)state;
	assert_int_equal(chown(folder, owner, (gid_t)-1), 0);
	make_store(folder, 1);
	assert_int_equal(stat(tools_path(folder, "data.mdb"), &st), 0);
	assert_int_equal(st.st_uid, owner);
	assert_int_equal(stat(tools_path(folder, "lock.mdb"), &st), 0);
	assert_int_equal(st.st_uid, owner);
}

static void
knows_remote_file_systems(void **state)
{
	static const struct {
		uint64_t type;
		const char *name; /* a part of it; NULL: local */
	} rows[] = {
	    {0x6969, "NFS"}, {0x517b, "SMB"}, {0xff534d42, "CIFS"},
	    {UINT64_C(0xffffffffff534d42), "CIFS"}, {0xfe534d42, "SMB2"},
	    {0x5346414f, "AFS"}, {0x6b414653, "AFS"}, {0x00c36400, "Ceph"},
	    {0x65735546, "FUSE"}, {0x01021997, "9P"}, {0x0bd00bd0, "Lustre"},
	    {0x01161970, "GFS2"}, {0x7461636f, "OCFS2"}, {0xef53, NULL}, /* ext4 */
	    {0x58465342, NULL},						 /* XFS */
	    {0x9123683e, NULL},						 /* Btrfs */
	    {0x2fc12fc1, NULL},						 /* ZFS */
	    {0xf2f52010, NULL},						 /* F2FS */
	    {0x01021994, NULL},						 /* tmpfs */
	    {0x794c7630, NULL},						 /* overlay */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *name = filesystem_remote(rows[i].type);

		assert_int_equal(name != NULL, rows[i].name != NULL);
		if (name != NULL)
			assert_non_null(strstr(name, rows[i].name));
	}
}

static void
is_open_once_in_a_process(void **state)
{
	struct store *s = tools_open(folder, 0, 0), *other;
	struct fault fault;

	(void)state;
	assert_int_equal(tools_try_open(folder, false, &other, &fault), E_BUSY);
	store_close(s);
	assert_int_equal(tools_try_open(folder, false, &other, &fault), E_OK);
	store_close(other);
}

static int
use_after_fork(void *arg)
{
	struct store *s = *(struct store **)arg, *own;
	struct fault fault;
	struct store_txn *txn;

	MUST(store_read_begin(s, &txn) == E_STATE);
	MUST(tools_put(s, T_A, "k", "child") == E_STATE);
	store_close(s);
	/* It may open one of its own. */
	MUST(tools_try_open(folder, false, &own, &fault) == E_OK);
	MUST(tools_put(own, T_A, "k", "child") == E_OK);
	store_close(own);
	return 0;
}

static void
is_not_used_across_a_fork(void **state)
{
	struct store *s = tools_open(folder, 0, 0);
	struct store_txn *txn;

	(void)state;
	assert_int_equal(tools_put(s, T_A, "k", "parent"), E_OK);
	assert_int_equal(store_read_begin(s, &txn), E_OK);
	assert_int_equal(tools_wait(tools_spawn(use_after_fork, &s)), 0);
	store_read_end(txn);
	assert_string_equal(tools_get(s, T_A, "k"), "child");
	store_close(s);
}

/* ---- tables and versions ---- */

static void
makes_tables_that_are_missing(void **state)
{
	static const char *const one[] = {"b", NULL};
	static const char *const many[] = {"0", "1", "2", "3", "4", "5", "6", "7", "8",
	    "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20", "21",
	    "22", "23", "24", NULL};
	struct store_options o = {.tables = one, .schema = 1, .create = true};
	struct store *s;

	(void)state;
	assert_int_equal(store_open(folder, &o, &s, NULL), E_OK);
	assert_int_equal(tools_put(s, 0, "k", "in b"), E_OK);
	store_close(s);
	o.create = false;
	o.tables = tools_tables;
	assert_int_equal(store_open(folder, &o, &s, NULL), E_OK);
	assert_string_equal(tools_get(s, T_B, "k"), "in b");
	assert_int_equal(tools_put(s, T_C, "k", "in c"), E_OK);
	store_close(s);
	o.tables = many;
	assert_int_equal(store_open(folder, &o, &s, NULL), E_INVALID);
	o.tables = many + 1;
	assert_int_equal(store_open(folder, &o, &s, NULL), E_OK);
	assert_int_equal(tools_put(s, STORE_TABLES_MAX - 1, "k", "last"), E_OK);
	assert_string_equal(tools_get(s, STORE_TABLES_MAX - 1, "k"), "last");
	store_close(s);
}

static void
reads_alone(void **state)
{
	static const char *const one[] = {"b", NULL};
	struct store_options o = {.tables = one, .schema = 1, .create = true};
	char path[40];
	struct store *s;
	int mode = -1;

	(void)state;
	assert_int_equal(store_open(folder, &o, &s, NULL), E_OK);
	assert_int_equal(tools_put(s, 0, "k", "in b"), E_OK);
	store_close(s);
	/* The tables of a newer version are made, and from then on it only reads. */
	o.create = false;
	o.read_only = true;
	o.tables = tools_tables;
	assert_int_equal(store_open(folder, &o, &s, NULL), E_OK);
	assert_string_equal(tools_get(s, T_B, "k"), "in b");
	assert_null(tools_get(s, T_C, "k"));
	assert_int_equal(tools_put(s, T_C, "k", "in c"), E_PERM);
	for (int fd = 3; fd < 64; fd++) {
		char target[400] = "";

		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		if (readlink(path, target, sizeof target - 1) > 0 &&
		    strcmp(target, tools_path(folder, "data.mdb")) == 0)
			mode = fcntl(fd, F_GETFL) & O_ACCMODE;
	}
	assert_int_equal(mode, O_RDONLY);
	store_close(s);
	unlink(tools_path(folder, "data.mdb"));
	assert_int_equal(store_open(folder, &o, &s, NULL), E_NOTFOUND);
}

static int
upgrade_fn(struct store_txn *txn, void *arg)
{
	int err = store_put(txn, T_A, span_str("k"), span_str("new layout"));

	return err != E_OK ? err : store_set_schema(txn, *(uint32_t *)arg);
}

static void
refuses_a_newer_schema(void **state)
{
	struct store_options o = {.tables = tools_tables, .schema = 41, .create = true};
	uint32_t newer = 42;
	struct fault fault;
	struct store *s;

	(void)state;
	assert_int_equal(store_open(folder, &o, &s, &fault), E_OK);
	assert_int_equal(store_schema(s), 41);
	store_close(s);
	o.schema = 42;
	assert_int_equal(store_open(folder, &o, &s, &fault), E_OK);
	assert_int_equal(store_schema(s), 41);
	assert_int_equal(store_update(s, 1000, upgrade_fn, &newer), E_OK);
	assert_int_equal(store_schema(s), 42);
	store_close(s);
	assert_int_equal(store_open(folder, &o, &s, &fault), E_OK);
	assert_int_equal(store_schema(s), 42);
	store_close(s);
	o.schema = 41;
	assert_int_equal(store_open(folder, &o, &s, &fault), E_VERSION);
	assert_non_null(strstr(fault.text, "schema 42"));
	assert_non_null(strstr(fault.text, "knows 41"));
}

struct pipes {
	int to[2], from[2];
};

static int
old_program(void *arg)
{
	struct pipes *p = arg;
	struct store *s = tools_open(folder, 0, 0);
	struct store_txn *txn;

	MUST(tools_put(s, T_A, "k", "old layout") == E_OK);
	tools_tell(p->from[1]);
	tools_hear(p->to[0]);
	MUST(tools_put(s, T_A, "k", "old layout") == E_VERSION);
	MUST(store_read_begin(s, &txn) == E_VERSION);
	MUST(store_schema(s) == 2);
	store_close(s);
	return 0;
}

static void
stops_old_programs_after_an_upgrade(void **state)
{
	struct store_options o = {.tables = tools_tables, .schema = 2};
	struct pipes p;
	uint32_t newer = 2;
	struct store *s;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(p.to) | pipe(p.from), 0);
	pid = tools_spawn(old_program, &p);
	tools_hear(p.from[0]);
	assert_int_equal(store_open(folder, &o, &s, NULL), E_OK);
	assert_int_equal(store_update(s, 1000, upgrade_fn, &newer), E_OK);
	tools_tell(p.to[1]);
	assert_int_equal(tools_wait(pid), 0);
	assert_string_equal(tools_get(s, T_A, "k"), "new layout");
	store_close(s);
}

/* ---- room ---- */

static void
grows(void **state)
{
	struct store *s = tools_open(folder, 65536, 0);
	struct store_info info;
	struct store_txn *txn;
	struct span v;
	char prefix[8], key[16];

	(void)state;
	assert_int_equal(store_inspect(s, &info), E_OK);
	assert_int_equal(info.map, 65536);
	for (int i = 0; i < 20; i++) {
		snprintf(prefix, sizeof prefix, "%02d-", i);
		assert_int_equal(tools_fill(s, T_A, prefix, 500, 700), E_OK);
	}
	assert_int_equal(tools_count(s, T_A), 10000);
	assert_int_equal(store_read_begin(s, &txn), E_OK);
	for (int i = 0; i < 20; i++) {
		snprintf(key, sizeof key, "%02d-%06d", i, i * 20);
		assert_int_equal(store_get(txn, T_A, span_str(key), &v), E_OK);
		assert_int_equal(v.len, 700);
	}
	store_read_end(txn);
	assert_int_equal(store_inspect(s, &info), E_OK);
	assert_int_equal(info.map, 16 << 20);
	assert_int_equal(info.map_max, UINT64_C(64) << 30);
	assert_in_range(info.used, 7000000, 16 << 20);
	store_close(s);
	s = tools_open(folder, 65536, 0);
	assert_int_equal(store_inspect(s, &info), E_OK);
	assert_int_equal(info.map, 16 << 20);
	store_close(s);
}

static void
is_full_at_its_limit(void **state)
{
	struct store *s = tools_open(folder, 65536, 300000);
	struct store_info info;
	int n = 0, err;
	char key[16];

	(void)state;
	for (err = E_OK; err == E_OK; n++) {
		snprintf(key, sizeof key, "%d-", n);
		err = tools_fill(s, T_A, key, 10, 1000);
	}
	assert_int_equal(err, E_FULL);
	assert_in_range(n, 10, 30);
	assert_int_equal(tools_count(s, T_A), (n - 1) * 10);
	assert_int_equal(store_inspect(s, &info), E_OK);
	assert_int_equal(info.map_max, 327680);
	assert_int_equal(info.map, 327680);
	/* Deleting works in a full store, and makes room. */
	for (int i = 0; i < 10; i++) {
		snprintf(key, sizeof key, "%d-%06d", i, i);
		assert_int_equal(tools_del(s, T_A, key), E_OK);
	}
	for (int i = 0; i < 10; i++) {
		snprintf(key, sizeof key, "new%d", i);
		assert_int_equal(tools_put(s, T_A, key, "small"), E_OK);
	}
	store_close(s);
}

/* ---- care ---- */

static void
copies(void **state)
{
	const char *copy = tools_path(folder, "copy");
	struct store *s = tools_open(folder, 0, 0), *t;
	struct fault fault;
	struct stat st;

	(void)state;
	assert_int_equal(tools_fill(s, T_A, "k", 3000, 300), E_OK);
	assert_int_equal(tools_fill(s, T_B, "k", 10, 20), E_OK);
	for (int i = 0; i < 2900; i++) {
		char key[16];

		snprintf(key, sizeof key, "k%06d", i);
		if (i % 100 == 0)
			assert_int_equal(tools_del(s, T_A, key), E_OK);
	}
	assert_int_equal(store_copy(s, copy, &fault), E_NOTFOUND);
	assert_int_equal(mkdir(copy, 0700), 0);
	assert_int_equal(store_copy(s, copy, &fault), E_OK);
	assert_int_equal(store_copy(s, copy, &fault), E_EXISTS);
	assert_int_equal(stat(tools_path(copy, "data.mdb"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_true(st.st_size < size_of(tools_path(folder, "data.mdb")));
	t = tools_open(copy, 0, 0);
	assert_int_equal(tools_count(t, T_A), 2971);
	assert_int_equal(tools_count(t, T_B), 10);
	assert_int_equal(store_schema(t), 1);
	assert_int_equal(tools_put(t, T_A, "more", "works"), E_OK);
	store_close(t);
	store_close(s);
}

static void
inspects(void **state)
{
	struct store *s = tools_open(folder, 0, 0);
	struct store_info before, after;

	(void)state;
	assert_int_equal(tools_fill(s, T_A, "k", 500, 500), E_OK);
	assert_int_equal(store_inspect(s, &before), E_OK);
	assert_int_equal(before.readers, 1);
	assert_in_range(before.readers_max, 1000, 10000);
	assert_int_equal(before.stale, 0);
	assert_int_equal(before.map, 1 << 20);
	assert_in_range(before.used, 250000, 600000);
	for (int i = 0; i < 500; i++) {
		char key[16];

		snprintf(key, sizeof key, "k%06d", i);
		if (i % 50 != 0)
			assert_int_equal(tools_del(s, T_A, key), E_OK);
	}
	assert_int_equal(store_inspect(s, &after), E_OK);
	assert_true(after.used < before.used / 3);
	store_close(s);
}

#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    T(reopens),
	    T(refuses_where_there_is_none),
	    T(makes_files_for_the_group),
	    T(says_whose_files_they_are),
	    T(root_makes_files_for_the_folders_owner),
	    T(knows_remote_file_systems),
	    T(is_open_once_in_a_process),
	    T(is_not_used_across_a_fork),
	    T(makes_tables_that_are_missing),
	    T(reads_alone),
	    T(refuses_a_newer_schema),
	    T(stops_old_programs_after_an_upgrade),
	    T(grows),
	    T(is_full_at_its_limit),
	    T(copies),
	    T(inspects),
	};

	log_open("test_store_lmdb", LOG_NOWHERE, LOG_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
