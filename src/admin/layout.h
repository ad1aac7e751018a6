/* What surrounds every page: its head, the navigation, where we are, what was just done. */
#ifndef GH_ADMIN_LAYOUT_H
#define GH_ADMIN_LAYOUT_H

#include "admin/admin.h"

/* Above the page's own place, e.g. page_crumb(v, "Gateways", "/gateways"); before
 * page_begin(). The pattern as for html_href(), with at most one argument (or NULL). */
void page_crumb(
    struct visit *v, const char *text, const char *pattern, const char *argument);

/* Everything before the content, with the title (text from outside is fine) as heading. */
void page_begin(struct visit *v, const char *title);

/* The same without a heading, for a page that has one with more in it. */
void page_begin_bare(struct visit *v, const char *title);

/* Everything after it. Returns E_OK, or what stuck in the buffer. */
int page_end(struct visit *v);

/* A part of the page with its heading; sections follow each other, none is inside another. The
 * id is a literal of ours, for links to it. */
void page_section(struct visit *v, const char *id, const char *title);
void page_section_end(struct visit *v);

/* Headers of every answer. */
void layout_headers(struct response *res);

/* The page for an error; E_OK. */
int layout_error(struct visit *v, int err);

/* Where the style sheet is, for errors without a visit. */
void layout_remember(struct span prefix, const char *style_hash);

#endif
