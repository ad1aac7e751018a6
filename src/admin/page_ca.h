/* Certificate authorities for gateways' client certificates. */
#ifndef GH_ADMIN_PAGE_CA_H
#define GH_ADMIN_PAGE_CA_H

#include "admin/record_page.h"

extern const struct record_pages ca_pages;

page_handler page_ca_new, page_ca_import, page_ca_create, page_ca_revoke, page_ca_pem;

#define CA_PAGES                                                                      \
	{METHOD_GET, "/cas", PAGE_VIEWER, 0, record_list, NULL, "CAs", &ca_pages},    \
	    {METHOD_GET, "/cas/new", PAGE_ADMIN, 0, page_ca_new, NULL, NULL, NULL},   \
	    {METHOD_POST, "/cas/new", PAGE_ADMIN, PAGE_FILES, page_ca_import, NULL,   \
		NULL, NULL},                                                          \
	    {METHOD_POST, "/cas/create", PAGE_ADMIN, 0, page_ca_create, NULL, NULL,   \
		NULL},                                                                \
	    {METHOD_GET, "/cas/{id}", PAGE_VIEWER, 0, record_show, NULL, NULL,        \
		&ca_pages},                                                           \
	    {METHOD_GET, "/cas/{id}/edit", PAGE_ADMIN, 0, record_edit, NULL, NULL,    \
		&ca_pages},                                                           \
	    {METHOD_POST, "/cas/{id}/edit", PAGE_ADMIN, 0, record_save, NULL, NULL,   \
		&ca_pages},                                                           \
	    {METHOD_GET, "/cas/{id}/delete", PAGE_ADMIN, 0, record_ask_delete, NULL,  \
		NULL, &ca_pages},                                                     \
	    {METHOD_POST, "/cas/{id}/delete", PAGE_ADMIN, 0, record_delete, NULL,     \
		NULL, &ca_pages},                                                     \
	    {METHOD_POST, "/cas/{id}/revoke", PAGE_ADMIN, PAGE_FILES, page_ca_revoke, \
		NULL, NULL, NULL},                                                    \
	{                                                                             \
		METHOD_GET, "/cas/{id}/pem", PAGE_VIEWER, 0, page_ca_pem, NULL, NULL, \
		    NULL                                                              \
	}

#endif
