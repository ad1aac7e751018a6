#include "manage/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/number.h"
#include "base/utf8.h"

#define TEXT_MAX ((size_t)1 << 30) /* a long list that waits for a read to end */
#define FLUSH_AT 32768

/* ---- standard output --------------------------------------------------------------------- */

static unsigned
terminal_width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	uint64_t n;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (columns != NULL && number_u64(span_str(columns), 20, 1000, &n))
		return (unsigned)n;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 20)
		return size.ws_col;
	return 80;
}

void
out_init(struct out *o, bool json, int64_t now)
{
	*o = (struct out){.json = json, .width = terminal_width(), .now = now};
	strbuf_init(&o->text, TEXT_MAX);
	strbuf_init(&o->pairs, TEXT_MAX);
	strbuf_init(&o->rows, TEXT_MAX);
	json_init(&o->j, &o->text, "  ");
}

static void
write_out(struct out *o)
{
	size_t at = 0;

	if (o->err == E_OK)
		o->err = o->text.err;
	while (o->err == E_OK && at < o->text.len) {
		ssize_t n = write(STDOUT_FILENO, o->text.data + at, o->text.len - at);

		if (n > 0)
			at += (size_t)n;
		if (n >= 0 || errno == EINTR)
			continue;
		o->err = errno == ENOSPC ? E_FULL : E_IO;
		o->gone = errno == EPIPE;
	}
	strbuf_reset(&o->text);
}

static void
flush_sometimes(struct out *o)
{
	if (o->text.len >= FLUSH_AT && !o->hold)
		write_out(o);
}

static void flush_pairs(struct out *o);

int
out_finish(struct out *o, struct fault *fault)
{
	flush_pairs(o);
	if (o->json && o->j.has[0])
		strbuf_putc(&o->text, '\n');
	write_out(o);
	if (o->err == E_OK)
		return E_OK;
	return fault_set(fault, o->err, NULL, "cannot write to standard output: %s",
	    err_text(o->err));
}

void
out_drop(struct out *o)
{
	if (!o->json || o->j.depth == 0)
		return;
	strbuf_reset(&o->text);
	o->j.has[0] = false;
}

void
out_clear(struct out *o)
{
	strbuf_clear(&o->text);
	strbuf_clear(&o->pairs);
	strbuf_clear(&o->rows);
}

/* ---- text --------------------------------------------------------------------------------- */

/* Characters that change how a terminal shows others: C1 controls, and marks that turn the
 * direction of writing. */
static bool
is_control(const uint8_t *s, size_t n)
{
	if (n == 1)
		return s[0] < 0x20 || s[0] == 0x7f;
	if (n == 2)
		return s[0] == 0xc2 && s[1] < 0xa0;
	if (n != 3 || s[0] != 0xe2)
		return false;
	return (s[1] == 0x80 &&
		   (s[2] == 0x8e || s[2] == 0x8f || (s[2] >= 0xa8 && s[2] <= 0xae))) ||
	       (s[1] == 0x81 && s[2] >= 0xa6 && s[2] <= 0xa9);
}

void
out_put_safe(struct strbuf *b, struct span text)
{
	while (text.len > 0) {
		size_t n = utf8_length(text), len = n > 0 ? n : 1;

		if (n > 0 && !is_control(text.data, n))
			strbuf_put(b, text.data, n);
		else
			for (size_t i = 0; i < len; i++)
				strbuf_printf(b, "\\x%02x", text.data[i]);
		text = span_from(text, len);
	}
}

/* Characters, which is as near to columns as we come. */
static size_t
text_width(struct span text)
{
	size_t width = 0;

	for (; text.len > 0; width++) {
		size_t n = utf8_length(text);

		text = span_from(text, n > 0 ? n : 1);
	}
	return width;
}

static void
put_blanks(struct strbuf *b, size_t n)
{
	while (n-- > 0)
		strbuf_putc(b, ' ');
}

static void put_line(struct out *o, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));

static void
put_line(struct out *o, const char *fmt, va_list ap)
{
	char *text = NULL;
	int n;

	if (o->json)
		return;
	flush_pairs(o);
	n = vasprintf(&text, fmt, ap);
	if (n < 0) {
		o->err = E_NOMEM;
		return;
	}
	out_put_safe(&o->text, span_of(text, (size_t)n));
	strbuf_putc(&o->text, '\n');
	o->begun = true;
	free(text);
	flush_sometimes(o);
}

void
out_line(struct out *o, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_line(o, fmt, ap);
	va_end(ap);
}

