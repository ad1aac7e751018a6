/* Concentrator boards: read from files and imported into the registry. As with plans
 * (manage/plan.h), reading comes first and needs no data folder. */
#ifndef GH_MANAGE_BOARD_H
#define GH_MANAGE_BOARD_H

#include "manage/plan.h"
#include "radio/concentrator.h"
#include "registry/board.h"

struct board_item {
	const char *file;    /* its name */
	struct board *own;   /* as it stands in the file; NULL when it cannot be read */
	struct board *board; /* over its base, judged; NULL when there are errors */
	struct findings findings;
};

struct board_files {
	struct board_item *items; /* in the order of their file names */
	size_t count;
	const char *path; /* as it was given */
	bool folder;
};

/* Reads every .yml file of a folder, or one file. E_OK also when boards are faulty. */
int board_files_read(struct arena *arena, const char *path, struct board_files *files,
    struct fault *fault);

/* One board as it was uploaded, and what its file was called. E_OK also when it is faulty;
 * E_NOMEM. */
int board_text_read(
    struct arena *arena, struct span text, const char *name, struct board_files *files);
/* The same from uploaded files; the texts stay valid. E_NOMEM. */
int board_texts_read(struct arena *arena, const struct file_text *texts, size_t count,
    struct board_files *files);

/*
 * Stores every board that is whole, in one transaction, as manage_plan_import() does. What
 * a board stands on is looked for among those that were read, then in the registry, and
 * merged in: a later change of the base changes it only when it is imported again.
 */
int manage_board_import(struct manage *m, struct board_files *files,
    const struct plan_importing *how, struct import_result *result);

/* The record and the board in it; `record` may be NULL. E_NOTFOUND, E_CORRUPT. */
int manage_board_get(struct manage *m, const char *id, struct board_record *record,
    struct board **board);

/* E_STATE with the name of a gateway or template that uses it. */
int manage_board_remove(struct manage *m, const char *id);

/* How many gateways name it, deleted ones too. */
int manage_board_uses(struct manage *m, const char *id, uint64_t *count);

/* ---- what comes with Gatehouse -------------------------------------------------------- */

struct shipped {
	struct import_result plans, boards;
	size_t plan_count, board_count;
};

/*
 * Imports the plans and boards that came with this version (`share`: the folder that has
 * both), leaving those alone that an operator imported. E_NOTFOUND when the folder has
 * none.
 */
int manage_import_shipped(struct manage *m, const char *share, struct shipped *done);

#endif
