/* Making a data folder; what a timer runs. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "manage/backup.h"
#include "manage/check.h"
#include "manage/init.h"
#include "manage/tick.h"
#include "registry/audit.h"

#define STRANGER 54321

static struct stat
look(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		fail_msg("%s is not there", path);
	return st;
}

static unsigned
mode_of(struct fixture *f, const char *name)
{
	return look(fixture_path(f, name)).st_mode & 07777;
}

static int
init(struct fixture *f, struct initialising how, struct initialised *done_it)
{
	f->manage.fault = (struct fault){0};
	return init_data(&how, done_it, &f->manage.fault);
}

static void
count(void *arg, const struct check_finding *finding)
{
	(void)arg;
	fail_msg("%s: %s", finding->subject, finding->text);
}

static void
made_anew(void **state)
{
	struct fixture *f = *state;
	struct initialising how = {.path = fixture_path(f, "new")};
	struct check_result r = {0};
	struct initialised got;
	mode_t old = umask(022);

	done(f, init(f, how, &got));
	assert_true(got.folder && got.stores && got.ring);
	assert_int_equal(got.owner, geteuid());
	assert_string_equal(got.path, how.path);
	assert_int_equal(mode_of(f, "new"), 02770);
	assert_int_equal(mode_of(f, "new/registry"), 02770);
	assert_int_equal(mode_of(f, "new/ledger"), 02770);
	assert_int_equal(mode_of(f, "new/sightings"), 02770);
	assert_int_equal(mode_of(f, "new/registry/data.mdb"), 0660);
	assert_int_equal(mode_of(f, "new/registry/lock.mdb"), 0660);
	assert_int_equal(mode_of(f, "new/sightings/gateways"), 0660);
	assert_int_equal(mode_of(f, "new/seal.keys"), 0640);
	assert_int_equal(check_files(how.path, NULL, count, NULL, &r), E_OK);
	/* Again: nothing is left to be made, and nothing changes. */
	done(f, init(f, how, &got));
	assert_false(got.folder || got.stores || got.ring);
	umask(old);
}

static void
a_ring_elsewhere(void **state)
{
	struct fixture *f = *state;
	struct initialising how = {.path = fixture_path(f, "new"),
	    .seal_path = fixture_path(f, "etc/seal.keys")};
	struct initialised got;

	refused(f, init(f, how, &got), E_NOTFOUND, "etc/seal.keys");
	assert_int_equal(mkdir(fixture_path(f, "etc"), 0700), 0);
	done(f, init(f, how, &got));
	assert_true(got.ring);
	assert_string_equal(got.seal_path, how.seal_path);
	assert_int_equal(access(fixture_path(f, "new/seal.keys"), F_OK), -1);
}

/* A new ring would hide that the old one is lost. */
static void
a_ring_that_is_missing(void **state)
{
	struct fixture *f = *state;
	struct initialising how = {.path = fixture_path(f, "new")};
	struct initialised got;

	done(f, init(f, how, &got));
	assert_int_equal(unlink(got.seal_path), 0);
	refused(f, init(f, how, &got), E_STATE,
	    "the sealing keys of these data are missing");
	how.new_ring = true;
	done(f, init(f, how, &got));
	assert_true(got.ring);
	assert_false(got.stores);
}

static void
folders_that_are_not_taken(void **state)
{
	struct fixture *f = *state;
	struct initialising how = {.path = fixture_path(f, "other")};
	struct initialised got;

	assert_int_equal(mkdir(how.path, 0700), 0);
	assert_int_equal(chmod(how.path, 0755), 0);
	assert_int_equal(mkdir(fixture_path(f, "other/home"), 0755), 0);
	refused(f, init(f, how, &got), E_STATE, "is not empty and no data folder");
	assert_int_equal(mode_of(f, "other"), 0755);
	how.path = fixture_path(f, "no/such/place");
	refused(f, init(f, how, &got), E_NOTFOUND, "cannot make");
	how.path = "";
	refused(f, init(f, how, &got), E_INVALID, "path: is required");
	how.path = fixture_path(f, "new");
	how.user = "no-such-user-here";
	refused(f, init(f, how, &got), E_INVALID, "user: there is no user");
	how.user = NULL;
	how.group = "no-such-group-here";
	refused(f, init(f, how, &got), E_INVALID, "group: there is no group");
	assert_int_equal(access(how.path, F_OK), -1);
}

