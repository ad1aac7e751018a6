/* Network servers. */
#ifndef GH_ADMIN_PAGE_LNS_H
#define GH_ADMIN_PAGE_LNS_H

#include "admin/record_page.h"

extern const struct record_pages lns_pages;

#endif
