/*
 * Many gateways at once, from a table (CSV) or JSON with The Things Stack's field names, as
 * its exports have them. Read as it comes, in bounded memory; stored in groups, each in one
 * transaction.
 */
#ifndef GH_MANAGE_GATEWAY_IMPORT_H
#define GH_MANAGE_GATEWAY_IMPORT_H

#include "manage/manage.h"

enum bulk_format { BULK_GUESS, BULK_CSV, BULK_JSON };
extern const char *const bulk_format_words[];

/* What is done with gateways that are registered already. */
enum bulk_existing { BULK_UPDATE_THEM, BULK_SKIP_THEM, BULK_REFUSE_THEM };
extern const char *const bulk_existing_words[];

enum bulk_outcome {
	BULK_CREATED,
	BULK_UPDATED,
	BULK_UNCHANGED,
	BULK_SKIPPED,
	BULK_REFUSED,
	BULK_OUTCOMES
};
extern const char *const bulk_outcome_words[];

/* What became of one of them; its texts live until the function that gets it returns. */
struct bulk_line {
	uint64_t line; /* where it begins, from 1 */
	enum bulk_outcome outcome;
	const char *gateway_id; /* "" when it has none that can be read */
	struct fault fault;	/* BULK_REFUSED: the field and why */
	const char *fields;	/* BULK_UPDATED: those that change, ", " between */
	const char *ignored;	/* fields that there are none of, the same; JSON only */
	const char *note;	/* what was left out for another reason; "" */
};

typedef int bulk_line_fn(void *arg, const struct bulk_line *line);

/* Gives the next bytes, at most n; *got is 0 only at the end. (As in manage/input.h, which
 * is not for everybody.) */
typedef int input_read_fn(
    void *arg, void *buf, size_t n, size_t *got, struct fault *fault);

struct bulk_import {
	input_read_fn *read;
	void *read_arg;
	enum bulk_format format;
	enum bulk_existing existing;
	bool dry_run; /* find out what would be done, and do nothing */
	bool strict;  /* a gateway with unknown fields is refused */
	bool clear;   /* empty cells of a table clear the field */
	/* Is told of each, in order, when it is stored; may stop with an error. May be NULL. */
	bulk_line_fn *report;
	void *report_arg;
};

#define BULK_IGNORED_MAX 2000

struct bulk_result {
	enum bulk_format format;
	uint64_t counts[BULK_OUTCOMES];
	/* Names of columns and fields that there are none of, each once, ", " between. */
	char ignored[BULK_IGNORED_MAX];
};

/*
 * E_OK when all was read, whatever was refused. A faulty line leaves the others alone. An ID
 * or EUI that is there twice is refused the second time. A deleted gateway is never
 * touched. E_INVALID (and E_TYPE): the text cannot be read any further, `m->fault` says from
 * which line on; what came before is stored. Errors of reading and of the store.
 */
int manage_gateway_import(
    struct manage *m, const struct bulk_import *in, struct bulk_result *result);

#endif
