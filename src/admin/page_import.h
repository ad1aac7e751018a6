/* Many gateways at once: from a file, after a dry run of it, and into one. */
#ifndef GH_ADMIN_PAGE_IMPORT_H
#define GH_ADMIN_PAGE_IMPORT_H

#include "admin/admin.h"

page_handler page_import, page_import_try, page_import_do, page_import_drop;
page_handler page_export, page_export_file, page_export_secrets;

#endif
