/* What files, blobs, slots and stores do while each request for memory and each call that
 * concerns a file fails once: see deed.h. */
#include "tests/fault/deed.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/blob.h"
#include "store/slots.h"
#include "tests/fault/store_tools.h"

/* ---- files ------------------------------------------------------------------------------ */

static const char *
text_of(const char *path)
{
	static struct strbuf text;

	strbuf_clear(&text);
	strbuf_init(&text, 1 << 16);
	return file_read(path, &text, NULL) == E_OK ? strbuf_str(&text) : NULL;
}

static void
an_old_file(void)
{
	snprintf(deed_place, sizeof deed_place, "%s", tools_path(deed_folder, "file"));
	unlink(deed_place);
	assert_int_equal(
	    file_replace(deed_place, 0600, BYTES("old"), &deed_fault), E_OK);
}

static int
replace_file(void)
{
	return file_replace(deed_place, 0640, BYTES("the new one"), &deed_fault);
}

/* The folder is synced when the new file is in its deed_place already. */
static void
is_old_or_new(bool done)
{
	const char *text = text_of(deed_place);

	assert_non_null(text);
	if (done || strcmp(text, "old") != 0)
		assert_string_equal(text, "the new one");
	assert_int_equal(deed_count_in(deed_folder), 1);
}

static int
read_file(void)
{
	struct strbuf text;
	int err;

	strbuf_init(&text, 100);
	err = file_read(deed_place, &text, &deed_fault);
	if (err == E_OK && strcmp(strbuf_str(&text), "old") != 0)
		err = E_INTERNAL;
	strbuf_clear(&text);
	return err;
}

static void
files(void **state)
{
	static const struct deed deeds[] = {
	    {"file_replace", an_old_file, replace_file, is_old_or_new, true, false, 4},
	    {"file_read", an_old_file, read_file, NULL, true, false, 3},
	};

	(void)state;
	deeds_go_wrong(deeds, COUNT(deeds));
}

/* ---- blobs ------------------------------------------------------------------------------- */

#define NAME "abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
static struct blobs blobs;

static void
open_blobs(void)
{
	snprintf(deed_place, sizeof deed_place, "%s", tools_path(deed_folder, "blobs"));
	assert_int_equal(blobs_open(deed_place, true, &blobs, &deed_fault), E_OK);
}

static int
add_blob(void)
{
	struct blob_writer *writer;
	int err = blob_begin(&blobs, &writer, &deed_fault);

	if (err == E_OK && (err = blob_write(writer, BYTES("bytes"))) != E_OK) {
		fault_set(&deed_fault, err, NULL, "write");
		blob_abandon(writer);
	} else if (err == E_OK) {
		err = blob_commit(writer, NAME, NULL, NULL, &deed_fault);
	}
	return err;
}

/* What is there under its name is whole, and nothing is left where it was written. */
static void
is_whole_or_gone(bool done)
{
	char path[400], bytes[8] = "";
	struct blob_mark mark;
	int fd, err = blob_open(&blobs, NAME, &fd, &mark, &deed_fault);

	if (done || err != E_NOTFOUND) {
		assert_int_equal(err, E_OK);
		assert_int_equal(mark.size, 5);
		assert_int_equal(read(fd, bytes, sizeof bytes), 5);
		assert_string_equal(bytes, "bytes");
		close(fd);
		snprintf(path, sizeof path, "%s/ab/" NAME, deed_place);
		assert_int_equal(unlink(path), 0);
	}
	snprintf(path, sizeof path, "%s/new", deed_place);
	assert_int_equal(deed_count_in(path), 0);
}

static void
an_old_blob(void)
{
	open_blobs();
	assert_int_equal(add_blob(), E_OK);
}

static int
open_blob(void)
{
	struct blob_mark mark;
	int fd, err = blob_open(&blobs, NAME, &fd, &mark, &deed_fault);

	if (err == E_OK)
		close(fd);
	return err;
}

static int
touch_blob(void)
{
	return blob_touch(&blobs, NAME, &deed_fault);
}

static bool
keep_none(void *arg, const char name[BLOB_NAME + 1])
{
	(void)arg;
	(void)name;
	return false;
}

static int
collect_blobs(void)
{
	struct blob_collected collected;

	return blobs_collect(
	    &blobs, INT64_MAX, keep_none, NULL, &collected, &deed_fault);
}

static int
try_blobs(void)
{
	struct blobs again;

	return blobs_open(deed_place, true, &again, &deed_fault);
}

static void
blobs_on_disk(void **state)
{
	static const struct deed deeds[] = {
	    {"blobs_open", open_blobs, try_blobs, NULL, true, false, 1},
	    {"blob_commit", open_blobs, add_blob, is_whole_or_gone, true, false, 8},
	    {"blob_open", an_old_blob, open_blob, NULL, true, false, 1},
	    {"blob_touch", an_old_blob, touch_blob, is_whole_or_gone, true, false, 2},
	    {"blobs_collect", an_old_blob, collect_blobs, NULL, true, false, 100},
	};

	(void)state;
	deeds_go_wrong(deeds, COUNT(deeds));
}

/* ---- slots --------------------------------------------------------------------------------- */

