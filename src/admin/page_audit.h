/* The audit log: who changed what. */
#ifndef GH_ADMIN_PAGE_AUDIT_H
#define GH_ADMIN_PAGE_AUDIT_H

#include "admin/admin.h"

page_handler page_audit;

#endif
