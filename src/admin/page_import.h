/* Many gateways at once: from a file, after a dry run of it, and into one. */
#ifndef GH_ADMIN_PAGE_IMPORT_H
#define GH_ADMIN_PAGE_IMPORT_H

#include "admin/admin.h"

page_handler page_import, page_import_try, page_import_do, page_import_drop;
page_handler page_export, page_export_file, page_export_secrets;

/* Their rows of the table of pages. */
#define IMPORT_PAGES                                                                   \
	{METHOD_GET, "/import", PAGE_OPERATOR, 0, page_import, NULL, "Import", NULL},  \
	    {METHOD_POST, "/import", PAGE_OPERATOR, PAGE_FILES, page_import_try, NULL, \
		NULL, NULL},                                                           \
	    {METHOD_POST, "/import/{token}", PAGE_OPERATOR, 0, page_import_do, NULL,   \
		NULL, NULL},                                                           \
	    {METHOD_POST, "/import/{token}/drop", PAGE_OPERATOR, 0, page_import_drop,  \
		NULL, NULL, NULL},                                                     \
	    {METHOD_GET, "/export", PAGE_OPERATOR, 0, page_export, NULL, NULL, NULL},  \
	    {METHOD_GET, "/export/gateways", PAGE_OPERATOR, 0, page_export_file, NULL, \
		NULL, NULL},                                                           \
	{                                                                              \
		METHOD_POST, "/export/secrets", PAGE_ADMIN, 0, page_export_secrets,    \
		    NULL, NULL, NULL                                                   \
	}

#endif
