#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/hex.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include "tests/lib/crypto_fixture.h"

#define K0 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define K1 "1111111111111111111111111111111111111111111111111111111111111111"
#define RING "# a comment\n305419896 " K0 " 2026-11-22T13:05:00Z\n"

static const struct seal_place here = {"gateway", 0x0102030405060708, "lns_key"};
static struct arena arena;
static struct fault fault;

static int
set_up(void **state)
{
	(void)state;
	arena_init(&arena, 1 << 22);
	fault = (struct fault){0};
	folder_make();
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	arena_clear(&arena);
	folder_remove();
	clock_set(-1);
	return 0;
}

static struct seal_ring *
ring_of(const char *text)
{
	struct seal_ring *ring = NULL;

	folder_write("ring", span_str(text), 0640);
	if (seal_open(folder_path("ring"), &ring, &fault) != E_OK)
		fail_msg("%s", fault.text);
	return ring;
}

static const char *
ring_text(void)
{
	struct strbuf text;
	const char *kept;

	strbuf_init(&text, 65536);
	assert_int_equal(file_read(folder_path("ring"), &text, &fault), E_OK);
	kept = arena_dup(&arena, strbuf_span(&text));
	strbuf_clear(&text);
	return kept;
}

static unsigned
mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(stat(folder_path(name), &st), 0);
	return st.st_mode & 07777;
}

static struct span
sealed_of(const struct seal_ring *ring, const char *plain)
{
	struct span sealed;

	assert_int_equal(
	    seal_value(ring, here, span_str(plain), &arena, &sealed), E_OK);
	return sealed;
}

static void
opens_to(const struct seal_ring *ring, struct span sealed, const char *plain)
{
	struct span got;

	if (seal_open_value(ring, here, sealed, &arena, &got, &fault) != E_OK)
		fail_msg("%s", fault.text);
	assert_true(span_is(got, plain));
}

static void
does_not_open(const struct seal_ring *ring, struct seal_place place, struct span sealed,
    int expected, const char *words)
{
	struct span got = {0};
	int err = seal_open_value(ring, place, sealed, &arena, &got, &fault);

	refused(err, expected, &fault, words);
	assert_int_equal(got.len, 0);
}

/* Made by another implementation of AES-256-GCM from the layout in seal.h. */
static void
known_value(void **state)
{
	static const char hex[] =
	    "01"
	    "78563412"
	    "101112131415161718191a1b"
	    "33b0cb4e1ae749d6a9076d698f0fcec1f743b0348ca387880cc831d2";
	struct seal_ring *ring = ring_of(RING);
	uint8_t bytes[(sizeof hex - 1) / 2];
	uint32_t id;

	(void)state;
	assert_true(hex_decode(span_str(hex), bytes, sizeof bytes));
	opens_to(ring, span_of(bytes, sizeof bytes), "NNSXS.secret");
	assert_true(seal_key_of(span_of(bytes, sizeof bytes), &id));
	assert_int_equal(id, 305419896);
	seal_close(ring);
}

static void
layout(void **state)
{
	struct seal_ring *ring = ring_of(RING);
	struct span first = sealed_of(ring, "12345"), second = sealed_of(ring, "12345");

	(void)state;
	assert_int_equal(first.len, 1 + 4 + 12 + 5 + 16);
	assert_memory_equal(first.data, "\x01\x78\x56\x34\x12", 5);
	assert_memory_not_equal(first.data + 5, second.data + 5, 12);
	assert_memory_not_equal(first.data + 17, second.data + 17, 5);
	opens_to(ring, first, "12345");
	opens_to(ring, second, "12345");
	seal_close(ring);
}

static void
sizes(void **state)
{
	struct seal_ring *ring = ring_of(RING);
	struct span sealed, plain, got;
	uint8_t *large = arena_zalloc(&arena, 1, 100000);
	struct arena tiny;

	(void)state;
	sealed = sealed_of(ring, "");
	assert_int_equal(sealed.len, 33);
	opens_to(ring, sealed, "");
	plain = span_of(large, 100000);
	assert_int_equal(seal_value(ring, here, plain, &arena, &sealed), E_OK);
	assert_int_equal(
	    seal_open_value(ring, here, sealed, &arena, &got, &fault), E_OK);
	assert_true(span_eq(got, plain));
	arena_init(&tiny, 16);
	assert_int_equal(seal_value(ring, here, plain, &tiny, &sealed), E_NOMEM);
	seal_close(ring);
}

