#include "manage/csv.h"

#include "base/number.h"
#include "base/strbuf.h"

void
csv_init(struct csv *c, struct input *in)
{
	*c = (struct csv){.in = in, .separator = ','};
}

/* ---- formulas ----------------------------------------------------------------------------- */

/* Is it taken for a formula, or does it look as if it had been guarded? */
static bool
needs_guard(struct span field)
{
	double number;

	if (field.len == 0 || field.data[0] == '\0')
		return false;
	if (field.data[0] == '\'')
		return field.len > 1 && field.data[1] != '\0' &&
		       strchr("'=+-@\t\r", field.data[1]) != NULL;
	return strchr("=+-@\t\r", field.data[0]) != NULL &&
	       !number_double(field, &number);
}

static struct span
without_guard(struct span field)
{
	if (field.len > 1 && field.data[0] == '\'' && needs_guard(span_from(field, 1)))
		return span_from(field, 1);
	return field;
}

/* ---- the first line ---------------------------------------------------------------------- */

static bool
ends_line(int c)
{
	return c == '\n' || c == '\r' || c == INPUT_END;
}

static void
take_line_end(struct input *in)
{
	if (input_peek(in) == '\r')
		input_take(in);
	if (input_peek(in) == '\n')
		input_take(in);
}

/* What stands most often outside of quotes. */
static char
guess_separator(struct span text)
{
	static const char candidates[] = ",;\t";
	size_t counts[3] = {0}, best = 0;
	bool quoted = false;

	for (size_t i = 0; i < text.len; i++) {
		const char *at;

		if (text.data[i] == '"')
			quoted = !quoted;
		if (quoted || text.data[i] == '\0')
			continue;
		if (ends_line(text.data[i]))
			break;
		if ((at = strchr(candidates, text.data[i])) != NULL)
			counts[at - candidates]++;
	}
	for (size_t i = 1; i < 3; i++)
		if (counts[i] > counts[best])
			best = i;
	return candidates[best];
}

static int
begin(struct csv *c, struct fault *fault)
{
	struct span ahead = input_ahead(c->in, 4096);

	c->begun = true;
	if (span_begins(ahead, span_of("\xff\xfe", 2)) ||
	    span_begins(ahead, span_of("\xfe\xff", 2)))
		return fault_set(
		    fault, E_TYPE, NULL, "is UTF-16 text; save it as CSV with UTF-8");
	if (span_begins(ahead, span_of("\xef\xbb\xbf", 3)))
		for (int i = 0; i < 3; i++)
			input_take(c->in);
	ahead = input_ahead(c->in, 4096);
	if (span_begins_nocase(ahead, "sep=") && ahead.len > 5 &&
	    ends_line(ahead.data[5])) {
		c->separator = (char)ahead.data[4];
		for (int i = 0; i < 5; i++)
			input_take(c->in);
		take_line_end(c->in);
	} else {
		c->separator = guess_separator(ahead);
	}
	return E_OK;
}

/* ---- rows ---------------------------------------------------------------------------------- */

/* A row that is being read: its bytes without quotes, and where its fields end. */
struct reading {
	struct csv *c;
	struct strbuf text;
	size_t ends[CSV_COLUMNS_MAX], count;
	int err;
	struct fault *fault;
};

static void
refuse(struct reading *r, int err, const char *why)
{
	if (r->err == E_OK)
		r->err = fault_set(r->fault, err, NULL, "%s", why);
}

static void
put(struct reading *r, int c)
{
	if (r->text.len >= CSV_ROW_MAX)
		refuse(r, E_TOOBIG, "the row is too long");
	else
		strbuf_putc(&r->text, (char)c);
}

/* From behind the opening quote to behind the closing one. */
static void
read_quoted(struct reading *r)
{
	struct input *in = r->c->in;
	int c;

	while ((c = input_take(in)) != INPUT_END) {
		if (c == '"' && input_peek(in) != '"')
			return;
		if (c == '"')
			input_take(in);
		put(r, c);
	}
	refuse(r, E_INVALID, "a quote is not closed");
}

static void
read_field(struct reading *r)
{
	struct input *in = r->c->in;
	int c = input_peek(in);
	bool quoted = c == '"';

	if (quoted) {
		input_take(in);
		read_quoted(r);
	}
	while (!ends_line(c = input_peek(in)) && c != r->c->separator) {
		input_take(in);
		if (quoted && c != ' ')
			refuse(r, E_INVALID, "text follows a closing quote");
		else if (!quoted)
			put(r, c);
	}
	if (r->count == CSV_COLUMNS_MAX)
		refuse(r, E_TOOBIG, "the row has too many fields");
	else
		r->ends[r->count++] = r->text.len;
}

static void
read_row(struct reading *r)
{
	for (;;) {
		read_field(r);
		if (ends_line(input_peek(r->c->in)))
			break;
		input_take(r->c->in);
	}
	take_line_end(r->c->in);
	if (r->err == E_OK && r->text.err != E_OK)
		r->err = r->text.err;
}

static int
keep(const struct reading *r, struct arena *arena, struct csv_row *row)
{
	struct span *fields = arena_alloc(arena, r->count * sizeof *fields);
	char *text = arena_dup(arena, strbuf_span(&r->text));
	size_t from = 0;

	if (fields == NULL || text == NULL)
		return E_NOMEM;
	for (size_t i = 0; i < r->count; i++) {
		fields[i] = without_guard(span_of(text + from, r->ends[i] - from));
		from = r->ends[i];
	}
	row->fields = fields;
	row->count = r->count;
	return E_OK;
}

/* Blank lines, and those that a spreadsheet writes for rows that were emptied. */
static bool
is_blank(const struct reading *r)
{
	return r->err == E_OK && span_trim(strbuf_span(&r->text)).len == 0;
}

int
csv_next(struct csv *c, struct arena *arena, struct csv_row *row, struct fault *fault)
{
	struct reading r = {.c = c, .fault = fault};
	int err = c->begun ? E_OK : begin(c, fault);

	*row = (struct csv_row){.line = c->in->line};
	if (err != E_OK)
		return err;
	strbuf_init(&r.text, CSV_ROW_MAX + 1);
	do {
		strbuf_reset(&r.text);
		r.count = 0;
		row->line = c->in->line;
		if (input_peek(c->in) == INPUT_END) {
			strbuf_clear(&r.text);
			if (c->in->err != E_OK)
				*fault = c->in->fault;
			return c->in->err != E_OK ? c->in->err : E_NOTFOUND;
		}
		read_row(&r);
	} while (is_blank(&r));
	err = r.err != E_OK ? r.err : keep(&r, arena, row);
	strbuf_clear(&r.text);
	return err;
}

/* ---- writing ------------------------------------------------------------------------------- */

void
csv_put(struct strbuf *out, bool first, struct span field)
{
	bool quotes = false, guard = needs_guard(field);

	for (size_t i = 0; i < field.len; i++)
		quotes |= field.data[i] == '\0' ||
			  strchr(",;\t\"\r\n", field.data[i]) != NULL;
	quotes |=
	    field.len > 0 && (field.data[0] == ' ' || field.data[field.len - 1] == ' ');
	if (!first)
		strbuf_putc(out, ',');
	if (!quotes) {
		strbuf_puts(out, guard ? "'" : "");
		strbuf_put(out, field.data, field.len);
		return;
	}
	strbuf_puts(out, guard ? "\"'" : "\"");
	for (size_t i = 0; i < field.len; i++) {
		if (field.data[i] == '"')
			strbuf_putc(out, '"');
		strbuf_putc(out, (char)field.data[i]);
	}
	strbuf_putc(out, '"');
}
