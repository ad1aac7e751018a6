/* The reading half of an import: bytes become gateways that are not looked at yet; for
 * gateway_import.c alone. */
#ifndef GH_MANAGE_BULK_READ_H
#define GH_MANAGE_BULK_READ_H

#include "manage/bulk_seen.h"
#include "manage/gateway_csv.h"
#include "manage/gateway_import.h"
#include "manage/input.h"
#include "manage/json_stream.h"

/* One gateway as it came: a JSON object or a row. */
struct bulk_item {
	struct json *root; /* to be given to json_free() */
	const struct json *gateway;
	struct csv_row row;
	struct span id, eui; /* as written; empty when there is none */
	struct bulk_line told;
	bool refused; /* and not to be tried */
};

struct bulk_reader {
	const struct bulk_import *in;
	struct bulk_result *result;
	struct fault *fault;
	struct arena file;  /* the header, until the end */
	struct arena batch; /* what was read, until somebody empties it */
	struct strbuf text;
	struct gateway_columns *columns; /* of a table */
	size_t bytes;			 /* that were read, until somebody resets it */
	bool end;
	struct fault end_fault;
	int end_err; /* why it ended; E_OK at the end of the input */
	/* For bulk_read.c alone. */
	struct input input;
	struct csv csv;
	struct json_stream stream;
	struct bulk_seen seen;
};

/* Finds out the format, and reads the header of a table. */
int bulk_read_begin(struct bulk_reader *r);

/* The next one; what cannot be read is an item that is refused. An error: r->end is set. */
int bulk_read(struct bulk_reader *r, struct bulk_item *item);

/* Gives its memory back. */
void bulk_read_clear(struct bulk_reader *r);

/* Marks the item as refused; where `why` has no words, by those of the error. */
void bulk_refuse(struct bulk_item *item, int err, const struct fault *why);

/* Adds names, ", " between, to those of the result that are not there yet. */
void bulk_ignore_names(struct bulk_result *r, const char *names);

#endif
