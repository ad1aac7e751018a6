#include "admin/page_audit.h"

#include "admin/page_gateway.h"
#include "admin/widget.h"

int
page_audit(struct visit *v)
{
	struct audit_filter f = {.kind = visit_query(v, "kind"),
	    .id = visit_query(v, "id"),
	    .by = visit_query(v, "actor"),
	    .before = pager_after(v),
	    .limit = PAGE_ROWS};
	uint64_t next;
	int err;

	page_begin(v, "Audit log");
	filter_begin(v);
	filter_text(v, "actor", "Who");
	filter_text(v, "kind", "Kind");
	filter_text(v, "id", "ID");
	filter_end(v);
	table_begin(v, "Changes, newest first", audit_titles);
	err = manage_audit(&v->m, &f, audit_row, v, &next);
	table_end(v);
	if (err != E_OK)
		return err;
	pager(v, next);
	return page_end(v);
}
