/* What importing plans and importing boards have in common; internal to this folder. */
#ifndef GH_MANAGE_RADIO_IMPORT_H
#define GH_MANAGE_RADIO_IMPORT_H

#include "manage/plan.h"

/* Plans, or boards. */
struct radio_kind {
	const struct record_kind *kind;
	const char *what;	/* "plan" */
	unsigned gateway_field; /* where gateways name them */
	size_t template_offset; /* and templates: a text, or a list of them */
	bool template_list;
};

struct import_batch {
	const struct record_kind *kind;
	void **records; /* NULL: refused already */
	size_t count;
	bool shipped, replace;
	enum import_outcome *outcomes;
	size_t *counts;
};

/* An empty batch of so many, and a result that it will fill. E_NOMEM. */
int import_begin(struct manage *m, const struct radio_kind *radio, size_t count,
    const struct plan_importing *how, struct import_batch *batch,
    struct import_result *result);

/*
 * Stores the records of a batch in one transaction. The source, origin and dates of a
 * record do not count when it is compared with the one that is there, except that an
 * operator's import makes it theirs.
 */
int import_store(struct manage *m, struct import_batch *batch);

/* The warnings as a list for a record. */
int import_warnings(
    const struct findings *findings, struct arena *arena, struct text_list *list);

/* Removes one, unless a gateway or a template names it: E_STATE. */
int import_remove(struct manage *m, const struct radio_kind *radio, const char *id);

/* How many gateways name it. */
int import_uses(
    struct manage *m, const struct radio_kind *radio, const char *id, uint64_t *count);

/* The error of decoding what a record has encoded, with words; E_OK stays. */
int import_decoded(
    struct manage *m, const struct radio_kind *radio, const char *id, int err);

#endif
