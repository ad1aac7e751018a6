/*
 * A folder of frequency plans: an index (YAML, a list of entries that name their files)
 * and the files. An entry with a base-id is the base's file with its own file over it.
 */
#ifndef GH_RADIO_PLAN_SET_H
#define GH_RADIO_PLAN_SET_H

#include "radio/plan.h"

#define PLAN_SET_MAX 2000 /* entries of an index */

struct plan_entry {
	struct part part;
	const char *id, *band_id, *name, *description;
	uint32_t base_frequency; /* MHz */
	const char *file;
	const char *base_id;
	bool for_gateways;
	const char **country_codes;
	uint32_t country_code_count;
};

/* What became of one entry. */
struct plan_item {
	struct plan_entry entry; /* entry.id is NULL when not even that could be read */
	struct plan *plan;	 /* whole and checked; NULL when there are errors */
	struct findings findings;
};

struct plan_set {
	struct plan_item *items;
	size_t count;
	size_t faulty; /* how many have no plan */
};

/*
 * Reads a file of the folder for plan_set_load(): E_OK with text that stays valid until
 * the set is loaded, or an error with words in `fault`. `name` is a plain file name: no
 * slash, no dot in front.
 */
typedef int plan_fetch(
    void *arg, const char *name, struct span *text, struct fault *fault);

/*
 * Every entry gets its plan or its errors: a bad one never hides the others. E_INVALID
 * (in `findings`) only when the index itself cannot be read, E_NOMEM. `index` names the
 * index in messages. Everything lives in the arena.
 */
int plan_set_load(struct arena *arena, struct span yaml, const char *index,
    plan_fetch *fetch, void *arg, struct findings *findings, struct plan_set *out);

/* NULL when there is no entry of that id. */
const struct plan_item *plan_set_find(const struct plan_set *set, const char *id);

/* Gives a plan what an index knows of it and its files do not. */
void plan_describe(struct plan *plan, const struct plan_entry *entry);

/* Letters, digits, `_`, `-`, `.`: 1 to 64 of them. */
bool plan_is_id(const char *id);

#endif
