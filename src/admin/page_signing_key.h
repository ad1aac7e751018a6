/* Keys that sign firmware: their public parts. */
#ifndef GH_ADMIN_PAGE_SIGNING_KEY_H
#define GH_ADMIN_PAGE_SIGNING_KEY_H

#include "admin/record_page.h"

page_handler page_signing_keys, page_signing_key_new, page_signing_key_add,
    page_signing_key, page_signing_key_retire, page_signing_key_point,
    page_signing_key_pem;

/* For the pages that are as those of any record: edit and delete. */
extern const struct record_pages signing_key_pages;

/* Their rows of the table of pages. */
#define SIGNING_KEY_PAGES                                                              \
	{METHOD_GET, "/signing-keys", PAGE_VIEWER, 0, page_signing_keys, NULL, NULL,   \
	    NULL},                                                                     \
	    {METHOD_GET, "/signing-keys/new", PAGE_ADMIN, 0, page_signing_key_new,     \
		NULL, NULL, NULL},                                                     \
	    {METHOD_POST, "/signing-keys/new", PAGE_ADMIN, PAGE_FILES,                 \
		page_signing_key_add, NULL, NULL, NULL},                               \
	    {METHOD_GET, "/signing-keys/{id}", PAGE_VIEWER, 0, page_signing_key, NULL, \
		NULL, NULL},                                                           \
	    {METHOD_GET, "/signing-keys/{id}/sig-0.key", PAGE_VIEWER, 0,               \
		page_signing_key_point, NULL, NULL, NULL},                             \
	    {METHOD_GET, "/signing-keys/{id}/public.pem", PAGE_VIEWER, 0,              \
		page_signing_key_pem, NULL, NULL, NULL},                               \
	    {METHOD_POST, "/signing-keys/{id}/retire", PAGE_ADMIN, 0,                  \
		page_signing_key_retire, NULL, NULL, NULL},                            \
	    {METHOD_GET, "/signing-keys/{id}/edit", PAGE_ADMIN, 0, record_edit, NULL,  \
		NULL, &signing_key_pages},                                             \
	    {METHOD_POST, "/signing-keys/{id}/edit", PAGE_ADMIN, 0, record_save, NULL, \
		NULL, &signing_key_pages},                                             \
	    {METHOD_GET, "/signing-keys/{id}/delete", PAGE_ADMIN, 0,                   \
		record_ask_delete, NULL, NULL, &signing_key_pages},                    \
	{                                                                              \
		METHOD_POST, "/signing-keys/{id}/delete", PAGE_ADMIN, 0,               \
		    record_delete, NULL, NULL, &signing_key_pages                      \
	}

#endif
