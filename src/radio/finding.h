/*
 * What was found wrong with a plan, a board or a file, all at once instead of only the
 * first: each with the rule that is broken, the place, and words for a person. An error
 * makes the thing unusable, a warning does not.
 */
#ifndef GH_RADIO_FINDING_H
#define GH_RADIO_FINDING_H

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"

/* Where something was written; file NULL or line 0 when that is not known (any more). */
struct place {
	const char *file;
	unsigned line;
};

struct finding {
	struct finding *next;
	bool error;
	const char *rule; /* its short name, e.g. "if-range"; static storage */
	struct place at;
	const char *text;
};

/* Only so many are kept; the counters go on. */
#define FINDINGS_MAX 100

struct findings {
	struct arena *arena;
	struct finding *first, *last;
	size_t errors, warnings;
};

/* An empty list that puts its texts into the arena; both must outlive the findings. */
void findings_init(struct findings *f, struct arena *arena);

/* `rule` and `at.file` are borrowed. */
void finding_error(struct findings *f, const char *rule, struct place at,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void finding_warning(struct findings *f, const char *rule, struct place at,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Adds the findings of `from`, errors as warnings when `soften`, each text after
 * `prefix`. Both lists use the same arena. */
void findings_take(
    struct findings *to, const struct findings *from, bool soften, const char *prefix);

/* E_OK when there is no error; else E_INVALID with the place, the words and the rule of
 * the first one in `fault`. */
int findings_result(const struct findings *f, struct fault *fault);

/* "EU.yml:12: warning: no such key [unknown-key]" and a line feed. */
void finding_print(const struct finding *one, struct strbuf *out);

#endif
