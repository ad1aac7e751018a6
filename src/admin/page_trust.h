/* Trust certificates, the queue of those to be fetched, and moving a fleet. */
#ifndef GH_ADMIN_PAGE_TRUST_H
#define GH_ADMIN_PAGE_TRUST_H

#include "admin/record_page.h"

extern const struct record_pages trust_pages;

page_handler page_trusts, page_trust_new, page_trust_import, page_trust_fetch,
    page_trust_unqueue, page_trust_refresh, page_trust_pem, page_trust_left;
page_handler page_move, page_move_start, page_move_left;

/* The table of those that are left; for page_trust.c and page_move.c. */
struct leaving;
int left_table(struct visit *v, const struct leaving *how);

#define TRUST_PAGES                                                                    \
	{METHOD_GET, "/trust", PAGE_VIEWER, 0, page_trusts, NULL, "Trust", NULL},      \
	    {METHOD_GET, "/trust/new", PAGE_OPERATOR, 0, page_trust_new, NULL, NULL,   \
		NULL},                                                                 \
	    {METHOD_POST, "/trust/new", PAGE_OPERATOR, PAGE_FILES, page_trust_import,  \
		NULL, NULL, NULL},                                                     \
	    {METHOD_POST, "/trust/fetch", PAGE_OPERATOR, 0, page_trust_fetch, NULL,    \
		NULL, NULL},                                                           \
	    {METHOD_POST, "/trust/unqueue", PAGE_OPERATOR, 0, page_trust_unqueue,      \
		NULL, NULL, NULL},                                                     \
	    {METHOD_GET, "/trust/{id}", PAGE_VIEWER, 0, record_show, NULL, NULL,       \
		&trust_pages},                                                         \
	    {METHOD_GET, "/trust/{id}/edit", PAGE_OPERATOR, 0, record_edit, NULL,      \
		NULL, &trust_pages},                                                   \
	    {METHOD_POST, "/trust/{id}/edit", PAGE_OPERATOR, 0, record_save, NULL,     \
		NULL, &trust_pages},                                                   \
	    {METHOD_GET, "/trust/{id}/delete", PAGE_OPERATOR, 0, record_ask_delete,    \
		NULL, NULL, &trust_pages},                                             \
	    {METHOD_POST, "/trust/{id}/delete", PAGE_OPERATOR, 0, record_delete, NULL, \
		NULL, &trust_pages},                                                   \
	    {METHOD_POST, "/trust/{id}/refresh", PAGE_OPERATOR, 0, page_trust_refresh, \
		NULL, NULL, NULL},                                                     \
	    {METHOD_GET, "/trust/{id}/pem", PAGE_VIEWER, 0, page_trust_pem, NULL,      \
		NULL, NULL},                                                           \
	    {METHOD_GET, "/trust/{id}/left", PAGE_VIEWER, 0, page_trust_left,          \
		"Who is left", NULL, NULL},                                            \
	    {METHOD_GET, "/move", PAGE_OPERATOR, 0, page_move, NULL, NULL, NULL},      \
	    {METHOD_POST, "/move", PAGE_OPERATOR, 0, page_move_start, NULL, NULL,      \
		NULL},                                                                 \
	{                                                                              \
		METHOD_GET, "/move/left", PAGE_VIEWER, 0, page_move_left, NULL, NULL,  \
		    NULL                                                               \
	}

#endif
