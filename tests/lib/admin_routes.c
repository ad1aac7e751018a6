/* Prints the table of the admin's pages: method, path, who may open it. */
#include <stdio.h>

#include "admin/admin.h"

int
main(void)
{
	static const char *const access[] = {"open", "viewer", "operator", "admin"};

	for (size_t i = 0; i < admin_page_count; i++) {
		const struct page *p = &admin_pages[i];

		printf("%s %s %s%s%s\n", p->method == METHOD_POST ? "POST" : "GET",
		    p->path, access[p->access], p->flags & PAGE_FILES ? " files" : "",
		    p->flags & PAGE_SIGN_IN ? " sign-in" : "");
	}
	return 0;
}
