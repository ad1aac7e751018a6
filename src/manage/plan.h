/*
 * Frequency plans: read from files, imported into the registry, written out again.
 *
 * Reading comes first and needs no data folder: `gatehouse` run as root reads files that
 * only root may read, then acts as the owner of the data. YAML is read nowhere else: what
 * answers gateways has the plans as they were imported.
 */
#ifndef GH_MANAGE_PLAN_H
#define GH_MANAGE_PLAN_H

#include "manage/manage.h"
#include "radio/plan_set.h"
#include "registry/plan.h"

#define PLAN_INDEX "frequency-plans.yml"

/* What an index would say of a plan that is read alone; NULL and 0: nothing. */
struct plan_about {
	const char *id; /* NULL: the file's name without its ending */
	const char *name, *description;
	uint64_t base_frequency; /* MHz */
};

struct plan_files {
	struct plan_set set;
	struct findings findings; /* of the index itself */
	const char *path;	  /* as it was given */
	bool alone;		  /* one file without an index */
};

/*
 * Reads a folder with an index, the index, or one file with a plan (for which `about` is
 * there, NULL otherwise). E_OK also when plans are faulty: each item has its findings.
 * E_INVALID when the index is no index; E_NOTFOUND, E_PERM, E_IO, E_NOMEM.
 */
int plan_files_read(struct arena *arena, const char *path,
    const struct plan_about *about, struct plan_files *files, struct fault *fault);

/* One plan as it was uploaded: text that stays valid, and what its file was called. E_OK also
 * when it is faulty; E_NOMEM. */
int plan_text_read(struct arena *arena, struct span text, const char *name,
    const struct plan_about *about, struct plan_files *files);

/* A file as it was uploaded. */
struct file_text {
	const char *name;
	struct span text;
};

/* An index among uploaded files, and the files that it names; the texts stay valid. E_NOTFOUND
 * when none of them is the index; else as plan_files_read(). */
int plan_texts_read(struct arena *arena, const struct file_text *texts, size_t count,
    struct plan_files *files, struct fault *fault);

/* ---- importing ------------------------------------------------------------------------ */

enum import_outcome {
	IMPORT_ADDED,
	IMPORT_CHANGED,
	IMPORT_SAME, /* is there already, just so */
	IMPORT_KEPT, /* what came with Gatehouse, but the operator has another one */
	IMPORT_REFUSED
};

struct plan_importing {
	bool
	    shipped; /* they came with Gatehouse: those that an operator imported stay */
	bool replace; /* …unless this */
	const char
	    *base; /* of a plan that was read alone: a registered plan; or NULL */
};

struct import_result {
	enum import_outcome *outcomes; /* one for each item */
	size_t counts[IMPORT_REFUSED + 1];
};

/*
 * Stores every plan that is whole, in one transaction, and tells what became of each;
 * those that are refused have the reasons in their findings. A plan that is refused stays
 * as it was in the registry. E_OK also then.
 */
int manage_plan_import(struct manage *m, struct plan_files *files,
    const struct plan_importing *how, struct import_result *result);

/* "added", "changed", …; static storage. */
const char *import_outcome_name(enum import_outcome o);

/* ---- one plan ---------------------------------------------------------------------------- */

/* The record and the plan in it; `record` may be NULL. E_NOTFOUND, E_CORRUPT. */
int manage_plan_get(
    struct manage *m, const char *id, struct plan_record *record, struct plan **plan);

/* E_STATE with the name of a gateway or template that uses it. */
int manage_plan_remove(struct manage *m, const char *id);

/* How many gateways name it, deleted ones too. */
int manage_plan_uses(struct manage *m, const char *id, uint64_t *count);

/* ---- writing ------------------------------------------------------------------------------- */

/* One plan as a file that plan_load() reads to the same; errors stick in `out`. */
void plan_write(const struct plan *plan, struct strbuf *out);

/* Its entry in an index; the file is called `id`.yml. */
void plan_write_entry(const struct plan_record *record, struct strbuf *out);

#endif
