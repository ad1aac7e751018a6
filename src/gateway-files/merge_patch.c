#include "gateway-files/merge_patch.h"

struct merging {
	struct json_out *j;
	const struct json *target, *patch;
};

static void write_value(struct json_out *j, const struct json *v);

static int
write_member(void *arg, const char *key, const struct json *v)
{
	json_key(arg, key);
	write_value(arg, v);
	return E_OK;
}

static void
write_array(struct json_out *j, const struct json *v)
{
	json_array(j);
	for (size_t i = 0; i < json_count(v); i++)
		write_value(j, json_at(v, i));
	json_array_end(j);
}

static void
write_number(struct json_out *j, const struct json *v)
{
	int64_t i;
	uint64_t u;
	double d = 0;

	if (json_as_int(v, &i)) {
		json_int(j, i);
	} else if (json_as_uint(v, &u)) {
		json_uint(j, u);
	} else {
		json_as_double(v, &d);
		json_double(j, d);
	}
}

static void
write_value(struct json_out *j, const struct json *v)
{
	struct span text;
	bool truth;

	switch (json_type(v)) {
	case JSON_NULL:
		json_null(j);
		break;
	case JSON_BOOL:
		json_as_bool(v, &truth);
		json_bool(j, truth);
		break;
	case JSON_STRING:
		json_as_text(v, &text);
		json_text(j, text);
		break;
	case JSON_ARRAY:
		write_array(j, v);
		break;
	case JSON_OBJECT:
		json_object(j);
		json_each(v, write_member, j);
		json_object_end(j);
		break;
	default:
		write_number(j, v);
	}
}

static int
keep_or_change(void *arg, const char *key, const struct json *old)
{
	struct merging *m = arg;
	const struct json *new = json_get(m->patch, key);

	if (json_has(m->patch, key) && new == NULL)
		return E_OK;
	json_key(m->j, key);
	if (new == NULL)
		write_value(m->j, old);
	else
		merge_patch(m->j, old, new);
	return E_OK;
}

static int
add_new(void *arg, const char *key, const struct json *new)
{
	struct merging *m = arg;

	if (new == NULL || json_has(m->target, key))
		return E_OK;
	json_key(m->j, key);
	merge_patch(m->j, NULL, new);
	return E_OK;
}

void
merge_patch(struct json_out *j, const struct json *target, const struct json *patch)
{
	struct merging m = {j, target, patch};

	if (json_type(patch) != JSON_OBJECT) {
		write_value(j, patch);
		return;
	}
	json_object(j);
	if (json_type(target) == JSON_OBJECT)
		json_each(target, keep_or_change, &m);
	else
		m.target = NULL;
	json_each(patch, add_new, &m);
	json_object_end(j);
}
