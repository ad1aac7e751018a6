/* Templates: what adopted gateways get. */
#ifndef GH_ADMIN_PAGE_TEMPLATE_H
#define GH_ADMIN_PAGE_TEMPLATE_H

#include "admin/record_page.h"

extern const struct record_pages template_pages;

#endif
