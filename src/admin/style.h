/* The style sheet: one file, at an address with its hash so that browsers may keep it. */
#ifndef GH_ADMIN_STYLE_H
#define GH_ADMIN_STYLE_H

#include "admin/admin.h"

/* Reads share/static/admin.css; pages work without it, and the log says so. */
void style_load(struct admin_style *style, const char *share);
void style_clear(struct admin_style *style);

page_handler page_style;

#endif
