#include "admin/page_lns.h"

#include "admin/widget.h"
#include "registry/lns.h"

static const char *const columns[] = {
    "uri", "credentials", "trust", "udp_address", "name", NULL};

/* Whom a change concerns. */
static int
more(struct visit *v, struct store_txn *txn, const void *record)
{
	const struct lns *lns = record;

	(void)txn;
	page_section(v, "gateways", "Its gateways");
	page_text(v, "They are told of a change here at their next poll.");
	page_buttons(v);
	page_button(v, "List them", "/gateways?lns={}", lns->lns_id, NULL);
	page_buttons_end(v);
	page_section_end(v);
	return E_OK;
}

const struct record_pages lns_pages = {
    .shape = {.kind = &lns_kind},
    .base = "/lns",
    .one = "network server",
    .many = "Network servers",
    .intro =
	"Gateways name one of these; a fleet moves to another address by one change "
	"here.",
    .columns = columns,
    .more = more,
};
