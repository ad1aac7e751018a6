/* Frequency plans and concentrator boards: what comes from files. */
#ifndef GH_ADMIN_PAGE_PLAN_H
#define GH_ADMIN_PAGE_PLAN_H

#include "admin/record_page.h"
#include "manage/board.h"

extern const struct record_pages plan_pages, board_pages;

page_handler page_plans, page_plan, page_plan_upload, page_plan_import, page_plan_yaml;
page_handler page_boards, page_board, page_board_upload, page_board_import;

/* ---- for both ------------------------------------------------------------------------- */

/* Uploaded YAML files, in the arena; at least one. E_INVALID, E_TOOBIG. */
int yaml_uploads(struct visit *v, struct file_text **texts, size_t *count);

/* The form's end: buttons to check and to import. */
void yaml_buttons(struct visit *v);

/* Was the second button pressed? */
bool yaml_only_check(struct visit *v);

/* A table of what became of each; `outcome` NULL: it was only checked. */
void outcome_begin(struct visit *v, const char *caption);
void outcome_row(struct visit *v, const char *id, const char *file,
    const enum import_outcome *outcome, const struct findings *findings);
void outcome_end(struct visit *v);

/* How many gateways name it, and the warnings that its import had. */
void radio_facts(struct visit *v, uint64_t uses, const char *path, const char *id,
    const struct text_list *warnings);

#define PLAN_PAGES                                                                     \
	{METHOD_GET, "/plans", PAGE_VIEWER, 0, page_plans, NULL, "Plans", NULL},       \
	    {METHOD_GET, "/plans/import", PAGE_OPERATOR, 0, page_plan_upload, NULL,    \
		NULL, NULL},                                                           \
	    {METHOD_POST, "/plans/import", PAGE_OPERATOR, PAGE_FILES,                  \
		page_plan_import, NULL, NULL, NULL},                                   \
	    {METHOD_GET, "/plans/{id}", PAGE_VIEWER, 0, page_plan, NULL, NULL,         \
		&plan_pages},                                                          \
	    {METHOD_GET, "/plans/{id}/yaml", PAGE_VIEWER, 0, page_plan_yaml, NULL,     \
		NULL, NULL},                                                           \
	    {METHOD_GET, "/plans/{id}/delete", PAGE_OPERATOR, 0, record_ask_delete,    \
		NULL, NULL, &plan_pages},                                              \
	    {METHOD_POST, "/plans/{id}/delete", PAGE_OPERATOR, 0, record_delete, NULL, \
		NULL, &plan_pages},                                                    \
	    {METHOD_GET, "/boards", PAGE_VIEWER, 0, page_boards, NULL, "Boards",       \
		NULL},                                                                 \
	    {METHOD_GET, "/boards/import", PAGE_OPERATOR, 0, page_board_upload, NULL,  \
		NULL, NULL},                                                           \
	    {METHOD_POST, "/boards/import", PAGE_OPERATOR, PAGE_FILES,                 \
		page_board_import, NULL, NULL, NULL},                                  \
	    {METHOD_GET, "/boards/{id}", PAGE_VIEWER, 0, page_board, NULL, NULL,       \
		&board_pages},                                                         \
	    {METHOD_GET, "/boards/{id}/delete", PAGE_OPERATOR, 0, record_ask_delete,   \
		NULL, NULL, &board_pages},                                             \
	{                                                                              \
		METHOD_POST, "/boards/{id}/delete", PAGE_OPERATOR, 0, record_delete,   \
		    NULL, NULL, &board_pages                                           \
	}

#endif
