/* Backups, and bringing them back onto a bare folder. */
#include "tests/lib/data_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "manage/backup.h"

#define GATEWAYS 3

static const struct backing_up with_keys = {.ring_too = true}, without_keys = {0};

static char keys[GATEWAYS][128];

/* Opens another folder in the fixture's place. */
static void
move_to(struct fixture *f, const char *path)
{
	struct data_options o = {.path = path};
	struct fault fault = {0};

	data_close(&f->data);
	if (data_open(&o, &f->data, &fault) != E_OK)
		fail_msg("%s", fault.text);
}

static struct span
answers(struct fixture *f)
{
	struct strbuf all;
	struct span kept, one;
	char router[16];

	strbuf_init(&all, 1 << 20);
	for (unsigned i = 1; i <= GATEWAYS; i++) {
		snprintf(router, sizeof router, "::%x", i);
		assert_int_equal(poll_with(f, router, keys[i - 1], &one), E_OK);
		strbuf_put(&all, one.data, one.len);
	}
	kept = span_of(arena_dup(&f->arena, strbuf_span(&all)), all.len);
	strbuf_clear(&all);
	return kept;
}

static int
restore(struct fixture *f, const char *from, const char *to, struct backup *b)
{
	struct restoring how = {.from = from, .path = to};

	f->manage.fault = (struct fault){0};
	return restore_data(&how, &f->arena, b, &f->manage.fault);
}

static void
write_file(const char *path, const char *text)
{
	struct fault fault = {0};

	if (file_replace(path, 0600, span_str(text), &fault) != E_OK)
		fail_msg("%s", fault.text);
}

static bool
is_there(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

static unsigned
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 07777;
}

/* ---- there and back --------------------------------------------------------------------------- */

static void
answers_are_the_same(void **state)
{
	struct fixture *f = *state;
	const char *copy = fixture_path(f, "copy"), *bare = fixture_path(f, "bare");
	struct span before, after, limited;
	struct backup made, back;

	add_fleet(f, GATEWAYS, keys);
	/* Some have been sent things already, so the ledger counts. */
	answers(f);
	answers(f);
	done(f, manage_backup(worker(f), copy, &with_keys, &made));
	assert_true(made.with_keys);
	assert_int_equal(made.at, NOW);
	assert_non_null(strstr(made.warning, "THE SEALING KEYS ARE IN THIS BACKUP"));
	assert_int_equal(made.lost.all, 0);
	before = answers(f);
	limited = answers(f);
	assert_true(limited.len < before.len);

	done(f, restore(f, copy, bare, &back));
	assert_int_equal(back.at, NOW);
	assert_int_equal(back.count, made.count);
	assert_int_equal(back.bytes, made.bytes);
	assert_int_equal(back.lost.all, 0);
	assert_string_equal(back.warning, "");
	move_to(f, bare);
	after = answers(f);
	assert_true(span_eq(before, after));
	assert_true(span_eq(limited, answers(f)));
	assert_int_equal(mode_of(bare), 02770);
	assert_int_equal(mode_of(fixture_path(f, "bare/registry")), 02770);
	assert_int_equal(mode_of(fixture_path(f, "bare/registry/data.mdb")), 0660);
	assert_int_equal(mode_of(fixture_path(f, "bare/seal.keys")), 0640);
	assert_int_equal(mode_of(copy), 0700);
}

