/*
 * How a record is described, once: one table of fields per kind of record serves the
 * binary codec, JSON and text in and out, validation, masking of secrets and the indexes.
 *
 * In memory a record is a plain C struct whose first member is `uint64_t serial`. A field
 * that was never set has its zero value (text: "", never NULL after decoding).
 *
 * Stored bytes:
 *	version		u8	RECORD_VERSION
 *	checksum	u32le	CRC-32 over the serial (u64be) and what follows
 *	fields		each: tag varint (number × 2 + form), then
 *			form 0: a varint (bool, numbers, time, EUI, reference, enum, flags;
 *				signed ones zigzag)
 *			form 1: length varint and bytes (text with its NUL, bytes, double,
 *				lists, maps, rows)
 * Fields with their zero value are left out; numbers are never used again for something
 * else. Fields of a newer version are kept in `unknown` and written back.
 */
#ifndef GH_REGISTRY_RECORD_H
#define GH_REGISTRY_RECORD_H

#include "base/arena.h"
#include "base/err.h"
#include "base/strbuf.h"

#define RECORD_VERSION 1

enum field_type {
	FIELD_TEXT,   /* const char * */
	FIELD_BYTES,  /* struct span */
	FIELD_SEALED, /* struct span: a sealed secret (crypto/seal.h); never shown */
	FIELD_BOOL,   /* bool */
	FIELD_UINT,   /* uint64_t */
	FIELD_INT,    /* int64_t */
	FIELD_DOUBLE, /* double */
	FIELD_TIME,   /* int64_t, seconds since 1970, 0: never */
	FIELD_EUI,    /* uint64_t, 0: none */
	FIELD_REF,    /* uint64_t, serial of a record of kind `of`, 0: none */
	FIELD_ENUM,   /* int, index into `words` */
	FIELD_FLAGS,  /* uint64_t, bit i is words[i] */
	FIELD_LIST,   /* struct text_list */
	FIELD_MAP,    /* struct text_map */
	FIELD_ROWS    /* struct record_rows of kind `of` (no rows within rows) */
};

enum field_flags {
	FIELD_UNIQUE = 1,   /* no two records of the kind have the same value */
	FIELD_INDEXED = 2,  /* records can be listed by this value */
	FIELD_WORDS = 4,    /* records can be found by the beginnings of its words */
	FIELD_INTERNAL = 8, /* neither in JSON nor settable by its name */
	FIELD_READONLY = 16 /* shown, but set by Gatehouse alone */
};

struct text_list {
	const char *const *items;
	size_t count;
};

/* Is the text one of them? */
bool text_list_has(const struct text_list *list, const char *text);

struct text_pair {
	const char *key, *value;
};

struct text_map {
	const struct text_pair *pairs;
	size_t count;
};

struct record_rows {
	void *rows; /* `count` structs of the kind's size, one after the other */
	size_t count;
};

struct field;

/* Checks one value that somebody entered; `value` points at the member. Sets `fault` with
 * the field's name and returns E_INVALID when it may not be. */
typedef int field_check_fn(
    const struct field *f, const void *value, struct fault *fault);

struct field {
	unsigned number;  /* in the stored bytes; 1… in ascending order in a table */
	const char *name; /* dotted path as The Things Stack names it: "ids.eui" */
	enum field_type type;
	unsigned flags;
	size_t offset;
	size_t
	    max; /* longest text or bytes, most items of a list, map or rows; 0: any */
	size_t item_max;	  /* longest item of a list, or value of a map */
	const char *const *words; /* FIELD_ENUM, FIELD_FLAGS: NULL at the end */
	const struct record_kind *of;
	field_check_fn *check;
	const char *help; /* one line for forms and `--help` */
};

struct record_kind {
	const char *name;	    /* "gateway" */
	unsigned table;		    /* of the registry or ledger */
	size_t size;		    /* of the struct */
	const struct field *fields; /* number 0 at the end */
	size_t unknown; /* offset of a struct span for unknown fields, 0: dropped */
	/* Checks what concerns several fields; may be NULL. */
	int (*check)(const void *record, struct fault *fault);
};

/* The place of a field in a record. */
static inline void *
field_at(const struct field *f, const void *record)
{
	return (char *)(uintptr_t)record + f->offset;
}

/* The identifier of a record, its first field; "" for a kind that has none. */
static inline const char *
record_id(const struct record_kind *kind, const void *record)
{
	const struct field *f = &kind->fields[0];

	return f->type == FIELD_TEXT ? *(const char *const *)field_at(f, record) : "";
}

/* NULL when the kind has no such field. */
const struct field *field_by_name(const struct record_kind *kind, const char *name);
const struct field *field_by_number(const struct record_kind *kind, unsigned number);

/* Has the field its zero value? */
bool field_is_zero(const struct field *f, const void *record);
bool field_equal(const struct field *f, const void *a, const void *b);

/* All fields zero, text "". */
void record_init(const struct record_kind *kind, void *record);

/* Appends the stored bytes; errors stick in `out`. */
void record_encode(
    const struct record_kind *kind, const void *record, struct strbuf *out);

/*
 * Reads stored bytes into `record`. The bytes are copied to the arena once and the record
 * points into the copy. E_CORRUPT (checksum, form), E_VERSION, E_NOMEM.
 */
int record_decode(const struct record_kind *kind, uint64_t serial, struct span stored,
    struct arena *arena, void *record);

/*
 * One field of stored bytes alone, without decoding the rest or looking at the checksum: to
 * choose among very many. A number as the varint that it is stored as (a TIME is 0 only when it
 * is never), bytes borrowed (a TEXT has its NUL). Zero and empty when it is not there; false
 * for bytes that make no sense.
 */
bool record_peek(
    struct span stored, unsigned number, uint64_t *value, struct span *bytes);

/* Copies what a record points at to another arena. E_NOMEM. */
int record_copy(
    const struct record_kind *kind, const void *from, struct arena *arena, void *to);

/* Every field's own limits and check, then the kind's. E_INVALID with the field's name. */
int record_check(
    const struct record_kind *kind, const void *record, struct fault *fault);

#endif