static void
no_slots(void)
{
	snprintf(deed_place, sizeof deed_place, "%s", tools_path(deed_folder, "slots"));
	unlink(deed_place);
}

static int
use_slots(void)
{
	struct slots *slots;
	uint64_t value = 7, got = 0;
	int err =
	    slots_open(deed_place, "test", sizeof value, 100, &slots, &deed_fault);

	if (err != E_OK)
		return err;
	if ((err = slots_put(slots, 3, &value)) != E_OK)
		fault_set(&deed_fault, err, NULL, "put");
	/* A read that fails is an empty slot: they may be lost. */
	else if (slots_get(slots, 3, &got) && got != 7)
		err = E_INTERNAL;
	slots_close(slots);
	return err;
}

/* Whatever there is now, the next process can work with it. */
static void
slots_work(bool done)
{
	(void)done;
	assert_int_equal(use_slots(), E_OK);
}

static void
slots_on_disk(void **state)
{
	static const struct deed deed = {
	    "slots", no_slots, use_slots, slots_work, true, false, 6};

	(void)state;
	deeds_go_wrong(&deed, 1);
}

/* ---- stores ---------------------------------------------------------------------------------- */

static struct store *store;

static void
a_full_store(void)
{
	store_close(store);
	store = NULL;
	snprintf(deed_place, sizeof deed_place, "%s", tools_path(deed_folder, "store"));
	mkdir(deed_place, 0770);
	store = tools_open(deed_place, 0, 0);
	assert_int_equal(tools_put(store, T_A, "one", "1"), E_OK);
	tools_del(store, T_B, "two");
}

static void
a_store_in_memory(void)
{
	struct store_options o = {.tables = tools_tables, .schema = 1};

	store_close(store);
	assert_int_equal(store_open_memory(&o, &store), E_OK);
	assert_int_equal(tools_put(store, T_A, "one", "1"), E_OK);
}

static int
change_it(struct store_txn *txn, void *arg)
{
	struct store_cursor *c;
	struct span k, v;
	int err;

	(void)arg;
	if ((err = store_put(txn, T_A, BYTES("one"), BYTES("2"))) != E_OK ||
	    (err = store_put(txn, T_B, BYTES("two"), BYTES("2"))) != E_OK ||
	    (err = store_cursor_open(txn, T_A, &c)) != E_OK)
		return err;
	err = store_cursor_seek(c, span_of(NULL, 0), &k, &v);
	store_cursor_close(c);
	return err == E_OK ? store_del(txn, T_A, BYTES("one")) : err;
}

static int
change_store(void)
{
	return store_update(store, 1000, change_it, NULL);
}

/* All of the change, or nothing of it. */
static void
all_or_nothing(bool done)
{
	const char *one = tools_get(store, T_A, "one");

	if (done) {
		assert_null(one);
		assert_string_equal(tools_get(store, T_B, "two"), "2");
	} else {
		assert_string_equal(one, "1");
		assert_null(tools_get(store, T_B, "two"));
	}
}

static void
no_store(void)
{
	snprintf(
	    deed_place, sizeof deed_place, "%s", tools_path(deed_folder, "another"));
	tools_remove(deed_place);
	assert_int_equal(mkdir(deed_place, 0770), 0);
}

static int
open_store(void)
{
	struct store *another;
	int err = tools_try_open(deed_place, true, &another, &deed_fault);

	store_close(another);
	return err;
}

/* The next one can open what there is. */
static void
opens(bool done)
{
	(void)done;
	assert_int_equal(open_store(), E_OK);
}

static void
a_place_for_a_copy(void)
{
	a_full_store();
	no_store();
}

static int
copy_store(void)
{
	return store_copy(store, deed_place, &deed_fault);
}

static void
copy_or_nothing(bool done)
{
	struct store *copy;

	if (!done) {
		assert_int_equal(deed_count_in(deed_place), 0);
		return;
	}
	assert_int_equal(tools_try_open(deed_place, false, &copy, &deed_fault), E_OK);
	assert_string_equal(tools_get(copy, T_A, "one"), "1");
	store_close(copy);
}

static int
open_memory(void)
{
	struct store_options o = {.tables = tools_tables, .schema = 1};
	struct store *another = NULL;
	int err = store_open_memory(&o, &another);

	store_close(another);
	return err;
}

static void
stores(void **state)
{
	static const struct deed deeds[] = {
	    {"in memory", NULL, open_memory, NULL, false, true, 1},
	    {"update in memory", a_store_in_memory, change_store, all_or_nothing, false,
		true, 5},
	    {"update", a_full_store, change_store, all_or_nothing, false, true, 1},
	    {"store_copy", a_place_for_a_copy, copy_store, copy_or_nothing, true, false,
		3},
	    {"store_open", no_store, open_store, opens, true, false, 5},
	};

	(void)state;
	deeds_go_wrong(deeds, COUNT(deeds));
	store_close(store);
	store = NULL;
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, deed_begin, deed_end)
	const struct CMUnitTest tests[] = {
	    TEST(files),
	    TEST(blobs_on_disk),
	    TEST(slots_on_disk),
	    TEST(stores),
	};

	return cmocka_run_group_tests_name("refused", tests, NULL, NULL);
}