/* The words of `text`, the first one at column `at`, those of further lines at `indent`. */
static void
put_words(struct out *o, size_t indent, size_t at, const char *text)
{
	size_t width = o->width != 0 ? o->width : 80;
	bool begins = true;

	while (*text != '\0') {
		size_t n = strcspn(text, " ");
		size_t columns = text_width(span_of(text, n));

		if (!begins && at + 1 + columns > width) {
			strbuf_putc(&o->text, '\n');
			put_blanks(&o->text, at = indent);
		} else if (!begins) {
			put_blanks(&o->text, 1);
			at++;
		}
		out_put_safe(&o->text, span_of(text, n));
		begins = false;
		at += columns;
		text += n;
		text += strspn(text, " ");
	}
	strbuf_putc(&o->text, '\n');
	o->begun = true;
	flush_sometimes(o);
}

void
out_hanging(struct out *o, const char *first, const char *text)
{
	size_t width = text_width(span_str(first));

	if (o->json)
		return;
	flush_pairs(o);
	strbuf_puts(&o->text, first);
	put_words(o, width, width, text);
}

void
out_paragraph(struct out *o, unsigned indent, const char *text)
{
	if (o->json)
		return;
	flush_pairs(o);
	put_blanks(&o->text, indent);
	put_words(o, indent, indent, text);
}

/* ---- names and values ------------------------------------------------------------------------ */

/*
 * A pair that waits: length of the name and of the value (u32 each, in this machine's
 * order), the name, the value.
 */
static void
put_pair(struct out *o, const char *name, struct span value)
{
	uint32_t sizes[2] = {(uint32_t)strlen(name), (uint32_t)value.len};

	strbuf_put(&o->pairs, sizes, sizeof sizes);
	strbuf_put(&o->pairs, name, sizes[0]);
	strbuf_put(&o->pairs, value.data, value.len);
	if (sizes[0] > o->name_width)
		o->name_width = sizes[0];
}

static void
flush_pairs(struct out *o)
{
	struct span rest = strbuf_span(&o->pairs);

	if (rest.len == 0)
		return;
	o->begun = true;
	while (rest.len > 0) {
		uint32_t sizes[2];

		memcpy(sizes, rest.data, sizeof sizes);
		rest = span_from(rest, sizeof sizes);
		strbuf_put(&o->text, rest.data, sizes[0]);
		put_blanks(&o->text, o->name_width + 2 - sizes[0]);
		rest = span_from(rest, sizes[0]);
		out_put_safe(&o->text, span_of(rest.data, sizes[1]));
		strbuf_putc(&o->text, '\n');
		rest = span_from(rest, sizes[1]);
	}
	if (o->err == E_OK)
		o->err = o->pairs.err;
	strbuf_reset(&o->pairs);
	o->name_width = 0;
	flush_sometimes(o);
}

void
out_object(struct out *o, const char *name, const char *title)
{
	if (o->json) {
		if (name != NULL)
			json_key(&o->j, name);
		json_object(&o->j);
		flush_sometimes(o);
		return;
	}
	flush_pairs(o);
	if (title == NULL)
		return;
	if (o->begun)
		strbuf_putc(&o->text, '\n');
	out_line(o, "%s", title);
}

void
out_object_end(struct out *o)
{
	if (o->json)
		json_object_end(&o->j);
	else
		flush_pairs(o);
}

void
out_done(struct out *o, const char *name, const char *value, const char *fmt, ...)
{
	va_list ap;

	out_object(o, NULL, NULL);
	if (o->json)
		out_str(o, name, value);
	va_start(ap, fmt);
	put_line(o, fmt, ap);
	va_end(ap);
	out_object_end(o);
}

void
out_list(struct out *o, const char *name)
{
	if (!o->json)
		return;
	if (name != NULL)
		json_key(&o->j, name);
	json_array(&o->j);
}

void
out_list_end(struct out *o)
{
	if (o->json)
		json_array_end(&o->j);
}

void
out_span(struct out *o, const char *name, struct span value)
{
	if (o->json) {
		json_key(&o->j, name);
		json_text(&o->j, value);
	} else if (value.len > 0) {
		put_pair(o, name, value);
	}
}

void
out_str(struct out *o, const char *name, const char *value)
{
	out_span(o, name, span_str(value));
}

void
out_uint(struct out *o, const char *name, uint64_t value)
{
	if (o->json)
		json_key_uint(&o->j, name, value);
	else
		out_note(o, name, "%llu", (unsigned long long)value);
}

