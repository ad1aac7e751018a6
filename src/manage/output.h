/*
 * What a command prints: for people (aligned names and values, tables that fit the
 * terminal, local times) or as one JSON value. Both come from the same calls, so they say
 * the same. Nothing is cut when standard output is not a terminal.
 *
 * Errors stick: append freely, out_finish() tells whether all was written.
 */
#ifndef GH_MANAGE_OUTPUT_H
#define GH_MANAGE_OUTPUT_H

#include "base/err.h"
#include "json/writer.h"

#define OUT_COLUMNS_MAX 16

struct out {
	bool json;
	unsigned width; /* of the terminal; 0: it is none */
	int64_t now;	/* for "3 days ago" */
	int err;	/* of writing to standard output */
	bool gone;	/* nobody reads standard output any more */
	bool begun;	/* something was printed */
	bool hold;	/* keep everything in memory: a transaction is open */
	struct strbuf text;
	struct json_out j;
	/* Names and values that wait until their common width is known. */
	struct strbuf pairs;
	size_t name_width;
	/* The table that is being written. */
	const char *const *titles;
	size_t columns, widths[OUT_COLUMNS_MAX];
	struct strbuf rows;
	size_t row_count, cell;
	bool widths_known;
};

void out_init(struct out *o, bool json, int64_t now);

/* Writes everything. E_IO, E_FULL when standard output does not take it. */
int out_finish(struct out *o, struct fault *fault);
void out_clear(struct out *o);

/* After an error: half a JSON value that was not written yet is dropped. */
void out_drop(struct out *o);

/* ---- text for people; nothing with --json -------------------------------------------- */

void out_line(struct out *o, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A paragraph, broken at the width of the terminal (or 80), with an indent. */
void out_paragraph(struct out *o, unsigned indent, const char *text);

/* The same after `first`, which stands on the first line and sets the indent. */
void out_hanging(struct out *o, const char *first, const char *text);

/* ---- names and values ------------------------------------------------------------------ */

/* An object: at the top, within another one (with its name) or in a list (NULL). People see
 * the title (NULL: none) above its values. */
void out_object(struct out *o, const char *name, const char *title);
void out_object_end(struct out *o);
void out_list(struct out *o, const char *name);
void out_list_end(struct out *o);

/* The whole output of a command that did one thing: a sentence for people, and an object of
 * one member in JSON. */
void out_done(struct out *o, const char *name, const char *value, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Values with their names. Empty text and time 0 are left out for people; in JSON empty
 * text is "" and time 0 is null. */
void out_str(struct out *o, const char *name, const char *value);
void out_span(struct out *o, const char *name, struct span value);
void out_uint(struct out *o, const char *name, uint64_t value);
void out_bool(struct out *o, const char *name, bool value);
void out_time(struct out *o, const char *name, int64_t t);

/* For people alone, beside what JSON gets in another form. */
void out_note(struct out *o, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- tables, for people; in JSON a list of objects that the caller writes ---------------- */

/* `name` as for out_list(). `titles` stays valid until the end; the last column has no
 * padding. */
void out_table(
    struct out *o, const char *name, const char *const *titles, size_t columns);
void out_cell(struct out *o, const char *value);
void out_cell_uint(struct out *o, uint64_t value);
void out_table_end(struct out *o);

/* ---- words ------------------------------------------------------------------------------ */

#define OUT_TIME 96

/* "2026-11-22 14:05:00 CET", local time; "" for 0. */
const char *out_clock_text(int64_t t, char buf[OUT_TIME]);

/* "2026-11-22 14:05:00 CET, 3 days ago"; "" for 0. */
const char *out_time_text(int64_t t, int64_t now, char buf[OUT_TIME]);

/* Appends text from outside with everything escaped that a terminal might obey. */
void out_put_safe(struct strbuf *b, struct span text);

#endif
