/* Firmware images: their files, and the signatures over them. */
#ifndef GH_ADMIN_PAGE_FIRMWARE_H
#define GH_ADMIN_PAGE_FIRMWARE_H

#include "admin/record_page.h"

page_handler page_firmwares, page_firmware_new, page_firmware_add, page_firmware;
page_handler page_firmware_sign, page_firmware_signature, page_firmware_unsign_ask,
    page_firmware_unsign, page_firmware_verify, page_firmware_digest;

/* For the pages that are as those of any record: edit and delete. */
extern const struct record_pages firmware_pages;

/* The section of an image's page about its signatures: the first half with the registry's
 * snapshot, the second without it. */
struct firmware;
void firmware_put_signatures(
    struct visit *v, struct store_txn *txn, const struct firmware *f);
int firmware_put_signing(struct visit *v, const struct firmware *f);

/* The whole page of an image; `problem` is what was wrong with a form of it. */
int firmware_put_page(struct visit *v, const char *id, int problem);

/* Their rows of the table of pages. */
#define FIRMWARE_PAGES                                                                 \
	{METHOD_GET, "/firmware", PAGE_VIEWER, 0, page_firmwares, NULL, "Firmware",    \
	    NULL},                                                                     \
	    {METHOD_GET, "/firmware/new", PAGE_OPERATOR, 0, page_firmware_new, NULL,   \
		NULL, NULL},                                                           \
	    {METHOD_POST, "/firmware/new", PAGE_OPERATOR, PAGE_FILES,                  \
		page_firmware_add, NULL, NULL, NULL},                                  \
	    {METHOD_GET, "/firmware/{id}", PAGE_VIEWER, 0, page_firmware, NULL, NULL,  \
		NULL},                                                                 \
	    {METHOD_GET, "/firmware/{id}/digest", PAGE_OPERATOR, 0,                    \
		page_firmware_digest, NULL, NULL, NULL},                               \
	    {METHOD_POST, "/firmware/{id}/verify", PAGE_OPERATOR, 0,                   \
		page_firmware_verify, NULL, NULL, NULL},                               \
	    {METHOD_POST, "/firmware/{id}/sign", PAGE_OPERATOR, 0, page_firmware_sign, \
		NULL, NULL, NULL},                                                     \
	    {METHOD_POST, "/firmware/{id}/signature", PAGE_OPERATOR, PAGE_FILES,       \
		page_firmware_signature, NULL, NULL, NULL},                            \
	    {METHOD_GET, "/firmware/{id}/unsign", PAGE_OPERATOR, 0,                    \
		page_firmware_unsign_ask, NULL, NULL, NULL},                           \
	    {METHOD_POST, "/firmware/{id}/unsign", PAGE_OPERATOR, 0,                   \
		page_firmware_unsign, NULL, NULL, NULL},                               \
	    {METHOD_GET, "/firmware/{id}/edit", PAGE_OPERATOR, 0, record_edit, NULL,   \
		NULL, &firmware_pages},                                                \
	    {METHOD_POST, "/firmware/{id}/edit", PAGE_OPERATOR, 0, record_save, NULL,  \
		NULL, &firmware_pages},                                                \
	    {METHOD_GET, "/firmware/{id}/delete", PAGE_OPERATOR, 0, record_ask_delete, \
		NULL, NULL, &firmware_pages},                                          \
	{                                                                              \
		METHOD_POST, "/firmware/{id}/delete", PAGE_OPERATOR, 0, record_delete, \
		    NULL, NULL, &firmware_pages                                        \
	}

#endif