void
out_bool(struct out *o, const char *name, bool value)
{
	if (o->json)
		json_key_bool(&o->j, name, value);
	else
		put_pair(o, name, span_str(value ? "yes" : "no"));
}

void
out_time(struct out *o, const char *name, int64_t t)
{
	char buf[OUT_TIME], utc[CLOCK_TEXT];

	if (!o->json) {
		out_str(o, name, out_time_text(t, o->now, buf));
		return;
	}
	json_key(&o->j, name);
	clock_format(t, utc);
	if (t != 0)
		json_str(&o->j, utc);
	else
		json_null(&o->j);
}

void
out_note(struct out *o, const char *name, const char *fmt, ...)
{
	char text[1000];
	va_list ap;

	if (o->json)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	put_pair(o, name, span_str(text));
}

/* ---- tables ------------------------------------------------------------------------------------ */

#define ROWS_MEASURED 500
#define COLUMN_MIN 6

/* Cells wait as NUL-terminated text until the widths are known. */
void
out_table(struct out *o, const char *name, const char *const *titles, size_t columns)
{
	out_list(o, name);
	flush_pairs(o);
	o->titles = titles;
	o->columns = columns < OUT_COLUMNS_MAX ? columns : OUT_COLUMNS_MAX;
	o->row_count = o->cell = 0;
	o->widths_known = false;
	for (size_t i = 0; i < o->columns; i++)
		o->widths[i] = strlen(titles[i]);
}

/* Takes from the widest columns until the table fits. */
static void
fit_widths(struct out *o)
{
	size_t total = 2 * (o->columns - 1);

	o->widths_known = true;
	for (size_t i = 0; i < o->columns; i++)
		total += o->widths[i];
	while (o->width != 0 && total > o->width) {
		size_t widest = 0;

		for (size_t i = 1; i < o->columns; i++)
			if (o->widths[i] >= o->widths[widest])
				widest = i;
		if (o->widths[widest] <= COLUMN_MIN)
			return;
		o->widths[widest]--;
		total--;
	}
}

/* The first characters of a text, as many as fit into the columns. */
static struct span
cut(struct span text, size_t columns)
{
	size_t n = 0;

	while (columns-- > 0 && n < text.len) {
		size_t one = utf8_length(span_from(text, n));

		n += one > 0 ? one : 1;
	}
	text.len = n < text.len ? n : text.len;
	return text;
}

static void
write_cell(struct out *o, size_t column, struct span text)
{
	size_t width = o->widths[column], has = text_width(text);

	if (o->width != 0 && has > width) {
		text = cut(text, width - 1);
		strbuf_put(&o->text, text.data, text.len);
		strbuf_puts(&o->text, "…");
		has = width;
	} else {
		strbuf_put(&o->text, text.data, text.len);
	}
	if (column + 1 == o->columns)
		strbuf_putc(&o->text, '\n');
	else
		put_blanks(&o->text, (has < width ? width - has : 0) + 2);
}

static void
flush_rows(struct out *o)
{
	struct span rest = strbuf_span(&o->rows);

	if (!o->widths_known) {
		fit_widths(o);
		for (size_t i = 0; i < o->columns; i++)
			write_cell(o, i, span_str(o->titles[i]));
	}
	for (size_t i = 0; rest.len > 0; i++) {
		size_t n = strlen((const char *)rest.data);

		write_cell(o, i % o->columns, span_of(rest.data, n));
		rest = span_from(rest, n + 1);
	}
	if (o->err == E_OK)
		o->err = o->rows.err;
	strbuf_reset(&o->rows);
	flush_sometimes(o);
}

void
out_cell(struct out *o, const char *value)
{
	size_t start = o->rows.len, width;

	if (o->json)
		return;
	out_put_safe(&o->rows, span_str(value));
	width = text_width(span_from(strbuf_span(&o->rows), start));
	strbuf_putc(&o->rows, '\0');
	if (!o->widths_known && width > o->widths[o->cell])
		o->widths[o->cell] = width;
	if (++o->cell < o->columns)
		return;
	o->cell = 0;
	if (++o->row_count % ROWS_MEASURED == 0)
		flush_rows(o);
}

void
out_cell_uint(struct out *o, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)value);
	out_cell(o, text);
}

void
out_table_end(struct out *o)
{
	if (o->json)
		out_list_end(o);
	else if (o->row_count == 0 && o->rows.len == 0)
		out_line(o, "(none)");
	else
		flush_rows(o);
}
