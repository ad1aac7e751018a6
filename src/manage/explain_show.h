/* Explanations as text for people or as one JSON value, and what to do about them. The same
 * from the command line, the pages and the API. */
#ifndef GH_MANAGE_EXPLAIN_SHOW_H
#define GH_MANAGE_EXPLAIN_SHOW_H

#include "gateway-files/answer.h"
#include "manage/explain.h"
#include "manage/output.h"

/* Who explains, to where. */
struct explainer {
	struct manage *m;
	struct out *out;
	const struct file_policy *files; /* of configuration files */
	bool require_auth;		 /* of the same */
	const char *seal_path;		 /* as it is configured */
};

/* All of it: CUPS or Kickstarter, and the configuration files. Errors as manage_explain();
 * something may have been written to `out` then. */
int explain_show(struct explainer *ex, const struct explaining *what);

/* ---- parts of it ------------------------------------------------------------------------- */

/*
 * What to do about what an explanation shows, one sentence each with the command where there
 * is one; the most pressing first. Calls fn for each; the texts are in the arena.
 */
typedef void advice_fn(void *arg, const char *text);
struct kick_explanation;
void explain_advice(
    struct explainer *ex, const struct explanation *e, advice_fn *fn, void *arg);
void explain_kickstarter_advice(
    struct explainer *ex, const struct kick_explanation *e, advice_fn *fn, void *arg);

/* An advice_fn that writes it to ex->out, the first one below a heading. */
struct advice_list {
	struct explainer *ex;
	bool begun;
};
void explain_advice_list(void *advice_list, const char *text);

/* Of firmware: the reasons as further rows of the list, and an object with what it would get,
 * how often it was offered it and what comes next. */
void explain_firmware_reasons(struct explainer *ex, const struct explanation *e);
void explain_firmware_show(struct explainer *ex, const struct explanation *e);

/* The configuration files of a gateway, as an object `files`. */
int explain_files_show(struct explainer *ex, const char *gateway);

/* A Kickstarter: all of it, and what `gateway show` shows of it. */
int explain_kickstarter_show(struct explainer *ex, const struct explaining *what);
/* Part of both: which image it gets, from which release or roll-out, and why no other. */
void explain_kickstarter_firmware(
    struct explainer *ex, const struct kick_explanation *e);
int explain_kickstarter_hints(struct explainer *ex, const struct gateway *g);

/* What the endpoint noted when it last had no answer for it; nothing when there is none. */
void explain_kickstarter_mark(struct out *o, const struct gateway_state *s);

/* Sightings as an object with this name (NULL: in a list). */
void sighting_show(struct out *o, const char *name, const struct sighting *s);
void file_sighting_show(struct out *o, const char *name, const struct file_sighting *s);

#endif
