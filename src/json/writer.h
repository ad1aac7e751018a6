/*
 * JSON written as it is produced, without a tree. Errors stick in the strbuf. Slashes are
 * not escaped (gateways do not undo that); control characters, `"` and `\` are; text that
 * is not UTF-8 is written with U+FFFD in place of the bad bytes.
 */
#ifndef GH_JSON_WRITER_H
#define GH_JSON_WRITER_H

#include "base/strbuf.h"

#define JSON_DEPTH 32

struct json_out {
	struct strbuf *to;
	const char *indent; /* one level, e.g. "\t"; NULL: all on one line */
	size_t indent_len;
	unsigned depth;		  /* open objects and arrays */
	bool has[JSON_DEPTH + 1]; /* something was written at that depth */
	bool after_key;
};

/* Starts writing at the end of `to`. With `indent` the form is that of Go's MarshalIndent:
 * one member a line, `"key": value`, empty ones as {} and []. */
void json_init(struct json_out *j, struct strbuf *to, const char *indent);

/* Opened and closed in pairs, at most JSON_DEPTH deep (E_INTERNAL sticks in `to`). */
void json_object(struct json_out *j);
void json_object_end(struct json_out *j);
void json_array(struct json_out *j);
void json_array_end(struct json_out *j);

/* The name of the next value. */
void json_key(struct json_out *j, const char *key);

void json_str(struct json_out *j, const char *s);
void json_text(struct json_out *j, struct span s);
void json_int(struct json_out *j, int64_t v);
void json_uint(struct json_out *j, uint64_t v);
/* The shortest decimal that reads back as the same number; whole ones without point or
 * exponent below 1e15; null for inf and nan. */
void json_double(struct json_out *j, double v);
void json_bool(struct json_out *j, bool v);
void json_null(struct json_out *j);
/* JSON text that stands for one value, as it is. */
void json_raw(struct json_out *j, struct span json);

/* The same with the name before it. */
void json_key_str(struct json_out *j, const char *key, const char *s);
void json_key_int(struct json_out *j, const char *key, int64_t v);
void json_key_uint(struct json_out *j, const char *key, uint64_t v);
void json_key_double(struct json_out *j, const char *key, double v);
void json_key_bool(struct json_out *j, const char *key, bool v);
void json_key_object(struct json_out *j, const char *key);
void json_key_array(struct json_out *j, const char *key);

#endif
