/* Each request for memory and each call that concerns a file fails once, one after the
 * other, while something is done: that must end with an error and words, leave nothing
 * behind, and break nothing that was there. */
#ifndef GH_TESTS_DEED_H
#define GH_TESTS_DEED_H

#include "tests/unit/unit.h"

#include "base/arena.h"
#include "base/err.h"

struct deed {
	const char *name;
	void (*before)(void);	  /* NULL: nothing has to be prepared */
	int (*fn)(void);	  /* E_OK, or an error */
	void (*after)(bool done); /* what has to be so then; NULL */
	bool disk;		  /* files are concerned */
	bool wordless;		  /* it has no fault to fill in */
	unsigned least;		  /* so many requests can be refused, or more */
};

/* What a deed works with: an arena that is emptied before it, and the fault. */
extern struct arena deed_arena;
extern struct fault deed_fault;
/* What the tests prepare. */
extern struct arena deed_kept;
/* A fresh folder, and the path of the file in it that it is about. */
extern const char *deed_folder;
extern char deed_place[300];

/* For cmocka. */
int deed_begin(void **state);
int deed_end(void **state);

/* Does each once for each request, and once without a refusal. */
void deeds_go_wrong(const struct deed *deeds, size_t count);

/* Names in a folder; none when it is not there. */
unsigned deed_count_in(const char *path);

#endif
