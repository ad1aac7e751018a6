/* The use cases while each request for memory is refused once, one after the other: each
 * ends with "out of memory", and nothing of it is in the registry or the audit log. */
#ifndef GH_TESTS_REFUSED_USE_H
#define GH_TESTS_REFUSED_USE_H

#include "tests/lib/data_fixture.h"

/* What is in the audit log after an error. */
enum refused_traces {
	NOTHING,
	WHAT_CAME_BEFORE, /* that is stored, too */
	THAT_IT_BEGAN
};

/* A use case as it is run once more each time. */
struct refused_use {
	const char *name;
	int (*fn)(struct manage *m, struct fixture *f);
	void (*before)(struct fixture *f); /* NULL: nothing has to be prepared */
	enum refused_traces traces;
	unsigned least; /* so many requests can be refused, or more */
};

/* Which time it is, which is also the request that is refused: what makes it something new
 * to do. */
extern unsigned long refused_turn;

/* "WHAT-TURN", static storage, one at a time. */
const char *refused_fresh(const char *what);

/* Runs each until nothing was refused. */
void uses_run_out(struct fixture *f, const struct refused_use *uses, size_t count);

#endif
