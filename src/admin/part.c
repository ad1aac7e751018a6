#include "admin/part.h"

#include <unistd.h>

#include "admin/record_page.h"
#include "admin/widget.h"
#include "base/clock.h"

#define CHOICES_MAX 500

void
page_action(struct visit *v, const char *text, const char *pattern, const char *one,
    const char *two)
{
	page_form(v, pattern, one, two);
	html_raw(&v->html, "<button class=\"second\">");
	html_text(&v->html, text);
	html_raw(&v->html, "</button>\n");
	page_form_end(v);
}

/* ---- uploads ------------------------------------------------------------------------------ */

void
input_files(struct visit *v, const struct input *in, const char *accept)
{
	struct html *h = &v->html;

	html_raw(h, "<div class=\"field\">\n<label");
	html_put_attr(h, " for=\"", arena_printf(v->arena, "f-%s", in->name));
	html_raw(h, ">");
	html_text(h, in->label);
	html_raw(h, "</label>\n<input type=\"file\" multiple");
	html_put_attr(h, " id=\"", arena_printf(v->arena, "f-%s", in->name));
	html_attr(h, "name", in->name);
	html_attr(h, "accept", accept);
	if (in->help != NULL) {
		html_put_attr(h, " aria-describedby=\"",
		    arena_printf(v->arena, "h-%s", in->name));
		html_raw(h, ">\n<p class=\"help\"");
		html_put_attr(h, " id=\"", arena_printf(v->arena, "h-%s", in->name));
		html_raw(h, ">");
		html_text(h, in->help);
		html_raw(h, "</p");
	}
	html_raw(h, ">\n</div>\n");
}

int
upload_read(
    struct visit *v, const struct form_file *file, size_t max, struct span *bytes)
{
	size_t done = 0;
	uint8_t *to;

	if (file->length > max)
		return fault_set(&v->m.fault, E_TOOBIG, file->field,
		    "%.100s has more than %zu KiB", file->name, max >> 10);
	if ((to = arena_alloc(v->arena, (size_t)file->length + 1)) == NULL)
		return E_NOMEM;
	while (done < file->length) {
		ssize_t n =
		    pread(file->fd, to + done, file->length - done, (off_t)done);

		if (n <= 0)
			return fault_set(&v->m.fault, E_IO, file->field,
			    "the uploaded file cannot be read");
		done += (size_t)n;
	}
	*bytes = span_of(to, done);
	return E_OK;
}

int
upload_one(struct visit *v, const char *name, size_t max, struct span *bytes)
{
	const struct form_file *file = form_file(&v->form, name);

	if (file == NULL)
		return fault_set(&v->m.fault, E_INVALID, name, "choose a file");
	return upload_read(v, file, max, bytes);
}

/* ---- choices ------------------------------------------------------------------------------- */

struct choices {
	struct visit *v;
	const struct record_kind *kind;
	const char *ids[CHOICES_MAX + 3], *labels[CHOICES_MAX + 3];
	size_t count;
};

static int
add_choice(struct manage *m, struct store_txn *txn, const void *record, void *arg)
{
	struct choices *c = arg;
	const char *id = arena_strdup(c->v->arena, record_id(c->kind, record));

	(void)m;
	(void)txn;
	if (id == NULL)
		return E_NOMEM;
	c->ids[c->count] = c->labels[c->count] = id;
	c->count++;
	return E_OK;
}

int
input_record(struct visit *v, const struct input *in, const struct record_kind *kind,
    const char *none)
{
	struct choices *c = arena_zalloc(v->arena, 1, sizeof *c);
	int err;

	if (c == NULL)
		return E_NOMEM;
	c->v = v;
	c->kind = kind;
	if (none != NULL) {
		c->ids[0] = "";
		c->labels[c->count++] = none;
	}
	err = manage_list(&v->m, kind, 0, CHOICES_MAX + 1, add_choice, c);
	if (err != E_OK)
		return err;
	if (c->count > CHOICES_MAX)
		input_text(v, in);
	else
		input_choice(v, in, c->ids, c->labels);
	return E_OK;
}

/* ---- words ----------------------------------------------------------------------------------- */

static bool
parts_words(char c)
{
	return c == ',' || c == ';' || c == ' ' || c == '\n' || c == '\t';
}

int
visit_words(struct visit *v, const char *name, struct text_list *list)
{
	char *text = arena_strdup(v->arena, visit_field(v, name));
	const char **items;
	size_t n = 0;

	if (text == NULL || (items = arena_zalloc(v->arena, strlen(text) / 2 + 1,
				 sizeof *items)) == NULL)
		return E_NOMEM;
	for (char *p = text; *p != '\0';) {
		while (parts_words(*p))
			p++;
		if (*p == '\0')
			break;
		items[n++] = p;
		while (*p != '\0' && !parts_words(*p))
			p++;
		if (*p != '\0')
			*p++ = '\0';
	}
	*list = (struct text_list){items, n};
	return E_OK;
}

const char *
visit_short(struct visit *v, const char *text, size_t max)
{
	size_t n = strlen(text);
	const char *cut;

	if (n <= max)
		return text;
	n = max;
	while (n > 0 && (text[n] & 0xc0) == 0x80)
		n--;
	cut = arena_printf(v->arena, "%.*s…", (int)n, text);
	return cut != NULL ? cut : "";
}

void
page_ends(struct visit *v, int64_t t)
{
	char day[CLOCK_TEXT];

	if (t == 0)
		return;
	clock_format(t, day);
	html_raw(&v->html, "<time");
	html_attr(&v->html, "datetime", day);
	html_attr(&v->html, "title", day);
	html_raw(&v->html, ">");
	day[10] = '\0';
	html_text(&v->html, day);
	html_raw(&v->html, "</time> ");
	if (t <= v->now)
		badge(v, MOOD_BAD, "has ended");
	else if (t - v->now < ENDS_SOON)
		badge(v, MOOD_WARN,
		    t - v->now < 86400 ? "ends within a day"
				       : arena_printf(v->arena, "%lld days left",
					     (long long)((t - v->now) / 86400)));
}
