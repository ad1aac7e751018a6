/* What importing plans and importing boards have in common; internal to this folder. */
#ifndef GH_MANAGE_RADIO_IMPORT_H
#define GH_MANAGE_RADIO_IMPORT_H

#include "manage/plan.h"

struct import_batch {
	const struct record_kind *kind;
	void **records; /* NULL: refused already */
	size_t count;
	bool shipped, replace;
	enum import_outcome *outcomes;
	size_t *counts;
};

/*
 * Stores the records of a batch in one transaction. The source, origin and dates of a
 * record do not count when it is compared with the one that is there, except that an
 * operator's import makes it theirs.
 */
int import_store(struct manage *m, struct import_batch *batch);

/* The warnings as a list for a record. */
int import_warnings(
    const struct findings *findings, struct arena *arena, struct text_list *list);

/* Refuses to remove what gateways or templates name in a list or text field. */
int import_check_unused(struct manage *m, struct store_txn *txn, const char *id,
    unsigned gateway_field, size_t template_offset, bool template_list);

/* How many gateways have the value in an indexed field. */
int import_uses(
    struct manage *m, unsigned gateway_field, const char *id, uint64_t *count);

#endif
