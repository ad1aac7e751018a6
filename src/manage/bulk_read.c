#include "manage/bulk_read.h"

#include <stdio.h>

#include "base/eui.h"

/* ---- names of unknown fields ------------------------------------------------------------- */

static bool
has_name(const char *list, const char *name, size_t n)
{
	for (const char *at = list; (at = strstr(at, name)) != NULL; at++)
		if ((at == list || at[-1] == ' ') && (at[n] == ',' || at[n] == '\0'))
			return true;
	return false;
}

static void
ignore_name(struct bulk_result *r, const char *name)
{
	size_t have = strlen(r->ignored), n = strlen(name);

	if (n == 0 || n > 100 || has_name(r->ignored, name, n) ||
	    have + n + 3 > sizeof r->ignored)
		return;
	snprintf(r->ignored + have, sizeof r->ignored - have, "%s%s",
	    have > 0 ? ", " : "", name);
}

void
bulk_ignore_names(struct bulk_result *r, const char *names)
{
	char name[128];

	while (*names != '\0') {
		size_t n = strcspn(names, ",");

		snprintf(name, sizeof name, "%.*s", (int)(n < 120 ? n : 120), names);
		ignore_name(r, name);
		names += n + strspn(names + n, ", ");
	}
}

/* ---- reading --------------------------------------------------------------------------------- */

void
bulk_refuse(struct bulk_item *item, int err, const struct fault *why)
{
	item->refused = true;
	item->told.outcome = BULK_REFUSED;
	item->told.fault = *why;
	if (why->err == E_OK)
		fault_set(&item->told.fault, err, NULL, "%s", err_text(err));
}

static int
read_header(struct bulk_reader *b)
{
	struct fault *fault = b->fault;
	struct csv_row row;
	int err;

	csv_init(&b->csv, &b->input);
	err = csv_next(&b->csv, &b->file, &row, fault);
	if (err == E_NOTFOUND)
		return fault_set(fault, E_INVALID, NULL, "is empty");
	b->columns = arena_zalloc(&b->file, 1, sizeof *b->columns);
	if (b->columns == NULL)
		return E_NOMEM;
	if (err == E_OK)
		err = gateway_columns_read(&b->file, &row, b->columns, fault);
	b->columns->separator = b->csv.separator;
	for (size_t i = 0; err == E_OK && i < b->columns->count; i++)
		if (b->columns->list[i].sort == COLUMN_UNKNOWN)
			ignore_name(b->result, b->columns->list[i].name);
	return err;
}

static enum bulk_format
guess(struct input *in)
{
	struct span ahead = input_ahead(in, 64);

	if (span_begins(ahead, span_of("\xef\xbb\xbf", 3)))
		ahead = span_from(ahead, 3);
	ahead = span_trim(ahead);
	return ahead.len > 0 && (ahead.data[0] == '{' || ahead.data[0] == '[')
		   ? BULK_JSON
		   : BULK_CSV;
}

int
bulk_read_begin(struct bulk_reader *b)
{
	struct bulk_result *r = b->result;

	input_init(&b->input, b->in->read, b->in->read_arg);
	r->format = b->in->format != BULK_GUESS ? b->in->format : guess(&b->input);
	if (r->format == BULK_CSV)
		return read_header(b);
	json_stream_init(&b->stream, &b->input);
	return E_OK;
}

/* Cells that a spreadsheet appends to a row do no harm while they are empty. */
static void
check_width(struct bulk_reader *b, struct bulk_item *item)
{
	struct fault why = {0};
	size_t n = item->row.count;

	while (n > b->columns->count && span_trim(item->row.fields[n - 1]).len == 0)
		n--;
	if (n == b->columns->count)
		return;
	fault_set(&why, E_INVALID, NULL, "has %zu fields, the first line %zu",
	    item->row.count, b->columns->count);
	bulk_refuse(item, E_INVALID, &why);
}

static struct span
cell(const struct bulk_reader *b, const struct bulk_item *item, size_t column)
{
	return column < b->columns->count ? span_trim(item->row.fields[column])
					  : span_of(NULL, 0);
}

