/* Releases: which gateways may run an image; and channels: which should. */
#ifndef GH_ADMIN_PAGE_RELEASE_H
#define GH_ADMIN_PAGE_RELEASE_H

#include "admin/record_page.h"

extern const struct record_pages release_pages, channel_pages;

#endif
