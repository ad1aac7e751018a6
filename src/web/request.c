#include "web/request.h"

#include "web/path.h"

/* The values of a variable: the first, and how many there are. */
static const char *
find(const struct request *req, const char *name, size_t len, unsigned *count)
{
	const char *value = NULL;

	for (char **v = req->variables; *v != NULL; v++) {
		const char *at = *v;

		/* Two letters tell most of them apart without a call. */
		if (at[0] != name[0] || at[0] == '\0' || at[1] != name[1] ||
		    strncmp(at, name, len) != 0 || at[len] != '=')
			continue;
		if (value == NULL)
			value = at + len + 1;
		if (count == NULL)
			break;
		(*count)++;
	}
	return value;
}

#define VARIABLE(req, literal) find(req, literal, sizeof(literal) - 1, NULL)

static bool
is_header_name(const char *name)
{
	while (strncmp(name, "REDIRECT_", 9) == 0)
		name += 9;
	return strncmp(name, "HTTP_", 5) == 0;
}

const char *
request_variable(const struct request *req, const char *name)
{
	return is_header_name(name) ? NULL : find(req, name, strlen(name), NULL);
}

#define NAME_MAX_LEN 128

/* "If-None-Match" to "HTTP_IF_NONE_MATCH"; the two that CGI names without HTTP_ too. */
static size_t
header_variable(const char *name, char out[NAME_MAX_LEN])
{
	size_t n = 0;

	if ((name[0] | 32) != 'c' || (strcasecmp(name, "Content-Type") != 0 &&
					 strcasecmp(name, "Content-Length") != 0)) {
		memcpy(out, "HTTP_", 5);
		n = 5;
	}
	for (; *name != '\0' && n < NAME_MAX_LEN - 1; name++) {
		char c = *name;

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		out[n++] = c == '-' ? '_' : c;
	}
	out[n] = '\0';
	return *name == '\0' ? n : 0;
}

const char *
request_header(const struct request *req, const char *name)
{
	char variable[NAME_MAX_LEN];
	size_t n = header_variable(name, variable);
	const char *value = n > 0 ? find(req, variable, n, NULL) : NULL;

	if (value != NULL || strcasecmp(name, "Authorization") != 0)
		return value;
	if ((value = VARIABLE(req, "REDIRECT_HTTP_AUTHORIZATION")) != NULL)
		return value;
	return VARIABLE(req, "REDIRECT_REDIRECT_HTTP_AUTHORIZATION");
}

unsigned
request_header_count(const struct request *req, const char *name)
{
	char variable[NAME_MAX_LEN];
	size_t n = header_variable(name, variable);
	unsigned count = 0;

	if (n > 0)
		find(req, variable, n, &count);
	return count;
}

static enum method
method_of(const char *name)
{
	static const struct {
		const char *name;
		enum method method;
	} methods[] = {
	    {"GET", METHOD_GET},
	    {"POST", METHOD_POST},
	    {"HEAD", METHOD_HEAD},
	    {"PUT", METHOD_PUT},
	    {"PATCH", METHOD_PATCH},
	    {"DELETE", METHOD_DELETE},
	    {"OPTIONS", METHOD_OPTIONS},
	};

	for (size_t i = 0; i < COUNT(methods); i++)
		if (strcmp(name, methods[i].name) == 0)
			return methods[i].method;
	return METHOD_OTHER;
}

/* Splits REQUEST_URI ("/path?query", or with scheme and host before it). */
static void
split_target(struct request *req, struct span *path)
{
	const char *uri = VARIABLE(req, "REQUEST_URI");
	const char *query = VARIABLE(req, "QUERY_STRING");
	const uint8_t *p;
	struct span s = span_str(uri);

	if (span_begins_nocase(s, "http://") || span_begins_nocase(s, "https://")) {
		s = span_from(s, s.data[4] == ':' ? 7 : 8);
		p = s.len > 0 ? memchr(s.data, '/', s.len) : NULL;
		s = p != NULL ? span_from(s, (size_t)(p - s.data)) : span_str("/");
	}
	*path = s;
	req->raw = s;
	if (s.len > 0 && (p = memchr(s.data, '?', s.len)) != NULL) {
		path->len = req->raw.len = (size_t)(p - s.data);
		req->query = span_from(s, path->len + 1);
	}
	if (query != NULL && query[0] != '\0')
		req->query = span_str(query);
}

