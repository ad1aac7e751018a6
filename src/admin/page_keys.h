/* API keys of all gateways and of programs. */
#ifndef GH_ADMIN_PAGE_KEYS_H
#define GH_ADMIN_PAGE_KEYS_H

#include "admin/record_page.h"

extern const struct record_pages key_pages;

page_handler page_key_new, page_key_add, page_key_ask_revoke, page_key_revoke;

#define KEY_PAGES                                                                      \
	{METHOD_GET, "/keys", PAGE_ADMIN, 0, record_list, NULL, "API keys",            \
	    &key_pages},                                                               \
	    {METHOD_GET, "/keys/new", PAGE_ADMIN, 0, page_key_new, NULL, NULL, NULL},  \
	    {METHOD_POST, "/keys/new", PAGE_ADMIN, 0, page_key_add, NULL, NULL, NULL}, \
	    {METHOD_GET, "/keys/{id}", PAGE_ADMIN, 0, record_show, NULL, NULL,         \
		&key_pages},                                                           \
	    {METHOD_GET, "/keys/{id}/edit", PAGE_ADMIN, 0, record_edit, NULL, NULL,    \
		&key_pages},                                                           \
	    {METHOD_POST, "/keys/{id}/edit", PAGE_ADMIN, 0, record_save, NULL, NULL,   \
		&key_pages},                                                           \
	    {METHOD_GET, "/keys/{id}/delete", PAGE_ADMIN, 0, page_key_ask_revoke,      \
		NULL, NULL, NULL},                                                     \
	{                                                                              \
		METHOD_POST, "/keys/{id}/revoke", PAGE_ADMIN, 0, page_key_revoke,      \
		    NULL, NULL, NULL                                                   \
	}

#endif
