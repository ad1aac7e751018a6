/* Bytes that come from somewhere, one after the other, with their line counted. */
#ifndef GH_MANAGE_INPUT_H
#define GH_MANAGE_INPUT_H

#include "base/err.h"
#include "base/span.h"

/* Gives the next bytes, at most n; *got is 0 only at the end. */
typedef int input_read_fn(
    void *arg, void *buf, size_t n, size_t *got, struct fault *fault);

struct input {
	input_read_fn *read;
	void *arg;
	uint64_t line; /* of the next byte, from 1 */
	int err;       /* of reading; sticks, and is the end then */
	struct fault fault;
	/* For input.c alone. */
	size_t at, len;
	bool end;
	uint8_t buf[16384];
};

#define INPUT_END (-1)

void input_init(struct input *in, input_read_fn *read, void *arg);

/* The next byte, or INPUT_END; the first form takes it. A lone CR counts as a line end as
 * LF and CRLF do. */
int input_take(struct input *in);
int input_peek(struct input *in);

/* The bytes that are to come, as far as they are here already: at least `n` of them unless
 * the input is shorter; n is at most 4096. */
struct span input_ahead(struct input *in, size_t n);

#endif