static int
find_path(struct request *req, struct fault *fault)
{
	const char *script = VARIABLE(req, "SCRIPT_NAME");
	const char *info = VARIABLE(req, "PATH_INFO");
	struct span raw;
	char *joined;
	int err;

	split_target(req, &raw);
	if (raw.len > 0)
		err = path_decode(req->arena, raw, &req->full, fault);
	else if (info == NULL || info[0] == '\0')
		err = path_check(req->full = span_str(script), fault);
	else if ((joined = arena_printf(
		      req->arena, "%s%s", script != NULL ? script : "", info)) == NULL)
		err = E_NOMEM;
	else
		err = path_check(req->full = span_str(joined), fault);
	req->script = span_str(script);
	if (err == E_OK && info != NULL && info[0] == '/' &&
	    path_check(span_str(info), NULL) == E_OK)
		req->below = span_str(info);
	return err;
}

int
request_begin(struct request *req, const struct request_rules *rules,
    const struct transport *io, char **variables, struct arena *arena,
    struct strbuf *note, struct fault *fault)
{
	const char *name;
	int err;

	memset(req, 0, sizeof *req);
	req->rules = rules;
	req->io = io;
	req->variables = variables;
	req->arena = arena;
	req->note = note;
	name = VARIABLE(req, "REQUEST_METHOD");
	req->method_name = name != NULL && name[0] != '\0' ? name : "-";
	req->method = method_of(req->method_name);
	if ((err = find_path(req, fault)) != E_OK) {
		req->full = span_str("/");
		req->path = req->full;
		return err;
	}
	request_view(req, 1);
	if (req->query.len == 0)
		return E_OK;
	if ((err = urlencoded_check(req->query, REQUEST_PAIRS)) == E_TOOBIG)
		return fault_set(fault, E_INVALID, NULL,
		    "the query string has more than %d parts", REQUEST_PAIRS);
	return err == E_OK ? E_OK
			   : fault_set(fault, err, NULL,
				 "the query string has a bad percent-escape");
}

bool
request_view(struct request *req, int view)
{
	struct span all = req->full, prefix = req->rules->prefix;

	switch (view) {
	case 0:
		if (prefix.len == 0 || !span_begins(all, prefix) ||
		    (all.len > prefix.len && all.data[prefix.len] != '/'))
			return false;
		req->path =
		    all.len > prefix.len ? span_from(all, prefix.len) : span_str("/");
		req->prefix = prefix;
		return true;
	case 1:
		req->path = all;
		req->prefix = span_str("");
		return true;
	default:
		if (req->below.len == 0 || span_eq(req->below, all))
			return false;
		req->path = req->below;
		req->prefix = path_without(all, req->below);
		if (req->prefix.len == 0)
			req->prefix = req->script;
		return true;
	}
}

size_t
request_pairs(struct request *req, const struct pair **pairs)
{
	/* It was checked before: what could fail here is memory. */
	if (!req->pairs_known && urlencoded_parse(req->arena, req->query, REQUEST_PAIRS,
				     &req->pairs, &req->pair_count) != E_OK)
		req->pair_count = 0;
	req->pairs_known = true;
	if (pairs != NULL)
		*pairs = req->pairs;
	return req->pair_count;
}

bool
request_query(struct request *req, const char *name, struct span *value)
{
	size_t n = request_pairs(req, NULL);

	for (size_t i = 0; i < n; i++)
		if (span_is(req->pairs[i].name, name)) {
			*value = req->pairs[i].value;
			return true;
		}
	*value = span_of(NULL, 0);
	return false;
}

struct span
request_raw_path(const struct request *req)
{
	return req->raw.len > 0 ? req->raw : req->full;
}

void
request_note(struct request *req, const char *name, struct span value)
{
	bool quote = value.len == 0;

	for (size_t i = 0; i < value.len && !quote; i++)
		quote = value.data[i] <= ' ' || value.data[i] == '"';
	strbuf_putc(req->note, ' ');
	strbuf_puts(req->note, name);
	strbuf_putc(req->note, '=');
	if (!quote) {
		strbuf_put(req->note, value.data, value.len);
		return;
	}
	strbuf_putc(req->note, '"');
	for (size_t i = 0; i < value.len; i++)
		strbuf_putc(
		    req->note, value.data[i] == '"' ? '\'' : (char)value.data[i]);
	strbuf_putc(req->note, '"');
}
