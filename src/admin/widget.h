/* What pages are made of: tables, lists of facts, badges, times, filters, questions. All
 * texts are escaped here. */
#ifndef GH_ADMIN_WIDGET_H
#define GH_ADMIN_WIDGET_H

#include "admin/layout.h"

/* ---- tables: on a phone each row becomes a small list, its cells named by the titles ------- */

/* `titles` (NULL at the end) stay valid until table_end(). The caption is for screen readers. */
void table_begin(struct visit *v, const char *caption, const char *const *titles);
void table_row(struct visit *v);
/* Begins the next cell; what is written then is in it. The first of a row names it. */
void table_cell(struct visit *v);
void table_end(struct visit *v);

/* ---- names and values ------------------------------------------------------------------------ */

/* A list of rows, a name and its value each. */
void facts_begin(struct visit *v);
/* Begins the value of this name; what is written then is in it. */
void facts_row(struct visit *v, const char *name);
void facts_end(struct visit *v);
/* A row with text from outside; nothing when it is empty. */
void facts_text(struct visit *v, const char *name, const char *value);
void facts_time(struct visit *v, const char *name, int64_t t);

/* ---- small things ------------------------------------------------------------------------------ */

enum mood { MOOD_QUIET, MOOD_GOOD, MOOD_WARN, MOOD_BAD };

/* A word or two on a coloured ground. */
void badge(struct visit *v, enum mood mood, const char *text);

/* A paragraph with a border; role "alert" for MOOD_BAD. */
void page_note(struct visit *v, enum mood mood, const char *text);
/* A paragraph of ours, with `commands` between back quotes. */
void page_text(struct visit *v, const char *text);
/* The same inside something else, a cell for example. */
void text_with_code(struct visit *v, const char *text);

/* "3 hours ago" with the exact time as title; "never" for 0. */
void page_time(struct visit *v, int64_t t);

/* A link; the pattern as for html_href(), with at most two arguments (NULL: none). */
void page_link(struct visit *v, const char *text, const char *pattern, const char *one,
    const char *two);
/* The same that looks like a button, for what one does next. */
void page_button(struct visit *v, const char *text, const char *pattern,
    const char *one, const char *two);
/* A row of buttons. */
void page_buttons(struct visit *v);
void page_buttons_end(struct visit *v);

/* Text that is to be copied: keys, URIs, files. */
void page_code(struct visit *v, const char *text);

/* ---- lists that go on --------------------------------------------------------------------------- */

#define PAGE_ROWS 50

/* "after" of the query string; 0 at the beginning. */
uint64_t pager_after(struct visit *v);
/* Links to the first and the next page of this list, with the filter that is set. `next`: the
 * last serial that was shown, 0 when there is no more. */
void pager(struct visit *v, uint64_t next);

/* A form above a list that sends its fields with GET to the same page. */
void filter_begin(struct visit *v);
void filter_text(struct visit *v, const char *name, const char *label);
/* `values` and `labels` have NULL at the end; "" is for all. */
void filter_choice(struct visit *v, const char *name, const char *label,
    const char *const *values, const char *const *labels);
void filter_end(struct visit *v);

/* ---- questions ------------------------------------------------------------------------------------ */

/* A page that asks before something dangerous; its button sends a form with the token, and
 * `version` (NULL: none) for manage.expected. */
struct question {
	const char *title, *text, *button;
	const char *pattern, *one, *two; /* where the form goes */
	const char *back, *back_one;	 /* where "no" goes */
	const char *version;
};
int page_question(struct visit *v, const struct question *q);

#endif
