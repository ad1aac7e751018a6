/* What every fuzz target includes. */
#ifndef GH_FUZZ_FUZZ_H
#define GH_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* The target: called with one input after the other by libFuzzer or by replay.c. The
 * bytes end where the memory ends, so that reading on is noticed. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the run, with the input kept, when something that always holds does not. */
#define must(condition)           \
	do {                      \
		if (!(condition)) \
			abort();  \
	} while (0)

#endif
