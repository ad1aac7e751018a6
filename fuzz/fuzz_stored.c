/*
 * Files that Gatehouse finds in its data folder or in a backup, whatever somebody has done
 * to them: the key ring and sealed values, the list of a backup, slots, and the head of a
 * database. The first byte says which. What is taken can be used; what is not says why.
 */
#include "fuzz.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/seal.h"
#include "manage/manifest.h"
#include "store/lmdb_engine.h"
#include "store/slots.h"

#define RING_KEYS 64
#define SLOT 16
#define SLOTS 40
#define SLOTS_HEADER 64

static char folder[200];

static void
remove_all(void)
{
	tree_remove(folder);
}

static const char *
file(const char *name)
{
	static char path[300];

	if (folder[0] == '\0') {
		const char *tmp = getenv("TMPDIR");

		/* Twenty times as fast where nothing goes to a disk. */
		if (tmp == NULL)
			tmp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
		snprintf(folder, sizeof folder, "%.150s/fuzz_stored.XXXXXX", tmp);
		must(mkdtemp(folder) != NULL);
		atexit(remove_all);
	}
	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static void
write_file(const char *path, struct span bytes, off_t at, int flags)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);

	must(fd >= 0);
	must(pwrite(fd, bytes.data, bytes.len, at) == (ssize_t)bytes.len);
	close(fd);
}

/* ---- key ring -------------------------------------------------------------------------- */

static const struct seal_place place = {"key", 5, "value"};

/* A ring that was taken seals and opens. */
static void
use_ring(const struct seal_ring *ring, struct span forged)
{
	uint32_t ids[RING_KEYS], id;
	struct seal_place other = place;
	struct span sealed, plain;
	struct fault fault;
	struct arena arena;
	size_t n = seal_ids(ring, ids, RING_KEYS);

	must(n >= 1 && n <= RING_KEYS && ids[n - 1] == seal_current(ring));
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			must(ids[i] != ids[j] && ids[i] != 0);
	arena_init(&arena, 1 << 20);
	must(seal_value(ring, place, span_str("secret"), &arena, &sealed) == E_OK);
	must(seal_key_of(sealed, &id) && id == seal_current(ring));
	must(seal_open_value(ring, place, sealed, &arena, &plain, &fault) == E_OK);
	must(span_is(plain, "secret"));
	other.serial++;
	must(seal_open_value(ring, other, sealed, &arena, &plain, &fault) == E_CORRUPT);
	must(seal_open_value(ring, place, forged, &arena, &plain, &fault) != E_OK);
	arena_clear(&arena);
}

static void
as_ring(struct span bytes)
{
	const char *path = file("seal.keys");
	struct seal_ring *ring = NULL;
	struct fault fault = {0};

	write_file(path, bytes, 0, O_TRUNC);
	if (seal_open(path, &ring, &fault) != E_OK) {
		must(ring == NULL && fault.text[0] != '\0');
		return;
	}
	use_ring(ring, bytes);
	seal_close(ring);
}

/* ---- list of a backup ---------------------------------------------------------------------- */

/* Nothing that is read or copied by these names lies outside the backup. */
static void
as_manifest(struct span bytes)
{
	struct fault fault = {0};
	struct arena arena;
	struct backup b;
	int err;

	write_file(file(MANIFEST_NAME), bytes, 0, O_TRUNC);
	arena_init(&arena, 8 << 20);
	err = manifest_read(folder, &arena, &b, &fault);
	must(err == E_OK || fault.text[0] != '\0');
	for (size_t i = 0; err == E_OK && i < b.count; i++) {
		const char *name = b.files[i].name;

		must(name[0] != '/' && name[0] != '.' && name[0] != '\0');
		must(strstr(name, "/.") == NULL && strstr(name, "//") == NULL);
		must(strspn(b.files[i].sha256, "0123456789abcdef") == 64);
		must(b.files[i].sha256[64] == '\0');
	}
	if (err == E_OK && b.count > 0)
		must(manifest_verify(folder, &b, &fault) != E_OK);
	arena_clear(&arena);
}

/* ---- slots ------------------------------------------------------------------------------------ */

/* `behind`: the bytes stand behind a header that is right. */
static void
as_slots(struct span bytes, bool behind)
{
	const char *path = file("slots");
	uint8_t data[SLOT], back[SLOT];
	struct slots *s;
	struct fault fault = {0};
	uint64_t damaged;

	unlink(path);
	if (behind) {
		must(slots_open(path, "fuzz", SLOT, SLOTS, &s, &fault) == E_OK);
		slots_close(s);
	}
	write_file(path, bytes, behind ? SLOTS_HEADER : 0, 0);
	must(slots_open(path, "fuzz", SLOT, SLOTS, &s, &fault) == E_OK);
	damaged = slots_damaged(s);
	must(damaged <= slots_count(s));
	for (uint64_t i = 0; i < SLOTS + 2; i++)
		must(!slots_get(s, i, data) || i < slots_count(s));
	memset(data, 7, sizeof data);
	must(slots_put(s, SLOTS - 1, data) == E_OK);
	must(slots_get(s, SLOTS - 1, back) && memcmp(data, back, SLOT) == 0);
	/* A piece of one at the end has become a whole one. */
	must(slots_damaged(s) <= damaged + 1);
	must(slots_put(s, SLOTS, data) == E_INVALID);
	slots_close(s);
}

/* ---- head of a database --------------------------------------------------------------------- */

/* The bytes over the two pages that an empty database begins with. */
static void
as_database(struct span bytes)
{
	static const uint8_t zeros[2 * 4096];
	const char *path = file("data.mdb");
	enum lmdb_shape shape;
	struct fault fault = {0};
	size_t half = bytes.len / 2;

	write_file(path, span_of(zeros, sizeof zeros), 0, O_TRUNC);
	write_file(path, span_of(bytes.data, half), 0, 0);
	write_file(path, span_from(bytes, half), 4096, 0);
	if (lmdb_check_file(path, &shape, &fault) != E_OK)
		must(fault.text[0] != '\0');
	else
		must(shape == LMDB_WHOLE || shape == LMDB_SHORT);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes;

	if (size < 1 || size > 8000)
		return 0;
	bytes = span_of(data + 1, size - 1);
	switch (data[0] % 5) {
	case 0:
		as_ring(bytes);
		break;
	case 1:
		as_manifest(bytes);
		break;
	case 2:
	case 3:
		as_slots(bytes, data[0] % 5 == 3);
		break;
	default:
		as_database(bytes);
	}
	return 0;
}
