/* Tables of texts that are taken or refused. */
#ifndef GH_TESTS_JUDGE_H
#define GH_TESTS_JUDGE_H

#include "tests/unit/unit.h"

#include "base/err.h"

/* `words` NULL: it is fine; else they are in the reason. */
struct row {
	const char *text, *words;
};

static inline void
judge(const struct row *r, int err, const struct fault *fault)
{
	if (r->words == NULL && err != E_OK)
		fail_msg("'%s' is refused: %s", r->text, fault->text);
	if (r->words != NULL && err != E_INVALID)
		fail_msg("'%s' is not refused", r->text);
	if (r->words != NULL && strstr(fault->text, r->words) == NULL)
		fail_msg("'%s': '%s' is not in: %s", r->text, r->words, fault->text);
}

#endif
