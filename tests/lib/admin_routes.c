/* Prints the table of the admin's pages: method, path, who may open it. */
#include <stdio.h>

#include "admin/admin.h"

int
main(void)
{
	struct strbuf out;

	strbuf_init(&out, 1 << 20);
	admin_write_routes(&out);
	fputs(strbuf_str(&out), stdout);
	strbuf_clear(&out);
	return out.err != 0;
}
