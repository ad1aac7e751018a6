/*
 * One description of a structure, used to read it from YAML, to lay one over another, to
 * encode and to decode it. Plans and boards are described so (plan.c, concentrator.c).
 *
 * Encoded form: for each member that is there, in the order of the numbers: one byte
 * number × 4 + form, then
 *   form 0  a varint: truth values, whole numbers (signed ones zigzag), choices, ns
 *   form 1  8 bytes, little endian: an IEEE 754 double
 *   form 2  4 bytes length, little endian, and that many bytes: a text; an object in the
 *           same form; a list: its count as varint, then each element as length (4 bytes)
 *           and bytes
 * A reader skips numbers that it does not know. Numbers are never given away again.
 */
#ifndef GH_RADIO_SCHEMA_H
#define GH_RADIO_SCHEMA_H

#include "radio/tree.h"

enum member_type {
	MEMBER_BOOL,   /* bool */
	MEMBER_U8,     /* uint8_t */
	MEMBER_U32,    /* uint32_t */
	MEMBER_I32,    /* int32_t */
	MEMBER_REAL,   /* double */
	MEMBER_NANO,   /* uint64_t nanoseconds; in YAML a number or a text like 400ms */
	MEMBER_TEXT,   /* const char *, never "" */
	MEMBER_CHOICE, /* uint8_t, an index of `names` */
	MEMBER_TEXTS,  /* const char ** and a count: a list of texts */
	MEMBER_OBJECT, /* pointer to a structure that begins with a struct part */
	MEMBER_LIST    /* pointer to an array of such structures and a count */
};

struct schema;

struct member {
	const char *key;   /* in YAML; NULL when it does not stand there */
	uint8_t number;	   /* 1…31 */
	uint8_t type;	   /* enum member_type */
	bool required;	   /* in YAML */
	uint16_t at;	   /* offset in the structure */
	uint16_t count_at; /* of a list: offset of its uint32_t count */
	double min, max;   /* of numbers, if not both 0; max of a list: entries */
	const char *const *names; /* of a choice, ends with NULL */
	const struct schema *of;  /* of an object or of a list's elements */
};

/* The members stand in the order of their numbers. */
struct schema {
	const char *what; /* for messages: "channel" */
	size_t size;	  /* of the structure */
	const struct member *members;
	size_t count;
};

/* What every described structure begins with. */
struct part {
	uint32_t has;	 /* bit N: member N is there */
	struct place at; /* where it was read; not encoded */
};

static inline bool
part_has(const struct part *p, unsigned number)
{
	return (p->has >> number & 1) != 0;
}

struct schema_reader {
	struct arena *arena;
	struct findings *findings;
	const char *file;
};

/*
 * Reads a map into `out` (cleared before): wrong types and values are errors, unknown and
 * repeated keys warnings (the last one counts). Null, "" and empty lists count as absent.
 */
void schema_read(const struct schema_reader *r, const struct schema *s,
    const struct node *map, void *out);

/*
 * Reads a document into a structure made in the arena; `*out` stays NULL when there is
 * nothing in it. E_INVALID (errors are in the findings), E_NOMEM.
 */
int schema_load(const struct schema *s, struct arena *arena, struct span yaml,
    const char *file, struct findings *findings, void **out);

/* `own` over `base` member by member, not deeper: what `own` has, it replaces whole. The
 * result shares the parts of both. `out` may be neither. */
void schema_merge(const struct schema *s, const void *base, const void *own, void *out);

/* Errors stick in `out`. */
void schema_encode(const struct schema *s, const void *in, struct strbuf *out);

/* E_CORRUPT, E_NOMEM. `out` is cleared before; its parts live in the arena. */
int schema_decode(
    const struct schema *s, struct arena *arena, struct span bytes, void *out);

/* The same as it is stored: after a byte with the version of the encoding. The structure
 * is made in the arena. E_VERSION for another version. */
void schema_encode_record(const struct schema *s, const void *in, struct strbuf *out);
int schema_decode_record(
    const struct schema *s, struct arena *arena, struct span bytes, void **out);

#endif
