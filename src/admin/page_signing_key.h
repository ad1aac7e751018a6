/* Keys that sign firmware: their public parts. */
#ifndef GH_ADMIN_PAGE_SIGNING_KEY_H
#define GH_ADMIN_PAGE_SIGNING_KEY_H

#include "admin/record_page.h"

page_handler page_signing_keys, page_signing_key_new, page_signing_key_add,
    page_signing_key, page_signing_key_retire, page_signing_key_point,
    page_signing_key_pem;

/* For the pages that are as those of any record: edit and delete. */
extern const struct record_pages signing_key_pages;

#endif
