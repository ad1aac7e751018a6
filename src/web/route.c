#include "web/route.h"

static const char *
segment_end(const char *p)
{
	while (*p != '\0' && *p != '/')
		p++;
	return p;
}

static bool
fits(const char *pattern, struct span path, struct span *captures)
{
	const uint8_t *at = path.data, *end = path.data + path.len;

	while (*pattern != '\0') {
		if (*pattern == '{') {
			const uint8_t *from = at;

			if (at < end)
				at = memchr(from, '/', (size_t)(end - from));
			if (at == NULL)
				at = end;
			if (at == from)
				return false;
			*captures++ = span_of(from, (size_t)(at - from));
			pattern = segment_end(pattern);
		} else {
			if (at == end || *at != (uint8_t)*pattern)
				return false;
			at++;
			pattern++;
		}
	}
	return at == end;
}

int
route_find(const struct route *routes, size_t count, enum method method,
    struct span path, const struct route **found, struct span *captures,
    unsigned *allow)
{
	unsigned want = method == METHOD_HEAD ? METHOD_HEAD | METHOD_GET : method;

	*allow = 0;
	for (size_t i = 0; i < count; i++) {
		if (!fits(routes[i].pattern, path, captures))
			continue;
		*allow |= routes[i].methods;
		if ((routes[i].methods & want) != 0) {
			*found = &routes[i];
			return E_OK;
		}
	}
	return *allow != 0 ? E_METHOD : E_NOTFOUND;
}

int
route_request(
    struct request *req, const struct route *routes, size_t count, unsigned *allow)
{
	for (int view = 0; view < REQUEST_VIEWS; view++) {
		int err = E_NOTFOUND;

		if (request_view(req, view))
			err = route_find(routes, count, req->method, req->path,
			    &req->route, req->captures, allow);
		if (err != E_NOTFOUND)
			return err;
	}
	request_view(req, 1);
	return E_NOTFOUND;
}

struct span
request_capture(const struct request *req, const char *name)
{
	size_t len = strlen(name), i = 0;
	const char *p;

	if (req->route == NULL)
		return span_of(NULL, 0);
	for (p = req->route->pattern; (p = strchr(p, '{')) != NULL; i++) {
		p++;
		if (strncmp(p, name, len) == 0 && p[len] == '}')
			return req->captures[i];
	}
	return span_of(NULL, 0);
}

const char *
route_allow(unsigned methods, char out[ROUTE_ALLOW])
{
	static const struct {
		enum method method;
		const char *name;
	} names[] = {
	    {METHOD_GET, "GET, "},
	    {METHOD_HEAD, "HEAD, "},
	    {METHOD_POST, "POST, "},
	    {METHOD_PUT, "PUT, "},
	    {METHOD_PATCH, "PATCH, "},
	    {METHOD_DELETE, "DELETE, "},
	};
	size_t n = 0;

	if ((methods & METHOD_GET) != 0)
		methods |= METHOD_HEAD;
	for (size_t i = 0; i < COUNT(names); i++)
		if ((methods & names[i].method) != 0) {
			size_t len = strlen(names[i].name);

			memcpy(out + n, names[i].name, len);
			n += len;
		}
	memcpy(out + n, "OPTIONS", sizeof "OPTIONS");
	return out;
}

static bool
name_ok(const char *p, const char *end)
{
	if (p == end)
		return false;
	for (; p < end; p++)
		if (*p != '_' && (*p < 'a' || *p > 'z'))
			return false;
	return true;
}

bool
route_pattern_ok(const char *pattern)
{
	size_t captures = 0;

	if (*pattern != '/')
		return false;
	while (*pattern == '/') {
		const char *segment = pattern + 1, *end = segment_end(segment);

		if (*segment == '{') {
			if (end[-1] != '}' || !name_ok(segment + 1, end - 1) ||
			    ++captures > REQUEST_CAPTURES)
				return false;
		} else if (memchr(segment, '{', (size_t)(end - segment)) != NULL ||
			   memchr(segment, '}', (size_t)(end - segment)) != NULL) {
			return false;
		}
		pattern = end;
	}
	return true;
}
