/* Roll-outs: a release for a growing part of a channel's gateways. */
#ifndef GH_ADMIN_PAGE_ROLLOUTS_H
#define GH_ADMIN_PAGE_ROLLOUTS_H

#include "admin/record_page.h"
#include "manage/rollout.h"

page_handler page_rollouts, page_rollout;
page_handler page_rollout_new, page_rollout_add, page_rollout_edit, page_rollout_save;
page_handler page_rollout_ask, page_rollout_act;
page_handler page_rollout_gateways, page_rollout_plan;

/* For the pages that are as those of any record: delete. */
extern const struct record_pages rollout_pages;

/* A section for the overview: those under way with their progress, and why others wait. */
int overview_rollouts(struct visit *v);

/* ---- shared by these pages ----------------------------------------------------------------- */

/* What can be done with one: arguments of page_rollout_ask and _act. */
struct rollout_verb {
	enum rollout_action action;
	const char *word;  /* in the path */
	const char *title; /* with %s for the roll-out */
	const char *text, *button, *done;
	bool danger;
	bool percentage, why, force; /* the inputs of its form */
};
extern const struct rollout_verb rollout_start, rollout_step, rollout_pause,
    rollout_resume, rollout_finish, rollout_abort;

/* Is it one whose outcome cannot be seen? */
bool rollout_is_blind(const struct rollout_look *look);

/* Its status as a badge. */
void rollout_badge(struct visit *v, const struct rollout_state *state);

/* How many have it of those that were offered it, as a bar. */
void rollout_bar(struct visit *v, const struct rollout_look *look);

/* The share that was typed, with `%` or without; *share stays when that is nothing. E_INVALID
 * above 100 or not above 0. */
int rollout_share(struct visit *v, const char *text, double *share);

/* A timetable as rollout_steps_read() reads it: "1,10@48h,100@7d"; in the arena. */
const char *rollout_steps_text(struct visit *v, const struct record_rows *steps);

/* The two rows of the table of pages for one of them. */
#define ROLLOUT_VERB(name, verb)                                                       \
	{METHOD_GET, "/rollouts/{id}/" name, PAGE_OPERATOR, 0, page_rollout_ask, NULL, \
	    NULL, verb},                                                               \
	{                                                                              \
		METHOD_POST, "/rollouts/{id}/" name, PAGE_OPERATOR, 0,                 \
		    page_rollout_act, NULL, NULL, verb                                 \
	}

/* Their rows of the table of pages. */
#define ROLLOUT_PAGES                                                                  \
	{METHOD_GET, "/rollouts", PAGE_VIEWER, 0, page_rollouts, NULL, "Roll-outs",    \
	    NULL},                                                                     \
	    {METHOD_GET, "/rollouts/new", PAGE_OPERATOR, 0, page_rollout_new, NULL,    \
		NULL, NULL},                                                           \
	    {METHOD_POST, "/rollouts/new", PAGE_OPERATOR, 0, page_rollout_add, NULL,   \
		NULL, NULL},                                                           \
	    {METHOD_GET, "/rollouts/{id}", PAGE_VIEWER, 0, page_rollout, NULL, NULL,   \
		NULL},                                                                 \
	    {METHOD_GET, "/rollouts/{id}/edit", PAGE_OPERATOR, 0, page_rollout_edit,   \
		NULL, NULL, NULL},                                                     \
	    {METHOD_POST, "/rollouts/{id}/edit", PAGE_OPERATOR, 0, page_rollout_save,  \
		NULL, NULL, NULL},                                                     \
	    {METHOD_GET, "/rollouts/{id}/gateways", PAGE_VIEWER, 0,                    \
		page_rollout_gateways, NULL, NULL, NULL},                              \
	    {METHOD_GET, "/rollouts/{id}/plan", PAGE_VIEWER, 0, page_rollout_plan,     \
		NULL, NULL, NULL},                                                     \
	    {METHOD_GET, "/rollouts/{id}/delete", PAGE_OPERATOR, 0, record_ask_delete, \
		NULL, NULL, &rollout_pages},                                           \
	    {METHOD_POST, "/rollouts/{id}/delete", PAGE_OPERATOR, 0, record_delete,    \
		NULL, NULL, &rollout_pages},                                           \
	    ROLLOUT_VERB("start", &rollout_start),                                     \
	    ROLLOUT_VERB("step", &rollout_step),                                       \
	    ROLLOUT_VERB("pause", &rollout_pause),                                     \
	    ROLLOUT_VERB("resume", &rollout_resume),                                   \
	    ROLLOUT_VERB("finish", &rollout_finish),                                   \
	    ROLLOUT_VERB("abort", &rollout_abort)

#endif
