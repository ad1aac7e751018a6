/*
 * JSON that came from outside (RFC 8259). json-c's own types do not leave this folder.
 *
 * json-c 0.16 takes more than the grammar allows, even with JSON_TOKENER_STRICT: NaN and
 * Infinity, leading zeros, `1.`, names in single quotes, raw control characters in
 * strings, overlong forms and surrogates in UTF-8, what follows a NUL; and it changes
 * whole numbers beyond 64 bits to the nearest limit, 1e999 to infinity, and cuts names at
 * \u0000. So the text is checked by our own grammar first (check.h: at most 32 deep,
 * nothing after the value) and json-c only builds the tree. An escape that is half of a
 * surrogate pair is read as U+FFFD. json-c does not wipe the memory that it frees.
 */
#ifndef GH_JSON_READER_H
#define GH_JSON_READER_H

#include "base/err.h"
#include "base/span.h"

struct json; /* a value; the root owns all below it */

enum json_type {
	JSON_NULL,
	JSON_BOOL,
	JSON_INT, /* a number without point or exponent */
	JSON_DOUBLE,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

/*
 * Parses one value. On success *root must be given to json_free() (it is NULL for the text
 * `null`). E_INVALID with "line L, byte B: …" in `fault`, both counted from 1, the byte
 * within its line; E_NOMEM. Of duplicate keys the last one counts, in the first one's
 * place.
 */
int json_parse(struct span text, struct json **root, struct fault *fault);
void json_free(struct json *root);

/* The type of a value; JSON_NULL for NULL. */
enum json_type json_type(const struct json *v);
const char *json_type_name(enum json_type type);

/* The member of an object, NULL when it has none (or v is no object). A member that is
 * `null` is returned as NULL too: json_has() tells the difference. */
const struct json *json_get(const struct json *v, const char *key);
bool json_has(const struct json *v, const char *key);

/* A path of names of at most 127 bytes with dots between: "ids.eui". */
const struct json *json_get_path(const struct json *v, const char *path);

size_t json_count(const struct json *v); /* of an array or object, else 0 */
const struct json *json_at(const struct json *array, size_t i);

/* Calls fn for each member in the order of the text until it returns an error. */
int json_each(const struct json *object,
    int (*fn)(void *arg, const char *key, const struct json *v), void *arg);

/* False when the value is of another type (or the number does not fit). */
bool json_as_bool(const struct json *v, bool *out);
bool json_as_int(const struct json *v, int64_t *out);
bool json_as_uint(const struct json *v, uint64_t *out);
bool json_as_double(const struct json *v, double *out); /* whole numbers too; -0 is 0 */
/* Bytes of a string (NULs possible), valid as long as the root. */
bool json_as_text(const struct json *v, struct span *out);

#endif