static void
without_the_keys_it_says_what_is_lost(void **state)
{
	struct fixture *f = *state;
	const char *copy = fixture_path(f, "copy"), *bare = fixture_path(f, "bare");
	const char *ring = fixture_path(f, "bare/seal.keys");
	struct backup made, back;
	struct span before;
	struct strbuf keyring;

	add_fleet(f, GATEWAYS, keys);
	done(f, manage_backup(worker(f), copy, &without_keys, &made));
	assert_false(made.with_keys);
	assert_false(is_there(fixture_path(f, "copy/seal.keys")));
	assert_non_null(
	    strstr(made.warning, "THE SEALING KEYS ARE NOT IN THIS BACKUP"));
	assert_non_null(strstr(made.warning, "3 LNS secrets of gateways"));
	before = answers(f);

	done(f, restore(f, copy, bare, &back));
	assert_int_equal(back.lost.lns_secrets, 3);
	assert_int_equal(back.lost.certificate_keys, 2);
	assert_int_equal(back.lost.cups_keys, 3);
	assert_int_equal(back.lost.ca_keys, 1);
	assert_int_equal(back.lost.template_secrets, 1);
	assert_int_equal(back.lost.all, 10);
	assert_non_null(strstr(back.warning,
	    "THESE ARE LOST: 3 LNS secrets of gateways, 2 private keys of gateways' "
	    "certificates, 3 CUPS keys that could be pushed, 1 private key of a CA, 1 "
	    "LNS secret of a template."));
	assert_false(is_there(ring));

	/* With the ring of the old machine at its place everything is as it was. */
	strbuf_init(&keyring, 65536);
	done(f, file_read(f->data.seal_path, &keyring, &f->manage.fault));
	move_to(f, bare);
	assert_int_equal(poll_with(f, "::2", keys[1], NULL), E_CORRUPT);
	done(f, file_replace(ring, 0640, strbuf_span(&keyring), &f->manage.fault));
	strbuf_clear(&keyring);
	assert_true(span_eq(before, answers(f)));
}

/* A ring that is at its place before the restore is used and left alone. */
static void
with_the_ring_already_there(void **state)
{
	struct fixture *f = *state;
	const char *copy = fixture_path(f, "copy"), *bare = fixture_path(f, "bare");
	struct backup made, back;
	char command[1500];

	add_fleet(f, GATEWAYS, keys);
	done(f, manage_backup(worker(f), copy, &without_keys, &made));
	assert_int_equal(mkdir(bare, 02770), 0);
	snprintf(command, sizeof command, "cp -p %s %s", f->data.seal_path, bare);
	assert_int_equal(system(command), 0);
	done(f, restore(f, copy, bare, &back));
	assert_int_equal(back.lost.all, 0);
	assert_string_equal(back.warning, "");
}

/* ---- refusals ----------------------------------------------------------------------------------- */

static void
only_onto_a_bare_folder(void **state)
{
	struct fixture *f = *state;
	const char *copy = fixture_path(f, "copy"), *bare = fixture_path(f, "bare");
	struct backup made, back;

	add_fleet(f, 1, keys);
	done(f, manage_backup(worker(f), copy, &with_keys, &made));
	refused(f, restore(f, copy, f->path, &back), E_STATE, "there are data already");
	/* Another ring than the backup's is not written over. */
	assert_int_equal(mkdir(bare, 02770), 0);
	assert_int_equal(seal_create(fixture_path(f, "bare/seal.keys"), NULL), E_OK);
	refused(f, restore(f, copy, bare, &back), E_STATE, "is another ring");
	assert_false(is_there(fixture_path(f, "bare/registry")));
	/* No backup over something else. */
	refused(f, manage_backup(worker(f), copy, &with_keys, &made), E_EXISTS,
	    "is not empty");
	refused(f,
	    manage_backup(worker(f), fixture_path(f, "no/where"), &with_keys, &made),
	    E_NOTFOUND, "cannot make");
}

