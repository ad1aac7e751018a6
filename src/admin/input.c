#include "admin/input.h"

#include "admin/gate.h"
#include "base/clock.h"

static void
open_form(struct visit *v, const char *pattern, const char *one, const char *two)
{
	html_raw(&v->html, " method=\"post\" accept-charset=\"utf-8\"");
	html_action(&v->html, pattern, one, two);
	html_raw(&v->html, ">\n");
	input_hidden(v, "token", gate_token(v));
}

void
page_form(struct visit *v, const char *pattern, const char *one, const char *two)
{
	html_raw(&v->html, "<form class=\"edit\"");
	open_form(v, pattern, one, two);
}

void
page_form_files(struct visit *v, const char *pattern, const char *one, const char *two)
{
	html_raw(&v->html, "<form class=\"edit\" enctype=\"multipart/form-data\"");
	open_form(v, pattern, one, two);
}

void
page_form_end(struct visit *v)
{
	html_raw(&v->html, "</form>\n");
}

/* Is v->m.fault about this input? */
static bool
input_is_wrong(const struct visit *v, const char *name)
{
	return v->m.fault.err != E_OK && v->m.fault.field[0] != '\0' &&
	       strcmp(v->m.fault.field, name) == 0;
}

/* ---- parts of an input ---------------------------------------------------------------------- */

static void
put_id(struct visit *v, const char *attribute, const char *before, const char *name)
{
	html_put_attr(
	    &v->html, attribute, arena_printf(v->arena, "%s%s", before, name));
}

static void
put_label(struct visit *v, const struct input *in)
{
	html_raw(&v->html, "<label");
	put_id(v, " for=\"", "f-", in->name);
	html_raw(&v->html, ">");
	html_text(&v->html, in->label);
	if (in->required)
		html_raw(&v->html, " <span class=\"quiet\">(required)</span>");
	html_raw(&v->html, "</label>\n");
}

static void
put_common(struct visit *v, const struct input *in)
{
	bool wrong = input_is_wrong(v, in->name);

	put_id(v, " id=\"", "f-", in->name);
	html_attr(&v->html, "name", in->name);
	if (wrong)
		html_raw(&v->html, " aria-invalid=\"true\"");
	if (wrong)
		put_id(v, " aria-describedby=\"", "e-", in->name);
	else if (in->help != NULL)
		put_id(v, " aria-describedby=\"", "h-", in->name);
	if (in->required)
		html_raw(&v->html, " required");
}

static void
put_after(struct visit *v, const struct input *in)
{
	struct html *h = &v->html;

	if (input_is_wrong(v, in->name)) {
		html_raw(h, "<p class=\"wrong\"");
		put_id(v, " id=\"", "e-", in->name);
		html_raw(h, ">");
		html_user(h, v->m.fault.text);
		html_raw(h, "</p>\n");
	}
	if (in->theirs != NULL) {
		html_raw(h, "<p class=\"theirs\">Somebody else has made it: ");
		if (in->theirs[0] != '\0')
			html_user(h, in->theirs);
		else
			html_raw(h, "<span class=\"quiet\">empty</span>");
		html_raw(h, "</p>\n");
	}
	if (in->help != NULL) {
		html_raw(h, "<p class=\"help\"");
		put_id(v, " id=\"", "h-", in->name);
		html_raw(h, ">");
		html_text(h, in->help);
		html_raw(h, "</p>\n");
	}
	html_raw(h, "</div>\n");
}

static void
put_before(struct visit *v, const struct input *in)
{
	html_raw(&v->html, "<div class=\"field\">\n");
	put_label(v, in);
}

static void
put_text_attributes(struct visit *v, const struct input *in)
{
	if (in->max > 0) {
		html_raw(&v->html, " maxlength=\"");
		html_number(&v->html, in->max);
		html_raw(&v->html, "\"");
	}
	html_attr(&v->html, "autocomplete",
	    in->autocomplete != NULL ? in->autocomplete : "off");
	if (in->mono)
		html_raw(&v->html, " class=\"mono\" spellcheck=\"false\"");
	else
		html_raw(&v->html, " dir=\"auto\"");
}

/* ---- inputs ----------------------------------------------------------------------------------- */

