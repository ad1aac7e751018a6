/*
 * Our plans against the public repository's, and our files against the reference server's
 * answers, where those are at hand: GATEHOUSE_PLAN_DATA names a folder with
 * lorawan-frequency-plans/ and reference-answers/ in it. Not a cmocka program, since a
 * test that cannot be made has to be reported as skipped.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "gateway-files/file.h"
#include "tests/lib/radio_data.h"

#define GLOBAL_CONF "semtechudp/global_conf.json"
#define LORAD "kerlink-cpf/lorad/lorad.json"

static struct radio_data ours, theirs;
static const char *folder;
static int failures;

static void
report(int number, const char *what, bool fine)
{
	printf("%sok %d - %s\n", fine ? "" : "not ", number, what);
	failures += !fine;
}

static int
write_file(struct radio_data *d, const char *path, const char *id,
    const struct board *board, bool reference, struct strbuf *out)
{
	struct span server = span_str("gs.example.com");
	struct gateway_facts gateway = {.has_eui = true,
	    .eui = 0x58A0CBFFFE800001,
	    .servers = &server,
	    .server_count = 1,
	    .antenna_gain = 2.15,
	    .has_position = true,
	    .latitude = 52.3731,
	    .longitude = 4.8926,
	    .beacon = true,
	    .reference = reference};
	const struct plan *plan = radio_data_plan(d, id);
	const struct file_request rq = {.gateway = &gateway,
	    .path = span_str(path),
	    .plans = &plan,
	    .plan_count = 1,
	    .board = board};
	struct findings findings;
	struct arena arena;
	int err;

	if (plan == NULL)
		return E_NOTFOUND;
	arena_init(&arena, 1 << 20);
	findings_init(&findings, &arena);
	strbuf_reset(out);
	err = file_write(&rq, &arena, &findings, out, NULL, NULL);
	arena_clear(&arena);
	return err;
}

static bool
same_ids(void)
{
	bool fine = ours.set.count == theirs.set.count && ours.set.faulty == 0 &&
		    theirs.set.faulty == 0;

	for (size_t i = 0; i < theirs.set.count; i++) {
		const char *id = theirs.set.items[i].entry.id;

		if (radio_data_plan(&theirs, id) == NULL ||
		    radio_data_plan(&ours, id) == NULL) {
			printf("# %s: missing or faulty\n", id);
			fine = false;
		}
	}
	return fine;
}

static bool
same_file(const char *path, const char *id, const struct board *board, bool reference)
{
	struct strbuf a, b;
	bool same;
	int err_a, err_b;

	strbuf_init(&a, 1 << 20);
	strbuf_init(&b, 1 << 20);
	err_a = write_file(&ours, path, id, board, reference, &a);
	err_b = write_file(&theirs, path, id, board, reference, &b);
	same = err_a == err_b && span_eq(strbuf_span(&a), strbuf_span(&b));
	if (!same)
		printf(
		    "# %s %s %s differs\n", id, path, board != NULL ? board->id : "");
	strbuf_clear(&a);
	strbuf_clear(&b);
	return same;
}

static bool
same_files(void)
{
	static const char *const paths[] = {GLOBAL_CONF, LORAD};
	bool fine = true;

	for (size_t i = 0; i < 2 * theirs.set.count; i++) {
		const char *id = theirs.set.items[i / 2].entry.id, *path = paths[i % 2];

		fine &= same_file(path, id, NULL, true);
		fine &= same_file(path, id, NULL, false);
		for (size_t k = 0; k < ours.board_count; k++)
			fine &= same_file(path, id, ours.boards[k], false);
	}
	return fine;
}

static bool
is_answer(const char *path, const char *id, const char *name)
{
	struct strbuf got, want;
	char file[1024];
	bool same;

	strbuf_init(&got, 1 << 20);
	strbuf_init(&want, 1 << 20);
	snprintf(file, sizeof file, "%s/reference-answers/%s.%s", folder, id, name);
	same = file_read(file, &want, NULL) == E_OK &&
	       write_file(&ours, path, id, NULL, true, &got) == E_OK &&
	       span_eq(strbuf_span(&got), strbuf_span(&want));
	if (!same)
		printf("# %s %s differs\n", id, name);
	strbuf_clear(&got);
	strbuf_clear(&want);
	return same;
}

static bool
reference_answers(void)
{
	static const char *const ids[] = {"AS_920_923_LBT", "AU_915_928_FSB_2",
	    "CN_470_510_FSB_11", "EU_863_870", "EU_863_870_TTN", "IN_865_867",
	    "US_902_928_FSB_2"};
	bool fine = true;

	for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
		fine &= is_answer(GLOBAL_CONF, ids[i], "global_conf.json");
		fine &= is_answer(LORAD, ids[i], "lorad.json");
	}
	return fine;
}

static const char *const what[] = {"every id of the public index is here, and imports",
    "our plans give the same files as the public ones, for every board",
    "the reference server's answers, byte for byte"};

static int
skip_all(void)
{
	for (int i = 0; i < 3; i++)
		printf("ok %d - %s # SKIP GATEHOUSE_PLAN_DATA is not set: the public "
		       "plans are not at hand\n",
		    i + 1, what[i]);
	return 0;
}

int
main(void)
{
	char plans[1024];

	printf("1..3\n");
	if ((folder = getenv("GATEHOUSE_PLAN_DATA")) == NULL || folder[0] == '\0')
		return skip_all();
	snprintf(plans, sizeof plans, "%s/lorawan-frequency-plans", folder);
	if (!radio_data_load(&ours, NULL) || !radio_data_load(&theirs, plans)) {
		printf("Bail out! the plans cannot be read\n");
		return 1;
	}
	report(1, what[0], same_ids());
	report(2, what[1], same_files());
	report(3, what[2], reference_answers());
	radio_data_clear(&ours);
	radio_data_clear(&theirs);
	return failures > 0;
}
