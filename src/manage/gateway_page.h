/* One page of a long list of gateways, in an order, with how many there are in all. */
#ifndef GH_MANAGE_GATEWAY_PAGE_H
#define GH_MANAGE_GATEWAY_PAGE_H

#include "manage/manage.h"

enum gateway_order {
	ORDER_REGISTERED, /* as they were registered: the cheapest */
	ORDER_ID,
	ORDER_EUI, /* those without one at the end */
	ORDER_NAME
};

#define GATEWAY_PAGE_MAX 1000 /* gateways on one */

struct gateway_paging {
	enum gateway_order order;
	bool descending;
	bool deleted;	/* the deleted ones instead of the others */
	uint64_t limit; /* 1 to GATEWAY_PAGE_MAX */
	uint64_t page;	/* from 1 */
	/* All of these must fit; NULL: any. The words as in struct gateway_filter; the others
	 * are parts of the value, without regard to the case of ASCII letters. */
	const char *words, *id_has, *eui_has, *name_has, *description_has;
};

/*
 * Calls fn for the gateways of the page, in order, in a read; m->arena is one for this record
 * while fn runs. *total is how many there are on all pages. The work is one walk over
 * the keys of all gateways (of those that the words lead to), and only those of the page are
 * decoded, unless something else than words has to fit. E_INVALID for a page that is too far;
 * E_CORRUPT, E_VERSION for a damaged record on it, which nobody must miss.
 */
int manage_gateway_page(struct manage *m, const struct gateway_paging *paging,
    manage_gateway_fn *fn, void *arg, uint64_t *total);

/* "gateway_id", "gateway_eui", "name", "created_at" or "", with "-" before it. False for
 * others. */
bool gateway_order_parse(struct span text, struct gateway_paging *paging);

#endif
