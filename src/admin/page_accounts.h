/* Accounts of people, and who has signed in. */
#ifndef GH_ADMIN_PAGE_ACCOUNTS_H
#define GH_ADMIN_PAGE_ACCOUNTS_H

#include "admin/record_page.h"

extern const struct record_pages account_pages;

page_handler page_account_new, page_account_add, page_account_password,
    page_account_end_sessions;

#define ACCOUNT "/accounts/{id}"
#define ACCOUNT_PAGES                                                                  \
	{METHOD_GET, "/accounts", PAGE_ADMIN, 0, record_list, NULL, "Accounts",        \
	    &account_pages},                                                           \
	    {METHOD_GET, "/accounts/new", PAGE_ADMIN, 0, page_account_new, NULL, NULL, \
		NULL},                                                                 \
	    {METHOD_POST, "/accounts/new", PAGE_ADMIN, 0, page_account_add, NULL,      \
		NULL, NULL},                                                           \
	    {METHOD_GET, ACCOUNT, PAGE_ADMIN, 0, record_show, NULL, NULL,              \
		&account_pages},                                                       \
	    {METHOD_GET, ACCOUNT "/edit", PAGE_ADMIN, 0, record_edit, NULL, NULL,      \
		&account_pages},                                                       \
	    {METHOD_POST, ACCOUNT "/edit", PAGE_ADMIN, 0, record_save, NULL, NULL,     \
		&account_pages},                                                       \
	    {METHOD_GET, ACCOUNT "/delete", PAGE_ADMIN, 0, record_ask_delete, NULL,    \
		NULL, &account_pages},                                                 \
	    {METHOD_POST, ACCOUNT "/delete", PAGE_ADMIN, 0, record_delete, NULL, NULL, \
		&account_pages},                                                       \
	    {METHOD_POST, ACCOUNT "/password", PAGE_ADMIN, 0, page_account_password,   \
		NULL, NULL, NULL},                                                     \
	{                                                                              \
		METHOD_POST, ACCOUNT "/sessions", PAGE_ADMIN, 0,                       \
		    page_account_end_sessions, NULL, NULL, NULL                        \
	}

#endif
