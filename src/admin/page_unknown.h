/* Gateways that nobody registered: adopt, forget, ignore. */
#ifndef GH_ADMIN_PAGE_UNKNOWN_H
#define GH_ADMIN_PAGE_UNKNOWN_H

#include "admin/admin.h"

page_handler page_unknowns, page_unknown, page_unknown_adopt, page_unknown_forget,
    page_unknown_ignore, page_unknown_notice;

#define UNKNOWN_PAGES                                                                \
	{METHOD_GET, "/unknown", PAGE_VIEWER, 0, page_unknowns, NULL, "Unknown",     \
	    NULL},                                                                   \
	    {METHOD_GET, "/unknown/{eui}", PAGE_VIEWER, 0, page_unknown, NULL, NULL, \
		NULL},                                                               \
	    {METHOD_POST, "/unknown/{eui}/adopt", PAGE_OPERATOR, 0,                  \
		page_unknown_adopt, NULL, NULL, NULL},                               \
	    {METHOD_POST, "/unknown/{eui}/forget", PAGE_OPERATOR, 0,                 \
		page_unknown_forget, NULL, NULL, NULL},                              \
	    {METHOD_POST, "/unknown/{eui}/ignore", PAGE_OPERATOR, 0,                 \
		page_unknown_ignore, NULL, NULL, NULL},                              \
	{                                                                            \
		METHOD_POST, "/unknown/{eui}/notice", PAGE_OPERATOR, 0,              \
		    page_unknown_notice, NULL, NULL, NULL                            \
	}

#endif
