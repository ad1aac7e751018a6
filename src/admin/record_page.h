/*
 * The usual pages of a kind of record, from a description: list, one, new, edit, delete. In
 * pages.c a kind has all of them by one line, RECORD_PAGES("/lns", &lns_pages, "Network
 * servers").
 */
#ifndef GH_ADMIN_RECORD_PAGE_H
#define GH_ADMIN_RECORD_PAGE_H

#include "admin/record_form.h"

struct record_pages {
	struct record_shape shape;
	const char *base;	    /* "/lns" */
	const char *one, *many;	    /* "network server", "Network servers" */
	const char *intro;	    /* below the list's heading; NULL: nothing */
	const char *const *columns; /* fields of the list after the identifier, NULL at
				     * the end */
	/* Where the kind is made or changed in its own way; NULL: manage_add(), manage_set(),
	 * manage_delete(). */
	int (*add)(struct manage *m, const struct edit *edits, size_t count);
	int (*set)(
	    struct manage *m, const char *id, const struct edit *edits, size_t count);
	int (*remove)(struct manage *m, const char *id);
	/* More on the page of one, below its facts, inside no section; may be NULL. The
	 * second one runs when the snapshot is closed and may read by functions of
	 * src/manage. */
	int (*more)(struct visit *v, struct store_txn *txn, const void *record);
	int (*after)(struct visit *v, const void *record);
	enum page_access access; /* who sees its buttons; PAGE_OPEN: PAGE_OPERATOR */
	const char *delete_text; /* of the question; NULL: the usual one */
	const char *delete_word; /* of the button; NULL: "Delete…" */
};

page_handler record_list, record_show, record_new, record_add, record_edit, record_save,
    record_ask_delete, record_delete;

/* The rows of the table of pages. */
#define RECORD_PAGES(base, pages, title) RECORD_PAGES_IN(base, pages, title, title)

/* The same with another name in the navigation, or (NULL) none there. */
#define RECORD_PAGES_IN(base, pages, title, nav)                                       \
	{METHOD_GET, base, PAGE_VIEWER, 0, record_list, title, nav, pages},            \
	    {METHOD_GET, base "/new", PAGE_OPERATOR, 0, record_new, NULL, NULL,        \
		pages},                                                                \
	    {METHOD_POST, base "/new", PAGE_OPERATOR, 0, record_add, NULL, NULL,       \
		pages},                                                                \
	    {METHOD_GET, base "/{id}", PAGE_VIEWER, 0, record_show, NULL, NULL,        \
		pages},                                                                \
	    {METHOD_GET, base "/{id}/edit", PAGE_OPERATOR, 0, record_edit, NULL, NULL, \
		pages},                                                                \
	    {METHOD_POST, base "/{id}/edit", PAGE_OPERATOR, 0, record_save, NULL,      \
		NULL, pages},                                                          \
	    {METHOD_GET, base "/{id}/delete", PAGE_OPERATOR, 0, record_ask_delete,     \
		NULL, NULL, pages},                                                    \
	{                                                                              \
		METHOD_POST, base "/{id}/delete", PAGE_OPERATOR, 0, record_delete,     \
		    NULL, NULL, pages                                                  \
	}

/* Reads a record for a page (its identifier, or a gateway's EUI) and leaves the registry's
 * snapshot open in *txn; store_read_end() it. In the arena. */
int record_open(struct visit *v, const struct record_kind *kind, const char *id,
    void **record, struct store_txn **txn);

/*
 * A kind's list as a table: a row for each record, from where the reader is, with its
 * identifier leading to BASE/ID; `put` writes the other cells. With what to say when there
 * are none, and the pager.
 */
typedef void record_cells_fn(
    struct visit *v, struct store_txn *txn, const void *record);
int record_table(struct visit *v, const struct record_kind *kind, const char *base,
    const char *caption, const char *const *titles, record_cells_fn *put);

/* The cell of one field in a list. */
void record_cell(struct visit *v, struct store_txn *txn, const struct record_kind *kind,
    const char *field, const void *record);

#endif