void
input_text(struct visit *v, const struct input *in)
{
	put_before(v, in);
	html_raw(&v->html, "<input");
	html_attr(&v->html, "type", in->type != NULL ? in->type : "text");
	put_common(v, in);
	put_text_attributes(v, in);
	if (in->list != NULL)
		html_attr(&v->html, "list", in->list);
	html_attr_value(&v->html, in->value != NULL ? in->value : "");
	html_raw(&v->html, ">\n");
	put_after(v, in);
}

void
input_area(struct visit *v, const struct input *in, unsigned rows)
{
	put_before(v, in);
	html_raw(&v->html, "<textarea rows=\"");
	html_number(&v->html, rows);
	html_raw(&v->html, "\"");
	put_common(v, in);
	put_text_attributes(v, in);
	html_raw(&v->html, ">");
	html_textarea(&v->html, in->value != NULL ? in->value : "");
	html_raw(&v->html, "</textarea>\n");
	put_after(v, in);
}

void
input_check(struct visit *v, const struct input *in, bool checked)
{
	html_raw(&v->html, "<div class=\"field check\">\n<input type=\"checkbox\"");
	put_common(v, in);
	html_raw(&v->html, " value=\"true\"");
	if (checked)
		html_raw(&v->html, " checked");
	html_raw(&v->html, ">\n");
	put_label(v, in);
	put_after(v, in);
}

void
input_choice(struct visit *v, const struct input *in, const char *const *values,
    const char *const *labels)
{
	const char *chosen = in->value != NULL ? in->value : "";

	put_before(v, in);
	html_raw(&v->html, "<select");
	put_common(v, in);
	html_raw(&v->html, ">\n");
	for (size_t i = 0; values[i] != NULL; i++) {
		html_raw(&v->html, "<option");
		html_attr_value(&v->html, values[i]);
		if (strcmp(values[i], chosen) == 0)
			html_raw(&v->html, " selected");
		html_raw(&v->html, ">");
		html_text(&v->html, labels[i]);
		html_raw(&v->html, "</option>\n");
	}
	html_raw(&v->html, "</select>\n");
	put_after(v, in);
}

void
input_file(struct visit *v, const struct input *in)
{
	put_before(v, in);
	html_raw(&v->html, "<input type=\"file\"");
	put_common(v, in);
	html_raw(&v->html, ">\n");
	put_after(v, in);
}

void
input_hidden(struct visit *v, const char *name, const char *value)
{
	html_raw(&v->html, "<input type=\"hidden\"");
	html_attr(&v->html, "name", name);
	html_attr_value(&v->html, value);
	html_raw(&v->html, ">\n");
}

void
input_submit(struct visit *v, const char *text)
{
	html_raw(&v->html, "<div class=\"buttons\"><button>");
	html_text(&v->html, text);
	html_raw(&v->html, "</button></div>\n");
}

void
input_problem(struct visit *v, int err)
{
	struct html *h = &v->html;

	if (err == E_OK)
		return;
	html_raw(h, "<div class=\"note bad\" role=\"alert\"><p>");
	if (v->m.fault.field[0] != '\0') {
		html_raw(h, "<a");
		put_id(v, " href=\"", "#f-", v->m.fault.field);
		html_raw(h, ">");
	}
	html_user(h, visit_fault(v, err));
	if (v->m.fault.field[0] != '\0')
		html_raw(h, "</a>");
	html_raw(h, "</p></div>\n");
}

bool
input_is_correctable(int err)
{
	return err == E_INVALID || err == E_EXISTS || err == E_STALE ||
	       err == E_NOTFOUND || err == E_STATE || err == E_DENIED ||
	       err == E_TOOBIG;
}

void
input_own_key(struct visit *v, const char *label)
{
	input_text(v, &(struct input){.name = "value",
			  .label = label,
			  .help = "empty: a new one is made",
			  .type = "password",
			  .autocomplete = "new-password",
			  .mono = true,
			  .max = 1024});
}

int
input_time(struct visit *v, const char *name, int64_t *at)
{
	const char *text = visit_field(v, name);

	if (text[0] == '\0' || clock_parse_from(span_str(text), v->now, at))
		return E_OK;
	return fault_set(&v->m.fault, E_INVALID, name,
	    "must be a time like 2026-11-22T13:05:00Z or +7d");
}