/* ---- as root ------------------------------------------------------------------------------------ */

/* Runs fn in a child, since acting as somebody else is for good. */
static void
in_child(struct fixture *f, int (*fn)(struct fixture *f))
{
	int status;
	pid_t child = fork();

	if (child == 0)
		_exit(fn(f));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) != 0)
		fail_msg("step %d of the child failed", WEXITSTATUS(status));
}

static int
init_for_stranger(struct fixture *f)
{
	struct initialising how = {
	    .path = fixture_path(f, "new"), .user = "54321", .group = "54322"};
	struct initialised got;
	FILE *file;

	if (init(f, how, &got) != E_OK)
		return 1;
	if (got.owner != STRANGER || got.group != STRANGER + 1)
		return 2;
	if (geteuid() != STRANGER || getegid() != STRANGER + 1 || getuid() != STRANGER)
		return 3;
	/* What is made from now on is theirs, and their group's alone. */
	if ((file = fopen(fixture_path(f, "new/registry/x"), "w")) == NULL)
		return 4;
	fclose(file);
	return setuid(0) == 0 ? 5 : 0;
}

static int
act_as_owner(struct fixture *f)
{
	struct fault fault = {0};

	if (init_act_as_owner(fixture_path(f, "new"), &fault) != E_OK)
		return 1;
	return geteuid() == STRANGER && getegid() == STRANGER + 1 ? 0 : 2;
}

static int
restore_for_stranger(struct fixture *f)
{
	struct restoring how = {.from = fixture_path(f, "copy"),
	    .path = fixture_path(f, "back"),
	    .user = "54321",
	    .group = "54322"};
	struct backup back;

	return restore_data(&how, &f->arena, &back, &f->manage.fault) == E_OK ? 0 : 1;
}

static void
as_root_for_a_user(void **state)
{
	static const char *const made[] = {"new", "new/registry",
	    "new/registry/data.mdb", "new/ledger/lock.mdb", "new/sightings/gateways",
	    "new/seal.keys", "new/registry/x", "back", "back/registry/data.mdb",
	    "back/seal.keys", "back/sightings/unknown"};
	struct fixture *f = *state;
	struct check_result r = {0};
	struct backup copy;

	/* Others cannot become anybody else. */
	if (geteuid() != 0)
		return;
	assert_int_equal(chmod(f->root, 0777), 0);
	in_child(f, init_for_stranger);
	assert_int_equal(unlink(fixture_path(f, "new/registry/x")), 0);
	assert_int_equal(
	    check_files(fixture_path(f, "new"), NULL, count, NULL, &r), E_OK);
	in_child(f, act_as_owner);
	add_fleet(f, 1, NULL);
	done(f, manage_backup(worker(f), fixture_path(f, "copy"),
		    &(struct backing_up){.ring_too = true}, &copy));
	in_child(f, restore_for_stranger);
	assert_int_equal(
	    check_files(fixture_path(f, "back"), NULL, count, NULL, &r), E_OK);
	for (size_t i = 0; i < COUNT(made); i++) {
		struct stat st;

		if (strcmp(made[i], "new/registry/x") == 0)
			continue;
		st = look(fixture_path(f, made[i]));
		if (st.st_uid != STRANGER || st.st_gid != STRANGER + 1)
			fail_msg("%s belongs to %u:%u", made[i], (unsigned)st.st_uid,
			    (unsigned)st.st_gid);
	}
}

static void
acting_needs_a_folder(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(
	    init_act_as_owner("/nowhere/at/all", &f->manage.fault), E_NOTFOUND);
	assert_non_null(strstr(f->manage.fault.text, "gatehouse init"));
}

/* ---- tick ------------------------------------------------------------------------------------------ */

static int
count_entry(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	(void)m;
	(void)txn;
	(void)record;
	++*(unsigned *)arg;
	return E_OK;
}

