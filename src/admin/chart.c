#include "admin/chart.h"

#include <stdio.h>

/* Small enough for a phone: each bar stands below its label and number. */
#define WIDTH 340
#define LINE 36

/* ` name="123"` */
static void
number_attr(struct html *h, const char *before, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof text, "%llu", (unsigned long long)n);
	html_put_attr(h, before, text);
}

static void
put_bar_class(struct html *h, enum mood mood)
{
	switch (mood) {
	case MOOD_GOOD:
		html_raw(h, " class=\"bar good\"");
		break;
	case MOOD_WARN:
		html_raw(h, " class=\"bar warn\"");
		break;
	case MOOD_BAD:
		html_raw(h, " class=\"bar bad\"");
		break;
	case MOOD_QUIET:
		html_raw(h, " class=\"bar\"");
		break;
	}
}

/* At most so many characters, with an ellipsis where it is longer. */
static void
put_short(struct html *h, const char *text, size_t max)
{
	size_t n = 0;
	const char *p = text;

	while (*p != '\0' && n < max) {
		p++;
		while ((*p & 0xc0) == 0x80)
			p++;
		n++;
	}
	html_span(h, span_of(text, (size_t)(p - text)));
	if (*p != '\0')
		html_raw(h, "…");
}

static void
put_bar(struct html *h, const struct bar *b, size_t i, uint64_t most)
{
	uint64_t length =
	    most > 0 ? (uint64_t)((double)b->value / (double)most * WIDTH) : 0;
	uint64_t y = i * LINE;

	if (b->value > 0 && length < 2)
		length = 2;
	html_raw(h, "<text x=\"0\"");
	number_attr(h, " y=\"", y + 14);
	html_raw(h, ">");
	put_short(h, b->label, 38);
	html_raw(h, "</text><text text-anchor=\"end\"");
	number_attr(h, " x=\"", WIDTH);
	number_attr(h, " y=\"", y + 14);
	html_raw(h, ">");
	html_number(h, b->value);
	html_raw(h, "</text><rect class=\"ground\" x=\"0\" height=\"9\" rx=\"3\"");
	number_attr(h, " y=\"", y + 20);
	number_attr(h, " width=\"", WIDTH);
	html_raw(h, "/><rect x=\"0\" height=\"9\" rx=\"3\"");
	put_bar_class(h, b->mood);
	number_attr(h, " y=\"", y + 20);
	number_attr(h, " width=\"", length);
	html_raw(h, "/>\n");
}

static void
put_table(struct visit *v, const char *title, const char *what, const struct bar *bars,
    size_t count)
{
	const char *const titles[] = {"What", what, NULL};

	html_raw(&v->html, "<details><summary>As a table</summary>\n");
	table_begin(v, title, titles);
	for (size_t i = 0; i < count; i++) {
		table_row(v);
		table_cell(v);
		if (bars[i].path != NULL) {
			html_raw(&v->html, "<a");
			html_attr(&v->html, "href", bars[i].path);
			html_raw(&v->html, ">");
		}
		html_user(&v->html, bars[i].label);
		if (bars[i].path != NULL)
			html_raw(&v->html, "</a>");
		table_cell(v);
		html_number(&v->html, bars[i].value);
	}
	table_end(v);
	html_raw(&v->html, "</details>\n");
}

void
chart_bars(struct visit *v, const char *title, const char *what, const struct bar *bars,
    size_t count)
{
	struct html *h = &v->html;
	uint64_t most = 0;
	char box[60];

	for (size_t i = 0; i < count; i++)
		if (bars[i].value > most)
			most = bars[i].value;
	snprintf(box, sizeof box, "0 0 %d %zu", WIDTH, count * LINE);
	html_raw(h, "<figure class=\"chart\"><svg role=\"img\"");
	html_attr(h, "viewBox", box);
	html_attr(h, "aria-label", title);
	html_raw(h, ">\n");
	for (size_t i = 0; i < count; i++)
		put_bar(h, &bars[i], i, most);
	html_raw(h, "</svg>\n");
	put_table(v, title, what, bars, count);
	html_raw(h, "</figure>\n");
}

void
chart_progress(struct visit *v, const char *label, uint64_t done, uint64_t all)
{
	struct html *h = &v->html;

	html_raw(h, "<progress class=\"progress\"");
	html_attr(h, "aria-label", label);
	number_attr(h, " value=\"", all > 0 ? done : 0);
	number_attr(h, " max=\"", all > 0 ? all : 1);
	html_raw(h, "></progress> ");
	html_number(h, done);
	html_raw(h, " of ");
	html_number(h, all);
}
