#include "web/cookie.h"

#include <stdio.h>

/* Cuts "name=value" off a list with semicolons; false when there is none left. */
static bool
take_pair(struct span *list, struct span *name, struct span *value)
{
	const uint8_t *end, *equals;
	struct span pair;

	if (list->len == 0)
		return false;
	end = memchr(list->data, ';', list->len);
	pair = end != NULL ? span_of(list->data, (size_t)(end - list->data)) : *list;
	*list = span_from(*list, pair.len + 1);
	pair = span_trim(pair);
	equals = pair.len > 0 ? memchr(pair.data, '=', pair.len) : NULL;
	if (equals == NULL) {
		*name = *value = span_of(NULL, 0);
		return true;
	}
	*name = span_trim(span_of(pair.data, (size_t)(equals - pair.data)));
	*value = span_trim(span_from(pair, (size_t)(equals - pair.data) + 1));
	return true;
}

bool
cookie_get(const struct request *req, const char *name, struct span *value)
{
	struct span list = span_str(request_header(req, "Cookie")), n, v;
	bool found = false;

	*value = span_of(NULL, 0);
	if (request_header_count(req, "Cookie") > 1)
		return false;
	while (take_pair(&list, &n, &v)) {
		if (!span_is(n, name))
			continue;
		if (found && !span_eq(v, *value))
			return false;
		*value = v;
		found = true;
	}
	return found;
}

static bool
is_plain(const char *text)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

	return text[strspn(text, allowed)] == '\0';
}

void
cookie_set(struct response *res, const struct cookie *c)
{
	char line[COOKIE_VALUE_MAX + 1200], age[40] = "";
	int n;

	if (c->max_age > 0)
		snprintf(age, sizeof age, "; Max-Age=%lld", (long long)c->max_age);
	if (c->max_age < 0)
		snprintf(age, sizeof age, "; Max-Age=0");
	n = snprintf(line, sizeof line, "%s=%s; Path=%s%s; HttpOnly; SameSite=Strict%s",
	    c->name, c->value, c->path, age, c->secure ? "; Secure" : "");
	if (n < 0 || (size_t)n >= sizeof line || !is_plain(c->name) ||
	    !is_plain(c->value) || c->path[0] != '/' || strchr(c->path, ';') != NULL)
		res->err = E_INTERNAL;
	else
		response_header(res, "Set-Cookie", line);
}
