/* Plans and boards for tests: the shipped ones, or those of another folder. */
#ifndef GH_TESTS_RADIO_DATA_H
#define GH_TESTS_RADIO_DATA_H

#include "radio/concentrator.h"
#include "radio/plan_set.h"

#define BOARDS_MAX 40

struct radio_data {
	struct arena arena;
	struct findings findings; /* of the index and of the boards */
	struct plan_set set;
	struct board *boards[BOARDS_MAX]; /* whole, over their bases */
	size_t board_count;
	const char *folder; /* of the plans */
};

/* Loads the plans of a folder (NULL: the shipped ones) and all shipped boards. False with
 * a line on standard error when that is not possible. */
bool radio_data_load(struct radio_data *d, const char *folder);
void radio_data_clear(struct radio_data *d);

/* NULL when there is none, or when it is faulty. */
const struct plan *radio_data_plan(const struct radio_data *d, const char *id);
const struct board *radio_data_board(const struct radio_data *d, const char *id);

/* A file below the source folder, in the arena; NULL when it cannot be read. */
const char *radio_data_text(struct radio_data *d, const char *path);

/*
 * Compares a result with tests/data/radio/NAME; with GATEHOUSE_UPDATE_GOLDEN in the environment
 * it is written there instead. False with the place of the first difference on standard
 * error.
 */
bool golden_is(const char *name, struct span got);

#endif
