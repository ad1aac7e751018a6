/* Files from stored records, which are remembered; with little memory, and damaged. */
#include "tests/unit/files_scene.h"

static struct file_cache *cache;

/* Writes from records, with the cache and without; both must say the same. */
static void
write_stored(const char *path, const char *plan, const char *board)
{
	const struct board *b = board != NULL ? radio_data_board(&data, board) : NULL;
	struct file_stored rq = {.gateway = &gateway, .path = span_str(path)};
	struct strbuf plan_bytes, board_bytes, plain;
	const struct file_format *format;
	struct span bytes;
	int err, want;

	strbuf_init(&plan_bytes, 100000);
	strbuf_init(&board_bytes, 100000);
	strbuf_init(&plain, 100000);
	want = write_file(path, plan, board);
	strbuf_put(&plain, out.data, out.len);
	plan_encode(radio_data_plan(&data, plan), &plan_bytes);
	if (b != NULL)
		board_encode(b, &board_bytes);
	bytes = strbuf_span(&plan_bytes);
	rq.plans = &bytes;
	rq.plan_count = 1;
	rq.board = strbuf_span(&board_bytes);
	strbuf_reset(&out);
	format = NULL;
	err = file_write_stored(
	    cache, &rq, &data.arena, &findings, &out, &format, &fault);
	assert_int_equal(err, want);
	assert_true(err != E_OK || strcmp(format->path, path) == 0);
	assert_text(strbuf_span(&out), strbuf_span(&plain));
	strbuf_clear(&plan_bytes);
	strbuf_clear(&board_bytes);
	strbuf_clear(&plain);
}

static void
remembered(void **state)
{
	static const char *const paths[] = {GLOBAL_CONF, LORAD, LORAFWD};
	static const char *const plans[] = {"EU_863_870", "EU_868_1", "AS_920_923_LBT"};
	static const char *const boards[] = {
	    NULL, "multitech-mtac-lora", "rak5146-spi"};

	(void)state;
	cache =
	    file_cache_new(4); /* fewer than there are, so that some are forgotten */
	for (unsigned i = 0; i < 3 * 3 * 3 * 16 * 2; i++) {
		unsigned n = i / 2, facts = n / 27;

		gateway.beacon = (facts & 1) != 0;
		gateway.compact = (facts & 2) != 0;
		gateway.reference = (facts & 4) != 0;
		gateway.antenna_gain = (facts & 8) != 0 ? 5 : 2.15;
		write_stored(paths[n % 3], plans[n / 3 % 3], boards[n / 9 % 3]);
	}
	file_cache_free(cache);
	cache = file_cache_new(0);
	write_stored(GLOBAL_CONF, "EU_863_870", NULL);
	file_cache_free(cache);
}

/* Two plans whose records have the same length. */
static void
not_mistaken(void **state)
{
	struct strbuf third, fourth;

	(void)state;
	strbuf_init(&third, 10000);
	strbuf_init(&fourth, 10000);
	plan_encode(radio_data_plan(&data, "US_902_928_FSB_3"), &third);
	plan_encode(radio_data_plan(&data, "US_902_928_FSB_4"), &fourth);
	assert_int_equal(third.len, fourth.len);
	cache = file_cache_new(8);
	for (int i = 0; i < 2; i++) {
		write_stored(GLOBAL_CONF, "US_902_928_FSB_3", NULL);
		write_stored(GLOBAL_CONF, "US_902_928_FSB_4", NULL);
		write_stored(GLOBAL_CONF, "US_902_928_FSB_3", "rak2287-spi");
		write_stored(GLOBAL_CONF, "US_902_928_FSB_3", "rak2287-usb");
	}
	file_cache_free(cache);
	strbuf_clear(&third);
	strbuf_clear(&fourth);
}

static void
little_memory(void **state)
{
	const struct plan *plan = radio_data_plan(&data, "EU_863_870");
	const struct file_request rq = {.gateway = &gateway,
	    .path = span_str(GLOBAL_CONF),
	    .plans = &plan,
	    .plan_count = 1};
	struct strbuf few;

	(void)state;
	for (size_t limit = 0; limit < 10000; limit += 400) {
		struct arena small;

		arena_init(&small, limit);
		findings_init(&findings, &small);
		strbuf_reset(&out);
		if (file_write(&rq, &small, &findings, &out, NULL, &fault) == E_OK)
			assert_int_equal(out.len, 3145);
		arena_clear(&small);
	}
	assert_int_equal(out.len, 3145);
	strbuf_init(&few, 1000);
	findings_init(&findings, &data.arena);
	assert_int_equal(
	    file_write(&rq, &data.arena, &findings, &few, NULL, &fault), E_TOOBIG);
	strbuf_clear(&few);
}

static void
damaged_records(void **state)
{
	struct file_stored rq = {.gateway = &gateway, .path = span_str(GLOBAL_CONF)};
	struct span plan = BYTES("\x01\xff"), board = BYTES("\x07");
	struct span many[9] = {{NULL, 0}};

	(void)state;
	cache = file_cache_new(2);
	rq.plans = &plan;
	rq.plan_count = 1;
	assert_int_equal(
	    file_write_stored(cache, &rq, &data.arena, &findings, &out, NULL, &fault),
	    E_CORRUPT);
	rq.plan_count = 0;
	rq.board = board;
	assert_int_equal(
	    file_write_stored(cache, &rq, &data.arena, &findings, &out, NULL, &fault),
	    E_VERSION);
	rq.plans = many;
	rq.plan_count = 9;
	assert_int_equal(
	    file_write_stored(cache, &rq, &data.arena, &findings, &out, NULL, &fault),
	    E_INVALID);
	file_cache_free(cache);
	file_cache_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(remembered),
	    TEST(not_mistaken),
	    TEST(little_memory),
	    TEST(damaged_records),
	};

	return cmocka_run_group_tests(tests, begin_all, finish_all);
}
