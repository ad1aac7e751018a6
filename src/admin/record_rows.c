/* Rows of a record, as antennas: a group of inputs for each. */
#include <stdio.h>

#include "admin/record_field.h"
#include "registry/record_text.h"

static char *
row_at(const struct field *f, const struct record_rows *rows, size_t i)
{
	return (char *)rows->rows + i * f->of->size;
}

static const char *
sub_name(struct visit *v, const struct field *f, size_t i, const char *sub)
{
	const char *name = arena_printf(v->arena, "%s.%zu.%s", f->name, i, sub);

	return name != NULL ? name : "";
}

/* What one part of a row has, "" for its zero. */
static const char *
sub_text(struct visit *v, const struct field *f, const struct field *sub,
    const struct record_rows *rows, size_t i)
{
	return i < rows->count ? field_text(v, NULL, f->of, sub, row_at(f, rows, i))
			       : "";
}

/* The rows as the text of an edit. */
static int
write_rows(struct visit *v, const struct field *f, const struct record_rows *rows,
    struct span *text)
{
	struct record_view view = manage_view(&v->m, NULL, false);
	struct field alone = *f;
	struct strbuf out;
	const char *copy;

	alone.offset = 0;
	strbuf_init(&out, 1 << 20);
	if (rows->count > 0)
		record_field_to_text(&alone, rows, &view, &out);
	copy = strbuf_keep_text(&out, v->arena);
	*text = span_str(copy);
	return copy != NULL ? E_OK : E_NOMEM;
}

static const char *
was_name(struct visit *v, const struct field *f)
{
	const char *name = arena_printf(v->arena, "was.%s", f->name);

	return name != NULL ? name : "";
}

/* The rows as the form had them that is sent; those of now where it does not say. */
static const struct record_rows *
rows_before(struct visit *v, const struct record_kind *kind, const struct field *f,
    const struct record_rows *now)
{
	const char *text = form_value(&v->form, was_name(v, f));
	struct record_view view = manage_view(&v->m, NULL, false);
	void *was = arena_alloc(v->arena, kind->size);
	struct fault fault;

	if (text == NULL || was == NULL)
		return now;
	record_init(kind, was);
	if (record_field_from_text(kind, f, span_str(text), &view, was, &fault) != E_OK)
		return now;
	return field_at(f, was);
}

/* An input that is empty leaves a choice at its first word. */
static bool
is_same(const struct field *sub, const char *a, const char *b)
{
	const char *first = sub->type == FIELD_ENUM ? sub->words[0] : "";

	return strcmp(a[0] != '\0' ? a : first, b[0] != '\0' ? b : first) == 0;
}

/* The rows as they were when the form was made; NULL: that is not known. Parts that were not
 * touched follow what somebody else has made of them. */
static void
put_part(struct visit *v, const struct field *f, const struct field *sub,
    const struct record_rows *rows, const struct record_rows *was, size_t i)
{
	const char *name = sub_name(v, f, i, sub->name);
	const char *before = was != NULL ? sub_text(v, f, sub, was, i) : "";
	struct input in = {.name = name,
	    .label = field_label(v, sub),
	    .help = sub->help,
	    .value = sub_text(v, f, sub, rows, i)};

	if (was != NULL && strcmp(before, in.value) != 0)
		in.theirs = in.value;
	if (was != NULL && form_value(&v->form, name) != NULL &&
	    !is_same(sub, visit_field(v, name), before))
		in.value = visit_field(v, name);
	if (sub->type == FIELD_ENUM)
		input_choice(v, &in, sub->words, sub->words);
	else
		input_text(v, &in);
}

void
rows_input(struct visit *v, const struct record_kind *kind, const struct field *f,
    const void *record, bool typed)
{
	const struct record_rows *rows = field_at(f, record), *was = NULL;
	size_t count = rows->count + (f->max == 0 || rows->count < f->max);
	struct html *h = &v->html;
	struct span text;
	char number[24];

	if (typed)
		was = rows_before(v, kind, f, rows);

	for (size_t i = 0; i < count; i++) {
		struct input drop = {
		    .name = sub_name(v, f, i, "drop"), .label = "Take it away"};

		html_raw(h, "<fieldset class=\"row\"><legend>");
		html_text(h, field_label(v, f));
		if (i < rows->count)
			html_printf(h, " %zu", i + 1);
		else
			html_raw(h, ": another one");
		html_raw(h, "</legend>\n");
		for (const struct field *sub = f->of->fields; sub->number != 0; sub++)
			put_part(v, f, sub, rows, was, i);
		if (i < rows->count)
			input_check(
			    v, &drop, typed && visit_field(v, drop.name)[0] != '\0');
		html_raw(h, "</fieldset>\n");
	}
	snprintf(number, sizeof number, "%zu", count);
	input_hidden(v, sub_name(v, f, 0, "count"), number);
	if (write_rows(v, f, rows, &text) == E_OK)
		input_hidden(v, was_name(v, f), (const char *)text.data);
}

/* ---- what was typed ------------------------------------------------------------------------------ */

static bool
is_blank(struct visit *v, const struct field *f, size_t i)
{
	for (const struct field *sub = f->of->fields; sub->number != 0; sub++) {
		const char *text = visit_field(v, sub_name(v, f, i, sub->name));

		if (text[0] != '\0' &&
		    !(sub->type == FIELD_ENUM && strcmp(text, sub->words[0]) == 0))
			return false;
	}
	return true;
}

static int
read_row(struct visit *v, const struct field *f, size_t i, void *row, bool *changed,
    const struct record_rows *before)
{
	struct record_view view = manage_view(&v->m, NULL, false);

	for (const struct field *sub = f->of->fields; sub->number != 0; sub++) {
		const char *name = sub_name(v, f, i, sub->name);
		const char *text = visit_field(v, name);
		int err;

		*changed |= strcmp(text, sub_text(v, f, sub, before, i)) != 0;
		err = record_field_from_text(
		    f->of, sub, span_str(text), &view, row, &v->m.fault);
		if (err != E_OK) {
			snprintf(v->m.fault.field, sizeof v->m.fault.field, "%s", name);
			return err;
		}
	}
	return E_OK;
}

int
rows_typed(struct visit *v, const struct field *f, const void *record,
    struct span *text, bool *changed)
{
	const struct record_rows *before = field_at(f, record);
	size_t room = before->count + 1;
	struct record_rows after = {
	    .rows = arena_zalloc(v->arena, room, f->of->size), .count = 0};

	*changed = false;
	if (after.rows == NULL)
		return E_NOMEM;
	/* A form without them leaves them alone. */
	if (form_value(&v->form, sub_name(v, f, 0, "count")) == NULL)
		return E_OK;
	for (size_t i = 0; i < room; i++) {
		char *row = row_at(f, &after, after.count);
		int err;

		if (visit_field(v, sub_name(v, f, i, "drop"))[0] != '\0') {
			*changed = true;
			continue;
		}
		if (i >= before->count && is_blank(v, f, i))
			continue;
		record_init(f->of, row);
		err = read_row(v, f, i, row, changed, before);
		if (err != E_OK)
			return err;
		*changed |= i >= before->count;
		after.count++;
	}
	return *changed ? write_rows(v, f, &after, text) : E_OK;
}