static void
other_place(void **state)
{
	struct seal_ring *ring = ring_of(RING);
	struct span sealed = sealed_of(ring, "secret");
	const struct seal_place others[] = {
	    {"gatewax", here.serial, here.field},
	    {"gateway", here.serial + 1, here.field},
	    {"gateway", here.serial ^ UINT64_C(1) << 63, here.field},
	    {"gateway", here.serial, "tls_key"},
	    {"gateway", here.serial, "lns_key2"},
	    {"gateway", here.serial, ""},
	    {"", here.serial, here.field},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++)
		does_not_open(ring, others[i], sealed, E_CORRUPT, "another record");
	opens_to(ring, sealed, "secret");
	seal_close(ring);
}

/* Every bit of the value; those of the key's id lead to a key that is not there. */
static void
flipped_bits(void **state)
{
	struct seal_ring *ring = ring_of(RING);
	struct span sealed = sealed_of(ring, "secret"), got;
	uint8_t bytes[64];

	(void)state;
	assert_true(sealed.len <= sizeof bytes);
	for (size_t bit = 0; bit < sealed.len * 8; bit++) {
		int expected = bit / 8 >= 1 && bit / 8 <= 4 ? E_NOTFOUND : E_CORRUPT;

		memcpy(bytes, sealed.data, sealed.len);
		bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_equal(seal_open_value(ring, here, span_of(bytes, sealed.len),
				     &arena, &got, &fault),
		    expected);
	}
	for (size_t len = 0; len < sealed.len; len++)
		does_not_open(
		    ring, here, span_of(sealed.data, len), E_CORRUPT, "sealed value");
	seal_close(ring);
}

static void
unknown_key(void **state)
{
	struct seal_ring *ring = ring_of(RING), *other;
	struct span sealed = sealed_of(ring, "secret");

	(void)state;
	does_not_open(NULL, here, sealed, E_NOTFOUND, "key 305419896");
	other = ring_of("7 " K1 " 2026-11-22\n");
	does_not_open(other, here, sealed, E_NOTFOUND, "key 305419896");
	does_not_open(other, here, sealed, E_NOTFOUND, "bring back the ring file");
	seal_close(other);
	/* The same number on another key is no help. */
	other = ring_of("305419896 " K1 " 2026-11-22\n");
	does_not_open(other, here, sealed, E_CORRUPT, "changed");
	seal_close(other);
	seal_close(ring);
}

static void
no_ring_seals_nothing(void **state)
{
	struct span sealed;

	(void)state;
	assert_int_equal(
	    seal_value(NULL, here, span_str("x"), &arena, &sealed), E_NOTFOUND);
	seal_close(NULL);
}

static void
key_of_what_is_no_value(void **state)
{
	uint8_t bytes[33] = {2};
	uint32_t id;

	(void)state;
	assert_false(seal_key_of(span_of(NULL, 0), &id));
	assert_false(seal_key_of(span_of(bytes, 33), &id));
	bytes[0] = 1;
	assert_false(seal_key_of(span_of(bytes, 32), &id));
	assert_true(seal_key_of(span_of(bytes, 33), &id));
}

static void
reads_rings(void **state)
{
	struct seal_ring *ring;
	uint32_t ids[4] = {0};

	(void)state;
	ring = ring_of("\n  # keys\r\n 5\t" K0 "  2026-11-22  # the old one\r\n"
		       "4294967295 " K1 " 2026-11-22T13:05:00+01:00");
	assert_int_equal(seal_ids(ring, ids, 4), 2);
	assert_int_equal(ids[0], 5);
	assert_int_equal(ids[1], 4294967295);
	assert_int_equal(seal_current(ring), 4294967295);
	ids[0] = ids[1] = 0;
	assert_int_equal(seal_ids(ring, ids, 1), 2);
	assert_int_equal(ids[0], 5);
	assert_int_equal(ids[1], 0);
	seal_close(ring);
}

