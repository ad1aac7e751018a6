#include "json/reader.h"

/* json-c has an enum of the same name. */
#define json_type foreign_type
#include <json-c/json.h>
#undef json_type

#include "json/check.h"

/* A struct json is never defined: its pointers are json-c's under another name. */
static struct json_object *
inner(const struct json *v)
{
	return (struct json_object *)(uintptr_t)v;
}

static const struct json *
outer(const struct json_object *o)
{
	return (const struct json *)o;
}

/* Without JSON_TOKENER_STRICT, which takes no letter beyond ASCII in json-c 0.18:
 * json_check() is stricter than either flag of json-c. */
static struct json_object *
build(struct json_tokener *tok, struct span text)
{
	struct json_object *o;

	o = json_tokener_parse_ex(tok, (const char *)text.data, (int)text.len);
	/* A number that is the whole text ends only at a NUL. */
	if (json_tokener_get_error(tok) == json_tokener_continue)
		o = json_tokener_parse_ex(tok, "", 1);
	return o;
}

int
json_parse(struct span text, struct json **root, struct fault *fault)
{
	enum json_tokener_error error;
	struct json_tokener *tok;
	struct json_object *o;
	int err;

	*root = NULL;
	if (text.len >= INT32_MAX)
		return fault_set(
		    fault, E_INVALID, NULL, "line 1, byte %d: too long", INT32_MAX);
	if ((err = json_check(text, fault)) != E_OK)
		return err;
	/* json-c counts a value inside the deepest array as one level more. */
	if ((tok = json_tokener_new_ex(JSON_CHECK_DEPTH + 1)) == NULL)
		return fault_set(fault, E_NOMEM, NULL, "%s", err_text(E_NOMEM));
	o = build(tok, text);
	error = json_tokener_get_error(tok);
	json_tokener_free(tok);
	/* What is JSON by the grammar can fail only for want of memory, which older
	 * versions of json-c tell by a missing value without an error. */
	if (error != json_tokener_success ||
	    (o == NULL && !span_is(span_trim(text), "null"))) {
		json_object_put(o);
		return fault_set(fault, E_NOMEM, NULL, "%s", err_text(E_NOMEM));
	}
	*root = (struct json *)o;
	return E_OK;
}

void
json_free(struct json *root)
{
	json_object_put(inner(root));
}

enum json_type
json_type(const struct json *v)
{
	switch (json_object_get_type(inner(v))) {
	case json_type_boolean:
		return JSON_BOOL;
	case json_type_int:
		return JSON_INT;
	case json_type_double:
		return JSON_DOUBLE;
	case json_type_string:
		return JSON_STRING;
	case json_type_array:
		return JSON_ARRAY;
	case json_type_object:
		return JSON_OBJECT;
	case json_type_null:
		break;
	}
	return JSON_NULL;
}

const char *
json_type_name(enum json_type type)
{
	static const char *const names[] = {[JSON_NULL] = "null",
	    [JSON_BOOL] = "true or false",
	    [JSON_INT] = "whole number",
	    [JSON_DOUBLE] = "number",
	    [JSON_STRING] = "string",
	    [JSON_ARRAY] = "array",
	    [JSON_OBJECT] = "object"};

	return names[type];
}

/* The member under a name of the object; false when there is none. */
static bool
lookup(const struct json *v, const char *key, struct json_object **out)
{
	return json_object_is_type(inner(v), json_type_object) &&
	       json_object_object_get_ex(inner(v), key, out);
}

const struct json *
json_get(const struct json *v, const char *key)
{
	struct json_object *o;

	return lookup(v, key, &o) ? outer(o) : NULL;
}

bool
json_has(const struct json *v, const char *key)
{
	struct json_object *o;

	return lookup(v, key, &o);
}

const struct json *
json_get_path(const struct json *v, const char *path)
{
	char name[128];
	size_t n;

	for (;; path += n + 1) {
		n = strcspn(path, ".");
		if (n >= sizeof name)
			return NULL;
		memcpy(name, path, n);
		name[n] = '\0';
		v = json_get(v, name);
		if (path[n] == '\0')
			return v;
	}
}

size_t
json_count(const struct json *v)
{
	if (json_type(v) == JSON_ARRAY)
		return json_object_array_length(inner(v));
	if (json_type(v) == JSON_OBJECT)
		return (size_t)json_object_object_length(inner(v));
	return 0;
}

const struct json *
json_at(const struct json *array, size_t i)
{
	if (json_type(array) != JSON_ARRAY)
		return NULL;
	return outer(json_object_array_get_idx(inner(array), i));
}

int
json_each(const struct json *object,
    int (*fn)(void *arg, const char *key, const struct json *v), void *arg)
{
	struct json_object_iterator at, end;
	int err;

	if (json_type(object) != JSON_OBJECT)
		return E_OK;
	at = json_object_iter_begin(inner(object));
	end = json_object_iter_end(inner(object));
	for (; !json_object_iter_equal(&at, &end); json_object_iter_next(&at)) {
		err = fn(arg, json_object_iter_peek_name(&at),
		    outer(json_object_iter_peek_value(&at)));
		if (err != E_OK)
			return err;
	}
	return E_OK;
}

bool
json_as_bool(const struct json *v, bool *out)
{
	if (json_type(v) != JSON_BOOL)
		return false;
	*out = json_object_get_boolean(inner(v));
	return true;
}

/* json-c gives the nearest limit for what does not fit; the other sign's reading tells. */
bool
json_as_int(const struct json *v, int64_t *out)
{
	if (json_type(v) != JSON_INT || json_object_get_uint64(inner(v)) > INT64_MAX)
		return false;
	*out = json_object_get_int64(inner(v));
	return true;
}

bool
json_as_uint(const struct json *v, uint64_t *out)
{
	if (json_type(v) != JSON_INT || json_object_get_int64(inner(v)) < 0)
		return false;
	*out = json_object_get_uint64(inner(v));
	return true;
}

bool
json_as_double(const struct json *v, double *out)
{
	if (json_type(v) != JSON_DOUBLE && json_type(v) != JSON_INT)
		return false;
	*out = json_object_get_double(inner(v));
	if (*out == 0)
		*out = 0; /* of -0 too, as number_double() has it */
	return true;
}

bool
json_as_text(const struct json *v, struct span *out)
{
	if (json_type(v) != JSON_STRING)
		return false;
	*out = span_of(json_object_get_string(inner(v)),
	    (size_t)json_object_get_string_len(inner(v)));
	return true;
}
