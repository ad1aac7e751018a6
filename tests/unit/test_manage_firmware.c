/* Images and what is made of them: what is stored, what is refused, what is left after a
 * failure. */
#include "tests/unit/firmware_scene.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "manage/check.h"

/* ---- images ----------------------------------------------------------------------------------- */

static void
adds_and_heals(void **state)
{
	struct fixture *f = *state;
	struct firmware stored;
	int fd;

	image(f, "fw-1", "content");
	worker(f);
	done(f, manage_firmware_verify(&f->manage, "fw-1", NULL, NULL, &stored));
	assert_int_equal(stored.size, 7);
	fd = open(blob_path(f, "fw-1"), O_WRONLY);
	assert_int_equal(pwrite(fd, "x", 1, 0), 1);
	close(fd);
	refused(f, manage_firmware_verify(worker(f), "fw-1", NULL, NULL, &stored),
	    E_CORRUPT, "gatehouse firmware add fw-1 FILE");
	worker(f);
	done(f, add_image(f, "fw-1", -1, "content"));
	done(f, manage_firmware_verify(worker(f), "fw-1", NULL, NULL, &stored));
	worker(f);
	refused(f, add_image(f, "fw-1", -1, "another"), E_EXISTS,
	    "fw-1 is another image already");
	worker(f);
	refused(f, add_image(f, "fw-1", FIRMWARE_KICKSTARTER, HEX), E_EXISTS,
	    "another image");
	worker(f);
	refused(f, add_image(f, "fw-2", FIRMWARE_KICKSTARTER, "content"), E_INVALID,
	    "no Intel HEX");
	refused(f, manage_get(worker(f), &firmware_kind, "fw-2", &stored), E_NOTFOUND,
	    "there is no firmware fw-2");
}

static void
is_kept_while_used(void **state)
{
	struct fixture *f = *state;

	fleet(f, 0);
	refused(f, manage_delete(worker(f), &firmware_kind, "fw-1"), E_STATE,
	    "is used by the field firmware of a release (rel-1)");
	refused(f, manage_delete(worker(f), &release_kind, "rel-1"), E_STATE,
	    "of a rollout (ro-1)");
	refused(f, manage_delete(worker(f), &channel_kind, "stable"), E_STATE,
	    "of a rollout (ro-1)");
	done(f, manage_rollout_remove(worker(f), "ro-1"));
	done(f, manage_delete(worker(f), &release_kind, "rel-1"));
	done(f, manage_delete(worker(f), &firmware_kind, "fw-1"));
}

/* A file stays a day after its record has gone. */
static void
collects_files(void **state)
{
	struct fixture *f = *state;
	struct timespec old[2] = {{.tv_sec = 1000}, {.tv_sec = 1000}};
	const char *path;
	struct ticked t;
	struct stat st;

	image(f, "fw-1", "content");
	path = strdup(blob_path(f, "fw-1"));
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	t = tick_at(f, NOW);
	assert_int_equal(t.images_removed, 0);
	done(f, manage_delete(worker(f), &firmware_kind, "fw-1"));
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_mtime > 1000);
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	t = tick_at(f, NOW);
	assert_int_equal(t.images_removed, 1);
	assert_int_equal(t.image_bytes, 7);
	assert_int_equal(access(path, F_OK), -1);
	free((char *)(uintptr_t)path);
}

/* ---- families ---------------------------------------------------------------------------------- */

static void
keeps_families_apart(void **state)
{
	struct fixture *f = *state;

	fleet(f, 0);
	worker(f);
	done(f, add_image(f, "hex-1", FIRMWARE_KICKSTARTER, HEX));
	done(f, RECORD(f, &release_kind, "release_id", "rel-h", "firmware", "hex-1",
		    "version", "1", "models", "m1"));
	assert_non_null(strstr(strbuf_str(&f->said), "have no effect here"));
	refused(f, set_field(f, &channel_kind, "stable", "release", "rel-h"), E_INVALID,
	    "use the field kickstarter");
	refused(f, set_field(f, &channel_kind, "stable", "kickstarter", "rel-1"),
	    E_INVALID, "use the field release");
	done(f, set_field(f, &channel_kind, "stable", "kickstarter", "rel-h"));
	refused(f, set_field(f, &release_kind, "rel-1", "firmware", "hex-1"), E_INVALID,
	    "make a release of its own");
	refused(f, set_field(f, &release_kind, "rel-1", "from", "1.*,*2"), E_INVALID,
	    "* is only for the end");
	done(f, set_field(f, &release_kind, "rel-1", "version", "3"));
	assert_non_null(strstr(strbuf_str(&f->said), "measured by version 2"));
}

/* ---- check -------------------------------------------------------------------------------------------- */

static void
collect_finding(void *arg, const struct check_finding *finding)
{
	struct strbuf *text = arg;

	if (strcmp(finding->area, "firmware") == 0 ||
	    strcmp(finding->area, "rollout") == 0 ||
	    strcmp(finding->area, "ledger") == 0)
		strbuf_printf(text, "%s %s: %s\n", finding->area, finding->subject,
		    finding->text);
}

static const char *
check(struct fixture *f, bool quick)
{
	struct check_options options = {.sizes_only = quick};
	struct check_result result;
	struct strbuf text;
	const char *copy;

	strbuf_init(&text, 65536);
	worker(f);
	done(f, manage_check(&f->manage, &options, collect_finding, &text, &result));
	copy = arena_strdup(&f->arena, strbuf_str(&text));
	strbuf_clear(&text);
	return copy;
}

static int
break_counts(struct store_txn *ledger, void *arg)
{
	struct rollout_state state;
	struct arena arena;
	int err;

	arena_init(&arena, 1 << 20);
	err = rollout_state_get(ledger, *(uint64_t *)arg, &arena, &state);
	state.updated = 7;
	if (err == E_OK)
		err = rollout_state_put(ledger, &state);
	arena_clear(&arena);
	return err;
}

static void
finds_what_is_wrong(void **state)
{
	struct fixture *f = *state;
	uint64_t rollout;

	fleet(f, 3);
	done(f, act(f, "ro-1", ROLLOUT_START, 50));
	set_outcome(f, 1, OUTCOME_OFFERED, NOW);
	assert_string_equal(check(f, false), "");
	assert_int_equal(truncate(blob_path(f, "fw-1"), 1), 0);
	assert_non_null(strstr(check(f, true), "firmware fw-1: its file has another"));
	assert_non_null(strstr(check(f, false), "firmware fw-1: the file of image"));
	assert_int_equal(unlink(blob_path(f, "fw-1")), 0);
	assert_non_null(strstr(check(f, true), "firmware fw-1: "));
	assert_non_null(strstr(check(f, false), "is missing"));
	worker(f);
	done(f, add_image(f, "fw-1", -1, "one"));
	rollout = serial_of(f, &rollout_kind, "ro-1");
	assert_int_equal(
	    store_update(f->data.ledger, 5000, break_counts, &rollout), E_OK);
	assert_non_null(strstr(check(f, false),
	    "rollout ro-1: its counts (1 offered, 7 updated, 0 failed, 0 silent) are "
	    "not those of its rows (1, 0, 0, 0)"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    BOTH(adds_and_heals),
	    BOTH(is_kept_while_used),
	    BOTH(keeps_families_apart),
	    BOTH(collects_files),
	    DISK(finds_what_is_wrong),
	};

	return cmocka_run_group_tests_name("manage firmware", tests, NULL, NULL);
}