static void
names_the_damaged_line(void **state)
{
	static const struct {
		const char *text, *words;
	} bad[] = {
	    {"", "no key"},
	    {"# nothing but words\n\n", "no key"},
	    {"1 " K0 " 2026-11-22\n2 " K1 "\n", "line 2"},
	    {"1 " K0 " 2026-11-22\n\n# \n2 " K1 " yesterday\n", "line 4"},
	    {"1 " K0 "00 2026-11-22\n", "line 1"},
	    {"1 " K0 " 2026-11-22 more\n", "line 1"},
	    {"x " K0 " 2026-11-22\n", "line 1"},
	    {"0 " K0 " 2026-11-22\n", "line 1"},
	    {"-1 " K0 " 2026-11-22\n", "line 1"},
	    {"4294967296 " K0 " 2026-11-22\n", "line 1"},
	    {"1 " K0 " 2026-11-22\n2 " K1 " 2026-11-22\n1 " K1 " 2026-11-22\n",
		"line 3: key 1 is there twice"},
	    {"1 0001 2026-11-22\n", "line 1"},
	};
	struct seal_ring *ring;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		folder_write("ring", span_str(bad[i].text), 0640);
		refused(seal_open(folder_path("ring"), &ring, &fault), E_INVALID,
		    &fault, bad[i].words);
		assert_null(ring);
		/* Nor do the words tell the key. */
		assert_null(strstr(fault.text, "0001"));
		assert_null(strstr(fault.text, "1111"));
	}
	folder_write("ring", span_of("1 " K0 "\0 2026-11-22\n", 80), 0640);
	refused(
	    seal_open(folder_path("ring"), &ring, &fault), E_INVALID, &fault, "line 1");
}

static void
too_many_keys(void **state)
{
	struct seal_ring *ring;
	struct strbuf text;

	(void)state;
	strbuf_init(&text, 65536);
	for (unsigned i = 1; i <= 64; i++)
		strbuf_printf(&text, "%u " K0 " 2026-11-22\n", i);
	ring = ring_of(strbuf_str(&text));
	assert_int_equal(seal_ids(ring, NULL, 0), 64);
	refused(seal_add_key(ring, &fault), E_FULL, &fault, "64 keys");
	seal_close(ring);
	strbuf_puts(&text, "65 " K0 " 2026-11-22\n");
	folder_write("ring", strbuf_span(&text), 0640);
	refused(seal_open(folder_path("ring"), &ring, &fault), E_INVALID, &fault,
	    "line 65");
	strbuf_clear(&text);
}

static void
modes(void **state)
{
	static const unsigned fine[] = {0640, 0600, 0440, 0400, 0660},
			      wrong[] = {0644, 0641, 0642, 0666};
	struct seal_ring *ring;

	(void)state;
	for (size_t i = 0; i < COUNT(fine); i++) {
		folder_write("ring", span_str(RING), fine[i]);
		assert_int_equal(seal_open(folder_path("ring"), &ring, &fault), E_OK);
		seal_close(ring);
		unlink(folder_path("ring"));
	}
	for (size_t i = 0; i < COUNT(wrong); i++) {
		folder_write("ring", span_str(RING), wrong[i]);
		refused(seal_open(folder_path("ring"), &ring, &fault), E_PERM, &fault,
		    "chmod");
		assert_null(ring);
	}
	refused(
	    seal_open(folder_path("none"), &ring, &fault), E_NOTFOUND, &fault, "none");
	assert_null(ring);
}

static void
creates(void **state)
{
	struct seal_ring *ring, *again;
	struct span sealed;
	const char *text;

	(void)state;
	clock_set(NOW);
	umask(077);
	assert_int_equal(seal_create(folder_path("ring"), &fault), E_OK);
	umask(022);
	assert_int_equal(mode_of("ring"), 0640);
	text = ring_text();
	assert_non_null(strstr(text, " 2030-01-01T00:00:00Z\n"));
	refused(seal_create(folder_path("ring"), &fault), E_EXISTS, &fault, "exist");
	assert_string_equal(ring_text(), text);
	assert_int_equal(seal_open(folder_path("ring"), &ring, &fault), E_OK);
	sealed = sealed_of(ring, "secret");
	assert_int_equal(seal_open(folder_path("ring"), &again, &fault), E_OK);
	opens_to(again, sealed, "secret");
	seal_close(ring);
	seal_close(again);
	refused(
	    seal_create(folder_path("no/ring"), &fault), E_NOTFOUND, &fault, "no/ring");
}