static void
damage_is_found_first(void **state)
{
	struct fixture *f = *state;
	const char *copy = fixture_path(f, "copy"), *bare = fixture_path(f, "bare");
	const char *file = fixture_path(f, "copy/registry/data.mdb");
	struct restoring verify = {.from = copy, .path = bare, .verify_only = true};
	struct backup made, back;
	struct strbuf bytes;

	add_fleet(f, 1, keys);
	done(f, manage_backup(worker(f), copy, &with_keys, &made));
	done(f, restore_data(&verify, &f->arena, &back, &f->manage.fault));
	assert_false(is_there(bare));

	strbuf_init(&bytes, 64 << 20);
	done(f, file_read(file, &bytes, &f->manage.fault));
	bytes.data[bytes.len / 2] ^= 1;
	done(f, file_replace(file, 0600, strbuf_span(&bytes), &f->manage.fault));
	refused(f, restore(f, copy, bare, &back), E_CORRUPT,
	    "registry/data.mdb: its SHA-256 is another one");
	bytes.data[bytes.len / 2] ^= 1;
	done(f, file_replace(file, 0600, span_of(bytes.data, bytes.len - 4096),
		    &f->manage.fault));
	refused(f, restore(f, copy, bare, &back), E_CORRUPT, "registry/data.mdb: has ");
	assert_int_equal(unlink(file), 0);
	refused(f, restore(f, copy, bare, &back), E_CORRUPT,
	    "registry/data.mdb is missing");
	done(f, file_replace(file, 0600, strbuf_span(&bytes), &f->manage.fault));
	strbuf_clear(&bytes);
	/* Nothing was written until now; then it works. */
	assert_false(is_there(bare));
	done(f, restore(f, copy, bare, &back));
}

static void
manifests_that_are_refused(void **state)
{
#define HASH "0000000000000000000000000000000000000000000000000000000000000000"
#define HEAD                                                                   \
	"{\"format\":1,\"at\":\"2030-01-01T00:00:00Z\",\"registry_schema\":1," \
	"\"ledger_schema\":1,\"with_keys\":false,\"files\":["
#define FILE_OF(name) "{\"name\":\"" name "\",\"size\":1,\"sha256\":\"" HASH "\"}"
	static const struct {
		const char *text;
		int err;
		const char *words;
	} cases[] = {
	    {"not json", E_CORRUPT, "is damaged: line 1"},
	    {"[]", E_CORRUPT, "is not that of a backup"},
	    {"{\"format\":2}", E_VERSION, "newer version"},
	    {"{\"format\":1}", E_CORRUPT, "lacks something"},
	    {HEAD "]}", E_CORRUPT, "has not both stores"},
	    {"{\"format\":1,\"at\":\"2030-01-01T00:00:00Z\",\"registry_schema\":2,"
	     "\"ledger_schema\":1,\"with_keys\":false,\"files\":[]}",
		E_VERSION, "newer version"},
	    {HEAD FILE_OF("../registry/data.mdb") "]}", E_CORRUPT, "entry 1"},
	    {HEAD FILE_OF("/etc/passwd") "]}", E_CORRUPT, "entry 1"},
	    {HEAD FILE_OF("registry/../../x") "]}", E_CORRUPT, "entry 1"},
	    {HEAD FILE_OF("registry/") "]}", E_CORRUPT, "entry 1"},
	    {HEAD FILE_OF("") "]}", E_CORRUPT, "entry 1"},
	    {HEAD "{\"name\":\"registry/x\",\"size\":1,\"sha256\":\"00\"}]}", E_CORRUPT,
		"entry 1"},
	    {HEAD FILE_OF("registry/x") "," FILE_OF("ledger/x") "," FILE_OF(
		 "crontab") "]}",
		E_CORRUPT, "crontab does not belong"},
	    {HEAD FILE_OF("registry/x") "," FILE_OF("ledger/x") "]}", E_CORRUPT,
		"registry/x is missing"},
	};
	struct fixture *f = *state;
	const char *copy = fixture_path(f, "copy"), *bare = fixture_path(f, "bare");
	struct backup back;

	assert_int_equal(mkdir(copy, 0700), 0);
	refused(f, restore(f, copy, bare, &back), E_NOTFOUND, "no backup");
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[400];
		int err;

		write_file(fixture_path(f, "copy/manifest.json"), cases[i].text);
		err = restore(f, copy, bare, &back);
		fault_text(&f->manage.fault, text, sizeof text);
		if (err != cases[i].err || strstr(text, cases[i].words) == NULL)
			fail_msg("case %zu: %s: %s", i, err_text(err), text);
		assert_false(is_there(bare));
	}
}

