#include "admin/widget.h"

#include "admin/input.h"
#include "base/clock.h"
#include "base/number.h"

/* ---- tables ------------------------------------------------------------------------------ */

void
table_begin(struct visit *v, const char *caption, const char *const *titles)
{
	struct html *h = &v->html;

	html_raw(h, "<div class=\"table-wrap\"><table>\n<caption class=\"sr\">");
	html_text(h, caption);
	html_raw(h, "</caption>\n<thead><tr>");
	for (size_t i = 0; titles[i] != NULL; i++) {
		if (titles[i][0] == '\0') {
			html_raw(h, "<td></td>"); /* a header without words is none */
			continue;
		}
		html_raw(h, "<th scope=\"col\">");
		html_text(h, titles[i]);
		html_raw(h, "</th>");
	}
	html_raw(h, "</tr></thead>\n<tbody>\n");
	v->table.titles = titles;
	v->table.column = 0;
	v->table.in_row = false;
}

static void
end_cell(struct visit *v)
{
	if (v->table.column == 1)
		html_raw(&v->html, "</th>");
	else if (v->table.column > 1)
		html_raw(&v->html, "</td>");
}

static void
end_row(struct visit *v)
{
	if (!v->table.in_row)
		return;
	end_cell(v);
	html_raw(&v->html, "</tr>\n");
	v->table.column = 0;
	v->table.in_row = false;
}

void
table_row(struct visit *v)
{
	end_row(v);
	html_raw(&v->html, "<tr>");
	v->table.in_row = true;
}

void
table_cell(struct visit *v)
{
	const char *title = v->table.titles[v->table.column];

	end_cell(v);
	if (v->table.column++ == 0) {
		html_raw(&v->html, "<th scope=\"row\">");
		return;
	}
	html_raw(&v->html, "<td");
	html_attr(&v->html, "data-label", title != NULL ? title : "");
	html_raw(&v->html, ">");
}

void
table_end(struct visit *v)
{
	end_row(v);
	html_raw(&v->html, "</tbody></table></div>\n");
}

/* ---- facts --------------------------------------------------------------------------------- */

void
facts_begin(struct visit *v)
{
	html_raw(&v->html, "<dl class=\"facts\">\n");
	v->table.in_row = false;
}

void
facts_row(struct visit *v, const char *name)
{
	if (v->table.in_row)
		html_raw(&v->html, "</dd></div>\n");
	html_raw(&v->html, "<div><dt>");
	html_text(&v->html, name);
	html_raw(&v->html, "</dt><dd>");
	v->table.in_row = true;
}

void
facts_end(struct visit *v)
{
	if (v->table.in_row)
		html_raw(&v->html, "</dd></div>\n");
	html_raw(&v->html, "</dl>\n");
	v->table.in_row = false;
}

void
facts_text(struct visit *v, const char *name, const char *value)
{
	if (value == NULL || value[0] == '\0')
		return;
	facts_row(v, name);
	html_user(&v->html, value);
}

void
facts_time(struct visit *v, const char *name, int64_t t)
{
	if (t == 0)
		return;
	facts_row(v, name);
	page_time(v, t);
}

/* ---- small things ---------------------------------------------------------------------------- */

static void
put_mood(struct html *h, enum mood mood)
{
	switch (mood) {
	case MOOD_GOOD:
		html_raw(h, "good");
		break;
	case MOOD_WARN:
		html_raw(h, "warn");
		break;
	case MOOD_BAD:
		html_raw(h, "bad");
		break;
	case MOOD_QUIET:
		html_raw(h, "quiet");
		break;
	}
}

void
badge(struct visit *v, enum mood mood, const char *text)
{
	html_raw(&v->html, "<span class=\"badge ");
	put_mood(&v->html, mood);
	html_raw(&v->html, "\">");
	html_user(&v->html, text);
	html_raw(&v->html, "</span>");
}

void
page_note(struct visit *v, enum mood mood, const char *text)
{
	html_raw(&v->html, "<p class=\"note ");
	put_mood(&v->html, mood);
	html_raw(&v->html, "\"");
	if (mood == MOOD_BAD)
		html_raw(&v->html, " role=\"alert\"");
	html_raw(&v->html, ">");
	html_user(&v->html, text);
	html_raw(&v->html, "</p>\n");
}

void
text_with_code(struct visit *v, const char *text)
{
	bool code = false;

	/* NULL: there was no memory to make it, which page_end() tells. */
	while (text != NULL) {
		size_t n = strcspn(text, "`");

		html_span(&v->html, span_of(text, n));
		if (text[n] == '\0')
			break;
		if (code)
			html_raw(&v->html, "</code>");
		else
			html_raw(&v->html, "<code>");
		code = !code;
		text += n + 1;
	}
	if (code)
		html_raw(&v->html, "</code>");
}

void
page_text(struct visit *v, const char *text)
{
	html_raw(&v->html, "<p>");
	text_with_code(v, text);
	html_raw(&v->html, "</p>\n");
}

void
page_time(struct visit *v, int64_t t)
{
	char exact[CLOCK_TEXT], age[CLOCK_AGE];

	clock_format(t, exact);
	if (t == 0 || exact[0] == '\0') {
		html_raw(&v->html, "<span class=\"quiet\">never</span>");
		return;
	}
	html_raw(&v->html, "<time");
	html_attr(&v->html, "datetime", exact);
	html_attr(&v->html, "title", exact);
	html_raw(&v->html, ">");
	html_text(&v->html, clock_age(t, v->now, age));
	html_raw(&v->html, "</time>");
}