static void
rotates(void **state)
{
	struct seal_ring *ring = ring_of(RING), *again;
	struct span old = sealed_of(ring, "old"), new;
	uint32_t ids[4], id;

	(void)state;
	clock_set(NOW);
	assert_int_equal(seal_add_key(ring, &fault), E_OK);
	assert_int_equal(seal_ids(ring, ids, 4), 2);
	assert_int_equal(ids[0], 305419896);
	assert_int_equal(ids[1], seal_current(ring));
	new = sealed_of(ring, "new");
	assert_true(seal_key_of(new, &id));
	assert_int_equal(id, ids[1]);
	assert_int_not_equal(id, 305419896);
	assert_int_equal(mode_of("ring"), 0640);
	assert_non_null(strstr(ring_text(), "# a comment\n305419896 " K0));
	assert_int_equal(seal_open(folder_path("ring"), &again, &fault), E_OK);
	for (int i = 0; i < 2; i++) {
		opens_to(i == 0 ? ring : again, old, "old");
		opens_to(i == 0 ? ring : again, new, "new");
	}
	seal_close(again);
	seal_close(ring);
}

static void
drops(void **state)
{
	struct seal_ring *ring = ring_of("1 " K0 " 2026-11-22\n");
	struct span old = sealed_of(ring, "old"), new;
	uint32_t ids[4];

	(void)state;
	seal_close(ring);
	ring = ring_of("1 " K0 " 2026-11-22 # old\n# between\n2 " K1 " 2026-11-22");
	new = sealed_of(ring, "new");
	opens_to(ring, old, "old");
	refused(seal_drop_key(ring, 3, &fault), E_NOTFOUND, &fault, "key 3");
	refused(seal_drop_key(ring, 2, &fault), E_STATE, &fault, "add a new key");
	assert_int_equal(seal_drop_key(ring, 1, &fault), E_OK);
	assert_string_equal(ring_text(), "# between\n2 " K1 " 2026-11-22\n");
	assert_int_equal(seal_ids(ring, ids, 4), 1);
	assert_int_equal(ids[0], 2);
	does_not_open(ring, here, old, E_NOTFOUND, "key 1");
	opens_to(ring, new, "new");
	refused(seal_drop_key(ring, 2, &fault), E_STATE, &fault, "key 2");
	seal_close(ring);
}

/* Rings that were read before somebody else changed the file do not undo the change. */
static void
two_add(void **state)
{
	struct seal_ring *mine = ring_of(RING), *theirs;
	struct span sealed;

	(void)state;
	assert_int_equal(seal_open(folder_path("ring"), &theirs, &fault), E_OK);
	assert_int_equal(seal_add_key(theirs, &fault), E_OK);
	sealed = sealed_of(theirs, "theirs");
	assert_int_equal(seal_add_key(mine, &fault), E_OK);
	assert_int_equal(seal_ids(mine, NULL, 0), 3);
	opens_to(mine, sealed, "theirs");
	seal_close(mine);
	seal_close(theirs);
}

static void
four_processes_add(void **state)
{
	struct seal_ring *ring = ring_of(RING);
	int status;

	(void)state;
	for (int child = 0; child < 4; child++) {
		pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0) {
			int bad = 0;

			for (int i = 0; i < 5; i++)
				bad |= seal_add_key(ring, NULL) != E_OK;
			_exit(bad);
		}
	}
	for (int child = 0; child < 4; child++) {
		assert_true(wait(&status) > 0);
		assert_int_equal(status, 0);
	}
	seal_close(ring);
	assert_int_equal(seal_open(folder_path("ring"), &ring, &fault), E_OK);
	assert_int_equal(seal_ids(ring, NULL, 0), 21);
	seal_close(ring);
}

/* A ring that was damaged meanwhile is not written over. */
static void
damaged_meanwhile(void **state)
{
	struct seal_ring *ring = ring_of(RING);

	(void)state;
	folder_write("ring", span_str(RING "damaged\n"), 0640);
	refused(seal_add_key(ring, &fault), E_INVALID, &fault, "line 3");
	refused(seal_drop_key(ring, 1, &fault), E_INVALID, &fault, "line 3");
	assert_string_equal(ring_text(), RING "damaged\n");
	unlink(folder_path("ring"));
	refused(seal_add_key(ring, &fault), E_NOTFOUND, &fault, "ring");
	seal_close(ring);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    T(known_value),
	    T(layout),
	    T(sizes),
	    T(other_place),
	    T(flipped_bits),
	    T(unknown_key),
	    T(no_ring_seals_nothing),
	    T(key_of_what_is_no_value),
	    T(reads_rings),
	    T(names_the_damaged_line),
	    T(too_many_keys),
	    T(modes),
	    T(creates),
	    T(rotates),
	    T(drops),
	    T(two_add),
	    T(four_processes_add),
	    T(damaged_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