/* A backup that fails half-way leaves nothing that looks like one. */
static void
a_failed_backup_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	const char *copy = fixture_path(f, "copy"), *empty = fixture_path(f, "empty");
	struct backup made;

	add_fleet(f, 1, keys);
	assert_int_equal(unlink(f->data.seal_path), 0);
	fixture_close_ring(f);
	refused(f, manage_backup(worker(f), copy, &with_keys, &made), E_STATE,
	    "no sealing keys to put into the backup");
	assert_false(is_there(copy));
	/* An empty folder that was there stays, and empty. */
	assert_int_equal(mkdir(empty, 0700), 0);
	refused(f, manage_backup(worker(f), empty, &with_keys, &made), E_STATE,
	    "no sealing");
	assert_int_equal(rmdir(empty), 0);
}

/* A restore that fails half-way leaves the folder as bare as it was. */
static void
a_failed_restore_leaves_nothing(void **state)
{
	struct fixture *f = *state;
	const char *copy = fixture_path(f, "copy"), *bare = fixture_path(f, "bare");
	struct backup made, back;
	struct restoring how = {.from = copy, .path = bare};

	add_fleet(f, 1, keys);
	done(f, manage_backup(worker(f), copy, &with_keys, &made));
	/* The ring cannot be put where a folder should be. */
	write_file(fixture_path(f, "file"), "x");
	how.seal_path = fixture_path(f, "file/seal.keys");
	f->manage.fault = (struct fault){0};
	assert_int_not_equal(
	    restore_data(&how, &f->arena, &back, &f->manage.fault), E_OK);
	assert_false(is_there(bare));
}

/* What is in blobs/ comes along, folders and all. */
/* No file of that digest, which the operator is told. */
#define BLOB "ab00000000000000000000000000000000000000000000000000000000000001"

static void
large_files_come_along(void **state)
{
	struct fixture *f = *state;
	const char *copy = fixture_path(f, "copy"), *bare = fixture_path(f, "bare");
	struct backup made, back;
	struct strbuf text;

	add_fleet(f, 1, keys);
	assert_int_equal(mkdir(fixture_path(f, "data/blobs"), 02770), 0);
	assert_int_equal(mkdir(fixture_path(f, "data/blobs/ab"), 02770), 0);
	assert_int_equal(mkdir(fixture_path(f, "data/blobs/new"), 02770), 0);
	write_file(fixture_path(f, "data/blobs/ab/" BLOB), "firmware");
	write_file(fixture_path(f, "data/blobs/new/tmp1"), "half-written");
	done(f, manage_backup(&f->manage, copy, &with_keys, &made));
	assert_non_null(strstr(strbuf_str(&f->said), BLOB " is damaged"));
	done(f, restore(f, copy, bare, &back));
	strbuf_init(&text, 100);
	done(f,
	    file_read(fixture_path(f, "bare/blobs/ab/" BLOB), &text, &f->manage.fault));
	assert_text(strbuf_span(&text), BYTES("firmware"));
	strbuf_clear(&text);
	assert_false(is_there(fixture_path(f, "bare/blobs/new")));
}

static void
not_from_memory(void **state)
{
	struct fixture *f = *state;
	struct backup made;

	assert_int_equal(
	    manage_backup(worker(f), fixture_path(f, "copy"), &with_keys, &made),
	    E_STATE);
	assert_false(is_there(fixture_path(f, "copy")));
}

int
main(void)
{
#define DISK(name) cmocka_unit_test_setup_teardown(name, fixture_disk, fixture_end)
	const struct CMUnitTest tests[] = {
	    DISK(answers_are_the_same),
	    DISK(without_the_keys_it_says_what_is_lost),
	    DISK(with_the_ring_already_there),
	    DISK(only_onto_a_bare_folder),
	    DISK(damage_is_found_first),
	    DISK(manifests_that_are_refused),
	    DISK(a_failed_backup_leaves_nothing),
	    DISK(a_failed_restore_leaves_nothing),
	    DISK(large_files_come_along),
	    cmocka_unit_test_setup_teardown(
		not_from_memory, fixture_memory, fixture_end),
	};

	log_open("test", LOG_NOWHERE, LOG_ERROR);
	return cmocka_run_group_tests_name("backup", tests, NULL, NULL);
}
