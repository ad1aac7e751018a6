#include "gateway-files/file_check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/number.h"

void
check_error(const struct file_checker *c, const char *rule, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	finding_error(c->findings, rule, (struct place){0}, "%s", text);
}

bool
check_is_on(const struct json *v, const char *key)
{
	bool on = false;

	return json_as_bool(json_get(v, key), &on) && on;
}

int64_t
check_whole(const struct json *v, const char *key, int64_t other)
{
	int64_t n;

	return json_as_int(json_get(v, key), &n) ? n : other;
}

const struct json *
check_object(const struct file_checker *c, const char *path, const struct json *v,
    const char *key)
{
	const struct json *member = json_get(v, key);

	if (json_has(v, key) && json_type(member) != JSON_OBJECT) {
		check_error(c, "type", "%s.%s is not an object", path, key);
		return NULL;
	}
	return member;
}

static bool
is_one_of(const double *values, double v)
{
	while (*values != 0 && *values != v)
		values++;
	return *values != 0;
}

static void
check_number(const struct file_checker *c, const char *path, const struct limit *l,
    const struct json *v)
{
	double n;

	if (!json_as_double(v, &n)) {
		check_error(c, "type", "%s.%s is a %s, which counts as 0", path, l->key,
		    json_type_name(json_type(v)));
		return;
	}
	if (l->kind == LIMIT_WHOLE && n != floor(n))
		check_error(
		    c, "whole-number", "%s.%s is %.10g, which is cut", path, l->key, n);
	else if (l->one_of != NULL ? !is_one_of(l->one_of, n)
				   : n < l->min || n > l->max)
		check_error(
		    c, "range", "%s.%s is %.15g, out of range", path, l->key, n);
}

static void
check_text(const struct file_checker *c, const char *path, const struct limit *l,
    const struct json *v)
{
	struct span text;

	if (!json_as_text(v, &text))
		check_error(c, "type", "%s.%s is a %s, not a text", path, l->key,
		    json_type_name(json_type(v)));
	else if ((double)text.len < l->min || (double)text.len > l->max)
		check_error(c, "length", "%s.%s has %zu characters, not %.0f to %.0f",
		    path, l->key, text.len, l->min, l->max);
}

static void
check_member(const struct file_checker *c, const char *path, const struct limit *l,
    const struct json *v)
{
	bool truth;

	switch (l->kind) {
	case LIMIT_TRUTH:
		if (!json_as_bool(v, &truth))
			check_error(c, "type", "%s.%s is a %s, which counts as false",
			    path, l->key, json_type_name(json_type(v)));
		break;
	case LIMIT_TEXT:
		check_text(c, path, l, v);
		break;
	default:
		check_number(c, path, l, v);
	}
}

void
check_members(const struct file_checker *c, const char *path, const struct json *v,
    const struct limit *limits)
{
	for (const struct limit *l = limits; l->key != NULL; l++) {
		if (json_has(v, l->key))
			check_member(c, path, l, json_get(v, l->key));
		else if (l->required)
			check_error(c, "missing", "%s.%s is missing", path, l->key);
	}
}

struct numbering {
	const struct file_checker *c;
	const char *path, *prefix;
	unsigned end, count;
	bool contiguous;
};

static int
look_at_name(void *arg, const char *key, const struct json *v)
{
	const struct numbering *n = arg;
	size_t len = strlen(n->prefix);
	uint64_t i;

	(void)v;
	if (strncmp(key, n->prefix, len) != 0 ||
	    !number_u64(span_str(key + len), 0, UINT32_MAX, &i))
		return E_OK;
	if (i >= n->end)
		check_error(n->c, "ignored", "%s.%s is ignored: there are %u", n->path,
		    key, n->end);
	else if (n->contiguous && i >= n->count)
		check_error(n->c, "gap", "%s.%s comes after a gap", n->path, key);
	return E_OK;
}

unsigned
check_numbered(const struct file_checker *c, const char *path, const struct json *v,
    const char *prefix, unsigned end, bool contiguous)
{
	struct numbering n = {c, path, prefix, end, 0, contiguous};
	char name[40];

	for (; n.count < end; n.count++) {
		snprintf(name, sizeof name, "%s%u", prefix, n.count);
		if (!json_has(v, name))
			break;
	}
	json_each(v, look_at_name, &n);
	return n.count;
}
