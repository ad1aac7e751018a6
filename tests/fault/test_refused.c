/* Each request for memory and each call that concerns a file fails once, one after the
 * other, while something is done: that must end with an error and words, leave nothing
 * behind, and break nothing that was there. */
#include "tests/fault/store_tools.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/certificate.h"
#include "crypto/seal.h"
#include "crypto/sign.h"
#include "store/blob.h"
#include "store/slots.h"
#include "tests/lib/crypto_fixture.h"
#include "tests/lib/refuse.h"

static struct arena arena; /* of what is done, emptied before it */
static struct arena kept;  /* of what the tests prepare */
static struct fault fault;

static int
begin(void **state)
{
	(void)state;
	arena_init(&arena, 8 << 20);
	arena_init(&kept, 8 << 20);
	folder_make();
	return 0;
}

static int
end(void **state)
{
	(void)state;
	folder_remove();
	arena_clear(&arena);
	arena_clear(&kept);
	return 0;
}

struct deed {
	const char *name;
	void (*before)(void);	  /* NULL: nothing has to be prepared */
	int (*fn)(void);	  /* E_OK, or an error */
	void (*after)(bool done); /* what has to be so then; NULL */
	bool disk;		  /* files are concerned */
	bool wordless;		  /* it has no fault to fill in */
};

/* Once for each request, and once without a refusal. */
static void
goes_wrong_everywhere(const struct deed *d)
{
	bool was_refused = true;
	int err;

	for (unsigned long n = 1; was_refused; n++) {
		if (d->before != NULL)
			d->before();
		arena_reset(&arena);
		memset(&fault, 0, sizeof fault);
		refuse_at(n, d->disk);
		err = d->fn();
		was_refused = refuse_end();
		if (err != E_OK &&
		    (!was_refused || (err != E_NOMEM && err != E_CRYPTO &&
					 (!d->disk || err != E_IO))))
			fail_msg("%s, request %lu: %s (%s)", d->name, n, err_text(err),
			    fault.text);
		if (err != E_OK && !d->wordless && fault.text[0] == '\0')
			fail_msg("%s, request %lu: no words", d->name, n);
		if (d->after != NULL)
			d->after(err == E_OK);
		assert_true(n < 2000);
	}
}

/* ---- files ------------------------------------------------------------------------------ */

static char place[300]; /* of the file that it is about */

static const char *
text_of(const char *path)
{
	static struct strbuf text;

	strbuf_clear(&text);
	strbuf_init(&text, 1 << 16);
	return file_read(path, &text, NULL) == E_OK ? strbuf_str(&text) : NULL;
}