static unsigned
entries(struct fixture *f)
{
	unsigned n = 0;

	done(f, manage_list(worker(f), &audit_kind, 0, 0, count_entry, &n));
	return n;
}

static void
old_entries_are_trimmed(void **state)
{
	struct fixture *f = *state;
	struct ticking how = {.keep_audit = 10 * DAY};
	struct ticked got;

	add_gateway(f, "gw-1", "0000000000000001");
	for (int i = 0; i < 1200; i++) {
		done(f, set_field(f, &gateway_kind, "gw-1", "name", i % 2 ? "a" : "b"));
		arena_reset(&f->arena);
	}
	f->manage.now = NOW + 5 * DAY;
	done(f, set_field(f, &gateway_kind, "gw-1", "name", "c"));
	assert_int_equal(entries(f), 1202);
	f->manage.now = NOW + 10 * DAY;
	done(f, manage_tick(worker(f), &how, &got));
	assert_int_equal(got.audit_trimmed, 0);
	f->manage.now = NOW + 10 * DAY + 1;
	done(f, manage_tick(worker(f), &how, &got));
	assert_int_equal(got.audit_trimmed, 1201);
	assert_int_equal(entries(f), 1);
	f->manage.now = NOW + 99 * DAY;
	how.keep_audit = 0;
	done(f, manage_tick(worker(f), &how, &got));
	assert_int_equal(got.audit_trimmed, 0);
	assert_int_equal(entries(f), 1);
}

static void
what_tick_only_tells(void **state)
{
	struct fixture *f = *state;
	struct ticking how = {0};
	struct key_request plain = {0}, ends = {.expires_at = NOW + DAY};
	struct key_made made;
	struct ticked got;

	add_gateway(f, "gw-1", "0000000000000001");
	add_gateway(f, "gw-2", "0000000000000002");
	done(f, manage_delete(worker(f), &gateway_kind, "gw-2"));
	done(f, manage_key_create(worker(f), &plain, &made));
	done(f, manage_key_create(worker(f), &ends, &made));
	done(f, manage_key_create(worker(f), &plain, &made));
	done(f, manage_key_revoke(worker(f), made.key.key_id));
	done(f, manage_tick(worker(f), &how, &got));
	assert_int_equal(got.keys_revoked, 1);
	assert_int_equal(got.keys_expired, 0);
	assert_int_equal(got.gateways_deleted, 1);
	f->manage.now = NOW + DAY;
	done(f, manage_tick(worker(f), &how, &got));
	assert_int_equal(got.keys_expired, 1);
}

/* A reader that died in the middle of a read keeps its place no longer. */
static int
die_reading(struct fixture *f)
{
	struct data_options o = {.path = f->path};
	struct store_txn *txn;

	return data_open(&o, &f->data, NULL) == E_OK &&
		       store_read_begin(f->data.registry, &txn) == E_OK
		   ? 0
		   : 1;
}

static void
dead_readers_are_removed(void **state)
{
	struct fixture *f = *state;
	struct ticking how = {0};
	struct ticked got;
	struct data_options o = {.path = f->path};

	data_close(&f->data);
	in_child(f, die_reading);
	assert_int_equal(data_open(&o, &f->data, NULL), E_OK);
	done(f, manage_tick(worker(f), &how, &got));
	/* Opening may have removed it already. */
	assert_true(got.stale_readers <= 1);
	done(f, manage_tick(worker(f), &how, &got));
	assert_int_equal(got.stale_readers, 0);
}

int
main(void)
{
#define DISK(name) cmocka_unit_test_setup_teardown(name, fixture_disk, fixture_end)
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_memory, fixture_end)
	const struct CMUnitTest tests[] = {
	    TEST(made_anew),
	    TEST(a_ring_elsewhere),
	    TEST(a_ring_that_is_missing),
	    TEST(folders_that_are_not_taken),
	    DISK(as_root_for_a_user),
	    TEST(acting_needs_a_folder),
	    TEST(old_entries_are_trimmed),
	    TEST(what_tick_only_tells),
	    DISK(dead_readers_are_removed),
	};

	log_open("test", LOG_NOWHERE, LOG_ERROR);
	return cmocka_run_group_tests_name("init", tests, NULL, NULL);
}
