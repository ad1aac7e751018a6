/*
 * Whatever is given as a plan or a board is refused with a reason or taken; what is taken
 * comes back from its encoded form, and can be judged, drawn and made into settings. The
 * same bytes as a record: never more than an error.
 */
#include "fuzz.h"

#include "radio/check.h"
#include "radio/picture.h"
#include "radio/plan_set.h"

static void
comes_back(const struct plan *plan, struct arena *arena)
{
	struct strbuf first, second;
	struct plan *back;

	strbuf_init(&first, 8 << 20);
	strbuf_init(&second, 8 << 20);
	plan_encode(plan, &first);
	must(first.err == E_OK);
	must(plan_decode(arena, strbuf_span(&first), &back) == E_OK);
	plan_encode(back, &second);
	must(span_eq(strbuf_span(&first), strbuf_span(&second)));
	strbuf_clear(&first);
	strbuf_clear(&second);
}

static void
draw(const struct plan *plan)
{
	struct strbuf out;

	strbuf_init(&out, 1 << 20);
	plan_picture(plan, false, &out);
	plan_picture(plan, true, &out);
	must(out.err == E_OK);
	strbuf_clear(&out);
}

static void
as_plan(struct span bytes, struct arena *arena, struct findings *findings)
{
	const struct settings_input in = {.beacon = true};
	struct settings settings;
	const struct plan *plans[1];
	struct plan *plan, over;

	if (plan_load(arena, bytes, "plan", findings, &plan) != E_OK) {
		must(findings->errors > 0);
		return;
	}
	plan_merge(plan, plan, &over);
	comes_back(plan, arena);
	comes_back(&over, arena);
	draw(plan);
	plans[0] = plan;
	if (plan_check(plan, findings))
		settings_choose(&in, plans, 1, arena, findings, &settings);
}

static void
as_board(struct span bytes, struct arena *arena, struct findings *findings)
{
	struct strbuf out;
	struct board *board, *back;

	if (board_load(arena, bytes, "board", findings, &board) != E_OK)
		return;
	board_check(board, findings);
	board_variant(board, "EU_863_870");
	strbuf_init(&out, 8 << 20);
	board_encode(board, &out);
	must(board_decode(arena, strbuf_span(&out), &back) == E_OK);
	strbuf_clear(&out);
}

static void
as_record(struct span bytes, struct arena *arena)
{
	struct plan *plan;
	struct board *board;

	if (plan_decode(arena, bytes, &plan) == E_OK)
		comes_back(plan, arena);
	board_decode(arena, bytes, &board);
}

static int
fetch(void *arg, const char *name, struct span *text, struct fault *fault)
{
	(void)name;
	(void)fault;
	*text = *(struct span *)arg;
	return E_OK;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = span_of(data, size);
	struct findings findings;
	struct plan_set set;
	struct arena arena;

	arena_init(&arena, 64 << 20);
	findings_init(&findings, &arena);
	as_plan(bytes, &arena, &findings);
	as_board(bytes, &arena, &findings);
	as_record(bytes, &arena);
	plan_set_load(&arena, bytes, "index", fetch, &bytes, &findings, &set);
	arena_clear(&arena);
	return 0;
}