/* Names in a folder; none when it is not there. */
static unsigned
count_in(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	unsigned n = 0;

	if (dir == NULL)
		return 0;
	while ((entry = readdir(dir)) != NULL)
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

static void
an_old_file(void)
{
	snprintf(place, sizeof place, "%s", folder_path("file"));
	unlink(place);
	folder_write("file", BYTES("old"), 0600);
}

static int
replace_file(void)
{
	return file_replace(place, 0640, BYTES("the new one"), &fault);
}

/* The folder is synced when the new file is in its place already. */
static void
is_old_or_new(bool done)
{
	const char *text = text_of(place);

	assert_non_null(text);
	if (done || strcmp(text, "old") != 0)
		assert_string_equal(text, "the new one");
	assert_int_equal(count_in(folder_path("")), 1);
}

static int
read_file(void)
{
	struct strbuf text;
	int err;

	strbuf_init(&text, 100);
	err = file_read(place, &text, &fault);
	if (err == E_OK && strcmp(strbuf_str(&text), "old") != 0)
		err = E_INTERNAL;
	strbuf_clear(&text);
	return err;
}

static void
files(void **state)
{
	static const struct deed deeds[] = {
	    {"file_replace", an_old_file, replace_file, is_old_or_new, true, false},
	    {"file_read", an_old_file, read_file, NULL, true, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(deeds); i++)
		goes_wrong_everywhere(&deeds[i]);
}

/* ---- blobs ------------------------------------------------------------------------------- */

#define NAME "abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
static struct blobs blobs;

static void
open_blobs(void)
{
	snprintf(place, sizeof place, "%s", folder_path("blobs"));
	assert_int_equal(blobs_open(place, true, &blobs, &fault), E_OK);
}

static int
add_blob(void)
{
	struct blob_writer *writer;
	int err = blob_begin(&blobs, &writer, &fault);

	if (err == E_OK && (err = blob_write(writer, BYTES("bytes"))) != E_OK) {
		fault_set(&fault, err, NULL, "write");
		blob_abandon(writer);
	} else if (err == E_OK) {
		err = blob_commit(writer, NAME, NULL, NULL, &fault);
	}
	return err;
}

/* What is there under its name is whole, and nothing is left where it was written. */
static void
is_whole_or_gone(bool done)
{
	char path[400], bytes[8] = "";
	struct blob_mark mark;
	int fd, err = blob_open(&blobs, NAME, &fd, &mark, &fault);

	if (done || err != E_NOTFOUND) {
		assert_int_equal(err, E_OK);
		assert_int_equal(mark.size, 5);
		assert_int_equal(read(fd, bytes, sizeof bytes), 5);
		assert_string_equal(bytes, "bytes");
		close(fd);
		snprintf(path, sizeof path, "%s/ab/" NAME, place);
		assert_int_equal(unlink(path), 0);
	}
	snprintf(path, sizeof path, "%s/new", place);
	assert_int_equal(count_in(path), 0);
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
	int fd, err = blob_open(&blobs, NAME, &fd, &mark, &fault);

	if (err == E_OK)
		close(fd);
	return err;
}

static int
touch_blob(void)
{
	return blob_touch(&blobs, NAME, &fault);
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

	return blobs_collect(&blobs, INT64_MAX, keep_none, NULL, &collected, &fault);
}

static int
try_blobs(void)
{
	struct blobs again;

	return blobs_open(place, true, &again, &fault);
}

static void
blobs_on_disk(void **state)
{
	static const struct deed deeds[] = {
	    {"blobs_open", open_blobs, try_blobs, NULL, true, false},
	    {"blob_commit", open_blobs, add_blob, is_whole_or_gone, true, false},
	    {"blob_open", an_old_blob, open_blob, NULL, true, false},
	    {"blob_touch", an_old_blob, touch_blob, is_whole_or_gone, true, false},
	    {"blobs_collect", an_old_blob, collect_blobs, NULL, true, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(deeds); i++)
		goes_wrong_everywhere(&deeds[i]);
}

/* ---- slots --------------------------------------------------------------------------------- */

static void
no_slots(void)
{
	snprintf(place, sizeof place, "%s", folder_path("slots"));
	unlink(place);
}

static int
use_slots(void)
{
	struct slots *slots;
	uint64_t value = 7, got = 0;
	int err = slots_open(place, "test", sizeof value, 100, &slots, &fault);

	if (err != E_OK)
		return err;
	if ((err = slots_put(slots, 3, &value)) != E_OK)
		fault_set(&fault, err, NULL, "put");
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
	    "slots", no_slots, use_slots, slots_work, true, false};

	(void)state;
	goes_wrong_everywhere(&deed);
}

/* ---- stores ---------------------------------------------------------------------------------- */

static struct store *store;

static void
a_full_store(void)
{
	store_close(store);
	store = NULL;
	snprintf(place, sizeof place, "%s", folder_path("store"));
	mkdir(place, 0770);
	store = tools_open(place, 0, 0);
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
	snprintf(place, sizeof place, "%s", folder_path("another"));
	tools_remove(place);
	assert_int_equal(mkdir(place, 0770), 0);
}

static int
open_store(void)
{
	struct store *another;
	int err = tools_try_open(place, true, &another, &fault);

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
	return store_copy(store, place, &fault);
}

static void
copy_or_nothing(bool done)
{
	struct store *copy;

	if (!done) {
		assert_int_equal(count_in(place), 0);
		return;
	}
	assert_int_equal(tools_try_open(place, false, &copy, &fault), E_OK);
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
	    {"in memory", NULL, open_memory, NULL, false, true},
	    {"update in memory", a_store_in_memory, change_store, all_or_nothing, false,
		true},
	    {"update", a_full_store, change_store, all_or_nothing, false, true},
	    {"store_copy", a_place_for_a_copy, copy_store, copy_or_nothing, true,
		false},
	    {"store_open", no_store, open_store, opens, true, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(deeds); i++)
		goes_wrong_everywhere(&deeds[i]);
	store_close(store);
	store = NULL;
}

/* ---- the key ring ----------------------------------------------------------------------------- */

static struct seal_ring *ring;
static const struct seal_place where = {"gateway", 7, "lbs_lns_secret"};

static void
no_ring(void)
{
	snprintf(place, sizeof place, "%s", folder_path("seal.keys"));
	unlink(place);
}

static int
create_ring(void)
{
	return seal_create(place, &fault);
}

static void
ring_or_nothing(bool done)
{
	assert_int_equal(access(place, F_OK) == 0, done);
}

static void
a_ring(void)
{
	seal_close(ring);
	ring = NULL;
	no_ring();
	assert_int_equal(create_ring(), E_OK);
	assert_int_equal(seal_open(place, &ring, &fault), E_OK);
}

static void
a_ring_of_two(void)
{
	a_ring();
	assert_int_equal(seal_add_key(ring, &fault), E_OK);
}

static int
seal_and_open(void)
{
	struct seal_ring *again;
	struct span sealed, plain;
	int err = seal_open(place, &again, &fault);

	if (err == E_OK &&
	    (err = seal_value(again, where, BYTES("secret"), &arena, &sealed)) != E_OK)
		fault_set(&fault, err, NULL, "seal");
	if (err == E_OK)
		err = seal_open_value(again, where, sealed, &arena, &plain, &fault);
	if (err == E_OK && !span_is(plain, "secret"))
		err = E_INTERNAL;
	seal_close(again);
	return err;
}

static int
add_key(void)
{
	return seal_add_key(ring, &fault);
}

static int
drop_key(void)
{
	uint32_t ids[2];

	if (seal_ids(ring, ids, 2) != 2)
		return E_INTERNAL;
	return seal_drop_key(ring, ids[0], &fault);
}

/* What seals now can be opened by who reads the file from now on. */
static void
others_can_open(bool done)
{
	struct seal_ring *again;
	struct span sealed, plain;

	(void)done;
	assert_int_equal(seal_value(ring, where, BYTES("x"), &kept, &sealed), E_OK);
	assert_int_equal(seal_open(place, &again, &fault), E_OK);
	assert_int_equal(
	    seal_open_value(again, where, sealed, &kept, &plain, &fault), E_OK);
	seal_close(again);
	assert_int_equal(count_in(folder_path("")), 1);
}

static void
rings(void **state)
{
	static const struct deed deeds[] = {
	    {"seal_create", no_ring, create_ring, ring_or_nothing, true, false},
	    {"seal_open", a_ring, seal_and_open, NULL, true, false},
	    {"seal_add_key", a_ring, add_key, others_can_open, true, false},
	    {"seal_drop_key", a_ring_of_two, drop_key, others_can_open, true, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(deeds); i++)
		goes_wrong_everywhere(&deeds[i]);
	seal_close(ring);
	ring = NULL;
}

/* ---- certificates and keys --------------------------------------------------------------------- */

static int
make_certificate(void)
{
	static const char *const names[] = {"localhost", NULL};
	struct certificate_request request = {.common_name = "a name",
	    .dns_names = names,
	    .not_before = NOW,
	    .not_after = NOW + DAY,
	    .server = true};
	struct certificate_info info;
	struct span key, der, pem;
	int err = private_key_new(&arena, &key);

	if (err == E_OK)
		err = private_key_pem(key, &arena, &pem);
	if (err != E_OK)
		return fault_set(&fault, err, NULL, "a key");
	if ((err = certificate_issue(&request, key, span_of(NULL, 0), span_of(NULL, 0),
		 &arena, &der, &fault)) != E_OK ||
	    (err = private_key_matches(key, der, &fault)) != E_OK ||
	    (err = certificate_inspect(der, &arena, &info, &fault)) != E_OK)
		return err;
	if ((err = certificate_pem(der, &arena, &pem)) != E_OK)
		return fault_set(&fault, err, NULL, "PEM");
	return strcmp(info.common_name, "a name") == 0 ? E_OK : E_INTERNAL;
}

static struct span bundle, client, ca, key_pem;

static int
read_certificates(void)
{
	struct span ders[8], der;
	size_t count;
	int err;

	if ((err = certificate_list(bundle, &arena, ders, 8, &count, &fault)) != E_OK ||
	    (err = certificate_der(client, &arena, &der, NULL, &fault)) != E_OK ||
	    (err = private_key_for_station(key_pem, &arena, &der, &fault)) != E_OK)
		return err;
	return certificate_verify_client(client, ca, NOW, &fault);
}

static void
certificates(void **state)
{
	static const struct deed deeds[] = {
	    {"certificate_issue", NULL, make_certificate, NULL, false, false},
	    {"certificate_list", NULL, read_certificates, NULL, false, false},
	};

	(void)state;
	bundle = data_file("bundle.pem", &kept);
	client = data_certificate("client.pem", &kept);
	ca = data_certificate("ca.pem", &kept);
	key_pem = data_file("key-p256-sec1.pem", &kept);
	for (size_t i = 0; i < COUNT(deeds); i++)
		goes_wrong_everywhere(&deeds[i]);
}

static void
no_key(void)
{
	snprintf(place, sizeof place, "%s", folder_path("sign.key"));
	unlink(place);
}

static int
create_key(void)
{
	uint8_t point[SIGN_POINT];

	return sign_key_create(place, point, &fault);
}

static void
a_key(void)
{
	no_key();
	assert_int_equal(create_key(), E_OK);
}

static int
sign_something(void)
{
	uint8_t digest[SHA512_SIZE] = {1}, point[SIGN_POINT];
	struct sign_der der;
	struct sign_key *key;
	struct span pem;
	int err;

	if ((err = sign_key_open(place, NULL, &key, &fault)) != E_OK)
		return err;
	memcpy(point, sign_key_point(key), sizeof point);
	err = sign_digest(key, digest, &der, &fault);
	sign_key_close(key);
	if (err == E_OK)
		err = sign_verify(point, digest, span_of(der.bytes, der.len), &fault);
	if (err == E_OK && (err = sign_point_pem(point, &arena, &pem)) != E_OK)
		fault_set(&fault, err, NULL, "PEM");
	return err == E_OK ? sign_point_read(pem, point, &fault) : err;
}

static void
signing_keys(void **state)
{
	static const struct deed deeds[] = {
	    {"sign_key_create", no_key, create_key, ring_or_nothing, true, false},
	    {"sign_digest", a_key, sign_something, NULL, true, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(deeds); i++)
		goes_wrong_everywhere(&deeds[i]);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
	    TEST(files),
	    TEST(blobs_on_disk),
	    TEST(slots_on_disk),
	    TEST(stores),
	    TEST(rings),
	    TEST(certificates),
	    TEST(signing_keys),
	};

	return cmocka_run_group_tests_name("refused", tests, NULL, NULL);
}
