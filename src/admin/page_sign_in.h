/* Signing in and out, the first account, one's own password. */
#ifndef GH_ADMIN_PAGE_SIGN_IN_H
#define GH_ADMIN_PAGE_SIGN_IN_H

#include "admin/admin.h"

page_handler page_sign_in, page_sign_in_send, page_sign_in_remote, page_first_account,
    page_sign_out, page_me, page_me_password;

#endif
