/* A gateway's configuration files as the endpoint would give them, and why so. */
#ifndef GH_MANAGE_FILE_H
#define GH_MANAGE_FILE_H

#include "gateway-files/answer.h"
#include "manage/manage.h"
#include "registry/sighting.h"

/* The path of a format: as it is, or its last part, or its first part where that is the
 * only one ("global_conf.json", "semtechudp"). E_NOTFOUND with what there is. */
int manage_file_path(struct manage *m, const char *name, struct span *path);

struct file_made {
	struct gateway gateway;
	struct file_sources sources;
	struct file_answer answer;
	struct findings findings;
};

/* Appends the file to `out`: the same bytes as the endpoint's. Errors as those of
 * file_gather() and file_answer_write(), and E_NOTFOUND for the gateway. */
int manage_file(struct manage *m, const struct file_policy *policy, const char *gateway,
    const struct file_query *query, struct strbuf *out, struct file_made *made);

/* ---- explaining --------------------------------------------------------------------- */

#define FILE_FORMATS_MAX 16

/* One of the files, as it would be answered now. */
struct file_told {
	const char *path;
	int err; /* E_OK: this file */
	struct fault fault;
	struct findings findings; /* warnings, when there is a file */
	size_t length;
	struct file_answer answer;
};

enum plan_verdict {
	PLAN_CHOSEN, /* the first that fits, or one of several */
	PLAN_SPARE,  /* fits, but one before it is taken */
	PLAN_UNFIT,  /* does not fit the concentrator: see the findings */
	PLAN_MISSING /* is not registered: no file is made while the gateway names it */
};

struct plan_told {
	const char *id;
	enum plan_verdict verdict;
	struct findings findings;
};

struct file_explanation {
	struct gateway gateway;
	struct file_sources sources; /* as far as they are there */
	struct file_told files[FILE_FORMATS_MAX];
	size_t file_count;
	struct plan_told plans[FILE_PLANS_MAX];
	size_t plan_count;
	bool seen; /* there is a sighting: */
	struct file_sighting sighting;
};

/* Every file that there is a format for, made as it would be for this gateway now, and what
 * became of each of its plans. E_NOTFOUND, E_NOMEM and what reading gives. */
int manage_explain_files(struct manage *m, const struct file_policy *policy,
    const char *gateway, struct file_explanation *e);

/* A word for machines; static storage. */
const char *plan_verdict_name(enum plan_verdict v);

#endif
