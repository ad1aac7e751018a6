/*
 * Tables as spreadsheets write them (RFC 4180 and what is met beside it), one row at a time.
 *
 * Commas, semicolons or tabs between the fields: the first line decides, or an Excel line
 * `sep=;` before it. CRLF, LF or CR end a row; a byte order mark is passed over. A field in
 * double quotes may hold all of these, a double quote stands for one of its own. Lines
 * without any content are passed over.
 *
 * A spreadsheet runs what begins with = + - @ as a formula, and a name may come from whoever
 * has a key. Such a field is written with an apostrophe before it unless it is a number, and
 * read without it; so is one with an apostrophe before any of these or another one.
 */
#ifndef GH_MANAGE_CSV_H
#define GH_MANAGE_CSV_H

#include "base/arena.h"
#include "manage/input.h"

#define CSV_COLUMNS_MAX 256
#define CSV_ROW_MAX (256u << 10) /* bytes of one row */

struct csv {
	struct input *in;
	char separator;
	bool begun;
};

struct csv_row {
	uint64_t line; /* where it begins, from 1 */
	const struct span *fields;
	size_t count;
};

void csv_init(struct csv *c, struct input *in);

/*
 * The next row, in the arena. E_NOTFOUND at the end. E_INVALID or E_TOOBIG: this row
 * cannot be taken (row->line is set), and the next one can be asked for. Other errors are of
 * reading, E_TYPE for text that is not in bytes (UTF-16).
 */
int csv_next(
    struct csv *c, struct arena *arena, struct csv_row *row, struct fault *fault);

/* Appends one field, guarded and in quotes where it needs that. */
struct strbuf;
void csv_put(struct strbuf *out, bool first, struct span field);

#endif
