/* Gateways: the list, one of them, and what is done with it. */
#ifndef GH_ADMIN_PAGE_GATEWAY_H
#define GH_ADMIN_PAGE_GATEWAY_H

#include "admin/record_page.h"
#include "registry/sighting.h"

extern const struct record_pages gateway_pages;

page_handler page_gateways;
page_handler page_gateway, page_gateway_delete, page_gateway_restore,
    page_gateway_ask_purge, page_gateway_purge, page_gateway_retry, page_gateway_window;
page_handler page_gateway_new, page_gateway_add, page_gateway_start;
page_handler page_gateway_explain, page_gateway_file, page_gateway_history;
page_handler page_gateway_keys, page_gateway_key_make, page_gateway_key_rotate,
    page_gateway_key_ask_revoke, page_gateway_key_revoke, page_gateway_bundle;
page_handler page_gateway_certs, page_gateway_cert_issue, page_gateway_cert_import,
    page_gateway_cert_ask_remove, page_gateway_cert_remove;

/* The rows of the table of pages. */
#define GATEWAY "/gateways/{id}"
#define GATEWAY_PAGES                                                                  \
	{METHOD_GET, "/gateways", PAGE_VIEWER, 0, page_gateways, NULL, "Gateways",     \
	    NULL},                                                                     \
	    {METHOD_GET, "/gateways/new", PAGE_OPERATOR, 0, page_gateway_new, NULL,    \
		NULL, NULL},                                                           \
	    {METHOD_POST, "/gateways/new", PAGE_OPERATOR, 0, page_gateway_add, NULL,   \
		NULL, NULL},                                                           \
	    {METHOD_GET, GATEWAY, PAGE_VIEWER, 0, page_gateway, NULL, NULL, NULL},     \
	    {METHOD_GET, GATEWAY "/edit", PAGE_OPERATOR, 0, record_edit, NULL, NULL,   \
		&gateway_pages},                                                       \
	    {METHOD_POST, GATEWAY "/edit", PAGE_OPERATOR, 0, record_save, NULL, NULL,  \
		&gateway_pages},                                                       \
	    {METHOD_GET, GATEWAY "/delete", PAGE_OPERATOR, 0, record_ask_delete, NULL, \
		NULL, &gateway_pages},                                                 \
	    {METHOD_POST, GATEWAY "/delete", PAGE_OPERATOR, 0, page_gateway_delete,    \
		NULL, NULL, NULL},                                                     \
	    {METHOD_POST, GATEWAY "/restore", PAGE_OPERATOR, 0, page_gateway_restore,  \
		NULL, NULL, NULL},                                                     \
	    {METHOD_GET, GATEWAY "/purge", PAGE_ADMIN, 0, page_gateway_ask_purge,      \
		NULL, NULL, NULL},                                                     \
	    {METHOD_POST, GATEWAY "/purge", PAGE_ADMIN, 0, page_gateway_purge, NULL,   \
		NULL, NULL},                                                           \
	    {METHOD_POST, GATEWAY "/retry", PAGE_OPERATOR, 0, page_gateway_retry,      \
		NULL, NULL, NULL},                                                     \
	    {METHOD_POST, GATEWAY "/window", PAGE_OPERATOR, 0, page_gateway_window,    \
		NULL, NULL, NULL},                                                     \
	    {METHOD_GET, GATEWAY "/start", PAGE_OPERATOR, 0, page_gateway_start, NULL, \
		NULL, NULL},                                                           \
	    {METHOD_GET, GATEWAY "/explain", PAGE_VIEWER, 0, page_gateway_explain,     \
		NULL, NULL, NULL},                                                     \
	    {METHOD_GET, GATEWAY "/file", PAGE_VIEWER, 0, page_gateway_file, NULL,     \
		NULL, NULL},                                                           \
	    {METHOD_GET, GATEWAY "/history", PAGE_VIEWER, 0, page_gateway_history,     \
		NULL, NULL, NULL},                                                     \
	    {METHOD_GET, GATEWAY "/certificates", PAGE_VIEWER, 0, page_gateway_certs,  \
		NULL, NULL, NULL},                                                     \
	    {METHOD_POST, GATEWAY "/certificates/issue", PAGE_OPERATOR, 0,             \
		page_gateway_cert_issue, NULL, NULL, NULL},                            \
	    {METHOD_POST, GATEWAY "/certificates/import", PAGE_OPERATOR, PAGE_FILES,   \
		page_gateway_cert_import, NULL, NULL, NULL},                           \
	    {METHOD_GET, GATEWAY "/certificates/{use}/remove", PAGE_OPERATOR, 0,       \
		page_gateway_cert_ask_remove, NULL, NULL, NULL},                       \
	    {METHOD_POST, GATEWAY "/certificates/{use}/remove", PAGE_OPERATOR, 0,      \
		page_gateway_cert_remove, NULL, NULL, NULL},                           \
	    {METHOD_GET, GATEWAY "/keys", PAGE_VIEWER, 0, page_gateway_keys, NULL,     \
		NULL, NULL},                                                           \
	    {METHOD_POST, GATEWAY "/keys", PAGE_OPERATOR, 0, page_gateway_key_make,    \
		NULL, NULL, NULL},                                                     \
	    {METHOD_POST, GATEWAY "/keys/rotate", PAGE_OPERATOR, 0,                    \
		page_gateway_key_rotate, NULL, NULL, NULL},                            \
	    {METHOD_GET, GATEWAY "/keys/{key}/revoke", PAGE_OPERATOR, 0,               \
		page_gateway_key_ask_revoke, NULL, NULL, NULL},                        \
	    {METHOD_POST, GATEWAY "/keys/{key}/revoke", PAGE_OPERATOR, 0,              \
		page_gateway_key_revoke, NULL, NULL, NULL},                            \
	{                                                                              \
		METHOD_POST, GATEWAY "/bundle", PAGE_OPERATOR, 0, page_gateway_bundle, \
		    NULL, NULL, NULL                                                   \
	}

/* ---- for the pages of gateways ----------------------------------------------------------- */

/* How it does, as a badge: deleted, never seen, fine, silent… */
void gateway_badge(struct visit *v, const struct gateway *g);

/* The record, without a snapshot that stays open. */
int gateway_read(struct visit *v, struct gateway *g);

/* Crumbs and the row of links to its other pages; `here` is the present one's title. */
void gateway_begin(struct visit *v, const struct gateway *g, const char *here);

/* A table of entries of the audit log. */
int audit_row(struct manage *m, struct store_txn *txn, const void *record, void *visit);
extern const char *const audit_titles[];

#endif
