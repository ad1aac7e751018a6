#include "web/form.h"

#include <unistd.h>

#include "base/utf8.h"
#include "web/body.h"

/* ---- what was sent ------------------------------------------------------------------------ */

const char *
form_next(const struct form *form, const char *name, size_t *at)
{
	while (*at < form->count) {
		const struct pair *p = &form->fields[(*at)++];

		if (span_is(p->name, name))
			return (const char *)p->value.data;
	}
	return NULL;
}

const char *
form_value(const struct form *form, const char *name)
{
	size_t at = 0;

	return form_next(form, name, &at);
}

struct span
form_span(const struct form *form, const char *name)
{
	return span_str(form_value(form, name));
}

const struct form_file *
form_file(const struct form *form, const char *name)
{
	for (size_t i = 0; i < form->file_count; i++)
		if (strcmp(form->files[i].field, name) == 0)
			return &form->files[i];
	return NULL;
}

void
form_close(struct form *form)
{
	for (size_t i = 0; i < form->file_count; i++)
		if (form->files[i].fd >= 0)
			close(form->files[i].fd);
	form->file_count = 0;
}

/* ---- reading ------------------------------------------------------------------------------ */

/* A copy with a NUL byte after it, CRLF as LF; NULL without memory. */
static char *
copy_text(struct arena *arena, struct span in, size_t *len)
{
	char *out = arena_alloc(arena, in.len + 1);
	size_t n = 0;

	for (size_t i = 0; out != NULL && i < in.len; i++) {
		if (in.data[i] == '\r' && i + 1 < in.len && in.data[i + 1] == '\n')
			continue;
		out[n++] = (char)in.data[i];
	}
	if (out != NULL)
		out[n] = '\0';
	*len = n;
	return out;
}

int
form_add(struct form_work *w, struct span name, struct span value)
{
	struct form *form = w->form;
	struct pair *pair = &form->fields[form->count];
	size_t n, v;
	char *a, *b;

	if (form->count + form->file_count >= FORM_FIELDS_MAX)
		return fault_set(w->fault, E_TOOBIG, NULL,
		    "the form has more than %d fields", FORM_FIELDS_MAX);
	if (name.len + value.len > w->left)
		return fault_set(w->fault, E_TOOBIG, NULL,
		    "the form has more than %zu bytes of text", w->limits->text);
	if (name.len == 0 || name.len > FORM_NAME_MAX)
		return fault_set(w->fault, E_INVALID, NULL,
		    "a field of the form has no name, or a long one");
	if (!utf8_valid(name) || !utf8_valid(value) ||
	    memchr(name.data, '\0', name.len) != NULL ||
	    (value.len > 0 && memchr(value.data, '\0', value.len) != NULL))
		return fault_set(
		    w->fault, E_INVALID, NULL, "the form has text that is not UTF-8");
	w->left -= name.len + value.len;
	if ((a = copy_text(w->req->arena, name, &n)) == NULL ||
	    (b = copy_text(w->req->arena, value, &v)) == NULL)
		return E_NOMEM;
	*pair = (struct pair){span_of(a, n), span_of(b, v)};
	form->count++;
	return E_OK;
}

static int
read_urlencoded(struct form_work *w)
{
	struct request *req = w->req;
	/* Each byte may be written as three. */
	uint64_t max = (uint64_t)w->limits->text * 3 + (uint64_t)2 * FORM_FIELDS_MAX;
	size_t n = (size_t)req->body_left, got, count;
	struct pair *pairs;
	char *text;
	int err;

	if (req->body_left > max)
		return fault_set(w->fault, E_TOOBIG, NULL,
		    "the form has more than %zu bytes of text", w->limits->text);
	if ((text = arena_alloc(req->arena, n + 1)) == NULL)
		return E_NOMEM;
	if ((err = body_read(req, text, n, &got, w->fault)) != E_OK)
		return err;
	err = urlencoded_parse(
	    req->arena, span_of(text, got), FORM_FIELDS_MAX, &pairs, &count);
	if (err == E_INVALID)
		return fault_set(
		    w->fault, err, NULL, "the form has a bad percent-escape");
	if (err == E_TOOBIG)
		return fault_set(w->fault, err, NULL,
		    "the form has more than %d fields", FORM_FIELDS_MAX);
	for (size_t i = 0; err == E_OK && i < count; i++)
		err = form_add(w, pairs[i].name, pairs[i].value);
	return err;
}

static bool
is_type(struct span type, const char *name)
{
	size_t n = strlen(name);

	return span_begins_nocase(type, name) &&
	       (type.len == n || strchr(" \t;", type.data[n]) != NULL);
}

int
form_read(struct request *req, const struct form_limits *limits, struct form *form,
    struct fault *fault)
{
	const char *header = request_header(req, "Content-Type");
	struct form_work w = {req, limits, form, fault, limits->text};
	char boundary[FORM_BOUNDARY_MAX + 1];
	int err;

	memset(form, 0, sizeof *form);
	form->fields = arena_zalloc(req->arena, FORM_FIELDS_MAX, sizeof *form->fields);
	if (form->fields == NULL)
		return E_NOMEM;
	if (header == NULL && req->body_left == 0)
		return E_OK;
	if (is_type(span_str(header), "application/x-www-form-urlencoded"))
		err = read_urlencoded(&w);
	else if ((err = form_boundary(header, boundary)) == E_OK)
		err = form_multipart(&w, boundary);
	else if (err == E_TYPE)
		fault_set(fault, err, NULL,
		    "a form is application/x-www-form-urlencoded or "
		    "multipart/form-data");
	else
		fault_set(fault, err, NULL, "the form's Content-Type has no boundary");
	if (err != E_OK) {
		form_close(form);
		form->count = 0;
	}
	return err;
}

/* ---- the boundary --------------------------------------------------------------------------- */

/* RFC 2046, 5.1.1. */
static bool
is_boundary(const char *s, size_t n)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789'()+_,-./:=? ";

	if (n == 0 || n > FORM_BOUNDARY_MAX || s[n - 1] == ' ')
		return false;
	for (size_t i = 0; i < n; i++)
		if (s[i] == '\0' || strchr(allowed, s[i]) == NULL)
			return false;
	return true;
}

int
form_boundary(const char *type, char out[FORM_BOUNDARY_MAX + 1])
{
	const char *p = type, *end;

	if (type == NULL || !is_type(span_str(type), "multipart/form-data"))
		return E_TYPE;
	p += strlen("multipart/form-data");
	p += strspn(p, " \t");
	if (*p++ != ';')
		return E_INVALID;
	p += strspn(p, " \t");
	if (strncasecmp(p, "boundary=", 9) != 0)
		return E_INVALID;
	p += 9;
	if (*p == '"') {
		if ((end = strchr(++p, '"')) == NULL || end[1] != '\0')
			return E_INVALID;
	} else {
		end = p + strcspn(p, " \t;");
		if (end[strspn(end, " \t")] != '\0')
			return E_INVALID;
	}
	if (!is_boundary(p, (size_t)(end - p)))
		return E_INVALID;
	memcpy(out, p, (size_t)(end - p));
	out[end - p] = '\0';
	return E_OK;
}