void
page_link(struct visit *v, const char *text, const char *pattern, const char *one,
    const char *two)
{
	html_raw(&v->html, "<a");
	html_href(&v->html, pattern, one, two);
	html_raw(&v->html, ">");
	html_user(&v->html, text);
	html_raw(&v->html, "</a>");
}

void
page_button(struct visit *v, const char *text, const char *pattern, const char *one,
    const char *two)
{
	html_raw(&v->html, "<a class=\"button\"");
	html_href(&v->html, pattern, one, two);
	html_raw(&v->html, ">");
	html_text(&v->html, text);
	html_raw(&v->html, "</a>\n");
}

void
page_buttons(struct visit *v)
{
	html_raw(&v->html, "<div class=\"buttons\">\n");
}

void
page_buttons_end(struct visit *v)
{
	html_raw(&v->html, "</div>\n");
}

void
page_code(struct visit *v, const char *text)
{
	html_raw(&v->html, "<pre class=\"code\" tabindex=\"0\"><code>");
	html_text(&v->html, text);
	html_raw(&v->html, "</code></pre>\n");
}

/* ---- lists that go on -------------------------------------------------------------------------- */

uint64_t
pager_after(struct visit *v)
{
	uint64_t after = 0;

	number_u64(span_str(visit_query(v, "after")), 0, UINT64_MAX, &after);
	return after;
}

/* The query string as it is, but for the place in the list and the last flash. */
static void
put_query(struct visit *v, struct strbuf *to)
{
	const struct pair *pairs;
	size_t n = request_pairs(v->req, &pairs);
	char mark = '?';

	for (size_t i = 0; i < n; i++) {
		if (span_is(pairs[i].name, "after") || span_is(pairs[i].name, "done") ||
		    pairs[i].value.len == 0)
			continue;
		strbuf_putc(to, mark);
		html_percent(to, pairs[i].name);
		strbuf_putc(to, '=');
		html_percent(to, pairs[i].value);
		mark = '&';
	}
}

static void
put_page_link(struct visit *v, const char *text, uint64_t after)
{
	struct strbuf to;
	strbuf_init(&to, 8192);
	strbuf_puts(&to, visit_here(v));
	put_query(v, &to);
	if (after > 0)
		strbuf_printf(&to, "%cafter=%llu",
		    strchr(strbuf_str(&to), '?') != NULL ? '&' : '?',
		    (unsigned long long)after);
	html_raw(&v->html, "<a class=\"button\"");
	html_attr(&v->html, "href", strbuf_str(&to));
	html_raw(&v->html, ">");
	html_text(&v->html, text);
	html_raw(&v->html, "</a>\n");
	strbuf_clear(&to);
}

void
pager(struct visit *v, uint64_t next)
{
	uint64_t after = pager_after(v);

	if (after == 0 && next == 0)
		return;
	html_raw(&v->html, "<nav class=\"buttons\" aria-label=\"Pages\">\n");
	if (after > 0)
		put_page_link(v, "First page", 0);
	if (next > 0)
		put_page_link(v, "Next page", next);
	html_raw(&v->html, "</nav>\n");
}

void
filter_begin(struct visit *v)
{
	html_raw(&v->html, "<form class=\"filter\" method=\"get\" role=\"search\"");
	html_attr(&v->html, "action", visit_here(v));
	html_raw(&v->html, ">\n");
}

void
filter_text(struct visit *v, const char *name, const char *label)
{
	html_raw(&v->html, "<label>");
	html_text(&v->html, label);
	html_raw(&v->html, " <input type=\"search\" dir=\"auto\"");
	html_attr(&v->html, "id", arena_printf(v->arena, "f-%s", name));
	html_attr(&v->html, "name", name);
	html_attr_value(&v->html, visit_query(v, name));
	html_raw(&v->html, "></label>\n");
}

void
filter_choice(struct visit *v, const char *name, const char *label,
    const char *const *values, const char *const *labels)
{
	const char *chosen = visit_query(v, name);

	html_raw(&v->html, "<label>");
	html_text(&v->html, label);
	html_raw(&v->html, " <select");
	html_attr(&v->html, "id", arena_printf(v->arena, "f-%s", name));
	html_attr(&v->html, "name", name);
	html_raw(&v->html, ">\n");
	for (size_t i = 0; values[i] != NULL; i++) {
		html_raw(&v->html, "<option");
		html_attr_value(&v->html, values[i]);
		if (strcmp(chosen, values[i]) == 0)
			html_raw(&v->html, " selected");
		html_raw(&v->html, ">");
		html_text(&v->html, labels[i]);
		html_raw(&v->html, "</option>\n");
	}
	html_raw(&v->html, "</select></label>\n");
}

void
filter_end(struct visit *v)
{
	html_raw(&v->html, "<button>Filter</button>\n</form>\n");
}

/* ---- questions ----------------------------------------------------------------------------------- */

int
page_question(struct visit *v, const struct question *q)
{
	page_begin(v, q->title);
	html_raw(&v->html, "<p>");
	html_user(&v->html, q->text);
	html_raw(&v->html, "</p>\n");
	page_form(v, q->pattern, q->one, q->two);
	if (q->version != NULL)
		input_hidden(v, "version", q->version);
	html_raw(&v->html, "<div class=\"buttons\"><button class=\"danger\">");
	html_text(&v->html, q->button);
	html_raw(&v->html, "</button>\n");
	page_button(v, "No, go back", q->back, q->back_one, NULL);
	html_raw(&v->html, "</div>\n");
	page_form_end(v);
	return page_end(v);
}