static int
read_csv(struct bulk_reader *b, struct bulk_item *item, struct fault *fault)
{
	int err = csv_next(&b->csv, &b->batch, &item->row, fault);

	item->told.line = item->row.line;
	if (err == E_INVALID || err == E_TOOBIG) {
		bulk_refuse(item, err, fault);
		return E_OK;
	}
	if (err != E_OK)
		return err;
	check_width(b, item);
	if (!item->refused) {
		item->id = cell(b, item, b->columns->id);
		item->eui = cell(b, item, b->columns->eui);
	}
	for (size_t i = 0; i < item->row.count; i++)
		b->bytes += item->row.fields[i].len;
	return E_OK;
}

static struct span
member(const struct json *v, const char *path)
{
	struct span text = {0};

	return json_as_text(json_get_path(v, path), &text) ? text : span_of(NULL, 0);
}

/* The parser counts lines from the beginning of this one gateway. */
static void
without_place(struct fault *fault)
{
	const char *what = strstr(fault->text, ": ");
	struct fault why = *fault;

	if (what != NULL)
		fault_set(fault, why.err, NULL, "is no JSON: %s",
		    why.text + (what - fault->text) + 2);
}

static int
read_json(struct bulk_reader *b, struct bulk_item *item, struct fault *fault)
{
	int err = json_stream_next(&b->stream, &b->text, &item->told.line, fault);

	if (err == E_TOOBIG) {
		bulk_refuse(item, err, fault);
		return E_OK;
	}
	if (err != E_OK)
		return err;
	b->bytes += b->text.len;
	err = json_parse(strbuf_span(&b->text), &item->root, fault);
	if (err == E_NOMEM)
		return err;
	if (err != E_OK)
		without_place(fault);
	item->gateway = item->root;
	/* The body of a request that makes a gateway will do. */
	if (json_type(json_get(item->root, "gateway")) == JSON_OBJECT &&
	    !json_has(item->root, "ids"))
		item->gateway = json_get(item->root, "gateway");
	if (err == E_OK && json_type(item->gateway) != JSON_OBJECT)
		err = fault_set(fault, E_INVALID, NULL, "is no JSON object");
	if (err != E_OK) {
		bulk_refuse(item, err, fault);
		return E_OK;
	}
	item->id = member(item->gateway, "ids.gateway_id");
	item->eui = member(item->gateway, "ids.eui");
	return E_OK;
}

/* The second of two that are the same. */
static int
check_seen(struct bulk_reader *b, struct bulk_item *item)
{
	struct fault why = {0};
	uint64_t eui, line;
	const char *field = "ids.gateway_id";
	int err;

	err = bulk_seen_add(&b->seen, bulk_seen_text(item->id), item->told.line, &line);
	if (err == E_OK && item->eui.len > 0 && eui_parse(item->eui, &eui) &&
	    eui != 0) {
		field = "ids.eui";
		err = bulk_seen_add(
		    &b->seen, bulk_seen_number(eui), item->told.line, &line);
	}
	if (err != E_EXISTS)
		return err;
	fault_set(&why, E_EXISTS, field, "is the same as in line %llu",
	    (unsigned long long)line);
	bulk_refuse(item, E_EXISTS, &why);
	return E_OK;
}

int
bulk_read(struct bulk_reader *b, struct bulk_item *item)
{
	struct fault fault = {0};
	int err;

	memset(item, 0, sizeof *item);
	item->told = (struct bulk_line){
	    .gateway_id = "", .fields = "", .ignored = "", .note = ""};
	err = b->result->format == BULK_CSV ? read_csv(b, item, &fault)
					    : read_json(b, item, &fault);
	if (err == E_OK && !item->refused)
		err = check_seen(b, item);
	if (err != E_OK) {
		json_free(item->root);
		item->root = NULL;
		if (fault.err == E_OK)
			fault_set(&fault, err, NULL, "%s", err_text(err));
		b->end = true;
		b->end_err = err == E_NOTFOUND ? E_OK : err;
		fault_set(&b->end_fault, err, NULL, "line %llu: %.200s",
		    (unsigned long long)item->told.line, fault.text);
		return err;
	}
	item->told.gateway_id = arena_dup(&b->batch, item->id);
	if (item->told.gateway_id == NULL)
		item->told.gateway_id = "";
	return E_OK;
}

void
bulk_read_clear(struct bulk_reader *b)
{
	strbuf_clear(&b->text);
	arena_clear(&b->file);
	arena_clear(&b->batch);
	bulk_seen_clear(&b->seen);
}
