/* Smaller parts that several pages have: buttons that do something, uploads, choices. */
#ifndef GH_ADMIN_PART_H
#define GH_ADMIN_PART_H

#include "admin/input.h"

/* A form of one button, for what needs no question; inside page_buttons(). The pattern as for
 * html_href(), with at most two arguments (or NULL). */
void page_action(struct visit *v, const char *text, const char *pattern,
    const char *one, const char *two);

/* An input for several files, or for one with `in` as for input_file(). `accept` is what
 * browsers offer first, ".yml,.yaml". */
void input_files(struct visit *v, const struct input *in, const char *accept);

/* The content of an uploaded file, in the arena. E_TOOBIG with the field's name above `max`
 * bytes. */
int upload_read(
    struct visit *v, const struct form_file *file, size_t max, struct span *bytes);

/* The same of the input's file; E_INVALID when none was chosen. */
int upload_one(struct visit *v, const char *name, size_t max, struct span *bytes);

/* A choice of the identifiers of a kind of record (the first 500 of them), or a text input
 * when there are more; `none` is the label of the empty one, NULL: there is no empty one. */
int input_record(struct visit *v, const struct input *in,
    const struct record_kind *kind, const char *none);

/* Words of a text input with commas or white space between them, as a list in the arena. */
int visit_words(struct visit *v, const char *name, struct text_list *list);

/* "text" cut where it is longer than so many bytes, for lists; in the arena. */
const char *visit_short(struct visit *v, const char *text, size_t max);

/* When something ends: its day, with a badge when that is soon or over. */
void page_ends(struct visit *v, int64_t t);

#endif
