/*
 * Tables and JSON of gateways as somebody uploads them: the reader of rows, the splitter of
 * JSON, and what a header comes to. Reading ends, and gives no more bytes than came; what was
 * read of a table is the same when it is written and read again.
 */
#include "fuzz.h"

#include "base/strbuf.h"
#include "manage/gateway_csv.h"
#include "manage/json_stream.h"

struct bytes {
	struct span rest;
	size_t step;
};

static int
give(void *arg, void *buf, size_t n, size_t *got, struct fault *fault)
{
	struct bytes *b = arg;

	(void)fault;
	*got = b->rest.len < n ? b->rest.len : n;
	if (*got > b->step)
		*got = b->step;
	if (*got > 0)
		memcpy(buf, b->rest.data, *got);
	b->rest = span_from(b->rest, *got);
	return E_OK;
}

static void
same_again(const struct csv_row *row, struct arena *arena)
{
	static struct input in;
	struct strbuf text;
	struct csv_row again;
	struct fault fault;
	struct bytes bytes = {.step = 7};
	struct csv csv;

	strbuf_init(&text, 4 << 20);
	/* The first line decides on the separator. */
	strbuf_puts(&text, "sep=,\r\n");
	for (size_t i = 0; i < row->count; i++)
		csv_put(&text, i == 0, row->fields[i]);
	strbuf_puts(&text, "\r\n");
	must(text.err == E_OK);
	bytes.rest = strbuf_span(&text);
	input_init(&in, give, &bytes);
	csv_init(&csv, &in);
	if (csv_next(&csv, arena, &again, &fault) == E_OK) {
		must(again.count == row->count);
		for (size_t i = 0; i < row->count; i++)
			must(span_eq(again.fields[i], row->fields[i]));
	}
	strbuf_clear(&text);
}

static void
table(struct span input, struct arena *arena)
{
	static struct input in;
	static struct gateway_columns columns;
	struct bytes bytes = {input, 5};
	struct csv_row row;
	struct fault fault;
	struct csv csv;
	size_t rows = 0;
	int err;

	input_init(&in, give, &bytes);
	csv_init(&csv, &in);
	while ((err = csv_next(&csv, arena, &row, &fault)) == E_OK ||
	       err == E_INVALID || (err == E_TOOBIG && rows < 1000)) {
		size_t sum = 0;

		if (rows++ == 0 && err == E_OK)
			gateway_columns_read(arena, &row, &columns, &fault);
		for (size_t i = 0; err == E_OK && i < row.count; i++)
			sum += row.fields[i].len;
		must(sum <= input.len);
		if (err == E_OK && rows < 50)
			same_again(&row, arena);
		must(rows <= input.len);
	}
}

static void
objects(struct span input)
{
	static struct input in;
	struct bytes bytes = {input, 3};
	struct json_stream stream;
	struct strbuf text;
	struct fault fault;
	uint64_t line;
	size_t n = 0;
	int err;

	input_init(&in, give, &bytes);
	json_stream_init(&stream, &in);
	strbuf_init(&text, JSON_STREAM_OBJECT_MAX + 1);
	while ((err = json_stream_next(&stream, &text, &line, &fault)) == E_OK ||
	       err == E_TOOBIG)
		must(++n <= input.len);
	strbuf_clear(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena;

	arena_init(&arena, 64 << 20);
	table(span_of(data, size), &arena);
	objects(span_of(data, size));
	arena_clear(&arena);
	return 0;
}
