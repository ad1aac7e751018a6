/* What is told, plans, firmware and the whole, while each request for memory is refused once:
 * see refused_use.h. */
#include "tests/fault/refused_use.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "manage/backup.h"
#include "manage/bundle.h"
#include "manage/check.h"
#include "manage/explain_show.h"
#include "manage/firmware.h"
#include "manage/plan.h"
#include "manage/rollout.h"
#include "manage/seal.h"
#include "manage/tick.h"

/* ---- telling ------------------------------------------------------------------------------------------ */

static int
explain_to(struct manage *m, bool json)
{
	struct explaining what = {.gateway = "gw-1"};
	struct file_policy files = {.default_lns = ""};
	struct explainer ex = {.m = m, .files = &files, .seal_path = ""};
	struct out out;
	int err;

	out_init(&out, json, NOW);
	out.hold = true;
	ex.out = &out;
	err = explain_show(&ex, &what);
	if (err == E_OK)
		err = out.text.err != E_OK ? out.text.err : out.err;
	out_clear(&out);
	return err;
}

static int
explain_text(struct manage *m, struct fixture *f)
{
	(void)f;
	return explain_to(m, false);
}

static int
explain_json(struct manage *m, struct fixture *f)
{
	(void)f;
	return explain_to(m, true);
}

static int
make_bundle(struct manage *m, struct fixture *f)
{
	struct bundle_request request = {.gateway = "gw-2", .lns = true};
	struct bundle b;

	(void)f;
	return manage_bundle(m, &request, &b);
}

static void
overlook(void *arg, const struct check_finding *finding)
{
	(void)arg;
	(void)finding;
}

static int
check_all(struct manage *m, struct fixture *f)
{
	struct check_result result;

	(void)f;
	return manage_check(m, NULL, overlook, NULL, &result);
}

static void
telling(void **state)
{
	static const struct refused_use deeds[] = {
	    {"explain", explain_text, NULL, NOTHING, 30},
	    {"explain as JSON", explain_json, NULL, NOTHING, 30},
	    {"bundle", make_bundle, NULL, NOTHING, 10},
	    {"check", check_all, NULL, NOTHING, 200},
	};
	struct fixture *f = *state;

	add_fleet(f, 2, NULL);
	uses_run_out(f, deeds, COUNT(deeds));
}

/* ---- plans and boards ------------------------------------------------------------------------------------ */

#define PLAN                                                                          \
	"band-id: EU_863_870\n"                                                       \
	"uplink-channels:\n"                                                          \
	"  - {frequency: 868%u00000, min-data-rate: 0, max-data-rate: 5, radio: 0}\n" \
	"radios:\n"                                                                   \
	"  - {enable: true, chip-type: SX1257, frequency: 868100000, "                \
	"rssi-offset: -166, "                                                         \
	"tx: {min-frequency: 863000000, max-frequency: 870000000}}\n"

static int
import_plan(struct manage *m, struct fixture *f)
{
	struct plan_about about = {.id = "MINE"};
	struct plan_importing how = {.replace = true};
	struct import_result result;
	struct plan_files files;
	char text[500];
	int err;

	(void)f;
	snprintf(text, sizeof text, PLAN, 1 + (unsigned)(refused_turn % 3));
	err = plan_text_read(m->arena, span_str(text), "mine.yml", &about, &files);
	return err == E_OK ? manage_plan_import(m, &files, &how, &result) : err;
}

static int
get_plan(struct manage *m, struct fixture *f)
{
	struct plan_record record;
	struct plan *plan;

	(void)f;
	return manage_plan_get(m, "MINE", &record, &plan);
}

static void
plans(void **state)
{
	static const struct refused_use deeds[] = {
	    {"plan import", import_plan, NULL, NOTHING, 40},
	    {"plan show", get_plan, NULL, NOTHING, 4},
	};

	uses_run_out(*state, deeds, COUNT(deeds));
}

/* ---- firmware --------------------------------------------------------------------------------------------- */

