/* What opens the admin: how the fleet does. */
#ifndef GH_ADMIN_PAGE_OVERVIEW_H
#define GH_ADMIN_PAGE_OVERVIEW_H

#include "admin/admin.h"

page_handler page_overview, page_settings;

#endif