static int
add_image(struct manage *m, struct fixture *f)
{
	struct firmware_adding how = {
	    .id = refused_fresh("fw"), .file_name = "file", .family = FIRMWARE_STATION};
	char path[100];
	struct firmware stored;
	bool healed;
	int fd, err;

	snprintf(path, sizeof path, "%.60s/upload", f->root);
	if ((fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0 ||
	    write(fd, how.id, strlen(how.id)) < 0 || lseek(fd, 0, SEEK_SET) != 0)
		return E_IO;
	err = manage_firmware_add(m, &how, fd, &stored, &healed);
	close(fd);
	return err;
}

static int
make_rollout(struct manage *m, struct fixture *f)
{
	struct edit edits[] = {{"rollout_id", span_str(refused_fresh("ro"))},
	    {"release", BYTES("rel-1")}, {"channel", BYTES("stable")}};

	(void)f;
	return manage_rollout_create(m, edits, COUNT(edits));
}

static int
look_at_rollout(struct manage *m, struct fixture *f)
{
	struct rollout_look look;

	(void)f;
	return manage_rollout_status(m, "ro-1", NULL, NULL, &look);
}

static int
plan_rollout(struct manage *m, struct fixture *f)
{
	struct rollout_plan plan;

	(void)f;
	return manage_rollout_plan(m, "ro-1", 50, NULL, NULL, &plan);
}

static int
tick(struct manage *m, struct fixture *f)
{
	struct ticking how = {.keep_audit = 0};
	struct ticked ticked;

	(void)f;
	return manage_tick(m, &how, &ticked);
}

static void
a_rollout(struct fixture *f)
{
	struct edit release[] = {{"release_id", BYTES("rel-1")},
	    {"firmware", BYTES("fw-1")}, {"version", BYTES("2")},
	    {"unsigned", BYTES("true")}};
	struct edit channel = {"channel_id", BYTES("stable")};

	refused_turn = 1;
	done(f, add_image(worker(f), f));
	done(f, manage_add(worker(f), &release_kind, release, COUNT(release), NULL));
	done(f, manage_add(worker(f), &channel_kind, &channel, 1, NULL));
	done(f, make_rollout(worker(f), f));
	for (unsigned i = 1; i <= 3; i++) {
		char id[16];

		snprintf(id, sizeof id, "gw-%u", i);
		done(f, set_field(f, &gateway_kind, id, "update_channel", "stable"));
		done(f, set_field(f, &gateway_kind, id, "auto_update", "true"));
	}
}

static int
add_another_image(struct manage *m, struct fixture *f)
{
	refused_turn++; /* fw-1 is there */
	int err = add_image(m, f);
	refused_turn--;
	return err;
}

static int
make_another_rollout(struct manage *m, struct fixture *f)
{
	refused_turn++; /* ro-1 is there */
	int err = make_rollout(m, f);
	refused_turn--;
	return err;
}

static void
firmware(void **state)
{
	static const struct refused_use deeds[] = {
	    {"firmware add", add_another_image, NULL, NOTHING, 10},
	    {"rollout create", make_another_rollout, NULL, NOTHING, 8},
	    {"rollout status", look_at_rollout, NULL, NOTHING, 6},
	    {"rollout plan", plan_rollout, NULL, NOTHING, 10},
	    {"tick", tick, NULL, NOTHING, 30},
	};
	struct fixture *f = *state;

	add_fleet(f, 3, NULL);
	a_rollout(f);
	uses_run_out(f, deeds, COUNT(deeds));
}

/* ---- the whole ---------------------------------------------------------------------------------------------- */

static int
rotate_seals(struct manage *m, struct fixture *f)
{
	struct seal_rotating how = {.keep_keys = true, .no_new_key = true};
	struct seal_rotated rotated;

	(void)f;
	return manage_seal_rotate(m, &how, &rotated);
}

static int
back_up(struct manage *m, struct fixture *f)
{
	struct backup backup;
	char path[120];

	snprintf(path, sizeof path, "%.60s/backup-%lu", f->root, refused_turn);
	return manage_backup(m, path, &(struct backing_up){.ring_too = true}, &backup);
}

static void
the_whole(void **state)
{
	static const struct refused_use deeds[] = {
	    {"seal rotate", rotate_seals, NULL, NOTHING, 20},
	    {"backup", back_up, NULL, NOTHING, 20},
	};
	struct fixture *f = *state;

	add_fleet(f, 2, NULL);
	uses_run_out(f, deeds, COUNT(deeds));
}

int
main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, fixture_disk, fixture_end)
	const struct CMUnitTest tests[] = {
	    TEST(telling),
	    TEST(plans),
	    TEST(firmware),
	    TEST(the_whole),
	};

	return cmocka_run_group_tests_name("refused_tell", tests, NULL, NULL);
}
